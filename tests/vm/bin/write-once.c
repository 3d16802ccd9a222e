// SPDX-License-Identifier: GPL-2.0-only
/* write-once FILE VALUE: one write(2) of VALUE; the error is named */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int complain(const char *what, const char *file)
{
	int err = errno;

	fprintf(stderr, "%s: %s: %s (%s)\n", file, what, strerrorname_np(err), strerror(err));
	return 1;
}

int main(int argc, char **argv)
{
	ssize_t done;
	int fd;

	if (argc != 3) {
		fprintf(stderr, "usage: write-once FILE VALUE\n");
		return 2;
	}
	fd = open(argv[1], O_WRONLY);
	if (fd < 0)
		return complain("open", argv[1]);
	done = write(fd, argv[2], strlen(argv[2]));
	if (done < 0)
		return complain("write", argv[1]);
	if ((size_t)done != strlen(argv[2])) {
		fprintf(stderr, "%s: short write: %zd of %zu\n", argv[1], done, strlen(argv[2]));
		return 1;
	}
	return 0;
}

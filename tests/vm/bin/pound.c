// SPDX-License-Identifier: GPL-2.0-only
/*
 * pound DISK STOP: direct reads and writes by two processes, writes through the
 * page cache with fsync by a third, to a disk that comes and goes: after an
 * error or at its end it is opened again, until the file STOP exists.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define BLOCK	4096
#define BLOCKS	4096	/* the first 16 MiB */

static char buf[BLOCK] __attribute__((aligned(BLOCK)));

static int step(int fd, int flags, unsigned int n)
{
	off_t at = (off_t)(n * 2654435761u % BLOCKS) * BLOCK;

	if ((flags & O_DIRECT) && (n & 1))
		return pread(fd, buf, BLOCK, at) == BLOCK;
	if (pwrite(fd, buf, BLOCK, at) != BLOCK)
		return 0;
	return (flags & O_DIRECT) || fsync(fd) == 0;
}

static void worker(const char *disk, const char *stop, int flags)
{
	unsigned int n = 0;
	int fd;

	while (access(stop, F_OK)) {
		fd = open(disk, O_RDWR | flags);
		if (fd < 0) {
			usleep(2000);
			continue;
		}
		while (step(fd, flags, n)) {
			if (++n % 16)
				continue;
			/* others need the emulated CPUs too */
			usleep(1000);
			if (!access(stop, F_OK))
				break;
		}
		close(fd);
	}
	exit(0);
}

int main(int argc, char **argv)
{
	static const int flags[] = { O_DIRECT, O_DIRECT, 0 };
	int i;

	if (argc != 3)
		errx(2, "usage: pound DISK STOP");
	for (i = 0; i < 3; i++)
		if (!fork())
			worker(argv[1], argv[2], flags[i]);
	while (wait(NULL) > 0)
		;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * read-tree SECONDS DIR: read every file below the folders that DIR's links
 * lead to, and poke at their uevent, over and over, while they come and go.
 * Prints how many reads worked and how many met a region that went.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static unsigned int worked, missed;

static void read_at(int dir, const char *name)
{
	char buf[4096];
	int fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);

	if (fd < 0 || read(fd, buf, sizeof(buf)) < 0) {
		if (errno != ENOENT && errno != ENODEV && errno != EACCES &&
		    errno != EISDIR && errno != ELOOP)
			err(1, "%s", name);
		missed++;
	} else {
		worked++;
	}
	if (fd >= 0)
		close(fd);
}

static void read_folder(int fd)
{
	DIR *dir = fdopendir(fd);
	struct dirent *d;

	if (!dir)
		err(1, "fdopendir");
	while ((d = readdir(dir)))
		if (d->d_type == DT_REG)
			read_at(dirfd(dir), d->d_name);
	closedir(dir);
}

static void read_regions(const char *name)
{
	DIR *dir = opendir(name);
	struct dirent *d;
	int fd;

	if (!dir)
		return;
	while ((d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		fd = openat(dirfd(dir), d->d_name, O_RDONLY | O_DIRECTORY);
		if (fd >= 0)
			read_folder(fd);
		else
			missed++;
	}
	closedir(dir);
}

int main(int argc, char **argv)
{
	struct timespec t;
	time_t end;

	if (argc != 3)
		errx(2, "usage: read-tree SECONDS DIR");
	clock_gettime(CLOCK_MONOTONIC, &t);
	end = t.tv_sec + atoi(argv[1]);
	while (t.tv_sec < end) {
		read_regions(argv[2]);
		clock_gettime(CLOCK_MONOTONIC, &t);
	}
	printf("worked %u missed %u\n", worked, missed);
	return 0;
}

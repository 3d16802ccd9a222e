// SPDX-License-Identifier: GPL-2.0-only
/*
 * map-race SECONDS LIST LIST [open]: write the two lists to map in turn, as
 * two writers at once, or with "open" as one while somebody else opens, reads
 * and closes every disk there is. At any time map must read as one of the two
 * lists, a write may only fail because a disk is in use, and then must have
 * changed nothing, and a disk that could be opened must work until it is closed.
 * Prints how often each happened.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAP	"/sys/module/nvm_memmap/parameters/map"
#define DISKS	8
#define SECTOR	512

static const char *lists[2];
static atomic_uint done, busy, opened, refused;
static atomic_int stop;

static int map_fd(int flags)
{
	int fd = open(MAP, flags | O_CLOEXEC);

	if (fd < 0)
		err(2, MAP);
	return fd;
}

/* Which of the lists map reads as. */
static int which(int fd)
{
	char buf[4096];
	ssize_t n = pread(fd, buf, sizeof(buf) - 1, 0);

	if (n < 0)
		err(1, "reading map");
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	if (!strcmp(buf, lists[0]))
		return 0;
	if (!strcmp(buf, lists[1]))
		return 1;
	errx(1, "map is half done: '%s' is neither '%s' nor '%s'", buf,
	     lists[0], lists[1]);
}

static void put(int fd, int i)
{
	if (pwrite(fd, lists[i], strlen(lists[i]), 0) >= 0)
		done++;
	else if (errno == EBUSY)
		busy++;
	else
		err(1, "writing '%s'", lists[i]);
}

static void *writer(void *list)
{
	int fd = map_fd(O_WRONLY);

	while (!stop)
		put(fd, list == lists[1]);
	close(fd);
	return NULL;
}

static void *reader(void *unused)
{
	int fd = map_fd(O_RDONLY);

	while (!stop)
		which(fd);
	close(fd);
	return NULL;
}

/* The only writer: it knows what map was before each write. */
static void *lone_writer(void *unused)
{
	int in = map_fd(O_RDONLY), out = map_fd(O_WRONLY);
	unsigned int was;
	int i = which(in);

	while (!stop) {
		was = done;
		put(out, !i);
		if (done != was)
			i = !i;
		if (which(in) != i)
			errx(1, "a write that %s left '%s'",
			     done != was ? "worked" : "failed", lists[!i]);
		usleep(2000);
	}
	close(in);
	close(out);
	return NULL;
}

static void use(int fd, const char *name)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char sector[SECTOR];
	int i;

	for (i = 0; i < 3; i++) {
		if (pread(fd, sector, SECTOR, size - SECTOR) != SECTOR)
			err(1, "%s is open, but reading %jd fails", name,
			    (intmax_t)size - SECTOR);
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		usleep(500);
	}
}

static void *opener(void *unused)
{
	char name[32];
	int fd, i;

	for (i = 0; !stop; i = (i + 1) % DISKS) {
		snprintf(name, sizeof(name), "/dev/nvm%d", i);
		fd = open(name, O_RDONLY | O_CLOEXEC);
		if (fd >= 0) {
			opened++;
			use(fd, name);
			close(fd);
			usleep(3000);
		} else if (errno == EBUSY) {
			refused++;
		} else if (errno != ENOENT && errno != ENXIO && errno != ENODEV) {
			err(1, "%s", name);
		}
	}
	return NULL;
}

int main(int argc, char **argv)
{
	void *(*work[3])(void *) = { writer, writer, reader };
	pthread_t threads[3];
	int i;

	if (argc < 4)
		errx(2, "usage: map-race SECONDS LIST LIST [open]");
	lists[0] = argv[2];
	lists[1] = argv[3];
	if (argc > 4) {
		work[0] = lone_writer;
		work[1] = opener;
	}
	for (i = 0; i < 3; i++)
		if (pthread_create(&threads[i], NULL, work[i],
				   i < 2 ? (void *)lists[i] : NULL))
			errx(2, "pthread_create");
	sleep(atoi(argv[1]));
	stop = 1;
	for (i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	printf("done %u busy %u opened %u refused %u\n", done, busy, opened,
	       refused);
	return 0;
}

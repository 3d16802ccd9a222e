// SPDX-License-Identifier: GPL-2.0-only
/*
 * stale FILE BLOCKS SECONDS WRITERS READERS: write blocks of 4K again and again
 * and read them at the same time, directly. Each word of a block has the
 * block's number and which write it is of, so that a reader knows a word that
 * nobody has written, one of another block, and one that is older than a write
 * that had ended when the read began. Some writers flush now and then. Prints
 * how many reads there were; exits 1 with what was wrong.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define BLOCK	4096U
#define WORDS	(BLOCK / sizeof(uint64_t))
#define MOST	4U		/* blocks that one read has */

static const char *path;
static unsigned int blocks, writers;
static _Atomic uint32_t *issued, *acked;
static atomic_bool stop;
static atomic_ulong reads;

static uint64_t next_random(uint64_t *r)
{
	*r = *r * 6364136223846793005 + 1442695040888963407;
	return *r >> 33;
}

static uint64_t *buffer(size_t size)
{
	uint64_t *buf = aligned_alloc(BLOCK, size);

	if (!buf)
		err(2, "buffer");
	return buf;
}

static int open_disk(int flags)
{
	int fd = open(path, flags | O_DIRECT);

	if (fd < 0)
		err(2, "%s", path);
	return fd;
}

static void put(int fd, uint64_t *buf, uint32_t block)
{
	uint32_t n = atomic_load(&issued[block]) + 1;
	size_t i;

	for (i = 0; i < WORDS; i++)
		buf[i] = (uint64_t)block << 32 | n;
	atomic_store(&issued[block], n);
	if (pwrite(fd, buf, BLOCK, (off_t)block * BLOCK) != BLOCK)
		err(2, "pwrite");
	atomic_store(&acked[block], n);
}

/* Each block has one writer. */
static void *writer(void *arg)
{
	unsigned int me = (uintptr_t)arg, n;
	uint64_t random = me + 1, *buf = buffer(BLOCK);
	int fd = open_disk(O_RDWR);

	for (n = 0; !atomic_load(&stop); n++) {
		put(fd, buf, next_random(&random) % (blocks / writers) * writers + me);
		if (n % 64 == 0 && me % 2 && fdatasync(fd))
			err(2, "fdatasync");
	}
	close(fd);
	return NULL;
}

static void check(const uint64_t *buf, uint32_t block, size_t words, uint32_t floor)
{
	uint32_t newest = atomic_load(&issued[block]);
	size_t i;

	for (i = 0; i < words; i++) {
		if (buf[i] >> 32 != block)
			errx(1, "block %u has %016llx", block, (unsigned long long)buf[i]);
		if ((uint32_t)buf[i] < floor || (uint32_t)buf[i] > newest)
			errx(1, "block %u has write %u, not %u to %u", block,
			     (uint32_t)buf[i], floor, newest);
	}
}

/* A block, some blocks, or a sector. */
static void get(int fd, uint64_t *buf, uint64_t r)
{
	uint32_t nr = r % 4 ? 1 : MOST, first = (r >> 8) % (blocks - MOST), i;
	size_t len = r % 8 == 1 ? 512 : (size_t)nr * BLOCK;
	uint32_t floor[MOST];

	for (i = 0; i < nr; i++)
		floor[i] = atomic_load(&acked[first + i]);
	if (pread(fd, buf, len, (off_t)first * BLOCK) != (ssize_t)len)
		err(2, "pread");
	for (i = 0; i < nr; i++)
		check(buf + i * WORDS, first + i, len < BLOCK ? len / 8 : WORDS, floor[i]);
}

static void *reader(void *arg)
{
	uint64_t random = ~(uintptr_t)arg, *buf = buffer(MOST * BLOCK);
	int fd = open_disk(O_RDONLY);

	for (; !atomic_load(&stop); atomic_fetch_add(&reads, 1))
		get(fd, buf, next_random(&random));
	close(fd);
	return NULL;
}

static void fill(void)
{
	uint64_t *buf = buffer(BLOCK);
	int fd = open_disk(O_RDWR);
	uint32_t block;

	for (block = 0; block < blocks; block++)
		put(fd, buf, block);
	close(fd);
}

int main(int argc, char **argv)
{
	unsigned int all, i, seconds;
	pthread_t *thread;

	if (argc != 6)
		errx(2, "usage: stale FILE BLOCKS SECONDS WRITERS READERS");
	path = argv[1];
	blocks = atoi(argv[2]);
	seconds = atoi(argv[3]);
	writers = atoi(argv[4]);
	all = writers + atoi(argv[5]);
	issued = calloc(blocks, sizeof(*issued));
	acked = calloc(blocks, sizeof(*acked));
	thread = calloc(all, sizeof(*thread));
	if (!issued || !acked || !thread)
		err(2, "memory");
	fill();
	for (i = 0; i < all; i++)
		if (pthread_create(&thread[i], NULL, i < writers ? writer : reader,
				   (void *)(uintptr_t)i))
			errx(2, "pthread_create");
	sleep(seconds);
	atomic_store(&stop, true);
	for (i = 0; i < all; i++)
		pthread_join(thread[i], NULL);
	printf("%lu\n", atomic_load(&reads));
	return 0;
}

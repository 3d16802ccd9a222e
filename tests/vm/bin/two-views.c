// SPDX-License-Identifier: GPL-2.0-only
/*
 * two-views DISK CDEV PAGES STEPS SEED: the first PAGES pages of DISK, which
 * nobody else uses, through direct I/O and through a shared mapping of CDEV,
 * in random order: a store or a write of one sector, a look at one by either
 * way, an fsync by either way. A sector has the number of the step that wrote
 * it. Exits 1 and says so if one view has not what the other was given.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SECTOR	512UL
#define PAGE	4096UL
#define SPP	(PAGE / SECTOR)

static int disk, cdev;
static volatile char *map;
static uint64_t *want, *buf;

static void put(uint64_t sector, uint64_t stamp, int by_map)
{
	size_t i;

	want[sector] = stamp;
	for (i = 0; i < SECTOR / 8; i++) {
		if (by_map)
			((volatile uint64_t *)(map + sector * SECTOR))[i] = stamp;
		else
			buf[i] = stamp;
	}
	if (!by_map && pwrite(disk, buf, SECTOR, sector * SECTOR) != (ssize_t)SECTOR)
		err(2, "write of sector %llu", (unsigned long long)sector);
}

static void look(uint64_t sector, uint64_t step, int by_map)
{
	const volatile uint64_t *have = buf;
	size_t i;

	if (by_map)
		have = (volatile uint64_t *)(map + sector * SECTOR);
	else if (pread(disk, buf, SECTOR, sector * SECTOR) != (ssize_t)SECTOR)
		err(2, "read of sector %llu", (unsigned long long)sector);
	for (i = 0; i < SECTOR / 8; i++) {
		uint64_t is = have[i];

		if (is != want[sector])
			errx(1, "step %llu: sector %llu, word %zu has %llx by %s, should have %llx",
			     (unsigned long long)step, (unsigned long long)sector, i,
			     (unsigned long long)is, by_map ? "mapping" : "read",
			     (unsigned long long)want[sector]);
	}
}

static void take_step(uint64_t sectors, uint64_t step)
{
	uint64_t sector = random() % sectors;
	int by_map = random() & 1;

	switch (random() % 256) {
	case 0:
		if (fsync(by_map ? cdev : disk))
			err(2, "fsync");
		break;
	case 1 ... 110:
		put(sector, step, by_map);
		break;
	default:
		look(sector, step, by_map);
		break;
	}
}

int main(int argc, char **argv)
{
	uint64_t pages, steps, step;

	if (argc != 6)
		errx(2, "usage: two-views DISK CDEV PAGES STEPS SEED");
	pages = strtoull(argv[3], NULL, 0);
	steps = strtoull(argv[4], NULL, 0);
	srandom(atoi(argv[5]));
	disk = open(argv[1], O_RDWR | O_DIRECT);
	cdev = open(argv[2], O_RDWR);
	if (disk < 0 || cdev < 0)
		err(2, "%s", disk < 0 ? argv[1] : argv[2]);
	map = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, cdev, 0);
	buf = aligned_alloc(PAGE, PAGE);
	want = calloc(pages * SPP, sizeof(*want));
	if (map == MAP_FAILED || !buf || !want)
		err(2, "memory");
	for (step = 0; step < pages * SPP; step++)
		put(step, step + (1ULL << 32), 0);
	for (step = 1; step <= steps; step++)
		take_step(pages * SPP, step);
	for (step = 0; step < pages * SPP; step++) {
		look(step, steps, 0);
		look(step, steps, 1);
	}
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the guest does while its instructions are counted: one case, a warm-up,
 * then N times the same thing between two markers (see plugin/counter.c).
 *
 * usage: bench DRIVER CASE PATH
 *
 * PATH is a block device; a file on a DAX file system for dax-*, fault-*, load
 * and store; nvm_memmap's parameter or brd's module for add-N and remove-N.
 * Prints "DRIVER CASE N" when a window has been counted.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <liburing.h>

#define MARK(label)	asm volatile(".byte 0x0f, 0x1f, 0x84, 0x00; .long " label ::: "memory")
#define BEGIN()		MARK("0x4e560001")
#define END()		MARK("0x4e560002")

#define SPAN		(64UL << 20)	/* of the device or file, prefilled */
#define FITS		(24UL << 20)	/* of the disk of a cache */
#define BEYOND		(480UL << 20)
#define MAPPED		(64UL << 20)	/* of the file */
#define PMD		(2UL << 20)
#define QD		16
#define REGION		(2UL << 20)
#define REGIONS_AT	0x110000000	/* see run.sh */

struct io {
	const char	*name;
	size_t		bs;
	unsigned int	n;
	bool		write, sync, uring, dax;
	size_t		random;		/* in so many bytes, or 0: one after the other */
};

static const struct io ios[] = {
	{ "read-4k", 4096, 4096, .write = false },
	{ "write-4k", 4096, 4096, .write = true },
	{ "write-4k-sync", 4096, 4096, .write = true, .sync = true },
	{ "read-128k", 131072, 512, .write = false },
	{ "write-128k", 131072, 512, .write = true },
	{ "uring-read-4k", 4096, 4096, .uring = true },
	{ "uring-write-4k", 4096, 4096, .uring = true, .write = true },
	{ "uring-read-128k", 131072, 512, .uring = true },
	{ "uring-write-128k", 131072, 512, .uring = true, .write = true },
	{ "dax-read-4k", 4096, 4096, .dax = true },
	{ "dax-write-4k", 4096, 4096, .dax = true, .write = true },
	{ "dax-read-128k", 131072, 512, .dax = true },
	{ "dax-write-128k", 131072, 512, .dax = true, .write = true },
	{ "mapped-read-4k", 4096, 16384, .random = FITS },
	{ "fits-read-4k", 4096, 16384, .random = FITS },
	{ "clean-read-4k", 4096, 16384, .random = FITS },
	{ "fits-write-4k", 4096, 16384, .random = FITS, .write = true },
	{ "fits-sync-4k", 4096, 4096, .random = FITS, .write = true, .sync = true },
	{ "beyond-write-4k", 4096, 16384, .random = BEYOND, .write = true },
};

static char *buffer(size_t size)
{
	char *buf = aligned_alloc(4096, size);

	if (!buf)
		err(1, "buffer");
	memset(buf, 0x5a, size);
	return buf;
}

/* Where the next one goes. */
static off_t next_off(const struct io *io, off_t off)
{
	static uint64_t random = 1;

	if (!io->random)
		return (off + io->bs) % SPAN;
	random = random * 6364136223846793005 + 1442695040888963407;
	return (random >> 33) % (io->random / io->bs) * io->bs;
}

static void run_sync(const struct io *io, int fd, char *buf, unsigned int n)
{
	off_t off = 0;
	ssize_t done;

	while (n--) {
		done = io->write ? pwrite(fd, buf, io->bs, off) : pread(fd, buf, io->bs, off);
		if (done != (ssize_t)io->bs || (io->sync && fdatasync(fd)))
			err(1, "%s", io->name);
		off = next_off(io, off);
	}
}

/* Keep QD requests in flight: wait for one, take all that came, send as many. */
static void run_uring(const struct io *io, int fd, char *buf, unsigned int n)
{
	static struct io_uring ring;
	unsigned int sent = 0, done = 0, inflight = 0, slot = 0;
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;
	off_t off = 0;

	if (!ring.ring_fd && io_uring_queue_init(QD, &ring, 0))
		errx(1, "io_uring_queue_init");
	while (done < n) {
		for (; inflight < QD && sent < n; inflight++, sent++) {
			sqe = io_uring_get_sqe(&ring);
			if (io->write)
				io_uring_prep_write(sqe, fd, buf + slot * io->bs, io->bs, off);
			else
				io_uring_prep_read(sqe, fd, buf + slot * io->bs, io->bs, off);
			slot = (slot + 1) % QD;
			off = next_off(io, off);
		}
		if (io_uring_submit_and_wait(&ring, 1) < 0)
			errx(1, "io_uring_submit_and_wait");
		while (!io_uring_peek_cqe(&ring, &cqe)) {
			if (cqe->res != (int)io->bs)
				errx(1, "%s: %d", io->name, cqe->res);
			io_uring_cqe_seen(&ring, cqe);
			inflight--;
			done++;
		}
	}
}

static int open_or_die(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

/* Anything but DAX would quietly be counted as the page cache. */
static int open_dax(const char *path, int flags)
{
	int fd = open_or_die(path, flags);
	struct statx stx;

	if (statx(fd, "", AT_EMPTY_PATH, 0, &stx))
		err(1, "statx %s", path);
	if (!(stx.stx_attributes & STATX_ATTR_DAX))
		errx(1, "%s: not DAX", path);
	return fd;
}

static unsigned int run_io(const struct io *io, const char *path)
{
	void (*run)(const struct io *, int, char *, unsigned int) = io->uring ? run_uring : run_sync;
	char *buf = buffer(io->bs * (io->uring ? QD : 1));
	int flags = io->write ? O_RDWR : O_RDONLY;
	int fd = io->dax ? open_dax(path, flags) : open_or_die(path, flags | O_DIRECT);

	run(io, fd, buf, io->n / 4);
	BEGIN();
	run(io, fd, buf, io->n);
	END();
	return io->n;
}

static void touch(volatile char *p, size_t step, bool write)
{
	size_t off;

	for (off = 0; off < MAPPED; off += step)
		if (write)
			p[off] = 1;
		else
			(void)p[off];
}

/*
 * A read fault maps a page, a write fault then makes it writable; so each is
 * counted on its own, and neither allocates in the file system.
 */
static unsigned int run_map(const char *what, const char *path)
{
	bool write = strstr(what, "write") || strstr(what, "store");
	bool fault = !strncmp(what, "fault", 5);
	size_t step = strstr(what, "2m") ? PMD : 4096;
	int fd = open_dax(path, O_RDWR);
	char *p;

	p = mmap(NULL, MAPPED + PMD, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		err(1, "mmap");
	p = (char *)(((uintptr_t)p + PMD - 1) & -PMD);
	if (mmap(p, MAPPED, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
		err(1, "mmap %s", path);
	if (step == 4096 && madvise(p, MAPPED, MADV_NOHUGEPAGE))
		err(1, "madvise");

	if (write || !fault)
		touch(p, step, false);
	if (write && !fault)
		touch(p, step, true);
	BEGIN();
	touch(p, step, write);
	END();
	return MAPPED / step;
}

static void put(const char *path, const char *text)
{
	int fd = open_or_die(path, O_WRONLY);

	if (write(fd, text, strlen(text)) < 0)
		err(1, "%s", path);
	close(fd);
}

/* brd makes its disks when it is loaded. */
static unsigned int run_brd(bool add, unsigned int n, const char *path)
{
	int fd = open_or_die(path, O_RDONLY);
	char param[64];
	long ret;

	sprintf(param, "rd_nr=%u rd_size=2048", n);
	BEGIN();
	ret = add ? syscall(SYS_finit_module, fd, param, 0) : syscall(SYS_delete_module, "brd", 0);
	END();
	if (ret)
		err(1, "%s", path);
	return n;
}

/* A value holds a page: so many regions take several writes. */
static unsigned int run_regions(unsigned int n, const char *path)
{
	unsigned int i = 0, writes = 0, w;
	static char text[8][4096];

	for (; i < n; writes++) {
		char *p = text[writes];

		for (; i < n && p < text[writes] + 4000; i++)
			p += sprintf(p, "2M@0x%lx,", REGIONS_AT + i * REGION);
		p[-1] = 0;
	}
	BEGIN();
	for (w = 0; w < writes; w++)
		put(path, text[w]);
	put("/sys/bus/nvm/flush", "1");
	END();
	return n;
}

int main(int argc, char **argv)
{
	unsigned int i, n = 0;

	if (argc != 4)
		errx(2, "usage: bench DRIVER CASE PATH");
	for (i = 0; i < sizeof(ios) / sizeof(*ios); i++)
		if (!strcmp(argv[2], ios[i].name))
			n = run_io(&ios[i], argv[3]);
	if (!n && (sscanf(argv[2], "add-%u", &i) == 1 || sscanf(argv[2], "remove-%u", &i) == 1))
		n = strcmp(argv[1], "brd") ? run_regions(i, argv[3]) :
					     run_brd(argv[2][0] == 'a', i, argv[3]);
	if (!n)
		n = run_map(argv[2], argv[3]);
	printf("%s %s %u\n", argv[1], argv[2], n);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * one-file FILE SEED OPERATIONS [SIZE [MODEL]]: random operations on one file that is
 * never longer than SIZE: reads and writes, also direct and through a shared mapping,
 * all that ftruncate and fallocate can do, copies inside, syncs, caches dropped, the
 * file opened again. What is read has to be what is kept of it in memory, which goes to
 * the file MODEL at the end. A word that was written says by which operation, of which
 * seed, and for where. What the file system lacks is left out, and said. Exits 1 with
 * what was wrong and the last operations. On the same kind of file system a seed gives
 * the same ones again.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR	512UL
#define BLOCK	4096UL
#define LONGEST	(128UL << 10)
#define TRAIL	24
#define MASK	0xa5c35a963c69e187UL	/* few bytes of a word are zero */

#define die(fmt, ...) \
	(printf("%s: seed %lu, operation %lu, %s: " fmt "\n", path, seed, step, now->name, \
		##__VA_ARGS__), print_trail(), exit(1))

/* How it is read and written */
enum { CACHED, DIRECT, MAPPED };

/* What an operation asks of its range; a file system may lack it */
enum { WITHIN = 1, SECTORS = 2, BLOCKS = 4, OPTIONAL = 8 };

struct op {
	const char *name;
	unsigned int weight, flags;
	int (*run)(size_t off, size_t len, int how);	/* 1: not with this range */
	int how;
	unsigned long count;
};

static struct did {
	const char *name;
	size_t off, len, size, to;
} trail[TRAIL], *now = trail;

static const char *path;
static unsigned long seed, rnd, step;
static int fds[2];
static size_t size, most;
static char *map, *model, *buf;

static size_t below(size_t limit)
{
	rnd = rnd * 6364136223846793005 + 1442695040888963407;
	return (rnd >> 33) % limit;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void print_trail(void)
{
	unsigned long i;

	for (i = step < TRAIL ? 1 : step - TRAIL + 1; i <= step; i++) {
		struct did *d = &trail[i % TRAIL];

		printf("%8lu %-13s at %#zx, %#zx bytes, to %#zx; the file had %#zx\n",
		       i, d->name, d->off, d->len, d->to, d->size);
	}
}

static void on_sigbus(int sig)
{
	die("signal %d", sig);
}

/* Beyond the end the model is zero. */
static void reach(size_t end)
{
	if (size < end)
		size = end;
}

static void clear(size_t off, size_t len)
{
	memset(model + off, 0, len);
}

/* What this operation writes there */
static void paint(size_t off, size_t len)
{
	size_t at, n;

	for (at = off; at < off + len; at += n) {
		unsigned long w = (seed << 48 | step << 24 | at / 8) ^ MASK;

		n = least(8 - at % 8, off + len - at);
		memcpy(model + at, (char *)&w + at % 8, n);
	}
	reach(off + len);
}

static void print_word(const char *what, const char *at)
{
	unsigned long w;

	memcpy(&w, at, 8);
	printf("%s %016lx", what, w);
	w ^= MASK;
	if ((w >> 24 & 0xffffff) <= step && (w & 0xffffff) < most / 8)
		printf(" of operation %lu, seed %lu, for %#lx", w >> 24 & 0xffffff, w >> 48,
		       (w & 0xffffff) * 8);
	printf("\n");
}

static void check(const char *have, size_t off, size_t len)
{
	const char *want = model + off;
	size_t first = 0, last = len - 1, word;

	if (!memcmp(have, want, len))
		return;
	while (have[first] == want[first])
		first++;
	while (have[last] == want[last])
		last--;
	/* the whole word, if it was read */
	word = first - least(first, (off + first) % 8);
	if (word + 8 <= len) {
		print_word("expected", want + word);
		print_word("got     ", have + word);
	}
	die("byte %#zx: expected %02hhx, got %02hhx; the last such is %#zx",
	    off + first, want[first], have[first], off + last);
}

static int whole(ssize_t n, size_t len)
{
	if (n >= 0 && n != (ssize_t)len)
		die("%zd of %zu bytes", n, len);
	return n < 0 ? -1 : 0;
}

static int op_write(size_t off, size_t len, int how)
{
	paint(off, len);
	if (how != MAPPED)
		return whole(pwrite(fds[how], model + off, len, off), len);
	memcpy(map + off, model + off, len);
	return 0;
}

/* What is mapped is copied: a second look may have something else. */
static int op_read(size_t off, size_t len, int how)
{
	/* the file need not end with a sector */
	size_t ask = how == DIRECT ? (len + SECTOR - 1) / SECTOR * SECTOR : len;

	if (how == MAPPED)
		memcpy(buf, map + off, len);
	else if (whole(pread(fds[how], buf, ask, off), len))
		return -1;
	check(buf, off, len);
	return 0;
}

static int resize(size_t to)
{
	now->to = to;
	if (ftruncate(*fds, to))
		return -1;
	if (to < size)
		clear(to, size - to);
	size = to;
	return 0;
}

/* Mostly by little, or the file would always be short. */
static int op_cut(size_t off, size_t len, int how)
{
	return resize(below(64) ? size - least(len, size) : off);
}

static int op_grow(size_t off, size_t len, int how)
{
	return resize(least(size + len, most));
}

static int op_fallocate(size_t off, size_t len, int mode)
{
	if (fallocate(*fds, mode, off, len))
		return -1;
	if (mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE))
		clear(off, len);
	if (!(mode & FALLOC_FL_KEEP_SIZE))
		reach(off + len);
	return 0;
}

static int op_collapse(size_t off, size_t len, int mode)
{
	if (len % BLOCK || off + len >= size)
		return 1;
	if (fallocate(*fds, mode, off, len))
		return -1;
	memmove(model + off, model + off + len, size - off - len);
	size -= len;
	clear(size, len);
	return 0;
}

static int op_insert(size_t off, size_t len, int mode)
{
	len = least(len, most - size) / BLOCK * BLOCK;
	now->to = off + len;
	if (!len)
		return 1;
	if (fallocate(*fds, mode, off, len))
		return -1;
	memmove(model + off + len, model + off, size - off);
	clear(off, len);
	size += len;
	return 0;
}

/* In units of a block, which may be shared, or of a byte. */
static int op_copy(size_t off, size_t len, int unit)
{
	off_t from = off / unit * unit, to = below(most) / unit * unit;
	ssize_t n;

	off = from;
	len = least(len, most - to) / unit * unit;
	now->to = to;
	if (!len || (off < to + len && now->to < off + len))
		return 1;
	while ((size_t)to < now->to + len) {
		n = copy_file_range(*fds, &from, *fds, &to, now->to + len - to, 0);
		if (n < 0)
			return -1;
		if (!n)
			die("it ends at %#lx", from);
	}
	memcpy(model + now->to, model + off, len);
	reach(to);
	return 0;
}

static int op_sync(size_t off, size_t len, int how)
{
	if (how == MAPPED)
		return msync(map, most, MS_SYNC);
	return below(2) ? fsync(*fds) : fdatasync(*fds);
}

/* All of the file or a part. What is mapped would stay in memory. */
static int op_forget(size_t off, size_t len, int part)
{
	if (madvise(map, most, MADV_DONTNEED))
		return -1;
	errno = posix_fadvise(*fds, part ? off : 0, part ? len : 0, POSIX_FADV_DONTNEED);
	return errno ? -1 : 0;
}

static void open_file(int flags)
{
	fds[CACHED] = open(path, O_RDWR | flags, 0600);
	fds[DIRECT] = open(path, O_RDWR | O_DIRECT);
	map = mmap(NULL, most, PROT_READ | PROT_WRITE, MAP_SHARED, *fds, 0);
	if (*fds < 0 || map == MAP_FAILED)
		err(2, "%s", path);
}

static int op_reopen(size_t off, size_t len, int how)
{
	if (munmap(map, most) || close(fds[CACHED]) || (fds[DIRECT] >= 0 && close(fds[DIRECT])))
		return -1;
	open_file(0);
	return 0;
}

static struct op ops[] = {
	{ "write", 16, 0, op_write, CACHED },
	{ "read", 16, WITHIN, op_read, CACHED },
	{ "write-direct", 12, SECTORS, op_write, DIRECT },
	{ "read-direct", 16, WITHIN | SECTORS, op_read, DIRECT },
	{ "store", 12, WITHIN, op_write, MAPPED },
	{ "load", 12, WITHIN, op_read, MAPPED },
	{ "cut", 3, WITHIN, op_cut },
	{ "grow", 2, 0, op_grow },
	{ "allocate", 2, OPTIONAL, op_fallocate },
	{ "allocate-keep", 2, OPTIONAL, op_fallocate, FALLOC_FL_KEEP_SIZE },
	{ "punch", 3, OPTIONAL, op_fallocate, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE },
	{ "zero", 2, OPTIONAL, op_fallocate, FALLOC_FL_ZERO_RANGE },
	{ "zero-keep", 2, OPTIONAL, op_fallocate, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE },
	{ "collapse", 1, WITHIN | BLOCKS | OPTIONAL, op_collapse, FALLOC_FL_COLLAPSE_RANGE },
	{ "insert", 1, WITHIN | BLOCKS | OPTIONAL, op_insert, FALLOC_FL_INSERT_RANGE },
	{ "copy", 2, WITHIN | OPTIONAL, op_copy, 1 },
	{ "copy-blocks", 2, WITHIN | BLOCKS | OPTIONAL, op_copy, BLOCK },
	{ "sync", 3, 0, op_sync, CACHED },
	{ "msync", 1, 0, op_sync, MAPPED },
	{ "forget", 3, 0, op_forget, 0 },
	{ "forget-part", 3, 0, op_forget, 1 },
	{ "reopen", 1, 0, op_reopen },
	{ }
};

static struct op *draw_op(void)
{
	unsigned int all = 0, left;
	struct op *op;

	for (op = ops; op->name; op++)
		all += op->weight;
	left = below(all);
	for (op = ops; left >= op->weight; op++)
		left -= op->weight;
	return op;
}

/* Half of them begin in the block of the last one or in the next, most are short. */
static size_t draw_range(unsigned int flags, size_t *off)
{
	static const size_t shorts[] = { 512, 512, 512, 512, 8192, 8192, 8192, LONGEST };
	size_t unit = flags & BLOCKS ? BLOCK : flags & SECTORS ? SECTOR : 1;
	size_t limit = flags & WITHIN ? size : most, len;

	if (!limit)
		return 0;
	if (below(2))
		*off = below(limit);
	else
		*off = (*off / BLOCK * BLOCK + below(2 * BLOCK)) % limit;
	*off = *off / unit * unit;
	len = (1 + below(shorts[below(8)]) + unit - 1) / unit * unit;
	return least(len, limit - *off);
}

static void leave_out(struct op *op, int why)
{
	printf("%s: no %s: %s\n", path, op->name, strerror(why));
	op->weight = 0;
}

static void take_step(void)
{
	struct op *op = draw_op();
	static size_t off;
	size_t len = draw_range(op->flags, &off);
	struct stat st;
	int ret;

	now = &trail[step % TRAIL];
	*now = (struct did) { op->name, off, len, size };
	if (!len)
		return;
	ret = op->run(off, len, op->how);
	if (!ret)
		op->count++;
	else if (ret < 0 && errno == EOPNOTSUPP && op->flags & OPTIONAL)
		leave_out(op, errno);
	else if (ret < 0)
		die("%s", strerror(errno));
	if (fstat(*fds, &st) || (size_t)st.st_size != size)
		die("the file has %#lx bytes, not %#zx", st.st_size, size);
}

static void check_all(void)
{
	size_t at, len;

	now = &trail[step % TRAIL];
	*now = (struct did) { "the end", 0, size, size };
	if (fsync(*fds) || op_forget(0, 0, 0))
		die("%s", strerror(errno));
	for (at = 0; at < size; at += len) {
		len = least(LONGEST, size - at);
		if (op_read(at, len, CACHED))
			die("%s", strerror(errno));
	}
}

static void keep_model(const char *name)
{
	FILE *f = fopen(name, "w");

	if (!f || fwrite(model, 1, size, f) != size || fclose(f))
		err(2, "%s", name);
}

int main(int argc, char **argv)
{
	unsigned long steps;
	struct op *op;

	if (argc < 4 || argc > 6)
		errx(2, "usage: one-file FILE SEED OPERATIONS [SIZE [MODEL]]");
	path = argv[1];
	seed = strtoul(argv[2], NULL, 0);
	rnd = seed;
	steps = least(strtoul(argv[3], NULL, 0), 0xffffff);
	most = argc < 5 ? 1UL << 20 : strtoul(argv[4], NULL, 0) / BLOCK * BLOCK;
	model = aligned_alloc(BLOCK, most);
	buf = aligned_alloc(BLOCK, LONGEST);
	if (!most || most > 1UL << 27 || !model || !buf)
		errx(2, "a file of %zu bytes", most);
	clear(0, most);
	signal(SIGBUS, on_sigbus);
	open_file(O_CREAT | O_TRUNC);
	for (op = ops; op->name; op++)
		if (fds[DIRECT] < 0 && op->flags & SECTORS)
			leave_out(op, EINVAL);
	for (step = 1; step <= steps; step++)
		take_step();
	check_all();
	if (argc == 6)
		keep_model(argv[5]);
	printf("%s: seed %lu, %#zx bytes at the end:", path, seed, size);
	for (op = ops; op->name; op++)
		printf(" %s %lu", op->name, op->count);
	printf("\n");
	return 0;
}

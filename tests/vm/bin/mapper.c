// SPDX-License-Identifier: GPL-2.0-only
/*
 * mapper [-s] [-k] FILE COUNT CMDS REPLIES: map FILE shared, with -s by
 * MAP_SYNC, and write a pattern into each of its first COUNT pages, with -k
 * keep what is there; then serve commands, a letter each, from the fifo CMDS
 * with a line each into the fifo REPLIES:
 *
 *	r	read the first page: "old", "other" or "SIGBUS"
 *	w	write the first page: "done" or "SIGBUS"
 *	v	read all pages: "old" if each has its pattern, "page N" is the
 *		first that has not, or "SIGBUS"
 *	a	write the pattern into all pages: "done" or "SIGBUS"
 *	s	msync: "done" or the errno's name
 *	p	MADV_HWPOISON of the second page: "done" or the errno's name
 *	x	read the second page: "old", "other" or "SIGBUS"
 *	q	quit
 *
 * If FILE cannot be mapped the only line is the errno's name.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE	4096UL
#define PATTERN	32

static sigjmp_buf away;

static void on_bus(int sig)
{
	siglongjmp(away, sig);
}

static void pattern(char *text, size_t page)
{
	memset(text, 0, PATTERN);
	snprintf(text, PATTERN, "NvM page %zu", page);
}

static void fill(char *mem, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		pattern(mem + i * PAGE, i);
}

static const char *compare(const char *mem, size_t first, size_t end)
{
	static char which[32];
	char want[PATTERN];
	size_t i;

	for (i = first; i < end; i++) {
		pattern(want, i);
		if (memcmp(mem + i * PAGE, want, PATTERN)) {
			snprintf(which, sizeof(which), "page %zu", i);
			return which;
		}
	}
	return "old";
}

static const char *errno_or_done(int ret)
{
	return ret ? strerrorname_np(errno) : "done";
}

static const char *touch(char cmd, char *mem, size_t len)
{
	if (sigsetjmp(away, 1))
		return "SIGBUS";
	switch (cmd) {
	case 'r':
		return strcmp(compare(mem, 0, 1), "old") ? "other" : "old";
	case 'x':
		return strcmp(compare(mem, 1, 2), "old") ? "other" : "old";
	case 'v':
		return compare(mem, 0, len / PAGE);
	case 'w':
		*(volatile char *)mem = 'n';
		return "done";
	case 'a':
		fill(mem, len / PAGE);
		return "done";
	case 's':
		return errno_or_done(msync(mem, len, MS_SYNC));
	case 'p':
		return errno_or_done(madvise(mem + PAGE, PAGE, MADV_HWPOISON));
	}
	return "what?";
}

static char *map(const char *file, size_t len, int flags)
{
	int fd = open(file, O_RDWR);
	char *mem;

	if (fd < 0)
		return MAP_FAILED;
	mem = mmap(NULL, len, PROT_READ | PROT_WRITE, flags, fd, 0);
	close(fd);
	return mem;
}

static void serve(int in, FILE *out, char *mem, size_t len)
{
	char cmd;

	fprintf(out, "mapped\n");
	while (read(in, &cmd, 1) == 1 && cmd != 'q')
		fprintf(out, "%s\n", touch(cmd, mem, len));
}

int main(int argc, char **argv)
{
	int opt, in, keep = 0, flags = MAP_SHARED;
	size_t count;
	FILE *out;
	char *mem;

	while ((opt = getopt(argc, argv, "sk")) != -1) {
		if (opt == 's')
			flags = MAP_SHARED_VALIDATE | MAP_SYNC;
		else if (opt == 'k')
			keep = 1;
		else
			errx(2, "see mapper.c");
	}
	argv += optind;
	if (argc - optind != 4)
		errx(2, "usage: mapper [-s] [-k] FILE COUNT CMDS REPLIES");
	count = strtoul(argv[1], NULL, 0);
	mem = map(argv[0], count * PAGE, flags);
	opt = errno;
	in = open(argv[2], O_RDONLY);
	out = fopen(argv[3], "w");
	if (in < 0 || !out)
		err(1, "fifos");
	setlinebuf(out);
	if (mem == MAP_FAILED) {
		fprintf(out, "%s\n", strerrorname_np(opt));
		return 1;
	}
	signal(SIGBUS, on_bus);
	if (!keep)
		fill(mem, count);
	serve(in, out, mem, count * PAGE);
	return 0;
}

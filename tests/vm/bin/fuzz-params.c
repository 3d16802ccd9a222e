// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz-params SEED ROUNDS START: write what nobody would to map, add and remove
 * of nvm_memmap, START being the 64 MiB that it may really get. A write that fails
 * must say why and have changed nothing; one that works must leave no reason,
 * and map must then read as a list that can be written back to no effect.
 * Prints how often each outcome was.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PARAMS	"/sys/module/nvm_memmap/parameters/"
#define ROOM	8192
#define MIB	(1ULL << 20)

static const char * const files[] = {
	PARAMS "map", PARAMS "add", PARAMS "remove", PARAMS "last_error",
};

static const int expected[] = {
	EINVAL, EEXIST, EBUSY, ENOENT, ERANGE, ENOMEM, EOPNOTSUPP, E2BIG,
};

static int fds[4];
static uint64_t seed, start;
static char text[ROOM], map[ROOM];
static size_t len;

static uint32_t rnd(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed >> 16) % below;
}

static void say(const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(text + len, ROOM - len, fmt, args);
	va_end(args);
	if (n > 0 && len + n < ROOM)
		len += n;
}

static void number(uint64_t n)
{
	switch (rnd(4)) {
	case 0:
		say("%llu", (unsigned long long)n);
		break;
	case 1:
		say("%lluK", (unsigned long long)n >> 10);
		break;
	case 2:
		say("%lluM", (unsigned long long)n >> 20);
		break;
	default:
		say("0x%llx", (unsigned long long)n);
	}
}

/* Small ones: a large device costs its struct pages. */
static void size(void)
{
	static const uint64_t odd[] = {
		0, 1, 4096, 1 * MIB, 3 * MIB, ~0ULL, 1ULL << 63, ~0ULL << 21,
	};

	number(rnd(4) ? rnd(5) * 2 * MIB : odd[rnd(8)]);
}

static void place(void)
{
	static const uint64_t odd[] = {
		0, 1, 0x1000, 16 * MIB, 0x100000000, ~0ULL, ~0ULL << 21,
		1ULL << 63, 1ULL << 52, 0xfee00000,
	};

	number(rnd(4) ? start + rnd(32) * 2 * MIB : odd[rnd(10)]);
}

static void option(void)
{
	static const char * const opts[] = {
		"type=1", "type=2", "type=0", "type=99999999999999999999", "uid=a",
		"uid=", "uid=b/c", "numa=0", "numa=77", "ro=1", "ro=2",
		"type=2:undo=0", "type=2:write_unit=512:depth=1", "depth=0",
		"window=2M", "windows=4", "type=3:window=2M:windows=1", "", "=",
		"x=1", "type", "type=1:type=1", "ro=0x1", "uid=%s%n",
	};

	say(":%s", opts[rnd(sizeof(opts) / sizeof(opts[0]))]);
}

static void element(void)
{
	size();
	say("@");
	place();
	while (!rnd(6))
		option();
}

static void garbage(void)
{
	static const char chars[] = "0123456789xabcKMGT@@::,,,= \n\t-+%$\\\"/.\1\377";
	size_t at, n = rnd(4);

	while (n--) {
		if (!len)
			return;
		at = rnd(len);
		if (rnd(2))
			text[at] = chars[rnd(sizeof(chars) - 1)];
		else
			memmove(text + at, text + at + 1, --len - at);
	}
	text[len] = '\0';
}

static void make(void)
{
	int n = rnd(4) + !rnd(50) * 300;

	len = 0;
	text[0] = '\0';
	do {
		element();
		if (n)
			say(",");
	} while (n-- > 0 && len < ROOM - 256);
	if (!rnd(3))
		garbage();
	if (!rnd(100)) {
		memset(text, ' ' + rnd(90), 4090 + rnd(12));
		len = strlen(text);
	}
}

static void get(int fd, char *buf)
{
	ssize_t n = pread(fd, buf, ROOM - 1, 0);

	if (n < 0)
		err(1, "reading");
	buf[n] = '\0';
}

static void check_failure(int file, int code, const char *was)
{
	char why[ROOM];
	size_t i;

	for (i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		if (code == expected[i])
			break;
	if (i == sizeof(expected) / sizeof(expected[0]))
		errx(1, "%s: %s for '%s'", files[file], strerrorname_np(code), text);
	if (strcmp(was, map))
		errx(1, "%s failed and changed '%s' to '%s': '%s'", files[file],
		     was, map, text);
	get(fds[3], why);
	if (strncmp(why, "nvm_memmap: ", 12) || strchr(why, '\n') != why + strlen(why) - 1)
		errx(1, "no reason or no line in last_error: '%s' for '%s'", why, text);
}

static void check_success(int file)
{
	char again[ROOM], why[ROOM];

	get(fds[3], why);
	if (*why)
		errx(1, "%s worked, but: %s", files[file], why);
	if (pwrite(fds[0], map, strlen(map), 0) < 0)
		err(1, "writing back '%s'", map);
	get(fds[0], again);
	if (strcmp(again, map))
		errx(1, "written back '%s' became '%s'", map, again);
}

static int one_round(int file)
{
	char was[ROOM];
	int code;

	make();
	strcpy(was, map);
	code = pwrite(fds[file], text, len, 0) < 0 ? errno : 0;
	get(fds[0], map);
	if (code)
		check_failure(file, code, was);
	else
		check_success(file);
	return code;
}

int main(int argc, char **argv)
{
	unsigned int i, rounds, count[256] = { };

	if (argc != 4)
		errx(2, "usage: fuzz-params SEED ROUNDS START");
	seed = strtoull(argv[1], NULL, 0) * 2654435761u + 1;
	rounds = strtoul(argv[2], NULL, 0);
	start = strtoull(argv[3], NULL, 0);
	for (i = 0; i < 4; i++) {
		fds[i] = open(files[i], i < 3 ? O_RDWR : O_RDONLY);
		if (fds[i] < 0)
			err(2, "%s", files[i]);
	}
	get(fds[0], map);
	for (i = 0; i < rounds; i++)
		count[one_round(rnd(3)) & 255]++;
	for (i = 0; i < 256; i++)
		if (count[i])
			printf("%s %u\n", i ? strerrorname_np(i) : "ok", count[i]);
	return 0;
}

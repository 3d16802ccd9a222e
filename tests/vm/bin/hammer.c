// SPDX-License-Identifier: GPL-2.0-only
/*
 * hammer SECONDS [FILE VALUE]...: open each file and write its value, over and
 * over; a VALUE of - opens a file and reads it. Prints how often what came of
 * it: "ok 17", "EBUSY 4"; short writes as "short".
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define OK	0
#define SHORT	200
#define MAX	256

static int once(const char *file, const char *value)
{
	int get = !strcmp(value, "-");
	int ret = OK, fd = open(file, get ? O_RDONLY : O_WRONLY);
	char buf[65536];
	ssize_t n;

	if (fd < 0)
		return errno;
	if (get)
		n = read(fd, buf, sizeof(buf));
	else
		n = write(fd, value, strlen(value));
	if (n < 0)
		ret = errno;
	else if (!get && (size_t)n != strlen(value))
		ret = SHORT;
	close(fd);
	return ret;
}

static const char *name(int ret)
{
	if (ret == OK)
		return "ok";
	return ret == SHORT ? "short" : strerrorname_np(ret);
}

int main(int argc, char **argv)
{
	unsigned int count[MAX] = { };
	struct timespec t;
	time_t end;
	int i;

	if (argc < 4 || argc % 2)
		errx(2, "usage: hammer SECONDS [FILE VALUE]...");
	clock_gettime(CLOCK_MONOTONIC, &t);
	end = t.tv_sec + atoi(argv[1]);
	while (t.tv_sec < end) {
		for (i = 2; i < argc; i += 2)
			count[once(argv[i], argv[i + 1]) % MAX]++;
		clock_gettime(CLOCK_MONOTONIC, &t);
	}
	for (i = 0; i < MAX; i++)
		if (count[i])
			printf("%s %u\n", name(i), count[i]);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * poll-while FILE SECONDS CMD...: read an attribute, run CMD, and wait until
 * poll(2) says POLLPRI and the attribute reads otherwise. Prints both values.
 * Exit code 1 when time is over before that, 3 when CMD fails.
 */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void get(int fd, char *buf, size_t room)
{
	ssize_t n = pread(fd, buf, room - 1, 0);

	/* the attribute of a region that went */
	if (n < 0)
		n = snprintf(buf, room, "gone");
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static pid_t run(char **argv)
{
	pid_t pid = fork();

	if (pid < 0)
		err(2, "fork");
	if (!pid) {
		execvp(argv[0], argv);
		err(2, "%s", argv[0]);
	}
	return pid;
}

int main(int argc, char **argv)
{
	char was[4096], is[4096];
	struct pollfd p = { .events = POLLPRI };
	int status, rung = 0;
	double end;
	pid_t pid;

	if (argc < 4)
		errx(2, "usage: poll-while FILE SECONDS CMD...");
	p.fd = open(argv[1], O_RDONLY);
	if (p.fd < 0)
		err(2, "%s", argv[1]);
	get(p.fd, was, sizeof(was));
	strcpy(is, was);
	pid = run(argv + 3);
	end = now() + atof(argv[2]);
	while (!strcmp(was, is) && now() < end) {
		if (poll(&p, 1, (end - now()) * 1000 + 1) > 0 &&
		    p.revents & POLLPRI)
			rung = 1;
		get(p.fd, is, sizeof(is));
	}
	if (waitpid(pid, &status, 0) != pid || status)
		errx(3, "%s: status 0x%x", argv[3], status);
	printf("%s %s\n", was, is);
	if (!rung || !strcmp(was, is))
		errx(1, "%s: %s", argv[1], rung ? "reads the same" : "poll is silent");
	return 0;
}

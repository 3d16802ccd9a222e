// SPDX-License-Identifier: GPL-2.0-only
/*
 * fail-nth N OPERATION...: one system call in which the N-th of what fault
 * injection counts fails: allocations, or bios. 0: none does.
 *
 *	write FILE VALUE	write(2); FILE is open already
 *	read FILE		read(2) of a page; FILE is open already
 *	open FILE		open(2) for reading and writing
 *	load FILE PARAMETERS	finit_module(2)
 *	unload NAME		delete_module(2)
 *	pread FILE AT		direct read of 4 KiB
 *	pwrite FILE AT		direct write of 4 KiB
 *	fault FILE AT		store to a shared mapping of FILE
 *	queued FILE VALUE	write(2) which has the bus "nvm" do something: what
 *				fails is in the kernel's workers
 *
 * Prints "ok" or the name of the errno, and how many more there would have had
 * to be: 0 if the N-th failed.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BLOCK		4096
#define WORKERS		512
#define BUS_FLUSH	"/sys/bus/nvm/flush"

struct operation {
	const char	*name;
	int		args;
	int		(*prepare)(char **args);
	long		(*call)(int fd, char **args);
};

static char block[BLOCK] __attribute__((aligned(BLOCK)));
static char *mapped;
static sigjmp_buf away;

static int open_write(char **args)
{
	return open(args[0], O_WRONLY | O_CLOEXEC);
}

static int open_read(char **args)
{
	return open(args[0], O_RDONLY | O_CLOEXEC);
}

static int open_direct(char **args)
{
	return open(args[0], O_RDWR | O_DIRECT | O_CLOEXEC);
}

static int open_nothing(char **args)
{
	return 0;
}

static int map_file(char **args)
{
	int fd = open(args[0], O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return fd;
	mapped = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		      strtoll(args[1], NULL, 0));
	return mapped == MAP_FAILED ? -1 : fd;
}

static long call_write(int fd, char **args)
{
	return write(fd, args[1], strlen(args[1]));
}

static long call_read(int fd, char **args)
{
	return read(fd, block, BLOCK);
}

static long call_open(int fd, char **args)
{
	return open(args[0], O_RDWR | O_CLOEXEC);
}

static long call_load(int fd, char **args)
{
	return syscall(SYS_finit_module, fd, args[1], 0);
}

static long call_unload(int fd, char **args)
{
	return syscall(SYS_delete_module, args[0], O_NONBLOCK);
}

static long call_pread(int fd, char **args)
{
	return pread(fd, block, BLOCK, strtoll(args[1], NULL, 0));
}

static long call_pwrite(int fd, char **args)
{
	return pwrite(fd, block, BLOCK, strtoll(args[1], NULL, 0));
}

static void on_bus(int sig)
{
	siglongjmp(away, sig);
}

static long call_fault(int fd, char **args)
{
	if (sigsetjmp(away, 1)) {
		errno = EFAULT;
		return -1;
	}
	*(volatile char *)mapped = 1;
	return 0;
}

static long call_queued(int fd, char **args)
{
	int flush = open(BUS_FLUSH, O_WRONLY | O_CLOEXEC);
	long ret = call_write(fd, args);

	if (flush < 0 || write(flush, "1", 1) != 1)
		err(2, BUS_FLUSH);
	close(flush);
	return ret;
}

static const struct operation operations[] = {
	{ "write",	2, open_write,		call_write },
	{ "read",	1, open_read,		call_read },
	{ "open",	1, open_nothing,	call_open },
	{ "load",	2, open_read,		call_load },
	{ "unload",	1, open_nothing,	call_unload },
	{ "pread",	2, open_direct,		call_pread },
	{ "pwrite",	2, open_direct,		call_pwrite },
	{ "fault",	2, map_file,		call_fault },
	{ "queued",	2, open_write,		call_queued },
	{ }
};

/* The tasks in which something is to fail: this one, or the kernel's workers. */
static int tasks[WORKERS];
static int nr_tasks;

static void this_task(void)
{
	tasks[0] = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (tasks[0] < 0)
		err(2, "fail-nth");
	nr_tasks = 1;
}

static int is_worker(const char *pid)
{
	char path[64], name[32] = "";
	FILE *comm;

	snprintf(path, sizeof(path), "/proc/%.16s/comm", pid);
	comm = fopen(path, "r");
	if (!comm)
		return 0;
	if (!fgets(name, sizeof(name), comm))
		name[0] = '\0';
	fclose(comm);
	return !strncmp(name, "kworker/", 8);
}

static void all_workers(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *d;
	char path[64];

	if (!proc)
		err(2, "/proc");
	while ((d = readdir(proc)) && nr_tasks < WORKERS) {
		if (d->d_name[0] < '0' || d->d_name[0] > '9' || !is_worker(d->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%.16s/fail-nth", d->d_name);
		tasks[nr_tasks] = open(path, O_RDWR | O_CLOEXEC);
		if (tasks[nr_tasks] >= 0)
			nr_tasks++;
	}
	closedir(proc);
}

static void arm(const char *n)
{
	int i;

	/* a worker may be gone by now */
	for (i = 0; i < nr_tasks; i++)
		if (pwrite(tasks[i], n, strlen(n), 0) < 0 && errno != ESRCH)
			err(2, "fail-nth");
}

/* The least of what is left: the one that worked most. */
static unsigned long disarm(unsigned long n)
{
	unsigned long left = n, now;
	char buf[32];
	ssize_t len;
	int i;

	for (i = 0; i < nr_tasks; i++) {
		len = pread(tasks[i], buf, sizeof(buf) - 1, 0);
		if (len <= 0)
			continue;
		buf[len] = '\0';
		now = strtoul(buf, NULL, 10);
		left = now < left ? now : left;
	}
	arm("0");
	return left;
}

int main(int argc, char **argv)
{
	const struct operation *op = operations;
	unsigned long n, left;
	int fd, error = 0;

	while (argc > 2 && op->name && strcmp(op->name, argv[2]))
		op++;
	if (argc < 3 || !op->name || argc != 3 + op->args)
		errx(2, "usage: fail-nth N OPERATION ARGUMENT...");
	n = strtoul(argv[1], NULL, 10);
	signal(SIGBUS, on_bus);
	if (op->call == call_queued)
		all_workers();
	else
		this_task();
	fd = op->prepare(argv + 3);
	if (fd < 0)
		err(2, "%s", argv[3]);
	arm(argv[1]);
	if (op->call(fd, argv + 3) < 0)
		error = errno;
	left = disarm(n);
	printf("%s %lu\n", error ? strerrorname_np(error) : "ok", left);
	return 0;
}

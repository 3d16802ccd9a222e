// SPDX-License-Identifier: GPL-2.0-only
/*
 * race SECONDS SEED THREADS START SCALE IMAGE [OPERATION...]: every operation of the stack
 * against every other, or those that are named, at random, on memory from START on: three regions of
 * nvm_memmap, the last of type 2, and one of nvm_fake, 8 MiB each at most. IMAGE is an ext4 of 2 MiB,
 * the first half of the smallest disk; raw writes go behind it. For SECONDS, and
 * longer if one has not succeeded by then: a busy machine does little in the
 * time. Prints how often each operation ran and how often it succeeded, and
 * fails if one never did. SCALE stretches the pauses between operations.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define MIB		(1ULL << 20)
#define BLOCK		4096
#define REGIONS		4
#define MEMMAP		"/sys/module/nvm_memmap/parameters/"
#define FAKE		"/sys/module/nvm_fake/parameters/cmd"
#define DRIVERS		"/sys/bus/nvm/drivers/"
#define DEVICES		"/sys/bus/nvm/devices/"
#define PAUSE_US	2000
#define PATIENCE	40
#define UNLOADS		32
#define LIST		256
#define PATH		64
#define IMAGE		(2 * MIB)
#define TOUCHED		(16 * BLOCK)

struct task {
	pthread_t	thread;
	int		number;
	unsigned int	random;
	char		block[BLOCK] __attribute__((aligned(BLOCK)));
};

struct operation {
	const char	*name;
	/* 0, or -1 and errno: success is what the user asked for */
	int		(*run)(struct task *t);
	int		weight;
};

static unsigned long long start;
static char image[IMAGE];
static atomic_int stop;
static char *modules_at;
static __thread sigjmp_buf away;
static __thread volatile sig_atomic_t guarded;

static unsigned int pick(struct task *t, unsigned int n)
{
	return rand_r(&t->random) / 7 % n;
}

static int put(const char *file, const char *value)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	int ret, error;

	if (fd < 0)
		return -1;
	ret = write(fd, value, strlen(value)) < 0 ? -1 : 0;
	error = errno;
	close(fd);
	errno = error;
	return ret;
}

/* "SIZE@START" of one of three regions */
static int place(struct task *t, char *text, int slot)
{
	static const int sizes[] = { 4, 6, 8 };

	return sprintf(text, "%dM@0x%llx", sizes[pick(t, 3)],
		       start + slot * 16 * MIB);
}

/* ... with its options: always the same, so that it can grow */
static int element(struct task *t, char *text, int slot)
{
	static const char * const options[] = {
		"", "", ":type=2:write_ns=20000:undo=0:timeout=500"
	};
	int len = place(t, text, slot);

	return len + sprintf(text + len, "%s", options[slot]);
}

static int op_map(struct task *t)
{
	unsigned int which = pick(t, 8), slot;
	char list[LIST] = "\n", *end = list;

	for (slot = 0; slot < 3; slot++)
		if (which & 1 << slot) {
			if (end != list)
				*end++ = ',';
			end += element(t, end, slot);
		}
	return put(MEMMAP "map", list);
}

static int op_add(struct task *t)
{
	char one[LIST];

	element(t, one, pick(t, 3));
	return put(MEMMAP "add", one);
}

static int op_remove(struct task *t)
{
	char one[LIST];

	place(t, one, pick(t, 3));
	return put(MEMMAP "remove", one);
}

/* Whatever can be read, of whatever is there. */
static int read_folder(const char *name)
{
	DIR *dir = opendir(name);
	int fd, n = 0, error = ENOENT;
	char buf[BLOCK];
	struct dirent *d;

	if (!dir)
		return -1;
	while ((d = readdir(dir))) {
		if (d->d_type != DT_REG)
			continue;
		fd = openat(dirfd(dir), d->d_name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (read(fd, buf, sizeof(buf)) >= 0)
			n++;
		else
			error = errno;
		close(fd);
	}
	closedir(dir);
	errno = error;
	return n ? 0 : -1;
}

static int read_one_of(struct task *t, const char *format)
{
	char path[PATH];

	snprintf(path, sizeof(path), format, pick(t, REGIONS));
	return read_folder(path);
}

static int op_attributes(struct task *t)
{
	return read_one_of(t, DEVICES "nvm%u");
}

static int op_disk_attributes(struct task *t)
{
	return read_one_of(t, "/sys/block/nvm%u/queue");
}

static int op_parameters(struct task *t)
{
	return read_folder(MEMMAP);
}

static int put_name(struct task *t, const char *file)
{
	static const char * const drivers[] = {
		"nvm_pmem", "nvm_pmem", "nvm_wcache", "nvm_rival"
	};
	char path[PATH], name[16];

	snprintf(path, sizeof(path), DRIVERS "%s/%s", drivers[pick(t, 4)], file);
	snprintf(name, sizeof(name), "nvm%u", pick(t, REGIONS));
	return put(path, name);
}

static int op_bind(struct task *t)
{
	return put_name(t, "bind");
}

static int op_unbind(struct task *t)
{
	return put_name(t, "unbind");
}

static int op_override(struct task *t)
{
	static const char * const names[] = { "nvm_pmem", "nvm_rival", "\n", "\n" };
	char path[PATH];

	snprintf(path, sizeof(path), DEVICES "nvm%u/driver_override",
		 pick(t, REGIONS));
	return put(path, names[pick(t, 4)]);
}

static int op_probe(struct task *t)
{
	char name[16];

	snprintf(name, sizeof(name), "nvm%u", pick(t, REGIONS));
	return put("/sys/bus/nvm/drivers_probe", name);
}

static int op_flush(struct task *t)
{
	return put("/sys/bus/nvm/flush", "1");
}

static int open_disk(struct task *t, int flags)
{
	char path[PATH];

	snprintf(path, sizeof(path), "/dev/nvm%u", pick(t, REGIONS));
	return open(path, flags | O_CLOEXEC);
}

static int end(int fd, long ret)
{
	int error = errno;

	close(fd);
	errno = error;
	return ret < 0 ? -1 : 0;
}

static int op_open(struct task *t)
{
	int fd = open_disk(t, O_RDONLY);

	if (fd < 0)
		return -1;
	usleep(pick(t, 3 * PAUSE_US));
	return end(fd, 0);
}

/* In the second half of the smallest disk. */
static off_t somewhere(struct task *t)
{
	return IMAGE + (off_t)pick(t, IMAGE / BLOCK) * BLOCK;
}

static int op_read(struct task *t)
{
	int fd = open_disk(t, O_RDONLY | (pick(t, 2) ? O_DIRECT : 0));

	return fd < 0 ? -1 : end(fd, pread(fd, t->block, BLOCK, somewhere(t)));
}

static int op_write(struct task *t)
{
	int fd = open_disk(t, O_RDWR | (pick(t, 2) ? O_DIRECT : 0));
	long ret;

	if (fd < 0)
		return -1;
	ret = pwrite(fd, t->block, BLOCK, somewhere(t));
	if (ret >= 0)
		ret = fsync(fd);
	return end(fd, ret);
}

static void on_bus(int sig)
{
	if (guarded)
		siglongjmp(away, 1);
	signal(sig, SIG_DFL);
	raise(sig);
}

/* Load and store; -1 for a SIGBUS */
static int touch(volatile char *mem, size_t len)
{
	size_t at;

	if (sigsetjmp(away, 1)) {
		guarded = 0;
		errno = EFAULT;
		return -1;
	}
	guarded = 1;
	for (at = 0; at < len; at += BLOCK)
		mem[at] = mem[at] + 1;
	guarded = 0;
	return 0;
}

static int map_and_touch(struct task *t, int fd, off_t at)
{
	char *mem = mmap(NULL, TOUCHED, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			 at);
	int ret = -1, i, error;

	if (mem == MAP_FAILED)
		return -1;
	for (i = 0; i < 4; i++) {
		ret = touch(mem, TOUCHED);
		if (ret)
			break;
		usleep(pick(t, PAUSE_US));
	}
	error = errno;
	munmap(mem, TOUCHED);
	errno = error;
	return ret;
}

static int op_mmap(struct task *t)
{
	int fd = open_disk(t, O_RDWR);

	return fd < 0 ? -1 : end(fd, map_and_touch(t, fd, IMAGE));
}

/* Of type 2 only: a mapping of the medium and of the cache. */
static int op_map_cache(struct task *t)
{
	char path[PATH];
	int fd;

	snprintf(path, sizeof(path), "/dev/nvmc%u", pick(t, REGIONS));
	fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -1 : end(fd, map_and_touch(t, fd, IMAGE));
}

static int op_discard(struct task *t)
{
	unsigned long long range[2] = { somewhere(t), BLOCK };
	int fd = open_disk(t, O_RDWR);

	return fd < 0 ? -1 : end(fd, ioctl(fd, BLKDISCARD, range));
}

static int op_cache_attributes(struct task *t)
{
	return read_one_of(t, DEVICES "nvm%u/cache");
}

/* A device that ends no command for a moment, or refuses each. */
static int op_bad_device(struct task *t)
{
	static const char * const knobs[] = { "stall", "fail" };
	const char *knob = knobs[pick(t, 2)];
	char path[PATH];
	int ret;

	snprintf(path, sizeof(path), DEVICES "nvm%u/emulation/%s",
		 pick(t, REGIONS), knob);
	ret = put(path, "1");
	usleep(pick(t, 3 * PAUSE_US));
	put(path, "0");
	return ret;
}

/* Nobody else may make one there, or have one mounted. */
static int put_image(const char *disk)
{
	int fd = open(disk, O_RDWR | O_EXCL | O_CLOEXEC);
	long ret;

	if (fd < 0)
		return -1;
	ret = pwrite(fd, image, IMAGE, 0);
	if (ret >= 0)
		ret = fsync(fd);
	return end(fd, ret);
}

static int use_file(struct task *t, const char *dir)
{
	char path[PATH + 2];
	int fd, ret;

	snprintf(path, sizeof(path), "%s/f", dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	ret = fallocate(fd, 0, 0, TOUCHED);
	if (!ret)
		ret = map_and_touch(t, fd, 0);
	if (!ret)
		ret = fsync(fd);
	return end(fd, ret);
}

/* A file system of its own, mapped without a page cache. */
static int op_mount(struct task *t)
{
	char disk[PATH], dir[PATH];
	int ret, error;

	snprintf(disk, sizeof(disk), "/dev/nvm%u", pick(t, REGIONS));
	snprintf(dir, sizeof(dir), "/mnt/race%d", t->number);
	if (put_image(disk) || mount(disk, dir, "ext4", 0, "dax=always"))
		return -1;
	ret = use_file(t, dir);
	error = errno;
	while (umount2(dir, 0) && errno == EBUSY)
		usleep(PAUSE_US);
	errno = error;
	return ret;
}

static int op_latent(struct task *t)
{
	char path[PATH], range[64];

	snprintf(path, sizeof(path), "/sys/kernel/debug/nvm/nvm%u/latent_poison",
		 pick(t, REGIONS));
	snprintf(range, sizeof(range), "%lld 4096", (long long)somewhere(t));
	return put(path, range);
}

static int op_fake_add(struct task *t)
{
	char line[LIST];

	snprintf(line, sizeof(line), "add f %llu 0x%llx %d", 8 * MIB,
		 start + 3 * 16 * MIB, pick(t, 2) ? 3 : 0);
	return put(FAKE, line);
}

static int op_fake_lost(struct task *t)
{
	return put(FAKE, "lost f");
}

static int op_fake_unregister(struct task *t)
{
	return put(FAKE, "unregister f");
}

static int op_fake_remove(struct task *t)
{
	return put(FAKE, "remove f");
}

static int op_fake_poison(struct task *t)
{
	char line[LIST];

	snprintf(line, sizeof(line), "poison f %lld 4096", (long long)somewhere(t));
	return put(FAKE, line);
}

static int op_fake_health(struct task *t)
{
	return put(FAKE, pick(t, 2) ? "ro f worn" : "armed f");
}

static const char * const modules[] = {
	"nvm_pmem", "nvm_memmap", "nvm_fake", "nvm_rival", "nvm_wcache"
};

#define MODULES		(sizeof(modules) / sizeof(modules[0]))

static int load(const char *name, const char *args)
{
	char path[LIST];
	int fd;

	snprintf(path, sizeof(path), "%s/%s.ko", modules_at, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(2, "%s", path);
	return end(fd, syscall(SYS_finit_module, fd, args, 0));
}

static int unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK);
}

static int op_load(struct task *t)
{
	const char *name = modules[pick(t, MODULES)];
	const char *args = "";
	char map[LIST] = "map=";

	if (name == modules[1]) {
		element(t, map + 4, 0);
		args = map;
	} else if (name == modules[3]) {
		args = "priority=-1";
	} else if (name == modules[4]) {
		args = "cache_mb=1";
	}
	return load(name, args);
}

static int op_unload(struct task *t)
{
	return unload(modules[pick(t, MODULES)]);
}

/* The bus too, in a moment in which nobody holds anything; and back. */
static int op_unload_core(struct task *t)
{
	int tries, i, ret = -1;

	for (tries = 0; ret && tries < UNLOADS; tries++) {
		for (i = 0; i < (int)MODULES; i++)
			unload(modules[i]);
		unload("nvm_cache");
		ret = unload("nvm_core");
		usleep(pick(t, PAUSE_US));
	}
	load("nvm_core", "");
	load("nvm_cache", "");
	return ret;
}

static struct operation operations[] = {
	{ "map",		op_map,			2 },
	{ "add",		op_add,			3 },
	{ "remove",		op_remove,		2 },
	{ "attributes",		op_attributes,		3 },
	{ "disk_attributes",	op_disk_attributes,	2 },
	{ "parameters",		op_parameters,		2 },
	{ "bind",		op_bind,		3 },
	{ "unbind",		op_unbind,		2 },
	{ "override",		op_override,		2 },
	{ "probe",		op_probe,		2 },
	{ "flush",		op_flush,		1 },
	{ "open",		op_open,		2 },
	{ "read",		op_read,		4 },
	{ "write",		op_write,		4 },
	{ "mmap",		op_mmap,		3 },
	{ "map_cache",		op_map_cache,		4 },
	{ "discard",		op_discard,		3 },
	{ "cache_attributes",	op_cache_attributes,	1 },
	{ "bad_device",		op_bad_device,		1 },
	{ "mount",		op_mount,		4 },
	{ "latent",		op_latent,		1 },
	{ "fake_add",		op_fake_add,		3 },
	{ "fake_lost",		op_fake_lost,		1 },
	{ "fake_unregister",	op_fake_unregister,	1 },
	{ "fake_remove",	op_fake_remove,		1 },
	{ "fake_poison",	op_fake_poison,		1 },
	{ "fake_health",	op_fake_health,		1 },
	{ "load",		op_load,		6 },
	{ "unload",		op_unload,		2 },
	/* takes all away: where it is named */
	{ "unload_core",	op_unload_core,		0 },
};

#define OPERATIONS	(sizeof(operations) / sizeof(operations[0]))

static atomic_uint ran[OPERATIONS], worked[OPERATIONS];

static unsigned int choose(struct task *t)
{
	unsigned int total = 0, n, i;

	for (i = 0; i < OPERATIONS; i++)
		total += operations[i].weight;
	n = pick(t, total);
	for (i = 0; n >= (unsigned int)operations[i].weight; i++)
		n -= operations[i].weight;
	return i;
}

static unsigned int pause_us;

static void *work(void *task)
{
	struct task *t = task;
	unsigned int i;

	while (!stop) {
		i = choose(t);
		ran[i]++;
		if (!operations[i].run(t))
			worked[i]++;
		/* the others need the emulated CPUs too */
		usleep(pause_us / 2 + pick(t, pause_us));
	}
	return NULL;
}

static bool is_among(const char *name, char **names)
{
	while (*names && strcmp(*names, name))
		names++;
	return *names;
}

/* Only these, with the weights that they have anyway. */
static void restrict_to(char **names)
{
	struct operation *op;

	for (op = operations; op < operations + OPERATIONS; op++) {
		if (!is_among(op->name, names))
			op->weight = 0;
		else if (!op->weight)
			op->weight = 1;
	}
}

static int missing(void)
{
	unsigned int i, never = 0;

	for (i = 0; i < OPERATIONS; i++)
		never += operations[i].weight && !worked[i];
	return never;
}

static int judge(void)
{
	unsigned int i;

	for (i = 0; i < OPERATIONS; i++)
		if (operations[i].weight)
			printf("%s: %u of %u%s\n", operations[i].name, worked[i],
			       ran[i], worked[i] ? "" : ", never succeeded");
	return missing() > 0;
}

static void read_image(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, image, IMAGE) != (ssize_t)IMAGE)
		err(2, "%s", file);
	close(fd);
}

static void set_up(struct task *t, int threads, unsigned int seed)
{
	char dir[PATH];
	int i;

	for (i = 0; i < threads; i++) {
		t[i].number = i;
		t[i].random = seed + i * 2654435761u;
		snprintf(dir, sizeof(dir), "/mnt/race%d", i);
		if (mkdir(dir, 0700) && errno != EEXIST)
			err(2, "%s", dir);
	}
	for (i = 0; i < threads; i++)
		if (pthread_create(&t[i].thread, NULL, work, &t[i]))
			errx(2, "pthread_create");
}

int main(int argc, char **argv)
{
	struct utsname name;
	struct task *tasks;
	int threads, i;

	if (argc < 7)
		errx(2, "usage: race SECONDS SEED THREADS START SCALE IMAGE [OPERATION...]");
	if (argc > 7)
		restrict_to(argv + 7);
	threads = atoi(argv[3]);
	start = strtoull(argv[4], NULL, 0);
	pause_us = PAUSE_US * atoi(argv[5]);
	read_image(argv[6]);
	tasks = aligned_alloc(BLOCK, threads * sizeof(*tasks));
	if (!tasks || uname(&name) ||
	    asprintf(&modules_at, "/lib/modules/%s/updates", name.release) < 0)
		err(2, "set up");
	memset(tasks, 0, threads * sizeof(*tasks));
	signal(SIGBUS, on_bus);
	set_up(tasks, threads, strtoul(argv[2], NULL, 0));
	sleep(atoi(argv[1]));
	for (i = 0; missing() && i < PATIENCE * atoi(argv[1]); i++)
		sleep(1);
	stop = 1;
	for (i = 0; i < threads; i++)
		pthread_join(tasks[i].thread, NULL);
	return judge();
}

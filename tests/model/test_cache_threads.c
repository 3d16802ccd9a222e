// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rules of the pure half's user, under ThreadSanitizer: a lock for each
 * shard, data copied without it, completions by a thread of their own. The
 * device reads slots and writes the medium by plain accesses: a store to a
 * slot in flight, or a load from an undefined part of the mapping, is a race.
 * Readers and writers of one block may race, as they may on any disk: theirs
 * are atomic.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sched.h>
#include "../../uld/cache/cache.h"
#include "seed.h"
#include "tap.h"

#define BLOCKS	96U
#define SHARDS	2
#define SLOTS	48U
#define SPB	8U
#define WORKERS	3
#define WRITES	4000

static struct nvmc c;
static pthread_mutex_t lock[SHARDS];
static pthread_mutex_t device = PTHREAD_MUTEX_INITIALIZER;
static u32 data[SHARDS][SLOTS / SHARDS][SPB];
static u32 medium[BLOCKS][SPB];
static atomic_uint acked[BLOCKS];
static atomic_bool stop;
static atomic_int bad, peeks;
static atomic_uint tick;

static u32 enter(u64 block)
{
	u32 n = nvmc_shard_of(&c, block);

	pthread_mutex_lock(&lock[n]);
	return n;
}

static void leave(u32 n)
{
	pthread_mutex_unlock(&lock[n]);
}

/* Give others the time to do what they must not. */
static void linger(bool here)
{
	if (here)
		sched_yield();
}

static u32 load(u32 *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

static void store(u32 *p, u32 val)
{
	__atomic_store_n(p, val, __ATOMIC_RELAXED);
}

static enum nvmc_answer write_begin(u64 block, u64 sectors, u32 *n, u32 *slot, u32 *old)
{
	enum nvmc_answer a;

	for (;;) {
		*n = enter(block);
		a = nvmc_write_begin(&c, &c.shards[*n], block, sectors, tick, false, slot, old);
		leave(*n);
		if (a == NVMC_HIT || a == NVMC_COPY)
			return a;
		sched_yield();
	}
}

/* Each block has one writer, so that what is read of it can be told. */
static void write_block(u64 block, u64 sectors, u32 val)
{
	u32 n, slot, old, s;
	enum nvmc_answer a = write_begin(block, sectors, &n, &slot, &old);

	for (s = 0; s < SPB; s++) {
		linger(s == SPB / 2);
		if (sectors & BIT_ULL(s))
			store(&data[n][slot][s], val);
		else if (a == NVMC_COPY)
			store(&data[n][slot][s], load(&data[n][old][s]));
	}
	pthread_mutex_lock(&lock[n]);
	nvmc_write_end(&c, &c.shards[n], slot, a == NVMC_COPY ? c.full : sectors);
	if (a == NVMC_COPY)
		nvmc_read_end(&c.shards[n], old);
	leave(n);
	if (sectors & 1)
		atomic_store(&acked[block], val);
}

static void fill(u32 n, u32 slot)
{
	struct nvmc_slot *s = &c.shards[n].slot[slot];
	u32 i;

	linger(true);
	for (i = 0; i < SPB; i++)
		if (!(s->valid & BIT_ULL(i)))
			store(&data[n][slot][i], medium[s->block][i]);
	pthread_mutex_lock(&lock[n]);
	nvmc_fill_end(&c, &c.shards[n], slot, c.full, true, tick);
	leave(n);
}

/* Without the lock. */
static bool peek_block(u64 block, u32 *val)
{
	u32 n = nvmc_shard_of(&c, block);
	struct nvmc_shard *sh = &c.shards[n];
	struct nvmc_seen seen = nvmc_peek(&c, sh, block);
	bool good;

	if (seen.answer == NVMC_WAIT)
		return false;
	linger(true);
	if (seen.answer == NVMC_HIT) {
		*val = load(&data[n][seen.slot][0]);
		return nvmc_unchanged(&seen);
	}
	good = nvmc_unchanged(&seen);
	if (good) {
		linger(true);
		*val = medium[block][0];
	}
	nvmc_mapping_end(&c, sh, block);
	return good;
}

/* The first sector. */
static bool read_block(u64 block, u32 *val)
{
	u32 n = enter(block), slot;
	enum nvmc_answer a = nvmc_read_begin(&c, &c.shards[n], block, c.full, &slot);

	leave(n);
	if (a == NVMC_FILL)
		fill(n, slot);
	if (a != NVMC_HIT && a != NVMC_MAPPING)
		return false;
	linger(true);
	*val = a == NVMC_HIT ? load(&data[n][slot][0]) : medium[block][0];
	pthread_mutex_lock(&lock[n]);
	if (a == NVMC_HIT)
		nvmc_read_end(&c.shards[n], slot);
	else
		nvmc_mapping_end(&c, &c.shards[n], block);
	leave(n);
	return true;
}

static void *worker(void *arg)
{
	u32 me = *(u32 *)arg, i, val = 0, floor;
	unsigned long long random = from_env("SEED", 1) * 77 + me + 1;
	u64 block;

	for (i = 1; i <= WRITES; i++) {
		block = next_random(&random) % (BLOCKS / WORKERS) * WORKERS + me;
		write_block(block, next_random(&random) & c.full ? : 1, i);
		block = next_random(&random) % BLOCKS;
		floor = atomic_load(&acked[block]);
		if (peek_block(block, &val))
			atomic_fetch_add(&peeks, 1);
		else if (!read_block(block, &val))
			continue;
		if (val < floor)
			atomic_fetch_add(&bad, 1);
	}
	return NULL;
}

static bool claim(u32 n, struct nvmc_run *run)
{
	enum nvmc_answer a;
	u64 next;
	u32 added;

	pthread_mutex_lock(&lock[n]);
	a = nvmc_pick(&c, &c.shards[n], ++tick, run);
	leave(n);
	if (a == NVMC_FILL)
		fill(n, run->slot[0]);
	if (a != NVMC_RUN)
		return false;
	do {
		next = run->block + run->nr;
		n = enter(next);
		added = nvmc_extend(&c, &c.shards[n], run);
		leave(n);
	} while (added);
	return true;
}

static void drain(const struct nvmc_run *run)
{
	u32 at = 0, n;

	while (at < run->nr) {
		n = enter(run->block + at);
		at = nvmc_drained(&c, &c.shards[n], run, at);
		leave(n);
	}
}

/* All of the busy units is undefined: stored to, though it stays the same. */
static void disturb(const struct nvmc_run *run)
{
	u32 unit = 1U << c.busy_shift, b = run->block / unit * unit;
	volatile u32 *sector;

	for (; b < run->block + run->nr || b % unit; b++) {
		sector = &medium[b][0];
		*sector = *sector;
	}
}

static void write_run(const struct nvmc_run *run)
{
	u32 i, at = 0, n;

	linger(true);
	pthread_mutex_lock(&device);
	disturb(run);
	for (i = 0; i < run->nr; i++)
		memcpy(medium[run->block + i],
		       data[nvmc_shard_of(&c, run->block + i)][run->slot[i]],
		       sizeof(medium[0]));
	pthread_mutex_unlock(&device);
	sched_yield();
	while (at < run->nr) {
		n = enter(run->block + at);
		at = nvmc_settle(&c, &c.shards[n], run, at, at % 5 != 4 ? NVMC_WRITTEN : NVMC_REFUSED,
				 tick);
		leave(n);
	}
}

/* The write-back: one for each command that the device takes. */
static void *writer(void *arg)
{
	u32 slots[16], n = *(u32 *)arg;
	struct nvmc_run run = { .slot = slots };

	while (!atomic_load(&stop)) {
		n = (n + 1) % SHARDS;
		if (!claim(n, &run)) {
			sched_yield();
			continue;
		}
		drain(&run);
		write_run(&run);
	}
	return NULL;
}

/* One after the other, as they come. */
static void *flusher(void *arg)
{
	unsigned long *flushes = arg;
	u32 n;
	bool done;

	while (!atomic_load(&stop)) {
		for (n = 0; n < SHARDS; n++) {
			pthread_mutex_lock(&lock[n]);
			nvmc_flush_begin(&c.shards[n], tick);
			leave(n);
		}
		for (n = 0; n < SHARDS; n += done) {
			pthread_mutex_lock(&lock[n]);
			done = nvmc_flush_done(&c.shards[n]) || atomic_load(&stop);
			if (done)
				nvmc_flush_end(&c.shards[n]);
			leave(n);
			sched_yield();
		}
		++*flushes;
	}
	return NULL;
}

int main(void)
{
	static const struct nvmc_geometry geo = {
		.block = SPB * NVMC_SECTOR, .erase_unit = 32768, .busy_unit = 16384,
		.max_run = 16, .slots = SLOTS, .shards = SHARDS, .reserve = 1, .high = 8,
		.low = 4, .max_age = 1000, .backoff = 1,
	};
	pthread_t work[WORKERS], write[2], flush;
	unsigned long flushes = 0;
	u32 id[WORKERS], i;

	if (nvmc_init(&c, &geo))
		return 2;
	for (i = 0; i < SHARDS; i++) {
		pthread_mutex_init(&lock[i], NULL);
		while (nvmc_give(&c, &c.shards[i]) != NVMC_NONE)
			;
	}
	for (i = 0; i < WORKERS; i++)
		id[i] = i;
	for (i = 0; i < 2; i++)
		pthread_create(&write[i], NULL, writer, &id[i]);
	pthread_create(&flush, NULL, flusher, &flushes);
	for (i = 0; i < WORKERS; i++)
		pthread_create(&work[i], NULL, worker, &id[i]);
	for (i = 0; i < WORKERS; i++)
		pthread_join(work[i], NULL);
	atomic_store(&stop, true);
	pthread_join(flush, NULL);
	for (i = 0; i < 2; i++)
		pthread_join(write[i], NULL);
	tap_ok(!bad && peeks > WRITES / 10, "no thread reads what is older than what was acknowledged, %d without a lock", peeks);
	tap_ok(flushes > 1, "writers, readers, two commands and %lu flushes without a race", flushes);
	nvmc_exit(&c);
	return tap_done();
}

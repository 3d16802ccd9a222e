// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flushes: all that was written before is on the medium. One at a time; those
 * that come while one is under way share the next.
 */
#include <linux/sched/mm.h>
#include "internal.h"
#include "trace.h"

/* Failures of the device's flush before it is believed. */
#define NVMC_FLUSH_TRIES	2
/* Aborts for the sake of other commands are none, but not for ever. */
#define NVMC_FLUSH_ABORTS	32
/* How often what processes may store to is hidden while a flush waits. */
#define NVMC_FLUSH_HIDE		max(HZ / 20, 1)

/* To wait for more would be for hours: one time-out for each block or so. */
static bool nvmc_flush_is_vain(const struct nvmc_engine *e)
{
	return nvmc_is_dead(e) || nvmc_is_silent_since(&e->health, e->flush_at);
}

static int nvmc_flush_command(struct nvmc_engine *e, struct nvmc_errand *a)
{
	int tries = NVMC_FLUSH_TRIES, aborts = NVMC_FLUSH_ABORTS;
	int err;

	a->cmd.op = NVM_OP_FLUSH;
	do {
		err = nvmc_errand_run(e, a);
		if (err == -ECANCELED)
			aborts--;
		else if (err)
			tries--;
	} while (err && tries && aborts && !nvmc_flush_is_vain(e));
	return err;
}

/* The device's volatile buffer. */
static int nvmc_flush_device(struct nvmc_engine *e)
{
	struct nvmc_errand *a = nvmc_errand_get(&e->flushes);
	int err = nvmc_flush_command(e, a);

	nvmc_errand_put(&e->flushes, a);
	return err;
}

static void nvmc_flush_close(struct nvmc_engine *e)
{
	u32 i;

	e->flush_at = nvmc_now();
	for (i = 0; i < e->c.geo.shards; i++) {
		guard(spinlock)(&e->parts[i].lock);
		nvmc_flush_begin(e->parts[i].sh, nvmc_now());
	}
}

static bool nvmc_flush_is_done(struct nvmc_engine *e, struct nvmc_part *part)
{
	guard(spinlock)(&part->lock);
	return nvmc_flush_done(part->sh) || nvmc_flush_is_vain(e);
}

/* Until something happens, or a while has passed. */
static void nvmc_flush_sleep(struct nvmc_engine *e, struct nvmc_part *part,
			     bool works)
{
	DEFINE_WAIT(wait);

	/* Who ends a command, or the last block, does that first and wakes then. */
	prepare_to_wait(&part->wait, &wait, TASK_UNINTERRUPTIBLE);
	if (!nvmc_flush_is_done(e, part) && (!works || llist_empty(&e->ended)))
		schedule_timeout(NVMC_FLUSH_HIDE);
	finish_wait(&part->wait, &wait);
}

/*
 * Until nothing of it is left in @part. Who waits does himself what there is to
 * do; @works: he did last time, else the thread does.
 */
static bool nvmc_flush_wait_in(struct nvmc_engine *e, struct nvmc_part *part,
			       bool works)
{
	unsigned long next = jiffies + NVMC_FLUSH_HIDE;
	bool due;

	while (!nvmc_flush_is_done(e, part)) {
		if (!works)
			nvmc_kick(e);
		nvmc_flush_sleep(e, part, works);
		/* By the clock: there may be no quiet while, ever. */
		due = time_after_eq(jiffies, next);
		if (due) {
			nvmc_view_hide_written(e);
			next = jiffies + NVMC_FLUSH_HIDE;
		}
		if (due || !llist_empty(&e->ended))
			works = nvmc_flusher_works(e);
	}
	return works;
}

/* How many blocks are not on the medium. */
static u32 nvmc_flush_wait(struct nvmc_engine *e)
{
	u32 i, refused = 0;
	bool works;

	nvmc_probe(e);
	nvmc_flusher_begins(e);
	works = nvmc_flusher_works(e);
	for (i = 0; i < e->c.geo.shards; i++) {
		struct nvmc_part *part = &e->parts[i];

		works = nvmc_flush_wait_in(e, part, works);
		guard(spinlock)(&part->lock);
		refused += nvmc_flush_end(part->sh);
	}
	nvmc_flusher_ends(e);
	return refused;
}

static int nvmc_flush_blocks(struct nvmc_engine *e)
{
	u32 refused;

	nvmc_view_hide_written(e);
	nvmc_flush_close(e);
	refused = nvmc_flush_wait(e);
	trace_nvmc_flush(e, refused);
	if (nvmc_is_dead(e))
		return -EIO;
	if (refused && nvmc_flush_is_vain(e)) {
		dev_err_ratelimited(&e->d.r->dev, "the device does not answer: %llu KiB are not on the medium\n",
				    nvmc_engine_dirty_kib(e));
		return -EIO;
	}
	if (e->d.flushes && nvmc_flush_device(e))
		return -EIO;
	return refused ? -EIO : 0;
}

/* Who waits for memory may wait for this: so it does not wait for that. */
static int nvmc_flush_all(struct nvmc_engine *e)
{
	unsigned int flags = memalloc_noio_save();
	int err = nvmc_flush_blocks(e);

	memalloc_noio_restore(flags);
	return err;
}

/**
 * nvmc_engine_flush() - what was written before is durable
 * @engine: &struct nvmc_engine
 *
 * Context: may sleep, as long as the medium takes for all that is dirty.
 * Return: 0; -EIO if some of what is in the cache could not be written, be it
 * that an earlier flush has said so already.
 */
int nvmc_engine_flush(void *engine)
{
	struct nvmc_engine *e = engine;
	u64 need;

	/* One that begins from here on has all that the caller has written. */
	smp_mb();
	need = atomic64_read(&e->begun) + 1;
	guard(mutex)(&e->flush_mutex);
	if (e->done >= need)
		return e->flush_err;
	need = atomic64_inc_return(&e->begun);
	e->flush_err = nvmc_flush_all(e);
	e->done = need;
	return e->flush_err;
}
EXPORT_SYMBOL_GPL(nvmc_engine_flush);

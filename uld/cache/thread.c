// SPDX-License-Identifier: GPL-2.0-only
/*
 * The thread that writes back: settles what has ended, begins what is to be
 * written, sleeps. It needs no memory that it does not have: to write back is how
 * others get some.
 */
#include <linux/kthread.h>
#include <linux/sched/mm.h>
#include "internal.h"

/**
 * nvmc_kick() - have the thread look around
 * @e: the engine
 *
 * Context: any.
 */
void nvmc_kick(struct nvmc_engine *e)
{
	/* Once in a while, not at each write. */
	if (test_bit(NVMC_KICKED, &e->flags))
		return;
	if (!test_and_set_bit(NVMC_KICKED, &e->flags))
		wake_up_process(e->thread);
}

/* Jiffies until there may be something to do in a part without a kick. */
static long nvmc_next_look_in(struct nvmc_engine *e, struct nvmc_part *part)
{
	const struct nvmc_shard *sh = part->sh;

	guard(spinlock)(&part->lock);
	/* A look ends after so many blocks, whatever comes behind them. */
	if ((sh->draining || sh->closing) && !e->in_flight)
		return 1;
	if (sh->retry.nr)
		return e->c.geo.backoff;
	if (sh->pending[0] || sh->pending[1])
		return e->c.geo.max_age / 4;
	return MAX_SCHEDULE_TIMEOUT;
}

static long nvmc_next_look(struct nvmc_engine *e)
{
	long timeout = MAX_SCHEDULE_TIMEOUT, ask_in;
	u32 i;

	if (nvmc_is_dead(e))
		return timeout;
	if (READ_ONCE(e->view.nr))
		timeout = e->c.geo.max_age / 4;
	ask_in = nvmc_ask_in(&e->health, nvmc_now());
	if (ask_in)
		return min(timeout, ask_in);
	/* Less than a jiffy there is not. */
	for (i = 0; i < e->c.geo.shards && timeout > 1; i++)
		timeout = min(timeout, nvmc_next_look_in(e, &e->parts[i]));
	return timeout;
}

static void nvmc_sleep(struct nvmc_engine *e)
{
	long timeout;

	/* Before the look: who dirties a block after it sees this. */
	set_bit(NVMC_IDLE, &e->flags);
	scoped_guard(mutex, &e->work_mutex)
		timeout = nvmc_next_look(e);
	if (timeout != MAX_SCHEDULE_TIMEOUT)
		clear_bit(NVMC_IDLE, &e->flags);
	set_current_state(TASK_IDLE);
	if (!test_bit(NVMC_KICKED, &e->flags) && !kthread_should_stop())
		schedule_timeout(timeout);
	__set_current_state(TASK_RUNNING);
	clear_bit(NVMC_IDLE, &e->flags);
}

static void nvmc_look(struct nvmc_engine *e)
{
	clear_bit(NVMC_KICKED, &e->flags);
	/* Who kicks after this look is heard: the flag first, then the look. */
	smp_mb__after_atomic();
	nvmc_settle_ended(e);
	nvmc_submit_drained(e);
	nvmc_view_age(e);
}

/* What the device has or is about to get comes to its end. */
static void nvmc_finish(struct nvmc_engine *e)
{
	for (;;) {
		nvmc_look(e);
		if (!e->in_flight && list_empty(&e->draining))
			return;
		set_current_state(TASK_IDLE);
		if (!test_bit(NVMC_KICKED, &e->flags))
			schedule_timeout(1);
		__set_current_state(TASK_RUNNING);
	}
}

/**
 * nvmc_probe() - somebody wants to know now whether the device answers
 * @e: the engine
 *
 * Context: may sleep.
 */
void nvmc_probe(struct nvmc_engine *e)
{
	if (likely(!nvmc_is_hung(&e->health)))
		return;
	guard(mutex)(&e->work_mutex);
	e->health.next = nvmc_now();
}

/**
 * nvmc_flusher_begins() - somebody who has to wait anyway settles what he begins
 * @e: the engine
 *
 * One at a time. The thread goes on with what it has begun, and with what others
 * ask of it, but not while he is at work: one who gets little of a CPU is in its
 * way for as long as it takes him to begin what the device takes.
 *
 * Context: any, until nvmc_flusher_ends().
 */
void nvmc_flusher_begins(struct nvmc_engine *e)
{
	WRITE_ONCE(e->flusher, current);
}

/**
 * nvmc_flusher_works() - settle what has ended, begin what is to be written
 * @e: the engine
 *
 * Context: may sleep, the flusher.
 * Return: false if it is for the thread to go on: it is at work just now, or has
 * to come again after a while, as nothing could be begun. Then it is to be
 * kicked, if anybody waits.
 */
bool nvmc_flusher_works(struct nvmc_engine *e)
{
	bool begun;

	if (!mutex_trylock(&e->work_mutex))
		return false;
	nvmc_settle_ended(e);
	nvmc_submit_drained(e);
	nvmc_pick_all(e);
	begun = e->in_flight;
	mutex_unlock(&e->work_mutex);
	return begun;
}

/* Is there something left that ends after a time, not by a command's end? */
static bool nvmc_has_more(const struct nvmc_engine *e)
{
	u32 i;

	for (i = 0; i < e->c.geo.shards; i++) {
		const struct nvmc_shard *sh = e->parts[i].sh;

		if (READ_ONCE(sh->draining) || READ_ONCE(sh->retry.nr))
			return true;
	}
	return false;
}

/**
 * nvmc_flusher_ends() - the rest is the thread's
 * @e: the engine
 *
 * Context: any, the flusher.
 */
void nvmc_flusher_ends(struct nvmc_engine *e)
{
	WRITE_ONCE(e->flusher, NULL);
	/* Who has put a command there sees that, or it is seen here. */
	smp_mb();
	if (!llist_empty(&e->ended) || nvmc_has_more(e))
		nvmc_kick(e);
}

static int nvmc_thread(void *engine)
{
	struct nvmc_engine *e = engine;

	/* For good: to cure what is poisoned an LLD may want memory. */
	memalloc_noio_save();
	/* The device is idle while this waits for those who keep it busy. */
	set_user_nice(current, MIN_NICE);
	while (!kthread_should_stop()) {
		scoped_guard(mutex, &e->work_mutex) {
			nvmc_look(e);
			nvmc_pick_all(e);
		}
		nvmc_sleep(e);
	}
	nvmc_finish(e);
	return 0;
}

/**
 * nvmc_thread_init() - all that writing back needs
 * @e: the engine, with its geometry
 *
 * Context: may sleep.
 * Return: 0 or a negative errno; either way nvmc_thread_exit() ends it.
 */
int nvmc_thread_init(struct nvmc_engine *e)
{
	struct task_struct *thread;
	int err = nvmc_writes_init(e);

	if (err)
		return err;
	thread = kthread_create_on_node(nvmc_thread, e,
					e->d.r->desc.numa_node, "nvm_cache/%d",
					e->d.r->id);
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	e->thread = thread;
	wake_up_process(thread);
	return 0;
}

/**
 * nvmc_thread_exit() - nothing is written back any more
 * @e: the engine, which nobody uses
 *
 * Context: may sleep, as long as a command may take.
 */
void nvmc_thread_exit(struct nvmc_engine *e)
{
	if (e->thread) {
		kthread_stop(e->thread);
		/* The last nvmc_write_done() is over. */
		synchronize_rcu();
	}
	e->thread = NULL;
	nvmc_writes_exit(e);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The thread that writes back: finds runs, has the device write them, as many
 * at a time as it takes, and settles what came of them. It needs no memory that
 * it does not have: to write back is how others get some.
 */
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/sched/mm.h>
#include "internal.h"
#include "trace.h"

/* Memory for gaps, of all commands together, in bytes. */
#define NVMC_GAP_MEMORY		(16UL << 20)
/* Most commands that it makes sense to have under way. */
#define NVMC_MOST_WRITES	256U

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

static u64 nvmc_run_off(const struct nvmc_engine *e, const struct nvmc_run *run)
{
	return run->block * e->c.geo.block;
}

/*
 * Whose commands it were settles them: for who flushes after each write the
 * detour over the thread is dear.
 */
static void nvmc_tell(struct nvmc_engine *e, bool flush)
{
	/*
	 * After llist_add(), a full barrier: pairs with nvmc_flusher_ends(). He
	 * may be gone when he is woken, but not his task_struct: that goes by RCU.
	 */
	struct task_struct *flusher = flush ? READ_ONCE(e->flusher) : NULL;

	if (flusher)
		wake_up_process(flusher);
	else
		nvmc_kick(e);
}

/*
 * May run in an interrupt; the rest is the thread's or the flusher's. The thread
 * may have ended before it is kicked here: nvmc_thread_exit() waits for that.
 */
static void nvmc_write_done(struct nvm_cmd *cmd)
{
	struct nvmc_write *w = container_of(cmd, struct nvmc_write, cmd);
	struct nvmc_engine *e = w->e;
	bool flush = w->flush;

	guard(rcu)();
	llist_add(&w->ended, &e->ended);
	nvmc_tell(e, flush);
}

/* What has no slot is written as it is on the medium. */
static void *nvmc_gap_mem(struct nvmc_engine *e, const struct nvmc_run *run,
			  u32 i, void *mem)
{
	int err;

	err = e->d.backend->read(e->d.private,
				 (run->block + i) * e->c.geo.block, mem,
				 e->c.geo.block);
	return err ? NULL : mem;
}

static void *nvmc_write_mem(struct nvmc_engine *e, struct nvmc_write *w, u32 i)
{
	const struct nvmc_run *run = &w->run;

	if (run->slot[i] == NVMC_NONE)
		return nvmc_gap_mem(e, run, i, w->gap[i]);
	return nvmc_part_of(e, run->block + i)->mem[run->slot[i]];
}

static bool nvmc_write_gather(struct nvmc_engine *e, struct nvmc_write *w)
{
	u32 i;

	for (i = 0; i < w->run.nr; i++) {
		void *mem = nvmc_write_mem(e, w, i);

		if (!mem)
			return false;
		bvec_set_page(&w->bvecs[i], virt_to_page(mem),
			      e->c.geo.block, 0);
	}
	return true;
}

/**
 * nvmc_cure() - what is poisoned is made readable, before it is changed
 * @e: the engine
 * @cmd: what changes it. No gap is among it: that was read
 *
 * If it fails the medium may take the command all the same.
 *
 * Context: may sleep.
 */
void nvmc_cure(struct nvmc_engine *e, const struct nvm_cmd *cmd)
{
	struct nvm_region *r = e->d.r;

	if (nvm_poison_hits(e->bb, cmd->dst, cmd->len) &&
	    (r->caps & NVM_CAP_CLEAR_POISON))
		nvm_region_clear_poison(r, cmd->dst, cmd->len);
}

static void nvmc_write_submit(struct nvmc_engine *e, struct nvmc_write *w)
{
	u64 len = (u64)w->run.nr * e->c.geo.block;

	e->in_flight++;
	w->given = false;
	w->flush = READ_ONCE(e->flusher) == current;
	w->cmd.op = NVM_OP_WRITE;
	w->cmd.dst = nvmc_run_off(e, &w->run);
	w->cmd.len = len;
	w->cmd.bvecs = w->bvecs;
	w->cmd.iter = (struct bvec_iter) { .bi_size = len };
	w->cmd.done = nvmc_write_done;
	trace_nvmc_run(e, w->run.block, w->run.nr);
	/* Nobody is to see what is undefined, through the mapping either. */
	nvmc_view_hide_for(e, &w->cmd);
	if (!nvmc_is_dead(e) && nvmc_write_gather(e, w)) {
		nvmc_cure(e, &w->cmd);
		w->given = true;
		w->asked = nvmc_asks(&e->health, nvmc_now());
		e->d.backend->submit(e->d.private, &w->cmd);
		return;
	}
	/* Each of its blocks will be tried alone, without the gap. */
	w->cmd.status = -EIO;
	nvmc_write_done(&w->cmd);
}

/* Aborted for the sake of another command: that says nothing of the medium. */
static bool nvmc_write_again(struct nvmc_engine *e, struct nvmc_write *w)
{
	if (w->cmd.status != -ECANCELED || nvmc_is_dead(e))
		return false;
	nvmc_write_submit(e, w);
	return true;
}

/* Have all readers of the run's part of the mapping gone? */
static bool nvmc_write_drained(struct nvmc_engine *e, struct nvmc_write *w)
{
	u32 before;

	while (w->drained < w->run.nr) {
		struct nvmc_part *part = nvmc_part_of(e, w->run.block +
							 w->drained);

		before = w->drained;
		scoped_guard(spinlock, &part->lock)
			w->drained = nvmc_drained(&e->c, part->sh, &w->run,
						  before);
		if (w->drained == before)
			return false;
	}
	return true;
}

static void nvmc_submit_drained(struct nvmc_engine *e)
{
	struct nvmc_write *w, *next;

	list_for_each_entry_safe(w, next, &e->draining, node) {
		if (!nvmc_write_drained(e, w))
			continue;
		list_del(&w->node);
		nvmc_write_submit(e, w);
	}
}

/* A run may go on in groups that other parts have. */
static void nvmc_write_extend(struct nvmc_engine *e, struct nvmc_run *run)
{
	u32 more = 1;

	while (more && run->nr < e->c.geo.max_run) {
		struct nvmc_part *part = nvmc_part_of(e, run->block + run->nr);

		scoped_guard(spinlock, &part->lock)
			more = nvmc_extend(&e->c, part->sh, run);
	}
}

static void nvmc_write_begins(struct nvmc_engine *e, struct nvmc_write *w)
{
	nvmc_write_extend(e, &w->run);
	w->drained = 0;
	if (nvmc_write_drained(e, w)) {
		list_del(&w->node);
		nvmc_write_submit(e, w);
	} else {
		list_move_tail(&w->node, &e->draining);
	}
}

/* Whether there was anything to be done in a part. */
static bool nvmc_pick_in(struct nvmc_engine *e, struct nvmc_part *part,
			 struct nvmc_write *w)
{
	enum nvmc_answer a;

	scoped_guard(spinlock, &part->lock)
		a = nvmc_pick(&e->c, part->sh, nvmc_now(), &w->run);
	switch (a) {
	case NVMC_RUN:
		nvmc_write_begins(e, w);
		return true;
	case NVMC_FILL:
		nvmc_fill(e, part, w->run.slot[0], true);
		return true;
	default:
		return false;
	}
}

/* As much as the device takes; one by one if it is hung. */
static bool nvmc_may_begin(const struct nvmc_engine *e)
{
	if (list_empty(&e->spare))
		return false;
	return likely(!nvmc_is_hung(&e->health)) ||
	       (!e->in_flight && list_empty(&e->draining) &&
		!nvmc_ask_in(&e->health, nvmc_now()));
}

/* Part by part, one run each, as long as the device takes more. */
static void nvmc_pick_all(struct nvmc_engine *e)
{
	u32 mask = e->c.geo.shards - 1, nothing = 0;

	if (nvmc_is_dead(e))
		return;
	while (nothing <= mask && nvmc_may_begin(e)) {
		struct nvmc_write *w = list_first_entry(&e->spare,
							struct nvmc_write,
							node);

		w->run.one = nvmc_is_hung(&e->health);
		if (nvmc_pick_in(e, &e->parts[e->next++ & mask], w))
			nothing = 0;
		else
			nothing++;
		cond_resched();
	}
}

static void nvmc_note_failure(struct nvmc_engine *e, u64 block)
{
	dev_err_ratelimited(&e->d.r->dev, "the medium refuses %u bytes at 0x%llx: kept in the cache\n",
			    e->c.geo.block, block * e->c.geo.block);
	nvm_region_media_error(e->d.r, block * e->c.geo.block, e->c.geo.block);
}

/* The blocks from @from to @end, all in @part, that were given up. */
static void nvmc_report_failed(struct nvmc_engine *e, struct nvmc_part *part,
			       const struct nvmc_run *run, u32 from, u32 end)
{
	bool failed;

	for (; from < end; from++) {
		if (run->slot[from] == NVMC_NONE)
			continue;
		scoped_guard(spinlock, &part->lock) {
			const struct nvmc_slot *s =
				&part->sh->slot[run->slot[from]];

			failed = s->state == NVMC_FAILED &&
				 s->block == run->block + from;
		}
		if (failed)
			nvmc_note_failure(e, run->block + from);
	}
}

static u32 nvmc_settle_in(struct nvmc_engine *e, struct nvmc_part *part,
			  const struct nvmc_run *run, u32 from,
			  enum nvmc_end end)
{
	bool good = end == NVMC_WRITTEN;
	u32 to;

	scoped_guard(spinlock, &part->lock) {
		to = nvmc_settle(&e->c, part->sh, run, from, end, nvmc_now());
		if (good)
			nvmc_pace_settled(&part->pace, ktime_get_ns(),
					  to - from, part->busy);
	}
	part->busy = e->in_flight;
	if (!good && !nvmc_is_dead(e))
		nvmc_report_failed(e, part, run, from, to);
	nvmc_wake(part);
	return to;
}

static enum nvmc_end nvmc_end_of(const struct nvmc_write *w)
{
	if (w->cmd.status == -ETIMEDOUT)
		return NVMC_SILENT;
	return w->cmd.status ? NVMC_REFUSED : NVMC_WRITTEN;
}

/* What the device makes of a command, and what that makes of the device. */
static enum nvmc_end nvmc_write_heard(struct nvmc_engine *e,
				      const struct nvmc_write *w)
{
	bool hung = nvmc_is_hung(&e->health);
	enum nvmc_end end = nvmc_end_of(w);

	/* Not the device's word. */
	if (!w->given || w->cmd.status == -ENODEV || nvmc_is_dead(e))
		return end;
	end = nvmc_heard(&e->c, &e->health, w->asked, end, nvmc_now());
	if (hung && !nvmc_is_hung(&e->health))
		dev_info(&e->d.r->dev, "the device answers again\n");
	else if (!hung && nvmc_is_hung(&e->health))
		dev_err(&e->d.r->dev, "the device does not answer: the cache keeps %llu KiB until it does\n",
			nvmc_engine_dirty_kib(e));
	return end;
}

static void nvmc_write_ends(struct nvmc_engine *e, struct nvmc_write *w)
{
	struct nvmc_run *run = &w->run;
	enum nvmc_end end;
	u32 at = 0;

	trace_nvmc_settle(e, run->block, run->nr, w->cmd.status);
	e->in_flight--;
	if (nvmc_write_again(e, w))
		return;
	end = nvmc_write_heard(e, w);
	/* What is written anew is not lost any more. */
	if (end == NVMC_WRITTEN && e->bb->count)
		nvm_region_forget_poison(e->d.r, nvmc_run_off(e, run),
					 w->cmd.len);
	while (at < run->nr)
		at = nvmc_settle_in(e, nvmc_part_of(e, run->block + at), run,
				    at, end);
	/* Not the next: the device may end it once more. */
	list_add_tail(&w->node, &e->spare);
}

static void nvmc_settle_ended(struct nvmc_engine *e)
{
	struct llist_node *ended = llist_del_all(&e->ended);
	struct nvmc_write *w, *next;

	llist_for_each_entry_safe(w, next, ended, ended)
		nvmc_write_ends(e, w);
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
	for (i = 0; i < e->c.geo.shards; i++)
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
 * ask of it: so nobody depends on that the flusher gets a CPU.
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

static void nvmc_write_exit(struct nvmc_engine *e, struct nvmc_write *w)
{
	u32 i;

	for (i = 0; w->gap && i < e->c.geo.max_run; i++)
		free_pages((unsigned long)w->gap[i], e->order);
	kvfree(w->gap);
	kvfree(w->bvecs);
	kvfree(w->run.slot);
}

static int nvmc_write_init_gap(struct nvmc_engine *e, struct nvmc_write *w)
{
	u32 i;

	w->gap = kvcalloc(e->c.geo.max_run, sizeof(*w->gap), GFP_KERNEL);
	if (!w->gap)
		return -ENOMEM;
	/* A run neither begins nor ends with a gap. */
	for (i = 1; i + 1 < e->c.geo.max_run; i++) {
		struct page *page = alloc_pages_node(e->d.r->desc.numa_node,
						     GFP_KERNEL, e->order);

		if (!page)
			return -ENOMEM;
		w->gap[i] = page_address(page);
	}
	return 0;
}

static int nvmc_write_init(struct nvmc_engine *e, struct nvmc_write *w)
{
	u32 n = e->c.geo.max_run;

	w->e = e;
	w->run.slot = kvcalloc(n, sizeof(*w->run.slot), GFP_KERNEL);
	w->bvecs = kvcalloc(n, sizeof(*w->bvecs), GFP_KERNEL);
	if (!w->run.slot || !w->bvecs)
		return -ENOMEM;
	list_add_tail(&w->node, &e->spare);
	return e->c.geo.max_gap ? nvmc_write_init_gap(e, w) : 0;
}

static unsigned int nvmc_most_writes(const struct nvmc_engine *e)
{
	unsigned long run = (unsigned long)e->c.geo.max_run * e->c.geo.block;
	unsigned int nr = min(e->d.limits->queue_depth, NVMC_MOST_WRITES);

	if (!e->c.geo.max_gap)
		return nr;
	return clamp_t(unsigned long, NVMC_GAP_MEMORY / run, 1, nr);
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
	unsigned int i;

	INIT_LIST_HEAD(&e->spare);
	INIT_LIST_HEAD(&e->draining);
	init_llist_head(&e->ended);
	e->nr_writes = nvmc_most_writes(e);
	e->writes = kvcalloc(e->nr_writes, sizeof(*e->writes), GFP_KERNEL);
	if (!e->writes)
		return -ENOMEM;
	for (i = 0; i < e->nr_writes; i++)
		if (nvmc_write_init(e, &e->writes[i]))
			return -ENOMEM;
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
	unsigned int i;

	if (e->thread) {
		kthread_stop(e->thread);
		/* The last nvmc_write_done() is over. */
		synchronize_rcu();
	}
	e->thread = NULL;
	for (i = 0; e->writes && i < e->nr_writes; i++)
		nvmc_write_exit(e, &e->writes[i]);
	kvfree(e->writes);
	e->writes = NULL;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a run to a command that the device has: its neighbours in other groups,
 * the readers that have to go, the data. As many at a time as the device takes.
 */
#include <linux/ktime.h>
#include <linux/slab.h>
#include "internal.h"
#include "trace.h"

/* Memory for gaps, of all commands together, in bytes. */
#define NVMC_GAP_MEMORY		(16UL << 20)
/* Most commands that it makes sense to have under way. */
#define NVMC_MOST_WRITES	256U

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
static void *nvmc_gap_mem(struct nvmc_engine *e, u64 block, void *mem)
{
	struct nvmc_part *part = nvmc_part_of(e, block);

	if (!e->d.backend->read(e->d.private, block * e->c.geo.block, mem,
				e->c.geo.block))
		return mem;
	scoped_guard(spinlock, &part->lock)
		nvmc_gap_unread(&e->c, part->sh, block);
	return NULL;
}

static void *nvmc_write_mem(struct nvmc_engine *e, struct nvmc_write *w, u32 i,
			    u32 *gaps)
{
	const struct nvmc_run *run = &w->run;
	u64 block = run->block + i;

	if (run->slot[i] == NVMC_NONE)
		return nvmc_gap_mem(e, block, w->gap[(*gaps)++]);
	return nvmc_part_of(e, block)->mem[run->slot[i]];
}

static bool nvmc_write_gather(struct nvmc_engine *e, struct nvmc_write *w)
{
	u32 i, gaps = 0;

	for (i = 0; i < w->run.nr; i++) {
		void *mem = nvmc_write_mem(e, w, i, &gaps);

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

/**
 * nvmc_write_submit() - have the device write a run
 * @e: the engine
 * @w: its run has no readers any more
 *
 * Context: may sleep, under &nvmc_engine.work_mutex.
 */
void nvmc_write_submit(struct nvmc_engine *e, struct nvmc_write *w)
{
	u64 len = (u64)w->run.nr * e->c.geo.block;

	if (!e->in_flight++)
		nvmc_rate_begun(&e->rate, ktime_get_ns());
	w->given = false;
	w->flush = READ_ONCE(e->flusher) == current;
	w->cmd.op = NVM_OP_WRITE;
	w->cmd.dst = w->run.block * e->c.geo.block;
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

/**
 * nvmc_drain_more() - look on where readers of a run's part of the mapping are
 * @e: the engine
 * @run: whose
 * @at: blocks of it that nobody reads any more, less than all; gets how many now
 *
 * Context: any.
 * Return: whether there are more than before.
 */
bool nvmc_drain_more(struct nvmc_engine *e, const struct nvmc_run *run, u32 *at)
{
	struct nvmc_part *part = nvmc_part_of(e, run->block + *at);
	u32 before = *at;

	guard(spinlock)(&part->lock);
	*at = nvmc_drained(&e->c, part->sh, run, before);
	return *at != before;
}

static bool nvmc_write_drained(struct nvmc_engine *e, struct nvmc_write *w)
{
	while (w->drained < w->run.nr)
		if (!nvmc_drain_more(e, &w->run, &w->drained))
			return false;
	return true;
}

/**
 * nvmc_submit_drained() - begin what has waited for readers, and need not any more
 * @e: the engine
 *
 * Context: may sleep, under &nvmc_engine.work_mutex.
 */
void nvmc_submit_drained(struct nvmc_engine *e)
{
	struct nvmc_write *w, *next;

	list_for_each_entry_safe(w, next, &e->draining, node) {
		if (!nvmc_write_drained(e, w))
			continue;
		list_del(&w->node);
		nvmc_write_submit(e, w);
	}
}

/* Who was kept from a block as long as it was to go can copy it now. */
static void nvmc_wake_held(struct nvmc_part *part)
{
	if (READ_ONCE(part->sh->closing))
		nvmc_wake(part);
}

/* A run may go on in groups that other parts have. */
static void nvmc_write_extend(struct nvmc_engine *e, struct nvmc_run *run)
{
	u32 more = 1;

	while (more && run->nr < e->c.geo.max_run) {
		struct nvmc_part *part = nvmc_part_of(e, run->block + run->nr);

		scoped_guard(spinlock, &part->lock)
			more = nvmc_extend(&e->c, part->sh, run);
		if (more)
			nvmc_wake_held(part);
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
		nvmc_wake_held(part);
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
	if (!nvmc_may_write(e))
		return false;
	return likely(!nvmc_is_hung(&e->health)) ||
	       (!e->in_flight && list_empty(&e->draining) &&
		!nvmc_ask_in(&e->health, nvmc_now()));
}

/**
 * nvmc_pick_all() - begin what is to be written
 * @e: the engine
 *
 * Part by part, one run each, as long as the device takes more.
 *
 * Context: may sleep, under &nvmc_engine.work_mutex.
 */
void nvmc_pick_all(struct nvmc_engine *e)
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
	if (!e->in_flight)
		nvmc_rate_idle(&e->rate);
}

/*
 * Blocks of one command that are gaps: it neither begins nor ends with one, and
 * none is longer than may be.
 */
static u32 nvmc_most_gaps(const struct nvmc_engine *e)
{
	const struct nvmc_geometry *geo = &e->c.geo;

	return div_u64((u64)(geo->max_run - 1) * geo->max_gap,
		       geo->max_gap + 1);
}

static void nvmc_write_exit(struct nvmc_engine *e, struct nvmc_write *w)
{
	u32 i;

	for (i = 0; w->gap && i < nvmc_most_gaps(e); i++)
		free_pages((unsigned long)w->gap[i], e->order);
	kvfree(w->gap);
	kvfree(w->bvecs);
	kvfree(w->run.slot);
}

static int nvmc_write_init_gap(struct nvmc_engine *e, struct nvmc_write *w)
{
	u32 i, n = nvmc_most_gaps(e);

	w->gap = kvcalloc(n, sizeof(*w->gap), GFP_KERNEL);
	if (!w->gap)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
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
	return nvmc_most_gaps(e) ? nvmc_write_init_gap(e, w) : 0;
}

/* One more than the device takes: see nvmc_may_write(). */
static unsigned int nvmc_most_writes(const struct nvmc_engine *e)
{
	unsigned long gaps = (unsigned long)nvmc_most_gaps(e) * e->c.geo.block;
	unsigned int nr = min(e->d.limits->queue_depth, NVMC_MOST_WRITES) + 1;

	if (!gaps)
		return nr;
	return clamp_t(unsigned long, NVMC_GAP_MEMORY / gaps, 2, nr);
}

/**
 * nvmc_writes_init() - one more than there may be at a time
 * @e: the engine, with its geometry
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; either way nvmc_writes_exit() ends it.
 */
int nvmc_writes_init(struct nvmc_engine *e)
{
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
	return 0;
}

/**
 * nvmc_writes_exit() - they are not needed any more
 * @e: the engine; the device has none of them
 *
 * Context: may sleep.
 */
void nvmc_writes_exit(struct nvmc_engine *e)
{
	unsigned int i;

	for (i = 0; e->writes && i < e->nr_writes; i++)
		nvmc_write_exit(e, &e->writes[i]);
	kvfree(e->writes);
	e->writes = NULL;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What came of a command: for its blocks, for who waits for them, and for what
 * is thought of the device.
 */
#include <linux/ktime.h>
#include "internal.h"
#include "trace.h"

/* Aborted for the sake of another command: that says nothing of the medium. */
static bool nvmc_write_again(struct nvmc_engine *e, struct nvmc_write *w)
{
	if (w->cmd.status != -ECANCELED || nvmc_is_dead(e))
		return false;
	nvmc_write_submit(e, w);
	return true;
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
			/* The one in flight, or what came after it. */
			u32 i = nvmc_newest_slot(&e->c, part->sh,
						 run->block + from);

			failed = i != NVMC_NONE &&
				 part->sh->slot[i].state == NVMC_FAILED;
		}
		if (failed)
			nvmc_note_failure(e, run->block + from);
	}
}

static u32 nvmc_settle_in(struct nvmc_engine *e, struct nvmc_part *part,
			  const struct nvmc_run *run, u32 from,
			  enum nvmc_end end)
{
	u32 to;

	scoped_guard(spinlock, &part->lock)
		to = nvmc_settle(&e->c, part->sh, run, from, end, nvmc_now());
	if (end != NVMC_WRITTEN && !nvmc_is_dead(e))
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

/* Blocks of a run that were dirty. */
static u32 nvmc_run_dirty(const struct nvmc_run *run)
{
	u32 i, n = 0;

	for (i = 0; i < run->nr; i++)
		n += run->slot[i] != NVMC_NONE;
	return n;
}

/* How many blocks are on the medium for it. */
static u32 nvmc_write_ends(struct nvmc_engine *e, struct nvmc_write *w)
{
	struct nvmc_run *run = &w->run;
	enum nvmc_end end;
	u32 at = 0;

	trace_nvmc_settle(e, run->block, run->nr, w->cmd.status);
	e->in_flight--;
	if (nvmc_write_again(e, w))
		return 0;
	end = nvmc_write_heard(e, w);
	/* What is written anew is not lost any more, but for what is given up. */
	if (end == NVMC_WRITTEN && e->bb->count && !nvmc_is_dead(e))
		nvm_region_forget_poison(e->d.r, run->block * e->c.geo.block,
					 w->cmd.len);
	while (at < run->nr)
		at = nvmc_settle_in(e, nvmc_part_of(e, run->block + at), run,
				    at, end);
	/* Not the next: the device may end it once more. */
	list_add_tail(&w->node, &e->spare);
	return end == NVMC_WRITTEN ? nvmc_run_dirty(run) : 0;
}

/**
 * nvmc_settle_ended() - settle what the device is done with
 * @e: the engine
 *
 * Context: may sleep, under &nvmc_engine.work_mutex.
 */
void nvmc_settle_ended(struct nvmc_engine *e)
{
	struct llist_node *ended = llist_del_all(&e->ended);
	struct nvmc_write *w, *next;
	u32 written = 0;

	if (!ended)
		return;
	llist_for_each_entry_safe(w, next, ended, ended)
		written += nvmc_write_ends(e, w);
	nvmc_rate_settled(&e->rate, ktime_get_ns(), written);
}

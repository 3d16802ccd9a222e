// SPDX-License-Identifier: GPL-2.0-only
/*
 * Discards: the cache forgets, and the medium is told if it wants to know. Over
 * when submit_bio returns, as all is: so what comes after a discard is written
 * after it. One command at a time; it needs no memory, for a discard may be what
 * gives some back.
 */
#include <linux/bio.h>
#include <linux/sched/mm.h>
#include "internal.h"

/* A command was aborted for the sake of another. */
#define NVMC_DISCARD_TRIES	4

/* What can be had at once of the blocks that follow the run; the run has it. */
static u32 nvmc_take_out(struct nvmc_engine *e, struct nvmc_run *run, u32 most)
{
	u64 block = run->block + run->nr;
	struct nvmc_part *part = nvmc_part_of(e, block);
	u32 n;

	scoped_guard(spinlock, &part->lock) {
		if (e->d.discards) {
			n = nvmc_discard_begin(&e->c, part->sh, run, most);
		} else {
			n = nvmc_forget_some(&e->c, part->sh, block, most);
			run->nr += n;
		}
	}
	/* There may be a free slot, and a flush may be done. */
	if (n)
		nvmc_wake(part);
	return n;
}

/*
 * Mapped ones are hidden first; who faults meanwhile may have it again. Nobody
 * waits here who has some blocks already.
 */
static int nvmc_take_first(struct nvmc_engine *e, struct nvmc_run *run,
			   u32 most, bool nowait)
{
	struct nvmc_part *part = nvmc_part_of(e, run->block);
	u64 size = e->c.geo.block;

	if (nowait)
		return nvmc_take_out(e, run, most) ? 0 : -EAGAIN;
	for (;;) {
		nvmc_view_hide(e, run->block * size, most * size);
		if (wait_event_timeout(part->wait,
				       nvmc_take_out(e, run, most) ||
				       nvmc_is_dead(e), 1))
			return run->nr ? 0 : -EIO;
	}
}

/* Nobody reads the run's part of the mapping any more. */
static void nvmc_discard_drain(struct nvmc_engine *e,
			       const struct nvmc_run *run)
{
	u32 at = 0;

	while (at < run->nr) {
		struct nvmc_part *part = nvmc_part_of(e, run->block + at);

		wait_event(part->wait, nvmc_drain_more(e, run, &at));
	}
}

static int nvmc_discard_command(struct nvmc_engine *e, struct nvmc_errand *a)
{
	int tries = NVMC_DISCARD_TRIES, err;

	nvmc_cure(e, &a->cmd);
	do {
		if (nvmc_is_dead(e))
			return -EIO;
		err = nvmc_errand_run(e, a);
	} while (err == -ECANCELED && --tries);
	if (err)
		return -EIO;
	/* Nothing that was lost there is missed. */
	if (e->bb->count)
		nvm_region_forget_poison(e->d.r, a->cmd.dst, a->cmd.len);
	return 0;
}

static void nvmc_discard_ends(struct nvmc_engine *e, const struct nvmc_run *run)
{
	u32 at = 0;

	while (at < run->nr) {
		struct nvmc_part *part = nvmc_part_of(e, run->block + at);

		scoped_guard(spinlock, &part->lock)
			at = nvmc_discard_end(&e->c, part->sh, run, at);
		nvmc_wake(part);
	}
	/* What was written to it meanwhile may be written back. */
	nvmc_kick(e);
}

/* The medium forgets what the run has. */
static int nvmc_tell_medium(struct nvmc_engine *e, struct nvmc_errand *a,
			    const struct nvmc_run *run)
{
	u64 size = e->c.geo.block;
	int err;

	a->cmd.op = NVM_OP_DISCARD;
	a->cmd.dst = run->block * size;
	a->cmd.len = run->nr * size;
	nvmc_discard_drain(e, run);
	nvmc_view_hide_for(e, &a->cmd);
	err = nvmc_discard_command(e, a);
	nvmc_discard_ends(e, run);
	return err;
}

/* How many blocks from @block on were dealt with, or a negative errno. */
static int nvmc_discard_some(struct nvmc_engine *e, struct nvmc_errand *a,
			     u64 block, u32 most, bool nowait)
{
	struct nvmc_run run = { .block = block };
	int err = nvmc_take_first(e, &run, most, nowait);

	if (err)
		return err;
	while (run.nr < most && nvmc_take_out(e, &run, most - run.nr))
		;
	if (a)
		err = nvmc_tell_medium(e, a, &run);
	return err ?: run.nr;
}

/* With a command at hand if the medium is told: it is had before any block. */
static int nvmc_discard_all(struct nvmc_engine *e, struct nvmc_errand *a,
			    u64 block, u64 end, bool nowait)
{
	int n;

	for (; block < end; block += n) {
		n = nvmc_discard_some(e, a, block, min_t(u64, end - block,
							 e->c.geo.max_run),
				      nowait);
		if (n < 0)
			return n;
		cond_resched();
	}
	return 0;
}

/**
 * nvmc_engine_discard() - data that is not needed any more
 * @engine: &struct nvmc_engine
 * @bio: says which
 *
 * Whole blocks are forgotten: what was dirty will not be written. What they read
 * as is undefined until they are written to. A medium that refuses to forget
 * has lost nothing that anybody needs.
 *
 * Context: may sleep without REQ_NOWAIT.
 * Return: 0, -EAGAIN if it would sleep, -EIO if the medium was not told of all.
 */
int nvmc_engine_discard(void *engine, struct bio *bio)
{
	struct nvmc_engine *e = engine;
	u32 spb = e->c.geo.block >> SECTOR_SHIFT;
	u64 block = DIV_ROUND_UP_ULL(bio->bi_iter.bi_sector, spb);
	u64 end = div_u64(bio_end_sector(bio), spb);
	bool nowait = bio->bi_opf & REQ_NOWAIT;
	struct nvmc_errand *a = NULL;
	unsigned int flags;
	int err;

	/* Nobody waits for less than a command. */
	if (nowait && e->d.discards)
		return -EAGAIN;
	flags = memalloc_noio_save();
	if (e->d.discards)
		a = nvmc_errand_get(&e->discards);
	err = nvmc_discard_all(e, a, block, end, nowait);
	if (a)
		nvmc_errand_put(&e->discards, a);
	memalloc_noio_restore(flags);
	return err;
}
EXPORT_SYMBOL_GPL(nvmc_engine_discard);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A cache at work: made for a device, stopped, taken down.
 */
#include <linux/cpumask.h>
#include <linux/log2.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include "internal.h"

/* The block size that file systems like best. */
#define NVMC_BLOCK		4096U
/* Most bytes of a command: more make no command cheaper. */
#define NVMC_MOST_RUN		0x100000U
/* Blocks, not fewer than that in a shard. */
#define NVMC_LEAST_SHARD	256U
#define NVMC_MOST_SHARDS	64U
/*
 * Of a shard's blocks, per cent: when write-back starts, and when it stops. Where
 * clean blocks are read as fast from the medium the cache is for the dirty ones:
 * the more there are, the more goes with one command.
 */
#define NVMC_HIGH		85U
#define NVMC_LOW		78U
#define NVMC_RESERVE		8U
/* The longest gap that is bridged is such a part of an erase unit. */
#define NVMC_GAPS		16U

/* Flushes come one at a time; see errand.c for why there are more. */
#define NVMC_FLUSHES		4U
/* Discards at a time, within what the device takes. */
#define NVMC_MOST_ERRANDS	64U

#define NVMC_MAX_AGE		(5 * HZ)
#define NVMC_BACKOFF		max(HZ / 10, 1)

static u32 nvmc_block_for(const struct nvm_cmd_limits *l)
{
	return max(l->write_unit, NVMC_BLOCK);
}

/**
 * nvmc_engine_impossible() - why a device cannot have a cache
 * @l: limits of its commands
 *
 * Context: any.
 * Return: the cause in words, or NULL if it can.
 */
const char *nvmc_engine_impossible(const struct nvm_cmd_limits *l)
{
	u32 block = nvmc_block_for(l);

	/* What is mapped by processes is shown and hidden by the page. */
	if (block < PAGE_SIZE)
		return "a page is more than a block of the cache";
	if (block > NVMC_SECTOR * NVMC_BITS)
		return "the write unit is more than 32 KiB";
	if (l->busy_unit / block > NVMC_BITS)
		return "the busy unit is more than 64 blocks";
	if (l->max_transfer < block)
		return "the largest transfer is less than a block";
	return NULL;
}
EXPORT_SYMBOL_GPL(nvmc_engine_impossible);

static u32 nvmc_shards_for(u32 slots)
{
	u32 most = clamp(slots / NVMC_LEAST_SHARD, 1U, NVMC_MOST_SHARDS);
	u32 want = roundup_pow_of_two(2 * num_possible_cpus());

	return min_t(u32, want, rounddown_pow_of_two(most));
}

/*
 * A medium that erases no more than some blocks at a time gains nothing from
 * writing what did not change. Each such block is read, written and worn once
 * more: where dirty blocks lie thinly, most of the work was gaps when these
 * could be as long as the unit.
 */
static u32 nvmc_max_gap(const struct nvm_cmd_limits *l, u32 block)
{
	return l->busy_unit <= block ? l->erase_unit / block / NVMC_GAPS : 0;
}

static void nvmc_geometry_for(const struct nvmc_engine_desc *d,
			      struct nvmc_geometry *geo)
{
	const struct nvm_cmd_limits *l = d->limits;
	u32 block = nvmc_block_for(l), per;

	*geo = (struct nvmc_geometry) {
		.block		= block,
		.erase_unit	= l->erase_unit,
		.busy_unit	= l->busy_unit,
		.max_run	= min(l->max_transfer, NVMC_MOST_RUN) / block,
		.max_gap	= nvmc_max_gap(l, block),
		.slots		= min_t(u64, d->bytes >> ilog2(block),
					NVMC_NONE / 4),
		.reserve	= NVMC_RESERVE,
		.max_age	= NVMC_MAX_AGE,
		.backoff	= NVMC_BACKOFF,
	};
	geo->shards = nvmc_shards_for(geo->slots);
	per = geo->slots / geo->shards;
	geo->high = per * NVMC_HIGH / 100;
	geo->low = per * NVMC_LOW / 100;
}

static int nvmc_parts_init(struct nvmc_engine *e)
{
	u32 i;

	e->parts = kvcalloc(e->c.geo.shards, sizeof(*e->parts), GFP_KERNEL);
	if (!e->parts)
		return -ENOMEM;
	for (i = 0; i < e->c.geo.shards; i++) {
		spin_lock_init(&e->parts[i].lock);
		init_waitqueue_head(&e->parts[i].wait);
		e->parts[i].sh = &e->c.shards[i];
	}
	return 0;
}

static int nvmc_engine_init(struct nvmc_engine *e)
{
	struct nvmc_geometry geo;
	int err;

	e->counts = alloc_percpu(struct nvmc_stats);
	if (!e->counts)
		return -ENOMEM;
	nvmc_geometry_for(&e->d, &geo);
	err = nvmc_init(&e->c, &geo);
	if (err)
		return err;
	e->order = get_order(geo.block);
	err = nvmc_parts_init(e);
	if (!err)
		err = nvmc_errands_init(&e->flushes, NVMC_FLUSHES);
	if (!err)
		err = nvmc_errands_init(&e->discards,
					clamp(e->d.limits->queue_depth,
					      NVMC_FLUSHES, NVMC_MOST_ERRANDS));
	if (!err)
		err = nvmc_memory_init(e);
	if (!err)
		err = nvmc_thread_init(e);
	return err;
}

/**
 * nvmc_engine_create() - a cache for a region
 * @desc: copied, but for what it points to; nvmc_engine_impossible() is
 *	  NULL for its limits
 *
 * Context: may sleep.
 * Return: the engine, ended by nvmc_engine_destroy(), or ERR_PTR: -EINVAL if the
 * bookkeeping cannot do with such limits or so little memory, -ENOMEM.
 */
struct nvmc_engine *nvmc_engine_create(const struct nvmc_engine_desc *desc)
{
	struct nvmc_engine *e = kzalloc(sizeof(*e), GFP_KERNEL);
	int err;

	if (!e)
		return ERR_PTR(-ENOMEM);
	e->d = *desc;
	e->bb = nvm_region_badblocks(desc->r);
	mutex_init(&e->flush_mutex);
	mutex_init(&e->work_mutex);
	mutex_init(&e->view.lock);
	xa_init(&e->view.pins);
	err = nvmc_engine_init(e);
	if (err) {
		nvmc_engine_destroy(e);
		return ERR_PTR(err);
	}
	return e;
}
EXPORT_SYMBOL_GPL(nvmc_engine_create);

/**
 * nvmc_engine_private() - what the ULD gave as &nvmc_engine_desc.private
 * @e: the engine
 */
void *nvmc_engine_private(const struct nvmc_engine *e)
{
	return e->d.private;
}
EXPORT_SYMBOL_GPL(nvmc_engine_private);

/**
 * nvmc_engine_kill() - the medium is gone
 * @e: the engine
 *
 * Whoever waits is told -EIO, as is whoever comes.
 *
 * Context: may sleep.
 */
void nvmc_engine_kill(struct nvmc_engine *e)
{
	u32 i;

	set_bit(NVMC_DEAD, &e->flags);
	for (i = 0; i < e->c.geo.shards; i++) {
		struct nvmc_part *part = &e->parts[i];

		/* Who asked before that is in the queue by now. */
		scoped_guard(spinlock, &part->lock)
			nvmc_wake(part);
	}
}
EXPORT_SYMBOL_GPL(nvmc_engine_kill);

/**
 * nvmc_engine_dirty_kib() - what the medium does not have
 * @e: the engine
 *
 * Context: any.
 * Return: KiB, a guess as long as somebody writes.
 */
u64 nvmc_engine_dirty_kib(const struct nvmc_engine *e)
{
	u64 dirty = 0;
	u32 i;

	for (i = 0; i < e->c.geo.shards; i++) {
		guard(spinlock)(&e->parts[i].lock);
		dirty += nvmc_dirty(e->parts[i].sh);
	}
	return dirty * e->c.geo.block >> 10;
}

static bool nvmc_is_lost(const struct nvmc_slot *s)
{
	return s->state == NVMC_DIRTY || s->state == NVMC_FILLING ||
	       s->state == NVMC_WRITING || s->state == NVMC_FAILED;
}

/* Its sectors that are newer than the medium's. */
static void nvmc_report_slot(struct nvmc_engine *e, const struct nvmc_slot *s)
{
	u64 at = s->block * e->c.geo.block;
	u32 i;

	if (s->valid == e->c.full) {
		nvm_region_media_error(e->d.r, at, e->c.geo.block);
		return;
	}
	for (i = 0; i < e->c.geo.block / NVMC_SECTOR; i++)
		if (s->valid & BIT_ULL(i))
			nvm_region_media_error(e->d.r, at + i * NVMC_SECTOR,
					       NVMC_SECTOR);
}

/* Room for half of the list is left: for poison, and to split what is written anew. */
static void nvmc_report_part(struct nvmc_engine *e, struct nvmc_part *part)
{
	u32 i;

	guard(spinlock)(&part->lock);
	for (i = 0; i < part->sh->nr; i++) {
		if (READ_ONCE(e->bb->count) >= MAX_BADBLOCKS / 2)
			return;
		if (nvmc_is_lost(&part->sh->slot[i]))
			nvmc_report_slot(e, &part->sh->slot[i]);
	}
}

/*
 * What the medium has instead is older: who claims it next is not to take it for
 * good. No command is settled meanwhile, and later ones change nothing of it.
 */
static void nvmc_report_lost(struct nvmc_engine *e)
{
	u32 n;

	guard(mutex)(&e->work_mutex);
	for (n = 0; n < e->c.geo.shards; n++) {
		nvmc_report_part(e, &e->parts[n]);
		cond_resched();
	}
}

/**
 * nvmc_engine_stop() - the last write-back, before the medium is let go
 * @e: the engine; nobody moves data any more, or it was killed
 *
 * What cannot be written is lost, and said; it is in the poison list then, until
 * that is half full. The medium is left alone afterwards.
 * A device that does not answer is not waited for longer than by any flush.
 *
 * Context: may sleep, as nvmc_engine_flush().
 */
void nvmc_engine_stop(struct nvmc_engine *e)
{
	bool gone = nvmc_is_dead(e);
	int err = 0;
	u64 lost;

	if (!gone)
		err = nvmc_engine_flush(e);
	nvmc_engine_kill(e);
	lost = nvmc_engine_dirty_kib(e);
	if (lost && !gone)
		nvmc_report_lost(e);
	if (lost)
		dev_err(&e->d.r->dev, "%llu KiB in the cache are not on the medium: lost\n",
			lost);
	else if (err)
		dev_err(&e->d.r->dev, "its last writes may not be durable\n");
}
EXPORT_SYMBOL_GPL(nvmc_engine_stop);

/**
 * nvmc_engine_destroy() - take it down
 * @e: the engine, which nobody uses
 *
 * Context: may sleep, as long as a command may take.
 */
void nvmc_engine_destroy(struct nvmc_engine *e)
{
	nvmc_thread_exit(e);
	nvmc_errands_exit(&e->flushes);
	nvmc_errands_exit(&e->discards);
	if (e->parts)
		nvmc_memory_exit(e);
	kvfree(e->parts);
	nvmc_exit(&e->c);
	free_percpu(e->counts);
	xa_destroy(&e->view.pins);
	kfree(e);
}
EXPORT_SYMBOL_GPL(nvmc_engine_destroy);

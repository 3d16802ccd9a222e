// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads and writes: copies between a bio and slots, or out of the medium. They
 * are over when submit_bio returns; who has to wait sleeps there, or hears
 * -EAGAIN if he does not want to.
 */
#include <linux/bio.h>
#include <linux/highmem.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include "internal.h"
#include "peek.h"
#include "trace.h"

/* A shorter wait than this is put off until it has become one, in ns. */
#define NVMC_SHORTEST_WAIT	(50 * NSEC_PER_USEC)
/* After so long who waits for a slot looks himself. */
#define NVMC_LONGEST_SLEEP	max(HZ / 20, 1)
/* Blocks of memory that one write gets: beside its own some for those who follow. */
#define NVMC_MOST_GIVEN		2
/* No memory for so long is no accident. */
#define NVMC_PATIENCE		(2 * HZ)

static __always_inline void nvmc_copy(void *dst, const void *src, unsigned int len)
{
	if (len == PAGE_SIZE && PAGE_ALIGNED(dst) && PAGE_ALIGNED(src))
		copy_page(dst, (void *)src);
	else
		memcpy(dst, src, len);
}

/* A block more is dirty than should be: who made it so waits for the medium. */
static void nvmc_charge(struct nvmc_access *a, u32 before)
{
	struct nvmc_part *part = a->part;
	const struct nvmc_shard *sh = part->sh;
	u32 dirty = nvmc_dirty(sh);
	u64 cost, delay, service;

	if (likely(dirty <= sh->high) || dirty == before)
		return;
	/* With all commands under way the end of one is soon enough. */
	if (nvmc_may_write(a->e) || !llist_empty(&a->e->ended))
		nvmc_kick(a->e);
	/* The shards share the medium. */
	service = READ_ONCE(a->e->rate.service) * a->e->c.geo.shards;
	cost = nvmc_cost(dirty, sh->high, sh->room, service);
	delay = nvmc_pace(&part->pace, ktime_get_ns(), cost);
	if (delay < NVMC_SHORTEST_WAIT)
		return;
	if (a->nowait)
		return;
	part->throttled += delay;
	a->delay = delay;
}

/* Would a write be made to wait at its end? */
static bool nvmc_would_throttle(const struct nvmc_access *a)
{
	const struct nvmc_part *part = a->part;

	return nvmc_dirty(part->sh) > part->sh->high &&
	       part->pace.next > ktime_get_ns() + NVMC_SHORTEST_WAIT;
}

/* Of a device that works an allocation that fails now and then is no failure. */
static bool nvmc_may_get_memory(const struct nvmc_access *a)
{
	return a->may_alloc || a->nowait ||
	       (!nvmc_is_hung(&a->e->health) &&
		(!a->refused ||
		 time_before(jiffies, a->refused + NVMC_PATIENCE)));
}

static void nvmc_ask_write(struct nvmc_access *a)
{
	struct nvmc_shard *sh = a->part->sh;
	u32 before = nvmc_dirty(sh);

	if (a->nowait && nvmc_would_throttle(a)) {
		a->answer = NVMC_WAIT;
		return;
	}
	a->answer = nvmc_write_begin(&a->e->c, sh, a->block, a->sectors,
				     nvmc_now(), a->may_alloc, &a->slot,
				     &a->old);
	if (a->answer == NVMC_HIT || a->answer == NVMC_COPY)
		nvmc_charge(a, before);
	else if (a->answer == NVMC_FULL &&
		 nvmc_is_stuck(sh, nvmc_is_hung(&a->e->health),
			       nvmc_may_get_memory(a)))
		a->answer = NVMC_NOTHING;
}

/* NVMC_NOTHING: there is nothing to be hoped for. */
static enum nvmc_answer nvmc_ask(struct nvmc_access *a)
{
	guard(spinlock)(&a->part->lock);
	if (a->write)
		nvmc_ask_write(a);
	else
		a->answer = nvmc_read_begin(&a->e->c, a->part->sh, a->block,
					    a->sectors, &a->slot);
	return a->answer;
}

static bool nvmc_must_wait(const struct nvmc_access *a)
{
	return a->answer == NVMC_WAIT || a->answer == NVMC_FULL;
}

/*
 * Asks again once something has changed, or after a while: a look at the clean
 * slots ends after so many, and memory may come from elsewhere.
 */
static void nvmc_wait(struct nvmc_access *a)
{
	struct nvmc_part *part = a->part;
	long left = 1;
	DEFINE_WAIT(wait);

	prepare_to_wait(&part->wait, &wait, TASK_UNINTERRUPTIBLE);
	nvmc_ask(a);
	if (nvmc_must_wait(a) && !nvmc_is_dead(a->e)) {
		scoped_guard(spinlock, &part->lock)
			part->stalls++;
		trace_nvmc_stall(a->e, a->block, a->answer == NVMC_FULL);
		nvmc_kick(a->e);
		left = io_schedule_timeout(NVMC_LONGEST_SLEEP);
	}
	finish_wait(&part->wait, &wait);
	a->may_alloc = true;
	/* What processes have mapped may be all that could be replaced. */
	if (a->answer == NVMC_FULL && !left)
		nvmc_view_hide_all(a->e);
}

static bool nvmc_fill_read(struct nvmc_engine *e, const struct nvmc_slot *s,
			   void *mem, unsigned int first, unsigned int n)
{
	return !e->d.backend->read(e->d.private,
				   s->block * e->c.geo.block +
				   first * NVMC_SECTOR,
				   mem + first * NVMC_SECTOR, n * NVMC_SECTOR);
}

/* Which of these sectors could be read; one that cannot takes no other with it. */
static u64 nvmc_fill_some(struct nvmc_engine *e, const struct nvmc_slot *s,
			  void *mem, unsigned int first, unsigned int n)
{
	unsigned int i;
	u64 got = 0;

	if (nvmc_fill_read(e, s, mem, first, n))
		return GENMASK_ULL(first + n - 1, first);
	for (i = first; i < first + n; i++)
		if (nvmc_fill_read(e, s, mem, i, 1))
			got |= BIT_ULL(i);
	return got;
}

/* How many sectors from @first on are missing. */
static unsigned int nvmc_missing(const struct nvmc_engine *e,
				 const struct nvmc_slot *s, unsigned int first)
{
	unsigned int nr = e->c.geo.block / NVMC_SECTOR, n = 0;

	while (first + n < nr && !(s->valid & BIT_ULL(first + n)))
		n++;
	return n;
}

/**
 * nvmc_fill() - complete a slot from the medium
 * @e: the engine
 * @part: its part
 * @slot: as in NVMC_FILL
 * @back: to write it back; or to read it
 *
 * Context: may sleep if the backend's read does.
 * Return: the sectors that it has now.
 */
u64 nvmc_fill(struct nvmc_engine *e, struct nvmc_part *part, u32 slot,
	      bool back)
{
	const struct nvmc_slot *s = &part->sh->slot[slot];
	void *mem = part->mem[slot];
	unsigned int at, n;
	u64 got = 0, has;

	for (at = 0; at < e->c.geo.block / NVMC_SECTOR; at += n ?: 1) {
		n = nvmc_missing(e, s, at);
		if (n)
			got |= nvmc_fill_some(e, s, mem, at, n);
	}
	scoped_guard(spinlock, &part->lock) {
		has = s->valid | got;
		nvmc_fill_end(&e->c, part->sh, slot, got, back, nvmc_now());
	}
	nvmc_wake(part);
	/* A run may wait for that, in this busy unit or in another. */
	nvmc_kick(e);
	return has;
}

static void nvmc_get_memory(struct nvmc_access *a)
{
	if (nvmc_memory_give(a->e, a->part, a->nowait ? GFP_NOWAIT :
						GFP_NOIO | __GFP_NORETRY)) {
		a->refused = 0;
		a->may_alloc = ++a->given < NVMC_MOST_GIVEN;
		return;
	}
	a->may_alloc = false;
	if (!a->refused)
		a->refused = jiffies | 1;
}

/**
 * nvmc_enter() - begin a read or a write of some of a block
 * @a: what is wanted
 *
 * Context: may sleep without @a->nowait.
 * Return: 0 with an answer that says where the data is, which is pinned;
 * -EAGAIN if it would sleep, -EIO if the medium is gone or cannot be read, or
 * takes no more writes.
 */
int nvmc_enter(struct nvmc_access *a)
{
	if (unlikely(nvmc_is_dead(a->e)))
		return -EIO;
	a->may_alloc = true;
	a->refused = 0;
	a->given = 0;
	nvmc_ask(a);
	for (;;) {
		switch (a->answer) {
		case NVMC_WAIT:
		case NVMC_FULL:
			if (a->nowait && a->answer == NVMC_FULL)
				nvmc_kick(a->e);
			if (a->nowait)
				return -EAGAIN;
			if (nvmc_is_dead(a->e))
				return -EIO;
			nvmc_wait(a);
			continue;
		case NVMC_NEED_MEMORY:
			nvmc_get_memory(a);
			break;
		case NVMC_FILL:
			if (a->sectors & ~nvmc_fill(a->e, a->part, a->slot,
						    false))
				return -EIO;
			break;
		case NVMC_NOTHING:
			return -EIO;
		default:
			return 0;
		}
		nvmc_ask(a);
	}
}

/**
 * nvmc_leave_write() - the new data is there
 * @a: as nvmc_enter() left it
 *
 * Context: any.
 */
void nvmc_leave_write(struct nvmc_access *a)
{
	struct nvmc_engine *e = a->e;
	struct nvmc_part *part = a->part;
	bool copied = a->answer == NVMC_COPY;
	bool wake;

	scoped_guard(spinlock, &part->lock) {
		wake = nvmc_write_end(&e->c, part->sh, a->slot,
				      copied ? e->c.full : a->sectors);
		if (copied)
			wake |= nvmc_read_end(part->sh, a->old);
	}
	if (wake) {
		nvmc_wake(part);
		/* A flush may wait for just this slot. */
		if (READ_ONCE(part->sh->closing))
			nvmc_kick(e);
	}
	/* It looks after the age of what is dirty, once something is. */
	if (unlikely(test_bit(NVMC_IDLE, &e->flags)))
		nvmc_kick(e);
}

/**
 * nvmc_pause() - as long as a write is to take for the medium's sake
 * @a: it is over: so no slot is held meanwhile
 *
 * Context: may sleep.
 */
void nvmc_pause(const struct nvmc_access *a)
{
	ktime_t delay = ns_to_ktime(a->delay);

	if (!a->delay)
		return;
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_hrtimeout(&delay, HRTIMER_MODE_REL);
}

/**
 * nvmc_copy_block() - what the older version has goes into the new one
 * @a: nvmc_enter() has answered NVMC_COPY
 *
 * Context: any.
 */
void nvmc_copy_block(const struct nvmc_access *a)
{
	void **mem = a->part->mem;

	memcpy(mem[a->slot], mem[a->old], a->e->c.geo.block);
}

static int nvmc_write_part(struct nvmc_access *a, unsigned int at,
			   const void *src, unsigned int len)
{
	int err;

	/* To hide a page takes locks that sleep. */
	if (a->nowait && nvmc_view_is_used(a->e))
		return -EAGAIN;
	err = nvmc_enter(a);
	if (unlikely(err))
		return err;
	if (a->answer == NVMC_COPY)
		nvmc_copy_block(a);
	nvmc_copy(a->part->mem[a->slot] + at, src, len);
	nvmc_leave_write(a);
	/* Processes may have an older version mapped. */
	nvmc_view_hide(a->e, a->block * a->e->c.geo.block, a->e->c.geo.block);
	trace_nvmc_write(a->e, a->block, a->sectors);
	nvmc_pause(a);
	return 0;
}

/* A run waits for its part of the mapping. */
static noinline void nvmc_mapping_ended(struct nvmc_engine *e,
					struct nvmc_part *part)
{
	nvmc_kick(e);
	nvmc_wake(part);
}

/**
 * nvmc_leave_mapping() - the medium is not read any more
 * @a: nvmc_enter() has answered NVMC_MAPPING
 *
 * Context: any.
 */
void nvmc_leave_mapping(const struct nvmc_access *a)
{
	if (nvmc_mapping_end(&a->e->c, a->part->sh, a->block))
		nvmc_mapping_ended(a->e, a->part);
}

static void nvmc_leave_read(const struct nvmc_access *a)
{
	bool wake;

	scoped_guard(spinlock, &a->part->lock)
		wake = nvmc_read_end(a->part->sh, a->slot);
	if (wake)
		nvmc_wake(a->part);
}

/*
 * From a slot that is not pinned. Its memory stays memory as long as preemption
 * is off, see nvmc_memory_take(); what is in it may become another block's. Then
 * false: what was copied goes for nothing, into pages whose contents are
 * undefined until the bio has ended. Not much comes to that: who was away since
 * he looked does not begin.
 */
static __always_inline bool nvmc_peek_slot(struct nvmc_part *part,
					   struct nvmc_seen seen,
					   unsigned int at, void *dst,
					   unsigned int len)
{
	bool good = false;
	const void *src;

	rcu_read_lock_sched();
	src = READ_ONCE(part->mem[seen.slot]);
	if (likely(src && nvmc_unchanged(&seen))) {
		nvmc_copy(dst, src + at, len);
		good = nvmc_unchanged(&seen);
	}
	rcu_read_unlock_sched();
	return good;
}

/* From the mapping, if it is held still: that may have come too late. */
static __always_inline int nvmc_peek_mapping(struct nvmc_engine *e,
					     struct nvmc_part *part,
					     struct nvmc_seen seen, u64 off,
					     void *dst, unsigned int len)
{
	int err = 1;

	if (likely(nvmc_unchanged(&seen))) {
		err = e->d.backend->read(e->d.private, off, dst, len);
		this_cpu_inc(e->counts->mapped);
	}
	if (unlikely(nvmc_medium_leave(seen.medium)))
		nvmc_mapping_ended(e, part);
	return err;
}

/*
 * Most reads, without the lock: of a block that nothing happens to just now.
 * 0 or -EIO; or 1: ask.
 */
static __always_inline int nvmc_peek_part(struct nvmc_engine *e, u64 off,
					  unsigned int at, void *dst,
					  unsigned int len)
{
	struct nvmc_key key = nvmc_key(&e->c, off >> e->c.block_shift);
	struct nvmc_part *part = &e->parts[nvmc_shard_by(&e->c, key.hash)];
	struct nvmc_seen seen;

	if (unlikely(nvmc_is_dead(e)))
		return -EIO;
	seen = __nvmc_peek(&e->c, part->sh, &key);
	if (seen.answer == NVMC_MAPPING)
		return nvmc_peek_mapping(e, part, seen, off, dst, len);
	if (unlikely(seen.answer != NVMC_HIT) ||
	    unlikely(!nvmc_peek_slot(part, seen, at, dst, len)))
		return 1;
	this_cpu_inc(e->counts->hits);
	return 0;
}

static int nvmc_read_part(struct nvmc_access *a, unsigned int at, void *dst,
			  unsigned int len)
{
	struct nvmc_engine *e = a->e;
	u64 off = (a->block << e->c.block_shift) + at;
	int err = nvmc_peek_part(e, off, at, dst, len);

	if (err <= 0)
		return err;
	err = nvmc_enter(a);
	if (unlikely(err))
		return err;
	if (a->answer == NVMC_MAPPING) {
		err = e->d.backend->read(e->d.private, off, dst, len);
		nvmc_leave_mapping(a);
		return err;
	}
	nvmc_copy(dst, a->part->mem[a->slot] + at, len);
	nvmc_leave_read(a);
	return 0;
}

/* @len bytes at @off of the disk, which are in one block, from or to @mem. */
static int nvmc_move_part(struct nvmc_engine *e, u64 off, void *mem,
			  unsigned int len, blk_opf_t opf)
{
	unsigned int at = off & (e->c.geo.block - 1);
	unsigned int first = at / NVMC_SECTOR;
	u64 block = off >> e->c.block_shift;
	struct nvmc_access a = {
		.e		= e,
		.part		= nvmc_part_of(e, block),
		.block		= block,
		.sectors	= GENMASK_ULL(first + len / NVMC_SECTOR - 1,
					      first),
		.write		= op_is_write(opf),
		.nowait		= opf & REQ_NOWAIT,
	};

	return a.write ? nvmc_write_part(&a, at, mem, len) :
			 nvmc_read_part(&a, at, mem, len);
}

static int nvmc_move_segment(struct nvmc_engine *e, u64 off,
			     struct bio_vec *bv, blk_opf_t opf)
{
	void *mem = bvec_kmap_local(bv);
	unsigned int done, n;
	int err = 0;

	for (done = 0; done < bv->bv_len && !err; done += n, off += n) {
		n = min(bv->bv_len - done,
			e->c.geo.block - (u32)(off & (e->c.geo.block - 1)));
		err = nvmc_move_part(e, off, mem + done, n, opf);
	}
	kunmap_local(mem);
	return err;
}

/**
 * nvmc_engine_peek() - a read of what nothing happens to just now
 * @engine: &struct nvmc_engine
 * @bio: a read
 *
 * A page or less out of one block is most of what is asked for: without the lock
 * and without what it takes to walk a bio.
 *
 * Context: may sleep if the backend's read does.
 * Return: 0, -EIO; or 1: it is another, nvmc_engine_move() will do it.
 */
int nvmc_engine_peek(void *engine, struct bio *bio)
{
	const struct bio_vec *bv = bio->bi_io_vec + bio->bi_iter.bi_idx;
	u64 off = (u64)bio->bi_iter.bi_sector << SECTOR_SHIFT;
	unsigned int len = bio->bi_iter.bi_size;
	struct nvmc_engine *e = engine;
	unsigned int at = off & (e->c.geo.block - 1);
	void *mem;
	int err;

	if (unlikely(len > bv->bv_len || bio->bi_iter.bi_bvec_done ||
		     bv->bv_offset + len > PAGE_SIZE ||
		     at + len > e->c.geo.block))
		return 1;
	mem = kmap_local_page(bv->bv_page);
	err = nvmc_peek_part(e, off, at, mem + bv->bv_offset, len);
	kunmap_local(mem);
	flush_dcache_page(bv->bv_page);
	return err;
}
EXPORT_SYMBOL_GPL(nvmc_engine_peek);

/**
 * nvmc_engine_move() - the data of a bio
 * @engine: &struct nvmc_engine
 * @bio: a read or a write
 *
 * Context: may sleep without REQ_NOWAIT.
 * Return: 0, -EAGAIN if it would sleep, -EIO.
 */
int nvmc_engine_move(void *engine, struct bio *bio)
{
	bool write = op_is_write(bio_op(bio));
	struct bvec_iter iter;
	struct bio_vec bv;
	int err = 0;

	bio_for_each_segment(bv, bio, iter) {
		if (write)
			flush_dcache_page(bv.bv_page);
		err = nvmc_move_segment(engine, (u64)iter.bi_sector << SECTOR_SHIFT,
					&bv, bio->bi_opf);
		if (unlikely(err))
			break;
		if (!write)
			flush_dcache_page(bv.bv_page);
	}
	return err;
}
EXPORT_SYMBOL_GPL(nvmc_engine_move);

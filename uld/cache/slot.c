// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads and writes of one block: which slot, and what becomes of it. The
 * functions that return bool say whether somebody may wait for what they did:
 * then wake those who got NVMC_WAIT or NVMC_FULL in this shard.
 */
#include "peek.h"

static struct nvmc_list *nvmc_list_of(struct nvmc_shard *sh,
				      const struct nvmc_slot *s)
{
	switch (s->state) {
	case NVMC_EMPTY:
		return &sh->empty;
	case NVMC_FREE:
		return &sh->free;
	case NVMC_CLEAN:
		return &sh->clean;
	case NVMC_DIRTY:
		return s->tries ? &sh->retry : &sh->dirty;
	case NVMC_FAILED:
		return &sh->failed;
	default:
		return NULL;
	}
}

void nvmc_leave_list(struct nvmc_shard *sh, u32 i)
{
	struct nvmc_list *l = nvmc_list_of(sh, &sh->slot[i]);

	if (l)
		nvmc_unlink(sh, l, i);
}

/* A slot that is on no list, is nobody's data and not read. */
void nvmc_set_free(struct nvmc_shard *sh, u32 i)
{
	sh->slot[i].state = NVMC_FREE;
	nvmc_push(sh, &sh->free, i);
}

/* The data is not needed any more, but perhaps being read. */
void nvmc_drop(struct nvmc_shard *sh, u32 i)
{
	if (sh->slot[i].readers)
		sh->slot[i].state = NVMC_ORPHAN;
	else
		nvmc_set_free(sh, i);
}

void nvmc_update_ready(const struct nvmc *c, struct nvmc_shard *sh, u32 i)
{
	struct nvmc_slot *s = &sh->slot[i];
	struct nvmc_group *g = nvmc_group_find(c, sh, s->block);
	u64 bit = BIT_ULL(nvmc_place(c, s->block));

	if (s->state == NVMC_DIRTY && s->valid == c->full && !s->tries)
		g->ready |= bit;
	else
		g->ready &= ~bit;
}

/*
 * A slot that was filled, or rewritten, keeps the tick of its first write: the
 * search by age ends at the first young one. While a flush closes a generation
 * the order of generations counts.
 */
static bool nvmc_is_oldest(const struct nvmc_shard *sh,
			   const struct nvmc_slot *s)
{
	return !sh->closing && sh->dirty.nr &&
	       (s32)(sh->slot[sh->dirty.head].stamp - s->stamp) > 0;
}

/*
 * On no list, counted in @pending. What a flush waits for goes in front, so
 * that the list is in the order of generations.
 */
void nvmc_make_dirty(const struct nvmc *c, struct nvmc_shard *sh, u32 i)
{
	struct nvmc_slot *s = &sh->slot[i];

	s->state = NVMC_DIRTY;
	if (s->tries)
		nvmc_push_first(sh, &sh->retry, i);
	else if (s->gen != sh->gen || nvmc_is_oldest(sh, s))
		nvmc_push_first(sh, &sh->dirty, i);
	else
		nvmc_push(sh, &sh->dirty, i);
	nvmc_update_ready(c, sh, i);
}

/* Keep commands away from what is about to be read from the mapping. */
static bool nvmc_mapping_begin(const struct nvmc *c, struct nvmc_shard *sh,
			       const struct nvmc_group *g, u64 block)
{
	struct nvmc_medium *m = nvmc_medium_of(c, sh, block);

	if (nvmc_is_busy(c, g, block) || m->drains)
		return false;
	atomic_inc(&m->readers);
	return true;
}

/**
 * nvmc_peek() - where the newest data of a block is, without the lock
 * @c: the cache
 * @sh: the shard of @block
 * @block: number of the block
 *
 * With NVMC_HIT the slot has all sectors. It is not pinned: its memory may get
 * other data, or go. What was copied out of it counts if nvmc_unchanged() says
 * so *afterwards*.
 *
 * No command begins on what is read from the mapping, here neither: with
 * NVMC_MAPPING it is held still if nvmc_unchanged() says so *before* it is read;
 * if not, it is not to be read. Then, in either case, nvmc_medium_leave().
 *
 * Context: any, no lock.
 * Return: where it is.
 */
struct nvmc_seen nvmc_peek(const struct nvmc *c, struct nvmc_shard *sh,
			   u64 block)
{
	struct nvmc_key key = nvmc_key(c, block);

	return __nvmc_peek(c, sh, &key);
}
EXPORT_SYMBOL_GPL(nvmc_peek);

/* Their data is there. */
static void nvmc_add_sectors(struct nvmc_slot *s, u64 sectors)
{
	/* Pairs with nvmc_peek(). */
	smp_store_release(&s->valid, s->valid | sectors);
}

/*
 * A dirty slot is completed from the mapping, one that FAILED too. A flush that
 * begins meanwhile has to wait for it.
 */
bool nvmc_fill_begin(const struct nvmc *c, struct nvmc_shard *sh, u32 i)
{
	struct nvmc_slot *s = &sh->slot[i];

	if (s->writers ||
	    !nvmc_mapping_begin(c, sh, nvmc_group_find(c, sh, s->block),
				s->block))
		return false;
	nvmc_leave_list(sh, i);
	if (s->state == NVMC_FAILED) {
		s->gen = sh->gen;
		sh->pending[s->gen]++;
	}
	s->state = NVMC_FILLING;
	sh->stats.fills++;
	return true;
}

/**
 * nvmc_fill_end() - the missing sectors were copied into a slot, or could not
 * @c: the cache
 * @sh: the shard
 * @slot: as in NVMC_FILL; @valid did not change meanwhile
 * @got: which of them could; the others are poisoned. What is in the slot is kept
 * @back: to be written back, so if any are missing it cannot be, which counts as
 *	  a try; or for a reader, whose matter alone that is
 * @now: tick
 *
 * Context: any, under the shard's lock.
 * Return: true: wake.
 */
bool nvmc_fill_end(const struct nvmc *c, struct nvmc_shard *sh, u32 slot,
		   u64 got, bool back, u32 now)
{
	struct nvmc_slot *s = &sh->slot[slot];

	nvmc_mapping_end(c, sh, s->block);
	if (!s->valid && got != c->full) {
		/* Nobody has written any of it: there is nothing to lose. */
		sh->pending[s->gen]--;
		nvmc_detach(c, sh, s->block);
		nvmc_set_free(sh, slot);
		return true;
	}
	nvmc_add_sectors(s, got);
	if (s->valid == c->full || (!back && s->tries < NVMC_TRIES))
		nvmc_make_dirty(c, sh, slot);
	else
		nvmc_failed(c, sh, slot, now);
	return true;
}
EXPORT_SYMBOL_GPL(nvmc_fill_end);

/**
 * nvmc_read_begin() - where the newest data of a block is
 * @c: the cache
 * @sh: the shard of @block
 * @block: number of the block
 * @sectors: which of its sectors are wanted, not 0
 * @slot: for NVMC_HIT and NVMC_FILL: the slot
 *
 * Context: any, under the shard's lock.
 * Return: NVMC_HIT, then nvmc_read_end(); NVMC_MAPPING, then
 * nvmc_mapping_end(); NVMC_FILL, then nvmc_fill_end(); NVMC_WAIT.
 */
enum nvmc_answer nvmc_read_begin(const struct nvmc *c, struct nvmc_shard *sh,
				 u64 block, u64 sectors, u32 *slot)
{
	struct nvmc_group *g = nvmc_group_find(c, sh, block);
	u32 i = nvmc_newest(c, g, block);
	struct nvmc_slot *s;

	if (i == NVMC_NONE) {
		if (!nvmc_mapping_begin(c, sh, g, block))
			return NVMC_WAIT;
		sh->stats.mapped++;
		return NVMC_MAPPING;
	}
	s = &sh->slot[i];
	*slot = i;
	if (s->state == NVMC_FILLING)
		return NVMC_WAIT;
	if (sectors & ~s->valid)
		return nvmc_fill_begin(c, sh, i) ? NVMC_FILL : NVMC_WAIT;
	if (s->readers == U16_MAX)
		return NVMC_WAIT;
	s->readers++;
	WRITE_ONCE(s->hot, 1);
	sh->stats.hits++;
	return NVMC_HIT;
}
EXPORT_SYMBOL_GPL(nvmc_read_begin);

/**
 * nvmc_read_end() - a copy from a slot has ended
 * @sh: the shard
 * @slot: as in NVMC_HIT
 *
 * Context: any, under the shard's lock.
 * Return: true: wake.
 */
bool nvmc_read_end(struct nvmc_shard *sh, u32 slot)
{
	struct nvmc_slot *s = &sh->slot[slot];

	if (--s->readers)
		return false;
	if (s->state == NVMC_ORPHAN)
		nvmc_set_free(sh, slot);
	return true;
}
EXPORT_SYMBOL_GPL(nvmc_read_end);

/*
 * The oldest clean slot that was not used since it was last looked at; the
 * oldest that is not read just now if there are many that were.
 */
static u32 nvmc_evict(const struct nvmc *c, struct nvmc_shard *sh)
{
	u32 looked;

	for (looked = 0; looked < NVMC_SCAN && sh->clean.nr; looked++) {
		u32 i = sh->clean.head;
		struct nvmc_slot *s = &sh->slot[i];

		nvmc_unlink(sh, &sh->clean, i);
		if (s->readers || (READ_ONCE(s->hot) && looked < NVMC_SCAN / 2)) {
			WRITE_ONCE(s->hot, 0);
			nvmc_push(sh, &sh->clean, i);
			continue;
		}
		nvmc_detach(c, sh, s->block);
		sh->stats.evicted++;
		return i;
	}
	return NVMC_NONE;
}

/* A slot on no list, with memory; or NVMC_NONE. */
u32 nvmc_take(const struct nvmc *c, struct nvmc_shard *sh)
{
	u32 i = sh->free.head;

	if (i == NVMC_NONE)
		return nvmc_evict(c, sh);
	nvmc_unlink(sh, &sh->free, i);
	return i;
}

/* Is memory to be asked for before a slot is taken? */
static bool nvmc_asks_first(const struct nvmc *c, const struct nvmc_shard *sh,
			    u32 now)
{
	if (sh->free.nr || (sh->clean.nr && !nvmc_may_ask(sh, now)))
		return nvmc_is_tight(c, sh, now);
	return sh->empty.nr;
}

/* It is on no list, and nobody's. */
static void nvmc_slot_init(struct nvmc_slot *s, u64 block, u32 now, u8 gen)
{
	s->block = block;
	WRITE_ONCE(s->valid, 0);
	s->stamp = now;
	s->readers = 0;
	s->writers = 0;
	s->gen = gen;
	s->tries = 0;
	WRITE_ONCE(s->hot, 0);
	s->hold = false;
}

static void nvmc_attach(const struct nvmc *c, struct nvmc_shard *sh, u32 i,
			u64 block, u32 now)
{
	struct nvmc_slot *s = &sh->slot[i];
	u32 at = nvmc_place(c, block);
	struct nvmc_group *g;

	nvmc_change_begin(sh);
	g = nvmc_group_get(c, sh, block);
	nvmc_slot_init(s, block, now, sh->gen);
	WRITE_ONCE(g->present, g->present | BIT_ULL(at));
	g->ready &= ~BIT_ULL(at);
	WRITE_ONCE(g->slots[at], i);
	nvmc_change_end(sh);
	sh->pending[sh->gen]++;
}

/* The block is not cached, or in flight. */
static enum nvmc_answer nvmc_write_new(const struct nvmc *c,
				       struct nvmc_shard *sh, u64 block,
				       u64 sectors, u32 now, bool may_alloc,
				       u32 *slot, u32 *old)
{
	if (may_alloc && nvmc_asks_first(c, sh, now))
		return NVMC_NEED_MEMORY;
	*slot = nvmc_take(c, sh);
	/* Who waits for a slot has the write-back begin, however little is dirty. */
	if (*slot == NVMC_NONE) {
		sh->draining = true;
		return NVMC_FULL;
	}
	nvmc_attach(c, sh, *slot, block, now);
	sh->slot[*slot].writers = 1;
	sh->stats.writes++;
	if (*old == NVMC_NONE) {
		nvmc_make_dirty(c, sh, *slot);
		return NVMC_HIT;
	}
	sh->slot[*old].state = NVMC_REWRITTEN;
	sh->stats.copies++;
	if (sectors == c->full) {
		nvmc_make_dirty(c, sh, *slot);
		return NVMC_HIT;
	}
	/* Nobody else may store to it before the old data is there. */
	sh->slot[*slot].state = NVMC_FILLING;
	sh->slot[*old].readers++;
	return NVMC_COPY;
}

/* From clean or failed to dirty; dirty ones stay where they are. */
static void nvmc_dirty_again(const struct nvmc *c, struct nvmc_shard *sh,
			     u32 i, u32 now)
{
	struct nvmc_slot *s = &sh->slot[i];

	if (s->state == NVMC_DIRTY) {
		sh->stats.absorbed++;
		WRITE_ONCE(s->hot, 1);
		return;
	}
	nvmc_leave_list(sh, i);
	s->tries = 0;
	s->gen = sh->gen;
	s->stamp = now;
	WRITE_ONCE(s->hot, 0);
	sh->pending[sh->gen]++;
	nvmc_make_dirty(c, sh, i);
}

/**
 * nvmc_write_begin() - where the new data of a block is to go
 * @c: the cache
 * @sh: the shard of @block
 * @block: number of the block
 * @sectors: which of its sectors will be written, not 0
 * @now: tick
 * @may_alloc: memory may be asked for
 * @slot: for NVMC_HIT and NVMC_COPY: the slot
 * @old: for NVMC_COPY: where the old data of the other sectors is
 *
 * Context: any, under the shard's lock.
 * Return: NVMC_HIT or NVMC_COPY, then nvmc_write_end(), after NVMC_COPY with all
 * sectors, and nvmc_read_end() of @old; NVMC_WAIT, NVMC_FULL or
 * NVMC_NEED_MEMORY.
 */
enum nvmc_answer nvmc_write_begin(const struct nvmc *c, struct nvmc_shard *sh,
				  u64 block, u64 sectors, u32 now,
				  bool may_alloc, u32 *slot, u32 *old)
{
	struct nvmc_group *g = nvmc_group_find(c, sh, block);
	struct nvmc_slot *s;

	*old = NVMC_NONE;
	*slot = nvmc_newest(c, g, block);
	if (*slot == NVMC_NONE)
		return nvmc_write_new(c, sh, block, sectors, now, may_alloc,
				      slot, old);
	s = &sh->slot[*slot];
	if (s->state == NVMC_FILLING || s->hold || s->writers == U16_MAX ||
	    s->readers == U16_MAX)
		return NVMC_WAIT;
	if (s->state == NVMC_WRITING) {
		*old = *slot;
		return nvmc_write_new(c, sh, block, sectors, now, may_alloc,
				      slot, old);
	}
	if (s->state == NVMC_CLEAN && may_alloc && nvmc_is_tight(c, sh, now))
		return NVMC_NEED_MEMORY;
	nvmc_dirty_again(c, sh, *slot, now);
	s->writers++;
	sh->stats.writes++;
	return NVMC_HIT;
}
EXPORT_SYMBOL_GPL(nvmc_write_begin);

/**
 * nvmc_write_end() - the new data is in the slot: the write may be acknowledged
 * @c: the cache
 * @sh: the shard
 * @slot: as in nvmc_write_begin()
 * @sectors: which were written; after NVMC_COPY all
 *
 * Context: any, under the shard's lock.
 * Return: true: wake.
 */
bool nvmc_write_end(const struct nvmc *c, struct nvmc_shard *sh, u32 slot,
		    u64 sectors)
{
	struct nvmc_slot *s = &sh->slot[slot];

	nvmc_add_sectors(s, sectors);
	s->writers--;
	if (s->state == NVMC_FILLING)
		nvmc_make_dirty(c, sh, slot);
	else if (s->state == NVMC_DIRTY)
		nvmc_update_ready(c, sh, slot);
	return !s->writers;
}
EXPORT_SYMBOL_GPL(nvmc_write_end);

/**
 * nvmc_is_stuck() - is there nothing that who got NVMC_FULL could wait for?
 * @sh: the shard
 * @hung: the device is, see nvmc_is_hung()
 * @may_alloc: as he said then; false if he was refused memory. Who writes back to
 *	       have some freed may be who waits for it
 *
 * Context: any, under the shard's lock.
 * Return: true if nothing is left but what the medium refused or does not take.
 * What is clean is but read just now, what is empty may yet get memory.
 */
bool nvmc_is_stuck(const struct nvmc_shard *sh, bool hung, bool may_alloc)
{
	u32 empty = sh->empty.nr;

	if (empty && may_alloc)
		return false;
	return sh->failed.nr + empty == sh->nr || (hung && !sh->clean.nr);
}

/**
 * nvmc_forget() - a block was discarded: its data need not be written
 * @c: the cache
 * @sh: the shard of @block
 * @block: number of the block
 *
 * Context: any, under the shard's lock.
 * Return: NVMC_NOTHING: wake this shard's waiters, as a slot may be free and a
 * flush done; or NVMC_WAIT: it is in flight or being copied.
 */
enum nvmc_answer nvmc_forget(const struct nvmc *c, struct nvmc_shard *sh,
			     u64 block)
{
	struct nvmc_group *g = nvmc_group_find(c, sh, block);
	u32 i = nvmc_newest(c, g, block);
	struct nvmc_slot *s;

	if (i == NVMC_NONE)
		return NVMC_NOTHING;
	s = &sh->slot[i];
	if (s->readers || s->writers || s->state == NVMC_FILLING ||
	    g->writing & BIT_ULL(nvmc_place(c, block)))
		return NVMC_WAIT;
	if (s->state == NVMC_DIRTY)
		sh->pending[s->gen]--;
	nvmc_leave_list(sh, i);
	nvmc_detach(c, sh, block);
	nvmc_set_free(sh, i);
	return NVMC_NOTHING;
}
EXPORT_SYMBOL_GPL(nvmc_forget);

/**
 * nvmc_newest_slot() - which slot has the newest data of a block
 * @c: the cache
 * @sh: the shard of @block
 * @block: number of the block
 *
 * Context: any, under the shard's lock.
 * Return: the slot, or NVMC_NONE: the medium has it.
 */
u32 nvmc_newest_slot(const struct nvmc *c, struct nvmc_shard *sh, u64 block)
{
	return nvmc_newest(c, nvmc_group_find(c, sh, block), block);
}
EXPORT_SYMBOL_GPL(nvmc_newest_slot);

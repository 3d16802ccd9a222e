// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which blocks are written back next and what their commands leave behind; what
 * a flush waits for.
 */
#include "index.h"

/* Why a block is looked for, most urgent first. */
enum nvmc_why {
	NVMC_WHY_FLUSH,
	NVMC_WHY_AGE,
	NVMC_WHY_AMOUNT,
};

/*
 * Commands must not keep the mapping undefined for ever where a block waits to
 * be completed from it. Over once that block has all sectors some other way.
 */
bool nvmc_is_held(const struct nvmc *c, const struct nvmc_shard *sh,
		  struct nvmc_group *g)
{
	u32 at = g->held_for - 1;
	const struct nvmc_slot *s;

	if (!g->held_for)
		return false;
	if (g->present & BIT_ULL(at)) {
		s = &sh->slot[g->slots[at]];
		if (s->state == NVMC_DIRTY && s->valid != c->full && !s->tries)
			return true;
	}
	g->held_for = 0;
	return false;
}

static void nvmc_claim_medium(const struct nvmc *c, struct nvmc_shard *sh,
			      struct nvmc_group *g, u64 block)
{
	nvmc_change_begin(sh);
	nvmc_make_busy(c, sh, g, block);
	nvmc_change_end(sh);
	sh->stats.written++;
}

static void nvmc_claim(const struct nvmc *c, struct nvmc_shard *sh,
		       struct nvmc_group *g, u32 i)
{
	struct nvmc_slot *s = &sh->slot[i];

	nvmc_unlink(sh, s->tries ? &sh->retry : &sh->dirty, i);
	s->state = NVMC_WRITING;
	s->hold = false;
	g->ready &= ~BIT_ULL(nvmc_place(c, s->block));
	nvmc_claim_medium(c, sh, g, s->block);
}

/* The blocks of a group that a run may take along. */
static bool nvmc_joins(const struct nvmc_shard *sh, const struct nvmc_group *g,
		       u32 at)
{
	return g->ready & ~g->writing & BIT_ULL(at) &&
	       !sh->slot[g->slots[at]].writers;
}

/*
 * May a run go over a block that it does not take along? A medium that erases
 * by the unit writes such a block anyway. Not one that it refused before, and
 * not one that cannot be read.
 */
static bool nvmc_bridges(const struct nvmc_shard *sh,
			 const struct nvmc_group *g, u32 at)
{
	if ((g->writing | g->holes) & BIT_ULL(at))
		return false;
	return !(g->present & BIT_ULL(at)) || !sh->slot[g->slots[at]].tries;
}

/* The last block that is worth going to from @at, by steps of 1 or -1. */
static u32 nvmc_reach(const struct nvmc *c, const struct nvmc_shard *sh,
		      const struct nvmc_group *g, u32 at, u32 step, u32 room)
{
	u32 last = at, gap = 0, p;

	for (p = at + step; p < 1U << c->group_shift && room; p += step) {
		room--;
		if (nvmc_joins(sh, g, p)) {
			last = p;
			gap = 0;
		} else if (++gap > c->geo.max_gap || !nvmc_bridges(sh, g, p)) {
			break;
		}
	}
	return last;
}

/* @run goes on with the block at @at, as slot @i if it is not NVMC_NONE. */
static void nvmc_append(const struct nvmc *c, struct nvmc_shard *sh,
			struct nvmc_group *g, u32 i, struct nvmc_run *run)
{
	u64 block = run->block + run->nr;

	run->slot[run->nr++] = i;
	if (i != NVMC_NONE) {
		nvmc_claim(c, sh, g, i);
		return;
	}
	nvmc_claim_medium(c, sh, g, block);
	sh->stats.bridged++;
}

static void nvmc_append_at(const struct nvmc *c, struct nvmc_shard *sh,
			   struct nvmc_group *g, u32 at, struct nvmc_run *run)
{
	nvmc_append(c, sh, g, nvmc_joins(sh, g, at) ? g->slots[at] : NVMC_NONE,
		    run);
}

static void nvmc_run_start(const struct nvmc *c, struct nvmc_shard *sh,
			   struct nvmc_group *g, u32 i, struct nvmc_run *run)
{
	const struct nvmc_slot *s = &sh->slot[i];
	u32 at = nvmc_place(c, s->block);
	u32 p = at;

	/* one that failed goes alone: it shall not take others with it */
	run->alone = run->one || s->tries;
	if (!run->alone)
		p = nvmc_reach(c, sh, g, at, -1, c->geo.max_run - 1);
	run->block = s->block - (at - p);
	run->nr = 0;
	for (; p < at; p++)
		nvmc_append_at(c, sh, g, p, run);
	nvmc_append(c, sh, g, i, run);
	sh->stats.runs++;
}

/**
 * nvmc_extend() - go on with a run in the next group
 * @c: the cache
 * @sh: the shard of the block after the run, @run->block + @run->nr
 * @run: from nvmc_pick(), not yet submitted
 *
 * Context: any, under the shard's lock.
 * Return: how many blocks were added. If not 0, it may go on in the group after.
 */
u32 nvmc_extend(const struct nvmc *c, struct nvmc_shard *sh,
		struct nvmc_run *run)
{
	u64 block = run->block + run->nr;
	struct nvmc_group *g = nvmc_group_find(c, sh, block);
	u32 at = nvmc_place(c, block);
	u32 before = run->nr, last;

	if (!g || run->alone || nvmc_is_held(c, sh, g))
		return 0;
	last = nvmc_reach(c, sh, g, at - 1, 1, c->geo.max_run - run->nr);
	for (; at != last + 1; at++)
		nvmc_append_at(c, sh, g, at, run);
	return run->nr - before;
}
EXPORT_SYMBOL_GPL(nvmc_extend);

/**
 * nvmc_gap_unread() - a block of a run that has no slot cannot be read
 * @c: the cache
 * @sh: the shard of @block
 * @block: number of the block
 *
 * The run, which the caller settles as refused, is tried again without it; and as
 * long as its erase unit is known here no other goes over it.
 *
 * Context: any, under the shard's lock, before the run is settled.
 */
void nvmc_gap_unread(const struct nvmc *c, struct nvmc_shard *sh, u64 block)
{
	nvmc_group_find(c, sh, block)->holes |= BIT_ULL(nvmc_place(c, block));
}
EXPORT_SYMBOL_GPL(nvmc_gap_unread);

/* Begin with this slot, if that is possible now. */
static enum nvmc_answer nvmc_try(const struct nvmc *c, struct nvmc_shard *sh,
				 u32 i, bool flush, struct nvmc_run *run)
{
	struct nvmc_slot *s = &sh->slot[i];
	struct nvmc_group *g = nvmc_group_find(c, sh, s->block);
	u32 at = nvmc_place(c, s->block);

	if (s->writers) {
		s->hold |= flush;
		return NVMC_NOTHING;
	}
	if (g->writing & BIT_ULL(at))
		return NVMC_NOTHING;
	if (s->valid != c->full) {
		run->slot[0] = i;
		if (nvmc_fill_begin(c, sh, i))
			return NVMC_FILL;
		if (flush && !g->held_for)
			g->held_for = at + 1;
		return NVMC_NOTHING;
	}
	/* It may be out of reach of who looks from the front: it is here. */
	if (nvmc_is_held(c, sh, g)) {
		run->slot[0] = g->slots[g->held_for - 1];
		return nvmc_fill_begin(c, sh, run->slot[0]) ? NVMC_FILL :
							      NVMC_NOTHING;
	}
	nvmc_run_start(c, sh, g, i, run);
	nvmc_extend(c, sh, run);
	return NVMC_RUN;
}

static enum nvmc_answer nvmc_pick_retry(const struct nvmc *c,
					struct nvmc_shard *sh, u32 now,
					struct nvmc_run *run)
{
	u32 i = sh->retry.head, next, looked;

	for (looked = 0; looked < NVMC_SCAN && i != NVMC_NONE; looked++) {
		struct nvmc_slot *s = &sh->slot[i];
		enum nvmc_answer a;

		if (!nvmc_is_past(s->stamp, now))
			break;
		next = s->next;
		a = nvmc_try(c, sh, i, sh->closing && s->gen != sh->gen, run);
		if (a != NVMC_NOTHING)
			return a;
		i = next;
	}
	return NVMC_NOTHING;
}

/*
 * Rewritten again and again: not now, to be written once instead of many times.
 * Not when a flush waits, which wants the list in its order, and not when old.
 */
static bool nvmc_postpone(const struct nvmc *c, struct nvmc_shard *sh, u32 i,
			  u32 now)
{
	struct nvmc_slot *s = &sh->slot[i];

	if (!READ_ONCE(s->hot) || sh->closing ||
	    nvmc_is_past(s->stamp + c->geo.max_age / 2, now))
		return false;
	WRITE_ONCE(s->hot, 0);
	nvmc_unlink(sh, &sh->dirty, i);
	nvmc_push(sh, &sh->dirty, i);
	return true;
}

/*
 * What somebody writes to just now is passed by: a process that has mapped it
 * takes his time, and it must not be in the way of the others.
 */
static enum nvmc_answer nvmc_pick_dirty(const struct nvmc *c,
					struct nvmc_shard *sh, u32 now,
					enum nvmc_why why,
					struct nvmc_run *run)
{
	u32 i = sh->dirty.head, next, looked = 0, passed = 0;

	while (i != NVMC_NONE && looked < NVMC_SCAN && passed < NVMC_PASS) {
		struct nvmc_slot *s = &sh->slot[i];
		enum nvmc_answer a;

		if (s->writers)
			passed++;
		else
			looked++;

		if (why == NVMC_WHY_FLUSH && s->gen == sh->gen)
			break;
		if (why == NVMC_WHY_AGE &&
		    !nvmc_is_past(s->stamp + c->geo.max_age, now))
			break;
		next = s->next;
		if (why != NVMC_WHY_AMOUNT || !nvmc_postpone(c, sh, i, now)) {
			a = nvmc_try(c, sh, i, why == NVMC_WHY_FLUSH, run);
			if (a != NVMC_NOTHING)
				return a;
		}
		i = next;
	}
	return NVMC_NOTHING;
}

/* Without memory for more slots little is much: see nvmc_write_new(). */
static bool nvmc_has_room(const struct nvmc_shard *sh)
{
	return sh->free.nr || sh->clean.nr;
}

static bool nvmc_is_much(struct nvmc_shard *sh)
{
	/* What failed takes its part of the room until it is written after all. */
	u32 nr = sh->dirty.nr + sh->retry.nr + sh->failed.nr;

	/* What failed is not looked for here: it comes again by itself. */
	if (!sh->dirty.nr)
		sh->draining = false;
	else if (nr > sh->high)
		sh->draining = true;
	else if (nr <= sh->low && nvmc_has_room(sh))
		sh->draining = false;
	return sh->draining;
}

/**
 * nvmc_pick() - find something to write back
 * @c: the cache
 * @sh: a shard
 * @now: tick
 * @run: its @slot has room for a whole run
 *
 * What a flush waits for comes first, then what is old, then what is much. A
 * run stays in its group: nvmc_extend() has it go on.
 *
 * One that asks a hung device (&nvmc_run.one) is of what it has not been asked for
 * yet if there is such: it may be one block that it never answers to.
 *
 * Context: any, under the shard's lock.
 * Return: NVMC_RUN: drain, write and settle @run. NVMC_FILL: fill @run->slot[0],
 * then again. NVMC_NOTHING.
 */
enum nvmc_answer nvmc_pick(const struct nvmc *c, struct nvmc_shard *sh,
			   u32 now, struct nvmc_run *run)
{
	enum nvmc_answer a = NVMC_NOTHING;

	if (!run->one)
		a = nvmc_pick_retry(c, sh, now, run);
	if (a == NVMC_NOTHING && sh->closing)
		a = nvmc_pick_dirty(c, sh, now, NVMC_WHY_FLUSH, run);
	if (a == NVMC_NOTHING)
		a = nvmc_pick_dirty(c, sh, now, NVMC_WHY_AGE, run);
	if (a == NVMC_NOTHING && nvmc_is_much(sh))
		a = nvmc_pick_dirty(c, sh, now, NVMC_WHY_AMOUNT, run);
	if (a == NVMC_NOTHING && run->one)
		a = nvmc_pick_retry(c, sh, now, run);
	return a;
}
EXPORT_SYMBOL_GPL(nvmc_pick);

/* How far the run is in the group of its block @from. */
static u32 nvmc_run_end(const struct nvmc *c, const struct nvmc_run *run,
			u32 from)
{
	u32 left = (1U << c->group_shift) - nvmc_place(c, run->block + from);

	return min(from + left, run->nr);
}

/**
 * nvmc_drained() - have the copies from a run's part of the mapping ended?
 * @c: the cache
 * @sh: the shard of block @from of the run
 * @run: a run that was claimed and not yet submitted
 * @from: 0, then what this returned
 *
 * New ones wait since the run was claimed.
 *
 * Context: any, under the shard's lock.
 * Return: how many of its blocks are ready: submit it when that is all of them.
 * If it is @from, wait until nvmc_mapping_end() says to wake.
 */
u32 nvmc_drained(const struct nvmc *c, struct nvmc_shard *sh,
		 const struct nvmc_run *run, u32 from)
{
	u32 end = nvmc_run_end(c, run, from);

	/*
	 * Claimed first, then the look: pairs with the one in __nvmc_peek_mapping().
	 * And the counter before all that the device does: a reader that is not
	 * there any more has loaded what it wanted.
	 */
	smp_mb();
	for (; from < end; from++) {
		struct nvmc_medium *m = nvmc_medium_of(c, sh,
						       run->block + from);

		if (atomic_read_acquire(&m->readers))
			break;
		WRITE_ONCE(m->drains, m->drains - 1);
	}
	return from;
}
EXPORT_SYMBOL_GPL(nvmc_drained);

/*
 * The data in flight was not the newest. If it is not on the medium, who waited
 * for it now waits for what came after it, and that is tried as often as this
 * would have been: or somebody who writes all the time would have him wait for ever.
 */
static void nvmc_settle_rewritten(const struct nvmc *c, struct nvmc_shard *sh,
				  u32 old, u32 newest, enum nvmc_end end,
				  u32 now)
{
	struct nvmc_slot *o = &sh->slot[old], *n = &sh->slot[newest];

	if (end == NVMC_WRITTEN || n->gen == o->gen) {
		sh->pending[o->gen]--;
	} else {
		sh->pending[n->gen]--;
		n->gen = o->gen;
	}
	if (end != NVMC_WRITTEN)
		nvmc_inherit(c, sh, newest, o->tries, end, now);
	nvmc_drop(sh, old);
}

static void nvmc_settle_block(const struct nvmc *c, struct nvmc_shard *sh,
			      u64 block, u32 i, enum nvmc_end end, u32 now)
{
	struct nvmc_group *g = nvmc_group_find(c, sh, block);
	u32 at = nvmc_place(c, block);
	struct nvmc_slot *s;

	WRITE_ONCE(g->writing, g->writing & ~BIT_ULL(at));
	if (end == NVMC_WRITTEN)
		g->holes &= ~BIT_ULL(at);
	if (i == NVMC_NONE)
		return;
	s = &sh->slot[i];
	if (s->state == NVMC_REWRITTEN) {
		nvmc_settle_rewritten(c, sh, i, g->slots[at], end, now);
	} else if (end == NVMC_WRITTEN) {
		sh->pending[s->gen]--;
		s->state = NVMC_CLEAN;
		s->tries = 0;
		nvmc_push(sh, &sh->clean, i);
	} else if (end == NVMC_SILENT) {
		nvmc_unanswered(c, sh, i, now);
	} else {
		nvmc_failed(c, sh, i, now);
	}
}

/**
 * nvmc_settle() - a command was completed
 * @c: the cache
 * @sh: the shard of block @from of the run
 * @run: the run
 * @from: 0, then what this returned, until it is @run->nr
 * @end: how, by nvmc_heard()
 * @now: tick
 *
 * Wake this shard's waiters afterwards.
 *
 * Context: any, under the shard's lock.
 * Return: the first block of the run that is in another group, perhaps in
 * another shard.
 */
u32 nvmc_settle(const struct nvmc *c, struct nvmc_shard *sh,
		const struct nvmc_run *run, u32 from, enum nvmc_end end,
		u32 now)
{
	u32 last = nvmc_run_end(c, run, from);

	nvmc_change_begin(sh);
	for (; from < last; from++)
		nvmc_settle_block(c, sh, run->block + from, run->slot[from],
				  end, now);
	nvmc_change_end(sh);
	return from;
}
EXPORT_SYMBOL_GPL(nvmc_settle);

/**
 * nvmc_flush_begin() - what is dirty now is to be written
 * @sh: a shard, in which no other flush is between begin and end
 * @now: tick
 *
 * What FAILED gets one more try.
 *
 * Context: any, under the shard's lock.
 */
void nvmc_flush_begin(struct nvmc_shard *sh, u32 now)
{
	u8 closing = sh->gen;

	sh->closing = true;
	sh->errors = 0;
	sh->gen ^= 1;
	while (sh->failed.nr) {
		u32 i = sh->failed.head;
		struct nvmc_slot *s = &sh->slot[i];

		nvmc_unlink(sh, &sh->failed, i);
		s->state = NVMC_DIRTY;
		s->tries = NVMC_TRIES - 1;
		s->stamp = now;
		s->gen = closing;
		sh->pending[closing]++;
		nvmc_push_first(sh, &sh->retry, i);
	}
}
EXPORT_SYMBOL_GPL(nvmc_flush_begin);

/**
 * nvmc_flush_done() - is nothing left of what a flush waits for?
 * @sh: a shard, after nvmc_flush_begin()
 *
 * Context: any, under the shard's lock.
 * Return: true if the medium or its buffer got all of it, or refused it.
 */
bool nvmc_flush_done(const struct nvmc_shard *sh)
{
	return !sh->pending[sh->gen ^ 1];
}
EXPORT_SYMBOL_GPL(nvmc_flush_done);

/* The next flush waits for what this one has given up. */
static void nvmc_put_off(struct nvmc_shard *sh)
{
	u8 closing = sh->gen ^ 1;
	u32 i;

	for (i = 0; i < sh->nr; i++) {
		sh->slot[i].gen = sh->gen;
		sh->slot[i].hold = false;
	}
	sh->pending[sh->gen] += sh->pending[closing];
	sh->pending[closing] = 0;
}

/**
 * nvmc_flush_end() - the flush is over
 * @sh: a shard in which it is done; or nobody waits any longer until it is
 *
 * Context: any, under the shard's lock.
 * Return: how many blocks are not on the medium, as it refused them or was not
 * waited for: the flush fails if there is one.
 */
u32 nvmc_flush_end(struct nvmc_shard *sh)
{
	u32 left = sh->pending[sh->gen ^ 1];

	sh->closing = false;
	if (left)
		nvmc_put_off(sh);
	return sh->errors + left;
}
EXPORT_SYMBOL_GPL(nvmc_flush_end);

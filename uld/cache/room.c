// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many slots have memory, and how many can be expected to. Whether memory can
 * be had shows only when it is asked for. Until it is refused all slots are room
 * for what is dirty; then it is those that have some, and the watermarks are that
 * of this.
 *
 * Beside what is dirty some more have memory, as many as the high watermark has
 * it: it is asked for before they are dirty, too, and the shrinker leaves them. So
 * it is refused while there is a way to go, on which writers are slowed down.
 */
#include "index.h"

/* So many blocks lie between the watermarks at least: or one command goes at a time. */
#define NVMC_SPAN	8U

static void nvmc_set_room(const struct nvmc *c, struct nvmc_shard *sh, u32 room)
{
	sh->room = room;
	sh->high = div_u64((u64)c->geo.high * room, sh->nr);
	sh->low = div_u64((u64)c->geo.low * room, sh->nr);
	if (room < sh->nr)
		sh->low = min(sh->low, sh->high - min(sh->high, NVMC_SPAN));
}

/* None has memory yet. */
void nvmc_room_init(const struct nvmc *c, struct nvmc_shard *sh)
{
	u32 i;

	for (i = 0; i < sh->nr; i++)
		nvmc_push(sh, &sh->empty, i);
	nvmc_set_room(c, sh, sh->nr);
}

/* To ask costs time, of who was refused just now. */
bool nvmc_may_ask(const struct nvmc_shard *sh, u32 now)
{
	return sh->room == sh->nr || nvmc_is_past(sh->ask_at, now);
}

/* Is more memory to be had before one more is dirty? */
bool nvmc_is_tight(const struct nvmc *c, const struct nvmc_shard *sh, u32 now)
{
	return sh->empty.nr && nvmc_may_ask(sh, now) &&
	       (u64)(nvmc_dirty(sh) + 1) * sh->nr >
	       (u64)c->geo.high * nvmc_has_memory(sh);
}

/**
 * nvmc_give() - a slot gets memory
 * @c: the cache
 * @sh: the shard
 *
 * The more can be had after it was refused the more is expected: each time about
 * twice as much as there is not.
 *
 * Context: any, under the shard's lock.
 * Return: the slot whose memory is now what the caller says, or NVMC_NONE: each
 * has some.
 */
u32 nvmc_give(const struct nvmc *c, struct nvmc_shard *sh)
{
	u32 i = sh->empty.head, expected = sh->room - nvmc_has_memory(sh);

	if (i == NVMC_NONE)
		return i;
	nvmc_unlink(sh, &sh->empty, i);
	nvmc_set_free(sh, i);
	if (sh->room < sh->nr)
		nvmc_set_room(c, sh, min(sh->room + expected + 2, sh->nr));
	return i;
}
EXPORT_SYMBOL_GPL(nvmc_give);

/**
 * nvmc_refused_memory() - there is none, whatever is done for it
 * @c: the cache
 * @sh: the shard
 * @now: tick
 *
 * Context: any, under the shard's lock.
 */
void nvmc_refused_memory(const struct nvmc *c, struct nvmc_shard *sh, u32 now)
{
	sh->ask_at = now + c->geo.backoff;
	nvmc_set_room(c, sh, max(nvmc_has_memory(sh), 1U));
}
EXPORT_SYMBOL_GPL(nvmc_refused_memory);

/**
 * nvmc_spare() - slots whose memory could go
 * @c: the cache
 * @sh: the shard
 *
 * Context: any; without the shard's lock it is a guess.
 * Return: how many.
 */
u32 nvmc_spare(const struct nvmc *c, const struct nvmc_shard *sh)
{
	u32 has = nvmc_has_memory(sh), idle, keep;

	idle = READ_ONCE(sh->free.nr) + READ_ONCE(sh->clean.nr);
	/* Not what the next who writes asks for again. */
	keep = div_u64((u64)(nvmc_dirty(sh) + 1) * sh->nr + c->geo.high - 1,
		       c->geo.high);
	keep = max(keep, c->geo.reserve);
	return has > keep ? min(has - keep, idle) : 0;
}
EXPORT_SYMBOL_GPL(nvmc_spare);

/**
 * nvmc_shrink() - a slot gives its memory back
 * @c: the cache
 * @sh: the shard
 *
 * Context: any, under the shard's lock.
 * Return: the slot whose memory is now the caller's, or NVMC_NONE: there is none
 * to spare.
 */
u32 nvmc_shrink(const struct nvmc *c, struct nvmc_shard *sh)
{
	u32 i = nvmc_spare(c, sh) ? nvmc_take(c, sh) : NVMC_NONE;

	if (i == NVMC_NONE)
		return NVMC_NONE;
	sh->slot[i].state = NVMC_EMPTY;
	nvmc_push(sh, &sh->empty, i);
	return i;
}
EXPORT_SYMBOL_GPL(nvmc_shrink);

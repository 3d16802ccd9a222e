// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many slots have memory, and how many can be expected to. Whether memory can
 * be had shows only when it is asked for. Until it is refused all slots are room
 * for what is dirty; then it is those that have some, and the watermarks are that
 * of this: write-back begins, and writers are slowed down, before there is none.
 */
#include "index.h"

/* Memory that comes again is no promise of more than such a part of the room. */
#define NVMC_TRUST	8

/* How many slots can have memory from now on, 1 or more. */
void nvmc_set_room(const struct nvmc *c, struct nvmc_shard *sh, u32 room)
{
	sh->room = room;
	sh->high = div_u64((u64)c->geo.high * room, sh->nr);
	sh->low = div_u64((u64)c->geo.low * room, sh->nr);
}

/**
 * nvmc_give() - a slot gets memory
 * @c: the cache
 * @sh: the shard
 *
 * Context: any, under the shard's lock.
 * Return: the slot whose memory is now what the caller says, or NVMC_NONE: each
 * has some.
 */
u32 nvmc_give(const struct nvmc *c, struct nvmc_shard *sh)
{
	u32 i = sh->empty.head;

	if (i == NVMC_NONE)
		return i;
	nvmc_unlink(sh, &sh->empty, i);
	nvmc_set_free(sh, i);
	if (sh->room < sh->nr)
		nvmc_set_room(c, sh, min(sh->room + 1 + sh->room / NVMC_TRUST,
					 sh->nr));
	return i;
}
EXPORT_SYMBOL_GPL(nvmc_give);

/**
 * nvmc_shrink() - a slot gives its memory back
 * @c: the cache
 * @sh: the shard
 *
 * Context: any, under the shard's lock.
 * Return: the slot whose memory is now the caller's, or NVMC_NONE: what is left
 * is dirty or the reserve.
 */
u32 nvmc_shrink(const struct nvmc *c, struct nvmc_shard *sh)
{
	u32 i;

	if (nvmc_has_memory(sh) <= c->geo.reserve ||
	    nvmc_take(c, sh, false, &i) != NVMC_HIT)
		return NVMC_NONE;
	sh->slot[i].state = NVMC_EMPTY;
	nvmc_push(sh, &sh->empty, i);
	return i;
}
EXPORT_SYMBOL_GPL(nvmc_shrink);

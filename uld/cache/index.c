// SPDX-License-Identifier: GPL-2.0-only
/*
 * The index of a shard: from a block to its group, and from there to its slot.
 * All that it needs is made once.
 */
#include "index.h"

void nvmc_list_init(struct nvmc_list *l)
{
	l->head = NVMC_NONE;
	l->tail = NVMC_NONE;
	l->nr = 0;
}

void nvmc_push(struct nvmc_shard *sh, struct nvmc_list *l, u32 i)
{
	struct nvmc_slot *s = &sh->slot[i];

	s->prev = l->tail;
	s->next = NVMC_NONE;
	if (l->tail == NVMC_NONE)
		l->head = i;
	else
		sh->slot[l->tail].next = i;
	l->tail = i;
	l->nr++;
}

void nvmc_push_first(struct nvmc_shard *sh, struct nvmc_list *l, u32 i)
{
	struct nvmc_slot *s = &sh->slot[i];

	s->prev = NVMC_NONE;
	s->next = l->head;
	if (l->head == NVMC_NONE)
		l->tail = i;
	else
		sh->slot[l->head].prev = i;
	l->head = i;
	l->nr++;
}

void nvmc_unlink(struct nvmc_shard *sh, struct nvmc_list *l, u32 i)
{
	struct nvmc_slot *s = &sh->slot[i];

	if (s->prev == NVMC_NONE)
		l->head = s->next;
	else
		sh->slot[s->prev].next = s->next;
	if (s->next == NVMC_NONE)
		l->tail = s->prev;
	else
		sh->slot[s->next].prev = s->prev;
	l->nr--;
}

struct nvmc_group *nvmc_group_find(const struct nvmc *c, struct nvmc_shard *sh,
				   u64 block)
{
	u64 nr = block >> c->group_shift;
	u32 i = *nvmc_bucket(sh, nr);

	while (i != NVMC_NONE) {
		struct nvmc_group *g = nvmc_group_at(c, sh, i);

		if (g->nr == nr)
			return g;
		i = g->next;
	}
	return NULL;
}

/*
 * A group is used by slots and by discards, which are counted: there is always
 * one left for another. Between nvmc_change_begin() and _end().
 */
struct nvmc_group *nvmc_group_get(const struct nvmc *c, struct nvmc_shard *sh,
				  u64 block)
{
	struct nvmc_group *g = nvmc_group_find(c, sh, block);
	u32 i, *bucket;

	if (g)
		return g;
	i = sh->unused;
	g = nvmc_group_at(c, sh, i);
	sh->unused = g->next;
	WRITE_ONCE(g->nr, block >> c->group_shift);
	g->held_for = 0;
	WRITE_ONCE(g->present, 0);
	g->ready = 0;
	WRITE_ONCE(g->writing, 0);
	g->holes = 0;
	bucket = nvmc_bucket(sh, g->nr);
	WRITE_ONCE(g->next, *bucket);
	WRITE_ONCE(*bucket, i);
	return g;
}

static void nvmc_group_put(const struct nvmc *c, struct nvmc_shard *sh,
			   struct nvmc_group *g)
{
	u32 *link = nvmc_bucket(sh, g->nr);
	u32 i;

	while (nvmc_group_at(c, sh, *link) != g)
		link = &nvmc_group_at(c, sh, *link)->next;
	i = *link;
	WRITE_ONCE(*link, g->next);
	WRITE_ONCE(g->next, sh->unused);
	sh->unused = i;
}

/* Unless somebody uses it. Between nvmc_change_begin() and _end(). */
void nvmc_group_release(const struct nvmc *c, struct nvmc_shard *sh,
			struct nvmc_group *g)
{
	if (!g->present && !g->writing)
		nvmc_group_put(c, sh, g);
}

/* A block has no slot any more; it is not in flight. */
void nvmc_detach(const struct nvmc *c, struct nvmc_shard *sh, u64 block)
{
	struct nvmc_group *g = nvmc_group_find(c, sh, block);
	u64 bit = BIT_ULL(nvmc_place(c, block));

	nvmc_change_begin(sh);
	WRITE_ONCE(g->present, g->present & ~bit);
	g->ready &= ~bit;
	nvmc_group_release(c, sh, g);
	nvmc_change_end(sh);
}

/*
 * The mapping of a block is about to be undefined. Between nvmc_change_begin()
 * and _end().
 */
void nvmc_make_busy(const struct nvmc *c, struct nvmc_shard *sh,
		    struct nvmc_group *g, u64 block)
{
	struct nvmc_medium *m = nvmc_medium_of(c, sh, block);

	WRITE_ONCE(g->writing, g->writing | BIT_ULL(nvmc_place(c, block)));
	WRITE_ONCE(m->drains, m->drains + 1);
}

static bool nvmc_geometry_ok(const struct nvmc_geometry *geo)
{
	return is_power_of_2(geo->block) && geo->block >= NVMC_SECTOR &&
	       geo->block <= NVMC_SECTOR * NVMC_BITS &&
	       is_power_of_2(geo->erase_unit) &&
	       is_power_of_2(geo->busy_unit) &&
	       geo->busy_unit / geo->block <= NVMC_BITS && geo->max_run &&
	       (!geo->max_gap || geo->busy_unit <= geo->block) &&
	       is_power_of_2(geo->shards) && geo->shards <= 65536 &&
	       geo->reserve && geo->high && geo->low <= geo->high &&
	       geo->slots / geo->shards > max(geo->reserve, geo->high) &&
	       geo->slots < NVMC_NONE / 2;
}

static u32 nvmc_blocks_shift(const struct nvmc_geometry *geo, u32 bytes)
{
	return ilog2(max(bytes, geo->block)) - ilog2(geo->block);
}

static int nvmc_shard_init(const struct nvmc *c, struct nvmc_shard *sh)
{
	u32 nr = c->geo.slots / c->geo.shards;
	u32 buckets = roundup_pow_of_two(max(nr, 2U));
	u32 groups = nr + NVMC_DISCARDS;
	u32 i;

	nvmc_list_init(&sh->empty);
	nvmc_list_init(&sh->free);
	nvmc_list_init(&sh->clean);
	nvmc_list_init(&sh->dirty);
	nvmc_list_init(&sh->retry);
	nvmc_list_init(&sh->failed);
	sh->slot = pure_calloc(nr, sizeof(*sh->slot));
	sh->buckets = pure_calloc(buckets, sizeof(*sh->buckets));
	sh->groups = pure_calloc(groups, c->group_size);
	if (!sh->slot || !sh->buckets || !sh->groups)
		return -ENOMEM;
	sh->nr = nr;
	sh->bucket_shift = 64 - ilog2(buckets);
	for (i = 0; i < buckets; i++)
		sh->buckets[i] = NVMC_NONE;
	for (i = 0; i < groups; i++)
		nvmc_group_at(c, sh, i)->next = i + 1 < groups ? i + 1 :
								 NVMC_NONE;
	nvmc_room_init(c, sh);
	return 0;
}

/**
 * nvmc_init() - make an empty cache
 * @c: all zero
 * @geo: copied
 *
 * No slot has memory yet: nvmc_give() it at least the reserve of each shard.
 *
 * Context: may sleep.
 * Return: 0, -EINVAL for an impossible geometry, -ENOMEM.
 */
int nvmc_init(struct nvmc *c, const struct nvmc_geometry *geo)
{
	u32 unit, i;

	if (!nvmc_geometry_ok(geo))
		return -EINVAL;
	c->geo = *geo;
	c->block_shift = ilog2(geo->block);
	c->busy_shift = nvmc_blocks_shift(geo, geo->busy_unit);
	unit = nvmc_blocks_shift(geo, geo->erase_unit);
	c->group_shift = max(min(unit, (u32)ilog2(NVMC_BITS)), c->busy_shift);
	c->group_mask = (1ULL << c->group_shift) - 1;
	c->group_size = sizeof(struct nvmc_group) +
			sizeof(u32) * max(1U << c->group_shift, 2U);
	c->full = GENMASK_ULL(geo->block / NVMC_SECTOR - 1, 0);
	c->shards = pure_calloc(geo->shards, sizeof(*c->shards));
	if (!c->shards)
		return -ENOMEM;
	for (i = 0; i < geo->shards; i++) {
		if (nvmc_shard_init(c, &c->shards[i])) {
			nvmc_exit(c);
			return -ENOMEM;
		}
	}
	return 0;
}
EXPORT_SYMBOL_GPL(nvmc_init);

/**
 * nvmc_exit() - free what nvmc_init() made; the slots' memory is the caller's
 * @c: the cache
 *
 * Context: may sleep.
 */
void nvmc_exit(struct nvmc *c)
{
	u32 i;

	for (i = 0; c->shards && i < c->geo.shards; i++) {
		pure_free(c->shards[i].slot);
		pure_free(c->shards[i].buckets);
		pure_free(c->shards[i].groups);
	}
	pure_free(c->shards);
	c->shards = NULL;
}
EXPORT_SYMBOL_GPL(nvmc_exit);

/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the pure half share with each other. */
#ifndef NVMC_INDEX_H
#define NVMC_INDEX_H

#include "cache.h"

void nvmc_list_init(struct nvmc_list *l);
void nvmc_push(struct nvmc_shard *sh, struct nvmc_list *l, u32 i);
void nvmc_push_first(struct nvmc_shard *sh, struct nvmc_list *l, u32 i);
void nvmc_unlink(struct nvmc_shard *sh, struct nvmc_list *l, u32 i);
struct nvmc_group *nvmc_group_find(const struct nvmc *c, struct nvmc_shard *sh,
				   u64 block);
struct nvmc_group *nvmc_group_get(const struct nvmc *c, struct nvmc_shard *sh,
				  u64 block);
void nvmc_group_release(const struct nvmc *c, struct nvmc_shard *sh,
			struct nvmc_group *g);
void nvmc_detach(const struct nvmc *c, struct nvmc_shard *sh, u64 block);
void nvmc_make_busy(const struct nvmc *c, struct nvmc_shard *sh,
		    struct nvmc_group *g, u64 block);

/* room.c */
void nvmc_room_init(const struct nvmc *c, struct nvmc_shard *sh);
bool nvmc_may_ask(const struct nvmc_shard *sh, u32 now);
bool nvmc_is_tight(const struct nvmc *c, const struct nvmc_shard *sh, u32 now);

/* slot.c, for the others */
u32 nvmc_take(const struct nvmc *c, struct nvmc_shard *sh);
void nvmc_set_free(struct nvmc_shard *sh, u32 i);
void nvmc_leave_list(struct nvmc_shard *sh, u32 i);
void nvmc_update_ready(const struct nvmc *c, struct nvmc_shard *sh, u32 i);
bool nvmc_fill_begin(const struct nvmc *c, struct nvmc_shard *sh, u32 i);
void nvmc_make_dirty(const struct nvmc *c, struct nvmc_shard *sh, u32 i);
void nvmc_drop(struct nvmc_shard *sh, u32 i);

/* refused.c */
void nvmc_unanswered(const struct nvmc *c, struct nvmc_shard *sh, u32 i,
		     u32 now);
void nvmc_failed(const struct nvmc *c, struct nvmc_shard *sh, u32 i, u32 now);
void nvmc_inherit(const struct nvmc *c, struct nvmc_shard *sh, u32 i,
		  u8 tries, enum nvmc_end end, u32 now);

/* writeback.c, for forget.c */
bool nvmc_is_held(const struct nvmc *c, const struct nvmc_shard *sh,
		  struct nvmc_group *g);

/*
 * What nvmc_peek() looks at changes only between these two, under the lock: the
 * chains of groups, what is present, what is being written, and by that which
 * slot may get other data. Not among it are a slot's sectors, of which there
 * come only more as long as it is a block's, and its hotness, which is a hint.
 *
 * As with any seqcount: who sees a part of the change sees in nvmc_unchanged()
 * that it began; who sees that it ended sees all of it, and what the changer
 * knew of before, such as data that a command has brought to the medium.
 */
static inline void nvmc_change_begin(struct nvmc_shard *sh)
{
	WRITE_ONCE(sh->seq, sh->seq + 1);
	/* Pairs with nvmc_unchanged(). */
	smp_wmb();
}

static inline void nvmc_change_end(struct nvmc_shard *sh)
{
	/* Pairs with nvmc_peek(). */
	smp_store_release(&sh->seq, sh->seq + 1);
}

static inline u32 nvmc_place(const struct nvmc *c, u64 block)
{
	return block & c->group_mask;
}

static inline struct nvmc_group *nvmc_group_at(const struct nvmc *c,
					       const struct nvmc_shard *sh,
					       u32 i)
{
	return sh->groups + (size_t)i * c->group_size;
}

/* The shard is taken from the 16 bits above, see nvmc_shard_of(). */
static inline u32 *nvmc_bucket_of(struct nvmc_shard *sh, u64 hash)
{
	return &sh->buckets[hash << 16 >> sh->bucket_shift];
}

static inline u32 *nvmc_bucket(struct nvmc_shard *sh, u64 nr)
{
	return nvmc_bucket_of(sh, nvmc_hash(nr));
}

/* The slot that has the newest data of a block, or NVMC_NONE. */
static inline u32 nvmc_newest(const struct nvmc *c, const struct nvmc_group *g,
			      u64 block)
{
	u32 at = nvmc_place(c, block);

	return g && READ_ONCE(g->present) & BIT_ULL(at) ?
	       READ_ONCE(g->slots[at]) : NVMC_NONE;
}

/* Is the mapping of a block undefined? A busy unit is never of two groups. */
static inline bool nvmc_is_busy(const struct nvmc *c,
				const struct nvmc_group *g, u64 block)
{
	u64 writing = g ? READ_ONCE(g->writing) : 0;
	u32 first, last;

	if (likely(!writing))
		return false;
	first = nvmc_place(c, block) >> c->busy_shift << c->busy_shift;
	last = first + (1U << c->busy_shift) - 1;
	return writing & GENMASK_ULL(last, first);
}

/* Ticks wrap. */
static inline bool nvmc_is_past(u32 tick, u32 now)
{
	return (s32)(now - tick) >= 0;
}

#endif /* NVMC_INDEX_H */

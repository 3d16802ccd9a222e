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
bool nvmc_is_busy(const struct nvmc *c, const struct nvmc_group *g, u64 block);
struct nvmc_medium *nvmc_medium_of(const struct nvmc *c, struct nvmc_shard *sh,
				   u64 block);

/* slot.c, for writeback.c */
bool nvmc_fill_begin(const struct nvmc *c, struct nvmc_shard *sh, u32 i);
void nvmc_make_dirty(const struct nvmc *c, struct nvmc_shard *sh, u32 i);
void nvmc_drop(struct nvmc_shard *sh, u32 i);
void nvmc_failed(const struct nvmc *c, struct nvmc_shard *sh, u32 i, u32 now);

/* writeback.c, for forget.c */
bool nvmc_is_held(const struct nvmc *c, const struct nvmc_shard *sh,
		  struct nvmc_group *g);

static inline u32 nvmc_place(const struct nvmc *c, u64 block)
{
	return block & (BIT_ULL(c->group_shift) - 1);
}

static inline struct nvmc_group *nvmc_group_at(const struct nvmc *c,
					       const struct nvmc_shard *sh,
					       u32 i)
{
	return sh->groups + (size_t)i * c->group_size;
}

/* The slot that has the newest data of a block, or NVMC_NONE. */
static inline u32 nvmc_newest(const struct nvmc *c, const struct nvmc_group *g,
			      u64 block)
{
	u32 at = nvmc_place(c, block);

	return g && g->present & BIT_ULL(at) ? g->slots[at] : NVMC_NONE;
}

#endif /* NVMC_INDEX_H */

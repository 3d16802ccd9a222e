/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nvmc_peek(), inline: a read of what is cached is some hundred instructions, of
 * which a call would be a tenth.
 */
#ifndef NVMC_PEEK_H
#define NVMC_PEEK_H

#include "index.h"

static __always_inline enum nvmc_answer
__nvmc_peek_mapping(const struct nvmc *c, struct nvmc_shard *sh,
		    const struct nvmc_group *g, u64 block)
{
	struct nvmc_medium *m = nvmc_medium_of(c, sh, block);

	if ((g && nvmc_is_busy(c, g, block)) || READ_ONCE(m->drains))
		return NVMC_WAIT;
	atomic_inc(&m->readers);
	/*
	 * Counted first, then the look: pairs with the barrier in nvmc_drained().
	 * Either the command sees the reader there, and waits, or
	 * nvmc_unchanged() sees here that it was claimed.
	 */
	smp_mb__after_atomic();
	return NVMC_MAPPING;
}

static __always_inline enum nvmc_answer
__nvmc_peek_slot(const struct nvmc *c, struct nvmc_shard *sh, u32 i)
{
	struct nvmc_slot *s = &sh->slot[i];

	/* Who sees the sectors sees the data: pairs with nvmc_add_sectors(). */
	if (unlikely(smp_load_acquire(&s->valid) != c->full))
		return NVMC_WAIT;
	if (unlikely(!READ_ONCE(s->hot)))
		WRITE_ONCE(s->hot, 1);
	return NVMC_HIT;
}

/*
 * As nvmc_group_find(). A chain that changes meanwhile may lead into others, or
 * in circles: so not all of it.
 */
static __always_inline enum nvmc_answer
__nvmc_peek_group(const struct nvmc *c, struct nvmc_shard *sh, u64 block,
		  u32 *slot)
{
	u64 nr = block >> c->group_shift;
	u32 i = READ_ONCE(*nvmc_bucket(sh, nr));
	const struct nvmc_group *g;
	u32 looked, at;

	for (looked = 0; i != NVMC_NONE; looked++) {
		g = nvmc_group_at(c, sh, i);
		if (likely(READ_ONCE(g->nr) == nr)) {
			at = nvmc_place(c, block);
			if (!(READ_ONCE(g->present) & BIT_ULL(at)))
				return __nvmc_peek_mapping(c, sh, g, block);
			*slot = READ_ONCE(g->slots[at]);
			return __nvmc_peek_slot(c, sh, *slot);
		}
		if (looked == NVMC_PEEK)
			return NVMC_WAIT;
		i = READ_ONCE(g->next);
	}
	return __nvmc_peek_mapping(c, sh, NULL, block);
}

/* See nvmc_peek(). */
static __always_inline struct nvmc_seen __nvmc_peek(const struct nvmc *c,
						    struct nvmc_shard *sh,
						    u64 block)
{
	struct nvmc_seen seen = { .answer = NVMC_WAIT };

	/* Pairs with nvmc_change_end(). */
	seen.seq = smp_load_acquire(&sh->seq);
	if (likely(!(seen.seq & 1)))
		seen.answer = __nvmc_peek_group(c, sh, block, &seen.slot);
	return seen;
}

#endif /* NVMC_PEEK_H */

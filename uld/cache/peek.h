/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nvmc_peek(), inline: a read of what is cached is some hundred instructions, of
 * which a call would be a tenth. What is known of a block without the shard is
 * computed once, before the barrier that makes the compiler forget it.
 */
#ifndef NVMC_PEEK_H
#define NVMC_PEEK_H

#include "index.h"

/**
 * struct nvmc_key - a block as the index knows it
 * @block: its number
 * @nr: that of its group
 * @hash: of @nr
 * @at: its place in the group
 */
struct nvmc_key {
	u64	block;
	u64	nr;
	u64	hash;
	u32	at;
};

static __always_inline struct nvmc_key nvmc_key(const struct nvmc *c, u64 block)
{
	struct nvmc_key key = {
		.block	= block,
		.nr	= block >> c->group_shift,
		.at	= nvmc_place(c, block),
	};

	key.hash = nvmc_hash(key.nr);
	return key;
}

static __always_inline void __nvmc_peek_mapping(const struct nvmc *c,
						struct nvmc_shard *sh,
						const struct nvmc_group *g,
						const struct nvmc_key *key,
						struct nvmc_seen *seen)
{
	struct nvmc_medium *m = nvmc_medium_of(c, sh, key->block);

	if (nvmc_is_busy(c, g, key->block) || READ_ONCE(m->drains))
		return;
	atomic_inc(&m->readers);
	/*
	 * Counted first, then the look: pairs with the barrier in nvmc_drained().
	 * Either the command sees the reader there, and waits, or
	 * nvmc_unchanged() sees here that it was claimed.
	 */
	smp_mb__after_atomic();
	seen->medium = m;
	seen->answer = NVMC_MAPPING;
}

static __always_inline void __nvmc_peek_slot(const struct nvmc *c,
					     struct nvmc_shard *sh, u32 i,
					     struct nvmc_seen *seen)
{
	struct nvmc_slot *s = &sh->slot[i];

	/* Who sees the sectors sees the data: pairs with nvmc_add_sectors(). */
	if (unlikely(smp_load_acquire(&s->valid) != c->full))
		return;
	if (unlikely(!READ_ONCE(s->hot)))
		WRITE_ONCE(s->hot, 1);
	seen->slot = i;
	seen->answer = NVMC_HIT;
}

/*
 * As nvmc_group_find(). A chain that changes meanwhile may lead into others, or
 * in circles: so not all of it.
 */
static __always_inline void __nvmc_peek_group(const struct nvmc *c,
					      struct nvmc_shard *sh,
					      const struct nvmc_key *key,
					      struct nvmc_seen *seen)
{
	u32 i = READ_ONCE(*nvmc_bucket_of(sh, key->hash));
	const struct nvmc_group *g = NULL;
	u32 looked = 0;

	while (i != NVMC_NONE) {
		g = nvmc_group_at(c, sh, i);
		if (likely(READ_ONCE(g->nr) == key->nr))
			break;
		if (looked++ == NVMC_PEEK)
			return;
		i = READ_ONCE(g->next);
		g = NULL;
	}
	if (g && READ_ONCE(g->present) & BIT_ULL(key->at))
		__nvmc_peek_slot(c, sh, READ_ONCE(g->slots[key->at]), seen);
	else
		__nvmc_peek_mapping(c, sh, g, key, seen);
}

/* See nvmc_peek(). */
static __always_inline struct nvmc_seen
__nvmc_peek(const struct nvmc *c, struct nvmc_shard *sh,
	    const struct nvmc_key *key)
{
	struct nvmc_seen seen = { .answer = NVMC_WAIT, .sh = sh };

	/* Pairs with nvmc_change_end(). */
	seen.seq = smp_load_acquire(&sh->seq);
	if (likely(!(seen.seq & 1)))
		__nvmc_peek_group(c, sh, key, &seen);
	return seen;
}

#endif /* NVMC_PEEK_H */

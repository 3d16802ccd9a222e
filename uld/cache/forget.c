// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blocks that nobody needs any more: the cache forgets what it has of them. Where
 * the medium is told, the command excludes others as that of a run does.
 */
#include "index.h"

static u32 nvmc_left_in_group(const struct nvmc *c, u64 block)
{
	return (1U << c->group_shift) - nvmc_place(c, block);
}

/**
 * nvmc_forget_some() - blocks were discarded, and the medium is not told
 * @c: the cache
 * @sh: the shard of @block
 * @block: number of the first
 * @nr: how many
 *
 * Context: any, under the shard's lock.
 * Return: of how many from @block on, all in one group, nothing is cached any
 * more: wake this shard's waiters. 0: see nvmc_forget().
 */
u32 nvmc_forget_some(const struct nvmc *c, struct nvmc_shard *sh, u64 block,
		     u32 nr)
{
	u32 n;

	nr = min(nr, nvmc_left_in_group(c, block));
	if (!nvmc_group_find(c, sh, block))
		return nr;
	for (n = 0; n < nr; n++)
		if (nvmc_forget(c, sh, block + n) == NVMC_WAIT)
			break;
	return n;
}
EXPORT_SYMBOL_GPL(nvmc_forget_some);

/* Forgotten, and with no command in flight that might end later. */
static bool nvmc_gives_up(const struct nvmc *c, struct nvmc_shard *sh,
			  u64 block)
{
	const struct nvmc_group *g = nvmc_group_find(c, sh, block);

	if (g && g->writing & BIT_ULL(nvmc_place(c, block)))
		return false;
	return nvmc_forget(c, sh, block) != NVMC_WAIT;
}

static bool nvmc_may_discard(const struct nvmc *c, struct nvmc_shard *sh,
			     const struct nvmc_run *run)
{
	u64 block = run->block + run->nr;
	struct nvmc_group *g = nvmc_group_find(c, sh, block);

	/* What is left of a group that could not be had as a whole. */
	if (run->nr && nvmc_place(c, block))
		return false;
	return sh->discards < NVMC_DISCARDS && !(g && nvmc_is_held(c, sh, g));
}

/**
 * nvmc_discard_begin() - blocks were discarded, and the medium will be told
 * @c: the cache
 * @sh: the shard of the block after the run, @run->block + @run->nr
 * @run: with nothing in it but where it begins, or to go on with; @run->slot is
 *	 not used
 * @most: how many blocks to add
 *
 * They are forgotten, and in flight: once nvmc_drained() says so, the command is
 * to be submitted. What is written to them meanwhile is not written back before
 * nvmc_discard_end(), and what is on the medium is not read.
 *
 * Context: any, under the shard's lock.
 * Return: how many blocks, all in one group, were added: wake this shard's
 * waiters. 0: submit what the run has; if that is nothing, wait.
 */
u32 nvmc_discard_begin(const struct nvmc *c, struct nvmc_shard *sh,
		       struct nvmc_run *run, u32 most)
{
	u64 block = run->block + run->nr;
	struct nvmc_group *g;
	u32 n, i;

	if (!nvmc_may_discard(c, sh, run))
		return 0;
	most = min(most, nvmc_left_in_group(c, block));
	for (n = 0; n < most && nvmc_gives_up(c, sh, block + n); n++)
		;
	if (!n)
		return 0;
	nvmc_change_begin(sh);
	g = nvmc_group_get(c, sh, block);
	for (i = 0; i < n; i++)
		nvmc_make_busy(c, sh, g, block + i);
	nvmc_change_end(sh);
	sh->discards++;
	sh->stats.discarded += n;
	run->nr += n;
	return n;
}
EXPORT_SYMBOL_GPL(nvmc_discard_begin);

/**
 * nvmc_discard_end() - the command was completed, or there will be none
 * @c: the cache
 * @sh: the shard of block @from of the run
 * @run: from nvmc_discard_begin(), drained
 * @from: 0, then what this returned, until it is @run->nr
 *
 * Wake this shard's waiters afterwards.
 *
 * Context: any, under the shard's lock.
 * Return: the first block of the run that is in another group, perhaps in
 * another shard.
 */
u32 nvmc_discard_end(const struct nvmc *c, struct nvmc_shard *sh,
		     const struct nvmc_run *run, u32 from)
{
	struct nvmc_group *g = nvmc_group_find(c, sh, run->block + from);
	u32 end = min(from + nvmc_left_in_group(c, run->block + from), run->nr);

	nvmc_change_begin(sh);
	for (; from < end; from++) {
		u64 bit = BIT_ULL(nvmc_place(c, run->block + from));

		WRITE_ONCE(g->writing, g->writing & ~bit);
		g->holes &= ~bit;
	}
	nvmc_group_release(c, sh, g);
	nvmc_change_end(sh);
	sh->discards--;
	return end;
}
EXPORT_SYMBOL_GPL(nvmc_discard_end);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What becomes of a block that the medium did not take: tried later and alone,
 * given up after so many tries, and what that is to newer data of the same block.
 */
#include "index.h"

static void nvmc_try_later(const struct nvmc *c, struct nvmc_shard *sh, u32 i,
			   u32 now)
{
	struct nvmc_slot *s = &sh->slot[i];

	s->state = NVMC_DIRTY;
	s->stamp = now + c->geo.backoff;
	nvmc_push(sh, &sh->retry, i);
}

/* Nobody said anything of a block, on no list: later again, alone. */
void nvmc_unanswered(const struct nvmc *c, struct nvmc_shard *sh, u32 i,
		     u32 now)
{
	struct nvmc_slot *s = &sh->slot[i];

	sh->stats.failures++;
	if (!s->tries)
		s->tries = 1;
	nvmc_try_later(c, sh, i, now);
}

/* Who waits for it has waited long enough, and is told. */
static void nvmc_give_up(struct nvmc_shard *sh, const struct nvmc_slot *s)
{
	sh->pending[s->gen]--;
	if (sh->closing && s->gen != sh->gen)
		sh->errors++;
}

/* The medium refused a block, on no list: later again, or not any more. */
void nvmc_failed(const struct nvmc *c, struct nvmc_shard *sh, u32 i, u32 now)
{
	struct nvmc_slot *s = &sh->slot[i];

	sh->stats.failures++;
	s->hold = false;
	s->tries = min(s->tries + 1U, NVMC_TRIES);
	if (s->tries < NVMC_TRIES) {
		nvmc_try_later(c, sh, i, now);
		return;
	}
	s->state = NVMC_FAILED;
	nvmc_give_up(sh, s);
	nvmc_push(sh, &sh->failed, i);
}

/*
 * As above, while somebody is at it: it cannot be given up then, but after the
 * last try who waits for it does not any longer.
 */
static void nvmc_failed_in_use(struct nvmc_shard *sh, struct nvmc_slot *s,
			       enum nvmc_end end)
{
	sh->stats.failures++;
	if (end == NVMC_REFUSED && s->tries >= NVMC_TRIES - 1) {
		nvmc_give_up(sh, s);
		s->gen = sh->gen;
		sh->pending[s->gen]++;
		s->tries = NVMC_TRIES - 1;
	} else if (end == NVMC_REFUSED || !s->tries) {
		s->tries++;
	}
}

/*
 * An older version of a block was not written, after @tries others: as if it
 * were this one, which is dirty or just being filled.
 */
void nvmc_inherit(const struct nvmc *c, struct nvmc_shard *sh, u32 i,
		  u8 tries, enum nvmc_end end, u32 now)
{
	struct nvmc_slot *s = &sh->slot[i];
	bool dirty = s->state == NVMC_DIRTY;

	nvmc_leave_list(sh, i);
	s->hold = false;
	s->tries = max(s->tries, tries);
	if (!dirty || s->writers) {
		nvmc_failed_in_use(sh, s, end);
		if (dirty)
			nvmc_try_later(c, sh, i, now);
	} else if (end == NVMC_REFUSED) {
		nvmc_failed(c, sh, i, now);
	} else {
		nvmc_unanswered(c, sh, i, now);
	}
	nvmc_update_ready(c, sh, i);
}

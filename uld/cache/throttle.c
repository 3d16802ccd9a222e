// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long writers wait when much is dirty. One after the other passes a gate
 * that opens again after the cost of a block: all writers of a shard together
 * are as fast as the gate, however many they are.
 *
 * The cost rises from nothing at the high watermark without a step. Halfway to
 * the limit it is the time that the medium takes for a block: there writers and
 * write-back are equally fast, and the amount stays.
 */
#include "cache.h"

/* Nobody waits for more than this, however slow the medium was of late. */
#define NVMC_LONGEST_WAIT	(100ULL * 1000 * 1000)
/* The average is that of about as many times that commands ended. */
#define NVMC_AVERAGE		8

/**
 * nvmc_cost() - what a write of one block costs
 * @dirty: slots that are
 * @high: up to so many it costs nothing
 * @limit: no more can be; more than @high
 * @service: nanoseconds that the medium takes for a block of the shard
 *
 * Context: any.
 * Return: nanoseconds.
 */
u64 nvmc_cost(u32 dirty, u32 high, u32 limit, u64 service)
{
	u32 left = dirty < limit ? limit - dirty : 1;

	if (dirty <= high)
		return 0;
	service = min(service, NVMC_LONGEST_WAIT);
	return min(div_u64(service * (dirty - high), left), NVMC_LONGEST_WAIT);
}
EXPORT_SYMBOL_GPL(nvmc_cost);

/**
 * nvmc_pace() - queue at the gate
 * @p: of the shard
 * @now: nanoseconds
 * @cost: nvmc_cost() of what is to be written
 *
 * Context: any, under the lock of @p. Not needed if @cost is 0.
 * Return: nanoseconds to wait before the write begins.
 */
u64 nvmc_pace(struct nvmc_pace *p, u64 now, u64 cost)
{
	p->next = max(p->next, now) + cost;
	p->next = min(p->next, now + NVMC_LONGEST_WAIT);
	return p->next - now;
}
EXPORT_SYMBOL_GPL(nvmc_pace);

/**
 * nvmc_rate_begun() - the device was given a command
 * @r: the rate
 * @now: nanoseconds, not 0
 *
 * Context: any, under the lock of @r.
 */
void nvmc_rate_begun(struct nvmc_rate *r, u64 now)
{
	if (!r->busy)
		r->busy = now;
}
EXPORT_SYMBOL_GPL(nvmc_rate_begun);

/**
 * nvmc_rate_settled() - commands ended
 * @r: the rate
 * @now: nanoseconds
 * @blocks: that are not dirty any more for that; 0 says nothing of the speed
 *
 * The time in which the device had nothing to do is none that it took.
 *
 * Context: any, under the lock of @r; who only looks at &nvmc_rate.service needs
 * none.
 */
void nvmc_rate_settled(struct nvmc_rate *r, u64 now, u32 blocks)
{
	u64 begin = max(r->settled, r->busy), each;

	r->settled = now;
	if (!blocks)
		return;
	each = min(div_u64(now - begin, blocks), NVMC_LONGEST_WAIT);
	if (r->service)
		each = r->service + div_u64(each, NVMC_AVERAGE) -
		       div_u64(r->service, NVMC_AVERAGE);
	WRITE_ONCE(r->service, each);
}
EXPORT_SYMBOL_GPL(nvmc_rate_settled);

/**
 * nvmc_rate_idle() - no command is under way, and none is about to be
 * @r: the rate
 *
 * Context: any, under the lock of @r.
 */
void nvmc_rate_idle(struct nvmc_rate *r)
{
	r->busy = 0;
}
EXPORT_SYMBOL_GPL(nvmc_rate_idle);

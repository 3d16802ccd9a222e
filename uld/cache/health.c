// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a device answers at all. One that does not costs its time-out for each
 * command: whoever waits for many of them waits for hours. So after a few it is
 * hung: nobody waits for it any more, it is asked with one command now and then,
 * and the first that it ends, well or not, makes it a device as any other.
 */
#include "index.h"

/**
 * nvmc_asks() - a command begins
 * @h: the device's
 * @now: tick
 *
 * Context: any, under the lock of @h.
 * Return: for nvmc_heard().
 */
struct nvmc_asked nvmc_asks(const struct nvmc_health *h, u32 now)
{
	return (struct nvmc_asked){ .at = now, .answers = h->answers };
}

/*
 * One abort ends all commands that are late, and those that are not are given
 * again at once. The former were under way for long when the last silence was
 * counted, which is just now; the latter not.
 */
static bool nvmc_is_counted(const struct nvmc_health *h,
			    struct nvmc_asked asked, u32 now)
{
	return h->silences && now - h->last <= (now - asked.at) / 2;
}

static u32 nvmc_patience(const struct nvmc *c, const struct nvmc_health *h)
{
	u32 more = h->silences - min(h->silences, NVMC_SILENCES);

	return min(c->geo.backoff << min(more, 16U), c->geo.max_age);
}

/**
 * nvmc_heard() - a command ended
 * @c: the cache
 * @h: the device's
 * @asked: when that began
 * @end: NVMC_SILENT if it ended by the time-out
 * @now: tick
 *
 * A command that gets no answer while others do is refused: it is what it wants
 * that the device cannot do.
 *
 * Context: any, under the lock of @h; what only looks at it needs none.
 * Return: for nvmc_settle().
 */
enum nvmc_end nvmc_heard(const struct nvmc *c, struct nvmc_health *h,
			 struct nvmc_asked asked, enum nvmc_end end, u32 now)
{
	if (end != NVMC_SILENT) {
		h->answers++;
		WRITE_ONCE(h->silences, 0);
		return end;
	}
	if (h->answers != asked.answers)
		return NVMC_REFUSED;
	if (nvmc_is_counted(h, asked, now))
		return end;
	h->last = now;
	WRITE_ONCE(h->asked, asked.at);
	WRITE_ONCE(h->silences, h->silences + 1);
	h->next = now + nvmc_patience(c, h);
	return end;
}

/**
 * nvmc_ask_in() - when a device may be given commands
 * @h: the device's
 * @now: tick
 *
 * Context: any, under the lock of @h.
 * Return: 0: now, one if it is hung; or in so many ticks.
 */
u32 nvmc_ask_in(const struct nvmc_health *h, u32 now)
{
	if (!nvmc_is_hung(h) || (s32)(now - h->next) >= 0)
		return 0;
	return h->next - now;
}

/**
 * nvmc_is_silent_since() - is it of no use to wait any longer?
 * @h: the device's
 * @tick: since when
 *
 * Context: any.
 * Return: true if it is hung, and has not answered to what it was asked at @tick
 * or later.
 */
bool nvmc_is_silent_since(const struct nvmc_health *h, u32 tick)
{
	return nvmc_is_hung(h) && (s32)(READ_ONCE(h->asked) - tick) >= 0;
}

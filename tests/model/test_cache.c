// SPDX-License-Identifier: GPL-2.0-only
/* Each promise of the pure half of the cache by itself, step by step. */
#include "../../uld/cache/cache.h"
#include "tap.h"

#define BLOCK	4096
#define FULL	0xffULL
#define LEN(a)	(sizeof(a) / sizeof((a)[0]))

static const struct nvmc_geometry small = {
	.block = BLOCK, .erase_unit = 65536, .busy_unit = 16384, .max_run = 32,
	.slots = 64, .shards = 1, .reserve = 2, .high = 40, .low = 20, .max_age = 1000,
	.backoff = 10,
};

static struct nvmc c;
static struct nvmc_shard *sh;
static u32 run_slots[64];
static struct nvmc_run run = { .slot = run_slots };

static void start(const struct nvmc_geometry *geo)
{
	memset(&c, 0, sizeof(c));
	if (nvmc_init(&c, geo))
		abort();
	sh = c.shards;
	while (nvmc_give(&c, sh) != NVMC_NONE)
		;
}

/* With gaps of up to three blocks. */
static void start_bridging(void)
{
	struct nvmc_geometry geo = small;

	geo.busy_unit = BLOCK;
	geo.max_gap = 3;
	start(&geo);
}

static u32 newest(u64 block)
{
	u32 i;

	for (i = 0; i < sh->nr; i++)
		if (sh->slot[i].block == block && sh->slot[i].state >= NVMC_CLEAN &&
		    sh->slot[i].state != NVMC_REWRITTEN && sh->slot[i].state != NVMC_ORPHAN)
			return i;
	return NVMC_NONE;
}

/* All of it, at once. */
static enum nvmc_answer put(u64 block, u64 sectors, u32 now)
{
	u32 slot, old;
	enum nvmc_answer a;

	a = nvmc_write_begin(&c, sh, block, sectors, now, false, &slot, &old);
	if (a == NVMC_HIT || a == NVMC_COPY)
		nvmc_write_end(&c, sh, slot, a == NVMC_COPY ? c.full : sectors);
	if (a == NVMC_COPY)
		nvmc_read_end(sh, old);
	return a;
}

static void put_many(u64 block, u32 n, u32 now)
{
	while (n--)
		put(block++, FULL, now);
}

/* The next run with all that can be added, ready to be submitted. */
static bool next_run(u32 now)
{
	u32 at = 0;

	if (nvmc_pick(&c, sh, now, &run) != NVMC_RUN)
		return false;
	while (nvmc_extend(&c, sh, &run))
		;
	while (at < run.nr)
		at = nvmc_drained(&c, sh, &run, at);
	return true;
}

static void settle_as(const struct nvmc_run *r, enum nvmc_end end, u32 now)
{
	u32 at = 0;

	while (at < r->nr)
		at = nvmc_settle(&c, sh, r, at, end, now);
}

static void settle(const struct nvmc_run *r, bool good, u32 now)
{
	settle_as(r, good ? NVMC_WRITTEN : NVMC_REFUSED, now);
}

static void written_back(u32 now)
{
	while (next_run(now))
		settle(&run, true, now);
}

static void flush(u32 now)
{
	nvmc_flush_begin(sh, now);
	written_back(now);
	nvmc_flush_end(sh);
}

static bool is_run(u64 block, u32 nr)
{
	return run.block == block && run.nr == nr;
}

static void test_geometry(void)
{
	static const struct {
		const char *what;
		size_t at;
		u32 val;
	} bad[] = {
		{ "a block of 0", offsetof(struct nvmc_geometry, block), 0 },
		{ "a block of no power of two", offsetof(struct nvmc_geometry, block), 3 * 512 },
		{ "a block of less than a sector", offsetof(struct nvmc_geometry, block), 256 },
		{ "a block of too many sectors", offsetof(struct nvmc_geometry, block), 65536 },
		{ "an erase unit of 0", offsetof(struct nvmc_geometry, erase_unit), 0 },
		{ "a busy unit of no power of two", offsetof(struct nvmc_geometry, busy_unit), 12288 },
		{ "a busy unit of too many blocks", offsetof(struct nvmc_geometry, busy_unit), 128 * BLOCK },
		{ "runs of 0", offsetof(struct nvmc_geometry, max_run), 0 },
		{ "gaps where more than a block is undefined",
		  offsetof(struct nvmc_geometry, max_gap), 1 },
		{ "3 shards", offsetof(struct nvmc_geometry, shards), 3 },
		{ "no reserve", offsetof(struct nvmc_geometry, reserve), 0 },
		{ "watermarks the wrong way round", offsetof(struct nvmc_geometry, low), 41 },
		{ "fewer slots than the high watermark", offsetof(struct nvmc_geometry, slots), 40 },
	};
	struct nvmc_geometry geo;
	size_t i;

	for (i = 0; i < LEN(bad); i++) {
		geo = small;
		memcpy((char *)&geo + bad[i].at, &bad[i].val, sizeof(u32));
		memset(&c, 0, sizeof(c));
		tap_ok(nvmc_init(&c, &geo) == -EINVAL && !c.shards, "%s: refused", bad[i].what);
	}
}

static void test_shards(void)
{
	static const u32 strides[] = { 1, 2, 16, 256, 4096, 65536, 1U << 20, 1U << 28 };
	struct nvmc_geometry geo = small;
	u32 n[16], i, k, most = 0;

	geo.shards = 16;
	geo.slots = 64 * 16;
	memset(&c, 0, sizeof(c));
	nvmc_init(&c, &geo);
	for (k = 0; k < LEN(strides); k++) {
		memset(n, 0, sizeof(n));
		for (i = 0; i < 1600; i++)
			n[nvmc_shard_of(&c, 16ULL * i * strides[k])]++;
		for (i = 0; i < 16; i++)
			most = max(most, n[i]);
	}
	tap_ok(most < 160, "erase units at any stride go to all shards: at most %u of 1600 to one of 16",
	       most);
	nvmc_exit(&c);
}

static void test_coalescing(void)
{
	static const u32 order[] = { 5, 3, 4, 7, 6, 0, 2, 1 };
	size_t i;

	start(&small);
	for (i = 0; i < LEN(order); i++)
		put(16 + order[i], FULL, 0);
	tap_ok(!next_run(999), "little and young: nothing is written");
	tap_ok(next_run(1000) && is_run(16, 8), "old: blocks written in any order are one run");
	settle(&run, true, 0);
	tap_ok(!next_run(5000) && sh->clean.nr == 8, "written: clean");
	put_many(20, 40, 6000);
	tap_ok(next_run(8000) && is_run(20, 32), "a run goes on over erase units, to the largest transfer");
	tap_ok(next_run(8000) && is_run(52, 8), "the rest is the next, in parallel");
	nvmc_exit(&c);
}

static void test_watermarks(void)
{
	u32 i;

	start(&small);
	for (i = 0; i < 40; i++)
		put(i * 100, FULL, 0);
	tap_ok(!next_run(0), "at the high watermark nothing is written");
	put(4000, FULL, 0);
	for (i = 0; next_run(0); i++)
		settle(&run, true, 0);
	tap_ok(i == 21 && sh->dirty.nr == 20, "above it, it is written down to the low one");
	nvmc_exit(&c);

	start(&small);
	for (i = 0; i < 41; i++)
		put(i * 100, FULL, 0);
	put(0, FULL, 0);
	tap_ok(next_run(0) && is_run(100, 1), "what was rewritten is left for later");
	nvmc_exit(&c);
}

/* What processes have mapped has a writer for seconds. */
static void test_pinned(void)
{
	struct nvmc_geometry geo = small;
	u32 i, slot, old, pinned = 0;

	geo.slots = 512;
	geo.high = 300;
	geo.low = 200;
	start(&geo);
	for (i = 0; i < 100; i++)
		pinned += nvmc_write_begin(&c, sh, i * 100, FULL, 0, true, &slot, &old) == NVMC_HIT;
	for (; i < 301; i++)
		put(i * 100, FULL, 0);
	tap_ok(pinned == 100 && next_run(0) && is_run(10000, 1), "what is being written to is not in the way of the others");
	tap_ok(next_run(600) && is_run(10100, 1), "nor when it has been for long");
	nvmc_exit(&c);
}

static void test_full(void)
{
	u32 i;

	start(&small);
	for (i = 0; i < 64; i++)
		put(i * 100, FULL, 0);
	tap_ok(put(9999, FULL, 0) == NVMC_FULL, "all dirty: no slot");
	tap_ok(put(100, FULL, 0) == NVMC_HIT, "but for what is in one already");
	next_run(0);
	settle(&run, true, 0);
	tap_ok(put(9999, FULL, 0) == NVMC_HIT, "one written back: a slot");
	tap_ok(sh->stats.evicted == 1 && sh->nr == 64, "write-back needs none");
	nvmc_exit(&c);
}

static u32 shrunk(u32 to)
{
	u32 n = 0;

	while (nvmc_has_memory(sh) > to && nvmc_shrink(&c, sh) != NVMC_NONE)
		n++;
	return n;
}

static void test_shrink(void)
{
	struct nvmc_geometry geo = small;
	u32 i, slot, old;

	geo.reserve = 4;
	start(&geo);
	put_many(0, 8, 0);
	flush(0);
	put_many(100, 4, 0);
	tap_ok(nvmc_spare(&c, sh) == 56 && shrunk(0) == 56 && !nvmc_spare(&c, sh),
	       "the shrinker gets what is free and clean, but for some beside what is dirty");
	put_many(200, 4, 0);
	tap_ok(put(999, FULL, 0) == NVMC_FULL, "then there is no slot without memory");
	tap_ok(sh->dirty.nr < small.low && next_run(0), "which starts the write-back, however little is dirty");
	settle(&run, true, 0);
	tap_ok(!next_run(0) && put(999, FULL, 0) == NVMC_HIT, "until there is one");
	tap_ok(nvmc_write_begin(&c, sh, 1999, FULL, 0, true, &slot, &old) == NVMC_NEED_MEMORY &&
	       nvmc_give(&c, sh) != NVMC_NONE && put(1999, FULL, 0) == NVMC_HIT, "with it there is");
	flush(0);
	shrunk(0);
	for (i = 0; i < 10; i++) {
		put(i * 50, FULL, 0);
		flush(0);
	}
	tap_ok(nvmc_has_memory(sh) == geo.reserve && sh->stats.written == 8 + 10 + 10,
	       "with the reserve alone all goes on");
	nvmc_exit(&c);
}

/* As put(), when memory is refused to who asks. */
static enum nvmc_answer put_refused(u64 block, bool *asked)
{
	u32 slot, old;
	enum nvmc_answer a;

	/* later than any backoff */
	a = nvmc_write_begin(&c, sh, block, FULL, small.backoff, true, &slot, &old);
	*asked = a == NVMC_NEED_MEMORY;
	if (*asked) {
		nvmc_refused_memory(&c, sh, 0);
		return put(block, FULL, 0);
	}
	if (a == NVMC_HIT)
		nvmc_write_end(&c, sh, slot, FULL);
	return a;
}

static u64 price(void)
{
	return nvmc_cost(nvmc_dirty(sh), sh->high, sh->room, 1000);
}

static void test_refused_memory(void)
{
	u64 block = 0, before, cost;
	u32 rising = 0, gives = 0, slot, old;
	bool asked;

	start(&small);
	shrunk(32);
	tap_ok(sh->room == 64 && sh->high == small.high, "memory that the shrinker took may be had again");
	for (; nvmc_dirty(sh) < 20; block += 100)
		put_refused(block, &asked);
	tap_ok(!asked && sh->room == 64 && !price() && !next_run(0), "it is not asked for as long as little is dirty");
	put_refused(block += 100, &asked);
	tap_ok(asked && sh->room == 32 && price() > 0 && price() < 200 && sh->free.nr == 11,
	       "and is before there is none left: a write costs a bit from there");
	written_back(0);
	tap_ok(nvmc_dirty(sh) == 10, "and the same part as ever is written back");
	for (cost = price(); nvmc_dirty(sh) < 32; cost = price()) {
		before = cost;
		put_refused(block += 100, &asked);
		rising += price() > before;
	}
	tap_ok(rising == 12 && cost > 10000, "what it costs rises with each write: %llu of 1000 ns", cost);
	tap_ok(put_refused(block += 100, &asked) == NVMC_FULL, "until there is no slot");
	for (; sh->room < sh->nr && nvmc_give(&c, sh) != NVMC_NONE; gives++)
		;
	tap_ok(gives == 5 && sh->high == small.high && sh->low == small.low,
	       "memory that can be had again is trusted more and more: after %u blocks", gives);
	flush(0);
	while (nvmc_dirty(sh) < 23)
		put_refused(sh->slot[sh->clean.head].block, &asked);
	tap_ok(!asked && sh->free.nr &&
	       nvmc_write_begin(&c, sh, sh->slot[sh->clean.head].block, FULL, small.backoff,
				true, &slot, &old) == NVMC_NEED_MEMORY,
	       "for what is clean and will be dirty it is asked for, too");
	nvmc_exit(&c);

	start(&small);
	shrunk(8);
	for (block = 0; nvmc_dirty(sh) < 6; block += 100)
		put_refused(block, &asked);
	tap_ok(asked && nvmc_write_begin(&c, sh, block, FULL, 0, true, &slot, &old) == NVMC_HIT,
	       "who was refused it is not asked again at once, if there is a slot");
	nvmc_write_end(&c, sh, slot, FULL);
	written_back(0);
	tap_ok(!nvmc_dirty(sh), "with little room as well some commands go at a time");
	nvmc_exit(&c);
}

static void test_second_chance(void)
{
	u32 slot, block;

	start(&small);
	put_many(0, 64, 0);
	flush(0);
	nvmc_read_begin(&c, sh, 0, FULL, &slot);
	nvmc_read_end(sh, slot);
	put(1000, FULL, 0);
	tap_ok(nvmc_read_begin(&c, sh, 0, FULL, &slot) == NVMC_HIT &&
	       nvmc_read_begin(&c, sh, 1, FULL, &slot) == NVMC_MAPPING,
	       "what was read stays, what was not is replaced");
	nvmc_exit(&c);

	start(&small);
	put_many(0, 64, 0);
	flush(0);
	for (block = 0; block < 64; block++) {
		nvmc_read_begin(&c, sh, block, FULL, &slot);
		nvmc_read_end(sh, slot);
	}
	tap_ok(put(1000, FULL, 0) == NVMC_HIT, "all were read: one is replaced all the same");
	nvmc_exit(&c);
}

static void test_in_flight(void)
{
	u32 slot, old, first;

	start(&small);
	put(0, FULL, 0);
	nvmc_flush_begin(sh, 0);
	next_run(0);
	first = run.slot[0];
	tap_ok(nvmc_read_begin(&c, sh, 0, FULL, &slot) == NVMC_HIT && slot == first,
	       "what is in flight is read from the cache");
	nvmc_read_end(sh, slot);
	tap_ok(nvmc_read_begin(&c, sh, 3, FULL, &slot) == NVMC_WAIT,
	       "its neighbour in the busy unit waits");
	tap_ok(nvmc_read_begin(&c, sh, 4, FULL, &slot) == NVMC_MAPPING,
	       "the next busy unit is read");
	nvmc_mapping_end(&c, sh, 4);
	tap_ok(nvmc_write_begin(&c, sh, 0, 1, 0, false, &slot, &old) == NVMC_COPY &&
	       old == first && slot != first, "rewritten in flight: a copy, at once");
	tap_ok(nvmc_write_begin(&c, sh, 0, 2, 0, false, &slot, &old) == NVMC_WAIT,
	       "others wait until it is made");
	nvmc_write_end(&c, sh, newest(0), FULL);
	nvmc_read_end(sh, first);
	tap_ok(put(0, 2, 0) == NVMC_HIT, "and go to the copy then");
	tap_ok(!next_run(5000), "which is not written before the old one is settled");
	settle(&run, true, 0);
	tap_ok(nvmc_flush_done(sh) && !nvmc_flush_end(sh) && nvmc_dirty(sh) == 1,
	       "a flush waited for the old one only");
	nvmc_exit(&c);
}

static void test_old_fails(void)
{
	start(&small);
	put(0, FULL, 0);
	nvmc_flush_begin(sh, 0);
	next_run(0);
	put(0, FULL, 0);
	settle(&run, false, 0);
	tap_ok(!nvmc_flush_done(sh), "the old one fails: the flush waits for the new one");
	put(1, FULL, 0);
	tap_ok(!next_run(9) && next_run(10) && is_run(0, 1), "which is tried later, alone");
	settle(&run, true, 10);
	tap_ok(nvmc_flush_done(sh) && !nvmc_flush_end(sh), "and makes it good");
	nvmc_exit(&c);
}

/* Each time its command is refused there is newer data, of a writer that is still there or not. */
static void refuse_rewritten(bool in_use, const char *what)
{
	u32 now = 0, slot, old, n;

	start(&small);
	put(0, FULL, 0);
	nvmc_flush_begin(sh, 0);
	for (n = 0; next_run(now) && n < 2 * NVMC_TRIES; n++, now += 10) {
		nvmc_write_begin(&c, sh, 0, FULL, now, false, &slot, &old);
		if (!in_use)
			nvmc_write_end(&c, sh, slot, FULL);
		settle(&run, false, now);
		if (in_use)
			nvmc_write_end(&c, sh, slot, FULL);
		if (nvmc_flush_done(sh))
			break;
	}
	tap_ok(n == NVMC_TRIES - 1 && nvmc_flush_end(sh) == 1 && sh->failed.nr == !in_use,
	       "rewritten in each flight%s: the flush is told after so many tries", what);
	tap_ok(nvmc_read_begin(&c, sh, 0, FULL, &slot) == NVMC_HIT, "its data is there");
	nvmc_read_end(sh, slot);
	nvmc_flush_begin(sh, now);
	tap_ok(next_run(now + 10) && is_run(0, 1), "the next flush tries it again");
	settle(&run, true, now);
	tap_ok(nvmc_flush_done(sh) && !nvmc_flush_end(sh) && sh->clean.nr == 1, "and is told no more");
	nvmc_exit(&c);
}

static void test_old_is_refused(void)
{
	u32 slot, old;

	refuse_rewritten(false, "");
	refuse_rewritten(true, " by somebody who is still at it");

	start(&small);
	put(0, FULL, 0);
	nvmc_flush_begin(sh, 0);
	next_run(0);
	nvmc_write_begin(&c, sh, 0, 1, 0, false, &slot, &old);
	settle(&run, false, 0);
	nvmc_write_end(&c, sh, slot, FULL);
	nvmc_read_end(sh, old);
	tap_ok(!nvmc_flush_done(sh), "while the newer data is being completed: the flush waits for it");
	put(1, FULL, 0);
	tap_ok(next_run(0) && is_run(0, 1), "which is tried alone");
	settle_as(&run, NVMC_SILENT, 0);
	put(0, FULL, 0);
	tap_ok(next_run(10) && is_run(0, 1), "again later if nobody answers");
	put(0, FULL, 10);
	settle_as(&run, NVMC_SILENT, 10);
	tap_ok(!sh->failed.nr && !next_run(19) && next_run(20) && is_run(0, 1), "and again");
	settle(&run, true, 20);
	tap_ok(nvmc_flush_done(sh) && !nvmc_flush_end(sh), "until somebody does");
	nvmc_exit(&c);
}

static void test_failure(void)
{
	u32 now = 0, i, slot;
	bool alone = true;

	start(&small);
	put_many(0, 3, 0);
	nvmc_flush_begin(sh, 0);
	next_run(now);
	settle(&run, false, now);
	tap_ok(!next_run(now) && !next_run(now + 9), "a run fails: not again at once");
	put(3, FULL, now);
	now += 10;
	for (i = 0; next_run(now); i++, now += 10) {
		alone = alone && run.nr == 1;
		settle(&run, run.block != 1, now);
	}
	tap_ok(alone && i == 2 + NVMC_TRIES - 1, "then each block alone, so many times");
	tap_ok(sh->failed.nr == 1 && sh->clean.nr == 2, "one cannot be written, the others are");
	tap_ok(nvmc_flush_done(sh) && nvmc_flush_end(sh) == 1, "the flush is told");
	tap_ok(nvmc_read_begin(&c, sh, 1, FULL, &slot) == NVMC_HIT, "its data is there");
	nvmc_read_end(sh, slot);
	tap_ok(!next_run(now + 500), "it is left alone");
	nvmc_flush_begin(sh, now);
	tap_ok(next_run(now) && is_run(1, 1), "until the next flush tries it again");
	settle(&run, false, now);
	tap_ok(next_run(now) && is_run(3, 1), "what came meanwhile is in this one");
	settle(&run, true, now);
	tap_ok(nvmc_flush_done(sh) && nvmc_flush_end(sh) == 1, "which fails as well");
	put(1, FULL, now);
	tap_ok(!sh->failed.nr && nvmc_dirty(sh) == 1, "a new write makes it a dirty block again");
	flush(now);
	tap_ok(!nvmc_dirty(sh), "that can be written");
	nvmc_exit(&c);
}

static void test_all_failed(void)
{
	u32 now, i;

	start(&small);
	for (i = 0; i < 41; i++)
		put(i * 100, FULL, 0);
	for (now = 0; now < 1000 && sh->failed.nr < 41; now += 10)
		while (next_run(now))
			settle(&run, false, now);
	tap_ok(sh->failed.nr == 41 && !next_run(now) && !sh->draining,
	       "with nothing left but what was refused, and much of it, write-back rests");
	nvmc_exit(&c);
}

/* A device that does not answer, with a time-out of 100 ticks. */
static u32 goes_silent(struct nvmc_health *h, u32 n, u32 now)
{
	struct nvmc_asked asked;

	for (; n; n--, now += 100) {
		asked = nvmc_asks(h, now);
		nvmc_heard(&c, h, asked, NVMC_SILENT, now + 100);
	}
	return now;
}

static void test_health(void)
{
	struct nvmc_health h = { };
	struct nvmc_asked asked, again;
	u32 now = 0, i;

	start(&small);
	now = goes_silent(&h, NVMC_SILENCES - 1, now);
	tap_ok(!nvmc_is_hung(&h) && !nvmc_ask_in(&h, now), "some time-outs: given commands as ever");
	asked = nvmc_asks(&h, now);
	tap_ok(nvmc_heard(&c, &h, asked, NVMC_REFUSED, now) == NVMC_REFUSED &&
	       !nvmc_is_hung(&h), "a refusal is an answer");
	now = goes_silent(&h, NVMC_SILENCES - 1, now);
	tap_ok(!nvmc_is_hung(&h), "after which it is counted anew");
	asked = nvmc_asks(&h, now);
	nvmc_heard(&c, &h, nvmc_asks(&h, now), NVMC_WRITTEN, now + 1);
	tap_ok(nvmc_heard(&c, &h, asked, NVMC_SILENT, now + 100) == NVMC_REFUSED && !nvmc_is_hung(&h),
	       "no answer where others get one: refused");

	h = (struct nvmc_health){ };
	asked = nvmc_asks(&h, now);
	for (i = 0; i < 8; i++)
		nvmc_heard(&c, &h, asked, NVMC_SILENT, now + 100 + i);
	tap_ok(h.silences == 1, "many that one abort ends count as one");
	again = nvmc_asks(&h, now + 99);
	nvmc_heard(&c, &h, again, NVMC_SILENT, now + 200);
	tap_ok(h.silences == 2, "what was given again during it counts next time");

	h = (struct nvmc_health){ };
	now = goes_silent(&h, NVMC_SILENCES, 0xffffff00U);
	tap_ok(nvmc_is_hung(&h) && nvmc_ask_in(&h, now) == small.backoff &&
	       !nvmc_ask_in(&h, now + small.backoff), "so many in a row: hung, and asked after a while");
	tap_ok(nvmc_is_silent_since(&h, now - 100) && !nvmc_is_silent_since(&h, now - 99),
	       "whoever came later waits for the next answer");
	now = goes_silent(&h, 1, now + 1000);
	tap_ok(nvmc_is_silent_since(&h, now - 100) && nvmc_ask_in(&h, now) == 2 * small.backoff,
	       "and no longer; the while is twice as long");
	now = goes_silent(&h, 100, now);
	tap_ok(nvmc_ask_in(&h, now) == small.max_age, "up to a bound");
	nvmc_heard(&c, &h, nvmc_asks(&h, now), NVMC_WRITTEN, now + 1);
	tap_ok(!nvmc_is_hung(&h) && !nvmc_ask_in(&h, now) && !nvmc_is_silent_since(&h, 0),
	       "one answer: as any other");
	nvmc_exit(&c);
}

static void test_silence(void)
{
	u32 now = 0, slot, old, i;

	start(&small);
	put_many(0, 4, 0);
	nvmc_flush_begin(sh, 0);
	next_run(0);
	for (i = 0; i < 10 * NVMC_TRIES; i++, now += 10) {
		settle_as(&run, NVMC_SILENT, now);
		next_run(now + 10);
	}
	tap_ok(!sh->failed.nr && nvmc_dirty(sh) == 4 && run.nr == 1,
	       "no answer, ever: tried one by one, and never given up");
	settle_as(&run, NVMC_SILENT, now);
	nvmc_write_begin(&c, sh, 100, FULL, now, false, &slot, &old);
	nvmc_flush_end(sh);
	nvmc_flush_begin(sh, now);
	next_run(now + 10);
	tap_ok(nvmc_write_begin(&c, sh, 100, FULL, now, false, &i, &old) == NVMC_HIT,
	       "what is not looked at yet is written to");
	nvmc_write_end(&c, sh, i, FULL);
	settle_as(&run, NVMC_SILENT, now);
	while (next_run(now + 20))
		settle_as(&run, NVMC_SILENT, now + 20);
	tap_ok(nvmc_write_begin(&c, sh, 100, FULL, now, false, &i, &old) == NVMC_WAIT,
	       "a writer waits for a flush");
	tap_ok(nvmc_flush_end(sh) == 5, "a flush that nobody waits for fails for all that is left");
	tap_ok(nvmc_write_begin(&c, sh, 100, FULL, now, false, &i, &old) == NVMC_HIT,
	       "and nobody waits for it");
	nvmc_write_end(&c, sh, i, FULL);
	nvmc_write_end(&c, sh, slot, FULL);
	now += 100;
	nvmc_flush_begin(sh, now);
	tap_ok(sh->pending[sh->gen ^ 1] == 5 && !sh->pending[sh->gen], "the next flush waits for all of it");
	while (next_run(now))
		settle(&run, true, now);
	tap_ok(nvmc_flush_done(sh) && !nvmc_flush_end(sh) && !nvmc_dirty(sh), "and has it all written");
	nvmc_exit(&c);
}

/* Who finds no slot waits for one, unless that would be for ever. */
static void test_stuck(void)
{
	u32 slot, i;

	start(&small);
	put_many(0, 64, 0);
	nvmc_flush_begin(sh, 0);
	for (i = 0; next_run(i); i += 10)
		settle(&run, run.alone && run.block, i);
	nvmc_flush_end(sh);
	for (i = 1; i < 64; i++)
		nvmc_read_begin(&c, sh, i, FULL, &slot);
	tap_ok(sh->failed.nr == 1 && sh->clean.nr == 63 && put(999, FULL, 0) == NVMC_FULL,
	       "one was refused, all others are clean and read: no slot");
	tap_ok(!nvmc_is_stuck(sh, false, false) && !nvmc_is_stuck(sh, true, false), "which is waited for");
	nvmc_exit(&c);

	start(&small);
	put_many(0, 64, 0);
	tap_ok(!nvmc_is_stuck(sh, false, false) && nvmc_is_stuck(sh, true, false),
	       "all are dirty: waited for, but not if the device is hung");
	nvmc_flush_begin(sh, 0);
	for (i = 0; next_run(i); i += 10)
		settle(&run, false, i);
	tap_ok(sh->failed.nr == 64 && nvmc_is_stuck(sh, false, true), "all were refused: it is not waited for");
	nvmc_exit(&c);

	start(&small);
	while (nvmc_shrink(&c, sh) != NVMC_NONE)
		;
	put_many(0, 2, 0);
	tap_ok(put(999, FULL, 0) == NVMC_FULL && !nvmc_is_stuck(sh, false, false) &&
	       !nvmc_is_stuck(sh, true, true) && nvmc_is_stuck(sh, true, false),
	       "memory is waited for, but not if the device is hung and there was none");
	nvmc_flush_begin(sh, 0);
	for (i = 0; next_run(i); i += 10)
		settle(&run, false, i);
	tap_ok(sh->failed.nr == 2 && !nvmc_is_stuck(sh, false, true) && nvmc_is_stuck(sh, false, false),
	       "nor if all that have some were refused");
	nvmc_exit(&c);
}

/* What a hung device is asked for. */
static void test_probe(void)
{
	u32 i;

	start(&small);
	put_many(0, 4, 0);
	nvmc_flush_begin(sh, 0);
	run.one = true;
	tap_ok(next_run(0) && is_run(0, 1), "one block");
	settle_as(&run, NVMC_SILENT, 0);
	for (i = 1; i < 4; i++) {
		next_run(1000);
		tap_ok(is_run(i, 1), "then another");
		settle_as(&run, NVMC_SILENT, 1000);
	}
	tap_ok(next_run(2000) && is_run(0, 1), "until all were tried");
	settle(&run, true, 2000);
	run.one = false;
	nvmc_exit(&c);
}

static void test_partial(void)
{
	u32 slot;

	start(&small);
	put(0, 1, 0);
	tap_ok(nvmc_read_begin(&c, sh, 0, 1, &slot) == NVMC_HIT, "a sector that was written is read");
	nvmc_read_end(sh, slot);
	put(0, FULL & ~1, 0);
	nvmc_flush_begin(sh, 0);
	tap_ok(next_run(0), "all sectors written: nothing is filled");
	settle(&run, true, 0);
	nvmc_flush_end(sh);
	put(8, 1, 0);
	put(9, FULL, 0);
	nvmc_flush_begin(sh, 0);
	tap_ok(nvmc_pick(&c, sh, 0, &run) == NVMC_FILL && run.slot[0] == newest(8),
	       "some written: filled before it is written back");
	tap_ok(put(8, 2, 0) == NVMC_WAIT, "not stored to meanwhile");
	nvmc_fill_end(&c, sh, run.slot[0], FULL, true, 0);
	tap_ok(next_run(0) && is_run(8, 2), "then it goes with its neighbour");
	settle(&run, true, 0);
	nvmc_flush_end(sh);
	put(16, 1, 0);
	nvmc_read_begin(&c, sh, 16, FULL, &slot);
	nvmc_fill_end(&c, sh, slot, 0, false, 0);
	tap_ok(nvmc_read_begin(&c, sh, 16, 1, &slot) == NVMC_HIT,
	       "the rest is poisoned: what was written is kept");
	nvmc_exit(&c);
}

/* The mapping is poisoned where a block would be completed from. */
static void test_poison(void)
{
	u32 slot, i;

	start(&small);
	put(0, 1, 0);
	for (i = 0; i < NVMC_TRIES; i++)
		if (nvmc_read_begin(&c, sh, 0, FULL, &slot) == NVMC_FILL)
			nvmc_fill_end(&c, sh, slot, 0, false, 0);
	tap_ok(!sh->failed.nr && sh->dirty.nr == 1, "a block cannot be completed for a reader: his matter alone");
	nvmc_flush_begin(sh, 0);
	for (i = 0; i < NVMC_TRIES; i++)
		if (nvmc_pick(&c, sh, 10 * i, &run) == NVMC_FILL)
			nvmc_fill_end(&c, sh, run.slot[0], 0, true, 10 * i);
	tap_ok(sh->failed.nr == 1, "nor to be written: reported");
	nvmc_flush_end(sh);
	nvmc_flush_begin(sh, 0);
	nvmc_pick(&c, sh, 0, &run);
	nvmc_fill_end(&c, sh, run.slot[0], 0, true, 0);
	tap_ok(nvmc_flush_done(sh) && nvmc_flush_end(sh) == 1, "the flush is told");
	nvmc_flush_begin(sh, 0);
	nvmc_pick(&c, sh, 0, &run);
	nvmc_fill_end(&c, sh, run.slot[0], 0, true, 0);
	nvmc_flush_end(sh);
	nvmc_flush_begin(sh, 0);
	nvmc_pick(&c, sh, 0, &run);
	nvmc_fill_end(&c, sh, run.slot[0], 0, true, 0);
	nvmc_read_begin(&c, sh, 0, FULL, &slot);
	tap_ok(nvmc_flush_done(sh), "which does not wait for a reader who comes afterwards");
	nvmc_flush_end(sh);
	nvmc_flush_begin(sh, 0);
	tap_ok(!nvmc_flush_done(sh), "a flush waits for a reader who tries again");
	nvmc_fill_end(&c, sh, slot, 0, false, 0);
	tap_ok(nvmc_flush_done(sh) && nvmc_flush_end(sh) == 1, "and hears of it");
	put(0, FULL, 0);
	flush(0);
	tap_ok(!nvmc_dirty(sh), "all of the block is written: nothing is missing");
	put(8, 1, 0);
	nvmc_read_begin(&c, sh, 8, FULL, &slot);
	nvmc_fill_end(&c, sh, slot, 0x7e, false, 0);
	tap_ok(nvmc_read_begin(&c, sh, 8, 0x42, &slot) == NVMC_HIT, "what is good beside it is read");
	nvmc_read_end(sh, slot);
	tap_ok(nvmc_read_begin(&c, sh, 8, 0x80, &slot) == NVMC_FILL, "and what is not is looked for again");
	nvmc_fill_end(&c, sh, slot, 0x80, false, 0);
	flush(0);
	tap_ok(!nvmc_dirty(sh), "once that is there it is written");
	nvmc_exit(&c);
}

/* A flush gets its block, however often others write it. */
static void test_no_starving(void)
{
	u32 a, b, old;

	start(&small);
	nvmc_write_begin(&c, sh, 0, FULL, 0, false, &a, &old);
	nvmc_flush_begin(sh, 0);
	tap_ok(!next_run(0), "being stored to: not written");
	tap_ok(nvmc_write_begin(&c, sh, 0, FULL, 0, false, &b, &old) == NVMC_WAIT,
	       "a flush waits: the next writer does, too");
	nvmc_write_end(&c, sh, a, FULL);
	tap_ok(next_run(0) && put(0, FULL, 0) == NVMC_HIT, "until it is in flight");
	settle(&run, true, 0);
	nvmc_flush_end(sh);
	nvmc_exit(&c);

	start(&small);
	put(1, 1, 0);
	nvmc_read_begin(&c, sh, 0, FULL, &a);
	put(0, FULL, 0);
	nvmc_flush_begin(sh, 0);
	nvmc_fill_end(&c, sh, nvmc_pick(&c, sh, 0, &run) == NVMC_FILL ? run.slot[0] : 0, FULL, true, 0);
	nvmc_pick(&c, sh, 0, &run);
	tap_ok(nvmc_drained(&c, sh, &run, 0) == 0 &&
	       nvmc_read_begin(&c, sh, 2, FULL, &a) == NVMC_WAIT,
	       "a command waits for readers: new ones do, too");
	for (b = 16; b < 10000; b += 4) {
		if (nvmc_read_begin(&c, sh, b, FULL, &a) == NVMC_WAIT)
			break;
		nvmc_mapping_end(&c, sh, b);
	}
	tap_ok(b < 10000, "those who are counted with them, too");
	tap_ok(nvmc_peek(&c, sh, b).answer == NVMC_WAIT && nvmc_peek(&c, sh, 2).answer == NVMC_WAIT,
	       "and those without the lock");
	tap_ok(nvmc_mapping_end(&c, sh, 0) && nvmc_drained(&c, sh, &run, 0) == run.nr,
	       "the last reader lets it go");
	nvmc_exit(&c);
}

/* Reads without the lock. */
static void test_peek(void)
{
	struct nvmc_seen seen, other;
	u32 a, old;

	start(&small);
	seen = nvmc_peek(&c, sh, 0);
	tap_ok(seen.answer == NVMC_MAPPING && nvmc_unchanged(&seen), "what is not cached is in the mapping");
	put_many(16, 1, 0);
	tap_ok(!nvmc_unchanged(&seen), "who is late knows");
	nvmc_flush_begin(sh, 0);
	put(0, FULL, 0);
	nvmc_pick(&c, sh, 0, &run);
	tap_ok(is_run(16, 1) && nvmc_drained(&c, sh, &run, 0) == 1, "a command elsewhere does not wait");
	settle(&run, true, 0);
	nvmc_flush_end(sh);
	nvmc_flush_begin(sh, 0);
	nvmc_pick(&c, sh, 0, &run);
	tap_ok(is_run(0, 1) && !nvmc_drained(&c, sh, &run, 0), "one where it is read does");
	tap_ok(nvmc_peek(&c, sh, 1).answer == NVMC_WAIT, "who comes now is to ask");
	tap_ok(nvmc_mapping_end(&c, sh, 0) && nvmc_drained(&c, sh, &run, 0) == 1, "until the read ends");
	tap_ok(nvmc_peek(&c, sh, 1).answer == NVMC_WAIT, "what is in flight is not read");
	seen = nvmc_peek(&c, sh, 0);
	tap_ok(seen.slot == newest(0) && nvmc_unchanged(&seen), "but from its slot");
	settle(&run, true, 0);
	nvmc_flush_end(sh);
	other = nvmc_peek(&c, sh, 1);
	tap_ok(other.answer == NVMC_MAPPING, "afterwards it is");
	nvmc_mapping_end(&c, sh, 1);
	seen = nvmc_peek(&c, sh, 0);
	put(0, FULL, 0);
	tap_ok(nvmc_unchanged(&seen) && nvmc_peek(&c, sh, 0).slot == seen.slot, "to write to it in place disturbs nobody");
	nvmc_forget(&c, sh, 0);
	tap_ok(!nvmc_unchanged(&seen), "a slot that goes is seen");
	nvmc_write_begin(&c, sh, 32, FULL, 0, false, &a, &old);
	tap_ok(nvmc_peek(&c, sh, 32).answer == NVMC_WAIT, "data that is not there yet is not read");
	nvmc_write_end(&c, sh, a, 1);
	tap_ok(nvmc_peek(&c, sh, 32).answer == NVMC_WAIT, "nor what lacks sectors");
	nvmc_exit(&c);
}

/* A block can be completed, however many commands there are beside it. */
static void test_held(void)
{
	struct nvmc_run first = { .slot = (u32[32]){ } };

	start(&small);
	put(0, FULL, 0);
	put(1, 1, 0);
	put(2, FULL, 0);
	nvmc_flush_begin(sh, 0);
	next_run(0);
	memcpy(first.slot, run.slot, sizeof(u32));
	first.block = run.block;
	first.nr = run.nr;
	tap_ok(!next_run(0), "one waits for the mapping: no other command makes it undefined");
	settle(&first, true, 0);
	tap_ok(nvmc_pick(&c, sh, 0, &run) == NVMC_FILL, "the command ends: it is completed");
	nvmc_fill_end(&c, sh, run.slot[0], FULL, true, 0);
	tap_ok(next_run(0) && is_run(1, 2), "and all is written");
	settle(&run, true, 0);
	nvmc_flush_end(sh);
	nvmc_exit(&c);

	start(&small);
	put(0, FULL, 0);
	put(1, 1, 0);
	put(2, FULL, 0);
	nvmc_flush_begin(sh, 0);
	next_run(0);
	next_run(0);
	put(1, FULL, 0);
	tap_ok(next_run(0) && is_run(1, 2), "overwritten: it need not be completed");
	nvmc_exit(&c);
}

/* Returns how many commands it took. */
static u32 write_all(void)
{
	enum nvmc_answer a;
	u32 n = 0, at;

	while ((a = nvmc_pick(&c, sh, 0, &run)) != NVMC_NOTHING) {
		if (a == NVMC_FILL) {
			nvmc_fill_end(&c, sh, run.slot[0], FULL, true, 0);
			continue;
		}
		for (at = 0; at < run.nr; )
			at = nvmc_drained(&c, sh, &run, at);
		settle(&run, true, 0);
		n++;
	}
	return n;
}

static void read_all(u64 block)
{
	enum nvmc_answer a;
	u32 slot;

	a = nvmc_read_begin(&c, sh, block, FULL, &slot);
	if (a == NVMC_FILL)
		nvmc_fill_end(&c, sh, slot, FULL, false, 0);
	else if (a == NVMC_HIT)
		nvmc_read_end(sh, slot);
}

/*
 * Blocks that are completed come to the front. They may wait for one behind
 * them, and be more than are looked at.
 */
static void test_held_out_of_reach(void)
{
	struct nvmc_geometry geo = small;
	struct nvmc_run first[2];
	u32 slots[2][32], g, i;

	geo.erase_unit = 64 * BLOCK;
	geo.slots = 256;
	start(&geo);
	for (i = 0; i < 64; i++)
		for (g = 0; g < 2; g++)
			if (!i || i == 1 || i >= 4)
				put(g * 64 + i, i ? 1 : FULL, 0);
	nvmc_flush_begin(sh, 0);
	for (g = 0; g < 2; g++) {
		tap_ok(next_run(0) && is_run(g * 64, 1), "in flight");
		memcpy(slots[g], run.slot, sizeof(slots[g]));
		first[g] = run;
		first[g].slot = slots[g];
	}
	tap_ok(!write_all(), "no other command begins meanwhile");
	for (i = 127; i > 32; i--)
		read_all(i);
	tap_ok(!next_run(0), "nor when readers have completed more");
	settle(&first[0], true, 0);
	settle(&first[1], true, 0);
	write_all();
	tap_ok(nvmc_flush_done(sh) && !nvmc_flush_end(sh), "and all is written");
	nvmc_exit(&c);
}

/* What lies between two dirty blocks is written once more. */
static void test_gaps(void)
{
	u32 slot;

	start_bridging();
	put(1, FULL, 0);
	put(3, FULL, 0);
	put(7, FULL, 0);
	put(12, FULL, 0);
	nvmc_flush_begin(sh, 0);
	tap_ok(next_run(0) && is_run(1, 7), "gaps of 1 and 3 are bridged, not one of 4");
	tap_ok(run.slot[1] == NVMC_NONE && run.slot[0] != NVMC_NONE && run.slot[6] != NVMC_NONE &&
	       sh->stats.written == 7 && sh->stats.bridged == 4, "and are told from what is dirty");
	tap_ok(nvmc_read_begin(&c, sh, 2, FULL, &slot) == NVMC_WAIT &&
	       nvmc_read_begin(&c, sh, 8, FULL, &slot) == NVMC_MAPPING,
	       "a block of a gap is undefined in flight");
	nvmc_mapping_end(&c, sh, 8);
	tap_ok(put(2, FULL, 0) == NVMC_HIT, "but can be written");
	memset(run_slots + 8, 0, sizeof(u32));
	settle(&run, true, 0);
	tap_ok(nvmc_read_begin(&c, sh, 4, FULL, &slot) == NVMC_MAPPING, "until the command ends");
	nvmc_mapping_end(&c, sh, 4);
	tap_ok(next_run(0) && is_run(12, 1), "the far one goes alone");
	settle(&run, true, 0);
	tap_ok(nvmc_flush_done(sh) && nvmc_dirty(sh) == 1, "what came meanwhile is not lost");
	nvmc_flush_end(sh);
	nvmc_exit(&c);

	start_bridging();
	put(0, FULL, 0);
	flush(0);
	put(2, 1, 0);
	put(1, FULL, 0);
	put(3, FULL, 0);
	nvmc_flush_begin(sh, 0);
	nvmc_pick(&c, sh, 0, &run);
	tap_ok(run.slot[0] == newest(2), "one with sectors missing is completed first");
	nvmc_fill_end(&c, sh, run.slot[0], 0, true, 0);
	tap_ok(next_run(0) && is_run(1, 1), "one that failed is not bridged");
	settle(&run, true, 0);
	nvmc_exit(&c);
}

/* Made for a store to come, which then cannot be. */
static void test_empty_slot(void)
{
	u32 slot, old;

	start(&small);
	nvmc_write_begin(&c, sh, 3, 1, 0, false, &slot, &old);
	nvmc_write_end(&c, sh, slot, 0);
	tap_ok(nvmc_read_begin(&c, sh, 3, FULL, &slot) == NVMC_FILL, "a slot without data is completed");
	nvmc_fill_end(&c, sh, slot, FULL & ~1, false, 0);
	tap_ok(!nvmc_dirty(sh) && nvmc_newest_slot(&c, sh, 3) == NVMC_NONE && sh->free.nr == 64,
	       "and is gone if that fails: nothing was written");
	nvmc_exit(&c);
}

static void test_forget(void)
{
	u32 slot;

	start(&small);
	put_many(0, 2, 0);
	tap_ok(nvmc_forget(&c, sh, 0) == NVMC_NOTHING && nvmc_dirty(sh) == 1 &&
	       nvmc_read_begin(&c, sh, 0, FULL, &slot) == NVMC_MAPPING, "discarded: not written");
	nvmc_mapping_end(&c, sh, 0);
	nvmc_flush_begin(sh, 0);
	next_run(0);
	tap_ok(nvmc_forget(&c, sh, 1) == NVMC_WAIT, "in flight: after that");
	nvmc_exit(&c);
}

static void test_forget_some(void)
{
	start(&small);
	tap_ok(nvmc_forget_some(&c, sh, 5, 99) == 11 && nvmc_forget_some(&c, sh, 16, 99) == 16 &&
	       nvmc_forget_some(&c, sh, 16, 3) == 3, "where nothing is cached: up to the end of a unit");
	put_many(6, 2, 0);
	tap_ok(nvmc_forget_some(&c, sh, 5, 99) == 11 && !nvmc_dirty(sh), "and where some is");
	put_many(6, 2, 0);
	nvmc_flush_begin(sh, 0);
	next_run(0);
	put(5, FULL, 0);
	tap_ok(nvmc_forget_some(&c, sh, 5, 99) == 1 && nvmc_newest_slot(&c, sh, 5) == NVMC_NONE,
	       "not what is in flight, nor what comes behind it");
	nvmc_exit(&c);
}

static u32 discard(struct nvmc_run *d, u32 nr)
{
	while (d->nr < nr && nvmc_discard_begin(&c, sh, d, nr - d->nr))
		;
	return d->nr;
}

static void discarded(const struct nvmc_run *d)
{
	u32 at = 0;

	while (at < d->nr)
		at = nvmc_discard_end(&c, sh, d, at);
}

static void drain(const struct nvmc_run *d)
{
	u32 at = 0;

	while (at < d->nr)
		at = nvmc_drained(&c, sh, d, at);
}

/* Blocks 1 and 3 are dirty, not 2: is the first run of a flush so long? */
static bool flush_begins_with(u32 nr, u32 now)
{
	put(1, FULL, now);
	put(3, FULL, now);
	nvmc_flush_begin(sh, now);
	return next_run(now) && is_run(1, nr);
}

/* Did the flush write all? */
static bool flushed(bool good, u32 now, u32 later)
{
	settle(&run, good, now);
	written_back(later);
	return nvmc_flush_done(sh) && !nvmc_flush_end(sh);
}

static void test_hole(void)
{
	struct nvmc_run d = { .block = 2 };

	start_bridging();
	tap_ok(flush_begins_with(3, 0), "nobody knows that a block of a gap cannot be read");
	nvmc_gap_unread(&c, sh, 2);
	tap_ok(flushed(false, 0, 10), "what is on both sides of it is written");
	tap_ok(flush_begins_with(1, 20), "the next time nobody tries to go over it");
	tap_ok(flushed(true, 20, 20) && sh->stats.failures == 2, "and nothing fails");
	put(2, FULL, 30);
	tap_ok(flush_begins_with(3, 30) && flushed(true, 30, 30), "until it was written");
	tap_ok(flush_begins_with(3, 40), "from then on it is a gap like any other");
	nvmc_gap_unread(&c, sh, 2);
	flushed(false, 40, 50);
	discard(&d, 1);
	drain(&d);
	discarded(&d);
	tap_ok(flush_begins_with(3, 60), "nor is it a hole any more once it was discarded");
	flushed(true, 60, 60);
	nvmc_exit(&c);
}

static void test_discard(void)
{
	struct nvmc_run d = { .block = 10 };
	u32 slot;

	start(&small);
	put_many(8, 4, 0);
	tap_ok(discard(&d, 30) == 30 && nvmc_dirty(sh) == 2 && sh->discards == 3,
	       "discarded over several units: what is dirty is forgotten");
	tap_ok(nvmc_read_begin(&c, sh, 39, FULL, &slot) == NVMC_WAIT, "not read meanwhile");
	drain(&d);
	put(12, 1, 0);
	put(13, FULL, 0);
	nvmc_flush_begin(sh, 0);
	tap_ok(next_run(0) && is_run(8, 2) && !next_run(0),
	       "what is written to it meanwhile is not written back");
	settle(&run, true, 0);
	discarded(&d);
	tap_ok(!sh->discards && nvmc_pick(&c, sh, 0, &run) == NVMC_FILL, "but afterwards");
	nvmc_fill_end(&c, sh, run.slot[0], FULL, true, 0);
	tap_ok(next_run(0) && is_run(12, 2), "both");
	nvmc_exit(&c);
}

static void test_discard_waits(void)
{
	struct nvmc_run d = { .block = 8 };
	u32 slot;

	start(&small);
	nvmc_read_begin(&c, sh, 8, FULL, &slot);
	put(11, FULL, 0);
	tap_ok(discard(&d, 4) == 4 && nvmc_drained(&c, sh, &d, 0) == 0,
	       "not while the mapping is read");
	nvmc_mapping_end(&c, sh, 8);
	drain(&d);
	put(11, FULL, 0);
	d = (struct nvmc_run) { .block = 6 };
	tap_ok(discard(&d, 20) == 2, "as far as nothing is in flight");
	d = (struct nvmc_run) { .block = 8 };
	tap_ok(!discard(&d, 1) && nvmc_newest_slot(&c, sh, 11) != NVMC_NONE, "or not at all");
	nvmc_exit(&c);
}

static void test_discards(void)
{
	struct nvmc_run d;
	u32 i;

	start(&small);
	for (i = 0; i < NVMC_DISCARDS; i++) {
		d = (struct nvmc_run) { .block = 16 * i };
		discard(&d, 1);
	}
	d = (struct nvmc_run) { .block = 16 * i };
	tap_ok(sh->discards == NVMC_DISCARDS && !discard(&d, 1), "so many at a time");
	for (i = 0; i < 64; i++)
		put(16 * (100 + i), FULL, 0);
	tap_ok(nvmc_dirty(sh) == 64, "and there is room for all slots beside them");
	nvmc_exit(&c);
}

/* A block that a flush waits for is completed before more is undefined there. */
static void test_discard_held(void)
{
	struct nvmc_run d = { .block = 1 };

	start(&small);
	put(0, FULL, 0);
	put(2, 1, 0);
	nvmc_flush_begin(sh, 0);
	next_run(0);
	tap_ok(is_run(0, 1) && nvmc_pick(&c, sh, 0, &(struct nvmc_run){ .slot = run_slots + 1 }) ==
	       NVMC_NOTHING, "a block waits to be completed");
	tap_ok(!discard(&d, 1), "nothing is discarded beside it");
	settle(&run, true, 0);
	tap_ok(nvmc_pick(&c, sh, 0, &run) == NVMC_FILL, "now it is");
	nvmc_fill_end(&c, sh, run.slot[0], FULL, true, 0);
	tap_ok(discard(&d, 1) == 1, "then");
	nvmc_exit(&c);
}

/* Writers as fast as the gate lets them, a medium of a fixed speed. */
static u32 converge(u64 service, u32 start_at, u32 *most, u64 *longest)
{
	struct nvmc_pace p = { };
	u64 now = 0, written = 0, wait, done = 0;
	u32 dirty = start_at, n;

	*most = 0;
	*longest = 0;
	for (n = 0; n < 20000; n++) {
		wait = nvmc_pace(&p, now, nvmc_cost(dirty, 500, 950, service));
		*longest = max(*longest, wait);
		now += max(wait, 1000ULL);
		done = now / service;
		dirty += 1;
		while (written < done && dirty)
			written++, dirty--;
		*most = max(*most, dirty);
	}
	return dirty;
}

static void test_throttle(void)
{
	u64 before = 0, cost, longest, step = 0;
	bool rises = true;
	u32 d, most;

	for (d = 0; d <= 950; d++) {
		cost = nvmc_cost(d, 500, 950, 25000);
		rises = rises && cost >= before && (d <= 500 ? !cost : cost > before || d == 950);
		if (d < 900)
			step = max(step, cost - before);
		before = cost;
	}
	tap_ok(rises, "writing costs nothing at the high watermark, and more above it");
	tap_ok(step < 25000 / 4, "without a step: at most %llu ns a block, of 25000", step);
	d = converge(25000, 0, &most, &longest);
	tap_ok(d > 650 && d < 800 && most < 800, "the amount settles between the marks: %u", d);
	tap_ok(longest < 2 * 25000, "no write waits long: %llu ns", longest);
	d = converge(100000, 949, &most, &longest);
	tap_ok(d > 650 && d < 800, "from above, too: %u", d);
	tap_ok(nvmc_cost(~0U, 500, 950, ~0ULL) <= 100000000, "a cost has a bound");
}

/* One command at a time, idle for so long between two of them. */
static u64 service_of(u64 idle, u64 takes, u32 blocks)
{
	struct nvmc_rate r = { };
	u64 now = 1000;
	u32 i;

	for (i = 0; i < 100; i++) {
		nvmc_rate_begun(&r, now);
		nvmc_rate_settled(&r, now += takes, blocks);
		if (idle) {
			nvmc_rate_idle(&r);
			now += idle;
		}
	}
	return r.service;
}

static void test_service(void)
{
	struct nvmc_rate r = { };
	struct nvmc_pace p = { };
	u64 now = 1000, service;
	u32 i;

	service = service_of(0, 400000, 16);
	tap_ok(service > 24900 && service < 25100, "16 blocks in 400 us are 25 us each, one command at a time: %llu", service);
	service = service_of(60000000000, 400000, 16);
	tap_ok(service > 24900 && service < 25100, "a minute with nothing to do is none that the medium took: %llu", service);
	/* two at a time, each for 400 us */
	nvmc_rate_begun(&r, now);
	for (i = 0; i < 100; i++) {
		nvmc_rate_begun(&r, now);
		nvmc_rate_settled(&r, now += 200000, 4);
	}
	tap_ok(r.service > 49000 && r.service < 51000, "two at a time are twice as fast: %llu", r.service);
	nvmc_rate_settled(&r, now, 1);
	tap_ok(r.service > 40000, "one that comes at once hardly moves it");
	service = r.service;
	nvmc_rate_settled(&r, now += 5000000000, 0);
	tap_ok(r.service == service, "what failed says nothing of the speed");
	nvmc_rate_settled(&r, now += 200000, 4);
	tap_ok(r.service < 51000, "nor the time that it took");
	for (i = 0; i < 100000; i++)
		nvmc_pace(&p, 0, 10000000);
	tap_ok(p.next == 100000000, "a wait has a bound");
}

int main(void)
{
	test_geometry();
	test_shards();
	test_coalescing();
	test_watermarks();
	test_pinned();
	test_full();
	test_shrink();
	test_refused_memory();
	test_second_chance();
	test_in_flight();
	test_old_fails();
	test_old_is_refused();
	test_failure();
	test_all_failed();
	test_health();
	test_silence();
	test_stuck();
	test_probe();
	test_partial();
	test_poison();
	test_no_starving();
	test_peek();
	test_held();
	test_held_out_of_reach();
	test_gaps();
	test_hole();
	test_empty_slot();
	test_forget();
	test_forget_some();
	test_discard();
	test_discard_waits();
	test_discards();
	test_discard_held();
	test_throttle();
	test_service();
	return tap_done();
}

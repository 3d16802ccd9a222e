// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pure half of the cache against an array, and the power cut at each
 * boundary of a flush, at each completion and in between. SEED and RUNS in the
 * environment choose other walks and how many.
 */
#include "cache_world.h"
#include "seed.h"
#include "tap.h"

#define STEPS	20000

static unsigned long long seed, runs;

struct kind {
	const char	*what;
	struct world_options o;
};

#define GEO(b, erase, busy, run, n, sh, res, hi, lo)				\
	.block = (b), .erase_unit = (erase), .busy_unit = (busy), .max_run = (run),	\
	.slots = (n), .shards = (sh), .reserve = (res), .high = (hi), .low = (lo),	\
	.max_age = 200, .backoff = 20

/* The watermarks that the engine has, see nvmc_geometry_for(). */
#define MARK(n, sh, percent)	((n) / (sh) * (percent) / 100)

static const struct kind kinds[] = {
	{ "the data fits", {
		.geo = { GEO(4096, 65536, 4096, 16, 512, 4, 4, 20, 10) },
		.blocks = 128, .hot = 32, } },
	{ "the data fits, with a volatile buffer", {
		.geo = { GEO(4096, 65536, 4096, 16, 512, 4, 4, 20, 10) },
		.blocks = 128, .hot = 32, .volatile_buffer = true, } },
	{ "the cache is a small part of it", {
		.geo = { GEO(4096, 32768, 16384, 16, 32, 2, 2, 8, 4) },
		.blocks = 256, .hot = 64, .volatile_buffer = true, } },
	{ "commands fail now and then", {
		.geo = { GEO(4096, 65536, 65536, 16, 64, 1, 2, 16, 8) },
		.blocks = 128, .hot = 16, .volatile_buffer = true, .fail = 4, } },
	{ "commands fail most of the time", {
		.geo = { GEO(4096, 65536, 8192, 4, 64, 2, 1, 8, 4) },
		.blocks = 64, .hot = 16, .volatile_buffer = true, .fail = 2, } },
	{ "commands get no answer, and flushes end without what they wait for", {
		.geo = { GEO(4096, 65536, 8192, 8, 64, 2, 1, 8, 4) },
		.blocks = 64, .hot = 16, .volatile_buffer = true, .fail = 3, .silent = 2, } },
	{ "blocks of one sector, runs of one block", {
		.geo = { GEO(512, 512, 512, 1, 64, 2, 1, 8, 4) },
		.blocks = 64, .hot = 16, .volatile_buffer = true, .fail = 10, } },
	{ "the undefined range is more than an erase unit", {
		.geo = { GEO(2048, 2048, 131072, 16, 64, 1, 1, 20, 4) },
		.blocks = 256, .hot = 40, .volatile_buffer = true, .fail = 10, } },
	{ "more wait for what is undefined than are looked at", {
		.geo = { GEO(4096, 262144, 16384, 16, 512, 2, 2, 200, 100) },
		.blocks = 512, .hot = 400, .volatile_buffer = true, .fail = 10, } },
	{ "gaps are written once more", {
		.geo = { GEO(4096, 65536, 4096, 16, 64, 2, 2, 8, 4), .max_gap = 14 },
		.blocks = 256, .hot = 64, .volatile_buffer = true, .fail = 10, } },
	{ "gaps up to a few blocks, runs over several units", {
		.geo = { GEO(1024, 8192, 512, 16, 128, 2, 2, 16, 8), .max_gap = 3 },
		.blocks = 256, .hot = 96, .volatile_buffer = true, } },
	{ "watermarks and gaps as the engine has them", {
		.geo = { GEO(4096, 65536, 4096, 16, 40, 2, 2, MARK(40, 2, 85),
			     MARK(40, 2, 78)), .max_gap = 1 },
		.blocks = 256, .hot = 96, .volatile_buffer = true, .fail = 10, } },
	{ "a handful of slots", {
		.geo = { GEO(4096, 65536, 16384, 16, 4, 1, 1, 2, 0) },
		.blocks = 32, .hot = 8, .volatile_buffer = true, .fail = 10, } },
};

static bool walk(struct world *w, unsigned long steps)
{
	while (steps--)
		if (!world_run(w, 10) || !world_cut(w))
			return false;
	w->o.fail = 0;
	w->o.silent = 0;
	return world_settle(w) && world_cut(w) && world_read_all(w);
}

static void test_kind(const struct kind *k)
{
	struct world_options o = k->o;
	unsigned long flushes = 0, copies = 0, cuts = 0, bridged = 0, discards = 0;
	unsigned long peeks = 0, late = 0;
	unsigned long long n;
	struct world w;
	bool good = true;

	for (n = 0; good && n < runs; n++) {
		o.seed = seed + n;
		world_init(&w, &o);
		good = walk(&w, STEPS / 10);
		flushes += w.flushes;
		copies += world_copies(&w);
		cuts += w.cuts;
		bridged += w.bridged;
		discards += w.discards;
		peeks += w.peeks;
		late += w.late;
		if (!good)
			printf("# SEED=%llu: %s\n", o.seed, w.why);
		world_exit(&w);
	}
	tap_ok(good && flushes && copies && discards && peeks && late &&
	       !bridged == !o.geo.max_gap,
	       "%s: %llu walks, %lu flushes, %lu copies, %lu discards, %lu cuts, %lu peeks, %lu late",
	       k->what, n, flushes, copies, discards, cuts, peeks, late);
}

/* Blocks that the medium refuses: the flush says so, and nothing is lost. */
static void test_bad(void)
{
	struct world_options o = {
		.geo = { GEO(4096, 65536, 16384, 16, 128, 2, 2, 16, 8) },
		.blocks = 128, .hot = 32, .volatile_buffer = true, .bad = 4,
	};
	unsigned long errors = 0;
	bool good = true, told = true;
	unsigned long long n;
	struct world w;

	for (n = 0; good && n < runs; n++) {
		o.seed = seed + n;
		world_init(&w, &o);
		good = world_run(&w, STEPS) && world_settle(&w) && world_read_all(&w);
		errors += w.errors;
		/* nothing is dirty any more but what was refused */
		told = told && w.refused <= w.o.bad;
		memset(w.bad, 0, w.o.blocks);
		good = good && world_settle(&w) && !w.refused && world_cut(&w) &&
		       world_read_all(&w);
		if (!good)
			printf("# SEED=%llu: %s\n", o.seed, w.why);
		world_exit(&w);
	}
	tap_ok(good, "blocks that cannot be written stay readable, and go once they can");
	tap_ok(told && errors, "each flush says so, of those blocks only: %lu did", errors);
}

int main(void)
{
	size_t i;

	seed = from_env("SEED", 1);
	runs = from_env("RUNS", 20);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		test_kind(&kinds[i]);
	test_bad();
	return tap_done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model of the power cut itself: it loses what it should and nothing else,
 * and each error planted in its sample client is found. SEED in the
 * environment chooses another one.
 */
#include <stdlib.h>
#include "journal.h"
#include "power.h"
#include "seed.h"
#include "tap.h"

static unsigned long long seed;

/* Which values word 0 and word 1 were seen to have after a cut. */
struct seen {
	unsigned int	values;		/* a bit each: 1 << word1 * 4 + word0 */
};

static const char *note_values(uint8_t *image, void *ctx)
{
	struct seen *seen = ctx;

	seen->values |= 1U << ((image[8] & 3) * 4 + (image[0] & 3));
	return NULL;
}

static void put(uint64_t *word, uint64_t val)
{
	nvm_store(word, &val, sizeof(val));
}

static void test_fence(void)
{
	uint64_t mem[16] = { };
	struct seen seen = { };
	struct power p = { .mem = (uint8_t *)mem, .len = sizeof(mem), .check = note_values,
			   .ctx = &seen, .budget = 4096, .seed = seed };

	power_on(&p);
	put(&mem[0], 1);
	put(&mem[1], 1);
	nvm_fence();
	tap_ok(seen.values == 0x33 && p.images == 4,
	       "two words of a line, not fenced: all four combinations");
	seen.values = 0;
	power_cut(&p);
	tap_ok(seen.values == 1 << 5 && p.images == 5, "fenced: both are there");
	put(&mem[0], 2);
	put(&mem[0], 3);
	seen.values = 0;
	power_cut(&p);
	tap_ok(seen.values == (1 << 5 | 1 << 6 | 1 << 7) && p.images == 8,
	       "a word stored twice: the old one, the first or the second");
	power_off(&p);
}

static void test_flush(void)
{
	uint64_t mem[16] = { };
	struct seen seen = { };
	struct power p = { .mem = (uint8_t *)mem, .len = sizeof(mem), .flushes = true,
			   .check = note_values, .ctx = &seen, .budget = 4096, .seed = seed };

	power_on(&p);
	put(&mem[0], 1);
	nvm_fence();
	put(&mem[1], 1);
	seen.values = 0;
	power_flush(&p);
	tap_ok(seen.values == 0x33, "a region with a flush: a fence is not enough");
	seen.values = 0;
	power_cut(&p);
	tap_ok(seen.values == (1 << 1 | 1 << 5),
	       "its flush takes what was fenced, and only that");
	power_off(&p);
}

static const char *first_seven(uint8_t *image, void *ctx)
{
	unsigned int *lengths = ctx;
	unsigned int n = 0;

	while (n < 7 && image[n] == 0xff)
		n++;
	*lengths |= 1U << n;
	return image[7] ? "a byte that was not stored" : NULL;
}

static void test_torn_word(void)
{
	uint8_t mem[POWER_LINE] __attribute__((aligned(8))) = { };
	unsigned int lengths = 0;
	struct power p = { .mem = mem, .len = sizeof(mem), .check = first_seven,
			   .ctx = &lengths, .budget = 4096, .seed = seed };

	power_on(&p);
	nvm_store(mem, "\377\377\377\377\377\377\377", 7);
	nvm_fence();
	tap_ok(lengths == 0xff && !p.why[0], "less than a word arrives byte by byte");
	power_off(&p);
}

/* A line each; @ctx counts by line how often it was missing and there, alone. */
struct lines {
	unsigned int	nr;
	unsigned int	missing[32];
	unsigned int	alone[32];
	unsigned int	torn;
};

static const char *note_lines(uint8_t *image, void *ctx)
{
	struct lines *l = ctx;
	unsigned int i, w, there = 0, one = 0, none = 0;

	for (i = 0; i < l->nr; i++) {
		unsigned int words = 0;

		for (w = 0; w < POWER_LINE; w += POWER_WORD)
			words += image[i * POWER_LINE + w];
		if (words == POWER_LINE / POWER_WORD)
			one = i, there++;
		else if (!words)
			none = i;
		else
			l->torn++;
	}
	if (there == 1)
		l->alone[one]++;
	if (there == l->nr - 1)
		l->missing[none]++;
	return NULL;
}

static bool each_line(unsigned int nr, unsigned long *images, unsigned int *torn)
{
	uint8_t *mem = calloc(nr, POWER_LINE);
	struct lines l = { .nr = nr };
	struct power p = { .mem = mem, .len = nr * POWER_LINE, .check = note_lines,
			   .ctx = &l, .budget = 100, .seed = seed };
	uint64_t one = 1;
	bool good = true;
	unsigned int i;

	power_on(&p);
	for (i = 0; i < p.len; i += POWER_WORD)
		nvm_store(mem + i, &one, sizeof(one));
	nvm_fence();
	for (i = 0; i < nr; i++)
		good = good && l.missing[i] && l.alone[i];
	*images = p.images;
	*torn = l.torn;
	power_off(&p);
	free(mem);
	return good;
}

static void test_many(void)
{
	unsigned long images;
	unsigned int torn;
	bool good;

	good = each_line(8, &images, &torn);
	tap_ok(good && images >= 256 + 100 && torn > 100,
	       "eight lines: all 256 combinations of them, torn ones too");
	good = each_line(24, &images, &torn);
	tap_ok(good && images < 1000 && torn > 300,
	       "24 lines: each alone and each missing, %lu images", images);
}

/* The sample client and what is known of it. */
struct writer {
	struct journalled	j;
	uint8_t			old[JOURNAL_BLOCKS][JOURNAL_BLOCK];	/* acknowledged */
	uint8_t			new[JOURNAL_BLOCK];
	int			busy;		/* the block being written, or -1 */
	unsigned long long	seed;
	unsigned int		last;
	bool			cut_recovery;
	unsigned long		cuts_in_recovery;
};

static const char *old_or_new(const struct journalled *j, const struct writer *w)
{
	int b;

	for (b = 0; b < JOURNAL_BLOCKS; b++) {
		if (!memcmp(j->blocks[b], w->old[b], JOURNAL_BLOCK))
			continue;
		if (b != w->busy)
			return "an acknowledged block is not there";
		if (memcmp(j->blocks[b], w->new, JOURNAL_BLOCK))
			return "a block is neither old nor new";
	}
	return NULL;
}

static const char *recovered_again(uint8_t *image, void *ctx)
{
	struct journalled *j = (struct journalled *)image;
	/* not cut a third time */
	struct power p = { .mem = image, .len = sizeof(*j), .seed = seed };
	bool good;

	power_on(&p);
	good = journal_recover(j);
	power_off(&p);
	return good ? old_or_new(j, ctx) : "recovery, again, refuses it";
}

/* Recovery is cut in its turn. */
static const char *recovered(uint8_t *image, void *ctx)
{
	static char why[sizeof(((struct power *)NULL)->why) + 16];
	struct writer *w = ctx;
	struct journalled *j = (struct journalled *)image;
	struct power p = { .mem = image, .len = sizeof(*j), .check = recovered_again,
			   .ctx = w, .budget = 4, .seed = seed };
	bool good;

	if (!w->cut_recovery)
		p.check = NULL;
	power_on(&p);
	good = journal_recover(j);
	power_off(&p);
	w->cuts_in_recovery += p.cuts;
	if (p.why[0]) {
		snprintf(why, sizeof(why), "in recovery, %s", p.why);
		return why;
	}
	return good ? old_or_new(j, w) : "recovery refuses it";
}

static void write_block(struct power *p, struct writer *w)
{
	/* another one than the last: each part of the journal's entry changes */
	unsigned int b = (w->last + 1 + next_random(&w->seed) % (JOURNAL_BLOCKS - 1)) %
			 JOURNAL_BLOCKS;
	unsigned int i;

	w->last = b;
	for (i = 0; i < JOURNAL_BLOCK; i++)
		w->new[i] = next_random(&w->seed);
	w->busy = b;
	if (p->plant == POWER_EARLY_ACK)
		memcpy(w->old[b], w->new, JOURNAL_BLOCK);
	journal_write(&w->j, b, w->new);
	memcpy(w->old[b], w->new, JOURNAL_BLOCK);
	w->busy = -1;
	power_cut(p);
}

/* Five writes; returns the machine, off, with what it has counted. */
static struct power run_writer(enum power_plant plant, int at, unsigned long *cuts_in_recovery)
{
	struct writer *w = calloc(1, sizeof(*w));
	struct power p = { .mem = (uint8_t *)&w->j, .len = sizeof(w->j), .check = recovered,
			   .ctx = w, .budget = 128, .seed = seed, .plant = plant, .plant_at = at };
	int i;

	w->seed = seed;
	w->busy = -1;
	w->cut_recovery = cuts_in_recovery;
	power_on(&p);
	for (i = 0; i < 5; i++)
		write_block(&p, w);
	power_off(&p);
	if (cuts_in_recovery)
		*cuts_in_recovery = w->cuts_in_recovery;
	free(w);
	return p;
}

static void test_sound(struct power *sound)
{
	unsigned long cuts;

	*sound = run_writer(POWER_SOUND, -1, &cuts);
	if (sound->why[0])
		printf("# %s\n", sound->why);
	tap_ok(!sound->why[0] && cuts, "sample: each block old or new after %lu images, %lu cuts in recovery",
	       sound->images, cuts);
}

/*
 * Each of the first @nr stores or fences by itself: not one is there for
 * nothing.
 */
static void test_planted(enum power_plant plant, int nr, const char *what)
{
	int i, found = 0;

	for (i = 0; i < nr; i++) {
		struct power p = run_writer(plant, i, NULL);

		if (p.why[0])
			found++;
		else
			printf("# not found: number %d\n", i);
	}
	tap_ok(nr && found == nr, "planted in the sample and found: %s (%d times)", what, nr);
}

int main(void)
{
	struct power sound;

	seed = from_env("SEED", 20140402) | 1;
	printf("# SEED=%llu\n", seed);
	test_fence();
	test_flush();
	test_torn_word();
	test_many();
	test_sound(&sound);
	/* what follows the last write would need its place */
	test_planted(POWER_NO_FENCE, sound.fences - 1, "a missing fence");
	test_planted(POWER_NO_WRITEBACK, sound.stores - 1, "a store that stays in the cache");
	test_planted(POWER_LATE_STORE, sound.stores - 1, "a store after its fence");
	test_planted(POWER_EARLY_ACK, 1, "an acknowledgement before the store");
	return tap_done();
}

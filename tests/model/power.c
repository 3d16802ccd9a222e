// SPDX-License-Identifier: GPL-2.0-only
/* The power cut, modelled: see power.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "power.h"
#include "seed.h"

/* So many lines are combined in all ways. */
#define ALL_LINES	12
#define FOREVER		(~0U)

static struct power *on;

static void *zalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	if (!p)
		abort();
	return p;
}

void power_on(struct power *p)
{
	size_t words = p->len / POWER_WORD;

	if (p->len % POWER_WORD || !p->seed)
		abort();
	p->durable = zalloc(p->len, 1);
	memcpy(p->durable, p->mem, p->len);
	p->image = zalloc(p->len, 1);
	p->number = zalloc(words, sizeof(*p->number));
	p->take = zalloc(words, sizeof(*p->take));
	p->seen = zalloc(words, sizeof(*p->seen));
	p->words = zalloc(words, sizeof(*p->words));
	p->lines = zalloc(words, sizeof(*p->lines));
	p->below = on;
	on = p;
}

void power_off(struct power *p)
{
	if (on != p)
		abort();
	on = p->below;
	free(p->durable);
	free(p->image);
	free(p->number);
	free(p->take);
	free(p->seen);
	free(p->words);
	free(p->lines);
	free(p->pending);
}

static bool planted(struct power *p, enum power_plant plant, int nr)
{
	return p->plant == plant && (p->plant_at < 0 || p->plant_at == nr);
}

/* Which words, and lines, have stores pending. */
static void take_stock(struct power *p)
{
	size_t i;

	memset(p->number, 0, p->len / POWER_WORD * sizeof(*p->number));
	p->nr_words = 0;
	p->nr_lines = 0;
	for (i = 0; i < p->nr; i++)
		p->number[p->pending[i].at / POWER_WORD]++;
	for (i = 0; i < p->len / POWER_WORD; i++) {
		size_t line = i * POWER_WORD / POWER_LINE;

		if (!p->number[i])
			continue;
		p->words[p->nr_words++] = i;
		if (!p->nr_lines || p->lines[p->nr_lines - 1] != line)
			p->lines[p->nr_lines++] = line;
	}
}

/* @p->take says what has arrived. */
static void look(struct power *p)
{
	const char *wrong;
	size_t i, lost = 0;

	if (p->why[0])
		return;
	memcpy(p->image, p->durable, p->len);
	memset(p->seen, 0, p->len / POWER_WORD * sizeof(*p->seen));
	for (i = 0; i < p->nr; i++) {
		struct power_store *s = &p->pending[i];
		size_t word = s->at / POWER_WORD;

		if (p->seen[word]++ < p->take[word])
			memcpy(p->image + s->at, s->bytes, s->len);
		else
			lost++;
	}
	p->images++;
	wrong = p->check(p->image, p->ctx);
	if (wrong)
		snprintf(p->why, sizeof(p->why), "cut %lu (store %d, fence %d, flush %d), %zu of %zu lost: %s",
			 p->cuts, p->stores, p->fences, p->flushings, lost, p->nr, wrong);
}

static void take_words(struct power *p, bool all)
{
	size_t i;

	for (i = 0; i < p->nr_words; i++)
		p->take[p->words[i]] = all ? p->number[p->words[i]] : 0;
}

static void take_line(struct power *p, size_t line, bool all)
{
	size_t w;

	for (w = line * POWER_LINE / POWER_WORD;
	     w < (line + 1) * POWER_LINE / POWER_WORD && w < p->len / POWER_WORD; w++)
		p->take[w] = all ? p->number[w] : 0;
}

/* How many combinations there are, or more than @most. */
static unsigned long combinations(struct power *p, unsigned long most)
{
	unsigned long n = 1;
	size_t i;

	for (i = 0; i < p->nr_words && n <= most; i++)
		n *= p->number[p->words[i]] + 1;
	return n;
}

static void look_at_all(struct power *p)
{
	size_t i;

	take_words(p, false);
	do {
		look(p);
		/* counts up, a digit a word */
		for (i = 0; i < p->nr_words; i++) {
			size_t w = p->words[i];

			if (p->take[w]++ < p->number[w])
				break;
			p->take[w] = 0;
		}
	} while (i < p->nr_words);
}

static void look_at_lines(struct power *p)
{
	unsigned long set;
	size_t i;

	if (p->nr_lines > ALL_LINES)
		return;
	for (set = 0; set < 1UL << p->nr_lines; set++) {
		for (i = 0; i < p->nr_lines; i++)
			take_line(p, p->lines[i], set >> i & 1);
		look(p);
	}
}

/* All, nothing, all but one, one alone. */
static void look_at_single(struct power *p, bool all)
{
	size_t i;

	take_words(p, all);
	look(p);
	for (i = 0; i < p->nr_lines; i++) {
		take_line(p, p->lines[i], !all);
		look(p);
		take_line(p, p->lines[i], all);
	}
	for (i = 0; i < p->nr_words; i++) {
		size_t w = p->words[i];

		p->take[w] = all ? 0 : p->number[w];
		look(p);
		p->take[w] = all ? p->number[w] : 0;
	}
}

static void look_at_random(struct power *p)
{
	unsigned long n;
	size_t i;

	for (n = 0; n < p->budget; n++) {
		/* from nearly nothing to nearly all */
		unsigned long long some = 1 + next_random(&p->seed) % 15;

		for (i = 0; i < p->nr_words; i++) {
			size_t w = p->words[i];

			p->take[w] = next_random(&p->seed) % 16 < some ?
				     1 + next_random(&p->seed) % p->number[w] : 0;
		}
		look(p);
	}
}

void power_cut(struct power *p)
{
	if (!p->check || p->why[0])
		return;
	p->cuts++;
	take_stock(p);
	if (combinations(p, p->budget) <= p->budget) {
		look_at_all(p);
		return;
	}
	look_at_single(p, true);
	look_at_single(p, false);
	look_at_lines(p);
	look_at_random(p);
}

static void store_unit(struct power *p, size_t at, const uint8_t *bytes, unsigned int len)
{
	struct power_store *s;

	if (p->nr == p->room) {
		p->room = p->room ? 2 * p->room : 64;
		p->pending = realloc(p->pending, p->room * sizeof(*p->pending));
		if (!p->pending)
			abort();
	}
	s = &p->pending[p->nr++];
	*s = (struct power_store) { .at = at, .len = len };
	if (planted(p, POWER_NO_WRITEBACK, p->stores))
		s->survives = FOREVER;
	else if (planted(p, POWER_LATE_STORE, p->stores))
		s->survives = 1;
	memcpy(s->bytes, bytes, len);
}

void nvm_store(void *dst, const void *src, size_t len)
{
	struct power *p = on;
	size_t at = (uint8_t *)dst - p->mem;
	const uint8_t *bytes = src;
	size_t i = 0;

	if ((uint8_t *)dst < p->mem || len > p->len || at > p->len - len)
		abort();
	while (i < len) {
		unsigned int n = (at + i) % POWER_WORD || len - i < POWER_WORD ? 1 : POWER_WORD;

		store_unit(p, at + i, bytes + i, n);
		i += n;
	}
	p->stores++;
	memcpy(dst, src, len);
}

/*
 * What is in the first @upto[word] stores of a word is durable. A word's stores
 * keep their order: what was to survive goes with a later one.
 */
static void settle(struct power *p, const unsigned int *upto)
{
	size_t i, kept = 0;

	memset(p->seen, 0, p->len / POWER_WORD * sizeof(*p->seen));
	for (i = 0; i < p->nr; i++) {
		struct power_store *s = &p->pending[i];
		size_t word = s->at / POWER_WORD;

		if (p->seen[word]++ < upto[word])
			memcpy(p->durable + s->at, s->bytes, s->len);
		else
			p->pending[kept++] = *s;
	}
	p->nr = kept;
}

/* Up to the last store of each word that is drained. */
static void settle_drained(struct power *p)
{
	size_t words = p->len / POWER_WORD;
	unsigned int *count = zalloc(words, sizeof(*count));
	unsigned int *upto = zalloc(words, sizeof(*upto));
	size_t i;

	for (i = 0; i < p->nr; i++) {
		size_t word = p->pending[i].at / POWER_WORD;

		count[word]++;
		if (p->pending[i].drained)
			upto[word] = count[word];
	}
	settle(p, upto);
	free(count);
	free(upto);
}

static void drain(struct power *p)
{
	size_t i;

	for (i = 0; i < p->nr; i++) {
		if (!p->pending[i].survives)
			p->pending[i].drained = true;
		else if (p->pending[i].survives != FOREVER)
			p->pending[i].survives--;
	}
	if (!p->flushes)
		settle_drained(p);
}

void nvm_fence(void)
{
	struct power *p = on;

	power_cut(p);
	if (planted(p, POWER_FLUSH_FIRST, p->fences))
		p->owes_fence = true;
	else if (!planted(p, POWER_NO_FENCE, p->fences))
		drain(p);
	p->fences++;
}

void power_switch_cpu(struct power *p)
{
	size_t i;

	power_cut(p);
	if (!planted(p, POWER_NO_BARRIER, 0)) {
		drain(p);
		return;
	}
	/* no fence of another CPU reaches them */
	for (i = 0; i < p->nr; i++)
		p->pending[i].survives = FOREVER;
}

void power_flush(struct power *p)
{
	power_cut(p);
	if (!planted(p, POWER_NO_FLUSH, p->flushings))
		settle_drained(p);
	p->flushings++;
	if (p->owes_fence)
		drain(p);
	p->owes_fence = false;
}

void power_device_wrote(struct power *p, size_t at, size_t len)
{
	size_t i, kept = 0;

	for (i = 0; i < p->nr; i++)
		if (p->pending[i].at < at || p->pending[i].at >= at + len)
			p->pending[kept++] = p->pending[i];
	p->nr = kept;
	memcpy(p->durable + at, p->mem + at, len);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What holds for every list: random ones, against a model so plain that it
 * can be seen to be right. SEED and RUNS in the environment choose others.
 */
#include <time.h>
#include "devices.h"
#include "seed.h"
#include "tap.h"

/* Few places, so that lists meet devices and each other all the time. */
#define SLOTS	24
#define BASE	0x140000000ULL

static u64 state;

static unsigned int below(unsigned int n)
{
	return next_random(&state) % n;
}

static size_t put(char *buf, size_t len, size_t n, const char *text)
{
	return n + pure_scnprintf(buf + n, len - n, "%s", text);
}

static size_t random_number(char *buf, size_t len, size_t n, u64 val)
{
	static const char * const forms[] = { "%llu", "0x%llx", "0X%llX" };

	if (below(3))
		return n + pure_scnprintf(buf + n, len - n, "%lluM", val >> 20);
	return n + pure_scnprintf(buf + n, len - n, forms[below(3)], val);
}

static size_t random_options(char *buf, size_t len, size_t n)
{
	static const char * const uids[] = { ":uid=a", ":uid=b", ":uid=memmap-140200000" };
	static const char * const types[] = { ":type=1", ":type=1", ":type=2:undo=0", ":type=4" };

	if (!below(8))
		n = put(buf, len, n, below(2) ? ":ro=1" : ":ro=0");
	if (!below(10))
		n = put(buf, len, n, uids[below(3)]);
	if (!below(12))
		n = put(buf, len, n, below(2) ? ":numa=0" : ":numa=1");
	if (!below(20))
		n = put(buf, len, n, types[below(4)]);
	return n;
}

static size_t random_element(char *buf, size_t len, size_t n)
{
	unsigned int slot = below(SLOTS);

	n = random_number(buf, len, n, (1 + below(4)) * NVMM_ALIGN);
	n = put(buf, len, n, "@");
	n = random_number(buf, len, n, BASE + slot * NVMM_ALIGN);
	return below(2) ? n : random_options(buf, len, n);
}

/* Elements that exist, some of them longer: most random lists are refused. */
static size_t likely_element(struct devices *d, char *buf, size_t len, size_t n)
{
	struct nvmm_spec spec = d->spec[below(d->nr)];

	if (!below(3))
		spec.size += NVMM_ALIGN;
	return n + nvmm_format(&spec, buf + n, len - n);
}

static void random_list(struct devices *d, char *buf, size_t len)
{
	unsigned int nr = below(5);
	size_t n = 0;

	buf[0] = '\0';
	while (nr--) {
		if (d->nr && below(2))
			n = likely_element(d, buf, len, n);
		else
			n = random_element(buf, len, n);
		if (nr)
			n = put(buf, len, n, ",");
	}
}

static bool ref_overlap(const struct nvmm_spec *a, const struct nvmm_spec *b)
{
	u64 x;

	for (x = a->start; x < a->start + a->size; x += NVMM_ALIGN)
		if (x >= b->start && x < b->start + b->size)
			return true;
	return false;
}

static bool ref_same(const struct nvmm_spec *a, const struct nvmm_spec *b,
		     u32 which)
{
	u32 o;

	for (o = 0; o < NVMM_NR_OPTS; o++)
		if ((which & (1 << o)) && a->opt[o] != b->opt[o])
			return false;
	return !(which & (1 << NVMM_OPT_UID)) || !strcmp(a->uid, b->uid);
}

static int ref_list(const struct devices *w)
{
	size_t i, j;

	for (i = 0; i < w->nr; i++)
		for (j = 0; j < i; j++)
			if (ref_overlap(&w->spec[i], &w->spec[j]))
				return -EEXIST;
	return 0;
}

static int ref_place(const struct nvmm_spec *e, const struct devices *have,
		     struct devices *d, bool *added)
{
	size_t i;

	if (e->opt[NVMM_OPT_TYPE] > 2)
		return -EOPNOTSUPP;
	*added = true;
	for (i = 0; i < have->nr; i++) {
		if (have->spec[i].start != e->start)
			continue;
		if (e->size < have->spec[i].size || !ref_same(e, &have->spec[i], ~0U))
			return -EINVAL;
		*added = false;
		d->spec[i].size = e->size;
	}
	for (i = 0; i < have->nr; i++)
		if (have->spec[i].start != e->start && ref_overlap(e, &have->spec[i]))
			return -EEXIST;
	if (*added)
		d->spec[d->nr++] = *e;
	return 0;
}

static int ref_uids(const struct devices *d)
{
	size_t i, j;

	for (i = 0; i < d->nr; i++)
		for (j = 0; j < i; j++)
			if (!strcmp(d->spec[i].uid, d->spec[j].uid))
				return -EEXIST;
	return 0;
}

static bool ref_named(u64 start, const struct devices *w)
{
	size_t i;

	for (i = 0; i < w->nr; i++)
		if (w->spec[i].start == start)
			return true;
	return false;
}

static void ref_keep(struct devices *d, const struct devices *w, bool named)
{
	size_t i, n = 0;

	for (i = 0; i < d->nr; i++)
		if (ref_named(d->spec[i].start, w) == named)
			d->spec[n++] = d->spec[i];
	d->nr = n;
}

static int ref_remove(const struct devices *w, struct devices *d)
{
	size_t i, j;

	for (i = 0; i < w->nr; i++) {
		for (j = 0; j < d->nr; j++)
			if (d->spec[j].start == w->spec[i].start &&
			    d->spec[j].size == w->spec[i].size &&
			    ref_same(&w->spec[i], &d->spec[j], w->spec[i].given))
				break;
		if (j == d->nr)
			return -ENOENT;
	}
	ref_keep(d, w, false);
	return 0;
}

static int ref_write(enum nvmm_mode mode, const struct devices *w,
		     struct devices *d)
{
	static struct devices have;
	bool added;
	size_t i;
	int ret;

	have = *d;
	ret = ref_list(w);
	if (!ret && mode == NVMM_REMOVE)
		return ref_remove(w, d);
	for (i = 0; !ret && i < w->nr; i++)
		ret = ref_place(&w->spec[i], &have, d, &added);
	if (!ret)
		ret = ref_uids(d);
	if (!ret && mode == NVMM_MAP)
		ref_keep(d, w, true);
	return ret;
}

static void show(struct devices *d, char *buf, size_t len)
{
	struct nvmm_set set = as_set(d);

	if (nvmm_format_list(set.specs, set.nr, buf, len) < 0)
		abort();
}

/* What is shown parses to the same, and is shown the same. */
static bool stable(struct devices *d)
{
	static struct devices again;
	struct nvmm_why why = { };
	char text[4096], twice[4096];

	show(d, text, sizeof(text));
	if (parse_devices(text, &again, &why) || again.nr != d->nr)
		return false;
	show(&again, twice, sizeof(twice));
	for (size_t i = 0; i < d->nr; i++)
		if (again.spec[i].start != d->spec[i].start ||
		    again.spec[i].size != d->spec[i].size ||
		    !ref_same(&again.spec[i], &d->spec[i], ~0U))
			return false;
	return !strcmp(text, twice);
}

static bool no_effect(struct devices *d)
{
	static struct devices again;
	struct nvmm_why why = { };
	struct nvmm_set w, h;
	struct nvmm_plan plan;
	char text[4096];
	bool empty;

	show(d, text, sizeof(text));
	parse_devices(text, &again, &why);
	w = as_set(&again);
	h = as_set(d);
	if (nvmm_plan(NVMM_MAP, &w, &h, &plan, &why))
		return false;
	empty = !plan.nr;
	nvmm_plan_free(&plan);
	return empty;
}

static bool same_devices(struct devices *a, struct devices *b)
{
	char x[4096], y[4096];

	qsort(b->spec, b->nr, sizeof(b->spec[0]), spec_by_start);
	show(a, x, sizeof(x));
	show(b, y, sizeof(y));
	return !strcmp(x, y);
}

struct count {
	unsigned int runs;
	unsigned int done;
	unsigned int differ;
	unsigned int unstable;
	unsigned int effect;
	unsigned int silent;
};

static void one_run(struct devices *d, struct count *c)
{
	static struct devices wanted, ref, before;
	enum nvmm_mode mode = below(3);
	struct nvmm_why why = { };
	char text[1024];
	int ret, expect;

	c->runs++;
	random_list(d, text, sizeof(text));
	if (parse_devices(text, &wanted, &why)) {
		printf("# \"%s\" does not parse: %s\n", text, why.text);
		c->differ++;
		return;
	}
	before = *d;
	ref = *d;
	expect = ref_write(mode, &wanted, &ref);
	ret = write_devices(mode, text, d, &why);
	c->done += !ret;
	if (ret != expect || !same_devices(d, ret ? &before : &ref)) {
		if (!c->differ++)
			printf("# mode %d \"%s\": %d, should be %d; %s\n", mode,
			       text, ret, expect, why.text);
		*d = before;
	}
	c->unstable += !stable(d) || !stable(&wanted);
	c->effect += !no_effect(d);
	c->silent += ret && !why.text[0];
}

static void test_random(unsigned int runs)
{
	static struct devices d;
	struct count c = { };

	while (c.runs < runs) {
		if (!below(200))
			d.nr = 0;
		one_run(&d, &c);
	}
	printf("# %u lists, %u of them carried out\n", c.runs, c.done);
	tap_ok(!c.differ, "plans are those of the plain model");
	tap_ok(!c.unstable, "what is shown parses back to the same");
	tap_ok(!c.effect, "what map shows can be written back to no effect");
	tap_ok(!c.silent, "no refusal is without a reason");
	tap_ok(c.done > runs / 20, "enough of the lists were carried out");
}

/* 4096 devices: a quadratic plan takes many seconds under the sanitizers. */
static void test_many(void)
{
	static struct devices d, w;
	static char text[MODEL_TEXT];
	struct nvmm_why why = { };
	clock_t begin = clock();
	size_t n = 0;
	int ret;

	for (size_t i = 0; i < MODEL_MAX; i++)
		n += pure_scnprintf(text + n, sizeof(text) - n, "%s2M@%zuM",
				    i ? "," : "", (MODEL_MAX - i) * 4);
	d.nr = 0;
	ret = write_devices(NVMM_MAP, text, &d, &why);
	tap_ok(!ret && d.nr == MODEL_MAX, "a list of %d devices", MODEL_MAX);
	parse_devices(text, &w, &why);
	ret = write_devices(NVMM_REMOVE, text, &d, &why);
	tap_ok(!ret && !d.nr, "and their removal");
	tap_ok(clock() - begin < 2 * CLOCKS_PER_SEC, "take no quadratic time");
}

int main(void)
{
	u64 seed = from_env("SEED", 20140402);

	state = seed | 1;
	printf("# SEED=%llu\n", seed);
	test_random(from_env("RUNS", 60000));
	test_many();
	return tap_done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer: the bytes are two tables, the second is news for what the first
 * one gave; the first two bytes are the length of the first.
 */
#include <stdint.h>
#include "nfit.h"
#include "check.h"

static void check_name(const char *name)
{
	check(name[0] && strlen(name) <= NVMN_UID_MAX);
	check(strspn(name, "abcdefghijklmnopqrstuvwxyzNVDIM0123456789-") == strlen(name));
}

static void check_taken(const struct nvmn_found *found,
			const struct nvmn_table *t)
{
	check(found->spa->kind == NVMN_PMEM);
	check(found->size && !(found->size % NVMN_ALIGN));
	check(!(found->start % NVMN_ALIGN));
	check(nvmn_end(found) > found->start);
	check(!found->nr_maps || (found->maps >= t->maps &&
	      found->maps + found->nr_maps <= t->maps + t->nr_maps));
	check_name(found->uid);
	check_name(found->model);
}

static void check_sound(const struct nvmn_finds *f, const struct nvmn_table *t)
{
	const struct nvmn_found *last = NULL;
	size_t i;

	check(f->nr == t->nr_spas);
	for (i = 0; i < f->nr; i++) {
		const struct nvmn_found *found = &f->found[i];

		check_text(&found->refused);
		check_text(&found->read_only);
		if (found->refused.text[0])
			continue;
		check_taken(found, t);
		check(!last || nvmn_end(last) <= found->start);
		last = found;
	}
}

/* Is there a range that has some of it, and must not be written? */
static bool is_bad(const struct nvmn_known *known, const struct nvmn_finds *f)
{
	size_t i;

	for (i = 0; i < f->nr; i++)
		if (f->found[i].read_only.text[0] && f->found[i].spa->size &&
		    f->found[i].start <= known->start + known->size - 1 &&
		    nvmn_last(&f->found[i]) >= known->start)
			return true;
	return false;
}

static void check_news(const struct nvmn_found *found,
		       const struct nvmn_finds *f, bool whole)
{
	struct nvmn_known known = {
		.start		= found->start,
		.size		= found->size,
		.read_only	= found->read_only,
	};
	const char *ro;
	enum nvmn_news news;

	strcpy(known.uid, found->uid);
	news = nvmn_news_of(&known, f, whole, &ro);
	/* Good news needs a table that is whole and knows the region. */
	if (ro && !*ro)
		check(news == NVMN_SAME && whole);
	if (!whole)
		check(news == NVMN_DOUBTFUL);
	if (!known.read_only.text[0] && is_bad(&known, f))
		check(ro && *ro);
}

static bool read_table(const uint8_t *data, size_t size, struct nvmn_table *t,
		       struct nvmn_finds *f)
{
	struct nvmn_why why = { };
	bool whole = !nvmn_table_read(t, data, size, &why);

	check(whole || why.text[0]);
	check_text(&why);
	check(!nvmn_find_all(f, t));
	check_sound(f, t);
	return whole;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nvmn_finds f[2];
	struct nvmn_table t[2];
	size_t first, i;
	bool whole;

	if (size < 2)
		return 0;
	first = data[0] | data[1] << 8;
	data += 2;
	size -= 2;
	if (first > size)
		first = size;
	read_table(data, first, &t[0], &f[0]);
	whole = read_table(data + first, size - first, &t[1], &f[1]);
	for (i = 0; i < f[0].nr; i++)
		check_news(&f[0].found[i], &f[1], whole);
	for (i = 0; i < 2; i++) {
		nvmn_finds_free(&f[i]);
		nvmn_table_free(&t[i]);
	}
	return 0;
}

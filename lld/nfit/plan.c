// SPDX-License-Identifier: GPL-2.0-only
#include "plan.h"

static size_t first_from(const struct nvmn_finds *f, u64 start)
{
	size_t low = 0, high = f->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (f->found[mid].start < start)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* What is taken there; else what is refused there, such as an empty range. */
static const struct nvmn_found *find_start(const struct nvmn_finds *f,
					   u64 start)
{
	size_t first = first_from(f, start), i;

	for (i = first; i < f->nr && f->found[i].start == start; i++)
		if (!f->found[i].refused.text[0])
			return &f->found[i];
	return i > first ? &f->found[first] : NULL;
}

/* By its full length. */
static bool covers(const struct nvmn_found *found, const struct nvmn_known *known)
{
	return found->spa->size && nvmn_last(found) >= known->start &&
	       found->start <= known->start + known->size - 1;
}

/* By ranges of any kind. */
static bool is_covered(const struct nvmn_known *known,
		       const struct nvmn_finds *f)
{
	size_t i;

	for (i = 0; i < f->nr; i++)
		if (covers(&f->found[i], known))
			return true;
	return false;
}

static const char *bad_news(const struct nvmn_known *known,
			    const struct nvmn_finds *f)
{
	size_t i;

	for (i = 0; i < f->nr; i++)
		if (f->found[i].read_only.text[0] &&
		    covers(&f->found[i], known))
			return f->found[i].read_only.text;
	return NULL;
}

static enum nvmn_news compare(const struct nvmn_known *known,
			      const struct nvmn_found *found,
			      const struct nvmn_finds *f, bool whole)
{
	if (!whole || (found && found->refused.text[0]))
		return NVMN_DOUBTFUL;
	if (!found)
		return is_covered(known, f) ? NVMN_OTHER : NVMN_GONE;
	if (found->size != known->size || strcmp(found->uid, known->uid))
		return NVMN_OTHER;
	return NVMN_SAME;
}

/**
 * nvmn_news_of() - what a table says of a region
 * @known: the region
 * @f: what was found in the table
 * @whole: the table could be read to its end
 * @read_only: set to why the region must not be written from now on, empty if
 *	       it may; NULL if that stays as it is
 *
 * Good news, that it may be written again, counts only if nothing about it is
 * in doubt. Bad news counts wherever it stands: not to write does no harm.
 *
 * Context: any.
 * Return: what became of it.
 */
enum nvmn_news nvmn_news_of(const struct nvmn_known *known,
			    const struct nvmn_finds *f, bool whole,
			    const char **read_only)
{
	const struct nvmn_found *found = find_start(f, known->start);
	enum nvmn_news news = compare(known, found, f, whole);

	*read_only = NULL;
	if (news == NVMN_SAME)
		*read_only = found->read_only.text;
	else if (!known->read_only.text[0])
		*read_only = bad_news(known, f);
	if (*read_only && !strcmp(*read_only, known->read_only.text))
		*read_only = NULL;
	return news;
}

/**
 * nvmn_overlap() - does a find share addresses with a region
 * @known: the region
 * @found: the find
 *
 * Context: any.
 */
bool nvmn_overlap(const struct nvmn_known *known,
		  const struct nvmn_found *found)
{
	return known->start < nvmn_end(found) &&
	       found->start < known->start + known->size;
}

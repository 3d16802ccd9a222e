// SPDX-License-Identifier: GPL-2.0-only
#include "plan.h"

static const struct nvmn_found *find_start(const struct nvmn_finds *f,
					   u64 start)
{
	size_t low = 0, high = f->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (f->found[mid].start < start)
			low = mid + 1;
		else
			high = mid;
	}
	return low < f->nr && f->found[low].start == start ? &f->found[low] :
							     NULL;
}

/* By ranges of any kind, and by their full length. */
static bool is_covered(const struct nvmn_known *known,
		       const struct nvmn_finds *f)
{
	u64 last = known->start + known->size - 1;
	size_t i;

	for (i = 0; i < f->nr && f->found[i].start <= last; i++)
		if (f->found[i].spa->size &&
		    nvmn_last(&f->found[i]) >= known->start)
			return true;
	return false;
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
	bool bad = found && found->read_only.text[0];

	*read_only = NULL;
	if (news == NVMN_SAME || (bad && !known->read_only.text[0]))
		*read_only = found->read_only.text;
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

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a new table means for the regions that there are.
 *
 * Pure: tested and fuzzed in user space.
 */
#ifndef NVMN_PLAN_H
#define NVMN_PLAN_H

#include "found.h"

/**
 * struct nvmn_known - a region that was made of an earlier table
 * @start: first address
 * @size: bytes
 * @uid: unique id
 * @read_only: why it must not be written; empty if it may
 */
struct nvmn_known {
	u64		start;
	u64		size;
	char		uid[NVMN_UID_MAX + 1];
	struct nvmn_why	read_only;
};

/**
 * enum nvmn_news - what became of a region
 * @NVMN_SAME: it is described as before
 * @NVMN_DOUBTFUL: it is in a part of the table that is refused
 * @NVMN_OTHER: something else is said to be at its addresses, or at some
 * @NVMN_GONE: nothing is said to be there, by a table that is whole
 */
enum nvmn_news {
	NVMN_SAME,
	NVMN_DOUBTFUL,
	NVMN_OTHER,
	NVMN_GONE,
};

enum nvmn_news nvmn_news_of(const struct nvmn_known *known,
			    const struct nvmn_finds *f, bool whole,
			    const char **read_only);
bool nvmn_overlap(const struct nvmn_known *known,
		  const struct nvmn_found *found);

#endif /* NVMN_PLAN_H */

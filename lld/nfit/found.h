/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a table means: which of its ranges are memory that can be taken, by
 * which name, and whether it may be written.
 *
 * Pure: tested and fuzzed in user space.
 */
#ifndef NVMN_FOUND_H
#define NVMN_FOUND_H

#include "table.h"

/* As NVM_ALIGN and NVM_UID_MAX. */
#define NVMN_ALIGN	(2ULL << 20)
#define NVMN_UID_MAX	64
/* Longest name of a DIMM, "vvvv-dddd-pp-yyww-ssssssss", with some room. */
#define NVMN_NAME_SIZE	32

/**
 * struct nvmn_found - a range of the table
 * @spa: as the table has it
 * @start: first address
 * @size: bytes, a multiple of %NVMN_ALIGN
 * @maps: the DIMMs that share it: part of the table's array
 * @nr_maps: how many
 * @uid: unique id of the memory
 * @model: what kind of DIMM it is
 * @refused: why it is not taken; empty if it is
 * @read_only: why it must not be written; empty if it may
 */
struct nvmn_found {
	const struct nvmn_spa	*spa;
	u64			start;
	u64			size;
	const struct nvmn_map	*maps;
	size_t			nr_maps;
	char			uid[NVMN_UID_MAX + 1];
	char			model[NVMN_UID_MAX + 1];
	struct nvmn_why		refused;
	struct nvmn_why		read_only;
};

/**
 * struct nvmn_finds - all ranges of a table
 * @found: by start
 * @nr: how many
 */
struct nvmn_finds {
	struct nvmn_found	*found;
	size_t			nr;
};

int nvmn_find_all(struct nvmn_finds *f, const struct nvmn_table *t);
void nvmn_finds_free(struct nvmn_finds *f);
void nvmn_name_map(char *name, const struct nvmn_table *t,
		   const struct nvmn_map *map);
bool nvmn_in_memory(const struct nvmn_table *t, u64 addr);

static inline u64 nvmn_end(const struct nvmn_found *found)
{
	return found->start + found->size;
}

/*
 * The last address of what the table says: unlike the end it does not wrap at
 * the end of all.
 */
static inline u64 nvmn_last(const struct nvmn_found *found)
{
	const struct nvmn_spa *spa = found->spa;

	return spa->size > ~spa->start ? ~0ULL : spa->start + spa->size - 1;
}

#endif /* NVMN_FOUND_H */

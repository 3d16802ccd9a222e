/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small device with an undo log, and what its medium may hold. Includes the
 * code under test, so as to reach the layout.
 */
#ifndef NVM_MODEL_UNDO_WORLD_H
#define NVM_MODEL_UNDO_WORLD_H

#define NVMM_UNDO_ALIGN	4096ULL
#include "../../lld/memmap/undo.c"

#define UNIT		512
#define WORDS		(UNIT / 8)
#define UNITS		8
#define CELLS		6
#define MEDIUM		(UNITS * UNIT)
#define SIZE		(MEDIUM + 8192)

static inline u64 *unit_words(void *mem, unsigned int unit)
{
	return (u64 *)((u8 *)mem + unit * UNIT);
}

static inline void fill_unit(void *mem, unsigned int unit, u64 val)
{
	u64 *w = unit_words(mem, unit);
	unsigned int i;

	for (i = 0; i < WORDS; i++)
		w[i] = val;
}

/* What all of the unit holds, or ~0 if that is not one value. */
static inline u64 unit_value(void *mem, unsigned int unit)
{
	u64 *w = unit_words(mem, unit);
	unsigned int i;

	for (i = 1; i < WORDS; i++)
		if (w[i] != w[0])
			return U64_MAX;
	return w[0];
}

#endif /* NVM_MODEL_UNDO_WORLD_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The undo log of an emulated device: what its medium held before the commands
 * that had not ended, or had not become durable, when the power was cut.
 *
 *	| medium          | cells      | entries | free | header |
 *	^ start, 2M       ^ 2M         ^ 64             ^ end - 4K
 *
 * A cell is room for one write unit, and has an entry that says which. The
 * order, each step durable before the next: old content to the cells, their
 * entries, only then garbage to the medium. When the new content is durable
 * the entries are retired. So what an entry names is to be restored, the
 * latest first; a torn entry has never counted.
 *
 * All numbers are little endian words of 8 bytes.
 */
#ifndef NVMM_UNDO_H
#define NVMM_UNDO_H

#include "../pure.h"

/* The tests that look at all of it, again and again, have a smaller one. */
#ifndef NVMM_UNDO_ALIGN
#define NVMM_UNDO_ALIGN		(2ULL << 20)
#endif
#define NVMM_UNDO_HEADER	4096
#define NVMM_UNDO_ENTRY		64

/**
 * struct nvmm_undo - the log of one device
 * @mem: the medium; the log follows it
 * @medium: its bytes
 * @unit: bytes of a write unit
 * @cells: how many there are; 0: there is no log, and all that follows does
 *	   nothing
 * @stamp: that of the next entry
 */
struct nvmm_undo {
	u8	*mem;
	u64	medium;
	u32	unit;
	u32	cells;
	u64	stamp;
};

/**
 * enum nvmm_undo_state - what was found where a log ends
 * @NVMM_UNDO_NONE: no log
 * @NVMM_UNDO_SOUND: a log
 * @NVMM_UNDO_DAMAGED: what was a log, or one of another version
 */
enum nvmm_undo_state {
	NVMM_UNDO_NONE,
	NVMM_UNDO_SOUND,
	NVMM_UNDO_DAMAGED,
};

/**
 * struct nvmm_undo_found - what recovery has met
 * @state: of the log
 * @restored: write units that hold their old content again
 * @torn: entries that were being written
 * @damaged: entries whose content is not what was saved: not restored
 */
struct nvmm_undo_found {
	enum nvmm_undo_state	state;
	u32			restored;
	u32			torn;
	u32			damaged;
};

/**
 * nvmm_undo_size() - room for a log
 * @unit: bytes of a write unit
 * @cells: how many of them it is to hold
 *
 * Return: bytes, a multiple of 2 MiB; 0 without cells.
 */
static inline u64 nvmm_undo_size(u32 unit, u32 cells)
{
	u64 used = (u64)cells * (unit + NVMM_UNDO_ENTRY) + NVMM_UNDO_HEADER;

	if (!cells)
		return 0;
	return (used + NVMM_UNDO_ALIGN - 1) & ~(NVMM_UNDO_ALIGN - 1);
}

void nvmm_undo_place(struct nvmm_undo *u, void *mem, u64 size, u32 unit,
		     u32 cells);
int nvmm_undo_recover(void *mem, u64 size, struct nvmm_undo_found *found);
void nvmm_undo_format(struct nvmm_undo *u);
void nvmm_undo_wipe(void *mem, u64 size);
void nvmm_undo_save(struct nvmm_undo *u, const u32 *cells, u64 first, u32 nr);
void nvmm_undo_retire(struct nvmm_undo *u, u32 cell);

#endif /* NVMM_UNDO_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client for the model of the power cut, small and honest: an array of
 * blocks, each written whole or not at all. A write goes to a journal of one
 * entry with a checksum first, where it is durable, and from there to its
 * place.
 */
#ifndef NVM_MODEL_JOURNAL_H
#define NVM_MODEL_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <nvm/persist.h>

#define JOURNAL_BLOCK	64
#define JOURNAL_BLOCKS	4

struct journal_entry {
	uint64_t	sum;
	uint64_t	block;
	uint8_t		data[JOURNAL_BLOCK];
	uint8_t		pad[48];
};

struct journalled {
	struct journal_entry	entry;
	uint8_t			blocks[JOURNAL_BLOCKS][JOURNAL_BLOCK];
};

/* FNV-1a; of nothing but zeroes it is not 0, so an empty journal is invalid. */
static inline uint64_t journal_sum(const struct journal_entry *e)
{
	const uint8_t *p = (const uint8_t *)&e->block;
	uint64_t sum = 0xcbf29ce484222325ULL;
	size_t i;

	for (i = 0; i < sizeof(e->block) + sizeof(e->data); i++)
		sum = (sum ^ p[i]) * 0x100000001b3ULL;
	return sum;
}

static inline void journal_apply(struct journalled *j, const struct journal_entry *e)
{
	nvm_store(j->blocks[e->block], e->data, JOURNAL_BLOCK);
	nvm_fence();
}

/* Durable when it returns. The place is, too: the next write needs the journal. */
static inline void journal_write(struct journalled *j, unsigned int block, const void *data)
{
	struct journal_entry e = { .block = block };

	memcpy(e.data, data, JOURNAL_BLOCK);
	e.sum = journal_sum(&e);
	nvm_store(j->entry.data, e.data, JOURNAL_BLOCK);
	nvm_store(&j->entry.block, &e.block, sizeof(e.block));
	nvm_store(&j->entry.sum, &e.sum, sizeof(e.sum));
	nvm_fence();
	journal_apply(j, &e);
}

/* Returns false if the journal names a block that does not exist. */
static inline bool journal_recover(struct journalled *j)
{
	struct journal_entry e = j->entry;

	if (journal_sum(&e) != e.sum)
		return true;
	if (e.block >= JOURNAL_BLOCKS)
		return false;
	journal_apply(j, &e);
	return true;
}

#endif /* NVM_MODEL_JOURNAL_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer: the bytes are a log's header, then its entries, or the medium if it
 * has none. The first says whether header, entries and saved content get their
 * right sums.
 */
#include "undo_world.h"
#include <stdint.h>

/* Nothing is cut here. */
void nvm_store(void *dst, const void *src, size_t len)
{
	memcpy(dst, src, len);
}

void nvm_fence(void)
{
}

static void check(bool good)
{
	if (!good)
		abort();
}

static void seal_header(u8 *mem)
{
	struct header *h = header_at(mem, SIZE);

	h->magic = MAGIC;
	h->version = VERSION;
	h->sum = sum_words(h, offsetof(struct header, sum));
}

static void seal_entries(u8 *mem, bool data)
{
	struct nvmm_undo u;
	u32 cell;

	if (find_log(mem, SIZE, &u) != NVMM_UNDO_SOUND)
		return;
	for (cell = 0; cell < u.cells; cell++) {
		struct entry *e = cell_entry(&u, cell);

		if (data)
			e->data = sum_words(cell_data(&u, cell), u.unit);
		e->sum = sum_words(e, offsetof(struct entry, sum));
	}
}

static u64 medium_of(u8 *mem)
{
	struct nvmm_undo u;

	return find_log(mem, SIZE, &u) == NVMM_UNDO_SOUND ? u.medium : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each unit holds something else. */
static void fill(u8 *mem)
{
	size_t i;

	for (i = 0; i < SIZE; i++)
		mem[i] = i / UNIT;
}

static void lay_out(u8 *mem, const uint8_t *data, size_t size)
{
	size_t n = size < sizeof(struct header) ? size : sizeof(struct header);
	u8 *end = (u8 *)header_at(mem, SIZE);
	struct nvmm_undo u;
	u8 *at = mem;

	fill(mem);
	memcpy(end, data, n);
	if (data[0] & 1)
		seal_header(mem);
	if (find_log(mem, SIZE, &u) == NVMM_UNDO_SOUND)
		at = (u8 *)cell_entry(&u, 0);
	size -= n;
	memcpy(at, data + n, size < (size_t)(end - at) ? size : (size_t)(end - at));
	if (data[0] & 2)
		seal_entries(mem, data[0] & 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nvmm_undo_found found, again;
	u8 *mem, *old;
	u64 medium;

	if (!size)
		return 0;
	mem = malloc(SIZE);
	old = malloc(SIZE);
	lay_out(mem, data, size);
	memcpy(old, mem, SIZE);
	medium = medium_of(mem);
	check(!nvmm_undo_recover(mem, SIZE, &found));
	check(medium || (!found.restored && !memcmp(mem, old, SIZE)));
	/* the log is as it was, and so the same is found again */
	check(!memcmp(mem + medium, old + medium, SIZE - medium));
	check(found.restored || !memcmp(mem, old, SIZE));
	memcpy(old, mem, SIZE);
	check(!nvmm_undo_recover(mem, SIZE, &again));
	check(!memcmp(&found, &again, sizeof(found)) && !memcmp(mem, old, SIZE));
	free(mem);
	free(old);
	return 0;
}

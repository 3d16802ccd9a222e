// SPDX-License-Identifier: GPL-2.0-only
#include "undo.h"
#include <nvm/persist.h>

#define MAGIC		0x4f444e554d4d564eULL	/* "NVMMUNDO" */
#define VERSION		1
#define UNIT_MIN	512
#define UNIT_MAX	BIT(20)
/* More would not fit any range that emulation is of use for. */
#define CELLS_MAX	BIT(26)

/**
 * struct header - where a log is, on the medium
 * @magic: %MAGIC; stored last, zeroed first
 * @version: %VERSION
 * @unit: bytes of a write unit
 * @cells: how many there are
 * @medium: bytes in front of the log
 * @reserved: 0
 * @sum: of all before it
 */
struct header {
	__le64	magic;
	__le64	version;
	__le64	unit;
	__le64	cells;
	__le64	medium;
	__le64	reserved[2];
	__le64	sum;
};

/**
 * struct entry - what a cell holds, on the medium
 * @stamp: rises with each; 0: retired, the cell holds nothing
 * @unit: number of the write unit
 * @data: sum of the cell
 * @reserved: 0
 * @sum: of all before it
 */
struct entry {
	__le64	stamp;
	__le64	unit;
	__le64	data;
	__le64	reserved[4];
	__le64	sum;
};

static_assert(sizeof(struct entry) == NVMM_UNDO_ENTRY, "room for an entry");
static_assert(sizeof(struct header) <= NVMM_UNDO_HEADER, "room for a header");

/* An entry found, to be sorted. */
struct live {
	u64	stamp;
	u32	cell;
};

/* Each step is one to one, so a changed word always shows. */
static u64 sum_words(const void *p, size_t len)
{
	const __le64 *w = p;
	const __le64 *end = w + len / sizeof(*w);
	u64 sum = MAGIC;

	for (; w < end; w++) {
		sum = (sum ^ le64_to_cpu(*w)) * 0x9e3779b97f4a7c15ULL;
		sum ^= sum >> 32;
	}
	return sum;
}

static u8 *cell_data(const struct nvmm_undo *u, u32 cell)
{
	return u->mem + u->medium + (u64)cell * u->unit;
}

static struct entry *cell_entry(const struct nvmm_undo *u, u32 cell)
{
	return (struct entry *)cell_data(u, u->cells) + cell;
}

static u8 *unit_data(const struct nvmm_undo *u, u64 unit)
{
	return u->mem + unit * u->unit;
}

static struct header *header_at(void *mem, u64 size)
{
	return mem + size - NVMM_UNDO_HEADER;
}

/**
 * nvmm_undo_place() - where the log of a device is
 * @u: set
 * @mem: the device's memory
 * @size: its bytes, more than nvmm_undo_size()
 * @unit: bytes of a write unit
 * @cells: how many of them it is to hold
 */
void nvmm_undo_place(struct nvmm_undo *u, void *mem, u64 size, u32 unit,
		     u32 cells)
{
	*u = (struct nvmm_undo) {
		.mem = mem, .medium = size - nvmm_undo_size(unit, cells),
		.unit = unit, .cells = cells, .stamp = 1,
	};
}

static bool is_sound(const struct header *h, u64 size, u64 unit, u64 cells)
{
	if (le64_to_cpu(h->version) != VERSION ||
	    le64_to_cpu(h->sum) != sum_words(h, offsetof(struct header, sum)))
		return false;
	if (unit < UNIT_MIN || unit > UNIT_MAX || unit & (unit - 1) ||
	    !cells || cells > CELLS_MAX || nvmm_undo_size(unit, cells) >= size)
		return false;
	return le64_to_cpu(h->medium) == size - nvmm_undo_size(unit, cells);
}

static enum nvmm_undo_state find_log(void *mem, u64 size, struct nvmm_undo *u)
{
	struct header h;

	if (size < NVMM_UNDO_ALIGN)
		return NVMM_UNDO_NONE;
	h = *header_at(mem, size);
	if (le64_to_cpu(h.magic) != MAGIC)
		return NVMM_UNDO_NONE;
	if (!is_sound(&h, size, le64_to_cpu(h.unit), le64_to_cpu(h.cells)))
		return NVMM_UNDO_DAMAGED;
	nvmm_undo_place(u, mem, size, le64_to_cpu(h.unit),
			le64_to_cpu(h.cells));
	return NVMM_UNDO_SOUND;
}

static bool is_entry(const struct entry *e)
{
	return le64_to_cpu(e->sum) == sum_words(e, offsetof(struct entry, sum));
}

/* The first is whole: the second was made durable before it. */
static bool is_data(const struct nvmm_undo *u, u32 cell, const struct entry *e)
{
	return le64_to_cpu(e->unit) < u->medium / u->unit &&
	       le64_to_cpu(e->data) == sum_words(cell_data(u, cell), u->unit);
}

static u32 gather(const struct nvmm_undo *u, struct live *live,
		  struct nvmm_undo_found *found)
{
	u32 nr = 0;
	u32 cell;

	for (cell = 0; cell < u->cells; cell++) {
		struct entry e = *cell_entry(u, cell);

		if (!e.stamp)
			continue;
		if (!is_entry(&e))
			found->torn++;
		else if (!is_data(u, cell, &e))
			found->damaged++;
		else
			live[nr++] = (struct live) {
				.stamp = le64_to_cpu(e.stamp), .cell = cell,
			};
	}
	return nr;
}

static int latest_first(const void *a, const void *b)
{
	const struct live *x = a;
	const struct live *y = b;

	return x->stamp > y->stamp ? -1 : x->stamp < y->stamp;
}

static void restore(const struct nvmm_undo *u, u32 cell)
{
	u64 unit = le64_to_cpu(cell_entry(u, cell)->unit);

	nvm_store(unit_data(u, unit), cell_data(u, cell), u->unit);
	/* The same unit may come again: with what it held still earlier. */
	nvm_fence();
}

/**
 * nvmm_undo_recover() - restore what was being changed when the power was cut
 * @mem: a device's memory
 * @size: its bytes
 * @found: what there was
 *
 * The log is found by what it says of itself, whatever the device is to be
 * from now on. It is left as it is: the power may be cut here, too. What
 * follows is nvmm_undo_format() or nvmm_undo_wipe().
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int nvmm_undo_recover(void *mem, u64 size, struct nvmm_undo_found *found)
{
	struct live *live __free(pure) = NULL;
	struct nvmm_undo u;
	u32 nr, i;

	*found = (struct nvmm_undo_found) { };
	found->state = find_log(mem, size, &u);
	if (found->state != NVMM_UNDO_SOUND)
		return 0;
	live = pure_calloc(u.cells, sizeof(*live));
	if (!live)
		return -ENOMEM;
	nr = gather(&u, live, found);
	pure_sort(live, nr, sizeof(*live), latest_first);
	for (i = 0; i < nr; i++)
		restore(&u, live[i].cell);
	found->restored = nr;
	return 0;
}

static void store_word(__le64 *dst, u64 val)
{
	__le64 word = cpu_to_le64(val);

	nvm_store(dst, &word, sizeof(word));
}

/**
 * nvmm_undo_wipe() - there is to be no log here
 * @mem: a device's memory
 * @size: its bytes
 */
void nvmm_undo_wipe(void *mem, u64 size)
{
	if (size < NVMM_UNDO_ALIGN)
		return;
	store_word(&header_at(mem, size)->magic, 0);
	nvm_fence();
}

static void store_header(struct nvmm_undo *u, struct header *at)
{
	struct header h = {
		.magic = cpu_to_le64(MAGIC), .version = cpu_to_le64(VERSION),
		.unit = cpu_to_le64(u->unit), .cells = cpu_to_le64(u->cells),
		.medium = cpu_to_le64(u->medium),
	};

	h.sum = cpu_to_le64(sum_words(&h, offsetof(struct header, sum)));
	h.magic = 0;
	nvm_store(at, &h, sizeof(h));
	nvm_fence();
	store_word(&at->magic, MAGIC);
	nvm_fence();
}

/**
 * nvmm_undo_format() - begin an empty log
 * @u: placed; what there was before has been recovered
 */
void nvmm_undo_format(struct nvmm_undo *u)
{
	u64 size = u->medium + nvmm_undo_size(u->unit, u->cells);
	u32 cell;

	if (!u->cells)
		return;
	nvmm_undo_wipe(u->mem, size);
	for (cell = 0; cell < u->cells; cell++)
		nvmm_undo_retire(u, cell);
	nvm_fence();
	store_header(u, header_at(u->mem, size));
}

static void store_entry(struct nvmm_undo *u, u32 cell, u64 unit)
{
	struct entry e = {
		.stamp = cpu_to_le64(u->stamp++), .unit = cpu_to_le64(unit),
		.data = cpu_to_le64(sum_words(cell_data(u, cell), u->unit)),
	};

	e.sum = cpu_to_le64(sum_words(&e, offsetof(struct entry, sum)));
	nvm_store(cell_entry(u, cell), &e, sizeof(e));
}

/**
 * nvmm_undo_save() - keep what neighbouring write units hold
 * @u: the log
 * @cells: of @nr cells that hold nothing
 * @first: number of the first write unit
 * @nr: how many
 *
 * When it returns they may be changed.
 *
 * Context: any. One at a time, as the core hands out commands.
 */
void nvmm_undo_save(struct nvmm_undo *u, const u32 *cells, u64 first, u32 nr)
{
	u32 i;

	if (!u->cells)
		return;
	for (i = 0; i < nr; i++)
		nvm_store(cell_data(u, cells[i]), unit_data(u, first + i),
			  u->unit);
	nvm_fence();
	for (i = 0; i < nr; i++)
		store_entry(u, cells[i], first + i);
	nvm_fence();
}

/**
 * nvmm_undo_retire() - what a cell holds is not to be restored any more
 * @u: the log
 * @cell: the cell
 *
 * Durable, and the cell free, after nvm_fence().
 *
 * Context: any.
 */
void nvmm_undo_retire(struct nvmm_undo *u, u32 cell)
{
	if (u->cells)
		store_word(&cell_entry(u, cell)->stamp, 0);
}

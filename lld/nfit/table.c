// SPDX-License-Identifier: GPL-2.0-only
#include "bytes.h"
#include "table.h"

/* Each structure begins with its type and its length, two bytes each. */
#define HEAD_SIZE	4

enum {
	TYPE_SPA	= 0,
	TYPE_MAP	= 1,
	TYPE_DIMM	= 4,
	TYPE_HINT	= 6,
	TYPE_CAPS	= 7,
};

/* Bytes that a structure has at least. */
static const struct {
	const char	*name;
	size_t		size;
} layout[] = {
	[TYPE_SPA]	= { "address range", 56 },
	[TYPE_MAP]	= { "region mapping", 48 },
	[TYPE_DIMM]	= { "control region", 32 },
	[TYPE_HINT]	= { "flush hint", 16 },
	[TYPE_CAPS]	= { "platform capabilities", 16 },
};

/* A GUID is stored with its first three numbers in little endian. */
static const struct {
	u8		guid[16];
	enum nvmn_kind	kind;
} kinds[] = {
	/* 66f0d379-b4f3-4074-ac43-0d3318b78cdb */
	{ { 0x79, 0xd3, 0xf0, 0x66, 0xf3, 0xb4, 0x74, 0x40,
	    0xac, 0x43, 0x0d, 0x33, 0x18, 0xb7, 0x8c, 0xdb }, NVMN_PMEM },
	/* 7305944f-fdda-44e3-b16c-3f22d252e5d0 */
	{ { 0x4f, 0x94, 0x05, 0x73, 0xda, 0xfd, 0xe3, 0x44,
	    0xb1, 0x6c, 0x3f, 0x22, 0xd2, 0x52, 0xe5, 0xd0 }, NVMN_VOLATILE },
	/* 92f701f6-13b4-405d-910b-299367e8234c */
	{ { 0xf6, 0x01, 0xf7, 0x92, 0xb4, 0x13, 0x5d, 0x40,
	    0x91, 0x0b, 0x29, 0x93, 0x67, 0xe8, 0x23, 0x4c }, NVMN_CONTROL },
	/* 91af0530-5d86-470e-a6b0-0a2db9408249 */
	{ { 0x30, 0x05, 0xaf, 0x91, 0x86, 0x5d, 0x0e, 0x47,
	    0xa6, 0xb0, 0x0a, 0x2d, 0xb9, 0x40, 0x82, 0x49 }, NVMN_BLOCK },
	/* 77ab535a-45fc-624b-5560-f7b281d1f96e */
	{ { 0x5a, 0x53, 0xab, 0x77, 0xfc, 0x45, 0x4b, 0x62,
	    0x55, 0x60, 0xf7, 0xb2, 0x81, 0xd1, 0xf9, 0x6e }, NVMN_DISK },
	/* 3d5abd30-4175-87ce-6d64-d2ade523c4bb */
	{ { 0x30, 0xbd, 0x5a, 0x3d, 0x75, 0x41, 0xce, 0x87,
	    0x6d, 0x64, 0xd2, 0xad, 0xe5, 0x23, 0xc4, 0xbb }, NVMN_DISK },
	/* 5cea02c9-4d07-69d3-269f-4496fbe096f9 */
	{ { 0xc9, 0x02, 0xea, 0x5c, 0x07, 0x4d, 0xd3, 0x69,
	    0x26, 0x9f, 0x44, 0x96, 0xfb, 0xe0, 0x96, 0xf9 }, NVMN_DISK },
	/* 08018188-42cd-bb48-100f-5387d53ded3d */
	{ { 0x88, 0x81, 0x01, 0x08, 0xcd, 0x42, 0x48, 0xbb,
	    0x10, 0x0f, 0x53, 0x87, 0xd5, 0x3d, 0xed, 0x3d }, NVMN_DISK },
};

static enum nvmn_kind kind_of(const u8 *guid)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!memcmp(guid, kinds[i].guid, sizeof(kinds[i].guid)))
			return kinds[i].kind;
	return NVMN_UNKNOWN;
}

static void read_spa(struct nvmn_table *t, const u8 *p)
{
	struct nvmn_spa *spa = &t->spas[t->nr_spas++];

	spa->index = le16(p + 4);
	spa->flags = le16(p + 6);
	spa->proximity = le32(p + 12);
	spa->kind = kind_of(p + 16);
	spa->start = le64(p + 32);
	spa->size = le64(p + 40);
	/* ACPI 6.3 and older have none. */
	if (le16(p + 2) < 64)
		spa->flags &= ~NVMN_SPA_COOKIE;
	else
		spa->cookie = le64(p + 56);
}

static void read_map(struct nvmn_table *t, const u8 *p)
{
	struct nvmn_map *map = &t->maps[t->nr_maps++];

	map->handle = le32(p + 4);
	map->spa = le16(p + 12);
	map->dimm = le16(p + 14);
	map->size = le64(p + 16);
	map->offset = le64(p + 24);
	map->dpa = le64(p + 32);
	map->ways = le16(p + 42);
	map->flags = le16(p + 44);
}

static void read_dimm(struct nvmn_table *t, const u8 *p)
{
	struct nvmn_dimm *dimm = &t->dimms[t->nr_dimms++];

	dimm->index = le16(p + 4);
	dimm->vendor = be16(p + 6);
	dimm->device = be16(p + 8);
	dimm->made = p[18] & 1;
	dimm->place = p[19];
	dimm->date = be16(p + 20);
	dimm->serial = be32(p + 24);
}

static void read_hint(struct nvmn_table *t, const u8 *p)
{
	struct nvmn_hint *hint = &t->hints[t->nr_hints++];

	hint->handle = le32(p + 4);
	hint->addr = le16(p + 8) ? le64(p + 16) : 0;
}

static void read_caps(struct nvmn_table *t, const u8 *p)
{
	u32 highest = p[4];

	t->has_caps = true;
	t->caps_known = highest < 31 ? (2U << highest) - 1 : ~0U;
	t->caps = le32(p + 8) & t->caps_known;
}

static void read_one(struct nvmn_table *t, const u8 *p)
{
	switch (le16(p)) {
	case TYPE_SPA:
		read_spa(t, p);
		break;
	case TYPE_MAP:
		read_map(t, p);
		break;
	case TYPE_DIMM:
		read_dimm(t, p);
		break;
	case TYPE_HINT:
		read_hint(t, p);
		break;
	case TYPE_CAPS:
		read_caps(t, p);
		break;
	}
}

static int refuse(struct nvmn_why *why, size_t at, const char *cause)
{
	scnprintf(why->text, sizeof(why->text), "byte %zu of the table: %s", at,
		  cause);
	return -EINVAL;
}

static int check_size(const u8 *p, size_t at, struct nvmn_why *why)
{
	u32 type = le16(p);
	size_t len = le16(p + 2);
	size_t need;
	char cause[96];

	if (type >= ARRAY_SIZE(layout) || !layout[type].name)
		return 0;
	need = layout[type].size;
	if (type == TYPE_HINT && len >= need)
		need += (size_t)le16(p + 8) * 8;
	if (len >= need)
		return 0;
	scnprintf(cause, sizeof(cause),
		  "a %s structure has %zu bytes and needs %zu",
		  layout[type].name, len, need);
	return refuse(why, at, cause);
}

/* Is there a whole structure at @at? */
static int check_one(const u8 *buf, size_t at, size_t len, struct nvmn_why *why)
{
	size_t size;

	if (len - at < HEAD_SIZE)
		return refuse(why, at, "ends within the head of a structure");
	size = le16(buf + at + 2);
	if (size < HEAD_SIZE)
		return refuse(why, at, "a structure is shorter than its head");
	if (size > len - at)
		return refuse(why, at, "a structure is longer than what is left");
	return check_size(buf + at, at, why);
}

static int count_one(size_t *count, const u8 *p, size_t at,
		     struct nvmn_why *why)
{
	u32 type = le16(p);

	if (type >= ARRAY_SIZE(layout))
		return 0;
	if (type == TYPE_CAPS && count[type])
		return refuse(why, at, "there are two platform capabilities structures");
	count[type]++;
	return 0;
}

/* How many of each there are before the first fault; @end is where that is. */
static int count_all(size_t *count, const u8 *buf, size_t len, size_t *end,
		     struct nvmn_why *why)
{
	size_t at = 0;
	int ret = 0;

	while (at < len) {
		ret = check_one(buf, at, len, why);
		if (!ret)
			ret = count_one(count, buf + at, at, why);
		if (ret)
			break;
		at += le16(buf + at + 2);
	}
	*end = at;
	return ret;
}

static int compare(u64 a, u64 b)
{
	return (a > b) - (a < b);
}

static int by_spa_index(const void *a, const void *b)
{
	const struct nvmn_spa *x = a, *y = b;

	return compare(x->index, y->index) ?: compare(x->start, y->start);
}

static int by_spa(const void *a, const void *b)
{
	const struct nvmn_map *x = a, *y = b;

	return compare(x->spa, y->spa) ?: compare(x->offset, y->offset) ?:
	       compare(x->handle, y->handle);
}

static int by_dimm_index(const void *a, const void *b)
{
	const struct nvmn_dimm *x = a, *y = b;

	return compare(x->index, y->index) ?: compare(x->serial, y->serial);
}

static int by_handle(const void *a, const void *b)
{
	const struct nvmn_hint *x = a, *y = b;

	return compare(x->handle, y->handle) ?: compare(x->addr, y->addr);
}

static int make_arrays(struct nvmn_table *t, const size_t *count)
{
	/* One more: none is no failure. */
	t->spas = pure_calloc(count[TYPE_SPA] + 1, sizeof(*t->spas));
	t->maps = pure_calloc(count[TYPE_MAP] + 1, sizeof(*t->maps));
	t->dimms = pure_calloc(count[TYPE_DIMM] + 1, sizeof(*t->dimms));
	t->hints = pure_calloc(count[TYPE_HINT] + 1, sizeof(*t->hints));
	return t->spas && t->maps && t->dimms && t->hints ? 0 : -ENOMEM;
}

static void sort_arrays(struct nvmn_table *t)
{
	pure_sort(t->spas, t->nr_spas, sizeof(*t->spas), by_spa_index);
	pure_sort(t->maps, t->nr_maps, sizeof(*t->maps), by_spa);
	pure_sort(t->dimms, t->nr_dimms, sizeof(*t->dimms), by_dimm_index);
	pure_sort(t->hints, t->nr_hints, sizeof(*t->hints), by_handle);
}

/**
 * nvmn_table_read() - read the structures of a table
 * @t: what was read; to be freed by nvmn_table_free(), also after a refusal:
 *     then it holds what stands before the fault
 * @buf: the structures, without the header of the static table
 * @len: bytes at @buf
 * @why: the cause, set on failure
 *
 * Structures of unknown types are skipped, as the specification wants.
 *
 * Context: may sleep.
 * Return: 0, -EINVAL for a table that cannot be read to its end, -ENOMEM with
 * @t empty.
 */
int nvmn_table_read(struct nvmn_table *t, const void *buf, size_t len,
		    struct nvmn_why *why)
{
	size_t count[ARRAY_SIZE(layout)] = { };
	const u8 *p = buf;
	size_t end, at;
	int ret;

	memset(t, 0, sizeof(*t));
	ret = count_all(count, p, len, &end, why);
	if (make_arrays(t, count)) {
		nvmn_table_free(t);
		scnprintf(why->text, sizeof(why->text), "no memory");
		return -ENOMEM;
	}
	for (at = 0; at < end; at += le16(p + at + 2))
		read_one(t, p + at);
	sort_arrays(t);
	return ret;
}

/**
 * nvmn_table_free() - free what nvmn_table_read() made
 * @t: the table; empty afterwards
 */
void nvmn_table_free(struct nvmn_table *t)
{
	pure_free(t->spas);
	pure_free(t->maps);
	pure_free(t->dimms);
	pure_free(t->hints);
	memset(t, 0, sizeof(*t));
}

/* All begin with the number that they are sorted by. */
static const void *find(const void *base, size_t nr, size_t size, u32 key)
{
	size_t low = 0, high = nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (*(const u32 *)(base + mid * size) < key)
			low = mid + 1;
		else
			high = mid;
	}
	base += low * size;
	return low < nr && *(const u32 *)base == key ? base : NULL;
}

/**
 * nvmn_find_spa() - the range of an index
 * @t: the table
 * @index: not 0
 *
 * Return: the first with this index, or NULL.
 */
const struct nvmn_spa *nvmn_find_spa(const struct nvmn_table *t, u32 index)
{
	return find(t->spas, t->nr_spas, sizeof(*t->spas), index);
}

/**
 * nvmn_find_dimm() - the DIMM of an index
 * @t: the table
 * @index: not 0
 *
 * Return: the first with this index, or NULL.
 */
const struct nvmn_dimm *nvmn_find_dimm(const struct nvmn_table *t, u32 index)
{
	return find(t->dimms, t->nr_dimms, sizeof(*t->dimms), index);
}

/**
 * nvmn_find_hint() - the flush hint of a DIMM
 * @t: the table
 * @handle: the DIMM
 *
 * Return: it, or NULL.
 */
const struct nvmn_hint *nvmn_find_hint(const struct nvmn_table *t, u32 handle)
{
	return find(t->hints, t->nr_hints, sizeof(*t->hints), handle);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "found.h"

#define FAILED	(NVMN_SAVE_FAILED | NVMN_RESTORE_FAILED | NVMN_FLUSH_FAILED | \
		 NVMN_NOT_ARMED | NVMN_MAP_FAILED)

static __printf(2, 3) void say(struct nvmn_why *why, const char *fmt, ...)
{
	va_list args;

	/* The first cause is the one that counts. */
	if (why->text[0])
		return;
	va_start(args, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, args);
	va_end(args);
}

static const char *kind_name(enum nvmn_kind kind)
{
	switch (kind) {
	case NVMN_PMEM:
		break;
	case NVMN_VOLATILE:
		return "it is volatile memory";
	case NVMN_CONTROL:
		return "it is control registers of NVDIMMs";
	case NVMN_BLOCK:
		return "it is windows for block access, which no firmware offers any more";
	case NVMN_DISK:
		return "it is a disk image in RAM, which is not a module's memory";
	case NVMN_UNKNOWN:
		return "it is of a kind that ACPI does not name";
	}
	return NULL;
}

/* The name of a DIMM, as the label on it has it. */
static void name_dimm(char *name, const struct nvmn_dimm *d)
{
	if (d->made)
		scnprintf(name, NVMN_NAME_SIZE, "%04x-%04x-%02x-%04x-%08x", d->vendor,
			  d->device, d->place, d->date, d->serial);
	else
		scnprintf(name, NVMN_NAME_SIZE, "%04x-%04x-%08x", d->vendor,
			  d->device, d->serial);
}

/* A DIMM without serial number, or described twice, is not known by name. */
static const struct nvmn_dimm *known_dimm(const struct nvmn_table *t, u32 index)
{
	const struct nvmn_dimm *d = nvmn_find_dimm(t, index);

	if (!index || !d || !d->serial || d->serial == ~0U)
		return NULL;
	if (d + 1 < t->dimms + t->nr_dimms && d[1].index == index)
		return NULL;
	return d;
}

/**
 * nvmn_name_map() - the name of the DIMM that has a part in a range
 * @name: %NVMN_NAME_SIZE bytes, set
 * @t: the table
 * @map: the part
 *
 * Context: any.
 */
void nvmn_name_map(char *name, const struct nvmn_table *t,
		   const struct nvmn_map *map)
{
	const struct nvmn_dimm *d = known_dimm(t, map->dimm);

	if (d)
		name_dimm(name, d);
	else
		scnprintf(name, NVMN_NAME_SIZE, "unknown");
}

static bool known_set(const struct nvmn_found *f, const struct nvmn_table *t)
{
	size_t i;

	for (i = 0; i < f->nr_maps; i++)
		if (!known_dimm(t, f->maps[i].dimm))
			return false;
	return f->nr_maps;
}

/* FNV-1a, 64 bits. */
static u64 hash_text(u64 hash, const char *text)
{
	while (*text)
		hash = (hash ^ (u8)*text++) * 0x100000001b3ULL;
	return hash;
}

/*
 * An interleave set is known by all its DIMMs, in their order: the same modules
 * in other slots hold other contents.
 */
static void name_set(struct nvmn_found *f, const struct nvmn_table *t)
{
	u64 hash = 0xcbf29ce484222325ULL;
	char name[NVMN_NAME_SIZE];
	char text[128];
	size_t i;

	for (i = 0; i < f->nr_maps; i++) {
		name_dimm(name, known_dimm(t, f->maps[i].dimm));
		scnprintf(text, sizeof(text), "%s/%llx/%llx,", name,
			  f->maps[i].offset, f->maps[i].dpa);
		hash = hash_text(hash, text);
	}
	if (f->spa->flags & NVMN_SPA_COOKIE) {
		scnprintf(text, sizeof(text), "%llx", f->spa->cookie);
		hash = hash_text(hash, text);
	}
	scnprintf(f->uid, sizeof(f->uid), "nfit-set-%016llx", hash);
}

static void name_single(struct nvmn_found *f, const struct nvmn_table *t)
{
	char name[NVMN_NAME_SIZE];

	name_dimm(name, known_dimm(t, f->maps->dimm));
	/* The other regions of the same DIMM begin further on. */
	if (f->maps->dpa)
		scnprintf(f->uid, sizeof(f->uid), "nfit-%s-%llx", name,
			  f->maps->dpa);
	else
		scnprintf(f->uid, sizeof(f->uid), "nfit-%s", name);
}

static void name_range(struct nvmn_found *f, const struct nvmn_table *t)
{
	const struct nvmn_dimm *d;

	if (!known_set(f, t)) {
		/* By where it is, which holds as long as no module moves. */
		scnprintf(f->uid, sizeof(f->uid), "nfit-at-%llx", f->start);
		scnprintf(f->model, sizeof(f->model), "NVDIMM");
		return;
	}
	if (f->nr_maps == 1)
		name_single(f, t);
	else
		name_set(f, t);
	d = known_dimm(t, f->maps->dimm);
	scnprintf(f->model, sizeof(f->model), "NVDIMM-%04x-%04x", d->vendor,
		  d->device);
}

static void check_place(struct nvmn_found *f)
{
	const struct nvmn_spa *spa = f->spa;
	u64 end;

	if (!spa->size)
		say(&f->refused, "it is empty");
	if (check_add_overflow(spa->start, spa->size, &end))
		say(&f->refused, "it wraps around the end of all addresses");
	if (spa->start % NVMN_ALIGN)
		say(&f->refused, "its start is not a multiple of 2 MiB");
	if (!f->size)
		say(&f->refused, "it is smaller than 2 MiB");
}

static void check_index(struct nvmn_found *f, const struct nvmn_table *t)
{
	const struct nvmn_spa *spa = f->spa;
	const struct nvmn_spa *last = t->spas + t->nr_spas - 1;

	/* Only what mappings refer to needs one. */
	if (!spa->index)
		return;
	if ((spa > t->spas && spa[-1].index == spa->index) ||
	    (spa < last && spa[1].index == spa->index))
		say(&f->refused, "another range has its index, %u", spa->index);
}

static int by_handle(const void *a, const void *b)
{
	const u32 *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Each DIMM has one part. */
static int check_maps(struct nvmn_found *f)
{
	u32 *handles __free(pure) = pure_calloc(f->nr_maps + 1,
						sizeof(*handles));
	size_t i;

	if (!handles)
		return -ENOMEM;
	for (i = 0; i < f->nr_maps; i++)
		handles[i] = f->maps[i].handle;
	pure_sort(handles, f->nr_maps, sizeof(*handles), by_handle);
	for (i = 1; i < f->nr_maps; i++)
		if (handles[i - 1] == handles[i])
			say(&f->refused, "DIMM 0x%x is mapped into it twice",
			    handles[i]);
	return 0;
}

/* What its DIMMs have, where all of them are described and say it. */
static void check_sizes(struct nvmn_found *f)
{
	bool told = f->nr_maps;
	u64 sum = 0;
	size_t i;

	for (i = 0; i < f->nr_maps; i++) {
		const struct nvmn_map *map = &f->maps[i];

		if (map->size > f->spa->size)
			say(&f->refused, "DIMM 0x%x is said to have 0x%llx bytes of it",
			    map->handle, map->size);
		/* More than all there is stays more than enough. */
		if (check_add_overflow(sum, map->size, &sum))
			sum = U64_MAX;
		told = told && map->size && map->ways <= f->nr_maps;
	}
	if (told && sum < f->spa->size)
		say(&f->refused, "its DIMMs have 0x%llx of its 0x%llx bytes",
		    sum, f->spa->size);
}

static void take_maps(struct nvmn_found *f, const struct nvmn_table *t)
{
	const struct nvmn_map *end = t->maps + t->nr_maps;
	const struct nvmn_map *map;
	size_t low = 0, high = t->nr_maps;

	if (!f->spa->index)
		return;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (t->maps[mid].spa < f->spa->index)
			low = mid + 1;
		else
			high = mid;
	}
	f->maps = t->maps + low;
	for (map = f->maps; map < end && map->spa == f->spa->index; map++)
		f->nr_maps++;
}

static const char *failed_text(u32 flags)
{
	if (flags & NVMN_MAP_FAILED)
		return "could not be mapped";
	if (flags & NVMN_RESTORE_FAILED)
		return "failed to restore its contents";
	if (flags & NVMN_SAVE_FAILED)
		return "failed to save its contents";
	if (flags & NVMN_FLUSH_FAILED)
		return "was not flushed at the last power loss";
	return "is not armed to save its contents";
}

static void check_health(struct nvmn_found *f, const struct nvmn_table *t)
{
	u32 ways = 0;
	size_t i;

	for (i = 0; i < f->nr_maps; i++) {
		const struct nvmn_map *map = &f->maps[i];
		char name[NVMN_NAME_SIZE];

		if (map->ways > ways)
			ways = map->ways;
		if (!(map->flags & FAILED))
			continue;
		nvmn_name_map(name, t, map);
		say(&f->read_only, "DIMM 0x%x (%s) %s", map->handle, name,
		    failed_text(map->flags));
		/* What is at its addresses nobody knows. */
		if (map->flags & NVMN_MAP_FAILED)
			say(&f->refused, "DIMM 0x%x (%s) could not be mapped",
			    map->handle, name);
	}
	/* Of those that are missing nobody knows whether they are armed. */
	if (f->nr_maps && ways > f->nr_maps)
		say(&f->read_only, "%zu of %u DIMMs of the interleave set are described",
		    f->nr_maps, ways);
}

static int look_at(struct nvmn_found *f, const struct nvmn_spa *spa,
		   const struct nvmn_table *t)
{
	const char *kind = kind_name(spa->kind);

	f->spa = spa;
	f->start = spa->start;
	f->size = spa->size - spa->size % NVMN_ALIGN;
	take_maps(f, t);
	if (kind) {
		say(&f->refused, "%s", kind);
		return 0;
	}
	check_place(f);
	check_index(f, t);
	check_sizes(f);
	check_health(f, t);
	/* Nobody asks for its name, and many may share the mappings. */
	if (f->refused.text[0])
		return 0;
	name_range(f, t);
	return check_maps(f);
}

static int by_start(const void *a, const void *b)
{
	const struct nvmn_found *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->spa < y->spa ? -1 : x->spa > y->spa;
}

/* Neither of two that overlap is believed. */
static void check_overlaps(struct nvmn_finds *f)
{
	struct nvmn_found *widest = NULL;
	size_t i;

	for (i = 0; i < f->nr; i++) {
		struct nvmn_found *next = &f->found[i];

		if (!next->spa->size)
			continue;
		if (widest && nvmn_last(widest) >= next->start) {
			say(&widest->refused, "overlaps the range at 0x%llx",
			    next->start);
			say(&next->refused, "overlaps the range at 0x%llx",
			    widest->start);
		}
		if (!widest || nvmn_last(next) > nvmn_last(widest))
			widest = next;
	}
}

/**
 * nvmn_find_all() - judge each range of a table
 * @f: the ranges, to be freed by nvmn_finds_free()
 * @t: the table; @f points into it
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM with @f empty.
 */
int nvmn_find_all(struct nvmn_finds *f, const struct nvmn_table *t)
{
	f->nr = 0;
	f->found = pure_calloc(t->nr_spas + 1, sizeof(*f->found));
	if (!f->found)
		return -ENOMEM;
	for (f->nr = 0; f->nr < t->nr_spas; f->nr++) {
		if (!look_at(&f->found[f->nr], &t->spas[f->nr], t))
			continue;
		nvmn_finds_free(f);
		return -ENOMEM;
	}
	pure_sort(f->found, f->nr, sizeof(*f->found), by_start);
	check_overlaps(f);
	return 0;
}

/**
 * nvmn_finds_free() - free what nvmn_find_all() made
 * @f: the ranges; empty afterwards
 */
void nvmn_finds_free(struct nvmn_finds *f)
{
	pure_free(f->found);
	f->found = NULL;
	f->nr = 0;
}

/**
 * nvmn_in_memory() - is an address in memory that the table describes
 * @t: the table
 * @addr: the address
 *
 * A register is not: what is written to it would be written over data.
 *
 * Context: any.
 */
bool nvmn_in_memory(const struct nvmn_table *t, u64 addr)
{
	const struct nvmn_spa *spa;

	for (spa = t->spas; spa < t->spas + t->nr_spas; spa++) {
		if (spa->kind == NVMN_CONTROL || spa->kind == NVMN_BLOCK)
			continue;
		if (addr >= spa->start && addr - spa->start < spa->size)
			return true;
	}
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The NVDIMM Firmware Interface Table, ACPI 6.4 section 5.2.25: a row of
 * structures that name each other by index or handle. Here they become sorted
 * arrays. Nothing is judged yet but whether they can be read at all.
 *
 * Pure: tested and fuzzed in user space.
 */
#ifndef NVMN_TABLE_H
#define NVMN_TABLE_H

#include "../pure.h"

/* As NVM_REASON_MAX. */
#define NVMN_WHY_MAX		159

/* What stands before the first structure of the static table. */
#define NVMN_HEADER_SIZE	40

/* System physical address range structure, flags. */
#define NVMN_SPA_PROXIMITY	BIT(1)	/* the proximity domain is valid */
#define NVMN_SPA_COOKIE		BIT(2)	/* the location cookie is valid */

/* NVDIMM region mapping structure, state flags. */
#define NVMN_SAVE_FAILED	BIT(0)
#define NVMN_RESTORE_FAILED	BIT(1)
#define NVMN_FLUSH_FAILED	BIT(2)
#define NVMN_NOT_ARMED		BIT(3)
#define NVMN_MAP_FAILED		BIT(6)

/* Platform capabilities. */
#define NVMN_CAP_CPU_CACHE	BIT(0)	/* flushed at power loss (eADR) */
#define NVMN_CAP_MEMORY		BIT(1)	/* the controller is flushed (ADR) */

/**
 * enum nvmn_kind - what an address range is, by its GUID
 * @NVMN_PMEM: byte addressable persistent memory
 * @NVMN_VOLATILE: memory that forgets
 * @NVMN_CONTROL: control registers of NVDIMMs
 * @NVMN_BLOCK: windows for block access
 * @NVMN_DISK: a disk or CD image in RAM
 * @NVMN_UNKNOWN: something else
 */
enum nvmn_kind {
	NVMN_PMEM,
	NVMN_VOLATILE,
	NVMN_CONTROL,
	NVMN_BLOCK,
	NVMN_DISK,
	NVMN_UNKNOWN,
};

/**
 * struct nvmn_spa - a range of system physical addresses
 * @index: its index, by which mappings name it; 0 names none
 * @flags: NVMN_SPA_*
 * @proximity: proximity domain, with %NVMN_SPA_PROXIMITY
 * @kind: what it is
 * @start: first address
 * @size: bytes
 * @cookie: where the modules are, with %NVMN_SPA_COOKIE
 */
struct nvmn_spa {
	u32		index;
	u32		flags;
	u32		proximity;
	enum nvmn_kind	kind;
	u64		start;
	u64		size;
	u64		cookie;
};

/**
 * struct nvmn_map - the part that one DIMM has in a range
 * @spa: index of the range
 * @handle: the DIMM: node, socket, controller, channel, slot
 * @dimm: index of the structure that describes it
 * @flags: NVMN_*_FAILED, NVMN_NOT_ARMED
 * @ways: DIMMs in the interleave set, as this one has it
 * @size: bytes of it; 0 if the firmware does not say
 * @offset: bytes from the start of the set
 * @dpa: where in the DIMM the part begins
 */
struct nvmn_map {
	u32	spa;
	u32	handle;
	u32	dimm;
	u32	flags;
	u32	ways;
	u64	size;
	u64	offset;
	u64	dpa;
};

/**
 * struct nvmn_dimm - who made a DIMM, from its control region structure
 * @index: its index, by which mappings name it
 * @vendor: as JEDEC writes it, first byte first; so are the next
 * @device: the vendor's number for the kind
 * @serial: serial number
 * @made: place and date of manufacture are valid
 * @place: of manufacture
 * @date: of manufacture
 */
struct nvmn_dimm {
	u32	index;
	u32	vendor;
	u32	device;
	u32	serial;
	bool	made;
	u32	place;
	u32	date;
};

/**
 * struct nvmn_hint - where a write flushes what a DIMM's controller holds
 * @handle: the DIMM
 * @addr: the first of its addresses
 */
struct nvmn_hint {
	u32	handle;
	u64	addr;
};

/**
 * struct nvmn_table - all that was read
 * @spas: by index
 * @nr_spas: how many
 * @maps: by range, then by offset, handle
 * @nr_maps: how many
 * @dimms: by index
 * @nr_dimms: how many
 * @hints: by handle
 * @nr_hints: how many
 * @has_caps: there is a platform capabilities structure
 * @caps: NVMN_CAP_* that are valid and set
 * @caps_known: NVMN_CAP_* that are valid
 */
struct nvmn_table {
	struct nvmn_spa		*spas;
	size_t			nr_spas;
	struct nvmn_map		*maps;
	size_t			nr_maps;
	struct nvmn_dimm	*dimms;
	size_t			nr_dimms;
	struct nvmn_hint	*hints;
	size_t			nr_hints;
	bool			has_caps;
	u32			caps;
	u32			caps_known;
};

/**
 * struct nvmn_why - the line that tells why something was refused
 * @text: the cause
 */
struct nvmn_why {
	char	text[NVMN_WHY_MAX + 1];
};

int nvmn_table_read(struct nvmn_table *t, const void *buf, size_t len,
		    struct nvmn_why *why);
void nvmn_table_free(struct nvmn_table *t);

const struct nvmn_spa *nvmn_find_spa(const struct nvmn_table *t, u32 index);
const struct nvmn_dimm *nvmn_find_dimm(const struct nvmn_table *t, u32 index);
const struct nvmn_hint *nvmn_find_hint(const struct nvmn_table *t, u32 handle);

#endif /* NVMN_TABLE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What firmware answers to the _DSM functions of an NVDIMM and of the NVDIMM
 * root device: bytes that may lie.
 *
 * Health: Microsoft, "_DSM Interface for Byte Addressable Energy Backed Function
 * Class (Function Interface 1)", whose bits are the registers of JEDEC JESD245.
 * Scrub: ACPI 6.4 section 9.20.7, "NVDIMM Root Device _DSMs".
 *
 * Pure: tested and fuzzed in user space.
 */
#ifndef NVMN_ANSWER_H
#define NVMN_ANSWER_H

#include "table.h"

/* Functions of an NVDIMM that tell of its health. */
#define NVMN_HEALTH_FIRST	10	/* critical health */
#define NVMN_HEALTH_MODULE	11	/* the module */
#define NVMN_HEALTH_LAST	12	/* its energy source */
#define NVMN_HEALTH_NR		(NVMN_HEALTH_LAST - NVMN_HEALTH_FIRST + 1)

/**
 * struct nvmn_health - what an NVDIMM says of itself
 * @bad: why it must not be written; empty if it may
 * @warning: what may come to that; empty if nothing
 */
struct nvmn_health {
	struct nvmn_why	bad;
	struct nvmn_why	warning;
};

/**
 * struct nvmn_ars_caps - what the platform can do for a range
 * @scrub: look for errors in persistent memory
 * @unit: bytes, a power of two, in which errors are cleared; 0 if they are not
 */
struct nvmn_ars_caps {
	bool	scrub;
	u32	unit;
};

/**
 * enum nvmn_ars - how far a scrub is
 * @NVMN_ARS_DONE: it has ended
 * @NVMN_ARS_RUNNING: it has not
 * @NVMN_ARS_NONE: there was none since the system started
 * @NVMN_ARS_STOPPED: it found more than it can tell, and has to be started again
 */
enum nvmn_ars {
	NVMN_ARS_DONE,
	NVMN_ARS_RUNNING,
	NVMN_ARS_NONE,
	NVMN_ARS_STOPPED,
};

/**
 * struct nvmn_ars_status - what a scrub has found
 * @state: how far it is; what follows is told by DONE and STOPPED only
 * @start: first address that was looked at
 * @size: bytes
 * @restart: STOPPED: where to go on
 * @records: errors, as they were answered
 * @nr: how many
 * @cut: more were announced than there are
 */
struct nvmn_ars_status {
	enum nvmn_ars	state;
	u64		start;
	u64		size;
	u64		restart;
	const u8	*records;
	size_t		nr;
	bool		cut;
};

u32 nvmn_answer_functions(const void *buf, size_t len);
int nvmn_answer_health(struct nvmn_health *h, u32 fn, const void *buf,
		       size_t len, struct nvmn_why *why);
int nvmn_answer_ars_caps(struct nvmn_ars_caps *caps, const void *buf,
			 size_t len, struct nvmn_why *why);
int nvmn_answer_ars_start(u32 *seconds, const void *buf, size_t len,
			  struct nvmn_why *why);
int nvmn_answer_ars_status(struct nvmn_ars_status *s, const void *buf,
			   size_t len, struct nvmn_why *why);
int nvmn_answer_clear(u64 want, const void *buf, size_t len,
		      struct nvmn_why *why);

bool nvmn_ars_record(const struct nvmn_ars_status *s, size_t i, u64 start,
		     u64 size, u64 *off, u64 *len);
u64 nvmn_ars_next(const struct nvmn_ars_status *s, u64 from, u64 end);

#endif /* NVMN_ANSWER_H */

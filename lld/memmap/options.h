/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What options there are, and which of their values go together.
 */
#ifndef NVMM_OPTIONS_H
#define NVMM_OPTIONS_H

#include "parse.h"

enum nvmm_kind {
	NVMM_KIND_COUNT,	/* a number without a suffix */
	NVMM_KIND_SIZE,		/* a number that may have a suffix */
	NVMM_KIND_UID,		/* text, kept in nvmm_spec.uid */
};

/**
 * struct nvmm_option - all there is to know of an option by itself
 * @name: of the option
 * @kind: of its value
 * @min: smallest value
 * @max: largest value
 * @preset: value where it is not given
 * @types: BIT() of each type that has it
 * @needed_by: BIT() of each type that cannot be without it
 */
struct nvmm_option {
	const char	*name;
	enum nvmm_kind	kind;
	u64		min;
	u64		max;
	u64		preset;
	unsigned long	types;
	unsigned long	needed_by;
};

extern const struct nvmm_option nvmm_options[NVMM_NR_OPTS];

void nvmm_preset(struct nvmm_spec *spec);
void nvmm_preset_late(struct nvmm_spec *spec);
bool nvmm_is_preset(const struct nvmm_spec *spec, enum nvmm_opt o);
int nvmm_check_options(const struct nvmm_spec *spec, struct nvmm_why *why,
		       const char *range);

u32 nvmm_span_units(const struct nvmm_spec *spec);
u32 nvmm_cells(const struct nvmm_spec *spec);
u64 nvmm_medium_size(const struct nvmm_spec *spec);

#endif /* NVMM_OPTIONS_H */

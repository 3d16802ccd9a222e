/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a list means for the devices that exist: the rules of map=, add= and
 * remove=, decided before anything is touched.
 */
#ifndef NVMM_PLAN_H
#define NVMM_PLAN_H

#include "parse.h"

/**
 * enum nvmm_mode - the parameter that the list was written to
 * @NVMM_MAP: make the devices be the list
 * @NVMM_ADD: the same, but remove nothing
 * @NVMM_REMOVE: remove what the list names
 */
enum nvmm_mode {
	NVMM_MAP,
	NVMM_ADD,
	NVMM_REMOVE,
};

/**
 * enum nvmm_action - one kind of step, in the order in which they are done
 * @NVMM_DO_REMOVE: take the device away
 * @NVMM_DO_EXPAND: grow the device to the size of the element
 * @NVMM_DO_ADD: make the device of the element
 * @NVMM_NR_ACTIONS: how many kinds there are
 */
enum nvmm_action {
	NVMM_DO_REMOVE,
	NVMM_DO_EXPAND,
	NVMM_DO_ADD,
	NVMM_NR_ACTIONS
};

/**
 * struct nvmm_step - one thing to do
 * @action: what
 * @spec: index of the element, unless it is a removal
 * @dev: index of the device, unless it is an addition
 */
struct nvmm_step {
	enum nvmm_action	action;
	size_t			spec;
	size_t			dev;
};

/**
 * struct nvmm_plan - all there is to do
 * @steps: removals and expansions by address, then additions as listed
 * @nr: how many; 0 when the devices are as wanted
 */
struct nvmm_plan {
	struct nvmm_step	*steps;
	size_t			nr;
};

/**
 * struct nvmm_set - devices, or elements of a list
 * @specs: what they are
 * @nr: how many
 */
struct nvmm_set {
	const struct nvmm_spec	*const *specs;
	size_t			nr;
};

int nvmm_plan(enum nvmm_mode mode, const struct nvmm_set *wanted,
	      const struct nvmm_set *devs, struct nvmm_plan *plan,
	      struct nvmm_why *why);
void nvmm_plan_free(struct nvmm_plan *plan);

#endif /* NVMM_PLAN_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One range of the table as a region: its claim on the addresses, its flush
 * hints, what is known of its health.
 */
#ifndef NVMN_REGION_H
#define NVMN_REGION_H

#include <linux/device.h>
#include <linux/ioport.h>
#include <linux/list.h>
#include <nvm/lld.h>
#include "hint.h"
#include "plan.h"

/**
 * struct nvmn_region - a region
 * @node: in the list of regions
 * @known: what the table said
 * @claim: its addresses
 * @region: what the core made of it
 * @ops: what it can do
 * @nr_hints: DIMMs that are to be flushed
 * @hints: where
 */
struct nvmn_region {
	struct list_head	node;
	struct nvmn_known	known;
	struct resource		*claim;
	struct nvm_region	*region;
	struct nvm_region_ops	ops;
	size_t			nr_hints;
	struct nvmn_flush	*hints[];
};

struct nvmn_region *nvmn_region_create(struct device *parent,
				       const struct nvmn_found *found,
				       const struct nvmn_table *t, char *why);
void nvmn_region_destroy(struct nvmn_region *region);
void nvmn_region_set_read_only(struct nvmn_region *region, const char *why);

#endif /* NVMN_REGION_H */

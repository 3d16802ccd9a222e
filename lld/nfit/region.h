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
#include "root.h"

/**
 * struct nvmn_part - a DIMM that has a part in a region
 * @handle: by which it can be asked
 * @name: who it is
 * @flush: its flush hint, or NULL
 */
struct nvmn_part {
	u32			handle;
	char			name[NVMN_NAME_SIZE];
	struct nvmn_flush	*flush;
};

/**
 * struct nvmn_region - a region
 * @node: in the list of regions
 * @root: the root device
 * @known: what the table said
 * @ill: what its DIMMs say against being written; empty if nothing
 * @claimed: its addresses are
 * @region: what the core made of it
 * @ops: what it can do
 * @ars: what the platform can do about errors in it
 * @to_scrub: it is to be looked at
 * @nr_parts: how many DIMMs
 * @parts: the DIMMs
 */
struct nvmn_region {
	struct list_head	node;
	struct nvmn_root	*root;
	struct nvmn_known	known;
	struct nvmn_why		ill;
	bool			claimed;
	struct nvm_region	*region;
	struct nvm_region_ops	ops;
	struct nvmn_ars_caps	ars;
	bool			to_scrub;
	size_t			nr_parts;
	struct nvmn_part	parts[];
};

struct nvmn_region *nvmn_region_create(struct nvmn_root *root,
				       const struct nvmn_found *found,
				       const struct nvmn_table *t, char *why);
void nvmn_region_destroy(struct nvmn_region *region);
void nvmn_region_lost(struct nvmn_region *region);
const char *nvmn_region_read_only(const struct nvmn_region *region);
void nvmn_region_news(struct nvmn_region *region, const char *read_only);

#endif /* NVMN_REGION_H */

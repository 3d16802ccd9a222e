/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The NVDIMM root device: the NVDIMMs below it, and its functions, which look
 * for errors in memory and clear them.
 */
#ifndef NVMN_ROOT_H
#define NVMN_ROOT_H

#include <linux/atomic.h>
#include "dimm.h"

/**
 * struct nvmn_root - the root device
 * @adev: ACPI0012
 * @dimms: the NVDIMMs
 * @dsm: its functions
 * @cleared: how often errors were cleared: what a scrub found before may not
 *	     be there any more
 */
struct nvmn_root {
	struct acpi_device	*adev;
	struct nvmn_dimms	dimms;
	struct nvmn_dsm		dsm;
	atomic_t		cleared;
};

void nvmn_root_init(struct nvmn_root *root, struct acpi_device *adev,
		    struct work_struct *news);
bool nvmn_root_can_scrub(const struct nvmn_root *root);
int nvmn_root_ars_caps(struct nvmn_root *root, u64 start, u64 size,
		       struct nvmn_ars_caps *caps, struct nvmn_why *why);
int nvmn_root_ars_start(struct nvmn_root *root, u64 start, u64 size,
			bool earlier, u32 *seconds, struct nvmn_why *why);
union acpi_object *nvmn_root_ars_status(struct nvmn_root *root,
					struct nvmn_ars_status *s,
					struct nvmn_why *why);
int nvmn_root_clear(struct nvmn_root *root, u64 start, u64 size,
		    struct nvmn_why *why);

#endif /* NVMN_ROOT_H */

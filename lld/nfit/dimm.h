/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The NVDIMMs themselves: the devices below the root device. Each may be asked
 * how it is, and tells when that changed.
 */
#ifndef NVMN_DIMM_H
#define NVMN_DIMM_H

#include <linux/list.h>
#include <linux/workqueue.h>
#include "dsm.h"

/**
 * struct nvmn_dimms - all of a root device
 * @root: the root device
 * @list: of &struct nvmn_module; under the caller's lock
 * @news: queued when one of them tells that its health changed
 */
struct nvmn_dimms {
	struct acpi_device	*root;
	struct list_head	list;
	struct work_struct	*news;
};

void nvmn_dimms_init(struct nvmn_dimms *dimms, struct acpi_device *root,
		     struct work_struct *news);
void nvmn_dimms_ask(struct nvmn_dimms *dimms);
void nvmn_dimms_exit(struct nvmn_dimms *dimms);
const char *nvmn_dimms_bad(const struct nvmn_dimms *dimms, u32 handle);

#endif /* NVMN_DIMM_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of a firmware as a set of regions, when it is found and whenever
 * the firmware says that it changed.
 */
#ifndef NVMN_SCAN_H
#define NVMN_SCAN_H

#include <linux/acpi.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

/**
 * struct nvmn - the NVDIMM root device
 * @adev: ACPI0012
 * @update: the firmware says that its table changed
 * @lock: guards the rest; held around calls of the core, so taken by none of
 *	  the regions' ops
 * @regions: of &struct nvmn_region
 * @fit_worked: _FIT gave a table: the one of boot time is outdated
 */
struct nvmn {
	struct acpi_device	*adev;
	struct work_struct	update;
	struct mutex		lock;	/* guards what follows */
	struct list_head	regions;
	bool			fit_worked;
};

void nvmn_scan(struct nvmn *n);
void nvmn_leave(struct nvmn *n);

#endif /* NVMN_SCAN_H */

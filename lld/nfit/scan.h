/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of a firmware as a set of regions, when it is found and whenever
 * the firmware says that it changed.
 */
#ifndef NVMN_SCAN_H
#define NVMN_SCAN_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include <nvm/lld.h>
#include "root.h"
#include "scrub.h"

/**
 * struct nvmn - the NVDIMM root device
 * @root: ACPI0012, and what it can do
 * @scanner: user space wants its table read again
 * @update: the firmware says that its table changed, or its DIMMs' health
 * @errors: it says that memory is bad
 * @lock: guards the rest; held around calls of the core, so taken by none of
 *	  the regions' ops
 * @regions: of &struct nvmn_region
 * @scrub: what looks for bad memory in them
 * @fit_worked: _FIT gave a table: the one of boot time is outdated
 * @going: no more than what is there
 */
struct nvmn {
	struct nvmn_root	root;
	struct nvm_scanner	scanner;
	struct work_struct	update;
	bool			errors;
	struct mutex		lock;	/* guards what follows */
	struct list_head	regions;
	struct nvmn_scrub	scrub;
	bool			fit_worked;
	bool			going;
};

int nvmn_scan(struct nvmn *n);
void nvmn_look_for_errors(struct nvmn *n);
void nvmn_stop(struct nvmn *n);
void nvmn_leave(struct nvmn *n);

#endif /* NVMN_SCAN_H */

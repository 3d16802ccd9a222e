/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One emulated device: its claim on the addresses and its region.
 */
#ifndef NVMM_DEVICE_H
#define NVMM_DEVICE_H

#include <linux/device.h>
#include <linux/ioport.h>
#include <linux/list.h>
#include <nvm/lld.h>
#include "cmd.h"

/**
 * struct nvmm_dev - an emulated device
 * @node: in the list of devices
 * @spec: what it is; changed under the map mutex and @lock
 * @lock: for who reads @spec without that mutex
 * @claim: its addresses
 * @region: what the core made of it
 * @cmds: its commands; NULL if its type has none
 */
struct nvmm_dev {
	struct list_head	node;
	struct nvmm_spec	spec;
	spinlock_t		lock;	/* innermost */
	struct resource		*claim;
	struct nvm_region	*region;
	struct nvmm_cmds	*cmds;
};

int nvmm_check_memory(const struct nvmm_spec *spec, u64 from,
		      struct nvmm_why *why);
bool nvmm_has_pages(const struct nvmm_spec *spec);
int nvmm_check_pages(const struct nvmm_spec *spec, u64 total,
		     struct nvmm_why *why);

struct nvmm_dev *nvmm_dev_create(struct device *parent,
				 const struct nvmm_spec *spec,
				 struct nvmm_why *why);
void nvmm_dev_offer(struct nvmm_dev *dev);
void nvmm_dev_destroy(struct nvmm_dev *dev);

int nvmm_dev_hold(struct nvmm_dev *dev, struct nvmm_why *why);
void nvmm_dev_unhold(struct nvmm_dev *dev);
void nvmm_dev_remove(struct nvmm_dev *dev);

int nvmm_dev_grow_prepare(struct nvmm_dev *dev, const struct nvmm_spec *wanted,
			  struct nvmm_why *why);
void nvmm_dev_grow_commit(struct nvmm_dev *dev);
void nvmm_dev_grow_abort(struct nvmm_dev *dev);

const struct attribute_group **nvmm_files_of(const struct nvmm_dev *dev);

void nvmm_dev_get_spec(struct nvmm_dev *dev, struct nvmm_spec *spec);
void nvmm_dev_set_spec(struct nvmm_dev *dev, const struct nvmm_spec *spec);
int nvmm_dev_change(struct nvmm_dev *dev, enum nvmm_opt o, const char *text,
		    struct nvmm_why *why);

#endif /* NVMM_DEVICE_H */

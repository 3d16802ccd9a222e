/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All of a list, or nothing of it.
 */
#ifndef NVMM_TRANSACTION_H
#define NVMM_TRANSACTION_H

#include <linux/list.h>
#include "plan.h"

struct device;

/**
 * struct nvmm_devs - the devices there are
 * @parent: of their regions
 * @list: &struct nvmm_dev, sorted by start
 * @nr: how many
 *
 * The caller serialises the functions that take it.
 */
struct nvmm_devs {
	struct device		*parent;
	struct list_head	list;
	size_t			nr;
};

int nvmm_apply(struct nvmm_devs *devs, enum nvmm_mode mode, const char *text,
	       struct nvmm_why *why);
int nvmm_show(struct nvmm_devs *devs, char *buf, size_t len);
void nvmm_destroy_all(struct nvmm_devs *devs);

#endif /* NVMM_TRANSACTION_H */

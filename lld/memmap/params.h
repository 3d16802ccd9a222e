/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module parameters: when they may be written, and what became of it.
 */
#ifndef NVMM_PARAMS_H
#define NVMM_PARAMS_H

#include <linux/types.h>

struct device;

int nvmm_params_start(struct device *parent);
void nvmm_params_stop(void);

bool nvmm_devices_trylock(void);
void nvmm_devices_unlock(void);

#endif /* NVMM_PARAMS_H */

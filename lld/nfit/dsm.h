/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device specific methods: functions of the firmware that a GUID names.
 */
#ifndef NVMN_DSM_H
#define NVMN_DSM_H

#include <linux/acpi.h>
#include "answer.h"

/**
 * struct nvmn_dsm - a family of functions of a device
 * @handle: the device
 * @guid: the family
 * @functions: a bit for each that there is
 */
struct nvmn_dsm {
	acpi_handle	handle;
	const guid_t	*guid;
	u32		functions;
};

void nvmn_dsm_init(struct nvmn_dsm *dsm, acpi_handle handle,
		   const guid_t *guid);
union acpi_object *nvmn_dsm_call(const struct nvmn_dsm *dsm, u32 fn,
				 const void *in, size_t len,
				 struct nvmn_why *why);

static inline bool nvmn_dsm_has(const struct nvmn_dsm *dsm, u32 fn)
{
	return dsm->functions & BIT(fn);
}

DEFINE_FREE(nvmn_answer, union acpi_object *, ACPI_FREE(_T))

#endif /* NVMN_DSM_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flush hints: addresses, a write to which makes a memory controller hand over
 * what it holds for a DIMM. The hints of several DIMMs may share a page, and a
 * DIMM may be part of several regions.
 */
#ifndef NVMN_HINT_H
#define NVMN_HINT_H

#include <linux/types.h>

struct nvmn_flush;

struct nvmn_flush *nvmn_flush_get(u64 addr, char *why, size_t why_len);
void nvmn_flush_put(struct nvmn_flush *flush);
void nvmn_flush_write(const struct nvmn_flush *flush);

#endif /* NVMN_HINT_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers in the bytes of a firmware, which need not be aligned. Pure. */
#ifndef NVMN_BYTES_H
#define NVMN_BYTES_H

#include "../pure.h"

static inline u32 le16(const u8 *p)
{
	return p[0] | p[1] << 8;
}

static inline u32 le32(const u8 *p)
{
	return le16(p) | le16(p + 2) << 16;
}

static inline u64 le64(const u8 *p)
{
	return le32(p) | (u64)le32(p + 4) << 32;
}

static inline u32 be16(const u8 *p)
{
	return p[0] << 8 | p[1];
}

static inline u32 be32(const u8 *p)
{
	return be16(p) << 16 | be16(p + 2);
}

#endif /* NVMN_BYTES_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the pure half of the cache needs of the kernel, or of libc instead: it
 * is tested in user space.
 */
#ifndef NVMC_PURE_H
#define NVMC_PURE_H

#ifdef __KERNEL__

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/types.h>
#include <asm/barrier.h>

#define pure_calloc(n, size)	kvcalloc(n, size, GFP_KERNEL)
#define pure_free(p)		kvfree(p)

#else

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "lockless.h"

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef int s32;
typedef unsigned long long u64;

#define U16_MAX			((u16)~0U)
#define U32_MAX			(~0U)
#define BIT_ULL(n)		(1ULL << (n))
#define GENMASK_ULL(h, l)	((~0ULL << (l)) & (~0ULL >> (63 - (h))))
#define EXPORT_SYMBOL_GPL(...)
#define __ffs64(x)		((unsigned int)__builtin_ctzll(x))
#define ilog2(x)		(31 - __builtin_clz(x))
#define div_u64(a, b)		((a) / (b))
#define GOLDEN_RATIO_64		0x61C8864680B583EBULL

static inline bool is_power_of_2(unsigned long n)
{
	return n && !(n & (n - 1));
}

static inline unsigned long roundup_pow_of_two(unsigned long n)
{
	unsigned long p = 1;

	while (p < n)
		p <<= 1;
	return p;
}

#define min(a, b)	({ typeof(a) _a = (a); typeof(b) _b = (b); _a < _b ? _a : _b; })
#define max(a, b)	({ typeof(a) _a = (a); typeof(b) _b = (b); _a > _b ? _a : _b; })

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

#define pure_calloc(n, size)	calloc(n, size)
#define pure_free(p)		free(p)

#endif

#endif /* NVMC_PURE_H */

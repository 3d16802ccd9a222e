/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the pure files of LLDs need of the kernel, or of libc instead: they are
 * tested and fuzzed in user space.
 */
#ifndef NVM_LLD_PURE_H
#define NVM_LLD_PURE_H

#ifdef __KERNEL__

#include <asm/byteorder.h>
#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/types.h>

#define pure_calloc(n, size)		kvcalloc(n, size, GFP_KERNEL)
#define pure_free(p)			kvfree(p)
#define pure_sort(base, n, size, cmp)	sort(base, n, size, cmp, NULL)

#else

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef u64 __le64;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define cpu_to_le64(x)			((__le64)(x))
#else
#define cpu_to_le64(x)			((__le64)__builtin_bswap64(x))
#endif
#define le64_to_cpu(x)			((u64)cpu_to_le64(x))
#define U64_MAX				(~0ULL)
#define S32_MAX				INT_MAX
#define BIT(n)				(1UL << (n))
#define ARRAY_SIZE(a)			(sizeof(a) / sizeof((a)[0]))
#define __printf(...)
#define check_mul_overflow(a, b, d)	__builtin_mul_overflow(a, b, d)
#define check_add_overflow(a, b, d)	__builtin_add_overflow(a, b, d)
#define scnprintf			pure_scnprintf
#define DEFINE_FREE(name, type, expr)				\
static inline void __free_##name(void *p)			\
{								\
	type _T = *(type *)p;					\
								\
	expr;							\
}

#define __free(name)			__attribute__((cleanup(__free_##name)))

#define pure_calloc(n, size)		calloc(n, size)
#define pure_free(p)			free(p)
#define pure_sort(base, n, size, cmp)	qsort(base, n, size, cmp)

static inline __printf(3, 4) int pure_scnprintf(char *buf, size_t size,
						const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(buf, size, fmt, args);
	va_end(args);
	if (!size)
		return 0;
	return (size_t)n < size ? n : (int)size - 1;
}

#endif

DEFINE_FREE(pure, void *, pure_free(_T))

/* What a digit is worth, up to hex; 16 if it is none. */
static inline unsigned int pure_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

#endif /* NVM_LLD_PURE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Durable stores. Each store that must survive a power cut goes through here:
 *
 *	nvm_store()	bytes on their way to the medium, past the CPU cache
 *	nvm_fence()	all earlier nvm_store()s have reached the persistence
 *			domain; only what a fence follows may be relied on
 *
 * Memory whose persistence domain is NVM_PDOMAIN_DEVICE_CMD needs
 * nvm_region_flush() after the fence.
 *
 * In user space tests/model/power.c says what the two do: a model of the cache,
 * which cuts the power at any fence. So code that lays out media is the same in
 * both places.
 */
#ifndef NVM_PERSIST_H
#define NVM_PERSIST_H

#ifdef __KERNEL__
#include <linux/string.h>
#include <linux/uio.h>
#include <asm/barrier.h>

/**
 * nvm_store() - store bytes past the CPU cache
 * @dst: mapped memory of a region
 * @src: what to store; @dst and @src do not overlap
 * @len: bytes
 *
 * Context: any.
 */
static inline void nvm_store(void *dst, const void *src, size_t len)
{
	memcpy_flushcache(dst, src, len);
}

/**
 * nvm_store_iter() - the same for the data of a system call
 * @dst: mapped memory of a region
 * @len: bytes
 * @i: where the data comes from; advanced by what was copied
 *
 * Context: process context, may fault.
 * Return: bytes copied, less than @len if user memory could not be read.
 */
static inline size_t nvm_store_iter(void *dst, size_t len, struct iov_iter *i)
{
	return _copy_from_iter_flushcache(dst, len, i);
}

/**
 * nvm_fence() - order and drain all earlier durable stores of this CPU
 *
 * Context: any.
 */
static inline void nvm_fence(void)
{
	pmem_wmb();
}
#else
void nvm_store(void *dst, const void *src, size_t len);
void nvm_fence(void);
#endif

#endif /* NVM_PERSIST_H */

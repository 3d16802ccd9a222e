// SPDX-License-Identifier: GPL-2.0-only
/*
 * Can physical memory be had at all: for an LLD to ask before it registers
 * several regions at once, and for the core to ask of each.
 */
#include <linux/ioport.h>
#include <linux/memory_hotplug.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/range.h>
#include <linux/sizes.h>
#include "core.h"

/**
 * nvm_check_range() - can a physical range be mapped as non-volatile memory
 * @start: first physical address
 * @size: bytes, not 0
 * @why: a refusal in words; set on each failure
 * @why_len: bytes at @why
 *
 * Context: may sleep.
 * Return: 0, -ERANGE if it is outside what the kernel can map (the CPU's
 * addresses, the direct map as KASLR left it), -EBUSY if it is or has RAM.
 */
int nvm_check_range(phys_addr_t start, u64 size, char *why, size_t why_len)
{
	struct range range = mhp_get_pluggable_range(true);

	/* What the CPU can address, which may be less. */
	range.end = min_t(u64, range.end, iomem_resource.end);
	if (start < range.start || start + size - 1 > range.end) {
		snprintf(why, why_len,
			 "outside what this machine can map, 0x%llx-0x%llx",
			 range.start, range.end);
		return -ERANGE;
	}
	if (region_intersects(start, size, IORESOURCE_SYSTEM_RAM,
			      IORES_DESC_NONE) != REGION_DISJOINT) {
		snprintf(why, why_len, "is or has system RAM");
		return -EBUSY;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(nvm_check_range);

static u64 nvm_pages_cost(u64 size)
{
	return (size >> PAGE_SHIFT) * sizeof(struct page);
}

/* A sixteenth of all RAM is kept for everybody else. */
static u64 nvm_pages_keep(void)
{
	return (u64)totalram_pages() << PAGE_SHIFT >> 4;
}

static u64 nvm_ram_available(void)
{
	return (u64)max(si_mem_available(), 0L) << PAGE_SHIFT;
}

/**
 * nvm_pages_fit() - is there RAM now for the struct pages of a range
 * @size: bytes that are being mapped with pages
 *
 * Context: may sleep.
 */
bool nvm_pages_fit(u64 size)
{
	return nvm_pages_cost(size) + nvm_pages_keep() <= nvm_ram_available();
}

/**
 * nvm_check_page_memory() - will there be RAM for the struct pages of a range
 * @size: bytes that are to be mapped with pages
 * @why: a refusal in words; set on each failure
 * @why_len: bytes at @why
 *
 * An LLD that is to register several regions at once asks for their sum. What
 * regions need that were registered and not yet claimed counts as used. A
 * sixteenth of all RAM is kept for everybody else.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int nvm_check_page_memory(u64 size, char *why, size_t why_len)
{
	u64 unmapped = nvm_registry_unmapped();

	if (nvm_pages_fit(size + unmapped))
		return 0;
	snprintf(why, why_len,
		 "its struct pages need %llu MiB of RAM, %llu MiB are available, of them %llu MiB are kept free and %llu MiB for regions not yet claimed",
		 DIV_ROUND_UP_ULL(nvm_pages_cost(size), SZ_1M),
		 nvm_ram_available() >> 20, nvm_pages_keep() >> 20,
		 nvm_pages_cost(unmapped) >> 20);
	return -ENOMEM;
}
EXPORT_SYMBOL_GPL(nvm_check_page_memory);

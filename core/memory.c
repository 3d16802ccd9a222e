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

static int nvm_copy_resource(struct resource *res, void *found)
{
	*(struct resource *)found = *res;
	return 1;
}

static bool nvm_find_resource(phys_addr_t start, u64 size, unsigned long flags,
			      struct resource *found)
{
	return walk_iomem_res_desc(IORES_DESC_NONE, flags, start,
				   start + size - 1, found,
				   nvm_copy_resource) > 0;
}

/**
 * nvm_check_not_pci() - is a physical range outside what PCI devices get
 * @start: first physical address
 * @size: bytes, not 0
 * @why: a refusal in words; set on failure
 * @why_len: bytes at @why
 *
 * For an LLD that was told of addresses, and has no BAR there: nobody may have
 * claimed them yet, but there is no memory behind them.
 *
 * Context: may sleep.
 * Return: 0 or -EBUSY.
 */
int nvm_check_not_pci(phys_addr_t start, u64 size, char *why, size_t why_len)
{
	struct resource res = { };

	if (!nvm_find_resource(start, size, IORESOURCE_MEM | IORESOURCE_WINDOW,
			       &res))
		return 0;
	snprintf(why, why_len, "%pa-%pa is for PCI devices, see /proc/iomem",
		 &res.start, &res.end);
	return -EBUSY;
}
EXPORT_SYMBOL_GPL(nvm_check_not_pci);

static const char *nvm_resource_owner(const struct resource *res)
{
	switch (res->desc) {
	case IORES_DESC_ACPI_TABLES:
	case IORES_DESC_ACPI_NV_STORAGE:
		return "ACPI";
	case IORES_DESC_CRASH_KERNEL:
		return "the crash kernel";
	case IORES_DESC_PERSISTENT_MEMORY:
	case IORES_DESC_PERSISTENT_MEMORY_LEGACY:
		return "a driver of persistent memory";
	default:
		return "someone else";
	}
}

/* walk_iomem_res_desc() has cut @res to the range: is a part of that outside? */
static int nvm_find_border(struct resource *res, void *range)
{
	return resource_size(res) < resource_size(range);
}

static bool nvm_crosses_border(phys_addr_t start, u64 size)
{
	struct resource range = { .start = start, .end = start + size - 1 };

	return walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_MEM, range.start,
				   range.end, &range, nvm_find_border) > 0;
}

/**
 * nvm_claim_failure() - why request_mem_region() refused
 * @start: first physical address
 * @size: bytes, not 0
 * @why: the owner in words
 * @why_len: bytes at @why
 *
 * The resource tree gives no names of drivers away: those are in /proc/iomem.
 *
 * Context: may sleep.
 * Return: -EBUSY; -ENOMEM if nobody is there, for then memory was short.
 */
int nvm_claim_failure(phys_addr_t start, u64 size, char *why, size_t why_len)
{
	struct resource res = { };
	char who[64];

	if (nvm_range_owner(start, size, who, sizeof(who))) {
		snprintf(why, why_len, "overlaps %s", who);
	} else if (nvm_find_resource(start, size, IORESOURCE_MEM | IORESOURCE_BUSY,
				     &res)) {
		snprintf(why, why_len,
			 "%pa-%pa belongs to %s, see /proc/iomem",
			 &res.start, &res.end, nvm_resource_owner(&res));
	} else if (nvm_crosses_border(start, size)) {
		snprintf(why, why_len,
			 "crosses the border of an entry in /proc/iomem");
	} else {
		snprintf(why, why_len,
			 "no memory for the claim on its addresses");
		return -ENOMEM;
	}
	return -EBUSY;
}
EXPORT_SYMBOL_GPL(nvm_claim_failure);

/**
 * nvm_claim_range() - take addresses that somebody else has named
 * @start: first physical address
 * @size: bytes, not 0
 * @name: of the LLD, for /proc/iomem; not copied
 * @why: a refusal in words; set on each failure
 * @why_len: bytes at @why
 *
 * On success release_mem_region() is owed.
 *
 * Context: may sleep.
 * Return: 0, or as nvm_check_range(), nvm_check_not_pci() and
 * nvm_claim_failure().
 */
int nvm_claim_range(phys_addr_t start, u64 size, const char *name, char *why,
		    size_t why_len)
{
	int err = nvm_check_range(start, size, why, why_len);

	if (!err)
		err = nvm_check_not_pci(start, size, why, why_len);
	if (!err && !request_mem_region(start, size, name))
		err = nvm_claim_failure(start, size, why, why_len);
	return err;
}
EXPORT_SYMBOL_GPL(nvm_claim_range);

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

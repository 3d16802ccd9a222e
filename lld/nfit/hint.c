// SPDX-License-Identifier: GPL-2.0-only
#include <linux/io.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/ioport.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <nvm/lld.h>
#include "hint.h"

/**
 * struct nvmn_page - a page with flush hints, claimed and mapped
 * @node: in nvmn_pages
 * @ref: one for each &struct nvmn_flush in it
 * @start: its physical address
 * @mem: where it is mapped
 */
struct nvmn_page {
	struct list_head	node;
	struct kref		ref;
	phys_addr_t		start;
	void __iomem		*mem;
};

/**
 * struct nvmn_flush - one hint in use
 * @page: the page that it is in
 * @mem: its address
 */
struct nvmn_flush {
	struct nvmn_page	*page;
	void __iomem		*mem;
};

static LIST_HEAD(nvmn_pages);
/* Guards nvmn_pages. Innermost: regions let go of their hints when released. */
static DEFINE_MUTEX(nvmn_pages_mutex);

static int nvmn_hint_refuse(char *why, size_t why_len, int err, const char *cause)
{
	scnprintf(why, why_len, "%s", cause);
	return err;
}

/* ioremap() warns of what a table must not be able to make it warn of. */
static int nvmn_hint_check(u64 addr, char *why, size_t why_len)
{
	if (!addr || !IS_ALIGNED(addr, sizeof(u64)))
		return nvmn_hint_refuse(why, why_len, -EINVAL,
					"it is not the address of 8 bytes");
	if (addr > iomem_resource.end)
		return nvmn_hint_refuse(why, why_len, -ERANGE,
					"this CPU has no such address");
	if (region_intersects(addr & PAGE_MASK, PAGE_SIZE,
			      IORESOURCE_SYSTEM_RAM,
			      IORES_DESC_NONE) != REGION_DISJOINT)
		return nvmn_hint_refuse(why, why_len, -EBUSY,
					"it is system RAM");
	/* It would be a register of some device. */
	return nvm_check_not_pci(addr & PAGE_MASK, PAGE_SIZE, why, why_len);
}

static struct nvmn_page *nvmn_page_make(phys_addr_t start, char *why,
					size_t why_len)
{
	struct nvmn_page *page = kzalloc(sizeof(*page), GFP_KERNEL);
	int err;

	if (!page)
		return ERR_PTR(nvmn_hint_refuse(why, why_len, -ENOMEM,
						"no memory"));
	if (!request_mem_region(start, PAGE_SIZE, "nvm_nfit flush hints")) {
		err = nvm_claim_failure(start, PAGE_SIZE, why, why_len);
		goto free;
	}
	page->mem = ioremap(start, PAGE_SIZE);
	if (!page->mem) {
		err = nvmn_hint_refuse(why, why_len, -ENOMEM,
				       "it cannot be mapped");
		goto release;
	}
	page->start = start;
	kref_init(&page->ref);
	list_add(&page->node, &nvmn_pages);
	return page;

release:
	release_mem_region(start, PAGE_SIZE);
free:
	kfree(page);
	return ERR_PTR(err);
}

static void nvmn_page_free(struct kref *ref)
{
	struct nvmn_page *page = container_of(ref, struct nvmn_page, ref);

	list_del(&page->node);
	iounmap(page->mem);
	release_mem_region(page->start, PAGE_SIZE);
	kfree(page);
}

static struct nvmn_page *nvmn_page_get(phys_addr_t start, char *why,
				       size_t why_len)
{
	struct nvmn_page *page;

	lockdep_assert_held(&nvmn_pages_mutex);
	list_for_each_entry(page, &nvmn_pages, node) {
		if (page->start != start)
			continue;
		kref_get(&page->ref);
		return page;
	}
	return nvmn_page_make(start, why, why_len);
}

/**
 * nvmn_flush_get() - claim a flush hint
 * @addr: its physical address, as a table has it
 * @why: the cause, set on failure
 * @why_len: bytes at @why
 *
 * Context: may sleep.
 * Return: the hint, or ERR_PTR: -EINVAL or -ERANGE for an impossible address,
 * -EBUSY if someone else has it, -ENOMEM.
 */
struct nvmn_flush *nvmn_flush_get(u64 addr, char *why, size_t why_len)
{
	struct nvmn_flush *flush;
	struct nvmn_page *page;
	int err = nvmn_hint_check(addr, why, why_len);

	if (err)
		return ERR_PTR(err);
	flush = kzalloc(sizeof(*flush), GFP_KERNEL);
	if (!flush)
		return ERR_PTR(nvmn_hint_refuse(why, why_len, -ENOMEM,
						"no memory"));
	guard(mutex)(&nvmn_pages_mutex);
	page = nvmn_page_get(addr & PAGE_MASK, why, why_len);
	if (IS_ERR(page)) {
		kfree(flush);
		return ERR_CAST(page);
	}
	flush->page = page;
	flush->mem = page->mem + offset_in_page(addr);
	return flush;
}

/**
 * nvmn_flush_put() - let go of a flush hint
 * @flush: from nvmn_flush_get()
 *
 * Context: may sleep.
 */
void nvmn_flush_put(struct nvmn_flush *flush)
{
	guard(mutex)(&nvmn_pages_mutex);
	kref_put(&flush->page->ref, nvmn_page_free);
	kfree(flush);
}

/**
 * nvmn_flush_write() - have the memory controller hand over what it holds
 * @flush: for which DIMM
 *
 * What is written does not matter, says ACPI; the caller has fenced its stores.
 *
 * Context: any.
 */
void nvmn_flush_write(const struct nvmn_flush *flush)
{
	writeq(1, flush->mem);
}

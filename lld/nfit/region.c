// SPDX-License-Identifier: GPL-2.0-only
#include <linux/acpi.h>
#include <linux/io.h>
#include <linux/slab.h>
#include "region.h"

static_assert(NVMN_ALIGN == NVM_ALIGN);
static_assert(NVMN_UID_MAX == NVM_UID_MAX);
static_assert(NVMN_WHY_MAX == NVM_REASON_MAX);

static void nvmn_region_free(struct nvmn_region *region)
{
	size_t i;

	if (!region)
		return;
	for (i = 0; i < region->nr_hints; i++)
		nvmn_flush_put(region->hints[i]);
	if (region->claim)
		release_mem_region(region->claim->start,
				   resource_size(region->claim));
	kfree(region);
}

DEFINE_FREE(nvmn_region, struct nvmn_region *, nvmn_region_free(_T))

static void nvmn_release(struct nvm_region *r)
{
	nvmn_region_free(nvm_region_lld_data(r));
}

/* The stores were fenced before; they leave the controllers here. */
static int nvmn_flush(struct nvm_region *r, u64 off, u64 len)
{
	const struct nvmn_region *region = nvm_region_lld_data(r);
	size_t i;

	for (i = 0; i < region->nr_hints; i++)
		nvmn_flush_write(region->hints[i]);
	/* What this CPU does next comes after the flush. */
	wmb();
	return 0;
}

static int nvmn_check_range(const struct nvmn_found *found, char *why)
{
	int ret;

	ret = nvm_check_range(found->start, found->size, why, NVM_REASON_MAX + 1);
	if (!ret)
		ret = nvm_check_not_pci(found->start, found->size, why,
					NVM_REASON_MAX + 1);
	return ret;
}

static struct nvmn_region *nvmn_claim(const struct nvmn_found *found, char *why)
{
	struct nvmn_region *region __free(nvmn_region) =
		kzalloc(struct_size(region, hints, found->nr_maps), GFP_KERNEL);

	if (!region) {
		scnprintf(why, NVM_REASON_MAX + 1, "no memory");
		return ERR_PTR(-ENOMEM);
	}
	region->known.start = found->start;
	region->known.size = found->size;
	strscpy(region->known.uid, found->uid, sizeof(region->known.uid));
	region->known.read_only = found->read_only;
	region->claim = request_mem_region(found->start, found->size,
					   "nvm_nfit");
	if (!region->claim)
		return ERR_PTR(nvm_claim_failure(found->start, found->size, why,
						 NVM_REASON_MAX + 1));
	return no_free_ptr(region);
}

static struct nvmn_flush *nvmn_take_hint(const struct nvmn_table *t, u64 addr,
					 char *why)
{
	if (!nvmn_in_memory(t, addr))
		return nvmn_flush_get(addr, why, NVM_REASON_MAX + 1);
	scnprintf(why, NVM_REASON_MAX + 1, "it is in memory of the table");
	return ERR_PTR(-EINVAL);
}

static void nvmn_take_hints(struct device *parent, struct nvmn_region *region,
			    const struct nvmn_found *found,
			    const struct nvmn_table *t)
{
	char why[NVM_REASON_MAX + 1];
	size_t i;

	for (i = 0; i < found->nr_maps; i++) {
		const struct nvmn_hint *hint =
			nvmn_find_hint(t, found->maps[i].handle);
		struct nvmn_flush *flush;

		if (!hint)
			continue;
		flush = nvmn_take_hint(t, hint->addr, why);
		if (IS_ERR(flush))
			dev_err_ratelimited(parent, "flush hint 0x%llx of DIMM 0x%x is not used: %s\n",
					    hint->addr, hint->handle, why);
		else
			region->hints[region->nr_hints++] = flush;
	}
}

/*
 * A table without capabilities is an old one: there, memory of this kind is
 * durable once it left the CPU cache.
 */
static enum nvm_pdomain nvmn_pdomain(const struct nvmn_table *t, bool hints)
{
	if (t->caps & NVMN_CAP_CPU_CACHE)
		return NVM_PDOMAIN_CPU_CACHE;
	if (t->caps & NVMN_CAP_MEMORY)
		return NVM_PDOMAIN_MEMORY_CONTROLLER;
	if (hints)
		return NVM_PDOMAIN_DEVICE_CMD;
	if (t->caps_known & NVMN_CAP_MEMORY)
		return NVM_PDOMAIN_NONE;
	return NVM_PDOMAIN_MEMORY_CONTROLLER;
}

static int nvmn_node(const struct nvmn_spa *spa)
{
	if (!(spa->flags & NVMN_SPA_PROXIMITY))
		return NUMA_NO_NODE;
	return pxm_to_online_node(spa->proximity);
}

static int nvmn_register(struct device *parent, struct nvmn_region *region,
			 const struct nvmn_found *found,
			 const struct nvmn_table *t, char *why)
{
	bool hints = found->nr_maps && region->nr_hints == found->nr_maps;
	struct nvm_region_desc desc = {
		.type		= NVM_TYPE_MAPPED,
		.uid		= found->uid,
		.model		= found->model,
		.size		= found->size,
		.mem		= {
			.start	= found->start,
			.size	= found->size,
			.cache	= NVM_CACHE_WB,
		},
		.caps		= NVM_CAP_DAX,
		.pdomain	= nvmn_pdomain(t, hints),
		.numa_node	= nvmn_node(found->spa),
		.ops		= &region->ops,
		.lld_data	= region,
	};
	struct nvm_region *r;
	int ret;

	region->ops.release = nvmn_release;
	if (region->nr_hints)
		region->ops.flush = nvmn_flush;
	if (found->read_only.text[0])
		desc.read_only = found->read_only.text;
	r = nvm_region_alloc(parent, &desc, why);
	if (IS_ERR(r)) {
		nvmn_region_free(region);
		return PTR_ERR(r);
	}
	region->region = r;
	ret = nvm_region_add(r);
	if (ret) {
		scnprintf(why, NVM_REASON_MAX + 1,
			  "cannot be put on the bus, error %d", ret);
		nvm_region_unregister(r);
	}
	return ret;
}

/**
 * nvmn_region_create() - claim the memory of a find and offer it
 * @parent: the ACPI device
 * @found: a find that is not refused
 * @t: the table that @found points into
 * @why: %NVM_REASON_MAX + 1 bytes for the cause of a failure
 *
 * Context: may sleep.
 * Return: the region, ended by nvmn_region_destroy(), or ERR_PTR.
 */
struct nvmn_region *nvmn_region_create(struct device *parent,
				       const struct nvmn_found *found,
				       const struct nvmn_table *t, char *why)
{
	struct nvmn_region *region;
	int ret;

	ret = nvmn_check_range(found, why);
	if (ret)
		return ERR_PTR(ret);
	region = nvmn_claim(found, why);
	if (IS_ERR(region))
		return region;
	nvmn_take_hints(parent, region, found, t);
	ret = nvmn_register(parent, region, found, t, why);
	if (ret)
		return ERR_PTR(ret);
	nvm_region_offer(region->region);
	return region;
}

/**
 * nvmn_region_destroy() - take a region away, used or not
 * @region: out of every list; it is freed when its last user let go
 */
void nvmn_region_destroy(struct nvmn_region *region)
{
	nvm_region_unregister(region->region);
}

/**
 * nvmn_region_set_read_only() - there is news of a region's health
 * @region: the region
 * @why: why it must not be written, empty if it may; not what is known already
 *
 * Context: may sleep.
 */
void nvmn_region_set_read_only(struct nvmn_region *region, const char *why)
{
	strscpy(region->known.read_only.text, why,
		sizeof(region->known.read_only.text));
	nvm_region_set_read_only(region->region, why[0] ? why : NULL);
}

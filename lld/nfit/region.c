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
	for (i = 0; i < region->nr_parts; i++)
		if (region->parts[i].flush)
			nvmn_flush_put(region->parts[i].flush);
	if (region->claimed)
		release_mem_region(region->known.start, region->known.size);
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

	for (i = 0; i < region->nr_parts; i++)
		if (region->parts[i].flush)
			nvmn_flush_write(region->parts[i].flush);
	/* What this CPU does next comes after the flush. */
	wmb();
	return 0;
}

/* More than was asked for is not cleared: it may be good. */
static int nvmn_clear_poison(struct nvm_region *r, u64 off, u64 len)
{
	const struct nvmn_region *region = nvm_region_lld_data(r);
	struct nvmn_why why;
	int err = -EIO;

	if (IS_ALIGNED(off | len, region->ars.unit))
		err = nvmn_root_clear(region->root, region->known.start + off,
				      len, &why);
	else
		scnprintf(why.text, sizeof(why.text),
			  "the platform clears units of %u bytes",
			  region->ars.unit);
	if (err)
		dev_err_ratelimited(&r->dev, "nvm_nfit: errors in 0x%llx bytes at 0x%llx are not cleared: %s\n",
				    len, off, why.text);
	return err;
}

static struct nvmn_region *nvmn_claim(const struct nvmn_found *found, char *why)
{
	struct nvmn_region *region __free(nvmn_region) =
		kzalloc(struct_size(region, parts, found->nr_maps), GFP_KERNEL);
	int err;

	if (!region) {
		scnprintf(why, NVM_REASON_MAX + 1, "no memory");
		return ERR_PTR(-ENOMEM);
	}
	region->known.start = found->start;
	region->known.size = found->size;
	strscpy(region->known.uid, found->uid, sizeof(region->known.uid));
	region->known.read_only = found->read_only;
	err = nvm_claim_range(found->start, found->size, KBUILD_MODNAME, why,
			      NVM_REASON_MAX + 1);
	if (err)
		return ERR_PTR(err);
	region->claimed = true;
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

static struct nvmn_flush *nvmn_part_hint(struct device *parent, u32 handle,
					 const struct nvmn_table *t)
{
	const struct nvmn_hint *hint = nvmn_find_hint(t, handle);
	char why[NVM_REASON_MAX + 1];
	struct nvmn_flush *flush;

	if (!hint)
		return NULL;
	flush = nvmn_take_hint(t, hint->addr, why);
	if (!IS_ERR(flush))
		return flush;
	dev_err_ratelimited(parent, "flush hint 0x%llx of DIMM 0x%x is not used: %s\n",
			    hint->addr, handle, why);
	return NULL;
}

static void nvmn_take_parts(struct nvmn_region *region,
			    const struct nvmn_found *found,
			    const struct nvmn_table *t)
{
	struct device *parent = &region->root->adev->dev;
	size_t i;

	for (i = 0; i < found->nr_maps; i++) {
		struct nvmn_part *part = &region->parts[region->nr_parts++];

		part->handle = found->maps[i].handle;
		nvmn_name_map(part->name, t, &found->maps[i]);
		part->flush = nvmn_part_hint(parent, part->handle, t);
	}
}

static size_t nvmn_nr_hints(const struct nvmn_region *region)
{
	size_t i, nr = 0;

	for (i = 0; i < region->nr_parts; i++)
		nr += !!region->parts[i].flush;
	return nr;
}

/* The first of its DIMMs that says something. */
static void nvmn_ask_parts(struct nvmn_region *region)
{
	size_t i;

	region->ill.text[0] = '\0';
	for (i = 0; i < region->nr_parts; i++) {
		const struct nvmn_part *part = &region->parts[i];
		const char *bad = nvmn_dimms_bad(&region->root->dimms,
						 part->handle);

		if (!bad)
			continue;
		scnprintf(region->ill.text, sizeof(region->ill.text),
			  "DIMM 0x%x (%s) %s", part->handle, part->name, bad);
		return;
	}
}

/**
 * nvmn_region_read_only() - why a region must not be written
 * @region: the region
 *
 * What the table says counts first.
 *
 * Return: in words, or NULL if it may be.
 */
const char *nvmn_region_read_only(const struct nvmn_region *region)
{
	if (region->known.read_only.text[0])
		return region->known.read_only.text;
	return region->ill.text[0] ? region->ill.text : NULL;
}

/* A platform that does not answer can do nothing. */
static void nvmn_ask_ars(struct nvmn_region *region)
{
	struct nvmn_why why;

	if (nvmn_root_ars_caps(region->root, region->known.start,
			       region->known.size, &region->ars, &why))
		dev_err(&region->root->adev->dev, "what can be done about errors at 0x%llx is not known: %s\n",
			region->known.start, why.text);
	if (!nvmn_root_can_scrub(region->root))
		region->ars.scrub = false;
	region->to_scrub = region->ars.scrub;
}

/*
 * Memory of this kind is durable once it left the CPU cache, says the kernel's
 * driver, with hints and without: they are for the day on which the platform
 * fails to flush its controllers. Unless the platform denies that it does.
 */
static enum nvm_pdomain nvmn_pdomain(const struct nvmn_table *t, bool hints)
{
	if (t->caps & NVMN_CAP_CPU_CACHE)
		return NVM_PDOMAIN_CPU_CACHE;
	if (!(t->caps_known & ~t->caps & NVMN_CAP_MEMORY))
		return NVM_PDOMAIN_MEMORY_CONTROLLER;
	return hints ? NVM_PDOMAIN_DEVICE_CMD : NVM_PDOMAIN_NONE;
}

static int nvmn_node(const struct nvmn_spa *spa)
{
	if (!(spa->flags & NVMN_SPA_PROXIMITY))
		return NUMA_NO_NODE;
	return pxm_to_online_node(spa->proximity);
}

static int nvmn_register(struct nvmn_region *region,
			 const struct nvmn_found *found,
			 const struct nvmn_table *t, char *why)
{
	size_t nr_hints = nvmn_nr_hints(region);
	bool hints = nr_hints && nr_hints == region->nr_parts;
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
		.read_only	= nvmn_region_read_only(region),
		.ops		= &region->ops,
		.lld_data	= region,
	};
	struct nvm_region *r;
	int ret;

	region->ops.release = nvmn_release;
	if (nr_hints)
		region->ops.flush = nvmn_flush;
	if (region->ars.unit)
		region->ops.clear_poison = nvmn_clear_poison;
	r = nvm_region_alloc(&region->root->adev->dev, &desc, why);
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
 * @root: the root device, whose NVDIMMs were asked
 * @found: a find that is not refused
 * @t: the table that @found points into
 * @why: %NVM_REASON_MAX + 1 bytes for the cause of a failure
 *
 * Context: may sleep.
 * Return: the region, ended by nvmn_region_destroy(), or ERR_PTR.
 */
struct nvmn_region *nvmn_region_create(struct nvmn_root *root,
				       const struct nvmn_found *found,
				       const struct nvmn_table *t, char *why)
{
	struct nvmn_region *region;
	int ret;

	region = nvmn_claim(found, why);
	if (IS_ERR(region))
		return region;
	region->root = root;
	nvmn_take_parts(region, found, t);
	nvmn_ask_parts(region);
	nvmn_ask_ars(region);
	ret = nvmn_register(region, found, t, why);
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
 * nvmn_region_lost() - take a region away whose memory is not there any more
 * @region: out of every list; it is freed when its last user let go
 */
void nvmn_region_lost(struct nvmn_region *region)
{
	nvm_region_lost(region->region);
}

/**
 * nvmn_region_news() - there may be news of a region's health
 * @region: the region, whose NVDIMMs were asked
 * @read_only: why it must not be written, says the table, empty if it may; NULL
 *	       if that stays as it is
 *
 * Context: may sleep.
 */
void nvmn_region_news(struct nvmn_region *region, const char *read_only)
{
	if (read_only)
		strscpy(region->known.read_only.text, read_only,
			sizeof(region->known.read_only.text));
	nvmn_ask_parts(region);
	nvm_region_set_read_only(region->region, nvmn_region_read_only(region));
}

// SPDX-License-Identifier: GPL-2.0-only
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <linux/slab.h>
#include "device.h"

static_assert(NVMM_ALIGN == NVM_ALIGN);
static_assert(NVMM_UID_MAX == NVM_UID_MAX);
static_assert(NVMM_WINDOWS_MAX == NVM_WINDOWS_MAX);

#define WHY_NOT_ARMED	"not armed (ro=1)"

/* What the core says of an owner or of missing memory. */
#define CAUSE_LEN	(NVM_REASON_MAX + 1)

static int check_range(const struct nvmm_spec *spec, u64 from,
		       struct nvmm_why *why)
{
	u64 start = spec->start + from;
	u64 size = spec->size - from;
	char range[NVMM_RANGE_TEXT];
	char cause[CAUSE_LEN];
	int ret = nvm_check_range(start, size, cause, sizeof(cause));

	if (ret != -EBUSY)
		return ret ? nvmm_refuse(why, ret, spec, cause) : 0;
	nvmm_say(why, "%s: %s: boot with memmap=%lluM$0x%llx to reserve it",
		 nvmm_range_text(spec, range, sizeof(range)), cause, size >> 20,
		 start);
	return ret;
}

static int check_not_pci(const struct nvmm_spec *spec, u64 from,
			 struct nvmm_why *why)
{
	char cause[CAUSE_LEN];

	if (!nvm_check_not_pci(spec->start + from, spec->size - from, cause,
			       sizeof(cause)))
		return 0;
	return nvmm_refuse(why, -EBUSY, spec, cause);
}

static int check_node(const struct nvmm_spec *spec, struct nvmm_why *why)
{
	u64 node = spec->opt[NVMM_OPT_NUMA];

	if (node == NVMM_NUMA_AUTO)
		return 0;
	if (node < nr_node_ids && node_online(node))
		return 0;
	return nvmm_refuse(why, -EINVAL, spec, "numa: no such node is online");
}

/**
 * nvmm_check_memory() - can this memory be emulated on at all
 * @spec: the device as wanted
 * @from: bytes of it that are the device's already
 * @why: the cause, set on failure
 *
 * Return: 0, -ERANGE, -EBUSY for RAM and PCI, -EINVAL for a node that is not
 * there.
 */
int nvmm_check_memory(const struct nvmm_spec *spec, u64 from,
		      struct nvmm_why *why)
{
	int ret;

	ret = check_node(spec, why);
	if (!ret)
		ret = check_range(spec, from, why);
	if (!ret)
		ret = check_not_pci(spec, from, why);
	return ret;
}

/**
 * nvmm_check_pages() - is there RAM for the struct pages
 * @spec: the last of the devices that may need them, to be named
 * @total: bytes of all those that do
 * @why: the cause, set on failure
 *
 * Return: 0 or -ENOMEM.
 */
int nvmm_check_pages(const struct nvmm_spec *spec, u64 total,
		     struct nvmm_why *why)
{
	char cause[CAUSE_LEN] = "no memory for its struct pages";
	int ret = nvm_check_page_memory(total, cause, sizeof(cause));

	return ret ? nvmm_refuse(why, ret, spec, cause) : 0;
}

/**
 * nvmm_has_pages() - do the bytes of a device need struct pages
 * @spec: the device
 */
bool nvmm_has_pages(const struct nvmm_spec *spec)
{
	return spec->opt[NVMM_OPT_TYPE] == NVM_TYPE_MAPPED;
}

static int refuse_claim(const struct nvmm_spec *spec, u64 from,
			struct nvmm_why *why)
{
	char cause[CAUSE_LEN];
	int ret = nvm_claim_failure(spec->start + from, spec->size - from,
				    cause, sizeof(cause));

	return nvmm_refuse(why, ret, spec, cause);
}

static void nvmm_dev_free(struct nvmm_dev *dev)
{
	if (dev)
		nvmm_cmds_destroy(dev->cmds);
	if (dev && dev->claim)
		release_mem_region(dev->claim->start,
				   resource_size(dev->claim));
	kfree(dev);
}

DEFINE_FREE(nvmm_dev, struct nvmm_dev *, nvmm_dev_free(_T))

/* It is RAM: there is nothing to be done to it. */
static int nvmm_clear_poison(struct nvm_region *r, u64 off, u64 len)
{
	return 0;
}

static void nvmm_release(struct nvm_region *r)
{
	nvmm_dev_free(nvm_region_lld_data(r));
}

static struct nvmm_cmds *to_cmds(const struct nvm_region *r)
{
	struct nvmm_dev *dev = nvm_region_lld_data(r);

	return dev->cmds;
}

static int nvmm_submit(struct nvm_region *r, struct nvm_cmd *cmd)
{
	return nvmm_cmd_submit(to_cmds(r), cmd);
}

static void nvmm_abort(struct nvm_region *r)
{
	nvmm_cmd_abort(to_cmds(r));
}

static const struct nvm_region_ops nvmm_ops = {
	.clear_poison	= nvmm_clear_poison,
	.release	= nvmm_release,
};

static const struct nvm_region_ops nvmm_cmd_ops = {
	.clear_poison	= nvmm_clear_poison,
	.submit		= nvmm_submit,
	.abort		= nvmm_abort,
	.release	= nvmm_release,
};

static int nvmm_node(const struct nvmm_spec *spec)
{
	if (spec->opt[NVMM_OPT_NUMA] != NVMM_NUMA_AUTO)
		return spec->opt[NVMM_OPT_NUMA];
	return numa_map_to_online_node(phys_to_target_node(spec->start));
}

static bool has_commands(const struct nvmm_spec *spec)
{
	return spec->opt[NVMM_OPT_TYPE] == NVM_TYPE_CMD_WRITE;
}

/* What the types differ in. */
static void describe_type(const struct nvmm_dev *dev,
			  struct nvm_region_desc *desc)
{
	if (has_commands(&dev->spec)) {
		desc->ops = &nvmm_cmd_ops;
		nvmm_cmds_describe(&dev->cmds->shape, &dev->spec, desc);
	} else {
		desc->ops = &nvmm_ops;
		desc->caps |= NVM_CAP_DAX;
	}
}

static struct nvm_region *alloc_region(struct device *parent,
				       struct nvmm_dev *dev, char *cause)
{
	const struct nvmm_spec *spec = &dev->spec;
	struct nvm_region_desc desc = {
		.type		= spec->opt[NVMM_OPT_TYPE],
		.uid		= spec->uid,
		.model		= "NvM-memmap",
		.size		= spec->size,
		.mem		= {
			.start	= spec->start,
			.size	= spec->size,
			.cache	= NVM_CACHE_WB,
		},
		.caps		= NVM_CAP_GROW,
		.pdomain	= NVM_PDOMAIN_NONE,
		.numa_node	= nvmm_node(spec),
		.read_only	= spec->opt[NVMM_OPT_RO] ? WHY_NOT_ARMED : NULL,
		.lld_data	= dev,
	};

	describe_type(dev, &desc);
	return nvm_region_alloc(parent, &desc, cause);
}

static struct nvmm_dev *claim_dev(const struct nvmm_spec *spec,
				  struct nvmm_why *why)
{
	struct nvmm_dev *dev __free(nvmm_dev) = kzalloc(sizeof(*dev),
							GFP_KERNEL);

	if (!dev)
		return ERR_PTR(nvmm_refuse(why, -ENOMEM, spec, "no memory"));
	spin_lock_init(&dev->lock);
	dev->spec = *spec;
	dev->claim = request_mem_region(spec->start, spec->size, "nvm_memmap");
	if (!dev->claim)
		return ERR_PTR(refuse_claim(spec, 0, why));
	return no_free_ptr(dev);
}

static int make_type(struct nvmm_dev *dev, struct nvmm_why *why)
{
	struct nvmm_cmds *cmds;

	if (!has_commands(&dev->spec))
		return 0;
	cmds = nvmm_cmds_create(&dev->spec, why);
	if (IS_ERR(cmds))
		return PTR_ERR(cmds);
	dev->cmds = cmds;
	return 0;
}

static int register_dev(struct device *parent, struct nvmm_dev *dev,
			char *cause)
{
	struct nvm_region *r = alloc_region(parent, dev, cause);
	int ret;

	if (IS_ERR(r)) {
		nvmm_dev_free(dev);
		return PTR_ERR(r);
	}
	dev->region = r;
	nvm_region_set_read_delay(r, dev->spec.opt[NVMM_OPT_READ_NS]);
	ret = nvm_region_add(r);
	if (!ret)
		ret = sysfs_create_groups(&r->dev.kobj, nvmm_files_of(dev));
	if (ret) {
		scnprintf(cause, CAUSE_LEN, "%s cannot be put on the bus, error %d",
			  dev_name(&r->dev), ret);
		nvm_region_unregister(r);
	}
	return ret;
}

/* What they show goes with the device's last user, the files now. */
static void remove_files(struct nvmm_dev *dev)
{
	sysfs_remove_groups(&dev->region->dev.kobj, nvmm_files_of(dev));
}

/**
 * nvmm_dev_create() - claim the memory and put it on the bus, not yet on offer
 * @parent: the device that stands for this module
 * @spec: what to make; copied
 * @why: the cause, set on failure
 *
 * Return: the device, ended by nvmm_dev_destroy() or nvmm_dev_remove(), or
 * ERR_PTR: -EBUSY when someone else has the addresses, -EEXIST for a uid that
 * is taken, -ENOMEM.
 */
struct nvmm_dev *nvmm_dev_create(struct device *parent,
				 const struct nvmm_spec *spec,
				 struct nvmm_why *why)
{
	struct nvmm_dev *dev = claim_dev(spec, why);
	char cause[CAUSE_LEN];
	int ret;

	if (IS_ERR(dev))
		return dev;
	ret = make_type(dev, why);
	if (ret) {
		nvmm_dev_free(dev);
		return ERR_PTR(ret);
	}
	ret = register_dev(parent, dev, cause);
	if (ret)
		return ERR_PTR(nvmm_refuse(why, ret, spec, cause));
	return dev;
}

/**
 * nvmm_dev_offer() - let the ULDs have it
 * @dev: the device
 */
void nvmm_dev_offer(struct nvmm_dev *dev)
{
	nvm_region_offer(dev->region);
}

/**
 * nvmm_dev_destroy() - take it away, used or not
 * @dev: the device, out of every list; it is freed when its last user let go
 */
void nvmm_dev_destroy(struct nvmm_dev *dev)
{
	remove_files(dev);
	nvm_region_unregister(dev->region);
}

/**
 * nvmm_dev_hold() - keep an idle device idle, until it is removed or unheld
 * @dev: the device
 * @why: the cause, set on failure
 *
 * Return: 0, -EBUSY when in use, -EIO when its data could not be made durable.
 */
int nvmm_dev_hold(struct nvmm_dev *dev, struct nvmm_why *why)
{
	int ret = nvm_region_hold_idle(dev->region);
	const char *name = dev_name(&dev->region->dev);
	char cause[CAUSE_LEN];

	if (!ret)
		return 0;
	if (ret == -EBUSY)
		scnprintf(cause, sizeof(cause),
			  "%s is in use: open, mounted or mapped", name);
	else if (ret == -EIO)
		scnprintf(cause, sizeof(cause),
			  "%s has data that could not be made durable", name);
	else
		scnprintf(cause, sizeof(cause),
			  "%s cannot be removed, error %d", name, ret);
	return nvmm_refuse(why, ret, &dev->spec, cause);
}

/**
 * nvmm_dev_unhold() - let a held device be used again
 * @dev: the device
 */
void nvmm_dev_unhold(struct nvmm_dev *dev)
{
	nvm_region_release_idle(dev->region);
}

/**
 * nvmm_dev_remove() - take a held device away
 * @dev: the device, out of every list; it is freed
 */
void nvmm_dev_remove(struct nvmm_dev *dev)
{
	remove_files(dev);
	nvm_region_remove_idle(dev->region);
}

static int grow_claim(struct nvmm_dev *dev, const struct nvmm_spec *wanted,
		      struct nvmm_why *why)
{
	if (!adjust_resource(dev->claim, wanted->start, wanted->size))
		return 0;
	return refuse_claim(wanted, dev->spec.size, why);
}

/* Nothing was put into the claim meanwhile, so it can always shrink back. */
static void shrink_claim(struct nvmm_dev *dev)
{
	WARN_ON_ONCE(adjust_resource(dev->claim, dev->spec.start,
				     dev->spec.size));
}

static int refuse_growth(struct nvmm_dev *dev, const struct nvmm_spec *wanted,
			 int err, struct nvmm_why *why)
{
	const char *name = dev_name(&dev->region->dev);
	char cause[CAUSE_LEN];

	if (err == -EOPNOTSUPP)
		scnprintf(cause, sizeof(cause),
			  "the driver of %s cannot expand it", name);
	else if (err == -ENOMEM)
		scnprintf(cause, sizeof(cause),
			  "%s: no memory for the struct pages", name);
	else if (err == -ENODEV)
		scnprintf(cause, sizeof(cause), "the power of %s is cut", name);
	else
		scnprintf(cause, sizeof(cause),
			  "%s cannot be expanded, error %d", name, err);
	return nvmm_refuse(why, err, wanted, cause);
}

/**
 * nvmm_dev_grow_prepare() - do all of an expansion that can fail
 * @dev: the device
 * @wanted: the same with a larger size
 * @why: the cause, set on failure
 *
 * Return: 0, -EBUSY when someone else has the addresses, -EOPNOTSUPP when the
 * ULD cannot grow, -ENODEV after a power cut, -ENOMEM.
 */
int nvmm_dev_grow_prepare(struct nvmm_dev *dev, const struct nvmm_spec *wanted,
			  struct nvmm_why *why)
{
	int ret = grow_claim(dev, wanted, why);

	if (ret)
		return ret;
	if (dev->cmds)
		ret = nvmm_cmds_grow_prepare(dev->cmds, wanted->size);
	if (!ret) {
		ret = nvm_region_resize_prepare(dev->region,
						nvmm_medium_size(wanted));
		if (ret && dev->cmds)
			nvmm_cmds_grow_abort(dev->cmds);
	}
	if (!ret)
		return 0;
	shrink_claim(dev);
	return refuse_growth(dev, wanted, ret, why);
}

/* Commands that come meanwhile wait in the core. */
static void grow_cmds(struct nvmm_dev *dev)
{
	nvm_cmd_hold(dev->region);
	nvmm_cmds_grow_commit(dev->cmds, resource_size(dev->claim));
	nvm_cmd_release(dev->region);
}

/**
 * nvmm_dev_grow_commit() - make a prepared expansion seen
 * @dev: the device
 */
void nvmm_dev_grow_commit(struct nvmm_dev *dev)
{
	struct nvmm_spec spec = dev->spec;

	if (dev->cmds)
		grow_cmds(dev);
	nvm_region_resize_commit(dev->region);
	spec.size = resource_size(dev->claim);
	nvmm_dev_set_spec(dev, &spec);
}

/**
 * nvmm_dev_grow_abort() - take a prepared expansion back
 * @dev: the device
 */
void nvmm_dev_grow_abort(struct nvmm_dev *dev)
{
	nvm_region_resize_abort(dev->region);
	if (dev->cmds)
		nvmm_cmds_grow_abort(dev->cmds);
	shrink_claim(dev);
}

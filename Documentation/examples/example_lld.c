// SPDX-License-Identifier: GPL-2.0-only
/*
 * A complete LLD. It finds what old firmware marks as persistent memory (type
 * 12 in the e820 map), as many DDR3 NVDIMMs are. The kernel's own driver for
 * it is nd_e820; driver_override of the device e820_pmem chooses this one.
 */
#include <linux/ioport.h>
#include <linux/memory_hotplug.h>
#include <linux/numa.h>
#include <linux/platform_device.h>
#include <nvm/lld.h>

static void example_release(struct nvm_region *r)
{
	release_mem_region(r->desc.mem.start, nvm_region_size(r));
}

static const struct nvm_region_ops example_ops = {
	.release	= example_release,
};

static int example_register(struct device *dev, phys_addr_t start, u64 size)
{
	char uid[NVM_UID_MAX + 1];
	struct nvm_region_desc desc = {
		.type		= NVM_TYPE_MAPPED,
		.uid		= uid,
		.size		= size,
		.mem		= { .start = start, .size = size },
		.caps		= NVM_CAP_DAX,
		.pdomain	= NVM_PDOMAIN_MEMORY_CONTROLLER,
		.numa_node	= numa_map_to_online_node(phys_to_target_node(start)),
		.ops		= &example_ops,
	};

	snprintf(uid, sizeof(uid), "e820-%llx", (u64)start);
	return PTR_ERR_OR_ZERO(devm_nvm_region_register(dev, &desc));
}

static int example_find(struct resource *res, void *dev)
{
	int err;

	if (!request_mem_region(res->start, resource_size(res), "example_lld"))
		return -EBUSY;
	err = example_register(dev, res->start, resource_size(res));
	if (err)
		release_mem_region(res->start, resource_size(res));
	return err;
}

static int example_probe(struct platform_device *pdev)
{
	return walk_iomem_res_desc(IORES_DESC_PERSISTENT_MEMORY_LEGACY,
				   IORESOURCE_MEM, 0, -1, &pdev->dev,
				   example_find);
}

static struct platform_driver example_lld = {
	.driver.name	= "example_lld",
	.probe		= example_probe,
};
module_nvm_lld(example_lld, platform_driver_register,
	       platform_driver_unregister);

MODULE_DESCRIPTION("Example of an LLD: legacy persistent memory");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * nvm_ddr3_e820: modules that the BIOS has enabled and marked as persistent in
 * the e820 map, type 12. The kernel makes a platform device e820_pmem of them;
 * its own driver for it is nd_e820. driver_override chooses this one.
 */
#include <linux/ioport.h>
#include <linux/platform_device.h>
#include <nvm/ddr3.h>

static char *part;
module_param(part, charp, 0444);
MODULE_PARM_DESC(part, "VVVV:PART[,...], vendor and part number of the module, which then names the region");

struct found {
	struct device	*dev;
	const char	*uid, *model;
	int		nr, added, err;
};

static int count(struct resource *res, void *found)
{
	((struct found *)found)->nr++;
	return 0;
}

static int add(struct resource *res, void *found)
{
	struct found *f = found;
	struct nvm_ddr3_module m = {
		.start	= res->start,
		.size	= resource_size(res),
		.uid	= f->uid,
		.model	= f->model,
	};
	int err = devm_nvm_ddr3_add(f->dev, &m);

	/* One that is refused, and logged, is no reason against the others. */
	if (err)
		f->err = err;
	else
		f->added++;
	return 0;
}

static int walk(struct found *f, int (*fn)(struct resource *res, void *found))
{
	return walk_iomem_res_desc(IORES_DESC_PERSISTENT_MEMORY_LEGACY,
				   IORESOURCE_MEM, 0, -1, f, fn);
}

static int ddr3_e820_probe(struct platform_device *pdev)
{
	struct found f = { .dev = &pdev->dev };
	struct nvm_ddr3_identity who;
	int nr;

	walk(&f, count);
	nr = part ? nvm_ddr3_identify(f.dev, part, &who) : 0;
	/* Of more than one of either nobody says which is which. */
	if (nr == 1 && f.nr == 1) {
		f.uid = who.uid;
		f.model = who.model;
	} else if (part) {
		dev_warn(f.dev, "%d ranges, %d modules %s: named by address\n",
			 f.nr, nr, part);
	}
	walk(&f, add);
	return f.added ? 0 : f.err ?: -ENODEV;
}

static struct platform_driver ddr3_e820 = {
	.driver.name	= KBUILD_MODNAME,
	.probe		= ddr3_e820_probe,
};
module_nvm_lld(ddr3_e820, platform_driver_register,
	       platform_driver_unregister);

/* The SMBus, if the modules are asked who they are. */
MODULE_SOFTDEP("pre: i2c-i801 i2c-piix4");
MODULE_DESCRIPTION("DDR3 NVDIMMs that the BIOS marks as persistent (e820 type 12)");
MODULE_LICENSE("GPL");
MODULE_VERSION(NVM_VERSION);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * nvm_pci: memory behind PCI. One BAR of a device is a region.
 */
#include <linux/memory_hotplug.h>
#include <linux/numa.h>
#include <linux/pm.h>
#include <linux/pm_runtime.h>
#include "pci.h"

/* The kinds of devices: driver_data of an id, also of one in new_id. */
enum nvmp_kind {
	NVMP_ANY,
	NVMP_IVSHMEM,
	NVMP_PMR,
};

static void nvmp_release(struct nvm_region *r)
{
	nvmp_mem_release(nvm_region_lld_data(r));
}

static const struct nvm_region_ops nvmp_ops = {
	.release	= nvmp_release,
};

static const struct nvm_region_ops nvmp_pmr_ops = {
	.flush		= nvmp_pmr_flush,
	.release	= nvmp_release,
};

/* Of a card that is not known: the largest that may be prefetched. */
static int nvmp_largest_bar(struct pci_dev *pdev)
{
	int bar, best = -ENODEV;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
		if ((pci_resource_flags(pdev, bar) & IORESOURCE_PREFETCH) &&
		    (best < 0 || pci_resource_len(pdev, bar) >
				 pci_resource_len(pdev, best)))
			best = bar;
	if (best < 0)
		return nvmp_err(pdev, best, "has no prefetchable memory");
	return best;
}

/* QEMU's documentation, "Device Specification for Inter-VM shared memory". */
static int nvmp_ivshmem_bar(struct pci_dev *pdev)
{
	return 2;
}

/**
 * struct nvmp_traits - what is known of a kind of devices
 * @model: of the region
 * @bar: which BAR is the memory; a negative errno refuses, and was logged
 * @enable: make it usable, or NULL
 * @ops: of the region
 * @pdomain: how far a store must get
 * @cache: WB only for what is RAM: the CPU may read and write back lines of it
 *	   at any time
 */
struct nvmp_traits {
	const char			*model;
	int				(*bar)(struct pci_dev *pdev);
	int				(*enable)(struct nvmp_mem *mem,
						  const char **read_only);
	const struct nvm_region_ops	*ops;
	enum nvm_pdomain		pdomain;
	enum nvm_cache_mode		cache;
};

static const struct nvmp_traits nvmp_traits[] = {
	/* Nobody knows what becomes of its writes. */
	[NVMP_ANY] = {
		.model		= "pci",
		.bar		= nvmp_largest_bar,
		.ops		= &nvmp_ops,
		.pdomain	= NVM_PDOMAIN_NONE,
		.cache		= NVM_CACHE_WC,
	},
	/* RAM of the host: what is behind it only the host knows. */
	[NVMP_IVSHMEM] = {
		.model		= "ivshmem",
		.bar		= nvmp_ivshmem_bar,
		.ops		= &nvmp_ops,
		.pdomain	= NVM_PDOMAIN_NONE,
		.cache		= NVM_CACHE_WB,
	},
	[NVMP_PMR] = {
		.model		= "nvme-pmr",
		.bar		= nvmp_pmr_bar,
		.enable		= nvmp_pmr_enable,
		.ops		= &nvmp_pmr_ops,
		.pdomain	= NVM_PDOMAIN_DEVICE_CMD,
		.cache		= NVM_CACHE_WC,
	},
};

/*
 * Not for MODULE_DEVICE_TABLE: user space would take ids with override_only for
 * those of a VFIO driver.
 */
static const struct pci_device_id nvmp_ids[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_REDHAT_QUMRANET, 0x1110),
	  .driver_data = NVMP_IVSHMEM },
	{ PCI_DEVICE_CLASS(PCI_CLASS_MEMORY_RAM << 8, ~0xff),
	  .override_only = 1, .driver_data = NVMP_ANY },
	/* These are the nvme driver's, but for who wants their memory. */
	{ PCI_DEVICE_CLASS(PCI_CLASS_STORAGE_EXPRESS, ~0),
	  .override_only = 1, .driver_data = NVMP_PMR },
	{ }
};
MODULE_ALIAS("pci:v00001AF4d00001110sv*sd*bc*sc*i*");

/* The serial number is the card's; without one the slot has to do. */
static void nvmp_uid(struct pci_dev *pdev, int bar, char *uid, size_t len)
{
	u64 dsn = pci_get_dsn(pdev);

	if (dsn)
		snprintf(uid, len, "pci-dsn-%016llx-f%u-bar%d", dsn,
			 PCI_FUNC(pdev->devfn), bar);
	else
		snprintf(uid, len, "pci-%s-bar%d", pci_name(pdev), bar);
}

static int nvmp_check_bar(struct pci_dev *pdev, int bar)
{
	if ((pci_resource_flags(pdev, bar) & IORESOURCE_MEM) &&
	    pci_resource_len(pdev, bar))
		return 0;
	return nvmp_err(pdev, -ENODEV, "BAR %d is no memory", bar);
}

static struct nvm_region *nvmp_register(struct nvmp_mem *mem,
					const struct nvmp_traits *traits)
{
	struct pci_dev *pdev = mem->pdev;
	char uid[NVM_UID_MAX + 1];
	u64 size = pci_resource_len(pdev, mem->bar);
	struct nvm_region_desc desc = {
		.type		= NVM_TYPE_MAPPED,
		.uid		= uid,
		.model		= traits->model,
		.size		= size,
		.mem		= {
			.start	= pci_resource_start(pdev, mem->bar),
			.size	= size,
			.cache	= traits->cache,
		},
		.caps		= traits->cache == NVM_CACHE_WB ? NVM_CAP_DAX : 0,
		.pdomain	= traits->pdomain,
		.numa_node	= numa_map_to_online_node(dev_to_node(&pdev->dev)),
		.ops		= traits->ops,
		.lld_data	= mem,
	};
	int err = 0;

	nvmp_uid(pdev, mem->bar, uid, sizeof(uid));
	if (traits->enable)
		err = traits->enable(mem, &desc.read_only);
	return err ? ERR_PTR(err) : devm_nvm_region_register(&pdev->dev, &desc);
}

static int nvmp_probe_bar(struct pci_dev *pdev, int bar,
			  const struct nvmp_traits *traits)
{
	struct nvmp_mem *mem = nvmp_mem_claim(pdev, bar);
	struct nvm_region *r;

	if (IS_ERR(mem))
		return PTR_ERR(mem);
	r = nvmp_register(mem, traits);
	if (IS_ERR(r)) {
		nvmp_mem_release(mem);
		return PTR_ERR(r);
	}
	pci_set_drvdata(pdev, r);
	return 0;
}

static void nvmp_pm_put(void *dev)
{
	pm_runtime_put(dev);
}

/*
 * The region goes by devm, after the PCI core has dropped its own reference: the
 * ports above must not sleep while a file system writes back.
 */
static int nvmp_stay_awake(struct device *dev)
{
	pm_runtime_get_noresume(dev);
	return devm_add_action_or_reset(dev, nvmp_pm_put, dev);
}

static int nvmp_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	const struct nvmp_traits *traits = &nvmp_traits[id->driver_data];
	int bar, err;

	err = pcim_enable_device(pdev);
	if (err)
		return nvmp_err(pdev, err, "cannot be enabled: %pe",
				ERR_PTR(err));
	err = nvmp_stay_awake(&pdev->dev);
	if (err)
		return nvmp_err(pdev, err, "no memory to keep it awake");
	bar = traits->bar(pdev);
	if (bar < 0)
		return bar;
	err = nvmp_check_bar(pdev, bar);
	return err ?: nvmp_probe_bar(pdev, bar, traits);
}

/* Its memory is not there, or can never be reached again. */
static void nvmp_lost(struct pci_dev *pdev)
{
	devm_nvm_region_lost(&pdev->dev, pci_get_drvdata(pdev));
	pci_set_drvdata(pdev, NULL);
}

/* Otherwise the region is unregistered by devm: its memory can be written. */
static void nvmp_remove(struct pci_dev *pdev)
{
	struct nvm_region *r = pci_get_drvdata(pdev);

	if (r && (nvm_region_is_lost(r) || !pci_device_is_present(pdev)))
		nvmp_lost(pdev);
}

/*
 * The persistent memory of this device, NULL if it has none of that kind, or has
 * lost it in a sleep before.
 */
static struct nvm_region *nvmp_pmr_of(struct device *dev)
{
	struct nvm_region *r = dev_get_drvdata(dev);
	struct nvmp_mem *mem = r ? nvm_region_lld_data(r) : NULL;

	return mem && mem->regs && !nvm_region_is_lost(r) ? r : NULL;
}

static int nvmp_suspend(struct device *dev)
{
	struct nvm_region *r = nvmp_pmr_of(dev);

	return r ? nvmp_pmr_suspend(r) : 0;
}

static struct pci_driver nvmp_driver;

static int nvmp_take_away(struct device *dev, void *data)
{
	struct nvm_region *r;

	device_lock(dev);
	r = dev->driver == &nvmp_driver.driver ? dev_get_drvdata(dev) : NULL;
	if (r && nvm_region_is_lost(r))
		nvmp_lost(to_pci_dev(dev));
	device_unlock(dev);
	return 0;
}

/*
 * Those that have not come back from a sleep. A file system that loses its
 * memory waits for threads of its own, and those sleep longer than devices do:
 * so does this work.
 */
static void nvmp_take_lost_away(struct work_struct *work)
{
	WARN_ON(driver_for_each_device(&nvmp_driver.driver, NULL, NULL,
				       nvmp_take_away));
}

static DECLARE_WORK(nvmp_lost_work, nvmp_take_lost_away);

static int nvmp_resume(struct device *dev)
{
	struct nvm_region *r = nvmp_pmr_of(dev);
	const char *read_only;

	if (!r)
		return 0;
	if (!nvmp_pmr_resume(nvm_region_lld_data(r), &read_only)) {
		nvm_region_set_read_only(r, read_only);
		return 0;
	}
	/* Reads of what is not enabled give anything. */
	nvm_region_set_lost(r);
	queue_work(system_freezable_wq, &nvmp_lost_work);
	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(nvmp_pm_ops, nvmp_suspend, nvmp_resume);

static struct pci_driver nvmp_driver = {
	.name		= KBUILD_MODNAME,
	.id_table	= nvmp_ids,
	.probe		= nvmp_probe,
	.remove		= nvmp_remove,
	.driver.pm	= pm_sleep_ptr(&nvmp_pm_ops),
};

static int __init nvmp_init(void)
{
	int err = nvmp_claim_init();

	if (err)
		return err;
	err = pci_register_driver(&nvmp_driver);
	if (err)
		nvmp_claim_exit();
	return err;
}
module_init(nvmp_init);

static void __exit nvmp_exit(void)
{
	pci_unregister_driver(&nvmp_driver);
	cancel_work_sync(&nvmp_lost_work);
	nvm_lld_drain(THIS_MODULE);
	nvmp_claim_exit();
}
module_exit(nvmp_exit);

MODULE_DESCRIPTION("Non-volatile memory behind PCI");
MODULE_LICENSE("GPL");
MODULE_VERSION(NVM_VERSION);

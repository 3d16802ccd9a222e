// SPDX-License-Identifier: GPL-2.0-only
/*
 * The claim on the addresses of a BAR.
 *
 * When a device is unplugged, the PCI core takes its BARs out of the resource
 * tree, with all claims below them, and may give the addresses to the next
 * device at once. But the struct pages, and what could not be revoked of the
 * mappings, stay until the last user has let go. So the claim is not below the
 * BAR but around it, where it outlives the device.
 *
 * That is not enough: if the next device does not fit, the PCI core dissolves
 * the window of the bridge above with all that is in it, and looks for a new
 * one. So there is another claim around that window, and around each one up to
 * the host bridge. They keep nobody from the inside of the window.
 *
 *	host bridge > claim > window > claim (busy) > BAR
 */
#include <linux/cleanup.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "pci.h"

static struct workqueue_struct *nvmp_wq;

/*
 * The parent of a claim may be another claim of ours. Inside the PCI core's lock
 * for rescans, which a probe may have or not.
 */
static DEFINE_MUTEX(nvmp_tree_mutex);

static unsigned int nvmp_depth(struct pci_dev *pdev)
{
	struct pci_bus *bus;
	unsigned int n = 1;

	for (bus = pdev->bus; !pci_is_root_bus(bus); bus = bus->parent)
		n++;
	return n;
}

/* Puts a claim directly around @res, which lies in windows of @bridge. */
static int nvmp_wrap(struct nvmp_mem *mem, struct resource *res,
		     struct device *bridge, unsigned long flags)
{
	struct nvmp_level *l = &mem->level[mem->nr_levels];

	if (!res || !res->parent)
		return -EBUSY;
	l->res = (struct resource) {
		.name	= KBUILD_MODNAME,
		.start	= res->start,
		.end	= res->end,
		.flags	= IORESOURCE_MEM | flags,
	};
	if (insert_resource(res->parent, &l->res))
		return -EBUSY;
	l->bridge = get_device(bridge);
	mem->nr_levels++;
	return 0;
}

static int nvmp_wrap_all(struct nvmp_mem *mem)
{
	struct pci_dev *dev = mem->pdev;
	struct resource *res = pci_resource_n(dev, mem->bar);
	int err;

	guard(mutex)(&nvmp_tree_mutex);
	err = nvmp_wrap(mem, res, dev->bus->bridge, IORESOURCE_BUSY);
	for (; !err && !pci_is_root_bus(dev->bus); dev = dev->bus->self) {
		res = pci_find_parent_resource(dev, res);
		err = nvmp_wrap(mem, res, dev->bus->parent->bridge, 0);
	}
	return err;
}

/* The PCI core may have dissolved the window, and the claim with it. */
static void nvmp_unwrap_all(struct nvmp_mem *mem)
{
	unsigned int i;

	pci_lock_rescan_remove();
	scoped_guard(mutex, &nvmp_tree_mutex)
		for (i = 0; i < mem->nr_levels; i++)
			if (mem->level[i].res.parent)
				remove_resource(&mem->level[i].res);
	pci_unlock_rescan_remove();
	for (i = 0; i < mem->nr_levels; i++)
		put_device(mem->level[i].bridge);
}

static void nvmp_release_work(struct work_struct *work)
{
	struct nvmp_mem *mem = container_of(work, struct nvmp_mem, release_work);

	nvmp_unwrap_all(mem);
	pci_dev_put(mem->pdev);
	kfree(mem);
}

/* A claim by somebody else is below the BAR; ours is busy, so none can come. */
static bool nvmp_is_claimed(const struct nvmp_mem *mem)
{
	return READ_ONCE(pci_resource_n(mem->pdev, mem->bar)->child);
}

static int nvmp_claim(struct nvmp_mem *mem)
{
	struct pci_dev *pdev = mem->pdev;
	const struct resource *res = pci_resource_n(pdev, mem->bar);
	char who[64];

	if (nvm_range_owner(res->start, resource_size(res), who, sizeof(who)))
		return nvmp_err(pdev, -EBUSY, "BAR %d %pR belongs to %s",
				mem->bar, res, who);
	if (nvmp_wrap_all(mem))
		return nvmp_err(pdev, -EBUSY, "BAR %d %pR cannot be claimed, see /proc/iomem",
				mem->bar, res);
	if (nvmp_is_claimed(mem))
		return nvmp_err(pdev, -EBUSY, "BAR %d %pR belongs to someone else, see /proc/iomem",
				mem->bar, res);
	return 0;
}

/**
 * nvmp_mem_claim() - claim the addresses of a BAR
 * @pdev: the device, enabled, in its probe
 * @bar: a memory BAR that has an address
 *
 * Context: may sleep.
 * Return: to be ended by nvmp_mem_release(), or ERR_PTR: -EBUSY if somebody
 * else has them, which is logged, or -ENOMEM.
 */
struct nvmp_mem *nvmp_mem_claim(struct pci_dev *pdev, int bar)
{
	struct nvmp_mem *mem;
	int err;

	mem = kzalloc(struct_size(mem, level, nvmp_depth(pdev)), GFP_KERNEL);
	if (!mem)
		return ERR_PTR(-ENOMEM);
	mem->pdev = pci_dev_get(pdev);
	mem->bar = bar;
	INIT_WORK(&mem->release_work, nvmp_release_work);
	err = nvmp_claim(mem);
	if (err) {
		nvmp_mem_release(mem);
		return ERR_PTR(err);
	}
	return mem;
}

/**
 * nvmp_mem_release() - give the addresses back
 * @mem: the BAR; not to be touched afterwards
 *
 * Another probe of the device may have them at once, another device soon: that
 * needs the PCI core's lock, which our caller may have.
 *
 * Context: any.
 */
void nvmp_mem_release(struct nvmp_mem *mem)
{
	if (mem->nr_levels)
		mem->level[0].res.flags &= ~IORESOURCE_BUSY;
	queue_work(nvmp_wq, &mem->release_work);
}

/**
 * nvmp_claim_init() - before the first claim
 *
 * Return: 0 or -ENOMEM.
 */
int nvmp_claim_init(void)
{
	nvmp_wq = alloc_workqueue(KBUILD_MODNAME, 0, 0);
	return nvmp_wq ? 0 : -ENOMEM;
}

/**
 * nvmp_claim_exit() - after the last release: all addresses are given back
 */
void nvmp_claim_exit(void)
{
	destroy_workqueue(nvmp_wq);
}

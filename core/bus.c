// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bus "nvm": the driver core's side of regions and ULDs.
 */
#include <linux/pm.h>
#include "core.h"

/*
 * While a ULD registers, the driver core's own walk would wait for the device
 * lock of each region, which a removal may hold for long; the claim walk that
 * follows waits in its own time.
 */
static int nvm_bus_match(struct device *dev, nvm_match_driver_t drv)
{
	const struct nvm_uld *uld = driver_to_uld(drv);
	struct nvm_region_core *c = dev_to_core(dev);

	if (READ_ONCE(uld->registering) && !nvm_claim_is_walk(c))
		return 0;
	return nvm_claim_allowed(c, uld);
}

static int nvm_bus_probe(struct device *dev)
{
	return nvm_claim_probe(dev_to_core(dev), driver_to_uld(dev->driver));
}

static void nvm_bus_remove(struct device *dev)
{
	nvm_claim_remove(dev_to_core(dev), driver_to_uld(dev->driver));
}

static void nvm_bus_shutdown(struct device *dev)
{
	struct nvm_region_core *c = dev_to_core(dev);

	if (c->uld && c->uld->shutdown)
		c->uld->shutdown(&c->r);
}

static int nvm_bus_uevent(nvm_uevent_device_t dev, struct kobj_uevent_env *env)
{
	const struct nvm_region *r = container_of(dev, struct nvm_region, dev);

	if (add_uevent_var(env, "MODALIAS=" NVM_MODALIAS_FMT, r->desc.type,
			   r->caps) ||
	    add_uevent_var(env, "NVM_TYPE=%u", r->desc.type) ||
	    add_uevent_var(env, "NVM_UID=%s", r->desc.uid) ||
	    add_uevent_var(env, "NVM_LLD=%s", nvm_region_lld_name(r)))
		return -ENOMEM;
	return 0;
}

static ssize_t events_show(nvm_attr_bus_t bus, char *buf)
{
	return sysfs_emit(buf, "%u\n", nvm_event_count());
}
static BUS_ATTR_RO(events);

static int nvm_bus_take_one(const char *file, const char *buf)
{
	bool yes;

	if (!kstrtobool(buf, &yes) && yes)
		return 0;
	pr_err("nvm: %s: takes 1 and nothing else\n", file);
	return -EINVAL;
}

static ssize_t flush_store(nvm_attr_bus_t bus, const char *buf, size_t count)
{
	int err = nvm_bus_take_one("flush", buf);

	if (err)
		return err;
	nvm_claim_flush();
	return count;
}
static BUS_ATTR_WO(flush);

static ssize_t scan_store(nvm_attr_bus_t bus, const char *buf, size_t count)
{
	int err = nvm_bus_take_one("scan", buf) ?: nvm_scan();

	return err ?: count;
}
static BUS_ATTR_WO(scan);

static struct attribute *nvm_bus_attrs[] = {
	&bus_attr_events.attr,
	&bus_attr_flush.attr,
	&bus_attr_scan.attr,
	NULL
};
ATTRIBUTE_GROUPS(nvm_bus);

struct bus_type nvm_bus = {
	.name		= "nvm",
	.bus_groups	= nvm_bus_groups,
	.match		= nvm_bus_match,
	.probe		= nvm_bus_probe,
	.remove		= nvm_bus_remove,
	.shutdown	= nvm_bus_shutdown,
	.uevent		= nvm_bus_uevent,
	.pm		= pm_sleep_ptr(&nvm_sleep_pm),
};

static bool nvm_uld_ok(const struct nvm_uld *uld)
{
	return uld->driver.name && uld->types && uld->probe && uld->remove &&
	       !uld->driver.pm;
}

int __nvm_uld_register(struct nvm_uld *uld, struct module *owner)
{
	int err;

	if (!nvm_uld_ok(uld)) {
		pr_err("nvm: ULD %s refused: it needs a name, types, probe and remove, and sleeps by suspend, not by driver.pm\n",
		       uld->driver.name ?: "without name");
		return -EINVAL;
	}
	uld->driver.bus = &nvm_bus;
	uld->driver.owner = owner;
	/* Claims are made in one order, see claim.c. */
	uld->driver.probe_type = PROBE_FORCE_SYNCHRONOUS;
	atomic_set(&uld->disks, 0);
	WRITE_ONCE(uld->registering, true);
	err = driver_register(&uld->driver);
	WRITE_ONCE(uld->registering, false);
	if (!err)
		nvm_claim_offer_all();
	else
		pr_err("nvm: ULD %s cannot be registered: %pe\n",
		       uld->driver.name, ERR_PTR(err));
	return err;
}
EXPORT_SYMBOL_GPL(__nvm_uld_register);

/**
 * nvm_uld_unregister() - no more claims, and none left
 * @uld: the driver
 *
 * Returns when all its disks were freed. Opens pin the ULD's module, so at
 * module exit that is soon.
 *
 * Context: may sleep.
 */
void nvm_uld_unregister(struct nvm_uld *uld)
{
	driver_unregister(&uld->driver);
	wait_var_event(&uld->disks, !atomic_read(&uld->disks));
}
EXPORT_SYMBOL_GPL(nvm_uld_unregister);

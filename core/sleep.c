// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions while the system sleeps.
 *
 * For a sleep only user space is stopped: the kernel goes on to write back what
 * files and swap have dirty, into a device that is without power by then, or
 * does not listen. So a disk takes nothing from before its region's parent is
 * suspended until that is resumed; who comes meanwhile waits.
 */
#include <linux/pm.h>
#include "core.h"

static int nvm_sleep_suspend(struct device *dev)
{
	struct nvm_region_core *c = dev_to_core(dev);
	int err;

	nvm_disk_freeze(c);
	if (!c->uld || !c->uld->suspend)
		return 0;
	err = c->uld->suspend(&c->r);
	if (err)
		nvm_disk_thaw(c);
	return err;
}

/* Of one that is away for good there is nothing to be had: see nvm_disk_remove(). */
static int nvm_sleep_resume(struct device *dev)
{
	struct nvm_region_core *c = dev_to_core(dev);

	if (!nvm_region_is_lost(&c->r))
		nvm_disk_thaw(c);
	return 0;
}

/* The driver core holds the device lock. */
const struct dev_pm_ops nvm_sleep_pm = {
	SYSTEM_SLEEP_PM_OPS(nvm_sleep_suspend, nvm_sleep_resume)
};

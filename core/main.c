// SPDX-License-Identifier: GPL-2.0-only
/*
 * nvm_core: one bus for every kind of non-volatile memory.
 */
#include <linux/err.h>
#include <linux/module.h>
#include "core.h"

static int __init nvm_core_start(void)
{
	int err;

	err = nvm_claim_init();
	if (err)
		return err;
	err = nvm_cmd_init();
	if (err)
		goto no_cmd;
	err = nvm_cdev_init();
	if (err)
		goto no_cdev;
	nvm_inject_init();
	err = bus_register(&nvm_bus);
	if (!err)
		return 0;
	nvm_inject_exit();
	nvm_cdev_exit();
no_cdev:
	nvm_cmd_exit();
no_cmd:
	nvm_claim_exit();
	return err;
}

static int __init nvm_core_init(void)
{
	int err = nvm_core_start();

	if (err)
		pr_err("nvm: there is no bus, it cannot be made: %pe\n",
		       ERR_PTR(err));
	return err;
}

static void __exit nvm_core_exit(void)
{
	bus_unregister(&nvm_bus);
	nvm_registry_exit();
	nvm_cdev_exit();
	nvm_claim_exit();
	nvm_cmd_exit();
	nvm_inject_exit();
}

/* Built in: before the drivers of either side. */
subsys_initcall(nvm_core_init);
module_exit(nvm_core_exit);

#ifndef MODULE
/* The root file system may be on a region: nobody else waits for the claims. */
static int __init nvm_core_settle(void)
{
	nvm_claim_flush();
	return 0;
}
late_initcall_sync(nvm_core_settle);
#endif

MODULE_DESCRIPTION("Bus for every kind of non-volatile memory");
MODULE_VERSION(NVM_VERSION);
MODULE_LICENSE("GPL");

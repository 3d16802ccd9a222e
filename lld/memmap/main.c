// SPDX-License-Identifier: GPL-2.0-only
/*
 * RAM stands in for non-volatile memory: for development, for tests, and for
 * modules that the firmware presents as plain memory. Which addresses is said
 * by module parameters, see Documentation/parameters.rst.
 */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <nvm/lld.h>
#include "params.h"

/* Parent of the regions, so that udev can name disks by path. */
static struct platform_device *nvmm_parent;

static void nvmm_leave(void)
{
	nvm_lld_drain(THIS_MODULE);
	platform_device_unregister(nvmm_parent);
}

static int __init nvmm_init(void)
{
	int ret;

	nvmm_parent = platform_device_register_simple("nvm_memmap",
						      PLATFORM_DEVID_NONE,
						      NULL, 0);
	if (IS_ERR(nvmm_parent)) {
		pr_err("nvm_memmap: the parent of its regions cannot be made: %pe\n",
		       nvmm_parent);
		return PTR_ERR(nvmm_parent);
	}
	ret = nvmm_params_start(&nvmm_parent->dev);
	if (ret)
		nvmm_leave();
	return ret;
}
module_init(nvmm_init);

static void __exit nvmm_exit(void)
{
	nvmm_params_stop();
	nvmm_leave();
}
module_exit(nvmm_exit);

MODULE_DESCRIPTION("Non-volatile memory emulated by RAM");
MODULE_AUTHOR("NvM-core maintainers");
MODULE_VERSION(NVM_VERSION);
MODULE_LICENSE("GPL");

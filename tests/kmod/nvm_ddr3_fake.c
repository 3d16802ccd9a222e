// SPDX-License-Identifier: GPL-2.0-only
/*
 * nvm_ddr3_fake: a shim whose modules do what they are told: fail or hang when
 * they are enabled, lose their health. The memory is what the test reserved.
 */
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/wait.h>
#include <nvm/ddr3.h>

static unsigned long long start;
module_param(start, ullong, 0444);
MODULE_PARM_DESC(start, "first physical address");

static unsigned long long size;
module_param(size, ullong, 0444);
MODULE_PARM_DESC(size, "bytes");

static char *uid;
module_param(uid, charp, 0444);
MODULE_PARM_DESC(uid, "what the module says who it is");

static int enable_err;
module_param(enable_err, int, 0644);
MODULE_PARM_DESC(enable_err, "what enabling says");

static bool hang;
module_param(hang, bool, 0644);
MODULE_PARM_DESC(hang, "enabling does not end while this is set");

static bool enabling;
module_param(enabling, bool, 0444);
MODULE_PARM_DESC(enabling, "it is being enabled");

static bool sick;
module_param(sick, bool, 0644);
MODULE_PARM_DESC(sick, "it says that it is not armed");

static int asked;
module_param(asked, int, 0444);
MODULE_PARM_DESC(asked, "how often it was asked how it is");

static int disturbed;
module_param(disturbed, int, 0444);
MODULE_PARM_DESC(disturbed, "how often it was asked while it slept");

static bool asleep;

static int fake_enable(void *data, const char **why)
{
	WRITE_ONCE(enabling, true);
	while (READ_ONCE(hang))
		schedule_timeout_uninterruptible(HZ / 50);
	WRITE_ONCE(enabling, false);
	*why = "as it was told";
	return enable_err;
}

static const char *fake_health(void *data)
{
	asked++;
	disturbed += READ_ONCE(asleep);
	return READ_ONCE(sick) ? "not armed (NVM_READY)" : NULL;
}

static struct nvm_ddr3_ops fake_ops = {
	.enable		= fake_enable,
	.health		= fake_health,
	.enable_ms	= 1000,
	.poll_ms	= 100,
};
module_param_named(enable_ms, fake_ops.enable_ms, uint, 0444);
MODULE_PARM_DESC(enable_ms, "milliseconds that enabling may take");
module_param_named(poll_ms, fake_ops.poll_ms, uint, 0444);
MODULE_PARM_DESC(poll_ms, "milliseconds between two such questions");

static int fake_probe(struct platform_device *pdev)
{
	struct nvm_ddr3_module m = {
		.start	= start,
		.size	= size,
		.uid	= uid,
		.model	= "fake-ddr3",
		.ops	= &fake_ops,
	};

	return devm_nvm_ddr3_add(&pdev->dev, &m);
}

static int fake_suspend(struct device *dev)
{
	WRITE_ONCE(asleep, true);
	return 0;
}

static int fake_resume(struct device *dev)
{
	WRITE_ONCE(asleep, false);
	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(fake_pm_ops, fake_suspend, fake_resume);

static struct platform_driver fake_driver = {
	.driver.name	= KBUILD_MODNAME,
	.driver.pm	= pm_sleep_ptr(&fake_pm_ops),
	.probe		= fake_probe,
};

static struct platform_device *fake_pdev;

static int fake_register(struct platform_driver *drv)
{
	int err = platform_driver_register(drv);

	if (err)
		return err;
	fake_pdev = platform_device_register_simple(KBUILD_MODNAME, -1, NULL, 0);
	if (!IS_ERR(fake_pdev))
		return 0;
	platform_driver_unregister(drv);
	return PTR_ERR(fake_pdev);
}

static void fake_unregister(struct platform_driver *drv)
{
	platform_device_unregister(fake_pdev);
	platform_driver_unregister(drv);
}

module_nvm_lld(fake_driver, fake_register, fake_unregister);

MODULE_DESCRIPTION("Shim of DDR3 modules that do what they are told");
MODULE_LICENSE("GPL");

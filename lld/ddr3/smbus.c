// SPDX-License-Identifier: GPL-2.0-only
/*
 * nvm_ddr3_smbus: energy-backed modules that the BIOS has not armed, or that
 * are to be asked how they are: by the registers of their controllers, see
 * jedec.h. Where those are, and the memory, a parameter says: neither the SPD
 * nor the BIOS tells.
 */
#include <linux/delay.h>
#include <linux/i2c.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/suspend.h>
#include <nvm/ddr3.h>
#include "jedec.h"
#include "place.h"

/* A read that collides with somebody else's on the bus is tried again, after it. */
#define READ_TRIES	3
#define READ_PAUSE_MS	10

/* As long as a look at the health takes on a bus that runs into time-outs. */
#define LOOK_MS		10000
#define LOOK_STEP_MS	20

static char *modules;
module_param_hw(modules, charp, iomem, 0444);
MODULE_PARM_DESC(modules, "SPD:CONTROLLER:size@start[,...], SPD and CONTROLLER as bus-address");

static char *part;
module_param(part, charp, 0444);
MODULE_PARM_DESC(part, "VVVV:PART[,...], vendors and part numbers of energy-backed modules");

/**
 * struct smbus_module - a module that the parameter names
 * @place: where it is
 * @pdev: stands for it, bound while it has a region
 * @lock: one speaks with the controller: its registers are in pages
 * @was_armed: by us or before us; who disarms it then has a reason
 * @probed: there was a probe since somebody asked for it
 * @err: of the last probe
 */
struct smbus_module {
	struct ddr3_place	place;
	struct platform_device	*pdev;
	struct mutex		lock;	/* of the registers */
	bool			was_armed;
	bool			probed;
	int			err;
};

static struct smbus_module *smbus_modules;
static size_t smbus_nr;

/* The system is about to sleep. */
static bool smbus_hurries;

/*
 * The bus is looked up each time: its driver can be unloaded, and the memory
 * stays. Then the module does not answer.
 */
static int smbus_xfer(const struct smbus_module *s, char rw, u8 reg, u8 *val)
{
	const struct ddr3_i2c *at = &s->place.ctrl;
	struct i2c_adapter *adapter = i2c_get_adapter(at->bus);
	union i2c_smbus_data data = { .byte = *val };
	int err;

	if (!adapter)
		return -ENXIO;
	err = i2c_smbus_xfer(adapter, at->addr, 0, rw, reg,
			     I2C_SMBUS_BYTE_DATA, &data);
	i2c_put_adapter(adapter);
	*val = data.byte;
	return err;
}

static int smbus_read(void *data, u8 reg)
{
	int err, tries = READ_TRIES;
	u8 val = 0;

	for (;;) {
		err = smbus_xfer(data, I2C_SMBUS_READ, reg, &val);
		if (!err || !--tries)
			return err ?: val;
		msleep(READ_PAUSE_MS);
	}
}

static int smbus_write(void *data, u8 reg, u8 val)
{
	return smbus_xfer(data, I2C_SMBUS_WRITE, reg, &val);
}

static void smbus_sleep(void *data, unsigned int ms)
{
	msleep(ms);
}

/* The system does not sleep before a look at the health has ended: at once. */
static void smbus_doze(void *data, unsigned int ms)
{
	if (!READ_ONCE(smbus_hurries))
		msleep(ms);
}

static struct jedec_io smbus_io(struct smbus_module *s,
				void (*sleep)(void *data, unsigned int ms))
{
	return (struct jedec_io){
		.read	= smbus_read,
		.write	= smbus_write,
		.sleep	= sleep,
		.data	= s,
	};
}

static int smbus_pm_event(struct notifier_block *nb, unsigned long event,
			  void *data)
{
	bool hurries = event == PM_SUSPEND_PREPARE ||
		       event == PM_HIBERNATION_PREPARE ||
		       event == PM_RESTORE_PREPARE;

	WRITE_ONCE(smbus_hurries, hurries);
	return NOTIFY_DONE;
}

static struct notifier_block smbus_pm = {
	.notifier_call	= smbus_pm_event,
};

static int smbus_enable(void *data, const char **why)
{
	struct smbus_module *s = data;
	struct jedec_io io = smbus_io(s, smbus_sleep);

	guard(mutex)(&s->lock);
	return jedec_enable(&io, why);
}

/* A capacitor that was empty at boot: arm as soon as that can be done. */
static const char *smbus_health(void *data)
{
	struct smbus_module *s = data;
	struct jedec_io io = smbus_io(s, smbus_doze);
	const char *why = NULL;

	guard(mutex)(&s->lock);
	if (!s->was_armed && jedec_enable(&io, &why))
		return why;
	why = jedec_health(&io);
	s->was_armed |= !why;
	return why;
}

static struct nvm_ddr3_ops smbus_ops = {
	.enable		= smbus_enable,
	.health		= smbus_health,
	.enable_ms	= 2 * JEDEC_ENABLE_MS,	/* sleeps take longer than they say */
	.poll_ms	= 10000,
};
module_param_named(enable_ms, smbus_ops.enable_ms, uint, 0444);
MODULE_PARM_DESC(enable_ms, "milliseconds that arming a module may take in all");
module_param_named(poll_ms, smbus_ops.poll_ms, uint, 0444);
MODULE_PARM_DESC(poll_ms, "milliseconds between two looks at a module's health");

static int smbus_add(struct device *dev, struct smbus_module *s)
{
	const struct ddr3_place *p = &s->place;
	struct nvm_ddr3_identity who;
	struct nvm_ddr3_module m = {
		.start	= p->start,
		.size	= p->size,
		.uid	= who.uid,
		.model	= who.model,
		.ops	= &smbus_ops,
		.data	= s,
	};
	int err;

	err = nvm_ddr3_identify_at(dev, p->spd.bus, p->spd.addr, part, &who);
	if (err)
		return err;
	if (p->size > who.size) {
		dev_err(dev, "0x%llx, %llu bytes: the module has %llu, says its SPD\n",
			p->start, p->size, who.size);
		return -EINVAL;
	}
	s->was_armed = false;
	return devm_nvm_ddr3_add(dev, &m);
}

/* By driver_override anything can come. */
static struct smbus_module *smbus_module_of(const struct platform_device *pdev)
{
	size_t i;

	for (i = 0; i < smbus_nr; i++)
		if (smbus_modules[i].pdev == pdev)
			return &smbus_modules[i];
	return NULL;
}

static int smbus_probe(struct platform_device *pdev)
{
	struct smbus_module *s = smbus_module_of(pdev);

	if (!s)
		return -ENODEV;
	s->err = smbus_add(&pdev->dev, s);
	s->probed = true;
	return s->err;
}

static struct platform_driver smbus_driver = {
	.driver.name	= KBUILD_MODNAME,
	.probe		= smbus_probe,
};

/* One that hangs while it is enabled is not waited for, a look at it is. */
static bool smbus_lock_soon(struct smbus_module *s)
{
	int ms;

	for (ms = 0; ms < LOOK_MS; ms += LOOK_STEP_MS) {
		if (mutex_trylock(&s->lock))
			return true;
		msleep(LOOK_STEP_MS);
	}
	return false;
}

static int smbus_arm_again(struct smbus_module *s)
{
	struct jedec_io io = smbus_io(s, smbus_sleep);
	const char *why;
	int err = -EBUSY;

	if (smbus_lock_soon(s)) {
		err = jedec_enable(&io, &why);
		mutex_unlock(&s->lock);
		if (err)
			dev_err(&s->pdev->dev, "cannot be armed: %pe: %s\n",
				ERR_PTR(err), why);
	}
	return err;
}

/* What a probe says the driver core keeps for itself. */
static int smbus_look_again(struct smbus_module *s)
{
	int ret;

	s->probed = false;
	ret = device_attach(&s->pdev->dev);
	if (ret < 0)
		return ret;
	if (s->probed)
		return s->err;
	return ret ? smbus_arm_again(s) : -ENODEV;
}

/* What was not there, not ready or not healthy when it was looked for. */
static int smbus_scan(struct nvm_scanner *scanner)
{
	int err, first = 0;
	size_t i;

	for (i = 0; i < smbus_nr; i++) {
		err = smbus_look_again(&smbus_modules[i]);
		first = first ?: err;
	}
	return first;
}

static struct nvm_scanner smbus_scanner = {
	.scan	= smbus_scan,
};

static int __init smbus_parse(char *why)
{
	struct ddr3_place *places __free(kfree) = NULL;
	size_t i, nr;
	int err;

	nr = ddr3_places_count(modules);
	places = kcalloc(nr, sizeof(*places), GFP_KERNEL);
	smbus_modules = kcalloc(nr, sizeof(*smbus_modules), GFP_KERNEL);
	if (!places || !smbus_modules)
		return -ENOMEM;
	err = ddr3_places_parse(modules, places, nr, why);
	if (err)
		return err;
	for (i = 0; i < nr; i++) {
		smbus_modules[i].place = places[i];
		mutex_init(&smbus_modules[i].lock);
	}
	smbus_nr = nr;
	return 0;
}

/* Told of no module, as when it is built in, there is nothing to do. */
static int __init smbus_read_parameters(void)
{
	char why[DDR3_WHY_MAX + 1] = "no memory";
	int err = -EINVAL;

	if (!modules)
		return 0;
	if (part)
		err = smbus_parse(why);
	else
		strscpy(why, "modules= needs part=, which modules keep their contents",
			sizeof(why));
	if (err)
		pr_err("%s: %s\n", KBUILD_MODNAME, why);
	return err;
}

static void smbus_remove_devices(void)
{
	size_t i;

	for (i = 0; i < smbus_nr; i++)
		platform_device_unregister(smbus_modules[i].pdev);
	kfree(smbus_modules);
}

static int __init smbus_add_devices(void)
{
	struct platform_device *pdev;
	size_t i;

	for (i = 0; i < smbus_nr; i++) {
		pdev = platform_device_register_simple(KBUILD_MODNAME, i, NULL, 0);
		if (IS_ERR(pdev))
			return PTR_ERR(pdev);
		smbus_modules[i].pdev = pdev;
	}
	return 0;
}

static int __init smbus_init(void)
{
	int err = smbus_read_parameters();

	if (!err)
		err = smbus_add_devices();
	if (!err)
		err = platform_driver_register(&smbus_driver);
	if (err) {
		smbus_remove_devices();
		return err;
	}
	register_pm_notifier(&smbus_pm);
	nvm_scanner_register(&smbus_scanner);
	return 0;
}
module_init(smbus_init);

static void __exit smbus_exit(void)
{
	nvm_scanner_unregister(&smbus_scanner);
	unregister_pm_notifier(&smbus_pm);
	platform_driver_unregister(&smbus_driver);
	nvm_lld_drain(THIS_MODULE);
	smbus_remove_devices();
}
module_exit(smbus_exit);

MODULE_SOFTDEP("pre: i2c-i801 i2c-piix4");
MODULE_DESCRIPTION("Energy-backed DDR3 modules, armed and watched over the SMBus");
MODULE_LICENSE("GPL");
MODULE_VERSION(NVM_VERSION);

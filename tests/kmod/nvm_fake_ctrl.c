// SPDX-License-Identifier: GPL-2.0-only
/*
 * nvm_fake_ctrl: an I2C bus with one controller of an energy-backed module,
 * with pages of registers as in JESD245. It arms itself when it is told to, or
 * does what a test wants instead. i2c-stub has pages, too, but does nothing.
 */
#include <linux/i2c.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include "../../lld/ddr3/jedec.h"

#define CTRL_ADDR	0x28
#define CTRL_PAGES	4

static DEFINE_MUTEX(ctrl_lock);
static u8 ctrl_regs[CTRL_PAGES][256];

static char *arm = "ok";
module_param(arm, charp, 0644);
MODULE_PARM_DESC(arm, "what becomes of arming: ok, fails, hangs, deaf");

static int polls = 2;
module_param(polls, int, 0644);
MODULE_PARM_DESC(polls, "looks at ARM_STATUS until arming has ended");

static int nack = -1;
module_param(nack, int, 0644);
MODULE_PARM_DESC(nack, "transfers until it does not answer any more, -1: never");

static bool stall;
module_param(stall, bool, 0644);
MODULE_PARM_DESC(stall, "a transfer does not end while this is set");

static int stalled;
module_param(stalled, int, 0444);
MODULE_PARM_DESC(stalled, "transfers that do not end");

static int arms;
module_param(arms, int, 0444);
MODULE_PARM_DESC(arms, "how often it was told to arm");

static int transfers;
module_param(transfers, int, 0444);
MODULE_PARM_DESC(transfers, "how many bytes were read or written");

static int ctrl_left;

/* "REGISTER VALUE" of page 0, both in hex */
static int poke_set(const char *text, const struct kernel_param *kp)
{
	unsigned int reg, val;

	if (sscanf(text, "%x %x", &reg, &val) != 2 || reg > 0xff || val > 0xff)
		return -EINVAL;
	guard(mutex)(&ctrl_lock);
	ctrl_regs[0][reg] = val;
	return 0;
}

static const struct kernel_param_ops poke_ops = {
	.set	= poke_set,
};

module_param_cb(poke, &poke_ops, NULL, 0200);
MODULE_PARM_DESC(poke, "REGISTER VALUE: what a register of page 0 is to be");

static void ctrl_arm(u8 cmd)
{
	u8 *regs = ctrl_regs[0];

	arms++;
	if (!strncmp(arm, "deaf", 4))
		return;
	regs[JEDEC_CMD_STATUS0] |= JEDEC_BUSY;
	ctrl_left = polls;
	if (cmd & JEDEC_ARM_ERASE)
		regs[JEDEC_CSAVE_INFO] &= ~JEDEC_IMAGE;
}

static void ctrl_armed(void)
{
	u8 *regs = ctrl_regs[0];

	regs[JEDEC_CMD_STATUS0] &= ~JEDEC_BUSY;
	regs[JEDEC_ARM_STATUS] = strncmp(arm, "fails", 5) ?
				 JEDEC_OK | JEDEC_ARMED : JEDEC_ERROR;
}

static void ctrl_clear(void)
{
	ctrl_regs[0][JEDEC_ARM_STATUS] &= ~(JEDEC_OK | JEDEC_ERROR);
	ctrl_left = 0;
}

static u8 ctrl_read(u8 reg)
{
	u8 page = ctrl_regs[0][JEDEC_OPEN_PAGE];

	if (reg == JEDEC_OPEN_PAGE)
		return page;
	if (!page && reg == JEDEC_ARM_STATUS && ctrl_left &&
	    strncmp(arm, "hangs", 5) && !--ctrl_left)
		ctrl_armed();
	return ctrl_regs[page][reg];
}

static void ctrl_write(u8 reg, u8 val)
{
	u8 page = ctrl_regs[0][JEDEC_OPEN_PAGE];

	if (reg == JEDEC_OPEN_PAGE)
		ctrl_regs[0][reg] = val % CTRL_PAGES;
	else if (page)
		ctrl_regs[page][reg] = val;
	else if (reg == JEDEC_ARM_CMD)
		ctrl_arm(val);
	else if (reg == JEDEC_MGT_CMD0 && val & JEDEC_CLEAR_ARM)
		ctrl_clear();
}

static bool ctrl_answers(void)
{
	transfers++;
	if (nack < 0)
		return true;
	if (!nack)
		return false;
	nack--;
	return true;
}

static int ctrl_xfer(struct i2c_adapter *adapter, u16 addr,
		     unsigned short flags, char rw, u8 command, int size,
		     union i2c_smbus_data *data)
{
	if (addr != CTRL_ADDR || size != I2C_SMBUS_BYTE_DATA)
		return -ENXIO;
	stalled++;
	while (READ_ONCE(stall))
		schedule_timeout_uninterruptible(HZ / 50);
	stalled--;
	guard(mutex)(&ctrl_lock);
	if (!ctrl_answers())
		return -ENXIO;
	if (rw == I2C_SMBUS_READ)
		data->byte = ctrl_read(command);
	else
		ctrl_write(command, data->byte);
	return 0;
}

static u32 ctrl_functionality(struct i2c_adapter *adapter)
{
	return I2C_FUNC_SMBUS_BYTE_DATA;
}

static const struct i2c_algorithm ctrl_algorithm = {
	.smbus_xfer	= ctrl_xfer,
	.functionality	= ctrl_functionality,
};

static struct i2c_adapter ctrl_adapter = {
	.owner	= THIS_MODULE,
	.algo	= &ctrl_algorithm,
	.name	= KBUILD_MODNAME,
};

/* Ready, not armed, healthy; arming takes at most 200 ms, erasing a second. */
static int __init ctrl_init(void)
{
	u8 *regs = ctrl_regs[0];

	regs[JEDEC_NVDIMM_READY] = JEDEC_READY;
	regs[JEDEC_ARM_TIMEOUT] = 200;
	regs[JEDEC_ERASE_TIMEOUT] = 1;
	regs[JEDEC_ERASE_TIMEOUT + 1] = JEDEC_SECONDS >> 8;
	/* what a tool left behind */
	regs[JEDEC_OPEN_PAGE] = 2;
	return i2c_add_adapter(&ctrl_adapter);
}
module_init(ctrl_init);

static void __exit ctrl_exit(void)
{
	i2c_del_adapter(&ctrl_adapter);
}
module_exit(ctrl_exit);

MODULE_DESCRIPTION("I2C bus with the controller of an energy-backed module");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading the SPD of the modules, where the SMBus they are on can be reached.
 */
#include <linux/i2c.h>
#include <linux/pci.h>
#include <nvm/ddr3.h>
#include "spd.h"

#if IS_REACHABLE(CONFIG_I2C)

/* One SPD EEPROM for each of eight slots. */
#define SPD_FIRST	0x50
#define SPD_LAST	0x57

/**
 * struct ddr3_search - looking for modules of one kind
 * @dev: for the log
 * @pattern: the kind
 * @uid: of the last that was found
 * @nr: how many were found
 */
struct ddr3_search {
	struct device	*dev;
	const char	*pattern;
	char		*uid;
	int		nr;
};

/* Not the buses of monitors, where 0x50 is something else. */
static bool ddr3_is_smbus(struct i2c_adapter *adapter)
{
	struct device *parent = adapter->dev.parent;

	return parent && dev_is_pci(parent) &&
	       to_pci_dev(parent)->class >> 8 == PCI_CLASS_SERIAL_SMBUS;
}

static int ddr3_read_byte(struct i2c_adapter *adapter, u16 addr, u8 at)
{
	union i2c_smbus_data data;
	int err = i2c_smbus_xfer(adapter, addr, 0, I2C_SMBUS_READ, at,
				 I2C_SMBUS_BYTE_DATA, &data);

	return err ?: data.byte;
}

static bool ddr3_read_spd(struct i2c_adapter *adapter, u16 addr, u8 *raw)
{
	int i, byte;

	/* Most slots are empty, or have another memory. */
	if (ddr3_read_byte(adapter, addr, DDR3_SPD_KIND) != DDR3_SPD_KIND_DDR3)
		return false;
	for (i = 0; i < DDR3_SPD_LEN; i++) {
		byte = ddr3_read_byte(adapter, addr, i);
		if (byte < 0)
			return false;
		raw[i] = byte;
	}
	return true;
}

static void ddr3_search_slot(struct ddr3_search *s, struct i2c_adapter *adapter,
			     u16 addr)
{
	u8 raw[DDR3_SPD_LEN];
	struct ddr3_spd spd;
	const char *why;

	if (!ddr3_read_spd(adapter, addr, raw))
		return;
	why = ddr3_spd_parse(raw, sizeof(raw), &spd);
	if (why) {
		dev_warn(s->dev, "module at %s, 0x%02x: %s\n",
			 dev_name(&adapter->dev), addr, why);
		return;
	}
	dev_info(s->dev, "module at %s, 0x%02x: vendor %04x, part %s, serial %08x\n",
		 dev_name(&adapter->dev), addr, spd.vendor, spd.part, spd.serial);
	if (!ddr3_spd_matches(&spd, s->pattern))
		return;
	snprintf(s->uid, NVM_UID_MAX + 1, "ddr3-%04x-%s-%08x", spd.vendor,
		 spd.part, spd.serial);
	s->nr++;
}

static int ddr3_search_adapter(struct device *dev, void *search)
{
	struct i2c_adapter *adapter = i2c_verify_adapter(dev);
	u16 addr;

	if (!adapter || !ddr3_is_smbus(adapter))
		return 0;
	for (addr = SPD_FIRST; addr <= SPD_LAST; addr++)
		ddr3_search_slot(search, adapter, addr);
	return 0;
}

int nvm_ddr3_identify(struct device *dev, const char *pattern, char *uid)
{
	struct ddr3_search s = { .dev = dev, .pattern = pattern, .uid = uid };

	i2c_for_each_dev(&s, ddr3_search_adapter);
	return s.nr;
}

#else

int nvm_ddr3_identify(struct device *dev, const char *pattern, char *uid)
{
	return 0;
}

#endif
EXPORT_SYMBOL_GPL(nvm_ddr3_identify);

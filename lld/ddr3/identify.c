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

/* A controller of the bus may lose a transfer; the bus's core repeats others. */
#define SPD_TRIES	3

/**
 * struct ddr3_search - looking for modules of some kinds
 * @dev: for the log
 * @part: the kinds
 * @who: the last that was found
 * @nr: how many were found
 */
struct ddr3_search {
	struct device			*dev;
	const char			*part;
	struct nvm_ddr3_identity	*who;
	int				nr;
};

/*
 * Not the buses of monitors, where 0x50 is something else. A PIIX4 is a bridge
 * by its class: of it the driver says that it has what hangs on an SMBus.
 */
static bool ddr3_is_smbus(struct i2c_adapter *adapter)
{
	struct device *parent = adapter->dev.parent;
	u32 class;

	if (!parent || !dev_is_pci(parent))
		return false;
	class = to_pci_dev(parent)->class;
	return class >> 8 == PCI_CLASS_SERIAL_SMBUS ||
	       (class >> 16 == PCI_BASE_CLASS_BRIDGE &&
		adapter->class & I2C_CLASS_HWMON);
}

static int ddr3_read_byte(struct i2c_adapter *adapter, u16 addr, u8 at)
{
	union i2c_smbus_data data;
	int err, tries = SPD_TRIES;

	do {
		err = i2c_smbus_xfer(adapter, addr, 0, I2C_SMBUS_READ, at,
				     I2C_SMBUS_BYTE_DATA, &data);
	} while (err == -ETIMEDOUT && --tries);
	return err ?: data.byte;
}

/* 0 if what answers has DDR3. */
static int ddr3_read_spd(struct i2c_adapter *adapter, u16 addr, u8 *raw)
{
	int i, byte;

	byte = ddr3_read_byte(adapter, addr, DDR3_SPD_KIND);
	if (byte < 0)
		return -ENXIO;
	if (byte != DDR3_SPD_KIND_DDR3)
		return -ENODEV;
	for (i = 0; i < DDR3_SPD_LEN; i++) {
		byte = ddr3_read_byte(adapter, addr, i);
		if (byte < 0)
			return -ENXIO;
		raw[i] = byte;
	}
	return 0;
}

static void ddr3_tell(const struct ddr3_spd *spd, struct nvm_ddr3_identity *who)
{
	snprintf(who->uid, sizeof(who->uid), "ddr3-%04x-%s-%08x", spd->vendor,
		 spd->part, spd->serial);
	snprintf(who->model, sizeof(who->model), "%s-%s",
		 ddr3_spd_maker(spd) ?: "ddr3", spd->part);
	who->size = spd->size;
}

/* Says in the log what is in the slot, and why it is not taken. */
static int ddr3_identify_slot(struct device *dev, struct i2c_adapter *adapter,
			      u16 addr, const char *part,
			      struct nvm_ddr3_identity *who)
{
	u8 raw[DDR3_SPD_LEN];
	struct ddr3_spd spd;
	const char *why;
	int err;

	err = ddr3_read_spd(adapter, addr, raw);
	if (err)
		return err;
	why = ddr3_spd_parse(raw, sizeof(raw), &spd);
	if (why) {
		dev_warn(dev, "module at %s, 0x%02x: %s\n",
			 dev_name(&adapter->dev), addr, why);
		return -EINVAL;
	}
	dev_info(dev, "module at %s, 0x%02x: vendor %04x, part %s, serial %08x\n",
		 dev_name(&adapter->dev), addr, spd.vendor, spd.part, spd.serial);
	if (!ddr3_spd_matches(&spd, part))
		return -ENODEV;
	ddr3_tell(&spd, who);
	return 0;
}

static int ddr3_search_adapter(struct device *dev, void *search)
{
	struct i2c_adapter *adapter = i2c_verify_adapter(dev);
	struct ddr3_search *s = search;
	u16 addr;

	if (!adapter || !ddr3_is_smbus(adapter))
		return 0;
	/* Most slots are empty, or have another memory. */
	for (addr = SPD_FIRST; addr <= SPD_LAST; addr++)
		if (!ddr3_identify_slot(s->dev, adapter, addr, s->part, s->who))
			s->nr++;
	return 0;
}

int nvm_ddr3_identify(struct device *dev, const char *part,
		      struct nvm_ddr3_identity *who)
{
	struct ddr3_search s = { .dev = dev, .part = part, .who = who };

	i2c_for_each_dev(&s, ddr3_search_adapter);
	return s.nr;
}

int nvm_ddr3_identify_at(struct device *dev, int bus, u16 addr,
			 const char *part, struct nvm_ddr3_identity *who)
{
	struct i2c_adapter *adapter = i2c_get_adapter(bus);
	int err = -ENXIO;

	if (adapter) {
		err = ddr3_identify_slot(dev, adapter, addr, part, who);
		i2c_put_adapter(adapter);
	}
	if (err == -ENXIO)
		dev_err(dev, "module at i2c-%d, 0x%02x: %s\n", bus, addr,
			adapter ? "does not answer" : "there is no such bus");
	if (err == -ENODEV)
		dev_err(dev, "module at i2c-%d, 0x%02x: it is not %s\n", bus,
			addr, part);
	return err;
}
EXPORT_SYMBOL_GPL(nvm_ddr3_identify_at);

#else

int nvm_ddr3_identify(struct device *dev, const char *part,
		      struct nvm_ddr3_identity *who)
{
	return 0;
}

#endif
EXPORT_SYMBOL_GPL(nvm_ddr3_identify);

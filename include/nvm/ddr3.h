/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All that a driver for one vendor's DDR3 NVDIMMs needs, a shim: each vendor has
 * its own way to find them, to enable them and to ask how they are. The shim
 * brings that; nvm_ddr3 makes regions of them. See Documentation/nvm-ddr3.rst.
 *
 * A shim is a driver of the kind that its vendor's way asks for (platform,
 * I2C). Its probe hands over what it finds:
 *
 *	struct nvm_ddr3_module m = {
 *		.start = start, .size = size, .ops = &ops, .data = data,
 *	};
 *
 *	return devm_nvm_ddr3_add(dev, &m);
 */
#ifndef NVM_DDR3_H
#define NVM_DDR3_H

#include <nvm/compat.h>
#include <nvm/lld.h>

/**
 * struct nvm_ddr3_ops - what a vendor's modules can be told and asked
 * @enable: make the memory usable and have it saved at a power cut (arm it).
 *	    Runs once, before the region is there. 0 or a negative errno, and
 *	    then it can set *@why to the cause in words, which stay; sleeps
 * @health: why the memory must not be written, in words, or NULL if it may be.
 *	    Sleeps, some seconds at most: a sleep of the system waits for
 *	    it, and not for long. The text is copied
 * @enable_ms: milliseconds that @enable may take. After that the module is
 *	       refused with -ETIMEDOUT, and what @enable says later is not heard;
 *	       the addresses stay claimed until it returns
 * @poll_ms: milliseconds between two calls of @health, at least 100
 */
struct nvm_ddr3_ops {
	int		(*enable)(void *data, const char **why);
	const char	*(*health)(void *data);
	unsigned int	enable_ms;
	unsigned int	poll_ms;
};

/**
 * struct nvm_ddr3_module - what a shim says of the memory it found
 * @start: first physical address, a multiple of %NVM_ALIGN
 * @size: bytes, a multiple of %NVM_ALIGN
 * @uid: as &nvm_region_desc.uid; NULL if the module does not say who it is, then
 *	 it is named by its address
 * @model: as &nvm_region_desc.model
 * @ops: the vendor's, or NULL if the firmware has enabled it and nobody can ask
 * @data: passed to @ops. If these have enable it outlives a probe that fails:
 *	  the shim's device, which is kept as long as enable runs, or static
 */
struct nvm_ddr3_module {
	phys_addr_t			start;
	u64				size;
	const char			*uid;
	const char			*model;
	const struct nvm_ddr3_ops	*ops;
	void				*data;
};

int __devm_nvm_ddr3_add(struct device *dev, const struct nvm_ddr3_module *m,
			struct module *owner, const char *name);

/**
 * devm_nvm_ddr3_add() - enable a module and make a region of it
 * @dev: the shim's device, in its probe; unbound, the region goes
 * @m: the module; copied
 *
 * The addresses are checked and claimed, then the module is enabled, then the
 * region is registered.
 *
 * Context: may sleep, as long as &nvm_ddr3_ops.enable_ms.
 * Return: 0, -EBUSY if the addresses are RAM, PCI's or somebody else's, -ERANGE
 * if they cannot be mapped, -ETIMEDOUT if enabling takes too long, what
 * enabling says, or the errno of nvm_region_alloc(). Each is logged.
 */
#define devm_nvm_ddr3_add(dev, m) \
	__devm_nvm_ddr3_add(dev, m, THIS_MODULE, KBUILD_MODNAME)

/**
 * struct nvm_ddr3_identity - who a module is, by its SPD
 * @uid: for &nvm_ddr3_module.uid
 * @model: for &nvm_ddr3_module.model
 * @size: bytes of its memory; 0 if its SPD does not say
 */
struct nvm_ddr3_identity {
	char	uid[NVM_UID_MAX + 1];
	char	model[NVM_UID_MAX + 1];
	u64	size;
};

/**
 * nvm_ddr3_identify() - look for modules of some kinds on the SMBus
 * @dev: the shim's device, for the log
 * @part: "VVVV:PART[,VVVV:PART...]": the vendor as in its SPD, in four hex
 *	  digits, and how its part number begins. A DDR3 SPD does not tell
 *	  whether a module keeps its contents: that has to be known of the kind
 * @who: of one that was found
 *
 * Which module has which addresses nobody says, so @who is of use only if there
 * is one module and one range.
 *
 * Context: may sleep.
 * Return: how many there are, 0 also if no SMBus can be reached.
 */
int nvm_ddr3_identify(struct device *dev, const char *part,
		      struct nvm_ddr3_identity *who);

/**
 * nvm_ddr3_identify_at() - is the module in a slot of some kinds
 * @dev: the shim's device, for the log
 * @bus: number of the I2C bus that its SPD is on
 * @addr: of its SPD there
 * @part: as for nvm_ddr3_identify()
 * @who: set on success
 *
 * Context: may sleep.
 * Return: 0, -ENXIO if the bus is not there or nobody answers, -EINVAL if its
 * SPD cannot be believed, -ENODEV if it is of another kind. Each is logged.
 */
int nvm_ddr3_identify_at(struct device *dev, int bus, u16 addr,
			 const char *part, struct nvm_ddr3_identity *who);

#endif /* NVM_DDR3_H */

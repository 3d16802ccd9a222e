// SPDX-License-Identifier: GPL-2.0-only
/*
 * nvm_fake_dsn: gives a PCI device a serial number, by a capability in its
 * configuration space, as cards have it. QEMU's devices with memory have none.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/rcupdate.h>

/* Where the first extended capability is; the device must have no other. */
#define DSN_AT	PCI_CFG_SPACE_SIZE

static char *device;
module_param(device, charp, 0444);
MODULE_PARM_DESC(device, "dddd:bb:ss.f");

static unsigned long long serial;
module_param(serial, ullong, 0644);
MODULE_PARM_DESC(serial, "its serial number");

static struct pci_dev *dsn_dev;
static struct pci_ops *dsn_true_ops;

static u32 dsn_dword(int where)
{
	switch (where - DSN_AT) {
	case 0:
		return PCI_EXT_CAP_ID_DSN | 1 << 16;
	case 4:
		return lower_32_bits(serial);
	}
	return upper_32_bits(serial);
}

static int dsn_read(struct pci_bus *bus, unsigned int devfn, int where,
		    int size, u32 *val)
{
	if (devfn != dsn_dev->devfn || size != 4 || where < DSN_AT ||
	    where > DSN_AT + 8)
		return dsn_true_ops->read(bus, devfn, where, size, val);
	*val = dsn_dword(where);
	return PCIBIOS_SUCCESSFUL;
}

static int dsn_write(struct pci_bus *bus, unsigned int devfn, int where,
		     int size, u32 val)
{
	return dsn_true_ops->write(bus, devfn, where, size, val);
}

static struct pci_ops dsn_ops = {
	.read	= dsn_read,
	.write	= dsn_write,
};

static int __init dsn_init(void)
{
	unsigned int domain, bus, slot, fn;
	u32 first;

	if (!device || sscanf(device, "%x:%x:%x.%x", &domain, &bus, &slot, &fn) != 4)
		return -EINVAL;
	dsn_dev = pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(slot, fn));
	if (!dsn_dev)
		return -ENODEV;
	if (dsn_dev->cfg_size <= DSN_AT ||
	    pci_read_config_dword(dsn_dev, DSN_AT, &first) || first) {
		pci_dev_put(dsn_dev);
		return -EOPNOTSUPP;
	}
	dsn_true_ops = dsn_dev->bus->ops;
	pci_bus_set_ops(dsn_dev->bus, &dsn_ops);
	return 0;
}
module_init(dsn_init);

static void __exit dsn_exit(void)
{
	pci_bus_set_ops(dsn_dev->bus, dsn_true_ops);
	/* Reads take no lock on x86. */
	synchronize_rcu_tasks();
	pci_dev_put(dsn_dev);
}
module_exit(dsn_exit);

MODULE_DESCRIPTION("A serial number for a PCI device, for tests");
MODULE_LICENSE("GPL");

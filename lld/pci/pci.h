/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nvm_pci: the claim on the addresses of a BAR, and the persistent memory
 * region of an NVMe controller.
 */
#ifndef NVMP_PCI_H
#define NVMP_PCI_H

#include <linux/ioport.h>
#include <linux/pci.h>
#include <linux/workqueue.h>
#include <nvm/lld.h>

/**
 * struct nvmp_level - a claim around the BAR or around one window above it
 * @res: the claim, of the same range
 * @bridge: whose windows it lies in; referenced, as those may go before us
 */
struct nvmp_level {
	struct resource		res;
	struct device		*bridge;
};

/**
 * struct nvmp_mem - one BAR that is memory
 * @pdev: the device, referenced
 * @bar: its number
 * @regs: NVMe: the controller's registers, while bound
 * @barrier: NVMe: a page of the memory to be read as a barrier, or NULL
 * @release_work: gives the addresses back
 * @nr_levels: how many of @level are claimed
 * @level: first around the BAR, last below the host bridge
 */
struct nvmp_mem {
	struct pci_dev		*pdev;
	int			bar;
	void __iomem		*regs;
	void __iomem		*barrier;
	struct work_struct	release_work;
	unsigned int		nr_levels;
	struct nvmp_level	level[];
};

/* What is said of a BAR in the log. */
#define nvmp_err(pdev, err, fmt, ...) \
	(dev_err(&(pdev)->dev, fmt "\n", ##__VA_ARGS__), (err))

struct nvmp_mem *nvmp_mem_claim(struct pci_dev *pdev, int bar);
void nvmp_mem_release(struct nvmp_mem *mem);
int nvmp_claim_init(void);
void nvmp_claim_exit(void);

int nvmp_pmr_bar(struct pci_dev *pdev);
int nvmp_pmr_enable(struct nvmp_mem *mem, const char **read_only);
int nvmp_pmr_suspend(struct nvm_region *r);
int nvmp_pmr_resume(struct nvmp_mem *mem, const char **read_only);
int nvmp_pmr_flush(struct nvm_region *r, u64 off, u64 len);

#endif /* NVMP_PCI_H */

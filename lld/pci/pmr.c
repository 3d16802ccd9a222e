// SPDX-License-Identifier: GPL-2.0-only
/*
 * The persistent memory region (PMR) of an NVMe controller.
 *
 * Registers and fields: NVM Express Base Specification, from 1.4: controller
 * properties CAP (00h), PMRCAP (E00h), PMRCTL (E04h), PMRSTS (E08h). The
 * controller itself stays disabled: the region needs no queues.
 */
#include <linux/bitfield.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/iopoll.h>
#include <linux/minmax.h>
#include <linux/nvme.h>
#include "pci.h"

#define PMR_REGS_LEN		0x1000
#define CAP_PMRS		BIT_ULL(56)
#define PMRCAP_BIR		GENMASK(7, 5)	/* which BAR, 2 to 5 */
#define PMRCAP_PMRTU		GENMASK(9, 8)	/* unit of PMRTO */
#define PMRTU_HALF_SECONDS	0
#define PMRTU_MINUTES		1
#define PMRCAP_WBM_READ_PMR	BIT(10)		/* barrier: read the memory */
#define PMRCAP_WBM_READ_STS	BIT(11)		/* barrier: read PMRSTS */
#define PMRCAP_PMRTO		GENMASK(23, 16)	/* ready after so long */
#define PMRCTL_EN		BIT(0)
#define PMRSTS_ERR		GENMASK(7, 0)	/* writes went wrong */
#define PMRSTS_NRDY		BIT(8)
#define PMRSTS_HSTS		GENMASK(11, 9)

/* PMRTO may say four hours. Nobody waits that long for a probe. */
#define PMR_WAIT_MAX_US		(120 * USEC_PER_SEC)

/* A read of what is not there. */
static bool nvmp_is_gone(u32 val)
{
	return val == U32_MAX;
}

static void __iomem *nvmp_pmr_regs(struct pci_dev *pdev)
{
	return pcim_iomap_table(pdev)[0];
}

static int nvmp_pmr_map_regs(struct pci_dev *pdev)
{
	int err;

	if (!(pci_resource_flags(pdev, 0) & IORESOURCE_MEM) ||
	    pci_resource_len(pdev, 0) < PMR_REGS_LEN)
		return nvmp_err(pdev, -ENODEV, "BAR 0 is not memory for NVMe registers");
	err = pcim_iomap_regions(pdev, BIT(0), KBUILD_MODNAME);
	if (err)
		return nvmp_err(pdev, err, "BAR 0 %pR, its registers, cannot be had: %pe",
				&pdev->resource[0], ERR_PTR(err));
	return 0;
}

/**
 * nvmp_pmr_bar() - where an NVMe controller has its persistent memory
 * @pdev: the controller, enabled, in its probe
 *
 * Maps the registers until the device is unbound.
 *
 * Context: may sleep.
 * Return: the number of the BAR, or a negative errno; the cause is logged.
 */
int nvmp_pmr_bar(struct pci_dev *pdev)
{
	void __iomem *regs;
	int bar, err;
	u64 cap;

	err = nvmp_pmr_map_regs(pdev);
	if (err)
		return err;
	regs = nvmp_pmr_regs(pdev);
	cap = lo_hi_readq(regs + NVME_REG_CAP);
	if (cap == U64_MAX)
		return nvmp_err(pdev, -ENODEV, "does not answer");
	if (!(cap & CAP_PMRS))
		return nvmp_err(pdev, -ENODEV, "has no persistent memory region");
	bar = FIELD_GET(PMRCAP_BIR, readl(regs + NVME_REG_PMRCAP));
	if (bar < 2 || bar > 5)
		return nvmp_err(pdev, -EINVAL, "PMRCAP has memory in BAR %d, not 2 to 5",
				bar);
	return bar;
}

/* How long to wait for ready; 0 if PMRCAP makes no sense. */
static u64 nvmp_pmr_timeout_us(u32 cap)
{
	u64 n = max_t(u64, FIELD_GET(PMRCAP_PMRTO, cap), 1);

	switch (FIELD_GET(PMRCAP_PMRTU, cap)) {
	case PMRTU_HALF_SECONDS:
		return min_t(u64, n * USEC_PER_SEC / 2, PMR_WAIT_MAX_US);
	case PMRTU_MINUTES:
		return min_t(u64, n * 60 * USEC_PER_SEC, PMR_WAIT_MAX_US);
	}
	return 0;
}

static const char *nvmp_pmr_fault(u32 sts)
{
	if (sts & PMRSTS_ERR)
		return "the controller reports errors of writes (PMRSTS.ERR)";
	switch (FIELD_GET(PMRSTS_HSTS, sts)) {
	case 0:
		return NULL;
	case 1:
		return "its contents could not be restored (PMRSTS.HSTS)";
	case 2:
		return "the controller made it read-only (PMRSTS.HSTS)";
	case 3:
		return "it has become unreliable (PMRSTS.HSTS)";
	}
	return "its health status is unknown (PMRSTS.HSTS)";
}

static void nvmp_pmr_disable(void *regs)
{
	writel(0, (void __iomem __force *)regs + NVME_REG_PMRCTL);
}

static int nvmp_pmr_wait_ready(struct pci_dev *pdev, u32 cap, u32 *sts)
{
	void __iomem *regs = nvmp_pmr_regs(pdev);
	u64 us = nvmp_pmr_timeout_us(cap);

	if (nvmp_is_gone(cap))
		return nvmp_err(pdev, -ENODEV, "does not answer");
	if (!us)
		return nvmp_err(pdev, -EINVAL, "PMRCAP %08x has an unknown unit of time",
				cap);
	if (readl_poll_timeout(regs + NVME_REG_PMRSTS, *sts,
			       !(*sts & PMRSTS_NRDY) || nvmp_is_gone(*sts),
			       1000, us))
		return nvmp_err(pdev, -ETIMEDOUT, "not ready after %llu ms (PMRSTS %08x)",
				us / USEC_PER_MSEC, *sts);
	if (nvmp_is_gone(*sts))
		return nvmp_err(pdev, -ENODEV, "does not answer");
	return 0;
}

/* WC as the region will be: one address, one memory type. */
static int nvmp_pmr_map_barrier(struct nvmp_mem *mem)
{
	mem->barrier = devm_ioremap_wc(&mem->pdev->dev,
				       pci_resource_start(mem->pdev, mem->bar),
				       PAGE_SIZE);
	if (mem->barrier)
		return 0;
	return nvmp_err(mem->pdev, -ENOMEM, "its barrier cannot be mapped");
}

static int nvmp_pmr_find_barrier(struct nvmp_mem *mem, u32 cap)
{
	if (cap & PMRCAP_WBM_READ_STS)
		return 0;
	if (cap & PMRCAP_WBM_READ_PMR)
		return nvmp_pmr_map_barrier(mem);
	return nvmp_err(mem->pdev, -EINVAL, "PMRCAP %08x has no way to make writes durable",
			cap);
}

static int nvmp_pmr_start(struct nvmp_mem *mem, u32 cap, const char **read_only)
{
	u32 sts;
	int err;

	writel(PMRCTL_EN, mem->regs + NVME_REG_PMRCTL);
	err = nvmp_pmr_wait_ready(mem->pdev, cap, &sts);
	if (!err)
		*read_only = nvmp_pmr_fault(sts);
	return err;
}

/**
 * nvmp_pmr_enable() - make the persistent memory readable and writable
 * @mem: the BAR that nvmp_pmr_bar() said
 * @read_only: set to why it must not be written, if it must not
 *
 * It is disabled again when the device is unbound; what is in it stays.
 *
 * Context: may sleep, as long as PMRCAP.PMRTO says, at most two minutes.
 * Return: 0 or a negative errno; the cause is logged.
 */
int nvmp_pmr_enable(struct nvmp_mem *mem, const char **read_only)
{
	struct pci_dev *pdev = mem->pdev;
	void __iomem *regs = nvmp_pmr_regs(pdev);
	u32 cap = readl(regs + NVME_REG_PMRCAP);
	int err;

	mem->regs = regs;
	err = nvmp_pmr_find_barrier(mem, cap);
	if (err)
		return err;
	err = devm_add_action(&pdev->dev, nvmp_pmr_disable, (void __force *)regs);
	if (err)
		return nvmp_err(pdev, err, "no memory to enable it");
	return nvmp_pmr_start(mem, cap, read_only);
}

/**
 * nvmp_pmr_resume() - enable it again, after the power was off or was not
 * @mem: that nvmp_pmr_enable() enabled
 * @read_only: set to why it must not be written, NULL if it may
 *
 * Context: may sleep, as nvmp_pmr_enable().
 * Return: 0 or a negative errno; the cause is logged.
 */
int nvmp_pmr_resume(struct nvmp_mem *mem, const char **read_only)
{
	return nvmp_pmr_start(mem, readl(mem->regs + NVME_REG_PMRCAP), read_only);
}

/**
 * nvmp_pmr_suspend() - the power may go off
 * @r: the region; the core keeps its disk from it until it is resumed
 *
 * Context: any.
 * Return: 0, or -EIO if writes were or may have been lost, which is logged.
 */
int nvmp_pmr_suspend(struct nvm_region *r)
{
	struct nvmp_mem *mem = nvm_region_lld_data(r);

	/* Of what must not be written nothing can be lost. */
	if (!nvm_region_read_only(r) && nvmp_pmr_flush(r, 0, 0))
		return nvmp_err(mem->pdev, -EIO, "not suspended: writes may be lost");
	nvmp_pmr_disable((void __force *)mem->regs);
	return 0;
}

/**
 * nvmp_pmr_flush() - writes to the memory become persistent
 * @r: the region
 * @off: not used: a barrier is for all
 * @len: not used
 *
 * The read pushes the posted writes before it, and is answered when they are
 * persistent. The status then tells whether they are.
 *
 * Return: 0, -EIO if writes were or may have been lost.
 */
int nvmp_pmr_flush(struct nvm_region *r, u64 off, u64 len)
{
	struct nvmp_mem *mem = nvm_region_lld_data(r);
	u32 sts;

	if (mem->barrier) {
		/* A load of WC memory may pass the stores before a store fence. */
		mb();
		readl(mem->barrier);
	}
	sts = readl(mem->regs + NVME_REG_PMRSTS);
	if (!nvmp_is_gone(sts) && !(sts & PMRSTS_NRDY) && !nvmp_pmr_fault(sts))
		return 0;
	dev_err_ratelimited(&r->dev, "persistent memory of %s: PMRSTS %08x: %s\n",
			    pci_name(mem->pdev), sts,
			    nvmp_is_gone(sts) ? "does not answer" :
			    nvmp_pmr_fault(sts) ?: "not ready");
	return -EIO;
}

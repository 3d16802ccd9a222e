// SPDX-License-Identifier: GPL-2.0-only
/*
 * The DAX host: file systems and, through them, processes reach the memory
 * itself.
 */
#include <linux/badblocks.h>
#include <linux/dax.h>
#include <linux/list.h>
#include <linux/pfn_t.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <nvm/compat.h>
#include <nvm/persist.h>
#include "pmem.h"

/* 1 GiB: the block layer's list takes a length in sectors that is an int. */
#define NVM_PMEM_LOOK_UP_MAX	PHYS_PFN(SZ_1G)

/*
 * Pages from @pgoff on that have no known poison, at most @nr_pages unless
 * there is no poison at all; 0 if the first one has.
 */
static long nvm_pmem_good_pages(struct nvm_pmem *pmem, pgoff_t pgoff,
				long nr_pages)
{
	sector_t sector = PFN_PHYS(pgoff) >> SECTOR_SHIFT;
	sector_t first_bad;
	int num_bad;

	if (likely(!pmem->bb->count))
		return PHYS_PFN(nvm_region_size(pmem->r)) - pgoff;
	nr_pages = min_t(long, nr_pages, NVM_PMEM_LOOK_UP_MAX);
	if (!badblocks_check(pmem->bb, sector, PFN_PHYS(nr_pages) >> SECTOR_SHIFT,
			     &first_bad, &num_bad))
		return nr_pages;
	if (first_bad <= sector)
		return 0;
	return PHYS_PFN((first_bad - sector) << SECTOR_SHIFT);
}

static long nvm_pmem_direct_access(struct dax_device *dax_dev, pgoff_t pgoff,
				   long nr_pages, enum dax_access_mode mode,
				   void **kaddr, pfn_t *pfn)
{
	struct nvm_pmem *pmem = dax_get_private(dax_dev);
	u64 off = PFN_PHYS(pgoff);
	long good;

	/* The host may be killed while a caller is on its way here. */
	if (!pmem)
		return -ENXIO;
	if (off >= nvm_region_size(pmem->r))
		return -ERANGE;
	if (kaddr)
		*kaddr = pmem->addr + off;
	if (pfn)
		*pfn = phys_to_pfn_t(pmem->r->desc.mem.start + off,
				     PFN_DEV | PFN_MAP);
	good = nvm_pmem_good_pages(pmem, pgoff, nr_pages);
	if (good)
		return good;
	/* A recovery write goes page by page: what it clears is then known. */
	return mode == DAX_RECOVERY_WRITE ? 1 : -NVM_DAX_POISON;
}

static int nvm_pmem_zero_page_range(struct dax_device *dax_dev, pgoff_t pgoff,
				    size_t nr_pages)
{
	struct nvm_pmem *pmem = dax_get_private(dax_dev);
	int err = pmem ? 0 : -ENXIO;

	for (; nr_pages && !err; nr_pages--, pgoff++)
		err = nvm_pmem_write(pmem, PFN_PHYS(pgoff), ZERO_PAGE(0), 0,
				     PAGE_SIZE, false);
	return err;
}

/*
 * The file system was refused a plain write because of poison and asks for one
 * that clears it. Only whole pages can be. What user memory could not be read
 * for stays in the list.
 */
static size_t nvm_pmem_recovery_write(struct dax_device *dax_dev, pgoff_t pgoff,
				      void *addr, size_t bytes,
				      struct iov_iter *i)
{
	struct nvm_pmem *pmem = dax_get_private(dax_dev);
	u64 off = PFN_PHYS(pgoff);
	size_t done;

	if (!pmem)
		return 0;
	if (!nvm_poison_hits(pmem->bb, off,
			     PFN_PHYS(PFN_UP(offset_in_page(addr) + bytes))))
		return nvm_store_iter(addr, bytes, i);
	if (offset_in_page(addr) || !PAGE_ALIGNED(bytes) ||
	    nvm_region_clear_poison(pmem->r, off, bytes))
		return 0;
	done = nvm_store_iter(addr, bytes, i);
	nvm_region_forget_poison(pmem->r, off, round_down(done, SECTOR_SIZE));
	return done;
}

static const struct dax_operations nvm_pmem_dax_ops = {
	.direct_access		= nvm_pmem_direct_access,
	.zero_page_range	= nvm_pmem_zero_page_range,
	.recovery_write		= nvm_pmem_recovery_write,
};

struct nvm_pmem_aside {
	struct list_head	node;
	struct dax_device	*dax_dev;
};

static void nvm_pmem_dax_end(struct dax_device *dax_dev)
{
	kill_dax(dax_dev);
	put_dax(dax_dev);
}

static int nvm_pmem_dax_put_aside(struct dax_device *dax_dev,
				  struct list_head *aside)
{
	struct nvm_pmem_aside *a = kmalloc(sizeof(*a), GFP_KERNEL);

	if (!a) {
		nvm_pmem_dax_end(dax_dev);
		return -ENOMEM;
	}
	a->dax_dev = dax_dev;
	list_add(&a->node, aside);
	return 0;
}

/*
 * May user space make its stores durable by itself (MAP_SYNC)? Where they
 * are when they left the CPU cache, a flush op is for more than that.
 */
static bool nvm_pmem_dax_is_sync(const struct nvm_pmem *pmem)
{
	switch (pmem->r->desc.pdomain) {
	case NVM_PDOMAIN_MEMORY_CONTROLLER:
	case NVM_PDOMAIN_CPU_CACHE:
		return true;
	case NVM_PDOMAIN_NONE:
	case NVM_PDOMAIN_DEVICE_CMD:
		break;
	}
	return !pmem->flushes;
}

/*
 * The kernel hands out the DAX devices of disks that are gone with the flags
 * that those had, and "synchronous" cannot be taken back. It would let user
 * space rely on its own flushes where they are not enough: such a device is
 * held aside until another was had.
 */
static struct dax_device *nvm_pmem_dax_alloc(struct nvm_pmem *pmem)
{
	struct nvm_pmem_aside *a, *tmp;
	struct dax_device *dax_dev;
	LIST_HEAD(aside);
	int err = 0;

	do {
		dax_dev = alloc_dax(pmem, &nvm_pmem_dax_ops);
		if (IS_ERR_OR_NULL(dax_dev) || nvm_pmem_dax_is_sync(pmem) ||
		    !dax_synchronous(dax_dev))
			break;
		err = nvm_pmem_dax_put_aside(dax_dev, &aside);
	} while (!err);
	list_for_each_entry_safe(a, tmp, &aside, node) {
		nvm_pmem_dax_end(a->dax_dev);
		kfree(a);
	}
	return err ? ERR_PTR(err) : dax_dev;
}

/**
 * nvm_pmem_dax_add() - let file systems find the memory under the disk
 * @pmem: has pages and a disk
 *
 * Context: may sleep.
 * Return: 0, also if this kernel has no DAX, or a negative errno.
 */
int nvm_pmem_dax_add(struct nvm_pmem *pmem)
{
	struct dax_device *dax_dev = nvm_pmem_dax_alloc(pmem);
	int err;

	if (!dax_dev || PTR_ERR(dax_dev) == -EOPNOTSUPP)
		return 0;
	if (IS_ERR(dax_dev))
		return PTR_ERR(dax_dev);
	/* Its own copies go past the cache and survive poison. */
	set_dax_nocache(dax_dev);
	set_dax_nomc(dax_dev);
	if (nvm_pmem_dax_is_sync(pmem))
		set_dax_synchronous(dax_dev);
	dax_write_cache(dax_dev,
			pmem->r->desc.pdomain != NVM_PDOMAIN_CPU_CACHE);
	err = dax_add_host(dax_dev, pmem->disk->gd);
	if (err) {
		nvm_pmem_dax_end(dax_dev);
		return err;
	}
	/* The pages are there already, and so may be their failure. */
	WRITE_ONCE(pmem->dax_dev, dax_dev);
	return 0;
}

/*
 * The file system hears of the disk's end from the block layer. As holder of
 * the DAX device it would hear of it as failed memory, too, and an xfs with
 * rmapbt on older kernels then kills who maps it, marks all pages as bad, and
 * takes the size of a disk that is gone for the end of its last group.
 */
static void nvm_pmem_dax_drop_holder(struct nvm_pmem *pmem)
{
	void *holder;
	u64 start;

	/* A failure that is being reported reaches the holder or nobody. */
	guard(mutex)(&pmem->holder_mutex);
	holder = dax_holder(pmem->dax_dev);
	/* fs_put_dax() drops a reference with the holder: the one taken here. */
	if (holder && fs_dax_get_by_bdev(pmem->disk->gd->part0, &start, NULL,
					 NULL))
		fs_put_dax(pmem->dax_dev, holder);
}

/**
 * nvm_pmem_dax_kill() - no new way to the memory: faults and calls fail
 * @pmem: whose host goes
 *
 * Context: may sleep.
 */
void nvm_pmem_dax_kill(struct nvm_pmem *pmem)
{
	if (!pmem->dax_dev)
		return;
	nvm_pmem_dax_drop_holder(pmem);
	dax_remove_host(pmem->disk->gd);
	kill_dax(pmem->dax_dev);
}

/**
 * nvm_pmem_dax_put() - nobody uses the disk any more
 * @pmem: whose host was killed, or never added
 */
void nvm_pmem_dax_put(struct nvm_pmem *pmem)
{
	if (pmem->dax_dev)
		put_dax(pmem->dax_dev);
}

/**
 * nvm_pmem_dax_failed() - tell the file system of lost memory
 * @pmem: the memory
 * @off: bytes from the region's start
 * @len: bytes
 * @mf_flags: MF_*, 0 where nobody has touched it
 *
 * Context: may sleep.
 * Return: 0 or -EOPNOTSUPP if no file system listens.
 */
int nvm_pmem_dax_failed(struct nvm_pmem *pmem, u64 off, u64 len, int mf_flags)
{
	struct dax_device *dax_dev = READ_ONCE(pmem->dax_dev);

	if (!dax_dev)
		return -EOPNOTSUPP;
	guard(mutex)(&pmem->holder_mutex);
	return dax_holder_notify_failure(dax_dev, off, len, mf_flags);
}

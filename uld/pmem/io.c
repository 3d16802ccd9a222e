// SPDX-License-Identifier: GPL-2.0-only
/*
 * Block I/O on mapped memory: a copy each way, complete when submit_bio
 * returns.
 */
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/highmem.h>
#include <nvm/persist.h>
#include "pmem.h"

/*
 * The block layer gives segments of whole physically contiguous runs, which a
 * lone kmap_local_page() covers only where there is no highmem; so the walk is
 * by page.
 */
static int nvm_pmem_read(struct nvm_pmem *pmem, u64 off, struct page *page,
			 unsigned int page_off, unsigned int len)
{
	size_t left;
	void *mem;

	if (nvm_poison_hits(pmem->bb, off, len))
		return -EIO;
	mem = kmap_local_page(page);
	left = nvm_copy_from(pmem->r, mem + page_off, pmem->addr, off, len);
	kunmap_local(mem);
	if (unlikely(left)) {
		nvm_region_media_error(pmem->r, off + len - left, left);
		return -EIO;
	}
	flush_dcache_page(page);
	return 0;
}

/*
 * Is part of a page in the range that the architecture may have taken out of
 * the direct map? It comes back by whole pages only.
 */
static bool nvm_pmem_lacks_page(struct nvm_pmem *pmem, u64 off,
				unsigned int len)
{
	if (!(pmem->r->caps & NVM_CAP_DAX))
		return false;
	return (!PAGE_ALIGNED(off) &&
		PageHWPoison(virt_to_page(pmem->addr + off))) ||
	       (!PAGE_ALIGNED(off + len) &&
		PageHWPoison(virt_to_page(pmem->addr + off + len - 1)));
}

/* Poisoned: made readable, written, and only then taken off the list. */
static noinline int nvm_pmem_cure(struct nvm_pmem *pmem, u64 off,
				  const void *data, unsigned int len,
				  bool nowait)
{
	if (nowait)
		return -EAGAIN;
	if (nvm_pmem_lacks_page(pmem, off, len) ||
	    nvm_region_clear_poison(pmem->r, off, len))
		return -EIO;
	nvm_store(pmem->addr + off, data, len);
	return nvm_region_forget_poison(pmem->r, off, len) ? -EIO : 0;
}

/**
 * nvm_pmem_write() - store part of a page past the CPU cache
 * @pmem: where to
 * @off: bytes from the region's start, a multiple of 512
 * @page: where from
 * @page_off: bytes into @page
 * @len: bytes, a multiple of 512; not beyond @page
 * @nowait: do not sleep
 *
 * Durable after nvm_fence(), and nvm_region_flush() where there is one.
 *
 * Context: may sleep without @nowait.
 * Return: 0, -EAGAIN if it would sleep, -EIO for poison that stays.
 */
int nvm_pmem_write(struct nvm_pmem *pmem, u64 off, struct page *page,
		   unsigned int page_off, unsigned int len, bool nowait)
{
	void *mem;
	int err = 0;

	flush_dcache_page(page);
	mem = kmap_local_page(page);
	if (nvm_poison_hits(pmem->bb, off, len))
		err = nvm_pmem_cure(pmem, off, mem + page_off, len, nowait);
	else
		nvm_store(pmem->addr + off, mem + page_off, len);
	kunmap_local(mem);
	return err;
}

/**
 * nvm_pmem_flush() - all that completed before, on any CPU, is durable
 * @pmem: the memory
 *
 * Writes are not fenced one by one. Who learns that one has completed does so
 * by a full barrier of the CPU that stored, and where memcpy_flushcache() may
 * be used as a block driver's store (ARCH_HAS_PMEM_API) that drains it, too.
 *
 * Context: may sleep if the region has %NVM_CAP_FLUSH.
 * Return: 0 or the errno of the region's flush.
 */
int nvm_pmem_flush(struct nvm_pmem *pmem)
{
	nvm_fence();
	if (likely(!pmem->flushes))
		return 0;
	return nvm_region_flush(pmem->r, 0, nvm_region_size(pmem->r));
}

static int nvm_pmem_move(void *private, struct bio *bio)
{
	struct nvm_pmem *pmem = private;
	bool write = op_is_write(bio_op(bio));
	struct bvec_iter iter;
	struct bio_vec bv;
	int err = 0;

	bio_for_each_segment(bv, bio, iter) {
		u64 off = (u64)iter.bi_sector << SECTOR_SHIFT;

		if (write)
			err = nvm_pmem_write(pmem, off, bv.bv_page, bv.bv_offset,
					     bv.bv_len,
					     bio->bi_opf & REQ_NOWAIT);
		else
			err = nvm_pmem_read(pmem, off, bv.bv_page, bv.bv_offset,
					    bv.bv_len);
		if (unlikely(err))
			break;
	}
	return err;
}

static int nvm_pmem_flush_disk(void *private)
{
	return nvm_pmem_flush(private);
}

static void nvm_pmem_submit_bio(struct bio *bio)
{
	struct nvm_pmem *pmem = nvm_disk_private(bio->bi_bdev->bd_disk);

	nvm_disk_serve(bio, pmem, pmem->flushes, nvm_pmem_move,
		       nvm_pmem_flush_disk);
}

const struct block_device_operations nvm_pmem_fops = {
	NVM_DISK_FOPS,
	.submit_bio	= nvm_pmem_submit_bio,
};

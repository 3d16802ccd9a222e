/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of nvm_pmem share.
 */
#ifndef NVM_PMEM_H
#define NVM_PMEM_H

#include <linux/badblocks.h>
#include <linux/dax.h>
#include <linux/mutex.h>
#include <nvm/uld.h>

/**
 * struct nvm_pmem - a mapped region and its disk
 * @r: the region
 * @addr: kernel address of its first byte, the same when it grows
 * @bb: its poison list
 * @flushes: the region has a flush op, to be called where a flush is asked for
 * @dax_dev: the DAX host, NULL if the region has no pages
 * @holder_mutex: the holder of the DAX host hears of a failure, or is dropped
 * @map: the mapping behind @addr
 * @disk: the disk
 */
struct nvm_pmem {
	struct nvm_region	*r;
	void			*addr;
	struct badblocks	*bb;
	bool			flushes;

	struct dax_device	*dax_dev;
	struct mutex		holder_mutex;	/* a file system's locks nest in it */
	struct nvm_map		*map;
	struct nvm_disk		*disk;
};

/* io.c */
extern const struct block_device_operations nvm_pmem_fops;
int nvm_pmem_write(struct nvm_pmem *pmem, u64 off, struct page *page,
		   unsigned int page_off, unsigned int len, bool nowait);
int nvm_pmem_flush(struct nvm_pmem *pmem);

/* dax.c */
int nvm_pmem_dax_add(struct nvm_pmem *pmem);
void nvm_pmem_dax_kill(struct nvm_pmem *pmem);
void nvm_pmem_dax_put(struct nvm_pmem *pmem);
int nvm_pmem_dax_failed(struct nvm_pmem *pmem, u64 off, u64 len, int mf_flags);

#endif /* NVM_PMEM_H */

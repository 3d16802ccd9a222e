/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of the kernel, and of nvm/uld.h, as uld/pmem/io.c needs to run in
 * user space as it is. run.sh makes each header that it includes, but
 * nvm/persist.h and its own, be this one.
 */
#ifndef NVM_MODEL_KERNEL_H
#define NVM_MODEL_KERNEL_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef u64 sector_t;

#define likely(x)	(x)
#define unlikely(x)	(x)
#define noinline	__attribute__((noinline))

#define SECTOR_SHIFT	9
#define SECTOR_SIZE	512
#define PAGE_SIZE	4096ULL
#define PAGE_ALIGNED(x)	(!((x) % PAGE_SIZE))

struct page {
	u8	data[PAGE_SIZE];
};

static inline void *kmap_local_page(struct page *page)
{
	return page->data;
}

static inline void kunmap_local(void *mem)
{
	(void)mem;
}

static inline void flush_dcache_page(struct page *page)
{
	(void)page;
}

/* One run of bad sectors. */
struct badblocks {
	int		count;
	sector_t	first;
	sector_t	nr;
};

static inline bool nvm_poison_hits(struct badblocks *bb, u64 off, u64 len)
{
	return bb->count && off >> SECTOR_SHIFT < bb->first + bb->nr &&
	       bb->first < (off + len) >> SECTOR_SHIFT;
}

struct mutex {
	int	unused;
};

/* The region. What its functions do is the test's. */
#define NVM_CAP_DAX	1
#define NVM_CAP_FLUSH	2

struct nvm_region {
	u64			caps;
	u64			size;
	struct badblocks	bb;
};

static inline u64 nvm_region_size(const struct nvm_region *r)
{
	return r->size;
}

int nvm_region_flush(struct nvm_region *r, u64 off, u64 len);
int nvm_region_clear_poison(struct nvm_region *r, u64 off, u64 len);
int nvm_region_forget_poison(struct nvm_region *r, u64 off, u64 len);
void nvm_region_media_error(struct nvm_region *r, u64 off, u64 len);
size_t nvm_copy_from(struct nvm_region *r, void *dst, const void *base, u64 off,
		     size_t len);

/* Only regions with NVM_CAP_DAX ask, and the test has none. */
struct page *virt_to_page(const void *addr);
bool PageHWPoison(const struct page *page);

struct gendisk {
	void			*private_data;
	bool			ro;
};

static inline void *nvm_disk_private(const struct gendisk *gd)
{
	return gd->private_data;
}

enum { REQ_OP_READ, REQ_OP_WRITE };

#define REQ_OP_MASK	0xffU
#define REQ_FUA		(1U << 8)
#define REQ_PREFLUSH	(1U << 9)
#define REQ_NOWAIT	(1U << 10)
#define BIO_QUIET	0

struct block_device {
	struct gendisk	*bd_disk;
};

struct bio_vec {
	struct page	*bv_page;
	unsigned int	bv_offset;
	unsigned int	bv_len;
};

struct bvec_iter {
	sector_t	bi_sector;
	unsigned int	idx;
};

struct bio {
	struct block_device	*bi_bdev;
	unsigned int		bi_opf;
	int			bi_status;	/* an errno here */
	struct bvec_iter	bi_iter;
	unsigned int		nr;
	struct bio_vec		vec[2];
};

#define bio_for_each_segment(bv, bio, iter)				\
	for (iter = (bio)->bi_iter;					\
	     iter.idx < (bio)->nr && (bv = (bio)->vec[iter.idx], true);	\
	     iter.bi_sector += bv.bv_len >> SECTOR_SHIFT, iter.idx++)

static inline unsigned int bio_op(const struct bio *bio)
{
	return bio->bi_opf & REQ_OP_MASK;
}

static inline bool op_is_write(unsigned int op)
{
	return op & 1;
}

static inline bool op_is_flush(unsigned int opf)
{
	return opf & (REQ_FUA | REQ_PREFLUSH);
}

static inline bool bio_has_data(const struct bio *bio)
{
	return bio->nr;
}

static inline void bio_set_flag(struct bio *bio, unsigned int bit)
{
	(void)bio;
	(void)bit;
}

static inline int errno_to_blk_status(int err)
{
	return err;
}

/* The acknowledgement: the test's. */
void bio_endio(struct bio *bio);

static inline void bio_wouldblock_error(struct bio *bio)
{
	bio->bi_status = -EAGAIN;
	bio_endio(bio);
}

/* Nobody counts. */
#define blk_queue_io_stat(queue)	false

static inline unsigned long bio_start_io_acct(struct bio *bio)
{
	(void)bio;
	return 0;
}

static inline void bio_end_io_acct(struct bio *bio, unsigned long start)
{
	(void)bio;
	(void)start;
}

static inline bool get_disk_ro(const struct gendisk *gd)
{
	return gd->ro;
}

/* As the drivers have it. */
#include "../../include/nvm/serve.h"

struct block_device_operations {
	void	*owner;
	void	(*submit_bio)(struct bio *bio);
};

#define NVM_DISK_FOPS	.owner = NULL

#endif /* NVM_MODEL_KERNEL_H */

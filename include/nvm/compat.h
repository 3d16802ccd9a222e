/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every difference between the kernels that NvM-core builds for.
 *
 * Decided by what the headers at hand offer: a macro that exists, the type of
 * a callback. Never by version numbers: distribution trees carry backports.
 */
#ifndef NVM_COMPAT_H
#define NVM_COMPAT_H

#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/pfn_t.h>

/*
 * nvm_pick_ptr() - the pointer type that a callback of this kernel takes
 *
 * @plain if the member @cb of @strct is a pointer to @proto_plain, else @other.
 */
#define nvm_pick_ptr(strct, cb, proto_plain, plain, other)		\
	typeof(__builtin_choose_expr(					\
		__builtin_types_compatible_p(typeof(((strct *)0)->cb),	\
					     proto_plain),		\
		(plain)0, (other)0))

/* bus_type.match: the driver became const. */
typedef nvm_pick_ptr(struct bus_type, match,
		     int (*)(struct device *, struct device_driver *),
		     struct device_driver *,
		     const struct device_driver *) nvm_match_driver_t;

/* bus_type.uevent: the device became const. */
typedef nvm_pick_ptr(struct bus_type, uevent,
		     int (*)(struct device *, struct kobj_uevent_env *),
		     struct device *, const struct device *) nvm_uevent_device_t;

/* bus_attribute: the bus became const. */
typedef nvm_pick_ptr(struct bus_attribute, show,
		     ssize_t (*)(struct bus_type *, char *),
		     struct bus_type *, const struct bus_type *) nvm_attr_bus_t;

/* block_device_operations.open and .release: from block device to disk. */
#ifdef BLK_OPEN_READ
#define NVM_DISK_OPEN_PROTO(name) \
	int name(struct gendisk *gd, blk_mode_t mode)
#define NVM_DISK_RELEASE_PROTO(name) \
	void name(struct gendisk *gd)
#define nvm_open_gendisk()	(gd)
#else
#define NVM_DISK_OPEN_PROTO(name) \
	int name(struct block_device *bdev, fmode_t mode)
#define NVM_DISK_RELEASE_PROTO(name) \
	void name(struct gendisk *gd, fmode_t mode)
#define nvm_open_gendisk()	(bdev->bd_disk)
#endif

/**
 * struct nvm_limits - what of the queue limits differs in how it is set
 * @logical_block_size: bytes
 * @fua: the disk honours FUA and flush
 * @nowait: the disk honours REQ_NOWAIT
 * @sync: the disk completes inside submit_bio
 * @dax: the disk has a DAX host
 */
struct nvm_limits {
	unsigned int	logical_block_size;
	bool		fua;
	bool		nowait;
	bool		sync;
	bool		dax;
};

/**
 * nvm_alloc_gendisk() - a disk for bios with the given limits
 * @l: the limits
 * @node: NUMA node for its data
 *
 * Return: the disk or ERR_PTR(-ENOMEM).
 */
#ifdef BLK_FEAT_WRITE_CACHE
static inline struct gendisk *nvm_alloc_gendisk(const struct nvm_limits *l,
						int node)
{
	struct queue_limits lim = {
		.logical_block_size	= l->logical_block_size,
		.physical_block_size	= PAGE_SIZE,
		.max_hw_sectors		= UINT_MAX,
		.features		= BLK_FEAT_WRITE_CACHE,
	};

	if (l->fua)
		lim.features |= BLK_FEAT_FUA;
	if (l->nowait)
		lim.features |= BLK_FEAT_NOWAIT;
	if (l->sync)
		lim.features |= BLK_FEAT_SYNCHRONOUS;
	if (l->dax)
		lim.features |= BLK_FEAT_DAX;
	return blk_alloc_disk(&lim, node);
}
#else
static inline struct gendisk *nvm_alloc_gendisk(const struct nvm_limits *l,
						int node)
{
	struct gendisk *gd = blk_alloc_disk(node);
	struct request_queue *q;

	if (!gd)
		return ERR_PTR(-ENOMEM);
	q = gd->queue;
	blk_queue_logical_block_size(q, l->logical_block_size);
	blk_queue_physical_block_size(q, PAGE_SIZE);
	blk_queue_max_hw_sectors(q, UINT_MAX);
	blk_queue_write_cache(q, true, l->fua);
	blk_queue_flag_set(QUEUE_FLAG_NONROT, q);
	if (l->nowait)
		blk_queue_flag_set(QUEUE_FLAG_NOWAIT, q);
	/* These kernels know l->sync only from an rw_page op. */
	if (l->dax)
		blk_queue_flag_set(QUEUE_FLAG_DAX, q);
	return gd;
}
#endif

/*
 * dax_operations.direct_access: the errno for poison, by which fs-dax knows
 * that a recovery write may help.
 */
#ifdef NVM_HAVE_DAX_MEM2BLK_ERR
#define NVM_DAX_POISON		EHWPOISON
#else
#define NVM_DAX_POISON		EIO
#endif

#endif /* NVM_COMPAT_H */

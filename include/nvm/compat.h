/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every difference between the kernels that NvM-core builds for.
 *
 * Decided by what the headers at hand offer: a macro that exists, the type of
 * a callback. Never by version numbers: distribution trees carry backports.
 */
#ifndef NVM_COMPAT_H
#define NVM_COMPAT_H

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pfn_t.h>
#include <linux/shrinker.h>

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
 * @discard: bytes that a discard should be a multiple of; 0: it takes none
 */
struct nvm_limits {
	unsigned int	logical_block_size;
	bool		fua;
	bool		nowait;
	bool		sync;
	bool		dax;
	unsigned int	discard;
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
		.max_hw_discard_sectors	= l->discard ? UINT_MAX : 0,
		.discard_granularity	= l->discard,
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
	if (l->discard) {
		blk_queue_max_discard_sectors(q, UINT_MAX);
		q->limits.discard_granularity = l->discard;
	}
	/* These kernels know l->sync only from an rw_page op. */
	if (l->dax)
		blk_queue_flag_set(QUEUE_FLAG_DAX, q);
	return gd;
}
#endif

/*
 * nvm_freeze_queue() - a queue takes nothing until nvm_unfreeze_queue()
 * @q: the queue, of a disk that somebody holds
 *
 * Either may be called by any task. Where a freeze is a lock to lockdep, it has an
 * owner otherwise.
 *
 * Context: may sleep.
 */
static inline void nvm_freeze_queue(struct request_queue *q)
{
#ifdef NVM_HAVE_FREEZE_NON_OWNER
	blk_freeze_queue_start_non_owner(q);
	blk_mq_freeze_queue_wait(q);
#else
	blk_mq_freeze_queue(q);
#endif
}

static inline void nvm_unfreeze_queue(struct request_queue *q)
{
#ifdef NVM_HAVE_FREEZE_NON_OWNER
	blk_mq_unfreeze_queue_non_owner(q);
#else
	blk_mq_unfreeze_queue(q);
#endif
}

/* i2c_driver: the member whose probe takes only the client. */
#ifdef NVM_HAVE_I2C_PROBE_NEW
#define nvm_i2c_probe		probe_new
#else
#define nvm_i2c_probe		probe
#endif

/*
 * nvm_bdev_open() - open a disk from within
 * @dev: its number
 * @holder: not NULL: for writing, and nobody else holds it; else for reading
 *
 * Return: what nvm_bdev_close() takes, or ERR_PTR.
 */
#ifdef BLK_OPEN_READ
static inline void *nvm_bdev_open(dev_t dev, void *holder)
{
	return bdev_file_open_by_dev(dev, BLK_OPEN_READ |
				     (holder ? BLK_OPEN_WRITE : 0),
				     holder, NULL);
}

static inline void nvm_bdev_close(void *bdev, void *holder)
{
	bdev_fput(bdev);
}
#else
static inline fmode_t nvm_bdev_mode(void *holder)
{
	return FMODE_READ | (holder ? FMODE_WRITE | FMODE_EXCL : 0);
}

static inline void *nvm_bdev_open(dev_t dev, void *holder)
{
	return blkdev_get_by_dev(dev, nvm_bdev_mode(holder), holder);
}

static inline void nvm_bdev_close(void *bdev, void *holder)
{
	blkdev_put(bdev, nvm_bdev_mode(holder));
}
#endif

/* vm_area_struct.vm_flags became const. */
static inline void nvm_vm_flags_set(struct vm_area_struct *vma,
				    vm_flags_t flags)
{
#ifdef NVM_HAVE_VM_FLAGS_SET
	vm_flags_set(vma, flags);
#else
	vma->vm_flags |= flags;
#endif
}

/* class_create() has lost its first argument, and with that its macro. */
#ifdef class_create
#define nvm_class_create(name)	class_create(THIS_MODULE, name)
#else
#define nvm_class_create(name)	class_create(name)
#endif

/**
 * struct nvm_shrinker - gives memory back when the system is short of it
 * @shrinker: the kernel's, embedded or allocated
 * @count: objects that could go, roughly
 * @scan: let up to @nr of them go; returns how many went
 * @private: passed to both
 * @registered: it was
 */
struct nvm_shrinker {
#ifdef SHRINKER_ALLOCATED
	struct shrinker	*shrinker;
#else
	struct shrinker	shrinker;
#endif
	unsigned long	(*count)(void *private);
	unsigned long	(*scan)(void *private, unsigned long nr);
	void		*private;
	bool		registered;
};

static inline struct nvm_shrinker *nvm_shrinker_of(struct shrinker *s)
{
#ifdef SHRINKER_ALLOCATED
	return s->private_data;
#else
	return container_of(s, struct nvm_shrinker, shrinker);
#endif
}

static inline unsigned long nvm_shrinker_count(struct shrinker *s,
					       struct shrink_control *sc)
{
	struct nvm_shrinker *n = nvm_shrinker_of(s);

	return n->count(n->private);
}

static inline unsigned long nvm_shrinker_scan(struct shrinker *s,
					      struct shrink_control *sc)
{
	struct nvm_shrinker *n = nvm_shrinker_of(s);

	return n->scan(n->private, sc->nr_to_scan) ?: SHRINK_STOP;
}

/**
 * nvm_shrinker_register() - be asked for memory from now on
 * @n: zeroed
 * @name: what debugfs shows
 * @count: see &struct nvm_shrinker
 * @scan: the same
 * @private: the same
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
static inline int nvm_shrinker_register(struct nvm_shrinker *n,
					const char *name,
					unsigned long (*count)(void *private),
					unsigned long (*scan)(void *private,
							      unsigned long nr),
					void *private)
{
	struct shrinker *s;

	n->count = count;
	n->scan = scan;
	n->private = private;
#ifdef SHRINKER_ALLOCATED
	s = shrinker_alloc(0, "nvm-%s", name);
	if (!s)
		return -ENOMEM;
	n->shrinker = s;
	s->private_data = n;
#else
	s = &n->shrinker;
	s->seeks = DEFAULT_SEEKS;
#endif
	s->count_objects = nvm_shrinker_count;
	s->scan_objects = nvm_shrinker_scan;
#ifdef SHRINKER_ALLOCATED
	shrinker_register(s);
#else
	if (register_shrinker(s, "nvm-%s", name))
		return -ENOMEM;
#endif
	n->registered = true;
	return 0;
}

/**
 * nvm_shrinker_unregister() - be asked no more; waits for who asks just now
 * @n: registered or not
 *
 * Context: may sleep.
 */
static inline void nvm_shrinker_unregister(struct nvm_shrinker *n)
{
	if (!n->registered)
		return;
#ifdef SHRINKER_ALLOCATED
	shrinker_free(n->shrinker);
#else
	unregister_shrinker(&n->shrinker);
#endif
	n->registered = false;
}

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

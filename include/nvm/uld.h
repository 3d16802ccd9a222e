/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All that an upper-level driver needs: name the types it takes, probe the
 * region it is handed, raise a disk on it. See Documentation/writing-a-uld.rst.
 */
#ifndef NVM_ULD_H
#define NVM_ULD_H

#include <linux/badblocks.h>
#include <linux/blkdev.h>
#include <linux/jump_label.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/uaccess.h>
#include <nvm/compat.h>
#include <nvm/region.h>
#include <nvm/serve.h>

/* A ULD names its type to modprobe: MODULE_ALIAS_NVM_TYPE(1). */
#define MODULE_ALIAS_NVM_TYPE(type)	MODULE_ALIAS("nvm:t" #type "c*")

/**
 * struct nvm_uld - an upper-level driver
 * @driver: set @driver.name; @driver.groups and @driver.dev_groups as usual
 * @types: BIT() of each &enum nvm_type it takes
 * @needs: NVM_CAP_* without which it cannot work
 * @priority: of several that match a region the highest is asked first; the
 *	      kernel-wide default is 0
 * @probe: claim @r. 0: claimed; any errno: not claimed, ask the next.
 *	   nvm_decline() leaves the reason where the user finds it, else the
 *	   errno is shown. -EPROBE_DEFER has no other meaning here
 * @remove: let go of @r, also while in use: cannot refuse. nvm_region_is_lost()
 *	    tells whether the memory is still there
 * @quiesce: nobody uses the disk and nobody can open it: make dirty data
 *	     durable, or return a negative errno and the region stays. Optional
 * @resize_prepare: do all that can fail to grow to @size bytes; what users see
 *		    is unchanged. Without all three the region cannot grow
 * @resize_commit: grow; cannot fail
 * @resize_abort: undo @resize_prepare
 * @poison: @len bytes at @off are now in the region's poison list. Optional
 * @health: nvm_region_read_only() may have changed; the disk's own flag
 *	    follows by itself. Optional
 * @suspend: the system is to sleep, the device and RAM may lose what they have.
 *	     The disk takes no I/O from before this until the system wakes up;
 *	     a ULD that ends bios after submit_bio waits here for those it
 *	     has. Make dirty data durable, or return a negative errno, and the
 *	     system stays awake. Optional
 * @shutdown: the machine goes down or reboots. Optional
 *
 * All callbacks may sleep and run under the region's device lock, but @poison:
 * that may come at any time between the end of @probe and @remove.
 */
struct nvm_uld {
	struct device_driver	driver;
	unsigned long		types;
	u64			needs;
	int			priority;
	int	(*probe)(struct nvm_region *r);
	void	(*remove)(struct nvm_region *r);
	int	(*quiesce)(struct nvm_region *r);
	int	(*resize_prepare)(struct nvm_region *r, u64 size);
	void	(*resize_commit)(struct nvm_region *r);
	void	(*resize_abort)(struct nvm_region *r);
	void	(*poison)(struct nvm_region *r, u64 off, u64 len);
	void	(*health)(struct nvm_region *r);
	int	(*suspend)(struct nvm_region *r);
	void	(*shutdown)(struct nvm_region *r);

	/* private: the core's */
	atomic_t		disks;
	bool			registering;
};

int __nvm_uld_register(struct nvm_uld *uld, struct module *owner);
void nvm_uld_unregister(struct nvm_uld *uld);

/**
 * nvm_uld_register() - offer the regions nobody has claimed to a new ULD
 * @uld: the driver; static data of the caller's module
 *
 * Context: may sleep. Claiming is asynchronous; write to
 * /sys/bus/nvm/flush to wait for it.
 * Return: 0, or -EINVAL for a driver without name, types, probe or remove, or
 * with driver.pm, which the bus would not call; or what driver_register()
 * returns.
 */
#define nvm_uld_register(uld)	__nvm_uld_register(uld, THIS_MODULE)

#define module_nvm_uld(uld) \
	module_driver(uld, nvm_uld_register, nvm_uld_unregister)

__printf(2, 3)
void nvm_decline(struct nvm_region *r, const char *fmt, ...);

/* The region as a ULD sees it. */

struct badblocks *nvm_region_badblocks(struct nvm_region *r);
bool __nvm_poison_hits(struct badblocks *bb, u64 off, u64 len);
void nvm_region_media_error(struct nvm_region *r, u64 off, u64 len);
int nvm_region_clear_poison(struct nvm_region *r, u64 off, u64 len);
int nvm_region_forget_poison(struct nvm_region *r, u64 off, u64 len);

/**
 * nvm_poison_hits() - is any of a range known to be poisoned
 * @bb: nvm_region_badblocks() of the region
 * @off: bytes from its start, a multiple of 512
 * @len: bytes, a multiple of 512
 *
 * Poison is rare: what looks it up stays out of the way of what does not.
 *
 * Context: any.
 */
static __always_inline bool nvm_poison_hits(struct badblocks *bb, u64 off,
					    u64 len)
{
	return unlikely(bb->count) && __nvm_poison_hits(bb, off, len);
}

/**
 * nvm_region_flush() - make CPU stores to a region durable
 * @r: the region
 * @off: bytes from its start
 * @len: bytes
 *
 * The caller has fenced its stores.
 *
 * Context: may sleep if the region has %NVM_CAP_FLUSH, else not at all.
 * Return: 0 or the LLD's errno, which must reach the writer.
 */
static inline int nvm_region_flush(struct nvm_region *r, u64 off, u64 len)
{
	if (!r->desc.ops->flush)
		return 0;
	return r->desc.ops->flush(r, off, len);
}

/* Commands, of types 2 and 4. */

void nvm_cmd_submit(struct nvm_region *r, struct nvm_cmd *cmd);

/* Mapping: struct pages and a kernel address for the mapped range. */

struct nvm_map;

/**
 * struct nvm_map_ops - what the owner of a mapping hears; all are needed
 * @failed: the hardware reported @len bytes at @off as lost; they are in the
 *	    poison list already. Passes on @mf_flags to the file system. Returns
 *	    0, or -EOPNOTSUPP to have the kernel kill the processes that map the
 *	    page
 */
struct nvm_map_ops {
	int	(*failed)(void *owner, u64 off, u64 len, int mf_flags);
};

struct nvm_map *nvm_map_create(struct nvm_region *r,
			       const struct nvm_map_ops *ops, void *owner);
void *nvm_map_addr(const struct nvm_map *map);
int nvm_map_grow_prepare(struct nvm_map *map, u64 size);
void nvm_map_grow_commit(struct nvm_map *map);
void nvm_map_grow_abort(struct nvm_map *map);
void nvm_map_revoke(struct nvm_map *map);
void nvm_map_destroy(struct nvm_map *map);

/* Loads. */

DECLARE_STATIC_KEY_FALSE(nvm_inject_key);
size_t nvm_inject_copy(struct nvm_region *r, void *dst, const void *base,
		       u64 off, size_t len);

/**
 * nvm_copy_from() - copy out of mapped memory, which may be poisoned
 * @r: the region
 * @dst: kernel memory
 * @base: nvm_map_addr() of the region
 * @off: bytes from its start
 * @len: bytes
 *
 * Context: any.
 * Return: bytes at the end that could not be read: poison.
 */
static __always_inline size_t nvm_copy_from(struct nvm_region *r, void *dst,
					    const void *base, u64 off,
					    size_t len)
{
	if (static_branch_unlikely(&nvm_inject_key))
		return nvm_inject_copy(r, dst, base, off, len);
	return copy_mc_to_kernel(dst, base + off, len);
}

/* Disks. */

#define NVM_DISK_FUA		BIT(0)	/* FUA and flush are honoured */
#define NVM_DISK_NOWAIT		BIT(1)	/* submit_bio honours REQ_NOWAIT */
#define NVM_DISK_SYNC		BIT(2)	/* completes inside submit_bio */
#define NVM_DISK_DAX		BIT(3)	/* dax_add_host() was or will be called */

/**
 * struct nvm_disk - a disk raised on a region, as its ULD sees it
 * @gd: the block layer's side; its private_data is the core's
 * @private: the ULD's own, see nvm_disk_private()
 */
struct nvm_disk {
	struct gendisk	*gd;
	void		*private;
};

/**
 * nvm_disk_private() - what the ULD gave as &nvm_disk_desc.private
 * @gd: its disk, in a block operation
 */
static inline void *nvm_disk_private(const struct gendisk *gd)
{
	return ((const struct nvm_disk *)gd->private_data)->private;
}

/**
 * struct nvm_disk_desc - what a ULD wants of its disk
 * @fops: block operations, starting with NVM_DISK_FOPS
 * @features: NVM_DISK_*
 * @logical_block_size: bytes, 512 to PAGE_SIZE
 * @discard: bytes that a discard should be a multiple of; 0: it takes none
 * @revoke: take the memory from those who have it mapped: the DAX host goes,
 *	    page tables are emptied. Optional. Called once between
 *	    nvm_disk_remove() and @free, after the disk went if the memory is
 *	    still there
 * @free: nobody uses the disk any more: unmap the memory, free @private.
 *	  Called once for each disk that nvm_disk_alloc() returned
 * @private: the ULD's own
 */
struct nvm_disk_desc {
	const struct block_device_operations	*fops;
	unsigned int				features;
	unsigned int				logical_block_size;
	unsigned int				discard;
	void	(*revoke)(void *private);
	void	(*free)(void *private);
	void					*private;
};

/* How block operations begin: users are counted in one place, the core. */
#define NVM_DISK_FOPS			\
	.owner		= THIS_MODULE,	\
	.open		= nvm_disk_open,	\
	.release	= nvm_disk_release,	\
	.free_disk	= nvm_disk_free

NVM_DISK_OPEN_PROTO(nvm_disk_open);
NVM_DISK_RELEASE_PROTO(nvm_disk_release);
void nvm_disk_free(struct gendisk *gd);

struct nvm_disk *nvm_disk_alloc(struct nvm_region *r,
				const struct nvm_disk_desc *desc);
int nvm_disk_add(struct nvm_disk *disk);
void nvm_disk_put(struct nvm_disk *disk);
void nvm_disk_remove(struct nvm_disk *disk);
void nvm_disk_grow(struct nvm_disk *disk);

/* Character devices, for mappings that can be taken back. */

struct nvm_cdev;

/**
 * struct nvm_cdev_ops - what a ULD does for its character device
 * @fault: have a page table entry for @vmf, writable if @write, by
 *	   vmf_insert_pfn_prot(). Sleeps. Not called after nvm_cdev_revoke()
 * @fsync: what was stored before is durable when it returns 0. Sleeps
 */
struct nvm_cdev_ops {
	vm_fault_t	(*fault)(void *private, struct vm_fault *vmf,
				 bool write);
	int		(*fsync)(void *private);
};

struct nvm_cdev *nvm_cdev_alloc(struct nvm_disk *disk,
				const struct nvm_cdev_ops *ops, void *private);
void nvm_cdev_put(struct nvm_cdev *c);
int nvm_cdev_add(struct nvm_cdev *c, const struct nvm_disk *disk);
struct address_space *nvm_cdev_mapping(const struct nvm_cdev *c);
void nvm_cdev_revoke(struct nvm_cdev *c);
void nvm_cdev_remove(struct nvm_cdev *c);

#endif /* NVM_ULD_H */

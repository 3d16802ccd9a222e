// SPDX-License-Identifier: GPL-2.0-only
/*
 * The disk that a ULD raises on a region: its name, who uses it, and the order
 * in which it goes away.
 *
 * What stands under a disk (struct pages, address claim, number, LLD data) is
 * let go from free_disk, when the last user has closed, never from remove. A
 * mapping keeps the disk, so a stale page table entry can never reach memory
 * that by then belongs to somebody else.
 */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/slab.h>
#include "core.h"

static struct nvm_disk_core *to_disk_core(const struct nvm_disk *disk)
{
	return container_of(disk, struct nvm_disk_core, disk);
}

static struct nvm_disk_core *gd_to_disk(const struct gendisk *gd)
{
	return to_disk_core(gd->private_data);
}

/* An open pins the LLD. The block layer has pinned the ULD: it owns the fops. */
static int nvm_disk_get_user(struct nvm_disk_core *disk)
{
	guard(spinlock)(&disk->c->lock);
	if (disk->gate)
		return disk->gate;
	if (!try_module_get(disk->c->owner))
		return -ENODEV;
	disk->c->users++;
	return 0;
}

/*
 * nvm_disk_open() - count a user, for block_device_operations.open
 *
 * Returns 0, -EBUSY if the disk is about to be removed, -ENXIO if it was,
 * -ENODEV if its LLD is being unloaded.
 */
NVM_DISK_OPEN_PROTO(nvm_disk_open)
{
	return nvm_disk_get_user(gd_to_disk(nvm_open_gendisk()));
}
EXPORT_SYMBOL_GPL(nvm_disk_open);

/*
 * nvm_disk_release() - a user closed, for block_device_operations.release
 */
NVM_DISK_RELEASE_PROTO(nvm_disk_release)
{
	struct nvm_disk_core *disk = gd_to_disk(gd);

	scoped_guard(spinlock, &disk->c->lock)
		disk->c->users--;
	module_put(disk->c->owner);
}
EXPORT_SYMBOL_GPL(nvm_disk_release);

/* A ULD that came while it was in use can have the region now. */
static void nvm_disk_end_former(struct nvm_region_core *c)
{
	scoped_guard(spinlock, &c->lock)
		c->former_disks--;
	nvm_claim_offer_again(c);
}

static void nvm_disk_end(struct nvm_disk_core *disk)
{
	struct nvm_region_core *c = disk->c;
	struct nvm_uld *uld = disk->uld;

	disk->desc.free(disk->desc.private);
	if (disk->former)
		nvm_disk_end_former(c);
	put_device(&c->r.dev);
	kfree(disk);
	/* The ULD's text may go right after this. */
	if (atomic_dec_and_test(&uld->disks))
		wake_up_var(&uld->disks);
}

/**
 * nvm_disk_free() - the last reference is gone, for
 *		     block_device_operations.free_disk
 * @gd: the disk; its queue is gone already
 *
 * Context: may sleep.
 */
void nvm_disk_free(struct gendisk *gd)
{
	nvm_disk_end(gd_to_disk(gd));
}
EXPORT_SYMBOL_GPL(nvm_disk_free);

/**
 * nvm_disk_region() - what a disk stands on
 * @disk: the disk
 */
struct nvm_region *nvm_disk_region(const struct nvm_disk *disk)
{
	return &to_disk_core(disk)->c->r;
}

static bool nvm_disk_desc_ok(const struct nvm_disk_desc *desc)
{
	const struct block_device_operations *fops = desc->fops;

	return fops && fops->open == nvm_disk_open &&
	       fops->release == nvm_disk_release &&
	       fops->free_disk == nvm_disk_free && fops->submit_bio &&
	       desc->free && desc->logical_block_size >= SECTOR_SIZE &&
	       desc->logical_block_size <= PAGE_SIZE &&
	       is_power_of_2(desc->logical_block_size);
}

/**
 * nvm_disk_alloc() - a disk that nobody sees yet
 * @r: the region it stands on, in its ULD's probe
 * @desc: what the ULD wants; copied
 *
 * It has the region's size and number. On success &nvm_disk_desc.free is owed:
 * end the disk by nvm_disk_put() if it was not added, else by
 * nvm_disk_remove().
 *
 * Context: may sleep, under the region's device lock.
 * Return: the disk or ERR_PTR: -EINVAL for an impossible @desc, -ENOMEM.
 */
struct nvm_disk *nvm_disk_alloc(struct nvm_region *r,
				const struct nvm_disk_desc *desc)
{
	struct nvm_limits limits = {
		.logical_block_size	= desc->logical_block_size,
		.fua			= desc->features & NVM_DISK_FUA,
		.nowait			= desc->features & NVM_DISK_NOWAIT,
		.sync			= desc->features & NVM_DISK_SYNC,
		.dax			= desc->features & NVM_DISK_DAX,
		.discard		= desc->discard,
	};
	struct nvm_region_core *c = to_core(r);
	struct nvm_disk_core *disk;
	struct gendisk *gd;

	if (!nvm_disk_desc_ok(desc)) {
		dev_err(&r->dev, "%s wants an impossible disk\n",
			r->dev.driver->name);
		return ERR_PTR(-EINVAL);
	}
	disk = kzalloc(sizeof(*disk), GFP_KERNEL);
	if (!disk)
		return ERR_PTR(-ENOMEM);
	gd = nvm_alloc_gendisk(&limits, r->desc.numa_node);
	if (IS_ERR(gd)) {
		kfree(disk);
		return ERR_CAST(gd);
	}
	disk->disk.gd = gd;
	disk->disk.private = desc->private;
	disk->c = c;
	get_device(&r->dev);
	disk->uld = driver_to_uld(r->dev.driver);
	atomic_inc(&disk->uld->disks);
	disk->desc = *desc;
	gd->private_data = &disk->disk;
	gd->fops = desc->fops;
	gd->bb = &c->bb;
	snprintf(gd->disk_name, DISK_NAME_LEN, "nvm%d", r->id);
	set_capacity(gd, nvm_region_size(r) >> SECTOR_SHIFT);
	return &disk->disk;
}
EXPORT_SYMBOL_GPL(nvm_disk_alloc);

/**
 * nvm_disk_put() - drop a disk that was not added
 * @disk: from nvm_disk_alloc(), or nvm_disk_add() failed
 *
 * Context: may sleep; &nvm_disk_desc.free has run when it returns.
 */
void nvm_disk_put(struct nvm_disk *disk)
{
	put_disk(disk->gd);
	/* The block layer calls free_disk only for what was added. */
	nvm_disk_end(to_disk_core(disk));
}
EXPORT_SYMBOL_GPL(nvm_disk_put);

static void nvm_disk_publish(struct nvm_region_core *c,
			     struct nvm_disk_core *disk)
{
	guard(spinlock)(&c->lock);
	c->disk = disk;
}

/**
 * nvm_disk_add() - show the disk to users
 * @disk: from nvm_disk_alloc()
 *
 * Context: may sleep, under the region's device lock.
 * Return: 0 or the errno of device_add_disk(); then the caller still owns
 * @disk.
 */
int nvm_disk_add(struct nvm_disk *disk)
{
	struct nvm_region_core *c = to_disk_core(disk)->c;
	int err;

	set_disk_ro(disk->gd, nvm_region_read_only(&c->r));
	nvm_disk_publish(c, to_disk_core(disk));
	err = device_add_disk(&c->r.dev, disk->gd, NULL);
	if (err)
		nvm_disk_publish(c, NULL);
	return err;
}
EXPORT_SYMBOL_GPL(nvm_disk_add);

/**
 * nvm_disk_freeze() - the region's disk, if there is one, takes no more I/O
 * @c: the region
 *
 * What it has taken is over when this returns; who comes then waits for
 * nvm_disk_thaw().
 *
 * Context: may sleep, under the region's device lock.
 */
void nvm_disk_freeze(struct nvm_region_core *c)
{
	if (!c->disk || c->disk->frozen)
		return;
	nvm_freeze_queue(c->disk->disk.gd->queue);
	c->disk->frozen = true;
}

/**
 * nvm_disk_thaw() - the region's disk takes I/O, if it did not
 * @c: the region
 *
 * Context: may sleep, under the region's device lock.
 */
void nvm_disk_thaw(struct nvm_region_core *c)
{
	if (!c->disk || !c->disk->frozen)
		return;
	c->disk->frozen = false;
	nvm_unfreeze_queue(c->disk->disk.gd->queue);
}

static void nvm_disk_revoke(struct nvm_disk_core *disk)
{
	if (disk->desc.revoke)
		disk->desc.revoke(disk->desc.private);
}

/**
 * nvm_disk_remove() - take a disk away, also from under its users
 * @disk: the disk; not to be touched afterwards
 *
 * Memory that is still there: the disk goes first, so that the file system
 * writes back what it has, then mappings. Memory that is lost: the disk is
 * marked dead first, so that nobody waits for it, then mappings, then the disk.
 * One that sleeps wakes up for it.
 *
 * Context: may sleep, under the region's device lock.
 */
void nvm_disk_remove(struct nvm_disk *disk)
{
	struct nvm_disk_core *core = to_disk_core(disk);
	struct nvm_region_core *c = core->c;

	scoped_guard(spinlock, &c->lock)
		core->gate = -ENXIO;
	if (nvm_region_is_lost(&c->r)) {
		blk_mark_disk_dead(disk->gd);
		nvm_disk_thaw(c);
		nvm_disk_revoke(core);
		del_gendisk(disk->gd);
	} else {
		nvm_disk_thaw(c);
		del_gendisk(disk->gd);
		nvm_disk_revoke(core);
	}
	scoped_guard(spinlock, &c->lock) {
		c->disk = NULL;
		c->former_disks++;
		core->former = true;
	}
	put_disk(disk->gd);
}
EXPORT_SYMBOL_GPL(nvm_disk_remove);

/**
 * nvm_disk_grow() - the region grew: so does its disk
 * @disk: the disk
 *
 * Tells user space by the block layer's RESIZE uevent.
 *
 * Context: may sleep, under the region's device lock.
 */
void nvm_disk_grow(struct nvm_disk *disk)
{
	set_capacity_and_notify(disk->gd,
				nvm_region_size(&to_disk_core(disk)->c->r) >>
				SECTOR_SHIFT);
}
EXPORT_SYMBOL_GPL(nvm_disk_grow);

/**
 * nvm_disk_hold() - take no new opens, if nobody has it open
 * @c: the region
 *
 * Context: under the region's device lock.
 * Return: 0, also if there is no disk, or -EBUSY, also if a former disk is
 * still open.
 */
int nvm_disk_hold(struct nvm_region_core *c)
{
	guard(spinlock)(&c->lock);
	if (c->users)
		return -EBUSY;
	if (c->disk)
		c->disk->gate = -EBUSY;
	return 0;
}

/**
 * nvm_disk_release_hold() - take opens again
 * @c: the region
 *
 * Context: under the region's device lock.
 */
void nvm_disk_release_hold(struct nvm_region_core *c)
{
	guard(spinlock)(&c->lock);
	if (c->disk)
		c->disk->gate = 0;
}

/**
 * nvm_disk_users() - opens of the region's disk, and of former ones
 * @c: the region
 */
unsigned int nvm_disk_users(struct nvm_region_core *c)
{
	guard(spinlock)(&c->lock);
	return c->users;
}

/**
 * nvm_disk_has_former() - is the memory still mapped by a disk that was removed
 * @c: the region
 */
bool nvm_disk_has_former(struct nvm_region_core *c)
{
	guard(spinlock)(&c->lock);
	return c->former_disks;
}

/**
 * nvm_disk_set_read_only() - the region may or may not be written any more
 * @c: the region
 * @ro: may not
 *
 * Context: may sleep, under the region's device lock.
 */
void nvm_disk_set_read_only(struct nvm_region_core *c, bool ro)
{
	/* Only the holder of the device lock changes c->disk. */
	if (c->disk)
		set_disk_ro(c->disk->disk.gd, ro);
}

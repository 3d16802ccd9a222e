// SPDX-License-Identifier: GPL-2.0-only
/*
 * Character devices /dev/nvmcN, to map what no file system can give away by DAX:
 * memory whose pages have to be taken back now and then.
 *
 * An open is an open of the disk beside it: so users are counted, gates kept and
 * modules pinned in one place, and who may write excludes a mount.
 *
 * All files of a device have one address space, an inode's that is on no file
 * system, so that its pages can be taken from all processes at once.
 */
#include <linux/blkdev.h>
#include <linux/cdev.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>
#include <linux/slab.h>
#include "core.h"

#define NVM_CDEVS	(MINORMASK + 1)

/**
 * struct nvm_cdev - a character device beside a disk
 * @dev: in sysfs; its reference count is the device's
 * @cdev: what is opened
 * @inode: whose address space all files share
 * @gd: the disk; a file keeps it by having it open
 * @disk: its number
 * @r: the region; a reference is held
 * @ops: the ULD's
 * @private: passed to @ops
 * @dead: no faults any more; under the address space's invalidate lock
 */
struct nvm_cdev {
	struct device			dev;
	struct cdev			cdev;
	struct inode			*inode;
	struct gendisk			*gd;
	dev_t				disk;
	struct nvm_region		*r;
	const struct nvm_cdev_ops	*ops;
	void				*private;
	bool				dead;
};

static dev_t nvm_cdev_first;
static struct class *nvm_cdev_class;
static struct vfsmount *nvm_cdev_mount;
static int nvm_cdev_mounted;

static int nvm_cdev_init_fs_context(struct fs_context *fc)
{
	return init_pseudo(fc, 0x6e766d63) ? 0 : -ENOMEM;	/* "nvmc" */
}

static struct file_system_type nvm_cdev_fs = {
	.name			= "nvmc",
	.owner			= THIS_MODULE,
	.init_fs_context	= nvm_cdev_init_fs_context,
	.kill_sb		= kill_anon_super,
};

/**
 * struct nvm_cdev_file - an open
 * @c: the device, whose reference the open cdev keeps
 * @bdev: the disk, opened; who writes holds it against others
 * @write: opened for writing
 */
struct nvm_cdev_file {
	struct nvm_cdev	*c;
	void		*bdev;
	bool		write;
};

/*
 * Its disk is open, or that of another region which has got the number since: it
 * is not ours any more if this device was revoked.
 */
static int nvm_cdev_may_open(const struct nvm_cdev_file *f)
{
	if (READ_ONCE(f->c->dead))
		return -ENXIO;
	return f->write && nvm_region_read_only(f->c->r) ? -EACCES : 0;
}

static int nvm_cdev_open(struct inode *inode, struct file *file)
{
	struct nvm_cdev *c = container_of(inode->i_cdev, struct nvm_cdev, cdev);
	struct nvm_cdev_file *f = kzalloc(sizeof(*f), GFP_KERNEL);
	int err;

	if (!f)
		return -ENOMEM;
	f->c = c;
	f->write = file->f_mode & FMODE_WRITE;
	f->bdev = nvm_bdev_open(c->disk, f->write ? f : NULL);
	if (IS_ERR(f->bdev)) {
		err = PTR_ERR(f->bdev);
		kfree(f);
		return err;
	}
	err = nvm_cdev_may_open(f);
	if (err) {
		nvm_bdev_close(f->bdev, f->write ? f : NULL);
		kfree(f);
		return err;
	}
	file->private_data = f;
	file->f_mapping = c->inode->i_mapping;
	return 0;
}

static int nvm_cdev_release(struct inode *inode, struct file *file)
{
	struct nvm_cdev_file *f = file->private_data;

	nvm_bdev_close(f->bdev, f->write ? f : NULL);
	kfree(f);
	return 0;
}

static struct nvm_cdev *file_to_cdev(const struct file *file)
{
	return ((const struct nvm_cdev_file *)file->private_data)->c;
}

static vm_fault_t nvm_cdev_do_fault(struct vm_fault *vmf, bool write)
{
	struct nvm_cdev *c = file_to_cdev(vmf->vma->vm_file);
	struct address_space *mapping = c->inode->i_mapping;
	vm_fault_t ret = VM_FAULT_SIGBUS;

	filemap_invalidate_lock_shared(mapping);
	if (!c->dead)
		ret = c->ops->fault(c->private, vmf, write);
	filemap_invalidate_unlock_shared(mapping);
	return ret;
}

static vm_fault_t nvm_cdev_fault(struct vm_fault *vmf)
{
	return nvm_cdev_do_fault(vmf, vmf->flags & FAULT_FLAG_WRITE);
}

static vm_fault_t nvm_cdev_mkwrite(struct vm_fault *vmf)
{
	return nvm_cdev_do_fault(vmf, true);
}

static const struct vm_operations_struct nvm_cdev_vm_ops = {
	.fault		= nvm_cdev_fault,
	.pfn_mkwrite	= nvm_cdev_mkwrite,
};

static int nvm_cdev_mmap(struct file *file, struct vm_area_struct *vma)
{
	/* What the disk has is mapped; the region may be about to grow. */
	u64 pages = get_capacity(file_to_cdev(file)->gd) >>
		    (PAGE_SHIFT - SECTOR_SHIFT);

	if (vma->vm_pgoff > pages || vma_pages(vma) > pages - vma->vm_pgoff)
		return -EINVAL;
	/* A private copy would be made of a page that is not there. */
	if ((vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE)
		return -EINVAL;
	nvm_vm_flags_set(vma, VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = &nvm_cdev_vm_ops;
	return 0;
}

static int nvm_cdev_fsync(struct file *file, loff_t start, loff_t end,
			  int datasync)
{
	struct nvm_cdev *c = file_to_cdev(file);

	return READ_ONCE(c->dead) ? -EIO : c->ops->fsync(c->private);
}

static const struct file_operations nvm_cdev_fops = {
	.owner		= THIS_MODULE,
	.open		= nvm_cdev_open,
	.release	= nvm_cdev_release,
	.mmap		= nvm_cdev_mmap,
	.fsync		= nvm_cdev_fsync,
	.llseek		= noop_llseek,
};

static void nvm_cdev_free(struct device *dev)
{
	struct nvm_cdev *c = container_of(dev, struct nvm_cdev, dev);

	if (c->inode) {
		iput(c->inode);
		simple_release_fs(&nvm_cdev_mount, &nvm_cdev_mounted);
	}
	put_device(&c->r->dev);
	kfree(c);
}

static int nvm_cdev_get_inode(struct nvm_cdev *c)
{
	struct inode *inode;
	int err;

	err = simple_pin_fs(&nvm_cdev_fs, &nvm_cdev_mount, &nvm_cdev_mounted);
	if (err)
		return err;
	inode = alloc_anon_inode(nvm_cdev_mount->mnt_sb);
	if (IS_ERR(inode)) {
		simple_release_fs(&nvm_cdev_mount, &nvm_cdev_mounted);
		return PTR_ERR(inode);
	}
	c->inode = inode;
	return 0;
}

static int nvm_cdev_init_device(struct nvm_cdev *c)
{
	struct device *dev = &c->dev;
	int err;

	device_initialize(dev);
	dev->class = nvm_cdev_class;
	dev->parent = &c->r->dev;
	dev->devt = nvm_cdev_first + c->r->id;
	dev->release = nvm_cdev_free;
	cdev_init(&c->cdev, &nvm_cdev_fops);
	c->cdev.owner = THIS_MODULE;
	err = dev_set_name(dev, "nvmc%d", c->r->id);
	if (!err)
		err = nvm_cdev_get_inode(c);
	return err;
}

/**
 * nvm_cdev_alloc() - a character device that nobody sees yet
 * @disk: of the ULD
 * @ops: what the ULD does for it
 * @private: passed to @ops; is valid until &nvm_disk_desc.free
 *
 * Context: may sleep, under the region's device lock.
 * Return: the device, ended by nvm_cdev_put() when the disk is freed, or
 * ERR_PTR: -ENOMEM, -ENOSPC for a number that no minor is left for.
 */
struct nvm_cdev *nvm_cdev_alloc(struct nvm_disk *disk,
				const struct nvm_cdev_ops *ops, void *private)
{
	struct nvm_region *r = nvm_disk_region(disk);
	struct nvm_cdev *c;
	int err;

	if (r->id >= NVM_CDEVS)
		return ERR_PTR(-ENOSPC);
	c = kzalloc(sizeof(*c), GFP_KERNEL);
	if (!c)
		return ERR_PTR(-ENOMEM);
	get_device(&r->dev);
	c->r = r;
	c->gd = disk->gd;
	c->ops = ops;
	c->private = private;
	err = nvm_cdev_init_device(c);
	if (err) {
		put_device(&c->dev);
		return ERR_PTR(err);
	}
	return c;
}
EXPORT_SYMBOL_GPL(nvm_cdev_alloc);

/**
 * nvm_cdev_put() - drop it
 * @c: from nvm_cdev_alloc(), not added or removed again; or NULL
 *
 * Context: may sleep.
 */
void nvm_cdev_put(struct nvm_cdev *c)
{
	if (c)
		put_device(&c->dev);
}
EXPORT_SYMBOL_GPL(nvm_cdev_put);

/**
 * nvm_cdev_add() - show it to users
 * @c: from nvm_cdev_alloc()
 * @disk: the same as there, added
 *
 * Context: may sleep, under the region's device lock.
 * Return: 0 or the errno of cdev_device_add().
 */
int nvm_cdev_add(struct nvm_cdev *c, const struct nvm_disk *disk)
{
	c->disk = disk_devt(disk->gd);
	return cdev_device_add(&c->cdev, &c->dev);
}
EXPORT_SYMBOL_GPL(nvm_cdev_add);

/**
 * nvm_cdev_mapping() - the address space that shows the memory to processes
 * @c: the device
 */
struct address_space *nvm_cdev_mapping(const struct nvm_cdev *c)
{
	return c->inode->i_mapping;
}
EXPORT_SYMBOL_GPL(nvm_cdev_mapping);

/**
 * nvm_cdev_revoke() - take the memory from those who have it mapped
 * @c: the device
 *
 * No fault is under way when this returns, nor will there be one.
 *
 * Context: may sleep, as long as a fault may.
 */
void nvm_cdev_revoke(struct nvm_cdev *c)
{
	struct address_space *mapping = c->inode->i_mapping;

	filemap_invalidate_lock(mapping);
	WRITE_ONCE(c->dead, true);
	unmap_mapping_range(mapping, 0, 0, 1);
	filemap_invalidate_unlock(mapping);
}
EXPORT_SYMBOL_GPL(nvm_cdev_revoke);

/**
 * nvm_cdev_remove() - nobody can open it any more
 * @c: was added
 *
 * Context: may sleep, under the region's device lock.
 */
void nvm_cdev_remove(struct nvm_cdev *c)
{
	cdev_device_del(&c->cdev, &c->dev);
}
EXPORT_SYMBOL_GPL(nvm_cdev_remove);

int __init nvm_cdev_init(void)
{
	int err = alloc_chrdev_region(&nvm_cdev_first, 0, NVM_CDEVS, "nvmc");

	if (err)
		return err;
	nvm_cdev_class = nvm_class_create("nvmc");
	if (IS_ERR(nvm_cdev_class)) {
		unregister_chrdev_region(nvm_cdev_first, NVM_CDEVS);
		return PTR_ERR(nvm_cdev_class);
	}
	return 0;
}

void nvm_cdev_exit(void)
{
	class_destroy(nvm_cdev_class);
	unregister_chrdev_region(nvm_cdev_first, NVM_CDEVS);
}

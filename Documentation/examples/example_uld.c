// SPDX-License-Identifier: GPL-2.0-only
/*
 * A complete ULD: a block device on memory that is all mapped. No DAX, no
 * growth; what those take is in uld/pmem.
 */
#include <linux/bio.h>
#include <linux/slab.h>
#include <nvm/persist.h>
#include <nvm/uld.h>

struct example {
	struct nvm_region	*r;
	struct nvm_map		*map;
	struct nvm_disk		*disk;
};

/* Known poison is not read, and made readable before it is written. */
static bool example_is_bad(struct example *ex, u64 off, u64 len)
{
	return nvm_poison_hits(nvm_region_badblocks(ex->r), off, len);
}

/* What is poisoned is made readable, written, and then taken off the list. */
static int example_write(struct example *ex, u64 off, const void *mem, u64 len)
{
	bool bad = example_is_bad(ex, off, len);
	int err = bad ? nvm_region_clear_poison(ex->r, off, len) : 0;

	if (err)
		return err;
	nvm_store(nvm_map_addr(ex->map) + off, mem, len);
	return bad ? nvm_region_forget_poison(ex->r, off, len) : 0;
}

static int example_read(struct example *ex, u64 off, void *mem, u64 len)
{
	size_t left;

	if (example_is_bad(ex, off, len))
		return -EIO;
	left = nvm_copy_from(ex->r, mem, nvm_map_addr(ex->map), off, len);
	if (!left)
		return 0;
	nvm_region_media_error(ex->r, off + len - left, left);
	return -EIO;
}

static int example_move(void *private, struct bio *bio)
{
	struct example *ex = private;
	bool write = op_is_write(bio_op(bio));
	struct bvec_iter iter;
	struct bio_vec bv;
	void *mem;
	int err = 0;

	bio_for_each_segment(bv, bio, iter) {
		u64 off = (u64)iter.bi_sector << SECTOR_SHIFT;

		mem = bvec_kmap_local(&bv);
		err = write ? example_write(ex, off, mem, bv.bv_len) :
			      example_read(ex, off, mem, bv.bv_len);
		kunmap_local(mem);
		if (err)
			break;
	}
	return err;
}

/* Both must hold before a flush or a FUA write completes. */
static int example_flush(struct example *ex)
{
	nvm_fence();
	return nvm_region_flush(ex->r, 0, nvm_region_size(ex->r));
}

static void example_submit_bio(struct bio *bio)
{
	struct example *ex = nvm_disk_private(bio->bi_bdev->bd_disk);
	int err = 0;

	if (bio->bi_opf & REQ_PREFLUSH)
		err = example_flush(ex);
	if (!err && bio_has_data(bio))
		err = nvm_disk_move(bio, ex, example_move);
	if (!err && (bio->bi_opf & REQ_FUA))
		err = example_flush(ex);
	bio->bi_status = errno_to_blk_status(err);
	bio_endio(bio);
}

static const struct block_device_operations example_fops = {
	NVM_DISK_FOPS,
	.submit_bio	= example_submit_bio,
};

/* The last user has closed: only now may the mapping go. */
static void example_free(void *private)
{
	struct example *ex = private;

	nvm_map_destroy(ex->map);
	kfree(ex);
}

/* No file system maps this memory, so there is nobody to tell. */
static int example_failed(void *owner, u64 off, u64 len, int mf_flags)
{
	return -EOPNOTSUPP;
}

static const struct nvm_map_ops example_map_ops = {
	.failed	= example_failed,
};

static int example_raise(struct example *ex)
{
	struct nvm_map *map = nvm_map_create(ex->r, &example_map_ops, ex);

	if (IS_ERR(map)) {
		nvm_decline(ex->r, "cannot map it: %pe", map);
		return PTR_ERR(map);
	}
	ex->map = map;
	return nvm_disk_add(ex->disk);
}

static int example_probe(struct nvm_region *r)
{
	struct nvm_disk_desc desc = {
		.fops			= &example_fops,
		.features		= NVM_DISK_FUA | NVM_DISK_SYNC,
		.logical_block_size	= PAGE_SIZE,
		.free			= example_free,
	};
	struct example *ex = kzalloc(sizeof(*ex), GFP_KERNEL);
	int err;

	if (!ex)
		return -ENOMEM;
	ex->r = r;
	desc.private = ex;
	ex->disk = nvm_disk_alloc(r, &desc);
	if (IS_ERR(ex->disk)) {
		err = PTR_ERR(ex->disk);
		kfree(ex);
		return err;
	}
	dev_set_drvdata(&r->dev, ex);
	err = example_raise(ex);
	if (err)
		nvm_disk_put(ex->disk);
	return err;
}

static void example_remove(struct nvm_region *r)
{
	struct example *ex = dev_get_drvdata(&r->dev);

	nvm_disk_remove(ex->disk);
}

/* No MODULE_ALIAS_NVM_TYPE(): nobody loads it but who wants it. */
static struct nvm_uld example_uld = {
	.driver.name	= "example_uld",
	.types		= BIT(NVM_TYPE_MAPPED),
	.priority	= -10,
	.probe		= example_probe,
	.remove		= example_remove,
};
module_nvm_uld(example_uld);

MODULE_DESCRIPTION("Example of a ULD: a disk on mapped memory");
MODULE_LICENSE("GPL");

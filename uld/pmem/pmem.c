// SPDX-License-Identifier: GPL-2.0-only
/*
 * nvm_pmem: the ULD for type 1, memory that is all mapped, always. A block
 * device for bios, and fs-dax.
 */
#include <linux/slab.h>
#include "pmem.h"

static int nvm_pmem_map_failed(void *owner, u64 off, u64 len, int mf_flags)
{
	return nvm_pmem_dax_failed(owner, off, len, mf_flags);
}

static const struct nvm_map_ops nvm_pmem_map_ops = {
	.failed	= nvm_pmem_map_failed,
};

static void nvm_pmem_revoke(void *private)
{
	struct nvm_pmem *pmem = private;

	nvm_pmem_dax_kill(pmem);
	nvm_map_revoke(pmem->map);
	/* The file system has written back, perhaps without a flush. */
	if (!nvm_region_is_lost(pmem->r) && nvm_pmem_flush(pmem))
		dev_err(&pmem->r->dev, "its last writes may not be durable\n");
}

static void nvm_pmem_free(void *private)
{
	struct nvm_pmem *pmem = private;

	/* Until the pages are gone memory failure may ask for the DAX host. */
	nvm_map_destroy(pmem->map);
	nvm_pmem_dax_put(pmem);
	kfree(pmem);
}

static unsigned int nvm_pmem_features(const struct nvm_region *r)
{
	unsigned int features = NVM_DISK_FUA | NVM_DISK_SYNC | NVM_DISK_NOWAIT;

	if (IS_ENABLED(CONFIG_FS_DAX) && (r->caps & NVM_CAP_DAX))
		features |= NVM_DISK_DAX;
	return features;
}

static int nvm_pmem_map(struct nvm_pmem *pmem)
{
	struct nvm_map *map;

	map = nvm_map_create(pmem->r, &nvm_pmem_map_ops, pmem);
	if (IS_ERR(map)) {
		nvm_decline(pmem->r, "cannot map it: %pe", map);
		return PTR_ERR(map);
	}
	pmem->map = map;
	pmem->addr = nvm_map_addr(map);
	return 0;
}

/* Without the map, so that what can fail afterwards is undone by the disk. */
static struct nvm_pmem *nvm_pmem_new(struct nvm_region *r)
{
	struct nvm_disk_desc desc = {
		.fops			= &nvm_pmem_fops,
		.features		= nvm_pmem_features(r),
		.logical_block_size	= SECTOR_SIZE,
		.revoke			= nvm_pmem_revoke,
		.free			= nvm_pmem_free,
	};
	struct nvm_pmem *pmem = kzalloc(sizeof(*pmem), GFP_KERNEL);

	if (!pmem)
		return ERR_PTR(-ENOMEM);
	pmem->r = r;
	mutex_init(&pmem->holder_mutex);
	pmem->bb = nvm_region_badblocks(r);
	pmem->flushes = r->caps & NVM_CAP_FLUSH;
	desc.private = pmem;
	pmem->disk = nvm_disk_alloc(r, &desc);
	if (IS_ERR(pmem->disk)) {
		struct nvm_disk *err = pmem->disk;

		kfree(pmem);
		return ERR_CAST(err);
	}
	return pmem;
}

static int nvm_pmem_raise(struct nvm_pmem *pmem)
{
	int err;

	err = nvm_pmem_map(pmem);
	if (!err && (pmem->r->caps & NVM_CAP_DAX))
		err = nvm_pmem_dax_add(pmem);
	if (!err)
		err = nvm_disk_add(pmem->disk);
	return err;
}

static int nvm_pmem_probe(struct nvm_region *r)
{
	struct nvm_pmem *pmem = nvm_pmem_new(r);
	int err;

	if (IS_ERR(pmem))
		return PTR_ERR(pmem);
	err = nvm_pmem_raise(pmem);
	if (err) {
		nvm_pmem_dax_kill(pmem);
		nvm_disk_put(pmem->disk);
		return err;
	}
	dev_set_drvdata(&r->dev, pmem);
	return 0;
}

static void nvm_pmem_remove(struct nvm_region *r)
{
	struct nvm_pmem *pmem = dev_get_drvdata(&r->dev);

	nvm_disk_remove(pmem->disk);
}

static int nvm_pmem_quiesce(struct nvm_region *r)
{
	return nvm_pmem_flush(dev_get_drvdata(&r->dev));
}

static int nvm_pmem_resize_prepare(struct nvm_region *r, u64 size)
{
	struct nvm_pmem *pmem = dev_get_drvdata(&r->dev);

	return nvm_map_grow_prepare(pmem->map, size);
}

static void nvm_pmem_resize_commit(struct nvm_region *r)
{
	struct nvm_pmem *pmem = dev_get_drvdata(&r->dev);

	nvm_map_grow_commit(pmem->map);
	nvm_disk_grow(pmem->disk);
}

static void nvm_pmem_resize_abort(struct nvm_region *r)
{
	struct nvm_pmem *pmem = dev_get_drvdata(&r->dev);

	nvm_map_grow_abort(pmem->map);
}

static void nvm_pmem_poison(struct nvm_region *r, u64 off, u64 len)
{
	nvm_pmem_dax_failed(dev_get_drvdata(&r->dev), off, len, 0);
}

static void nvm_pmem_shutdown(struct nvm_region *r)
{
	nvm_pmem_flush(dev_get_drvdata(&r->dev));
}

static struct nvm_uld nvm_pmem_uld = {
	.driver.name	= "nvm_pmem",
	.types		= BIT(NVM_TYPE_MAPPED),
	.probe		= nvm_pmem_probe,
	.remove		= nvm_pmem_remove,
	.quiesce	= nvm_pmem_quiesce,
	.resize_prepare	= nvm_pmem_resize_prepare,
	.resize_commit	= nvm_pmem_resize_commit,
	.resize_abort	= nvm_pmem_resize_abort,
	.poison		= nvm_pmem_poison,
	.shutdown	= nvm_pmem_shutdown,
};
module_nvm_uld(nvm_pmem_uld);

MODULE_ALIAS_NVM_TYPE(1);
MODULE_DESCRIPTION("Block device and DAX on memory that is all mapped (type 1)");
MODULE_VERSION(NVM_VERSION);
MODULE_LICENSE("GPL");

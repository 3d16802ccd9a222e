// SPDX-License-Identifier: GPL-2.0-only
/*
 * nvm_wcache: the ULD for type 2, memory whose reads are mapped and whose writes
 * are commands, slow ones. Writes go to a cache and at memory's speed; a flush
 * has them on the medium.
 */
#include <linux/pm.h>
#include <linux/slab.h>
#include "wcache.h"

/* Of all RAM, the most that the cache of a region takes if nothing is said. */
#define NVM_WCACHE_SHARE	16

static unsigned long cache_mb;
module_param(cache_mb, ulong, 0644);
MODULE_PARM_DESC(cache_mb, "MiB of RAM for the cache of each region that is claimed from now on; 0: a 16th of all RAM, at most the region's size");

/* Nothing but a read: none of what nvm_disk_serve() looks for beside the data. */
static bool nvm_wcache_is_read(const struct bio *bio)
{
	return (bio->bi_opf & (REQ_OP_MASK | REQ_PREFLUSH | REQ_FUA)) ==
	       REQ_OP_READ;
}

static __always_inline int nvm_wcache_serve_read(void *engine, struct bio *bio)
{
	int err = nvmc_engine_peek(engine, bio);

	if (likely(!err))
		return 0;
	return err > 0 ? nvmc_engine_move(engine, bio) : err;
}

/* Apart, so that reads do not save the registers that this needs. */
static noinline void nvm_wcache_serve(struct bio *bio, void *engine)
{
	if (unlikely(bio_op(bio) == REQ_OP_DISCARD))
		nvm_disk_end_bio(bio, nvm_disk_move(bio, engine,
						    nvmc_engine_discard));
	else
		nvm_disk_serve(bio, engine, true, nvmc_engine_move,
			       nvmc_engine_flush);
}

static void nvm_wcache_submit_bio(struct bio *bio)
{
	struct nvm_wcache *w = nvm_disk_private(bio->bi_bdev->bd_disk);

	if (nvm_wcache_is_read(bio))
		nvm_disk_end_bio(bio, nvm_disk_account(bio, w->engine,
						       nvm_wcache_serve_read));
	else
		nvm_wcache_serve(bio, w->engine);
}

static const struct block_device_operations nvm_wcache_fops = {
	NVM_DISK_FOPS,
	.submit_bio	= nvm_wcache_submit_bio,
};

/* There are no pages that the hardware could report. */
static int nvm_wcache_map_failed(void *owner, u64 off, u64 len, int mf_flags)
{
	return -EOPNOTSUPP;
}

static const struct nvm_map_ops nvm_wcache_map_ops = {
	.failed	= nvm_wcache_map_failed,
};

static const struct nvm_cdev_ops nvm_wcache_cdev_ops = {
	.fault	= nvmc_engine_fault,
	.fsync	= nvmc_engine_flush,
};

/* The file systems have written back what they had: now the cache does. */
static void nvm_wcache_revoke(void *private)
{
	struct nvm_wcache *w = private;

	nvm_cdev_revoke(w->cdev);
	nvmc_engine_blind(w->engine);
	nvmc_engine_stop(w->engine);
}

static void nvm_wcache_free(void *private)
{
	struct nvm_wcache *w = private;

	if (!IS_ERR_OR_NULL(w->engine))
		nvmc_engine_destroy(w->engine);
	if (!IS_ERR(w->cdev))
		nvm_cdev_put(w->cdev);
	nvm_map_destroy(w->map);
	kfree(w);
}

static u64 nvm_wcache_bytes(const struct nvm_region *r, unsigned long mb)
{
	u64 ram = (u64)totalram_pages() << PAGE_SHIFT;

	if (mb)
		return (u64)mb << 20;
	return min(ram / NVM_WCACHE_SHARE, nvm_region_size(r));
}

static int nvm_wcache_map(struct nvm_wcache *w)
{
	struct nvm_map *map = nvm_map_create(w->r, &nvm_wcache_map_ops, w);

	if (IS_ERR(map)) {
		nvm_decline(w->r, "cannot map it: %pe", map);
		return PTR_ERR(map);
	}
	w->map = map;
	w->addr = nvm_map_addr(map);
	return 0;
}

static int nvm_wcache_check(struct nvm_region *r, unsigned long mb)
{
	const char *fault = nvmc_engine_impossible(&r->desc.cmd);

	if (!fault && mb > totalram_pages() >> (20 - PAGE_SHIFT))
		fault = "cache_mb is more than all RAM";
	if (!fault)
		return 0;
	nvm_decline(r, "no cache can be made: %s", fault);
	return -EINVAL;
}

static int nvm_wcache_cache(struct nvm_wcache *w)
{
	/* Once: what is checked is what is had. */
	unsigned long mb = READ_ONCE(cache_mb);
	struct nvmc_engine_desc desc = {
		.r		= w->r,
		.limits		= &w->r->desc.cmd,
		.flushes	= w->r->desc.pdomain == NVM_PDOMAIN_DEVICE_CMD,
		.discards	= w->r->caps & NVM_CAP_DISCARD,
		.backend	= &nvm_wcache_medium,
		.private	= w,
		.bytes		= nvm_wcache_bytes(w->r, mb),
	};
	int err = nvm_wcache_check(w->r, mb);

	if (err)
		return err;
	w->engine = nvmc_engine_create(&desc);
	if (!IS_ERR(w->engine))
		return 0;
	nvm_decline(w->r, "no cache of %llu MiB can be made: %pe",
		    desc.bytes >> 20, w->engine);
	return PTR_ERR(w->engine);
}

/* The character device that nobody sees yet: the cache has to know of it. */
static int nvm_wcache_view(struct nvm_wcache *w)
{
	w->cdev = nvm_cdev_alloc(w->disk, &nvm_wcache_cdev_ops, w->engine);
	if (IS_ERR(w->cdev)) {
		nvm_decline(w->r, "no character device: %pe", w->cdev);
		return PTR_ERR(w->cdev);
	}
	nvmc_engine_view(w->engine, nvm_cdev_mapping(w->cdev));
	return 0;
}

static int nvm_wcache_raise(struct nvm_wcache *w)
{
	int err = nvm_wcache_map(w);

	if (!err)
		err = nvm_wcache_cache(w);
	if (!err)
		err = nvm_wcache_view(w);
	if (err)
		return err;
	/* What nvmc_engine_group shows is of this. */
	dev_set_drvdata(&w->r->dev, w->engine);
	return nvm_disk_add(w->disk);
}

static struct nvm_wcache *nvm_wcache_new(struct nvm_region *r)
{
	struct nvm_disk_desc desc = {
		.fops			= &nvm_wcache_fops,
		.features		= NVM_DISK_FUA | NVM_DISK_NOWAIT |
					  NVM_DISK_SYNC,
		.logical_block_size	= SECTOR_SIZE,
		.discard		= max_t(u32, r->desc.cmd.write_unit,
						PAGE_SIZE),
		.revoke			= nvm_wcache_revoke,
		.free			= nvm_wcache_free,
	};
	struct nvm_wcache *w = kzalloc(sizeof(*w), GFP_KERNEL);
	struct nvm_disk *disk;

	if (!w)
		return ERR_PTR(-ENOMEM);
	w->r = r;
	w->bb = nvm_region_badblocks(r);
	desc.private = w;
	disk = nvm_disk_alloc(r, &desc);
	if (IS_ERR(disk)) {
		kfree(w);
		return ERR_CAST(disk);
	}
	w->disk = disk;
	return w;
}

static int nvm_wcache_probe(struct nvm_region *r)
{
	struct nvm_wcache *w = nvm_wcache_new(r);
	int err;

	if (IS_ERR(w))
		return PTR_ERR(w);
	err = nvm_wcache_raise(w);
	if (err) {
		nvm_disk_put(w->disk);
		return err;
	}
	err = nvm_cdev_add(w->cdev, w->disk);
	if (err)
		nvm_disk_remove(w->disk);
	return err;
}

static struct nvm_wcache *nvm_wcache_of(struct nvm_region *r)
{
	return nvmc_engine_private(dev_get_drvdata(&r->dev));
}

static void nvm_wcache_remove(struct nvm_region *r)
{
	struct nvm_wcache *w = nvm_wcache_of(r);

	if (nvm_region_is_lost(r))
		nvmc_engine_kill(w->engine);
	nvm_cdev_remove(w->cdev);
	nvm_disk_remove(w->disk);
}

static int nvm_wcache_quiesce(struct nvm_region *r)
{
	return nvmc_engine_flush(nvm_wcache_of(r)->engine);
}

static int nvm_wcache_resize_prepare(struct nvm_region *r, u64 size)
{
	return nvm_map_grow_prepare(nvm_wcache_of(r)->map, size);
}

static void nvm_wcache_resize_commit(struct nvm_region *r)
{
	struct nvm_wcache *w = nvm_wcache_of(r);

	nvm_map_grow_commit(w->map);
	/* What it was stays mapped as long as the map, for who reads there now. */
	WRITE_ONCE(w->addr, nvm_map_addr(w->map));
	nvm_disk_grow(w->disk);
}

static void nvm_wcache_resize_abort(struct nvm_region *r)
{
	nvm_map_grow_abort(nvm_wcache_of(r)->map);
}

static void nvm_wcache_health(struct nvm_region *r)
{
	if (nvm_region_read_only(r))
		nvmc_engine_protect(nvm_wcache_of(r)->engine);
}

static void nvm_wcache_poison(struct nvm_region *r, u64 off, u64 len)
{
	nvmc_engine_poison(nvm_wcache_of(r)->engine, off, len);
}

static void nvm_wcache_shutdown(struct nvm_region *r)
{
	if (nvmc_engine_flush(nvm_wcache_of(r)->engine))
		dev_err(&r->dev, "not all of the cache could be written\n");
}

static int nvm_wcache_suspend(struct nvm_region *r)
{
	int err = nvmc_engine_flush(nvm_wcache_of(r)->engine);

	if (err)
		dev_err(&r->dev, "not suspended: not all of the cache could be written\n");
	return err;
}

static const struct attribute_group *nvm_wcache_groups[] = {
	&nvmc_engine_group,
	NULL
};

static struct nvm_uld nvm_wcache_uld = {
	.driver = {
		.name		= "nvm_wcache",
		.dev_groups	= nvm_wcache_groups,
	},
	.types		= BIT(NVM_TYPE_CMD_WRITE),
	.needs		= NVM_CAP_SUBMIT,
	.probe		= nvm_wcache_probe,
	.remove		= nvm_wcache_remove,
	.quiesce	= nvm_wcache_quiesce,
	.resize_prepare	= nvm_wcache_resize_prepare,
	.resize_commit	= nvm_wcache_resize_commit,
	.resize_abort	= nvm_wcache_resize_abort,
	.health		= nvm_wcache_health,
	.poison		= nvm_wcache_poison,
	.suspend	= nvm_wcache_suspend,
	.shutdown	= nvm_wcache_shutdown,
};
module_nvm_uld(nvm_wcache_uld);

MODULE_ALIAS_NVM_TYPE(2);
MODULE_DESCRIPTION("Block device with a cache on memory that is written by command (type 2)");
MODULE_VERSION(NVM_VERSION);
MODULE_LICENSE("GPL");

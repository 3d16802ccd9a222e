// SPDX-License-Identifier: GPL-2.0-only
/*
 * nvm_raw: the bare medium of a type-2 region as a block device, without a
 * cache: a write completes when its commands have. For tests, and to stand
 * under the caches that ours is compared with.
 *
 * It comes after all others that take the type, and nobody loads it by the
 * modalias: load it alone, or write its name to driver_override.
 *
 * Reads copy from the mapping. What a command makes undefined is known by busy
 * unit, hashed into buckets: a read waits until no command is in flight in its
 * bucket, copies, and does so again if one has begun meanwhile.
 */
#include <linux/bio.h>
#include <linux/highmem.h>
#include <linux/log2.h>
#include <linux/mempool.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>
#include <nvm/uld.h>

#define RAW_BUCKETS	4096
/* So many of each are kept for when there is no memory. */
#define RAW_RESERVE	16

static bool cheat;
module_param(cheat, bool, 0644);
MODULE_PARM_DESC(cheat, "read also where commands are in flight");

/**
 * struct raw_bucket - some busy units
 * @busy: commands in flight there
 * @begun: changes when one begins, after @busy
 */
struct raw_bucket {
	atomic_t	busy;
	atomic_t	begun;
};

/**
 * struct nvm_raw - a region and its disk
 * @r: the region
 * @map: all of it, for reading
 * @addr: where that is
 * @disk: its disk
 * @bb: known poison
 * @ios: &struct raw_io
 * @cmds: &struct raw_cmd
 * @nr_ios: bios that have not ended, and one until the disk goes
 * @busy_shift: log2 of a busy unit's bytes
 * @flushes: a write is durable only after a flush command
 * @buckets: who may read where
 */
struct nvm_raw {
	struct nvm_region	*r;
	struct nvm_map		*map;
	void			*addr;
	struct nvm_disk		*disk;
	struct badblocks	*bb;
	mempool_t		ios;
	mempool_t		cmds;
	atomic_t		nr_ios;
	unsigned int		busy_shift;
	bool			flushes;
	struct raw_bucket	buckets[RAW_BUCKETS];
};

enum raw_stage {
	RAW_BEGIN,
	RAW_PREFLUSH,
	RAW_DATA,
	RAW_FUA,
	RAW_END,
};

/**
 * struct raw_io - a bio that needs commands
 * @raw: the disk
 * @bio: the bio
 * @work: the next stage, where a command's end may not sleep
 * @stage: of the bio
 * @left: commands of the stage that have not ended, and one while it begins
 * @err: of any of them
 * @start: for the statistics, if it is counted
 * @counted: it is
 */
struct raw_io {
	struct nvm_raw		*raw;
	struct bio		*bio;
	struct work_struct	work;
	enum raw_stage		stage;
	atomic_t		left;
	int			err;
	unsigned long		start;
	bool			counted;
};

/**
 * struct raw_cmd - a command of a bio
 * @cmd: the core's part
 * @io: the bio
 */
struct raw_cmd {
	struct nvm_cmd		cmd;
	struct raw_io		*io;
};

static struct workqueue_struct *raw_wq;

static struct raw_bucket *raw_bucket(struct nvm_raw *raw, u64 unit)
{
	return &raw->buckets[unit % RAW_BUCKETS];
}

/* Units in which @cmd makes the mapping undefined: from @first, before @end. */
static void raw_span(const struct nvm_raw *raw, const struct nvm_cmd *cmd,
		     u64 *first, u64 *end)
{
	*first = cmd->dst >> raw->busy_shift;
	*end = ((cmd->dst + cmd->len - 1) >> raw->busy_shift) + 1;
}

static void raw_make_busy(struct nvm_raw *raw, const struct nvm_cmd *cmd)
{
	u64 unit, end;

	for (raw_span(raw, cmd, &unit, &end); unit < end; unit++) {
		atomic_inc(&raw_bucket(raw, unit)->busy);
		/* Who sees the second also sees the first. */
		smp_mb__after_atomic();
		atomic_inc(&raw_bucket(raw, unit)->begun);
	}
	/* Before any garbage; pairs with raw_is_disturbed(). */
	smp_mb__after_atomic();
}

static void raw_make_idle(struct nvm_raw *raw, const struct nvm_cmd *cmd)
{
	u64 unit, end;

	for (raw_span(raw, cmd, &unit, &end); unit < end; unit++) {
		atomic_t *busy = &raw_bucket(raw, unit)->busy;

		/* A full barrier: the data is there for who sees it. */
		if (atomic_dec_and_test(busy))
			wake_up_var(busy);
	}
}

/* Returns what raw_is_disturbed() takes. */
static int raw_wait_idle(struct raw_bucket *b)
{
	int begun;

	do {
		wait_var_event(&b->busy, cheat || !atomic_read(&b->busy));
		begun = atomic_read_acquire(&b->begun);
		/* Then one may have begun just before that was read. */
	} while (atomic_read_acquire(&b->busy) && !cheat);
	return begun;
}

static bool raw_is_disturbed(struct raw_bucket *b, int begun)
{
	/* The data was read before this; pairs with raw_make_busy(). */
	smp_rmb();
	return atomic_read(&b->begun) != begun && !cheat;
}

/* Within a busy unit. */
static int raw_copy(struct nvm_raw *raw, void *dst, u64 off, unsigned int len)
{
	struct raw_bucket *b = raw_bucket(raw, off >> raw->busy_shift);
	size_t left;
	int begun;

	if (nvm_poison_hits(raw->bb, off, len))
		return -EIO;
	do {
		begun = raw_wait_idle(b);
		left = nvm_copy_from(raw->r, dst, READ_ONCE(raw->addr), off,
				     len);
	} while (raw_is_disturbed(b, begun));
	if (!left)
		return 0;
	nvm_region_media_error(raw->r, off + len - left, left);
	return -EIO;
}

static int raw_read_page(struct nvm_raw *raw, u64 off, const struct bio_vec *bv)
{
	u32 busy = 1U << raw->busy_shift;
	u32 done, len;
	void *mem;
	int err = 0;

	mem = kmap_local_page(bv->bv_page) + bv->bv_offset;
	for (done = 0; done < bv->bv_len && !err; done += len) {
		len = min_t(u32, bv->bv_len - done,
			    busy - ((off + done) & (busy - 1)));
		err = raw_copy(raw, mem + done, off + done, len);
	}
	kunmap_local(mem);
	flush_dcache_page(bv->bv_page);
	return err;
}

static int raw_read(void *private, struct bio *bio)
{
	struct nvm_raw *raw = private;
	struct bvec_iter iter;
	struct bio_vec bv;
	int err = 0;

	bio_for_each_segment(bv, bio, iter) {
		err = raw_read_page(raw, (u64)iter.bi_sector << SECTOR_SHIFT,
				    &bv);
		if (err)
			break;
	}
	return err;
}

static void raw_put(struct nvm_raw *raw)
{
	if (atomic_dec_and_test(&raw->nr_ios))
		wake_up_var(&raw->nr_ios);
}

static void raw_end(struct raw_io *io)
{
	struct nvm_raw *raw = io->raw;
	struct bio *bio = io->bio;

	if (io->counted)
		bio_end_io_acct(bio, io->start);
	bio->bi_status = errno_to_blk_status(io->err);
	mempool_free(io, &raw->ios);
	bio_endio(bio);
	raw_put(raw);
}

static bool raw_has_stage(const struct raw_io *io)
{
	switch (io->stage) {
	case RAW_PREFLUSH:
		return io->raw->flushes && (io->bio->bi_opf & REQ_PREFLUSH);
	case RAW_DATA:
		return io->bio->bi_iter.bi_size;
	case RAW_FUA:
		return io->raw->flushes && (io->bio->bi_opf & REQ_FUA) &&
		       bio_has_data(io->bio);
	default:
		return io->stage == RAW_END;
	}
}

static void raw_next_stage(struct raw_io *io)
{
	do
		io->stage++;
	while (!raw_has_stage(io));
	if (io->err)
		io->stage = RAW_END;
}

/* A command of the stage has ended, or all were submitted. */
static void raw_io_put(struct raw_io *io)
{
	if (!atomic_dec_and_test(&io->left))
		return;
	raw_next_stage(io);
	if (io->stage == RAW_END)
		raw_end(io);
	else
		queue_work(raw_wq, &io->work);
}

static void raw_done(struct nvm_cmd *cmd)
{
	struct raw_cmd *rc = container_of(cmd, struct raw_cmd, cmd);
	struct raw_io *io = rc->io;

	if (cmd->op != NVM_OP_FLUSH)
		raw_make_idle(io->raw, cmd);
	if (cmd->status)
		WRITE_ONCE(io->err, cmd->status);
	mempool_free(rc, &io->raw->cmds);
	raw_io_put(io);
}

static struct raw_cmd *raw_cmd(struct raw_io *io, enum nvm_op op)
{
	struct raw_cmd *rc = mempool_alloc(&io->raw->cmds, GFP_NOIO);

	rc->cmd = (struct nvm_cmd) { .op = op, .done = raw_done };
	rc->io = io;
	atomic_inc(&io->left);
	return rc;
}

static void raw_flush(struct raw_io *io)
{
	nvm_cmd_submit(io->raw->r, &raw_cmd(io, NVM_OP_FLUSH)->cmd);
}

/* A write or a discard, which has no data to go with it. */
static void raw_change(struct raw_io *io)
{
	bool discard = bio_op(io->bio) == REQ_OP_DISCARD;
	enum nvm_op op = discard ? NVM_OP_DISCARD : NVM_OP_WRITE;
	u32 most = io->raw->r->desc.cmd.max_transfer;
	struct bvec_iter iter = io->bio->bi_iter;

	while (iter.bi_size) {
		struct nvm_cmd *cmd = &raw_cmd(io, op)->cmd;

		cmd->dst = (u64)iter.bi_sector << SECTOR_SHIFT;
		cmd->len = min(iter.bi_size, most);
		cmd->bvecs = io->bio->bi_io_vec;
		cmd->iter = iter;
		cmd->iter.bi_size = cmd->len;
		bio_advance_iter(io->bio, &iter, cmd->len);
		raw_make_busy(io->raw, cmd);
		nvm_cmd_submit(io->raw->r, cmd);
	}
}

static void raw_do_stage(struct raw_io *io)
{
	atomic_set(&io->left, 1);
	if (io->stage == RAW_DATA)
		raw_change(io);
	else
		raw_flush(io);
	raw_io_put(io);
}

static void raw_work(struct work_struct *work)
{
	raw_do_stage(container_of(work, struct raw_io, work));
}

static struct raw_io *raw_begin(struct nvm_raw *raw, struct bio *bio)
{
	struct raw_io *io = mempool_alloc(&raw->ios, GFP_NOIO);

	*io = (struct raw_io) { .raw = raw, .bio = bio };
	INIT_WORK(&io->work, raw_work);
	io->counted = blk_queue_io_stat(bio->bi_bdev->bd_disk->queue);
	if (io->counted)
		io->start = bio_start_io_acct(bio);
	atomic_inc(&raw->nr_ios);
	return io;
}

static void raw_submit_write(struct nvm_raw *raw, struct bio *bio)
{
	struct raw_io *io = raw_begin(raw, bio);

	if (bio->bi_iter.bi_size && get_disk_ro(bio->bi_bdev->bd_disk))
		io->err = -EIO;
	raw_next_stage(io);
	if (io->stage == RAW_END)
		raw_end(io);
	else
		raw_do_stage(io);
}

static void raw_submit_bio(struct bio *bio)
{
	struct nvm_raw *raw = nvm_disk_private(bio->bi_bdev->bd_disk);
	int err;

	if (op_is_write(bio_op(bio)) || op_is_flush(bio->bi_opf)) {
		raw_submit_write(raw, bio);
		return;
	}
	err = nvm_disk_move(bio, raw, raw_read);
	if (err)
		bio->bi_status = errno_to_blk_status(err);
	bio_endio(bio);
}

static const struct block_device_operations raw_fops = {
	NVM_DISK_FOPS,
	.submit_bio	= raw_submit_bio,
};

static int raw_map_failed(void *owner, u64 off, u64 len, int mf_flags)
{
	return -EOPNOTSUPP;
}

static const struct nvm_map_ops raw_map_ops = {
	.failed	= raw_map_failed,
};

static void raw_delete(struct nvm_raw *raw)
{
	mempool_exit(&raw->ios);
	mempool_exit(&raw->cmds);
	nvm_map_destroy(raw->map);
	kvfree(raw);
}

static void raw_free(void *private)
{
	struct nvm_raw *raw = private;

	raw_put(raw);
	wait_var_event(&raw->nr_ios, !atomic_read(&raw->nr_ios));
	raw_delete(raw);
}

static int raw_make(struct nvm_raw *raw)
{
	int err;

	err = mempool_init_kmalloc_pool(&raw->ios, RAW_RESERVE,
					sizeof(struct raw_io));
	if (!err)
		err = mempool_init_kmalloc_pool(&raw->cmds, RAW_RESERVE,
						sizeof(struct raw_cmd));
	if (err)
		return err;
	raw->map = nvm_map_create(raw->r, &raw_map_ops, raw);
	if (IS_ERR(raw->map)) {
		err = PTR_ERR(raw->map);
		raw->map = NULL;
		return err;
	}
	raw->addr = nvm_map_addr(raw->map);
	return 0;
}

static struct nvm_raw *raw_new(struct nvm_region *r)
{
	struct nvm_raw *raw = kvzalloc(sizeof(*raw), GFP_KERNEL);
	int err;

	if (!raw)
		return ERR_PTR(-ENOMEM);
	raw->r = r;
	raw->bb = nvm_region_badblocks(r);
	raw->busy_shift = ilog2(r->desc.cmd.busy_unit);
	raw->flushes = r->desc.pdomain == NVM_PDOMAIN_DEVICE_CMD;
	atomic_set(&raw->nr_ios, 1);
	err = raw_make(raw);
	if (err) {
		raw_delete(raw);
		return ERR_PTR(err);
	}
	return raw;
}

static int raw_raise(struct nvm_raw *raw)
{
	struct nvm_disk_desc desc = {
		.fops			= &raw_fops,
		.features		= NVM_DISK_FUA,
		.logical_block_size	= raw->r->desc.cmd.write_unit,
		.discard		= raw->r->caps & NVM_CAP_DISCARD ?
					  raw->r->desc.cmd.write_unit : 0,
		.free			= raw_free,
		.private		= raw,
	};
	int err;

	raw->disk = nvm_disk_alloc(raw->r, &desc);
	if (IS_ERR(raw->disk)) {
		err = PTR_ERR(raw->disk);
		raw_delete(raw);
		return err;
	}
	err = nvm_disk_add(raw->disk);
	if (err)
		nvm_disk_put(raw->disk);
	return err;
}

static int raw_probe(struct nvm_region *r)
{
	struct nvm_raw *raw;
	int err;

	if (r->desc.cmd.write_unit > PAGE_SIZE) {
		nvm_decline(r, "its write unit is more than a page");
		return -EOPNOTSUPP;
	}
	raw = raw_new(r);
	if (IS_ERR(raw))
		return PTR_ERR(raw);
	err = raw_raise(raw);
	if (!err)
		dev_set_drvdata(&r->dev, raw);
	return err;
}

static void raw_remove(struct nvm_region *r)
{
	struct nvm_raw *raw = dev_get_drvdata(&r->dev);

	nvm_disk_remove(raw->disk);
}

static int raw_resize_prepare(struct nvm_region *r, u64 size)
{
	struct nvm_raw *raw = dev_get_drvdata(&r->dev);

	return nvm_map_grow_prepare(raw->map, size);
}

static void raw_resize_commit(struct nvm_region *r)
{
	struct nvm_raw *raw = dev_get_drvdata(&r->dev);

	nvm_map_grow_commit(raw->map);
	WRITE_ONCE(raw->addr, nvm_map_addr(raw->map));
	nvm_disk_grow(raw->disk);
}

static void raw_resize_abort(struct nvm_region *r)
{
	struct nvm_raw *raw = dev_get_drvdata(&r->dev);

	nvm_map_grow_abort(raw->map);
}

static struct nvm_uld nvm_raw_uld = {
	.driver.name	= "nvm_raw",
	.types		= BIT(NVM_TYPE_CMD_WRITE),
	.needs		= NVM_CAP_SUBMIT,
	.priority	= INT_MIN,
	.probe		= raw_probe,
	.remove		= raw_remove,
	.resize_prepare	= raw_resize_prepare,
	.resize_commit	= raw_resize_commit,
	.resize_abort	= raw_resize_abort,
};

static int __init raw_init(void)
{
	int err;

	raw_wq = alloc_workqueue("nvm_raw", WQ_MEM_RECLAIM, 0);
	if (!raw_wq)
		return -ENOMEM;
	err = nvm_uld_register(&nvm_raw_uld);
	if (err)
		destroy_workqueue(raw_wq);
	return err;
}
module_init(raw_init);

static void __exit raw_exit(void)
{
	nvm_uld_unregister(&nvm_raw_uld);
	destroy_workqueue(raw_wq);
}
module_exit(raw_exit);

MODULE_DESCRIPTION("The bare medium of a type-2 region, for tests");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The poison list of a region: what is known to be unreadable, in sectors
 * from its start, which is also the start of the disk. It belongs to the
 * region, so that it survives the ULD; the disk shows the same list as its
 * badblocks.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include "core.h"

static void nvm_poison_sectors(u64 off, u64 len, sector_t *first, u64 *nr)
{
	u64 end = DIV_ROUND_UP_ULL(off + len, SECTOR_SIZE);

	*first = off >> SECTOR_SHIFT;
	*nr = end - *first;
}

static void nvm_poison_notify(struct work_struct *work)
{
	struct nvm_region_core *c =
		container_of(work, struct nvm_region_core, poison_work);

	guard(mutex)(&c->poison_mutex);
	if (!c->announced)
		return;
	sysfs_notify(&c->r.dev.kobj, NULL, "badblocks");
	nvm_event(c, "poison");
}

/**
 * nvm_poison_init() - an empty list
 * @c: the region
 *
 * Return: 0 or -ENOMEM.
 */
int nvm_poison_init(struct nvm_region_core *c)
{
	mutex_init(&c->poison_mutex);
	INIT_WORK(&c->poison_work, nvm_poison_notify);
	return badblocks_init(&c->bb, 1);
}

/**
 * nvm_poison_exit() - free the list
 * @c: the region; nothing can report poison any more
 *
 * Context: may sleep.
 */
void nvm_poison_exit(struct nvm_region_core *c)
{
	cancel_work_sync(&c->poison_work);
	badblocks_exit(&c->bb);
}

/**
 * nvm_poison_announce() - user space may, or may no more, hear of poison
 * @c: the region
 * @announced: may
 *
 * Context: may sleep.
 */
void nvm_poison_announce(struct nvm_region_core *c, bool announced)
{
	guard(mutex)(&c->poison_mutex);
	c->announced = announced;
	/* What was found before has not been told. */
	if (announced && c->bb.count)
		schedule_work(&c->poison_work);
}

/*
 * From the I/O path: what allocates or sleeps is left to a work item, which
 * nvm_poison_exit() ends.
 */
static void nvm_poison_changed(struct nvm_region_core *c)
{
	schedule_work(&c->poison_work);
}

/*
 * In pieces that badblocks holds as one entry: what a table that is nearly full
 * takes of a longer one differs between kernels, and is not told.
 */
static bool nvm_poison_enter(struct badblocks *bb, sector_t first, u64 nr)
{
	while (nr) {
		int n = min_t(u64, nr, BB_MAX_LEN);

		if (badblocks_set(bb, first, n, 1))
			return false;
		first += n;
		nr -= n;
	}
	return true;
}

/* Bytes of the range that lie in the region. */
static u64 nvm_poison_clamp(struct nvm_region_core *c, u64 off, u64 len)
{
	u64 size = nvm_region_size(&c->r);

	return off < size ? min(len, size - off) : 0;
}

/**
 * nvm_poison_add() - enter a range into the list
 * @c: the region
 * @off: bytes from its start
 * @len: bytes; what lies beyond the region is ignored
 *
 * Context: any.
 */
void nvm_poison_add(struct nvm_region_core *c, u64 off, u64 len)
{
	sector_t first;
	u64 nr;

	len = nvm_poison_clamp(c, off, len);
	if (!len)
		return;
	nvm_poison_sectors(off, len, &first, &nr);
	dev_err_ratelimited(&c->r.dev, "poison at sector %llu, %llu sectors\n",
			    (u64)first, nr);
	if (!nvm_poison_enter(&c->bb, first, nr))
		dev_err_ratelimited(&c->r.dev, "poison list is full: sector %llu not entered\n",
				    (u64)first);
	nvm_poison_changed(c);
}

/**
 * nvm_region_poison() - the LLD learned that memory lost its contents
 * @r: the region
 * @off: bytes from its start
 * @len: bytes; what lies beyond the region is ignored
 *
 * Entered into the list, shown to users, passed to the ULD and by it to the
 * file system.
 *
 * Context: may sleep. Not from the LLD's own ops.
 */
void nvm_region_poison(struct nvm_region *r, u64 off, u64 len)
{
	struct nvm_region_core *c = to_core(r);
	struct nvm_uld *uld;

	len = nvm_poison_clamp(c, off, len);
	if (!len)
		return;
	guard(mutex)(&c->poison_mutex);
	nvm_poison_add(c, off, len);
	spin_lock(&c->lock);
	uld = c->uld;
	spin_unlock(&c->lock);
	/* poison_mutex keeps it: nvm_claim_remove() takes that first. */
	if (uld && uld->poison)
		uld->poison(r, off, len);
}
EXPORT_SYMBOL_GPL(nvm_region_poison);

/**
 * nvm_region_media_error() - a ULD met poison that nobody had reported
 * @r: the region
 * @off: bytes from its start
 * @len: bytes
 *
 * Context: any.
 */
void nvm_region_media_error(struct nvm_region *r, u64 off, u64 len)
{
	nvm_poison_add(to_core(r), off, len);
}
EXPORT_SYMBOL_GPL(nvm_region_media_error);

/**
 * nvm_region_badblocks() - the poison list, for a ULD to look ranges up
 * @r: the region
 *
 * Only to be read: nvm_poison_hits(), badblocks_check().
 */
struct badblocks *nvm_region_badblocks(struct nvm_region *r)
{
	return &to_core(r)->bb;
}
EXPORT_SYMBOL_GPL(nvm_region_badblocks);

/* nvm_poison_hits() where the list is not empty. */
bool __nvm_poison_hits(struct badblocks *bb, u64 off, u64 len)
{
	sector_t first_bad;
	int num_bad;

	return badblocks_check(bb, off >> SECTOR_SHIFT, len >> SECTOR_SHIFT,
			       &first_bad, &num_bad);
}
EXPORT_SYMBOL_GPL(__nvm_poison_hits);

/**
 * nvm_region_clear_poison() - make a range readable again before it is written
 * @r: the region, mapped by nvm_map_create()
 * @off: bytes from its start, a multiple of 512
 * @len: bytes, a multiple of 512
 *
 * What it reads as is undefined, so it stays in the list until it was written
 * and nvm_region_forget_poison() is called.
 *
 * Context: process, may sleep.
 * Return: 0, -EOPNOTSUPP if the region cannot, or the LLD's errno.
 */
int nvm_region_clear_poison(struct nvm_region *r, u64 off, u64 len)
{
	struct nvm_region_core *c = to_core(r);
	int err;

	if (!r->desc.ops->clear_poison)
		return -EOPNOTSUPP;
	err = r->desc.ops->clear_poison(r, off, len);
	if (err)
		return err;
	nvm_map_pages_present(c, off, len);
	nvm_inject_clear(c, off, len);
	return 0;
}
EXPORT_SYMBOL_GPL(nvm_region_clear_poison);

/**
 * nvm_region_forget_poison() - a cleared range has contents again
 * @r: the region
 * @off: bytes from its start, a multiple of 512
 * @len: bytes, a multiple of 512
 *
 * Context: may sleep.
 * Return: 0, or -ENOSPC if the list is too full to be split; then the range
 * is still listed and reads of it fail.
 */
int nvm_region_forget_poison(struct nvm_region *r, u64 off, u64 len)
{
	struct nvm_region_core *c = to_core(r);

	if (badblocks_clear(&c->bb, off >> SECTOR_SHIFT, len >> SECTOR_SHIFT))
		return -ENOSPC;
	/* Of a device that is written by command this is all there is. */
	nvm_inject_clear(c, off, len);
	nvm_poison_changed(c);
	return 0;
}
EXPORT_SYMBOL_GPL(nvm_region_forget_poison);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Growing a region, live, in two phases: what can fail, then what cannot. The
 * LLD holds the claim on the further addresses before it asks.
 */
#include "core.h"

static int nvm_resize_check(struct nvm_region_core *c, u64 size)
{
	const struct nvm_uld *uld = c->uld;

	if (c->state != NVM_STATE_OFFERED)
		return -ENODEV;
	if (c->pending_size)
		return -EBUSY;
	if (size <= c->size || !IS_ALIGNED(size, NVM_ALIGN))
		return -EINVAL;
	if (!(c->r.caps & NVM_CAP_GROW))
		return -EOPNOTSUPP;
	if (uld && (!uld->resize_prepare || !uld->resize_commit ||
		    !uld->resize_abort))
		return -EOPNOTSUPP;
	if ((c->r.caps & NVM_CAP_DAX) && !nvm_pages_fit(size - c->size))
		return -ENOMEM;
	return 0;
}

/**
 * nvm_region_resize_prepare() - all of growing that can fail
 * @r: on offer, claimed or not
 * @size: bytes afterwards
 *
 * Followed by nvm_region_resize_commit() or nvm_region_resize_abort(). Until
 * then no ULD can claim the region anew; the one that has it may let go.
 *
 * Context: may sleep.
 * Return: 0, -EINVAL if @size is unaligned or not larger, -EOPNOTSUPP if region
 * or ULD cannot grow, -EBUSY if a resize is under way, -ENODEV if the region is
 * not on offer, -ENOMEM if there is no RAM for its struct pages, or the ULD's
 * errno; then nothing has changed.
 */
int nvm_region_resize_prepare(struct nvm_region *r, u64 size)
{
	struct nvm_region_core *c = to_core(r);
	int err;

	guard(nvm_device)(&r->dev);
	err = nvm_resize_check(c, size);
	if (!err && c->uld)
		err = c->uld->resize_prepare(r, size);
	if (err)
		return err;
	WRITE_ONCE(c->pending_size, size);
	c->pending_uld = c->uld;
	return 0;
}
EXPORT_SYMBOL_GPL(nvm_region_resize_prepare);

/* The end of both ways; who asked for the region meanwhile was turned away. */
static void nvm_resize_end(struct nvm_region_core *c)
{
	WRITE_ONCE(c->pending_size, 0);
	c->pending_uld = false;
	nvm_claim_offer_again(c);
}

/**
 * nvm_region_resize_commit() - grow
 * @r: prepared
 *
 * Context: may sleep.
 */
void nvm_region_resize_commit(struct nvm_region *r)
{
	struct nvm_region_core *c = to_core(r);

	guard(nvm_device)(&r->dev);
	/* The new memory is mapped: who reads the size may use it. */
	smp_store_release(&c->size, c->pending_size);
	if (c->pending_uld)
		c->uld->resize_commit(r);
	nvm_resize_end(c);
	dev_info(&r->dev, "grown to %llu MiB\n", c->size >> 20);
	sysfs_notify(&r->dev.kobj, NULL, "size");
	nvm_event(c, "expanded");
}
EXPORT_SYMBOL_GPL(nvm_region_resize_commit);

/**
 * nvm_region_resize_abort() - stay as it was
 * @r: prepared
 *
 * Context: may sleep.
 */
void nvm_region_resize_abort(struct nvm_region *r)
{
	struct nvm_region_core *c = to_core(r);

	guard(nvm_device)(&r->dev);
	if (c->pending_uld)
		c->uld->resize_abort(r);
	nvm_resize_end(c);
}
EXPORT_SYMBOL_GPL(nvm_region_resize_abort);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking a region away politely: only while nobody uses it, and so that an
 * LLD can decide on several regions before the first one goes.
 */
#include "core.h"

static int nvm_idle_quiesce(struct nvm_region_core *c)
{
	if (!c->uld || !c->uld->quiesce)
		return 0;
	return c->uld->quiesce(&c->r) ? -EIO : 0;
}

/**
 * nvm_region_hold_idle() - keep a region idle until it is decided whether it
 *			    goes
 * @r: on offer
 *
 * Opens are refused with -EBUSY from here, dirty data is durable. Followed by
 * nvm_region_remove_idle() or nvm_region_release_idle(). The caller logs a
 * refusal.
 *
 * Context: may sleep.
 * Return: 0, -EBUSY if somebody has it open, -EIO if dirty data could not be
 * made durable, -ENODEV if it is not on offer; then nothing has changed.
 */
int nvm_region_hold_idle(struct nvm_region *r)
{
	struct nvm_region_core *c = to_core(r);
	int err;

	guard(nvm_device)(&r->dev);
	if (c->state != NVM_STATE_OFFERED)
		return -ENODEV;
	err = nvm_disk_hold(c);
	if (err)
		return err;
	err = nvm_idle_quiesce(c);
	if (err)
		nvm_disk_release_hold(c);
	else
		nvm_region_set_state(c, NVM_STATE_HELD);
	return err;
}
EXPORT_SYMBOL_GPL(nvm_region_hold_idle);

/**
 * nvm_region_release_idle() - it stays
 * @r: held
 *
 * Context: may sleep.
 */
void nvm_region_release_idle(struct nvm_region *r)
{
	struct nvm_region_core *c = to_core(r);

	guard(nvm_device)(&r->dev);
	nvm_region_set_state(c, NVM_STATE_OFFERED);
	nvm_disk_release_hold(c);
	nvm_claim_offer_again(c);
}
EXPORT_SYMBOL_GPL(nvm_region_release_idle);

/**
 * nvm_region_remove_idle() - it goes
 * @r: held; not to be touched afterwards, but by &nvm_region_ops.release
 *
 * Usually @release has run when this returns, so that the same memory can be
 * registered again at once. Somebody who looks at the disk just now, as udev
 * does, delays it; that is waited for, but not for ever.
 *
 * Context: may sleep.
 */
void nvm_region_remove_idle(struct nvm_region *r)
{
	u64 serial = to_core(r)->serial;

	nvm_region_unregister(r);
	nvm_registry_wait_gone(serial);
}
EXPORT_SYMBOL_GPL(nvm_region_remove_idle);

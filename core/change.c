// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device that is another one now: what a ULD was told in its probe holds until
 * it lets go, so only while nobody has the region.
 */
#include "core.h"

/* In the words of who wants to know what to do about it. */
static int nvm_change_allowed(struct nvm_region_core *c, char *why)
{
	if (c->state != NVM_STATE_OFFERED)
		return nvm_refuse(why, -ENODEV, "it is not on offer");
	if (c->pending_size)
		return nvm_refuse(why, -EBUSY, "it is being expanded");
	/* Changed under the device lock alone. */
	if (c->uld)
		return nvm_refuse(why, -EBUSY, "%s has it: unbind it first",
				  c->uld->driver.name);
	if (nvm_disk_has_former(c))
		return nvm_refuse(why, -EBUSY,
				  "a former disk of it is still in use: close it first");
	return 0;
}

static int nvm_change_check(struct nvm_region_core *c,
			    const struct nvm_region_desc *desc, char *why)
{
	const char *fault = nvm_desc_fault(desc);

	if (!fault && !desc->ops->submit)
		fault = "only a region that takes commands can change";
	if (fault)
		return nvm_refuse(why, -EINVAL, "%s", fault);
	return nvm_change_allowed(c, why);
}

static void nvm_change_set(struct nvm_region_core *c,
			   const struct nvm_region_desc *desc)
{
	struct nvm_region_desc *d = &c->r.desc;

	d->size = desc->size;
	d->mem.size = desc->mem.size;
	d->cmd = desc->cmd;
	d->pdomain = desc->pdomain;
	/* As in nvm_region_resize_commit(): what was changed, then the size. */
	smp_store_release(&c->size, desc->size);
}

/**
 * nvm_region_change() - the device has other limits from now on
 * @r: on offer
 * @desc: &nvm_region.desc with another size, mem.size, cmd or pdomain; what else
 *	  differs is not looked at
 * @apply: makes the device so; called when all is decided, and not on failure
 * @data: for @apply
 * @why: %NVM_REASON_MAX + 1 bytes for the cause of a refusal, which the caller
 *	 then logs
 *
 * For regions that take commands. @apply runs under the region's device lock:
 * nobody claims it meanwhile, nobody who had it uses it, and the device has no
 * command; whoever claims it next is told what is in @desc. It is not offered
 * anew to those who have declined it.
 *
 * Context: may sleep.
 * Return: 0, -EINVAL if @desc is impossible, -EBUSY if a ULD has the region, a
 * former disk of it is in use or a resize is under way, -ENODEV if it is not on
 * offer; then nothing has changed.
 */
int nvm_region_change(struct nvm_region *r, const struct nvm_region_desc *desc,
		      void (*apply)(void *data), void *data, char *why)
{
	struct nvm_region_core *c = to_core(r);
	int err;

	guard(nvm_device)(&r->dev);
	err = nvm_change_check(c, desc, why);
	if (err)
		return err;
	apply(data);
	nvm_change_set(c, desc);
	sysfs_notify(&r->dev.kobj, NULL, "size");
	nvm_event(c, "changed");
	return 0;
}
EXPORT_SYMBOL_GPL(nvm_region_change);

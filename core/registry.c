// SPDX-License-Identifier: GPL-2.0-only
/*
 * All regions from alloc to release, whatever their state: for what must be
 * unique, for naming who owns memory, and for waiting until memory is free.
 */
#include <linux/idr.h>
#include <linux/wait.h>
#include "core.h"

static LIST_HEAD(nvm_registry);
static DEFINE_SPINLOCK(nvm_registry_lock);
static DECLARE_WAIT_QUEUE_HEAD(nvm_registry_wait);
static DEFINE_IDA(nvm_ida);
static u64 nvm_serial;

/* It has left the bus and stays only for who has its disk open. */
static bool nvm_has_left(struct nvm_region_core *c)
{
	enum nvm_state state = READ_ONCE(c->state);

	return (state == NVM_STATE_GONE || state == NVM_STATE_LOST) &&
	       !device_is_registered(&c->r.dev);
}

/* What was unplugged under a user may be plugged again before he lets go. */
static struct nvm_region_core *nvm_registry_find_uid(const char *uid)
{
	struct nvm_region_core *c;

	list_for_each_entry(c, &nvm_registry, node)
		if (!strcmp(c->uid, uid) && !nvm_has_left(c))
			return c;
	return NULL;
}

static int nvm_registry_enter(struct nvm_region_core *c, char *why)
{
	struct nvm_region_core *twin;

	guard(spinlock)(&nvm_registry_lock);
	twin = nvm_registry_find_uid(c->uid);
	if (twin)
		return nvm_refuse(why, -EEXIST, "uid %s is taken by nvm%d of %s",
				  c->uid, twin->r.id, twin->lld_name);
	c->serial = ++nvm_serial;
	list_add_tail(&c->node, &nvm_registry);
	return 0;
}

/**
 * nvm_registry_add() - give a region its number and enter it
 * @c: the region
 * @why: %NVM_REASON_MAX + 1 bytes, set on failure
 *
 * Context: may sleep.
 * Return: 0, -EEXIST if its uid is taken, -ENOMEM or -ENOSPC.
 */
int nvm_registry_add(struct nvm_region_core *c, char *why)
{
	int err;

	c->r.id = ida_alloc(&nvm_ida, GFP_KERNEL);
	if (c->r.id < 0)
		return nvm_refuse(why, c->r.id, "there is no number for it");
	err = nvm_registry_enter(c, why);
	if (err)
		ida_free(&nvm_ida, c->r.id);
	return err;
}

/**
 * nvm_registry_del() - the last of a region: its number is free again
 * @c: the region, not to be touched afterwards by who may be waited for
 *
 * Context: may sleep.
 */
void nvm_registry_del(struct nvm_region_core *c)
{
	ida_free(&nvm_ida, c->r.id);
	guard(spinlock)(&nvm_registry_lock);
	list_del(&c->node);
	/* Under the lock: nvm_registry_exit() may end this text afterwards. */
	wake_up_all(&nvm_registry_wait);
}

/**
 * nvm_registry_exit() - nobody is inside any more
 *
 * Context: module exit; all regions were released.
 */
void nvm_registry_exit(void)
{
	guard(spinlock)(&nvm_registry_lock);
	WARN_ON(!list_empty(&nvm_registry));
}

static bool nvm_overlaps(const struct nvm_range *m, u64 size,
			 phys_addr_t start, u64 len)
{
	return m->start < start + len && start < m->start + size;
}

static bool nvm_region_overlaps(struct nvm_region_core *c, phys_addr_t start,
				u64 size)
{
	const struct nvm_region_desc *d = &c->r.desc;
	unsigned int i;

	for (i = 0; i < d->nr_windows; i++)
		if (nvm_overlaps(&d->windows[i], d->windows[i].size, start, size))
			return true;
	if (d->type == NVM_TYPE_WINDOWED)
		return false;
	/* Types 1 and 2 map all of the medium and may have grown. */
	return nvm_overlaps(&d->mem, d->flash_size ? d->mem.size :
			    nvm_region_size(&c->r), start, size);
}

/**
 * nvm_registry_unmapped() - what may yet need struct pages
 *
 * Context: any.
 * Return: the bytes of all regions that get struct pages when they are claimed
 * and have none now.
 */
u64 nvm_registry_unmapped(void)
{
	struct nvm_region_core *c;
	u64 sum = 0;

	guard(spinlock)(&nvm_registry_lock);
	list_for_each_entry(c, &nvm_registry, node)
		if ((c->r.caps & NVM_CAP_DAX) && !READ_ONCE(c->has_pages))
			sum += nvm_region_size(&c->r);
	return sum;
}

/**
 * nvm_range_owner() - which region holds a physical range
 * @start: first physical address
 * @size: bytes
 * @who: the region and its LLD in words
 * @who_len: bytes at @who
 *
 * Also finds a region that was unregistered and is kept by its last user.
 *
 * Context: any.
 * Return: whether there is one.
 */
bool nvm_range_owner(phys_addr_t start, u64 size, char *who, size_t who_len)
{
	struct nvm_region_core *c;

	guard(spinlock)(&nvm_registry_lock);
	list_for_each_entry(c, &nvm_registry, node) {
		if (!nvm_region_overlaps(c, start, size))
			continue;
		snprintf(who, who_len, "nvm%d of %s (%s)", c->r.id,
			 c->lld_name, nvm_state_name(c));
		return true;
	}
	return false;
}
EXPORT_SYMBOL_GPL(nvm_range_owner);

static bool nvm_registry_has_serial(u64 serial)
{
	struct nvm_region_core *c;

	guard(spinlock)(&nvm_registry_lock);
	list_for_each_entry(c, &nvm_registry, node)
		if (c->serial == serial)
			return true;
	return false;
}

/**
 * nvm_registry_wait_gone() - wait until a region was released, at most a second
 * @serial: its serial
 *
 * Context: may sleep.
 */
void nvm_registry_wait_gone(u64 serial)
{
	wait_event_timeout(nvm_registry_wait, !nvm_registry_has_serial(serial),
			   HZ);
}

static bool nvm_registry_has_owner(struct module *owner)
{
	struct nvm_region_core *c;

	guard(spinlock)(&nvm_registry_lock);
	list_for_each_entry(c, &nvm_registry, node)
		if (c->owner == owner)
			return true;
	return false;
}

/**
 * nvm_lld_drain() - wait until all regions of an LLD were released
 * @owner: its module; the regions have been unregistered
 *
 * For module exit: opens pin the LLD, so at exit nobody has one open and the
 * wait is short.
 *
 * Context: may sleep.
 */
void nvm_lld_drain(struct module *owner)
{
	wait_event(nvm_registry_wait, !nvm_registry_has_owner(owner));
}
EXPORT_SYMBOL_GPL(nvm_lld_drain);

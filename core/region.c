// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a region: made, on the bus, on offer, gone, released.
 *
 * Its reference count is its device's. The bus holds one while it is
 * registered, a disk holds one until its last user has closed; with the last
 * the LLD gets its memory back (&nvm_region_ops.release).
 */
#include <linux/overflow.h>
#include <linux/slab.h>
#include "core.h"

/**
 * nvm_region_size() - bytes of medium now
 * @r: the region
 *
 * Context: any.
 */
u64 nvm_region_size(const struct nvm_region *r)
{
	/* Pairs with nvm_region_resize_commit(): size after mapping. */
	return smp_load_acquire(&to_core(r)->size);
}
EXPORT_SYMBOL_GPL(nvm_region_size);

/**
 * nvm_region_is_lost() - is the memory not there any more
 * @r: the region
 *
 * Context: any.
 */
bool nvm_region_is_lost(const struct nvm_region *r)
{
	return READ_ONCE(to_core(r)->state) == NVM_STATE_LOST;
}
EXPORT_SYMBOL_GPL(nvm_region_is_lost);

/**
 * nvm_region_lld_name() - who found the memory
 * @r: the region
 */
const char *nvm_region_lld_name(const struct nvm_region *r)
{
	return to_core(r)->lld_name;
}
EXPORT_SYMBOL_GPL(nvm_region_lld_name);

/**
 * nvm_state_name() - the word for where a region is in its life
 * @c: the region
 */
const char *nvm_state_name(struct nvm_region_core *c)
{
	switch (READ_ONCE(c->state)) {
	case NVM_STATE_NEW:
		return "new";
	case NVM_STATE_OFFERED:
		break;
	case NVM_STATE_HELD:
		return "held";
	case NVM_STATE_GONE:
		return "gone";
	case NVM_STATE_LOST:
		return "lost";
	}
	guard(spinlock)(&c->lock);
	return c->uld ? "claimed" : "unclaimed";
}

/**
 * nvm_desc_start() - where a region begins, to be shown
 * @d: a descriptor, perhaps an impossible one
 *
 * Return: the first physical address of what is mapped; of the first window
 * if there are windows.
 */
phys_addr_t nvm_desc_start(const struct nvm_region_desc *d)
{
	return d->windows && d->nr_windows ? d->windows[0].start : d->mem.start;
}

/**
 * nvm_refuse() - put the cause of a refusal into words
 * @why: %NVM_REASON_MAX + 1 bytes
 * @err: a negative errno
 * @fmt: the cause
 *
 * Return: @err.
 */
int nvm_refuse(char *why, int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, NVM_REASON_MAX + 1, fmt, args);
	va_end(args);
	return err;
}

static void nvm_region_release(struct device *dev)
{
	struct nvm_region_core *c = dev_to_core(dev);

	nvm_claim_forget(c);
	nvm_poison_exit(c);
	nvm_inject_region_free(c);
	kfree(c->override);
	if (c->release_lld)
		c->r.desc.ops->release(&c->r);
	/* Last: the LLD's and then our own text may go when this returns. */
	nvm_registry_del(c);
	kfree(c);
}

static const struct device_type nvm_region_type = {
	.name		= "nvm_region",
	.groups		= nvm_region_groups,
	.release	= nvm_region_release,
};

static void nvm_region_copy_desc(struct nvm_region_core *c,
				 const struct nvm_region_desc *desc)
{
	struct nvm_region_desc *d = &c->r.desc;

	*d = *desc;
	strscpy(c->uid, desc->uid, sizeof(c->uid));
	d->uid = c->uid;
	if (desc->model) {
		strscpy(c->model, desc->model, sizeof(c->model));
		d->model = c->model;
	}
	if (desc->nr_windows) {
		memcpy(c->windows, desc->windows,
		       array_size(desc->nr_windows, sizeof(c->windows[0])));
		d->windows = c->windows;
	}
	if (desc->read_only)
		strscpy(c->read_only, desc->read_only, sizeof(c->read_only));
	/* The copy in c->read_only is what counts, and may change. */
	d->read_only = NULL;
	c->r.caps = desc->caps | nvm_caps_from_ops(desc->ops);
	c->size = desc->size;
}

/* A region that nobody knows, without number. */
static struct nvm_region_core *
nvm_region_new(const struct nvm_region_desc *desc, struct module *owner,
	       const char *lld_name)
{
	struct nvm_region_core *c;

	c = kzalloc(struct_size(c, windows, desc->nr_windows), GFP_KERNEL);
	if (!c)
		return NULL;
	c->owner = owner;
	c->lld_name = lld_name;
	spin_lock_init(&c->lock);
	nvm_claim_region_init(c);
	nvm_queue_init(c);
	if (nvm_poison_init(c)) {
		kfree(c);
		return NULL;
	}
	nvm_region_copy_desc(c, desc);
	return c;
}

/* The driver core exempts device locks from lockdep; this one has an order. */
static struct lock_class_key nvm_device_key;

static int nvm_region_init_device(struct nvm_region_core *c,
				  struct device *parent)
{
	struct device *dev = &c->r.dev;

	device_initialize(dev);
	lockdep_set_class(&dev->mutex, &nvm_device_key);
	dev->bus = &nvm_bus;
	dev->type = &nvm_region_type;
	dev->parent = parent;
	set_dev_node(dev, c->r.desc.numa_node);
	return dev_set_name(dev, "nvm%d", c->r.id);
}

/* What struct pages can be made for. */
static int nvm_region_check_pages(const struct nvm_region_desc *desc, char *why)
{
	const struct nvm_range *m = &desc->mem;
	char who[64];
	int err;

	err = nvm_check_range(m->start, m->size, why, NVM_REASON_MAX + 1);
	if (!err)
		err = nvm_check_page_memory(m->size, why, NVM_REASON_MAX + 1);
	if (!err && nvm_range_owner(m->start, m->size, who, sizeof(who)))
		err = nvm_refuse(why, -EBUSY, "overlaps %s", who);
	return err;
}

static int nvm_region_check(const struct nvm_region_desc *desc, char *why)
{
	const char *fault = nvm_desc_fault(desc);

	if (fault)
		return nvm_refuse(why, -EINVAL, "%s", fault);
	return desc->caps & NVM_CAP_DAX ? nvm_region_check_pages(desc, why) : 0;
}

static struct nvm_region *nvm_region_make(struct device *parent,
					  const struct nvm_region_desc *desc,
					  char *why, struct module *owner,
					  const char *lld_name)
{
	struct nvm_region_core *c;
	int err;

	err = nvm_region_check(desc, why);
	if (err)
		return ERR_PTR(err);
	c = nvm_region_new(desc, owner, lld_name);
	if (!c)
		return ERR_PTR(nvm_refuse(why, -ENOMEM, "no memory"));
	err = nvm_registry_add(c, why);
	if (err) {
		nvm_poison_exit(c);
		kfree(c);
		return ERR_PTR(err);
	}
	err = nvm_region_init_device(c, parent);
	if (err) {
		put_device(&c->r.dev);
		return ERR_PTR(nvm_refuse(why, err, "no memory for its name"));
	}
	c->release_lld = true;
	return &c->r;
}

struct nvm_region *__nvm_region_alloc(struct device *parent,
				      const struct nvm_region_desc *desc,
				      char *why, struct module *owner,
				      const char *lld_name)
{
	char cause[NVM_REASON_MAX + 1];
	struct nvm_region *r;

	r = nvm_region_make(parent, desc, why ?: cause, owner, lld_name);
	if (IS_ERR(r) && !why)
		dev_err(parent, "region %.64s at 0x%llx, %llu bytes refused: %s\n",
			desc->uid ?: "without uid", (u64)nvm_desc_start(desc),
			desc->size, cause);
	return r;
}
EXPORT_SYMBOL_GPL(__nvm_region_alloc);

/**
 * nvm_region_add() - put a region on the bus, not yet on offer
 * @r: from nvm_region_alloc()
 *
 * User space hears nothing of it before nvm_region_offer().
 *
 * Context: may sleep.
 * Return: 0 or the errno of device_add(); either way the caller ends @r by
 * nvm_region_unregister().
 */
int nvm_region_add(struct nvm_region *r)
{
	int err;

	dev_set_uevent_suppress(&r->dev, true);
	err = device_add(&r->dev);
	if (!err)
		nvm_inject_region_add(to_core(r));
	return err;
}
EXPORT_SYMBOL_GPL(nvm_region_add);

/**
 * nvm_region_set_state() - a step in the life of a region
 * @c: the region
 * @state: what comes next
 *
 * Context: may sleep, under the region's device lock.
 */
void nvm_region_set_state(struct nvm_region_core *c, enum nvm_state state)
{
	WRITE_ONCE(c->state, state);
	sysfs_notify(&c->r.dev.kobj, NULL, "state");
}

/**
 * nvm_region_offer() - let ULDs claim a region
 * @r: on the bus
 *
 * Claiming is asynchronous.
 *
 * Context: may sleep.
 */
void nvm_region_offer(struct nvm_region *r)
{
	struct nvm_region_core *c = to_core(r);

	/* Whoever hears of it may bind it at once. */
	scoped_guard(nvm_device, &r->dev)
		nvm_region_set_state(c, NVM_STATE_OFFERED);
	dev_set_uevent_suppress(&r->dev, false);
	kobject_uevent(&r->dev.kobj, KOBJ_ADD);
	nvm_poison_announce(c, true);
	nvm_event_bump();
	nvm_claim_offer(c);
}
EXPORT_SYMBOL_GPL(nvm_region_offer);

static void nvm_region_leave(struct nvm_region_core *c, enum nvm_state state)
{
	struct device *dev = &c->r.dev;
	enum nvm_state old;

	scoped_guard(nvm_device, dev) {
		old = c->state;
		nvm_region_set_state(c, state);
	}
	nvm_poison_announce(c, false);
	if (device_is_registered(dev)) {
		nvm_inject_region_remove(c);
		device_del(dev);
	}
	nvm_claim_cancel(c);
	/* Of what was never offered user space has heard nothing. */
	if (old != NVM_STATE_NEW)
		nvm_event_bump();
	put_device(dev);
}

/**
 * nvm_region_unregister() - take a region away; the memory is still there
 * @r: from nvm_region_alloc(); not to be touched afterwards, but by
 *     &nvm_region_ops.release
 *
 * Cannot refuse: a file system on it gets to write back what it has, then its
 * mappings are revoked.
 *
 * Context: may sleep, long.
 */
void nvm_region_unregister(struct nvm_region *r)
{
	nvm_region_leave(to_core(r), NVM_STATE_GONE);
}
EXPORT_SYMBOL_GPL(nvm_region_unregister);

/**
 * nvm_region_set_lost() - the memory is not there any more
 * @r: from nvm_region_alloc(); on the bus until nvm_region_lost()
 *
 * For the resume of a device that has not come back: to take the region away
 * waits for threads that sleep until all devices are awake. Until then its disk
 * takes no I/O, and nothing is written to the memory. From elsewhere call
 * nvm_region_lost() alone.
 *
 * Context: may sleep.
 */
void nvm_region_set_lost(struct nvm_region *r)
{
	scoped_guard(nvm_device, &r->dev)
		nvm_region_set_state(to_core(r), NVM_STATE_LOST);
}
EXPORT_SYMBOL_GPL(nvm_region_set_lost);

/**
 * nvm_region_lost() - take a region away whose memory is not there any more
 * @r: from nvm_region_alloc(); not to be touched afterwards, but by
 *     &nvm_region_ops.release
 *
 * New I/O fails at once, nothing is written back, mappings are revoked.
 *
 * Context: may sleep.
 */
void nvm_region_lost(struct nvm_region *r)
{
	struct nvm_region_core *c = to_core(r);

	nvm_region_set_lost(r);
	if (device_is_registered(&r->dev)) {
		dev_warn(&r->dev, "%s: its memory is lost\n", c->lld_name);
		nvm_event(c, "lost");
	}
	nvm_region_leave(c, NVM_STATE_LOST);
}
EXPORT_SYMBOL_GPL(nvm_region_lost);

static void nvm_region_devm_unregister(void *r)
{
	nvm_region_unregister(r);
}

/**
 * devm_nvm_region_lost() - nvm_region_lost() for devm_nvm_region_register()
 * @parent: as it was registered with
 * @r: what that returned
 *
 * Context: may sleep.
 */
void devm_nvm_region_lost(struct device *parent, struct nvm_region *r)
{
	devm_remove_action(parent, nvm_region_devm_unregister, r);
	nvm_region_lost(r);
}
EXPORT_SYMBOL_GPL(devm_nvm_region_lost);

/* Gives up a region before anybody saw it, without telling the LLD. */
static void nvm_region_drop(struct nvm_region *r)
{
	to_core(r)->release_lld = false;
	nvm_region_unregister(r);
}

struct nvm_region *
__devm_nvm_region_register(struct device *parent,
			   const struct nvm_region_desc *desc,
			   struct module *owner, const char *lld_name)
{
	struct nvm_region *r;
	int err;

	r = __nvm_region_alloc(parent, desc, NULL, owner, lld_name);
	if (IS_ERR(r))
		return r;
	err = nvm_region_add(r);
	if (!err)
		err = devm_add_action(parent, nvm_region_devm_unregister, r);
	if (err) {
		dev_err(parent, "region %s cannot be put on the bus: %pe\n",
			desc->uid, ERR_PTR(err));
		nvm_region_drop(r);
		return ERR_PTR(err);
	}
	nvm_region_offer(r);
	return r;
}
EXPORT_SYMBOL_GPL(__devm_nvm_region_register);

/**
 * nvm_region_read_only() - must the memory not be written
 * @r: the region
 *
 * Context: any.
 */
bool nvm_region_read_only(const struct nvm_region *r)
{
	return READ_ONCE(to_core(r)->read_only[0]);
}
EXPORT_SYMBOL_GPL(nvm_region_read_only);

/* Whether that is a change. */
static bool nvm_region_note_read_only(struct nvm_region_core *c,
				      const char *why)
{
	guard(spinlock)(&c->lock);
	if (!strncmp(c->read_only, why, sizeof(c->read_only) - 1))
		return false;
	strscpy(c->read_only, why, sizeof(c->read_only));
	return true;
}

/**
 * nvm_region_set_read_only() - the LLD learned that memory must not, or may
 *				again, be written
 * @r: the region
 * @why: in words, or NULL when it may
 *
 * Block writes fail from then on, also those of a file system that is mounted
 * writable. What reaches the memory by DAX, as stores or write(2), cannot be
 * stopped.
 *
 * Context: may sleep. Not from the LLD's own ops.
 */
void nvm_region_set_read_only(struct nvm_region *r, const char *why)
{
	struct nvm_region_core *c = to_core(r);

	guard(nvm_device)(&r->dev);
	if (!nvm_region_note_read_only(c, why ?: ""))
		return;
	dev_warn(&r->dev, "%s: %s\n", c->lld_name, why ?: "may be written");
	nvm_disk_set_read_only(c, why);
	if (c->uld && c->uld->health)
		c->uld->health(r);
	sysfs_notify(&r->dev.kobj, NULL, "read_only");
	nvm_event(c, "health");
}
EXPORT_SYMBOL_GPL(nvm_region_set_read_only);

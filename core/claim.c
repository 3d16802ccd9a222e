// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claiming: who gets a region.
 *
 * The driver core walks the ULDs in the order of their registration and stops
 * at the first whose probe succeeds. Two things are added here. Priority: in
 * the core's own walk a ULD stands back while a better one has not declined,
 * and the walk is repeated. And one ordered workqueue does all the walking, so
 * that regions are claimed in the order they came, and nobody who registers a
 * region or a ULD waits for a claim.
 *
 * Whoever binds by hand (sysfs bind, drivers_probe) gets what was asked for: no
 * standing back.
 */
#include <linux/slab.h>
#include "core.h"

static struct workqueue_struct *nvm_claim_wq;

int __init nvm_claim_init(void)
{
	nvm_claim_wq = alloc_ordered_workqueue("nvm_claim", 0);
	return nvm_claim_wq ? 0 : -ENOMEM;
}

void nvm_claim_exit(void)
{
	destroy_workqueue(nvm_claim_wq);
}

/**
 * nvm_claim_flush() - wait until all that is on offer has been offered
 *
 * Context: may sleep; not under a device lock.
 */
void nvm_claim_flush(void)
{
	flush_workqueue(nvm_claim_wq);
}

static struct nvm_declined *nvm_declined_find(struct nvm_region_core *c,
					      const struct nvm_uld *uld)
{
	struct nvm_declined *d;

	list_for_each_entry(d, &c->declined, node)
		if (d->uld == uld)
			return d;
	return NULL;
}

static bool nvm_has_declined(struct nvm_region_core *c,
			     const struct nvm_uld *uld)
{
	guard(spinlock)(&c->lock);
	return nvm_declined_find(c, uld);
}

/* Its latest word counts: who binds by hand may be turned away many times. */
static void nvm_declined_note(struct nvm_region_core *c,
			      const struct nvm_uld *uld, const char *why)
{
	struct nvm_declined *new = kzalloc(sizeof(*new), GFP_KERNEL);
	struct nvm_declined *old;

	if (!new)
		return;
	new->uld = uld;
	strscpy(new->name, uld->driver.name, sizeof(new->name));
	strscpy(new->why, why, sizeof(new->why));
	scoped_guard(spinlock, &c->lock) {
		old = nvm_declined_find(c, uld);
		if (old)
			list_replace(&old->node, &new->node);
		else
			list_add_tail(&new->node, &c->declined);
	}
	kfree(old);
}

/* A new probe: what it said before does not count any more. */
static void nvm_declined_drop(struct nvm_region_core *c,
			      const struct nvm_uld *uld)
{
	struct nvm_declined *d;

	scoped_guard(spinlock, &c->lock) {
		d = nvm_declined_find(c, uld);
		if (d)
			list_del(&d->node);
	}
	kfree(d);
}

/**
 * nvm_claim_forget() - nobody has declined: a new walk begins
 * @c: the region
 */
void nvm_claim_forget(struct nvm_region_core *c)
{
	struct nvm_declined *d, *tmp;
	LIST_HEAD(old);

	scoped_guard(spinlock, &c->lock)
		list_splice_init(&c->declined, &old);
	list_for_each_entry_safe(d, tmp, &old, node)
		kfree(d);
}

/**
 * nvm_decline() - say why a region is not taken
 * @r: the region, in the ULD's probe, which then returns an errno
 * @fmt: in words, without a newline
 *
 * Context: may sleep.
 */
void nvm_decline(struct nvm_region *r, const char *fmt, ...)
{
	char why[NVM_REASON_MAX + 1];
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	nvm_declined_note(to_core(r), driver_to_uld(r->dev.driver), why);
	dev_info(&r->dev, "declined by %s: %s\n", r->dev.driver->name, why);
}
EXPORT_SYMBOL_GPL(nvm_decline);

static bool nvm_override_allows(struct nvm_region_core *c, const char *name)
{
	guard(spinlock)(&c->lock);
	return !c->override || !strcmp(c->override, name);
}

/**
 * nvm_claim_is_walk() - is this the core's own walk, not somebody by hand
 * @c: the region
 */
bool nvm_claim_is_walk(const struct nvm_region_core *c)
{
	return READ_ONCE(c->attaching) == current;
}

/**
 * nvm_claim_allowed() - may this ULD have this region
 * @c: the region
 * @uld: the ULD
 *
 * Context: any; without the device lock the answer may be old, so probe asks
 * again.
 */
bool nvm_claim_allowed(struct nvm_region_core *c, const struct nvm_uld *uld)
{
	if (!(uld->types & BIT(c->r.desc.type)) ||
	    (uld->needs & c->r.caps) != uld->needs ||
	    !nvm_override_allows(c, uld->driver.name))
		return false;
	if (READ_ONCE(c->state) == NVM_STATE_OFFERED &&
	    !READ_ONCE(c->pending_size))
		return true;
	if (nvm_claim_is_walk(c))
		c->turned_away = true;
	return false;
}

struct nvm_rival {
	struct nvm_region_core	*c;
	const struct nvm_uld	*uld;
};

static int nvm_is_better(struct device_driver *drv, void *data)
{
	const struct nvm_uld *other = driver_to_uld(drv);
	const struct nvm_rival *rival = data;

	return other->priority > rival->uld->priority &&
	       nvm_claim_allowed(rival->c, other) &&
	       !nvm_has_declined(rival->c, other);
}

/* In the core's walk each ULD is asked once, the best first. */
static bool nvm_claim_my_turn(struct nvm_region_core *c, struct nvm_uld *uld)
{
	struct nvm_rival rival = { .c = c, .uld = uld };

	if (!nvm_claim_is_walk(c))
		return true;
	if (nvm_has_declined(c, uld))
		return false;
	if (!bus_for_each_drv(&nvm_bus, NULL, &rival, nvm_is_better))
		return true;
	c->again = true;
	return false;
}

/* A ULD that did not say why is quoted by its errno. */
static void nvm_claim_failed(struct nvm_region_core *c, struct nvm_uld *uld,
			     int err)
{
	if (!nvm_has_declined(c, uld))
		nvm_decline(&c->r, "error %pe", ERR_PTR(err));
}

static void nvm_claim_set(struct nvm_region_core *c, struct nvm_uld *uld)
{
	guard(mutex)(&c->poison_mutex);
	guard(spinlock)(&c->lock);
	c->uld = uld;
}

static int nvm_claim_probe_pinned(struct nvm_region_core *c,
				  struct nvm_uld *uld)
{
	int err;

	nvm_declined_drop(c, uld);
	nvm_queue_open(c);
	err = uld->probe(&c->r);
	if (err) {
		nvm_queue_close(c);
		nvm_claim_failed(c, uld, err);
		/* The driver core would ask again outside the walk. */
		return err == -EPROBE_DEFER ? -ENODEV : err;
	}
	nvm_claim_set(c, uld);
	dev_info(&c->r.dev, "%llu MiB claimed by %s\n",
		 nvm_region_size(&c->r) >> 20, uld->driver.name);
	nvm_event(c, "claimed");
	return 0;
}

/**
 * nvm_claim_probe() - the driver core's offer of a region to a ULD
 * @c: the region
 * @uld: the ULD
 *
 * Context: may sleep, under the device lock.
 * Return: 0 if claimed, -ENODEV to go on to the next, -EBUSY while the memory
 * is still in use by a former disk, or the ULD's errno.
 */
int nvm_claim_probe(struct nvm_region_core *c, struct nvm_uld *uld)
{
	int err;

	if (!nvm_claim_allowed(c, uld) || !nvm_claim_my_turn(c, uld))
		return -ENODEV;
	if (nvm_disk_has_former(c)) {
		nvm_decline(&c->r, "a former disk of the region is still in use");
		if (nvm_claim_is_walk(c))
			c->turned_away = true;
		return -EBUSY;
	}
	if (!try_module_get(c->owner))
		return -ENODEV;
	err = nvm_claim_probe_pinned(c, uld);
	module_put(c->owner);
	return err;
}

/**
 * nvm_claim_remove() - a ULD lets go of a region
 * @c: the region
 * @uld: the ULD
 *
 * Context: may sleep, under the device lock.
 */
void nvm_claim_remove(struct nvm_region_core *c, struct nvm_uld *uld)
{
	/* From here no poison callback runs. */
	nvm_claim_set(c, NULL);
	if (c->pending_uld) {
		uld->resize_abort(&c->r);
		c->pending_uld = false;
	}
	/* Nobody is to wait for a device that is not there. */
	if (nvm_region_is_lost(&c->r))
		nvm_queue_close(c);
	uld->remove(&c->r);
	nvm_queue_close(c);
	nvm_event(c, "released");
}

/*
 * Each round asks one ULD more. Without memory to note that one declined it
 * would be asked for ever.
 */
#define NVM_CLAIM_ROUNDS	64

static void nvm_claim_walk(struct nvm_region_core *c)
{
	struct device *dev = &c->r.dev;
	unsigned int round = 0;
	int ret;

	nvm_claim_forget(c);
	do {
		c->again = false;
		ret = device_attach(dev);
	} while (ret <= 0 && c->again && ++round < NVM_CLAIM_ROUNDS);
}

static bool nvm_claim_possible(struct nvm_region_core *c)
{
	return c->state == NVM_STATE_OFFERED && !c->pending_size &&
	       !nvm_disk_has_former(c);
}

static void nvm_claim_work(struct work_struct *work)
{
	struct nvm_region_core *c =
		container_of(work, struct nvm_region_core, offer_work);

	if (!READ_ONCE(c->r.dev.driver)) {
		WRITE_ONCE(c->attaching, current);
		nvm_claim_walk(c);
		WRITE_ONCE(c->attaching, NULL);
	}
	/* What stood in the way may have ended while the walk was under way. */
	scoped_guard(nvm_device, &c->r.dev)
		if (nvm_claim_possible(c))
			nvm_claim_offer_again(c);
	put_device(&c->r.dev);
}

/**
 * nvm_claim_offer() - have a region offered to the ULDs, later
 * @c: the region
 *
 * Nothing happens to one that is not yet or not any more on the bus: the queue
 * would keep it, its number and its memory.
 *
 * Context: any.
 */
void nvm_claim_offer(struct nvm_region_core *c)
{
	enum nvm_state state = READ_ONCE(c->state);

	if (state != NVM_STATE_OFFERED && state != NVM_STATE_HELD)
		return;
	/* The queue keeps the region until the work has run. */
	get_device(&c->r.dev);
	if (!queue_work(nvm_claim_wq, &c->offer_work))
		put_device(&c->r.dev);
}

/**
 * nvm_claim_cancel() - the region goes: what was to be offered is not
 * @c: the region, no longer on the bus
 *
 * An offer that is under way finds it gone.
 *
 * Context: any.
 */
void nvm_claim_cancel(struct nvm_region_core *c)
{
	if (cancel_work(&c->offer_work))
		put_device(&c->r.dev);
}

/**
 * nvm_claim_offer_again() - what kept ULDs off has ended
 * @c: the region, on the bus
 *
 * Offers it only if somebody was kept off: whoever unbound it by hand does not
 * want it bound again.
 *
 * Context: any.
 */
void nvm_claim_offer_again(struct nvm_region_core *c)
{
	if (xchg(&c->turned_away, false))
		nvm_claim_offer(c);
}

static int nvm_claim_offer_one(struct device *dev, void *unused)
{
	if (!READ_ONCE(dev->driver))
		nvm_claim_offer(dev_to_core(dev));
	return 0;
}

/**
 * nvm_claim_offer_all() - have every region that nobody claims offered
 *
 * Context: may sleep.
 */
void nvm_claim_offer_all(void)
{
	bus_for_each_dev(&nvm_bus, NULL, NULL, nvm_claim_offer_one);
}

/**
 * nvm_claim_region_init() - nobody was asked yet
 * @c: a new region
 */
void nvm_claim_region_init(struct nvm_region_core *c)
{
	INIT_LIST_HEAD(&c->declined);
	INIT_WORK(&c->offer_work, nvm_claim_work);
}

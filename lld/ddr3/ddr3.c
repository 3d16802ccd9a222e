// SPDX-License-Identifier: GPL-2.0-only
/*
 * nvm_ddr3: what all shims for DDR3 NVDIMMs share. The claim on the addresses,
 * enabling that may hang, the region, and looking after its health.
 */
#include <linux/completion.h>
#include <linux/ioport.h>
#include <linux/jiffies.h>
#include <linux/kref.h>
#include <linux/memory_hotplug.h>
#include <linux/minmax.h>
#include <linux/numa.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <nvm/ddr3.h>

/* No shim can keep the machine busy with asking. */
#define DDR3_POLL_MIN_MS	100U

#define DDR3_WAIT_STEP_MS	1000U

/* Calls of enable: nvm_ddr3 is not unloaded before they have returned. */
static struct workqueue_struct *ddr3_wq;

/**
 * struct ddr3 - one module's memory
 * @m: what the shim said; its strings may be gone
 * @r: the region, while it is registered
 * @poll: asks for the health
 */
struct ddr3 {
	struct nvm_ddr3_module	m;
	struct nvm_region	*r;
	struct delayed_work	poll;
};

/**
 * struct ddr3_enabling - a call of enable, which may outlast who waits for it
 * @ref: one for who waits, one for the work
 * @work: the call
 * @done: completed when @err is there
 * @ops: the shim's
 * @data: the shim's
 * @dev: the shim's device: it may be unplugged meanwhile, @data may be in it
 * @owner: the shim, which must not be unloaded meanwhile
 * @abandoned: whom nobody waits for any more: his claim lasts as long as the
 *	       vendor's code may work on the memory
 * @err: what enable said
 * @why: and the cause
 */
struct ddr3_enabling {
	struct kref			ref;
	struct work_struct		work;
	struct completion		done;
	const struct nvm_ddr3_ops	*ops;
	void				*data;
	struct device			*dev;
	struct module			*owner;
	struct ddr3			*abandoned;
	int				err;
	const char			*why;
};

static void ddr3_free(struct ddr3 *d)
{
	release_mem_region(d->m.start, d->m.size);
	kfree(d);
}

static void ddr3_enabling_free(struct kref *ref)
{
	struct ddr3_enabling *e = container_of(ref, struct ddr3_enabling, ref);

	if (e->abandoned)
		ddr3_free(e->abandoned);
	put_device(e->dev);
	kfree(e);
}

static void ddr3_enabling_work(struct work_struct *work)
{
	struct ddr3_enabling *e = container_of(work, struct ddr3_enabling, work);
	struct module *owner = e->owner;

	e->err = e->ops->enable(e->data, &e->why);
	complete(&e->done);
	kref_put(&e->ref, ddr3_enabling_free);
	/* The claim has the shim's name. */
	module_put(owner);
}

static struct ddr3_enabling *ddr3_enabling_new(struct device *dev,
					       const struct nvm_ddr3_module *m,
					       struct module *owner)
{
	struct ddr3_enabling *e = kzalloc(sizeof(*e), GFP_KERNEL);

	if (!e)
		return ERR_PTR(-ENOMEM);
	if (!try_module_get(owner)) {
		kfree(e);
		return ERR_PTR(-ENODEV);
	}
	kref_init(&e->ref);
	kref_get(&e->ref);
	INIT_WORK(&e->work, ddr3_enabling_work);
	init_completion(&e->done);
	e->ops = m->ops;
	e->data = m->data;
	e->dev = get_device(dev);
	e->owner = owner;
	return e;
}

/* In steps: who sleeps for two minutes in one passes for a task that hangs. */
static bool ddr3_wait(struct completion *done, unsigned int ms)
{
	unsigned int step;

	for (; ms; ms -= step) {
		step = min(ms, DDR3_WAIT_STEP_MS);
		if (wait_for_completion_timeout(done, msecs_to_jiffies(step)))
			return true;
	}
	return try_wait_for_completion(done);
}

/* A module that hangs must not hang the kernel with it. Ends @d on failure. */
static int ddr3_enable(struct device *dev, struct ddr3 *d, struct module *owner,
		       const char **why)
{
	const struct nvm_ddr3_ops *ops = d->m.ops;
	struct ddr3_enabling *e;
	int err;

	if (!ops || !ops->enable)
		return 0;
	e = ddr3_enabling_new(dev, &d->m, owner);
	if (IS_ERR(e)) {
		ddr3_free(d);
		return PTR_ERR(e);
	}
	queue_work(ddr3_wq, &e->work);
	if (ddr3_wait(&e->done, ops->enable_ms)) {
		err = e->err;
		*why = e->why;
		if (err)
			ddr3_free(d);
	} else {
		err = -ETIMEDOUT;
		*why = "it hangs";
		e->abandoned = d;
	}
	kref_put(&e->ref, ddr3_enabling_free);
	return err;
}

static void ddr3_release(struct nvm_region *r)
{
	ddr3_free(nvm_region_lld_data(r));
}

static const struct nvm_region_ops ddr3_region_ops = {
	.release	= ddr3_release,
};

static bool ddr3_has_health(const struct nvm_ddr3_module *m)
{
	return m->ops && m->ops->health;
}

static void ddr3_poll_later(struct ddr3 *d)
{
	unsigned int ms = max(d->m.ops->poll_ms, DDR3_POLL_MIN_MS);

	/* The bus it is asked by sleeps when the system does. */
	queue_delayed_work(system_freezable_wq, &d->poll, msecs_to_jiffies(ms));
}

static void ddr3_poll(struct work_struct *work)
{
	struct ddr3 *d = container_of(work, struct ddr3, poll.work);

	nvm_region_set_read_only(d->r, d->m.ops->health(d->m.data));
	ddr3_poll_later(d);
}

static void ddr3_stop_poll(void *data)
{
	struct ddr3 *d = data;

	cancel_delayed_work_sync(&d->poll);
}

/* Stopped before devm takes the region away. */
static int ddr3_start_poll(struct device *dev, struct ddr3 *d)
{
	if (!ddr3_has_health(&d->m))
		return 0;
	ddr3_poll_later(d);
	return devm_add_action_or_reset(dev, ddr3_stop_poll, d);
}

static int ddr3_register(struct device *dev, struct ddr3 *d,
			 struct module *owner, const char *name)
{
	const struct nvm_ddr3_module *m = &d->m;
	char uid[NVM_UID_MAX + 1];
	struct nvm_region_desc desc = {
		.type		= NVM_TYPE_MAPPED,
		.uid		= m->uid ?: uid,
		.model		= m->model,
		.size		= m->size,
		.mem		= { .start = m->start, .size = m->size },
		.caps		= NVM_CAP_DAX,
		.pdomain	= NVM_PDOMAIN_MEMORY_CONTROLLER,
		.numa_node	= numa_map_to_online_node(phys_to_target_node(m->start)),
		.ops		= &ddr3_region_ops,
		.lld_data	= d,
	};

	snprintf(uid, sizeof(uid), "ddr3-%llx", (u64)m->start);
	if (ddr3_has_health(m))
		desc.read_only = m->ops->health(m->data);
	d->r = __devm_nvm_region_register(dev, &desc, owner, name);
	return PTR_ERR_OR_ZERO(d->r);
}

/* Ends @d on failure. */
static int ddr3_add(struct device *dev, struct ddr3 *d, struct module *owner,
		    const char *name)
{
	u64 start = d->m.start, size = d->m.size;
	const char *why = NULL;
	int err;

	err = ddr3_enable(dev, d, owner, &why);
	if (err) {
		dev_err(dev, "0x%llx, %llu bytes: cannot be enabled: %pe%s%s\n",
			start, size, ERR_PTR(err), why ? ": " : "", why ?: "");
		return err;
	}
	err = ddr3_register(dev, d, owner, name);
	if (err) {
		ddr3_free(d);
		return err;
	}
	return ddr3_start_poll(dev, d);
}

static int ddr3_claim(const struct nvm_ddr3_module *m, const char *name,
		      char *why, size_t len)
{
	if (!m->size || m->start + m->size - 1 < m->start) {
		strscpy(why, "no such range", len);
		return -EINVAL;
	}
	/* Before anything is enabled: a user may have said where it is. */
	return nvm_claim_range(m->start, m->size, name, why, len);
}

int __devm_nvm_ddr3_add(struct device *dev, const struct nvm_ddr3_module *m,
			struct module *owner, const char *name)
{
	char why[NVM_REASON_MAX + 1];
	struct ddr3 *d;
	int err;

	err = ddr3_claim(m, name, why, sizeof(why));
	if (err) {
		dev_err(dev, "0x%llx, %llu bytes: %s\n", (u64)m->start, m->size,
			why);
		return err;
	}
	d = kzalloc(sizeof(*d), GFP_KERNEL);
	if (!d) {
		release_mem_region(m->start, m->size);
		return -ENOMEM;
	}
	d->m = *m;
	INIT_DELAYED_WORK(&d->poll, ddr3_poll);
	return ddr3_add(dev, d, owner, name);
}
EXPORT_SYMBOL_GPL(__devm_nvm_ddr3_add);

static int __init ddr3_init(void)
{
	ddr3_wq = alloc_workqueue(KBUILD_MODNAME, WQ_UNBOUND, 0);
	return ddr3_wq ? 0 : -ENOMEM;
}
module_init(ddr3_init);

static void __exit ddr3_exit(void)
{
	destroy_workqueue(ddr3_wq);
}
module_exit(ddr3_exit);

MODULE_DESCRIPTION("Regions of DDR3 NVDIMMs, for the shims of the vendors");
MODULE_LICENSE("GPL");
MODULE_VERSION(NVM_VERSION);

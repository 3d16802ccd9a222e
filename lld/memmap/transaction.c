// SPDX-License-Identifier: GPL-2.0-only
#include <linux/list_sort.h>
#include <linux/slab.h>
#include "device.h"
#include "transaction.h"

/**
 * struct txn - one write to map, add or remove
 * @devs: what exists
 * @specs: what the text says
 * @wanted: the same, as nvmm_plan() takes it
 * @present: the devices, as nvmm_plan() takes them
 * @plan: what to do
 * @created: by step, what an addition made
 * @why: the cause of a failure
 */
struct txn {
	struct nvmm_devs	*devs;
	struct nvmm_spec	*specs;
	struct nvmm_set		wanted;
	struct nvmm_set		present;
	struct nvmm_plan	plan;
	struct nvmm_dev		**created;
	struct nvmm_why		*why;
};

static void txn_free(struct txn *t)
{
	if (!t)
		return;
	kvfree(t->created);
	nvmm_plan_free(&t->plan);
	kvfree(t->present.specs);
	kvfree(t->wanted.specs);
	kvfree(t->specs);
	kfree(t);
}

DEFINE_FREE(txn, struct txn *, txn_free(_T))

static int no_memory(struct txn *t)
{
	nvmm_say(t->why, "no memory for the list");
	return -ENOMEM;
}

static int txn_parse(struct txn *t, const char *text)
{
	size_t nr = nvmm_count(text);
	const struct nvmm_spec **wanted;
	size_t i;

	t->specs = kvcalloc(nr + 1, sizeof(*t->specs), GFP_KERNEL);
	wanted = kvcalloc(nr + 1, sizeof(*wanted), GFP_KERNEL);
	t->wanted.specs = wanted;
	t->wanted.nr = nr;
	if (!t->specs || !wanted)
		return no_memory(t);
	for (i = 0; i < nr; i++)
		wanted[i] = &t->specs[i];
	return nvmm_parse(text, t->specs, nr, t->why);
}

static const struct nvmm_spec **gather(struct nvmm_devs *devs)
{
	const struct nvmm_spec **specs;
	struct nvmm_dev *dev;
	size_t i = 0;

	specs = kvcalloc(devs->nr + 1, sizeof(*specs), GFP_KERNEL);
	if (!specs)
		return NULL;
	list_for_each_entry(dev, &devs->list, node)
		specs[i++] = &dev->spec;
	return specs;
}

static int txn_plan(struct txn *t, enum nvmm_mode mode)
{
	int ret;

	t->present.specs = gather(t->devs);
	t->present.nr = t->devs->nr;
	if (!t->present.specs)
		return no_memory(t);
	ret = nvmm_plan(mode, &t->wanted, &t->present, &t->plan, t->why);
	if (ret)
		return ret;
	t->created = kvcalloc(t->plan.nr + 1, sizeof(*t->created), GFP_KERNEL);
	return t->created ? 0 : no_memory(t);
}

static const struct nvmm_spec *step_spec(struct txn *t, size_t i)
{
	return t->wanted.specs[t->plan.steps[i].spec];
}

static struct nvmm_dev *step_dev(struct txn *t, size_t i)
{
	return container_of(t->present.specs[t->plan.steps[i].dev],
			    struct nvmm_dev, spec);
}

static int txn_check(struct txn *t)
{
	u64 total = 0;
	size_t i;

	for (i = 0; i < t->plan.nr; i++) {
		const struct nvmm_spec *spec = step_spec(t, i);
		u64 from = 0;
		int ret;

		if (t->plan.steps[i].action == NVMM_DO_REMOVE)
			continue;
		if (t->plan.steps[i].action == NVMM_DO_EXPAND)
			from = step_dev(t, i)->spec.size;
		if (nvmm_has_pages(spec))
			total += spec->size - from;
		ret = nvmm_check_memory(spec, from, t->why);
		if (!ret)
			ret = nvmm_check_pages(spec, total, t->why);
		if (ret)
			return ret;
	}
	return 0;
}

static int prepare_remove(struct txn *t, size_t i)
{
	return nvmm_dev_hold(step_dev(t, i), t->why);
}

static void commit_remove(struct txn *t, size_t i)
{
	struct nvmm_dev *dev = step_dev(t, i);

	list_del(&dev->node);
	t->devs->nr--;
	nvmm_dev_remove(dev);
}

static void abort_remove(struct txn *t, size_t i)
{
	nvmm_dev_unhold(step_dev(t, i));
}

static int prepare_expand(struct txn *t, size_t i)
{
	return nvmm_dev_grow_prepare(step_dev(t, i), step_spec(t, i), t->why);
}

static void commit_expand(struct txn *t, size_t i)
{
	nvmm_dev_grow_commit(step_dev(t, i));
}

static void abort_expand(struct txn *t, size_t i)
{
	nvmm_dev_grow_abort(step_dev(t, i));
}

static int prepare_add(struct txn *t, size_t i)
{
	struct nvmm_dev *dev;

	dev = nvmm_dev_create(t->devs->parent, step_spec(t, i), t->why);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	t->created[i] = dev;
	return 0;
}

static void commit_add(struct txn *t, size_t i)
{
	list_add_tail(&t->created[i]->node, &t->devs->list);
	t->devs->nr++;
	nvmm_dev_offer(t->created[i]);
}

static void abort_add(struct txn *t, size_t i)
{
	nvmm_dev_destroy(t->created[i]);
}

static const struct step_ops {
	int	(*prepare)(struct txn *t, size_t i);
	void	(*commit)(struct txn *t, size_t i);
	void	(*abort)(struct txn *t, size_t i);
} step_ops[NVMM_NR_ACTIONS] = {
	[NVMM_DO_REMOVE] = { prepare_remove, commit_remove, abort_remove },
	[NVMM_DO_EXPAND] = { prepare_expand, commit_expand, abort_expand },
	[NVMM_DO_ADD]	 = { prepare_add, commit_add, abort_add },
};

static const struct step_ops *step(struct txn *t, size_t i)
{
	return &step_ops[t->plan.steps[i].action];
}

static void txn_abort(struct txn *t, size_t prepared)
{
	while (prepared--)
		step(t, prepared)->abort(t, prepared);
}

static int txn_prepare(struct txn *t)
{
	size_t i;
	int ret;

	for (i = 0; i < t->plan.nr; i++) {
		ret = step(t, i)->prepare(t, i);
		if (ret) {
			txn_abort(t, i);
			return ret;
		}
	}
	return 0;
}

static int by_start(void *priv, const struct list_head *a,
		    const struct list_head *b)
{
	return list_entry(a, struct nvmm_dev, node)->spec.start >
	       list_entry(b, struct nvmm_dev, node)->spec.start;
}

static void txn_commit(struct txn *t)
{
	size_t i;

	for (i = 0; i < t->plan.nr; i++)
		step(t, i)->commit(t, i);
	list_sort(NULL, &t->devs->list, by_start);
}

/**
 * nvmm_apply() - do what a list asks for, or nothing
 * @devs: the devices
 * @mode: where the list was written to
 * @text: the list
 * @why: the range, its owner, the cause; set on failure
 *
 * Everything that can fail is done first, and taken back in reverse if
 * anything does; then nothing can. What is to be removed is held idle while
 * the rest is decided.
 *
 * Context: may sleep. Waits for user space only as long as nobody could notice:
 * at most a second for who looks at a disk that goes.
 * Return: 0 or a negative errno, see Documentation/parameters.rst.
 */
int nvmm_apply(struct nvmm_devs *devs, enum nvmm_mode mode, const char *text,
	       struct nvmm_why *why)
{
	struct txn *t __free(txn) = kzalloc(sizeof(*t), GFP_KERNEL);
	int ret;

	if (!t) {
		nvmm_say(why, "no memory");
		return -ENOMEM;
	}
	t->devs = devs;
	t->why = why;
	ret = txn_parse(t, text);
	if (!ret)
		ret = txn_plan(t, mode);
	if (!ret)
		ret = txn_check(t);
	if (!ret)
		ret = txn_prepare(t);
	if (!ret)
		txn_commit(t);
	return ret;
}

/**
 * nvmm_show() - the devices as a list that can be written back
 * @devs: the devices
 * @buf: where
 * @len: room
 *
 * Return: characters in @buf without the NUL, at most @len - 2; -EOVERFLOW
 * when the list is longer than that, -ENOMEM.
 */
int nvmm_show(struct nvmm_devs *devs, char *buf, size_t len)
{
	const struct nvmm_spec **specs __free(pure) = gather(devs);

	if (!specs)
		return -ENOMEM;
	return nvmm_format_list(specs, devs->nr, buf, len);
}

/**
 * nvmm_destroy_all() - take all devices away
 * @devs: the devices
 */
void nvmm_destroy_all(struct nvmm_devs *devs)
{
	struct nvmm_dev *dev, *next;

	list_for_each_entry_safe_reverse(dev, next, &devs->list, node) {
		list_del(&dev->node);
		nvmm_dev_destroy(dev);
	}
	devs->nr = 0;
}

// SPDX-License-Identifier: GPL-2.0-only
#include "plan.h"

/* The types that this version can emulate. */
#define EMULATED	(BIT(1) | BIT(2))

/* What the functions here share while a plan is made. */
struct planner {
	const struct nvmm_set	*wanted;
	const struct nvmm_set	*devs;
	struct nvmm_plan	*plan;
	struct nvmm_why		*why;
};

static int refuse(struct planner *p, int err, const struct nvmm_spec *spec,
		  const char *what, const struct nvmm_spec *other)
{
	char range[NVMM_RANGE_TEXT];
	char owner[NVMM_RANGE_TEXT];

	nvmm_say(p->why, "%s: %s %s", nvmm_range_text(spec, range, sizeof(range)),
		 what, nvmm_range_text(other, owner, sizeof(owner)));
	return err;
}

static int no_memory(struct planner *p)
{
	nvmm_say(p->why, "no memory to make a plan");
	return -ENOMEM;
}

static int by_start(const void *a, const void *b)
{
	const struct nvmm_spec *x = *(const struct nvmm_spec *const *)a;
	const struct nvmm_spec *y = *(const struct nvmm_spec *const *)b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static int by_uid(const void *a, const void *b)
{
	const struct nvmm_spec *x = *(const struct nvmm_spec *const *)a;
	const struct nvmm_spec *y = *(const struct nvmm_spec *const *)b;

	return strcmp(x->uid, y->uid);
}

static int by_order(const void *a, const void *b)
{
	const struct nvmm_step *x = a;
	const struct nvmm_step *y = b;

	if (x->action != y->action)
		return x->action < y->action ? -1 : 1;
	if (x->action == NVMM_DO_ADD)
		return x->spec < y->spec ? -1 : x->spec > y->spec;
	return x->dev < y->dev ? -1 : x->dev > y->dev;
}

/* How many devices start below @addr: the place where one at @addr would be. */
static size_t devs_below(const struct nvmm_set *devs, u64 addr)
{
	size_t low = 0;
	size_t high = devs->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (devs->specs[mid]->start < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static const struct nvmm_spec *dev_starting_at(const struct nvmm_set *devs,
					       u64 start, size_t *index)
{
	*index = devs_below(devs, start);
	if (*index < devs->nr && devs->specs[*index]->start == start)
		return devs->specs[*index];
	return NULL;
}

/* Devices are disjoint and sorted: only the last below the end can be hit. */
static const struct nvmm_spec *dev_overlapping(const struct nvmm_set *devs,
					       const struct nvmm_spec *spec)
{
	size_t n = devs_below(devs, nvmm_end(spec));

	if (n && nvmm_end(devs->specs[n - 1]) > spec->start)
		return devs->specs[n - 1];
	return NULL;
}

static void add_step(struct planner *p, enum nvmm_action action, size_t spec,
		     size_t dev)
{
	p->plan->steps[p->plan->nr++] = (struct nvmm_step) {
		.action = action, .spec = spec, .dev = dev,
	};
}

/* A list names each address once: which of the two to obey is not guessed. */
static int check_wanted(struct planner *p)
{
	const struct nvmm_spec **sorted __free(pure) = NULL;
	size_t nr = p->wanted->nr;
	size_t i;

	sorted = pure_calloc(nr + 1, sizeof(*sorted));
	if (!sorted)
		return no_memory(p);
	memcpy(sorted, p->wanted->specs, nr * sizeof(*sorted));
	pure_sort(sorted, nr, sizeof(*sorted), by_start);
	for (i = 1; i < nr; i++)
		if (nvmm_end(sorted[i - 1]) > sorted[i]->start)
			return refuse(p, -EEXIST, sorted[i],
				      "the same list also has", sorted[i - 1]);
	return 0;
}

static int check_emulated(struct planner *p, const struct nvmm_spec *spec)
{
	unsigned int type = spec->opt[NVMM_OPT_TYPE];
	char range[NVMM_RANGE_TEXT];

	if (EMULATED & BIT(type))
		return 0;
	nvmm_say(p->why, "%s: type=%u is not emulated by this version",
		 nvmm_range_text(spec, range, sizeof(range)), type);
	return -EOPNOTSUPP;
}

static int refuse_options(struct planner *p, int err,
			  const struct nvmm_spec *spec,
			  const struct nvmm_spec *dev)
{
	char range[NVMM_RANGE_TEXT];
	char full[NVMM_RANGE_TEXT + 160];

	nvmm_format(dev, full, sizeof(full));
	nvmm_say(p->why, "%s: the options differ from those of the device %s",
		 nvmm_range_text(spec, range, sizeof(range)), full);
	return err;
}

static int keep_or_expand(struct planner *p, size_t i,
			  const struct nvmm_spec *dev, size_t index)
{
	const struct nvmm_spec *spec = p->wanted->specs[i];
	const struct nvmm_spec *hit = dev_overlapping(p->devs, spec);

	if (spec->size < dev->size)
		return refuse(p, -EINVAL, spec, "cannot shrink the device", dev);
	if (!nvmm_same_options(spec, dev, BIT(NVMM_NR_OPTS) - 1))
		return refuse_options(p, -EINVAL, spec, dev);
	if (hit != dev)
		return refuse(p, -EEXIST, spec, "overlaps the device", hit);
	if (spec->size > dev->size)
		add_step(p, NVMM_DO_EXPAND, i, index);
	return 0;
}

static int place(struct planner *p, size_t i)
{
	const struct nvmm_spec *spec = p->wanted->specs[i];
	const struct nvmm_spec *dev;
	size_t index;
	int ret;

	ret = check_emulated(p, spec);
	if (ret)
		return ret;
	dev = dev_starting_at(p->devs, spec->start, &index);
	if (dev)
		return keep_or_expand(p, i, dev, index);
	dev = dev_overlapping(p->devs, spec);
	if (dev)
		return refuse(p, -EEXIST, spec, "overlaps the device", dev);
	add_step(p, NVMM_DO_ADD, i, 0);
	return 0;
}

static int place_all(struct planner *p)
{
	size_t i;
	int ret;

	for (i = 0; i < p->wanted->nr; i++) {
		ret = place(p, i);
		if (ret)
			return ret;
	}
	return 0;
}

static bool is_addition(struct planner *p, const struct nvmm_spec *spec)
{
	size_t index;

	return !dev_starting_at(p->devs, spec->start, &index);
}

/* All devices, also those to be removed, and what is to be added to them. */
static size_t gather(struct planner *p, const struct nvmm_spec **all)
{
	size_t nr = p->devs->nr;
	size_t i;

	if (nr)
		memcpy(all, p->devs->specs, nr * sizeof(*all));
	for (i = 0; i < p->plan->nr; i++)
		if (p->plan->steps[i].action == NVMM_DO_ADD)
			all[nr++] = p->wanted->specs[p->plan->steps[i].spec];
	return nr;
}

static int refuse_uid(struct planner *p, const struct nvmm_spec *spec,
		      const struct nvmm_spec *owner)
{
	char range[NVMM_RANGE_TEXT];
	char other[NVMM_RANGE_TEXT];

	nvmm_say(p->why, "%s: uid=%s is that of %s",
		 nvmm_range_text(spec, range, sizeof(range)), spec->uid,
		 nvmm_range_text(owner, other, sizeof(other)));
	return -EEXIST;
}

/* Of the two at least one is new, and that is the one to refuse. */
static int refuse_taken(struct planner *p, const struct nvmm_spec *a,
			const struct nvmm_spec *b)
{
	return is_addition(p, a) ? refuse_uid(p, a, b) : refuse_uid(p, b, a);
}

static int check_uids(struct planner *p)
{
	const struct nvmm_spec **all __free(pure) = NULL;
	size_t nr, i;

	all = pure_calloc(p->devs->nr + p->wanted->nr + 1, sizeof(*all));
	if (!all)
		return no_memory(p);
	nr = gather(p, all);
	pure_sort(all, nr, sizeof(*all), by_uid);
	for (i = 1; i < nr; i++)
		if (!strcmp(all[i - 1]->uid, all[i]->uid))
			return refuse_taken(p, all[i], all[i - 1]);
	return 0;
}

static int remove_unnamed(struct planner *p)
{
	bool *named __free(pure) = NULL;
	size_t i, index;

	named = pure_calloc(p->devs->nr + 1, sizeof(*named));
	if (!named)
		return no_memory(p);
	for (i = 0; i < p->wanted->nr; i++)
		if (dev_starting_at(p->devs, p->wanted->specs[i]->start, &index))
			named[index] = true;
	for (i = 0; i < p->devs->nr; i++)
		if (!named[i])
			add_step(p, NVMM_DO_REMOVE, 0, i);
	return 0;
}

/* Options are not needed to name a device, but those given must be right. */
static int remove_one(struct planner *p, const struct nvmm_spec *spec)
{
	char range[NVMM_RANGE_TEXT];
	const struct nvmm_spec *dev;
	size_t index;

	dev = dev_starting_at(p->devs, spec->start, &index);
	if (!dev) {
		nvmm_say(p->why, "%s: no device starts here",
			 nvmm_range_text(spec, range, sizeof(range)));
		return -ENOENT;
	}
	if (dev->size != spec->size)
		return refuse(p, -ENOENT, spec, "the device here is", dev);
	if (!nvmm_same_options(spec, dev, spec->given))
		return refuse_options(p, -ENOENT, spec, dev);
	add_step(p, NVMM_DO_REMOVE, 0, index);
	return 0;
}

static int remove_named(struct planner *p)
{
	size_t i;
	int ret;

	for (i = 0; i < p->wanted->nr; i++) {
		ret = remove_one(p, p->wanted->specs[i]);
		if (ret)
			return ret;
	}
	return 0;
}

static int make_steps(struct planner *p, enum nvmm_mode mode)
{
	int ret;

	if (mode == NVMM_REMOVE)
		return remove_named(p);
	ret = place_all(p);
	if (!ret)
		ret = check_uids(p);
	if (!ret && mode == NVMM_MAP)
		ret = remove_unnamed(p);
	return ret;
}

/**
 * nvmm_plan() - decide what a list asks for
 * @mode: where it was written to
 * @wanted: its elements, in any order
 * @devs: what exists: sorted by start, disjoint, unique uids
 * @plan: what to do; set on success, to be ended by nvmm_plan_free()
 * @why: the element, the owner of its place, the cause; set on failure
 *
 * Takes O(n log n). Nothing but the lists is looked at: whether the memory is
 * there and idle is found out by the steps.
 *
 * Return: 0, or
 * -EINVAL: it would shrink a device or change its options,
 * -EEXIST: it overlaps itself or a device, also one that it would remove, or
 * a uid is taken,
 * -ENOENT: nothing there to remove,
 * -EOPNOTSUPP: a type that is not emulated,
 * -ENOMEM.
 */
int nvmm_plan(enum nvmm_mode mode, const struct nvmm_set *wanted,
	      const struct nvmm_set *devs, struct nvmm_plan *plan,
	      struct nvmm_why *why)
{
	struct planner p = {
		.wanted = wanted, .devs = devs, .plan = plan, .why = why,
	};
	int ret;

	plan->nr = 0;
	plan->steps = pure_calloc(wanted->nr + devs->nr + 1,
				  sizeof(*plan->steps));
	if (!plan->steps)
		return no_memory(&p);
	ret = check_wanted(&p);
	if (!ret)
		ret = make_steps(&p, mode);
	if (ret) {
		nvmm_plan_free(plan);
		return ret;
	}
	pure_sort(plan->steps, plan->nr, sizeof(*plan->steps), by_order);
	return 0;
}

/**
 * nvmm_plan_free() - end what nvmm_plan() made
 * @plan: the plan, or one that is all zero
 */
void nvmm_plan_free(struct nvmm_plan *plan)
{
	pure_free(plan->steps);
	*plan = (struct nvmm_plan) { };
}

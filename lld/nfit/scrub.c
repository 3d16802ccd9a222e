// SPDX-License-Identifier: GPL-2.0-only
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include "scrub.h"

#define NVMN_SCRUB_POLL		HZ
/* A platform that says how long it takes is waited for twice as long. */
#define NVMN_SCRUB_SECONDS_MIN	20
#define NVMN_SCRUB_SECONDS_MAX	(4 * 3600)
/* How long somebody else's will take is not known. */
#define NVMN_SCRUB_SECONDS_OTHER	300
/* Errors may be cleared while one is under way: then what it found is old. */
#define NVMN_SCRUB_TRIES	3

static struct device *nvmn_scrub_dev(const struct nvmn_scrub *s)
{
	return &s->root->adev->dev;
}

static u64 nvmn_scrub_end(const struct nvmn_scrub *s)
{
	return s->region->known.start + s->region->known.size;
}

static void nvmn_scrub_give_up(struct nvmn_scrub *s, const char *why)
{
	dev_err(nvmn_scrub_dev(s), "the scrub of %s at 0x%llx is given up: %s\n",
		dev_name(&s->region->region->dev), s->from, why);
	s->region = NULL;
}

static void nvmn_scrub_wait(struct nvmn_scrub *s, u32 seconds)
{
	seconds = clamp_t(u64, 2ULL * seconds, NVMN_SCRUB_SECONDS_MIN,
			  NVMN_SCRUB_SECONDS_MAX);
	s->deadline = jiffies + seconds * HZ;
}

static void nvmn_scrub_begin(struct nvmn_scrub *s, struct nvmn_region *region)
{
	region->to_scrub = false;
	s->region = region;
	s->started = false;
	s->from = region->known.start;
	s->tries = 0;
	nvmn_scrub_wait(s, NVMN_SCRUB_SECONDS_OTHER);
}

/* The next region that is to be looked at and can be. */
static bool nvmn_scrub_choose(struct nvmn_scrub *s)
{
	struct nvmn_region *region;

	list_for_each_entry(region, s->regions, node) {
		if (!region->to_scrub)
			continue;
		nvmn_scrub_begin(s, region);
		return true;
	}
	return false;
}

/*
 * What the platform found earlier will do, until something was cleared: it may
 * tell that again.
 */
static void nvmn_scrub_start(struct nvmn_scrub *s)
{
	int cleared = atomic_read(&s->root->cleared);
	struct nvmn_why why;
	u32 seconds;
	int err;

	err = nvmn_root_ars_start(s->root, s->from, nvmn_scrub_end(s) - s->from,
				  !cleared, &seconds, &why);
	if (err == -EBUSY)
		return;
	if (err) {
		nvmn_scrub_give_up(s, why.text);
		return;
	}
	s->started = true;
	s->cleared = cleared;
	nvmn_scrub_wait(s, seconds);
}

/* Not under a lock that our ops take, see nvm/lld.h. */
static void nvmn_scrub_tell(struct nvmn_scrub *s,
			    const struct nvmn_ars_status *status)
{
	const struct nvmn_region *region = s->region;
	u64 off, len;
	size_t i;

	for (i = 0; i < status->nr; i++)
		if (nvmn_ars_record(status, i, region->known.start,
				    region->known.size, &off, &len))
			nvm_region_poison(region->region, off, len);
	if (status->cut)
		dev_warn(nvmn_scrub_dev(s), "the scrub of %s tells of more errors than it names\n",
			 dev_name(&region->region->dev));
}

static void nvmn_scrub_again(struct nvmn_scrub *s)
{
	if (++s->tries == NVMN_SCRUB_TRIES)
		nvmn_scrub_give_up(s, "errors are cleared all the time");
	else
		s->started = false;
}

static void nvmn_scrub_found(struct nvmn_scrub *s,
			     const struct nvmn_ars_status *status)
{
	u64 end = nvmn_scrub_end(s);
	u64 next = nvmn_ars_next(status, s->from, end);

	if (atomic_read(&s->root->cleared) != s->cleared) {
		nvmn_scrub_again(s);
		return;
	}
	nvmn_scrub_tell(s, status);
	if (next == end) {
		s->region = NULL;
	} else if (next == s->from) {
		nvmn_scrub_give_up(s, "it looks at other addresses");
	} else {
		s->from = next;
		s->started = false;
	}
}

static void nvmn_scrub_poll(struct nvmn_scrub *s)
{
	struct nvmn_ars_status status;
	struct nvmn_why why;
	union acpi_object *obj __free(nvmn_answer) =
		nvmn_root_ars_status(s->root, &status, &why);

	if (!obj) {
		nvmn_scrub_give_up(s, why.text);
		return;
	}
	switch (status.state) {
	case NVMN_ARS_RUNNING:
		break;
	case NVMN_ARS_NONE:
		nvmn_scrub_give_up(s, "the platform knows of none");
		break;
	case NVMN_ARS_DONE:
	case NVMN_ARS_STOPPED:
		nvmn_scrub_found(s, &status);
		break;
	}
}

static void nvmn_scrub_step(struct nvmn_scrub *s)
{
	if (s->started)
		nvmn_scrub_poll(s);
	else
		nvmn_scrub_start(s);
	if (s->region && time_after(jiffies, s->deadline))
		nvmn_scrub_give_up(s, s->started ? "it does not end" :
				   "another one does not end");
}

static void nvmn_scrub_work(struct work_struct *work)
{
	struct nvmn_scrub *s = container_of(to_delayed_work(work),
					    struct nvmn_scrub, work);

	guard(mutex)(s->lock);
	if (s->stopped)
		return;
	if (s->region || nvmn_scrub_choose(s))
		nvmn_scrub_step(s);
	else
		return;
	queue_delayed_work(system_long_wq, &s->work,
			   s->region ? NVMN_SCRUB_POLL : 0);
}

/**
 * nvmn_scrub_init() - nothing is looked at yet
 * @s: set
 * @root: the root device
 * @regions: its regions; those whose to_scrub is set will be looked at
 * @lock: guards them
 */
void nvmn_scrub_init(struct nvmn_scrub *s, struct nvmn_root *root,
		     struct list_head *regions, struct mutex *lock)
{
	s->root = root;
	s->regions = regions;
	s->lock = lock;
	INIT_DELAYED_WORK(&s->work, nvmn_scrub_work);
}

/**
 * nvmn_scrub_all() - have all regions looked at
 * @s: of these regions; under its lock
 *
 * The one that is under way is looked at again afterwards.
 */
void nvmn_scrub_all(struct nvmn_scrub *s)
{
	struct nvmn_region *region;

	list_for_each_entry(region, s->regions, node)
		region->to_scrub = region->ars.scrub;
	nvmn_scrub_go(s);
}

/**
 * nvmn_scrub_go() - begin with those that are to be looked at
 * @s: of these regions; under its lock
 */
void nvmn_scrub_go(struct nvmn_scrub *s)
{
	if (!s->stopped)
		queue_delayed_work(system_long_wq, &s->work, 0);
}

/**
 * nvmn_scrub_forget() - a region goes
 * @s: it may be the one under way; under its lock
 * @region: not to be touched any more
 */
void nvmn_scrub_forget(struct nvmn_scrub *s, struct nvmn_region *region)
{
	if (s->region == region)
		s->region = NULL;
}

/**
 * nvmn_scrub_exit() - stop looking
 * @s: no step will follow
 *
 * Context: may sleep; not under its lock.
 */
void nvmn_scrub_exit(struct nvmn_scrub *s)
{
	scoped_guard(mutex, s->lock)
		s->stopped = true;
	cancel_delayed_work_sync(&s->work);
}

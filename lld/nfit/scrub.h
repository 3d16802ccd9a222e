/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Looking for errors (address range scrub): one region after the other, in the
 * background, each for a bounded time.
 */
#ifndef NVMN_SCRUB_H
#define NVMN_SCRUB_H

#include <linux/mutex.h>
#include <linux/workqueue.h>
#include "region.h"

/**
 * struct nvmn_scrub - what is being looked at
 * @root: the root device
 * @regions: of &struct nvmn_region
 * @lock: the caller's, guards the regions and the rest of this
 * @work: the next step
 * @region: under way, or NULL; nvmn_scrub_forget() tells that it goes
 * @started: ours is under way, else what is may be somebody else's
 * @from: where it began
 * @cleared: &nvmn_root.cleared when it began
 * @tries: how often it had to begin again because of that
 * @deadline: in jiffies: after that nobody waits for this region
 * @stopped: no step will follow
 */
struct nvmn_scrub {
	struct nvmn_root	*root;
	struct list_head	*regions;
	struct mutex		*lock;	/* outside the regions' */
	struct delayed_work	work;
	struct nvmn_region	*region;
	bool			started;
	u64			from;
	int			cleared;
	unsigned int		tries;
	unsigned long		deadline;
	bool			stopped;
};

void nvmn_scrub_init(struct nvmn_scrub *s, struct nvmn_root *root,
		     struct list_head *regions, struct mutex *lock);
void nvmn_scrub_all(struct nvmn_scrub *s);
void nvmn_scrub_go(struct nvmn_scrub *s);
void nvmn_scrub_forget(struct nvmn_scrub *s, struct nvmn_region *region);
void nvmn_scrub_exit(struct nvmn_scrub *s);

#endif /* NVMN_SCRUB_H */

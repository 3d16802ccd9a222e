// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: each is a uevent of the region, for udev, and raises a counter on the
 * bus that can be polled, for a tool that waits for anything at all.
 */
#include <linux/kobject.h>
#include "core.h"

static atomic_t nvm_events;

/**
 * nvm_event_count() - events since the bus was registered
 */
unsigned int nvm_event_count(void)
{
	return atomic_read(&nvm_events);
}

/**
 * nvm_event_bump() - wake who polls the bus, for an event whose uevent is the
 *		      driver core's: add and remove
 *
 * Context: may sleep.
 */
void nvm_event_bump(void)
{
	atomic_inc(&nvm_events);
	sysfs_notify(&bus_get_kset(&nvm_bus)->kobj, NULL, "events");
}

/**
 * nvm_event() - tell user space what happened to a region
 * @c: the region
 * @what: claimed, released, expanded, changed, health, poison or lost
 *
 * Context: may sleep.
 */
void nvm_event(struct nvm_region_core *c, const char *what)
{
	struct kobject *kobj = &c->r.dev.kobj;
	char *event = kasprintf(GFP_KERNEL, "NVM_EVENT=%s", what);
	char *envp[2] = { event };

	/* Without memory the counter must do. */
	if (event)
		kobject_uevent_env(kobj, KOBJ_CHANGE, envp);
	kfree(event);
	sysfs_notify(kobj, NULL, "state");
	nvm_event_bump();
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of nvm_core share with each other and with nobody else.
 *
 * Lock order, outermost first:
 *
 *	nvm_scan_mutex			while an LLD looks again, scan.c
 *	the LLD's lock (nvm_memmap: the map mutex)
 *	device lock of the region	state, pending_size, disk life cycle
 *	  gendisk.open_mutex		the block layer's, around open and release
 *	    nvm_region_core.lock	what attributes and opens read
 *	nvm_queue.abort_mutex		while a device ends its commands, cmd.c
 *	poison_mutex			under none of the above but the first two
 *	nvm_registry_lock		a spinlock; nvm_region_core.lock nests in it
 *	nvm_queue.lock			a spinlock, innermost: a completion may come
 *					in an interrupt
 *
 * The path from a hardware error (memory_failure, a machine check that a copy
 * met) takes poison_mutex and none outside it: removal waits for that path
 * under the device lock.
 */
#ifndef NVM_CORE_H
#define NVM_CORE_H

#include <linux/badblocks.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <nvm/lld.h>
#include <nvm/uld.h>

/**
 * enum nvm_state - where a region is in its life
 * @NVM_STATE_NEW: made, perhaps on the bus, not on offer: an LLD's transaction
 *		   may still take it back
 * @NVM_STATE_OFFERED: ULDs may claim it, one may have
 * @NVM_STATE_HELD: idle and kept so until it is removed or released
 * @NVM_STATE_GONE: unregistered
 * @NVM_STATE_LOST: unregistered because the memory is not there any more
 */
enum nvm_state {
	NVM_STATE_NEW,
	NVM_STATE_OFFERED,
	NVM_STATE_HELD,
	NVM_STATE_GONE,
	NVM_STATE_LOST,
};

/**
 * struct nvm_queue - the commands of a region of type 2 or 4
 * @lock: guards all but the last four
 * @waiting: those that the device does not have yet, in order
 * @started: those that it has, the first to be late first
 * @nr_started: how many
 * @ending: calls of nvm_cmd_complete() under way
 * @stopped: reasons not to start any
 * @err: nor to take any, -ENODEV; 0 while a ULD claims the region
 * @dispatching: somebody hands commands to the LLD
 * @full: the device wanted no more; until one ends, or @retry
 * @abort_mutex: one abort at a time
 * @wait: for the queue to come to rest
 * @timeout: pending while the device has a command
 * @retry: ends @full
 */
struct nvm_queue {
	spinlock_t		lock;	/* innermost, interrupts off */
	struct list_head	waiting;
	struct list_head	started;
	unsigned int		nr_started;
	unsigned int		ending;
	unsigned int		stopped;
	int			err;
	bool			dispatching;
	bool			full;
	struct mutex		abort_mutex;	/* see the lock order */
	wait_queue_head_t	wait;
	struct delayed_work	timeout;
	struct delayed_work	retry;
};

/**
 * struct nvm_region_core - a region with what only the core may know
 * @r: what drivers see
 * @owner: module of the LLD, pinned by opens and, briefly, by probe
 * @lld_name: its name; NULL owner means built in
 * @node: in the registry, from alloc to release
 * @serial: never used twice, unlike the number
 * @release_lld: &nvm_region_ops.release is owed
 * @state: written under the device lock
 * @size: bytes now; written under the device lock, read with acquire
 * @pending_size: not 0 between resize_prepare and its commit or abort; device
 *		  lock
 * @pending_uld: the ULD prepared too and is still bound; device lock
 * @attaching: the task in which the core walks the ULDs for this region
 * @again: a ULD stood back for a better one: walk again
 * @turned_away: a walk met the region when nobody could have it
 * @offer_work: the walk, on the core's ordered workqueue
 * @lock: guards @uld, @disk, @former_disks, @users, @declined, @override,
 *	  @read_only
 * @uld: who claims it
 * @disk: the disk raised on it, from nvm_disk_add() to nvm_disk_remove()
 * @former_disks: disks that were removed and are not yet freed: they may still
 *		  map the memory
 * @users: opens of all its disks that were not released
 * @declined: &struct nvm_declined of the last walk
 * @override: name of the only ULD allowed, or NULL
 * @read_only: why it must not be written, empty when armed
 * @poison_mutex: serialises poison callbacks with the ULD's going, and poison
 *		  events with the region's; guards @announced
 * @announced: user space knows the region
 * @poison_work: tells user space that @bb changed
 * @bb: known poison, in sectors; survives the ULD
 * @inject: latent poison for tests, see inject.c
 * @read_delay: ns by which each copy out of it takes longer, see inject.c
 * @queue: its commands, see cmd.c
 * @has_pages: its struct pages were made: their RAM is not to be reserved
 * @uid: copy behind @r.desc.uid
 * @model: copy behind @r.desc.model
 * @windows: copy behind @r.desc.windows
 */
struct nvm_region_core {
	struct nvm_region	r;
	struct module		*owner;
	const char		*lld_name;
	struct list_head	node;
	u64			serial;
	bool			release_lld;

	enum nvm_state		state;
	u64			size;
	u64			pending_size;
	bool			pending_uld;

	struct task_struct	*attaching;
	bool			again;
	bool			turned_away;
	struct work_struct	offer_work;

	spinlock_t		lock;	/* innermost, what users read */
	struct nvm_uld		*uld;
	struct nvm_disk_core	*disk;
	unsigned int		former_disks;
	unsigned int		users;
	struct list_head	declined;
	char			*override;
	char			read_only[NVM_REASON_MAX + 1];

	struct mutex		poison_mutex;	/* see the lock order */
	bool			announced;
	struct work_struct	poison_work;
	struct badblocks	bb;
	struct nvm_inject	*inject;
	unsigned int		read_delay;
	struct nvm_queue	queue;
	bool			has_pages;

	char			uid[NVM_UID_MAX + 1];
	char			model[NVM_UID_MAX + 1];
	struct nvm_range	windows[];
};

/**
 * struct nvm_declined - who was offered a region and did not take it
 * @node: in &nvm_region_core.declined
 * @uld: only compared, never followed: it may be gone
 * @name: its name
 * @why: in words
 */
struct nvm_declined {
	struct list_head	node;
	const struct nvm_uld	*uld;
	char			name[32];
	char			why[NVM_REASON_MAX + 1];
};

/**
 * struct nvm_disk_core - a disk raised on a region
 * @disk: what its ULD sees; the gendisk's private_data points here
 * @c: the region; a reference is held until the disk is freed
 * @uld: who raised it; its unregistration waits for the disk to be freed
 * @desc: what the ULD wants
 * @gate: takes no new opens with this errno, 0 when open; under
 *	  &nvm_region_core.lock
 * @former: removed, but not yet freed; same lock
 * @frozen: takes no I/O while the system sleeps; device lock
 */
struct nvm_disk_core {
	struct nvm_disk		disk;
	struct nvm_region_core	*c;
	struct nvm_uld		*uld;
	struct nvm_disk_desc	desc;
	int			gate;
	bool			former;
	bool			frozen;
};

static inline struct nvm_region_core *to_core(const struct nvm_region *r)
{
	return container_of(r, struct nvm_region_core, r);
}

static inline struct nvm_region_core *dev_to_core(struct device *dev)
{
	return to_core(to_nvm_region(dev));
}

static inline struct nvm_uld *driver_to_uld(const struct device_driver *drv)
{
	return container_of(drv, struct nvm_uld, driver);
}

DEFINE_GUARD(nvm_device, struct device *, device_lock(_T), device_unlock(_T))

/* validate.c */
const char *nvm_desc_fault(const struct nvm_region_desc *d);
u64 nvm_caps_from_ops(const struct nvm_region_ops *ops);

/* cmd.c */
void nvm_queue_init(struct nvm_region_core *c);
void nvm_queue_open(struct nvm_region_core *c);
void nvm_queue_close(struct nvm_region_core *c);

/* event.c */
void nvm_event(struct nvm_region_core *c, const char *what);
void nvm_event_bump(void);
unsigned int nvm_event_count(void);

/* poison.c */
int nvm_poison_init(struct nvm_region_core *c);
void nvm_poison_exit(struct nvm_region_core *c);
void nvm_poison_announce(struct nvm_region_core *c, bool announced);
void nvm_poison_add(struct nvm_region_core *c, u64 off, u64 len);

/* inject.c */
void nvm_inject_init(void);
void nvm_inject_exit(void);
void nvm_inject_region_add(struct nvm_region_core *c);
void nvm_inject_region_remove(struct nvm_region_core *c);
void nvm_inject_region_free(struct nvm_region_core *c);
void nvm_inject_clear(struct nvm_region_core *c, u64 off, u64 len);

/* map.c */
void nvm_map_pages_present(struct nvm_region_core *c, u64 off, u64 len);

/* memory.c */
bool nvm_pages_fit(u64 size);

/* disk.c */
struct nvm_region *nvm_disk_region(const struct nvm_disk *disk);
int nvm_disk_hold(struct nvm_region_core *c);
void nvm_disk_release_hold(struct nvm_region_core *c);
void nvm_disk_set_read_only(struct nvm_region_core *c, bool ro);
void nvm_disk_freeze(struct nvm_region_core *c);
void nvm_disk_thaw(struct nvm_region_core *c);
unsigned int nvm_disk_users(struct nvm_region_core *c);
bool nvm_disk_has_former(struct nvm_region_core *c);

/* cdev.c */
int nvm_cdev_init(void);
void nvm_cdev_exit(void);

/* claim.c */
int nvm_claim_init(void);
void nvm_claim_exit(void);
int nvm_cmd_init(void);
void nvm_cmd_exit(void);
void nvm_claim_region_init(struct nvm_region_core *c);
void nvm_claim_offer(struct nvm_region_core *c);
void nvm_claim_offer_again(struct nvm_region_core *c);
void nvm_claim_offer_all(void);
void nvm_claim_flush(void);
void nvm_claim_forget(struct nvm_region_core *c);
bool nvm_claim_is_walk(const struct nvm_region_core *c);
bool nvm_claim_allowed(struct nvm_region_core *c, const struct nvm_uld *uld);
void nvm_claim_cancel(struct nvm_region_core *c);
int nvm_claim_probe(struct nvm_region_core *c, struct nvm_uld *uld);
void nvm_claim_remove(struct nvm_region_core *c, struct nvm_uld *uld);

/* registry.c */
int nvm_registry_add(struct nvm_region_core *c, char *why);
void nvm_registry_del(struct nvm_region_core *c);
void nvm_registry_wait_gone(u64 serial);
u64 nvm_registry_unmapped(void);
void nvm_registry_exit(void);

/* region.c */
__printf(3, 4) int nvm_refuse(char *why, int err, const char *fmt, ...);
phys_addr_t nvm_desc_start(const struct nvm_region_desc *d);
void nvm_region_set_state(struct nvm_region_core *c, enum nvm_state state);
const char *nvm_state_name(struct nvm_region_core *c);

/* scan.c */
int nvm_scan(void);

/* attrs.c */
extern const struct attribute_group *nvm_region_groups[];

/* bus.c */
extern struct bus_type nvm_bus;

/* sleep.c */
extern const struct dev_pm_ops nvm_sleep_pm;

#endif /* NVM_CORE_H */

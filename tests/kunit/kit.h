/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the suites share: an LLD and ULDs that do what a case tells them and
 * count what was asked of them.
 *
 * Regions and disks are made by the public headers alone, as any driver makes
 * them. core/core.h is included for what has no function: looking at a state,
 * and waiting for a region's claim walk. Its inline functions and fields need
 * no exports.
 *
 * No region has %NVM_CAP_DAX, so nothing is ever mapped and the addresses need
 * not exist; the disks read as zeros and forget what is written.
 */
#ifndef NVM_KUNIT_KIT_H
#define NVM_KUNIT_KIT_H

#include <kunit/test.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>
#include "../../core/core.h"

#define KIT_REGIONS	4
#define KIT_ULDS	3
#define KIT_FILES	4
#define KIT_SIZE	(64ULL << 20)
/* Of one region to the next: room to grow. */
#define KIT_STRIDE	((u64)SZ_1G)
#define KIT_START	0x100000000000ULL

/**
 * struct kit_region - a region of the suites' LLD
 * @r: the region, NULL before alloc and when it was taken away
 * @desc: what it is made of; a case may change it before kit_alloc()
 * @uid: behind @desc.uid
 * @device: what a suite that has its own ops keeps behind them
 * @released: times &nvm_region_ops.release ran
 */
struct kit_region {
	struct nvm_region	*r;
	struct nvm_region_desc	desc;
	char			uid[NVM_UID_MAX + 1];
	void			*device;
	atomic_t		released;
};

/**
 * struct kit_uld - a ULD and what it was asked
 * @uld: as registered
 * @registered: and not yet unregistered
 * @raises: a disk in its probe
 * @reason: for nvm_decline(), or NULL
 * @probe_err: what probe returns
 * @quiesce_err: what quiesce returns
 * @prepare_err: what resize_prepare returns
 * @probes: calls
 * @removes: calls
 * @lost: the last remove was of a lost region
 * @quiesces: calls
 * @prepares: calls
 * @commits: calls
 * @aborts: calls
 * @healths: calls
 * @poisons: calls
 * @poison_off: of the last
 * @poison_len: of the last
 * @disk: the last it raised or removed
 * @revokes: calls
 * @live_at_revoke: the disk was still there at the last one
 * @frees: calls
 */
struct kit_uld {
	struct nvm_uld	uld;
	bool		registered;
	bool		raises;
	const char	*reason;
	int		probe_err;
	int		quiesce_err;
	int		prepare_err;
	int		probes;
	int		removes;
	bool		lost;
	int		quiesces;
	int		prepares;
	int		commits;
	int		aborts;
	int		healths;
	int		poisons;
	u64		poison_off;
	u64		poison_len;
	struct nvm_disk	*disk;
	int		revokes;
	bool		live_at_revoke;
	int		frees;
};

/**
 * struct kit - what each case begins with; the suites' test->priv
 * @parent: of the regions
 * @regions: described, not made
 * @ulds: "kunit0" and so on, not registered
 * @files: opens, closed at the end
 */
struct kit {
	struct platform_device	*parent;
	struct kit_region	regions[KIT_REGIONS];
	struct kit_uld		ulds[KIT_ULDS];
	struct file		*files[KIT_FILES];
};

/* kit.c */
int kit_init(struct kunit *test);
void kit_exit(struct kunit *test);

int kit_alloc(struct kunit *test, struct kit_region *kr);
void kit_add(struct kunit *test, struct kit_region *kr);
void kit_offer(struct kunit *test, struct kit_region *kr);
void kit_settle(struct kit_region *kr);
void kit_release(struct nvm_region *r);
void kit_unregister(struct kit_region *kr);
void kit_lost(struct kit_region *kr);
bool kit_wait_released(struct kit_region *kr);
enum nvm_state kit_state(struct kit_region *kr);
bool kit_claimed_by(struct kit_region *kr, struct kit_uld *u);
bool kit_declined(struct kit_region *kr, struct kit_uld *u, char *why);

void kit_uld_register(struct kunit *test, struct kit_uld *u);
void kit_uld_unregister(struct kit_uld *u);

struct kit_uld *kit_with_disk(struct kunit *test);

struct file *kit_open(struct kunit *test, struct kit_uld *u);
void kit_close(struct kunit *test, struct file *file);
extern const struct block_device_operations kit_fops;
void kit_disk_freed(void *private);

extern struct kunit_suite kit_claim_suite;
extern struct kunit_suite kit_region_suite;
extern struct kunit_suite kit_removal_suite;
extern struct kunit_suite kit_disk_suite;
extern struct kunit_suite kit_resize_suite;
extern struct kunit_suite kit_command_suite;

#endif /* NVM_KUNIT_KIT_H */

// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/delay.h>
#include "kit.h"

/* The LLD. */

void kit_release(struct nvm_region *r)
{
	struct kit_region *kr = nvm_region_lld_data(r);

	atomic_inc(&kr->released);
}

static const struct nvm_region_ops kit_ops = {
	.release	= kit_release,
};

static void kit_describe(struct kit_region *kr, int i)
{
	snprintf(kr->uid, sizeof(kr->uid), "kunit-%d", i);
	kr->desc = (struct nvm_region_desc) {
		.type		= NVM_TYPE_MAPPED,
		.uid		= kr->uid,
		.size		= KIT_SIZE,
		.mem		= {
			.start	= KIT_START + i * KIT_STRIDE,
			.size	= KIT_SIZE,
		},
		.caps		= NVM_CAP_GROW,
		.numa_node	= NUMA_NO_NODE,
		.ops		= &kit_ops,
		.lld_data	= kr,
	};
}

/* Returns what nvm_region_alloc() made of it. */
int kit_alloc(struct kunit *test, struct kit_region *kr)
{
	struct kit *kit = test->priv;
	struct nvm_region *r;

	r = nvm_region_alloc(&kit->parent->dev, &kr->desc, NULL);
	if (IS_ERR(r))
		return PTR_ERR(r);
	kr->r = r;
	return 0;
}

void kit_add(struct kunit *test, struct kit_region *kr)
{
	KUNIT_ASSERT_EQ(test, kit_alloc(test, kr), 0);
	KUNIT_ASSERT_EQ(test, nvm_region_add(kr->r), 0);
}

void kit_offer(struct kunit *test, struct kit_region *kr)
{
	kit_add(test, kr);
	nvm_region_offer(kr->r);
	kit_settle(kr);
}

/* The walk may queue itself again. */
void kit_settle(struct kit_region *kr)
{
	struct nvm_region_core *c = to_core(kr->r);

	while (flush_work(&c->offer_work))
		;
}

void kit_unregister(struct kit_region *kr)
{
	struct nvm_region *r = kr->r;

	kr->r = NULL;
	nvm_region_unregister(r);
}

void kit_lost(struct kit_region *kr)
{
	struct nvm_region *r = kr->r;

	kr->r = NULL;
	nvm_region_lost(r);
}

/* The last reference may be on its way out in some other task. */
bool kit_wait_released(struct kit_region *kr)
{
	int i;

	for (i = 0; i < 500 && !atomic_read(&kr->released); i++)
		msleep(20);
	return atomic_read(&kr->released) == 1;
}

enum nvm_state kit_state(struct kit_region *kr)
{
	return READ_ONCE(to_core(kr->r)->state);
}

/* NULL: by nobody. */
bool kit_claimed_by(struct kit_region *kr, struct kit_uld *u)
{
	struct nvm_region_core *c = to_core(kr->r);

	guard(spinlock)(&c->lock);
	return c->uld == (u ? &u->uld : NULL);
}

/* @why: %NVM_REASON_MAX + 1 bytes, set if it did. */
bool kit_declined(struct kit_region *kr, struct kit_uld *u, char *why)
{
	struct nvm_region_core *c = to_core(kr->r);
	struct nvm_declined *d;

	guard(spinlock)(&c->lock);
	list_for_each_entry(d, &c->declined, node)
		if (d->uld == &u->uld) {
			strscpy(why, d->why, NVM_REASON_MAX + 1);
			return true;
		}
	return false;
}

/* The ULDs. */

static struct kit_uld *kit_uld_of(struct nvm_region *r)
{
	return container_of(driver_to_uld(r->dev.driver), struct kit_uld, uld);
}

static void kit_submit_bio(struct bio *bio)
{
	if (bio_has_data(bio) && !op_is_write(bio_op(bio)))
		zero_fill_bio(bio);
	bio_endio(bio);
}

const struct block_device_operations kit_fops = {
	NVM_DISK_FOPS,
	.submit_bio	= kit_submit_bio,
};

static void kit_disk_revoked(void *private)
{
	struct kit_uld *u = private;

	u->revokes++;
	u->live_at_revoke = disk_live(u->disk->gd);
}

void kit_disk_freed(void *private)
{
	struct kit_uld *u = private;

	u->frees++;
}

/*
 * The scan for partitions opens the disk, and what a kernel thread closes is
 * put off.
 */
static void kit_wait_users(struct nvm_region *r, unsigned int users)
{
	int i;

	for (i = 0; i < 500 && READ_ONCE(to_core(r)->users) > users; i++)
		msleep(20);
}

static int kit_raise(struct kit_uld *u, struct nvm_region *r)
{
	const struct nvm_disk_desc desc = {
		.fops			= &kit_fops,
		.features		= NVM_DISK_SYNC,
		.logical_block_size	= SECTOR_SIZE,
		.revoke			= kit_disk_revoked,
		.free			= kit_disk_freed,
		.private		= u,
	};
	unsigned int users = to_core(r)->users;
	int err;

	u->disk = nvm_disk_alloc(r, &desc);
	if (IS_ERR(u->disk))
		return PTR_ERR(u->disk);
	err = nvm_disk_add(u->disk);
	if (err) {
		nvm_disk_put(u->disk);
		return err;
	}
	dev_set_drvdata(&r->dev, u->disk);
	kit_wait_users(r, users);
	return 0;
}

static int kit_probe(struct nvm_region *r)
{
	struct kit_uld *u = kit_uld_of(r);

	u->probes++;
	if (u->reason)
		nvm_decline(r, "%s", u->reason);
	if (u->probe_err)
		return u->probe_err;
	return u->raises ? kit_raise(u, r) : 0;
}

static void kit_remove(struct nvm_region *r)
{
	struct kit_uld *u = kit_uld_of(r);

	u->removes++;
	u->lost = nvm_region_is_lost(r);
	if (!u->raises)
		return;
	u->disk = dev_get_drvdata(&r->dev);
	nvm_disk_remove(u->disk);
}

static int kit_quiesce(struct nvm_region *r)
{
	struct kit_uld *u = kit_uld_of(r);

	u->quiesces++;
	return u->quiesce_err;
}

static int kit_resize_prepare(struct nvm_region *r, u64 size)
{
	struct kit_uld *u = kit_uld_of(r);

	u->prepares++;
	return u->prepare_err;
}

static void kit_resize_commit(struct nvm_region *r)
{
	struct kit_uld *u = kit_uld_of(r);

	u->commits++;
	if (u->raises)
		nvm_disk_grow(u->disk);
}

static void kit_resize_abort(struct nvm_region *r)
{
	kit_uld_of(r)->aborts++;
}

static void kit_health(struct nvm_region *r)
{
	kit_uld_of(r)->healths++;
}

static void kit_poison(struct nvm_region *r, u64 off, u64 len)
{
	struct kit_uld *u = kit_uld_of(r);

	u->poisons++;
	u->poison_off = off;
	u->poison_len = len;
}

static void kit_uld_describe(struct kit_uld *u, int i)
{
	static const char * const names[KIT_ULDS] = {
		"kunit0", "kunit1", "kunit2",
	};

	u->uld = (struct nvm_uld) {
		.driver.name	= names[i],
		.types		= BIT(NVM_TYPE_MAPPED),
		.probe		= kit_probe,
		.remove		= kit_remove,
		.quiesce	= kit_quiesce,
		.resize_prepare	= kit_resize_prepare,
		.resize_commit	= kit_resize_commit,
		.resize_abort	= kit_resize_abort,
		.health		= kit_health,
		.poison		= kit_poison,
	};
}

void kit_uld_register(struct kunit *test, struct kit_uld *u)
{
	KUNIT_ASSERT_EQ(test, nvm_uld_register(&u->uld), 0);
	u->registered = true;
}

void kit_uld_unregister(struct kit_uld *u)
{
	u->registered = false;
	nvm_uld_unregister(&u->uld);
}

/* The first region, claimed by the first ULD, which has raised a disk. */
struct kit_uld *kit_with_disk(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_uld *u = &kit->ulds[0];

	u->raises = true;
	kit_uld_register(test, u);
	kit_offer(test, &kit->regions[0]);
	KUNIT_ASSERT_TRUE(test, kit_claimed_by(&kit->regions[0], u));
	return u;
}

/* Opens of a ULD's disk. */

struct file *kit_open(struct kunit *test, struct kit_uld *u)
{
	struct kit *kit = test->priv;
	struct file *file;
	int i;

	file = bdev_file_open_by_dev(disk_devt(u->disk->gd), BLK_OPEN_READ,
				     NULL, NULL);
	if (IS_ERR(file))
		return file;
	for (i = 0; i < KIT_FILES; i++)
		if (!kit->files[i]) {
			kit->files[i] = file;
			return file;
		}
	__fput_sync(file);
	return ERR_PTR(-EMFILE);
}

/* The cases run in a kernel thread, whose fput() would be put off. */
void kit_close(struct kunit *test, struct file *file)
{
	struct kit *kit = test->priv;
	int i;

	for (i = 0; i < KIT_FILES; i++)
		if (kit->files[i] == file)
			kit->files[i] = NULL;
	__fput_sync(file);
}

/* Each case begins with nothing and leaves nothing, failed or not. */

int kit_init(struct kunit *test)
{
	struct kit *kit = kunit_kzalloc(test, sizeof(*kit), GFP_KERNEL);
	int i;

	if (!kit)
		return -ENOMEM;
	kit->parent = platform_device_register_simple("nvm_kunit",
						      PLATFORM_DEVID_AUTO,
						      NULL, 0);
	if (IS_ERR(kit->parent))
		return PTR_ERR(kit->parent);
	for (i = 0; i < KIT_REGIONS; i++)
		kit_describe(&kit->regions[i], i);
	for (i = 0; i < KIT_ULDS; i++)
		kit_uld_describe(&kit->ulds[i], i);
	test->priv = kit;
	return 0;
}

void kit_exit(struct kunit *test)
{
	struct kit *kit = test->priv;
	int i;

	if (!kit)
		return;
	for (i = 0; i < KIT_FILES; i++)
		if (kit->files[i])
			kit_close(test, kit->files[i]);
	for (i = 0; i < KIT_REGIONS; i++)
		if (kit->regions[i].r)
			kit_unregister(&kit->regions[i]);
	for (i = 0; i < KIT_ULDS; i++)
		if (kit->ulds[i].registered)
			kit_uld_unregister(&kit->ulds[i]);
	/* The regions' data is ours. */
	nvm_lld_drain(THIS_MODULE);
	platform_device_unregister(kit->parent);
}

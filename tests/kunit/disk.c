// SPDX-License-Identifier: GPL-2.0-only
/*
 * Disks: what a ULD may ask for, who uses them, those that were removed and
 * are still open.
 */
#include "kit.h"

/* What is wrong with it is tried in the probe of a ULD, as disks are made. */
static struct nvm_disk_desc wanted;
static int alloc_err;

static int probe_wanting(struct nvm_region *r)
{
	struct nvm_disk *disk = nvm_disk_alloc(r, &wanted);

	alloc_err = PTR_ERR_OR_ZERO(disk);
	if (!alloc_err)
		nvm_disk_put(disk);
	return -ENODEV;
}

static int try_desc(struct kit_region *kr)
{
	alloc_err = 1;
	/* By hand, each time anew. */
	if (device_attach(&kr->r->dev))
		return 1;
	return alloc_err;
}

static void impossible_disks(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];
	struct kit_uld *u = &kit->ulds[0];
	struct block_device_operations fops = kit_fops;
	const struct nvm_disk_desc good = {
		.fops			= &kit_fops,
		.logical_block_size	= SECTOR_SIZE,
		.free			= kit_disk_freed,
		.private		= u,
	};

	wanted = good;
	u->uld.probe = probe_wanting;
	kit_uld_register(test, u);
	kit_offer(test, kr);
	/* The good one: made, and dropped before anybody saw it. */
	KUNIT_EXPECT_EQ(test, try_desc(kr), 0);
	KUNIT_EXPECT_GE(test, u->frees, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&u->uld.disks), 0);
	u->frees = 0;

	wanted.fops = NULL;
	KUNIT_EXPECT_EQ(test, try_desc(kr), -EINVAL);
	wanted.fops = &fops;
	fops.open = NULL;
	KUNIT_EXPECT_EQ(test, try_desc(kr), -EINVAL);
	fops = kit_fops;
	fops.release = NULL;
	KUNIT_EXPECT_EQ(test, try_desc(kr), -EINVAL);
	fops = kit_fops;
	fops.free_disk = NULL;
	KUNIT_EXPECT_EQ(test, try_desc(kr), -EINVAL);
	fops = kit_fops;
	fops.submit_bio = NULL;
	KUNIT_EXPECT_EQ(test, try_desc(kr), -EINVAL);
	wanted = good;
	wanted.free = NULL;
	KUNIT_EXPECT_EQ(test, try_desc(kr), -EINVAL);
	wanted = good;
	wanted.logical_block_size = 256;
	KUNIT_EXPECT_EQ(test, try_desc(kr), -EINVAL);
	wanted.logical_block_size = 1536;
	KUNIT_EXPECT_EQ(test, try_desc(kr), -EINVAL);
	wanted.logical_block_size = 2 * PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, try_desc(kr), -EINVAL);
	KUNIT_EXPECT_EQ(test, u->frees, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&u->uld.disks), 0);
}

static void users_are_counted(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];
	struct kit_uld *u = &kit->ulds[0];
	struct nvm_region_core *c;
	struct file *a, *b;

	u->raises = true;
	kit_uld_register(test, u);
	kit_offer(test, kr);
	c = to_core(kr->r);
	KUNIT_EXPECT_EQ(test, c->users, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&u->uld.disks), 1);
	a = kit_open(test, u);
	KUNIT_ASSERT_FALSE(test, IS_ERR(a));
	b = kit_open(test, u);
	KUNIT_ASSERT_FALSE(test, IS_ERR(b));
	KUNIT_EXPECT_EQ(test, c->users, 2);
	kit_close(test, a);
	KUNIT_EXPECT_EQ(test, c->users, 1);
	kit_close(test, b);
	KUNIT_EXPECT_EQ(test, c->users, 0);
}

static void disk_is_as_the_region(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];
	struct kit_uld *u = &kit->ulds[0];
	char name[DISK_NAME_LEN];

	kr->desc.read_only = "from the start";
	u->raises = true;
	kit_uld_register(test, u);
	kit_offer(test, kr);
	snprintf(name, sizeof(name), "nvm%d", kr->r->id);
	KUNIT_EXPECT_STREQ(test, u->disk->gd->disk_name, name);
	KUNIT_EXPECT_EQ(test, get_capacity(u->disk->gd), KIT_SIZE >> SECTOR_SHIFT);
	KUNIT_EXPECT_TRUE(test, get_disk_ro(u->disk->gd));
	KUNIT_EXPECT_PTR_EQ(test, u->disk->gd->bb, nvm_region_badblocks(kr->r));
	KUNIT_EXPECT_PTR_EQ(test, nvm_disk_private(u->disk->gd), (void *)u);
}

/* The memory is in use by a disk that was removed: nobody can have it yet. */
static void former_disk_keeps_ulds_off(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];
	struct kit_uld *u = &kit->ulds[0], *late = &kit->ulds[1];
	char why[NVM_REASON_MAX + 1] = "";
	struct file *file;

	u->raises = true;
	late->uld.priority = 1;
	kit_uld_register(test, u);
	kit_offer(test, kr);
	file = kit_open(test, u);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	device_release_driver(&kr->r->dev);
	KUNIT_EXPECT_EQ(test, to_core(kr->r)->former_disks, 1);
	KUNIT_EXPECT_EQ(test, to_core(kr->r)->users, 1);
	/* In use, disk or not. */
	KUNIT_EXPECT_EQ(test, nvm_region_hold_idle(kr->r), -EBUSY);
	KUNIT_EXPECT_EQ(test, device_attach(&kr->r->dev), 0);
	KUNIT_EXPECT_TRUE(test, kit_declined(kr, u, why));
	KUNIT_EXPECT_NOT_NULL(test, strstr(why, "former disk"));
	kit_uld_register(test, late);
	kit_settle(kr);
	KUNIT_EXPECT_EQ(test, late->probes, 0);
	KUNIT_EXPECT_TRUE(test, kit_claimed_by(kr, NULL));
	/* With the last close it goes to the best. */
	kit_close(test, file);
	kit_settle(kr);
	KUNIT_EXPECT_EQ(test, to_core(kr->r)->former_disks, 0);
	KUNIT_EXPECT_TRUE(test, kit_claimed_by(kr, late));
	KUNIT_EXPECT_EQ(test, u->probes, 1);
}

static void new_disk_after_the_former(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];
	struct kit_uld *u = &kit->ulds[0];
	struct file *file;

	u->raises = true;
	kit_uld_register(test, u);
	kit_offer(test, kr);
	device_release_driver(&kr->r->dev);
	KUNIT_EXPECT_EQ(test, u->frees, 1);
	KUNIT_EXPECT_EQ(test, device_attach(&kr->r->dev), 1);
	file = kit_open(test, u);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	KUNIT_EXPECT_EQ(test, to_core(kr->r)->users, 1);
}

static struct kunit_case kit_disk_cases[] = {
	KUNIT_CASE(impossible_disks),
	KUNIT_CASE(users_are_counted),
	KUNIT_CASE(disk_is_as_the_region),
	KUNIT_CASE(former_disk_keeps_ulds_off),
	KUNIT_CASE(new_disk_after_the_former),
	{ }
};

struct kunit_suite kit_disk_suite = {
	.name		= "nvm_disk",
	.init		= kit_init,
	.exit		= kit_exit,
	.test_cases	= kit_disk_cases,
};

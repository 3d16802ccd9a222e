// SPDX-License-Identifier: GPL-2.0-only
/*
 * Growing, in two phases, and what may come between them.
 */
#include "kit.h"

static void unchanged(struct kunit *test, struct kit_region *kr)
{
	KUNIT_EXPECT_EQ(test, nvm_region_size(kr->r), KIT_SIZE);
	KUNIT_EXPECT_EQ(test, to_core(kr->r)->pending_size, 0);
}

static void grown(struct kunit *test)
{
	struct kit_uld *u = kit_with_disk(test);
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];

	KUNIT_ASSERT_EQ(test, nvm_region_resize_prepare(kr->r, 2 * KIT_SIZE), 0);
	/* Nobody sees it yet. */
	KUNIT_EXPECT_EQ(test, nvm_region_size(kr->r), KIT_SIZE);
	KUNIT_EXPECT_EQ(test, get_capacity(u->disk->gd), KIT_SIZE >> SECTOR_SHIFT);
	nvm_region_resize_commit(kr->r);
	KUNIT_EXPECT_EQ(test, nvm_region_size(kr->r), 2 * KIT_SIZE);
	KUNIT_EXPECT_EQ(test, get_capacity(u->disk->gd),
			2 * KIT_SIZE >> SECTOR_SHIFT);
	KUNIT_EXPECT_EQ(test, u->prepares, 1);
	KUNIT_EXPECT_EQ(test, u->commits, 1);
	KUNIT_EXPECT_EQ(test, u->aborts, 0);
	/* And again. */
	KUNIT_EXPECT_EQ(test, nvm_region_resize_prepare(kr->r, 3 * KIT_SIZE), 0);
	nvm_region_resize_commit(kr->r);
	KUNIT_EXPECT_EQ(test, nvm_region_size(kr->r), 3 * KIT_SIZE);
}

static void aborted(struct kunit *test)
{
	struct kit_uld *u = kit_with_disk(test);
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];

	KUNIT_ASSERT_EQ(test, nvm_region_resize_prepare(kr->r, 2 * KIT_SIZE), 0);
	nvm_region_resize_abort(kr->r);
	unchanged(test, kr);
	KUNIT_EXPECT_EQ(test, get_capacity(u->disk->gd), KIT_SIZE >> SECTOR_SHIFT);
	KUNIT_EXPECT_EQ(test, u->aborts, 1);
	KUNIT_EXPECT_EQ(test, u->commits, 0);
	KUNIT_EXPECT_EQ(test, nvm_region_resize_prepare(kr->r, 2 * KIT_SIZE), 0);
	nvm_region_resize_abort(kr->r);
}

static void unclaimed_grows(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];
	struct kit_uld *u = &kit->ulds[0];

	kit_offer(test, kr);
	KUNIT_ASSERT_EQ(test, nvm_region_resize_prepare(kr->r, 2 * KIT_SIZE), 0);
	nvm_region_resize_commit(kr->r);
	u->raises = true;
	kit_uld_register(test, u);
	kit_settle(kr);
	KUNIT_ASSERT_TRUE(test, kit_claimed_by(kr, u));
	KUNIT_EXPECT_EQ(test, get_capacity(u->disk->gd),
			2 * KIT_SIZE >> SECTOR_SHIFT);
	KUNIT_EXPECT_EQ(test, u->prepares + u->commits, 0);
}

static void refusals(struct kunit *test)
{
	struct kit_uld *u = kit_with_disk(test);
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];
	struct nvm_region *r = kr->r;

	KUNIT_EXPECT_EQ(test, nvm_region_resize_prepare(r, KIT_SIZE), -EINVAL);
	KUNIT_EXPECT_EQ(test, nvm_region_resize_prepare(r, KIT_SIZE / 2), -EINVAL);
	KUNIT_EXPECT_EQ(test, nvm_region_resize_prepare(r, KIT_SIZE + SZ_1M),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, u->prepares, 0);
	/* What the ULD says is passed on. */
	u->prepare_err = -ENOMEM;
	KUNIT_EXPECT_EQ(test, nvm_region_resize_prepare(r, 2 * KIT_SIZE), -ENOMEM);
	unchanged(test, kr);
	u->prepare_err = 0;
	KUNIT_ASSERT_EQ(test, nvm_region_resize_prepare(r, 2 * KIT_SIZE), 0);
	KUNIT_EXPECT_EQ(test, nvm_region_resize_prepare(r, 3 * KIT_SIZE), -EBUSY);
	nvm_region_resize_abort(r);
	KUNIT_ASSERT_EQ(test, nvm_region_hold_idle(r), 0);
	KUNIT_EXPECT_EQ(test, nvm_region_resize_prepare(r, 2 * KIT_SIZE), -ENODEV);
	nvm_region_release_idle(r);
	unchanged(test, kr);
	KUNIT_EXPECT_EQ(test, u->commits, 0);
}

static void who_cannot_grow(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];

	kit->regions[1].desc.caps = 0;
	kit_offer(test, &kit->regions[1]);
	KUNIT_EXPECT_EQ(test, nvm_region_resize_prepare(kit->regions[1].r,
							2 * KIT_SIZE), -EOPNOTSUPP);
	/* One op of the three is missing. */
	kit->ulds[0].uld.resize_abort = NULL;
	kit_uld_register(test, &kit->ulds[0]);
	kit_offer(test, kr);
	KUNIT_EXPECT_EQ(test, nvm_region_resize_prepare(kr->r, 2 * KIT_SIZE),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, kit->ulds[0].prepares, 0);
	unchanged(test, kr);
}

/* The ULD is unbound between the phases: it gets its abort, the region grows. */
static void unbound_meanwhile(struct kunit *test)
{
	struct kit_uld *u = kit_with_disk(test);
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];

	KUNIT_ASSERT_EQ(test, nvm_region_resize_prepare(kr->r, 2 * KIT_SIZE), 0);
	device_release_driver(&kr->r->dev);
	KUNIT_EXPECT_EQ(test, u->aborts, 1);
	KUNIT_EXPECT_EQ(test, u->removes, 1);
	/* Nobody can claim it at the size it is about to leave. */
	KUNIT_EXPECT_EQ(test, device_attach(&kr->r->dev), 0);
	nvm_region_resize_commit(kr->r);
	KUNIT_EXPECT_EQ(test, u->commits, 0);
	KUNIT_EXPECT_EQ(test, nvm_region_size(kr->r), 2 * KIT_SIZE);
	KUNIT_EXPECT_EQ(test, device_attach(&kr->r->dev), 1);
	KUNIT_EXPECT_EQ(test, get_capacity(u->disk->gd),
			2 * KIT_SIZE >> SECTOR_SHIFT);
}

static void gone_meanwhile(struct kunit *test)
{
	struct kit_uld *u = kit_with_disk(test);
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];

	KUNIT_ASSERT_EQ(test, nvm_region_resize_prepare(kr->r, 2 * KIT_SIZE), 0);
	kit_unregister(kr);
	KUNIT_EXPECT_EQ(test, u->aborts, 1);
	KUNIT_EXPECT_EQ(test, u->commits, 0);
	KUNIT_EXPECT_TRUE(test, kit_wait_released(kr));
}

static struct kunit_case kit_resize_cases[] = {
	KUNIT_CASE(grown),
	KUNIT_CASE(aborted),
	KUNIT_CASE(unclaimed_grows),
	KUNIT_CASE(refusals),
	KUNIT_CASE(who_cannot_grow),
	KUNIT_CASE(unbound_meanwhile),
	KUNIT_CASE(gone_meanwhile),
	{ }
};

struct kunit_suite kit_resize_suite = {
	.name		= "nvm_resize",
	.init		= kit_init,
	.exit		= kit_exit,
	.test_cases	= kit_resize_cases,
};

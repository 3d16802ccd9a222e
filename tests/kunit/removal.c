// SPDX-License-Identifier: GPL-2.0-only
/*
 * Going away: politely, by force while the memory is there, and lost.
 */
#include "kit.h"

static int open_err(struct kunit *test, struct kit_uld *u)
{
	struct file *file = kit_open(test, u);

	if (IS_ERR(file))
		return PTR_ERR(file);
	kit_close(test, file);
	return 0;
}

static void held_takes_no_opens(struct kunit *test)
{
	struct kit_uld *u = kit_with_disk(test);
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];

	KUNIT_ASSERT_EQ(test, nvm_region_hold_idle(kr->r), 0);
	KUNIT_EXPECT_EQ(test, u->quiesces, 1);
	KUNIT_EXPECT_EQ(test, kit_state(kr), NVM_STATE_HELD);
	KUNIT_EXPECT_EQ(test, open_err(test, u), -EBUSY);
	/* It is held already, by whoever decides on it. */
	KUNIT_EXPECT_EQ(test, nvm_region_hold_idle(kr->r), -ENODEV);
	nvm_region_release_idle(kr->r);
	KUNIT_EXPECT_EQ(test, kit_state(kr), NVM_STATE_OFFERED);
	KUNIT_EXPECT_EQ(test, open_err(test, u), 0);
	KUNIT_EXPECT_EQ(test, u->removes, 0);
}

static void in_use_is_not_held(struct kunit *test)
{
	struct kit_uld *u = kit_with_disk(test);
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];
	struct file *file = kit_open(test, u);

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	KUNIT_EXPECT_EQ(test, nvm_region_hold_idle(kr->r), -EBUSY);
	KUNIT_EXPECT_EQ(test, u->quiesces, 0);
	KUNIT_EXPECT_EQ(test, kit_state(kr), NVM_STATE_OFFERED);
	KUNIT_EXPECT_EQ(test, open_err(test, u), 0);
	kit_close(test, file);
	KUNIT_EXPECT_EQ(test, nvm_region_hold_idle(kr->r), 0);
}

static void dirty_is_not_held(struct kunit *test)
{
	struct kit_uld *u = kit_with_disk(test);
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];

	u->quiesce_err = -ENOSPC;
	KUNIT_EXPECT_EQ(test, nvm_region_hold_idle(kr->r), -EIO);
	KUNIT_EXPECT_EQ(test, kit_state(kr), NVM_STATE_OFFERED);
	KUNIT_EXPECT_EQ(test, open_err(test, u), 0);
	u->quiesce_err = 0;
	KUNIT_EXPECT_EQ(test, nvm_region_hold_idle(kr->r), 0);
}

static void only_what_is_on_offer_is_held(struct kunit *test)
{
	struct kit *kit = test->priv;

	kit_add(test, &kit->regions[0]);
	KUNIT_EXPECT_EQ(test, nvm_region_hold_idle(kit->regions[0].r), -ENODEV);
	KUNIT_EXPECT_EQ(test, kit_state(&kit->regions[0]), NVM_STATE_NEW);
}

static void removed_is_released(struct kunit *test)
{
	struct kit_uld *u = kit_with_disk(test);
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];
	struct nvm_region *r = kr->r;

	KUNIT_ASSERT_EQ(test, nvm_region_hold_idle(r), 0);
	kr->r = NULL;
	nvm_region_remove_idle(r);
	/* Not soon: when it returns, so that the memory can be had at once. */
	KUNIT_EXPECT_EQ(test, atomic_read(&kr->released), 1);
	KUNIT_EXPECT_EQ(test, u->removes, 1);
	KUNIT_EXPECT_FALSE(test, u->lost);
	KUNIT_EXPECT_EQ(test, u->revokes, 1);
	KUNIT_EXPECT_EQ(test, u->frees, 1);
	KUNIT_EXPECT_EQ(test, kit_alloc(test, kr), 0);
}

/*
 * The region goes, by @take, while its disk is open: the disk ends at once,
 * what stands under it with the last user.
 */
static struct kit_uld *taken_in_use(struct kunit *test,
				    void (*take)(struct kit_region *kr),
				    enum nvm_state state)
{
	struct kit_uld *u = kit_with_disk(test);
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];
	struct file *file = kit_open(test, u);
	struct nvm_region_core *c = to_core(kr->r);

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	take(kr);
	KUNIT_EXPECT_EQ(test, c->state, state);
	KUNIT_EXPECT_EQ(test, u->removes, 1);
	KUNIT_EXPECT_EQ(test, u->revokes, 1);
	KUNIT_EXPECT_EQ(test, open_err(test, u), -ENXIO);
	KUNIT_EXPECT_EQ(test, u->frees, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&kr->released), 0);
	kit_close(test, file);
	KUNIT_EXPECT_TRUE(test, kit_wait_released(kr));
	KUNIT_EXPECT_EQ(test, u->frees, 1);
	return u;
}

static void unregistered_in_use(struct kunit *test)
{
	struct kit_uld *u = taken_in_use(test, kit_unregister, NVM_STATE_GONE);

	KUNIT_EXPECT_FALSE(test, u->lost);
	/* The disk went first, so that a file system could write back. */
	KUNIT_EXPECT_FALSE(test, u->live_at_revoke);
}

static void lost_in_use(struct kunit *test)
{
	struct kit_uld *u = taken_in_use(test, kit_lost, NVM_STATE_LOST);

	KUNIT_EXPECT_TRUE(test, u->lost);
	/* Mappings first: nobody waits for a disk that cannot answer. */
	KUNIT_EXPECT_TRUE(test, u->live_at_revoke);
}

static void lost_while_held(struct kunit *test)
{
	struct kit_uld *u = kit_with_disk(test);
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];

	KUNIT_ASSERT_EQ(test, nvm_region_hold_idle(kr->r), 0);
	kit_lost(kr);
	KUNIT_EXPECT_TRUE(test, u->lost);
	KUNIT_EXPECT_TRUE(test, kit_wait_released(kr));
}

static void lost_before_anybody_saw_it(struct kunit *test)
{
	struct kit *kit = test->priv;

	KUNIT_ASSERT_EQ(test, kit_alloc(test, &kit->regions[0]), 0);
	kit_add(test, &kit->regions[1]);
	kit_lost(&kit->regions[0]);
	kit_lost(&kit->regions[1]);
	KUNIT_EXPECT_TRUE(test, kit_wait_released(&kit->regions[0]));
	KUNIT_EXPECT_TRUE(test, kit_wait_released(&kit->regions[1]));
}

static void gone_is_never_claimed(struct kunit *test)
{
	struct kit_uld *u = kit_with_disk(test);
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];
	struct file *file = kit_open(test, u);

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	kit_unregister(kr);
	kit_uld_register(test, &kit->ulds[1]);
	kit_close(test, file);
	KUNIT_EXPECT_TRUE(test, kit_wait_released(kr));
	KUNIT_EXPECT_EQ(test, kit->ulds[1].probes, 0);
}

static struct kunit_case kit_removal_cases[] = {
	KUNIT_CASE(held_takes_no_opens),
	KUNIT_CASE(in_use_is_not_held),
	KUNIT_CASE(dirty_is_not_held),
	KUNIT_CASE(only_what_is_on_offer_is_held),
	KUNIT_CASE(removed_is_released),
	KUNIT_CASE(unregistered_in_use),
	KUNIT_CASE(lost_in_use),
	KUNIT_CASE(lost_while_held),
	KUNIT_CASE(lost_before_anybody_saw_it),
	KUNIT_CASE(gone_is_never_claimed),
	{ }
};

struct kunit_suite kit_removal_suite = {
	.name		= "nvm_removal",
	.init		= kit_init,
	.exit		= kit_exit,
	.test_cases	= kit_removal_cases,
};

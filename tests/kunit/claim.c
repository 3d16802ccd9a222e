// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who gets a region: priority, declining, standing back, who comes late.
 */
#include "kit.h"

static void best_first(struct kunit *test)
{
	struct kit *kit = test->priv;

	kit->ulds[1].uld.priority = 5;
	kit_uld_register(test, &kit->ulds[0]);
	kit_uld_register(test, &kit->ulds[1]);
	kit_offer(test, &kit->regions[0]);
	KUNIT_EXPECT_TRUE(test, kit_claimed_by(&kit->regions[0], &kit->ulds[1]));
	KUNIT_EXPECT_EQ(test, kit->ulds[1].probes, 1);
	/* It was not even asked. */
	KUNIT_EXPECT_EQ(test, kit->ulds[0].probes, 0);
}

static void declined_goes_to_the_next(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];
	char why[NVM_REASON_MAX + 1] = "";

	kit->ulds[0].uld.priority = 9;
	kit->ulds[0].reason = "not to my taste";
	kit->ulds[0].probe_err = -ENODEV;
	kit->ulds[1].uld.priority = 5;
	kit->ulds[1].probe_err = -EIO;
	kit_uld_register(test, &kit->ulds[2]);
	kit_uld_register(test, &kit->ulds[1]);
	kit_uld_register(test, &kit->ulds[0]);
	kit_offer(test, kr);
	KUNIT_EXPECT_TRUE(test, kit_claimed_by(kr, &kit->ulds[2]));
	KUNIT_EXPECT_EQ(test, kit->ulds[0].probes, 1);
	KUNIT_EXPECT_EQ(test, kit->ulds[1].probes, 1);
	KUNIT_EXPECT_EQ(test, kit->ulds[2].probes, 1);
	KUNIT_EXPECT_TRUE(test, kit_declined(kr, &kit->ulds[0], why));
	KUNIT_EXPECT_STREQ(test, why, "not to my taste");
	/* Who gave no reason is quoted by the errno. */
	KUNIT_EXPECT_TRUE(test, kit_declined(kr, &kit->ulds[1], why));
	KUNIT_EXPECT_NOT_NULL(test, strstr(why, "error"));
	KUNIT_EXPECT_FALSE(test, kit_declined(kr, &kit->ulds[2], why));
}

static void nobody_wants_it(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];

	kit->ulds[0].probe_err = -ENODEV;
	kit->ulds[1].probe_err = -ENOMEM;
	kit_uld_register(test, &kit->ulds[0]);
	kit_uld_register(test, &kit->ulds[1]);
	kit_offer(test, kr);
	KUNIT_EXPECT_TRUE(test, kit_claimed_by(kr, NULL));
	KUNIT_EXPECT_EQ(test, kit_state(kr), NVM_STATE_OFFERED);
	KUNIT_EXPECT_EQ(test, kit->ulds[0].removes + kit->ulds[1].removes, 0);
	/* A new ULD begins a new walk: both are asked again. */
	kit_uld_register(test, &kit->ulds[2]);
	kit_settle(kr);
	KUNIT_EXPECT_TRUE(test, kit_claimed_by(kr, &kit->ulds[2]));
}

static void deferral_is_declining(struct kunit *test)
{
	struct kit *kit = test->priv;

	kit->ulds[0].probe_err = -EPROBE_DEFER;
	kit_uld_register(test, &kit->ulds[0]);
	kit_offer(test, &kit->regions[0]);
	/* The driver core asks who deferred again when another one binds. */
	kit_offer(test, &kit->regions[1]);
	wait_for_device_probe();
	kit_settle(&kit->regions[0]);
	KUNIT_EXPECT_EQ(test, kit->ulds[0].probes, 2);
	KUNIT_EXPECT_TRUE(test, kit_claimed_by(&kit->regions[0], NULL));
}

static void only_what_fits(struct kunit *test)
{
	struct kit *kit = test->priv;

	kit->ulds[0].uld.types = BIT(NVM_TYPE_TIERED);
	kit->ulds[1].uld.needs = NVM_CAP_FLUSH;
	kit_uld_register(test, &kit->ulds[0]);
	kit_uld_register(test, &kit->ulds[1]);
	kit_offer(test, &kit->regions[0]);
	KUNIT_EXPECT_EQ(test, kit->ulds[0].probes, 0);
	KUNIT_EXPECT_EQ(test, kit->ulds[1].probes, 0);
	KUNIT_EXPECT_TRUE(test, kit_claimed_by(&kit->regions[0], NULL));
}

static void needs_that_are_met(struct kunit *test)
{
	struct kit *kit = test->priv;

	kit->ulds[0].uld.needs = NVM_CAP_GROW;
	kit_uld_register(test, &kit->ulds[0]);
	kit_offer(test, &kit->regions[0]);
	KUNIT_EXPECT_TRUE(test, kit_claimed_by(&kit->regions[0], &kit->ulds[0]));
}

static void not_before_the_offer(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];

	kit_uld_register(test, &kit->ulds[0]);
	kit_add(test, kr);
	/* Somebody by hand, and a ULD that comes: neither gets it. */
	KUNIT_EXPECT_EQ(test, device_attach(&kr->r->dev), 0);
	kit_uld_register(test, &kit->ulds[1]);
	kit_settle(kr);
	KUNIT_EXPECT_EQ(test, kit->ulds[0].probes + kit->ulds[1].probes, 0);
	KUNIT_EXPECT_EQ(test, kit_state(kr), NVM_STATE_NEW);
	nvm_region_offer(kr->r);
	kit_settle(kr);
	KUNIT_EXPECT_TRUE(test, kit_claimed_by(kr, &kit->ulds[0]));
}

static void the_better_one_comes_late(struct kunit *test)
{
	struct kit *kit = test->priv;

	kit_uld_register(test, &kit->ulds[0]);
	kit_offer(test, &kit->regions[0]);
	kit->ulds[1].uld.priority = 100;
	kit_uld_register(test, &kit->ulds[1]);
	kit_settle(&kit->regions[0]);
	KUNIT_EXPECT_TRUE(test, kit_claimed_by(&kit->regions[0], &kit->ulds[0]));
	KUNIT_EXPECT_EQ(test, kit->ulds[1].probes, 0);
	KUNIT_EXPECT_EQ(test, kit->ulds[0].removes, 0);
}

static void a_held_region_waits(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];

	kit_offer(test, kr);
	KUNIT_ASSERT_EQ(test, nvm_region_hold_idle(kr->r), 0);
	kit_uld_register(test, &kit->ulds[0]);
	kit_settle(kr);
	KUNIT_EXPECT_EQ(test, kit->ulds[0].probes, 0);
	nvm_region_release_idle(kr->r);
	kit_settle(kr);
	KUNIT_EXPECT_TRUE(test, kit_claimed_by(kr, &kit->ulds[0]));
}

static void a_growing_region_waits(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];

	kit_offer(test, kr);
	KUNIT_ASSERT_EQ(test, nvm_region_resize_prepare(kr->r, 2 * KIT_SIZE), 0);
	kit_uld_register(test, &kit->ulds[0]);
	kit_settle(kr);
	KUNIT_EXPECT_EQ(test, kit->ulds[0].probes, 0);
	nvm_region_resize_abort(kr->r);
	kit_settle(kr);
	KUNIT_EXPECT_TRUE(test, kit_claimed_by(kr, &kit->ulds[0]));
}

/* Nobody was turned away: who unbound it by hand does not want it bound. */
static void unbound_by_hand_stays(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];

	kit_uld_register(test, &kit->ulds[0]);
	kit_offer(test, kr);
	device_release_driver(&kr->r->dev);
	KUNIT_EXPECT_EQ(test, kit->ulds[0].removes, 1);
	KUNIT_EXPECT_FALSE(test, kit->ulds[0].lost);
	KUNIT_ASSERT_EQ(test, nvm_region_hold_idle(kr->r), 0);
	nvm_region_release_idle(kr->r);
	kit_settle(kr);
	KUNIT_EXPECT_TRUE(test, kit_claimed_by(kr, NULL));
	/* By hand it goes, and no priority counts. */
	KUNIT_EXPECT_EQ(test, device_attach(&kr->r->dev), 1);
	KUNIT_EXPECT_TRUE(test, kit_claimed_by(kr, &kit->ulds[0]));
}

static void incomplete_ulds(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct nvm_uld *uld = &kit->ulds[0].uld;
	const struct nvm_uld good = *uld;

	uld->probe = NULL;
	KUNIT_EXPECT_EQ(test, nvm_uld_register(uld), -EINVAL);
	*uld = good;
	uld->remove = NULL;
	KUNIT_EXPECT_EQ(test, nvm_uld_register(uld), -EINVAL);
	*uld = good;
	uld->types = 0;
	KUNIT_EXPECT_EQ(test, nvm_uld_register(uld), -EINVAL);
	*uld = good;
	uld->driver.name = NULL;
	KUNIT_EXPECT_EQ(test, nvm_uld_register(uld), -EINVAL);
	*uld = good;
	kit_uld_register(test, &kit->ulds[0]);
	/* A second one of that name. */
	kit->ulds[1].uld.driver.name = good.driver.name;
	KUNIT_EXPECT_EQ(test, nvm_uld_register(&kit->ulds[1].uld), -EBUSY);
}

static void a_uld_that_goes(struct kunit *test)
{
	struct kit *kit = test->priv;

	kit->ulds[0].raises = true;
	kit_uld_register(test, &kit->ulds[0]);
	kit_offer(test, &kit->regions[0]);
	kit_offer(test, &kit->regions[1]);
	KUNIT_EXPECT_EQ(test, kit->ulds[0].probes, 2);
	kit_uld_unregister(&kit->ulds[0]);
	KUNIT_EXPECT_EQ(test, kit->ulds[0].removes, 2);
	/* It may be unloaded now, so its disks have to be gone. */
	KUNIT_EXPECT_EQ(test, kit->ulds[0].frees, 2);
	KUNIT_EXPECT_TRUE(test, kit_claimed_by(&kit->regions[0], NULL));
	KUNIT_EXPECT_EQ(test, kit_state(&kit->regions[0]), NVM_STATE_OFFERED);
}

static struct kunit_case kit_claim_cases[] = {
	KUNIT_CASE(best_first),
	KUNIT_CASE(declined_goes_to_the_next),
	KUNIT_CASE(nobody_wants_it),
	KUNIT_CASE(deferral_is_declining),
	KUNIT_CASE(only_what_fits),
	KUNIT_CASE(needs_that_are_met),
	KUNIT_CASE(not_before_the_offer),
	KUNIT_CASE(the_better_one_comes_late),
	KUNIT_CASE(a_held_region_waits),
	KUNIT_CASE(a_growing_region_waits),
	KUNIT_CASE(unbound_by_hand_stays),
	KUNIT_CASE(incomplete_ulds),
	KUNIT_CASE(a_uld_that_goes),
	{ }
};

struct kunit_suite kit_claim_suite = {
	.name		= "nvm_claim",
	.init		= kit_init,
	.exit		= kit_exit,
	.test_cases	= kit_claim_cases,
};

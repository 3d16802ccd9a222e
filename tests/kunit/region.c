// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a region: made, on the bus, on offer, gone, released; what it
 * keeps of its descriptor; poison and health.
 */
#include "kit.h"

static void released_once_from_any_state(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_region *kr;
	int i;

	KUNIT_ASSERT_EQ(test, kit_alloc(test, &kit->regions[0]), 0);
	kit_add(test, &kit->regions[1]);
	kit_offer(test, &kit->regions[2]);
	kit_offer(test, &kit->regions[3]);
	KUNIT_EXPECT_EQ(test, kit_state(&kit->regions[0]), NVM_STATE_NEW);
	KUNIT_EXPECT_EQ(test, kit_state(&kit->regions[1]), NVM_STATE_NEW);
	KUNIT_EXPECT_EQ(test, kit_state(&kit->regions[2]), NVM_STATE_OFFERED);
	KUNIT_ASSERT_EQ(test, nvm_region_hold_idle(kit->regions[3].r), 0);
	KUNIT_EXPECT_EQ(test, kit_state(&kit->regions[3]), NVM_STATE_HELD);
	for (i = 0; i < KIT_REGIONS; i++) {
		kr = &kit->regions[i];
		KUNIT_EXPECT_EQ(test, atomic_read(&kr->released), 0);
		kit_unregister(kr);
		KUNIT_EXPECT_TRUE(test, kit_wait_released(kr));
	}
}

/* A refusal keeps nothing: the LLD frees its data itself. */
static void refused(struct kunit *test, struct kit_region *kr, int err)
{
	char why[NVM_REASON_MAX + 1] = "";
	struct kit *kit = test->priv;
	struct nvm_region *r;

	r = nvm_region_alloc(&kit->parent->dev, &kr->desc, why);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(r), err);
	KUNIT_EXPECT_NE(test, why[0], '\0');
	KUNIT_EXPECT_EQ(test, atomic_read(&kr->released), 0);
}

static void refusals_keep_nothing(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];
	const struct nvm_region_desc good = kr->desc;
	char who[64];

	kr->desc.size += SZ_4K;
	refused(test, kr, -EINVAL);
	kr->desc = good;
	kr->desc.uid = "a blank";
	refused(test, kr, -EINVAL);
	kr->desc = good;
	kr->desc.caps |= NVM_CAP_FLUSH;
	refused(test, kr, -EINVAL);
	kr->desc = good;
	kit_add(test, &kit->regions[1]);
	kr->desc.uid = kit->regions[1].uid;
	refused(test, kr, -EEXIST);
	kr->desc = good;
	KUNIT_EXPECT_FALSE(test, nvm_range_owner(good.mem.start, good.mem.size,
						 who, sizeof(who)));
	KUNIT_EXPECT_EQ(test, kit_alloc(test, kr), 0);
}

static void pages_need_free_addresses(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];

	/* RAM: this very kernel's. */
	kr->desc.caps |= NVM_CAP_DAX;
	kr->desc.mem.start = ALIGN_DOWN(__pa(kit), NVM_ALIGN);
	kr->desc.size = NVM_ALIGN;
	kr->desc.mem.size = NVM_ALIGN;
	refused(test, kr, -EBUSY);
	kr->desc.mem.start = ALIGN_DOWN(PHYS_ADDR_MAX, NVM_ALIGN) - NVM_ALIGN;
	refused(test, kr, -ERANGE);
}

static void descriptor_is_copied(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];
	char model[] = "model-a";
	char reason[] = "worn out";

	kr->desc.model = model;
	kr->desc.read_only = reason;
	kit_add(test, kr);
	kr->uid[0] = 'X';
	model[0] = 'X';
	reason[0] = 'X';
	KUNIT_EXPECT_STREQ(test, kr->r->desc.uid, "kunit-0");
	KUNIT_EXPECT_STREQ(test, kr->r->desc.model, "model-a");
	KUNIT_EXPECT_STREQ(test, to_core(kr->r)->read_only, "worn out");
	KUNIT_EXPECT_TRUE(test, nvm_region_read_only(kr->r));
	KUNIT_EXPECT_EQ(test, nvm_region_size(kr->r), KIT_SIZE);
	KUNIT_EXPECT_PTR_EQ(test, nvm_region_lld_data(kr->r), (void *)kr);
	KUNIT_EXPECT_STREQ(test, nvm_region_lld_name(kr->r), KBUILD_MODNAME);
}

static void number_is_free_after_release(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct file *file;
	int id;

	kit->ulds[0].raises = true;
	kit_uld_register(test, &kit->ulds[0]);
	kit_offer(test, &kit->regions[0]);
	id = kit->regions[0].r->id;
	file = kit_open(test, &kit->ulds[0]);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	kit_unregister(&kit->regions[0]);
	KUNIT_ASSERT_EQ(test, kit_alloc(test, &kit->regions[1]), 0);
	KUNIT_EXPECT_NE(test, kit->regions[1].r->id, id);
	kit_close(test, file);
	KUNIT_EXPECT_TRUE(test, kit_wait_released(&kit->regions[0]));
	KUNIT_ASSERT_EQ(test, kit_alloc(test, &kit->regions[2]), 0);
	KUNIT_EXPECT_EQ(test, kit->regions[2].r->id, id);
}

static void owner_is_named_until_released(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];
	u64 start = kr->desc.mem.start;
	char who[64] = "";
	struct file *file;

	kit->ulds[0].raises = true;
	kit_uld_register(test, &kit->ulds[0]);
	kit_offer(test, kr);
	KUNIT_EXPECT_TRUE(test, nvm_range_owner(start, 1, who, sizeof(who)));
	KUNIT_EXPECT_NOT_NULL(test, strstr(who, "claimed"));
	KUNIT_EXPECT_FALSE(test, nvm_range_owner(start - 1, 1, who, sizeof(who)));
	KUNIT_EXPECT_FALSE(test, nvm_range_owner(start + KIT_SIZE, 1, who,
						 sizeof(who)));
	file = kit_open(test, &kit->ulds[0]);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	kit_unregister(kr);
	KUNIT_EXPECT_TRUE(test, nvm_range_owner(start, 1, who, sizeof(who)));
	KUNIT_EXPECT_NOT_NULL(test, strstr(who, "gone"));
	kit_close(test, file);
	KUNIT_EXPECT_TRUE(test, kit_wait_released(kr));
	nvm_lld_drain(THIS_MODULE);
	KUNIT_EXPECT_FALSE(test, nvm_range_owner(start, 1, who, sizeof(who)));
}

static bool is_bad(struct kit_region *kr, sector_t sector)
{
	sector_t first;
	int num;

	return badblocks_check(nvm_region_badblocks(kr->r), sector, 1, &first,
			       &num);
}

static void poison_reaches_who_claims_it(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];
	struct kit_uld *u = &kit->ulds[0];

	kit_offer(test, kr);
	nvm_region_poison(kr->r, 4096, 512);
	kit_uld_register(test, u);
	kit_settle(kr);
	KUNIT_EXPECT_EQ(test, u->poisons, 0);
	nvm_region_poison(kr->r, KIT_SIZE - 1024, 4096);
	KUNIT_EXPECT_EQ(test, u->poisons, 1);
	KUNIT_EXPECT_EQ(test, u->poison_off, KIT_SIZE - 1024);
	/* What lies beyond the region does not exist. */
	KUNIT_EXPECT_EQ(test, u->poison_len, 1024);
	nvm_region_poison(kr->r, KIT_SIZE, 4096);
	KUNIT_EXPECT_EQ(test, u->poisons, 1);
	device_release_driver(&kr->r->dev);
	nvm_region_poison(kr->r, 0, 1);
	KUNIT_EXPECT_EQ(test, u->poisons, 1);
	KUNIT_EXPECT_TRUE(test, is_bad(kr, 0));
	KUNIT_EXPECT_FALSE(test, is_bad(kr, 1));
	KUNIT_EXPECT_TRUE(test, is_bad(kr, 8));
	KUNIT_EXPECT_TRUE(test, is_bad(kr, (KIT_SIZE >> SECTOR_SHIFT) - 1));
	KUNIT_EXPECT_FALSE(test, is_bad(kr, KIT_SIZE >> SECTOR_SHIFT));
	/* It has no op to make memory readable again. */
	KUNIT_EXPECT_EQ(test, nvm_region_clear_poison(kr->r, 0, 512), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, nvm_region_forget_poison(kr->r, 0, 512), 0);
	KUNIT_EXPECT_FALSE(test, is_bad(kr, 0));
}

static void health_is_told_once(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];
	struct kit_uld *u = &kit->ulds[0];

	u->raises = true;
	kit_uld_register(test, u);
	kit_offer(test, kr);
	KUNIT_EXPECT_FALSE(test, get_disk_ro(u->disk->gd));
	nvm_region_set_read_only(kr->r, "worn out");
	nvm_region_set_read_only(kr->r, "worn out");
	KUNIT_EXPECT_EQ(test, u->healths, 1);
	KUNIT_EXPECT_TRUE(test, nvm_region_read_only(kr->r));
	KUNIT_EXPECT_TRUE(test, get_disk_ro(u->disk->gd));
	nvm_region_set_read_only(kr->r, NULL);
	KUNIT_EXPECT_EQ(test, u->healths, 2);
	KUNIT_EXPECT_FALSE(test, nvm_region_read_only(kr->r));
	KUNIT_EXPECT_FALSE(test, get_disk_ro(u->disk->gd));
}

/* An LLD in one call, on a device that can be unbound. */

static struct kit_region *devm_region;
static struct nvm_region *devm_r;

static int devm_probe(struct platform_device *pdev)
{
	devm_r = devm_nvm_region_register(&pdev->dev, &devm_region->desc);
	return PTR_ERR_OR_ZERO(devm_r);
}

static struct platform_driver devm_lld = {
	.driver.name	= "nvm_kunit_devm",
	.probe		= devm_probe,
};

static void devm_goes_with_its_device(struct kunit *test)
{
	struct platform_device *pdev;
	struct kit *kit = test->priv;

	devm_region = &kit->regions[0];
	pdev = platform_device_register_simple("nvm_kunit_devm",
					       PLATFORM_DEVID_NONE, NULL, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pdev));
	KUNIT_EXPECT_EQ(test, platform_driver_register(&devm_lld), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&devm_region->released), 0);
	device_release_driver(&pdev->dev);
	KUNIT_EXPECT_TRUE(test, kit_wait_released(devm_region));
	/* Again, and lost this time: unbinding must not end it twice. */
	atomic_set(&devm_region->released, 0);
	KUNIT_EXPECT_EQ(test, device_attach(&pdev->dev), 1);
	devm_nvm_region_lost(&pdev->dev, devm_r);
	KUNIT_EXPECT_TRUE(test, kit_wait_released(devm_region));
	device_release_driver(&pdev->dev);
	KUNIT_EXPECT_EQ(test, atomic_read(&devm_region->released), 1);
	/* Refused: the probe fails, release is not called. */
	devm_region->desc.size = 1;
	KUNIT_EXPECT_EQ(test, device_attach(&pdev->dev), 0);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(devm_r), -EINVAL);
	KUNIT_EXPECT_EQ(test, atomic_read(&devm_region->released), 1);
	platform_driver_unregister(&devm_lld);
	platform_device_unregister(pdev);
}

static struct kunit_case kit_region_cases[] = {
	KUNIT_CASE(released_once_from_any_state),
	KUNIT_CASE(refusals_keep_nothing),
	KUNIT_CASE(pages_need_free_addresses),
	KUNIT_CASE(descriptor_is_copied),
	KUNIT_CASE(number_is_free_after_release),
	KUNIT_CASE(owner_is_named_until_released),
	KUNIT_CASE(poison_reaches_who_claims_it),
	KUNIT_CASE(health_is_told_once),
	KUNIT_CASE(devm_goes_with_its_device),
	{ }
};

struct kunit_suite kit_region_suite = {
	.name		= "nvm_region",
	.init		= kit_init,
	.exit		= kit_exit,
	.test_cases	= kit_region_cases,
};

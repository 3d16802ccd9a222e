// SPDX-License-Identifier: GPL-2.0-only
/*
 * nvm_kunit: tests of what lives in nvm_core and cannot be reached, or not in
 * every order, from user space. They run when the module is loaded; the results
 * are in <debugfs>/kunit/nvm_*'s files.
 */
#include <linux/module.h>
#include "kit.h"

static bool broken;
module_param(broken, bool, 0);
MODULE_PARM_DESC(broken, "one case fails, to see that somebody notices");

static void kit_is_whole(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, broken);
}

static struct kunit_case kit_cases[] = {
	KUNIT_CASE(kit_is_whole),
	{}
};

static struct kunit_suite kit_suite = {
	.name		= "nvm_kit",
	.test_cases	= kit_cases,
};

kunit_test_suites(&kit_suite,
		  &kit_claim_suite,
		  &kit_region_suite,
		  &kit_removal_suite,
		  &kit_disk_suite,
		  &kit_resize_suite,
		  &kit_command_suite);

MODULE_DESCRIPTION("KUnit suites of nvm_core");
MODULE_LICENSE("GPL");

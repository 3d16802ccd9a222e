// SPDX-License-Identifier: GPL-2.0-only
/*
 * nvm_kunit: tests of what lives in nvm_core and cannot be reached, or not in
 * every order, from user space. They run when the module is loaded; the results
 * are in <debugfs>/kunit/nvm_*'s files.
 */
#include <linux/module.h>
#include "kit.h"

kunit_test_suites(&kit_claim_suite,
		  &kit_region_suite,
		  &kit_removal_suite,
		  &kit_disk_suite,
		  &kit_resize_suite,
		  &kit_command_suite);

MODULE_DESCRIPTION("KUnit suites of nvm_core");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/* The pure half of the cache as a library for the ULDs of types 2 to 4. */
#include <linux/module.h>

MODULE_DESCRIPTION("Cache for non-volatile memory that is written by command");
MODULE_LICENSE("GPL");

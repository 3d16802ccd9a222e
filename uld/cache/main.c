// SPDX-License-Identifier: GPL-2.0-only
/* The cache as a library for the ULDs of types 2 to 4. */
#include <linux/module.h>
#include <nvm/version.h>

#define CREATE_TRACE_POINTS
#include "trace.h"

MODULE_DESCRIPTION("Cache for non-volatile memory that is written by command");
MODULE_VERSION(NVM_VERSION);
MODULE_LICENSE("GPL");

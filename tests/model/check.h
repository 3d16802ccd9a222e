/* SPDX-License-Identifier: GPL-2.0-only */
/* What the fuzzers of firmware's bytes assert. */
#ifndef NVM_MODEL_CHECK_H
#define NVM_MODEL_CHECK_H

#include "../../lld/nfit/table.h"

static inline void check(bool good)
{
	if (!good)
		abort();
}

/* A cause that goes into a line of the log. */
static inline void check_text(const struct nvmn_why *why)
{
	const char *c;

	check(strlen(why->text) <= NVMN_WHY_MAX);
	for (c = why->text; *c; c++)
		check(*c >= ' ' && *c < 0x7f);
}

#endif /* NVM_MODEL_CHECK_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* What is random in a test, and can be had again. */
#ifndef NVM_MODEL_SEED_H
#define NVM_MODEL_SEED_H

#include <stdlib.h>

static inline unsigned long long from_env(const char *name, unsigned long long preset)
{
	const char *val = getenv(name);

	return val ? strtoull(val, NULL, 0) : preset;
}

/* Xorshift; the state is never 0. */
static inline unsigned long long next_random(unsigned long long *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

#endif /* NVM_MODEL_SEED_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer: the first byte says whether the checksum is made right, then come
 * the bytes of an SPD, then a pattern.
 */
#include <stdint.h>
#include <stdlib.h>
#include "spd_make.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

static void check_spd(const struct ddr3_spd *spd)
{
	size_t len = strnlen(spd->part, sizeof(spd->part));

	check(len && len <= DDR3_PART_MAX);
	check(strspn(spd->part, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				"0123456789._-") == len);
	check(spd->serial && spd->serial != UINT32_MAX);
}

static void try_pattern(const struct ddr3_spd *spd, const uint8_t *data, size_t size)
{
	char *pattern = calloc(1, size + 1);

	memcpy(pattern, data, size);
	if (ddr3_spd_matches(spd, pattern))
		check(strlen(pattern) > 5 && pattern[4] == ':');
	free(pattern);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len = size ? size - 1 : 0;
	struct ddr3_spd spd = { 0 };
	uint8_t *raw;

	if (len > DDR3_SPD_LEN)
		len = DDR3_SPD_LEN;
	/* of its own size, so that a byte too far is seen */
	raw = malloc(len + !len);
	if (len)
		memcpy(raw, data + 1, len);
	if (len == DDR3_SPD_LEN && data[0] & 1) {
		raw[2] = DDR3_SPD_KIND_DDR3;
		spd_seal(raw);
	}
	if (!ddr3_spd_parse(raw, len, &spd)) {
		check_spd(&spd);
		try_pattern(&spd, data + 1 + len, size - 1 - len);
	}
	free(raw);
	return 0;
}

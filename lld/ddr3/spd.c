// SPDX-License-Identifier: GPL-2.0-only
/*
 * The identity of a DDR3 module, out of bytes that anybody may have written.
 */
#ifdef __KERNEL__
#include <linux/ctype.h>
#else
#include <ctype.h>
#endif
#include "spd.h"

#define SPD_COVERAGE		0	/* bit 7: the CRC is over 117 bytes, not 126 */
#define SPD_VENDOR		117
#define SPD_SERIAL		122
#define SPD_CRC			126
#define SPD_PART		128

/* CRC-16 of the XMODEM kind: polynomial 0x1021, begins with 0. */
static u16 spd_crc(const u8 *raw, size_t len)
{
	u16 crc = 0;
	size_t i;
	int bit;

	for (i = 0; i < len; i++) {
		crc ^= (u16)(raw[i] << 8);
		for (bit = 0; bit < 8; bit++)
			crc = (u16)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
	}
	return crc;
}

static bool spd_crc_ok(const u8 *raw)
{
	size_t len = raw[SPD_COVERAGE] & 0x80 ? SPD_VENDOR : SPD_CRC;

	return spd_crc(raw, len) == (raw[SPD_CRC] | raw[SPD_CRC + 1] << 8);
}

static bool spd_is_plain(u8 c)
{
	return c < 0x80 && (isalnum(c) || c == '.' || c == '_');
}

/* Returns its length; 0 if there is none. */
static size_t spd_part(const u8 *raw, char *part)
{
	size_t i, len = 0;

	for (i = 0; i < DDR3_PART_MAX; i++) {
		u8 c = raw[SPD_PART + i];

		part[i] = spd_is_plain(c) ? c : '-';
		if (c && c != ' ' && c != 0xff)
			len = i + 1;
	}
	part[len] = '\0';
	return len;
}

/**
 * ddr3_spd_parse() - who is this module
 * @raw: the first bytes of its SPD
 * @len: how many
 * @spd: set on success
 *
 * Return: NULL, or why it is not known, in words.
 */
const char *ddr3_spd_parse(const u8 *raw, size_t len, struct ddr3_spd *spd)
{
	const u8 *serial = raw + SPD_SERIAL;

	if (len < DDR3_SPD_LEN)
		return "its SPD is too short";
	if (raw[DDR3_SPD_KIND] != DDR3_SPD_KIND_DDR3)
		return "it is not DDR3";
	if (!spd_crc_ok(raw))
		return "the checksum of its SPD is wrong";
	spd->vendor = (u16)(raw[SPD_VENDOR] << 8 | raw[SPD_VENDOR + 1]);
	spd->serial = (u32)serial[0] << 24 | (u32)serial[1] << 16 |
		      (u32)serial[2] << 8 | serial[3];
	if (!spd->serial || spd->serial == (u32)~0)
		return "it has no serial number";
	if (!spd_part(raw, spd->part))
		return "it has no part number";
	return NULL;
}

/**
 * ddr3_spd_matches() - is a module of a kind
 * @spd: the module
 * @pattern: "VVVV:PART": the vendor in four hex digits, how the part number
 *	     begins
 *
 * Return: false also if @pattern is malformed or names no part number: a vendor
 * makes plain memory, too.
 */
bool ddr3_spd_matches(const struct ddr3_spd *spd, const char *pattern)
{
	u32 vendor = 0;
	unsigned int digit;
	int i;

	for (i = 0; i < 4; i++) {
		digit = pure_digit(pattern[i]);
		if (digit >= 16)
			return false;
		vendor = vendor << 4 | digit;
	}
	if (pattern[4] != ':' || !pattern[5])
		return false;
	return vendor == spd->vendor &&
	       !strncmp(spd->part, pattern + 5, strlen(pattern + 5));
}

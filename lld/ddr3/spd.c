// SPDX-License-Identifier: GPL-2.0-only
/*
 * The identity of a DDR3 module, out of bytes that anybody may have written.
 */
#ifdef __KERNEL__
#include <linux/ctype.h>
#else
#include <ctype.h>
#endif
#include "../text.h"
#include "spd.h"

#define SPD_COVERAGE		0	/* bit 7: the CRC is over 117 bytes, not 126 */
#define SPD_DENSITY		4	/* bits 3:0, of a chip, 0 is 256 Mbit */
#define SPD_DENSITY_MAX		6
#define SPD_RANKS		7	/* bits 5:3, 0 is one; bits 2:0, width of a chip, 0 is 4 */
#define SPD_WIDTH		8	/* bits 2:0, 0 is 8 */
#define SPD_RANKS_MAX		3
#define SPD_WIDTH_MAX		3
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

/* Chips of a rank side by side, ranks one behind the other. */
static u64 spd_size(const u8 *raw)
{
	unsigned int density = raw[SPD_DENSITY] & 0xf;
	unsigned int ranks = raw[SPD_RANKS] >> 3 & 7;
	unsigned int chip = raw[SPD_RANKS] & 7;
	unsigned int width = raw[SPD_WIDTH] & 7;

	if (density > SPD_DENSITY_MAX || ranks > SPD_RANKS_MAX ||
	    chip > SPD_WIDTH_MAX || width > SPD_WIDTH_MAX)
		return 0;
	return ((32ULL << 20 << density) * (8U << width) / (4U << chip)) *
	       (ranks + 1);
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
	spd->size = spd_size(raw);
	if (!spd_part(raw, spd->part))
		return "it has no part number";
	return NULL;
}

static bool spd_matches_one(const struct ddr3_spd *spd, struct span pattern)
{
	u32 vendor = 0;
	struct span head;
	unsigned int digit;

	if (!cut(&pattern, ':', &head) || span_len(head) != 4)
		return false;
	for (; head.p < head.end; head.p++) {
		digit = pure_digit(*head.p);
		if (digit >= 16)
			return false;
		vendor = vendor << 4 | digit;
	}
	return vendor == spd->vendor && span_len(pattern) &&
	       strlen(spd->part) >= span_len(pattern) &&
	       !memcmp(spd->part, pattern.p, span_len(pattern));
}

/**
 * ddr3_spd_matches() - is a module of one of some kinds
 * @spd: the module
 * @patterns: "VVVV:PART[,VVVV:PART...]": the vendor in four hex digits, how the
 *	      part number begins
 *
 * Return: false also for what is malformed or names no part number: a vendor
 * makes plain memory, too.
 */
bool ddr3_spd_matches(const struct ddr3_spd *spd, const char *patterns)
{
	struct span s = whole(patterns);
	struct span pattern;
	bool more;

	do {
		more = cut(&s, ',', &pattern);
		if (spd_matches_one(spd, trim(pattern)))
			return true;
	} while (more);
	return false;
}

/**
 * ddr3_spd_maker() - who made a module
 * @spd: the module
 *
 * Return: a name, or NULL if it is nobody who is known to make energy-backed
 * DDR3 modules.
 */
const char *ddr3_spd_maker(const struct ddr3_spd *spd)
{
	/* JEP106, with the parity bits. */
	static const struct {
		u16		vendor;
		const char	*name;
	} makers[] = {
		{ 0x0140, "Viking" },
		{ 0x0194, "SMART" },
		{ 0x802c, "Micron" },
		{ 0x8316, "Netlist" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(makers); i++)
		if (makers[i].vendor == spd->vendor)
			return makers[i].name;
	return NULL;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The identity of a DDR3 module: good bytes, and each way to be bad. */
#include <stdio.h>
#include <string.h>
#include "spd.h"
#include "spd_make.h"
#include "tap.h"

static const char *why_of(const u8 *raw, size_t len)
{
	struct ddr3_spd spd;

	return ddr3_spd_parse(raw, len, &spd);
}

static void refused(const u8 *raw, const char *want, const char *what)
{
	const char *why = why_of(raw, DDR3_SPD_LEN);

	tap_ok(why && strstr(why, want), "%s: %s", what, why ? why : "taken");
}

static void good(void)
{
	u8 raw[DDR3_SPD_LEN];
	struct ddr3_spd spd;

	spd_make(raw, "VR7VA567228FBZ");
	tap_ok(!ddr3_spd_parse(raw, sizeof(raw), &spd), "a good one is taken");
	tap_ok(spd.vendor == 0x0140 && spd.serial == 0x12345678,
	       "vendor %04x, serial %08x", spd.vendor, spd.serial);
	tap_ok(!strcmp(spd.part, "VR7VA567228FBZ"), "part number '%s'", spd.part);
	raw[0] |= 0x80;
	spd_seal(raw);
	memset(raw + 119, 0x55, 7);
	tap_ok(!why_of(raw, sizeof(raw)), "a checksum of 117 bytes is taken");
}

static void bad(void)
{
	u8 raw[DDR3_SPD_LEN];
	size_t i;
	int bit, seen = 0;

	spd_make(raw, "X");
	tap_ok(why_of(raw, DDR3_SPD_LEN - 1) != NULL, "one byte less is refused");
	raw[126] ^= 1;
	refused(raw, "checksum", "a wrong checksum");
	spd_make(raw, "X");
	raw[2] = 0x0c;
	spd_seal(raw);
	refused(raw, "not DDR3", "DDR4");
	spd_make(raw, "X");
	memset(raw + 122, 0, 4);
	spd_seal(raw);
	refused(raw, "serial", "serial number 0");
	memset(raw + 122, 0xff, 4);
	spd_seal(raw);
	refused(raw, "serial", "serial number ffffffff");
	spd_make(raw, "");
	refused(raw, "part", "no part number");
	memset(raw, 0, sizeof(raw));
	refused(raw, "not DDR3", "an empty EEPROM");
	memset(raw, 0xff, sizeof(raw));
	refused(raw, "not DDR3", "an open bus");
	/* every single bit that the checksum covers */
	for (i = 0; i < 126; i++)
		for (bit = 0; bit < 8; bit++) {
			spd_make(raw, "X");
			raw[i] ^= 1 << bit;
			seen += why_of(raw, sizeof(raw)) != NULL;
		}
	tap_ok(seen == 126 * 8, "%d of %d single bits are noticed", seen, 126 * 8);
}

static void parts(void)
{
	u8 raw[DDR3_SPD_LEN];
	struct ddr3_spd spd;

	spd_make(raw, "a b/c\xc3\xa4_.-Z");
	tap_ok(!ddr3_spd_parse(raw, sizeof(raw), &spd) &&
	       !strcmp(spd.part, "a-b-c--_.-Z"), "what a uid cannot have: '%s'",
	       spd.part);
	spd_make(raw, "123456789012345678");
	tap_ok(!ddr3_spd_parse(raw, sizeof(raw), &spd) && strlen(spd.part) == 18,
	       "all 18 characters: '%s'", spd.part);
}

static void patterns(void)
{
	static const struct {
		const char	*pattern;
		bool		want;
	} cases[] = {
		{ "0140:VR7", true }, { "0140:VR7VA567228FBZ", true },
		{ "0140:VR7VA567228FBZX", false }, { "0141:VR7", false },
		{ "0140:vr7", false }, { "0140:", false }, { "0140", false },
		{ "", false }, { "014:VR7", false }, { "01g0:VR7", false },
		{ "00140:VR7", false }, { ":VR7", false },
		{ "802c:MT,0140:VR7", true }, { "0140:VR7,802c:MT", true },
		{ " 802c:MT , 0140:VR7 ", true }, { "802c:MT,0140:", false },
		{ "0140:VR7VA567228FBZ-----------------------------", false },
		{ ",", false }, { ",0140:VR7", true }, { "0140,:VR7", false },
	};
	u8 raw[DDR3_SPD_LEN];
	struct ddr3_spd spd;
	size_t i;

	spd_make(raw, "VR7VA567228FBZ");
	ddr3_spd_parse(raw, sizeof(raw), &spd);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		tap_ok(ddr3_spd_matches(&spd, cases[i].pattern) == cases[i].want,
		       "pattern '%s': %s", cases[i].pattern,
		       cases[i].want ? "yes" : "no");
}

static void sizes(void)
{
	static const struct {
		u8	density, ranks, width;
		u64	mib;
	} cases[] = {
		/* 2 Gbit x8, one rank, 64 bits, with and without 8 for ECC */
		{ 0x03, 0x01, 0x03, 2048 }, { 0x03, 0x01, 0x0b, 2048 },
		{ 0x04, 0x08, 0x0b, 16384 }, { 0x00, 0x02, 0x03, 128 },
		{ 0x06, 0x18, 0x03, 131072 }, { 0x73, 0x01, 0x03, 2048 },
		/* what no table has */
		{ 0x07, 0x01, 0x03, 0 }, { 0x03, 0x04, 0x03, 0 },
		{ 0x03, 0x21, 0x03, 0 }, { 0x03, 0x01, 0x04, 0 },
		{ 0xff, 0xff, 0xff, 0 },
	};
	u8 raw[DDR3_SPD_LEN];
	struct ddr3_spd spd;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		spd_make(raw, "X");
		raw[4] = cases[i].density;
		raw[7] = cases[i].ranks;
		raw[8] = cases[i].width;
		spd_seal(raw);
		tap_ok(!ddr3_spd_parse(raw, sizeof(raw), &spd) &&
		       spd.size == cases[i].mib << 20, "size by %02x %02x %02x: %llu MiB",
		       cases[i].density, cases[i].ranks, cases[i].width, spd.size >> 20);
	}
}

static void makers(void)
{
	struct ddr3_spd spd = { .vendor = 0x0140 };

	tap_ok(!strcmp(ddr3_spd_maker(&spd), "Viking"), "0140 is Viking");
	spd.vendor = 0x8316;
	tap_ok(!strcmp(ddr3_spd_maker(&spd), "Netlist"), "8316 is Netlist");
	spd.vendor = 0x4001;
	tap_ok(!ddr3_spd_maker(&spd), "4001 is nobody");
}

int main(void)
{
	/* the check value of CRC-16/XMODEM */
	tap_ok(spd_make_crc((const u8 *)"123456789", 9) == 0x31c3, "the test's own checksum");
	good();
	bad();
	parts();
	patterns();
	sizes();
	makers();
	return tap_done();
}

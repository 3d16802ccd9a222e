// SPDX-License-Identifier: GPL-2.0-only
/* Where modules are, as a user says it: good lists, and each way to be bad. */
#include <stdio.h>
#include <string.h>
#include "place.h"
#include "tap.h"

#define GOOD	"0-0x50:0-0x28:4G@0x100000000"

static void good(void)
{
	static const char * const text = " 12-0x57:3-44:2M@0 , " GOOD "\n";
	struct ddr3_place p[2];
	char why[DDR3_WHY_MAX + 1] = "";

	tap_ok(ddr3_places_count(text) == 2, "two elements");
	tap_ok(!ddr3_places_parse(text, p, 2, why), "are taken: %s", why);
	tap_ok(p[0].spd.bus == 12 && p[0].spd.addr == 0x57 && p[0].ctrl.bus == 3 &&
	       p[0].ctrl.addr == 44 && p[0].start == 0 && p[0].size == 2 << 20, "the first");
	tap_ok(!p[1].spd.bus && p[1].spd.addr == 0x50 && !p[1].ctrl.bus &&
	       p[1].ctrl.addr == 0x28 && p[1].start == 1ULL << 32 &&
	       p[1].size == 4ULL << 30, "the second");
}

static void bad(void)
{
	static const struct {
		const char	*text;
		const char	*why;
	} cases[] = {
		{ "", "SPD:CONTROLLER" }, { ",", "SPD:CONTROLLER" },
		{ "4G@0x100000000", "SPD:CONTROLLER" },
		{ "0-0x50:4G@0x100000000", "SPD:CONTROLLER" },
		{ GOOD ",", "SPD:CONTROLLER" },
		{ "0x50:0-0x28:4G@0", "bus-address" },
		{ "0-0x50:0x28:4G@0", "bus-address" },
		{ "-0x50:0-0x28:4G@0", "a bus" }, { "x-0x50:0-0x28:4G@0", "a bus" },
		{ "4294967296-0x50:0-0x28:4G@0", "a bus" },
		{ "2147483648-0x50:0-0x28:4G@0", "a bus" },
		{ "0-:0-0x28:4G@0", "an address" }, { "0-0x150:0-0x28:4G@0", "an address" },
		{ "0-050:0-0x28:4G@0", "an address" }, { "0-0x50 :0-0x28:4G@0", "an address" },
		{ "0-0x4f:0-0x28:4G@0", "0x50 to 0x57" }, { "0-0x58:0-0x28:4G@0", "0x50 to 0x57" },
		{ "0-0x50:0-0x51:4G@0", "an SPD is there" },
		{ "0-0x50:0-0x30:4G@0", "lock" }, { "0-0x50:0-0x37:4G@0", "lock" },
		{ "0-0x50:0-0x07:4G@0", "an address" }, { "0-0x50:0-0x78:4G@0", "an address" },
		{ "0-0x50:0-0x28:0@0", "size is 0" }, { "0-0x50:0-0x28:1M@0", "multiple" },
		{ "0-0x50:0-0x28:2M@1M", "multiple" }, { "0-0x50:0-0x28:2M", "size@start" },
		{ "0-0x50:0-0x28:2M@0:ro=1", "not a number" },
		{ "0-0x50:0-0x28:2M@0xfffffffffff00000", "multiple" },
		{ "0-0x50:0-0x28:4M@0xffffffffffe00000", "too big" },
		{ GOOD ",0-0x50:0-0x29:2M@0", "same SPD" },
		{ GOOD ",0-0x51:0-0x28:2M@0", "same controller" },
		{ GOOD ",0-0x51:0-0x29:2M@0x1ffe00000", "overlaps" },
	};
	char why[DDR3_WHY_MAX + 1];
	struct ddr3_place p[3];
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		why[0] = '\0';
		err = ddr3_places_parse(cases[i].text, p, ddr3_places_count(cases[i].text), why);
		tap_ok(err == -EINVAL && strstr(why, cases[i].why), "'%s': %d, %s",
		       cases[i].text, err, why);
	}
}

static void apart(void)
{
	static const char * const lists[] = {
		GOOD ",1-0x50:1-0x28:2M@0", GOOD ",0-0x51:0-0x29:2M@0x200000000",
		GOOD ",0-0x51:0-0x29:2M@0xffe00000", "0-0x50:1-0x28:2M@0,1-0x50:0-0x28:2M@2M",
	};
	char why[DDR3_WHY_MAX + 1];
	struct ddr3_place p[2];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lists); i++)
		tap_ok(!ddr3_places_parse(lists[i], p, 2, why), "'%s'", lists[i]);
}

/* However long the text is, the line about it fits. */
static void lengthy(void)
{
	char text[400], why[DDR3_WHY_MAX + 1];
	struct ddr3_place p;

	memset(text, '\xff', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	tap_ok(ddr3_places_parse(text, &p, 1, why) == -EINVAL && strstr(why, "?...: not"),
	       "a long one: %s", why);
}

int main(void)
{
	good();
	bad();
	apart();
	lengthy();
	return tap_done();
}

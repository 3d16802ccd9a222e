// SPDX-License-Identifier: GPL-2.0-only
/* The grammar: what is taken, how it is shown, what is refused and why. */
#include "devices.h"
#include "tap.h"

struct good {
	const char *text;
	const char *shown;
};

static const struct good good[] = {
	{ "", "" },
	{ " \t\n", "" },
	{ "512M@0x140000000", "512M@0x140000000" },
	{ "512M@0x140000000\n", "512M@0x140000000" },
	{ "512m@5g", "512M@0x140000000" },
	{ "536870912@5368709120", "512M@0x140000000" },
	{ "0x20000000@0X140000000", "512M@0x140000000" },
	{ "0x200M@5120M", "512M@0x140000000" },
	{ "524288K@5242880k", "512M@0x140000000" },
	{ "1024M@4G", "1G@0x100000000" },
	{ "1536M@4G", "1536M@0x100000000" },
	{ "2048G@1T", "2T@0x10000000000" },
	{ "2t@0", "2T@0x0" },
	{ "2M@0x200000", "2M@0x200000" },
	{ "2M@0xabcDEF000000", "2M@0xabcdef000000" },
	{ "0xffffffffffc00000@0x200000", "17592186044412M@0x200000" },
	{ "2M@0xffffffffffc00000", "2M@0xffffffffffc00000" },
	{ "1G@4G,1G@5G", "1G@0x100000000,1G@0x140000000" },
	{ "1G@5G,1G@4G", "1G@0x140000000,1G@0x100000000" },
	{ " 1G@4G ,\n\t1G@5G \n", "1G@0x100000000,1G@0x140000000" },
	{ "1G@4G:type=1", "1G@0x100000000" },
	{ "1G@4G:ro=0", "1G@0x100000000" },
	{ "1G@4G:ro=1", "1G@0x100000000:ro=1" },
	{ "1G@4G:numa=0", "1G@0x100000000:numa=0" },
	{ "1G@4G:numa=0x1f", "1G@0x100000000:numa=31" },
	{ "1G@4G:uid=abc.D_e-9", "1G@0x100000000:uid=abc.D_e-9" },
	{ "1G@4G:uid=memmap-100000000", "1G@0x100000000" },
	{ "1G@4G:ro=1:numa=1:uid=x", "1G@0x100000000:uid=x:numa=1:ro=1" },
	{ "1G@4G:type=2", "1G@0x100000000:type=2" },
	{ "1G@4G:type=4", "1G@0x100000000:type=4" },
	{ "1G@4G:type=2:write_unit=4096:erase_unit=64K:busy_unit=4K:max_transfer=256K:depth=8:timeout=5000:"
	  "write_ns=200000:read_ns=0:bw=0:jitter=0:seed=1:fail=0:stall=0:buffer=0:lose=0:undo=1",
	  "1G@0x100000000:type=2" },
	{ "1G@4G:undo=1:lose=1:buffer=0x100000:stall=7:fail=6:seed=0:jitter=10:bw=500:write_ns=1:timeout=9:"
	  "depth=3:max_transfer=24K:busy_unit=16K:erase_unit=1M:write_unit=8K:type=2",
	  "1G@0x100000000:type=2:write_unit=8K:erase_unit=1M:busy_unit=16K:max_transfer=24K:depth=3:"
	  "timeout=9:write_ns=1:bw=500:jitter=10:seed=0:fail=6:stall=7:buffer=1M:lose=1" },
	{ "1G@4G:type=2:read_ns=1000000", "1G@0x100000000:type=2:read_ns=1000000" },
	{ "1G@4G:type=2:write_unit=512", "1G@0x100000000:type=2:write_unit=512" },
	{ "1G@4G:type=2:write_unit=512:busy_unit=512", "1G@0x100000000:type=2:write_unit=512" },
	{ "1G@4G:type=2:busy_unit=8K", "1G@0x100000000:type=2:busy_unit=8K" },
	{ "2M@4G:type=2:undo=0", "2M@0x100000000:type=2:undo=0" },
	{ "6M@4G:type=2", "6M@0x100000000:type=2" },
	{ "1G@4G:type=3:window=2M:windows=4",
	  "1G@0x100000000:type=3:window=2M:windows=4" },
	{ "8M@4G:windows=4:window=0x200000:type=3",
	  "8M@0x100000000:type=3:window=2M:windows=4" },
	{ "1G@4G:uid=0123456789012345678901234567890123456789012345678901234567890123",
	  "1G@0x100000000:uid=0123456789012345678901234567890123456789012345678901234567890123" },
};

static void test_good(const struct good *g)
{
	static struct devices d;
	struct nvmm_why why = { };
	char shown[512];
	int ret = parse_devices(g->text, &d, &why);
	struct nvmm_set set = as_set(&d);

	if (!ret)
		nvmm_format_list(set.specs, set.nr, shown, sizeof(shown));
	if (!tap_ok(!ret && !strcmp(shown, g->shown), "taken: \"%.60s\"",
		    g->shown))
		printf("# %d %s, shown \"%s\"\n", ret, why.text,
		       ret ? "" : shown);
}

struct bad {
	const char *text;
	const char *why;
};

#define UID_65 "01234567890123456789012345678901234567890123456789012345678901234"

static const struct bad bad[] = {
	/* the list */
	{ ",", "an element of the list is empty" },
	{ "1G@4G,", "an element of the list is empty" },
	{ ",1G@4G", "an element of the list is empty" },
	{ "1G@4G,,1G@5G", "an element of the list is empty" },
	{ "1G@4G, \n", "an element of the list is empty" },
	{ "1G@4G,x", "x: not of the form size@start" },
	/* the form */
	{ "1G", "1G: not of the form size@start" },
	{ "1G$4G", "1G$4G: not of the form size@start" },
	{ "1G!4G", "1G!4G: not of the form size@start" },
	{ "1G4G:ro=1", "1G4G: not of the form size@start" },
	{ ":ro=1", ": not of the form size@start" },
	{ "1G @4G", "1G?@4G: not a number" },
	{ "1G@ 4G", "1G@?4G: not a number" },
	{ "1G@4G 1G@5G", "1G@4G?1G@5G: not a number" },
	{ "1G@4G@5G", "1G@4G@5G: not a number" },
	{ "\x01\xff@4G", "\?\?@4G: not a number" },
	/* numbers */
	{ "@4G", "@4G: not a number" },
	{ "1G@", "1G@: not a number" },
	{ "M@4G", "M@4G: not a number" },
	{ "-2M@4G", "-2M@4G: not a number" },
	{ "+2M@4G", "+2M@4G: not a number" },
	{ "2.5G@4G", "2.5G@4G: not a number" },
	{ "0x@4G", "0x@4G: not a number" },
	{ "0xg@4G", "0xg@4G: not a number" },
	{ "2MM@4G", "2MM@4G: not a number" },
	{ "2MB@4G", "2MB@4G: not a number" },
	{ "2P@4G", "2P@4G: not a number" },
	{ "2E@4G", "2E@4G: not a number" },
	{ "2M@4Gx", "2M@4Gx: not a number" },
	{ "010M@4G", "010M@4G: a leading 0 is not allowed" },
	{ "2M@00", "2M@00: a leading 0 is not allowed" },
	{ "18446744073709551616@4G", "18446744073709551616@4G: the number is too big" },
	{ "18446744073709551615@4G", "18446744073709551615@4G: the size is not a multiple of 2M" },
	{ "99999999999999999999999@4G", "99999999999999999999999@4G: the number is too big" },
	{ "0x10000000000000000@4G", "0x10000000000000000@4G: the number is too big" },
	{ "16777216T@4G", "16777216T@4G: the number is too big" },
	{ "17179869184G@4G", "17179869184G@4G: the number is too big" },
	{ "2M@18014398509481984K", "2M@18014398509481984K: the number is too big" },
	/* the range */
	{ "0@4G", "0@4G: the size is 0" },
	{ "0M@4G", "0M@4G: the size is 0" },
	{ "1M@4G", "1M@4G: the size is not a multiple of 2M" },
	{ "3M@4G", "3M@4G: the size is not a multiple of 2M" },
	{ "2M@4095M", "2M@4095M: the start is not a multiple of 2M" },
	{ "2M@1", "2M@1: the start is not a multiple of 2M" },
	{ "2M@0xffffffffffe00000", "2M@0xffffffffffe00000: start + size is too big" },
	{ "0xffffffffffe00000@4M", "0xffffffffffe00000@4M: start + size is too big" },
	{ "8388608T@8388608T", "8388608T@8388608T: start + size is too big" },
	/* options */
	{ "1G@4G:", "1G@4G: an option is missing after the colon" },
	{ "1G@4G::ro=1", "1G@4G: an option is missing after the colon" },
	{ "1G@4G:ro=1:", "1G@4G: an option is missing after the colon" },
	{ "1G@4G:ro", "1G@4G: ro: not of the form option=value" },
	{ "1G@4G:=1", "1G@4G: =1: unknown option" },
	{ "1G@4G:rox=1", "1G@4G: rox=1: unknown option" },
	{ "1G@4G:r=1", "1G@4G: r=1: unknown option" },
	{ "1G@4G:RO=1", "1G@4G: RO=1: unknown option" },
	{ "1G@4G: ro=1", "1G@4G: ?ro=1: unknown option" },
	{ "1G@4G:ro=1:ro=1", "1G@4G: ro=1: the option is given twice" },
	{ "1G@4G:uid=a:uid=b", "1G@4G: uid=b: the option is given twice" },
	{ "1G@4G:ro=", "1G@4G: ro=: not a number" },
	{ "1G@4G:ro=2", "1G@4G: ro=2: the value is out of range" },
	{ "1G@4G:ro=yes", "1G@4G: ro=yes: not a number" },
	{ "1G@4G:ro=1K", "1G@4G: ro=1K: not a number" },
	{ "1G@4G:type=0", "1G@4G: type=0: the value is out of range" },
	{ "1G@4G:type=5", "1G@4G: type=5: the value is out of range" },
	{ "1G@4G:type=01", "1G@4G: type=01: a leading 0 is not allowed" },
	{ "1G@4G:numa=65536", "1G@4G: numa=65536: the value is out of range" },
	{ "1G@4G:numa=-1", "1G@4G: numa=-1: not a number" },
	{ "1G@4G:numa=18446744073709551615", "1G@4G: numa=18446744073709551615: the value is out of range" },
	{ "1G@4G:uid=", "1G@4G: uid=: a uid has 1 to 64 characters" },
	{ "1G@4G:uid=" UID_65, "1G@4G: uid=0123456789012345678901234567890123456789...: a uid has 1 to 64 characters" },
	{ "1G@4G:uid=a/b", "1G@4G: uid=a/b: a uid is made of A-Z a-z 0-9 . _ -" },
	{ "1G@4G:uid=a:b", "1G@4G: b: not of the form option=value" },
	{ "1G@4G:uid=\xc3\xa4", "1G@4G: uid=\?\?: a uid is made of A-Z a-z 0-9 . _ -" },
	/* options of a type */
	{ "1G@4G:window=2M", "1G@4G: window is not an option of type=1" },
	{ "1G@4G:type=2:windows=4", "1G@4G: windows is not an option of type=2" },
	{ "1G@4G:depth=4", "1G@4G: depth is not an option of type=1" },
	{ "1G@4G:type=2:write_unit=0", "1G@4G: write_unit=0: the value is out of range" },
	{ "1G@4G:type=2:write_unit=2M", "1G@4G: write_unit=2M: the value is out of range" },
	{ "1G@4G:type=2:write_unit=3K", "1G@4G: write_unit is not a power of two" },
	{ "1G@4G:type=2:erase_unit=96K", "1G@4G: erase_unit is not a power of two" },
	{ "1G@4G:type=2:erase_unit=2K", "1G@4G: erase_unit is smaller than write_unit" },
	{ "1G@4G:type=2:write_unit=128K", "1G@4G: erase_unit is smaller than write_unit" },
	{ "1G@4G:type=2:busy_unit=12K", "1G@4G: busy_unit is not a power of two" },
	{ "1G@4G:type=2:busy_unit=2K", "1G@4G: busy_unit is smaller than write_unit" },
	{ "1G@4G:type=2:busy_unit=0", "1G@4G: busy_unit=0: the value is out of range" },
	{ "1G@4G:type=2:max_transfer=6K", "1G@4G: max_transfer is not a multiple of write_unit" },
	{ "1G@4G:type=2:max_transfer=0", "1G@4G: max_transfer=0: the value is out of range" },
	{ "1G@4G:type=2:depth=0", "1G@4G: depth=0: the value is out of range" },
	{ "1G@4G:type=2:depth=257", "1G@4G: depth=257: the value is out of range" },
	{ "1G@4G:type=2:timeout=0", "1G@4G: timeout=0: the value is out of range" },
	{ "1G@4G:type=2:jitter=101", "1G@4G: jitter=101: the value is out of range" },
	{ "1G@4G:type=2:read_ns=1000001", "1G@4G: read_ns=1000001: the value is out of range" },
	{ "1G@4G:read_ns=1", "1G@4G: read_ns is not an option of type=1" },
	{ "1G@4G:type=2:write_ns=1K", "1G@4G: write_ns=1K: not a number" },
	{ "1G@4G:type=2:buffer=5K", "1G@4G: buffer is not a multiple of write_unit" },
	{ "1G@4G:type=2:lose=1", "1G@4G: lose=1 without a buffer that could be lost" },
	{ "1G@4G:type=2:buffer=1M:lose=1:undo=0", "1G@4G: lose=1 and undo=0 contradict each other" },
	{ "1G@4G:type=2:fail=3:stall=3", "1G@4G: fail and stall are the same command" },
	{ "4M@4G:type=2", "4M@4G: the undo log of the device leaves nothing of it" },
	{ "16M@4G:type=2:buffer=16M", "16M@4G: the undo log of the device leaves nothing of it" },
	{ "1G@4G:type=3", "1G@4G: type=3 needs the option window" },
	{ "1G@4G:type=3:window=2M", "1G@4G: type=3 needs the option windows" },
	{ "1G@4G:type=3:windows=2", "1G@4G: type=3 needs the option window" },
	{ "1G@4G:type=3:window=1M:windows=1", "1G@4G: window=1M: the value is out of range" },
	{ "1G@4G:type=3:window=3M:windows=1", "1G@4G: window is not a multiple of 2M" },
	{ "1G@4G:type=3:window=6M:windows=1", "1G@4G: the size is not a multiple of window" },
	{ "1G@4G:type=3:window=2M:windows=0", "1G@4G: windows=0: the value is out of range" },
	{ "1G@4G:type=3:window=2M:windows=65", "1G@4G: windows=65: the value is out of range" },
	{ "4M@4G:type=3:window=2M:windows=3", "4M@4G: the windows are larger than the device" },
	{ "4M@4G:type=3:window=8M:windows=1", "4M@4G: the size is not a multiple of window" },
};

static void test_bad(const struct bad *b)
{
	static struct devices d;
	struct nvmm_why why = { };
	int ret = parse_devices(b->text, &d, &why);

	if (!tap_ok(ret == -EINVAL && !strcmp(why.text, b->why),
		    "refused: %s", b->why))
		printf("# %d \"%s\"\n", ret, why.text);
}

/* One option of a device, changed: what it is then, or why not. */
static const struct {
	const char	*text;
	enum nvmm_opt	o;
	const char	*value;
	int		ret;
	const char	*then;
} changes[] = {
	{ "1G@4G:type=2", NVMM_OPT_WRITE_UNIT, "512", 0, "1G@0x100000000:type=2:write_unit=512" },
	{ "1G@4G:type=2", NVMM_OPT_WRITE_UNIT, " 0x2000\n", 0, "1G@0x100000000:type=2:write_unit=8K" },
	{ "1G@4G:type=2:busy_unit=4K", NVMM_OPT_WRITE_UNIT, "8K", 0, "1G@0x100000000:type=2:write_unit=8K" },
	{ "1G@4G:type=2:busy_unit=16K", NVMM_OPT_WRITE_UNIT, "8K", 0,
	  "1G@0x100000000:type=2:write_unit=8K:busy_unit=16K" },
	{ "1G@4G:type=2:busy_unit=16K", NVMM_OPT_BUSY_UNIT, "4K", 0, "1G@0x100000000:type=2" },
	{ "1G@4G:uid=u:type=2:depth=3", NVMM_OPT_DEPTH, "8", 0, "1G@0x100000000:type=2:uid=u" },
	{ "1G@4G:type=2", NVMM_OPT_BUFFER, "1M\n", 0, "1G@0x100000000:type=2:buffer=1M" },
	{ "1G@4G:type=2", NVMM_OPT_ERASE_UNIT, "128K", 0, "1G@0x100000000:type=2:erase_unit=128K" },
	{ "1G@4G:type=2:erase_unit=128K", NVMM_OPT_WRITE_UNIT, "128K", 0,
	  "1G@0x100000000:type=2:write_unit=128K:erase_unit=128K" },
	{ "1G@4G:type=2", NVMM_OPT_WRITE_UNIT, "128K", -EINVAL,
	  "1G@0x100000000: erase_unit is smaller than write_unit" },
	{ "1G@4G:type=2:busy_unit=16K", NVMM_OPT_WRITE_UNIT, "32K", -EINVAL,
	  "1G@0x100000000: busy_unit is smaller than write_unit" },
	{ "1G@4G:type=2", NVMM_OPT_MAX_TRANSFER, "6K", -EINVAL,
	  "1G@0x100000000: max_transfer is not a multiple of write_unit" },
	{ "1G@4G:type=2:buffer=1M:lose=1", NVMM_OPT_BUFFER, "0", -EINVAL,
	  "1G@0x100000000: lose=1 without a buffer that could be lost" },
	{ "6M@4G:type=2", NVMM_OPT_DEPTH, "32", -EINVAL,
	  "6M@0x100000000: the undo log of the device leaves nothing of it" },
	{ "1G@4G:type=2", NVMM_OPT_DEPTH, "257", -EINVAL, "1G@0x100000000: depth: the value is out of range" },
	{ "1G@4G:type=2", NVMM_OPT_TIMEOUT, "1K", -EINVAL, "1G@0x100000000: timeout: not a number" },
	{ "1G@4G:type=2", NVMM_OPT_BUFFER, "", -EINVAL, "1G@0x100000000: buffer: not a number" },
};

static void test_change(size_t i)
{
	static struct devices d;
	struct nvmm_why why = { };
	char then[512] = "";
	int ret;

	parse_devices(changes[i].text, &d, &why);
	ret = nvmm_change(&d.spec[0], changes[i].o, changes[i].value, &why);
	if (!ret)
		nvmm_format(&d.spec[0], then, sizeof(then));
	if (!tap_ok(ret == changes[i].ret &&
		    !strcmp(ret ? why.text : then, changes[i].then),
		    "changed: %s", changes[i].then))
		printf("# %d \"%s\"\n", ret, ret ? why.text : then);
}

static void test_long_range(void)
{
	static struct devices d;
	struct nvmm_why why = { };
	char text[5000];

	memset(text, '9', sizeof(text));
	strcpy(text + sizeof(text) - 4, "@4G");
	tap_ok(parse_devices(text, &d, &why) == -EINVAL &&
	       strlen(why.text) < 128 && strstr(why.text, "...: the number"),
	       "a long element is cut in the reason");
}

static void test_room(void)
{
	static struct devices d;
	struct nvmm_why why = { };
	const char *text = "1G@0x100000000,1G@0x140000000";
	struct nvmm_set set;
	char buf[64];
	size_t need = strlen(text);

	parse_devices(text, &d, &why);
	set = as_set(&d);
	tap_ok(nvmm_format_list(set.specs, set.nr, buf, need + 2) == (int)need &&
	       !strcmp(buf, text), "a list that just fits is shown whole");
	tap_ok(nvmm_format_list(set.specs, set.nr, buf, need + 1) == -EOVERFLOW,
	       "a list that leaves no room for a newline overflows");
	tap_ok(nvmm_format_list(set.specs, set.nr, buf, 5) == -EOVERFLOW,
	       "a list that does not fit overflows");
	tap_ok(!nvmm_format_list(set.specs, 0, buf, sizeof(buf)) && !buf[0],
	       "no devices show as nothing");
}

static void test_given(void)
{
	static struct devices d;
	struct nvmm_why why = { };

	parse_devices("1G@4G:ro=0:type=1,1G@5G", &d, &why);
	tap_ok(d.spec[0].given == (BIT(NVMM_OPT_RO) | BIT(NVMM_OPT_TYPE)) &&
	       !d.spec[1].given, "options given are told from defaults");
	tap_ok(!strcmp(d.spec[1].uid, "memmap-140000000"),
	       "the uid is that of the start");
}

int main(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++)
		test_good(&good[i]);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		test_bad(&bad[i]);
	for (i = 0; i < ARRAY_SIZE(changes); i++)
		test_change(i);
	test_long_range();
	test_room();
	test_given();
	return tap_done();
}

// SPDX-License-Identifier: GPL-2.0-only
/* Each row and each error of the contract of map=, add= and remove=. */
#include "devices.h"
#include "tap.h"

struct row {
	const char	*what;
	enum nvmm_mode	mode;
	const char	*have;	/* the devices before */
	const char	*text;	/* what is written */
	int		err;
	const char	*then;	/* the devices after, or the reason */
};

#define A	"512M@0x140000000"
#define A_1G	"1G@0x140000000"
#define B	"512M@0x180000000"
#define C	"512M@0x1c0000000"

static const struct row rows[] = {
	/* map: equal, bigger, smaller, new, not named */
	{ "map makes the first device", NVMM_MAP, "", A, 0, A },
	{ "map makes several, in any order", NVMM_MAP, "", C "," A, 0, A "," C },
	{ "map leaves an equal device alone", NVMM_MAP, A, A, 0, A },
	{ "map expands in place", NVMM_MAP, A, A_1G, 0, A_1G },
	{ "map expands up to a neighbour", NVMM_MAP, A "," B, A_1G "," B, 0, A_1G "," B },
	{ "map removes what is not named", NVMM_MAP, A "," B, B, 0, B },
	{ "map of nothing removes all", NVMM_MAP, A "," B, "", 0, "" },
	{ "map of nothing to nothing", NVMM_MAP, "", "\n", 0, "" },
	{ "map does all three at once", NVMM_MAP, A "," B, A_1G "," C, 0, A_1G "," C },
	{ "map refuses to shrink", NVMM_MAP, A_1G, A, -EINVAL,
	  A ": cannot shrink the device " A_1G },
	{ "map refuses a new start inside a device", NVMM_MAP, A_1G, "512M@0x160000000", -EEXIST,
	  "512M@0x160000000: overlaps the device " A_1G },
	{ "map refuses a device that swallows another", NVMM_MAP, B, "2G@0x140000000", -EEXIST,
	  "2G@0x140000000: overlaps the device " B },
	{ "map refuses to overlap what it would remove", NVMM_MAP, A_1G "," C, "1G@0x160000000," C,
	  -EEXIST, "1G@0x160000000: overlaps the device " A_1G },
	{ "map refuses to expand over a neighbour", NVMM_MAP, A "," B, "2G@0x140000000," B, -EEXIST,
	  B ": the same list also has 2G@0x140000000" },
	{ "map refuses to expand over what it would remove", NVMM_MAP, A "," B, "2G@0x140000000",
	  -EEXIST, "2G@0x140000000: overlaps the device " B },
	{ "map refuses the same element twice", NVMM_MAP, "", A "," A, -EEXIST,
	  A ": the same list also has " A },
	{ "map refuses an existing element twice", NVMM_MAP, A, A "," A, -EEXIST,
	  A ": the same list also has " A },
	{ "map refuses elements that overlap", NVMM_MAP, "", A_1G ",512M@0x160000000", -EEXIST,
	  "512M@0x160000000: the same list also has " A_1G },
	{ "map takes elements that touch", NVMM_MAP, "", A_1G "," B, 0, A_1G "," B },
	/* add */
	{ "add keeps what is not named", NVMM_ADD, A, B, 0, A "," B },
	{ "add expands", NVMM_ADD, A "," C, A_1G, 0, A_1G "," C },
	{ "add leaves an equal device alone", NVMM_ADD, A, A, 0, A },
	{ "add of nothing", NVMM_ADD, A, "", 0, A },
	{ "add refuses to shrink", NVMM_ADD, A_1G, A, -EINVAL,
	  A ": cannot shrink the device " A_1G },
	{ "add refuses to overlap below", NVMM_ADD, A_1G, "1G@0x120000000", -EEXIST,
	  "1G@0x120000000: overlaps the device " A_1G },
	{ "add refuses to overlap above", NVMM_ADD, A_1G, "1G@0x160000000", -EEXIST,
	  "1G@0x160000000: overlaps the device " A_1G },
	{ "add refuses to expand over a neighbour", NVMM_ADD, A "," B, "1026M@0x140000000", -EEXIST,
	  "1026M@0x140000000: overlaps the device " B },
	{ "add refuses to expand over an addition", NVMM_ADD, A, A_1G ",512M@0x160000000", -EEXIST,
	  "512M@0x160000000: the same list also has " A_1G },
	{ "add of a list with one fault adds nothing", NVMM_ADD, A, B ",512M@0x150000000", -EEXIST,
	  "512M@0x150000000: overlaps the device " A },
	/* remove */
	{ "remove", NVMM_REMOVE, A "," B, A, 0, B },
	{ "remove several", NVMM_REMOVE, A "," B "," C, C "," A, 0, B },
	{ "remove nothing", NVMM_REMOVE, A, "", 0, A },
	{ "remove refuses another place", NVMM_REMOVE, A, B, -ENOENT, B ": no device starts here" },
	{ "remove refuses a place inside", NVMM_REMOVE, A_1G, "512M@0x160000000", -ENOENT,
	  "512M@0x160000000: no device starts here" },
	{ "remove refuses a smaller size", NVMM_REMOVE, A_1G, A, -ENOENT,
	  A ": the device here is " A_1G },
	{ "remove refuses a larger size", NVMM_REMOVE, A, A_1G, -ENOENT,
	  A_1G ": the device here is " A },
	{ "remove of a list with one fault removes nothing", NVMM_REMOVE, A, A "," B, -ENOENT,
	  B ": no device starts here" },
	{ "remove refuses the same element twice", NVMM_REMOVE, A, A "," A, -EEXIST,
	  A ": the same list also has " A },
	{ "remove from nothing", NVMM_REMOVE, "", A, -ENOENT, A ": no device starts here" },
	{ "remove needs no options", NVMM_REMOVE, A ":uid=x:ro=1", A, 0, "" },
	{ "remove takes the right options", NVMM_REMOVE, A ":uid=x:ro=1", A ":ro=1:uid=x", 0, "" },
	{ "remove takes some of the options", NVMM_REMOVE, A ":uid=x:ro=1", A ":ro=1", 0, "" },
	{ "remove refuses wrong options", NVMM_REMOVE, A ":uid=x", A ":uid=y", -ENOENT,
	  A ": the options differ from those of the device " A ":uid=x" },
	{ "remove refuses an option that is not the default", NVMM_REMOVE, A, A ":ro=1", -ENOENT,
	  A ": the options differ from those of the device " A },
	{ "remove of another type finds nothing", NVMM_REMOVE, A, A ":type=2", -ENOENT,
	  A ": the options differ from those of the device " A },
	/* options */
	{ "options are kept", NVMM_MAP, "", A ":numa=0:ro=1", 0, A ":numa=0:ro=1" },
	{ "equal options are left alone", NVMM_MAP, A ":uid=x:ro=1", A ":ro=1:uid=x", 0, A ":uid=x:ro=1" },
	{ "a default that is spelled out is equal", NVMM_MAP, A, A ":ro=0:type=1:uid=memmap-140000000",
	  0, A },
	{ "equal options expand", NVMM_MAP, A ":uid=x", A_1G ":uid=x", 0, A_1G ":uid=x" },
	{ "other options are refused", NVMM_MAP, A, A ":ro=1", -EINVAL,
	  A ": the options differ from those of the device " A },
	{ "no options are other options", NVMM_ADD, A ":uid=x", A, -EINVAL,
	  A ": the options differ from those of the device " A ":uid=x" },
	{ "expansion with other options is refused", NVMM_MAP, A ":ro=1", A_1G, -EINVAL,
	  A_1G ": the options differ from those of the device " A ":ro=1" },
	{ "an explicit node is not the automatic one", NVMM_ADD, A, A ":numa=0", -EINVAL,
	  A ": the options differ from those of the device " A },
	/* uids */
	{ "a uid that a device has is refused", NVMM_ADD, A ":uid=x", B ":uid=x", -EEXIST,
	  B ": uid=x is that of " A },
	{ "a uid of what map would remove is refused", NVMM_MAP, A ":uid=x", B ":uid=x", -EEXIST,
	  B ": uid=x is that of " A },
	{ "a uid that is the default of another is refused", NVMM_ADD, A, B ":uid=memmap-140000000",
	  -EEXIST, B ": uid=memmap-140000000 is that of " A },
	{ "the uid of an expanded device is its own", NVMM_MAP, A ":uid=x," B, A_1G ":uid=x," B, 0,
	  A_1G ":uid=x," B },
	/* types */
	{ "type 2 is emulated", NVMM_MAP, "", A ":type=2:depth=3", 0, A ":type=2:depth=3" },
	{ "type 2 expands with its options", NVMM_ADD, A ":type=2:depth=3", A_1G ":type=2:depth=3", 0,
	  A_1G ":type=2:depth=3" },
	{ "type 2 expands only with its options", NVMM_ADD, A ":type=2:depth=3", A_1G ":type=2", -EINVAL,
	  A_1G ": the options differ from those of the device " A ":type=2:depth=3" },
	{ "type 3 is not emulated", NVMM_ADD, "", A ":type=3:window=2M:windows=4", -EOPNOTSUPP,
	  A ": type=3 is not emulated by this version" },
	{ "type 4 is not emulated", NVMM_ADD, A, B ":type=4", -EOPNOTSUPP,
	  B ": type=4 is not emulated by this version" },
};

static void show(struct devices *d, char *buf, size_t len)
{
	struct nvmm_set set = as_set(d);

	if (nvmm_format_list(set.specs, set.nr, buf, len) < 0)
		abort();
}

static void test_row(const struct row *r)
{
	static struct devices d;
	struct nvmm_why why = { };
	char before[512], after[512];
	bool good;
	int ret;

	if (parse_devices(r->have, &d, &why))
		abort();
	show(&d, before, sizeof(before));
	ret = write_devices(r->mode, r->text, &d, &why);
	show(&d, after, sizeof(after));
	good = ret == r->err && !strcmp(ret ? why.text : after, r->then);
	if (ret)
		good = good && !strcmp(before, after);
	if (!tap_ok(good, "%s", r->what))
		printf("# %d \"%s\", now \"%s\"\n", ret, why.text, after);
}

/* Which of two new elements with one uid is named depends on the sort. */
static void test_uid_in_list(void)
{
	static struct devices d;
	struct nvmm_why why = { };

	d.nr = 0;
	tap_ok(write_devices(NVMM_MAP, A ":uid=x," B ":uid=x", &d, &why) == -EEXIST &&
	       strstr(why.text, "uid=x is that of "),
	       "two elements with one uid are refused");
}

static void test_order(void)
{
	static struct devices have, wanted;
	struct nvmm_why why = { };
	struct nvmm_plan plan;
	struct nvmm_set h, w;

	parse_devices(A "," B ",2M@0x40000000", &have, &why);
	qsort(have.spec, have.nr, sizeof(have.spec[0]), spec_by_start);
	parse_devices("512M@0x200000000," C "," A_1G, &wanted, &why);
	h = as_set(&have);
	w = as_set(&wanted);
	tap_ok(!nvmm_plan(NVMM_MAP, &w, &h, &plan, &why) && plan.nr == 5 &&
	       plan.steps[0].action == NVMM_DO_REMOVE && plan.steps[0].dev == 0 &&
	       plan.steps[1].action == NVMM_DO_REMOVE && plan.steps[1].dev == 2 &&
	       plan.steps[2].action == NVMM_DO_EXPAND && plan.steps[2].dev == 1 &&
	       plan.steps[2].spec == 2 &&
	       plan.steps[3].action == NVMM_DO_ADD && plan.steps[3].spec == 0 &&
	       plan.steps[4].action == NVMM_DO_ADD && plan.steps[4].spec == 1,
	       "removals, then expansions, then additions as listed");
	nvmm_plan_free(&plan);
	tap_ok(!plan.steps && !plan.nr, "a freed plan is empty");
	nvmm_plan_free(&plan);
}

int main(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(&rows[i]);
	test_uid_in_list();
	test_order();
	return tap_done();
}

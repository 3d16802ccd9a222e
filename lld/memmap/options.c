// SPDX-License-Identifier: GPL-2.0-only
#include "options.h"
#include "undo.h"

#define TYPE_1		BIT(1)
#define TYPE_2		BIT(2)
#define TYPE_3		BIT(3)
#define TYPE_4		BIT(4)
#define TYPE_ANY	(TYPE_1 | TYPE_2 | TYPE_3 | TYPE_4)

#define KIB		1024ULL
#define MIB		(1024 * KIB)

/*
 * A new option is a row here, a line in enum nvmm_opt and, where it depends on
 * others, one in check_windows(), check_commands() or a function beside them.
 */
const struct nvmm_option nvmm_options[NVMM_NR_OPTS] = {
	[NVMM_OPT_TYPE] = {
		.name = "type", .kind = NVMM_KIND_COUNT, .min = 1, .max = 4,
		.preset = 1, .types = TYPE_ANY,
	},
	[NVMM_OPT_UID] = {
		.name = "uid", .kind = NVMM_KIND_UID, .types = TYPE_ANY,
	},
	[NVMM_OPT_NUMA] = {
		.name = "numa", .kind = NVMM_KIND_COUNT, .max = 65535,
		.preset = NVMM_NUMA_AUTO, .types = TYPE_ANY,
	},
	[NVMM_OPT_RO] = {
		.name = "ro", .kind = NVMM_KIND_COUNT, .max = 1,
		.types = TYPE_ANY,
	},
	[NVMM_OPT_WINDOW] = {
		.name = "window", .kind = NVMM_KIND_SIZE, .min = NVMM_ALIGN,
		.max = U64_MAX, .types = TYPE_3, .needed_by = TYPE_3,
	},
	[NVMM_OPT_WINDOWS] = {
		.name = "windows", .kind = NVMM_KIND_COUNT, .min = 1,
		.max = NVMM_WINDOWS_MAX, .types = TYPE_3, .needed_by = TYPE_3,
	},
	[NVMM_OPT_WRITE_UNIT] = {
		.name = "write_unit", .kind = NVMM_KIND_SIZE, .min = 512,
		.max = MIB, .preset = 4 * KIB, .types = TYPE_2,
	},
	[NVMM_OPT_ERASE_UNIT] = {
		.name = "erase_unit", .kind = NVMM_KIND_SIZE, .min = 512,
		.max = 64 * MIB, .preset = 64 * KIB, .types = TYPE_2,
	},
	[NVMM_OPT_BUSY_UNIT] = {
		.name = "busy_unit", .kind = NVMM_KIND_SIZE, .min = 512,
		.max = NVMM_ALIGN, .types = TYPE_2,
	},
	[NVMM_OPT_MAX_TRANSFER] = {
		.name = "max_transfer", .kind = NVMM_KIND_SIZE, .min = 512,
		.max = 4 * MIB, .preset = 256 * KIB, .types = TYPE_2,
	},
	[NVMM_OPT_DEPTH] = {
		.name = "depth", .kind = NVMM_KIND_COUNT, .min = 1,
		.max = NVMM_DEPTH_MAX, .preset = 8, .types = TYPE_2,
	},
	[NVMM_OPT_TIMEOUT] = {
		.name = "timeout", .kind = NVMM_KIND_COUNT, .min = 1,
		.max = 3600000, .preset = 5000, .types = TYPE_2,
	},
	[NVMM_OPT_WRITE_NS] = {
		.name = "write_ns", .kind = NVMM_KIND_COUNT,
		.max = NVMM_WRITE_NS_MAX, .preset = 200000, .types = TYPE_2,
	},
	[NVMM_OPT_READ_NS] = {
		.name = "read_ns", .kind = NVMM_KIND_COUNT,
		.max = NVMM_READ_NS_MAX, .types = TYPE_2,
	},
	[NVMM_OPT_BW] = {
		.name = "bw", .kind = NVMM_KIND_COUNT, .max = NVMM_BW_MAX,
		.types = TYPE_2,
	},
	[NVMM_OPT_JITTER] = {
		.name = "jitter", .kind = NVMM_KIND_COUNT, .max = 100,
		.types = TYPE_2,
	},
	[NVMM_OPT_SEED] = {
		.name = "seed", .kind = NVMM_KIND_COUNT, .max = U64_MAX,
		.preset = 1, .types = TYPE_2,
	},
	[NVMM_OPT_FAIL] = {
		.name = "fail", .kind = NVMM_KIND_COUNT, .max = U64_MAX,
		.types = TYPE_2,
	},
	[NVMM_OPT_STALL] = {
		.name = "stall", .kind = NVMM_KIND_COUNT, .max = U64_MAX,
		.types = TYPE_2,
	},
	[NVMM_OPT_BUFFER] = {
		.name = "buffer", .kind = NVMM_KIND_SIZE, .max = 1024 * MIB,
		.types = TYPE_2,
	},
	[NVMM_OPT_LOSE] = {
		.name = "lose", .kind = NVMM_KIND_COUNT, .max = 1,
		.types = TYPE_2,
	},
	[NVMM_OPT_UNDO] = {
		.name = "undo", .kind = NVMM_KIND_COUNT, .max = 1,
		.preset = 1, .types = TYPE_2,
	},
};

/**
 * nvmm_preset() - all options as if none were given
 * @spec: the device
 */
void nvmm_preset(struct nvmm_spec *spec)
{
	enum nvmm_opt o;

	for (o = 0; o < NVMM_NR_OPTS; o++)
		spec->opt[o] = nvmm_options[o].preset;
}

static void preset_uid(struct nvmm_spec *spec)
{
	scnprintf(spec->uid, sizeof(spec->uid), "memmap-%llx", spec->start);
}

/* Where the preset depends on the rest of the element. */
static u64 preset_of(const struct nvmm_spec *spec, enum nvmm_opt o)
{
	if (o == NVMM_OPT_BUSY_UNIT)
		return spec->opt[NVMM_OPT_WRITE_UNIT];
	return nvmm_options[o].preset;
}

/**
 * nvmm_preset_late() - presets that depend on what was given
 * @spec: the device, its text read
 */
void nvmm_preset_late(struct nvmm_spec *spec)
{
	if (!(spec->given & BIT(NVMM_OPT_UID)))
		preset_uid(spec);
	if (!(spec->given & BIT(NVMM_OPT_BUSY_UNIT)))
		spec->opt[NVMM_OPT_BUSY_UNIT] =
			preset_of(spec, NVMM_OPT_BUSY_UNIT);
}

/**
 * nvmm_is_preset() - need an option not be shown
 * @spec: the device
 * @o: the option
 */
bool nvmm_is_preset(const struct nvmm_spec *spec, enum nvmm_opt o)
{
	struct nvmm_spec plain = { .start = spec->start };

	if (nvmm_options[o].kind != NVMM_KIND_UID)
		return spec->opt[o] == preset_of(spec, o);
	preset_uid(&plain);
	return !strcmp(spec->uid, plain.uid);
}

static const char *check_windows(const struct nvmm_spec *spec)
{
	u64 window = spec->opt[NVMM_OPT_WINDOW];

	if (window % NVMM_ALIGN)
		return "window is not a multiple of 2M";
	if (spec->size % window)
		return "the size is not a multiple of window";
	if (spec->opt[NVMM_OPT_WINDOWS] > spec->size / window)
		return "the windows are larger than the device";
	return NULL;
}

static u64 round_to(u64 val, u64 unit)
{
	return (val + unit - 1) / unit * unit;
}

/**
 * nvmm_span_units() - write units that one command can make busy
 * @spec: a device with commands
 *
 * A command that starts within a busy unit reaches into one more.
 */
u32 nvmm_span_units(const struct nvmm_spec *spec)
{
	u64 unit = spec->opt[NVMM_OPT_WRITE_UNIT];
	u64 busy = spec->opt[NVMM_OPT_BUSY_UNIT];
	u64 span = round_to(spec->opt[NVMM_OPT_MAX_TRANSFER], busy);

	return (span + (busy > unit ? busy : 0)) / unit;
}

/**
 * nvmm_cells() - write units that the device may have to restore
 * @spec: a device with commands
 *
 * Return: those of all commands in flight and those in its buffer; 0 without
 * an undo log.
 */
u32 nvmm_cells(const struct nvmm_spec *spec)
{
	if (!spec->opt[NVMM_OPT_UNDO])
		return 0;
	return spec->opt[NVMM_OPT_DEPTH] * nvmm_span_units(spec) +
	       spec->opt[NVMM_OPT_BUFFER] / spec->opt[NVMM_OPT_WRITE_UNIT];
}

/**
 * nvmm_medium_size() - how much of its range a device shows
 * @spec: the device
 *
 * Return: bytes, a multiple of 2M; 0 when the device itself needs it all.
 */
u64 nvmm_medium_size(const struct nvmm_spec *spec)
{
	u64 log;

	if (spec->opt[NVMM_OPT_TYPE] != 2)
		return spec->size;
	log = nvmm_undo_size(spec->opt[NVMM_OPT_WRITE_UNIT], nvmm_cells(spec));
	return log < spec->size ? spec->size - log : 0;
}

static bool is_power_of_two(u64 val)
{
	return val && !(val & (val - 1));
}

static const char *check_units(const struct nvmm_spec *spec)
{
	u64 unit = spec->opt[NVMM_OPT_WRITE_UNIT];

	if (!is_power_of_two(unit))
		return "write_unit is not a power of two";
	if (!is_power_of_two(spec->opt[NVMM_OPT_ERASE_UNIT]))
		return "erase_unit is not a power of two";
	if (!is_power_of_two(spec->opt[NVMM_OPT_BUSY_UNIT]))
		return "busy_unit is not a power of two";
	if (spec->opt[NVMM_OPT_ERASE_UNIT] < unit)
		return "erase_unit is smaller than write_unit";
	if (spec->opt[NVMM_OPT_BUSY_UNIT] < unit)
		return "busy_unit is smaller than write_unit";
	if (spec->opt[NVMM_OPT_MAX_TRANSFER] % unit)
		return "max_transfer is not a multiple of write_unit";
	if (spec->opt[NVMM_OPT_BUFFER] % unit)
		return "buffer is not a multiple of write_unit";
	return NULL;
}

static const char *check_commands(const struct nvmm_spec *spec)
{
	const char *wrong = check_units(spec);

	if (wrong)
		return wrong;
	if (spec->opt[NVMM_OPT_LOSE] && !spec->opt[NVMM_OPT_BUFFER])
		return "lose=1 without a buffer that could be lost";
	if (spec->opt[NVMM_OPT_LOSE] && !spec->opt[NVMM_OPT_UNDO])
		return "lose=1 and undo=0 contradict each other";
	if (spec->opt[NVMM_OPT_FAIL] &&
	    spec->opt[NVMM_OPT_FAIL] == spec->opt[NVMM_OPT_STALL])
		return "fail and stall are the same command";
	if (!nvmm_medium_size(spec))
		return "the undo log of the device leaves nothing of it";
	return NULL;
}

static bool check_option_of_type(const struct nvmm_spec *spec, enum nvmm_opt o,
				 struct nvmm_why *why, const char *range)
{
	unsigned int type = spec->opt[NVMM_OPT_TYPE];
	bool given = spec->given & BIT(o);

	if (given && !(nvmm_options[o].types & BIT(type))) {
		nvmm_say(why, "%s: %s is not an option of type=%u", range,
			 nvmm_options[o].name, type);
		return false;
	}
	if (!given && (nvmm_options[o].needed_by & BIT(type))) {
		nvmm_say(why, "%s: type=%u needs the option %s", range, type,
			 nvmm_options[o].name);
		return false;
	}
	return true;
}

/**
 * nvmm_check_options() - do the options of an element go together
 * @spec: the element
 * @why: what is wrong, set on failure
 * @range: the element's name in that
 *
 * Return: 0 or -EINVAL.
 */
int nvmm_check_options(const struct nvmm_spec *spec, struct nvmm_why *why,
		       const char *range)
{
	const char *wrong = NULL;
	enum nvmm_opt o;

	for (o = 0; o < NVMM_NR_OPTS; o++)
		if (!check_option_of_type(spec, o, why, range))
			return -EINVAL;
	if (spec->opt[NVMM_OPT_TYPE] == 3)
		wrong = check_windows(spec);
	if (spec->opt[NVMM_OPT_TYPE] == 2)
		wrong = check_commands(spec);
	if (!wrong)
		return 0;
	nvmm_say(why, "%s: %s", range, wrong);
	return -EINVAL;
}

/**
 * nvmm_same_options() - do two devices agree
 * @a: one
 * @b: the other
 * @which: BIT(enum nvmm_opt) of the options to compare
 */
bool nvmm_same_options(const struct nvmm_spec *a, const struct nvmm_spec *b,
		       u32 which)
{
	enum nvmm_opt o;

	for (o = 0; o < NVMM_NR_OPTS; o++) {
		if (!(which & BIT(o)))
			continue;
		if (a->opt[o] != b->opt[o])
			return false;
		if (nvmm_options[o].kind == NVMM_KIND_UID &&
		    strcmp(a->uid, b->uid))
			return false;
	}
	return true;
}

// SPDX-License-Identifier: GPL-2.0-only
#include "../text.h"
#include "parse.h"

enum value {
	KIND_COUNT,	/* a number without a suffix */
	KIND_SIZE,	/* a number that may have a suffix */
	KIND_UID,	/* text, kept in nvmm_spec.uid */
};

#define TYPE_1		BIT(1)
#define TYPE_2		BIT(2)
#define TYPE_3		BIT(3)
#define TYPE_4		BIT(4)
#define TYPE_ANY	(TYPE_1 | TYPE_2 | TYPE_3 | TYPE_4)

/*
 * All there is to know of an option. A new one is a row here, a line in enum
 * nvmm_opt and, where it depends on others, one in check_windows() or a
 * function beside it.
 */
static const struct option {
	const char	*name;
	enum value	kind;
	u64		min;
	u64		max;
	u64		preset;
	unsigned long	types;
	unsigned long	needed_by;
} options[NVMM_NR_OPTS] = {
	[NVMM_OPT_TYPE] = {
		.name = "type", .kind = KIND_COUNT, .min = 1, .max = 4,
		.preset = 1, .types = TYPE_ANY,
	},
	[NVMM_OPT_UID] = {
		.name = "uid", .kind = KIND_UID, .types = TYPE_ANY,
	},
	[NVMM_OPT_NUMA] = {
		.name = "numa", .kind = KIND_COUNT, .max = 65535,
		.preset = NVMM_NUMA_AUTO, .types = TYPE_ANY,
	},
	[NVMM_OPT_RO] = {
		.name = "ro", .kind = KIND_COUNT, .max = 1, .types = TYPE_ANY,
	},
	[NVMM_OPT_WINDOW] = {
		.name = "window", .kind = KIND_SIZE, .min = NVMM_ALIGN,
		.max = U64_MAX, .types = TYPE_3, .needed_by = TYPE_3,
	},
	[NVMM_OPT_WINDOWS] = {
		.name = "windows", .kind = KIND_COUNT, .min = 1,
		.max = NVMM_WINDOWS_MAX, .types = TYPE_3, .needed_by = TYPE_3,
	},
};

/**
 * nvmm_say() - keep the reason of a refusal
 * @why: where; what does not fit is cut
 * @fmt: as for printf
 */
void nvmm_say(struct nvmm_why *why, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, args);
	va_end(args);
}

static bool span_is(struct span s, const char *text)
{
	return span_len(s) == strlen(text) && !memcmp(s.p, text, span_len(s));
}

static const char *parse_number(struct span s, enum value kind, u64 *val)
{
	return text_number(s, kind == KIND_SIZE, val);
}

static bool is_uid_char(char c)
{
	return pure_digit(c) < 10 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
	       c == '.' || c == '_' || c == '-';
}

static const char *parse_uid(struct span s, struct nvmm_spec *spec)
{
	size_t n = span_len(s);
	size_t i;

	if (!n || n > NVMM_UID_MAX)
		return "a uid has 1 to 64 characters";
	for (i = 0; i < n; i++)
		if (!is_uid_char(s.p[i]))
			return "a uid is made of A-Z a-z 0-9 . _ -";
	memcpy(spec->uid, s.p, n);
	spec->uid[n] = '\0';
	return NULL;
}

static const char *parse_value(enum nvmm_opt o, struct span s,
			       struct nvmm_spec *spec)
{
	const char *wrong;

	if (options[o].kind == KIND_UID)
		return parse_uid(s, spec);
	wrong = parse_number(s, options[o].kind, &spec->opt[o]);
	if (wrong)
		return wrong;
	if (spec->opt[o] < options[o].min || spec->opt[o] > options[o].max)
		return "the value is out of range";
	return NULL;
}

static enum nvmm_opt find_option(struct span name)
{
	enum nvmm_opt o;

	for (o = 0; o < NVMM_NR_OPTS; o++)
		if (span_is(name, options[o].name))
			break;
	return o;
}

static const char *parse_option(struct span s, struct nvmm_spec *spec)
{
	enum nvmm_opt o;
	struct span name;

	if (!span_len(s))
		return "an option is missing after the colon";
	if (!cut(&s, '=', &name))
		return "not of the form option=value";
	o = find_option(name);
	if (o == NVMM_NR_OPTS)
		return "unknown option";
	if (spec->given & BIT(o))
		return "the option is given twice";
	spec->given |= BIT(o);
	return parse_value(o, s, spec);
}

static void preset_options(struct nvmm_spec *spec)
{
	enum nvmm_opt o;

	for (o = 0; o < NVMM_NR_OPTS; o++)
		spec->opt[o] = options[o].preset;
}

static void preset_uid(struct nvmm_spec *spec)
{
	if (!(spec->given & BIT(NVMM_OPT_UID)))
		scnprintf(spec->uid, sizeof(spec->uid), "memmap-%llx",
			  spec->start);
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

static bool check_option_of_type(const struct nvmm_spec *spec, enum nvmm_opt o,
				 struct nvmm_why *why, const char *range)
{
	unsigned int type = spec->opt[NVMM_OPT_TYPE];
	bool given = spec->given & BIT(o);

	if (given && !(options[o].types & BIT(type))) {
		nvmm_say(why, "%s: %s is not an option of type=%u", range,
			 options[o].name, type);
		return false;
	}
	if (!given && (options[o].needed_by & BIT(type))) {
		nvmm_say(why, "%s: type=%u needs the option %s", range, type,
			 options[o].name);
		return false;
	}
	return true;
}

static int check_options(const struct nvmm_spec *spec, struct nvmm_why *why,
			 const char *range)
{
	const char *wrong = NULL;
	enum nvmm_opt o;

	for (o = 0; o < NVMM_NR_OPTS; o++)
		if (!check_option_of_type(spec, o, why, range))
			return -EINVAL;
	if (spec->opt[NVMM_OPT_TYPE] == 3)
		wrong = check_windows(spec);
	if (!wrong)
		return 0;
	nvmm_say(why, "%s: %s", range, wrong);
	return -EINVAL;
}

static int parse_options(struct span s, struct nvmm_spec *spec,
			 struct nvmm_why *why, const char *range)
{
	bool more = true;

	while (more) {
		const char *wrong;
		struct span opt;
		char buf[48];

		more = cut(&s, ':', &opt);
		wrong = parse_option(opt, spec);
		if (wrong) {
			nvmm_say(why, "%s: %s%s%s", range,
				 quote(opt, buf, sizeof(buf)),
				 span_len(opt) ? ": " : "", wrong);
			return -EINVAL;
		}
	}
	return 0;
}

static int parse_element(struct span s, struct nvmm_spec *spec,
			 struct nvmm_why *why)
{
	const char *wrong;
	struct span range;
	char buf[64];
	bool more;
	int ret;

	if (!span_len(s)) {
		nvmm_say(why, "an element of the list is empty");
		return -EINVAL;
	}
	memset(spec, 0, sizeof(*spec));
	preset_options(spec);
	more = cut(&s, ':', &range);
	quote(range, buf, sizeof(buf));
	wrong = text_range(range, &spec->start, &spec->size);
	if (wrong) {
		nvmm_say(why, "%s: %s", buf, wrong);
		return -EINVAL;
	}
	ret = more ? parse_options(s, spec, why, buf) : 0;
	if (ret)
		return ret;
	preset_uid(spec);
	return check_options(spec, why, buf);
}

/**
 * nvmm_count() - how many elements a list has
 * @text: the list
 *
 * Return: what nvmm_parse() will need room for.
 */
size_t nvmm_count(const char *text)
{
	struct span s = whole(text);
	size_t n = span_len(s) ? 1 : 0;

	for (; s.p < s.end; s.p++)
		n += *s.p == ',';
	return n;
}

/**
 * nvmm_parse() - read a list of devices
 * @text: the list; blank text is an empty list
 * @specs: what it says, in its order
 * @nr: nvmm_count(@text), the room in @specs
 * @why: what is wrong with the text, set on failure
 *
 * Each element is checked by itself; nvmm_plan() checks them against each
 * other and against the devices.
 *
 * Return: 0, or -EINVAL.
 */
int nvmm_parse(const char *text, struct nvmm_spec *specs, size_t nr,
	       struct nvmm_why *why)
{
	struct span s = whole(text);
	size_t i;

	for (i = 0; i < nr; i++) {
		struct span element;
		int ret;

		cut(&s, ',', &element);
		ret = parse_element(trim(element), &specs[i], why);
		if (ret)
			return ret;
	}
	return 0;
}

/* Only what the suffix says exactly, so that it parses back to the same. */
static int format_size(u64 val, char *buf, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(suffixes); i++) {
		u64 unit = 1ULL << suffixes[i].shift;

		if (val && !(val % unit))
			return scnprintf(buf, len, "%llu%c",
					 val >> suffixes[i].shift,
					 suffixes[i].letter);
	}
	return scnprintf(buf, len, "%llu", val);
}

static int format_range(const struct nvmm_spec *spec, char *buf, size_t len)
{
	int n = format_size(spec->size, buf, len);

	return n + scnprintf(buf + n, len - n, "@0x%llx", spec->start);
}

/**
 * nvmm_range_text() - the size@start of a device
 * @spec: the device
 * @buf: where
 * @len: room, %NVMM_RANGE_TEXT is enough
 *
 * Return: @buf.
 */
const char *nvmm_range_text(const struct nvmm_spec *spec, char *buf, size_t len)
{
	format_range(spec, buf, len);
	return buf;
}

static bool is_default(const struct nvmm_spec *spec, enum nvmm_opt o)
{
	struct nvmm_spec plain = { .start = spec->start };

	if (options[o].kind != KIND_UID)
		return spec->opt[o] == options[o].preset;
	preset_uid(&plain);
	return !strcmp(spec->uid, plain.uid);
}

static int format_option(const struct nvmm_spec *spec, enum nvmm_opt o,
			 char *buf, size_t len)
{
	int n = scnprintf(buf, len, ":%s=", options[o].name);

	if (options[o].kind == KIND_UID)
		return n + scnprintf(buf + n, len - n, "%s", spec->uid);
	if (options[o].kind == KIND_SIZE)
		return n + format_size(spec->opt[o], buf + n, len - n);
	return n + scnprintf(buf + n, len - n, "%llu", spec->opt[o]);
}

/**
 * nvmm_format() - one device as an element
 * @spec: the device
 * @buf: where
 * @len: room, at least 1; what does not fit is cut
 *
 * Options are shown where they differ from their default.
 *
 * Return: characters in @buf; @len - 1 may mean that it was cut.
 */
int nvmm_format(const struct nvmm_spec *spec, char *buf, size_t len)
{
	int n = format_range(spec, buf, len);
	enum nvmm_opt o;

	for (o = 0; o < NVMM_NR_OPTS; o++)
		if (!is_default(spec, o))
			n += format_option(spec, o, buf + n, len - n);
	return n;
}

/**
 * nvmm_format_list() - devices as a list that nvmm_parse() takes
 * @specs: the devices
 * @nr: how many
 * @buf: where
 * @len: room, at least 1
 *
 * Return: characters in @buf, or -EOVERFLOW when they and a NUL do not fit.
 */
int nvmm_format_list(const struct nvmm_spec *const *specs, size_t nr,
		     char *buf, size_t len)
{
	size_t n = 0;
	size_t i;

	buf[0] = '\0';
	for (i = 0; i < nr; i++) {
		n += scnprintf(buf + n, len - n, "%s", i ? "," : "");
		n += nvmm_format(specs[i], buf + n, len - n);
		/* A full buffer cannot be told from a cut one. */
		if (n + 1 >= len)
			return -EOVERFLOW;
	}
	return n;
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
		if (options[o].kind == KIND_UID && strcmp(a->uid, b->uid))
			return false;
	}
	return true;
}

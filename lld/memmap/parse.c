// SPDX-License-Identifier: GPL-2.0-only
#include "../text.h"
#include "options.h"

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

static const char *parse_number(struct span s, enum nvmm_kind kind, u64 *val)
{
	return text_number(s, kind == NVMM_KIND_SIZE, val);
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

	if (nvmm_options[o].kind == NVMM_KIND_UID)
		return parse_uid(s, spec);
	wrong = parse_number(s, nvmm_options[o].kind, &spec->opt[o]);
	if (wrong)
		return wrong;
	if (spec->opt[o] < nvmm_options[o].min || spec->opt[o] > nvmm_options[o].max)
		return "the value is out of range";
	return NULL;
}

static enum nvmm_opt find_option(struct span name)
{
	enum nvmm_opt o;

	for (o = 0; o < NVMM_NR_OPTS; o++)
		if (span_is(name, nvmm_options[o].name))
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
	nvmm_preset(spec);
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
	nvmm_preset_late(spec);
	return nvmm_check_options(spec, why, buf);
}

/**
 * nvmm_change() - a device with another value of one option
 * @spec: the device; changed, of no use on failure
 * @o: the option, not the uid
 * @text: the value, as in an element
 * @why: what is wrong, set on failure
 *
 * As an element it would be taken, and shown, like this. So a busy_unit that
 * need not be shown goes along with write_unit.
 *
 * Return: 0 or -EINVAL.
 */
int nvmm_change(struct nvmm_spec *spec, enum nvmm_opt o, const char *text,
		struct nvmm_why *why)
{
	char range[NVMM_RANGE_TEXT];
	const char *wrong;
	enum nvmm_opt other;

	nvmm_range_text(spec, range, sizeof(range));
	for (other = 0; other < NVMM_NR_OPTS; other++)
		if (nvmm_is_preset(spec, other))
			spec->given &= ~BIT(other);
	spec->given |= BIT(o);
	wrong = parse_value(o, whole(text), spec);
	if (wrong) {
		nvmm_say(why, "%s: %s: %s", range, nvmm_options[o].name, wrong);
		return -EINVAL;
	}
	nvmm_preset_late(spec);
	return nvmm_check_options(spec, why, range);
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

/**
 * nvmm_refuse() - say why a device cannot be as wanted
 * @why: set
 * @err: what is returned
 * @spec: the device
 * @cause: why not
 *
 * Return: @err.
 */
int nvmm_refuse(struct nvmm_why *why, int err, const struct nvmm_spec *spec,
		const char *cause)
{
	char range[NVMM_RANGE_TEXT];

	nvmm_say(why, "%s: %s", nvmm_range_text(spec, range, sizeof(range)),
		 cause);
	return err;
}

static int format_option(const struct nvmm_spec *spec, enum nvmm_opt o,
			 char *buf, size_t len)
{
	int n = scnprintf(buf, len, ":%s=", nvmm_options[o].name);

	if (nvmm_options[o].kind == NVMM_KIND_UID)
		return n + scnprintf(buf + n, len - n, "%s", spec->uid);
	if (nvmm_options[o].kind == NVMM_KIND_SIZE)
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
		if (!nvmm_is_preset(spec, o))
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

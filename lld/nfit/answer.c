// SPDX-License-Identifier: GPL-2.0-only
#include "answer.h"
#include "bytes.h"

/* The lower half of each status says how it went; 0 is well. */
#define STATUS_SIZE		4
#define STATUS_BUSY		6	/* start: another scrub is under way */

/* Function 11: the status, module health, temperature, thresholds and more. */
#define MODULE_SIZE		13
#define SOURCE_SIZE		11

#define CAPS_SIZE		16
#define CAPS_SCRUB		BIT(17)	/* in the status: of persistent memory */
#define START_SIZE		8
#define ARS_HEAD_SIZE		48
#define ARS_RECORD_SIZE		24
#define CLEAR_SIZE		16

/* MODULE_HEALTH_STATUS0 and 1, page 0, 0xa1 and 0xa2. */
static const char * const module_faults[16] = {
	"has a voltage regulator that failed",
	"has lost VDD",
	"has lost VPP",
	"has lost VTT",
	"has DRAM that is not in self-refresh",
	"has a controller that failed",
	"has a flash controller that failed",
	"has flash at the end of its life",
	"has not enough energy to save its contents",
	"has invalid firmware",
	"has an invalid configuration",
	"has no energy source",
	"has no policy for its energy source",
	"has an energy source that failed",
	"cannot assess its energy source",
};

/* ERROR_THRESHOLD_STATUS and WARNING_THRESHOLD_STATUS, 0xa5 and 0xa7. */
static const char * const thresholds[8] = {
	"flash lifetime",
	"energy source lifetime",
	"energy source temperature",
};

static __printf(2, 3) int fault(struct nvmn_why *why, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, args);
	va_end(args);
	return -EIO;
}

/* Is there an answer of @need bytes, and does it say that all went well? */
static int check(const u8 *p, size_t len, size_t need, struct nvmn_why *why)
{
	if (len < STATUS_SIZE)
		return fault(why, "the answer has %zu bytes and no status", len);
	if (le16(p))
		return fault(why, "it fails with status 0x%x", le32(p));
	if (len < need)
		return fault(why, "the answer has %zu bytes and needs %zu", len,
			     need);
	return 0;
}

/**
 * nvmn_answer_functions() - which functions there are
 * @buf: what function 0 answered
 * @len: bytes at @buf
 *
 * Context: any.
 * Return: a bit for each of the first 32, 0 if there are none.
 */
u32 nvmn_answer_functions(const void *buf, size_t len)
{
	const u8 *p = buf;
	u32 functions = 0;
	size_t i;

	for (i = 0; i < len && i < sizeof(functions); i++)
		functions |= (u32)p[i] << 8 * i;
	/* Bit 0 says that there are others. */
	return functions & 1 ? functions : 0;
}

/* MODULE_HEALTH, page 0, 0xa0. */
static void read_critical(struct nvmn_health *h, const u8 *p)
{
	if (p[4] & BIT(0))
		fault(&h->bad, "says that its contents will not be saved");
	if (p[4] & BIT(1))
		fault(&h->warning, "says that a warning threshold is exceeded");
}

static void read_module(struct nvmn_health *h, const u8 *p)
{
	unsigned int i;

	/* The first that is set: each of them is enough. */
	for (i = ARRAY_SIZE(thresholds); i--;) {
		const char *what = thresholds[i] ?: "a reserved threshold";

		if (p[8] & BIT(i))
			fault(&h->bad, "is beyond its error threshold: %s", what);
		if (p[9] & BIT(i))
			fault(&h->warning, "is beyond its warning threshold: %s",
			      what);
	}
	for (i = ARRAY_SIZE(module_faults); i--;)
		if (le16(p + 4) & BIT(i))
			fault(&h->bad, "%s", module_faults[i] ?:
			      "has a fault that is not known");
}

static void read_source(struct nvmn_health *h, const u8 *p)
{
	/* What it leads to is told by the module. */
	if (!p[4])
		fault(&h->warning, "has an energy source at the end of its life");
}

/**
 * nvmn_answer_health() - what a function says of an NVDIMM
 * @h: what it says; set on success only
 * @fn: %NVMN_HEALTH_FIRST to %NVMN_HEALTH_LAST
 * @buf: the answer
 * @len: bytes at @buf
 * @why: the cause, set on failure
 *
 * Context: any.
 * Return: 0, or -EIO for an answer that says nothing.
 */
int nvmn_answer_health(struct nvmn_health *h, u32 fn, const void *buf,
		       size_t len, struct nvmn_why *why)
{
	static const struct {
		size_t	size;
		void	(*read)(struct nvmn_health *h, const u8 *p);
	} functions[NVMN_HEALTH_NR] = {
		{ STATUS_SIZE + 1, read_critical },
		{ MODULE_SIZE, read_module },
		{ SOURCE_SIZE, read_source },
	};
	u32 i = fn - NVMN_HEALTH_FIRST;
	int err = check(buf, len, functions[i].size, why);

	if (err)
		return err;
	memset(h, 0, sizeof(*h));
	functions[i].read(h, buf);
	return 0;
}

/**
 * nvmn_answer_ars_caps() - what the platform can do for a range
 * @caps: what it can; nothing on failure
 * @buf: what function 1 of the root device answered
 * @len: bytes at @buf
 * @why: the cause, set on failure
 *
 * Context: any.
 * Return: 0 or -EIO.
 */
int nvmn_answer_ars_caps(struct nvmn_ars_caps *caps, const void *buf,
			 size_t len, struct nvmn_why *why)
{
	const u8 *p = buf;
	int err = check(p, len, CAPS_SIZE, why);

	memset(caps, 0, sizeof(*caps));
	if (err)
		return err;
	caps->scrub = le32(p) & CAPS_SCRUB;
	caps->unit = le32(p + 8);
	/* Who clears in units of another form cannot be asked to. */
	if (caps->unit & (caps->unit - 1))
		caps->unit = 0;
	return 0;
}

/**
 * nvmn_answer_ars_start() - has a scrub begun
 * @seconds: how long it will take, says the platform
 * @buf: what function 2 of the root device answered
 * @len: bytes at @buf
 * @why: the cause, set on failure
 *
 * Context: any.
 * Return: 0, -EBUSY if there is another under way, -EIO.
 */
int nvmn_answer_ars_start(u32 *seconds, const void *buf, size_t len,
			  struct nvmn_why *why)
{
	const u8 *p = buf;
	int err = check(p, len, START_SIZE, why);

	if (!err)
		*seconds = le32(p + 4);
	else if (len >= STATUS_SIZE && le16(p) == STATUS_BUSY)
		err = -EBUSY;
	return err;
}

/* Bytes that count: the answer's own length, if it makes sense. */
static size_t ars_length(const u8 *p, size_t len)
{
	size_t own = le32(p + 4);

	return own >= ARS_HEAD_SIZE && own < len ? own : len;
}

static void read_ars(struct nvmn_ars_status *s, const u8 *p, size_t len)
{
	size_t room = (ars_length(p, len) - ARS_HEAD_SIZE) / ARS_RECORD_SIZE;

	s->start = le64(p + 8);
	s->size = le64(p + 16);
	s->restart = le64(p + 24);
	s->records = p + ARS_HEAD_SIZE;
	s->nr = le32(p + 44);
	s->cut = s->nr > room;
	if (s->cut)
		s->nr = room;
}

/**
 * nvmn_answer_ars_status() - what a scrub has found
 * @s: what it has; points into @buf
 * @buf: what function 3 of the root device answered
 * @len: bytes at @buf
 * @why: the cause, set on failure
 *
 * Context: any.
 * Return: 0 or -EIO.
 */
int nvmn_answer_ars_status(struct nvmn_ars_status *s, const void *buf,
			   size_t len, struct nvmn_why *why)
{
	const u8 *p = buf;
	int err = check(p, len, STATUS_SIZE, why);
	u32 state;

	memset(s, 0, sizeof(*s));
	if (err)
		return err;
	state = le16(p + 2);
	if (state > NVMN_ARS_STOPPED)
		return fault(why, "it tells of an unknown state, %u", state);
	s->state = state;
	if (state == NVMN_ARS_RUNNING || state == NVMN_ARS_NONE)
		return 0;
	if (len < ARS_HEAD_SIZE)
		return fault(why, "the answer has %zu bytes and needs %u", len,
			     ARS_HEAD_SIZE);
	read_ars(s, p, len);
	return 0;
}

/**
 * nvmn_answer_clear() - were errors cleared
 * @want: bytes that were to be
 * @buf: what function 4 of the root device answered
 * @len: bytes at @buf
 * @why: the cause, set on failure
 *
 * Context: any.
 * Return: 0 if all were, or -EIO.
 */
int nvmn_answer_clear(u64 want, const void *buf, size_t len,
		      struct nvmn_why *why)
{
	const u8 *p = buf;
	int err = check(p, len, CLEAR_SIZE, why);

	if (!err && le64(p + 8) < want)
		err = fault(why, "0x%llx of 0x%llx bytes were cleared",
			    le64(p + 8), want);
	return err;
}

/**
 * nvmn_ars_record() - the part of an error that lies in a range
 * @s: what was found
 * @i: which, from 0 to @s->nr - 1
 * @start: first address of the range
 * @size: bytes, without a wrap
 * @off: set to where it begins, in bytes from @start
 * @len: set to how long it is, in bytes
 *
 * Context: any.
 * Return: whether there is any.
 */
bool nvmn_ars_record(const struct nvmn_ars_status *s, size_t i, u64 start,
		     u64 size, u64 *off, u64 *len)
{
	const u8 *p = s->records + i * ARS_RECORD_SIZE;
	u64 first = le64(p + 8), bytes = le64(p + 16), end;

	if (check_add_overflow(first, bytes, &end))
		end = U64_MAX;
	if (first < start)
		first = start;
	if (end > start + size)
		end = start + size;
	if (first >= end)
		return false;
	*off = first - start;
	*len = end - first;
	return true;
}

/**
 * nvmn_ars_next() - where to go on after a scrub
 * @s: DONE or STOPPED
 * @from: where it was to begin
 * @end: where it was to end
 *
 * Context: any.
 * Return: @end if all was looked at, @from if nothing was, or an address
 * between.
 */
u64 nvmn_ars_next(const struct nvmn_ars_status *s, u64 from, u64 end)
{
	u64 next;

	if (s->state == NVMN_ARS_STOPPED)
		next = s->restart;
	else if (s->start > from)
		next = from;
	else if (check_add_overflow(s->start, s->size, &next))
		next = U64_MAX;
	if (next > end)
		/* A restart beyond the end is of another range. */
		return s->state == NVMN_ARS_STOPPED ? from : end;
	return next > from ? next : from;
}

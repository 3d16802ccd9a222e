// SPDX-License-Identifier: GPL-2.0-only
/* What a firmware answers to _DSM functions: what is believed, what is not. */
#include "../../lld/nfit/answer.h"
#include "nfit.h"
#include "tap.h"

static unsigned char buf[256];
static struct nvmn_why why;

/* Each answer in memory of just its size, for the sanitizer to guard. */
static void *exact(size_t len)
{
	static void *last;

	free(last);
	last = malloc(len ?: 1);
	memcpy(last, buf, len);
	memset(&why, 0, sizeof(why));
	return last;
}

static bool failed(int err, const char *text)
{
	bool good = err == -EIO && strstr(why.text, text);

	if (!good)
		printf("# %d %s\n", err, why.text);
	return good;
}

static void test_functions(void)
{
	memset(buf, 0, sizeof(buf));
	tap_ok(!nvmn_answer_functions(exact(0), 0), "no bytes are no functions");
	put(buf, 0x1c00, 4);
	tap_ok(!nvmn_answer_functions(exact(4), 4), "nor are those without the first bit");
	put(buf, 0x1c01, 4);
	tap_ok(nvmn_answer_functions(exact(4), 4) == 0x1c01, "functions");
	tap_ok(nvmn_answer_functions(exact(1), 1) == 1, "an answer may be short");
	put(buf, ~0ULL, 8);
	tap_ok(nvmn_answer_functions(exact(8), 8) == ~0U, "or long");
}

static bool says(u32 fn, size_t len, const char *bad, const char *warning)
{
	struct nvmn_health h;
	bool good;

	memset(&h, 0x55, sizeof(h));
	good = !nvmn_answer_health(&h, fn, exact(len), len, &why) &&
	       !strcmp(h.bad.text, bad) && !strcmp(h.warning.text, warning);
	if (!good)
		printf("# %s/%s/%s\n", why.text, h.bad.text, h.warning.text);
	return good;
}

static void test_health(void)
{
	struct nvmn_health h = { .bad = { "before" } };
	size_t i;
	u32 fn;

	memset(buf, 0, sizeof(buf));
	buf[4] = 50;
	tap_ok(says(12, 11, "", ""), "an energy source with half of its life");
	buf[4] = 0;
	tap_ok(says(12, 11, "", "has an energy source at the end of its life"), "one with none");
	tap_ok(says(10, 5, "", ""), "no critical health");
	buf[4] = 0xfd;
	tap_ok(says(10, 5, "says that its contents will not be saved", ""), "persistency lost");
	buf[4] = 2;
	tap_ok(says(10, 5, "", "says that a warning threshold is exceeded"), "a warning");
	buf[4] = 0;
	tap_ok(says(11, 13, "", ""), "a module without fault");
	buf[5] = 0x09;
	tap_ok(says(11, 13, "has not enough energy to save its contents", ""), "the first fault of a module");
	put(buf + 4, 0x8000, 2);
	tap_ok(says(11, 13, "has a fault that is not known", ""), "a reserved fault");
	put(buf + 4, 0, 2);
	buf[8] = 4;
	buf[9] = 2;
	tap_ok(says(11, 13, "is beyond its error threshold: energy source temperature",
		    "is beyond its warning threshold: energy source lifetime"), "thresholds");
	buf[8] = 0x80;
	buf[9] = 0;
	tap_ok(says(11, 13, "is beyond its error threshold: a reserved threshold", ""), "a reserved threshold");
	for (i = 0; i < 16; i++) {
		put(buf + 4, BIT(i), 2);
		if (nvmn_answer_health(&h, 11, exact(13), 13, &why) || !h.bad.text[0])
			break;
	}
	tap_ok(i == 16, "each bit of a module's health is bad: %zu of 16", i);
	strcpy(h.bad.text, "before");
	for (fn = 10; fn <= 12; fn++) {
		static const size_t size[] = { 5, 13, 11 };

		memset(buf, 0, sizeof(buf));
		for (i = 0; i < size[fn - 10]; i++)
			if (!nvmn_answer_health(&h, fn, exact(i), i, &why) || strcmp(h.bad.text, "before"))
				break;
		tap_ok(i == size[fn - 10], "function %u: no answer that is too short says anything", fn);
		put(buf, 0x10003, 4);
		tap_ok(failed(nvmn_answer_health(&h, fn, exact(13), 13, &why), "it fails with status 0x10003") &&
		       !strcmp(h.bad.text, "before"), "function %u: nor one that fails", fn);
	}
}

static bool can(size_t len, bool scrub, u32 unit)
{
	struct nvmn_ars_caps caps;

	return !nvmn_answer_ars_caps(&caps, exact(len), len, &why) && caps.scrub == scrub && caps.unit == unit;
}

static void test_caps(void)
{
	struct nvmn_ars_caps caps;

	memset(buf, 0, sizeof(buf));
	put(buf, 2 << 16, 4);
	put(buf + 8, 256, 4);
	tap_ok(can(16, true, 256), "scrub, and clear in units");
	put(buf, 1 << 16, 4);
	tap_ok(can(16, false, 256), "a scrub of volatile memory only is none");
	put(buf + 8, 384, 4);
	tap_ok(can(16, false, 0), "a unit that is no power of two is none");
	memset(&caps, 0x55, sizeof(caps));
	tap_ok(failed(nvmn_answer_ars_caps(&caps, exact(15), 15, &why), "has 15 bytes and needs 16") &&
	       !caps.scrub && !caps.unit, "too short");
	put(buf, 2 << 16 | 1, 4);
	put(buf + 8, 256, 4);
	tap_ok(failed(nvmn_answer_ars_caps(&caps, exact(16), 16, &why), "status 0x20001") &&
	       !caps.scrub && !caps.unit, "not supported");
}

static void test_start(void)
{
	u32 seconds = 7;

	memset(buf, 0, sizeof(buf));
	put(buf + 4, 90, 4);
	tap_ok(!nvmn_answer_ars_start(&seconds, exact(8), 8, &why) && seconds == 90, "begun");
	put(buf, 6, 4);
	tap_ok(nvmn_answer_ars_start(&seconds, exact(8), 8, &why) == -EBUSY, "busy");
	tap_ok(nvmn_answer_ars_start(&seconds, exact(4), 4, &why) == -EBUSY, "busy, and no more");
	put(buf, 2, 4);
	tap_ok(failed(nvmn_answer_ars_start(&seconds, exact(8), 8, &why), "status 0x2"), "refused");
	tap_ok(failed(nvmn_answer_ars_start(&seconds, exact(3), 3, &why), "3 bytes and no status"), "no status");
}

static void put_status(u32 state, u32 own, u64 start, u64 size, u64 restart, u32 nr)
{
	memset(buf, 0, sizeof(buf));
	put(buf, state << 16, 4);
	put(buf + 4, own, 4);
	put(buf + 8, start, 8);
	put(buf + 16, size, 8);
	put(buf + 24, restart, 8);
	put(buf + 44, nr, 4);
}

static void put_record(size_t i, u64 start, u64 size)
{
	put(buf + 48 + i * 24 + 8, start, 8);
	put(buf + 48 + i * 24 + 16, size, 8);
}

static void test_status(void)
{
	struct nvmn_ars_status s;
	size_t i;

	put_status(1, 0, 0, 0, 0, 0);
	tap_ok(!nvmn_answer_ars_status(&s, exact(4), 4, &why) && s.state == NVMN_ARS_RUNNING, "running");
	put_status(2, 0, 0, 0, 0, 0);
	tap_ok(!nvmn_answer_ars_status(&s, exact(4), 4, &why) && s.state == NVMN_ARS_NONE && !s.nr, "none");
	put_status(4, 96, 0, 0, 0, 2);
	tap_ok(failed(nvmn_answer_ars_status(&s, exact(96), 96, &why), "unknown state, 4"), "an unknown state");
	put_status(0, 96, 0x1000, 0x2000, 0, 2);
	tap_ok(!nvmn_answer_ars_status(&s, exact(96), 96, &why) && s.state == NVMN_ARS_DONE && s.nr == 2 &&
	       !s.cut && s.start == 0x1000 && s.size == 0x2000, "done");
	for (i = 0; i < 48; i++)
		if (!nvmn_answer_ars_status(&s, exact(i), i, &why) || s.nr)
			break;
	tap_ok(i == 48, "no answer without a whole head: %zu of 48", i);
	tap_ok(!nvmn_answer_ars_status(&s, exact(95), 95, &why) && s.nr == 1 && s.cut, "a record that is cut");
	put_status(3, 72, 0, 0, 0, ~0U);
	tap_ok(!nvmn_answer_ars_status(&s, exact(96), 96, &why) && s.nr == 1 && s.cut &&
	       s.state == NVMN_ARS_STOPPED, "its own length counts, not that of the buffer");
	for (i = 0; i < 48; i++) {
		put(buf + 4, i, 4);
		if (nvmn_answer_ars_status(&s, exact(96), 96, &why) || s.nr != 2)
			break;
	}
	tap_ok(i == 48, "unless it makes no sense");
	put(buf + 4, ~0U, 4);
	tap_ok(!nvmn_answer_ars_status(&s, exact(96), 96, &why) && s.nr == 2, "or is too long");
}

static bool part(u64 start, u64 size, u64 off, u64 len)
{
	struct nvmn_ars_status s;
	u64 o, l;

	put_status(0, 0, 0, 0, 0, 1);
	put_record(0, start, size);
	if (nvmn_answer_ars_status(&s, exact(72), 72, &why) || s.nr != 1)
		return false;
	if (!nvmn_ars_record(&s, 0, 0x10000, 0x10000, &o, &l))
		return !len;
	return o == off && l == len;
}

static void test_records(void)
{
	tap_ok(part(0x10100, 0x40, 0x100, 0x40), "an error inside");
	tap_ok(part(0x8000, 0x8001, 0, 1), "one that ends inside");
	tap_ok(part(0x1ffff, 0x1000, 0xffff, 1), "one that begins inside");
	tap_ok(part(0, ~0ULL, 0, 0x10000), "one around");
	tap_ok(part(0x12000, ~0ULL, 0x2000, 0xe000), "one that wraps");
	tap_ok(part(0x8000, 0x8000, 0, 0), "one before");
	tap_ok(part(0x20000, 1, 0, 0), "one behind");
	tap_ok(part(0x10100, 0, 0, 0), "one of no bytes");
}

static u64 next(enum nvmn_ars state, u64 start, u64 size, u64 restart)
{
	struct nvmn_ars_status s = { .state = state, .start = start, .size = size, .restart = restart };

	return nvmn_ars_next(&s, 0x1000, 0x2000);
}

static void test_next(void)
{
	tap_ok(next(NVMN_ARS_DONE, 0x1000, 0x1000, 0) == 0x2000, "all of it");
	tap_ok(next(NVMN_ARS_DONE, 0, ~0ULL, 0) == 0x2000, "more than that");
	tap_ok(next(NVMN_ARS_DONE, 1, ~0ULL, 0) == 0x2000, "be it a wrap");
	tap_ok(next(NVMN_ARS_DONE, 0x1000, 0x800, 0) == 0x1800, "the first half");
	tap_ok(next(NVMN_ARS_DONE, 0x1800, 0x800, 0) == 0x1000, "the second half alone is nothing");
	tap_ok(next(NVMN_ARS_DONE, 0, 0x1000, 0) == 0x1000, "what is before is nothing");
	tap_ok(next(NVMN_ARS_DONE, 0x1000, 0, 0) == 0x1000, "nothing is nothing");
	tap_ok(next(NVMN_ARS_STOPPED, 0x1000, 0x1000, 0x1400) == 0x1400, "stopped");
	tap_ok(next(NVMN_ARS_STOPPED, 0x1000, 0x1000, 0x2000) == 0x2000, "stopped at the end");
	tap_ok(next(NVMN_ARS_STOPPED, 0x1000, 0x1000, 0x1000) == 0x1000, "stopped where it began");
	tap_ok(next(NVMN_ARS_STOPPED, 0x1000, 0x1000, 0) == 0x1000, "stopped before");
	tap_ok(next(NVMN_ARS_STOPPED, 0x1000, 0x1000, 0x3000) == 0x1000, "stopped elsewhere");
}

static void test_clear(void)
{
	memset(buf, 0, sizeof(buf));
	put(buf + 8, 512, 8);
	tap_ok(!nvmn_answer_clear(512, exact(16), 16, &why), "cleared");
	tap_ok(!nvmn_answer_clear(256, exact(16), 16, &why), "more than was asked for");
	tap_ok(failed(nvmn_answer_clear(513, exact(16), 16, &why), "0x200 of 0x201 bytes were cleared"), "less");
	tap_ok(failed(nvmn_answer_clear(512, exact(12), 12, &why), "needs 16"), "too short");
	buf[0] = 1;
	tap_ok(failed(nvmn_answer_clear(512, exact(16), 16, &why), "status 0x1"), "not supported");
}

int main(void)
{
	test_functions();
	test_health();
	test_caps();
	test_start();
	test_status();
	test_records();
	test_next();
	test_clear();
	exact(0);
	return tap_done();
}

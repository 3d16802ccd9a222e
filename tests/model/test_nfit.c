// SPDX-License-Identifier: GPL-2.0-only
/* NVDIMM tables: what is taken, by which name, what is refused and why. */
#include "nfit.h"
#include "tap.h"

#define MIB	(1ULL << 20)
#define GIB	(1ULL << 30)

static struct nfit n;
static struct nvmn_table t;
static struct nvmn_finds f;
static struct nvmn_why why;

static void begin(void)
{
	n.len = 0;
}

/* Reads from memory of just that size, for the sanitizer to guard. */
static int parse(void)
{
	void *exact = malloc(n.len ?: 1);
	int ret;

	nvmn_finds_free(&f);
	nvmn_table_free(&t);
	memset(&why, 0, sizeof(why));
	memcpy(exact, n.buf, n.len);
	ret = nvmn_table_read(&t, exact, n.len, &why);
	free(exact);
	if (nvmn_find_all(&f, &t))
		abort();
	return ret;
}

static bool refused(size_t i, const char *text)
{
	return i < f.nr && strstr(f.found[i].refused.text, text);
}

static bool taken(size_t i, u64 start, u64 size)
{
	return i < f.nr && !f.found[i].refused.text[0] &&
	       f.found[i].start == start && f.found[i].size == size;
}

static bool has_uid(size_t i, const char *uid)
{
	bool good = i < f.nr && !strcmp(f.found[i].uid, uid);

	if (!good && i < f.nr)
		printf("# uid %s\n", f.found[i].uid);
	return good;
}

static bool read_only(size_t i, const char *text)
{
	bool good = i < f.nr && !strcmp(f.found[i].read_only.text, text);

	if (!good && i < f.nr)
		printf("# read-only: %s\n", f.found[i].read_only.text);
	return good;
}

static void test_one_dimm(void)
{
	unsigned char *p;

	begin();
	nfit_spa(&n, 1, nfit_pmem, 4 * GIB, GIB);
	nfit_map(&n, 0x1, 1, 1, 0);
	nfit_dimm(&n, 1, 0x56341200);
	tap_ok(!parse() && f.nr == 1 && taken(0, 4 * GIB, GIB), "one DIMM is taken");
	tap_ok(has_uid(0, "nfit-8086-0001-00123456"), "its uid is vendor, device, serial");
	tap_ok(!strcmp(f.found[0].model, "NVDIMM-8086-0001"), "its model is vendor and device");
	tap_ok(read_only(0, ""), "it may be written");

	p = nfit_dimm(&n, 2, 1);
	p[18] = 1;
	p[19] = 0xab;
	put(p + 20, 0x3412, 2);
	nfit_spa(&n, 2, nfit_pmem, 8 * GIB, GIB);
	p = nfit_map(&n, 0x2, 2, 2, 0);
	nfit_spa(&n, 3, nfit_pmem, 10 * GIB, GIB);
	put(nfit_map(&n, 0x2, 3, 2, 0) + 32, GIB, 8);
	tap_ok(!parse() && has_uid(1, "nfit-8086-0001-ab-1234-01000000"),
	       "the uid has place and date of manufacture if they are valid");
	tap_ok(has_uid(2, "nfit-8086-0001-ab-1234-01000000-40000000"),
	       "a second region of a DIMM has another uid");
}

static void test_unnamed(void)
{
	begin();
	nfit_spa(&n, 1, nfit_pmem, 4 * GIB, GIB);
	tap_ok(!parse() && taken(0, 4 * GIB, GIB) && has_uid(0, "nfit-at-100000000"),
	       "a range without DIMM is known by its address");
	nfit_map(&n, 1, 1, 1, 0);
	tap_ok(!parse() && has_uid(0, "nfit-at-100000000"), "so is one whose DIMM is not described");
	nfit_dimm(&n, 1, 0);
	tap_ok(!parse() && has_uid(0, "nfit-at-100000000"), "so is one whose DIMM has no serial number");
	begin();
	nfit_spa(&n, 1, nfit_pmem, 4 * GIB, GIB);
	nfit_map(&n, 1, 1, 1, 0);
	nfit_dimm(&n, 1, 1);
	nfit_dimm(&n, 1, 2);
	tap_ok(!parse() && has_uid(0, "nfit-at-100000000"), "so is one whose DIMM is described twice");
}

/* A set of two DIMMs; @swap: in the other order in the table. */
static void make_set(bool swap, bool other_slots, u64 cookie)
{
	unsigned char *p;
	int i;

	begin();
	p = nfit_spa(&n, 1, nfit_pmem, 4 * GIB, 2 * GIB);
	if (cookie) {
		put(p + 6, 4, 2);
		put(p + 56, cookie, 8);
	}
	for (i = 0; i < 2; i++) {
		int nr = swap ? !i : i;

		p = nfit_map(&n, 0x10 + nr, 1, (other_slots ? !nr : nr) + 1, 0);
		put(p + 24, nr * 4096, 8);
		put(p + 42, 2, 2);
	}
	nfit_dimm(&n, 1, 0x11);
	nfit_dimm(&n, 2, 0x22);
}

static void test_set(void)
{
	char uid[NVMN_UID_MAX + 1];

	make_set(false, false, 0);
	tap_ok(!parse() && taken(0, 4 * GIB, 2 * GIB) && f.found[0].nr_maps == 2,
	       "an interleave set is one region");
	strcpy(uid, f.found[0].uid);
	tap_ok(!strncmp(uid, "nfit-set-", 9) && strlen(uid) == 25, "it has a uid of its own");
	make_set(true, false, 0);
	tap_ok(!parse() && has_uid(0, uid), "which does not depend on the order in the table");
	make_set(false, true, 0);
	tap_ok(!parse() && !has_uid(0, uid), "but on the places of the DIMMs");
	make_set(false, false, 7);
	tap_ok(!parse() && !has_uid(0, uid), "and on the cookie");
	make_set(false, false, 0);
	put(n.buf + 64 + 44, 8, 2);
	tap_ok(!parse() && read_only(0, "DIMM 0x10 (8086-0001-11000000) is not armed to save its contents"),
	       "one DIMM that is not armed makes a set read-only");
	make_set(false, false, 0);
	put(n.buf + 64 + 48 + 12, 0, 2);
	tap_ok(!parse() && taken(0, 4 * GIB, 2 * GIB) &&
	       read_only(0, "1 of 2 DIMMs of the interleave set are described"),
	       "a set that lacks a DIMM is read-only");
	make_set(false, false, 0);
	put(n.buf + 64 + 48 + 4, 0x10, 4);
	tap_ok(!parse() && refused(0, "DIMM 0x10 is mapped into it twice"), "a DIMM twice in a set is refused");
}

static void test_health(void)
{
	static const struct {
		u16		flags;
		const char	*why;
	} cases[] = {
		{ 0, "" },
		{ BIT(0), "DIMM 0x1 (8086-0001-00123456) failed to save its contents" },
		{ BIT(1), "DIMM 0x1 (8086-0001-00123456) failed to restore its contents" },
		{ BIT(2), "DIMM 0x1 (8086-0001-00123456) was not flushed at the last power loss" },
		{ BIT(3), "DIMM 0x1 (8086-0001-00123456) is not armed to save its contents" },
		{ BIT(4), "" },
		{ BIT(5), "" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		begin();
		nfit_spa(&n, 1, nfit_pmem, 4 * GIB, GIB);
		nfit_map(&n, 1, 1, 1, cases[i].flags);
		nfit_dimm(&n, 1, 0x56341200);
		tap_ok(!parse() && taken(0, 4 * GIB, GIB) && read_only(0, cases[i].why),
		       "flags 0x%x", cases[i].flags);
	}
	put(n.buf + 64 + 44, BIT(6), 2);
	tap_ok(!parse() && refused(0, "DIMM 0x1 (8086-0001-00123456) could not be mapped") &&
	       read_only(0, f.found[0].refused.text),
	       "a DIMM that could not be mapped is not taken, and what there is of it must not be written");
}

static void test_sizes(void)
{
	unsigned char *p;

	begin();
	nfit_spa(&n, 1, nfit_pmem, 4 * GIB, GIB);
	p = nfit_map(&n, 1, 1, 1, 0);
	put(p + 16, GIB, 8);
	tap_ok(!parse() && taken(0, 4 * GIB, GIB), "a DIMM that has all of its range");
	put(p + 16, GIB + 1, 8);
	tap_ok(!parse() && refused(0, "DIMM 0x1 is said to have 0x40000001 bytes of it"),
	       "one that has more is refused");
	put(p + 16, GIB - 1, 8);
	tap_ok(!parse() && refused(0, "its DIMMs have 0x3fffffff of its 0x40000000 bytes"),
	       "so is one that has less");
	make_set(false, false, 0);
	put(n.buf + 64 + 16, GIB, 8);
	tap_ok(!parse() && taken(0, 4 * GIB, 2 * GIB), "a set of which one DIMM does not say is taken");
	put(n.buf + 64 + 48 + 16, GIB, 8);
	tap_ok(!parse() && taken(0, 4 * GIB, 2 * GIB), "a set of which both have their half");
	put(n.buf + 64 + 48 + 16, GIB / 2, 8);
	tap_ok(!parse() && refused(0, "its DIMMs have 0x60000000 of its 0x80000000 bytes"),
	       "a set with too little is refused");
	put(n.buf + 64 + 48 + 42, 3, 2);
	tap_ok(!parse() && taken(0, 4 * GIB, 2 * GIB) && read_only(0, "2 of 3 DIMMs of the interleave set are described"),
	       "not if a DIMM is not described");
	begin();
	nfit_spa(&n, 1, nfit_pmem, 0, ~0ULL);
	put(nfit_map(&n, 1, 1, 1, 0) + 16, ~0ULL, 8);
	put(nfit_map(&n, 2, 1, 1, 0) + 16, ~0ULL, 8);
	tap_ok(!parse() && taken(0, 0, ~0ULL - 2 * MIB + 1), "a sum beyond all numbers is enough");
}

static void test_ranges(void)
{
	begin();
	nfit_spa(&n, 0, nfit_volatile, 1 * GIB, GIB);
	tap_ok(!parse() && refused(0, "volatile memory"), "volatile memory is not taken");
	begin();
	nfit_spa(&n, 0, (const unsigned char *)"0123456789abcdef", GIB, GIB);
	tap_ok(!parse() && refused(0, "ACPI does not name"), "nor is an unknown kind");
	begin();
	nfit_spa(&n, 1, nfit_pmem, 4 * GIB, 0);
	tap_ok(!parse() && refused(0, "empty"), "nor an empty range");
	begin();
	nfit_spa(&n, 1, nfit_pmem, ~0ULL << 21, 4 * MIB);
	tap_ok(!parse() && refused(0, "wraps"), "nor one that wraps");
	begin();
	nfit_spa(&n, 1, nfit_pmem, 4 * GIB + MIB, GIB);
	tap_ok(!parse() && refused(0, "start is not a multiple"), "nor one that begins off 2 MiB");
	begin();
	nfit_spa(&n, 1, nfit_pmem, 4 * GIB, MIB);
	tap_ok(!parse() && refused(0, "smaller than 2 MiB"), "nor a small one");
	begin();
	nfit_spa(&n, 1, nfit_pmem, 4 * GIB, GIB - 128 * 1024);
	tap_ok(!parse() && taken(0, 4 * GIB, GIB - 2 * MIB), "the odd end of one is left out");
	begin();
	nfit_spa(&n, 1, nfit_pmem, 4 * GIB, GIB);
	nfit_spa(&n, 1, nfit_pmem, 8 * GIB, GIB);
	tap_ok(!parse() && refused(0, "another range has its index, 1") && refused(1, "its index, 1"),
	       "neither of two with one index");
	begin();
	nfit_spa(&n, 0, nfit_pmem, 4 * GIB, GIB);
	nfit_spa(&n, 0, nfit_pmem, 8 * GIB, GIB);
	tap_ok(!parse() && taken(0, 4 * GIB, GIB) && taken(1, 8 * GIB, GIB),
	       "index 0 is none");
	begin();
	nfit_spa(&n, 1, nfit_pmem, 4 * GIB, 8 * GIB);
	nfit_spa(&n, 2, nfit_pmem, 5 * GIB, GIB);
	nfit_spa(&n, 3, nfit_volatile, 11 * GIB, 4 * GIB);
	nfit_spa(&n, 4, nfit_pmem, 15 * GIB, GIB);
	nfit_spa(&n, 5, nfit_pmem, 15 * GIB, GIB);
	nfit_spa(&n, 6, nfit_pmem, 16 * GIB, GIB);
	tap_ok(!parse() && refused(0, "overlaps") && refused(1, "overlaps the range at 0x100000000") &&
	       refused(3, "overlaps") && refused(4, "overlaps") && taken(5, 16 * GIB, GIB),
	       "none of those that overlap");
	begin();
	nfit_spa(&n, 1, nfit_pmem, 4 * GIB, GIB + 1);
	nfit_spa(&n, 2, nfit_pmem, 5 * GIB, GIB);
	tap_ok(!parse() && refused(0, "overlaps") && refused(1, "overlaps"), "be it by a byte");
}

static bool bad(const char *text)
{
	bool good = parse() == -EINVAL && strstr(why.text, text);

	if (!good)
		printf("# %s\n", why.text);
	return good;
}

static void test_lies(void)
{
	unsigned char *p;
	size_t i, len;

	begin();
	tap_ok(!parse() && !f.nr, "an empty table has nothing");
	p = nfit_add(&n, 0x55, 8);
	nfit_spa(&n, 1, nfit_pmem, 4 * GIB, GIB);
	tap_ok(!parse() && f.nr == 1, "an unknown structure is skipped");
	put(p + 2, 0, 2);
	tap_ok(bad("byte 0 of the table: a structure is shorter than its head"), "a length of 0");
	put(p + 2, 3, 2);
	tap_ok(bad("shorter than its head"), "a length of 3");
	put(p + 2, 73, 2);
	tap_ok(bad("longer than what is left"), "a length beyond the end");
	put(p + 2, 0xffff, 2);
	tap_ok(bad("longer than what is left"), "the longest length");

	begin();
	nfit_spa(&n, 1, nfit_pmem, 4 * GIB, GIB);
	nfit_map(&n, 1, 1, 1, 8);
	nfit_dimm(&n, 1, 1);
	nfit_hint(&n, 1, 0x1000);
	nfit_caps(&n, 2);
	len = n.len;
	for (i = 1; i < len; i++) {
		n.len = i;
		/* Whole again where a structure ends. */
		if (!parse() != (i == 64 || i == 112 || i == 144 || i == 168))
			break;
	}
	tap_ok(i == len, "truncated at each byte: %zu of %zu", i, len);

	begin();
	nfit_spa(&n, 1, nfit_pmem, 4 * GIB, GIB);
	nfit_map(&n, 1, 1, 1, 8);
	nfit_add(&n, 0x55, 8)[2] = 1;
	tap_ok(bad("byte 112") && f.nr == 1 && f.found[0].read_only.text[0],
	       "what stands before a fault can be read");

	begin();
	p = nfit_spa(&n, 1, nfit_pmem, 4 * GIB, GIB);
	put(p + 2, 48, 2);
	n.len = 48;
	tap_ok(bad("address range structure has 48 bytes and needs 56"), "a short range");
	begin();
	nfit_map(&n, 1, 1, 1, 0);
	put(n.buf + 2, 40, 2);
	n.len = 40;
	tap_ok(bad("region mapping structure has 40 bytes and needs 48"), "a short mapping");
	begin();
	p = nfit_hint(&n, 1, 0x1000);
	put(p + 8, 2, 2);
	tap_ok(bad("flush hint structure has 24 bytes and needs 32"), "more hints than there is room");
	put(p + 8, 0xffff, 2);
	tap_ok(bad("flush hint"), "many more");
	begin();
	nfit_caps(&n, 1);
	nfit_caps(&n, 2);
	tap_ok(bad("two platform capabilities"), "capabilities twice");
}

static void test_caps(void)
{
	begin();
	nfit_caps(&n, 3)[4] = 0;
	tap_ok(!parse() && t.caps == 1 && t.caps_known == 1, "capabilities that are not valid do not count");
	begin();
	nfit_caps(&n, 2)[4] = 0xff;
	tap_ok(!parse() && t.caps == 2 && t.caps_known == ~0U, "a highest bit beyond all");
	begin();
	nfit_hint(&n, 7, 0x1238);
	nfit_hint(&n, 5, 0x4560);
	tap_ok(!parse() && nvmn_find_hint(&t, 7) && nvmn_find_hint(&t, 7)->addr == 0x1238 &&
	       !nvmn_find_hint(&t, 6), "hints are found by the DIMM");
	begin();
	nfit_spa(&n, 1, nfit_pmem, 4 * GIB, GIB);
	nfit_spa(&n, 2, nfit_pmem, ~0ULL - 4095, ~0ULL);
	tap_ok(!parse() && nvmn_in_memory(&t, 4 * GIB) && nvmn_in_memory(&t, 5 * GIB - 1) &&
	       !nvmn_in_memory(&t, 5 * GIB) && !nvmn_in_memory(&t, 4 * GIB - 1) &&
	       nvmn_in_memory(&t, ~0ULL), "what is in memory is known");
}

static void test_many(void)
{
	size_t i, good = 0;

	begin();
	for (i = 0; i < 5000; i++) {
		nfit_dimm(&n, 5000 - i, 5000 - i);
		nfit_spa(&n, 5000 - i, nfit_pmem, (5000 - i) * GIB, GIB);
		nfit_map(&n, 5000 - i, 5000 - i, 5000 - i, i % 2 ? 0 : 8);
	}
	parse();
	for (i = 0; i < f.nr; i++)
		good += taken(i, (i + 1) * GIB, GIB) && f.found[i].nr_maps == 1 &&
			strlen(f.found[i].uid) == 23;
	tap_ok(good == 5000, "5000 DIMMs: %zu good", good);
	begin();
	nfit_spa(&n, 1, nfit_pmem, GIB, GIB);
	for (i = 0; i < 20000; i++)
		nfit_map(&n, i % 19999, 1, 1, 0);
	tap_ok(!parse() && refused(0, "DIMM 0x0 is mapped into it twice"), "20000 mappings of one range");
}

static enum nvmn_news news(const struct nvmn_known *known, bool whole,
			   const char **ro)
{
	return nvmn_news_of(known, &f, whole, ro);
}

static const struct nvmn_known first_known = {
	.start	= 4 * GIB,
	.size	= GIB,
	.uid	= "nfit-8086-0001-00123456",
};

/* A range that is refused and stands before the one that was taken. */
static void test_news_beside(void)
{
	struct nvmn_known known = first_known;
	const char *ro;

	begin();
	nfit_spa(&n, 1, nfit_pmem, 4 * GIB, 0);
	nfit_spa(&n, 2, nfit_pmem, 4 * GIB, GIB);
	nfit_map(&n, 1, 2, 1, 8);
	nfit_dimm(&n, 1, 0x56341200);
	parse();
	tap_ok(news(&known, true, &ro) == NVMN_SAME && ro && *ro, "an empty range hides nothing");
}

static void test_news(void)
{
	struct nvmn_known known = first_known;
	const char *ro;

	begin();
	nfit_spa(&n, 1, nfit_pmem, 4 * GIB, GIB);
	nfit_map(&n, 1, 1, 1, 0);
	nfit_dimm(&n, 1, 0x56341200);
	parse();
	tap_ok(news(&known, true, &ro) == NVMN_SAME && !ro, "no news");
	tap_ok(news(&known, false, &ro) == NVMN_DOUBTFUL && !ro, "no news in a broken table");
	strcpy(known.read_only.text, "not armed");
	tap_ok(news(&known, true, &ro) == NVMN_SAME && ro && !*ro, "armed again");
	tap_ok(news(&known, false, &ro) == NVMN_DOUBTFUL && !ro, "but not by a broken table");
	known.uid[0] = 'x';
	tap_ok(news(&known, true, &ro) == NVMN_OTHER && !ro, "nor by another DIMM");
	known.uid[0] = 'n';
	nfit_spa(&n, 2, nfit_pmem, 4 * GIB, GIB);
	parse();
	tap_ok(news(&known, true, &ro) == NVMN_DOUBTFUL && !ro, "nor by a range that is refused");

	known.read_only.text[0] = '\0';
	n.buf[64 + 44] = 8;
	parse();
	tap_ok(news(&known, true, &ro) == NVMN_DOUBTFUL && ro && *ro, "bad news counts there");
	known.start += GIB / 2;
	tap_ok(news(&known, true, &ro) == NVMN_OTHER && ro && *ro, "and of a range that only overlaps");
	known.start -= GIB / 2;
	n.len -= 64;
	parse();
	tap_ok(news(&known, true, &ro) == NVMN_SAME && ro && *ro, "bad news");
	tap_ok(news(&known, false, &ro) == NVMN_DOUBTFUL && ro && *ro, "bad news in a broken table");
	strcpy(known.read_only.text, ro);
	tap_ok(news(&known, true, &ro) == NVMN_SAME && !ro, "bad news that is known");
	known.size += GIB;
	tap_ok(news(&known, true, &ro) == NVMN_OTHER, "another size");
	known.start -= GIB;
	tap_ok(news(&known, true, &ro) == NVMN_OTHER && !ro, "another start");
	known.start = 2 * GIB;
	tap_ok(news(&known, true, &ro) == NVMN_GONE && !ro, "gone");
	tap_ok(news(&known, false, &ro) == NVMN_DOUBTFUL && !ro, "perhaps gone");
	known.start = 5 * GIB;
	tap_ok(news(&known, true, &ro) == NVMN_GONE && !ro, "gone, with another before");
	put(n.buf + 40, GIB + 1, 8);
	parse();
	tap_ok(news(&known, true, &ro) == NVMN_OTHER && !ro, "not if that one has grown into it");
	known.start = 3 * GIB;
	tap_ok(nvmn_overlap(&known, f.found), "a find that overlaps");
	known.size -= GIB;
	tap_ok(!nvmn_overlap(&known, f.found), "one that does not");
}

int main(void)
{
	test_one_dimm();
	test_unnamed();
	test_set();
	test_health();
	test_sizes();
	test_ranges();
	test_lies();
	test_caps();
	test_many();
	test_news();
	test_news_beside();
	nvmn_finds_free(&f);
	nvmn_table_free(&t);
	return tap_done();
}

// SPDX-License-Identifier: GPL-2.0-only
/* libFuzzer: the bytes are an answer, the first says to what. */
#include <stdint.h>
#include "../../lld/nfit/answer.h"
#include "check.h"

#define START	0x100000000ULL
#define SIZE	0x1000000ULL

static void try_health(u32 fn, const uint8_t *data, size_t size)
{
	struct nvmn_health before = { .bad = { "b" }, .warning = { "w" } };
	struct nvmn_health h = before;
	struct nvmn_why why = { };

	if (nvmn_answer_health(&h, fn, data, size, &why)) {
		check(why.text[0]);
		check(!memcmp(&h, &before, sizeof(h)));
	}
	check_text(&why);
	check_text(&h.bad);
	check_text(&h.warning);
}

static void try_caps(const uint8_t *data, size_t size)
{
	struct nvmn_ars_caps caps;
	struct nvmn_why why = { };

	if (nvmn_answer_ars_caps(&caps, data, size, &why))
		check(why.text[0] && !caps.scrub && !caps.unit);
	check(!(caps.unit & (caps.unit - 1)));
	check_text(&why);
}

static void check_found(const struct nvmn_ars_status *s)
{
	u64 next = nvmn_ars_next(s, START, START + SIZE);
	u64 off, len;
	size_t i;

	check(next >= START && next <= START + SIZE);
	for (i = 0; i < s->nr; i++)
		if (nvmn_ars_record(s, i, START, SIZE, &off, &len))
			check(len && off < SIZE && len <= SIZE - off);
}

static void try_status(const uint8_t *data, size_t size)
{
	struct nvmn_ars_status s;
	struct nvmn_why why = { };

	if (nvmn_answer_ars_status(&s, data, size, &why))
		check(why.text[0] && !s.nr);
	else if (s.state == NVMN_ARS_DONE || s.state == NVMN_ARS_STOPPED)
		check_found(&s);
	else
		check(!s.nr);
	check_text(&why);
}

static void try_orders(const uint8_t *data, size_t size)
{
	struct nvmn_why why = { };
	u32 seconds;
	int err = nvmn_answer_ars_start(&seconds, data, size, &why);

	check(!err || why.text[0]);
	check_text(&why);
	memset(&why, 0, sizeof(why));
	err = nvmn_answer_clear(512, data, size, &why);
	check(!err || why.text[0]);
	check_text(&why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	switch (data[0] % 6) {
	case 0:
	case 1:
	case 2:
		try_health(NVMN_HEALTH_FIRST + data[0] % 6, data + 1, size - 1);
		break;
	case 3:
		try_caps(data + 1, size - 1);
		break;
	case 4:
		try_status(data + 1, size - 1);
		break;
	case 5:
		try_orders(data + 1, size - 1);
		nvmn_answer_functions(data + 1, size - 1);
		break;
	}
	return 0;
}

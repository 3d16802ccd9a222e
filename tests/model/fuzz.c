// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer: the bytes are one or more values, separated by NUL, that are
 * written in turn; the first byte of each chooses the parameter.
 */
#include <stdint.h>
#include "devices.h"

static void check(bool good)
{
	if (!good)
		abort();
}

static void check_sound(struct devices *d)
{
	size_t i;

	for (i = 0; i < d->nr; i++) {
		const struct nvmm_spec *s = &d->spec[i];

		check(s->size && !(s->size % NVMM_ALIGN));
		check(!(s->start % NVMM_ALIGN));
		check(nvmm_end(s) > s->start);
		check(s->uid[0]);
		check(!i || nvmm_end(s - 1) <= s->start);
	}
}

static void check_shown(struct devices *d)
{
	static char text[MODEL_TEXT], twice[MODEL_TEXT];
	static struct devices again;
	struct nvmm_set set = as_set(d);
	struct nvmm_why why = { };

	check(nvmm_format_list(set.specs, set.nr, text, sizeof(text)) >= 0);
	check(!parse_devices(text, &again, &why));
	set = as_set(&again);
	check(nvmm_format_list(set.specs, set.nr, twice, sizeof(twice)) >= 0);
	check(!strcmp(text, twice));
	check(!write_devices(NVMM_MAP, text, d, &why));
}

static void check_reason(const struct nvmm_why *why)
{
	const char *c;

	check(why->text[0]);
	for (c = why->text; *c; c++)
		check(*c >= ' ' && *c < 0x7f);
}

static void one_value(struct devices *d, const char *text)
{
	enum nvmm_mode mode = (unsigned char)text[0] % 3;
	struct nvmm_why why = { };

	if (!text[0])
		return;
	if (write_devices(mode, text + 1, d, &why))
		check_reason(&why);
	check_sound(d);
	check_shown(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct devices d;
	char text[4097];
	size_t n;

	d.nr = 0;
	while (size) {
		n = strnlen((const char *)data, size);
		if (n < sizeof(text)) {
			memcpy(text, data, n);
			text[n] = '\0';
			one_value(&d, text);
		}
		n += n < size;
		data += n;
		size -= n;
	}
	return 0;
}

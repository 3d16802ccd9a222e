// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer: a controller that answers each read by the next byte of the input,
 * whatever was written before; a byte pair ff 00 is a transfer that fails. Then
 * a list of places.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "jedec.h"
#include "place.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct chaos {
	const uint8_t	*at, *end;
	unsigned long	slept, reads, writes, arms;
};

static void check(bool good)
{
	if (!good)
		abort();
}

static int chaos_next(struct chaos *c)
{
	int val;

	if (c->at == c->end)
		return 0;
	val = *c->at++;
	if (val == 0xff && c->at < c->end && !*c->at) {
		c->at++;
		return -EIO;
	}
	return val;
}

static int chaos_read(void *data, u8 reg)
{
	struct chaos *c = data;

	(void)reg;
	c->reads++;
	return chaos_next(c);
}

static int chaos_write(void *data, u8 reg, u8 val)
{
	struct chaos *c = data;

	/* nothing but what arming needs is ever written */
	check((reg == JEDEC_OPEN_PAGE && !val) ||
	      (reg == JEDEC_MGT_CMD0 && val == JEDEC_CLEAR_ARM) ||
	      (reg == JEDEC_ARM_CMD && (val & ~JEDEC_ARM_ERASE) == JEDEC_ARM_SAVE_N));
	c->arms += reg == JEDEC_ARM_CMD;
	c->writes++;
	return chaos_next(c) < 0 ? -EIO : 0;
}

static void chaos_sleep(void *data, unsigned int ms)
{
	((struct chaos *)data)->slept += ms;
}

static void try_module(const uint8_t *data, size_t size)
{
	struct chaos c = { .at = data, .end = data + size };
	struct jedec_io io = { chaos_read, chaos_write, chaos_sleep, &c };
	const char *why = NULL;
	int err = jedec_enable(&io, &why);

	check(err <= 0 && !err == !why);
	check(c.slept <= JEDEC_ENABLE_MS && c.writes <= 3 && c.arms <= 1);
	c.slept = 0;
	c.writes = 0;
	why = jedec_health(&io);
	check(c.slept <= JEDEC_PAGE_MS && c.writes <= 1);
	check(!why || (*why && strlen(why) < 160));
}

static void check_place(const struct ddr3_place *p)
{
	check(p->size && !(p->size % (2 << 20)) && !(p->start % (2 << 20)));
	check(p->start + p->size > p->start);
	check(p->spd.addr >= 0x50 && p->spd.addr <= 0x57);
	check(p->ctrl.addr >= 0x08 && p->ctrl.addr <= 0x77);
	check(p->ctrl.addr >> 3 != 0x30 >> 3 && p->ctrl.addr >> 3 != 0x50 >> 3);
}

static void try_places(const uint8_t *data, size_t size)
{
	char *text = calloc(1, size + 1);
	char why[DDR3_WHY_MAX + 1] = "";
	struct ddr3_place *places;
	size_t i, nr;

	memcpy(text, data, size);
	nr = ddr3_places_count(text);
	places = calloc(nr, sizeof(*places));
	if (ddr3_places_parse(text, places, nr, why))
		check(*why && strlen(why) < DDR3_WHY_MAX);
	else
		for (i = 0; i < nr; i++)
			check_place(&places[i]);
	free(places);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_module(data, size);
	try_places(data, size);
	return 0;
}

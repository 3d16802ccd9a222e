// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where modules are. An address that is wrong is written to by nobody: what may
 * be at it is checked as far as that can be known.
 */
#include "../text.h"
#include "place.h"

#define BUS_MAX		S32_MAX
/* The four bits of the device type: EEPROMs, and what locks them for good. */
#define TYPE(addr)	((addr) >> 3)
#define TYPE_SPD	TYPE(0x50)
#define TYPE_SPD_LOCK	TYPE(0x30)
/* What the I2C standard does not reserve. */
#define ADDR_FIRST	0x08
#define ADDR_LAST	0x77

static const char *parse_i2c(struct span s, struct ddr3_i2c *at)
{
	struct span head;
	u64 bus, addr;

	if (!cut(&s, '-', &head))
		return "not of the form bus-address";
	if (text_number(head, false, &bus) || bus > BUS_MAX)
		return "not the number of a bus";
	if (text_number(s, false, &addr) || addr < ADDR_FIRST || addr > ADDR_LAST)
		return "not an address from 0x08 to 0x77";
	at->bus = bus;
	at->addr = addr;
	return NULL;
}

static const char *parse_spd(struct span s, struct ddr3_i2c *at)
{
	const char *wrong = parse_i2c(s, at);

	if (!wrong && TYPE(at->addr) != TYPE_SPD)
		wrong = "an SPD is at 0x50 to 0x57";
	return wrong;
}

static const char *parse_ctrl(struct span s, struct ddr3_i2c *at)
{
	const char *wrong = parse_i2c(s, at);

	if (!wrong && TYPE(at->addr) == TYPE_SPD)
		wrong = "an SPD is there, not a controller";
	if (!wrong && TYPE(at->addr) == TYPE_SPD_LOCK)
		wrong = "a write there can lock an SPD for good";
	return wrong;
}

static const char *parse_place(struct span s, struct ddr3_place *p)
{
	struct span spd, ctrl;
	const char *wrong;

	if (!cut(&s, ':', &spd) || !cut(&s, ':', &ctrl))
		return "not of the form SPD:CONTROLLER:size@start";
	wrong = parse_spd(spd, &p->spd);
	if (!wrong)
		wrong = parse_ctrl(ctrl, &p->ctrl);
	return wrong ?: text_range(s, &p->start, &p->size);
}

static bool is_same(const struct ddr3_i2c *a, const struct ddr3_i2c *b)
{
	return a->bus == b->bus && a->addr == b->addr;
}

static const char *check_pair(const struct ddr3_place *a,
			      const struct ddr3_place *b)
{
	if (is_same(&a->spd, &b->spd))
		return "the same SPD as before";
	if (is_same(&a->ctrl, &b->ctrl))
		return "the same controller as before";
	if (a->start < b->start + b->size && b->start < a->start + a->size)
		return "overlaps one before";
	return NULL;
}

static const char *check_earlier(const struct ddr3_place *places, size_t i)
{
	const char *wrong = NULL;
	size_t k;

	for (k = 0; k < i && !wrong; k++)
		wrong = check_pair(&places[k], &places[i]);
	return wrong;
}

/**
 * ddr3_places_count() - how many elements a list has
 * @text: the list
 *
 * Return: what ddr3_places_parse() will need room for, at least 1.
 */
size_t ddr3_places_count(const char *text)
{
	size_t n = 1;

	for (; *text; text++)
		n += *text == ',';
	return n;
}

/**
 * ddr3_places_parse() - read a list of modules
 * @text: the list
 * @places: what it says, in its order
 * @nr: ddr3_places_count(@text), the room in @places
 * @why: %DDR3_WHY_MAX + 1 bytes for what is wrong, set on failure
 *
 * Return: 0, or -EINVAL.
 */
int ddr3_places_parse(const char *text, struct ddr3_place *places, size_t nr,
		      char *why)
{
	struct span s = whole(text);
	struct span element;
	const char *wrong;
	char buf[80];
	size_t i;

	for (i = 0; i < nr; i++) {
		cut(&s, ',', &element);
		element = trim(element);
		wrong = parse_place(element, &places[i]);
		if (!wrong)
			wrong = check_earlier(places, i);
		if (!wrong)
			continue;
		scnprintf(why, DDR3_WHY_MAX + 1, "%s: %s",
			  quote(element, buf, sizeof(buf)), wrong);
		return -EINVAL;
	}
	return 0;
}

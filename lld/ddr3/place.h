/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where modules are, as a user says it: a list, separated by commas, of
 *
 *	SPD:CONTROLLER:size@start
 *
 * the first two as bus-address on the SMBus. Pure: compiled in user space, too.
 */
#ifndef DDR3_PLACE_H
#define DDR3_PLACE_H

#include "../pure.h"

/* Enough for any refusal. */
#define DDR3_WHY_MAX	159

/**
 * struct ddr3_i2c - an address on an I2C bus
 * @bus: its number, as in i2c-0
 * @addr: 7 bits
 */
struct ddr3_i2c {
	u32	bus;
	u16	addr;
};

/**
 * struct ddr3_place - where one module is
 * @spd: its SPD EEPROM
 * @ctrl: its controller
 * @start: first physical address of its memory, a multiple of 2 MiB
 * @size: bytes, a multiple of 2 MiB, not 0
 */
struct ddr3_place {
	struct ddr3_i2c	spd;
	struct ddr3_i2c	ctrl;
	u64		start;
	u64		size;
};

size_t ddr3_places_count(const char *text);
int ddr3_places_parse(const char *text, struct ddr3_place *places, size_t nr,
		      char *why);

#endif /* DDR3_PLACE_H */

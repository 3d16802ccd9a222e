/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a DDR3 module says of itself in its SPD EEPROM (JEDEC standard 21-C,
 * annex K). Pure: compiled in user space, too.
 */
#ifndef DDR3_SPD_H
#define DDR3_SPD_H

#include "../pure.h"

/* Bytes that identify a module; the EEPROM has 256. */
#define DDR3_SPD_LEN		148
/* The byte that tells the kind of memory, and DDR3. */
#define DDR3_SPD_KIND		2
#define DDR3_SPD_KIND_DDR3	0x0b
/* Characters of a part number. */
#define DDR3_PART_MAX		18

/**
 * struct ddr3_spd - who a module is
 * @vendor: JEP106, bytes 117 and 118 in this order: 0x0140 is Viking
 * @serial: bytes 122 to 125 in this order
 * @size: bytes of the memory on it, without those of a checksum; 0 if it does
 *	  not say so in a way that is known
 * @part: without the blanks at its end; what a uid cannot have is a '-'
 */
struct ddr3_spd {
	u16	vendor;
	u32	serial;
	u64	size;
	char	part[DDR3_PART_MAX + 1];
};

const char *ddr3_spd_parse(const u8 *raw, size_t len, struct ddr3_spd *spd);
bool ddr3_spd_matches(const struct ddr3_spd *spd, const char *patterns);
const char *ddr3_spd_maker(const struct ddr3_spd *spd);

#endif /* DDR3_SPD_H */

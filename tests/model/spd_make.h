/* SPDX-License-Identifier: GPL-2.0-only */
/* SPD bytes for tests, by a second implementation of the checksum. */
#ifndef SPD_MAKE_H
#define SPD_MAKE_H

#include <string.h>
#include "spd.h"

/* By long division of the message with 16 zero bits behind it. */
static inline u16 spd_make_crc(const u8 *raw, size_t len)
{
	u32 rest = 0;
	size_t i;

	for (i = 0; i < (len + 2) * 8; i++) {
		rest = rest << 1 | (i / 8 < len ? raw[i / 8] >> (7 - i % 8) & 1 : 0);
		if (rest & 0x10000)
			rest ^= 0x11021;
	}
	return (u16)rest;
}

static inline void spd_seal(u8 *raw)
{
	u16 crc = spd_make_crc(raw, raw[0] & 0x80 ? 117 : 126);

	raw[126] = crc & 0xff;
	raw[127] = crc >> 8;
}

/* A Viking module, serial number 12345678. */
static inline void spd_make(u8 *raw, const char *part)
{
	static const u8 head[] = { 0x12, 0x11, 0x0b, 0x01, 0x04, 0x21 };

	memset(raw, 0, DDR3_SPD_LEN);
	memcpy(raw, head, sizeof(head));
	memcpy(raw + 117, "\x01\x40", 2);
	memcpy(raw + 122, "\x12\x34\x56\x78", 4);
	memset(raw + 128, ' ', DDR3_PART_MAX);
	memcpy(raw + 128, part, strlen(part));
	spd_seal(raw);
}

#endif /* SPD_MAKE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers by which an energy-backed module is armed and asked how it is,
 * in the order of JESD245 (Byte Addressable Energy Backed Interface). Pure:
 * compiled in user space, too, where a model answers instead of a module.
 */
#ifndef DDR3_JEDEC_H
#define DDR3_JEDEC_H

#include "../pure.h"

/* Registers of page 0; JEDEC_OPEN_PAGE is in all pages. */
#define JEDEC_OPEN_PAGE		0x00
#define JEDEC_ERASE_TIMEOUT	0x1e	/* 16 bits, the lower first */
#define JEDEC_ARM_TIMEOUT	0x20	/* the same */
#define JEDEC_MGT_CMD0		0x40
#define JEDEC_ARM_CMD		0x45
#define JEDEC_NVDIMM_READY	0x60
#define JEDEC_CMD_STATUS0	0x61
#define JEDEC_CSAVE_STATUS	0x64
#define JEDEC_RESTORE_STATUS	0x66
#define JEDEC_ARM_STATUS	0x6a
#define JEDEC_CSAVE_INFO	0x80
#define JEDEC_MODULE_HEALTH	0xa0
#define JEDEC_HEALTH_STATUS1	0xa2

#define JEDEC_READY		0xa5	/* NVDIMM_READY */
#define JEDEC_SECONDS		0x8000	/* of a time-out; else milliseconds */
#define JEDEC_CLEAR_ARM		BIT(5)	/* MGT_CMD0 */
#define JEDEC_ARM_SAVE_N	BIT(0)	/* ARM_CMD */
#define JEDEC_ARM_ERASE		BIT(7)	/* ARM_CMD: and erase the old image */
#define JEDEC_BUSY		BIT(0)	/* CMD_STATUS0 */
#define JEDEC_OK		BIT(0)	/* the status of any command */
#define JEDEC_ERROR		BIT(1)	/* the same */
#define JEDEC_ARMED		BIT(2)	/* ARM_STATUS: by SAVE_n */
#define JEDEC_IMAGE		BIT(0)	/* CSAVE_INFO: there is a saved image */
#define JEDEC_LOST		BIT(0)	/* MODULE_HEALTH: persistency */
#define JEDEC_LOW_ENERGY	BIT(0)	/* HEALTH_STATUS1 */
#define JEDEC_NO_SOURCE		BIT(3)	/* HEALTH_STATUS1 */

/* Whatever a module says: so long nothing is waited for, in milliseconds. */
#define JEDEC_PAGE_MS		1000
#define JEDEC_READY_MS		5000
#define JEDEC_CLEAR_MS		1000
#define JEDEC_STATED_MAX_MS	30000
/* A time-out that says more is not meant, and nothing else there is either. */
#define JEDEC_ABSURD_MS		3600000
/* Hence jedec_enable() in all: idle, and armed and erased. */
#define JEDEC_ENABLE_MS		(JEDEC_PAGE_MS + JEDEC_READY_MS + \
				 JEDEC_CLEAR_MS + 4 * JEDEC_STATED_MAX_MS)

/**
 * struct jedec_io - how to reach a module's registers
 * @read: the value of a register, or a negative errno
 * @write: 0, or a negative errno
 * @sleep: for about so many milliseconds
 * @data: passed to the three
 */
struct jedec_io {
	int	(*read)(void *data, u8 reg);
	int	(*write)(void *data, u8 reg, u8 val);
	void	(*sleep)(void *data, unsigned int ms);
	void	*data;
};

int jedec_enable(const struct jedec_io *io, const char **why);
const char *jedec_health(const struct jedec_io *io);

#endif /* DDR3_JEDEC_H */

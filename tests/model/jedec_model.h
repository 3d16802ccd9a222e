/* SPDX-License-Identifier: GPL-2.0-only */
/* A controller of an energy-backed module for tests; its time is counted. */
#ifndef JEDEC_MODEL_H
#define JEDEC_MODEL_H

#include <string.h>
#include "jedec.h"

#define MODEL_PAGES	4

enum model_arm {
	MODEL_OK,
	MODEL_FAILS,
	MODEL_DEAF,
	MODEL_OTHER,	/* armed, but by RESET_n */
};

/**
 * struct model - one controller
 * @page: its registers; OPEN_PAGE is that of page 0
 * @arm: what becomes of arming
 * @stuck_page: OPEN_PAGE cannot be written
 * @keeps_status: ARM_STATUS cannot be cleared
 * @ready_after: looks until it is ready; 0: as the register says
 * @idle_after: looks until it is idle; 0: as the register says
 * @silent_after: transfers it answers; -1: all
 * @transfers: how many there were
 * @slept: milliseconds
 * @arms: commands to arm
 * @wrong_page: accesses, but to OPEN_PAGE, while another page was open
 * @last_arm: the last of these commands
 */
struct model {
	u8		page[MODEL_PAGES][256];
	enum model_arm	arm;
	bool		stuck_page;
	bool		keeps_status;
	int		ready_after;
	int		idle_after;
	long		silent_after;
	unsigned long	transfers;
	unsigned long	slept;
	unsigned long	arms;
	unsigned long	wrong_page;
	u8		last_arm;
};

static inline void model_init(struct model *m)
{
	memset(m, 0, sizeof(*m));
	m->silent_after = -1;
	m->page[0][JEDEC_NVDIMM_READY] = JEDEC_READY;
	m->page[0][JEDEC_ARM_TIMEOUT] = 200;
	m->page[0][JEDEC_ERASE_TIMEOUT] = 1;
	m->page[0][JEDEC_ERASE_TIMEOUT + 1] = JEDEC_SECONDS >> 8;
}

static inline bool model_answers(struct model *m)
{
	m->transfers++;
	if (!m->silent_after)
		return false;
	if (m->silent_after > 0)
		m->silent_after--;
	return true;
}

static inline u8 *model_page(struct model *m, u8 reg)
{
	u8 open = m->page[0][JEDEC_OPEN_PAGE] % MODEL_PAGES;

	if (reg == JEDEC_OPEN_PAGE)
		return m->page[0];
	m->wrong_page += open != 0;
	return m->page[open];
}

static inline int model_read(void *data, u8 reg)
{
	struct model *m = data;
	u8 *page = model_page(m, reg);

	if (!model_answers(m))
		return -ENXIO;
	if (reg == JEDEC_NVDIMM_READY && m->ready_after && !--m->ready_after)
		page[reg] = JEDEC_READY;
	if (reg == JEDEC_CMD_STATUS0 && m->idle_after && !--m->idle_after)
		page[reg] = 0;
	return page[reg];
}

static inline void model_do_arm(struct model *m, u8 cmd)
{
	static const u8 outcome[] = {
		[MODEL_OK]	= JEDEC_OK | JEDEC_ARMED,
		[MODEL_FAILS]	= JEDEC_ERROR,
		[MODEL_OTHER]	= JEDEC_OK | BIT(3),
	};

	m->arms++;
	m->last_arm = cmd;
	if (m->arm == MODEL_DEAF)
		return;
	m->page[0][JEDEC_ARM_STATUS] = outcome[m->arm];
	if (cmd & JEDEC_ARM_ERASE)
		m->page[0][JEDEC_CSAVE_INFO] = 0;
}

static inline int model_write(void *data, u8 reg, u8 val)
{
	struct model *m = data;
	u8 *page = model_page(m, reg);

	if (!model_answers(m))
		return -ENXIO;
	if (reg == JEDEC_OPEN_PAGE && m->stuck_page)
		return 0;
	if (reg == JEDEC_ARM_CMD)
		model_do_arm(m, val);
	if (reg == JEDEC_MGT_CMD0 && !m->keeps_status)
		page[JEDEC_ARM_STATUS] &= (u8)~(JEDEC_OK | JEDEC_ERROR);
	page[reg] = val;
	return 0;
}

static inline void model_sleep(void *data, unsigned int ms)
{
	((struct model *)data)->slept += ms;
}

static inline struct jedec_io model_io(struct model *m)
{
	return (struct jedec_io){ model_read, model_write, model_sleep, m };
}

#endif /* JEDEC_MODEL_H */

// SPDX-License-Identifier: GPL-2.0-only
/* Arming a module and asking how it is: good controllers, and each way to lie. */
#include "jedec_model.h"
#include "tap.h"

static const char *why;

/* What enabling says, with all that a model can check by itself. */
static int enable(struct model *m)
{
	struct jedec_io io = model_io(m);
	int err;

	why = NULL;
	err = jedec_enable(&io, &why);
	if (err > 0 || (!err) != (!why) || m->slept > JEDEC_ENABLE_MS ||
	    m->wrong_page)
		tap_ok(false, "enabling: %d, %s, slept %lu ms, %lu wrong page", err,
		       why ? why : "no word", m->slept, m->wrong_page);
	return err;
}

static const char *health(struct model *m)
{
	struct jedec_io io = model_io(m);
	unsigned long before = m->slept;
	const char *words = jedec_health(&io);

	if (m->slept - before > JEDEC_PAGE_MS)
		tap_ok(false, "health slept %lu ms", m->slept - before);
	return words;
}

static void refused(struct model *m, int want, const char *words)
{
	int err = enable(m);

	tap_ok(err == want && why && strstr(why, words), "%s: %d, %s", words, err,
	       why ? why : "no word");
	tap_ok(!m->arms || !(m->page[0][JEDEC_ARM_STATUS] & JEDEC_ARMED),
	       "%s: not armed by that", words);
}

/* Enabling succeeds, nothing is armed, and health says why. */
static void left_alone(struct model *m, const char *words)
{
	int err = enable(m);
	const char *h = health(m);

	tap_ok(!err && !m->arms && h && strstr(h, words), "left alone: %s",
	       h ? h : "no word");
}

static void good(void)
{
	struct model m;

	model_init(&m);
	tap_ok(health(&m) && strstr(health(&m), "not armed"), "health before: %s", health(&m));
	tap_ok(!enable(&m) && m.arms == 1 && m.last_arm == JEDEC_ARM_SAVE_N, "is armed");
	tap_ok(!health(&m), "is healthy");
	tap_ok(!enable(&m) && m.arms == 1, "armed before: left alone");
	model_init(&m);
	m.page[0][JEDEC_OPEN_PAGE] = 3;
	tap_ok(!enable(&m) && m.arms == 1, "is armed with another page open");
	model_init(&m);
	m.page[0][JEDEC_CSAVE_INFO] = JEDEC_IMAGE;
	m.page[0][JEDEC_RESTORE_STATUS] = JEDEC_OK;
	tap_ok(!enable(&m) && m.last_arm == (JEDEC_ARM_SAVE_N | JEDEC_ARM_ERASE) && !health(&m),
	       "an image that was restored is erased");
	model_init(&m);
	m.page[0][JEDEC_CSAVE_INFO] = JEDEC_IMAGE;
	m.page[0][JEDEC_ARM_STATUS] = JEDEC_OK | JEDEC_ARMED;
	tap_ok(!enable(&m) && !m.arms && !health(&m), "armed with an old image: left alone");
	model_init(&m);
	m.page[0][JEDEC_ARM_STATUS] = JEDEC_ERROR;
	tap_ok(!enable(&m) && !health(&m), "an old failure is forgotten");
	model_init(&m);
	m.page[0][JEDEC_CMD_STATUS0] = JEDEC_BUSY;
	m.idle_after = 3;
	tap_ok(!enable(&m) && !health(&m), "one that is busy for a while is waited for");
	model_init(&m);
	m.ready_after = 10;
	m.page[0][JEDEC_NVDIMM_READY] = 0;
	tap_ok(!enable(&m) && !health(&m), "one that gets ready is waited for");
}

static void hopeless(void)
{
	struct model m;

	model_init(&m);
	m.page[0][JEDEC_HEALTH_STATUS1] = JEDEC_NO_SOURCE;
	left_alone(&m, "no energy source");
	model_init(&m);
	m.page[0][JEDEC_HEALTH_STATUS1] = JEDEC_LOW_ENERGY;
	left_alone(&m, "not enough energy");
	model_init(&m);
	m.page[0][JEDEC_MODULE_HEALTH] = JEDEC_LOST;
	left_alone(&m, "persistency is lost");
	model_init(&m);
	m.page[0][JEDEC_CSAVE_INFO] = JEDEC_IMAGE;
	left_alone(&m, "not restored");
	m.page[0][JEDEC_RESTORE_STATUS] = JEDEC_ERROR;
	left_alone(&m, "restore failed");
	m.page[0][JEDEC_RESTORE_STATUS] = JEDEC_ERROR | JEDEC_OK;
	left_alone(&m, "restore failed");
}

static void lies(void)
{
	struct model m;

	model_init(&m);
	m.page[0][JEDEC_NVDIMM_READY] = 0x5a;
	refused(&m, -ETIMEDOUT, "not ready");
	tap_ok(m.slept >= JEDEC_READY_MS && m.slept < JEDEC_READY_MS + 100,
	       "waited %lu ms for it", m.slept);
	model_init(&m);
	memset(m.page, 0xff, sizeof(m.page));
	m.stuck_page = true;
	refused(&m, -ETIMEDOUT, "page 0");
	model_init(&m);
	m.arm = MODEL_FAILS;
	refused(&m, -EIO, "arming failed");
	model_init(&m);
	m.arm = MODEL_DEAF;
	refused(&m, -ETIMEDOUT, "does not end");
	tap_ok(m.slept >= 200 && m.slept < 300, "waited %lu ms of 200", m.slept);
	model_init(&m);
	m.arm = MODEL_OTHER;
	refused(&m, -EIO, "not by SAVE_n");
	model_init(&m);
	m.page[0][JEDEC_ARM_STATUS] = JEDEC_OK;
	m.keeps_status = true;
	refused(&m, -ETIMEDOUT, "old status");
	model_init(&m);
	m.page[0][JEDEC_CMD_STATUS0] = JEDEC_BUSY;
	refused(&m, -ETIMEDOUT, "busy");
}

static void timeouts(void)
{
	static const struct {
		unsigned int	stated;
		bool		taken;
		unsigned int	waits;
	} cases[] = {
		{ 0, false, 0 }, { 0x8000, false, 0 }, { 0xffff, false, 0 },
		{ 3601 | 0x8000, false, 0 }, { 1, true, 20 },
		{ 1000, true, 1000 }, { 2 | 0x8000, true, 2000 },
		{ 0x7fff, true, JEDEC_STATED_MAX_MS },
		{ 3600 | 0x8000, true, JEDEC_STATED_MAX_MS },
	};
	struct model m;
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		model_init(&m);
		m.arm = MODEL_DEAF;
		m.page[0][JEDEC_ARM_TIMEOUT] = cases[i].stated & 0xff;
		m.page[0][JEDEC_ARM_TIMEOUT + 1] = cases[i].stated >> 8;
		err = enable(&m);
		tap_ok(cases[i].taken ? err == -ETIMEDOUT && m.slept >= cases[i].waits &&
					m.slept < cases[i].waits + 40 :
					err == -EINVAL && !m.arms,
		       "time-out 0x%04x: %d after %lu ms", cases[i].stated, err, m.slept);
	}
}

/* To erase takes its own time. */
static void erasing(void)
{
	struct model m;

	model_init(&m);
	m.arm = MODEL_DEAF;
	m.page[0][JEDEC_CSAVE_INFO] = JEDEC_IMAGE;
	m.page[0][JEDEC_RESTORE_STATUS] = JEDEC_OK;
	refused(&m, -ETIMEDOUT, "does not end");
	tap_ok(m.slept >= 1200 && m.slept < 1300, "waited %lu ms of 1200", m.slept);
	model_init(&m);
	m.page[0][JEDEC_CSAVE_INFO] = JEDEC_IMAGE;
	m.page[0][JEDEC_RESTORE_STATUS] = JEDEC_OK;
	m.page[0][JEDEC_ERASE_TIMEOUT] = 0;
	refused(&m, -EINVAL, "absurd");
}

/* Whichever transfer fails: an error in words, and no more is written. */
static void silence(void)
{
	unsigned long n, all, bad = 0;
	struct model m;

	model_init(&m);
	m.page[0][JEDEC_OPEN_PAGE] = 1;
	enable(&m);
	all = m.transfers;
	for (n = 0; n < all; n++) {
		model_init(&m);
		m.page[0][JEDEC_OPEN_PAGE] = 1;
		m.silent_after = (long)n;
		bad += enable(&m) != -ENXIO || m.transfers != n + 1;
		bad += !health(&m) || !strstr(health(&m), "not answer");
	}
	tap_ok(all > 10 && !bad, "silence after each of %lu transfers, %lu wrong", all, bad);
}

/* Every fault alone on one that is armed, and gone again. */
static void faults(void)
{
	static const struct {
		u8		reg, bit;
		const char	*words;
	} cases[] = {
		{ JEDEC_MODULE_HEALTH, JEDEC_LOST, "persistency" },
		{ JEDEC_HEALTH_STATUS1, JEDEC_NO_SOURCE, "no energy source" },
		{ JEDEC_HEALTH_STATUS1, JEDEC_LOW_ENERGY, "not enough energy" },
		{ JEDEC_RESTORE_STATUS, JEDEC_ERROR, "restore failed" },
		{ JEDEC_CSAVE_STATUS, JEDEC_ERROR, "save failed" },
		{ JEDEC_ARM_STATUS, JEDEC_ARMED, "not armed" },
		{ JEDEC_NVDIMM_READY, 1, "not ready" },
	};
	struct model m;
	const char *h;
	size_t i;

	model_init(&m);
	enable(&m);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		m.page[0][cases[i].reg] ^= cases[i].bit;
		h = health(&m);
		tap_ok(h && strstr(h, cases[i].words), "fault: %s", h ? h : "no word");
		m.page[0][cases[i].reg] ^= cases[i].bit;
		tap_ok(!health(&m), "and gone");
	}
}

int main(void)
{
	good();
	hopeless();
	lies();
	timeouts();
	erasing();
	silence();
	faults();
	return tap_done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arming an energy-backed module, and asking how it is. What the module says is
 * never believed further than it can be checked, and never waited for without
 * an end.
 */
#include "jedec.h"

/* Between two looks at a register, in milliseconds. */
#define STEP_MS		20

/**
 * enum jedec_reg - the registers that tell how a module is
 * @CSAVE_STATUS: what came of the last save
 * @RESTORE_STATUS: what came of the last restore
 * @ARM_STATUS: what came of arming, and is it armed
 * @CSAVE_INFO: is there a saved image
 * @MODULE_HEALTH: the module itself
 * @HEALTH_STATUS1: its energy
 * @NR_REGS: how many they are
 */
enum jedec_reg {
	CSAVE_STATUS,
	RESTORE_STATUS,
	ARM_STATUS,
	CSAVE_INFO,
	MODULE_HEALTH,
	HEALTH_STATUS1,
	NR_REGS
};

static const u8 jedec_regs[NR_REGS] = {
	[CSAVE_STATUS]		= JEDEC_CSAVE_STATUS,
	[RESTORE_STATUS]	= JEDEC_RESTORE_STATUS,
	[ARM_STATUS]		= JEDEC_ARM_STATUS,
	[CSAVE_INFO]		= JEDEC_CSAVE_INFO,
	[MODULE_HEALTH]		= JEDEC_MODULE_HEALTH,
	[HEALTH_STATUS1]	= JEDEC_HEALTH_STATUS1,
};

/**
 * struct jedec_state - how a module is
 * @val: what each register says
 */
struct jedec_state {
	u8	val[NR_REGS];
};

/**
 * struct jedec_fault - why the memory must not be written
 * @reg: the register that tells
 * @bit: which is then set
 * @hopeless: arming it is of no use
 * @words: for the user
 */
struct jedec_fault {
	enum jedec_reg	reg;
	u8		bit;
	bool		hopeless;
	const char	*words;
};

/* The worst first. */
static const struct jedec_fault jedec_faults[] = {
	{ MODULE_HEALTH, JEDEC_LOST, true,
	  "its persistency is lost (MODULE_HEALTH)" },
	{ HEALTH_STATUS1, JEDEC_NO_SOURCE, true,
	  "it has no energy source (MODULE_HEALTH_STATUS1)" },
	{ HEALTH_STATUS1, JEDEC_LOW_ENERGY, true,
	  "it has not enough energy for a save (MODULE_HEALTH_STATUS1)" },
	{ RESTORE_STATUS, JEDEC_ERROR, false,
	  "its last restore failed (RESTORE_STATUS)" },
	{ CSAVE_STATUS, JEDEC_ERROR, false,
	  "its last save failed (CSAVE_STATUS)" },
};

static bool is_page_0(u8 val)
{
	return !val;
}

static bool is_ready(u8 val)
{
	return val == JEDEC_READY;
}

static bool is_idle(u8 val)
{
	return !(val & JEDEC_BUSY);
}

static bool is_decided(u8 val)
{
	return val & (JEDEC_OK | JEDEC_ERROR);
}

static bool is_undecided(u8 val)
{
	return !is_decided(val);
}

static int refuse(const char **why, int err, const char *words)
{
	*why = words;
	return err;
}

static int jedec_read(const struct jedec_io *io, u8 reg, const char **why)
{
	int val = io->read(io->data, reg);

	return val < 0 ? refuse(why, val, "its controller does not answer") : val;
}

static int jedec_write(const struct jedec_io *io, u8 reg, u8 val,
		       const char **why)
{
	int err = io->write(io->data, reg, val);

	return err ? refuse(why, err, "its controller takes no command") : 0;
}

/* Until a register is as wanted: 0, or -ETIMEDOUT because of @words. */
static int jedec_wait(const struct jedec_io *io, u8 reg, bool (*done)(u8 val),
		      unsigned int ms, const char *words, const char **why)
{
	unsigned int waited = 0;
	int val;

	for (;;) {
		val = jedec_read(io, reg, why);
		if (val < 0)
			return val;
		if (done(val))
			return 0;
		if (waited >= ms)
			return refuse(why, -ETIMEDOUT, words);
		io->sleep(io->data, STEP_MS);
		waited += STEP_MS;
	}
}

/* Somebody's tool may have left another page open. */
static int jedec_open(const struct jedec_io *io, unsigned int ready_ms,
		      const char **why)
{
	int page = jedec_read(io, JEDEC_OPEN_PAGE, why);
	int err = page < 0 ? page : 0;

	if (page > 0)
		err = jedec_write(io, JEDEC_OPEN_PAGE, 0, why);
	if (!err)
		err = jedec_wait(io, JEDEC_OPEN_PAGE, is_page_0, JEDEC_PAGE_MS,
				 "its controller does not switch to page 0 (OPEN_PAGE)",
				 why);
	if (!err)
		err = jedec_wait(io, JEDEC_NVDIMM_READY, is_ready, ready_ms,
				 "its controller is not ready (NVDIMM_READY)",
				 why);
	return err;
}

static int jedec_look(const struct jedec_io *io, struct jedec_state *s,
		      const char **why)
{
	int i, val;

	for (i = 0; i < NR_REGS; i++) {
		val = jedec_read(io, jedec_regs[i], why);
		if (val < 0)
			return val;
		s->val[i] = val;
	}
	return 0;
}

static bool is_armed(const struct jedec_state *s)
{
	return s->val[ARM_STATUS] & JEDEC_ARMED;
}

static bool has_image(const struct jedec_state *s)
{
	return s->val[CSAVE_INFO] & JEDEC_IMAGE;
}

/*
 * What was saved is not in the memory, and arming would let go of it. A status
 * that says both, well and failed, is no word for well.
 */
static bool is_unrestored(const struct jedec_state *s)
{
	u8 restored = s->val[RESTORE_STATUS] & (JEDEC_OK | JEDEC_ERROR);

	return !is_armed(s) && has_image(s) && restored != JEDEC_OK;
}

static const struct jedec_fault *find_fault(const struct jedec_state *s)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(jedec_faults); i++)
		if (s->val[jedec_faults[i].reg] & jedec_faults[i].bit)
			return &jedec_faults[i];
	return NULL;
}

static bool is_hopeless(const struct jedec_state *s)
{
	const struct jedec_fault *fault = find_fault(s);

	return is_unrestored(s) || (fault && fault->hopeless);
}

static int jedec_timeout(const struct jedec_io *io, u8 reg, const char **why)
{
	int low = jedec_read(io, reg, why);
	int high = low < 0 ? low : jedec_read(io, reg + 1, why);
	int ms;

	if (high < 0)
		return high;
	ms = low | high << 8;
	if (ms & JEDEC_SECONDS)
		ms = (ms & ~JEDEC_SECONDS) * 1000;
	if (!ms || ms > JEDEC_ABSURD_MS)
		return refuse(why, -EINVAL, "its controller states an absurd time-out");
	return ms < JEDEC_STATED_MAX_MS ? ms : JEDEC_STATED_MAX_MS;
}

/* An image that was restored is not needed any more, and in the way. */
static int jedec_arm_timeout(const struct jedec_io *io, bool erase,
			     const char **why)
{
	int arm = jedec_timeout(io, JEDEC_ARM_TIMEOUT, why);
	int more = 0;

	if (arm < 0)
		return arm;
	if (erase)
		more = jedec_timeout(io, JEDEC_ERASE_TIMEOUT, why);
	return more < 0 ? more : arm + more;
}

/* The status of an earlier arming must not pass for that of this one. */
static int jedec_forget(const struct jedec_io *io, const char **why)
{
	int err = jedec_write(io, JEDEC_MGT_CMD0, JEDEC_CLEAR_ARM, why);

	return err ?: jedec_wait(io, JEDEC_ARM_STATUS, is_undecided, JEDEC_CLEAR_MS,
				 "its controller keeps an old status (ARM_STATUS)",
				 why);
}

static int jedec_command_arm(const struct jedec_io *io, bool erase, int ms,
			     const char **why)
{
	u8 cmd = JEDEC_ARM_SAVE_N | (erase ? JEDEC_ARM_ERASE : 0);
	int err = jedec_write(io, JEDEC_ARM_CMD, cmd, why);

	return err ?: jedec_wait(io, JEDEC_ARM_STATUS, is_decided, ms,
				 "arming does not end (ARM_STATUS)", why);
}

static int jedec_check_armed(const struct jedec_io *io, const char **why)
{
	int val = jedec_read(io, JEDEC_ARM_STATUS, why);

	if (val < 0)
		return val;
	if (val & JEDEC_ERROR)
		return refuse(why, -EIO, "arming failed (ARM_STATUS)");
	if (!(val & JEDEC_ARMED))
		return refuse(why, -EIO, "armed by its word, but not by SAVE_n (ARM_STATUS)");
	return 0;
}

static int jedec_arm(const struct jedec_io *io, bool erase, const char **why)
{
	int ms = jedec_arm_timeout(io, erase, why);
	int err;

	if (ms < 0)
		return ms;
	err = jedec_wait(io, JEDEC_CMD_STATUS0, is_idle, ms,
			 "its controller is busy (NVDIMM_CMD_STATUS0)", why);
	if (!err)
		err = jedec_forget(io, why);
	if (!err)
		err = jedec_command_arm(io, erase, ms, why);
	return err ?: jedec_check_armed(io, why);
}

/**
 * jedec_enable() - have the memory saved at a power cut
 * @io: the module
 * @why: set on failure: the cause, in words
 *
 * One that is armed is left alone. So is one that cannot be armed, or holds an
 * image that nobody has restored: jedec_health() says why. An image that was
 * restored is erased in the same step.
 *
 * Return: 0, or a negative errno: of @io, -ETIMEDOUT, -EINVAL for time-outs
 * that make no sense, -EIO if arming fails. All waiting together is at most
 * %JEDEC_ENABLE_MS.
 */
int jedec_enable(const struct jedec_io *io, const char **why)
{
	struct jedec_state s;
	int err = jedec_open(io, JEDEC_READY_MS, why);

	if (!err)
		err = jedec_look(io, &s, why);
	if (err || is_armed(&s) || is_hopeless(&s))
		return err;
	return jedec_arm(io, has_image(&s), why);
}

/**
 * jedec_health() - how is a module
 * @io: the module
 *
 * Return: NULL, or why the memory must not be written, in words. What cannot be
 * asked is such a reason. Waiting is at most %JEDEC_PAGE_MS.
 */
const char *jedec_health(const struct jedec_io *io)
{
	const struct jedec_fault *fault;
	struct jedec_state s;
	const char *why;

	if (jedec_open(io, 0, &why) || jedec_look(io, &s, &why))
		return why;
	fault = find_fault(&s);
	if (fault)
		return fault->words;
	if (is_unrestored(&s))
		return "it holds a saved image that was not restored (CSAVE_INFO)";
	return is_armed(&s) ? NULL : "not armed (ARM_STATUS)";
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands: in order, no more than the device takes, each ended once, whatever
 * the device does.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include "kit.h"

#define COMMANDS	8
#define MANY		1000
/* Nobody waits for it to pass but who says so; others end far before. */
#define PATIENT_MS	60000
#define HASTY_MS	50

/**
 * enum medium_mood - what the device does with a command
 * @KEEPS: takes it; a case completes it
 * @COMPLETES: takes it and is done at once
 * @IS_FULL: -EBUSY
 * @REFUSES: -EIO
 */
enum medium_mood { KEEPS, COMPLETES, IS_FULL, REFUSES };

/**
 * struct medium - the device behind a region's commands
 * @mood: what it does next
 * @forgets: its abort leaves what it has
 * @lock: guards @has and @nr
 * @has: those it took and did not complete, in the order they came
 * @nr: how many
 * @asked: calls of submit
 * @inside: calls of submit under way
 * @nested: one began inside another
 * @aborts: calls of abort
 */
struct medium {
	enum medium_mood	mood;
	bool			forgets;
	spinlock_t		lock;	/* innermost, interrupts off */
	struct nvm_cmd		*has[COMMANDS];
	unsigned int		nr;
	atomic_t		asked;
	atomic_t		inside;
	bool			nested;
	int			aborts;
};

/**
 * struct command - a command and what became of it
 * @cmd: as submitted
 * @again: times it does that
 * @ends: calls of done
 * @ended: one came
 */
struct command {
	struct nvm_cmd		cmd;
	unsigned int		again;
	atomic_t		ends;
	struct completion	ended;
};

/* What a case of this suite begins with. */
struct commands {
	struct medium	medium;
	struct command	c[COMMANDS];
};

static struct medium *medium_of(struct nvm_region *r)
{
	struct kit_region *kr = nvm_region_lld_data(r);

	return kr->device;
}

static void medium_takes(struct medium *m, struct nvm_cmd *cmd)
{
	guard(spinlock_irqsave)(&m->lock);
	m->has[m->nr++] = cmd;
}

/* The oldest, or NULL. */
static struct nvm_cmd *medium_gives(struct medium *m)
{
	struct nvm_cmd *cmd;

	guard(spinlock_irqsave)(&m->lock);
	if (!m->nr)
		return NULL;
	cmd = m->has[0];
	m->nr--;
	memmove(&m->has[0], &m->has[1], m->nr * sizeof(m->has[0]));
	return cmd;
}

static int medium_obeys(struct medium *m, struct nvm_cmd *cmd)
{
	switch (m->mood) {
	case KEEPS:
		medium_takes(m, cmd);
		return 0;
	case COMPLETES:
		nvm_cmd_complete(cmd, 0);
		return 0;
	case IS_FULL:
		return -EBUSY;
	case REFUSES:
		break;
	}
	return -EIO;
}

static int medium_submit(struct nvm_region *r, struct nvm_cmd *cmd)
{
	struct medium *m = medium_of(r);
	int err;

	atomic_inc(&m->asked);
	if (atomic_inc_return(&m->inside) > 1)
		m->nested = true;
	err = medium_obeys(m, cmd);
	atomic_dec(&m->inside);
	return err;
}

static void medium_abort(struct nvm_region *r)
{
	struct medium *m = medium_of(r);
	struct nvm_cmd *cmd;

	m->aborts++;
	while (!m->forgets && (cmd = medium_gives(m)))
		nvm_cmd_complete(cmd, -ECANCELED);
}

static const struct nvm_region_ops medium_ops = {
	.submit		= medium_submit,
	.abort		= medium_abort,
	.release	= kit_release,
};

static void command_done(struct nvm_cmd *cmd)
{
	struct command *c = container_of(cmd, struct command, cmd);

	atomic_inc(&c->ends);
	if (c->again) {
		c->again--;
		nvm_cmd_submit(cmd->r, cmd);
		return;
	}
	complete(&c->ended);
}

/* A region of type 2 that a ULD has claimed. */
static struct commands *begin(struct kunit *test, unsigned int depth,
			      unsigned int timeout_ms)
{
	struct kit *kit = test->priv;
	struct kit_region *kr = &kit->regions[0];
	struct kit_uld *u = &kit->ulds[0];
	struct commands *cs;
	int i;

	cs = kunit_kzalloc(test, sizeof(*cs), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, cs);
	spin_lock_init(&cs->medium.lock);
	for (i = 0; i < COMMANDS; i++) {
		cs->c[i].cmd.op = NVM_OP_FLUSH;
		cs->c[i].cmd.done = command_done;
		init_completion(&cs->c[i].ended);
	}
	kr->device = &cs->medium;
	kr->desc.type = NVM_TYPE_CMD_WRITE;
	kr->desc.ops = &medium_ops;
	kr->desc.cmd = (struct nvm_cmd_limits) {
		.write_unit	= SZ_4K,
		.erase_unit	= SZ_64K,
		.busy_unit	= SZ_4K,
		.max_transfer	= SZ_64K,
		.queue_depth	= depth,
		.timeout_ms	= timeout_ms,
	};
	u->uld.types = BIT(NVM_TYPE_CMD_WRITE);
	kit_uld_register(test, u);
	kit_offer(test, kr);
	KUNIT_ASSERT_TRUE(test, kit_claimed_by(kr, u));
	return cs;
}

static struct nvm_region *region_of(struct kunit *test)
{
	struct kit *kit = test->priv;

	return kit->regions[0].r;
}

static void submit(struct kunit *test, struct commands *cs, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		nvm_cmd_submit(region_of(test), &cs->c[i].cmd);
}

static int ends(struct commands *cs, unsigned int i)
{
	return atomic_read(&cs->c[i].ends);
}

/* Returns its status when it has ended, -EINPROGRESS if it does not end. */
static int status_of(struct command *c)
{
	if (!wait_for_completion_timeout(&c->ended, 30 * HZ))
		return -EINPROGRESS;
	return c->cmd.status;
}

static bool medium_has(struct commands *cs, unsigned int i, unsigned int nr)
{
	guard(spinlock_irqsave)(&cs->medium.lock);
	return cs->medium.nr == nr && cs->medium.has[0] == &cs->c[i].cmd;
}

static void no_more_than_the_depth(struct kunit *test)
{
	struct commands *cs = begin(test, 2, PATIENT_MS);
	unsigned int i;

	submit(test, cs, 5);
	for (i = 0; i < 5; i++) {
		/* These, in the order they were submitted. */
		KUNIT_EXPECT_TRUE(test, medium_has(cs, i, min(2U, 5 - i)));
		nvm_cmd_complete(medium_gives(&cs->medium), 0);
		KUNIT_EXPECT_EQ(test, status_of(&cs->c[i]), 0);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&cs->medium.asked), 5);
	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_EQ(test, ends(cs, i), 1);
}

static void in_any_order(struct kunit *test)
{
	struct commands *cs = begin(test, 3, PATIENT_MS);

	submit(test, cs, 3);
	medium_gives(&cs->medium);
	nvm_cmd_complete(&cs->c[2].cmd, 0);
	nvm_cmd_complete(&cs->c[0].cmd, -EIO);
	KUNIT_EXPECT_EQ(test, status_of(&cs->c[2]), 0);
	KUNIT_EXPECT_EQ(test, status_of(&cs->c[0]), -EIO);
	KUNIT_EXPECT_EQ(test, ends(cs, 1), 0);
	nvm_cmd_complete(&cs->c[1].cmd, 0);
	KUNIT_EXPECT_EQ(test, status_of(&cs->c[1]), 0);
	cs->medium.nr = 0;
}

/* Else a device without latency would use up the stack. */
static void a_loop_not_a_recursion(struct kunit *test)
{
	struct commands *cs = begin(test, 1, PATIENT_MS);

	cs->medium.mood = COMPLETES;
	cs->c[0].again = MANY;
	submit(test, cs, 1);
	KUNIT_EXPECT_EQ(test, status_of(&cs->c[0]), 0);
	KUNIT_EXPECT_EQ(test, ends(cs, 0), MANY + 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&cs->medium.asked), MANY + 1);
	KUNIT_EXPECT_FALSE(test, cs->medium.nested);
}

static void a_full_device_is_asked_again(struct kunit *test)
{
	struct commands *cs = begin(test, 4, PATIENT_MS);
	int asked;

	cs->medium.mood = IS_FULL;
	submit(test, cs, 2);
	/* It has nothing that could end: only time can bring another try. */
	for (asked = 0; asked < 500 && atomic_read(&cs->medium.asked) < 3; asked++)
		msleep(20);
	KUNIT_EXPECT_GE(test, atomic_read(&cs->medium.asked), 3);
	KUNIT_EXPECT_EQ(test, ends(cs, 0) + ends(cs, 1), 0);
	cs->medium.mood = COMPLETES;
	KUNIT_EXPECT_EQ(test, status_of(&cs->c[0]), 0);
	KUNIT_EXPECT_EQ(test, status_of(&cs->c[1]), 0);
	KUNIT_EXPECT_EQ(test, ends(cs, 0), 1);
}

static void not_for_ever(struct kunit *test)
{
	struct commands *cs = begin(test, 4, HASTY_MS);

	cs->medium.mood = IS_FULL;
	submit(test, cs, 1);
	KUNIT_EXPECT_EQ(test, status_of(&cs->c[0]), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, ends(cs, 0), 1);
}

static void refused_is_ended(struct kunit *test)
{
	struct commands *cs = begin(test, 1, PATIENT_MS);

	cs->medium.mood = REFUSES;
	submit(test, cs, 2);
	KUNIT_EXPECT_EQ(test, status_of(&cs->c[0]), -EIO);
	KUNIT_EXPECT_EQ(test, status_of(&cs->c[1]), -EIO);
	KUNIT_EXPECT_EQ(test, atomic_read(&cs->medium.asked), 2);
}

static void late_is_aborted(struct kunit *test)
{
	struct commands *cs = begin(test, 1, HASTY_MS);

	submit(test, cs, 1);
	KUNIT_EXPECT_EQ(test, status_of(&cs->c[0]), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, cs->medium.aborts, 1);
	/* And the next one finds a device that works. */
	cs->medium.mood = COMPLETES;
	nvm_cmd_submit(region_of(test), &cs->c[1].cmd);
	KUNIT_EXPECT_EQ(test, status_of(&cs->c[1]), 0);
	KUNIT_EXPECT_EQ(test, ends(cs, 0), 1);
}

static void what_abort_left_is_ended(struct kunit *test)
{
	struct commands *cs = begin(test, 2, HASTY_MS);

	cs->medium.forgets = true;
	submit(test, cs, 3);
	KUNIT_EXPECT_EQ(test, status_of(&cs->c[0]), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, status_of(&cs->c[1]), -ETIMEDOUT);
	/* The one that waited has its own time. */
	KUNIT_EXPECT_EQ(test, status_of(&cs->c[2]), -ETIMEDOUT);
	KUNIT_EXPECT_GE(test, cs->medium.aborts, 2);
	cs->medium.nr = 0;
}

static void completed_twice(struct kunit *test)
{
	struct commands *cs = begin(test, 1, PATIENT_MS);

	submit(test, cs, 2);
	nvm_cmd_complete(medium_gives(&cs->medium), 0);
	nvm_cmd_complete(&cs->c[0].cmd, -EIO);
	KUNIT_EXPECT_EQ(test, status_of(&cs->c[0]), 0);
	KUNIT_EXPECT_EQ(test, ends(cs, 0), 1);
	/* That made no room: the device still has the second, and only that. */
	KUNIT_EXPECT_TRUE(test, medium_has(cs, 1, 1));
	nvm_cmd_complete(medium_gives(&cs->medium), 0);
	KUNIT_EXPECT_EQ(test, status_of(&cs->c[1]), 0);
}

static void held_comes_to_rest(struct kunit *test)
{
	struct commands *cs = begin(test, 4, PATIENT_MS);
	struct nvm_region *r = region_of(test);

	cs->medium.mood = COMPLETES;
	submit(test, cs, 1);
	nvm_cmd_hold(r);
	nvm_cmd_hold(r);
	nvm_cmd_submit(r, &cs->c[1].cmd);
	nvm_cmd_release(r);
	KUNIT_EXPECT_EQ(test, ends(cs, 1), 0);
	nvm_cmd_release(r);
	KUNIT_EXPECT_EQ(test, status_of(&cs->c[1]), 0);
}

static void nothing_outlives_the_claim(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct commands *cs = begin(test, 2, PATIENT_MS);
	struct nvm_region *r = region_of(test);

	submit(test, cs, 3);
	kit_uld_unregister(&kit->ulds[0]);
	KUNIT_EXPECT_EQ(test, cs->medium.aborts, 1);
	KUNIT_EXPECT_EQ(test, ends(cs, 0), 1);
	KUNIT_EXPECT_EQ(test, ends(cs, 1), 1);
	KUNIT_EXPECT_EQ(test, ends(cs, 2), 1);
	KUNIT_EXPECT_EQ(test, cs->c[0].cmd.status, -ECANCELED);
	KUNIT_EXPECT_EQ(test, cs->c[2].cmd.status, -ENODEV);
	/* The device was never given the one that waited. */
	KUNIT_EXPECT_EQ(test, atomic_read(&cs->medium.asked), 2);
	nvm_cmd_submit(r, &cs->c[3].cmd);
	KUNIT_EXPECT_EQ(test, ends(cs, 3), 1);
	KUNIT_EXPECT_EQ(test, cs->c[3].cmd.status, -ENODEV);
}

static void the_next_claim_has_commands(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct commands *cs = begin(test, 2, PATIENT_MS);

	kit_uld_unregister(&kit->ulds[0]);
	cs->medium.mood = COMPLETES;
	kit_uld_register(test, &kit->ulds[0]);
	kit_settle(&kit->regions[0]);
	submit(test, cs, 1);
	KUNIT_EXPECT_EQ(test, status_of(&cs->c[0]), 0);
}

static void count_call(void *data)
{
	(*(unsigned int *)data)++;
}

static void other_limits_for_the_next_claim(struct kunit *test)
{
	struct kit *kit = test->priv;
	struct commands *cs = begin(test, 2, PATIENT_MS);
	struct nvm_region *r = region_of(test);
	struct nvm_region_desc desc = r->desc;
	char why[NVM_REASON_MAX + 1];
	unsigned int calls = 0;

	desc.cmd.queue_depth = 3;
	desc.size = KIT_SIZE / 2;
	desc.mem.size = KIT_SIZE / 2;
	KUNIT_EXPECT_EQ(test, nvm_region_change(r, &desc, count_call, &calls,
						why), -EBUSY);
	KUNIT_EXPECT_NOT_NULL(test, strstr(why, "unbind it first"));
	kit_uld_unregister(&kit->ulds[0]);
	desc.cmd.erase_unit = SZ_2K;
	KUNIT_EXPECT_EQ(test, nvm_region_change(r, &desc, count_call, &calls,
						why), -EINVAL);
	desc.cmd.erase_unit = SZ_64K;
	KUNIT_ASSERT_EQ(test, nvm_region_hold_idle(r), 0);
	KUNIT_EXPECT_EQ(test, nvm_region_change(r, &desc, count_call, &calls,
						why), -ENODEV);
	nvm_region_release_idle(r);
	KUNIT_EXPECT_EQ(test, calls, 0);
	KUNIT_EXPECT_EQ(test, r->desc.cmd.queue_depth, 2);
	KUNIT_EXPECT_EQ(test, nvm_region_size(r), KIT_SIZE);
	KUNIT_EXPECT_EQ(test, nvm_region_change(r, &desc, count_call, &calls,
						why), 0);
	KUNIT_EXPECT_EQ(test, calls, 1);
	KUNIT_EXPECT_EQ(test, nvm_region_size(r), KIT_SIZE / 2);
	kit_uld_register(test, &kit->ulds[0]);
	kit_settle(&kit->regions[0]);
	submit(test, cs, 4);
	KUNIT_EXPECT_TRUE(test, medium_has(cs, 0, 3));
}

static struct kunit_case kit_command_cases[] = {
	KUNIT_CASE(no_more_than_the_depth),
	KUNIT_CASE(in_any_order),
	KUNIT_CASE(a_loop_not_a_recursion),
	KUNIT_CASE(a_full_device_is_asked_again),
	KUNIT_CASE(not_for_ever),
	KUNIT_CASE(refused_is_ended),
	KUNIT_CASE(late_is_aborted),
	KUNIT_CASE(what_abort_left_is_ended),
	KUNIT_CASE(completed_twice),
	KUNIT_CASE(held_comes_to_rest),
	KUNIT_CASE(nothing_outlives_the_claim),
	KUNIT_CASE(the_next_claim_has_commands),
	KUNIT_CASE(other_limits_for_the_next_claim),
	{ }
};

struct kunit_suite kit_command_suite = {
	.name		= "nvm_command",
	.init		= kit_init,
	.exit		= kit_exit,
	.test_cases	= kit_command_cases,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands to devices of types 2 and 4: in their order, no more at a time than
 * the device takes, each ended once, also if the device never says so.
 *
 * One at a time hands commands to the LLD, whoever finds that there is
 * something to do: a ULD that submits, a completion that made room. So an LLD
 * that completes inside its submit op makes a loop of it, not a recursion.
 *
 * Nobody waits for a command longer than &nvm_cmd_limits.timeout_ms and what
 * &nvm_region_ops.abort takes.
 */
#include <linux/jiffies.h>
#include "core.h"

/* How long a device that said -EBUSY without having a command is left alone. */
#define NVM_QUEUE_RETRY		msecs_to_jiffies(2)

/*
 * Who needs memory may wait for a write, and that for an abort or another try:
 * these need no new worker.
 */
static struct workqueue_struct *nvm_cmd_wq;

int __init nvm_cmd_init(void)
{
	nvm_cmd_wq = alloc_workqueue("nvm_cmd", WQ_MEM_RECLAIM, 0);
	return nvm_cmd_wq ? 0 : -ENOMEM;
}

void nvm_cmd_exit(void)
{
	destroy_workqueue(nvm_cmd_wq);
}

static struct nvm_region_core *queue_to_core(struct nvm_queue *q)
{
	return container_of(q, struct nvm_region_core, queue);
}

/*
 * Under the lock: who is woken may free the queue as soon as he has it. So
 * this is the last that is done to it, too.
 */
static void nvm_queue_wake(struct nvm_queue *q)
{
	/* Who waits has come under the same lock. */
	if (waitqueue_active(&q->wait))
		wake_up_all(&q->wait);
}

static void nvm_queue_ended(struct nvm_queue *q)
{
	guard(spinlock_irqsave)(&q->lock);
	q->ending--;
	nvm_queue_wake(q);
}

/* The command is nobody's but the ULD's when its done() begins. */
static void nvm_cmd_end(struct nvm_cmd *cmd, int status)
{
	cmd->status = status;
	cmd->done(cmd);
}

/* What may be handed to the device now, or NULL: then somebody else may come. */
static struct nvm_cmd *nvm_queue_next(struct nvm_queue *q)
{
	const struct nvm_cmd_limits *limits = &queue_to_core(q)->r.desc.cmd;
	struct nvm_cmd *cmd;

	guard(spinlock_irqsave)(&q->lock);
	cmd = list_first_entry_or_null(&q->waiting, struct nvm_cmd, node);
	if (!cmd || q->err || q->stopped || q->full ||
	    q->nr_started >= limits->queue_depth) {
		q->dispatching = false;
		nvm_queue_wake(q);
		return NULL;
	}
	cmd->state = NVM_CMD_STARTED;
	/* Not anew for one that the device had no room for. */
	if (!cmd->deadline)
		cmd->deadline = (jiffies +
				 msecs_to_jiffies(limits->timeout_ms) + 1) | 1;
	list_move_tail(&cmd->node, &q->started);
	q->nr_started++;
	return cmd;
}

/* The device has no room: first again when it has. */
static void nvm_queue_put_back(struct nvm_queue *q, struct nvm_cmd *cmd)
{
	scoped_guard(spinlock_irqsave, &q->lock) {
		cmd->state = NVM_CMD_WAITING;
		list_move(&cmd->node, &q->waiting);
		q->nr_started--;
		q->full = true;
	}
	/* A completion ends that, too; one may have come just before. */
	queue_delayed_work(nvm_cmd_wq, &q->retry, NVM_QUEUE_RETRY);
}

static void nvm_queue_hand_over(struct nvm_queue *q, struct nvm_cmd *cmd)
{
	struct nvm_region_core *c = queue_to_core(q);
	int err;

	queue_delayed_work(nvm_cmd_wq, &q->timeout,
			   msecs_to_jiffies(c->r.desc.cmd.timeout_ms) + 1);
	err = c->r.desc.ops->submit(&c->r, cmd);
	if (err == -EBUSY && time_after(jiffies, cmd->deadline))
		nvm_cmd_complete(cmd, -ETIMEDOUT);
	else if (err == -EBUSY)
		nvm_queue_put_back(q, cmd);
	else if (err)
		nvm_cmd_complete(cmd, err);
}

static bool nvm_queue_may_dispatch(struct nvm_queue *q)
{
	guard(spinlock_irqsave)(&q->lock);
	if (q->dispatching || q->err || q->stopped || list_empty(&q->waiting))
		return false;
	q->dispatching = true;
	return true;
}

static void nvm_queue_kick(struct nvm_queue *q)
{
	struct nvm_cmd *cmd;

	if (!nvm_queue_may_dispatch(q))
		return;
	while ((cmd = nvm_queue_next(q)))
		nvm_queue_hand_over(q, cmd);
}

/**
 * nvm_cmd_submit() - have the device do something
 * @r: the region, claimed by the caller
 * @cmd: with op, range, data and done(); the core's until done() is called
 *
 * Commands are started in this order, as many at a time as the device takes;
 * they may end in any.
 *
 * Context: any. &nvm_cmd.done may be called before this returns.
 */
void nvm_cmd_submit(struct nvm_region *r, struct nvm_cmd *cmd)
{
	struct nvm_queue *q = &to_core(r)->queue;
	int err;

	cmd->r = r;
	cmd->deadline = 0;
	scoped_guard(spinlock_irqsave, &q->lock) {
		err = q->err;
		cmd->state = err ? NVM_CMD_ENDED : NVM_CMD_WAITING;
		if (!err)
			list_add_tail(&cmd->node, &q->waiting);
	}
	if (err)
		nvm_cmd_end(cmd, err);
	else
		nvm_queue_kick(q);
}
EXPORT_SYMBOL_GPL(nvm_cmd_submit);

/* False if the device does not have the command. */
static bool nvm_queue_take_back(struct nvm_queue *q, struct nvm_cmd *cmd)
{
	guard(spinlock_irqsave)(&q->lock);
	if (cmd->state != NVM_CMD_STARTED)
		return false;
	cmd->state = NVM_CMD_ENDED;
	list_del(&cmd->node);
	q->nr_started--;
	q->full = false;
	q->ending++;
	return true;
}

/**
 * nvm_cmd_complete() - the device is done with a command
 * @cmd: that &nvm_region_ops.submit was given
 * @status: 0 or a negative errno
 *
 * What is completed a second time is said, and ignored as long as the ULD has
 * not submitted it again.
 *
 * Context: any, also inside &nvm_region_ops.submit, which then returns 0.
 */
void nvm_cmd_complete(struct nvm_cmd *cmd, int status)
{
	struct nvm_region *r = cmd->r;
	struct nvm_queue *q = &to_core(r)->queue;

	/* The LLD aborts all alike; only one that was late failed. */
	if (status == -ECANCELED && time_after_eq(jiffies, cmd->deadline))
		status = -ETIMEDOUT;
	if (!nvm_queue_take_back(q, cmd)) {
		dev_err_ratelimited(&r->dev, "%s: completed a command that it does not have\n",
				    to_core(r)->lld_name);
		return;
	}
	nvm_cmd_end(cmd, status);
	nvm_queue_kick(q);
	nvm_queue_ended(q);
}
EXPORT_SYMBOL_GPL(nvm_cmd_complete);

static bool nvm_queue_is_quiet(struct nvm_queue *q)
{
	guard(spinlock_irqsave)(&q->lock);
	return !q->dispatching;
}

static bool nvm_queue_is_idle(struct nvm_queue *q)
{
	guard(spinlock_irqsave)(&q->lock);
	return !q->dispatching && !q->nr_started && !q->ending;
}

/* Nothing new reaches the device when this returns. */
static void nvm_queue_stop(struct nvm_queue *q)
{
	scoped_guard(spinlock_irqsave, &q->lock)
		q->stopped++;
	wait_event(q->wait, nvm_queue_is_quiet(q));
}

static void nvm_queue_go_on(struct nvm_queue *q)
{
	scoped_guard(spinlock_irqsave, &q->lock)
		q->stopped--;
	nvm_queue_kick(q);
}

static struct nvm_cmd *nvm_queue_first_started(struct nvm_queue *q)
{
	guard(spinlock_irqsave)(&q->lock);
	return list_first_entry_or_null(&q->started, struct nvm_cmd, node);
}

/* The device has none of the commands any more; each was ended. */
static void nvm_queue_abort(struct nvm_queue *q)
{
	struct nvm_region_core *c = queue_to_core(q);
	unsigned int left = 0;
	struct nvm_cmd *cmd;

	guard(mutex)(&q->abort_mutex);
	nvm_queue_stop(q);
	c->r.desc.ops->abort(&c->r);
	for (; (cmd = nvm_queue_first_started(q)); left++)
		nvm_cmd_complete(cmd, -ETIMEDOUT);
	if (left)
		dev_err(&c->r.dev, "%s: its abort left %u commands\n",
			c->lld_name, left);
	wait_event(q->wait, nvm_queue_is_idle(q));
	nvm_queue_go_on(q);
}

/* Jiffies until the oldest command is late, 0 if it is, -1 without one. */
static long nvm_queue_time_left(struct nvm_queue *q)
{
	struct nvm_cmd *cmd;

	guard(spinlock_irqsave)(&q->lock);
	cmd = list_first_entry_or_null(&q->started, struct nvm_cmd, node);
	if (!cmd)
		return -1;
	return max_t(long, cmd->deadline - jiffies, 0);
}

static void nvm_queue_timeout(struct work_struct *work)
{
	struct nvm_queue *q = container_of(to_delayed_work(work),
					   struct nvm_queue, timeout);
	struct nvm_region_core *c = queue_to_core(q);
	long left = nvm_queue_time_left(q);

	if (!left) {
		dev_err(&c->r.dev, "%s: no end of a command in %u ms: aborting\n",
			c->lld_name, c->r.desc.cmd.timeout_ms);
		nvm_queue_abort(q);
		left = nvm_queue_time_left(q);
	}
	if (left >= 0)
		queue_delayed_work(nvm_cmd_wq, &q->timeout, left ?: 1);
}

static void nvm_queue_retry(struct work_struct *work)
{
	struct nvm_queue *q = container_of(to_delayed_work(work),
					   struct nvm_queue, retry);

	scoped_guard(spinlock_irqsave, &q->lock)
		q->full = false;
	nvm_queue_kick(q);
}

/**
 * nvm_cmd_hold() - let the device come to rest
 * @r: the region, of type 2 or 4
 *
 * When this returns the device has no command, and gets none before
 * nvm_cmd_release(). Commands that are submitted meanwhile wait.
 *
 * Context: may sleep, as long as a command may take. Not from the LLD's ops.
 */
void nvm_cmd_hold(struct nvm_region *r)
{
	struct nvm_queue *q = &to_core(r)->queue;

	nvm_queue_stop(q);
	wait_event(q->wait, nvm_queue_is_idle(q));
}
EXPORT_SYMBOL_GPL(nvm_cmd_hold);

/**
 * nvm_cmd_release() - let the device have commands again
 * @r: the region, after nvm_cmd_hold()
 *
 * Context: may sleep.
 */
void nvm_cmd_release(struct nvm_region *r)
{
	nvm_queue_go_on(&to_core(r)->queue);
}
EXPORT_SYMBOL_GPL(nvm_cmd_release);

/**
 * nvm_queue_open() - a ULD comes: commands are taken
 * @c: the region
 */
void nvm_queue_open(struct nvm_region_core *c)
{
	guard(spinlock_irqsave)(&c->queue.lock);
	c->queue.full = false;
	c->queue.err = 0;
}

static struct nvm_cmd *nvm_queue_pop(struct nvm_queue *q)
{
	struct nvm_cmd *cmd;

	guard(spinlock_irqsave)(&q->lock);
	cmd = list_first_entry_or_null(&q->waiting, struct nvm_cmd, node);
	if (cmd) {
		list_del(&cmd->node);
		cmd->state = NVM_CMD_ENDED;
	}
	return cmd;
}

static void nvm_queue_refuse_waiting(struct nvm_queue *q)
{
	struct nvm_cmd *cmd;

	while ((cmd = nvm_queue_pop(q)))
		nvm_cmd_end(cmd, -ENODEV);
}

/**
 * nvm_queue_close() - the ULD or the device goes: no commands any more
 * @c: the region
 *
 * Those that are there end, with -ENODEV if they were not started; so do those
 * that are submitted later. When this returns no done() runs for any of the
 * former.
 *
 * Context: may sleep.
 */
void nvm_queue_close(struct nvm_region_core *c)
{
	struct nvm_queue *q = &c->queue;

	if (!c->r.desc.ops->submit)
		return;
	scoped_guard(spinlock_irqsave, &q->lock)
		q->err = -ENODEV;
	nvm_queue_refuse_waiting(q);
	if (!nvm_queue_is_idle(q))
		nvm_queue_abort(q);
	/* What the device had just refused with -EBUSY is waiting again. */
	nvm_queue_refuse_waiting(q);
	cancel_delayed_work_sync(&q->timeout);
	cancel_delayed_work_sync(&q->retry);
}

/**
 * nvm_queue_init() - no commands yet
 * @c: a new region
 */
void nvm_queue_init(struct nvm_region_core *c)
{
	struct nvm_queue *q = &c->queue;

	spin_lock_init(&q->lock);
	mutex_init(&q->abort_mutex);
	INIT_LIST_HEAD(&q->waiting);
	INIT_LIST_HEAD(&q->started);
	init_waitqueue_head(&q->wait);
	INIT_DELAYED_WORK(&q->timeout, nvm_queue_timeout);
	INIT_DELAYED_WORK(&q->retry, nvm_queue_retry);
	q->err = -ENODEV;
}

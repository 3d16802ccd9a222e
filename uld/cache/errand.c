// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands that somebody waits for: flushes and discards. A device may end one a
 * second time, much later: so they live as long as the engine, not on the stack
 * of who waits, and the one that was used last is used again last.
 */
#include <linux/slab.h>
#include "internal.h"

static void nvmc_errand_done(struct nvm_cmd *cmd)
{
	complete(&container_of(cmd, struct nvmc_errand, cmd)->done);
}

/**
 * nvmc_errands_init() - make them
 * @p: where
 * @nr: how many at a time
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; either way nvmc_errands_exit() ends it.
 */
int nvmc_errands_init(struct nvmc_errands *p, unsigned int nr)
{
	unsigned int i;

	spin_lock_init(&p->lock);
	init_waitqueue_head(&p->wait);
	INIT_LIST_HEAD(&p->idle);
	p->all = kvcalloc(nr, sizeof(*p->all), GFP_KERNEL);
	if (!p->all)
		return -ENOMEM;
	for (i = 0; i < nr; i++) {
		p->all[i].cmd.done = nvmc_errand_done;
		init_completion(&p->all[i].done);
		list_add_tail(&p->all[i].node, &p->idle);
	}
	return 0;
}

/**
 * nvmc_errands_exit() - none of them is used any more
 * @p: where they are, or nothing
 */
void nvmc_errands_exit(struct nvmc_errands *p)
{
	kvfree(p->all);
	p->all = NULL;
}

static struct nvmc_errand *nvmc_errand_try(struct nvmc_errands *p)
{
	struct nvmc_errand *a;

	guard(spinlock)(&p->lock);
	a = list_first_entry_or_null(&p->idle, struct nvmc_errand, node);
	if (a)
		list_del(&a->node);
	return a;
}

/**
 * nvmc_errand_get() - one that nobody uses
 * @p: where
 *
 * Context: may sleep, for the commands of others: so not with blocks that these
 * may wait for.
 * Return: the caller's until nvmc_errand_put().
 */
struct nvmc_errand *nvmc_errand_get(struct nvmc_errands *p)
{
	struct nvmc_errand *a;

	wait_event(p->wait, (a = nvmc_errand_try(p)));
	return a;
}

/**
 * nvmc_errand_put() - others may have it
 * @p: where
 * @a: that one
 *
 * Context: any.
 */
void nvmc_errand_put(struct nvmc_errands *p, struct nvmc_errand *a)
{
	scoped_guard(spinlock, &p->lock)
		list_add_tail(&a->node, &p->idle);
	wake_up(&p->wait);
}

/**
 * nvmc_errand_run() - give the device a command, and wait for its end
 * @e: the engine
 * @a: with op and range
 *
 * Context: may sleep, as long as a command may take.
 * Return: the command's status.
 */
int nvmc_errand_run(struct nvmc_engine *e, struct nvmc_errand *a)
{
	reinit_completion(&a->done);
	e->d.backend->submit(e->d.private, &a->cmd);
	wait_for_completion_io(&a->done);
	return a->cmd.status;
}

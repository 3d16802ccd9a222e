// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flushes: all that was written before is on the medium. One at a time; those
 * that come while one is under way share the next.
 */
#include <linux/completion.h>
#include "internal.h"
#include "trace.h"

/* An abort for the sake of another command may have ended it. */
#define NVMC_FLUSH_TRIES	2
/* How often what processes may store to is hidden while a flush waits. */
#define NVMC_FLUSH_HIDE		max(HZ / 20, 1)

struct nvmc_flush {
	struct nvm_cmd		cmd;
	struct completion	done;
};

static void nvmc_flush_cmd_done(struct nvm_cmd *cmd)
{
	complete(&container_of(cmd, struct nvmc_flush, cmd)->done);
}

/* The device's volatile buffer. */
static int nvmc_flush_device(struct nvmc_engine *e)
{
	struct nvmc_flush f = {
		.cmd	= { .op = NVM_OP_FLUSH, .done = nvmc_flush_cmd_done },
	};
	int tries = NVMC_FLUSH_TRIES;

	do {
		init_completion(&f.done);
		e->d.backend->submit(e->d.private, &f.cmd);
		wait_for_completion_io(&f.done);
	} while (f.cmd.status && !nvmc_is_dead(e) && --tries);
	return f.cmd.status;
}

static void nvmc_flush_close(struct nvmc_engine *e)
{
	u32 i;

	for (i = 0; i < e->c.geo.shards; i++) {
		guard(spinlock)(&e->parts[i].lock);
		nvmc_flush_begin(e->parts[i].sh, nvmc_now());
	}
}

static bool nvmc_flush_is_done(struct nvmc_engine *e, struct nvmc_part *part)
{
	guard(spinlock)(&part->lock);
	return nvmc_flush_done(part->sh) || nvmc_is_dead(e);
}

/* How many blocks the medium refused. */
static u32 nvmc_flush_wait(struct nvmc_engine *e)
{
	u32 i, refused = 0;

	for (i = 0; i < e->c.geo.shards; i++) {
		struct nvmc_part *part = &e->parts[i];

		while (!wait_event_timeout(part->wait,
					   nvmc_flush_is_done(e, part),
					   NVMC_FLUSH_HIDE))
			nvmc_view_hide_written(e);
		guard(spinlock)(&part->lock);
		refused += nvmc_flush_end(part->sh);
	}
	return refused;
}

static int nvmc_flush_all(struct nvmc_engine *e)
{
	u32 refused;

	nvmc_view_hide_written(e);
	nvmc_flush_close(e);
	nvmc_begin_writing(e);
	refused = nvmc_flush_wait(e);
	trace_nvmc_flush(e, refused);
	if (nvmc_is_dead(e))
		return -EIO;
	if (e->d.flushes && nvmc_flush_device(e))
		return -EIO;
	return refused ? -EIO : 0;
}

/**
 * nvmc_engine_flush() - what was written before is durable
 * @engine: &struct nvmc_engine
 *
 * Context: may sleep, as long as the medium takes for all that is dirty.
 * Return: 0; -EIO if some of what is in the cache could not be written, be it
 * that an earlier flush has said so already.
 */
int nvmc_engine_flush(void *engine)
{
	struct nvmc_engine *e = engine;
	u64 need;

	/* One that begins from here on has all that the caller has written. */
	smp_mb();
	need = atomic64_read(&e->begun) + 1;
	guard(mutex)(&e->flush_mutex);
	if (e->done >= need)
		return e->flush_err;
	need = atomic64_inc_return(&e->begun);
	e->flush_err = nvmc_flush_all(e);
	e->done = need;
	return e->flush_err;
}
EXPORT_SYMBOL_GPL(nvmc_engine_flush);

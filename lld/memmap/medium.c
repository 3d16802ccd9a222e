// SPDX-License-Identifier: GPL-2.0-only
/*
 * What commands work on: the device's memory, its undo log, its buffer.
 */
#include <linux/io.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <nvm/persist.h>
#include "cmd.h"

static int refuse(struct nvmm_why *why, const struct nvmm_spec *spec,
		  const char *cause)
{
	char range[NVMM_RANGE_TEXT];

	nvmm_say(why, "%s: %s", nvmm_range_text(spec, range, sizeof(range)),
		 cause);
	return -ENOMEM;
}

static void buffer_retire(struct nvmm_cmds *cmds, u64 nr)
{
	u32 at;

	if (!cmds->buffer)
		return;
	div_u64_rem(nr, cmds->buffer_len, &at);
	nvmm_undo_retire(&cmds->undo, cmds->buffer[at]);
}

/**
 * nvmm_buffer_drain() - what the buffer took first is on the medium
 * @cmds: of the device, locked
 * @to: so many writes, of all that it ever took, have left it
 *
 * Durable after nvm_fence().
 */
void nvmm_buffer_drain(struct nvmm_cmds *cmds, u64 to)
{
	lockdep_assert_held(&cmds->lock);
	for (; cmds->buffer_out < to; cmds->buffer_out++)
		buffer_retire(cmds, cmds->buffer_out);
}

static void drain_all(struct nvmm_cmds *cmds)
{
	guard(spinlock_irqsave)(&cmds->lock);
	nvmm_buffer_drain(cmds, cmds->buffer_in);
	nvm_fence();
}

/**
 * nvmm_buffer_lose() - does a power cut lose what is in the buffer
 * @cmds: of the device
 * @lose: from now on it does; or what it holds, too, is as good as on the
 *	  medium
 */
void nvmm_buffer_lose(struct nvmm_cmds *cmds, bool lose)
{
	u64 in;

	guard(spinlock_irqsave)(&cmds->lock);
	cmds->tune.lose = lose;
	if (lose || cmds->off)
		return;
	/* It stays as full as it is. */
	for (in = cmds->buffer_out; in < cmds->buffer_in; in++)
		buffer_retire(cmds, in);
	nvm_fence();
}

/**
 * nvmm_power_cut() - nothing reaches the medium any more
 * @cmds: of the device
 *
 * For good: the device made anew on the same memory is as after a power cut.
 *
 * Return: 0, or -EBUSY while it is being expanded: then its log is on its way.
 */
int nvmm_power_cut(struct nvmm_cmds *cmds)
{
	guard(spinlock_irqsave)(&cmds->lock);
	if (cmds->bigger)
		return -EBUSY;
	WRITE_ONCE(cmds->off, 1);
	return 0;
}

static void say_found(const struct nvmm_spec *spec,
		      const struct nvmm_undo_found *found)
{
	char range[NVMM_RANGE_TEXT];

	nvmm_range_text(spec, range, sizeof(range));
	if (found->state == NVMM_UNDO_DAMAGED)
		pr_err("nvm_memmap: %s: the undo log is damaged or of another version: a new one begins\n",
		       range);
	if (found->damaged)
		pr_err("nvm_memmap: %s: %u damaged entries of the undo log are not restored\n",
		       range, found->damaged);
	if (found->restored || found->torn)
		pr_info("nvm_memmap: %s: the power was cut: %u write units restored, %u entries torn\n",
			range, found->restored, found->torn);
}

static int recover(struct nvmm_cmds *cmds, const struct nvmm_spec *spec)
{
	struct nvmm_undo_found found;
	int err;

	err = nvmm_undo_recover(cmds->mem, spec->size, &found);
	if (err)
		return err;
	say_found(spec, &found);
	nvmm_undo_place(&cmds->undo, cmds->mem, spec->size,
			spec->opt[NVMM_OPT_WRITE_UNIT], nvmm_cells(spec));
	if (cmds->undo.cells)
		nvmm_undo_format(&cmds->undo);
	else if (found.state != NVMM_UNDO_NONE)
		/* Without one these bytes are somebody's data. */
		nvmm_undo_wipe(cmds->mem, spec->size);
	return 0;
}

static int make_cells(struct nvmm_cmds *cmds)
{
	u32 nr = cmds->undo.cells;
	u32 i;

	if (!nr)
		return 0;
	cmds->cells = kvmalloc_array(nr, sizeof(*cmds->cells), GFP_KERNEL);
	if (!cmds->cells)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		cmds->cells[i] = i;
	if (cmds->buffer_len)
		cmds->buffer = cmds->cells + cmds->nr_slots * cmds->span;
	return 0;
}

static int make_slots(struct nvmm_cmds *cmds)
{
	u32 i;

	cmds->slots = kvcalloc(cmds->nr_slots, sizeof(*cmds->slots),
			       GFP_KERNEL);
	if (!cmds->slots || make_cells(cmds))
		return -ENOMEM;
	for (i = 0; i < cmds->nr_slots; i++) {
		cmds->slots[i].cmds = cmds;
		if (cmds->cells)
			cmds->slots[i].cells = cmds->cells + i * cmds->span;
		nvmm_cmd_timer_init(&cmds->slots[i]);
	}
	return 0;
}

static void set_options(struct nvmm_cmds *cmds, const struct nvmm_spec *spec)
{
	const u64 *opt = spec->opt;

	cmds->start = spec->start;
	cmds->span = nvmm_span_units(spec);
	cmds->busy = opt[NVMM_OPT_BUSY_UNIT] / opt[NVMM_OPT_WRITE_UNIT];
	cmds->max_transfer = opt[NVMM_OPT_MAX_TRANSFER];
	cmds->nr_slots = opt[NVMM_OPT_DEPTH];
	cmds->buffer_len = opt[NVMM_OPT_BUFFER] / opt[NVMM_OPT_WRITE_UNIT];
	cmds->tune = (struct nvmm_tune) {
		.depth = opt[NVMM_OPT_DEPTH],
		.write_ns = opt[NVMM_OPT_WRITE_NS],
		.read_ns = opt[NVMM_OPT_READ_NS], .bw = opt[NVMM_OPT_BW],
		.jitter = opt[NVMM_OPT_JITTER], .seed = opt[NVMM_OPT_SEED],
		.fail = opt[NVMM_OPT_FAIL], .stall = opt[NVMM_OPT_STALL],
		.bad_at = U64_MAX, .lose = opt[NVMM_OPT_LOSE],
	};
	cmds->random = cmds->tune.seed ?: 1;
}

static int make_all(struct nvmm_cmds *cmds, const struct nvmm_spec *spec)
{
	cmds->mem = memremap(spec->start, spec->size, MEMREMAP_WB);
	if (!cmds->mem || recover(cmds, spec))
		return -ENOMEM;
	return make_slots(cmds);
}

static void free_all(struct nvmm_cmds *cmds)
{
	kvfree(cmds->slots);
	kvfree(cmds->cells);
	if (cmds->mem)
		memunmap(cmds->mem);
	kfree(cmds);
}

/**
 * nvmm_cmds_create() - what a device needs to take commands
 * @spec: the device; its memory is claimed
 * @why: the cause, set on failure
 *
 * What a power cut has left half done is restored first.
 *
 * Return: to be ended by nvmm_cmds_destroy(), or ERR_PTR(-ENOMEM).
 */
struct nvmm_cmds *nvmm_cmds_create(const struct nvmm_spec *spec,
				   struct nvmm_why *why)
{
	struct nvmm_cmds *cmds = kzalloc(sizeof(*cmds), GFP_KERNEL);

	if (!cmds)
		return ERR_PTR(refuse(why, spec, "no memory"));
	spin_lock_init(&cmds->lock);
	set_options(cmds, spec);
	if (make_all(cmds, spec)) {
		free_all(cmds);
		return ERR_PTR(refuse(why, spec, "no memory to map it"));
	}
	return cmds;
}

/**
 * nvmm_cmds_destroy() - no more commands
 * @cmds: of the device, none in flight; or NULL
 *
 * The device is switched off in an orderly way: its buffer is on the medium.
 */
void nvmm_cmds_destroy(struct nvmm_cmds *cmds)
{
	if (!cmds)
		return;
	if (!cmds->off)
		drain_all(cmds);
	free_all(cmds);
}

/**
 * nvmm_cmds_describe() - what the core is to know of it
 * @cmds: of the device
 * @spec: the device
 * @desc: of its region
 */
void nvmm_cmds_describe(const struct nvmm_cmds *cmds,
			const struct nvmm_spec *spec,
			struct nvm_region_desc *desc)
{
	desc->size = cmds->undo.medium;
	desc->mem.size = cmds->undo.medium;
	desc->caps |= NVM_CAP_DISCARD;
	if (cmds->buffer_len)
		desc->pdomain = NVM_PDOMAIN_DEVICE_CMD;
	desc->cmd = (struct nvm_cmd_limits) {
		.write_unit	= spec->opt[NVMM_OPT_WRITE_UNIT],
		.erase_unit	= spec->opt[NVMM_OPT_ERASE_UNIT],
		.busy_unit	= spec->opt[NVMM_OPT_BUSY_UNIT],
		.max_transfer	= spec->opt[NVMM_OPT_MAX_TRANSFER],
		.queue_depth	= spec->opt[NVMM_OPT_DEPTH],
		.timeout_ms	= spec->opt[NVMM_OPT_TIMEOUT],
	};
}

/* What is undone when the power comes back is found where the log is now. */
static int begin_growth(struct nvmm_cmds *cmds, void *bigger)
{
	guard(spinlock_irqsave)(&cmds->lock);
	if (cmds->off)
		return -ENODEV;
	cmds->bigger = bigger;
	return 0;
}

static void end_growth(struct nvmm_cmds *cmds)
{
	guard(spinlock_irqsave)(&cmds->lock);
	cmds->bigger = NULL;
}

/**
 * nvmm_cmds_grow_prepare() - map what the device is to become
 * @cmds: of the device
 * @size: bytes of all its memory afterwards
 *
 * Return: 0, -ENODEV after a power cut, -ENOMEM.
 */
int nvmm_cmds_grow_prepare(struct nvmm_cmds *cmds, u64 size)
{
	void *bigger = memremap(cmds->start, size, MEMREMAP_WB);
	int err;

	if (!bigger)
		return -ENOMEM;
	err = begin_growth(cmds, bigger);
	if (err)
		memunmap(bigger);
	return err;
}

/* No command is in flight and, with the buffer empty, nothing in the log. */
static void move_log(struct nvmm_cmds *cmds, u64 size)
{
	struct nvmm_undo undo;
	u64 old_size;

	old_size = cmds->undo.medium +
		   nvmm_undo_size(cmds->undo.unit, cmds->undo.cells);
	nvmm_undo_place(&undo, cmds->bigger, size, cmds->undo.unit,
			cmds->undo.cells);
	nvmm_undo_format(&undo);
	if (undo.cells)
		nvmm_undo_wipe(cmds->bigger, old_size);
	guard(spinlock_irqsave)(&cmds->lock);
	cmds->undo = undo;
}

/**
 * nvmm_cmds_grow_commit() - the log moves to the new end
 * @cmds: of the device; the core holds commands off
 * @size: as prepared
 */
void nvmm_cmds_grow_commit(struct nvmm_cmds *cmds, u64 size)
{
	WARN_ON_ONCE(cmds->count.in_flight);
	drain_all(cmds);
	move_log(cmds, size);
	memunmap(cmds->mem);
	cmds->mem = cmds->bigger;
	end_growth(cmds);
}

/**
 * nvmm_cmds_grow_abort() - stay as it was
 * @cmds: of the device
 */
void nvmm_cmds_grow_abort(struct nvmm_cmds *cmds)
{
	memunmap(cmds->bigger);
	end_growth(cmds);
}

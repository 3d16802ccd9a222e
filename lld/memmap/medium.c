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

static void buffer_retire(struct nvmm_cmds *cmds, u64 nr)
{
	u32 at;

	if (!cmds->shape.buffer)
		return;
	div_u64_rem(nr, cmds->shape.buffer_len, &at);
	nvmm_undo_retire(&cmds->shape.undo, cmds->shape.buffer[at]);
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
 * Return: 0, or -EBUSY while its log is on its way: it is being expanded or
 * changed.
 */
int nvmm_power_cut(struct nvmm_cmds *cmds)
{
	guard(spinlock_irqsave)(&cmds->lock);
	if (cmds->moving)
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
	nvmm_undo_place(&cmds->shape.undo, cmds->mem, spec->size,
			spec->opt[NVMM_OPT_WRITE_UNIT], nvmm_cells(spec));
	if (cmds->shape.undo.cells)
		nvmm_undo_format(&cmds->shape.undo);
	else if (found.state != NVMM_UNDO_NONE)
		/* Without one these bytes are somebody's data. */
		nvmm_undo_wipe(cmds->mem, spec->size);
	return 0;
}

static int make_cells(struct nvmm_shape *s)
{
	u32 nr = s->undo.cells;
	u32 i;

	if (!nr)
		return 0;
	s->cells = kvmalloc_array(nr, sizeof(*s->cells), GFP_KERNEL);
	if (!s->cells)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		s->cells[i] = i;
	if (s->buffer_len)
		s->buffer = s->cells + s->nr_slots * s->span;
	return 0;
}

static int make_slots(struct nvmm_shape *s, struct nvmm_cmds *cmds)
{
	u32 i;

	if (make_cells(s))
		return -ENOMEM;
	s->slots = kvcalloc(s->nr_slots, sizeof(*s->slots), GFP_KERNEL);
	if (!s->slots)
		return -ENOMEM;
	for (i = 0; i < s->nr_slots; i++) {
		s->slots[i].cmds = cmds;
		if (s->cells)
			s->slots[i].cells = s->cells + i * s->span;
		nvmm_cmd_timer_init(&s->slots[i]);
	}
	return 0;
}

/* The undo log is placed. */
static int make_shape(struct nvmm_shape *s, const struct nvmm_spec *spec,
		      struct nvmm_cmds *cmds)
{
	const u64 *opt = spec->opt;
	u64 unit = opt[NVMM_OPT_WRITE_UNIT];

	s->span = nvmm_span_units(spec);
	s->busy = opt[NVMM_OPT_BUSY_UNIT] / unit;
	s->max_transfer = opt[NVMM_OPT_MAX_TRANSFER];
	s->nr_slots = opt[NVMM_OPT_DEPTH];
	s->buffer_len = opt[NVMM_OPT_BUFFER] / unit;
	return make_slots(s, cmds);
}

static void free_shape(struct nvmm_shape *s)
{
	u32 i;

	/* The last may have ended, but its timer not yet have returned. */
	for (i = 0; s->slots && i < s->nr_slots; i++)
		hrtimer_cancel(&s->slots[i].timer);
	kvfree(s->slots);
	kvfree(s->cells);
}

static void set_tune(struct nvmm_cmds *cmds, const struct nvmm_spec *spec)
{
	const u64 *opt = spec->opt;

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
	return make_shape(&cmds->shape, spec, cmds);
}

static void free_all(struct nvmm_cmds *cmds)
{
	free_shape(&cmds->shape);
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
		return ERR_PTR(nvmm_refuse(why, -ENOMEM, spec, "no memory"));
	spin_lock_init(&cmds->lock);
	cmds->start = spec->start;
	set_tune(cmds, spec);
	if (make_all(cmds, spec)) {
		free_all(cmds);
		return ERR_PTR(nvmm_refuse(why, -ENOMEM, spec,
					   "no memory to map it"));
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
 * @shape: of its commands
 * @spec: the device
 * @desc: of its region
 */
void nvmm_cmds_describe(const struct nvmm_shape *shape,
			const struct nvmm_spec *spec,
			struct nvm_region_desc *desc)
{
	desc->size = shape->undo.medium;
	desc->mem.size = shape->undo.medium;
	desc->caps |= NVM_CAP_DISCARD;
	desc->pdomain = shape->buffer_len ? NVM_PDOMAIN_DEVICE_CMD :
					    NVM_PDOMAIN_NONE;
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
static int begin_move(struct nvmm_cmds *cmds)
{
	guard(spinlock_irqsave)(&cmds->lock);
	if (cmds->off)
		return -ENODEV;
	cmds->moving = true;
	return 0;
}

static void end_move(struct nvmm_cmds *cmds)
{
	guard(spinlock_irqsave)(&cmds->lock);
	cmds->moving = false;
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
	int err = begin_move(cmds);

	if (err)
		return err;
	cmds->bigger = memremap(cmds->start, size, MEMREMAP_WB);
	if (cmds->bigger)
		return 0;
	end_move(cmds);
	return -ENOMEM;
}

/* No command is in flight and, with the buffer empty, nothing in the log. */
static void move_log(struct nvmm_cmds *cmds, u64 size)
{
	struct nvmm_undo *old = &cmds->shape.undo;
	struct nvmm_undo undo;
	u64 old_size;

	old_size = old->medium + nvmm_undo_size(old->unit, old->cells);
	nvmm_undo_place(&undo, cmds->bigger, size, old->unit, old->cells);
	nvmm_undo_format(&undo);
	if (undo.cells)
		nvmm_undo_wipe(cmds->bigger, old_size);
	guard(spinlock_irqsave)(&cmds->lock);
	*old = undo;
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
	end_move(cmds);
}

/**
 * nvmm_cmds_grow_abort() - stay as it was
 * @cmds: of the device
 */
void nvmm_cmds_grow_abort(struct nvmm_cmds *cmds)
{
	memunmap(cmds->bigger);
	end_move(cmds);
}

/**
 * nvmm_cmds_change_prepare() - all of other limits that can fail
 * @cmds: of the device
 * @spec: what it is to be, at the same place and of the same size
 * @next: set to what nvmm_cmds_describe() and nvmm_cmds_change_commit() take; to
 *	  be ended by nvmm_cmds_change_end()
 *
 * Return: 0, -ENODEV after a power cut, -ENOMEM; then there is nothing to end.
 */
int nvmm_cmds_change_prepare(struct nvmm_cmds *cmds,
			     const struct nvmm_spec *spec,
			     struct nvmm_shape *next)
{
	int err = begin_move(cmds);

	if (err)
		return err;
	*next = (struct nvmm_shape) { };
	nvmm_undo_place(&next->undo, cmds->mem, spec->size,
			spec->opt[NVMM_OPT_WRITE_UNIT], nvmm_cells(spec));
	err = make_shape(next, spec, cmds);
	if (err)
		nvmm_cmds_change_end(cmds, next);
	return err;
}

/**
 * nvmm_cmds_change_commit() - be what was prepared
 * @cmds: of the device; nobody gives it commands
 * @next: prepared; afterwards what is not needed any more
 *
 * What is in the buffer is on the medium before the log, then empty, makes room
 * for one of the new size.
 */
void nvmm_cmds_change_commit(struct nvmm_cmds *cmds, struct nvmm_shape *next)
{
	WARN_ON_ONCE(cmds->count.in_flight);
	drain_all(cmds);
	nvmm_undo_format(&next->undo);
	guard(spinlock_irqsave)(&cmds->lock);
	if (next->nr_slots > cmds->shape.nr_slots)
		cmds->tune.depth = next->nr_slots;
	swap(cmds->shape, *next);
	cmds->buffer_in = 0;
	cmds->buffer_out = 0;
}

/**
 * nvmm_cmds_change_end() - it is done, or given up
 * @cmds: of the device
 * @next: as prepared, or what the commit left
 */
void nvmm_cmds_change_end(struct nvmm_cmds *cmds, struct nvmm_shape *next)
{
	free_shape(next);
	end_move(cmds);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * One command. While it is in flight what it touches, rounded out to busy
 * units, reads as garbage: from inside submit until just before its end. The
 * timer that ends it is a soft one: data is copied with interrupts on, and
 * without the detour over a thread, which would cost more than most copies.
 */
#include <linux/bvec.h>
#include <linux/highmem.h>
#include <linux/math64.h>
#include <nvm/persist.h>
#include "cmd.h"

/* One word of each is garbled: more costs time and shows no more. */
#define LINE_WORDS	(64 / sizeof(u64))
/* All of a write unit can be made of these. */
#define ZEROS		512

static const u8 zeros[ZEROS];

static u32 unit_of(const struct nvmm_cmds *cmds)
{
	return cmds->shape.undo.unit;
}

static void *medium_at(const struct nvmm_cmds *cmds, u64 off)
{
	return cmds->shape.undo.mem + off;
}

/* Xorshift. */
static u64 next_random(struct nvmm_cmds *cmds)
{
	u64 r = cmds->random;

	r ^= r << 13;
	r ^= r >> 7;
	r ^= r << 17;
	cmds->random = r;
	return r;
}

/* Twice is as if never. */
static void garble(struct nvmm_slot *slot, u64 first, u64 nr)
{
	u64 *word = medium_at(slot->cmds, first * unit_of(slot->cmds));
	u64 *end = medium_at(slot->cmds, (first + nr) * unit_of(slot->cmds));

	for (word += slot->key % LINE_WORDS; word < end; word += LINE_WORDS) {
		u64 garbage = *word ^ slot->key;

		nvm_store(word, &garbage, sizeof(garbage));
	}
}

static u64 cmd_first(const struct nvmm_slot *slot)
{
	return div_u64(slot->cmd->dst, unit_of(slot->cmds));
}

/*
 * Write units that arrive. A command that fails has done half of its work: who
 * takes a failure for nothing written is wrong.
 */
static u32 cmd_units(const struct nvmm_slot *slot)
{
	u32 units = div_u64(slot->cmd->len, unit_of(slot->cmds));

	return slot->status ? units / 2 : units;
}

static void store_data(struct nvmm_slot *slot, u32 len)
{
	void *dst = medium_at(slot->cmds, slot->cmd->dst);
	struct bvec_iter start = slot->cmd->iter;
	struct bvec_iter iter;
	struct bio_vec bv;

	start.bi_size = len;
	for_each_bvec(bv, slot->cmd->bvecs, iter, start) {
		void *src = kmap_local_page(bv.bv_page);

		nvm_store(dst, src + bv.bv_offset, bv.bv_len);
		kunmap_local(src);
		dst += bv.bv_len;
	}
}

static void store_zeros(struct nvmm_slot *slot, u32 len)
{
	void *dst = medium_at(slot->cmds, slot->cmd->dst);
	u32 done;

	for (done = 0; done < len; done += ZEROS)
		nvm_store(dst + done, zeros, ZEROS);
}

/* All of the new data is there, and what lies around it is as before. */
static void arrive(struct nvmm_slot *slot)
{
	u64 first = cmd_first(slot);
	u32 units = cmd_units(slot);
	u64 end = first + units;

	garble(slot, slot->first, first - slot->first);
	garble(slot, end, slot->first + slot->nr - end);
	if (slot->cmd->op == NVM_OP_WRITE)
		store_data(slot, units * unit_of(slot->cmds));
	else
		store_zeros(slot, units * unit_of(slot->cmds));
	nvm_fence();
}

/*
 * A write is in the buffer, and pushes out the oldest if there is no room.
 * @cell: NULL without a log, and then nothing is to be lost
 */
static void buffer_push(struct nvmm_cmds *cmds, u32 *cell)
{
	u32 at;

	if (cmds->buffer_in - cmds->buffer_out == cmds->shape.buffer_len)
		nvmm_buffer_drain(cmds, cmds->buffer_out + 1);
	div_u64_rem(cmds->buffer_in++, cmds->shape.buffer_len, &at);
	if (cmds->tune.lose)
		swap(cmds->shape.buffer[at], *cell);
	else if (cell)
		nvmm_undo_retire(&cmds->shape.undo, *cell);
}

/* What the log and the buffer hold of a command that has arrived. */
static void settle_cells(struct nvmm_slot *slot)
{
	struct nvmm_cmds *cmds = slot->cmds;
	u64 first = cmd_first(slot) - slot->first;
	u64 end = first + cmd_units(slot);
	bool log = cmds->shape.undo.cells;
	u32 i;

	if (!log && !cmds->shape.buffer_len)
		return;
	for (i = 0; i < slot->nr; i++) {
		u32 *cell = log ? &slot->cells[i] : NULL;

		if (cmds->shape.buffer_len && i >= first && i < end)
			buffer_push(cmds, cell);
		else if (cell)
			nvmm_undo_retire(&cmds->shape.undo, *cell);
	}
}

/* Returns the command, which is the core's again when the lock is let go. */
static struct nvm_cmd *free_slot(struct nvmm_slot *slot)
{
	struct nvm_cmd *cmd = slot->cmd;

	lockdep_assert_held(&slot->cmds->lock);
	/* What is retired stays so, before anybody hears of it. */
	nvm_fence();
	slot->cmd = NULL;
	slot->cmds->count.in_flight--;
	return cmd;
}

static struct nvm_cmd *end_slot(struct nvmm_slot *slot)
{
	struct nvmm_cmds *cmds = slot->cmds;

	guard(spinlock_irqsave)(&cmds->lock);
	if (slot->nr)
		settle_cells(slot);
	else if (!slot->status)
		nvmm_buffer_drain(cmds, slot->flush_to);
	return free_slot(slot);
}

static enum hrtimer_restart timer_fires(struct hrtimer *timer)
{
	struct nvmm_slot *slot = container_of(timer, struct nvmm_slot, timer);
	int status = slot->status;

	/* Without power nothing ends, until the core gives up. */
	if (READ_ONCE(slot->cmds->off))
		return HRTIMER_NORESTART;
	if (slot->nr)
		arrive(slot);
	nvm_cmd_complete(end_slot(slot), status);
	return HRTIMER_NORESTART;
}

/**
 * nvmm_cmd_timer_init() - make a slot ready for its first command
 * @slot: the slot
 */
void nvmm_cmd_timer_init(struct nvmm_slot *slot)
{
	hrtimer_init(&slot->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	slot->timer.function = timer_fires;
}

/* What the command asks for, checked as hardware would. */
static int check_cmd(const struct nvmm_cmds *cmds, const struct nvm_cmd *cmd)
{
	u32 mask = unit_of(cmds) - 1;

	if (cmd->op == NVM_OP_FLUSH)
		return 0;
	if (cmd->op != NVM_OP_WRITE && cmd->op != NVM_OP_DISCARD)
		return -EOPNOTSUPP;
	if (!cmd->len || cmd->len > cmds->shape.max_transfer ||
	    (cmd->dst | cmd->len) & mask)
		return -EINVAL;
	if (cmd->dst >= cmds->shape.undo.medium ||
	    cmd->len > cmds->shape.undo.medium - cmd->dst)
		return -ERANGE;
	if (cmd->op == NVM_OP_WRITE && cmd->iter.bi_size < cmd->len)
		return -EINVAL;
	return 0;
}

static void set_span(struct nvmm_slot *slot)
{
	struct nvmm_cmds *cmds = slot->cmds;
	struct nvm_cmd *cmd = slot->cmd;
	u32 busy = cmds->shape.busy * unit_of(cmds);

	slot->first = 0;
	slot->nr = 0;
	if (cmd->op == NVM_OP_FLUSH)
		return;
	slot->first = div_u64(round_down(cmd->dst, busy), unit_of(cmds));
	slot->nr = div_u64(round_up(cmd->dst + cmd->len, busy),
			   unit_of(cmds)) - slot->first;
}

static bool overlaps(const struct nvmm_slot *a, const struct nvmm_slot *b)
{
	return a->first < b->first + b->nr && b->first < a->first + a->nr;
}

/* The device does one thing at a time in each busy unit. */
static bool is_busy(const struct nvmm_slot *slot)
{
	const struct nvmm_cmds *cmds = slot->cmds;
	u32 i;

	for (i = 0; i < cmds->shape.nr_slots; i++)
		if (&cmds->shape.slots[i] != slot && cmds->shape.slots[i].cmd &&
		    overlaps(&cmds->shape.slots[i], slot))
			return true;
	return false;
}

static struct nvmm_slot *find_slot(struct nvmm_cmds *cmds)
{
	u32 i;

	if (cmds->count.in_flight >= cmds->tune.depth)
		return NULL;
	for (i = 0; i < cmds->shape.nr_slots; i++)
		if (!cmds->shape.slots[i].cmd)
			return &cmds->shape.slots[i];
	return NULL;
}

static bool is_bad(const struct nvmm_cmds *cmds, const struct nvm_cmd *cmd)
{
	return cmd->op != NVM_OP_FLUSH && cmds->tune.bad_at >= cmd->dst &&
	       cmds->tune.bad_at - cmd->dst < cmd->len;
}

static bool counts_down(u64 *n)
{
	return *n && !--*n;
}

static u64 latency(struct nvmm_cmds *cmds)
{
	u64 ns = cmds->tune.write_ns;
	u64 range = div_u64(ns * cmds->tune.jitter, 100);
	u64 more;

	if (!range)
		return ns;
	div64_u64_rem(next_random(cmds), 2 * range + 1, &more);
	return ns - range + more;
}

/* Bytes that have to cross the bus of the medium before the command ends. */
static u64 transfer(const struct nvmm_slot *slot)
{
	const struct nvmm_cmds *cmds = slot->cmds;

	if (slot->cmd->op == NVM_OP_WRITE)
		return slot->cmd->len;
	if (slot->cmd->op == NVM_OP_FLUSH)
		return (cmds->buffer_in - cmds->buffer_out) * unit_of(cmds);
	return 0;
}

/* Transfers come one after the other, what else there is overlaps. */
static ktime_t end_time(struct nvmm_slot *slot)
{
	struct nvmm_cmds *cmds = slot->cmds;
	u64 begin = max(ktime_get_ns(), cmds->bus_free);

	/* MB/s are bytes in each 1000 ns. */
	if (cmds->tune.bw)
		begin += div64_u64(transfer(slot) * 1000, cmds->tune.bw);
	cmds->bus_free = begin;
	return ns_to_ktime(begin + latency(cmds));
}

static void count_cmd(struct nvmm_cmds *cmds, const struct nvm_cmd *cmd)
{
	struct nvmm_count *count = &cmds->count;

	count->commands++;
	if (cmd->op == NVM_OP_WRITE)
		count->bytes += cmd->len;
	count->most = max(count->most, ++count->in_flight);
}

/*
 * A slot for @cmd, with all that will become of it: @end is 0 for what never
 * ends.
 */
static struct nvmm_slot *take_slot(struct nvmm_cmds *cmds, struct nvm_cmd *cmd,
				   ktime_t *end)
{
	struct nvmm_slot *slot;

	guard(spinlock_irqsave)(&cmds->lock);
	if (cmds->off)
		return ERR_PTR(-ENODEV);
	slot = find_slot(cmds);
	if (!slot)
		return ERR_PTR(-EBUSY);
	slot->cmd = cmd;
	set_span(slot);
	if (is_busy(slot)) {
		slot->cmd = NULL;
		return ERR_PTR(-EBUSY);
	}
	slot->flush_to = cmds->buffer_in;
	slot->key = next_random(cmds);
	slot->status = 0;
	if (counts_down(&cmds->tune.fail) || is_bad(cmds, cmd))
		slot->status = -EIO;
	count_cmd(cmds, cmd);
	*end = end_time(slot);
	if (counts_down(&cmds->tune.stall))
		*end = 0;
	return slot;
}

/**
 * nvmm_cmd_submit() - begin a command
 * @cmds: of the device
 * @cmd: the command
 *
 * Context: any, one at a time.
 * Return: 0; -EBUSY: as many as the device takes are in flight, or one of them
 * is in the same busy unit; -ENODEV after a power cut; what is wrong with it.
 */
int nvmm_cmd_submit(struct nvmm_cmds *cmds, struct nvm_cmd *cmd)
{
	struct nvmm_slot *slot;
	ktime_t end;
	int err;

	err = check_cmd(cmds, cmd);
	if (err)
		return err;
	slot = take_slot(cmds, cmd, &end);
	if (IS_ERR(slot))
		return PTR_ERR(slot);
	if (slot->nr) {
		nvmm_undo_save(&cmds->shape.undo, slot->cells, slot->first,
			       slot->nr);
		garble(slot, slot->first, slot->nr);
	}
	if (end)
		hrtimer_start(&slot->timer, end, HRTIMER_MODE_ABS_SOFT);
	return 0;
}

static struct nvm_cmd *take_back(struct nvmm_slot *slot)
{
	struct nvmm_cmds *cmds = slot->cmds;
	u32 i;

	guard(spinlock_irqsave)(&cmds->lock);
	for (i = 0; !cmds->off && cmds->shape.undo.cells && i < slot->nr; i++)
		nvmm_undo_retire(&cmds->shape.undo, slot->cells[i]);
	return free_slot(slot);
}

/* As if it had never begun; after a power cut all stays as it is. */
static void cancel(struct nvmm_slot *slot)
{
	if (!READ_ONCE(slot->cmds->off))
		garble(slot, slot->first, slot->nr);
	nvm_fence();
	nvm_cmd_complete(take_back(slot), -ECANCELED);
}

/**
 * nvmm_cmd_abort() - end all commands that are in flight
 * @cmds: of the device; no command is being begun
 *
 * Context: may sleep.
 */
void nvmm_cmd_abort(struct nvmm_cmds *cmds)
{
	u32 i;

	for (i = 0; i < cmds->shape.nr_slots; i++) {
		struct nvmm_slot *slot = &cmds->shape.slots[i];

		hrtimer_cancel(&slot->timer);
		if (slot->cmd)
			cancel(slot);
	}
	/* Nor does anything cross the bus any more. */
	guard(spinlock_irqsave)(&cmds->lock);
	cmds->bus_free = 0;
}

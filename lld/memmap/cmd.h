/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands of an emulated device: what a command does to its memory, how
 * long it takes, what goes wrong on purpose.
 */
#ifndef NVMM_CMD_H
#define NVMM_CMD_H

#include <linux/hrtimer.h>
#include <linux/spinlock.h>
#include <nvm/lld.h>
#include "options.h"
#include "undo.h"

struct nvmm_cmds;

/**
 * struct nvmm_slot - a command in flight
 * @cmds: of the device
 * @timer: its end
 * @cmd: the core's; NULL: the slot is free
 * @first: number of the first write unit that cannot be read
 * @nr: how many they are; 0 for a flush
 * @key: of the garbage in them, see garble()
 * @status: how it will end
 * @flush_to: a flush: of all writes to the buffer, how many it makes durable
 * @cells: of the undo log, one for each write unit of the longest command
 */
struct nvmm_slot {
	struct nvmm_cmds	*cmds;
	struct hrtimer		timer;
	struct nvm_cmd		*cmd;
	u64			first;
	u32			nr;
	u64			key;
	int			status;
	u64			flush_to;
	u32			*cells;
};

/**
 * struct nvmm_tune - what can be changed while the device works
 * @depth: most commands at a time
 * @write_ns: what a command takes, without its data
 * @read_ns: what each copy out of it takes longer
 * @bw: MB/s of all commands, 0: no limit
 * @jitter: percent that @write_ns varies by, up and down
 * @seed: what @random began with
 * @fail: so many commands from now one fails; 0: none
 * @stall: so many commands from now one never ends; 0: none
 * @bad_at: a write or discard of this byte fails; %U64_MAX: none
 * @lose: a power cut loses what is in the buffer
 */
struct nvmm_tune {
	u64	depth;
	u64	write_ns;
	u64	read_ns;
	u64	bw;
	u64	jitter;
	u64	seed;
	u64	fail;
	u64	stall;
	u64	bad_at;
	u64	lose;
};

/**
 * struct nvmm_count - what the device has seen
 * @commands: commands begun
 * @bytes: bytes written, without discards
 * @in_flight: commands that have not ended
 * @most: most of them at a time
 */
struct nvmm_count {
	u64	commands;
	u64	bytes;
	u64	in_flight;
	u64	most;
};

/**
 * struct nvmm_shape - what depends on the limits of the commands
 * @span: write units of the longest command, with what it makes busy
 * @busy: write units of a busy unit
 * @max_transfer: bytes
 * @slots: commands in flight
 * @nr_slots: how many there are
 * @cells: the numbers of all cells of the undo log, those of the slots first
 * @buffer: cells with what the buffer's writes have replaced, a ring
 * @buffer_len: its length in write units
 * @undo: the undo log
 */
struct nvmm_shape {
	u32			span;
	u32			busy;
	u32			max_transfer;
	struct nvmm_slot	*slots;
	u32			nr_slots;
	u32			*cells;
	u32			*buffer;
	u32			buffer_len;
	struct nvmm_undo	undo;
};

/**
 * struct nvmm_cmds - the commands of a device
 * @start: physical address of the memory
 * @mem: the memory, medium and undo log
 * @bigger: the same and more, between the two phases of an expansion
 * @shape: changed as a whole, while no command is in flight
 * @lock: guards all that follows, and of @shape the slots but for their timers,
 *	  the buffer and the undo log, but while a command fills its cells
 * @buffer_in: writes to the buffer so far
 * @buffer_out: writes that have left it, to the medium
 * @bus_free: when the last transfer will be over, ns
 * @random: xorshift, never 0
 * @off: 1: the power is cut
 * @moving: the log is to be elsewhere soon: the power is not to be cut
 * @tune: what can be changed
 * @count: what was seen
 */
struct nvmm_cmds {
	phys_addr_t		start;
	void			*mem;
	void			*bigger;
	struct nvmm_shape	shape;

	spinlock_t		lock;	/* innermost */
	u64			buffer_in;
	u64			buffer_out;
	u64			bus_free;
	u64			random;
	u64			off;
	bool			moving;
	struct nvmm_tune	tune;
	struct nvmm_count	count;
};

struct nvmm_cmds *nvmm_cmds_create(const struct nvmm_spec *spec,
				   struct nvmm_why *why);
void nvmm_cmds_destroy(struct nvmm_cmds *cmds);
void nvmm_cmds_describe(const struct nvmm_shape *shape,
			const struct nvmm_spec *spec,
			struct nvm_region_desc *desc);

int nvmm_cmds_grow_prepare(struct nvmm_cmds *cmds, u64 size);
void nvmm_cmds_grow_commit(struct nvmm_cmds *cmds, u64 size);
void nvmm_cmds_grow_abort(struct nvmm_cmds *cmds);

int nvmm_cmds_change_prepare(struct nvmm_cmds *cmds,
			     const struct nvmm_spec *spec,
			     struct nvmm_shape *next);
void nvmm_cmds_change_commit(struct nvmm_cmds *cmds, struct nvmm_shape *next);
void nvmm_cmds_change_end(struct nvmm_cmds *cmds, struct nvmm_shape *next);

int nvmm_cmd_submit(struct nvmm_cmds *cmds, struct nvm_cmd *cmd);
void nvmm_cmd_abort(struct nvmm_cmds *cmds);
void nvmm_cmd_timer_init(struct nvmm_slot *slot);

void nvmm_buffer_drain(struct nvmm_cmds *cmds, u64 to);
void nvmm_buffer_lose(struct nvmm_cmds *cmds, bool lose);
int nvmm_power_cut(struct nvmm_cmds *cmds);

#endif /* NVMM_CMD_H */

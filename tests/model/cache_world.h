/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pure half of the cache at work: readers, writers, commands, a flush, each
 * in small steps that random takes in any order, on a device that may be cut
 * off. A sector is one number: the stamp of the write that made it; each write
 * has a higher one. So the reference is an array.
 *
 * The device keeps what the contract of a type-2 region says: the mapping is
 * undefined in the busy units of commands in flight, a write unit arrives whole
 * or not at all, a command that failed may have written any of its blocks, and
 * what was not flushed may be lost, any part of it. For each sector the oldest
 * data that a cut now would leave is known: as the sectors do not depend on
 * each other, that is each state in which a cut can leave the device.
 */
#ifndef NVM_CACHE_WORLD_H
#define NVM_CACHE_WORLD_H

#include "../../uld/cache/cache.h"

#define WORLD_TASKS	6
#define WORLD_COMMANDS	4
#define WORLD_DISCARDS	2
#define WORLD_RUN	16
#define WORLD_SPB	8		/* most sectors of a block */

enum task_kind { TASK_IDLE, TASK_WRITE, TASK_COPY, TASK_READ, TASK_MAPPING, TASK_PEEK };

struct task {
	enum task_kind	kind;
	u64		block;
	u64		sectors;
	u32		stamp;
	u32		slot, old;
	u32		at;		/* next sector */
	struct nvmc_seen seen;
	u32		floor[WORLD_SPB];
	u32		got[WORLD_SPB];	/* by a peek */
};

enum cmd_state { CMD_IDLE, CMD_DRAINING, CMD_IN_FLIGHT };

struct command {
	enum cmd_state	state;
	struct nvmc_run	run;
	u32		slot[WORLD_RUN];
	u32		drained;
	u32		data[WORLD_RUN * WORLD_SPB];
};

/* Of the medium, too. */
struct discard {
	enum cmd_state	state;
	struct nvmc_run	run;
	u32		drained;
};

enum flush_state { FLUSH_IDLE, FLUSH_BLOCKS, FLUSH_DEVICE };

struct world_options {
	struct nvmc_geometry	geo;
	u32			blocks;		/* of the medium */
	u32			hot;		/* of these, most writes go to */
	bool			volatile_buffer;
	u32			fail;		/* one command in so many; 0 none */
	u32			bad;		/* blocks that fail always */
	u32			silent;		/* of those that fail, one in so many; 0 none */
	unsigned long long	seed;
};

struct world {
	struct world_options	o;
	unsigned long long	random;
	struct nvmc		c;
	u32			spb;
	u32			now;
	u32			stamp;
	/* by sector */
	u32			*medium;	/* what the mapping shows */
	u32			*oldest;	/* that a cut may leave */
	u32			*flushing;	/* medium when the flush began */
	u32			*since;		/* oldest that came since */
	u32			*latest;	/* acknowledged */
	u32			*wanted;	/* by the flush under way */
	u32			*durable;	/* acknowledged as such */
	u32			*issued;
	/* by block */
	u8			*in_flight;
	u8			*bad;
	u32			**data;		/* by shard: slots' memory */
	u8			**has;		/* by shard: slots with memory */
	struct task		task[WORLD_TASKS];
	struct command		cmd[WORLD_COMMANDS];
	struct discard		discard[WORLD_DISCARDS];
	enum flush_state	flush;
	u32			refused;
	bool			failed_some;
	/* how far the test came */
	unsigned long		flushes, errors, cuts, runs, reads, bridged, discards;
	unsigned long		peeks, late;
	char			why[160];	/* what is wrong, or empty */
};

void world_init(struct world *w, const struct world_options *o);
void world_exit(struct world *w);

/* Writes to a block that was in flight. */
unsigned long world_copies(const struct world *w);

/* Steps of everything, until something is wrong. */
bool world_run(struct world *w, unsigned long steps);

/* No new work; all is done, all is flushed. False if something is wrong. */
bool world_settle(struct world *w);

/* A read of each sector has what was written last. */
bool world_read_all(struct world *w);

/* The power is cut now: is all there that was acknowledged? */
bool world_cut(struct world *w);

#endif /* NVM_CACHE_WORLD_H */

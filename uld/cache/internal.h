/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the engine share with each other and with nobody else.
 *
 * Lock order, outermost first:
 *
 *	nvmc_engine.flush_mutex		one flush at a time
 *	nvmc_engine.work_mutex		who finds what to write and settles it
 *	nvmc_view.lock			pages shown and hidden, view.c
 *	nvmc_part.lock			never two of them; nothing sleeps under it
 *
 * The shrinker takes nvmc_part.lock; so nobody allocates under it. The core calls
 * nvm_uld.poison with its poison_mutex held: that is outside of nvmc_view.lock.
 */
#ifndef NVMC_INTERNAL_H
#define NVMC_INTERNAL_H

#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/xarray.h>
#include <nvm/compat.h>
#include "cache.h"
#include "engine.h"

/**
 * struct nvmc_part - a shard with what the bookkeeping does not know of
 * @lock: the shard's
 * @sh: the shard
 * @wait: for anything in the shard to change
 * @mem: by slot: its memory, never highmem; set and taken under @lock, looked at
 *	 without
 * @pace: how fast writers may go; @lock
 * @throttled: nanoseconds that writers were made to wait; @lock
 * @stalls: times that somebody waited for a slot or a block; @lock
 */
struct nvmc_part {
	spinlock_t		lock;	/* see the lock order */
	struct nvmc_shard	*sh;
	wait_queue_head_t	wait;
	void			**mem;
	struct nvmc_pace	pace;
	u64			throttled;
	u64			stalls;
} ____cacheline_aligned_in_smp;

/**
 * struct nvmc_write - a command of the write-back
 * @cmd: for the device
 * @e: whose
 * @run: what it writes
 * @flush: a flush began it, not the thread
 * @given: the device was given it
 * @asked: when that was
 * @drained: blocks of @run whose mapping nobody reads any more
 * @bvecs: the data
 * @gap: memory for blocks that have no slot, as many as @run can have
 * @node: spare or draining
 * @ended: in &nvmc_engine.ended
 */
struct nvmc_write {
	struct nvm_cmd		cmd;
	struct nvmc_engine	*e;
	struct nvmc_run		run;
	bool			flush;
	bool			given;
	struct nvmc_asked	asked;
	u32			drained;
	struct bio_vec		*bvecs;
	void			**gap;
	struct list_head	node;
	struct llist_node	ended;
};

/**
 * struct nvmc_errand - a command that somebody waits for
 * @cmd: for the device
 * @done: it ended
 * @node: in &nvmc_errands.idle
 */
struct nvmc_errand {
	struct nvm_cmd		cmd;
	struct completion	done;
	struct list_head	node;
};

/**
 * struct nvmc_errands - as many of them as may be under way
 * @lock: for @idle
 * @idle: those that nobody uses, for the longest time first
 * @wait: for one of these
 * @all: of them
 */
struct nvmc_errands {
	spinlock_t		lock;	/* the innermost */
	struct list_head	idle;
	wait_queue_head_t	wait;
	struct nvmc_errand	*all;
};

/**
 * struct nvmc_view - what processes have mapped
 * @mapping: through which; NULL if they cannot
 * @lock: see the lock order
 * @pins: by page: the slot that is pinned for it
 * @nr: of them
 * @since: jiffies: when pages that may be stored to were hidden last
 */
struct nvmc_view {
	struct address_space	*mapping;
	struct mutex		lock;	/* see the lock order */
	struct xarray		pins;
	unsigned int		nr;
	unsigned long		since;
};

/**
 * struct nvmc_access - a read or write of some of a block
 * @e: the engine
 * @part: the block's
 * @block: its number
 * @sectors: which of it, a bit each
 * @write: to it
 * @nowait: do not sleep
 * @may_alloc: more memory may be asked for
 * @refused: when there was none for the first time, in jiffies; or 0
 * @given: blocks of memory that it got
 * @answer: what the bookkeeping says
 * @slot: goes with @answer
 * @old: the same
 * @delay: write: nanoseconds to wait afterwards
 */
struct nvmc_access {
	struct nvmc_engine	*e;
	struct nvmc_part	*part;
	u64			block;
	u64			sectors;
	bool			write;
	bool			nowait;
	bool			may_alloc;
	unsigned long		refused;
	unsigned int		given;
	enum nvmc_answer	answer;
	u32			slot;
	u32			old;
	u64			delay;
};

/* &nvmc_engine.flags */
#define NVMC_KICKED	0	/* the thread is to look around */
#define NVMC_IDLE	1	/* it sleeps until it is kicked: nothing is dirty */
#define NVMC_DEAD	2	/* the medium is gone */

/**
 * struct nvmc_engine - a cache at work
 * @c: the bookkeeping
 * @d: as given; its limits are the region's
 * @bb: the region's poison
 * @parts: one a shard
 * @counts: what was done without a shard's lock
 * @order: pages of a block, as alloc_pages() wants it
 * @flags: NVMC_KICKED and so on
 * @thread: does all writing back, but what a flush does itself
 * @flusher: who waits for a flush, and settles what it began; or NULL
 * @work_mutex: who finds what to write and settles it
 * @ended: &struct nvmc_write that the device is done with
 * @writes: @nr_writes of them
 * @nr_writes: one more than there may be at a time
 * @spare: those of @writes that are not used; @work_mutex
 * @draining: those that wait for readers; @work_mutex
 * @in_flight: those that the device has; @work_mutex
 * @rate: how fast it is; @work_mutex
 * @health: whether it answers; @work_mutex
 * @next: the part to look at next; @work_mutex
 * @flush_mutex: whose turn it is to flush
 * @begun: flushes
 * @done: of these; @flush_mutex
 * @flush_err: what the last one ended with; @flush_mutex
 * @flush_at: tick: when the last one began; @flush_mutex
 * @flushes: of the device
 * @discards: the same
 * @view: what processes have mapped
 * @shrinker: gives memory back
 */
struct nvmc_engine {
	struct nvmc		c;
	struct nvmc_engine_desc	d;
	struct badblocks	*bb;
	struct nvmc_part	*parts;
	struct nvmc_stats __percpu *counts;
	unsigned int		order;
	unsigned long		flags;
	struct task_struct	*thread;
	struct task_struct	*flusher;
	struct mutex		work_mutex;	/* see the lock order */
	struct llist_head	ended;
	struct nvmc_write	*writes;
	unsigned int		nr_writes;
	struct list_head	spare;
	struct list_head	draining;
	unsigned int		in_flight;
	struct nvmc_rate	rate;
	struct nvmc_health	health;
	u32			next;
	struct mutex		flush_mutex;	/* see the lock order */
	atomic64_t		begun;
	u64			done;
	int			flush_err;
	u32			flush_at;
	struct nvmc_errands	flushes;
	struct nvmc_errands	discards;
	struct nvmc_view	view;
	struct nvm_shrinker	shrinker;
};

static inline struct nvmc_part *nvmc_part_of(const struct nvmc_engine *e,
					     u64 block)
{
	return &e->parts[nvmc_shard_of(&e->c, block)];
}

static inline bool nvmc_is_dead(const struct nvmc_engine *e)
{
	return test_bit(NVMC_DEAD, &e->flags);
}

/* The tick of the bookkeeping. */
static inline u32 nvmc_now(void)
{
	return jiffies;
}

static inline void nvmc_wake(struct nvmc_part *part)
{
	/* Who waits has asked under the lock that was held for the change. */
	if (waitqueue_active(&part->wait))
		wake_up_all(&part->wait);
}

/*
 * Is there a command to write with, and one more? The last one that ended stays
 * unused until another has: a device that ends it once more, late, would end the
 * next write. Without the lock it is a hint.
 */
static inline bool nvmc_may_write(const struct nvmc_engine *e)
{
	return READ_ONCE(e->spare.next) != READ_ONCE(e->spare.prev);
}

/* engine.c */
u64 nvmc_engine_dirty_kib(const struct nvmc_engine *e);

/* memory.c */
int nvmc_memory_init(struct nvmc_engine *e);
void nvmc_memory_exit(struct nvmc_engine *e);
bool nvmc_memory_give(struct nvmc_engine *e, struct nvmc_part *part, gfp_t gfp);

/* move.c */
int nvmc_enter(struct nvmc_access *a);
void nvmc_copy_block(const struct nvmc_access *a);
void nvmc_leave_write(struct nvmc_access *a);
void nvmc_leave_mapping(const struct nvmc_access *a);
void nvmc_pause(const struct nvmc_access *a);
u64 nvmc_fill(struct nvmc_engine *e, struct nvmc_part *part, u32 slot,
	      bool back);

/* errand.c */
int nvmc_errands_init(struct nvmc_errands *p, unsigned int nr);
void nvmc_errands_exit(struct nvmc_errands *p);
struct nvmc_errand *nvmc_errand_get(struct nvmc_errands *p);
void nvmc_errand_put(struct nvmc_errands *p, struct nvmc_errand *a);
int nvmc_errand_run(struct nvmc_engine *e, struct nvmc_errand *a);

/* thread.c */
int nvmc_thread_init(struct nvmc_engine *e);
void nvmc_thread_exit(struct nvmc_engine *e);
void nvmc_kick(struct nvmc_engine *e);
void nvmc_probe(struct nvmc_engine *e);
void nvmc_flusher_begins(struct nvmc_engine *e);
bool nvmc_flusher_works(struct nvmc_engine *e);
void nvmc_flusher_ends(struct nvmc_engine *e);

/* submit.c */
int nvmc_writes_init(struct nvmc_engine *e);
void nvmc_writes_exit(struct nvmc_engine *e);
void nvmc_cure(struct nvmc_engine *e, const struct nvm_cmd *cmd);
bool nvmc_drain_more(struct nvmc_engine *e, const struct nvmc_run *run,
		     u32 *at);
void nvmc_write_submit(struct nvmc_engine *e, struct nvmc_write *w);
void nvmc_submit_drained(struct nvmc_engine *e);
void nvmc_pick_all(struct nvmc_engine *e);

/* settle.c */
void nvmc_settle_ended(struct nvmc_engine *e);

/* view.c */
bool nvmc_view_is_used(const struct nvmc_engine *e);
void nvmc_view_hide(struct nvmc_engine *e, u64 off, u64 len);
void nvmc_view_hide_for(struct nvmc_engine *e, const struct nvm_cmd *cmd);
void nvmc_view_hide_all(struct nvmc_engine *e);
void nvmc_view_hide_written(struct nvmc_engine *e);
void nvmc_view_age(struct nvmc_engine *e);

#endif /* NVMC_INTERNAL_H */

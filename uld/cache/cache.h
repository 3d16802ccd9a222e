/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pure half of the cache that the ULDs of types 2 to 4 share: which block
 * is in which slot, in what state, and what is written back next. It moves no
 * data, takes no lock and never sleeps: see Documentation/cache.rst.
 *
 * All of a shard is under the shard's lock, which the caller holds around each
 * call that takes the shard, but where it says otherwise. No two shards' locks
 * are ever held together. The caller copies data without the lock: what a
 * _begin() pinned stays in its place until the matching _end().
 *
 * Most reads need no lock: nvmc_peek(). What that looks at changes only where
 * &nvmc_shard.seq says so, see index.h.
 */
#ifndef NVMC_CACHE_H
#define NVMC_CACHE_H

#include "pure.h"

#define NVMC_NONE		U32_MAX
#define NVMC_SECTOR		512U
/* Most sectors of a block and most blocks of a group: a bit each in a u64. */
#define NVMC_BITS		64U
/* Mapping reads are counted by busy unit, hashed into as many counters. */
#define NVMC_MEDIUM		64U
/* Most slots that one call looks at before it gives up. */
#define NVMC_SCAN		64U
/* With those that it passes by, as somebody writes to them. */
#define NVMC_PASS		1024U
/* Most discards in a shard that the medium is told of at a time, by group. */
#define NVMC_DISCARDS		32U
/* Most groups of a hash bucket that a look without the lock goes by. */
#define NVMC_PEEK		8U
/* Failures of one block before it is reported. */
#define NVMC_TRIES		4U
/* So many times in a row without an answer, and a device counts as hung. */
#define NVMC_SILENCES		3U

/**
 * enum nvmc_state - what a slot holds
 * @NVMC_EMPTY: nothing, not even memory: that went back to the system
 * @NVMC_FREE: memory, no block
 * @NVMC_CLEAN: the same as the medium; may be replaced
 * @NVMC_DIRTY: newer than the medium, perhaps only some of its sectors
 * @NVMC_FILLING: the missing sectors are being copied into it
 * @NVMC_WRITING: a command writes it; not to be stored to
 * @NVMC_REWRITTEN: a command writes it, and the block has a newer slot
 * @NVMC_FAILED: DIRTY, and the medium has refused it NVMC_TRIES times
 * @NVMC_ORPHAN: free when its last reader ends
 */
enum nvmc_state {
	NVMC_EMPTY,
	NVMC_FREE,
	NVMC_CLEAN,
	NVMC_DIRTY,
	NVMC_FILLING,
	NVMC_WRITING,
	NVMC_REWRITTEN,
	NVMC_FAILED,
	NVMC_ORPHAN,
};

/**
 * enum nvmc_answer - what the caller does next
 * @NVMC_NOTHING: there is nothing to be done
 * @NVMC_HIT: the data goes to or comes from the slot, which is pinned
 * @NVMC_COPY: write: the slot is new, the old one given beside it is to be copied
 *	       into it first: all of it, then the new sectors
 * @NVMC_MAPPING: read: from the medium's mapping, which is held still
 * @NVMC_FILL: the sectors missing in the slot are to be copied into it from the
 *	       mapping, which is held still; then nvmc_fill_end(), then again
 * @NVMC_RUN: a run was claimed: write it
 * @NVMC_WAIT: not now: the slot is being copied to, which takes no longer than
 *	       memory does, or the mapping is undefined until a command is done
 * @NVMC_FULL: write: no slot: wait for the write-back
 * @NVMC_NEED_MEMORY: write: get a block of memory and nvmc_give() it, then
 *		      again; or nvmc_refused_memory(), and again without may_alloc
 */
enum nvmc_answer {
	NVMC_NOTHING,
	NVMC_HIT,
	NVMC_COPY,
	NVMC_MAPPING,
	NVMC_FILL,
	NVMC_RUN,
	NVMC_WAIT,
	NVMC_FULL,
	NVMC_NEED_MEMORY,
};

/**
 * enum nvmc_end - what became of a command
 * @NVMC_REFUSED: it failed, wholly or not: the fault may be one of its blocks'
 * @NVMC_WRITTEN: the medium, or its volatile buffer, has all of it
 * @NVMC_SILENT: the device says nothing, to this command or any other, which is
 *		 no block's fault: see nvmc_heard()
 */
enum nvmc_end {
	NVMC_REFUSED,
	NVMC_WRITTEN,
	NVMC_SILENT,
};

/**
 * struct nvmc_geometry - of the medium and of the cache
 * @block: bytes of a slot, a power of two, from 512 to 64 sectors; a multiple of
 *	   the device's write unit
 * @erase_unit: bytes, a power of two: what write-back tries to fill
 * @busy_unit: bytes, a power of two, at most 64 blocks: what of the mapping is
 *	       undefined around a command
 * @max_run: most blocks in a command, 1 or more
 * @max_gap: most blocks between two dirty ones of an erase unit that a command
 *	     writes once more rather than to leave them out; 0 if the busy unit
 *	     is more than a block
 * @slots: slots of all shards
 * @shards: a power of two
 * @reserve: slots of a shard that always keep their memory, 1 or more
 * @high: slots of a shard that has memory for all: write-back starts when more are
 *	  dirty
 * @low: and goes on until no more than these are
 * @max_age: ticks: a block is written back when it is dirty for longer; rewritten
 *	     ones after at most half as long again
 * @backoff: ticks between two tries of a block that failed, or to get memory; or of
 *	     a device that is hung, then twice as many, up to @max_age
 */
struct nvmc_geometry {
	u32	block;
	u32	erase_unit;
	u32	busy_unit;
	u32	max_run;
	u32	max_gap;
	u32	slots;
	u32	shards;
	u32	reserve;
	u32	high;
	u32	low;
	u32	max_age;
	u32	backoff;
};

/**
 * struct nvmc_slot - one block of memory
 * @block: whose data it has
 * @valid: a bit for each sector that it has; looked at without the lock
 * @prev: in the list of its state
 * @next: the same
 * @stamp: tick when it became dirty; after a failure, when to try again
 * @readers: pins of nvmc_read_begin()
 * @writers: pins of nvmc_write_begin()
 * @state: &enum nvmc_state
 * @gen: dirty: which flush will wait for it, see &nvmc_shard.pending
 * @tries: failures
 * @hot: used since it was last looked at; set without the lock, too: a hint
 * @hold: a flush waits for it: no new writers
 */
struct nvmc_slot {
	u64	block;
	u64	valid;
	u32	prev;
	u32	next;
	u32	stamp;
	u16	readers;
	u16	writers;
	u8	state;
	u8	gen;
	u8	tries;
	u8	hot;
	bool	hold;
};

/**
 * struct nvmc_group - the cached blocks of one erase unit
 * @nr: which
 * @next: in its hash bucket, or in the list of unused groups
 * @held_for: a flush waits for the block at this place minus 1 to be completed
 *	      from the mapping: no new commands until then
 * @present: blocks that have a slot
 * @ready: of these, those in state DIRTY with all sectors, never failed
 * @writing: blocks of a command in flight
 * @holes: blocks that cannot be read from the mapping: no gap goes over them
 * @slots: the newest slot of each block that is @present
 */
struct nvmc_group {
	u64	nr;
	u32	next;
	u32	held_for;
	u64	present;
	u64	ready;
	u64	writing;
	u64	holes;
	u32	slots[];
};

struct nvmc_list {
	u32	head;
	u32	tail;
	u32	nr;
};

/**
 * struct nvmc_medium - who reads the mapping of some busy units
 * @readers: copies under way; without the lock
 * @drains: blocks of commands that wait for these to end: no new ones; looked at
 *	    without the lock
 */
struct nvmc_medium {
	atomic_t	readers;
	u32		drains;
};

/**
 * struct nvmc_stats - counted since the start
 * @hits: reads from a slot
 * @mapped: reads from the mapping
 * @writes: of any part of a block
 * @absorbed: writes to a block that was dirty already
 * @copies: writes to a block in flight
 * @fills: blocks completed from the mapping
 * @runs: commands
 * @written: blocks in these
 * @bridged: of these, those that were clean: see &nvmc_geometry.max_gap
 * @failures: blocks of commands that failed
 * @evicted: clean blocks replaced
 * @discarded: blocks that the medium was told to forget
 */
struct nvmc_stats {
	u64	hits;
	u64	mapped;
	u64	writes;
	u64	absorbed;
	u64	copies;
	u64	fills;
	u64	runs;
	u64	written;
	u64	bridged;
	u64	failures;
	u64	evicted;
	u64	discarded;
};

/**
 * struct nvmc_shard - a part of the cache, under one lock of the caller's
 * @seq: odd while something changes that nvmc_peek() looks at
 * @slot: its slots
 * @nr: how many
 * @room: how many have memory, or can be expected to get some, see room.c
 * @high: &nvmc_geometry.high, of these
 * @low: the same, or less, see room.c
 * @ask_at: tick; @room is less than @nr: when to ask for memory again
 * @empty: slots without memory
 * @free: slots without a block
 * @clean: least recently cleaned first, with a second chance
 * @dirty: states DIRTY without a failure; those of a closing flush come first
 * @retry: states DIRTY with a failure, next to be tried first
 * @failed: state FAILED
 * @pending: dirty slots that are not FAILED, by generation
 * @gen: the generation of what becomes dirty now
 * @closing: a flush waits for the other generation
 * @errors: blocks of the closing generation that FAILED
 * @draining: from the high watermark down to the low one, or until there is a slot
 * @medium: who reads the mapping
 * @buckets: hash heads
 * @bucket_shift: 64 minus the binary logarithm of their number
 * @groups: as many as slots, and one for each discard
 * @unused: first group that is not used
 * @discards: groups in which one is under way
 * @stats: counters
 */
struct nvmc_shard {
	u32			seq;
	struct nvmc_slot	*slot;
	u32			nr;
	u32			room;
	u32			high;
	u32			low;
	u32			ask_at;
	struct nvmc_list	empty;
	struct nvmc_list	free;
	struct nvmc_list	clean;
	struct nvmc_list	dirty;
	struct nvmc_list	retry;
	struct nvmc_list	failed;
	u32			pending[2];
	u8			gen;
	bool			closing;
	u32			errors;
	bool			draining;
	struct nvmc_medium	medium[NVMC_MEDIUM];
	u32			*buckets;
	u32			bucket_shift;
	void			*groups;
	u32			unused;
	u32			discards;
	struct nvmc_stats	stats;
};

/**
 * struct nvmc - a cache; read-only once made, but for the shards
 * @geo: as given
 * @block_shift: binary logarithm of a block's bytes
 * @group_shift: binary logarithm of the blocks in a group
 * @group_mask: that many less one
 * @busy_shift: binary logarithm of the blocks in a busy unit
 * @group_size: bytes of a &struct nvmc_group
 * @full: the mask of all sectors of a block
 * @shards: &nvmc_geometry.shards of them
 */
struct nvmc {
	struct nvmc_geometry	geo;
	u32			block_shift;
	u32			group_shift;
	u32			group_mask;
	u32			busy_shift;
	u32			group_size;
	u64			full;
	struct nvmc_shard	*shards;
};

/**
 * struct nvmc_run - what one command writes
 * @block: the first
 * @nr: how many
 * @one: the caller's: no more than one block, for the device is hung
 * @alone: no others go with it: that, or the block failed before
 * @slot: of each, in the shard of its block; &nvmc_geometry.max_run of them, the
 *	  caller's. NVMC_NONE: to be written as it is on the medium: copied from
 *	  the mapping between nvmc_drained() and the submission
 */
struct nvmc_run {
	u64	block;
	u32	nr;
	bool	one;
	bool	alone;
	u32	*slot;
};

/**
 * struct nvmc_seen - where the newest data of a block was, by nvmc_peek()
 * @answer: NVMC_HIT, NVMC_MAPPING; NVMC_WAIT: ask nvmc_read_begin()
 * @slot: for NVMC_HIT
 * @sh: the shard
 * @seq: for nvmc_unchanged()
 * @medium: for NVMC_MAPPING: for nvmc_medium_leave()
 */
struct nvmc_seen {
	enum nvmc_answer	answer;
	u32			slot;
	u32			seq;
	const struct nvmc_shard	*sh;
	struct nvmc_medium	*medium;
};

/**
 * struct nvmc_pace - how fast writers may go once much is dirty; its own lock,
 *		      or its shard's
 * @next: nanoseconds: when the next writer may go
 */
struct nvmc_pace {
	u64	next;
};

/**
 * struct nvmc_rate - how fast the medium takes what is dirty; one lock of the
 *		      caller's
 * @service: nanoseconds that a block takes, on average over all shards; 0: not
 *	     known yet
 * @settled: nanoseconds: when commands ended, the last time
 * @busy: since when there has been one under way all the time; 0: there is none
 */
struct nvmc_rate {
	u64	service;
	u64	settled;
	u64	busy;
};

/**
 * struct nvmc_health - whether a device answers at all; one lock of the caller's
 * @silences: times in a row that it did not
 * @answers: commands that it ended, well or not
 * @last: tick: when it did not, the last time
 * @asked: when that command had begun
 * @next: hung: when it may be asked again
 */
struct nvmc_health {
	u32	silences;
	u32	answers;
	u32	last;
	u32	asked;
	u32	next;
};

/**
 * struct nvmc_asked - how it was when a command began
 * @at: tick
 * @answers: as in &struct nvmc_health
 */
struct nvmc_asked {
	u32	at;
	u32	answers;
};

/* index.c */
int nvmc_init(struct nvmc *c, const struct nvmc_geometry *geo);
void nvmc_exit(struct nvmc *c);

/* slot.c */
struct nvmc_seen nvmc_peek(const struct nvmc *c, struct nvmc_shard *sh,
			   u64 block);
enum nvmc_answer nvmc_read_begin(const struct nvmc *c, struct nvmc_shard *sh,
				 u64 block, u64 sectors, u32 *slot);
bool nvmc_read_end(struct nvmc_shard *sh, u32 slot);
bool nvmc_fill_end(const struct nvmc *c, struct nvmc_shard *sh, u32 slot,
		   u64 got, bool back, u32 now);
enum nvmc_answer nvmc_write_begin(const struct nvmc *c, struct nvmc_shard *sh,
				  u64 block, u64 sectors, u32 now,
				  bool may_alloc, u32 *slot, u32 *old);
bool nvmc_write_end(const struct nvmc *c, struct nvmc_shard *sh, u32 slot,
		    u64 sectors);
bool nvmc_is_stuck(const struct nvmc_shard *sh, bool hung, bool may_alloc);
enum nvmc_answer nvmc_forget(const struct nvmc *c, struct nvmc_shard *sh,
			     u64 block);
u32 nvmc_newest_slot(const struct nvmc *c, struct nvmc_shard *sh, u64 block);

/* room.c */
u32 nvmc_give(const struct nvmc *c, struct nvmc_shard *sh);
void nvmc_refused_memory(const struct nvmc *c, struct nvmc_shard *sh, u32 now);
u32 nvmc_spare(const struct nvmc *c, const struct nvmc_shard *sh);
u32 nvmc_shrink(const struct nvmc *c, struct nvmc_shard *sh);

/* forget.c */
u32 nvmc_forget_some(const struct nvmc *c, struct nvmc_shard *sh, u64 block,
		     u32 nr);
u32 nvmc_discard_begin(const struct nvmc *c, struct nvmc_shard *sh,
		       struct nvmc_run *run, u32 most);
u32 nvmc_discard_end(const struct nvmc *c, struct nvmc_shard *sh,
		     const struct nvmc_run *run, u32 from);

/* writeback.c */
enum nvmc_answer nvmc_pick(const struct nvmc *c, struct nvmc_shard *sh,
			   u32 now, struct nvmc_run *run);
u32 nvmc_extend(const struct nvmc *c, struct nvmc_shard *sh,
		struct nvmc_run *run);
void nvmc_gap_unread(const struct nvmc *c, struct nvmc_shard *sh, u64 block);
u32 nvmc_drained(const struct nvmc *c, struct nvmc_shard *sh,
		 const struct nvmc_run *run, u32 from);
u32 nvmc_settle(const struct nvmc *c, struct nvmc_shard *sh,
		const struct nvmc_run *run, u32 from, enum nvmc_end end,
		u32 now);
void nvmc_flush_begin(struct nvmc_shard *sh, u32 now);
bool nvmc_flush_done(const struct nvmc_shard *sh);
u32 nvmc_flush_end(struct nvmc_shard *sh);

/* health.c */
struct nvmc_asked nvmc_asks(const struct nvmc_health *h, u32 now);
enum nvmc_end nvmc_heard(const struct nvmc *c, struct nvmc_health *h,
			 struct nvmc_asked asked, enum nvmc_end end, u32 now);
u32 nvmc_ask_in(const struct nvmc_health *h, u32 now);
bool nvmc_is_silent_since(const struct nvmc_health *h, u32 tick);

/* throttle.c */
u64 nvmc_cost(u32 dirty, u32 high, u32 limit, u64 service);
u64 nvmc_pace(struct nvmc_pace *p, u64 now, u64 cost);
void nvmc_rate_begun(struct nvmc_rate *r, u64 now);
void nvmc_rate_settled(struct nvmc_rate *r, u64 now, u32 blocks);
void nvmc_rate_idle(struct nvmc_rate *r);

static inline u64 nvmc_hash(u64 nr)
{
	return nr * GOLDEN_RATIO_64;
}

static inline u32 nvmc_shard_by(const struct nvmc *c, u64 hash)
{
	return hash >> 48 & (c->geo.shards - 1);
}

/**
 * nvmc_shard_of() - in which shard a block is, and with it its erase unit
 * @c: the cache
 * @block: number of the block
 *
 * Context: any, no lock.
 * Return: the index of the shard.
 */
static inline u32 nvmc_shard_of(const struct nvmc *c, u64 block)
{
	return nvmc_shard_by(c, nvmc_hash(block >> c->group_shift));
}

static inline struct nvmc_medium *nvmc_medium_of(const struct nvmc *c,
						 struct nvmc_shard *sh,
						 u64 block)
{
	u64 unit = block >> c->busy_shift;

	/* Neighbours apart; the shards have dealt out the rest. */
	return &sh->medium[unit & (NVMC_MEDIUM - 1)];
}

/**
 * nvmc_medium_leave() - a copy from the mapping has ended
 * @m: as nvmc_peek() saw it
 *
 * Context: any, no lock.
 * Return: true if a command may wait for it, see nvmc_drained().
 */
static inline bool nvmc_medium_leave(struct nvmc_medium *m)
{
	/*
	 * A full barrier: all was loaded before a command that sees it begins;
	 * and a command that does not is seen here, as its @drains came first.
	 */
	return atomic_dec_and_test(&m->readers) && READ_ONCE(m->drains);
}

/**
 * nvmc_mapping_end() - the same, by the block
 * @c: the cache
 * @sh: the shard of @block
 * @block: as in the nvmc_read_begin() that answered NVMC_MAPPING
 *
 * Context: any, no lock.
 * Return: as nvmc_medium_leave().
 */
static inline bool nvmc_mapping_end(const struct nvmc *c,
				    struct nvmc_shard *sh, u64 block)
{
	return nvmc_medium_leave(nvmc_medium_of(c, sh, block));
}

/**
 * nvmc_unchanged() - what nvmc_peek() answered still holds
 * @seen: the answer
 *
 * Context: any, no lock. What the caller loaded before was there then.
 */
static inline bool nvmc_unchanged(const struct nvmc_seen *seen)
{
	/*
	 * The copy first, then the look whether it was disturbed. Pairs with
	 * nvmc_change_begin(): who got data that was stored after it also sees
	 * that it began.
	 */
	smp_rmb();
	return READ_ONCE(seen->sh->seq) == seen->seq;
}

/* Slots that have memory. */
static inline u32 nvmc_has_memory(const struct nvmc_shard *sh)
{
	return sh->nr - READ_ONCE(sh->empty.nr);
}

/* Slots that hold what the medium has not. */
static inline u32 nvmc_dirty(const struct nvmc_shard *sh)
{
	return READ_ONCE(sh->pending[0]) + READ_ONCE(sh->pending[1]) +
	       READ_ONCE(sh->failed.nr);
}

/* It has not answered for so long that nobody should wait for that. */
static inline bool nvmc_is_hung(const struct nvmc_health *h)
{
	return READ_ONCE(h->silences) >= NVMC_SILENCES;
}

#endif /* NVMC_CACHE_H */

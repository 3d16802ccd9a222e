/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The twin of nvm/persist.h: a memory behind a CPU cache, and the power that
 * can be cut.
 *
 * Code under test stores by nvm_store() and nvm_fence(), and flushes the
 * region by power_flush(). At each of the latter two the power is cut, before
 * it takes effect: images of the memory are made, as a cut there may leave
 * it, and the test's function looks at each after recovery. Afterwards the
 * code goes on as if nothing had happened.
 *
 * The model is of x86, as weak as its makers allow. nvm_store() is
 * memcpy_flushcache(), non-temporal stores. They follow the write-combining
 * protocol (Intel SDM volume 1, "Caching of Temporal vs. Non-Temporal Data"):
 * weakly ordered, and a buffer that is not full is evicted in chunks of 8
 * bytes, in any order (volume 3A, "Buffering of Write Combining Memory
 * Locations"). So, unlike that of ordinary stores to one cache line, their
 * order of arrival is free, and a line may be torn between any two words:
 *
 *  - an aligned word of 8 bytes arrives whole or not at all, as the programming
 *    model of persistent memory has it (SNIA NVM Programming Model);
 *  - the words of all stores since the last fence arrive in any combination;
 *  - several stores to one word arrive in program order, so that it may hold
 *    any of them;
 *  - less than a word, stored by itself, arrives byte by byte;
 *  - what a fence has drained is durable; where the region has a flush of its
 *    own (NVM_PDOMAIN_DEVICE_CMD), only after a flush that follows the fence,
 *    and until then it may be lost as if it had not been drained.
 *
 * One CPU works at a time, and a fence drains its own stores only. When work goes
 * on, on another one, power_switch_cpu() says so: that learns of what was done by
 * a full barrier of the one that did it, which drains that one's stores (volume
 * 3A, the same section: a locked instruction empties the buffers). Callers rely
 * on it, see nvm_pmem_flush().
 *
 * It does not depend on what is laid out there: any ULD's code that is pure,
 * or can be made to compile here, can be its client.
 */
#ifndef NVM_MODEL_POWER_H
#define NVM_MODEL_POWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <nvm/persist.h>

#define POWER_WORD	8
#define POWER_LINE	64

/* What goes wrong on purpose: an error of the code, played by its twin. */
enum power_plant {
	POWER_SOUND,
	POWER_NO_WRITEBACK,	/* a store stays in the cache: a plain memcpy() */
	POWER_NO_FENCE,		/* a fence was forgotten */
	POWER_LATE_STORE,	/* a store and the fence after it changed places */
	POWER_NO_FLUSH,		/* the region's flush was forgotten */
	POWER_FLUSH_FIRST,	/* the region's flush and the fence before it, too */
	POWER_NO_BARRIER,	/* another CPU goes on, without a barrier */
	POWER_EARLY_ACK,	/* acknowledged first: played by the client */
};

/*
 * Looks at what the cut has left. @image is a copy, of the machine's length,
 * that may be written to. Returns what is wrong with it or NULL.
 */
typedef const char *(*power_check)(uint8_t *image, void *ctx);

struct power_store {
	size_t		at;
	unsigned int	len;		/* within one word */
	unsigned int	survives;	/* fences that do not drain it */
	bool		drained;	/* on its way, a region flush is missing */
	uint8_t		bytes[POWER_WORD];
};

/**
 * struct power - one machine
 * @mem: what the code loads from and stores to; the caller's
 * @len: bytes, a multiple of POWER_WORD
 * @flushes: the region has a flush and needs it
 * @check: looks at each image; NULL: no cuts
 * @ctx: its own
 * @budget: images of one cut; if all combinations are not more, they are made.
 *	Else all combinations of whole lines, up to 2^12, each line and each word
 *	alone missing and alone there, and as many random ones as this
 * @seed: of those, not 0
 * @plant: what goes wrong
 * @plant_at: with which store, fence or flush, counted from 0; -1 with all
 * @stores: nvm_store()s so far
 * @fences: nvm_fence()s so far
 * @flushings: power_flush()es so far
 * @cuts: cuts so far
 * @images: images looked at so far
 * @why: the first image that was wrong, and no more were made; or empty
 */
struct power {
	uint8_t			*mem;
	size_t			len;
	bool			flushes;
	power_check		check;
	void			*ctx;
	unsigned long		budget;
	unsigned long long	seed;
	enum power_plant	plant;
	int			plant_at;

	int			stores;
	int			fences;
	int			flushings;
	unsigned long		cuts;
	unsigned long		images;
	char			why[256];

	/* power.c's */
	uint8_t			*durable;
	uint8_t			*image;
	struct power_store	*pending;
	size_t			nr;
	size_t			room;
	unsigned int		*number;	/* by word: its stores pending */
	unsigned int		*take;		/* by word: how many arrive */
	unsigned int		*seen;
	size_t			*words;		/* those with stores pending */
	size_t			nr_words;
	size_t			*lines;
	size_t			nr_lines;
	bool			owes_fence;
	struct power		*below;
};

/*
 * The machine is on, and what is in its memory durable. It takes the place of
 * the one that was on, until it is off: recovery, inside a check, can be cut
 * in its turn.
 */
void power_on(struct power *p);
void power_off(struct power *p);

/* Cut here too: at the end, or where something was acknowledged. */
void power_cut(struct power *p);

/* Another CPU goes on, and has learned of all that was done. */
void power_switch_cpu(struct power *p);

/* The region's own flush. */
void power_flush(struct power *p);

/* What the memory device did itself: durable at once. */
void power_device_wrote(struct power *p, size_t at, size_t len);

#endif /* NVM_MODEL_POWER_H */

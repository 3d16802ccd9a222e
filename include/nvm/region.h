/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words that LLDs and ULDs share: what a region of non-volatile memory
 * is. Drivers do not include this file; they include nvm/lld.h or nvm/uld.h.
 */
#ifndef NVM_REGION_H
#define NVM_REGION_H

#include <linux/bits.h>
#include <linux/bvec.h>
#include <linux/device.h>
#include <linux/list.h>
#include <linux/types.h>
#include <nvm/version.h>

struct nvm_cmd;
struct nvm_region;

/* Longest unique id, without the terminating NUL. */
#define NVM_UID_MAX		64
/* Longest text that says why, without the terminating NUL. */
#define NVM_REASON_MAX		159
/* Most fixed apertures that a type-3 region may have. */
#define NVM_WINDOWS_MAX		64
/* Sizes and places of mapped memory are multiples of this many bytes. */
#define NVM_ALIGN		(2UL << 20)

/*
 * What a region says of itself to modprobe: its type, then its capabilities
 * in 16 hex digits. A ULD names the type and leaves the rest open.
 */
#define NVM_MODALIAS_FMT	"nvm:t%uc%016llx"

/**
 * enum nvm_type - how the memory can be reached
 * @NVM_TYPE_MAPPED: type 1, all of it always mapped, loads and stores
 * @NVM_TYPE_CMD_WRITE: type 2, reads always mapped, writes by command
 * @NVM_TYPE_WINDOWED: type 3, larger than the windows that can be moved over it
 * @NVM_TYPE_TIERED: type 4, mapped pmem in front of flash, moved by command
 */
enum nvm_type {
	NVM_TYPE_MAPPED		= 1,
	NVM_TYPE_CMD_WRITE	= 2,
	NVM_TYPE_WINDOWED	= 3,
	NVM_TYPE_TIERED		= 4,
};

/**
 * enum nvm_cache_mode - how the CPU may cache a physical range
 * @NVM_CACHE_WB: write-back, the only mode that struct pages and DAX allow
 * @NVM_CACHE_WC: write-combining
 * @NVM_CACHE_UC: uncached
 */
enum nvm_cache_mode {
	NVM_CACHE_WB,
	NVM_CACHE_WC,
	NVM_CACHE_UC,
};

/**
 * enum nvm_pdomain - how far a store must get to survive a power cut
 * @NVM_PDOMAIN_NONE: it does not survive: emulation with RAM
 * @NVM_PDOMAIN_MEMORY_CONTROLLER: out of the CPU cache, then fenced (ADR)
 * @NVM_PDOMAIN_CPU_CACHE: globally visible is enough (eADR)
 * @NVM_PDOMAIN_DEVICE_CMD: a command of the device makes it durable: such a
 *			    region has &nvm_region_ops.flush, or takes
 *			    %NVM_OP_FLUSH by &nvm_region_ops.submit
 */
enum nvm_pdomain {
	NVM_PDOMAIN_NONE,
	NVM_PDOMAIN_MEMORY_CONTROLLER,
	NVM_PDOMAIN_CPU_CACHE,
	NVM_PDOMAIN_DEVICE_CMD,
};

/*
 * Capabilities. An LLD states those that no op of its table already proves;
 * the core adds the rest (NVM_CAPS_FROM_OPS). A ULD names those it needs.
 */
#define NVM_CAP_FLUSH		BIT_ULL(0)	/* has ops->flush */
#define NVM_CAP_CLEAR_POISON	BIT_ULL(1)	/* has ops->clear_poison */
#define NVM_CAP_SUBMIT		BIT_ULL(2)	/* has ops->submit */
#define NVM_CAP_WINDOW		BIT_ULL(3)	/* has ops->map_window */
#define NVM_CAP_DAX		BIT_ULL(4)	/* may have struct pages and DAX */
#define NVM_CAP_DISCARD		BIT_ULL(5)	/* submit takes NVM_OP_DISCARD */
#define NVM_CAP_COHERENT_WINDOW	BIT_ULL(6)	/* type 3: no invalidation */
#define NVM_CAP_GROW		BIT_ULL(7)	/* types 1, 2: resized, live */

#define NVM_CAPS_FROM_OPS	(NVM_CAP_FLUSH | NVM_CAP_CLEAR_POISON | \
				 NVM_CAP_SUBMIT | NVM_CAP_WINDOW)
#define NVM_CAPS_ALL		GENMASK_ULL(7, 0)

/**
 * struct nvm_range - physical memory that the CPU can reach
 * @start: first physical address, a multiple of %NVM_ALIGN
 * @size: bytes, a multiple of %NVM_ALIGN; 0 means there is none
 * @cache: how it may be mapped
 */
struct nvm_range {
	phys_addr_t		start;
	u64			size;
	enum nvm_cache_mode	cache;
};

/**
 * struct nvm_cmd_limits - what the commands of types 2 and 4 must keep to
 * @write_unit: bytes, a power of two from 512; commands start and end on it
 * @erase_unit: bytes, a power of two, @write_unit or more; what the medium
 *		erases at once, so what write-back best fills
 * @busy_unit: bytes, a power of two, @write_unit or more: what of the mapping
 *	       is undefined around a command in flight
 * @max_transfer: most bytes of one command, a multiple of @write_unit
 * @queue_depth: most commands the device takes at a time, 1 to 65536
 * @timeout_ms: so many milliseconds after the device was first offered a command
 *	        it counts as lost, and the core calls &nvm_region_ops.abort. A
 *	        device that answers -EBUSY meanwhile spends them, too.
 */
struct nvm_cmd_limits {
	u32	write_unit;
	u32	erase_unit;
	u32	busy_unit;
	u32	max_transfer;
	u32	queue_depth;
	u32	timeout_ms;
};

/**
 * enum nvm_op - what a command asks of the device
 * @NVM_OP_WRITE: type 2: write @len bytes of the bvec to medium offset @dst
 * @NVM_OP_DISCARD: the medium may forget @len bytes at @dst: what they read as is
 *		    then undefined until written
 * @NVM_OP_FLUSH: what completed before is durable when this completes
 * @NVM_OP_DEMOTE: type 4: move @len bytes from pmem offset @src to flash @dst
 * @NVM_OP_PROMOTE: type 4: move @len bytes from flash offset @src to pmem @dst
 */
enum nvm_op {
	NVM_OP_WRITE,
	NVM_OP_DISCARD,
	NVM_OP_FLUSH,
	NVM_OP_DEMOTE,
	NVM_OP_PROMOTE,
};

/*
 * Windows are described and checked here for the ULD of type 3. The core's part
 * in them (the order of moves) comes with it.
 */

/**
 * enum nvm_cmd_state - who has a command
 * @NVM_CMD_WAITING: the core
 * @NVM_CMD_STARTED: the device
 * @NVM_CMD_ENDED: the ULD
 */
enum nvm_cmd_state {
	NVM_CMD_WAITING,
	NVM_CMD_STARTED,
	NVM_CMD_ENDED,
};

/**
 * struct nvm_cmd - one asynchronous command to a device of type 2 or 4
 * @op: what to do
 * @src: offset in bytes, see &enum nvm_op
 * @dst: offset in bytes, see &enum nvm_op
 * @len: bytes
 * @bvecs: the data of %NVM_OP_WRITE, never a kernel pointer: it may be highmem
 * @iter: where in @bvecs the data starts
 * @status: 0 or a negative errno, set before @done: what the LLD said,
 *	    -ECANCELED or -ETIMEDOUT after an abort, -ENODEV if the region went
 * @done: called once and only once, in any context: then the command is the
 *	  ULD's again, which embeds this struct, owns its memory, and may submit
 *	  it again from there. Must not sleep
 */
struct nvm_cmd {
	enum nvm_op		op;
	u64			src;
	u64			dst;
	u64			len;
	const struct bio_vec	*bvecs;
	struct bvec_iter	iter;
	int			status;
	void			(*done)(struct nvm_cmd *cmd);

	/* private: the core's */
	struct nvm_region	*r;
	struct list_head	node;
	unsigned long		deadline;
	enum nvm_cmd_state	state;
};

/**
 * struct nvm_region_ops - what an LLD can do with its memory
 * @flush: CPU stores to @len bytes at @off become durable. May sleep, may
 *	   fail, and the failure reaches the writer. Leave it out where a fence
 *	   is enough. The store fence before it is the caller's. Beside
 *	   %NVM_PDOMAIN_MEMORY_CONTROLLER or %NVM_PDOMAIN_CPU_CACHE it is for more
 *	   than a power cut, and user space may do without it (MAP_SYNC).
 * @clear_poison: make @len bytes at @off of mapped memory readable again; what
 *		  they read as is then undefined until written. May sleep.
 *		  Returns 0 or a negative errno.
 * @submit: types 2 and 4: start @cmd. 0: it ends by nvm_cmd_complete(), perhaps
 *	    already has; -EBUSY: the device is full, the core tries again; any
 *	    other errno: not started and never will be. One call at a time, with
 *	    no more than &nvm_cmd_limits.queue_depth commands under way. May be
 *	    called in atomic context. A write that ended well is seen by
 *	    loads from the mapping, on any CPU: where the device does not
 *	    snoop, the LLD has its range out of the CPUs' caches before it
 *	    completes the command.
 * @abort: types 2 and 4: when it returns no completion runs, no DMA is under
 *	   way and each command was completed. Nothing is submitted meanwhile.
 *	   Sleeps, for a bounded time.
 * @map_window: type 3: when it returns 0, window @w shows the medium from @off
 *		(bytes, a multiple of the window's size). Sleeps. The core
 *		serialises the calls for each window.
 * @release: the last user let go: free the address claim and @lld_data. Called
 *	     exactly once for each region that nvm_region_alloc() returned. May
 *	     sleep.
 *
 * Any op may be called from nvm_region_offer() until nvm_region_unregister()
 * or nvm_region_lost() returned. @release comes last of all: while one of these
 * runs, or later if somebody still has the disk open.
 */
struct nvm_region_ops {
	int	(*flush)(struct nvm_region *r, u64 off, u64 len);
	int	(*clear_poison)(struct nvm_region *r, u64 off, u64 len);
	int	(*submit)(struct nvm_region *r, struct nvm_cmd *cmd);
	void	(*abort)(struct nvm_region *r);
	int	(*map_window)(struct nvm_region *r, unsigned int w, u64 off);
	void	(*release)(struct nvm_region *r);
};

/**
 * struct nvm_region_desc - what an LLD says of the memory it found
 * @type: how it can be reached
 * @uid: unique id, stable over boots: 1 to %NVM_UID_MAX of [A-Za-z0-9._:-]
 * @model: what udev shows as ID_MODEL: the same characters, or NULL
 * @size: bytes of medium, a multiple of %NVM_ALIGN. Type 1: @mem.size. Type 3:
 *	  a multiple of the windows' size
 * @mem: types 1, 2, 4: the mapped range. Type 2: all of the medium,
 *	 for reading. Type 4: the pmem. Empty for type 3.
 * @windows: type 3: the apertures, all of one size, a power of two, none
 *	     overlapping; copied
 * @nr_windows: type 3: 1 to %NVM_WINDOWS_MAX; otherwise 0
 * @flash_size: type 4: bytes of flash behind the pmem; @size is the sum of
 *		both; otherwise 0
 * @cmd: types 2 and 4: the limits of their commands; otherwise zero
 * @caps: NVM_CAP_* that no op proves
 * @pdomain: how far a store must get
 * @numa_node: nearest node that is online, or %NUMA_NO_NODE
 * @read_only: NULL when armed, else why the region must not be written
 * @ops: the LLD's table, not copied: valid until &nvm_region_ops.release
 * @lld_data: the LLD's own, see nvm_region_lld_data()
 */
struct nvm_region_desc {
	enum nvm_type			type;
	const char			*uid;
	const char			*model;
	u64				size;
	struct nvm_range		mem;
	const struct nvm_range		*windows;
	unsigned int			nr_windows;
	u64				flash_size;
	struct nvm_cmd_limits		cmd;
	u64				caps;
	enum nvm_pdomain		pdomain;
	int				numa_node;
	const char			*read_only;
	const struct nvm_region_ops	*ops;
	void				*lld_data;
};

/**
 * struct nvm_region - a piece of non-volatile memory on the bus
 * @dev: the device, named nvm<@id>; its reference count is the region's
 * @id: the number N in /dev/nvmN, free again only when the region is released
 * @desc: what the LLD said; strings and windows are the core's own copies.
 *	  @desc.size and @desc.mem.size do not grow with the region:
 *	  nvm_region_size() is the size now. nvm_region_change() sets them, and
 *	  the limits, while no ULD has it
 * @caps: @desc.caps and those that the ops prove
 *
 * Read-only for drivers. A ULD may use it until its disk was freed, an LLD
 * until &nvm_region_ops.release.
 */
struct nvm_region {
	struct device		dev;
	int			id;
	struct nvm_region_desc	desc;
	u64			caps;
};

/**
 * to_nvm_region() - the region that embeds a device
 * @dev: the device of a region
 */
static inline struct nvm_region *to_nvm_region(struct device *dev)
{
	return container_of(dev, struct nvm_region, dev);
}

/**
 * nvm_region_lld_data() - what the LLD gave as &nvm_region_desc.lld_data
 * @r: the region
 */
static inline void *nvm_region_lld_data(const struct nvm_region *r)
{
	return r->desc.lld_data;
}

u64 nvm_region_size(const struct nvm_region *r);
bool nvm_region_is_lost(const struct nvm_region *r);
bool nvm_region_read_only(const struct nvm_region *r);
const char *nvm_region_lld_name(const struct nvm_region *r);

#endif /* NVM_REGION_H */

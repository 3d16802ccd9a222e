// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a region may look like. An LLD may be handed nonsense by firmware, and
 * a ULD relies on what passed here: each rule of nvm/region.h has its line.
 */
#include <linux/ctype.h>
#include <linux/log2.h>
#include <linux/nodemask.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include "core.h"

#define NVM_ID_CHARS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:-"

static bool nvm_id_ok(const char *id)
{
	size_t len = strnlen(id, NVM_UID_MAX + 1);

	return len && len <= NVM_UID_MAX && strspn(id, NVM_ID_CHARS) == len;
}

static const char *nvm_range_fault(const struct nvm_range *m)
{
	u64 end;

	if (!m->size)
		return "its mapped range is empty";
	if (!IS_ALIGNED(m->start, NVM_ALIGN) || !IS_ALIGNED(m->size, NVM_ALIGN))
		return "its mapped range is not aligned to 2 MiB";
	if (check_add_overflow((u64)m->start, m->size - 1, &end) ||
	    end > PHYS_ADDR_MAX)
		return "its mapped range wraps";
	if (m->cache > NVM_CACHE_UC)
		return "its cache mode is unknown";
	return NULL;
}

static const char *nvm_cmd_fault(const struct nvm_cmd_limits *l)
{
	if (!is_power_of_2(l->write_unit) || l->write_unit < SECTOR_SIZE)
		return "its write unit is not a power of two from 512";
	if (!is_power_of_2(l->erase_unit) || l->erase_unit < l->write_unit)
		return "its erase unit is not a power of two from the write unit";
	if (!is_power_of_2(l->busy_unit) || l->busy_unit < l->write_unit)
		return "its busy unit is not a power of two from the write unit";
	if (!l->max_transfer || !IS_ALIGNED(l->max_transfer, l->write_unit))
		return "its largest transfer is not a multiple of the write unit";
	if (!l->queue_depth || l->queue_depth > 65536)
		return "its queue depth is not between 1 and 65536";
	if (!l->timeout_ms)
		return "its commands have no time-out";
	return NULL;
}

/* With one before it; all have the same size. */
static bool nvm_window_overlaps(const struct nvm_range *w, unsigned int i)
{
	unsigned int k;

	for (k = 0; k < i; k++)
		if (w[k].start < w[i].start + w[i].size &&
		    w[i].start < w[k].start + w[k].size)
			return true;
	return false;
}

static const char *nvm_windows_fault(const struct nvm_region_desc *d)
{
	const char *why;
	unsigned int i;

	if (!d->nr_windows || !d->windows)
		return "a windowed region (type 3) has no windows";
	if (d->nr_windows > NVM_WINDOWS_MAX)
		return "it has more than 64 windows";
	if (!is_power_of_2(d->windows[0].size))
		return "its windows' size is not a power of two";
	for (i = 0; i < d->nr_windows; i++) {
		why = nvm_range_fault(&d->windows[i]);
		if (why)
			return why;
		if (d->windows[i].size != d->windows[0].size)
			return "its windows differ in size";
		if (nvm_window_overlaps(d->windows, i))
			return "its windows overlap";
	}
	if (!IS_ALIGNED(d->size, d->windows[0].size))
		return "its size is not a multiple of its windows' size";
	return NULL;
}

static bool nvm_has_cmd(const struct nvm_cmd_limits *l)
{
	return memchr_inv(l, 0, sizeof(*l));
}

/* What a type must not have shows that the LLD meant another type. */
static const char *nvm_extra_fault(const struct nvm_region_desc *d)
{
	bool cmd = d->type == NVM_TYPE_CMD_WRITE || d->type == NVM_TYPE_TIERED;

	if (d->type != NVM_TYPE_WINDOWED && (d->windows || d->nr_windows))
		return "only a windowed region (type 3) has windows";
	if (d->type != NVM_TYPE_WINDOWED && d->ops->map_window)
		return "only a windowed region (type 3) moves windows";
	if (d->type == NVM_TYPE_WINDOWED && (d->mem.size || d->mem.start))
		return "a windowed region (type 3) is mapped by its windows only";
	if (d->type != NVM_TYPE_TIERED && d->flash_size)
		return "only a tiered region (type 4) has flash";
	if (!cmd && (nvm_has_cmd(&d->cmd) || d->ops->submit || d->ops->abort))
		return "only types 2 and 4 take commands";
	if (cmd && (!d->ops->submit || !d->ops->abort))
		return "types 2 and 4 need both submit and abort";
	return NULL;
}

static const char *nvm_type_fault(const struct nvm_region_desc *d)
{
	const char *why;
	u64 sum;

	switch (d->type) {
	case NVM_TYPE_MAPPED:
		why = nvm_range_fault(&d->mem);
		if (!why && d->mem.size != d->size)
			why = "a mapped region (type 1) is mapped in part only";
		return why;
	case NVM_TYPE_CMD_WRITE:
		why = nvm_range_fault(&d->mem);
		if (!why && d->mem.size != d->size)
			why = "type 2 needs all of the medium mapped for reading";
		return why ?: nvm_cmd_fault(&d->cmd);
	case NVM_TYPE_WINDOWED:
		if (!d->ops->map_window)
			return "a windowed region (type 3) cannot move its windows";
		return nvm_windows_fault(d);
	case NVM_TYPE_TIERED:
		why = nvm_range_fault(&d->mem);
		if (!why && (!d->flash_size ||
			     check_add_overflow(d->mem.size, d->flash_size, &sum) ||
			     sum != d->size))
			why = "the size of type 4 is not its pmem and its flash";
		return why ?: nvm_cmd_fault(&d->cmd);
	}
	return "its type is unknown";
}

static const char *nvm_caps_fault(const struct nvm_region_desc *d)
{
	if (d->caps & ~NVM_CAPS_ALL)
		return "it claims an unknown capability";
	if (d->caps & NVM_CAPS_FROM_OPS & ~nvm_caps_from_ops(d->ops))
		return "it claims a capability without the op for it";
	if ((d->caps & NVM_CAP_DISCARD) && !d->ops->submit)
		return "it can discard, but takes no commands";
	if ((d->caps & NVM_CAP_COHERENT_WINDOW) && !d->ops->map_window)
		return "its windows are coherent, but it has none";
	if ((d->caps & NVM_CAP_GROW) && d->type != NVM_TYPE_MAPPED &&
	    d->type != NVM_TYPE_CMD_WRITE)
		return "only regions of types 1 and 2 can grow";
	if (d->pdomain > NVM_PDOMAIN_DEVICE_CMD)
		return "its persistence domain is unknown";
	if (d->pdomain == NVM_PDOMAIN_DEVICE_CMD && !d->ops->flush &&
	    !d->ops->submit)
		return "its persistence needs a command, but it has no flush";
	if ((d->caps & NVM_CAP_DAX) &&
	    (d->type == NVM_TYPE_WINDOWED || d->mem.cache != NVM_CACHE_WB))
		return "only write-back mapped memory can have DAX";
	if ((d->caps & NVM_CAP_DAX) && d->type == NVM_TYPE_CMD_WRITE)
		return "memory that takes no stores (type 2) cannot have DAX";
	return NULL;
}

/**
 * nvm_caps_from_ops() - the capabilities that a table of ops proves
 * @ops: the LLD's table
 */
u64 nvm_caps_from_ops(const struct nvm_region_ops *ops)
{
	return (ops->flush ? NVM_CAP_FLUSH : 0) |
	       (ops->clear_poison ? NVM_CAP_CLEAR_POISON : 0) |
	       (ops->submit ? NVM_CAP_SUBMIT : 0) |
	       (ops->map_window ? NVM_CAP_WINDOW : 0);
}

/**
 * nvm_desc_fault() - what is wrong with a descriptor
 * @d: as an LLD gave it
 *
 * Context: any.
 * Return: NULL if nothing is, else the first fault in words.
 */
const char *nvm_desc_fault(const struct nvm_region_desc *d)
{
	const char *why;

	if (!d->ops || !d->ops->release)
		return "its LLD has no release op";
	if (!d->uid || !nvm_id_ok(d->uid))
		return "its uid is not 1 to 64 of [A-Za-z0-9._:-]";
	if (d->model && !nvm_id_ok(d->model))
		return "its model is not 1 to 64 of [A-Za-z0-9._:-]";
	if (!d->size || !IS_ALIGNED(d->size, NVM_ALIGN))
		return "its size is not a multiple of 2 MiB";
	if (d->numa_node != NUMA_NO_NODE &&
	    (d->numa_node < 0 || d->numa_node >= MAX_NUMNODES ||
	     !node_online(d->numa_node)))
		return "its NUMA node is not online";
	why = nvm_extra_fault(d) ?: nvm_type_fault(d);
	return why ?: nvm_caps_fault(d);
}

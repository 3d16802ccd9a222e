// SPDX-License-Identifier: GPL-2.0-only
/*
 * The medium of type 2 as the cache sees it: loads from the mapping, commands to
 * the device.
 */
#include "wcache.h"

/* What is behind that sector may be good: who reads it finds out. */
static noinline int nvm_wcache_lost(struct nvm_wcache *w, u64 off)
{
	nvm_region_media_error(w->r, round_down(off, SECTOR_SIZE), SECTOR_SIZE);
	return -EIO;
}

static int nvm_wcache_read(void *private, u64 off, void *dst, unsigned int len)
{
	struct nvm_wcache *w = private;
	u64 end = off + len;
	size_t left;

	if (nvm_poison_hits(w->bb, off, len))
		return -EIO;
	left = nvm_copy_from(w->r, dst, READ_ONCE(w->addr), off, len);
	if (likely(!left))
		return 0;
	return nvm_wcache_lost(w, end - left);
}

static void nvm_wcache_submit(void *private, struct nvm_cmd *cmd)
{
	struct nvm_wcache *w = private;

	nvm_cmd_submit(w->r, cmd);
}

const struct nvmc_backend nvm_wcache_medium = {
	.read	= nvm_wcache_read,
	.submit	= nvm_wcache_submit,
};

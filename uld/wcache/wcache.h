/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of nvm_wcache share with each other and with nobody else. */
#ifndef NVM_WCACHE_H
#define NVM_WCACHE_H

#include <nvm/uld.h>
#include "../cache/engine.h"

/**
 * struct nvm_wcache - a region of type 2 with a cache and a disk
 * @r: the region
 * @map: the medium, for reading
 * @addr: where that is, which may change when the region grows
 * @bb: the region's poison
 * @engine: the cache
 * @disk: the disk
 * @cdev: the character device beside it
 */
struct nvm_wcache {
	struct nvm_region	*r;
	struct nvm_map		*map;
	const void		*addr;
	struct badblocks	*bb;
	struct nvmc_engine	*engine;
	struct nvm_disk		*disk;
	struct nvm_cdev		*cdev;
};

extern const struct nvmc_backend nvm_wcache_medium;

#endif /* NVM_WCACHE_H */

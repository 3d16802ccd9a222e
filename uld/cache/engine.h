/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The other half of the cache: memory, copies, commands and a thread around the
 * bookkeeping of cache.h. For ULDs: what differs between the types is passed in
 * as &struct nvmc_backend. See Documentation/cache.rst.
 */
#ifndef NVMC_ENGINE_H
#define NVMC_ENGINE_H

#include <nvm/uld.h>

struct nvmc_engine;

/**
 * struct nvmc_backend - how a ULD reaches its medium
 * @read: copy @len bytes from @off of the medium, both multiples of 512. Only
 *	  where no command is in flight. 0 or -EIO. May be called by several
 * @submit: begin @cmd: NVM_OP_WRITE, NVM_OP_FLUSH or NVM_OP_DISCARD. Ends it by
 *	    &nvm_cmd.done
 */
struct nvmc_backend {
	int	(*read)(void *private, u64 off, void *dst, unsigned int len);
	void	(*submit)(void *private, struct nvm_cmd *cmd);
};

/**
 * struct nvmc_engine_desc - what a cache is made for
 * @r: the region whose medium it is
 * @limits: of its commands
 * @flushes: the device has a volatile buffer: NVM_OP_FLUSH ends each flush
 * @discards: the device takes NVM_OP_DISCARD
 * @backend: the ULD's
 * @private: passed to @backend
 * @bytes: of memory at the most
 */
struct nvmc_engine_desc {
	struct nvm_region		*r;
	const struct nvm_cmd_limits	*limits;
	bool				flushes;
	bool				discards;
	const struct nvmc_backend	*backend;
	void				*private;
	u64				bytes;
};

const char *nvmc_engine_impossible(const struct nvm_cmd_limits *l);
struct nvmc_engine *nvmc_engine_create(const struct nvmc_engine_desc *desc);
void nvmc_engine_kill(struct nvmc_engine *e);
void nvmc_engine_stop(struct nvmc_engine *e);
void nvmc_engine_destroy(struct nvmc_engine *e);
void *nvmc_engine_private(const struct nvmc_engine *e);

int nvmc_engine_peek(void *engine, struct bio *bio);
int nvmc_engine_move(void *engine, struct bio *bio);
int nvmc_engine_discard(void *engine, struct bio *bio);
int nvmc_engine_flush(void *engine);

void nvmc_engine_view(struct nvmc_engine *e, struct address_space *mapping);
void nvmc_engine_poison(struct nvmc_engine *e, u64 off, u64 len);
void nvmc_engine_protect(struct nvmc_engine *e);
void nvmc_engine_blind(struct nvmc_engine *e);
vm_fault_t nvmc_engine_fault(void *engine, struct vm_fault *vmf, bool write);

extern const struct attribute_group nvmc_engine_group;

#endif /* NVMC_ENGINE_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of the slots. It comes when it is needed and goes when the system
 * needs it more; the reserve stays, with which write-back always goes on, and some
 * beside what is dirty.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include "internal.h"

static void nvmc_memory_refused(struct nvmc_engine *e, struct nvmc_part *part)
{
	guard(spinlock)(&part->lock);
	nvmc_refused_memory(&e->c, part->sh, nvmc_now());
}

/**
 * nvmc_memory_give() - memory for one more slot
 * @e: the engine
 * @part: where
 * @gfp: how to get it
 *
 * Not from what is kept for those who free memory: they would spend here what
 * they are about to get back.
 *
 * Context: as @gfp says.
 * Return: false if there is none.
 */
bool nvmc_memory_give(struct nvmc_engine *e, struct nvmc_part *part, gfp_t gfp)
{
	/* Without __GFP_HIGHMEM: it has an address for as long as it is ours. */
	struct page *page = alloc_pages_node(e->d.r->desc.numa_node,
					     gfp | __GFP_NOWARN |
					     __GFP_NOMEMALLOC, e->order);
	u32 slot;

	if (!page) {
		/* Who may not wait for it is refused what others get. */
		if (gfpflags_allow_blocking(gfp))
			nvmc_memory_refused(e, part);
		return false;
	}
	scoped_guard(spinlock, &part->lock) {
		slot = nvmc_give(&e->c, part->sh);
		if (slot != NVMC_NONE)
			WRITE_ONCE(part->mem[slot], page_address(page));
	}
	/* Another writer was faster, and now each slot has some. */
	if (slot == NVMC_NONE)
		__free_pages(page, e->order);
	return true;
}

static void nvmc_memory_free_rcu(struct rcu_head *head)
{
	struct page *page = container_of(head, struct page, rcu_head);
	unsigned int order = page_private(page);

	set_page_private(page, 0);
	__free_pages(page, order);
}

static bool nvmc_memory_take(struct nvmc_engine *e, struct nvmc_part *part)
{
	struct page *page;
	void *mem = NULL;
	u32 slot;

	scoped_guard(spinlock, &part->lock) {
		slot = nvmc_shrink(&e->c, part->sh);
		if (slot != NVMC_NONE) {
			mem = part->mem[slot];
			WRITE_ONCE(part->mem[slot], NULL);
		}
	}
	if (!mem)
		return false;
	page = virt_to_page(mem);
	/* Who reads without the lock may still copy from it: to no avail. */
	set_page_private(page, e->order);
	call_rcu(&page->rcu_head, nvmc_memory_free_rcu);
	return true;
}

static unsigned long nvmc_shrink_count(void *private)
{
	struct nvmc_engine *e = private;
	unsigned long nr = 0;
	u32 i;

	for (i = 0; i < e->c.geo.shards; i++)
		nr += nvmc_spare(&e->c, e->parts[i].sh);
	return nr << e->order;
}

static unsigned long nvmc_shrink_scan(void *private, unsigned long nr)
{
	struct nvmc_engine *e = private;
	unsigned long freed = 0;
	u32 i, dry = 0;

	for (i = 0; freed < nr && dry < e->c.geo.shards; i++) {
		struct nvmc_part *part = &e->parts[i & (e->c.geo.shards - 1)];

		if (nvmc_memory_take(e, part)) {
			freed += 1UL << e->order;
			dry = 0;
		} else {
			dry++;
		}
	}
	return freed;
}

static void nvmc_memory_free(struct nvmc_engine *e, struct nvmc_part *part)
{
	u32 i;

	for (i = 0; part->mem && i < part->sh->nr; i++)
		free_pages((unsigned long)part->mem[i], e->order);
	kvfree(part->mem);
}

static int nvmc_memory_init_part(struct nvmc_engine *e, struct nvmc_part *part)
{
	u32 i;

	part->mem = kvcalloc(part->sh->nr, sizeof(*part->mem), GFP_KERNEL);
	if (!part->mem)
		return -ENOMEM;
	for (i = 0; i < e->c.geo.reserve; i++)
		if (!nvmc_memory_give(e, part, GFP_KERNEL))
			return -ENOMEM;
	return 0;
}

/**
 * nvmc_memory_init() - the reserve, and a shrinker
 * @e: the engine
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; either way nvmc_memory_exit() ends it.
 */
int nvmc_memory_init(struct nvmc_engine *e)
{
	u32 i;

	for (i = 0; i < e->c.geo.shards; i++)
		if (nvmc_memory_init_part(e, &e->parts[i]))
			return -ENOMEM;
	return nvm_shrinker_register(&e->shrinker, dev_name(&e->d.r->dev),
				     nvmc_shrink_count, nvmc_shrink_scan, e);
}

/**
 * nvmc_memory_exit() - all memory goes back
 * @e: the engine, which nobody uses
 *
 * Context: may sleep.
 */
void nvmc_memory_exit(struct nvmc_engine *e)
{
	u32 i;

	nvm_shrinker_unregister(&e->shrinker);
	/* nvmc_memory_free_rcu() is the module's. */
	rcu_barrier();
	for (i = 0; i < e->c.geo.shards; i++)
		nvmc_memory_free(e, &e->parts[i]);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mapping the memory of a region: struct pages and kernel addresses.
 *
 * The struct pages live in RAM. A dev_pagemap cannot grow, so each growth is a
 * further one behind the last, and the direct map makes their addresses one run.
 * Without pages a growth maps all anew, elsewhere; who uses the old addresses
 * may go on, they stay mapped.
 */
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/pagemap.h>
#include <linux/set_memory.h>
#include <linux/slab.h>
#include "core.h"

/**
 * struct nvm_map_part - one dev_pagemap of a mapping
 * @node: in &nvm_map.parts
 * @map: the mapping
 * @pgmap: its range of physical memory
 */
struct nvm_map_part {
	struct list_head	node;
	struct nvm_map		*map;
	struct dev_pagemap	pgmap;
};

/**
 * struct nvm_map_old - where a mapping without pages was before it grew
 * @next: where it was before that
 * @addr: still mapped
 */
struct nvm_map_old {
	struct nvm_map_old	*next;
	void			*addr;
};

/**
 * struct nvm_map - a region, mapped
 * @r: the region
 * @ops: the owner's
 * @owner: passed to @ops
 * @addr: kernel address of the region's first byte
 * @parts: &struct nvm_map_part in order; empty if there are no pages
 * @next: prepared by nvm_map_grow_prepare(), not yet in @parts
 * @old: without pages: former addresses
 * @next_old: without pages: prepared, its address is the one to come
 */
struct nvm_map {
	struct nvm_region		*r;
	const struct nvm_map_ops	*ops;
	void				*owner;
	void				*addr;
	struct list_head		parts;
	struct nvm_map_part		*next;
	struct nvm_map_old		*old;
	struct nvm_map_old		*next_old;
};

static int nvm_map_memory_failure(struct dev_pagemap *pgmap, unsigned long pfn,
				  unsigned long nr_pages, int mf_flags)
{
	struct nvm_map *map =
		container_of(pgmap, struct nvm_map_part, pgmap)->map;
	u64 off = PFN_PHYS(pfn) - map->r->desc.mem.start;
	u64 len = PFN_PHYS(nr_pages);

	nvm_poison_add(to_core(map->r), off, len);
	return map->ops->failed(map->owner, off, len, mf_flags);
}

static const struct dev_pagemap_ops nvm_map_pagemap_ops = {
	.memory_failure	= nvm_map_memory_failure,
};

static void nvm_map_old_free(struct nvm_map_old *old)
{
	memunmap(old->addr);
	kfree(old);
}

static void nvm_map_part_free(struct nvm_map_part *part)
{
	memunmap_pages(&part->pgmap);
	kfree(part);
}

/* Pages for [off, off + len) of the region; ERR_PTR on failure. */
static struct nvm_map_part *nvm_map_part_new(struct nvm_map *map, u64 off,
					     u64 len, void **addr)
{
	phys_addr_t start = map->r->desc.mem.start + off;
	struct nvm_map_part *part;

	/* The kernel would take the last page for them before it gave up. */
	if (!nvm_pages_fit(len))
		return ERR_PTR(-ENOMEM);
	part = kzalloc(sizeof(*part), GFP_KERNEL);
	if (!part)
		return ERR_PTR(-ENOMEM);
	part->map = map;
	part->pgmap.type = MEMORY_DEVICE_FS_DAX;
	part->pgmap.ops = &nvm_map_pagemap_ops;
	part->pgmap.range.start = start;
	part->pgmap.range.end = start + len - 1;
	part->pgmap.nr_range = 1;
	*addr = memremap_pages(&part->pgmap, map->r->desc.numa_node);
	if (IS_ERR(*addr)) {
		kfree(part);
		return ERR_CAST(*addr);
	}
	return part;
}

static bool nvm_map_wants_pages(const struct nvm_region *r)
{
	return r->caps & NVM_CAP_DAX;
}

static int nvm_map_with_pages(struct nvm_map *map)
{
	struct nvm_map_part *part;

	part = nvm_map_part_new(map, 0, nvm_region_size(map->r), &map->addr);
	if (IS_ERR(part))
		return PTR_ERR(part);
	list_add_tail(&part->node, &map->parts);
	WRITE_ONCE(to_core(map->r)->has_pages, true);
	return 0;
}

static void *nvm_map_remap(const struct nvm_map *map, u64 size)
{
	const struct nvm_range *m = &map->r->desc.mem;

	return memremap(m->start, size, m->cache == NVM_CACHE_WC ?
					MEMREMAP_WC : MEMREMAP_WB);
}

static int nvm_map_without_pages(struct nvm_map *map)
{
	const struct nvm_range *m = &map->r->desc.mem;

	if (m->cache == NVM_CACHE_UC)
		return -EOPNOTSUPP;
	/* The kernel would warn of what no processor here can address. */
	if (m->start + m->size - 1 > iomem_resource.end)
		return -ERANGE;
	map->addr = nvm_map_remap(map, nvm_region_size(map->r));
	return map->addr ? 0 : -ENOMEM;
}

static int nvm_map_all(struct nvm_map *map)
{
	return nvm_map_wants_pages(map->r) ? nvm_map_with_pages(map) :
					     nvm_map_without_pages(map);
}

/**
 * nvm_map_create() - map all of a region of type 1 or 2
 * @r: the region; with %NVM_CAP_DAX it gets struct pages
 * @ops: what @owner wants to hear
 * @owner: passed to @ops
 *
 * One at a time: the kernel does not survive a second set of struct pages for
 * the same addresses. That of a disk that was removed lives until its last user
 * has closed; until then the core offers the region to nobody.
 *
 * Context: may sleep; in the ULD's probe.
 * Return: the mapping, ended by nvm_map_destroy(), or ERR_PTR: -ENOMEM,
 * -EOPNOTSUPP for uncached memory, -ERANGE beyond the processor's addresses, or
 * the errno of memremap_pages().
 */
struct nvm_map *nvm_map_create(struct nvm_region *r,
			       const struct nvm_map_ops *ops, void *owner)
{
	struct nvm_map *map = kzalloc(sizeof(*map), GFP_KERNEL);
	int err;

	if (!map)
		return ERR_PTR(-ENOMEM);
	map->r = r;
	map->ops = ops;
	map->owner = owner;
	INIT_LIST_HEAD(&map->parts);
	err = nvm_map_all(map);
	if (err) {
		kfree(map);
		return ERR_PTR(err);
	}
	return map;
}
EXPORT_SYMBOL_GPL(nvm_map_create);

/**
 * nvm_map_addr() - kernel address of the region's first byte
 * @map: the mapping
 *
 * It stays the same when a mapping with pages grows. One without gets another,
 * which has all of the region; the old one stays valid for what it had.
 */
void *nvm_map_addr(const struct nvm_map *map)
{
	return READ_ONCE(map->addr);
}
EXPORT_SYMBOL_GPL(nvm_map_addr);

static int nvm_map_grow_without_pages(struct nvm_map *map, u64 size)
{
	struct nvm_map_old *next = kzalloc(sizeof(*next), GFP_KERNEL);

	if (!next)
		return -ENOMEM;
	next->addr = nvm_map_remap(map, size);
	if (!next->addr) {
		kfree(next);
		return -ENOMEM;
	}
	map->next_old = next;
	return 0;
}

/**
 * nvm_map_grow_prepare() - map what is to come behind the present end
 * @map: the mapping
 * @size: bytes of the region afterwards, more than now
 *
 * Context: may sleep, under the region's device lock.
 * Return: 0, -ENOMEM, -ERANGE if the addresses would not be one run, or the
 * errno of memremap_pages().
 */
int nvm_map_grow_prepare(struct nvm_map *map, u64 size)
{
	u64 now = nvm_region_size(map->r);
	struct nvm_map_part *part;
	void *addr;

	if (list_empty(&map->parts))
		return nvm_map_grow_without_pages(map, size);
	part = nvm_map_part_new(map, now, size - now, &addr);
	if (IS_ERR(part))
		return PTR_ERR(part);
	if (addr != map->addr + now) {
		nvm_map_part_free(part);
		return -ERANGE;
	}
	map->next = part;
	return 0;
}
EXPORT_SYMBOL_GPL(nvm_map_grow_prepare);

/**
 * nvm_map_grow_commit() - keep what was prepared
 * @map: the mapping
 *
 * Context: under the region's device lock.
 */
void nvm_map_grow_commit(struct nvm_map *map)
{
	struct nvm_map_old *old = map->next_old;

	if (old) {
		old->addr = xchg(&map->addr, old->addr);
		old->next = map->old;
		map->old = old;
		map->next_old = NULL;
		return;
	}
	list_add_tail(&map->next->node, &map->parts);
	map->next = NULL;
}
EXPORT_SYMBOL_GPL(nvm_map_grow_commit);

/**
 * nvm_map_grow_abort() - drop what was prepared
 * @map: the mapping
 *
 * Context: may sleep, under the region's device lock.
 */
void nvm_map_grow_abort(struct nvm_map *map)
{
	if (map->next_old) {
		nvm_map_old_free(map->next_old);
		map->next_old = NULL;
		return;
	}
	nvm_map_part_free(map->next);
	map->next = NULL;
}
EXPORT_SYMBOL_GPL(nvm_map_grow_abort);

/* The low bits of a page's mapping mark one that files share (reflink). */
static bool nvm_is_shared(const struct address_space *mapping)
{
	return (unsigned long)mapping & PAGE_MAPPING_FLAGS;
}

/* Under RCU: both references, or neither and what of them has to be put. */
static struct inode *nvm_page_igrab(struct page *page, struct super_block **sb)
{
	struct address_space *mapping = READ_ONCE(page->mapping);

	if (!mapping || nvm_is_shared(mapping) || !mapping->host)
		return NULL;
	/* One that is being unmounted has nobody left who maps its files. */
	if (!atomic_inc_not_zero(&mapping->host->i_sb->s_active))
		return NULL;
	*sb = mapping->host->i_sb;
	return igrab(mapping->host);
}

/*
 * The inode whose DAX mapping shows a page, with a reference to it and to its
 * file system, which must not be unmounted around an inode that is held.
 */
static struct inode *nvm_page_inode(struct page *page)
{
	struct super_block *sb = NULL;
	struct inode *inode;

	scoped_guard(rcu)
		inode = nvm_page_igrab(page, &sb);
	if (!inode && sb)
		deactivate_super(sb);
	return inode;
}

static void nvm_inode_put(struct inode *inode)
{
	struct super_block *sb;

	if (!inode)
		return;
	sb = inode->i_sb;
	iput(inode);
	deactivate_super(sb);
}

/* The lock holds off faults that have asked the device already. */
static void nvm_inode_revoke(struct inode *inode)
{
	filemap_invalidate_lock(inode->i_mapping);
	unmap_mapping_range(inode->i_mapping, 0, 0, 1);
	filemap_invalidate_unlock(inode->i_mapping);
}

/* Returns how many pages are shared between files. */
static unsigned long nvm_map_revoke_part(struct nvm_map_part *part)
{
	unsigned long pfn = PHYS_PFN(part->pgmap.range.start);
	unsigned long end = PHYS_PFN(part->pgmap.range.end) + 1;
	struct inode *inode, *last = NULL;
	unsigned long shared = 0;

	for (; pfn < end; pfn++) {
		struct page *page = pfn_to_page(pfn);

		cond_resched();
		shared += nvm_is_shared(READ_ONCE(page->mapping));
		inode = nvm_page_inode(page);
		if (!inode)
			continue;
		/* One unmap empties the file: its other pages need none. */
		if (inode != last)
			nvm_inode_revoke(inode);
		nvm_inode_put(last);
		last = inode;
	}
	nvm_inode_put(last);
	return shared;
}

static unsigned long nvm_map_revoke_pass(struct nvm_map *map)
{
	struct nvm_map_part *part;
	unsigned long shared = 0;

	list_for_each_entry(part, &map->parts, node)
		shared += nvm_map_revoke_part(part);
	return shared;
}

/**
 * nvm_map_revoke() - empty the page tables of all processes that map the memory
 * @map: the mapping
 *
 * The DAX host must be dead, or a fault would map it again. Struct pages and
 * the kernel's own mapping stay until nvm_map_destroy(), and so does the claim
 * on the addresses: what is missed here reaches old memory, never somebody
 * else's. That can be a page which files share by reflink, as the kernel does
 * not say which files those are; a line in the log then says so.
 *
 * Context: may sleep; takes the invalidate lock of each inode found.
 */
void nvm_map_revoke(struct nvm_map *map)
{
	unsigned long shared;

	nvm_map_revoke_pass(map);
	/* A first fault may have been on its way when the host died. */
	shared = nvm_map_revoke_pass(map);
	if (shared)
		dev_warn(&map->r->dev, "%lu pages that files share (reflink) may stay mapped until their processes end\n",
			 shared);
}
EXPORT_SYMBOL_GPL(nvm_map_revoke);

/**
 * nvm_map_destroy() - unmap
 * @map: the mapping, or NULL
 *
 * Waits until nobody pins a page of it.
 *
 * Context: may sleep.
 */
void nvm_map_destroy(struct nvm_map *map)
{
	struct nvm_map_part *part, *tmp;
	struct nvm_map_old *old;

	if (!map)
		return;
	if (list_empty(&map->parts))
		memunmap(map->addr);
	while ((old = map->old)) {
		map->old = old->next;
		nvm_map_old_free(old);
	}
	/* Tails first: the first part carries the address. */
	list_for_each_entry_safe_reverse(part, tmp, &map->parts, node)
		nvm_map_part_free(part);
	WRITE_ONCE(to_core(map->r)->has_pages, false);
	kfree(map);
}
EXPORT_SYMBOL_GPL(nvm_map_destroy);

/**
 * nvm_map_pages_present() - pages whose poison was cleared are whole again
 * @c: the region
 * @off: bytes from its start
 * @len: bytes; only pages that lie in the range as a whole
 *
 * Memory failure marks a page, and the architecture may have taken it out of
 * the direct map.
 *
 * Context: may sleep; the caller's I/O keeps the pages.
 */
void nvm_map_pages_present(struct nvm_region_core *c, u64 off, u64 len)
{
	phys_addr_t start = c->r.desc.mem.start + off;
	unsigned long pfn = PFN_UP(start);
	unsigned long end = PFN_DOWN(start + len);

	if (!nvm_map_wants_pages(&c->r))
		return;
	for (; pfn < end; pfn++) {
		struct page *page = pfn_to_page(pfn);

		if (!PageHWPoison(page))
			continue;
		ClearPageHWPoison(page);
		clear_mce_nospec(pfn);
	}
}

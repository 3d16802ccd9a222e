// SPDX-License-Identifier: GPL-2.0-only
/*
 * The medium and the cache as processes have them mapped. A page is shown
 * read-only straight from the medium, or from a slot; the first store has the
 * block in a slot, and maps that for writing.
 *
 * A page that is shown pins its slot: as a reader does, or as a writer who takes
 * his time. So what is shown is not replaced, and what may be stored to is not
 * written back, until it is hidden again: before a flush, when it is old, when
 * there are too many.
 *
 * What is shown is the newest: it is hidden before a write of newer data ends,
 * and before a command makes it undefined. A fault looks again after it has
 * shown a page, so that it cannot be late.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include "internal.h"

/* A pin: the slot, and whether it is a writer's. */
static void *nvmc_pin(u32 slot, bool write)
{
	return xa_mk_value((unsigned long)slot << 1 | write);
}

static u32 nvmc_pin_slot(void *pin)
{
	return xa_to_value(pin) >> 1;
}

static bool nvmc_pin_writes(void *pin)
{
	return xa_to_value(pin) & 1;
}

static u64 nvmc_page_block(const struct nvmc_engine *e, pgoff_t page)
{
	return (u64)page >> e->order;
}

static void nvmc_unpin_slot(struct nvmc_engine *e, u64 block, u32 slot,
			    bool write)
{
	struct nvmc_part *part = nvmc_part_of(e, block);
	bool wake;

	scoped_guard(spinlock, &part->lock)
		wake = write ? nvmc_write_end(&e->c, part->sh, slot,
					      e->c.full) :
			       nvmc_read_end(part->sh, slot);
	if (!wake)
		return;
	nvmc_wake(part);
	nvmc_kick(e);
}

static void nvmc_unpin(struct nvmc_engine *e, pgoff_t page)
{
	void *pin = xa_load(&e->view.pins, page);

	/* Not even what is reserved goes: see nvmc_view_reserve(). */
	if (!pin)
		return;
	xa_erase(&e->view.pins, page);
	e->view.nr--;
	nvmc_unpin_slot(e, nvmc_page_block(e, page), nvmc_pin_slot(pin),
			nvmc_pin_writes(pin));
}

/* Under the view's lock: no process has the page. */
static void nvmc_hide_page(struct nvmc_engine *e, pgoff_t page)
{
	unmap_mapping_range(e->view.mapping, (loff_t)page << PAGE_SHIFT,
			    PAGE_SIZE, 1);
	nvmc_unpin(e, page);
}

static void nvmc_hide_pages(struct nvmc_engine *e, pgoff_t first, pgoff_t last,
			    bool writers_only)
{
	unsigned long page;
	void *pin;

	xa_for_each_range(&e->view.pins, page, pin, first, last) {
		if (!writers_only || nvmc_pin_writes(pin))
			nvmc_hide_page(e, page);
		cond_resched();
	}
}

/*
 * What it takes to show a page, a page table and an entry for the pin, is had
 * before anything is pinned or locked.
 */
static bool nvmc_view_reserve(struct nvmc_engine *e, struct vm_fault *vmf)
{
	return !apply_to_page_range(vmf->vma->vm_mm, vmf->address & PAGE_MASK,
				    PAGE_SIZE, NULL, NULL) &&
	       !xa_reserve(&e->view.pins, vmf->pgoff, GFP_NOIO);
}

static void nvmc_view_unreserve(struct nvmc_engine *e, struct vm_fault *vmf)
{
	xa_release(&e->view.pins, vmf->pgoff);
}

/*
 * To write back takes this lock, and others may wait for that to get memory. So
 * who holds it does not wait for memory: what was reserved and is gone again, as
 * hardly ever, he gets from what is kept, or not at all.
 */
static unsigned int nvmc_view_lock(struct nvmc_engine *e)
{
	mutex_lock(&e->view.lock);
	return memalloc_noreclaim_save();
}

static void nvmc_view_unlock(struct nvmc_engine *e, unsigned int flags)
{
	memalloc_noreclaim_restore(flags);
	mutex_unlock(&e->view.lock);
}

static bool nvmc_is_shown(const struct nvmc_engine *e)
{
	return e->view.mapping && mapping_mapped(e->view.mapping);
}

/**
 * nvmc_view_is_used() - may a process have some of the medium mapped
 * @e: the engine
 *
 * Context: any.
 */
bool nvmc_view_is_used(const struct nvmc_engine *e)
{
	/* Pins outlive the last mapping: see nvmc_view_age(). */
	return nvmc_is_shown(e) || READ_ONCE(e->view.nr);
}

/**
 * nvmc_view_hide() - no process has a part of the medium mapped
 * @e: the engine
 * @off: bytes from its start
 * @len: bytes, not 0
 *
 * By the page. It may be shown again at once.
 *
 * Context: may sleep.
 */
void nvmc_view_hide(struct nvmc_engine *e, u64 off, u64 len)
{
	pgoff_t first = off >> PAGE_SHIFT;
	pgoff_t last = (off + len - 1) >> PAGE_SHIFT;
	unsigned int flags;

	if (!nvmc_view_is_used(e))
		return;
	flags = nvmc_view_lock(e);
	/* It takes the length alone up to whole pages. */
	unmap_mapping_range(e->view.mapping, (loff_t)first << PAGE_SHIFT,
			    (loff_t)(last - first + 1) << PAGE_SHIFT, 1);
	nvmc_hide_pages(e, first, last, false);
	nvmc_view_unlock(e, flags);
}

/**
 * nvmc_view_hide_for() - no process has mapped what a command makes undefined
 * @e: the engine
 * @cmd: with its range, which is in flight for the bookkeeping
 *
 * Context: may sleep.
 */
void nvmc_view_hide_for(struct nvmc_engine *e, const struct nvm_cmd *cmd)
{
	u64 unit = max(e->c.geo.busy_unit, e->c.geo.block);
	u64 off = round_down(cmd->dst, unit);

	nvmc_view_hide(e, off, round_up(cmd->dst + cmd->len, unit) - off);
}

/**
 * nvmc_view_hide_all() - no process has any of the medium mapped
 * @e: the engine
 *
 * Context: may sleep.
 */
void nvmc_view_hide_all(struct nvmc_engine *e)
{
	nvmc_view_hide(e, 0, nvm_region_size(e->d.r));
}

/**
 * nvmc_view_hide_written() - what processes may store to can be written back
 * @e: the engine
 *
 * Context: may sleep.
 */
void nvmc_view_hide_written(struct nvmc_engine *e)
{
	unsigned int flags;

	if (!READ_ONCE(e->view.nr))
		return;
	flags = nvmc_view_lock(e);
	nvmc_hide_pages(e, 0, ULONG_MAX, true);
	e->view.since = jiffies;
	nvmc_view_unlock(e, flags);
}

/**
 * nvmc_view_age() - now and then: what was stored to for long is hidden
 * @e: the engine
 *
 * So are the pins of pages that nobody maps any more.
 *
 * Context: may sleep.
 */
void nvmc_view_age(struct nvmc_engine *e)
{
	if (READ_ONCE(e->view.nr) &&
	    time_after(jiffies, READ_ONCE(e->view.since) +
				e->c.geo.max_age / 2)) {
		if (nvmc_is_shown(e))
			nvmc_view_hide_written(e);
		else
			nvmc_view_hide_all(e);
	}
}

/* Others need slots, too. */
static u32 nvmc_most_pins(const struct nvmc_engine *e)
{
	u32 all = 0, room = 0, i;

	for (i = 0; i < e->c.geo.shards; i++) {
		all += e->parts[i].sh->nr;
		room += READ_ONCE(e->parts[i].sh->room);
	}
	/* What is pinned is none of the room that there is beside what is dirty. */
	return room < all ? room / 16 : all / 4;
}

/* Under the view's lock. */
static void nvmc_make_room(struct nvmc_engine *e)
{
	if (e->view.nr > nvmc_most_pins(e))
		nvmc_hide_pages(e, 0, ULONG_MAX, false);
}

/* Is this still the newest version of a block? NVMC_NONE: the medium's. */
static bool nvmc_is_newest(struct nvmc_engine *e, const struct nvmc_access *a,
			   u32 slot)
{
	guard(spinlock)(&a->part->lock);
	return nvmc_newest_slot(&e->c, a->part->sh, a->block) == slot;
}

static pgprot_t nvmc_prot(const struct vm_area_struct *vma, bool write)
{
	return write ? vm_get_page_prot(vma->vm_flags) : vma->vm_page_prot;
}

static unsigned long nvmc_slot_pfn(const struct nvmc_engine *e,
				   const struct nvmc_access *a, pgoff_t page)
{
	return page_to_pfn(virt_to_page(a->part->mem[a->slot])) +
	       (page & ((1UL << e->order) - 1));
}

/* The page is pinned already: by this pin, or this one is not needed. */
static bool nvmc_keep_pin(struct nvmc_engine *e, pgoff_t page, void *pin)
{
	if (xa_load(&e->view.pins, page) ||
	    xa_err(xa_store(&e->view.pins, page, pin, GFP_NOIO)))
		return false;
	e->view.nr++;
	/* The pin first: the thread sleeps until it is kicked if there is none. */
	smp_mb();
	if (test_bit(NVMC_IDLE, &e->flags))
		nvmc_kick(e);
	return true;
}

/*
 * Shows the slot of @a, which is pinned for it; false: it was outdated by the
 * time, or there is no memory, and it is hidden again. Ends the pin in any case
 * but that of success.
 */
static bool nvmc_show_slot(struct nvmc_access *a, struct vm_fault *vmf,
			   vm_fault_t *ret)
{
	struct nvmc_engine *e = a->e;
	pgoff_t page = vmf->pgoff;
	void *pin;

	nvmc_make_room(e);
	pin = xa_load(&e->view.pins, page);
	/* Others may have it read-only, from the medium, or an older slot. */
	if (a->write || (pin && nvmc_pin_slot(pin) != a->slot))
		nvmc_hide_page(e, page);
	if (!nvmc_keep_pin(e, page, nvmc_pin(a->slot, a->write)))
		nvmc_unpin_slot(e, a->block, a->slot, a->write);
	pin = xa_load(&e->view.pins, page);
	*ret = pin ? VM_FAULT_NOPAGE : VM_FAULT_OOM;
	if (pin && nvmc_pin_slot(pin) == a->slot)
		*ret = vmf_insert_pfn_prot(vmf->vma, vmf->address,
					   nvmc_slot_pfn(e, a, page),
					   nvmc_prot(vmf->vma, a->write));
	if (*ret == VM_FAULT_NOPAGE && nvmc_is_newest(e, a, a->slot))
		return true;
	nvmc_hide_page(e, page);
	return false;
}

/*
 * The same for a block that is on the medium only. Poison is entered into the
 * list first and hidden then, see nvmc_engine_poison(): so under the view's lock
 * it is seen here, or what is shown here is hidden there.
 */
static bool nvmc_show_medium(struct nvmc_access *a, struct vm_fault *vmf,
			     vm_fault_t *ret)
{
	struct nvmc_engine *e = a->e;
	unsigned long pfn = PHYS_PFN(e->d.r->desc.mem.start) + vmf->pgoff;

	if (nvm_poison_hits(e->bb, a->block * e->c.geo.block, e->c.geo.block)) {
		nvmc_leave_mapping(a);
		*ret = VM_FAULT_SIGBUS;
		return false;
	}
	*ret = vmf_insert_pfn_prot(vmf->vma, vmf->address, pfn,
				   nvmc_prot(vmf->vma, false));
	nvmc_leave_mapping(a);
	if (*ret == VM_FAULT_NOPAGE && nvmc_is_newest(e, a, NVMC_NONE))
		return true;
	nvmc_hide_page(e, vmf->pgoff);
	return false;
}

/* The copy of the block in flight is all of the block: it was filled. */
static void nvmc_take_copy(struct nvmc_access *a)
{
	nvmc_copy_block(a);
	nvmc_leave_write(a);
}

static bool nvmc_is_whole(const struct nvmc_access *a)
{
	guard(spinlock)(&a->part->lock);
	return a->part->sh->slot[a->slot].valid == a->e->c.full;
}

/* All sectors of a block that has a slot. */
static int nvmc_complete(const struct nvmc_access *a)
{
	struct nvmc_access r = {
		.e = a->e, .part = a->part, .block = a->block,
		.sectors = a->e->c.full,
	};
	int err = nvmc_enter(&r);

	if (err)
		return err;
	if (r.answer == NVMC_HIT)
		nvmc_unpin_slot(r.e, r.block, r.slot, false);
	else
		nvmc_leave_mapping(&r);
	return 0;
}

/*
 * Ends with a slot that has all of the block and a writer's pin. Not as if all
 * of it was to be written: nothing of an older version would be kept.
 */
static int nvmc_enter_whole(struct nvmc_access *a)
{
	int err;

	for (;;) {
		a->sectors = 1;
		err = nvmc_enter(a);
		if (err)
			return err;
		if (a->answer == NVMC_COPY) {
			nvmc_take_copy(a);
			continue;
		}
		if (nvmc_is_whole(a))
			return 0;
		/* Nothing was written, but it has a slot now. */
		a->sectors = 0;
		nvmc_leave_write(a);
		err = nvmc_complete(a);
		if (err)
			return err;
	}
}

static int nvmc_enter_fault(struct nvmc_access *a)
{
	return a->write ? nvmc_enter_whole(a) : nvmc_enter(a);
}

/* Not if it was found read-only while it was being shown: then it is hidden. */
static bool nvmc_may_store(struct nvmc_engine *e, pgoff_t page)
{
	if (!nvm_region_read_only(e->d.r))
		return true;
	nvmc_view_hide(e, (u64)page << PAGE_SHIFT, PAGE_SIZE);
	return false;
}

static bool nvmc_show(struct nvmc_access *a, struct vm_fault *vmf,
		      vm_fault_t *ret)
{
	unsigned int flags = nvmc_view_lock(a->e);
	bool shown = a->answer == NVMC_HIT ? nvmc_show_slot(a, vmf, ret) :
					     nvmc_show_medium(a, vmf, ret);

	nvmc_view_unlock(a->e, flags);
	return shown;
}

/* 0: what was shown was outdated by then, and is hidden again. */
static vm_fault_t nvmc_fault_once(struct nvmc_access *a, struct vm_fault *vmf)
{
	vm_fault_t ret = VM_FAULT_SIGBUS;
	bool shown = false;

	if (!nvmc_view_reserve(a->e, vmf))
		return VM_FAULT_OOM;
	if (!nvmc_enter_fault(a))
		shown = nvmc_show(a, vmf, &ret);
	nvmc_view_unreserve(a->e, vmf);
	return shown || ret & VM_FAULT_ERROR ? ret : 0;
}

/**
 * nvmc_engine_fault() - a process touches a page that it does not have
 * @engine: &struct nvmc_engine, with nvmc_engine_view()
 * @vmf: the fault
 * @write: it wants to store
 *
 * Context: may sleep.
 * Return: VM_FAULT_NOPAGE when it has it, VM_FAULT_SIGBUS if the medium cannot
 * be read there or takes no writes, VM_FAULT_OOM.
 */
vm_fault_t nvmc_engine_fault(void *engine, struct vm_fault *vmf, bool write)
{
	struct nvmc_engine *e = engine;
	struct nvmc_access a = {
		.e		= e,
		.block		= nvmc_page_block(e, vmf->pgoff),
		.sectors	= e->c.full,
		.write		= write,
	};
	vm_fault_t ret;

	if (vmf->pgoff >= nvm_region_size(e->d.r) >> PAGE_SHIFT ||
	    (write && nvm_region_read_only(e->d.r)))
		return VM_FAULT_SIGBUS;
	a.part = nvmc_part_of(e, a.block);
	do {
		ret = nvmc_fault_once(&a, vmf);
	} while (!ret && !fatal_signal_pending(current));
	nvmc_pause(&a);
	if (write && !nvmc_may_store(e, vmf->pgoff))
		return VM_FAULT_SIGBUS;
	return ret & VM_FAULT_ERROR ? ret : VM_FAULT_NOPAGE;
}
EXPORT_SYMBOL_GPL(nvmc_engine_fault);

/**
 * nvmc_engine_view() - processes may map it from now on
 * @e: the engine
 * @mapping: whose faults go to nvmc_engine_fault(); stays until the engine goes
 *
 * Context: before the first fault.
 */
void nvmc_engine_view(struct nvmc_engine *e, struct address_space *mapping)
{
	e->view.mapping = mapping;
}
EXPORT_SYMBOL_GPL(nvmc_engine_view);

/**
 * nvmc_engine_protect() - the region was found read-only
 * @e: the engine
 *
 * Nobody stores to what he has mapped any more. What is dirty is written back
 * all the same, as long as the medium takes it: it was acknowledged.
 *
 * Context: may sleep.
 */
void nvmc_engine_protect(struct nvmc_engine *e)
{
	nvmc_view_hide_written(e);
}
EXPORT_SYMBOL_GPL(nvmc_engine_protect);

/**
 * nvmc_engine_poison() - some of the medium was found lost
 * @e: the engine
 * @off: bytes from its start
 * @len: bytes, not 0
 *
 * Who has it mapped hears of it when he touches it next, unless the cache has
 * what is newer.
 *
 * Context: may sleep.
 */
void nvmc_engine_poison(struct nvmc_engine *e, u64 off, u64 len)
{
	nvmc_view_hide(e, off, len);
}
EXPORT_SYMBOL_GPL(nvmc_engine_poison);

/**
 * nvmc_engine_blind() - nobody may map it any more
 * @e: the engine
 *
 * Context: may sleep; after nvm_cdev_revoke().
 */
void nvmc_engine_blind(struct nvmc_engine *e)
{
	nvmc_view_hide_all(e);
}
EXPORT_SYMBOL_GPL(nvmc_engine_blind);

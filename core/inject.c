// SPDX-License-Identifier: GPL-2.0-only
/*
 * What goes wrong on purpose at the one place where ULDs load from a region by
 * copying, nvm_copy_from().
 *
 * Latent poison, for tests: memory that nobody has reported as bad, but whose
 * load fails. A real machine check on a load cannot be had under emulation;
 * this stands in for it. Written as "<offset> <length>" in bytes to
 * <debugfs>/nvm/nvm<N>/latent_poison; once it was met it is in the poison list,
 * and cleared when the range is written.
 *
 * Read latency, for an LLD that emulates slow memory: each copy takes longer.
 */
#include <linux/debugfs.h>
#include <linux/ktime.h>
#include <linux/processor.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "core.h"

struct static_key_false nvm_inject_key = STATIC_KEY_FALSE_INIT;
EXPORT_SYMBOL_GPL(nvm_inject_key);

/* One change at a time, so that the key counts right; outside of each @lock. */
static DEFINE_MUTEX(nvm_inject_mutex);

/**
 * struct nvm_inject - the latent poison of a region
 * @dir: its folder in debugfs
 * @lock: guards @off and @len
 * @off: bytes from the region's start
 * @len: bytes; 0 means there is none
 */
struct nvm_inject {
	struct dentry	*dir;
	spinlock_t	lock;	/* innermost */
	u64		off;
	u64		len;
};

static struct dentry *nvm_inject_root;

/* The key is one for all: it counts what there is of any kind in any region. */
static void nvm_inject_count(bool had, bool has)
{
	lockdep_assert_held(&nvm_inject_mutex);
	if (has && !had)
		static_branch_inc(&nvm_inject_key);
	else if (had && !has)
		static_branch_dec(&nvm_inject_key);
}

static void nvm_inject_set(struct nvm_inject *in, u64 off, u64 len)
{
	bool had;

	guard(mutex)(&nvm_inject_mutex);
	scoped_guard(spinlock_irqsave, &in->lock) {
		had = in->len;
		in->off = off;
		in->len = len;
	}
	nvm_inject_count(had, len);
}

/**
 * nvm_region_set_read_delay() - copies out of a region are to take longer
 * @r: the region
 * @ns: by so many nanoseconds for each nvm_copy_from(), at most
 *	%NVM_READ_DELAY_MAX; 0: as long as they take
 *
 * For an LLD that emulates memory slower than what is behind it. A copy may not
 * sleep, so the CPU is kept busy. Loads through a mapping, which nobody sees,
 * take as long as ever. It ends with the region.
 *
 * Context: may sleep.
 */
void nvm_region_set_read_delay(struct nvm_region *r, unsigned int ns)
{
	struct nvm_region_core *c = to_core(r);
	bool had;

	guard(mutex)(&nvm_inject_mutex);
	had = c->read_delay;
	WRITE_ONCE(c->read_delay, min(ns, NVM_READ_DELAY_MAX));
	nvm_inject_count(had, ns);
}
EXPORT_SYMBOL_GPL(nvm_region_set_read_delay);

static void nvm_inject_delay(struct nvm_region *r)
{
	u64 ns = READ_ONCE(to_core(r)->read_delay);
	u64 begin;

	if (!ns)
		return;
	/* By the clock: ndelay() may be as short as the calibration at boot was wrong. */
	begin = ktime_get_ns();
	while (ktime_get_ns() - begin < ns)
		cpu_relax();
}

static ssize_t nvm_inject_write(struct file *file, const char __user *ubuf,
				size_t count, loff_t *ppos)
{
	struct nvm_region_core *c = file->private_data;
	u64 off, len;
	char buf[64];

	if (count >= sizeof(buf))
		return -E2BIG;
	if (copy_from_user(buf, ubuf, count))
		return -EFAULT;
	buf[count] = '\0';
	if (sscanf(buf, "%lli %lli", &off, &len) != 2)
		return -EINVAL;
	if (off >= nvm_region_size(&c->r) || len > nvm_region_size(&c->r) - off)
		return -ERANGE;
	nvm_inject_set(c->inject, off, len);
	return count;
}

static const struct file_operations nvm_inject_fops = {
	.owner	= THIS_MODULE,
	.open	= simple_open,
	.write	= nvm_inject_write,
	.llseek	= noop_llseek,
};

/* Bytes at the end of a copy that latent poison takes away, 0 to @len. */
static size_t nvm_inject_left(struct nvm_region *r, u64 off, size_t len)
{
	struct nvm_inject *in = to_core(r)->inject;

	if (!in)
		return 0;
	guard(spinlock_irqsave)(&in->lock);
	if (!in->len || off >= in->off + in->len || off + len <= in->off)
		return 0;
	return off >= in->off ? len : off + len - in->off;
}

/**
 * nvm_inject_copy() - nvm_copy_from() while something may be injected
 * @r: the region copied from
 * @dst: kernel memory
 * @base: nvm_map_addr() of the region
 * @off: bytes from its start
 * @len: bytes
 *
 * Context: any.
 * Return: bytes at the end that could not be read.
 */
size_t nvm_inject_copy(struct nvm_region *r, void *dst, const void *base,
		       u64 off, size_t len)
{
	size_t left = nvm_inject_left(r, off, len);

	nvm_inject_delay(r);
	return copy_mc_to_kernel(dst, base + off, len - left) + left;
}
EXPORT_SYMBOL_GPL(nvm_inject_copy);

/**
 * nvm_inject_clear() - the range was made readable again
 * @c: the region
 * @off: bytes from its start
 * @len: bytes
 *
 * Any overlap ends all of it: one range is what a test needs.
 *
 * Context: may sleep.
 */
void nvm_inject_clear(struct nvm_region_core *c, u64 off, u64 len)
{
	if (static_branch_unlikely(&nvm_inject_key) &&
	    nvm_inject_left(&c->r, off, len))
		nvm_inject_set(c->inject, 0, 0);
}

/**
 * nvm_inject_region_add() - let tests inject into a region
 * @c: the region, on the bus
 *
 * Failure is not the region's: it only cannot be injected into.
 */
void nvm_inject_region_add(struct nvm_region_core *c)
{
	struct nvm_inject *in = kzalloc(sizeof(*in), GFP_KERNEL);

	if (!in)
		return;
	spin_lock_init(&in->lock);
	in->dir = debugfs_create_dir(dev_name(&c->r.dev), nvm_inject_root);
	c->inject = in;
	debugfs_create_file("latent_poison", 0200, in->dir, c, &nvm_inject_fops);
}

/**
 * nvm_inject_region_remove() - no more injections; what is latent stays until
 *				the region is released
 * @c: the region
 */
void nvm_inject_region_remove(struct nvm_region_core *c)
{
	if (c->inject)
		debugfs_remove_recursive(c->inject->dir);
}

/**
 * nvm_inject_region_free() - the last of it
 * @c: the region, in release
 */
void nvm_inject_region_free(struct nvm_region_core *c)
{
	nvm_region_set_read_delay(&c->r, 0);
	if (!c->inject)
		return;
	nvm_inject_set(c->inject, 0, 0);
	kfree(c->inject);
}

void __init nvm_inject_init(void)
{
	nvm_inject_root = debugfs_create_dir("nvm", NULL);
	debugfs_create_atomic_t("injections", 0444, nvm_inject_root,
				&nvm_inject_key.key.enabled);
}

void nvm_inject_exit(void)
{
	debugfs_remove_recursive(nvm_inject_root);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Latent poison, for tests: memory that nobody has reported as bad, but whose
 * load fails. A real machine check on a load cannot be had under emulation;
 * this stands in for it at the one place where ULDs load from a region by
 * copying, nvm_copy_from(). Written as "<offset> <length>" in bytes to
 * <debugfs>/nvm/nvm<N>/latent_poison; once it was met it is in the poison list,
 * and cleared when the range is written.
 */
#include <linux/debugfs.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "core.h"

struct static_key_false nvm_inject_key = STATIC_KEY_FALSE_INIT;
EXPORT_SYMBOL_GPL(nvm_inject_key);

/**
 * struct nvm_inject - the latent poison of a region
 * @dir: its folder in debugfs
 * @mutex: one change at a time, so that the key counts right
 * @lock: guards @off and @len
 * @off: bytes from the region's start
 * @len: bytes; 0 means there is none
 */
struct nvm_inject {
	struct dentry	*dir;
	struct mutex	mutex;	/* outside @lock */
	spinlock_t	lock;	/* innermost */
	u64		off;
	u64		len;
};

static struct dentry *nvm_inject_root;

/* The key is one for all: it counts the regions that have latent poison. */
static void nvm_inject_set(struct nvm_inject *in, u64 off, u64 len)
{
	bool had, has = len;

	guard(mutex)(&in->mutex);
	scoped_guard(spinlock_irqsave, &in->lock) {
		had = in->len;
		in->off = off;
		in->len = len;
	}
	if (has && !had)
		static_branch_inc(&nvm_inject_key);
	else if (had && !has)
		static_branch_dec(&nvm_inject_key);
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

/**
 * nvm_inject_left() - how much of a copy latent poison takes away
 * @r: the region copied from
 * @off: bytes from its start
 * @len: bytes
 *
 * Context: any.
 * Return: bytes at the end of the copy that cannot be had, 0 to @len.
 */
size_t nvm_inject_left(struct nvm_region *r, u64 off, size_t len)
{
	struct nvm_inject *in = to_core(r)->inject;

	if (!in)
		return 0;
	guard(spinlock_irqsave)(&in->lock);
	if (off >= in->off + in->len || off + len <= in->off)
		return 0;
	return off >= in->off ? len : off + len - in->off;
}
EXPORT_SYMBOL_GPL(nvm_inject_left);

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
	mutex_init(&in->mutex);
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
	if (!c->inject)
		return;
	nvm_inject_set(c->inject, 0, 0);
	kfree(c->inject);
}

void __init nvm_inject_init(void)
{
	nvm_inject_root = debugfs_create_dir("nvm", NULL);
}

void nvm_inject_exit(void)
{
	debugfs_remove_recursive(nvm_inject_root);
}

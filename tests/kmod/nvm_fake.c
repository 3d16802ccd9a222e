// SPDX-License-Identifier: GPL-2.0-only
/*
 * nvm_fake: an LLD that does what it is told, for tests of what no emulation
 * of good memory shows: descriptors that lie, memory that is lost, health that
 * changes, a flush that fails.
 *
 * Told by writes to /sys/module/nvm_fake/parameters/cmd:
 *
 *	add UID SIZE START [PDOMAIN [CACHE]]	register type 1; numbers as enums
 *	desc KIND			register nonsense, see fake_desc_kinds
 *	desc t2|t2f|t2f1|t3|t4 [START]	register that type, "t2" is its uid too; no
 *					START: where no memory is, without claim;
 *					t2f takes flushes and discards, too; t2f1
 *					also, and one command at a time
 *	lost UID | unregister UID	take it away
 *	remove UID			the same politely: not while it is in use
 *	ro UID REASON | armed UID	change its health
 *	poison UID OFF LEN		report poison
 *	flushes UID ERRNO [N]		its flush returns -ERRNO, 0: works; only the
 *					N-th from now on if N is given
 *	clears UID ERRNO [N]		the same for its clear_poison
 *	commands UID HOW		of type 2: what becomes of commands, see
 *					fake_manners; refused if nothing is said
 *
 * Asked to look again, it counts in "scans" and returns minus "scan_errno".
 */
#include <linux/bvec.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <nvm/lld.h>

#define FAKE_MAX	16

/**
 * struct fake_fault - how an op fails
 * @err: with this, a negative errno; 0: not at all
 * @once: only when @left counts down to 0
 * @left: calls until then
 */
struct fake_fault {
	int		err;
	bool		once;
	atomic_t	left;
};

/* Late: once more when the next is submitted. */
enum fake_manner {
	FAKE_REFUSED, FAKE_TAKEN, FAKE_TWICE, FAKE_LATE, FAKE_NEVER,
};

static const char * const fake_manners[] = {
	[FAKE_REFUSED] = "refused", [FAKE_TAKEN] = "taken",
	[FAKE_TWICE] = "twice", [FAKE_LATE] = "late",
	[FAKE_NEVER] = "never",
};

struct fake {
	struct nvm_region	*r;
	phys_addr_t		start;
	u64			size;
	void			*mem;	/* type 2 */
	enum fake_manner	manner;
	struct nvm_cmd		*late;
	struct fake_fault	flush;
	struct fake_fault	clear;
	char			uid[NVM_UID_MAX + 1];
};

static struct platform_device *fake_parent;
static struct fake *fakes[FAKE_MAX];
static DEFINE_MUTEX(fake_lock);
static atomic_t fake_flushes;

static int fake_outcome(struct fake_fault *fault)
{
	int err = READ_ONCE(fault->err);

	if (!err || !READ_ONCE(fault->once))
		return err;
	return atomic_dec_return(&fault->left) ? 0 : err;
}

static int fake_flush(struct nvm_region *r, u64 off, u64 len)
{
	struct fake *f = nvm_region_lld_data(r);

	atomic_inc(&fake_flushes);
	return fake_outcome(&f->flush);
}

static int fake_clear_poison(struct nvm_region *r, u64 off, u64 len)
{
	struct fake *f = nvm_region_lld_data(r);

	return fake_outcome(&f->clear);
}

static void fake_free(struct fake *f)
{
	if (f->mem)
		memunmap(f->mem);
	if (f->size)
		release_mem_region(f->start, f->size);
	kfree(f);
}

static void fake_release(struct nvm_region *r)
{
	fake_free(nvm_region_lld_data(r));
}

static void fake_store(struct fake *f, const struct nvm_cmd *cmd)
{
	void *dst = f->mem + cmd->dst;
	struct bvec_iter iter;
	struct bio_vec bv;

	for_each_bvec(bv, cmd->bvecs, iter, cmd->iter) {
		memcpy_from_bvec(dst, &bv);
		dst += bv.bv_len;
	}
}

static int fake_submit(struct nvm_region *r, struct nvm_cmd *cmd)
{
	struct fake *f = nvm_region_lld_data(r);
	enum fake_manner manner = READ_ONCE(f->manner);

	if (f->late)
		nvm_cmd_complete(f->late, 0);
	/* That has ended this one, too: nobody waits for it to be done. */
	if (f->late == cmd)
		manner = FAKE_REFUSED;
	f->late = manner == FAKE_LATE ? cmd : NULL;
	if (!f->mem || manner == FAKE_REFUSED)
		return -EIO;
	if (manner == FAKE_NEVER)
		return 0;
	if (cmd->op == NVM_OP_WRITE)
		fake_store(f, cmd);
	nvm_cmd_complete(cmd, 0);
	if (manner == FAKE_TWICE)
		nvm_cmd_complete(cmd, 0);
	return 0;
}

/* What never ends does not do so now. */
static void fake_abort(struct nvm_region *r)
{
}

static int fake_map_window(struct nvm_region *r, unsigned int w, u64 off)
{
	return -EIO;
}

static const struct nvm_region_ops fake_ops = {
	.clear_poison	= fake_clear_poison,
	.release	= fake_release,
};

static const struct nvm_region_ops fake_flush_ops = {
	.flush		= fake_flush,
	.clear_poison	= fake_clear_poison,
	.release	= fake_release,
};

static const struct nvm_region_ops fake_cmd_ops = {
	.submit		= fake_submit,
	.abort		= fake_abort,
	.release	= fake_release,
};

static const struct nvm_region_ops fake_window_ops = {
	.map_window	= fake_map_window,
	.release	= fake_release,
};

static const struct nvm_region_ops fake_no_release_ops = { };

static struct fake **fake_find(const char *uid)
{
	int i;

	for (i = 0; i < FAKE_MAX; i++)
		if (fakes[i] && !strcmp(fakes[i]->uid, uid))
			return &fakes[i];
	return NULL;
}

static int fake_slot(void)
{
	int i;

	for (i = 0; i < FAKE_MAX; i++)
		if (!fakes[i])
			return i;
	return -ENOSPC;
}

/* Ends @f on failure: once there is a region, fake_release() does. */
static int fake_enter(struct fake *f, const struct nvm_region_desc *desc)
{
	struct nvm_region *r = nvm_region_alloc(&fake_parent->dev, desc,
						NULL);
	int err;

	if (IS_ERR(r)) {
		fake_free(f);
		return PTR_ERR(r);
	}
	f->r = r;
	err = nvm_region_add(r);
	if (err)
		nvm_region_unregister(r);
	else
		nvm_region_offer(r);
	return err;
}

/* Keeps what @desc says, with @size bytes from @start claimed; 0: nothing. */
static int fake_keep(struct nvm_region_desc *desc, u64 start, u64 size)
{
	int err, i = fake_slot();
	struct fake *f;

	if (i < 0)
		return i;
	f = kzalloc(sizeof(*f), GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	if (size && !request_mem_region(start, size, "nvm_fake")) {
		kfree(f);
		return -EBUSY;
	}
	f->start = start;
	f->size = size;
	if (size && desc->type == NVM_TYPE_CMD_WRITE)
		f->mem = memremap(start, size, MEMREMAP_WB);
	strscpy(f->uid, desc->uid, sizeof(f->uid));
	desc->lld_data = f;
	err = fake_enter(f, desc);
	if (!err)
		fakes[i] = f;
	return err;
}

static int fake_add(const char *uid, u64 size, u64 start, unsigned int pdomain,
		    unsigned int cache)
{
	struct nvm_region_desc desc = {
		.type		= NVM_TYPE_MAPPED,
		.uid		= uid,
		.model		= "nvm-fake",
		.size		= size,
		.mem		= { .start = start, .size = size, .cache = cache },
		.caps		= cache == NVM_CACHE_WB ? NVM_CAP_DAX : 0,
		.pdomain	= pdomain,
		.numa_node	= NUMA_NO_NODE,
		.ops		= pdomain == NVM_PDOMAIN_DEVICE_CMD ?
				  &fake_flush_ops : &fake_ops,
	};

	return fake_keep(&desc, start, size);
}

/* A good descriptor each, and the one thing that is wrong with it. */
enum fake_kind {
	FAKE_NO_OPS, FAKE_NO_RELEASE, FAKE_NO_UID, FAKE_BAD_UID, FAKE_LONG_UID,
	FAKE_NO_SIZE, FAKE_UNALIGNED, FAKE_WRAP, FAKE_TYPE0, FAKE_TYPE9,
	FAKE_SIZES_DIFFER, FAKE_BAD_CAP, FAKE_CAP_NO_OP, FAKE_BAD_PDOMAIN,
	FAKE_NO_FLUSH, FAKE_BAD_NODE, FAKE_DAX_WC, FAKE_T1_WINDOWS,
	FAKE_T1_SUBMIT, FAKE_T2_NO_SUBMIT, FAKE_T2_UNIT0, FAKE_T2_UNIT3,
	FAKE_T2_ERASE, FAKE_T2_BUSY3, FAKE_T2_BUSY_LESS, FAKE_T2_TRANSFER,
	FAKE_T2_DEPTH, FAKE_T2_TIMEOUT,
	FAKE_T3_NO_WINDOWS, FAKE_T3_NO_OP, FAKE_T3_MANY, FAKE_T3_UNEQUAL,
	FAKE_T3_MEM, FAKE_T4_NO_FLASH, FAKE_T4_SUM,
};

static const char * const fake_desc_kinds[] = {
	[FAKE_NO_OPS] = "no-ops", [FAKE_NO_RELEASE] = "no-release",
	[FAKE_NO_UID] = "no-uid", [FAKE_BAD_UID] = "bad-uid",
	[FAKE_LONG_UID] = "long-uid", [FAKE_NO_SIZE] = "no-size",
	[FAKE_UNALIGNED] = "unaligned", [FAKE_WRAP] = "wrap",
	[FAKE_TYPE0] = "type0", [FAKE_TYPE9] = "type9",
	[FAKE_SIZES_DIFFER] = "sizes-differ", [FAKE_BAD_CAP] = "bad-cap",
	[FAKE_CAP_NO_OP] = "cap-no-op", [FAKE_BAD_PDOMAIN] = "bad-pdomain",
	[FAKE_NO_FLUSH] = "no-flush", [FAKE_BAD_NODE] = "bad-node",
	[FAKE_DAX_WC] = "dax-wc", [FAKE_T1_WINDOWS] = "t1-windows",
	[FAKE_T1_SUBMIT] = "t1-submit", [FAKE_T2_NO_SUBMIT] = "t2-no-submit",
	[FAKE_T2_UNIT0] = "t2-unit0", [FAKE_T2_UNIT3] = "t2-unit3",
	[FAKE_T2_ERASE] = "t2-erase", [FAKE_T2_BUSY3] = "t2-busy3",
	[FAKE_T2_BUSY_LESS] = "t2-busy-less",
	[FAKE_T2_TRANSFER] = "t2-transfer",
	[FAKE_T2_DEPTH] = "t2-depth", [FAKE_T2_TIMEOUT] = "t2-timeout",
	[FAKE_T3_NO_WINDOWS] = "t3-no-windows", [FAKE_T3_NO_OP] = "t3-no-op",
	[FAKE_T3_MANY] = "t3-many", [FAKE_T3_UNEQUAL] = "t3-unequal",
	[FAKE_T3_MEM] = "t3-mem", [FAKE_T4_NO_FLASH] = "t4-no-flash",
	[FAKE_T4_SUM] = "t4-sum",
};

#define FAKE_START	0x100000000000ULL
#define FAKE_SIZE	(64ULL << 20)

static const struct nvm_range fake_windows[] = {
	{ .start = FAKE_START, .size = NVM_ALIGN },
	{ .start = FAKE_START + NVM_ALIGN, .size = NVM_ALIGN },
};

static const struct nvm_range fake_unequal_windows[] = {
	{ .start = FAKE_START, .size = NVM_ALIGN },
	{ .start = FAKE_START + NVM_ALIGN, .size = 2 * NVM_ALIGN },
};

static void fake_good_desc(struct nvm_region_desc *d, unsigned int type)
{
	static const struct nvm_region_ops * const ops[] = {
		NULL, &fake_ops, &fake_cmd_ops, &fake_window_ops, &fake_cmd_ops,
	};

	*d = (struct nvm_region_desc) {
		.type		= type,
		.uid		= "fake-nonsense",
		.size		= FAKE_SIZE,
		.mem		= { .start = FAKE_START, .size = FAKE_SIZE },
		.numa_node	= NUMA_NO_NODE,
		.ops		= ops[type],
	};
	if (type == NVM_TYPE_CMD_WRITE || type == NVM_TYPE_TIERED)
		d->cmd = (struct nvm_cmd_limits) {
			.write_unit = 4096, .erase_unit = 65536,
			.busy_unit = 4096, .max_transfer = 131072,
			.queue_depth = 8, .timeout_ms = 1000,
		};
	if (type == NVM_TYPE_TIERED) {
		d->flash_size = 4 * FAKE_SIZE;
		d->size = 5 * FAKE_SIZE;
	}
	if (type == NVM_TYPE_WINDOWED) {
		memset(&d->mem, 0, sizeof(d->mem));
		d->windows = fake_windows;
		d->nr_windows = ARRAY_SIZE(fake_windows);
	}
}

static unsigned int fake_kind_type(enum fake_kind kind)
{
	if (kind >= FAKE_T4_NO_FLASH)
		return NVM_TYPE_TIERED;
	if (kind >= FAKE_T3_NO_WINDOWS)
		return NVM_TYPE_WINDOWED;
	if (kind >= FAKE_T2_NO_SUBMIT)
		return NVM_TYPE_CMD_WRITE;
	return NVM_TYPE_MAPPED;
}

static void fake_spoil_any(struct nvm_region_desc *d, enum fake_kind kind)
{
	static const char long_uid[] =
		"0123456789012345678901234567890123456789012345678901234567890123x";

	switch (kind) {
	case FAKE_NO_OPS:
		d->ops = NULL;
		break;
	case FAKE_NO_RELEASE:
		d->ops = &fake_no_release_ops;
		break;
	case FAKE_NO_UID:
		d->uid = NULL;
		break;
	case FAKE_BAD_UID:
		d->uid = "with blank";
		break;
	case FAKE_LONG_UID:
		d->uid = long_uid;
		break;
	case FAKE_NO_SIZE:
		d->size = 0;
		break;
	case FAKE_UNALIGNED:
		d->mem.start += 4096;
		break;
	case FAKE_WRAP:
		d->mem.start = -NVM_ALIGN;
		break;
	case FAKE_TYPE0:
		d->type = 0;
		break;
	case FAKE_TYPE9:
		d->type = 9;
		break;
	default:
		break;
	}
}

static void fake_spoil_mapped(struct nvm_region_desc *d, enum fake_kind kind)
{
	switch (kind) {
	case FAKE_SIZES_DIFFER:
		d->mem.size = NVM_ALIGN;
		break;
	case FAKE_BAD_CAP:
		d->caps = BIT_ULL(63);
		break;
	case FAKE_CAP_NO_OP:
		d->caps = NVM_CAP_FLUSH;
		break;
	case FAKE_BAD_PDOMAIN:
		d->pdomain = 77;
		break;
	case FAKE_NO_FLUSH:
		d->pdomain = NVM_PDOMAIN_DEVICE_CMD;
		break;
	case FAKE_BAD_NODE:
		d->numa_node = -7;
		break;
	case FAKE_DAX_WC:
		d->mem.cache = NVM_CACHE_WC;
		d->caps = NVM_CAP_DAX;
		break;
	case FAKE_T1_WINDOWS:
		d->windows = fake_windows;
		d->nr_windows = 2;
		break;
	case FAKE_T1_SUBMIT:
		d->ops = &fake_cmd_ops;
		break;
	default:
		break;
	}
}

static void fake_spoil_cmd_write(struct nvm_region_desc *d, enum fake_kind kind)
{
	switch (kind) {
	case FAKE_T2_NO_SUBMIT:
		d->ops = &fake_ops;
		break;
	case FAKE_T2_UNIT0:
		d->cmd.write_unit = 0;
		break;
	case FAKE_T2_UNIT3:
		d->cmd.write_unit = 4095;
		break;
	case FAKE_T2_ERASE:
		d->cmd.erase_unit = 2048;
		break;
	case FAKE_T2_BUSY3:
		d->cmd.busy_unit = 3 * 4096;
		break;
	case FAKE_T2_BUSY_LESS:
		d->cmd.busy_unit = 2048;
		break;
	case FAKE_T2_TRANSFER:
		d->cmd.max_transfer = 5000;
		break;
	case FAKE_T2_DEPTH:
		d->cmd.queue_depth = 0;
		break;
	case FAKE_T2_TIMEOUT:
		d->cmd.timeout_ms = 0;
		break;
	default:
		break;
	}
}

static void fake_spoil_windowed(struct nvm_region_desc *d, enum fake_kind kind)
{
	switch (kind) {
	case FAKE_T3_NO_WINDOWS:
		d->nr_windows = 0;
		break;
	case FAKE_T3_NO_OP:
		d->ops = &fake_ops;
		break;
	case FAKE_T3_MANY:
		d->nr_windows = NVM_WINDOWS_MAX + 1;
		break;
	case FAKE_T3_UNEQUAL:
		d->windows = fake_unequal_windows;
		break;
	case FAKE_T3_MEM:
		d->mem.size = NVM_ALIGN;
		break;
	default:
		break;
	}
}

static void fake_spoil_tiered(struct nvm_region_desc *d, enum fake_kind kind)
{
	switch (kind) {
	case FAKE_T4_NO_FLASH:
		d->flash_size = 0;
		break;
	case FAKE_T4_SUM:
		d->size += NVM_ALIGN;
		break;
	default:
		break;
	}
}

/* Each knows its own kinds. */
static void fake_spoil(struct nvm_region_desc *d, enum fake_kind kind)
{
	fake_spoil_any(d, kind);
	fake_spoil_mapped(d, kind);
	fake_spoil_cmd_write(d, kind);
	fake_spoil_windowed(d, kind);
	fake_spoil_tiered(d, kind);
}

/* A good one, with its memory or its windows from @start on; 0: nowhere. */
static int fake_type(const char *name, unsigned int type, u64 start)
{
	struct nvm_range windows[ARRAY_SIZE(fake_windows)];
	struct nvm_region_desc desc;
	u64 size = FAKE_SIZE;
	int i;

	fake_good_desc(&desc, type);
	desc.uid = name;
	if (name[2]) {
		desc.pdomain = NVM_PDOMAIN_DEVICE_CMD;
		desc.caps = NVM_CAP_DISCARD;
		if (name[3])
			desc.cmd.queue_depth = 1;
	}
	if (!start)
		return fake_keep(&desc, 0, 0);
	if (type == NVM_TYPE_WINDOWED) {
		for (i = 0; i < ARRAY_SIZE(windows); i++)
			windows[i] = (struct nvm_range) {
				.start = start + i * NVM_ALIGN, .size = NVM_ALIGN,
			};
		desc.windows = windows;
		size = ARRAY_SIZE(windows) * NVM_ALIGN;
	} else {
		desc.mem.start = start;
	}
	return fake_keep(&desc, start, size);
}

/* Registers nonsense; if that succeeds the core has a hole, and says so. */
static int fake_nonsense(const char *name)
{
	int kind = match_string(fake_desc_kinds, ARRAY_SIZE(fake_desc_kinds),
				name);
	struct nvm_region_desc desc;
	struct nvm_region *r;

	if (kind < 0)
		return -ENOENT;
	fake_good_desc(&desc, fake_kind_type(kind));
	fake_spoil(&desc, kind);
	r = nvm_region_alloc(&fake_parent->dev, &desc, NULL);
	if (IS_ERR(r))
		return PTR_ERR(r);
	WARN(1, "nvm_fake: nonsense %s was taken\n", name);
	return -EUCLEAN;
}

static int fake_desc(const char *name, const char *rest)
{
	static const char * const types[] = { "t2", "t2f", "t2f1", "t3", "t4" };
	u64 start = 0;

	if (match_string(types, ARRAY_SIZE(types), name) < 0)
		return fake_nonsense(name);
	if (*rest && kstrtou64(rest, 0, &start))
		return -EINVAL;
	return fake_type(name, name[1] - '0', start);
}

static int fake_leave(const char *uid, bool lost)
{
	struct fake **f = fake_find(uid);
	struct nvm_region *r;

	if (!f)
		return -ENOENT;
	r = (*f)->r;
	*f = NULL;
	if (lost)
		nvm_region_lost(r);
	else
		nvm_region_unregister(r);
	return 0;
}

static int fake_remove(const char *uid)
{
	struct fake **f = fake_find(uid);
	struct nvm_region *r;
	int err;

	if (!f)
		return -ENOENT;
	r = (*f)->r;
	err = nvm_region_hold_idle(r);
	if (err)
		return err;
	*f = NULL;
	nvm_region_remove_idle(r);
	return 0;
}

/* "ERRNO [N]" */
static int fake_set_fault(struct fake_fault *fault, const char *text)
{
	int err, left = 0;

	if (sscanf(text, "%d %d", &err, &left) < 1)
		return -EINVAL;
	WRITE_ONCE(fault->err, 0);
	atomic_set(&fault->left, left);
	WRITE_ONCE(fault->once, left);
	WRITE_ONCE(fault->err, -err);
	return 0;
}

static int fake_set_manner(struct fake *f, const char *name)
{
	int manner = match_string(fake_manners, ARRAY_SIZE(fake_manners), name);

	if (manner < 0)
		return -EINVAL;
	WRITE_ONCE(f->manner, manner);
	return 0;
}

static int fake_tell(const char *verb, const char *uid, const char *rest)
{
	struct fake **f = fake_find(uid);
	u64 a, b;

	if (!f)
		return -ENOENT;
	if (!strcmp(verb, "ro"))
		nvm_region_set_read_only((*f)->r, rest);
	else if (!strcmp(verb, "armed"))
		nvm_region_set_read_only((*f)->r, NULL);
	else if (!strcmp(verb, "poison") && sscanf(rest, "%lli %lli", &a, &b) == 2)
		nvm_region_poison((*f)->r, a, b);
	else if (!strcmp(verb, "flushes"))
		return fake_set_fault(&(*f)->flush, rest);
	else if (!strcmp(verb, "clears"))
		return fake_set_fault(&(*f)->clear, rest);
	else if (!strcmp(verb, "commands"))
		return fake_set_manner(*f, rest);
	else
		return -EINVAL;
	return 0;
}

static int fake_cmd_set(const char *val, const struct kernel_param *kp)
{
	char verb[16], uid[80], rest[160] = "";
	unsigned int pdomain = NVM_PDOMAIN_NONE, cache = NVM_CACHE_WB;
	u64 size, start;

	if (sscanf(val, "%15s %79s %159[^\n]", verb, uid, rest) < 2)
		return -EINVAL;
	guard(mutex)(&fake_lock);
	if (!fake_parent)
		return -ENODEV;
	if (!strcmp(verb, "desc"))
		return fake_desc(uid, rest);
	if (!strcmp(verb, "lost") || !strcmp(verb, "unregister"))
		return fake_leave(uid, verb[0] == 'l');
	if (!strcmp(verb, "remove"))
		return fake_remove(uid);
	if (strcmp(verb, "add"))
		return fake_tell(verb, uid, rest);
	if (sscanf(rest, "%lli %lli %u %u", &size, &start, &pdomain, &cache) < 2)
		return -EINVAL;
	return fake_add(uid, size, start, pdomain, cache);
}

static const struct kernel_param_ops fake_cmd_ops_param = {
	.set	= fake_cmd_set,
};
module_param_cb(cmd, &fake_cmd_ops_param, NULL, 0200);

static int fake_flushes_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&fake_flushes));
}

static const struct kernel_param_ops fake_flushes_ops = {
	.get	= fake_flushes_get,
};
module_param_cb(flushes, &fake_flushes_ops, NULL, 0444);

static atomic_t fake_scans;
static uint fake_scan_errno;
module_param_named(scan_errno, fake_scan_errno, uint, 0644);

static int fake_scan(struct nvm_scanner *s)
{
	atomic_inc(&fake_scans);
	return -(int)READ_ONCE(fake_scan_errno);
}

static struct nvm_scanner fake_scanner = {
	.scan	= fake_scan,
};

static int fake_scans_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&fake_scans));
}

static const struct kernel_param_ops fake_scans_ops = {
	.get	= fake_scans_get,
};
module_param_cb(scans, &fake_scans_ops, NULL, 0444);

static int __init fake_init(void)
{
	struct platform_device *pdev;

	pdev = platform_device_register_simple("nvm_fake", PLATFORM_DEVID_NONE,
					       NULL, 0);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	fake_parent = pdev;
	nvm_scanner_register(&fake_scanner);
	return 0;
}
module_init(fake_init);

static void __exit fake_exit(void)
{
	struct platform_device *parent = fake_parent;
	int i;

	nvm_scanner_unregister(&fake_scanner);
	/* Its parameters can be written until afterwards. */
	scoped_guard(mutex, &fake_lock) {
		fake_parent = NULL;
		for (i = 0; i < FAKE_MAX; i++)
			if (fakes[i])
				nvm_region_unregister(fakes[i]->r);
	}
	nvm_lld_drain(THIS_MODULE);
	platform_device_unregister(parent);
}
module_exit(fake_exit);

MODULE_DESCRIPTION("LLD that does what tests tell it");
MODULE_LICENSE("GPL");

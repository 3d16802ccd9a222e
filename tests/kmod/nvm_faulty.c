// SPDX-License-Identifier: GPL-2.0-only
/*
 * nvm_faulty: does what no module may do, so that it is seen whether the kernel
 * and the harness of the tests notice. What is written to its parameter "do" is
 * done at once; the module is not to be used for anything afterwards.
 */
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/panic.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

/* More than one: a pointer may still lie on some stack. */
#define FAULTY_LEAKS	16
#define FAULTY_RACE	(HZ / 2)

/**
 * struct faulty - one thing that is wrong
 * @name: as it is written to the parameter
 * @do_it: how it is done
 */
struct faulty {
	const char	*name;
	void		(*do_it)(void);
};

static void faulty_warn(void)
{
	WARN(1, "on purpose\n");
}

static void faulty_refcount(void)
{
	refcount_t ref = REFCOUNT_INIT(0);

	refcount_inc(&ref);
}

static void faulty_leak(void)
{
	int i;

	/* Zeroed: what is left of a list of free memory would lead to the next. */
	for (i = 0; i < FAULTY_LEAKS; i++) {
		void *forgotten = kzalloc(64, GFP_KERNEL);

		OPTIMIZER_HIDE_VAR(forgotten);
	}
}

static void faulty_use_after_free(void)
{
	int *p = kmalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return;
	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	READ_ONCE(*p);
}

static void faulty_shift(void)
{
	int by = 40;

	OPTIMIZER_HIDE_VAR(by);
	by = 1 << by;
	OPTIMIZER_HIDE_VAR(by);
}

static void faulty_list(void)
{
	LIST_HEAD(head);
	LIST_HEAD(entry);

	list_add(&entry, &head);
	list_del(&entry);
	list_del(&entry);
}

static void faulty_nothing(struct timer_list *timer)
{
}

static void faulty_timer(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, faulty_nothing, 0);
	mod_timer(timer, jiffies + 600 * HZ);
	kfree(timer);
}

static void faulty_sleep(void)
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	might_sleep();
	spin_unlock(&lock);
}

static void faulty_order(void)
{
	static DEFINE_MUTEX(a);
	static DEFINE_MUTEX(b);

	mutex_lock(&a);
	mutex_lock(&b);
	mutex_unlock(&b);
	mutex_unlock(&a);
	mutex_lock(&b);
	mutex_lock(&a);
	mutex_unlock(&a);
	mutex_unlock(&b);
}

static unsigned long faulty_counter;

static void faulty_count(struct work_struct *work)
{
	unsigned long end = jiffies + FAULTY_RACE;

	while (time_before(jiffies, end)) {
		faulty_counter++;
		cond_resched();
	}
}

static void faulty_race(void)
{
	static DECLARE_WORK(work, faulty_count);

	queue_work(system_unbound_wq, &work);
	faulty_count(NULL);
	flush_work(&work);
}

static void faulty_panic(void)
{
	panic("on purpose\n");
}

static const struct faulty faults[] = {
	{ "warn", faulty_warn },
	{ "refcount", faulty_refcount },
	{ "leak", faulty_leak },
	{ "use-after-free", faulty_use_after_free },
	{ "shift", faulty_shift },
	{ "list", faulty_list },
	{ "timer", faulty_timer },
	{ "sleep", faulty_sleep },
	{ "order", faulty_order },
	{ "race", faulty_race },
	{ "panic", faulty_panic },
};

static int faulty_do(const char *val, const struct kernel_param *kp)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (sysfs_streq(val, faults[i].name)) {
			faults[i].do_it();
			return 0;
		}
	}
	return -EINVAL;
}

static const struct kernel_param_ops faulty_ops = {
	.set	= faulty_do,
};

module_param_cb(do, &faulty_ops, NULL, 0200);
MODULE_PARM_DESC(do, "what is to go wrong now");

MODULE_DESCRIPTION("Faults on purpose, for the tests of the tests");
MODULE_LICENSE("GPL");

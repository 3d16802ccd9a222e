// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/security.h>
#include <linux/sysfs.h>
#include "params.h"
#include "transaction.h"

/* The whole line in the log, "nvm_memmap: map: " and the reason. */
#define LINE_MAX_LEN	(NVMM_WHY_MAX + 32)

/**
 * enum nvmm_state - when the parameters may be written
 * @NVMM_LOADING: not yet: map= is kept for nvmm_params_start()
 * @NVMM_LIVE: now
 * @NVMM_GOING: not any more
 */
enum nvmm_state {
	NVMM_LOADING,
	NVMM_LIVE,
	NVMM_GOING,
};

/* The map mutex: guards all that follows, outermost of the locks. */
static DEFINE_MUTEX(nvmm_lock);
static enum nvmm_state nvmm_state;
/* Part of the command line, which outlives the module's init. */
static const char *nvmm_map_at_load;
static char nvmm_last_error[LINE_MAX_LEN];
static struct nvmm_devs nvmm_devs = {
	.list = LIST_HEAD_INIT(nvmm_devs.list),
};

static const char * const mode_names[] = {
	[NVMM_MAP]	= "map",
	[NVMM_ADD]	= "add",
	[NVMM_REMOVE]	= "remove",
};

/*
 * Loading parses the command line before the parameters become files. Built
 * in, the files exist from boot on, but user space does not before init.
 */
#ifdef MODULE
#define BUILT_IN	false

static bool from_command_line(void)
{
	return nvmm_state == NVMM_LOADING &&
	       !THIS_MODULE->mkobj.kobj.state_in_sysfs;
}
#else
#define BUILT_IN	true

static bool from_command_line(void)
{
	return nvmm_state == NVMM_LOADING;
}
#endif

/* Refusals only: the log stays quiet about what worked. */
static void keep_outcome(enum nvmm_mode mode, int ret,
			 const struct nvmm_why *why)
{
	nvmm_last_error[0] = '\0';
	if (!ret)
		return;
	scnprintf(nvmm_last_error, sizeof(nvmm_last_error),
		  KBUILD_MODNAME ": %s: %s", mode_names[mode], why->text);
	pr_err("%s: %s\n", mode_names[mode], why->text);
}

static int check_allowed(const char *val, struct nvmm_why *why)
{
	int ret;

	if (nvmm_state != NVMM_LIVE) {
		nvmm_say(why, "the module is being loaded or unloaded");
		return -ENODEV;
	}
	/* A longer value was cut here, and the rest would follow as another. */
	if (strnlen(val, PAGE_SIZE) >= PAGE_SIZE) {
		nvmm_say(why, "the value has %lu bytes or more, use add= for each part",
			 PAGE_SIZE);
		return -E2BIG;
	}
	ret = security_locked_down(LOCKDOWN_DEV_MEM);
	if (ret)
		nvmm_say(why, "the kernel is locked down");
	return ret;
}

static int write_list(enum nvmm_mode mode, const char *val)
{
	struct nvmm_why why = { };
	int ret;

	lockdep_assert_held(&nvmm_lock);
	ret = check_allowed(val, &why);
	if (!ret)
		ret = nvmm_apply(&nvmm_devs, mode, val, &why);
	keep_outcome(mode, ret, &why);
	return ret;
}

static int map_set(const char *val, const struct kernel_param *kp)
{
	guard(mutex)(&nvmm_lock);
	if (!from_command_line())
		return write_list(NVMM_MAP, val);
	nvmm_map_at_load = val;
	return 0;
}

static int add_or_remove(enum nvmm_mode mode, const char *val)
{
	guard(mutex)(&nvmm_lock);
	if (!from_command_line())
		return write_list(mode, val);
	pr_notice("%s= is ignored on load, use map=\n", mode_names[mode]);
	return 0;
}

static int add_set(const char *val, const struct kernel_param *kp)
{
	return add_or_remove(NVMM_ADD, val);
}

static int remove_set(const char *val, const struct kernel_param *kp)
{
	return add_or_remove(NVMM_REMOVE, val);
}

static int map_get(char *buf, const struct kernel_param *kp)
{
	int n;

	guard(mutex)(&nvmm_lock);
	n = nvmm_show(&nvmm_devs, buf, PAGE_SIZE);
	if (n < 0)
		return n;
	return n + sysfs_emit_at(buf, n, "\n");
}

static int empty_get(char *buf, const struct kernel_param *kp)
{
	return 0;
}

/* The core calls it for a parameter on the command line, without a check. */
static int last_error_set(const char *val, const struct kernel_param *kp)
{
	return -EPERM;
}

static int last_error_get(char *buf, const struct kernel_param *kp)
{
	guard(mutex)(&nvmm_lock);
	if (!nvmm_last_error[0])
		return 0;
	return sysfs_emit(buf, "%s\n", nvmm_last_error);
}

static const struct kernel_param_ops map_ops = {
	.set	= map_set,
	.get	= map_get,
};

static const struct kernel_param_ops add_ops = {
	.set	= add_set,
	.get	= empty_get,
};

static const struct kernel_param_ops remove_ops = {
	.set	= remove_set,
	.get	= empty_get,
};

static const struct kernel_param_ops last_error_ops = {
	.set	= last_error_set,
	.get	= last_error_get,
};

module_param_cb(map, &map_ops, NULL, 0644);
MODULE_PARM_DESC(map, "the devices there are to be: size@start[:option=value...][,...]");
module_param_cb(add, &add_ops, NULL, 0644);
MODULE_PARM_DESC(add, "devices to add or expand; ignored on load");
module_param_cb(remove, &remove_ops, NULL, 0644);
MODULE_PARM_DESC(remove, "devices to remove; ignored on load");
module_param_cb(last_error, &last_error_ops, NULL, 0444);
MODULE_PARM_DESC(last_error, "why the last write was refused; read only");

/**
 * nvmm_params_start() - apply the map= of the command line, then take writes
 * @parent: of the regions
 *
 * Return: 0, or why map= was refused. Built in there is nobody to tell: the
 * reason is in last_error, and there are no devices.
 */
int nvmm_params_start(struct device *parent)
{
	const char *map;
	int ret;

	guard(mutex)(&nvmm_lock);
	map = nvmm_map_at_load;
	nvmm_map_at_load = NULL;
	nvmm_devs.parent = parent;
	nvmm_state = NVMM_LIVE;
	ret = map ? write_list(NVMM_MAP, map) : 0;
	if (!ret || BUILT_IN)
		return 0;
	nvmm_state = NVMM_GOING;
	return ret;
}

/**
 * nvmm_params_stop() - take no more writes and unregister all devices
 */
void nvmm_params_stop(void)
{
	guard(mutex)(&nvmm_lock);
	nvmm_state = NVMM_GOING;
	nvmm_destroy_all(&nvmm_devs);
}

/**
 * nvmm_devices_trylock() - keep lists from being applied, if none is just now
 *
 * For the files of a device: whoever applies one may wait for such a file to be
 * let go.
 *
 * Return: whether nvmm_devices_unlock() is owed.
 */
bool nvmm_devices_trylock(void)
{
	return mutex_trylock(&nvmm_lock);
}

/**
 * nvmm_devices_unlock() - let lists be applied again
 */
void nvmm_devices_unlock(void)
{
	mutex_unlock(&nvmm_lock);
}

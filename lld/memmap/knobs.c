// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of an emulated device: what it is, and what can be changed while it
 * works, or while nobody has it: /sys/bus/nvm/devices/nvmN/emulation/
 *
 * The map mutex is taken here by nvmm_devices_trylock() alone: whoever has it
 * may be removing the device, and wait for a write to its files to end.
 */
#include <linux/delay.h>
#include <linux/kstrtox.h>
#include <linux/sched/signal.h>
#include <linux/sysfs.h>
#include "device.h"
#include "params.h"

static_assert(NVMM_READ_NS_MAX == NVM_READ_DELAY_MAX);

/**
 * struct knob - a number in a file
 * @attr: the file
 * @at: where in &struct nvmm_cmds
 * @min: smallest value
 * @max: largest value
 */
struct knob {
	struct device_attribute	attr;
	size_t			at;
	u64			min;
	u64			max;
};

/**
 * struct shape_knob - an option that a driver is told of, in a file
 * @attr: the file
 * @opt: the option
 */
struct shape_knob {
	struct device_attribute	attr;
	enum nvmm_opt		opt;
};

static struct nvmm_dev *dev_to_nvmm(struct device *dev)
{
	return nvm_region_lld_data(to_nvm_region(dev));
}

static struct nvmm_cmds *dev_to_cmds(struct device *dev)
{
	return dev_to_nvmm(dev)->cmds;
}

static const struct knob *to_knob(const struct device_attribute *attr)
{
	return container_of(attr, struct knob, attr);
}

static u64 *knob_value(struct nvmm_cmds *cmds, const struct knob *knob)
{
	return (void *)cmds + knob->at;
}

static ssize_t knob_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	struct nvmm_cmds *cmds = dev_to_cmds(dev);
	u64 val;

	scoped_guard(spinlock_irqsave, &cmds->lock)
		val = *knob_value(cmds, to_knob(attr));
	return sysfs_emit(buf, "%llu\n", val);
}

/* Said by the device: whoever tries a limit wants to know what it is. */
static int knob_parse(struct device *dev, const struct knob *knob,
		      const char *buf, u64 max, u64 *val)
{
	int err = kstrtou64(buf, 0, val);

	if (!err && (*val < knob->min || *val > max))
		err = -EINVAL;
	if (err)
		dev_err(dev, "emulation/%s is from %llu to %llu\n",
			knob->attr.attr.name, knob->min, max);
	return err;
}

static ssize_t knob_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t len)
{
	const struct knob *knob = to_knob(attr);
	struct nvmm_cmds *cmds = dev_to_cmds(dev);
	u64 val;
	int err;

	err = knob_parse(dev, knob, buf, knob->max, &val);
	if (err)
		return err;
	guard(spinlock_irqsave)(&cmds->lock);
	*knob_value(cmds, knob) = val;
	return len;
}

/* If it cannot be had the write comes again; the device may be gone by then. */
static int lock_devices(void)
{
	if (nvmm_devices_trylock())
		return 0;
	msleep(20);
	return restart_syscall();
}

/* A value for a knob; 0: the devices are locked. */
static int knob_begin(struct device *dev, const struct device_attribute *attr,
		      const char *buf, u64 *val)
{
	const struct knob *knob = to_knob(attr);

	return knob_parse(dev, knob, buf, knob->max, val) ?: lock_devices();
}

static enum nvmm_opt shape_option(const struct device_attribute *attr)
{
	return container_of(attr, struct shape_knob, attr)->opt;
}

static ssize_t shape_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	struct nvmm_spec spec;

	nvmm_dev_get_spec(dev_to_nvmm(dev), &spec);
	return sysfs_emit(buf, "%llu\n", spec.opt[shape_option(attr)]);
}

static int set_shape(struct device *dev, enum nvmm_opt opt, const char *buf)
{
	struct nvmm_why why;
	int err;

	err = nvmm_dev_change(dev_to_nvmm(dev), opt, buf, &why);
	if (err)
		dev_err(dev, "emulation/%s: %s\n", nvmm_options[opt].name,
			why.text);
	return err;
}

static ssize_t shape_store(struct device *dev, struct device_attribute *attr,
			   const char *buf, size_t len)
{
	int err = lock_devices();

	if (err)
		return err;
	err = set_shape(dev, shape_option(attr), buf);
	nvmm_devices_unlock();
	return err ?: len;
}

/* Less than a driver was told is a device that says it is full. */
static int set_depth(struct device *dev, u64 val, const char *buf)
{
	struct nvmm_cmds *cmds = dev_to_cmds(dev);

	if (val > cmds->shape.nr_slots)
		return set_shape(dev, NVMM_OPT_DEPTH, buf);
	guard(spinlock_irqsave)(&cmds->lock);
	cmds->tune.depth = val;
	return 0;
}

static ssize_t depth_store(struct device *dev, struct device_attribute *attr,
			   const char *buf, size_t len)
{
	u64 val;
	int err = knob_begin(dev, attr, buf, &val);

	if (err)
		return err;
	err = set_depth(dev, val, buf);
	nvmm_devices_unlock();
	return err ?: len;
}

static ssize_t read_ns_store(struct device *dev, struct device_attribute *attr,
			     const char *buf, size_t len)
{
	struct nvmm_cmds *cmds = dev_to_cmds(dev);
	u64 val;
	int err = knob_begin(dev, attr, buf, &val);

	if (err)
		return err;
	nvm_region_set_read_delay(to_nvm_region(dev), val);
	scoped_guard(spinlock_irqsave, &cmds->lock)
		cmds->tune.read_ns = val;
	nvmm_devices_unlock();
	return len;
}

static ssize_t seed_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t len)
{
	struct nvmm_cmds *cmds = dev_to_cmds(dev);
	u64 val;
	int err;

	err = knob_parse(dev, to_knob(attr), buf, U64_MAX, &val);
	if (err)
		return err;
	guard(spinlock_irqsave)(&cmds->lock);
	cmds->tune.seed = val;
	cmds->random = val ?: 1;
	return len;
}

static ssize_t lose_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t len)
{
	struct nvmm_cmds *cmds = dev_to_cmds(dev);
	u64 val;
	int err;

	err = lock_devices();
	if (err)
		return err;
	err = knob_parse(dev, to_knob(attr), buf, cmds->shape.buffer ? 1 : 0,
			 &val);
	if (!err)
		nvmm_buffer_lose(cmds, val);
	nvmm_devices_unlock();
	return err ?: len;
}

static ssize_t power_cut_store(struct device *dev,
			       struct device_attribute *attr, const char *buf,
			       size_t len)
{
	u64 val;
	int err;

	err = knob_parse(dev, to_knob(attr), buf, 1, &val);
	if (err)
		return err;
	err = nvmm_power_cut(dev_to_cmds(dev));
	return err ?: len;
}

#define KNOB(_name, _at, _mode, _store, _min, _max)			\
static struct knob knob_##_name = {					\
	.attr	= __ATTR(_name, _mode, knob_show, _store),		\
	.at	= offsetof(struct nvmm_cmds, _at),			\
	.min	= _min,							\
	.max	= _max,							\
}

#define SHAPE(_name, _opt)						\
static struct shape_knob shape_##_name = {				\
	.attr	= __ATTR(_name, 0644, shape_show, shape_store),		\
	.opt	= _opt,							\
}

SHAPE(write_unit, NVMM_OPT_WRITE_UNIT);
SHAPE(erase_unit, NVMM_OPT_ERASE_UNIT);
SHAPE(busy_unit, NVMM_OPT_BUSY_UNIT);
SHAPE(max_transfer, NVMM_OPT_MAX_TRANSFER);
SHAPE(timeout, NVMM_OPT_TIMEOUT);
SHAPE(buffer, NVMM_OPT_BUFFER);
KNOB(depth, tune.depth, 0644, depth_store, 1, NVMM_DEPTH_MAX);
KNOB(write_ns, tune.write_ns, 0644, knob_store, 0, NVMM_WRITE_NS_MAX);
KNOB(read_ns, tune.read_ns, 0644, read_ns_store, 0, NVMM_READ_NS_MAX);
KNOB(bw, tune.bw, 0644, knob_store, 0, NVMM_BW_MAX);
KNOB(jitter, tune.jitter, 0644, knob_store, 0, 100);
KNOB(seed, tune.seed, 0644, seed_store, 0, U64_MAX);
KNOB(fail, tune.fail, 0644, knob_store, 0, U64_MAX);
KNOB(stall, tune.stall, 0644, knob_store, 0, U64_MAX);
KNOB(bad_at, tune.bad_at, 0644, knob_store, 0, U64_MAX);
KNOB(lose, tune.lose, 0644, lose_store, 0, 1);
KNOB(power_cut, off, 0644, power_cut_store, 1, 1);
KNOB(commands, count.commands, 0444, NULL, 0, 0);
KNOB(bytes, count.bytes, 0444, NULL, 0, 0);
KNOB(in_flight, count.in_flight, 0444, NULL, 0, 0);
KNOB(most_in_flight, count.most, 0644, knob_store, 0, 0);

static struct attribute *nvmm_knob_attrs[] = {
	&shape_write_unit.attr.attr,
	&shape_erase_unit.attr.attr,
	&shape_busy_unit.attr.attr,
	&shape_max_transfer.attr.attr,
	&shape_timeout.attr.attr,
	&shape_buffer.attr.attr,
	&knob_depth.attr.attr,
	&knob_write_ns.attr.attr,
	&knob_read_ns.attr.attr,
	&knob_bw.attr.attr,
	&knob_jitter.attr.attr,
	&knob_seed.attr.attr,
	&knob_fail.attr.attr,
	&knob_stall.attr.attr,
	&knob_bad_at.attr.attr,
	&knob_lose.attr.attr,
	&knob_power_cut.attr.attr,
	&knob_commands.attr.attr,
	&knob_bytes.attr.attr,
	&knob_in_flight.attr.attr,
	&knob_most_in_flight.attr.attr,
	NULL
};

static const struct attribute_group nvmm_knobs = {
	.name	= "emulation",
	.attrs	= nvmm_knob_attrs,
};

static ssize_t element_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	struct nvmm_spec spec;
	int n;

	nvmm_dev_get_spec(dev_to_nvmm(dev), &spec);
	n = nvmm_format(&spec, buf, PAGE_SIZE - 1);
	return n + sysfs_emit_at(buf, n, "\n");
}
static DEVICE_ATTR_RO(element);

static struct attribute *nvmm_attrs[] = {
	&dev_attr_element.attr,
	NULL
};

static const struct attribute_group nvmm_group = {
	.attrs	= nvmm_attrs,
};

static const struct attribute_group *nvmm_groups[] = {
	&nvmm_group,
	NULL
};

static const struct attribute_group *nvmm_cmd_groups[] = {
	&nvmm_group,
	&nvmm_knobs,
	NULL
};

/**
 * nvmm_files_of() - what sysfs is to have of a device
 * @dev: the device
 */
const struct attribute_group **nvmm_files_of(const struct nvmm_dev *dev)
{
	return dev->cmds ? nvmm_cmd_groups : nvmm_groups;
}

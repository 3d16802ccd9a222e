// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a cache has done, and how it is, in sysfs: for a region whose driver data
 * is its &struct nvmc_engine. See Documentation/ABI/testing/sysfs-bus-nvm-cache.
 */
#include <linux/device.h>
#include <linux/percpu.h>
#include <linux/sysfs.h>
#include "internal.h"

static u64 nvmc_count_unlocked(const struct nvmc_engine *e, size_t offset)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*(u64 *)((void *)per_cpu_ptr(e->counts, cpu) +
					  offset));
	return sum;
}

static u64 nvmc_count(struct device *dev, size_t offset)
{
	struct nvmc_engine *e = dev_get_drvdata(dev);
	u64 sum = 0;
	u32 i;

	for (i = 0; i < e->c.geo.shards; i++) {
		guard(spinlock)(&e->parts[i].lock);
		sum += *(u64 *)((void *)&e->parts[i].sh->stats + offset);
	}
	return sum + nvmc_count_unlocked(e, offset);
}

static ssize_t nvmc_count_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	struct dev_ext_attribute *ext =
		container_of(attr, struct dev_ext_attribute, attr);

	return sysfs_emit(buf, "%llu\n", nvmc_count(dev, (size_t)ext->var));
}

#define NVMC_COUNT(_name)						\
	struct dev_ext_attribute nvmc_attr_##_name = {			\
		__ATTR(_name, 0444, nvmc_count_show, NULL),		\
		(void *)offsetof(struct nvmc_stats, _name)		\
	}

static NVMC_COUNT(hits);
static NVMC_COUNT(mapped);
static NVMC_COUNT(writes);
static NVMC_COUNT(absorbed);
static NVMC_COUNT(copies);
static NVMC_COUNT(fills);
static NVMC_COUNT(runs);
static NVMC_COUNT(written);
static NVMC_COUNT(bridged);
static NVMC_COUNT(failures);
static NVMC_COUNT(evicted);
static NVMC_COUNT(discarded);

/* A ratio with two decimal places, 0.00 of nothing. */
static ssize_t nvmc_emit_ratio(char *buf, u64 a, u64 b)
{
	u64 percent = b ? div64_u64(a * 100, b) : 0;

	return sysfs_emit(buf, "%llu.%02llu\n", div_u64(percent, 100),
			  percent - 100 * div_u64(percent, 100));
}

static ssize_t coalescing_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	return nvmc_emit_ratio(buf,
			       nvmc_count(dev, offsetof(struct nvmc_stats,
							written)),
			       nvmc_count(dev, offsetof(struct nvmc_stats,
							runs)));
}
static DEVICE_ATTR_RO(coalescing);

static ssize_t write_amplification_show(struct device *dev,
					struct device_attribute *attr,
					char *buf)
{
	return nvmc_emit_ratio(buf,
			       nvmc_count(dev, offsetof(struct nvmc_stats,
							written)),
			       nvmc_count(dev, offsetof(struct nvmc_stats,
							writes)));
}
static DEVICE_ATTR_RO(write_amplification);

/* Blocks, of all parts, in bytes. */
static ssize_t nvmc_emit_blocks(struct device *dev, char *buf,
				u32 (*blocks)(const struct nvmc_shard *sh))
{
	struct nvmc_engine *e = dev_get_drvdata(dev);
	u64 sum = 0;
	u32 i;

	for (i = 0; i < e->c.geo.shards; i++) {
		guard(spinlock)(&e->parts[i].lock);
		sum += blocks(e->parts[i].sh);
	}
	return sysfs_emit(buf, "%llu\n", sum * e->c.geo.block);
}

static ssize_t dirty_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return nvmc_emit_blocks(dev, buf, nvmc_dirty);
}
static DEVICE_ATTR_RO(dirty);

static u32 nvmc_failed_blocks(const struct nvmc_shard *sh)
{
	return sh->failed.nr;
}

static ssize_t failed_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return nvmc_emit_blocks(dev, buf, nvmc_failed_blocks);
}
static DEVICE_ATTR_RO(failed);

static ssize_t memory_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return nvmc_emit_blocks(dev, buf, nvmc_has_memory);
}
static DEVICE_ATTR_RO(memory);

static u32 nvmc_all_blocks(const struct nvmc_shard *sh)
{
	return sh->nr;
}

static ssize_t memory_max_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	return nvmc_emit_blocks(dev, buf, nvmc_all_blocks);
}
static DEVICE_ATTR_RO(memory_max);

static ssize_t throttled_ns_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	struct nvmc_engine *e = dev_get_drvdata(dev);
	u64 sum = 0;
	u32 i;

	for (i = 0; i < e->c.geo.shards; i++) {
		guard(spinlock)(&e->parts[i].lock);
		sum += e->parts[i].throttled;
	}
	return sysfs_emit(buf, "%llu\n", sum);
}
static DEVICE_ATTR_RO(throttled_ns);

static ssize_t stalls_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	struct nvmc_engine *e = dev_get_drvdata(dev);
	u64 sum = 0;
	u32 i;

	for (i = 0; i < e->c.geo.shards; i++) {
		guard(spinlock)(&e->parts[i].lock);
		sum += e->parts[i].stalls;
	}
	return sysfs_emit(buf, "%llu\n", sum);
}
static DEVICE_ATTR_RO(stalls);

static struct attribute *nvmc_attrs[] = {
	&nvmc_attr_hits.attr.attr,
	&nvmc_attr_mapped.attr.attr,
	&nvmc_attr_writes.attr.attr,
	&nvmc_attr_absorbed.attr.attr,
	&nvmc_attr_copies.attr.attr,
	&nvmc_attr_fills.attr.attr,
	&nvmc_attr_runs.attr.attr,
	&nvmc_attr_written.attr.attr,
	&nvmc_attr_bridged.attr.attr,
	&nvmc_attr_failures.attr.attr,
	&nvmc_attr_evicted.attr.attr,
	&nvmc_attr_discarded.attr.attr,
	&dev_attr_coalescing.attr,
	&dev_attr_write_amplification.attr,
	&dev_attr_dirty.attr,
	&dev_attr_failed.attr,
	&dev_attr_memory.attr,
	&dev_attr_memory_max.attr,
	&dev_attr_throttled_ns.attr,
	&dev_attr_stalls.attr,
	NULL
};

/* For &device_driver.dev_groups of a ULD. */
const struct attribute_group nvmc_engine_group = {
	.name	= "cache",
	.attrs	= nvmc_attrs,
};
EXPORT_SYMBOL_GPL(nvmc_engine_group);

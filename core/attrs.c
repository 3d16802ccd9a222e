// SPDX-License-Identifier: GPL-2.0-only
/*
 * What sysfs shows of a region: Documentation/ABI/testing/sysfs-bus-nvm. None
 * of these takes the device lock, which removal may hold for long.
 */
#include <linux/slab.h>
#include "core.h"

static ssize_t type_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	return sysfs_emit(buf, "%u\n", to_nvm_region(dev)->desc.type);
}
static DEVICE_ATTR_RO(type);

static ssize_t uid_show(struct device *dev, struct device_attribute *attr,
			char *buf)
{
	return sysfs_emit(buf, "%s\n", to_nvm_region(dev)->desc.uid);
}
static DEVICE_ATTR_RO(uid);

static ssize_t model_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%s\n", to_nvm_region(dev)->desc.model);
}
static DEVICE_ATTR_RO(model);

static ssize_t size_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	return sysfs_emit(buf, "%llu\n", nvm_region_size(to_nvm_region(dev)));
}
static DEVICE_ATTR_RO(size);

static ssize_t start_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "0x%llx\n",
			  (u64)nvm_desc_start(&to_nvm_region(dev)->desc));
}
static DEVICE_ATTR_ADMIN_RO(start);

static ssize_t numa_node_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	return sysfs_emit(buf, "%d\n", to_nvm_region(dev)->desc.numa_node);
}
static DEVICE_ATTR_RO(numa_node);

static ssize_t lld_show(struct device *dev, struct device_attribute *attr,
			char *buf)
{
	return sysfs_emit(buf, "%s\n", nvm_region_lld_name(to_nvm_region(dev)));
}
static DEVICE_ATTR_RO(lld);

static ssize_t uld_show(struct device *dev, struct device_attribute *attr,
			char *buf)
{
	struct nvm_region_core *c = dev_to_core(dev);

	guard(spinlock)(&c->lock);
	return sysfs_emit(buf, "%s\n", c->uld ? c->uld->driver.name : "");
}
static DEVICE_ATTR_RO(uld);

static ssize_t disk_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	struct nvm_region_core *c = dev_to_core(dev);

	guard(spinlock)(&c->lock);
	return sysfs_emit(buf, "%s\n", c->disk ? c->disk->disk.gd->disk_name : "");
}
static DEVICE_ATTR_RO(disk);

static ssize_t users_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%u\n", nvm_disk_users(dev_to_core(dev)));
}
static DEVICE_ATTR_RO(users);

static ssize_t state_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%s\n", nvm_state_name(dev_to_core(dev)));
}
static DEVICE_ATTR_RO(state);

static ssize_t read_only_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	return sysfs_emit(buf, "%d\n", nvm_region_read_only(to_nvm_region(dev)));
}
static DEVICE_ATTR_RO(read_only);

static ssize_t read_only_reason_show(struct device *dev,
				     struct device_attribute *attr, char *buf)
{
	struct nvm_region_core *c = dev_to_core(dev);

	guard(spinlock)(&c->lock);
	return sysfs_emit(buf, "%s\n", c->read_only);
}
static DEVICE_ATTR_RO(read_only_reason);

static ssize_t persistence_domain_show(struct device *dev,
				       struct device_attribute *attr, char *buf)
{
	static const char * const names[] = {
		[NVM_PDOMAIN_NONE]		= "none",
		[NVM_PDOMAIN_MEMORY_CONTROLLER]	= "memory_controller",
		[NVM_PDOMAIN_CPU_CACHE]		= "cpu_cache",
		[NVM_PDOMAIN_DEVICE_CMD]	= "device_cmd",
	};

	return sysfs_emit(buf, "%s\n", names[to_nvm_region(dev)->desc.pdomain]);
}
static DEVICE_ATTR_RO(persistence_domain);

static ssize_t capabilities_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	static const struct {
		u64		cap;
		const char	*name;
	} names[] = {
		{ NVM_CAP_FLUSH,		"flush" },
		{ NVM_CAP_CLEAR_POISON,		"clear_poison" },
		{ NVM_CAP_SUBMIT,		"submit" },
		{ NVM_CAP_WINDOW,		"window" },
		{ NVM_CAP_DAX,			"dax" },
		{ NVM_CAP_DISCARD,		"discard" },
		{ NVM_CAP_COHERENT_WINDOW,	"coherent_window" },
		{ NVM_CAP_GROW,			"grow" },
	};
	u64 caps = to_nvm_region(dev)->caps;
	int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (caps & names[i].cap)
			n += sysfs_emit_at(buf, n, "%s%s", n ? " " : "",
					   names[i].name);
	return n + sysfs_emit_at(buf, n, "\n");
}
static DEVICE_ATTR_RO(capabilities);

static ssize_t modalias_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	const struct nvm_region *r = to_nvm_region(dev);

	return sysfs_emit(buf, NVM_MODALIAS_FMT "\n", r->desc.type, r->caps);
}
static DEVICE_ATTR_RO(modalias);

static ssize_t declined_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	struct nvm_region_core *c = dev_to_core(dev);
	const struct nvm_declined *d;
	int n = 0;

	guard(spinlock)(&c->lock);
	list_for_each_entry(d, &c->declined, node)
		n += sysfs_emit_at(buf, n, "%s: %s\n", d->name, d->why);
	return n;
}
static DEVICE_ATTR_RO(declined);

static ssize_t driver_override_show(struct device *dev,
				    struct device_attribute *attr, char *buf)
{
	struct nvm_region_core *c = dev_to_core(dev);

	guard(spinlock)(&c->lock);
	return sysfs_emit(buf, "%s\n", c->override ?: "");
}

static ssize_t driver_override_store(struct device *dev,
				     struct device_attribute *attr,
				     const char *buf, size_t count)
{
	struct nvm_region_core *c = dev_to_core(dev);
	size_t len = strcspn(buf, "\n");
	char *name = NULL;

	if (len > NVM_UID_MAX || len + 1 < count) {
		dev_err(dev, "driver_override: not one line of at most %d\n",
			NVM_UID_MAX);
		return -EINVAL;
	}
	if (len) {
		name = kstrndup(buf, len, GFP_KERNEL);
		if (!name)
			return -ENOMEM;
	}
	scoped_guard(spinlock, &c->lock)
		swap(c->override, name);
	kfree(name);
	return count;
}
static DEVICE_ATTR_RW(driver_override);

static ssize_t badblocks_show_attr(struct device *dev,
				   struct device_attribute *attr, char *buf)
{
	ssize_t n = badblocks_show(&dev_to_core(dev)->bb, buf, 0);

	if (n < (ssize_t)PAGE_SIZE)
		return n;
	/* It counts what it had no room for: show whole lines only. */
	buf[PAGE_SIZE - 1] = '\0';
	return strrchr(buf, '\n') + 1 - buf;
}

static struct device_attribute dev_attr_badblocks =
	__ATTR(badblocks, 0444, badblocks_show_attr, NULL);

static struct attribute *nvm_region_attrs[] = {
	&dev_attr_type.attr,
	&dev_attr_uid.attr,
	&dev_attr_model.attr,
	&dev_attr_size.attr,
	&dev_attr_start.attr,
	&dev_attr_numa_node.attr,
	&dev_attr_lld.attr,
	&dev_attr_uld.attr,
	&dev_attr_disk.attr,
	&dev_attr_users.attr,
	&dev_attr_state.attr,
	&dev_attr_read_only.attr,
	&dev_attr_read_only_reason.attr,
	&dev_attr_persistence_domain.attr,
	&dev_attr_capabilities.attr,
	&dev_attr_modalias.attr,
	&dev_attr_declined.attr,
	&dev_attr_driver_override.attr,
	&dev_attr_badblocks.attr,
	NULL
};

static umode_t nvm_region_attr_visible(struct kobject *kobj,
				       struct attribute *attr, int n)
{
	const struct nvm_region *r = to_nvm_region(kobj_to_dev(kobj));

	if (attr == &dev_attr_model.attr && !r->desc.model)
		return 0;
	return attr->mode;
}

static const struct attribute_group nvm_region_group = {
	.attrs		= nvm_region_attrs,
	.is_visible	= nvm_region_attr_visible,
};

const struct attribute_group *nvm_region_groups[] = {
	&nvm_region_group,
	NULL
};

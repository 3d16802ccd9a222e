// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device that is to be as if its element had said something else.
 */
#include "device.h"

/**
 * nvmm_dev_get_spec() - what a device is, without the map mutex
 * @dev: the device
 * @spec: set
 */
void nvmm_dev_get_spec(struct nvmm_dev *dev, struct nvmm_spec *spec)
{
	guard(spinlock)(&dev->lock);
	*spec = dev->spec;
}

/**
 * nvmm_dev_set_spec() - a device is another now
 * @dev: the device, under the map mutex
 * @spec: what it is
 */
void nvmm_dev_set_spec(struct nvmm_dev *dev, const struct nvmm_spec *spec)
{
	guard(spinlock)(&dev->lock);
	dev->spec = *spec;
}

/**
 * struct change - under way
 * @dev: the device
 * @wanted: what it is to be
 * @next: that of its commands then
 */
struct change {
	struct nvmm_dev		*dev;
	struct nvmm_spec	wanted;
	struct nvmm_shape	next;
};

/* Nobody has the region, and nobody can claim it. */
static void apply(void *data)
{
	struct change *c = data;

	nvmm_cmds_change_commit(c->dev->cmds, &c->next);
	nvmm_dev_set_spec(c->dev, &c->wanted);
}

static int prepare(struct change *c, struct nvmm_why *why)
{
	int err = nvmm_cmds_change_prepare(c->dev->cmds, &c->wanted, &c->next);

	if (!err)
		return 0;
	return nvmm_refuse(why, err, &c->dev->spec, err == -ENODEV ?
			   "its power is cut" : "no memory");
}

static int change(struct change *c, struct nvmm_why *why)
{
	struct nvm_region *r = c->dev->region;
	struct nvm_region_desc desc = r->desc;
	char cause[NVM_REASON_MAX + 1];
	int err = prepare(c, why);

	if (err)
		return err;
	nvmm_cmds_describe(&c->next, &c->wanted, &desc);
	err = nvm_region_change(r, &desc, apply, c, cause);
	nvmm_cmds_change_end(c->dev->cmds, &c->next);
	return err ? nvmm_refuse(why, err, &c->dev->spec, cause) : 0;
}

/**
 * nvmm_dev_change() - give a device another value of an option
 * @dev: the device, which takes commands; under the map mutex
 * @o: the option: one of those that its driver is told of
 * @text: the value, as in an element
 * @why: the cause, set on failure
 *
 * Its region's size follows that of the undo log.
 *
 * Return: 0, -EINVAL for what an element could not say, -EBUSY if somebody has
 * the region, -ENODEV after a power cut, -ENOMEM; then nothing has changed.
 */
int nvmm_dev_change(struct nvmm_dev *dev, enum nvmm_opt o, const char *text,
		    struct nvmm_why *why)
{
	struct change c = { .dev = dev, .wanted = dev->spec };
	int err;

	/* It may be another by now, and goes with the buffer. */
	c.wanted.opt[NVMM_OPT_LOSE] = dev->cmds->tune.lose;
	err = nvmm_change(&c.wanted, o, text, why);
	return err ?: change(&c, why);
}

// SPDX-License-Identifier: GPL-2.0-only
#include <linux/sched/mm.h>
#include "root.h"

/* ACPI 6.4 section 9.20.7. */
enum nvmn_root_fn {
	NVMN_FN_ARS_CAPS	= 1,
	NVMN_FN_ARS_START	= 2,
	NVMN_FN_ARS_STATUS	= 3,
	NVMN_FN_CLEAR		= 4,
};

#define NVMN_ARS_TYPE_PERSISTENT	2
/* It may tell what it found earlier, without looking again. */
#define NVMN_ARS_FLAG_EARLIER		BIT(1)

struct nvmn_ars_range {
	__le64	start;
	__le64	size;
} __packed;

struct nvmn_ars_order {
	struct nvmn_ars_range	range;
	__le16			type;
	u8			flags;
	u8			reserved[5];
} __packed;

/* 2f10e7a4-9e91-11e4-89d3-123b93f75cba */
static const guid_t nvmn_root_guid =
	GUID_INIT(0x2f10e7a4, 0x9e91, 0x11e4, 0x89, 0xd3, 0x12, 0x3b, 0x93, 0xf7,
		  0x5c, 0xba);

static struct nvmn_ars_range nvmn_ars_range(u64 start, u64 size)
{
	return (struct nvmn_ars_range) {
		.start	= cpu_to_le64(start),
		.size	= cpu_to_le64(size),
	};
}

/**
 * nvmn_root_init() - ask what the root device can do
 * @root: set
 * @adev: ACPI0012
 * @news: queued when an NVDIMM tells that its health changed
 *
 * Context: may sleep.
 */
void nvmn_root_init(struct nvmn_root *root, struct acpi_device *adev,
		    struct work_struct *news)
{
	root->adev = adev;
	atomic_set(&root->cleared, 0);
	nvmn_dimms_init(&root->dimms, adev, news);
	nvmn_dsm_init(&root->dsm, adev->handle, &nvmn_root_guid);
}

/**
 * nvmn_root_can_scrub() - are there functions to look for errors
 * @root: the root device
 *
 * Context: any.
 */
bool nvmn_root_can_scrub(const struct nvmn_root *root)
{
	return nvmn_dsm_has(&root->dsm, NVMN_FN_ARS_START) &&
	       nvmn_dsm_has(&root->dsm, NVMN_FN_ARS_STATUS);
}

/**
 * nvmn_root_ars_caps() - what can be done for a range
 * @root: the root device
 * @start: first address
 * @size: bytes
 * @caps: what can; nothing on failure, or where there is no such function
 * @why: the cause, set on failure
 *
 * Context: may sleep.
 * Return: 0 or -EIO.
 */
int nvmn_root_ars_caps(struct nvmn_root *root, u64 start, u64 size,
		       struct nvmn_ars_caps *caps, struct nvmn_why *why)
{
	struct nvmn_ars_range range = nvmn_ars_range(start, size);
	int err = -EIO;

	*caps = (struct nvmn_ars_caps) { };
	if (!nvmn_dsm_has(&root->dsm, NVMN_FN_ARS_CAPS))
		return 0;
	union acpi_object *obj __free(nvmn_answer) =
		nvmn_dsm_call(&root->dsm, NVMN_FN_ARS_CAPS, &range,
			      sizeof(range), why);
	if (obj)
		err = nvmn_answer_ars_caps(caps, obj->buffer.pointer,
					   obj->buffer.length, why);
	if (!nvmn_dsm_has(&root->dsm, NVMN_FN_CLEAR))
		caps->unit = 0;
	return err;
}

/**
 * nvmn_root_ars_start() - have a range looked at
 * @root: the root device
 * @start: first address
 * @size: bytes
 * @earlier: what was found earlier will do
 * @seconds: set to how long it will take, says the platform
 * @why: the cause, set on failure
 *
 * Context: may sleep.
 * Return: 0, -EBUSY if another is under way, -EIO.
 */
int nvmn_root_ars_start(struct nvmn_root *root, u64 start, u64 size,
			bool earlier, u32 *seconds, struct nvmn_why *why)
{
	struct nvmn_ars_order order = {
		.range	= nvmn_ars_range(start, size),
		.type	= cpu_to_le16(NVMN_ARS_TYPE_PERSISTENT),
		.flags	= earlier ? NVMN_ARS_FLAG_EARLIER : 0,
	};
	union acpi_object *obj __free(nvmn_answer) =
		nvmn_dsm_call(&root->dsm, NVMN_FN_ARS_START, &order,
			      sizeof(order), why);

	if (!obj)
		return -EIO;
	return nvmn_answer_ars_start(seconds, obj->buffer.pointer,
				     obj->buffer.length, why);
}

/**
 * nvmn_root_ars_status() - how far is it, and what was found
 * @root: the root device
 * @s: set; points into what is returned
 * @why: the cause, set on failure
 *
 * Context: may sleep.
 * Return: to be freed by ACPI_FREE() after @s was read, or NULL.
 */
union acpi_object *nvmn_root_ars_status(struct nvmn_root *root,
					struct nvmn_ars_status *s,
					struct nvmn_why *why)
{
	union acpi_object *obj = nvmn_dsm_call(&root->dsm, NVMN_FN_ARS_STATUS,
					       NULL, 0, why);

	if (obj && nvmn_answer_ars_status(s, obj->buffer.pointer,
					  obj->buffer.length, why)) {
		ACPI_FREE(obj);
		obj = NULL;
	}
	return obj;
}

static int nvmn_root_call_clear(struct nvmn_root *root, u64 start, u64 size,
				struct nvmn_why *why)
{
	struct nvmn_ars_range range = nvmn_ars_range(start, size);
	union acpi_object *obj __free(nvmn_answer) =
		nvmn_dsm_call(&root->dsm, NVMN_FN_CLEAR, &range, sizeof(range),
			      why);

	if (!obj)
		return -EIO;
	return nvmn_answer_clear(size, obj->buffer.pointer, obj->buffer.length,
				 why);
}

/**
 * nvmn_root_clear() - make memory readable again
 * @root: the root device
 * @start: first address, a multiple of the unit in which errors are cleared
 * @size: bytes, likewise
 * @why: the cause, set on failure
 *
 * From here on nothing that was found before counts.
 *
 * Context: may sleep. A writer waits: the interpreter's memory is not to be had
 * by writing other pages back.
 * Return: 0 or -EIO.
 */
int nvmn_root_clear(struct nvmn_root *root, u64 start, u64 size,
		    struct nvmn_why *why)
{
	unsigned int flags = memalloc_noio_save();
	int err;

	atomic_inc(&root->cleared);
	err = nvmn_root_call_clear(root, start, size, why);
	memalloc_noio_restore(flags);
	return err;
}

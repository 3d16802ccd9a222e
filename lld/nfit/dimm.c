// SPDX-License-Identifier: GPL-2.0-only
#include <linux/slab.h>
#include "dimm.h"

/* What an NVDIMM tells, ACPI 6.4 section 5.6.6. */
#define NVMN_DIMM_EVENT_HEALTH	0x81

/* 1ee68b36-d4bd-4a1a-9a16-4f8e53d46e05 */
static const guid_t nvmn_dimm_guid =
	GUID_INIT(0x1ee68b36, 0xd4bd, 0x4a1a, 0x9a, 0x16, 0x4f, 0x8e, 0x53, 0xd4,
		  0x6e, 0x05);

/**
 * struct nvmn_module - an NVDIMM
 * @node: in the list
 * @dimms: where that is
 * @adev: its device, referenced
 * @handle: by which the table names it
 * @dsm: how it can be asked
 * @listens: its notifications arrive
 * @said: what each of its functions said last
 * @failed: why it said nothing the last time it was asked; empty if it did
 */
struct nvmn_module {
	struct list_head	node;
	struct nvmn_dimms	*dimms;
	struct acpi_device	*adev;
	u32			handle;
	struct nvmn_dsm		dsm;
	bool			listens;
	struct nvmn_health	said[NVMN_HEALTH_NR];
	struct nvmn_why		failed[NVMN_HEALTH_NR];
};

static struct nvmn_module *nvmn_module_find(const struct nvmn_dimms *dimms,
					    u32 handle)
{
	struct nvmn_module *module;

	list_for_each_entry(module, &dimms->list, node)
		if (module->handle == handle)
			return module;
	return NULL;
}

static void nvmn_module_notify(acpi_handle handle, u32 event, void *data)
{
	struct nvmn_module *module = data;

	if (event == NVMN_DIMM_EVENT_HEALTH)
		queue_work(system_long_wq, module->dimms->news);
}

static void nvmn_module_listen(struct nvmn_module *module)
{
	acpi_status status;

	status = acpi_install_notify_handler(module->adev->handle,
					     ACPI_DEVICE_NOTIFY,
					     nvmn_module_notify, module);
	module->listens = ACPI_SUCCESS(status);
	if (!module->listens)
		dev_warn(&module->adev->dev, "DIMM 0x%x cannot be listened to: %s\n",
			 module->handle, acpi_format_exception(status));
}

/* Whether it is known by now. */
static bool nvmn_module_add(struct nvmn_dimms *dimms, struct acpi_device *adev,
			    u32 handle)
{
	struct nvmn_module *module = kzalloc(sizeof(*module), GFP_KERNEL);

	if (!module)
		return false;
	module->dimms = dimms;
	module->adev = adev;
	module->handle = handle;
	get_device(&adev->dev);
	nvmn_dsm_init(&module->dsm, adev->handle, &nvmn_dimm_guid);
	nvmn_module_listen(module);
	list_add_tail(&module->node, &dimms->list);
	return true;
}

static int nvmn_module_found(struct acpi_device *adev, void *data)
{
	struct nvmn_dimms *dimms = data;
	u32 handle = acpi_device_adr(adev);

	if (!adev->pnp.type.bus_address || nvmn_module_find(dimms, handle))
		return 0;
	if (!nvmn_module_add(dimms, adev, handle))
		dev_err(&dimms->root->dev, "DIMM 0x%x: no memory to ask for its health\n",
			handle);
	return 0;
}

static int nvmn_module_call(const struct nvmn_module *module, u32 fn,
			    struct nvmn_health *health, struct nvmn_why *why)
{
	union acpi_object *obj __free(nvmn_answer) =
		nvmn_dsm_call(&module->dsm, fn, NULL, 0, why);

	if (!obj)
		return -EIO;
	return nvmn_answer_health(health, fn, obj->buffer.pointer,
				  obj->buffer.length, why);
}

/* However often it is asked, only another cause is news. */
static void nvmn_module_failed(struct nvmn_module *module, u32 fn,
			       const struct nvmn_why *why)
{
	struct nvmn_why *last = &module->failed[fn - NVMN_HEALTH_FIRST];

	if (!strcmp(last->text, why->text))
		return;
	*last = *why;
	dev_err(&module->dimms->root->dev, "DIMM 0x%x, health function %u: %s\n",
		module->handle, fn, why->text);
}

/* A function that fails is no news: what it said before holds. */
static void nvmn_module_ask_one(struct nvmn_module *module, u32 fn)
{
	struct nvmn_health *said = &module->said[fn - NVMN_HEALTH_FIRST];
	struct device *dev = &module->dimms->root->dev;
	struct nvmn_health now;
	struct nvmn_why why;

	if (!nvmn_dsm_has(&module->dsm, fn))
		return;
	if (nvmn_module_call(module, fn, &now, &why)) {
		nvmn_module_failed(module, fn, &why);
		return;
	}
	module->failed[fn - NVMN_HEALTH_FIRST].text[0] = '\0';
	if (now.warning.text[0] && strcmp(now.warning.text, said->warning.text))
		dev_warn(dev, "DIMM 0x%x %s\n", module->handle,
			 now.warning.text);
	*said = now;
}

/**
 * nvmn_dimms_init() - none is known yet
 * @dimms: set
 * @root: the root device; stays as long as @dimms
 * @news: queued when one of them tells that its health changed
 */
void nvmn_dimms_init(struct nvmn_dimms *dimms, struct acpi_device *root,
		     struct work_struct *news)
{
	dimms->root = root;
	dimms->news = news;
	INIT_LIST_HEAD(&dimms->list);
}

/**
 * nvmn_dimms_ask() - ask each how it is, and listen to those that are new
 * @dimms: all
 *
 * Context: may sleep, as long as the firmware likes.
 */
void nvmn_dimms_ask(struct nvmn_dimms *dimms)
{
	struct nvmn_module *module;
	u32 fn;

	acpi_dev_for_each_child(dimms->root, nvmn_module_found, dimms);
	list_for_each_entry(module, &dimms->list, node)
		for (fn = NVMN_HEALTH_FIRST; fn <= NVMN_HEALTH_LAST; fn++)
			nvmn_module_ask_one(module, fn);
}

/**
 * nvmn_dimms_exit() - listen to none any more
 * @dimms: all; empty afterwards. Their work may have been queued until now
 *
 * Context: may sleep.
 */
void nvmn_dimms_exit(struct nvmn_dimms *dimms)
{
	struct nvmn_module *module, *next;

	list_for_each_entry_safe(module, next, &dimms->list, node) {
		list_del(&module->node);
		if (module->listens)
			acpi_remove_notify_handler(module->adev->handle,
						   ACPI_DEVICE_NOTIFY,
						   nvmn_module_notify);
		put_device(&module->adev->dev);
		kfree(module);
	}
}

/**
 * nvmn_dimms_bad() - what an NVDIMM says against being written
 * @dimms: all
 * @handle: which
 *
 * Context: any.
 * Return: words that go on where its name ends, or NULL if it says nothing.
 */
const char *nvmn_dimms_bad(const struct nvmn_dimms *dimms, u32 handle)
{
	const struct nvmn_module *module = nvmn_module_find(dimms, handle);
	size_t i;

	if (!module)
		return NULL;
	for (i = 0; i < NVMN_HEALTH_NR; i++)
		if (module->said[i].bad.text[0])
			return module->said[i].bad.text;
	return NULL;
}

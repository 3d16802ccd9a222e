// SPDX-License-Identifier: GPL-2.0-only
/*
 * DDR4 and later NVDIMMs, as any vendor's firmware describes them: the ACPI
 * device ACPI0012 and its table, ACPI 6.4 sections 9.20 and 5.2.25. The driver
 * nfit of the kernel takes the same device: see Documentation/nfit.rst.
 */
#include <linux/acpi.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <nvm/lld.h>
#include "scan.h"

#define NVMN_HID	"ACPI0012"

/* What the firmware tells of the root device, ACPI 6.4 section 5.6.6. */
#define NVMN_EVENT_UPDATE	0x80	/* evaluate _FIT again */
#define NVMN_EVENT_ERROR	0x81	/* memory that nobody read is bad */

static void nvmn_leave_action(void *n)
{
	nvmn_leave(n);
}

static int nvmn_look_again(struct nvm_scanner *s)
{
	return nvmn_scan(container_of(s, struct nvmn, scanner));
}

static void nvmn_no_scanner(void *n)
{
	nvm_scanner_unregister(&((struct nvmn *)n)->scanner);
}

static void nvmn_update(struct work_struct *work)
{
	struct nvmn *n = container_of(work, struct nvmn, update);

	nvmn_scan(n);
	if (xchg(&n->errors, false))
		nvmn_look_for_errors(n);
}

static void nvmn_notify(acpi_handle handle, u32 event, void *data)
{
	struct nvmn *n = data;

	switch (event) {
	case NVMN_EVENT_ERROR:
		WRITE_ONCE(n->errors, true);
		break;
	case NVMN_EVENT_UPDATE:
		break;
	default:
		dev_dbg(&n->root.adev->dev, "unknown event 0x%x\n", event);
		return;
	}
	/* Either may come with news of the DIMMs' health. */
	queue_work(system_long_wq, &n->update);
}

static void nvmn_stop_listening(void *data)
{
	struct nvmn *n = data;

	acpi_remove_notify_handler(n->root.adev->handle, ACPI_DEVICE_NOTIFY,
				   nvmn_notify);
	nvmn_stop(n);
}

/* From now on nothing that the firmware tells is lost. */
static int nvmn_listen(struct nvmn *n)
{
	struct device *dev = &n->root.adev->dev;
	acpi_status status;

	status = acpi_install_notify_handler(n->root.adev->handle,
					     ACPI_DEVICE_NOTIFY, nvmn_notify,
					     n);
	if (ACPI_FAILURE(status)) {
		dev_err(dev, "the firmware cannot be listened to: %s\n",
			acpi_format_exception(status));
		return -EIO;
	}
	return devm_add_action_or_reset(dev, nvmn_stop_listening, n);
}

static int nvmn_add(struct acpi_device *adev)
{
	struct nvmn *n = devm_kzalloc(&adev->dev, sizeof(*n), GFP_KERNEL);
	int ret;

	if (!n)
		return -ENOMEM;
	mutex_init(&n->lock);
	INIT_LIST_HEAD(&n->regions);
	INIT_WORK(&n->update, nvmn_update);
	n->scanner.scan = nvmn_look_again;
	nvmn_root_init(&n->root, adev, &n->update);
	nvmn_scrub_init(&n->scrub, &n->root, &n->regions, &n->lock);
	ret = devm_add_action(&adev->dev, nvmn_leave_action, n);
	if (!ret)
		ret = nvmn_listen(n);
	if (ret)
		return ret;
	nvmn_scan(n);
	nvm_scanner_register(&n->scanner);
	return devm_add_action_or_reset(&adev->dev, nvmn_no_scanner, n);
}

static const struct acpi_device_id nvmn_ids[] = {
	{ NVMN_HID },
	{ }
};
MODULE_DEVICE_TABLE(acpi, nvmn_ids);

static struct acpi_driver nvmn_driver = {
	.name	= "nvm_nfit",
	.class	= "nvdimm",
	.ids	= nvmn_ids,
	.ops	= {
		.add	= nvmn_add,
	},
};

/* Who has the device is not offered it again: say whose it is. */
static void __init nvmn_say_owner(void)
{
	struct acpi_device *adev = acpi_dev_get_first_match_dev(NVMN_HID, NULL,
								-1);

	if (!adev)
		return;
	device_lock(&adev->dev);
	if (adev->dev.driver && adev->dev.driver != &nvmn_driver.drv)
		pr_notice("nvm_nfit: the NVDIMMs belong to driver %s, which has bound %s; see Documentation/nfit.rst\n",
			  adev->dev.driver->name, dev_name(&adev->dev));
	device_unlock(&adev->dev);
	acpi_dev_put(adev);
}

static int __init nvmn_init(void)
{
	int ret = acpi_bus_register_driver(&nvmn_driver);

	if (!ret)
		nvmn_say_owner();
	return ret;
}
module_init(nvmn_init);

static void __exit nvmn_exit(void)
{
	acpi_bus_unregister_driver(&nvmn_driver);
	nvm_lld_drain(THIS_MODULE);
}
module_exit(nvmn_exit);

MODULE_DESCRIPTION("NVDIMMs that the firmware describes by the ACPI standard");
MODULE_AUTHOR("NvM-core maintainers");
MODULE_LICENSE("GPL");
MODULE_VERSION(NVM_VERSION);

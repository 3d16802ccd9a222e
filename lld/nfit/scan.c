// SPDX-License-Identifier: GPL-2.0-only
#include <linux/slab.h>
#include "region.h"
#include "scan.h"

/* A table that lies a thousand times gets no thousand lines. */
#define NVMN_LINES	16

/**
 * struct nvmn_reading - what the firmware says, before anything is done
 * @table: as it was read
 * @finds: its ranges
 * @whole: it could be read to its end
 * @faults: ranges and DIMMs that a line was due for
 */
struct nvmn_reading {
	struct nvmn_table	table;
	struct nvmn_finds	finds;
	bool			whole;
	unsigned int		faults;
};

static struct device *nvmn_dev(struct nvmn *n)
{
	return &n->root.adev->dev;
}

/* Reads @len bytes of structures; what could not be read is said. */
static int nvmn_read(struct nvmn *n, const void *buf, size_t len,
		     struct nvmn_reading *reading)
{
	struct nvmn_why why = { };
	int ret = nvmn_table_read(&reading->table, buf, len, &why);

	if (ret)
		dev_err(nvmn_dev(n), "the table is refused: %s\n", why.text);
	if (ret == -ENOMEM)
		return ret;
	reading->whole = !ret;
	ret = nvmn_find_all(&reading->finds, &reading->table);
	if (ret) {
		dev_err(nvmn_dev(n), "no memory to read the table\n");
		nvmn_table_free(&reading->table);
	}
	return ret;
}

static void nvmn_reading_free(struct nvmn_reading *reading)
{
	nvmn_finds_free(&reading->finds);
	nvmn_table_free(&reading->table);
}

static int nvmn_read_fit(struct nvmn *n, struct nvmn_reading *reading)
{
	struct acpi_buffer buf = { ACPI_ALLOCATE_BUFFER, NULL };
	acpi_status status;
	union acpi_object *obj;
	int ret;

	status = acpi_evaluate_object(n->root.adev->handle, "_FIT", NULL, &buf);
	if (status == AE_NOT_FOUND)
		return -ENOENT;
	if (ACPI_FAILURE(status)) {
		dev_err(nvmn_dev(n), "_FIT failed: %s\n",
			acpi_format_exception(status));
		return -EIO;
	}
	obj = buf.pointer;
	if (!obj || obj->type != ACPI_TYPE_BUFFER) {
		dev_err(nvmn_dev(n), "_FIT gives no buffer\n");
		ret = -EIO;
	} else if (!obj->buffer.length && !list_empty(&n->regions)) {
		/* So it says when it could not make one. */
		dev_err(nvmn_dev(n), "_FIT gives nothing; what was there is kept\n");
		ret = -EIO;
	} else {
		ret = nvmn_read(n, obj->buffer.pointer, obj->buffer.length,
				reading);
	}
	ACPI_FREE(buf.pointer);
	return ret;
}

static int nvmn_read_static(struct nvmn *n, struct nvmn_reading *reading)
{
	struct acpi_table_header *header;
	int ret = -EINVAL;

	if (ACPI_FAILURE(acpi_get_table(ACPI_SIG_NFIT, 0, &header)))
		return -ENOENT;
	if (header->length < NVMN_HEADER_SIZE)
		dev_err(nvmn_dev(n), "the table is refused: it has %u bytes\n",
			header->length);
	else
		ret = nvmn_read(n, (u8 *)header + NVMN_HEADER_SIZE,
				header->length - NVMN_HEADER_SIZE, reading);
	acpi_put_table(header);
	return ret;
}

/* _FIT is what holds now; the table is what held at boot. */
static int nvmn_read_firmware(struct nvmn *n, struct nvmn_reading *reading)
{
	int ret = nvmn_read_fit(n, reading);

	if (!ret && reading->whole)
		n->fit_worked = true;
	if (!ret || n->fit_worked || ret == -ENOMEM)
		return ret;
	return nvmn_read_static(n, reading);
}

static void nvmn_keep(struct nvmn *n, struct nvmn_region *region,
		      const struct nvmn_reading *reading)
{
	const struct nvmn_known *known = &region->known;
	const char *name = dev_name(&region->region->dev);
	const char *read_only;

	switch (nvmn_news_of(known, &reading->finds, reading->whole,
			     &read_only)) {
	case NVMN_SAME:
	case NVMN_DOUBTFUL:
		break;
	case NVMN_OTHER:
		dev_warn(nvmn_dev(n), "%s at 0x%llx is kept, though the table now has another range there; to take that, bind nvm_nfit again\n",
			 name, known->start);
		break;
	case NVMN_GONE:
		dev_warn(nvmn_dev(n), "%s at 0x%llx goes: the table has nothing there any more\n",
			 name, known->start);
		list_del(&region->node);
		nvmn_scrub_forget(&n->scrub, region);
		nvmn_region_lost(region);
		return;
	}
	nvmn_region_news(region, read_only);
}

static bool nvmn_is_known(struct nvmn *n, const struct nvmn_found *found)
{
	struct nvmn_region *region;

	list_for_each_entry(region, &n->regions, node)
		if (nvmn_overlap(&region->known, found))
			return true;
	return false;
}

static void nvmn_not_taken(struct nvmn *n, const struct nvmn_found *found,
			   struct nvmn_reading *reading, const char *why)
{
	if (++reading->faults <= NVMN_LINES)
		dev_warn(nvmn_dev(n), "range %u at 0x%llx, 0x%llx bytes, is not taken: %s\n",
			 found->spa->index, found->start, found->spa->size, why);
}

static void nvmn_take(struct nvmn *n, const struct nvmn_found *found,
		      struct nvmn_reading *reading)
{
	struct nvmn_region *region;
	char why[NVM_REASON_MAX + 1];
	const char *read_only;

	if (found->refused.text[0]) {
		nvmn_not_taken(n, found, reading, found->refused.text);
		return;
	}
	region = nvmn_region_create(&n->root, found, &reading->table, why);
	if (IS_ERR(region)) {
		nvmn_not_taken(n, found, reading, why);
		return;
	}
	list_add_tail(&region->node, &n->regions);
	read_only = nvmn_region_read_only(region);
	dev_info(nvmn_dev(n), "range %u at 0x%llx, 0x%llx bytes, is %s (%s)%s%s\n",
		 found->spa->index, found->start, found->size,
		 dev_name(&region->region->dev), found->uid,
		 read_only ? ", read-only: " : "", read_only ?: "");
	if (found->size != found->spa->size)
		dev_warn(nvmn_dev(n), "%s: the last 0x%llx bytes of the range are left out: not a multiple of 2 MiB\n",
			 dev_name(&region->region->dev),
			 found->spa->size - found->size);
}

/* DIMMs that are said to be part of a range that is not there. */
static void nvmn_say_orphans(struct nvmn *n, struct nvmn_reading *reading)
{
	const struct nvmn_table *t = &reading->table;
	size_t i;

	for (i = 0; i < t->nr_maps; i++) {
		const struct nvmn_map *map = &t->maps[i];

		if (!map->spa || nvmn_find_spa(t, map->spa))
			continue;
		if (++reading->faults <= NVMN_LINES)
			dev_warn(nvmn_dev(n), "DIMM 0x%x is mapped into range %u, which the table does not have\n",
				 map->handle, map->spa);
	}
}

static void nvmn_apply(struct nvmn *n, struct nvmn_reading *reading)
{
	struct nvmn_region *region, *next;
	size_t i;

	list_for_each_entry_safe(region, next, &n->regions, node)
		nvmn_keep(n, region, reading);
	if (!reading->whole)
		return;
	nvmn_say_orphans(n, reading);
	for (i = 0; i < reading->finds.nr; i++) {
		const struct nvmn_found *found = &reading->finds.found[i];

		if (found->refused.text[0] || !nvmn_is_known(n, found))
			nvmn_take(n, found, reading);
	}
	if (reading->faults > NVMN_LINES)
		dev_warn(nvmn_dev(n), "the table has %u more such faults\n",
			 reading->faults - NVMN_LINES);
}

/* The DIMMs are heard even where the table is not. */
static int nvmn_unread(struct nvmn *n, int ret)
{
	struct nvmn_region *region;

	list_for_each_entry(region, &n->regions, node)
		nvmn_region_news(region, NULL);
	if (ret != -ENOENT)
		return ret;
	dev_info(nvmn_dev(n), "the firmware has no table of NVDIMMs\n");
	return 0;
}

/**
 * nvmn_scan() - make regions of what the firmware says now
 * @n: the root device
 *
 * If the table cannot be read nothing changes but what the DIMMs say.
 *
 * Context: may sleep.
 * Return: 0, also if there is no table; -EINVAL for one that is refused, -EIO
 * if _FIT fails, -ENOMEM. The cause is logged.
 */
int nvmn_scan(struct nvmn *n)
{
	struct nvmn_reading reading = { };
	int ret;

	guard(mutex)(&n->lock);
	if (n->going)
		return 0;
	nvmn_dimms_ask(&n->root.dimms);
	ret = nvmn_read_firmware(n, &reading);
	if (ret)
		return nvmn_unread(n, ret);
	nvmn_apply(n, &reading);
	nvmn_reading_free(&reading);
	nvmn_scrub_go(&n->scrub);
	return reading.whole ? 0 : -EINVAL;
}

/**
 * nvmn_look_for_errors() - the firmware says that memory is bad
 * @n: the root device
 *
 * Context: may sleep.
 */
void nvmn_look_for_errors(struct nvmn *n)
{
	guard(mutex)(&n->lock);
	dev_err(nvmn_dev(n), "the firmware has found memory that cannot be read; %s\n",
		nvmn_root_can_scrub(&n->root) ? "it is asked where" :
		"where is learned when it is read");
	nvmn_scrub_all(&n->scrub);
}

/**
 * nvmn_stop() - no more news; what there is stays
 * @n: the root device, which is not listened to any more
 *
 * Context: may sleep, long.
 */
void nvmn_stop(struct nvmn *n)
{
	scoped_guard(mutex, &n->lock) {
		n->going = true;
		nvmn_dimms_exit(&n->root.dimms);
	}
	cancel_work_sync(&n->update);
	nvmn_scrub_exit(&n->scrub);
}

/**
 * nvmn_leave() - take all regions away
 * @n: the root device
 *
 * Context: may sleep, long.
 */
void nvmn_leave(struct nvmn *n)
{
	struct nvmn_region *region, *next;

	guard(mutex)(&n->lock);
	list_for_each_entry_safe(region, next, &n->regions, node) {
		list_del(&region->node);
		nvmn_region_destroy(region);
	}
}

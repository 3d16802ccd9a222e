// SPDX-License-Identifier: GPL-2.0-only
#include "dsm.h"

/* Of both families that are called here there is one revision. */
#define NVMN_DSM_REVISION	1

static union acpi_object *nvmn_dsm_evaluate(const struct nvmn_dsm *dsm, u32 fn,
					    union acpi_object *args,
					    struct nvmn_why *why)
{
	union acpi_object *obj = acpi_evaluate_dsm(dsm->handle, dsm->guid,
						   NVMN_DSM_REVISION, fn, args);

	if (obj && obj->type == ACPI_TYPE_BUFFER)
		return obj;
	scnprintf(why->text, sizeof(why->text), "%s",
		  obj ? "it answers with no buffer" : "it does not answer");
	ACPI_FREE(obj);
	return NULL;
}

/**
 * nvmn_dsm_call() - call a function
 * @dsm: of this family
 * @fn: its number
 * @in: its input
 * @len: bytes at @in, 0 if it takes none
 * @why: the cause, set on failure
 *
 * Context: may sleep, as long as the firmware likes.
 * Return: a buffer, to be freed by ACPI_FREE(), or NULL.
 */
union acpi_object *nvmn_dsm_call(const struct nvmn_dsm *dsm, u32 fn,
				 const void *in, size_t len,
				 struct nvmn_why *why)
{
	union acpi_object input = {
		.buffer = {
			.type		= ACPI_TYPE_BUFFER,
			.length		= len,
			.pointer	= (u8 *)in,
		},
	};
	union acpi_object args = {
		.package = {
			.type		= ACPI_TYPE_PACKAGE,
			.count		= 1,
			.elements	= &input,
		},
	};

	return nvmn_dsm_evaluate(dsm, fn, len ? &args : NULL, why);
}

/**
 * nvmn_dsm_init() - ask which functions there are
 * @dsm: set
 * @handle: the device
 * @guid: the family; stays the caller's
 *
 * Context: may sleep.
 */
void nvmn_dsm_init(struct nvmn_dsm *dsm, acpi_handle handle,
		   const guid_t *guid)
{
	union acpi_object *obj;
	struct nvmn_why why;

	dsm->handle = handle;
	dsm->guid = guid;
	dsm->functions = 0;
	if (!acpi_has_method(handle, "_DSM"))
		return;
	obj = nvmn_dsm_call(dsm, 0, NULL, 0, &why);
	if (!obj) {
		acpi_handle_warn(handle, "nvm_nfit: its _DSM is not asked: %s\n",
				 why.text);
		return;
	}
	dsm->functions = nvmn_answer_functions(obj->buffer.pointer,
					       obj->buffer.length);
	ACPI_FREE(obj);
}

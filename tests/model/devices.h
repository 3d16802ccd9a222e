/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Devices without a kernel: a set of specs to which plans are applied, as
 * transaction.c does with real ones.
 */
#ifndef NVM_MODEL_DEVICES_H
#define NVM_MODEL_DEVICES_H

#include "plan.h"

#define MODEL_MAX	4096
#define MODEL_TEXT	(MODEL_MAX * 24)

struct devices {
	struct nvmm_spec	spec[MODEL_MAX];
	const struct nvmm_spec	*ptr[MODEL_MAX];
	size_t			nr;
};

static inline struct nvmm_set as_set(struct devices *d)
{
	size_t i;

	for (i = 0; i < d->nr; i++)
		d->ptr[i] = &d->spec[i];
	return (struct nvmm_set) { .specs = d->ptr, .nr = d->nr };
}

static inline int parse_devices(const char *text, struct devices *d,
				struct nvmm_why *why)
{
	d->nr = nvmm_count(text);
	if (d->nr > MODEL_MAX)
		abort();
	return nvmm_parse(text, d->spec, d->nr, why);
}

static inline int spec_by_start(const void *a, const void *b)
{
	const struct nvmm_spec *x = a;
	const struct nvmm_spec *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static inline void apply_plan(const struct nvmm_plan *plan,
			      const struct devices *wanted, struct devices *d)
{
	bool gone[MODEL_MAX] = { };
	size_t n = d->nr;
	size_t kept = 0;
	size_t i;

	for (i = 0; i < plan->nr; i++) {
		const struct nvmm_step *s = &plan->steps[i];

		if (s->action == NVMM_DO_REMOVE)
			gone[s->dev] = true;
		else if (s->action == NVMM_DO_EXPAND)
			d->spec[s->dev].size = wanted->spec[s->spec].size;
		else if (n < MODEL_MAX)
			d->spec[n++] = wanted->spec[s->spec];
	}
	for (i = 0; i < n; i++)
		if (!gone[i])
			d->spec[kept++] = d->spec[i];
	d->nr = kept;
	qsort(d->spec, d->nr, sizeof(d->spec[0]), spec_by_start);
}

/* What a write of @text does; the errno, and then @d is as it was. */
static inline int write_devices(enum nvmm_mode mode, const char *text,
				struct devices *d, struct nvmm_why *why)
{
	static struct devices wanted;
	struct nvmm_set w, have;
	struct nvmm_plan plan;
	int ret;

	ret = parse_devices(text, &wanted, why);
	if (ret)
		return ret;
	w = as_set(&wanted);
	have = as_set(d);
	ret = nvmm_plan(mode, &w, &have, &plan, why);
	if (ret)
		return ret;
	apply_plan(&plan, &wanted, d);
	nvmm_plan_free(&plan);
	return 0;
}

#endif /* NVM_MODEL_DEVICES_H */

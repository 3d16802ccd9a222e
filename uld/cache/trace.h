/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM nvm_cache

#if !defined(NVMC_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define NVMC_TRACE_H

#include <linux/tracepoint.h>
#include "internal.h"

TRACE_EVENT(nvmc_write,
	TP_PROTO(const struct nvmc_engine *e, u64 block, u64 sectors),
	TP_ARGS(e, block, sectors),
	TP_STRUCT__entry(
		__field(int, id)
		__field(u64, block)
		__field(u64, sectors)
	),
	TP_fast_assign(
		__entry->id = e->d.r->id;
		__entry->block = block;
		__entry->sectors = sectors;
	),
	TP_printk("nvm%d block %llu sectors 0x%llx", __entry->id,
		  __entry->block, __entry->sectors)
);

TRACE_EVENT(nvmc_run,
	TP_PROTO(const struct nvmc_engine *e, u64 block, u32 nr),
	TP_ARGS(e, block, nr),
	TP_STRUCT__entry(
		__field(int, id)
		__field(u64, block)
		__field(u32, nr)
	),
	TP_fast_assign(
		__entry->id = e->d.r->id;
		__entry->block = block;
		__entry->nr = nr;
	),
	TP_printk("nvm%d block %llu and on, %u in all", __entry->id,
		  __entry->block, __entry->nr)
);

TRACE_EVENT(nvmc_settle,
	TP_PROTO(const struct nvmc_engine *e, u64 block, u32 nr, int status),
	TP_ARGS(e, block, nr, status),
	TP_STRUCT__entry(
		__field(int, id)
		__field(u64, block)
		__field(u32, nr)
		__field(int, status)
	),
	TP_fast_assign(
		__entry->id = e->d.r->id;
		__entry->block = block;
		__entry->nr = nr;
		__entry->status = status;
	),
	TP_printk("nvm%d block %llu and on, %u in all, status %d", __entry->id,
		  __entry->block, __entry->nr, __entry->status)
);

TRACE_EVENT(nvmc_stall,
	TP_PROTO(const struct nvmc_engine *e, u64 block, bool full),
	TP_ARGS(e, block, full),
	TP_STRUCT__entry(
		__field(int, id)
		__field(u64, block)
		__field(bool, full)
	),
	TP_fast_assign(
		__entry->id = e->d.r->id;
		__entry->block = block;
		__entry->full = full;
	),
	TP_printk("nvm%d block %llu: %s", __entry->id, __entry->block,
		  __entry->full ? "no slot" : "in use")
);

TRACE_EVENT(nvmc_flush,
	TP_PROTO(const struct nvmc_engine *e, u32 refused),
	TP_ARGS(e, refused),
	TP_STRUCT__entry(
		__field(int, id)
		__field(u32, refused)
	),
	TP_fast_assign(
		__entry->id = e->d.r->id;
		__entry->refused = refused;
	),
	TP_printk("nvm%d blocks refused %u", __entry->id, __entry->refused)
);

#endif /* NVMC_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>

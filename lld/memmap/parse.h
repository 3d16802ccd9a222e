/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text to devices and back: size@start[:option=value]...[,...]
 * The grammar is described in Documentation/parameters.rst.
 */
#ifndef NVMM_PARSE_H
#define NVMM_PARSE_H

#include "../pure.h"

#define NVMM_ALIGN		(2ULL << 20)
#define NVMM_UID_MAX		64
#define NVMM_WINDOWS_MAX	64
#define NVMM_WHY_MAX		319
/* Long enough for the range of any spec: "1023T@0x" and 16 digits. */
#define NVMM_RANGE_TEXT		48
#define NVMM_NUMA_AUTO		U64_MAX
#define NVMM_WRITE_NS_MAX	60000000000ULL
#define NVMM_READ_NS_MAX	1000000ULL
#define NVMM_BW_MAX		1000000ULL
#define NVMM_DEPTH_MAX		256ULL

/**
 * enum nvmm_opt - the options of an element
 * @NVMM_OPT_TYPE: how the memory is reached, as in enum nvm_type
 * @NVMM_OPT_UID: the unique id; its value is &nvmm_spec.uid
 * @NVMM_OPT_NUMA: the node, or %NVMM_NUMA_AUTO
 * @NVMM_OPT_RO: 1: as a module that is not armed
 * @NVMM_OPT_WINDOW: type 3: bytes of one window
 * @NVMM_OPT_WINDOWS: type 3: how many there are
 * @NVMM_OPT_WRITE_UNIT: type 2: commands start and end on it
 * @NVMM_OPT_ERASE_UNIT: type 2: what the medium erases at once
 * @NVMM_OPT_BUSY_UNIT: type 2: what around a command cannot be read meanwhile
 * @NVMM_OPT_MAX_TRANSFER: type 2: most bytes of one command
 * @NVMM_OPT_DEPTH: type 2: most commands at a time
 * @NVMM_OPT_TIMEOUT: type 2: milliseconds until a command counts as lost
 * @NVMM_OPT_WRITE_NS: type 2: what a command takes, without its data
 * @NVMM_OPT_READ_NS: type 2: what each copy out of it takes longer
 * @NVMM_OPT_BW: type 2: MB/s of all commands, 0: no limit
 * @NVMM_OPT_JITTER: type 2: percent that the former varies by, up and down
 * @NVMM_OPT_SEED: type 2: of all that is random
 * @NVMM_OPT_FAIL: type 2: this command, counted from 1, fails; 0: none
 * @NVMM_OPT_STALL: type 2: this command never ends; 0: none
 * @NVMM_OPT_BUFFER: type 2: bytes of the device's volatile buffer
 * @NVMM_OPT_LOSE: type 2: 1: a power cut loses what is in the buffer
 * @NVMM_OPT_UNDO: type 2: 0: no undo log, a power cut leaves anything
 * @NVMM_NR_OPTS: how many options there are
 */
enum nvmm_opt {
	NVMM_OPT_TYPE,
	NVMM_OPT_UID,
	NVMM_OPT_NUMA,
	NVMM_OPT_RO,
	NVMM_OPT_WINDOW,
	NVMM_OPT_WINDOWS,
	NVMM_OPT_WRITE_UNIT,
	NVMM_OPT_ERASE_UNIT,
	NVMM_OPT_BUSY_UNIT,
	NVMM_OPT_MAX_TRANSFER,
	NVMM_OPT_DEPTH,
	NVMM_OPT_TIMEOUT,
	NVMM_OPT_WRITE_NS,
	NVMM_OPT_READ_NS,
	NVMM_OPT_BW,
	NVMM_OPT_JITTER,
	NVMM_OPT_SEED,
	NVMM_OPT_FAIL,
	NVMM_OPT_STALL,
	NVMM_OPT_BUFFER,
	NVMM_OPT_LOSE,
	NVMM_OPT_UNDO,
	NVMM_NR_OPTS
};

/**
 * struct nvmm_spec - one device as the text describes it
 * @start: first physical address
 * @size: bytes
 * @opt: value of each option, given or by default
 * @given: BIT(enum nvmm_opt) of those that the text names
 * @uid: unique id, given or by default
 */
struct nvmm_spec {
	u64	start;
	u64	size;
	u64	opt[NVMM_NR_OPTS];
	u32	given;
	char	uid[NVMM_UID_MAX + 1];
};

/**
 * struct nvmm_why - the line that tells why something was refused
 * @text: the range, its owner, the cause
 */
struct nvmm_why {
	char	text[NVMM_WHY_MAX + 1];
};

void __printf(2, 3) nvmm_say(struct nvmm_why *why, const char *fmt, ...);

size_t nvmm_count(const char *text);
int nvmm_parse(const char *text, struct nvmm_spec *specs, size_t nr,
	       struct nvmm_why *why);

int nvmm_change(struct nvmm_spec *spec, enum nvmm_opt o, const char *text,
		struct nvmm_why *why);

const char *nvmm_range_text(const struct nvmm_spec *spec, char *buf,
			    size_t len);
int nvmm_refuse(struct nvmm_why *why, int err, const struct nvmm_spec *spec,
		const char *cause);
int nvmm_format(const struct nvmm_spec *spec, char *buf, size_t len);
int nvmm_format_list(const struct nvmm_spec *const *specs, size_t nr,
		     char *buf, size_t len);
bool nvmm_same_options(const struct nvmm_spec *a, const struct nvmm_spec *b,
		       u32 which);

static inline u64 nvmm_end(const struct nvmm_spec *spec)
{
	return spec->start + spec->size;
}

#endif /* NVMM_PARSE_H */

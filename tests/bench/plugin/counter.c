// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU TCG plugin: count what the guest executes between two markers.
 *
 * A marker is an eight-byte NOP with a label in its displacement, which no
 * compiler emits: nopl 0x4e560001(%rax,%rax,1) begins a window, ...2 ends it.
 * Windows are numbered in the order in which they begin.
 *
 * Each guest instruction has a counter of its own, incremented inline; so
 * the guest's virtual time is what it is without the plugin, and the profile
 * is exact. For each window the file named by out= gets
 *
 *	window <number>
 *	<address> <kind> <executed> <bytes>	numbers in hex, for each instruction
 *
 * with <kind> one of: - plain, m repeated string move, s repeated string store,
 * n non-temporal store, l locked, f fence, c cache-line flush. <bytes> is what
 * m, s and n wrote. Each element of a repeated instruction counts as executed,
 * as does the test that ends it: so does the emulator's clock.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The part of QEMU's plugin interface (version 1) that is used here: Debian
 * ships no header for it.
 */
#define API __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
struct qemu_info;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

enum { INLINE_ADD_U64 };
enum { CB_NO_REGS };
enum { MEM_RW = 3 };

typedef void (*vcpu_udata_cb)(unsigned int vcpu, void *udata);
typedef void (*udata_cb)(qemu_plugin_id_t id, void *udata);
typedef void (*tb_trans_cb)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, tb_trans_cb cb);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, udata_cb cb, void *udata);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, vcpu_udata_cb cb,
					    int flags, void *udata);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, int op,
						void *ptr, uint64_t imm);
void qemu_plugin_register_vcpu_mem_inline(struct qemu_plugin_insn *insn, int rw, int op,
					  void *ptr, uint64_t imm);

API int qemu_plugin_version = 1;
API int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc,
			    char **argv);

static const uint8_t marker[] = { 0x0f, 0x1f, 0x84, 0x00 };
#define MARK_BEGIN	0x4e560001u
#define MARK_END	0x4e560002u

struct counter {
	struct counter	*next;		/* in its hash bucket */
	uint64_t	addr;
	uint64_t	bytes;		/* tells apart processes and patched code */
	uint64_t	executed;
	uint64_t	accesses;	/* 7.2 does not tell reads from writes inline */
	uint8_t		width;
	char		kind;
};

#define BUCKETS	(1u << 18)
static struct counter *bucket[BUCKETS];
static FILE *out;
static unsigned int windows;

/* Say what kind of instruction this is; for moves and stores also the width. */
static char decode(const uint8_t *p, size_t n, uint8_t *width)
{
	bool rep = false, lock = false, opsize = false, wide = false;
	const uint8_t *end = p + n;
	uint8_t op, modrm;

	for (; p < end; p++) {
		if (*p == 0xf2 || *p == 0xf3)
			rep = true;
		else if (*p == 0xf0)
			lock = true;
		else if (*p == 0x66)
			opsize = true;
		else if (*p != 0x2e && *p != 0x36 && *p != 0x3e && *p != 0x26 &&
			 *p != 0x64 && *p != 0x65 && *p != 0x67)
			break;
	}
	if (p < end && (*p & 0xf0) == 0x40)
		wide = *p++ & 8;
	if (p == end)
		return '-';

	*width = wide ? 8 : opsize ? 2 : 4;
	op = *p++;
	modrm = p < end ? *p : 0;
	if (lock)
		return 'l';
	if ((op == 0x86 || op == 0x87) && modrm < 0xc0)		/* xchg with memory */
		return 'l';
	if (rep && (op & 0xfe) == 0xa4) {			/* movs */
		*width = op & 1 ? *width : 1;
		return 'm';
	}
	if (rep && (op & 0xfe) == 0xaa) {			/* stos */
		*width = op & 1 ? *width : 1;
		return 's';
	}
	if (op != 0x0f || p == end)
		return '-';

	op = *p++;
	modrm = p < end ? *p : 0;
	if (op == 0xc3)						/* movnti */
		return 'n';
	if (op == 0x2b || op == 0xe7) {				/* movntps, movntdq */
		*width = op == 0xe7 && !opsize ? 8 : 16;
		return 'n';
	}
	if (op == 0xae && modrm >= 0xe8 && !rep)		/* lfence, mfence, sfence */
		return 'f';
	if (op == 0xae && modrm < 0xc0 && (modrm & 0x38) == 0x38)
		return 'c';					/* clflush, clflushopt */
	if (op == 0xae && modrm < 0xc0 && (modrm & 0x38) == 0x30 && opsize)
		return 'c';					/* clwb */
	return '-';
}

static struct counter *counter_of(uint64_t addr, const uint8_t *insn, size_t n)
{
	struct counter **head, *c;
	uint64_t bytes = 0;

	memcpy(&bytes, insn, n < sizeof(bytes) ? n : sizeof(bytes));
	head = &bucket[(addr ^ addr >> 18) % BUCKETS];
	for (c = *head; c; c = c->next)
		if (c->addr == addr && c->bytes == bytes)
			return c;

	c = calloc(1, sizeof(*c));
	if (!c)
		abort();
	c->addr = addr;
	c->bytes = bytes;
	c->kind = decode(insn, n, &c->width);
	c->next = *head;
	*head = c;
	return c;
}

static void begin_window(unsigned int vcpu, void *udata)
{
	struct counter *c;
	unsigned int i;

	(void)vcpu;
	(void)udata;
	for (i = 0; i < BUCKETS; i++)
		for (c = bucket[i]; c; c = c->next)
			c->executed = c->accesses = 0;
}

/* A move reads as often as it writes. */
static uint64_t bytes_written(const struct counter *c)
{
	return c->accesses * c->width / (c->kind == 'm' ? 2 : 1);
}

static void end_window(unsigned int vcpu, void *udata)
{
	struct counter *c;
	unsigned int i;

	(void)vcpu;
	(void)udata;
	fprintf(out, "window %u\n", windows++);
	for (i = 0; i < BUCKETS; i++)
		for (c = bucket[i]; c; c = c->next)
			if (c->executed)
				fprintf(out, "%" PRIx64 " %c %" PRIx64 " %" PRIx64 "\n",
					c->addr, c->kind, c->executed, bytes_written(c));
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t i, n = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		const uint8_t *p = qemu_plugin_insn_data(insn);
		size_t len = qemu_plugin_insn_size(insn);
		struct counter *c = counter_of(qemu_plugin_insn_vaddr(insn), p, len);
		uint32_t label;

		if (len == 8 && !memcmp(p, marker, sizeof(marker))) {
			memcpy(&label, p + sizeof(marker), sizeof(label));
			if (label == MARK_BEGIN || label == MARK_END) {
				qemu_plugin_register_vcpu_insn_exec_cb(insn,
					label == MARK_BEGIN ? begin_window : end_window,
					CB_NO_REGS, NULL);
				continue;
			}
		}
		qemu_plugin_register_vcpu_insn_exec_inline(insn, INLINE_ADD_U64, &c->executed, 1);
		if (c->kind == 'm' || c->kind == 's' || c->kind == 'n')
			qemu_plugin_register_vcpu_mem_inline(insn, MEM_RW, INLINE_ADD_U64,
							     &c->accesses, 1);
	}
}

static void at_exit(qemu_plugin_id_t id, void *udata)
{
	(void)id;
	(void)udata;
	if (fclose(out))
		perror("counter: out");
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4)) {
		fputs("counter: out=FILE is needed\n", stderr);
		return -1;
	}
	out = fopen(argv[0] + 4, "w");
	if (!out) {
		perror(argv[0] + 4);
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, at_exit, NULL);
	return 0;
}

// SPDX-License-Identifier: MIT
/*
 * A plugin for QEMU (TCG) that counts executed guest instructions by address,
 * between the markers of bench.h. tests/bench/profile.py makes a table of it.
 *
 *     qemu-system-x86_64 ... -plugin build/bench/count.so,out=FILE
 *
 * With "boot" after FILE it counts from reset to main() of bench instead.
 * FILE: "n OPERATIONS", then "ADDRESS COUNT" for each instruction. The
 * declarations of QEMU's plugin interface (version 1, QEMU 4.2 and later; see
 * docs/devel/tcg-plugins) are written out here, as Debian has no package with its header.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"

#define EXPORT __attribute__((visibility("default")))
#define BUCKETS 65536u

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(
	const struct qemu_plugin_tb *tb, size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
					   void (*fn)(qemu_plugin_id_t,
						      struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    void (*fn)(unsigned int, void *),
					    int flags, void *arg);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id,
				    void (*fn)(qemu_plugin_id_t, void *),
				    void *arg);

EXPORT int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc,
			       char **argv);

struct counter {
	struct counter *next;
	uint64_t addr, n;
};

static struct counter *buckets[BUCKETS];
static uint64_t operations;
static bool on, boot;
static const char *path = "/dev/stderr";

static struct counter *counter_of(uint64_t addr)
{
	struct counter **slot = &buckets[addr % BUCKETS], *c;

	for (c = *slot; c && c->addr != addr; c = c->next)
		;
	if (!c) {
		c = calloc(1, sizeof(*c));
		if (!c)
			abort();
		c->addr = addr;
		c->next = *slot;
		*slot = c;
	}
	return c;
}

static void count(unsigned int cpu, void *arg)
{
	(void)cpu;
	if (on)
		((struct counter *)arg)->n++;
}

static void forget(void)
{
	operations = 0;
	for (unsigned int i = 0; i < BUCKETS; i++) {
		for (struct counter *c = buckets[i]; c; c = c->next)
			c->n = 0;
	}
}

static void marker(unsigned int cpu, void *arg)
{
	(void)cpu;
	if (boot) {
		if ((uintptr_t)arg == TAG_START)
			on = false;
		return;
	}
	switch ((uintptr_t)arg) {
	case TAG_FIRST:
		forget();
		break;
	case TAG_BEGIN:
		on = true;
		operations++;
		break;
	case TAG_END:
		on = false;
		break;
	}
}

/* The tag of a MARK(), or 0. */
static uint32_t tag_of(const struct qemu_plugin_insn *insn)
{
	static const uint8_t nop[4] = {0x0f, 0x1f, 0x84, 0x00};
	const uint8_t *code = qemu_plugin_insn_data(insn);
	uint32_t tag;

	if (qemu_plugin_insn_size(insn) != 8 || memcmp(code, nop, 4) != 0)
		return 0;
	memcpy(&tag, code + 4, sizeof(tag));
	return tag >> 16 == TAG_BEGIN >> 16 ? tag : 0;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *in = qemu_plugin_tb_get_insn(tb, i);
		uint32_t tag = tag_of(in);

		if (tag)
			qemu_plugin_register_vcpu_insn_exec_cb(
				in, marker, 0, (void *)(uintptr_t)tag);
		else
			qemu_plugin_register_vcpu_insn_exec_cb(
				in, count, 0,
				counter_of(qemu_plugin_insn_vaddr(in)));
	}
}

static void report(qemu_plugin_id_t id, void *arg)
{
	FILE *f = fopen(path, "w");

	(void)id;
	(void)arg;
	if (!f)
		return;
	fprintf(f, "n %llu\n", (unsigned long long)operations);
	for (unsigned int i = 0; i < BUCKETS; i++) {
		for (struct counter *c = buckets[i]; c; c = c->next) {
			if (c->n)
				fprintf(f, "%llx %llu\n",
					(unsigned long long)c->addr,
					(unsigned long long)c->n);
		}
	}
	fclose(f);
}

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc,
			char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "out=", 4))
			path = strdup(argv[i] + 4);
		if (!strncmp(argv[i], "boot", 4)) {
			boot = on = true;
			operations = 1;
		}
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	qemu_plugin_register_atexit_cb(id, report, NULL);
	return 0;
}

// SPDX-License-Identifier: MIT
/* The policy of a task: sched_setscheduler(2), sched_setattr(2), what /proc tells
 * of it, what a child gets. Row L9. Realtime policies: only what is refused. */
#include "case.h"

#include <linux/capability.h>

struct attr { /* struct sched_attr, which libc's headers have not */
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t util_min, util_max;
};

#ifndef SCHED_RESET_ON_FORK
#define SCHED_RESET_ON_FORK 0x40000000
#endif
#define KEEP_POLICY 8
#define KEEP_PARAMS 16

static long set_policy(pid_t pid, int policy, int priority)
{
	struct sched_param p = { .sched_priority = priority };

	return syscall(SYS_sched_setscheduler, pid, policy, &p);
}

static long set_attr(int policy, unsigned int flags, int nice)
{
	struct attr a = { 48, (uint32_t)policy, flags, nice };

	return syscall(SYS_sched_setattr, 0, &a, 0);
}

/* Policy, flags and nice as sched_getattr(2) says, and as /proc does. */
static void show(const char *name)
{
	struct attr a = { 0 };
	char text[512];
	unsigned int rt = 99, policy = 99;
	long nice = 99;
	char *p;

	CHECK(syscall(SYS_sched_getattr, 0, &a, 48, 0) == 0);
	snprintf(text, sizeof(text), "%s", read_file("/proc/self/stat"));
	p = strrchr(text, ')');
	CHECK(p != NULL);
	p = strtok(p + 2, " ");
	for (int i = 3; p; i++, p = strtok(NULL, " ")) {
		if (i == 19)
			nice = atol(p);
		if (i == 40)
			rt = (unsigned int)atol(p);
		if (i == 41)
			policy = (unsigned int)atol(p);
	}
	SEE(name, "policy %u flags %llu nice %d; stat: nice %ld, %u, %u",
	    a.policy, (unsigned long long)a.flags, a.nice, nice, rt, policy);
}

static void as_child(void)
{
	show("a child");
	SEE("its scheduler", "%lx", syscall(SYS_sched_getscheduler, 0));
}

CASE(L9, "sched_setscheduler: policies, priorities, numbers")
{
	static const struct {
		int policy, priority;
	} wishes[] = { { SCHED_BATCH, 0 }, { SCHED_BATCH, 1 }, { SCHED_IDLE, 0 },
		       { SCHED_OTHER, 0 }, { SCHED_OTHER, 1 }, { 4, 0 },
		       { 6, 0 }, { 7, 0 }, { -1, 0 }, { SCHED_FIFO, 0 },
		       { SCHED_FIFO, 100 }, { SCHED_RR, 0 }, { SCHED_RR, -1 },
		       { SCHED_OTHER | SCHED_RESET_ON_FORK, 0 } };
	struct sched_param p = { .sched_priority = 1 };

	show("at first");
	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		SEE("policy, priority", "%x, %d: %s", wishes[i].policy,
		    wishes[i].priority,
		    ERR(set_policy(0, wishes[i].policy, wishes[i].priority)));
		show("then");
	}
	SEE("getscheduler", "%lx", syscall(SYS_sched_getscheduler, 0));
	TRY("nobody", set_policy(999999, 0, 0));
	TRY("negative", set_policy(-1, 0, 0));
	TRY("setparam 1", syscall(SYS_sched_setparam, 0, &p));
	p.sched_priority = 0;
	TRY("setparam 0", syscall(SYS_sched_setparam, 0, &p));
	SEE("reset stays", "%lx", syscall(SYS_sched_getscheduler, 0));
	TRY("setparam NULL", syscall(SYS_sched_setparam, 0, NULL));
	TRY("getparam NULL", syscall(SYS_sched_getparam, 0, NULL));
	TRY("NULL", syscall(SYS_sched_setscheduler, 0, 0, NULL));
	TRY("bad address", syscall(SYS_sched_setscheduler, 0, 0, 1));
}

CASE(L9, "sched_setattr, sched_getattr")
{
	static char page[8192] __attribute__((aligned(8)));
	struct attr a = { 48 };

	TRY("batch, nice 5", set_attr(SCHED_BATCH, 0, 5));
	show("then");
	TRY("reset on fork, nice -3", set_attr(SCHED_OTHER, 1, -3));
	show("then");
	CHECK(in_child(as_child) == 0);
	TRY("nice 30", set_attr(SCHED_OTHER, 0, 30));
	show("then");
	TRY("nice -30", set_attr(SCHED_OTHER, 0, -30));
	show("then");
	TRY("keep the policy", set_attr(SCHED_IDLE, KEEP_POLICY, 7));
	show("then");
	TRY("keep the parameters", set_attr(SCHED_BATCH, KEEP_PARAMS, 9));
	show("then");
	TRY("idle", set_attr(SCHED_IDLE, 0, 7));
	show("then");
	CHECK(in_child(as_child) == 0);
	TRY("policy 4", set_attr(4, 0, 0));
	TRY("policy -1", set_attr(-1, 0, 0));
	TRY("flag 0x80", set_attr(0, 0x80, 0));
	a.priority = 3;
	TRY("a priority", syscall(SYS_sched_setattr, 0, &a, 0));
	a = (struct attr){ 47 };
	TRY("size 47", syscall(SYS_sched_setattr, 0, &a, 0));
	SEE("size told", "%d", a.size >= 48);
	a.size = 0;
	TRY("size 0", syscall(SYS_sched_setattr, 0, &a, 0));
	memset(page, 0, sizeof(page));
	memcpy(page, &(uint32_t){ 4096 }, 4);
	TRY("size 4096, zeros", syscall(SYS_sched_setattr, 0, page, 0));
	memcpy(page, &(uint32_t){ 4096 }, 4);
	page[200] = 1;
	TRY("size 4096, not zero", syscall(SYS_sched_setattr, 0, page, 0));
	memcpy(page, &(uint32_t){ 4097 }, 4);
	TRY("size 4097", syscall(SYS_sched_setattr, 0, page, 0));
	TRY("flags", syscall(SYS_sched_setattr, 0, &a, 1));
	TRY("NULL", syscall(SYS_sched_setattr, 0, NULL, 0));
	TRY("negative", syscall(SYS_sched_setattr, -1, &a, 0));
	TRY("get: size 47", syscall(SYS_sched_getattr, 0, page, 47, 0));
	TRY("get: size 4096", syscall(SYS_sched_getattr, 0, page, 4096, 0));
	TRY("get: size 4097", syscall(SYS_sched_getattr, 0, page, 4097, 0));
	TRY("get: flags", syscall(SYS_sched_getattr, 0, page, 48, 1));
	TRY("get: NULL", syscall(SYS_sched_getattr, 0, NULL, 48, 0));
	TRY("get: negative", syscall(SYS_sched_getattr, -1, page, 48, 0));
	TRY("get: nobody", syscall(SYS_sched_getattr, 999999, page, 48, 0));
}

static pid_t other;

static void without_power(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_RTPRIO, &none);
	setrlimit(RLIMIT_NICE, &none);
	CHECK(setpriority(PRIO_PROCESS, 0, 10) == 0);
	become(1000);
	TRY("FIFO 1", set_policy(0, SCHED_FIFO, 1));
	TRY("FIFO 100", set_policy(0, SCHED_FIFO, 100));
	TRY("batch", set_policy(0, SCHED_BATCH, 0));
	TRY("nicer", set_attr(SCHED_BATCH, 0, 12));
	TRY("less nice", set_attr(SCHED_BATCH, 0, 11));
	TRY("idle", set_policy(0, SCHED_IDLE, 0));
	TRY("idle again", set_policy(0, SCHED_IDLE, 0));
	TRY("not idle any more", set_policy(0, SCHED_OTHER, 0));
	TRY("reset on fork", set_policy(0, SCHED_IDLE | SCHED_RESET_ON_FORK, 0));
	TRY("no reset any more", set_policy(0, SCHED_IDLE, 0));
	TRY("another's", set_policy(other, SCHED_BATCH, 0));
	show("in the end");
}

CASE(L9, "sched: who may")
{
	other = spawn(NULL);
	CHECK(in_child(without_power) == 0);
	reap(other);
}

/* The same user, but with fewer capabilities. */
static void weaker(void)
{
	unsigned long cpus = 1;

	CHECK(caps_set(0, CAP_BIT(CAP_SYS_NICE)) == 0);
	TRY("nice", setpriority(PRIO_PROCESS, (id_t)other, 5));
	TRY("less nice", setpriority(PRIO_PROCESS, (id_t)other, -5));
	TRY("policy", set_policy(other, SCHED_BATCH, 0));
	TRY("affinity", syscall(SYS_sched_setaffinity, other, sizeof(cpus),
				&cpus));
	TRY("own", setpriority(PRIO_PROCESS, 0, 6));
	CHECK(caps_set(CAP_BIT(CAP_SYS_NICE), CAP_BIT(CAP_SYS_NICE)) == 0);
	TRY("with CAP_SYS_NICE", setpriority(PRIO_PROCESS, (id_t)other, 6));
}

CASE(L9, "sched: not of who has more capabilities")
{
	other = spawn(NULL);
	CHECK(in_child(weaker) == 0);
	reap(other);
}

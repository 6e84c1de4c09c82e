// SPDX-License-Identifier: MIT
/*
 * bench: what operations cost, on any kernel that speaks Linux's system calls.
 * README.md beside this file says how to read the numbers.
 *
 *     bench [only=NAME] [GROUP...]
 *
 * As PID 1 (the initramfs of `make bench`) it sets the place up, runs the groups
 * and powers off; as a program of root it only runs them. Each group has a process
 * of its own, so that none leaves anything to the next. What it prints:
 *
 *     B GROUP NAME MIN MEDIAN MEAN MAX N     an operation, in TSC ticks
 *     V NAME VALUE                           a single number
 *     E GROUP.NAME ERRNO                     not there on this kernel
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/bench.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

const struct ns_type types[NR_TYPES] = {
	[UTS] = {"uts", CLONE_NEWUTS},
	[IPC] = {"ipc", CLONE_NEWIPC},
	[MNT] = {"mnt", CLONE_NEWNS},
	[PID] = {"pid", CLONE_NEWPID},
	[NET] = {"net", CLONE_NEWNET},
	[USER] = {"user", CLONE_NEWUSER},
	[CGROUP] = {"cgroup", CLONE_NEWCGROUP},
	[TIME] = {"time", CLONE_NEWTIME},
};

static const struct group {
	const char *name;
	void (*run)(void);
	bool by_default;
} groups[] = {
	{"cpu", group_cpu, true},     {"ns", group_ns, true},
	{"setns", group_setns, true}, {"unshare", group_unshare, true},
	{"proc", group_proc, true},   {"fs", group_fs, true},
	{"mm", group_mm, true},	      {"scale", group_scale, false},
	{"bind", group_bind, false},  {"smp", group_smp, false},
};

static const char *group = "", *only;
static uint64_t samples[MAX_SAMPLES], overhead;
static uint64_t started __attribute__((used)); /* by bench_start */
static int nr_samples;

/*
 * The program's first instructions: when did user space begin? (The linker is
 * told to enter here; libc's own entry follows.)
 */
__asm__(".globl bench_start\n"
	"bench_start:\n"
	"	rdtsc\n"
	"	shl $32, %rdx\n"
	"	or %rdx, %rax\n"
	"	mov %rax, started(%rip)\n"
	"	xor %edx, %edx\n"
	"	jmp _start\n");

/* ---- output ---------------------------------------------------------------- */

static void __attribute__((format(printf, 1, 2))) say(const char *fmt, ...)
{
	char line[256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (write(1, line, n) != n)
		exit_now(1);
}

const char *name_of(const char *fmt, ...)
{
	static char name[64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	return name;
}

void say_value(const char *name, long long value)
{
	say("V %s %lld\n", name, value);
}

void say_error(const char *name, long err)
{
	say("E %s.%s %ld\n", group, name, err < 0 ? -err : err);
}

/* ---- measuring ------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

bool measure_wanted(const char *name)
{
	nr_samples = 0;
	return !only || !strcmp(only, name);
}

void measure_sample(uint64_t ticks)
{
	if (nr_samples < MAX_SAMPLES)
		samples[nr_samples++] = ticks - overhead;
}

void measure_end(const char *name, long r)
{
	uint64_t sum = 0;

	if (r < 0 || !nr_samples) {
		say_error(name, r);
		return;
	}
	for (int i = 0; i < nr_samples; i++)
		sum += samples[i];
	qsort(samples, nr_samples, sizeof(*samples), by_value);
	say("B %s %s %llu %llu %llu %llu %d\n", group, name,
	    (unsigned long long)samples[0],
	    (unsigned long long)samples[nr_samples / 2],
	    (unsigned long long)(sum / nr_samples),
	    (unsigned long long)samples[nr_samples - 1], nr_samples);
}

struct child_result {
	uint64_t ticks;
	long r;
};

static struct child_result one_child(long (*fn)(long), long arg)
{
	struct child_result res = {.r = -EIO};
	int p[2];
	long pid;

	if (pipe(p))
		return res;
	pid = SYS0(fork);
	if (!pid) {
		uint64_t a;

		*(volatile long *)&res.r = 0; /* its stack is its own now */
		a = tsc();
		MARK(TAG_BEGIN);
		res.r = fn(arg);
		MARK(TAG_END);
		res.ticks = tsc() - a;
		exit_now(write(p[1], &res, sizeof(res)) != sizeof(res));
	}
	close(p[1]);
	if (read(p[0], &res, sizeof(res)) != sizeof(res))
		res.r = -EIO;
	close(p[0]);
	wait_for(pid);
	return res;
}

void measure_in_child(const char *name, int n, long (*fn)(long), long arg)
{
	struct child_result res = {0};

	if (!measure_wanted(name))
		return;
	for (int i = -2; i < n && res.r >= 0; i++) {
		if (!i)
			MARK(TAG_FIRST);
		res = one_child(fn, arg);
		if (i >= 0)
			measure_sample(res.ticks);
	}
	measure_end(name, res.r);
}

/* What a sample of nothing costs; and is a tick an instruction? */
static void calibrate(void)
{
	uint64_t best = UINT64_MAX, a, b;
	long n = 1000000;

	for (int i = 0; i < 50; i++) {
		a = tsc();
		MARK(TAG_BEGIN);
		MARK(TAG_END);
		b = tsc();
		if (b - a < best)
			best = b - a;
	}
	overhead = best;
	a = tsc();
	__asm__ volatile("1: dec %0; jnz 1b" : "+r"(n)::"cc");
	b = tsc();
	say_value("tsc_overhead_subtracted", (long long)overhead);
	say_value("tsc_per_1000_insn", (long long)((b - a - overhead) / 2000));
}

/* ---- children -------------------------------------------------------------- */

void exit_now(int status)
{
	for (;;)
		SYS1(exit_group, status);
}

void wait_for(long pid)
{
	while (SYS4(wait4, pid, 0, 0, 0) == -EINTR)
		;
}

void sleep_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

static void burrow_child(unsigned long flags, int ready, int stop)
{
	char c = 'k';

	if (SYS1(unshare, flags))
		exit_now(1);
	/* these two are for children: make one, so that they are used */
	if (flags & (CLONE_NEWPID | CLONE_NEWTIME)) {
		long pid = SYS0(fork);

		if (pid) {
			wait_for(pid);
			exit_now(0);
		}
	}
	if (write(ready, &c, 1) == 1 && read(stop, &c, 1) == 0)
		exit_now(0);
	exit_now(1);
}

struct burrow burrow_open(unsigned long flags)
{
	struct burrow b = {.pid = -EIO};
	int stop[2], ready[2];
	char c = 0;

	if (pipe(stop) || pipe(ready))
		return b;
	b.pid = SYS0(fork);
	if (!b.pid) {
		close(stop[1]);
		close(ready[0]);
		burrow_child(flags, ready[1], stop[0]);
	}
	close(stop[0]);
	close(ready[1]);
	b.pipe = stop[1];
	if (read(ready[0], &c, 1) != 1) {
		burrow_close(&b);
		b.pid = -EINVAL;
	}
	close(ready[0]);
	return b;
}

void burrow_close(struct burrow *b)
{
	close(b->pipe);
	wait_for(b->pid);
}

long open_ns(const char *who, const char *type)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%s/ns/%s", who, type);
	return SYS3(open, path, O_RDONLY | O_CLOEXEC, 0);
}

long burrow_ns(const struct burrow *b, int t)
{
	char who[16], type[32];

	snprintf(who, sizeof(who), "%ld", b->pid);
	snprintf(type, sizeof(type), "%s%s", types[t].name,
		 t == PID || t == TIME ? "_for_children" : "");
	return open_ns(who, type);
}

/* ---- main ------------------------------------------------------------------ */

static void run_group(const char *name, void (*run)(void))
{
	long pid;

	group = name;
	pid = SYS0(fork);
	if (!pid) {
		run();
		exit_now(0);
	}
	wait_for(pid);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	/* a kernel without this limit has no such file */
	if (fd >= 0 && write(fd, text, strlen(text)) < 0)
		say_error(path, errno);
	close(fd);
}

static void console_open(void)
{
	mkdir("/dev", 0755);
	mknod("/dev/console", S_IFCHR | 0600, makedev(5, 1));
	while (open("/dev/console", O_RDWR) == 0 && dup(0) == 1 && dup(0) == 2)
		break;
}

static void set_up(void)
{
	char path[64];

	console_open();
	mkdir("/proc", 0755);
	mkdir("/tmp", 0755);
	if (mount("proc", "/proc", "proc", 0, 0))
		say_error("mount_proc", errno);
	if (mount("none", "/tmp", "tmpfs", 0, 0))
		say_error("mount_tmp", errno);
	for (int i = 0; i < NR_TYPES; i++) {
		snprintf(path, sizeof(path), "/proc/sys/user/max_%s_namespaces",
			 types[i].name);
		write_file(path, "2000000");
	}
	write_file("/proc/sys/kernel/pid_max", "100000");
	write_file("/proc/sys/fs/mount-max", "1000000");
	write_file("/proc/sys/fs/nr_open", "1100000");
}

static bool asked(int argc, char **argv, const char *name)
{
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], name))
			return true;
	}
	return false;
}

static void run_all(int argc, char **argv)
{
	struct rlimit files = {1100000, 1100000};
	bool some = false;

	if (setrlimit(RLIMIT_NOFILE, &files)) {
		files = (struct rlimit){300000, 300000};
		setrlimit(RLIMIT_NOFILE, &files);
	}
	for (int i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "only=", 5))
			only = argv[i] + 5;
		else
			some = true;
		if (!strncmp(argv[i], "mem_", 4) && !group_mem(argv[i] + 4))
			say_error(argv[i], EINVAL);
	}
	for (unsigned i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		if (some ? asked(argc, argv, groups[i].name)
			 : groups[i].by_default)
			run_group(groups[i].name, groups[i].run);
	}
}

int main(int argc, char **argv)
{
	bool init = getpid() == 1;

	MARK(TAG_START);
	if (asked(argc, argv, "-x")) /* ops_life.c: only to be executed */
		return 0;
	if (init)
		set_up();
	say("\nNSBENCH BEGIN\n");
	say_value("t_user_start", (long long)started);
	calibrate();
	if (!asked(argc, argv, "boot"))
		run_all(argc, argv);
	say("NSBENCH DONE\n");
	if (init)
		reboot(RB_AUTOBOOT);
	return 0;
}

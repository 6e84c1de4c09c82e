// SPDX-License-Identifier: MIT
/*
 * Bytes of each live thing (MemFree before and after thousands of them, one
 * kind a boot, caches primed), and whether operations cost more when many
 * namespaces live.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/bench/bench.h"

#define MAX_LIVE 1000000
#define PROCESSES 500

static long mem_free_kb(void)
{
	static char text[8192];
	int fd = open("/proc/meminfo", O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	char *line;

	close(fd);
	text[n > 0 ? n : 0] = 0;
	line = strstr(text, "MemFree:");
	return line ? atol(line + 8) : 0;
}

/* Linux frees some of it later. */
static long settled_kb(void)
{
	sleep_ms(1500);
	return mem_free_kb();
}

/* One more live namespace, held by an fd; types made for children by a child. */
static long one_more(int t)
{
	struct burrow b;
	long fd, r;

	if (t == PID || t == USER) {
		b = burrow_open(types[t].flag);
		if (b.pid < 0)
			return b.pid;
		fd = burrow_ns(&b, t);
		burrow_close(&b);
		return fd;
	}
	r = SYS1(unshare, types[t].flag);
	if (r < 0)
		return r;
	return open_ns("self", t == TIME ? "time_for_children" : types[t].name);
}

static void mem_of_type(int t)
{
	int n = 0, want = t == NET ? 500 : 4000;
	long before, fd;

	SYS2(dup2, 0, want + 128); /* the table of files is not what we ask */
	for (int i = 0; i < 64; i++)
		SYS1(close, one_more(t));
	before = settled_kb();
	for (; n < want; n++) {
		fd = one_more(t);
		if (fd < 0) {
			say_error(name_of("mem_%s", types[t].name), fd);
			return;
		}
	}
	say_value(name_of("mem_bytes_per_live_free_%s", types[t].name),
		  (before - settled_kb()) * 1024 / n);
}

static void mem_of_fds(void)
{
	const int want = 4000;
	long before;

	SYS2(dup2, 0, want + 128);
	before = settled_kb();
	for (int i = 0; i < want; i++) {
		if (open_ns("self", "uts") < 0)
			return;
	}
	say_value("mem_bytes_per_fd_same_ns",
		  (before - settled_kb()) * 1024 / want);
}

static void mem_of_processes(void)
{
	long before, pids[PROCESSES];
	int stop[2];
	char c;

	if (pipe(stop))
		return;
	before = settled_kb();
	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = SYS0(fork);
		if (!pids[i]) {
			close(stop[1]);
			exit_now((int)SYS3(read, stop[0], &c, 1));
		}
	}
	say_value("mem_bytes_per_forked_process",
		  (before - settled_kb()) * 1024 / PROCESSES);
	close(stop[1]);
	for (int i = 0; i < PROCESSES; i++)
		wait_for(pids[i]);
}

bool group_mem(const char *kind)
{
	if (!strcmp(kind, "fds")) {
		mem_of_fds();
		return true;
	}
	if (!strcmp(kind, "procs")) {
		mem_of_processes();
		return true;
	}
	for (int t = 0; t < NR_TYPES; t++) {
		if (!strcmp(kind, types[t].name)) {
			mem_of_type(t);
			return true;
		}
	}
	return false;
}

/* ---- growth ---------------------------------------------------------------- */

static int fds[MAX_LIVE];

static inline long open_close(const char *path)
{
	long fd = SYS3(open, path, O_RDONLY, 0);

	return fd < 0 ? fd : SYS1(close, fd);
}

static void with_live(int n)
{
	unsigned int x = 12345;
	char middle[64], text[64];

	snprintf(middle, sizeof(middle), "/proc/self/fd/%d", fds[n / 2]);
	MEASURE(name_of("scale_uts_%d_open+close", n), 50,
		open_close("/proc/self/ns/uts"));
	MEASURE(name_of("scale_uts_%d_open_fd_middle+close", n), 50,
		open_close(middle));
	MEASURE_WITH(
		name_of("scale_uts_%d_setns_random", n), 50,
		x = x * 1103515245u + 12345,
		SYS2(setns, fds[x / 65536 % (unsigned int)n], CLONE_NEWUTS), );
	MEASURE(name_of("scale_uts_%d_readlink", n), 50,
		SYS3(readlink, "/proc/self/ns/uts", text, sizeof(text)));
	MEASURE(name_of("scale_uts_%d_unshare_drop", n), 50,
		SYS1(unshare, CLONE_NEWUTS));
}

/* As many as there is memory and room in the table of files for. */
void group_scale(void)
{
	int n = 0;
	long fd = 0;
	uint64_t from;

	for (int live = 10; live <= MAX_LIVE && fd >= 0; live *= 10) {
		from = tsc();
		for (; n < live && fd >= 0; n++) {
			fd = one_more(UTS);
			fds[n] = (int)fd;
		}
		if (fd < 0) {
			say_error(name_of("scale_uts_%d", live), fd);
			n--;
			break;
		}
		say_value(name_of("scale_uts_%d_create_avg", live),
			  (long long)(tsc() - from) / (live - live / 10));
		with_live(n);
	}
	from = tsc();
	for (int i = 0; i < n; i++)
		SYS1(close, fds[i]);
	say_value("scale_uts_close_avg", (long long)(tsc() - from) / (n ?: 1));
}

static long do_unshare(long flags)
{
	return SYS1(unshare, flags);
}

/* Namespaces that bind mounts keep, as `ip netns` does. */
void group_bind(void)
{
	long r = 0, home = open_ns("self", "uts");
	char path[64];
	int n = 0;

	mkdir("/tmp/nsb", 0700);
	SYS6(mount, "none", "/tmp/nsb", "tmpfs", 0, 0, 0);
	for (int live = 10; live <= 1000 && r >= 0; live *= 10) {
		for (; n < live && r >= 0; n++) {
			snprintf(path, sizeof(path), "/tmp/nsb/n%d", n);
			close(open(path, O_CREAT | O_WRONLY, 0600));
			SYS1(unshare, CLONE_NEWUTS);
			r = SYS6(mount, "/proc/self/ns/uts", path, "", MS_BIND,
				 0, 0);
		}
		snprintf(path, sizeof(path), "/tmp/nsb/n%d", n / 2);
		MEASURE(name_of("scale_bind_%d_open+close", live), 50,
			open_close(path));
		SYS2(setns, home, CLONE_NEWUTS);
		measure_in_child(name_of("scale_bind_%d_unshare_mnt", live), 3,
				 do_unshare, CLONE_NEWNS);
	}
}

/* SPDX-License-Identifier: MIT */
/* Helpers of the cases about users, capabilities and user namespaces. */
#ifndef WARREN_TESTS_USER_IDS_H
#define WARREN_TESTS_USER_IDS_H

#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>

#include "case.h"

#ifndef CAP_CHECKPOINT_RESTORE
#define CAP_CHECKPOINT_RESTORE 40
#endif

/* Write in one go: "ok" or the error of open or write. */
static inline const char *put_n(const char *path, const void *text, size_t n)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	const char *err;

	if (fd < 0)
		return err_name(errno);
	err = ERR(write(fd, text, n));
	close(fd);
	return err;
}

static inline const char *put(const char *path, const char *text)
{
	return put_n(path, text, strlen(text));
}

/* /proc/PID/name in a static buffer; pid 0: self. */
static inline const char *of(pid_t pid, const char *name)
{
	static char path[4][96];
	static int at;
	char *p = path[at++ % 4];

	if (pid)
		snprintf(p, sizeof(path[0]), "/proc/%d/%s", (int)pid, name);
	else
		snprintf(p, sizeof(path[0]), "/proc/self/%s", name);
	return p;
}

static inline void become_1000(void)
{
	become(1000);
}

static inline void new_user(void)
{
	CHECK(unshare(CLONE_NEWUSER) == 0);
}

/* A task in a user namespace of its own, maps not written. */
static inline pid_t spawn_user(void)
{
	return spawn(new_user);
}

/* In a new user namespace whose ids 0.. are 0.. outside: done by a helper
 * process in the parent. */
static inline void new_user_mapped(const char *map)
{
	int go[2], done[2];
	pid_t me = getpid(), pid;
	char c = 0;

	CHECK(pipe(go) == 0 && pipe(done) == 0);
	pid = fork();
	if (!pid) {
		CHECK(read(go[0], &c, 1) == 1);
		CHECK(!strcmp(put(of(me, "uid_map"), map), "ok"));
		CHECK(!strcmp(put(of(me, "gid_map"), map), "ok"));
		CHECK(write(done[1], &c, 1) == 1);
		_exit(case_failed);
	}
	new_user();
	CHECK(write(go[1], &c, 1) == 1 && read(done[0], &c, 1) == 1);
	CHECK(waitpid(pid, NULL, 0) == pid);
	for (int i = 0; i < 2; i++)
		close(go[i]), close(done[i]);
}

/* The same with a mount namespace: all mounts are locked there. */
static inline void new_user_mounts(void)
{
	new_user_mapped("0 0 2000");
	CHECK(unshare(CLONE_NEWNS) == 0);
}

/* Capability sets of the calling thread. */
struct caps {
	uint64_t eff, prm, inh;
};

static inline struct caps caps_get(void)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = { { 0 } };

	CHECK(syscall(SYS_capget, &h, d) == 0);
	return (struct caps){
		d[0].effective | (uint64_t)d[1].effective << 32,
		d[0].permitted | (uint64_t)d[1].permitted << 32,
		d[0].inheritable | (uint64_t)d[1].inheritable << 32,
	};
}

static inline int caps_put(struct caps c)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = {
		{ (uint32_t)c.eff, (uint32_t)c.prm, (uint32_t)c.inh },
		{ (uint32_t)(c.eff >> 32), (uint32_t)(c.prm >> 32),
		  (uint32_t)(c.inh >> 32) },
	};

	return (int)syscall(SYS_capset, &h, d);
}

static inline void drop_cap(int cap)
{
	struct caps c = caps_get();

	c.eff &= ~(1ULL << cap);
	c.prm &= ~(1ULL << cap);
	c.inh &= ~(1ULL << cap);
	CHECK(caps_put(c) == 0);
}

/* A file on one line. */
static inline const char *flat(const char *path)
{
	static char text[512];

	snprintf(text, sizeof(text), "%s", read_file(path));
	for (char *p = text; *p; p++)
		if (*p == '\n')
			*p = '|';
	return text;
}

/* Who it is, and what it may: each line as the kernel says it. */
static inline void show_ids(const char *name)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;

	getresuid(&r, &e, &s);
	getresgid(&rg, &eg, &sg);
	SEE(name, "%u %u %u, %u %u %u", r, e, s, rg, eg, sg);
}

static inline void show_caps(void)
{
	SEE("CapInh", "%s", field("/proc/self/status", "CapInh:"));
	SEE("CapPrm", "%s", field("/proc/self/status", "CapPrm:"));
	SEE("CapEff", "%s", field("/proc/self/status", "CapEff:"));
	SEE("CapBnd", "%s", field("/proc/self/status", "CapBnd:"));
	SEE("CapAmb", "%s", field("/proc/self/status", "CapAmb:"));
}

/* uid 1000 in a user namespace of its own, for others to write its maps. */
static inline void user_of_1000(void)
{
	become_1000();
	new_user();
}

/* "exit N" of @fn in a child; it may print. */
static inline void run(void (*fn)(void))
{
	CHECK(in_child(fn) == 0);
}

#endif

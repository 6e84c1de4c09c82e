/* SPDX-License-Identifier: MIT */
/* For the cases about cgroup2: the hierarchy on /mnt, its files as text. */
#ifndef WARREN_TESTS_USER_CGROUP_H
#define WARREN_TESTS_USER_CGROUP_H

#include "case.h"

#define ROOT "/mnt/"
#define UNUSED __attribute__((unused))

/* Each case makes groups of its own there. */
static inline void cgroups_mount(void)
{
	private_mounts();
	CHECK(mount("none", "/mnt", "cgroup2", 0, NULL) == 0);
}

static inline const char *put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	const char *result;

	if (fd < 0)
		return err_name(errno);
	result = ERR(write(fd, text, strlen(text)));
	close(fd);
	return result;
}

static inline bool put_ok(const char *path, const char *text)
{
	return !strcmp(put(path, text), "ok");
}

static inline const char *put_pid(const char *path, pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	return put(path, text);
}

/* What the file says, without its last newline; others are blanks. */
static inline const char *get(const char *path)
{
	static char buf[4][200];
	static int next;
	char *text = buf[next++ % 4];
	int fd = open(path, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return err_name(errno);
	n = read(fd, text, sizeof(buf[0]) - 1);
	close(fd);
	if (n < 0)
		return err_name(errno);
	text[n] = 0;
	for (char *p = text; *p; p++)
		if (*p == '\n')
			*p = p[1] ? ' ' : 0;
	return text;
}

/* How often cgroup.procs or cgroup.threads says @pid. */
static inline int lists_pid(const char *path, pid_t pid)
{
	FILE *f = fopen(path, "r");
	int n, found = 0;

	while (f && fscanf(f, "%d", &n) == 1)
		found += n == pid;
	if (f)
		fclose(f);
	return found;
}

static inline const char *group_of(pid_t pid)
{
	static char path[64];

	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	return field(path, "0::");
}

#endif

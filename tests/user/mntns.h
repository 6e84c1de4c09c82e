/* SPDX-License-Identifier: MIT */
/* Helpers of the cases about mount namespaces. */
#ifndef WARREN_TESTS_USER_MNTNS_H
#define WARREN_TESTS_USER_MNTNS_H

#include "case.h"

static char group_numbers[16][16];
static int nr_groups;

/* "shared:17" to "shared:a": peers are compared, numbers are not. */
static inline void print_field(char *out, const char *field_text)
{
	const char *colon = strchr(field_text, ':');
	int i;

	if (!colon) {
		strcat(out, field_text);
		return;
	}
	for (i = 0; i < nr_groups; i++)
		if (!strcmp(group_numbers[i], colon + 1))
			break;
	if (i == nr_groups && nr_groups < 16)
		snprintf(group_numbers[nr_groups++], 16, "%s", colon + 1);
	sprintf(out + strlen(out), "%.*s:%c", (int)(colon - field_text),
		field_text, 'a' + i);
}

/* Each mount at or below @prefix in mountinfo's order: root, place, options,
 * propagation, type. */
static inline void see_mounts(const char *name, const char *prefix)
{
	char *text = strdup(read_file("/proc/self/mountinfo")), *save;

	for (char *l = strtok_r(text, "\n", &save); l;
	     l = strtok_r(NULL, "\n", &save)) {
		char root[256], point[256], options[128], line[512] = "";
		char *rest, *word, *word_save;
		int n = 0;

		if (sscanf(l, "%*d %*d %*d:%*d %255s %255s %127s%n", root,
			   point, options, &n) != 3 ||
		    strncmp(point, prefix, strlen(prefix)))
			continue;
		rest = l + n;
		for (word = strtok_r(rest, " ", &word_save);
		     word && strcmp(word, "-");
		     word = strtok_r(NULL, " ", &word_save)) {
			strcat(line, " ");
			print_field(line, word);
		}
		SEE(name, "%s %s %s%s - %s", root, point, options, line,
		    strtok_r(NULL, " ", &word_save));
	}
	free(text);
}

static inline void tmpfs_at(const char *dir)
{
	if (mkdir(dir, 0755) && errno != EEXIST)
		CHECK(!"mkdir");
	CHECK(mount("t", dir, "tmpfs", 0, NULL) == 0);
}

static inline int propagation(const char *dir, unsigned long how)
{
	return mount(NULL, dir, NULL, how, NULL);
}

static inline int bind_at(const char *from, const char *to)
{
	return mount(from, to, NULL, MS_BIND, NULL);
}

/* A root of our own that is a mount on another: as pivot_root needs it. */
static inline void own_root(void)
{
	private_mounts();
	CHECK(chdir("/mnt") == 0);
	CHECK(mkdir("proc", 0755) == 0 && mkdir("new", 0755) == 0 &&
	      mkdir("dir", 0755) == 0);
	write_file("file", "");
	CHECK(mount("/proc", "proc", NULL, MS_BIND, NULL) == 0);
	CHECK(mount(".", "/", NULL, MS_MOVE, NULL) == 0);
	CHECK(chroot(".") == 0);
}

#endif

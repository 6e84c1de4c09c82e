/* SPDX-License-Identifier: MIT */
/* Helpers of the cases about time namespaces. */
#ifndef WARREN_TESTS_USER_TIME_NS_H
#define WARREN_TESTS_USER_TIME_NS_H

#include "case.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif
#define DAY 86400
#define D "/proc/self/ns/"
#define OFFSETS "/proc/self/timens_offsets"

static inline const char *offset_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	ssize_t n;
	int err;

	if (fd < 0)
		return err_name(errno);
	n = write(fd, text, strlen(text));
	err = errno;
	close(fd);
	if (n < 0)
		return err_name(err);
	return (size_t)n == strlen(text) ? "ok" : "part";
}

/* A new time namespace for children, @mono and @boot days ahead. */
static inline void ahead(int mono, int boot)
{
	char text[80];

	CHECK(unshare(CLONE_NEWTIME) == 0);
	snprintf(text, sizeof(text), "monotonic %d 0\nboottime %d 0\n",
		 mono * DAY, boot * DAY);
	CHECK(!strcmp(offset_write(OFFSETS, text), "ok"));
}

static inline void live_ahead(void)
{
	ahead(5, 6);
}

static inline void enter_ahead(void)
{
	ahead(5, 6);
	CHECK(setns(open(D "time_for_children", O_RDONLY), 0) == 0);
}

static inline void drop_root(void)
{
	CHECK(setresuid(1000, 1000, 1000) == 0);
}

static inline void none(void)
{
}

#endif

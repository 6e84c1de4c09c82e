/* SPDX-License-Identifier: MIT */
/*
 * How many objects of each kind Warren has: for programs that end with as many
 * as they began with.
 */
#ifndef WARREN_TESTS_OBJECTS_H
#define WARREN_TESTS_OBJECTS_H

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define OBJECTS "/sys/kernel/debug/warren/objects"

/* What is only kept, because it may be asked for again, does not count. */
static inline void drop_caches(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);
	ssize_t written = fd < 0 ? 0 : write(fd, "3", 1);

	(void)written;
	if (fd >= 0)
		close(fd);
}

/* As text, "" if it cannot be had (on Linux, whose caches are left alone). */
static inline void objects(char *buf, size_t size)
{
	int fd = open(OBJECTS, O_RDONLY);
	ssize_t n = 0;

	if (fd >= 0) {
		drop_caches();
		n = read(fd, buf, size - 1);
		close(fd);
	}
	buf[n > 0 ? n : 0] = 0;
}

/* The same to begin with: when nobody is on the way out any more who was killed and
 * not waited for, so that two looks at it, @us apart, are alike. */
static inline void objects_settled(char *buf, size_t size, useconds_t us)
{
	static char again[16384];

	objects(buf, size);
	for (int i = 0; buf[0] && i < 100; i++) {
		usleep(us);
		objects(again, sizeof(again));
		if (!strcmp(buf, again))
			return;
		strcpy(buf, again);
	}
}

/*
 * Are there as many as @before? @now gets how many there are. Who was waited for
 * may still be on its way off another CPU; that takes a moment, and is no leak.
 */
static inline int objects_as(const char *before, char *now, size_t size)
{
	for (int i = 0; i < 1000; i++) {
		objects(now, size);
		if (!strcmp(before, now))
			return 1;
		usleep(1000);
	}
	return 0;
}

#endif

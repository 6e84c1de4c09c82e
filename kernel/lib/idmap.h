/* SPDX-License-Identifier: MIT */
/*
 * Maps of ids, as user namespaces have them (kernel/ns/user.h): look-ups in both
 * directions, the text that a map is written as, and how it comes to be. No
 * locks: a map is published whole, and never changes afterwards.
 */
#ifndef WARREN_KERNEL_LIB_IDMAP_H
#define WARREN_KERNEL_LIB_IDMAP_H

#include "kernel/lib/types.h"

#define INVALID_ID ((u32)-1) /* no such user or group */
#define ID_MAP_MAX 340	     /* extents in a map */

/* Ids first, first + 1, ... are kernel, kernel + 1, ... */
struct id_extent {
	u32 first, kernel, count;
};

/* An id_map is empty, or final. Short ones are in the order they were written
 * in; long ones (see idmap.c) are sorted, once by each column. */
struct id_map {
	u32 nr;			     /* [a] extents; set last */
	struct id_extent *by_id;     /* [I] once nr is not 0 */
	struct id_extent *by_kernel; /* the same; may be the same memory */
};

/* The kernel's id for @id of a map; INVALID_ID. @n > 1: all of @id .. @id + @n - 1
 * must be within one extent. */
u32 id_map_range(const struct id_map *map, u32 id, u32 n);
/* Back; INVALID_ID: it is not mapped. */
u32 id_map_up(const struct id_map *map, u32 kernel);
/* @map, which was empty, becomes the @nr > 0 extents @e, copied; their ->kernel
 * are the kernel's ids. -ENOMEM: nothing has changed. */
int id_map_publish(struct id_map *map, const struct id_extent *e, u32 nr);
void id_map_free(struct id_map *map);

/* Lines "first lower count"; ->kernel gets lower as it stands.
 * @e: room for ID_MAP_MAX. How many there are, or -EINVAL. @text is cut up. */
int id_map_parse(char *text, struct id_extent *e);

#endif

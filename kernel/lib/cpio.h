/* SPDX-License-Identifier: MIT */
/*
 * Reading a cpio archive in the "new ASCII" formats (070701, and 070702 with
 * check sums) that arrives in pieces of any size. See cpio.c.
 */
#ifndef WARREN_KERNEL_LIB_CPIO_H
#define WARREN_KERNEL_LIB_CPIO_H

#include "kernel/lib/types.h"

#define CPIO_HEADER_SIZE 110
#define CPIO_NAME_MAX 4096 /* with the NUL at its end */

struct cpio_entry {
	u32 ino, mode, uid, gid, nlink, mtime, size;
	u32 dev_major, dev_minor, rdev_major, rdev_minor;
	const char *name; /* not empty; valid until end() has returned */
};

/* What is done with the entries. 0, or any other value, which stops. */
struct cpio_ops {
	int (*begin)(void *arg, const struct cpio_entry *e);
	int (*data)(void *arg, const void *p, size_t n);
	int (*end)(void *arg);	   /* all of the entry's data came */
	int (*trailer)(void *arg); /* the archive ends */
};

struct cpio {
	const struct cpio_ops *ops;
	void *arg;
	u64 offset;	    /* bytes taken in all */
	const char *reason; /* why the archive is bad; NULL: it is not */

	enum cpio_state {
		CPIO_BETWEEN, /* archives: zeros, or the next one's header */
		CPIO_HEADER,
		CPIO_NAME,
		CPIO_NAME_PAD,
		CPIO_DATA,
		CPIO_DATA_PAD,
	} state;
	u32 left;	 /* bytes that the state still takes */
	bool check;	 /* 070702 */
	u32 sum, wanted; /* of the data, modulo 2^32 */
	u32 namesize;
	struct cpio_entry entry;
	char header[CPIO_HEADER_SIZE];
	char name[CPIO_NAME_MAX];
};

/* @c is big: not for the stack. */
void cpio_init(struct cpio *c, const struct cpio_ops *ops, void *arg);
/*
 * Take bytes; the number taken in *@taken. 0 with less than @n taken: between
 * archives something else begins. CPIO_BAD: the archive is bad at c->offset,
 * for c->reason. Otherwise what an operation returned.
 */
#define CPIO_BAD (-10000)
int cpio_push(struct cpio *c, const void *data, size_t n, size_t *taken);
/* Between archives, so that the input may end. */
static inline bool cpio_idle(const struct cpio *c)
{
	return c->state == CPIO_BETWEEN;
}

#endif

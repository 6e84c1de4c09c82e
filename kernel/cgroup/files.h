/* SPDX-License-Identifier: MIT */
/* The files in the directory of a group: the table (files.c), and what an open
 * one is (fs.c). */
#ifndef WARREN_KERNEL_CGROUP_FILES_H
#define WARREN_KERNEL_CGROUP_FILES_H

#include "fs/file.h"
#include "kernel/cgroup/cgroup.h"

enum { FILE_NOT_ROOT = 1,   /* the root has no such file */
       FILE_PIDS = 4,	    /* only groups that own a counter of pids */
       FILE_POPULATED = 8,  /* tells who polls: "populated" has changed */
       FILE_REFUSED = 16,   /* tells who polls: a fork was refused */
       FILE_DELEGATED = 2 }; /* nsdelegate: also for who is in a namespace
				whose root the group is */

struct cgroup_file {
	const char *name;
	umode_t mode;
	u32 flags;
	int (*show)(struct seq *s, struct cgroup *cg);
	/* @text: without blanks around it. 0 or -errno. */
	int (*write)(struct file *f, struct cgroup *cg, char *text);
};
extern const struct cgroup_file cgroup_files[]; /* ends with name NULL */
extern bool cgroup_ns_delegate; /* the mount option nsdelegate */

/* file->private. */
struct cgroup_opened {
	struct cgroup_ns *ns; /* of who opened it; PIN_TEMP */
	u32 changes; /* of what the file tells, when it was read last */
};
static inline struct cgroup_opened *cgroup_opened(const struct file *f)
{
	return f->private;
}

#endif

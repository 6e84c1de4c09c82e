/* SPDX-License-Identifier: MIT */
/* The files in the directory of a group: the table (files.c), the names (names.c),
 * and what an open one is (open.c). */
#ifndef WARREN_KERNEL_CGROUP_FILES_H
#define WARREN_KERNEL_CGROUP_FILES_H

#include "fs/file.h"
#include "kernel/cgroup/cgroup.h"

enum {
	FILE_NOT_ROOT = 1,  /* the root has no such file */
	FILE_DELEGATED = 2, /* nsdelegate: also for who is in a namespace whose
			       root the group is */
	FILE_PIDS = 4,	    /* only groups that own a counter of pids */
	FILE_POPULATED = 8, /* tells who polls: cgroup.events has changed */
	FILE_REFUSED = 16,  /* tells who polls: a fork was refused */
};

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

/* inode->private: of a directory (file NULL) or a file. */
struct node {
	struct cgroup *cg; /* counted */
	const struct cgroup_file *file;
};
static inline struct node *node_of(const struct inode *inode)
{
	return inode->private;
}

extern const struct file_ops cgroup_file_fops; /* open.c */
extern const struct inode_ops cgroup_dir_iops; /* fs.c */

/* names.c. An inode of @cg, for @file or (NULL) its directory. ERR_PTR(-ENOMEM). */
struct inode *cgroup_inode_new(struct super *sb, struct cgroup *cg,
			       const struct cgroup_file *file, umode_t mode);
void cgroup_inode_evict(struct inode *inode);
void cgroup_dentry_pin(struct dentry *d); /* the caller's reference stays */
/* 0; -ENOMEM: some may be there. @dir, which has its inode, is new or locked. */
int cgroup_files_add(struct dentry *dir, struct cgroup *cg);
void cgroup_files_remove(struct dentry *dir);

/* procs.c */
int cgroup_procs_show(struct seq *s, struct cgroup *cg);
int cgroup_threads_show(struct seq *s, struct cgroup *cg);
int cgroup_procs_write(struct file *f, struct cgroup *cg, char *text);
int cgroup_threads_write(struct file *f, struct cgroup *cg, char *text);

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

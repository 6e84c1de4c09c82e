/* SPDX-License-Identifier: MIT */
/*
 * nsfs: one file for each namespace that someone has opened or bound. See
 * nsfs.c for the theory.
 */
#ifndef WARREN_FS_NSFS_H
#define WARREN_FS_NSFS_H

#include "fs/file.h"
#include "kernel/ns/ns.h"

void nsfs_init(void);
void nsfs_drop_spares(void); /* free what is kept for the next file */
long nsfs_ioctl(struct file *f, u32 cmd, unsigned long arg); /* nsfs_ioctl.c */
/* The path of @ns's file, which the caller holds. @out is counted. 0 or -ENOMEM. */
int ns_path(struct ns *ns, struct path *out);
/* A new descriptor on @ns (reference taken over), O_CLOEXEC: for ioctls. */
int ns_open_fd(struct ns *ns);
/* The namespace behind an open file or dentry, not counted; NULL: other. */
struct ns *file_ns(const struct file *f);
struct ns *dentry_ns(const struct dentry *d);
/* "uts:[4026531838]" to @buf, of NS_NAME_SIZE; its length. */
#define NS_NAME_SIZE 48
int ns_name(const struct ns *ns, const char *name, char *buf);

#endif

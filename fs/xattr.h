/* SPDX-License-Identifier: MIT */
/*
 * Extended attributes (xattr(7)): xattr.c keeps them in memory, for file
 * systems that are in memory; xattr_caps.c is about the one that the kernel
 * itself reads, the capabilities of a program. Who may do what is decided in
 * kernel/sys/xattr.c.
 */
#ifndef WARREN_FS_XATTR_H
#define WARREN_FS_XATTR_H

#include <linux/limits.h>
#include <linux/xattr.h>

#include "fs/inode.h"

/* inode->op of who keeps them so; @inode's lock is held. */
int memory_xattr_set(struct inode *inode, const char *name, const void *value,
		     size_t size, int flags);
ssize_t memory_xattr_get(struct inode *inode, const char *name, void *buf,
			 size_t size);
ssize_t memory_xattr_list(struct inode *inode, char *buf, size_t size);
/* All of them: the inode ends. */
void memory_xattr_free(struct inode *inode);
/* Bytes that the attributes "user." of @inode take. */
u64 memory_xattr_user_bytes(const struct inode *inode);

/* @size bytes of a security.capability as user space gives it, at @value, which
 * has room for 24: what is kept, and how long that is. -EINVAL: none, or its
 * root has no place in the file system's user namespace; -EPERM. */
ssize_t xattr_caps_in(const struct inode *inode, void *value, size_t size);
/* The same on the way out. -EOVERFLOW: of a user namespace that is not
 * current's. */
ssize_t xattr_caps_out(const struct inode *inode, void *value, size_t size);

/* What an exec of @inode's program gives. False: nothing. */
struct file_caps {
	u64 permitted, inheritable;
	bool effective;
};
bool file_caps_get(struct inode *inode, struct file_caps *out);
/* The content or the owner changes: what it vouched for is over.
 * inode->lock is held. */
void file_caps_drop(struct inode *inode);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * tmpfs and its simpler relatives (tmpfs.c: super blocks, tmpfs_dir.c: names,
 * tmpfs_file.c: content), and nameless files of it (shmem.c).
 */
#ifndef WARREN_FS_TMPFS_H
#define WARREN_FS_TMPFS_H

#include "fs/context.h"

#define TMPFS_MAGIC 0x01021994
#define RAMFS_MAGIC 0x858458f6

extern const struct fs_type tmpfs_type, ramfs_type, rootfs_type;

/* What mount(2) and fsconfig(2) said; devtmpfs has the same. */
struct tmpfs_options {
	u32 seen; /* SEEN_*: the field was named */
	u64 blocks, inodes;
	umode_t mode;
	uid_t uid;
	gid_t gid;
};
extern const struct fs_param tmpfs_params[];
/* What the root's mode is if no option says it; without this, 1777. */
void tmpfs_default_mode(struct fs_context *fc, umode_t mode);

void tmpfs_module_init(void); /* after mount_module_init() */

/* Seals of a memfd, fcntl(2) F_GET_SEALS: F_SEAL_*, or -EINVAL: not tmpfs. A
 * new file has F_SEAL_SEAL; memfd_create(MFD_ALLOW_SEALING) takes it off. */
struct file;
int shmem_seals(const struct file *f);
void shmem_allow_sealing(struct file *f);
/* F_ADD_SEALS: 0; -EPERM (sealed, or not open for writing), -EINVAL, -EBUSY
 * (a shared writable mapping). */
int shmem_add_seals(struct file *f, u32 seals);

#endif

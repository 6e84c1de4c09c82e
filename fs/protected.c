// SPDX-License-Identifier: MIT
/*
 * fs.protected_* (proc_sys_fs(5)): in a directory where everybody makes names, such
 * as /tmp, somebody may have laid a trap for a program of somebody else's. A link is
 * followed to a file that only its victim may write; a FIFO or a file is found where
 * a new one was expected; a second name keeps a set-id program after its update.
 *
 * "Everybody makes names, and nobody removes those of others" is a sticky directory
 * that all may write. Whoever owns the directory is trusted there. Capabilities do
 * not help, since it is root who is to be protected, except against links to files:
 * who may do all that the owner may needs no trap.
 *
 * These are no permissions of the file: they are asked beside them, and only by the
 * calls that fall into such traps.
 */
#include "fs/protected.h"
#include "kernel/debug/why.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

struct protected protected;

/* May current do with @inode all that a second name would let him do later? */
static bool is_safe_source(struct inode *inode)
{
	umode_t mode = inode->mode;

	if (!S_ISREG(mode) || mode & S_ISUID ||
	    (mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
		return false;
	return !inode_permission(inode, MAY_READ | MAY_WRITE);
}

int protected_link(struct inode *inode)
{
	if (likely(!READ_ONCE(protected.hardlinks)) || is_safe_source(inode) ||
	    inode_owner_or_capable(inode))
		return 0;
	return why(-EPERM, "link: a file of user %u that current may not read "
			   "and write; fs.protected_hardlinks", inode->uid);
}

/* Is current's, or the directory's owner's, who is trusted. */
static bool is_trusted(const struct inode *inode, kuid_t dir_uid)
{
	return inode->uid == current->cred->fsuid || inode->uid == dir_uid;
}

int protected_follow(const struct inode *dir, const struct inode *link)
{
	umode_t shared = S_ISVTX | S_IWOTH;

	if ((dir->mode & shared) != shared || is_trusted(link, dir->uid))
		return 0;
	return why(-EACCES, "walk: a link of user %u in a directory that all "
			    "may write; fs.protected_symlinks", link->uid);
}

/* How far files of @mode are protected. No sysctl is about devices and sockets: they
 * always are, where all may write. */
static u32 level_of(umode_t mode)
{
	if (S_ISFIFO(mode))
		return READ_ONCE(protected.fifos);
	return S_ISREG(mode) ? READ_ONCE(protected.regular) : 1;
}

int protected_create(umode_t dir_mode, kuid_t dir_uid,
		     const struct inode *inode)
{
	u32 level;

	if (likely(!(dir_mode & S_ISVTX)) || is_trusted(inode, dir_uid))
		return 0;
	level = level_of(inode->mode);
	if (!(level >= 1 && dir_mode & S_IWOTH) &&
	    !(level >= 2 && dir_mode & S_IWGRP))
		return 0;
	return why(-EACCES, "open: O_CREAT found a file of user %u in a "
			    "directory that others may write; "
			    "fs.protected_regular, fifos", inode->uid);
}

/* SPDX-License-Identifier: MIT */
/*
 * Pseudoterminals (pty(7)): pty.c has both ends, devpts.c the file system where
 * they have their names.
 */
#ifndef WARREN_FS_PTY_H
#define WARREN_FS_PTY_H

#include "fs/tty.h"

#define PTY_OUT 8192 /* bytes that wait for the master; a power of two */

struct pty {
	struct tty tty;	   /* the slave: what a terminal is; its count is ours */
	struct super *sb;  /* [I] devpts, counted */
	u32 index;	   /* [I] its name there */
	struct dentry *name; /* counted; NULL when the master has been closed */
	bool locked;	   /* [a] TIOCSPTLCK: the slave cannot be opened */
	bool packet;	   /* tty.lock: TIOCPKT */
	u8 status;	   /* tty.lock: TIOCPKT_* that the master has not read */
	bool slave_gone;   /* [a] it was open, and is no longer */
	struct waitq wait; /* masters that read */
	u32 head, tail;	   /* tty.lock: [tail, head) of out */
	char out[PTY_OUT];
};

extern const struct file_ops ptmx_fops; /* /dev/ptmx, and ptmx of devpts */
extern const struct file_ops pts_fops;	/* a slave: inode->private, counted */
extern const struct fs_type devpts_type;
#define PTS_MAJOR 136 /* .. 143: the devices of slaves, by index */

void pty_module_init(void);

static inline struct pty *to_pty(struct tty *tty)
{
	return container_of(tty, struct pty, tty);
}

/* devpts.c */
/*
 * The instance that is seen from @path, a ptmx: the one that it is in, or that is
 * mounted on "pts" beside it. *@root: a place in it, counted. 0, -ENODEV,
 * -ENOENT.
 */
int devpts_find(const struct path *path, struct path *root);
/* A number of @sb for @pty. 0; -ENOSPC: no more may be; -ENOMEM. */
int devpts_index_get(struct super *sb, struct pty *pty);
void devpts_index_put(struct pty *pty);
/* Make the slave's name, and take it away. -ENOMEM. */
int devpts_name_make(struct pty *pty);
void devpts_name_remove(struct pty *pty); /* may sleep */

extern u32 pty_max, pty_reserve; /* [a] sysctl */
u32 pty_count(void);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * procfs (proc(5)): what the kernel knows about tasks, as files.
 *
 * Two kinds of tables. struct proc_entry: files that are the same for everyone,
 * a tree of them below the root. struct pid_entry: what is in each /proc/PID and
 * /proc/PID/task/TID. A new file is a function and a line in a table.
 *
 * An inode below /proc/PID refers to the struct pid, never to the task: the task
 * is looked up at each use, and is gone (-ESRCH) when it has been reaped. Inodes
 * and dentries are made by lookups; the last ones looked up are kept (kept.c).
 */
#ifndef WARREN_FS_PROCFS_PROCFS_H
#define WARREN_FS_PROCFS_PROCFS_H

#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/seq.h"
#include "kernel/task/pid.h"

struct task;

struct proc_entry {
	const char *name;
	umode_t mode; /* with S_IFREG, S_IFDIR or S_IFLNK */
	seq_show_fn show; /* text of a regular file */
	/* @text: NUL-terminated copy without the last newline. 0 or -errno.
	 * NULL: cannot be written. */
	ssize_t (*write)(struct file *f, char *text, size_t len);
	const struct proc_entry *children; /* directory: ends with name NULL */
	const char *target;		   /* link */
	const void *data;		   /* for @show and @write */
	/* What seq.about is of who opens it: counted (PIN_FILE). Or NULL. */
	struct ns *(*about)(void);
	/* /proc/sys: the rwx bits that current has. No capability overrides
	 * them. NULL elsewhere: owner and mode say. */
	u32 (*access)(const struct proc_entry *e);
};
extern const struct proc_entry proc_root_files[]; /* root_files.c */
extern const struct proc_entry proc_sys_net[];	  /* sysctl_net.c */
extern const struct proc_entry proc_sys_root[];	  /* sysctl.c */
extern const struct proc_entry proc_sys_user[];	  /* sysctl_user.c */
extern const struct proc_entry proc_sysvipc[];	  /* ipc.c */

extern const u8 proc_config[]; /* config.gz; tools/mkconfig makes it */
extern const size_t proc_config_size;

/* ipc.c: sysctls of the reader's ipc namespace; @data is a struct ipc_limit. */
int proc_show_ipc_limit(struct seq *s, struct file *f);
ssize_t proc_write_ipc_limit(struct file *f, char *text, size_t len);
int proc_show_sem_limits(struct seq *s, struct file *f);
ssize_t proc_write_sem_limits(struct file *f, char *text, size_t len);

/* One name in /proc/PID. */
struct pid_entry {
	const char *name;
	umode_t mode;
	const struct inode_ops *iop; /* NULL: a text file of @show */
	const struct file_ops *fop;  /* NULL: the same */
	int (*show)(struct seq *s, struct task *t);
	ssize_t (*write)(struct task *t, char *text, size_t len);
	u32 where; /* enum pid_where */
	bool memory; /* opening it takes ptrace access, as its content does */
	bool needs_mm; /* -ESRCH without: kernel threads, zombies */
};
enum pid_where { IN_BOTH, IN_PROCESS, IN_THREAD };

/* inode->private of everything in procfs. */
struct proc_inode {
	const struct proc_entry *entry; /* static ones */
	const struct pid_entry *pid_entry;
	const void *what; /* ns link: its struct ns_entry; net/: net_file */
	struct ns *ns;	  /* net/: counted (PIN_FILE); else NULL */
	struct pid *pid;  /* counted; NULL: not about a task */
	u64 owner_seen;	  /* owner_changes before the owner was read */
	u32 fd;
	bool thread;	  /* below task/TID: that thread, not the process */
};

static inline struct proc_inode *proc_inode(const struct inode *inode)
{
	return inode->private;
}

extern const struct fs_type proc_fs_type;
extern const struct dentry_ops proc_dops; /* revalidate: is the task alive? */
void procfs_module_init(void);

/* Mount options: hide.c. */
enum proc_hide { HIDE_OFF, HIDE_CONTENT, HIDE_ALL, HIDE_BY_PTRACE = 4 };
struct proc_options {
	u32 hide;	/* [a] enum proc_hide */
	kgid_t gid;	/* [a] from its members nothing is hidden */
	bool pids_only; /* [a] subset=pid */
	u32 seen;	/* which of them a context names */
};

/* sb->private of an instance. */
struct proc_super {
	struct pid_ns *ns; /* [I] counted (PIN_SUPER): whose numbers it shows */
	struct proc_options options;
};

static inline struct proc_super *proc_super(const struct super *sb)
{
	return sb->private;
}

static inline struct pid_ns *proc_pid_ns(const struct super *sb)
{
	return proc_super(sb)->ns;
}

/* hide.c */
extern const struct fs_param proc_params[];
bool proc_may_see(const struct super *sb, struct task *t, u32 min);
/* 0, -EPERM, -ENOENT, -ESRCH; -ECHILD with MAY_NOT_BLOCK in @mask. */
int proc_hides(const struct inode *inode, u32 min, int mask);
void proc_options_apply(struct super *sb, struct fs_context *fc);
int proc_reconfigure(struct super *sb, struct fs_context *fc);
void proc_show_options(struct seq *s, struct super *sb);

/* super.c */
/* A new inode with a blank proc_inode. ERR_PTR(-ENOMEM). */
struct inode *proc_inode_new(struct super *sb, umode_t mode);

/* kept.c: the names looked up last */
void proc_keep(struct dentry *d);
void proc_flush_pid(struct pid *pid);
void proc_flush_super(struct super *sb);
void proc_flush_all(void);

/* dir.c: static entries */
struct inode *proc_entry_inode(struct super *sb, const struct proc_entry *e);
void proc_add_static(struct dentry *d, struct inode *inode);
int proc_entry_lookup(struct dentry *d, const struct proc_entry *table);
bool proc_entries_emit(struct dir_context *ctx, struct super *sb,
		       const struct proc_entry *table);
ssize_t proc_take_text(struct iter *it, char *buf, size_t size);

/* root.c */
extern const struct inode_ops proc_root_iops;
extern const struct file_ops proc_root_fops;

/* pid.c */
/* The task that @inode is about, counted; NULL: it is gone. */
struct task *proc_task_get(const struct inode *inode);
/* May current see what is where in the memory of any task? Who may watch the whole
 * machine may (CAP_PERFMON, CAP_SYS_ADMIN), since Linux 6.13. */
bool proc_memory_power(void);
/* An inode about @pid (counted anew) owned by its task. */
struct inode *proc_pid_inode(struct super *sb, struct pid *pid, bool thread,
			     umode_t mode);
struct inode *proc_pid_dir_inode(struct super *sb, struct pid *pid,
				 bool thread);
extern const struct inode_ops proc_task_dir_iops;
extern const struct file_ops proc_task_dir_fops;
ino_t proc_ino(const struct pid *pid, u32 index); /* for readdir and stat */

/* status.c, stat.c, small.c, maps.c: shows */
int proc_show_status(struct seq *s, struct task *t);
int proc_show_stat(struct seq *s, struct task *t);
int proc_show_statm(struct seq *s, struct task *t);
int proc_show_comm(struct seq *s, struct task *t);
ssize_t proc_write_comm(struct task *t, char *text, size_t len);
int proc_show_cmdline(struct seq *s, struct task *t);
int proc_show_environ(struct seq *s, struct task *t);
int proc_show_auxv(struct seq *s, struct task *t);
int proc_show_limits(struct seq *s, struct task *t);
int proc_show_personality(struct seq *s, struct task *t);
int proc_show_oom_score(struct seq *s, struct task *t);
int proc_show_oom_score_adj(struct seq *s, struct task *t);
ssize_t proc_write_oom_score_adj(struct task *t, char *text, size_t len);
int proc_show_cgroup(struct seq *s, struct task *t);
int proc_show_maps(struct seq *s, struct task *t);

/* links.c, fd.c, ns.c, mounts.c, login.c */
extern const struct file_ops proc_loginuid_fops, proc_sessionid_fops;
extern const struct inode_ops proc_cwd_iops, proc_root_link_iops,
	proc_exe_iops;
extern const struct inode_ops proc_fd_dir_iops, proc_fdinfo_dir_iops;
extern const struct file_ops proc_fd_dir_fops, proc_fdinfo_dir_fops;
extern const struct inode_ops proc_ns_dir_iops;
extern const struct file_ops proc_ns_dir_fops;
extern const struct inode_ops proc_net_dir_iops;
extern const struct file_ops proc_net_dir_fops;
extern const struct file_ops proc_mounts_fops, proc_mountinfo_fops,
	proc_mountstats_fops, proc_timens_fops;
extern const struct file_ops proc_uid_map_fops, proc_gid_map_fops,
	proc_projid_map_fops, proc_setgroups_fops; /* idmap.c */
ssize_t proc_readlink_path(const struct path *path, char *buf, size_t size);

#endif

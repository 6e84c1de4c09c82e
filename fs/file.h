/* SPDX-License-Identifier: MIT */
/*
 * Open files (struct file), what a driver or file system does with them
 * (struct file_ops), and descriptor tables (struct files).
 */
#ifndef WARREN_FS_FILE_H
#define WARREN_FS_FILE_H

#include <linux/fcntl.h>
#include <linux/uio.h>

#include "fs/dentry.h"
#include "kernel/lib/refcount.h"
#include "kernel/task/task.h"

struct vma;

/* ---- iter: the buffers of one read or write --------------------------- */

struct iter {
	const struct iovec *iov; /* current segment (kernel copy) */
	u32 nr_iov;		 /* segments left, this one included */
	size_t offset;		 /* used up of the current segment */
	size_t count;		 /* bytes left in all */
	bool user;		 /* iov_base are user addresses */
	struct iovec one;	 /* for the single-buffer case */
};
/* One transfer moves at most this much, as in Linux. */
#define MAX_RW_COUNT (0x7fffffffUL & ~0xfffUL)
static inline void iter_user(struct iter *it, void __user *buf, size_t n)
{
	n = min(n, MAX_RW_COUNT);
	it->one = (struct iovec){ (void *)buf, n };
	it->iov = &it->one;
	it->nr_iov = 1;
	it->offset = 0;
	it->count = n;
	it->user = true;
}
void iter_kernel(struct iter *it, void *buf, size_t n);
/* Copy an iovec array from user space, check it (-EINVAL, -EFAULT). *@vec is
 * kmalloc'ed (kfree it) unless n <= nr of @fast. */
int iter_import(struct iter *it, const struct iovec __user *uvec,
		unsigned long n, struct iovec *fast, u32 nr_fast,
		struct iovec **vec);
/* Bytes copied; short only at a fault or when the iter is used up. */
size_t copy_to_iter(const void *src, size_t n, struct iter *it);
size_t copy_from_iter(void *dst, size_t n, struct iter *it);
size_t iter_zero(size_t n, struct iter *it);
void iter_advance(struct iter *it, size_t n);

/* ---- directories ------------------------------------------------------- */

struct dir_context {
	/* Take one entry; false: no more room, stop. */
	bool (*actor)(struct dir_context *ctx, const char *name, int len,
		      loff_t pos, ino_t ino, unsigned int d_type);
	loff_t pos; /* of the next entry: what getdents puts into d_off */
};
static inline bool dir_emit(struct dir_context *ctx, const char *name, int len,
			    ino_t ino, unsigned int d_type)
{
	return ctx->actor(ctx, name, len, ctx->pos, ino, d_type);
}
/* "." at position 0 and ".." at 1; advances pos. */
bool dir_emit_dots(struct file *file, struct dir_context *ctx);

/* ---- poll -------------------------------------------------------------- */

struct poll_table {
	/* Put a waiter on @q; NULL: just asking. */
	void (*queue)(struct poll_table *pt, struct file *file,
		      struct waitq *q);
};
static inline void poll_wait(struct file *file, struct waitq *q,
			     struct poll_table *pt)
{
	if (pt && pt->queue)
		pt->queue(pt, file, q);
}

/* ---- files -------------------------------------------------------------- */

struct file_ops {
	bool direct; /* O_DIRECT makes sense */
	ssize_t (*read)(struct file *f, struct iter *it, loff_t *pos);
	ssize_t (*write)(struct file *f, struct iter *it, loff_t *pos);
	loff_t (*llseek)(struct file *f, loff_t offset, int whence);
	int (*iterate)(struct file *f, struct dir_context *ctx);
	u32 (*poll)(struct file *f, struct poll_table *pt); /* EPOLL* mask */
	long (*ioctl)(struct file *f, u32 cmd, unsigned long arg);
	int (*mmap)(struct file *f, struct vma *vma);
	/* One more area with this file, by fork or split; one less. Those
	 * that mmap made, too. mm->lock may be held. */
	void (*vma_open)(struct vma *vma);
	void (*vma_close)(struct vma *vma);
	int (*open)(struct inode *inode, struct file *f);
	void (*release)(struct file *f); /* last put */
	/* After a put that was not the last, of a file in flight with
	 * FMODE_CYCLE: it is perhaps held only by what it holds. */
	void (*lost)(void);
	int (*flush)(struct file *f);	 /* each close(2) */
	int (*fsync)(struct file *f);
	int (*fallocate)(struct file *f, int mode, loff_t off, loff_t len);
	void (*show_fdinfo)(struct seq *seq, struct file *f);
};
ssize_t no_read(struct file *f, struct iter *it, loff_t *pos);	 /* -EINVAL */
ssize_t no_write(struct file *f, struct iter *it, loff_t *pos);	 /* -EINVAL */
loff_t no_llseek(struct file *f, loff_t offset, int whence);	 /* -ESPIPE */
loff_t generic_llseek(struct file *f, loff_t offset, int whence);
int no_iterate(struct file *f, struct dir_context *ctx);	 /* -ENOTDIR */
u32 always_ready_poll(struct file *f, struct poll_table *pt);
long no_ioctl(struct file *f, u32 cmd, unsigned long arg);	 /* -ENOTTY */
int no_mmap(struct file *f, struct vma *vma);			 /* -ENODEV */
void no_vma_event(struct vma *vma);
int no_open(struct inode *inode, struct file *f);		 /* 0 */
void no_release(struct file *f);
void no_lost(void);
int no_flush(struct file *f);
int no_fsync(struct file *f);					 /* -EINVAL */
int noop_fsync(struct file *f);					 /* 0 */
int no_fallocate(struct file *f, int mode, loff_t off, loff_t len); /* -EOPNOTSUPP */
void no_fdinfo(struct seq *seq, struct file *f);
#define FILE_OPS_DEFAULTS                                                      \
	.read = no_read, .write = no_write, .llseek = no_llseek,               \
	.iterate = no_iterate, .poll = always_ready_poll, .ioctl = no_ioctl,   \
	.mmap = no_mmap, .vma_open = no_vma_event, .vma_close = no_vma_event,  \
	.open = no_open, .release = no_release, .lost = no_lost,               \
	.flush = no_flush, .fsync = no_fsync, .fallocate = no_fallocate,       \
	.show_fdinfo = no_fdinfo
/* Regular files whose content is inode->op->get_page: ramfs and tmpfs. */
ssize_t paged_read(struct file *f, struct iter *it, loff_t *pos);
ssize_t paged_write(struct file *f, struct iter *it, loff_t *pos);
int paged_mmap(struct file *f, struct vma *vma);

enum fmode {
	FMODE_READ = 1,
	FMODE_WRITE = 2,
	FMODE_LSEEK = 4,
	FMODE_PREAD = 8, /* pread and pwrite make sense */
	FMODE_PATH = 16, /* O_PATH */
	FMODE_EXEC = 32,
	FMODE_CAN_POLL = 64, /* epoll takes it (-EPERM otherwise) */
	FMODE_STREAM = 128,
	FMODE_NO_PWRITE = 512, /* but pread may */
	FMODE_CYCLE = 256, /* may hold itself: its op->lost is called */
	FMODE_NEED_UMOUNT = 1024, /* owns a detached tree: fs/open_tree.c */
};

struct file {
	struct refcount refs; /* descriptors, mmaps, calls in progress */
	struct spinlock lock;
	struct path path;     /* [I] counted */
	struct inode *inode;  /* [I] path.dentry->inode */
	const struct file_ops *op; /* [I] */
	u32 mode;	      /* enum fmode */
	u32 flags;	      /* O_* as F_GETFL shows; under lock */
	loff_t pos;	      /* pos_lock */
	struct mutex pos_lock;
	const struct cred *cred; /* [I] counted: of the opener */
	void *private;	      /* the driver's own */
	struct list epitems;  /* epoll watches of this file; epoll's lock */
	u32 in_flight;	      /* [a] references that are in queues of
				 sockets (SCM_RIGHTS) */
	pid_t owner_pid;      /* F_SETOWN */
	u32 seals;
};

/* [a] Counts what makes a file.in_flight more than 0: see file_put(). */
extern u32 files_sent;

void file_module_init(void);
static inline struct file *file_get(struct file *f)
{
	refcount_inc(&f->refs);
	return f;
}
void file_put(struct file *f); /* may sleep; NULL ignored */
/* A file with the operations @op on @path, whose references are taken: no open
 * is called and nothing is checked. For nameless files. ERR_PTR(-ENOMEM). */
struct file *file_new_on(const struct path *path, u32 flags,
			 const struct file_ops *op);
void file_accessed(struct file *f); /* it was read: the access time, maybe */
/* A file on @path with op->open called; O_* @flags; takes its own reference on
 * path. Permissions are NOT checked here (namei does). ERR_PTR. */
struct file *file_open_path(const struct path *path, u32 flags);
/* The same, but the references of @path are taken over, also on error. @room, or
 * NULL: see below. */
struct file *file_open_room(const struct path *path, u32 flags,
			    struct file *room);
/* For who changes something before he opens, and may not fail between: memory
 * for one file, or NULL; given back. */
struct file *file_reserve(void);
void file_unreserve(struct file *room); /* NULL ignored */
/* As open(2) of a kernel string relative to current's root and cwd. */
struct file *file_open(const char *name, u32 flags, umode_t mode);
/* For execve: resolved relative to @dirfd with AT_* flags, regular, executable,
 * not noexec, writers denied (undone by file_allow_write). ERR_PTR:
 * -EACCES, -ENOENT, -ETXTBSY, ... */
struct file *file_open_exec(int dirfd, const char *name, int at_flags);
void file_deny_write(struct file *f); /* one more user of the image */
void file_allow_write(struct file *f);
ssize_t file_read_kernel(struct file *f, void *buf, size_t n, loff_t pos);
ssize_t file_write_kernel(struct file *f, const void *buf, size_t n,
			  loff_t *pos);
ssize_t file_read(struct file *f, struct iter *it, loff_t *pos);
ssize_t file_write(struct file *f, struct iter *it, loff_t *pos);
u32 file_poll(struct file *f, struct poll_table *pt);

/* ---- descriptor tables --------------------------------------------------- */

struct files {
	struct refcount refs; /* tasks (CLONE_FILES) */
	struct spinlock lock;
	struct file **fd;     /* [nr] */
	u64 *open, *cloexec;  /* bitmaps */
	u32 nr;		      /* multiple of 64 */
	u32 next;	      /* no free descriptor below */
	struct file *fd_inline[64];
	u64 open_inline, cloexec_inline;
};
/* What RLIMIT_NOFILE can be at most, and a table's numbers are below. */
#define NR_OPEN_DEFAULT (1024 * 1024)
#define NR_OPEN_MIN 64
#define NR_OPEN_MAX (0x7fffffff & ~63)
extern u32 nr_open; /* [a] sysctl fs.nr_open */
struct files *files_new(void);			     /* ERR_PTR */
struct files *files_copy(struct files *old);	     /* ERR_PTR */
void files_put(struct files *fs);		     /* closes all at the last */
void files_exec_close(struct files *fs);	     /* close-on-exec */
int files_unshare(void); /* current gets its own table; -ENOMEM */
/* Lowest free descriptor >= @min below RLIMIT_NOFILE, reserved. -EMFILE. */
int fd_alloc(u32 min, bool cloexec);
int fd_alloc_lowest(bool cloexec); /* @min 0 */
void fd_install(int fd, struct file *f); /* takes over the reference */
void fd_free(int fd);			 /* a reserved one */
/* fd_alloc + fd_install; on error the file is put. */
int fd_install_new(struct file *f, u32 flags /* O_CLOEXEC */);
struct file *fd_get(int fd);	  /* counted; NULL: bad, or O_PATH */
struct file *fd_get_raw(int fd);  /* O_PATH ones too */

/*
 * A descriptor for the length of one system call. If current alone has its table,
 * nobody can close the number meanwhile, so the table's reference is enough and
 * nothing is locked or counted.
 */
struct fdref {
	struct file *file; /* NULL: bad */
	bool counted;
};
struct file *fd_get_of(struct files *fs, u32 fd); /* any table; NULL */
static inline bool fd_table_alone(const struct files *fs)
{
	return likely(refcount_read(&fs->refs) == 1);
}
/* @fd's file in such a table, not counted; NULL: none. */
static inline struct file *fd_peek(const struct files *fs, int fd)
{
	return (u32)fd < fs->nr ? fs->fd[fd] : NULL;
}
static inline struct fdref fd_borrow_raw(int fd) /* O_PATH ones too */
{
	struct files *fs = current->files;
	struct file *f;

	if (fd_table_alone(fs))
		return (struct fdref){ fd_peek(fs, fd), false };
	f = fd_get_of(fs, (u32)fd);
	return (struct fdref){ f, f };
}
static inline void fd_return(struct fdref ref)
{
	if (unlikely(ref.counted))
		file_put(ref.file);
}
static inline struct fdref fd_borrow(int fd)
{
	struct fdref ref = fd_borrow_raw(fd);

	if (ref.file && unlikely(ref.file->mode & FMODE_PATH)) {
		fd_return(ref);
		ref.file = NULL;
	}
	return ref;
}
/* Is the file current's alone, as long as it is borrowed? */
static inline bool fd_alone(struct fdref ref)
{
	return !ref.counted && refcount_read(&ref.file->refs) == 1;
}

int fd_close(int fd);		  /* 0, -EBADF, or what flush said */
int fd_replace(int fd, struct file *f, bool cloexec); /* dup2; -EBADF */
bool fd_cloexec(struct files *fs, u32 fd);
/* The least open fd >= @fd, or -1: for /proc/PID/fd. */
int fd_next(struct files *fs, u32 fd);
struct files *task_files_get(struct task *t); /* counted or NULL */

#endif

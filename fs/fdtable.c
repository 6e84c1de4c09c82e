// SPDX-License-Identifier: MIT
/*
 * Descriptor tables: small numbers to open files (struct files in file.h).
 *
 * A bit in .open says that a number is taken; its file comes with
 * fd_install(), so a reserved number has no file for a while. The arrays start
 * inside struct files and are replaced by larger ones, under files->lock; nobody
 * reads them without it.
 */
#include <linux/fcntl.h>
#include <linux/resource.h>

#include "fs/file.h"
#include "fs/locks.h"
#include "kernel/lib/assert.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/task/task.h"

#define FIRST 64
#define BITS 64

u32 nr_open = NR_OPEN_DEFAULT;

/* ---- tables ------------------------------------------------------------------ */

struct files *files_new(void)
{
	struct files *fs = kzalloc(sizeof(*fs));

	if (!fs)
		return ERR_PTR(-ENOMEM);
	refcount_set(&fs->refs, 1);
	spin_init(&fs->lock, "files");
	fs->fd = fs->fd_inline;
	fs->open = &fs->open_inline;
	fs->cloexec = &fs->cloexec_inline;
	fs->nr = FIRST;
	return fs;
}

/* The arrays of a table of @nr numbers. The two bitmaps are one piece. */
struct arrays {
	struct file **fd;
	u64 *open, *cloexec;
	u32 nr;
};

static bool arrays_new(struct arrays *a, u32 nr)
{
	a->fd = kzalloc(nr * sizeof(*a->fd));
	a->open = kzalloc(2 * nr / 8);
	if (!a->fd || !a->open) {
		kfree(a->fd);
		kfree(a->open);
		return false;
	}
	a->cloexec = a->open + nr / BITS;
	a->nr = nr;
	return true;
}

/* The arrays that are in use may be those inside struct files. */
static void arrays_free(const struct files *fs, struct file **fd, u64 *open)
{
	if (fd == fs->fd_inline)
		return;
	kfree(fd);
	kfree(open);
}

static void arrays_copy(struct arrays *to, const struct files *from)
{
	memcpy(to->fd, from->fd, from->nr * sizeof(*from->fd));
	memcpy(to->open, from->open, from->nr / 8);
	memcpy(to->cloexec, from->cloexec, from->nr / 8);
}

static void arrays_set(struct files *fs, const struct arrays *a)
{
	fs->fd = a->fd;
	fs->open = a->open;
	fs->cloexec = a->cloexec;
	fs->nr = a->nr;
}

/* Make room for number @fd. -EMFILE: more than can be; -ENOMEM. */
static int files_grow(struct files *fs, u32 fd)
{
	struct arrays a;
	struct file **fds;
	u64 *open;
	u32 nr = FIRST;

	if (fd >= READ_ONCE(nr_open))
		return -EMFILE;
	while (nr <= fd)
		nr *= 2;
	if (!arrays_new(&a, nr))
		return -ENOMEM;
	spin_lock(&fs->lock);
	fds = a.fd; /* not needed, if another task was faster */
	open = a.open;
	if (fs->nr < nr) {
		arrays_copy(&a, fs);
		fds = fs->fd;
		open = fs->open;
		arrays_set(fs, &a);
	}
	spin_unlock(&fs->lock);
	arrays_free(fs, fds, open);
	return 0;
}

static bool bit(const u64 *map, u32 n)
{
	return map[n / BITS] >> (n % BITS) & 1;
}

static void bit_set(u64 *map, u32 n, bool on)
{
	if (on)
		map[n / BITS] |= 1ULL << (n % BITS);
	else
		map[n / BITS] &= ~(1ULL << (n % BITS));
}

/* A reserved number without a file is free in the copy. */
static void copy_locked(struct files *to, const struct files *from, u32 nr)
{
	for (u32 i = 0; i < nr; i++) {
		if (!from->fd[i])
			continue;
		to->fd[i] = file_get(from->fd[i]);
		bit_set(to->open, i, true);
		bit_set(to->cloexec, i, bit(from->cloexec, i));
	}
}

static u32 highest_word(const struct files *fs)
{
	u32 n = fs->nr / BITS;

	while (n > 1 && !fs->open[n - 1])
		n--;
	return n * BITS;
}

/**
 * files_copy - a table of its own for a child
 * @old: copied; it may change meanwhile
 *
 * Return: refs 1, one more reference on each file; ERR_PTR(-ENOMEM).
 */
struct files *files_copy(struct files *old)
{
	struct files *fs = files_new();
	u32 need;
	int err;

	if (IS_ERR(fs))
		return fs;
	for (;;) {
		spin_lock(&old->lock);
		need = highest_word(old);
		if (need <= fs->nr)
			break;
		spin_unlock(&old->lock);
		err = files_grow(fs, need - 1);
		if (err) {
			files_put(fs);
			return ERR_PTR(err);
		}
	}
	copy_locked(fs, old, need);
	spin_unlock(&old->lock);
	return fs;
}

/* Take number @fd out; its file is the caller's. */
static __forced_inline struct file *take(struct files *fs, u32 fd)
{
	struct file *f = NULL;

	spin_lock(&fs->lock);
	if (likely(fd < fs->nr))
		f = fs->fd[fd];
	if (likely(f)) {
		fs->fd[fd] = NULL;
		bit_set(fs->open, fd, false);
		bit_set(fs->cloexec, fd, false);
		fs->next = min(fs->next, fd);
	}
	spin_unlock(&fs->lock);
	return f;
}

/* What close(2) does with a file that left @fs. */
static __forced_inline int close_inline(struct files *fs, struct file *f)
{
	int err = 0;

	if (!(f->mode & FMODE_PATH)) {
		err = f->op->flush(f);
		locks_release_posix(f, fs);
	}
	file_put(f);
	return err;
}

static __noinline int close_file(struct files *fs, struct file *f)
{
	return close_inline(fs, f);
}

void files_put(struct files *fs)
{
	if (!fs || !refcount_dec_and_test(&fs->refs))
		return;
	for (u32 i = 0; i < fs->nr; i++) {
		struct file *f = fs->fd[i];

		if (f) {
			fs->fd[i] = NULL;
			close_file(fs, f);
		}
	}
	arrays_free(fs, fs->fd, fs->open);
	kfree(fs);
}

/* exec: @fs is current's, and nobody shares it. Whole words without such a number
 * are skipped. */
void files_exec_close(struct files *fs)
{
	for (u32 w = 0; w < fs->nr / BITS; w++) {
		u64 set = fs->cloexec[w];

		for (; set; set &= set - 1) {
			fd_close((int)(w * BITS + (u32)__builtin_ctzll(set)));
		}
	}
}

int files_unshare(void)
{
	struct task *t = current;
	struct files *old = t->files, *fs;

	if (refcount_read(&old->refs) == 1)
		return 0;
	fs = files_copy(old);
	if (IS_ERR(fs))
		return (int)PTR_ERR(fs);
	spin_lock(&t->lock);
	t->files = fs;
	spin_unlock(&t->lock);
	files_put(old);
	return 0;
}

struct files *task_files_get(struct task *t)
{
	struct files *fs;

	spin_lock(&t->lock);
	fs = t->files;
	if (fs)
		refcount_inc(&fs->refs);
	spin_unlock(&t->lock);
	return fs;
}

/* ---- numbers ------------------------------------------------------------------- */

static u64 fd_limit(void)
{
	return current->signal->rlim[RLIMIT_NOFILE].cur;
}

/* The lowest free number >= @min; fs->nr if there is none. */
static inline u32 find_free(const struct files *fs, u32 min_fd)
{
	u32 at = max(min_fd, fs->next), w = at / BITS;
	u64 free;

	if (at >= fs->nr)
		return at;
	free = ~fs->open[w] & ~0ULL << at % BITS;
	while (unlikely(!free)) {
		if (++w == fs->nr / BITS)
			return fs->nr;
		free = ~fs->open[w];
	}
	return w * BITS + (u32)__builtin_ctzll(free);
}

/* Reserve the lowest free number >= @min_fd, if the table has one and the limit
 * allows it. -EMFILE; or -ENOSPC: the table must grow for *@want. */
static __forced_inline int reserve(struct files *fs, u32 min_fd, bool cloexec,
				   u32 *want)
{
	u32 fd;
	int err = -ENOSPC;

	spin_lock(&fs->lock);
	*want = fd = find_free(fs, min_fd);
	if (unlikely(fd >= fd_limit())) {
		err = -EMFILE;
	} else if (likely(fd < fs->nr)) {
		bit_set(fs->open, fd, true);
		if (cloexec)
			bit_set(fs->cloexec, fd, true);
		if (min_fd <= fs->next)
			fs->next = fd + 1;
		err = (int)fd;
	}
	spin_unlock(&fs->lock);
	return err;
}

/* See file.h. */
int fd_alloc(u32 min_fd, bool cloexec)
{
	struct files *fs = current->files;
	u32 want;
	int fd, err;

	while (unlikely((fd = reserve(fs, min_fd, cloexec, &want)) == -ENOSPC)) {
		err = files_grow(fs, want);
		if (err)
			return err;
	}
	return fd;
}

/* fd_alloc(0, @cloexec), in which nearly all begins that gets a descriptor. */
int fd_alloc_lowest(bool cloexec)
{
	u32 want;
	int fd = reserve(current->files, 0, cloexec, &want);

	return unlikely(fd == -ENOSPC) ? fd_alloc(0, cloexec) : fd;
}

static __noinline void install_locked(struct files *fs, int fd, struct file *f)
{
	spin_lock(&fs->lock);
	assert(bit(fs->open, (u32)fd) && !fs->fd[fd]);
	fs->fd[fd] = f;
	spin_unlock(&fs->lock);
}

/* Into a table that is current's alone others look at most. */
void fd_install(int fd, struct file *f)
{
	struct files *fs = current->files;

	if (unlikely(refcount_read(&fs->refs) != 1)) {
		install_locked(fs, fd, f);
		return;
	}
	assert(!fs->fd[fd]);
	atomic_store(&fs->fd[fd], f);
}

void fd_free(int fd)
{
	struct files *fs = current->files;

	spin_lock(&fs->lock);
	bit_set(fs->open, (u32)fd, false);
	bit_set(fs->cloexec, (u32)fd, false);
	fs->next = min(fs->next, (u32)fd);
	spin_unlock(&fs->lock);
}

int fd_install_new(struct file *f, u32 flags)
{
	int fd = fd_alloc(0, flags & O_CLOEXEC);

	if (fd < 0)
		file_put(f);
	else
		fd_install(fd, f);
	return fd;
}

struct file *fd_get_of(struct files *fs, u32 fd)
{
	struct file *f = NULL;

	spin_lock(&fs->lock);
	if (fd < fs->nr && fs->fd[fd])
		f = file_get(fs->fd[fd]);
	spin_unlock(&fs->lock);
	return f;
}

struct file *fd_get_raw(int fd)
{
	return fd_get_of(current->files, (u32)fd);
}

struct file *fd_get(int fd)
{
	struct file *f = fd_get_raw(fd);

	if (f && (f->mode & FMODE_PATH)) {
		file_put(f);
		return NULL;
	}
	return f;
}

int fd_close(int fd)
{
	struct files *fs = current->files;
	struct file *f = take(fs, (u32)fd);

	return f ? close_inline(fs, f) : -EBADF;
}

/**
 * fd_replace - dup2(2): number @fd becomes @f
 * @fd: number; what it was is closed
 * @f: reference taken over, also on error
 * @cloexec: close-on-exec of the new one
 *
 * Return: 0, -EBADF (beyond the limit), -EBUSY (reserved just now), -ENOMEM.
 */
int fd_replace(int fd, struct file *f, bool cloexec)
{
	struct files *fs = current->files;
	struct file *old;
	int err = 0;

	if (fd < 0 || (u32)fd >= fd_limit())
		err = -EBADF;
	else if ((u32)fd >= READ_ONCE(fs->nr))
		err = files_grow(fs, (u32)fd);
	if (err) {
		file_put(f);
		return err == -EMFILE ? -EBADF : err; /* no such number */
	}
	spin_lock(&fs->lock);
	if (bit(fs->open, (u32)fd) && !fs->fd[fd]) {
		spin_unlock(&fs->lock);
		file_put(f);
		return -EBUSY;
	}
	old = fs->fd[fd];
	fs->fd[fd] = f;
	bit_set(fs->open, (u32)fd, true);
	bit_set(fs->cloexec, (u32)fd, cloexec);
	spin_unlock(&fs->lock);
	if (old)
		close_file(fs, old);
	return 0;
}

bool fd_cloexec(struct files *fs, u32 fd)
{
	bool on;

	spin_lock(&fs->lock);
	on = fd < fs->nr && bit(fs->cloexec, fd);
	spin_unlock(&fs->lock);
	return on;
}

int fd_next(struct files *fs, u32 fd)
{
	int found = -1;

	spin_lock(&fs->lock);
	for (; fd < fs->nr && found < 0; fd++)
		if (fs->fd[fd])
			found = (int)fd;
	spin_unlock(&fs->lock);
	return found;
}

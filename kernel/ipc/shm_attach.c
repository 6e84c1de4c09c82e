// SPDX-License-Identifier: MIT
/*
 * Attaching shared memory (shmop(2)). shmat is mmap of a file that nobody can
 * open: one made for this attachment, on the segment's inode. Its vma_open
 * and vma_close count the areas: fork and split add, unmap and exit take away.
 * When the last of them is gone the file is, and release() looks whether the
 * segment goes too.
 */
#include <linux/mman.h>

#include "fs/file.h"
#include "kernel/debug/why.h"
#include "kernel/ipc/shm_impl.h"
#include "kernel/mm/vma.h"

/* ---- an attachment's life --------------------------------------------------------- */

static void attach_vma_open(struct vma *v)
{
	struct shm *shm = v->file->private;

	mutex_lock(&shm->ns->lock);
	shm->nattch++;
	shm->atime = ipc_now();
	ipc_pid_set(&shm->lpid, current_tgid());
	mutex_unlock(&shm->ns->lock);
}

static void attach_vma_close(struct vma *v)
{
	struct shm *shm = v->file->private;

	mutex_lock(&shm->ns->lock);
	shm->nattch--;
	shm->dtime = ipc_now();
	ipc_pid_set(&shm->lpid, current_tgid());
	mutex_unlock(&shm->ns->lock);
}

static int attach_mmap(struct file *f __maybe_unused, struct vma *v)
{
	attach_vma_open(v);
	return 0;
}

static void attach_release(struct file *f)
{
	struct shm *shm = f->private;
	struct ipc_ns *ns = shm->ns;

	mutex_lock(&ns->lock);
	shm->files--;
	shm_end_if_unused(shm);
	mutex_unlock(&ns->lock);
	ns_put(&ns->ns, PIN_SHM);
}

/* madvise(MADV_REMOVE) frees pages of the segment. */
static int attach_fallocate(struct file *f, int mode, loff_t off, loff_t len)
{
	const struct shm *shm = f->private;

	return shm->file->op->fallocate(shm->file, mode, off, len);
}

static const struct file_ops attach_fops = {
	FILE_OPS_DEFAULTS,
	.mmap = attach_mmap,
	.vma_open = attach_vma_open,
	.vma_close = attach_vma_close,
	.release = attach_release,
	.fallocate = attach_fallocate,
};

/* A file for one more attachment of @shm; ns->lock held. ERR_PTR(-ENOMEM). */
static struct file *attach_file(struct shm *shm, int flags)
{
	struct file *f = file_open_path(&shm->file->path,
					flags & SHM_RDONLY ? O_RDONLY : O_RDWR);

	if (IS_ERR(f))
		return f;
	f->inode->ino = (ino_t)shm->obj.id; /* as /proc/PID/maps shows it */
	f->op = &attach_fops;
	f->private = shm;
	shm->files++;
	ns_get(&shm->ns->ns, PIN_SHM);
	return f;
}

/* ---- shmat(2) ----------------------------------------------------------------------- */

/* Where: 0 leaves it to the kernel. -EINVAL. */
static int place_check(u64 *addr, int flags)
{
	bool aligned = !(*addr & ~PAGE_MASK);

	if (!aligned && !(flags & SHM_RND))
		return why(-EINVAL, "shmat: the address is not of a page");
	*addr &= PAGE_MASK;
	if (!*addr && flags & SHM_REMAP)
		return why(-EINVAL, "shmat: SHM_REMAP without an address");
	return 0;
}

static u32 wanted_mode(int flags)
{
	return (flags & SHM_RDONLY ? 0444 : 0666) |
	       (flags & SHM_EXEC ? 0111 : 0);
}

static u32 wanted_prot(int flags)
{
	return PROT_READ | (flags & SHM_RDONLY ? 0 : PROT_WRITE) |
	       (flags & SHM_EXEC ? PROT_EXEC : 0);
}

/* The file to map; its size in *@size. ERR_PTR. */
static struct file *segment_open(struct ipc_ns *ns, int id, int flags,
				 u64 *size)
{
	struct shm *shm = shm_find(ns, id);
	int err = PTR_ERR_OR_ZERO(shm);

	if (!err)
		err = ipc_may(ns, &shm->obj, wanted_mode(flags));
	if (err)
		return ERR_PTR(err);
	*size = shm->size;
	return attach_file(shm, flags);
}

static s64 segment_map(struct file *f, u64 addr, u64 size, int flags)
{
	u32 fixed = flags & SHM_REMAP ? MAP_FIXED : MAP_FIXED_NOREPLACE;
	s64 ret;

	if (addr && addr + size < addr)
		return -EINVAL;
	ret = mm_mmap(current->mm, addr, size, wanted_prot(flags),
		      MAP_SHARED | (addr ? fixed : 0), f, 0);
	if (ret == -EEXIST)
		ret = why(-EINVAL, "shmat: something is mapped there, and no "
				   "SHM_REMAP");
	return ret;
}

/**
 * shm_attach - shmat(2)
 * @addr: where, or 0
 * @flags: SHM_RDONLY, SHM_EXEC, SHM_RND, SHM_REMAP
 *
 * Context: may sleep; takes ns->lock, then mm->lock.
 * Return: the address; -EINVAL: no such segment, or it cannot be there;
 * -EACCES; -ENOMEM.
 */
s64 shm_attach(int id, u64 addr, int flags)
{
	struct ipc_ns *ns = current_ipc_ns();
	struct file *f;
	u64 size = 0;
	s64 ret;

	if (id < 0 || place_check(&addr, flags))
		return -EINVAL;
	mutex_lock(&ns->lock);
	f = segment_open(ns, id, flags, &size);
	mutex_unlock(&ns->lock);
	if (IS_ERR(f))
		return PTR_ERR(f);
	ret = segment_map(f, addr, size, flags);
	file_put(f); /* the area has its own reference */
	return ret;
}

/* ---- shmdt(2) ----------------------------------------------------------------------- */

/* Is @v of an attachment that begins at @addr? */
static bool is_part(const struct vma *v, u64 addr)
{
	return v->file && v->file->op == &attach_fops &&
	       (v->start - addr) >> PAGE_SHIFT == v->pgoff;
}

/* Unmap what is left of the attachment at @addr; areas come to @gone. */
static int detach_locked(struct mm *mm, u64 addr, struct list *gone)
{
	struct vma *v = vma_find(mm, addr), *next;
	const struct file *f = NULL;
	u64 end = USER_END;
	int err = -EINVAL;

	for (; v && v->start < end; v = next) {
		next = vma_next(v);
		if (!is_part(v, addr) || (f && v->file != f))
			continue;
		if (!f) {
			f = v->file;
			end = addr + (u64)f->inode->size;
		}
		err = unmap_locked(mm, v->start, v->end, gone);
		if (err)
			break;
	}
	return err;
}

/**
 * shm_detach - shmdt(2)
 *
 * Parts that were unmapped before, or mapped over, do not matter.
 * Return: 0; -EINVAL: no attachment begins at @addr.
 */
int shm_detach(u64 addr)
{
	struct mm *mm = current->mm;
	struct list gone = LIST_INIT(gone);
	int err;

	if (addr & ~PAGE_MASK)
		return -EINVAL;
	mutex_lock(&mm->lock);
	err = detach_locked(mm, addr, &gone);
	mutex_unlock(&mm->lock);
	areas_free(&gone);
	if (err)
		return why(err, "shmdt: nothing is attached at 0x%llx",
			   (unsigned long long)addr);
	return 0;
}

// SPDX-License-Identifier: MIT
/* What several files of system calls need: see common.h. */
#include "kernel/sys/common.h"
#include "arch/x86_64/arch.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/task/task.h"

/* Are the @n bytes at @src zero? 0, -E2BIG, -EFAULT. */
static int user_is_zero(const char __user *src, size_t n)
{
	char buf[64];
	size_t part;

	for (; n; n -= part, src += part) {
		part = min(n, sizeof(buf));
		if (copy_from_user(buf, src, part))
			return -EFAULT;
		for (size_t i = 0; i < part; i++)
			if (buf[i])
				return -E2BIG;
	}
	return 0;
}

int copy_struct_from_user(void *dst, size_t ksize, const void __user *src,
			  size_t usize)
{
	size_t known = min(ksize, usize);
	int err = 0;

	if (usize > ksize)
		err = user_is_zero((const char __user *)src + ksize,
				   usize - ksize);
	if (err)
		return err;
	memset((char *)dst + known, 0, ksize - known);
	return copy_from_user(dst, src, known);
}

int fd_set_cloexec(int fd, bool cloexec)
{
	struct files *fs = current->files;
	int err = -EBADF;
	u64 bit;

	spin_lock(&fs->lock);
	if (fd >= 0 && (u32)fd < fs->nr && fs->fd[fd]) {
		bit = 1ULL << (fd % 64);
		if (cloexec)
			fs->cloexec[fd / 64] |= bit;
		else
			fs->cloexec[fd / 64] &= ~bit;
		err = 0;
	}
	spin_unlock(&fs->lock);
	return err;
}

bool path_is_empty(const char __user *path, unsigned int flags)
{
	char first;

	if (!(flags & AT_EMPTY_PATH))
		return false;
	return !path || (!copy_from_user(&first, path, 1) && !first);
}

struct task *task_by_number(pid_t nr)
{
	return nr ? task_find_get(task_active_pid_ns(current), nr) :
		    task_get(current);
}

// SPDX-License-Identifier: MIT
/*
 * Copies between kernel and user memory: is the range the user's at all? Then
 * uaccess.asm does it, and a fault that cannot be mended ends it.
 */
#include "arch/x86_64/cpu.h"
#include "kernel/lib/err.h"

static bool range_ok(const void __user *p, size_t n)
{
	return (u64)p <= USER_END && n <= USER_END - (u64)p;
}

size_t copy_from_user_partial(void *dst, const void __user *src, size_t n)
{
	if (!range_ok(src, n))
		return n;
	return copy_user_asm(dst, (const void *)src, n);
}

size_t copy_to_user_partial(void __user *dst, const void *src, size_t n)
{
	if (!range_ok(dst, n))
		return n;
	return copy_user_asm((void *)dst, src, n);
}

int copy_from_user(void *dst, const void __user *src, size_t n)
{
	if (unlikely(!range_ok(src, n)))
		return -EFAULT;
	return unlikely(copy_user_asm(dst, (const void *)src, n)) ? -EFAULT : 0;
}

int copy_to_user(void __user *dst, const void *src, size_t n)
{
	if (unlikely(!range_ok(dst, n)))
		return -EFAULT;
	return unlikely(copy_user_asm((void *)dst, src, n)) ? -EFAULT : 0;
}

/* @n is small: the subtraction does not wrap. */
int copy_pieces_to_user(void __user *dst, const struct piece *p,
			const struct piece *end, size_t n)
{
	if (unlikely((u64)dst > USER_END - n))
		return -EFAULT;
	return copy_pieces_asm((void *)dst, p, end);
}

int clear_user(void __user *dst, size_t n)
{
	if (!range_ok(dst, n))
		return -EFAULT;
	return clear_user_asm((void *)dst, n) ? -EFAULT : 0;
}

/* Within @max bytes of @src is the end of user space. */
static __noinline ssize_t strncpy_from_end(char *dst, const char __user *src,
					   size_t max)
{
	size_t room = range_ok(src, 0) ? USER_END - (u64)src : 0;
	s64 n;

	if (!room)
		return -EFAULT;
	n = strncpy_user_asm(dst, (const char *)src, min(max, room));
	/* the end of user space came before the end of the string */
	if (n == (s64)room && room < max)
		return -EFAULT;
	return n;
}

ssize_t strncpy_from_user(char *dst, const char __user *src, size_t max)
{
	if (unlikely(!range_ok(src, max)))
		return strncpy_from_end(dst, src, max);
	return strncpy_user_asm(dst, (const char *)src, max);
}

int fpu_save_user(void __user *to)
{
	if (!range_ok(to, cpu_features.fpu_size))
		return -EFAULT;
	return (int)fpu_save_user_asm((void *)to, cpu_features.xsave);
}

int user_load_u32(const u32 __user *uaddr, u32 *val)
{
	if (!range_ok(uaddr, sizeof(*uaddr)))
		return -EFAULT;
	return (int)load_user_asm((const u32 *)uaddr, val);
}

int user_cmpxchg_u32(u32 __user *uaddr, u32 old, u32 new, u32 *prev)
{
	if (!range_ok(uaddr, sizeof(*uaddr)))
		return -EFAULT;
	return (int)cmpxchg_user_asm((u32 *)uaddr, old, new, prev);
}

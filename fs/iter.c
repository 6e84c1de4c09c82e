// SPDX-License-Identifier: MIT
/*
 * The buffers of one read or write: one or many, the user's or the kernel's,
 * used up from the front. See file.h.
 */
#include "fs/file.h"
#include "kernel/lib/alloc.h"
#include "kernel/lib/string.h"

#define UIO_MAX 1024 /* IOV_MAX of POSIX */

void iter_kernel(struct iter *it, void *buf, size_t n)
{
	iter_user(it, buf, n);
	it->user = false;
}

static int check_segments(struct iter *it, struct iovec *vec, unsigned long n)
{
	size_t total = 0;

	for (unsigned long i = 0; i < n; i++) {
		if ((ssize_t)vec[i].iov_len < 0)
			return -EINVAL;
		if ((u64)vec[i].iov_base > USER_END ||
		    vec[i].iov_len > USER_END - (u64)vec[i].iov_base)
			return -EFAULT;
		if (vec[i].iov_len > MAX_RW_COUNT - total)
			vec[i].iov_len = MAX_RW_COUNT - total;
		total += vec[i].iov_len;
	}
	it->iov = vec;
	it->nr_iov = (u32)n;
	it->offset = 0;
	it->count = total;
	it->user = true;
	return 0;
}

/* See file.h. */
int iter_import(struct iter *it, const struct iovec __user *uvec,
		unsigned long n, struct iovec *fast, u32 nr_fast,
		struct iovec **vec)
{
	struct iovec *to = fast;
	int err;

	*vec = NULL;
	if (n > UIO_MAX)
		return -EINVAL;
	if (n > nr_fast) {
		to = *vec = kmalloc(n * sizeof(*to));
		if (!to)
			return -ENOMEM;
	}
	err = copy_from_user(to, uvec, n * sizeof(*to));
	if (!err)
		err = check_segments(it, to, n);
	if (err) {
		kfree(*vec);
		*vec = NULL;
	}
	return err;
}

void iter_advance(struct iter *it, size_t n)
{
	it->count -= n;
	it->offset += n;
	while (it->nr_iov && it->offset >= it->iov->iov_len) {
		it->offset -= it->iov->iov_len;
		it->iov++;
		it->nr_iov--;
	}
}

/* What can be done in one go now; sets *@p to its start. */
static size_t segment(struct iter *it, size_t n, char **p)
{
	while (it->nr_iov && it->offset == it->iov->iov_len) {
		it->iov++;
		it->nr_iov--;
		it->offset = 0;
	}
	if (!it->nr_iov)
		return 0;
	*p = (char *)it->iov->iov_base + it->offset;
	return min(n, it->iov->iov_len - it->offset);
}

/* Move one piece; how much of it was NOT moved. */
static size_t piece_to(struct iter *it, char *to, const char *from, size_t n)
{
	if (it->user)
		return copy_to_user_partial((void __user *)to, from, n);
	memcpy(to, from, n);
	return 0;
}

static size_t piece_from(struct iter *it, char *to, const char *from, size_t n)
{
	if (it->user)
		return copy_from_user_partial(to, (const void __user *)from, n);
	memcpy(to, from, n);
	return 0;
}

/* The segment may be at its end afterwards: segment() goes on from there. */
static size_t advance_within(struct iter *it, size_t n)
{
	it->count -= n;
	it->offset += n;
	return n;
}

static __noinline size_t to_segments(const char *src, size_t n, struct iter *it)
{
	size_t done = 0, part, left;
	char *p;

	while (done < n && (part = segment(it, n - done, &p))) {
		left = piece_to(it, p, src + done, part);
		done += advance_within(it, part - left);
		if (left)
			break;
	}
	return done;
}

static __noinline size_t from_segments(char *dst, size_t n, struct iter *it)
{
	size_t done = 0, part, left;
	char *p;

	while (done < n && (part = segment(it, n - done, &p))) {
		left = piece_from(it, dst + done, p, part);
		done += advance_within(it, part - left);
		if (left)
			break;
	}
	return done;
}

/* All @n bytes are of the segment at hand, as in most calls: its place for them.
 * NULL: they are not. */
static char *whole_segment(const struct iter *it, size_t n)
{
	if (unlikely(!it->nr_iov || n > it->iov->iov_len - it->offset))
		return NULL;
	return (char *)it->iov->iov_base + it->offset;
}

size_t copy_to_iter(const void *src, size_t n, struct iter *it)
{
	char *to = whole_segment(it, n);

	if (unlikely(!to))
		return to_segments(src, n, it);
	return advance_within(it, n - piece_to(it, to, src, n));
}

size_t copy_from_iter(void *dst, size_t n, struct iter *it)
{
	char *from = whole_segment(it, n);

	if (unlikely(!from))
		return from_segments(dst, n, it);
	return advance_within(it, n - piece_from(it, dst, from, n));
}

size_t iter_zero(size_t n, struct iter *it)
{
	static char zeros[512]; /* not const: in .bss */
	size_t done = 0, part;

	while (done < n) {
		part = min(n - done, sizeof(zeros));
		part = copy_to_iter(zeros, part, it);
		done += part;
		if (!part)
			break;
	}
	return done;
}

// SPDX-License-Identifier: MIT
/* statmount(2), listmount(2): copy the arguments, call down (fs/mount.h). */
#include "arch/x86_64/arch.h"
#include "fs/mount.h"
#include "fs/seq.h"
#include "kernel/lib/newer.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"

#define ID_FIRST (1ULL << 31) /* unique ids are above it */
#define IDS_MAX 1000000
#define IDS_AT_ONCE 512

static int request_get(struct mnt_id_req *req, const void __user *ureq)
{
	u32 size;
	int err;

	BUILD_ASSERT(sizeof(*req) == MNT_ID_REQ_SIZE_VER1);
	if (copy_from_user(&size, ureq, sizeof(size)))
		return -EFAULT;
	if (size > PAGE_SIZE)
		return -E2BIG;
	if (size < MNT_ID_REQ_SIZE_VER0)
		return -EINVAL;
	memset(req, 0, sizeof(*req));
	err = copy_struct_from_user(req, sizeof(*req), ureq, size);
	if (err)
		return err;
	if (req->mnt_ns_fd || req->mnt_id <= ID_FIRST)
		return -EINVAL;
	return 0;
}

static int stat_give(struct statmount *sm, const struct seq *text,
		     void __user *ubuf, size_t size)
{
	size_t len = text->len > 1 ? text->len : 0; /* more than the first NUL */

	sm->size = (u32)(sizeof(*sm) + len);
	if (!len)
		return copy_to_user(ubuf, sm, size < sizeof(*sm) ? size :
								   sizeof(*sm));
	if (size < sm->size)
		return -EOVERFLOW;
	if (copy_to_user((char __user *)ubuf + sizeof(*sm), text->buf, len))
		return -EFAULT;
	return copy_to_user(ubuf, sm, sizeof(*sm));
}

long sys_statmount(const void __user *ureq, void __user *ubuf, size_t size,
		   unsigned int flags)
{
	struct seq text = { .buf = NULL };
	struct statmount *sm;
	struct mnt_id_req req;
	int err;

	BUILD_ASSERT(sizeof(*sm) == 512);
	if (flags)
		return -EINVAL;
	err = request_get(&req, ureq);
	if (err)
		return err;
	sm = kzalloc(sizeof(*sm));
	if (!sm)
		return -ENOMEM;
	seq_putc(&text, '\0');
	err = mount_stat(req.mnt_id, req.mnt_ns_id, req.param, sm, &text);
	if (!err)
		err = stat_give(sm, &text, ubuf, size);
	kfree(text.buf);
	kfree(sm);
	return err;
}

/* In pieces, so that the kernel's copy stays small. */
static long list_give(const struct mnt_id_req *req, bool reverse, u64 *ids,
		      u64 __user *uids, size_t n)
{
	u64 last = req->param;
	size_t done = 0;

	while (done < n) {
		u32 want = n - done < IDS_AT_ONCE ? (u32)(n - done) :
						    IDS_AT_ONCE;
		long got = mount_list(req->mnt_id, req->mnt_ns_id, last,
				      reverse, ids, want);

		if (got < 0)
			return got;
		if (copy_to_user(uids + done, ids, (size_t)got * sizeof(*ids)))
			return -EFAULT;
		done += (size_t)got;
		if (got < want)
			break;
		last = ids[got - 1];
	}
	return (long)done;
}

long sys_listmount(const void __user *ureq, u64 __user *uids, size_t n,
		   unsigned int flags)
{
	struct mnt_id_req req;
	u64 *ids;
	long got;

	if (flags & ~(u32)LISTMOUNT_REVERSE)
		return -EINVAL;
	if (n > IDS_MAX)
		return -EOVERFLOW;
	got = request_get(&req, ureq);
	if (got)
		return got;
	ids = kmalloc(IDS_AT_ONCE * sizeof(*ids));
	if (!ids)
		return -ENOMEM;
	got = list_give(&req, flags & LISTMOUNT_REVERSE, ids, uids, n);
	kfree(ids);
	return got;
}

// SPDX-License-Identifier: MIT
/*
 * bpf(2): programs about the devices of a cgroup (kernel/cgroup/device.h). A
 * program is a file; who has a descriptor of it may attach it to a group. Not
 * here: other kinds of programs, maps, links, and the log of a refusal (why()
 * has its reason).
 */
#include "fs/file.h"
#include "kernel/cgroup/device.h"
#include "kernel/debug/why.h"
#include "kernel/lib/alloc.h"
#include "kernel/lib/err.h"
#include "kernel/mm/mm.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"

#define ATTACH_FLAGS                                                           \
	((u32)(BPF_F_ALLOW_OVERRIDE | BPF_F_ALLOW_MULTI | BPF_F_REPLACE))
#define IDS_MAX (DEVICE_PROGS_MAX * 16) /* as many as a query looks at */

/* Is all of @attr zero behind the field @last, which its command does not use? */
#define used_up_to(attr, last)                                                 \
	is_zero_from(attr, offsetof(union bpf_attr, last) +                    \
				   sizeof((attr)->last))

static bool is_zero_from(const union bpf_attr *attr, size_t from)
{
	for (; from < sizeof(*attr); from++)
		if (((const u8 *)attr)[from])
			return false;
	return true;
}

/* CAP_SYS_ADMIN has been enough before there were others. */
static bool may(int cap)
{
	return capable(cap) || capable(CAP_SYS_ADMIN);
}

/* ---- the file of a program --------------------------------------------------- */

static void prog_release(struct file *f)
{
	ebpf_put(f->private);
}

static const struct file_ops prog_fops = {
	FILE_OPS_DEFAULTS,
	.release = prog_release,
};

/* A descriptor; the reference of @p is taken over. */
static long prog_fd(struct ebpf_prog *p)
{
	struct file *f = anon_file_new("bpf-prog", &prog_fops, p, O_RDWR);

	if (IS_ERR(f)) {
		ebpf_put(p);
		return PTR_ERR(f);
	}
	return fd_install_new(f, O_CLOEXEC);
}

/* Counted. ERR_PTR(-EBADF), ERR_PTR(-EINVAL): no program's. */
static struct ebpf_prog *prog_of_fd(u32 fd)
{
	struct file *f = fd_get((int)fd);
	struct ebpf_prog *p = ERR_PTR(-EINVAL);

	if (!f)
		return ERR_PTR(-EBADF);
	if (f->op == &prog_fops)
		p = ebpf_get(f->private);
	file_put(f);
	return p;
}

/* Counted. ERR_PTR(-EBADF): not a directory of a group. */
static struct cgroup *cgroup_of_fd(u32 fd)
{
	struct file *f = fd_get((int)fd);
	struct cgroup *cg;

	if (!f)
		return ERR_PTR(-EBADF);
	cg = cgroup_of_file(f);
	file_put(f);
	return cg;
}

/* ---- BPF_PROG_LOAD ------------------------------------------------------------ */

static long prog_take(const union bpf_attr *attr)
{
	struct ebpf_prog *p = ebpf_new(attr->insn_cnt);
	int err = -ENOMEM;

	if (!p)
		return err;
	err = copy_from_user(p->insns, (const void __user *)attr->insns,
			     p->len * sizeof(p->insns[0]));
	if (!err)
		err = ebpf_check(p, &device_kind);
	if (err) {
		ebpf_put(p);
		return err;
	}
	ebpf_publish(p);
	return prog_fd(p);
}

static long prog_load(const union bpf_attr *attr)
{
	char license[1];

	if (attr->prog_flags || attr->log_level)
		return -EINVAL;
	if (!attr->insn_cnt || attr->insn_cnt > BPF_MAXINSNS)
		return -E2BIG;
	if (copy_from_user(license, (const void __user *)attr->license,
			   sizeof(license)))
		return -EFAULT;
	if (!may(CAP_NET_ADMIN))
		return -EPERM;
	if (attr->prog_type != BPF_PROG_TYPE_CGROUP_DEVICE)
		return why(-EINVAL, "bpf: programs of type %u are not there",
			   attr->prog_type);
	return prog_take(attr);
}

/* ---- groups ------------------------------------------------------------------- */

static int attach_to(struct cgroup *cg, const union bpf_attr *attr)
{
	struct ebpf_prog *prog = prog_of_fd(attr->attach_bpf_fd), *old = NULL;
	int err;

	if (IS_ERR(prog))
		return (int)PTR_ERR(prog);
	if (attr->attach_flags & BPF_F_REPLACE)
		old = prog_of_fd(attr->replace_bpf_fd);
	err = IS_ERR(old) ? (int)PTR_ERR(old) :
			    device_attach(cg, prog, attr->attach_flags, old);
	if (!IS_ERR(old))
		ebpf_put(old);
	ebpf_put(prog);
	return err;
}

static int detach_from(struct cgroup *cg, const union bpf_attr *attr)
{
	struct ebpf_prog *prog = prog_of_fd(attr->attach_bpf_fd);
	int err = device_detach(cg, IS_ERR(prog) ? NULL : prog);

	if (!IS_ERR(prog))
		ebpf_put(prog);
	return err;
}

static long prog_attach(const union bpf_attr *attr, bool attach)
{
	struct cgroup *cg;
	int err;

	if (!used_up_to(attr, replace_bpf_fd) ||
	    (attach && attr->attach_flags & ~ATTACH_FLAGS) ||
	    attr->attach_type != BPF_CGROUP_DEVICE)
		return -EINVAL;
	if (!may(CAP_NET_ADMIN))
		return -EPERM;
	cg = cgroup_of_fd(attr->target_fd);
	if (IS_ERR(cg))
		return PTR_ERR(cg);
	err = attach ? attach_to(cg, attr) : detach_from(cg, attr);
	cgroup_put(cg);
	return err;
}

/* The answer of a query: @total ids, of which @n fit. */
static long query_answer(const union bpf_attr *attr,
			 union bpf_attr __user *to, const u32 *ids, u32 n,
			 u32 total, u32 mode)
{
	void __user *to_ids = (void __user *)attr->query.prog_ids;

	if (copy_to_user(&to->query.attach_flags, &mode, sizeof(mode)) ||
	    copy_to_user(&to->query.prog_cnt, &total, sizeof(total)))
		return -EFAULT;
	if (!attr->query.prog_cnt || !to_ids || !total)
		return 0;
	if (copy_to_user(to_ids, ids, n * sizeof(*ids)))
		return -EFAULT;
	return n < total ? -ENOSPC : 0;
}

static long query(const struct cgroup *cg, const union bpf_attr *attr,
		  union bpf_attr __user *to)
{
	u32 room = min(attr->query.prog_cnt, IDS_MAX), total, mode;
	u32 *ids = kmalloc(max(room, 1u) * sizeof(*ids));
	long err;

	if (!ids)
		return -ENOMEM;
	total = device_query(cg, attr->query.query_flags, ids, room, &mode);
	err = query_answer(attr, to, ids, min(room, total), total, mode);
	kfree(ids);
	return err;
}

static long prog_query(const union bpf_attr *attr, union bpf_attr __user *to)
{
	struct cgroup *cg;
	long err;

	if (!may(CAP_NET_ADMIN))
		return -EPERM;
	if (!used_up_to(attr, query.prog_cnt) ||
	    attr->query.query_flags & ~(u32)BPF_F_QUERY_EFFECTIVE ||
	    attr->query.attach_type != BPF_CGROUP_DEVICE)
		return -EINVAL;
	cg = cgroup_of_fd(attr->query.target_fd);
	if (IS_ERR(cg))
		return PTR_ERR(cg);
	err = query(cg, attr, to);
	cgroup_put(cg);
	return err;
}

/* ---- by id -------------------------------------------------------------------- */

static long prog_fd_by_id(const union bpf_attr *attr)
{
	struct ebpf_prog *p;

	if (!used_up_to(attr, prog_id))
		return -EINVAL;
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	p = ebpf_find(attr->prog_id);
	return p ? prog_fd(p) : -ENOENT;
}

static long prog_next_id(const union bpf_attr *attr, union bpf_attr __user *to)
{
	u32 next;

	if (!used_up_to(attr, next_id) || attr->start_id >= 0x7fffffff)
		return -EINVAL;
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	next = ebpf_next_id(attr->start_id);
	if (!next)
		return -ENOENT;
	return copy_to_user(&to->next_id, &next, sizeof(next));
}

long sys_bpf(int cmd, union bpf_attr __user *uattr, unsigned int size)
{
	union bpf_attr attr;
	int err;

	if (size > PAGE_SIZE)
		return -E2BIG;
	err = copy_struct_from_user(&attr, sizeof(attr), uattr, size);
	if (err)
		return err;
	if (!may(CAP_BPF))
		return why(-EPERM, "bpf: neither CAP_BPF nor CAP_SYS_ADMIN");
	switch (cmd) {
	case BPF_PROG_LOAD:
		return prog_load(&attr);
	case BPF_PROG_ATTACH:
	case BPF_PROG_DETACH:
		return prog_attach(&attr, cmd == BPF_PROG_ATTACH);
	case BPF_PROG_QUERY:
		return prog_query(&attr, uattr);
	case BPF_PROG_GET_FD_BY_ID:
		return prog_fd_by_id(&attr);
	case BPF_PROG_GET_NEXT_ID:
		return prog_next_id(&attr, uattr);
	default:
		return -EINVAL;
	}
}

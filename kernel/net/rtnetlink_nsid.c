// SPDX-License-Identifier: MIT
/*
 * NETLINK_ROUTE, numbers of networks: RTM_GETNSID asks which number another
 * network has in this one. Numbers are there for devices whose other end is
 * elsewhere (ip-netns(8)); as there are no such devices, none is ever given,
 * and the answer for a network that exists is "none".
 */
#include <linux/net_namespace.h>
#include <linux/sched.h>

#include "fs/nsfs.h"
#include "kernel/net/net.h"
#include "kernel/net/netlink.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

/* Is there a network behind the descriptor @fd? */
static int check_fd(u32 fd)
{
	struct fdref ref = fd_borrow((int)fd);
	struct ns *ns = ref.file ? file_ns(ref.file) : NULL;
	int err = 0;

	if (!ref.file)
		err = -EBADF;
	else if (!ns || ns->ops->type != CLONE_NEWNET)
		err = -EINVAL;
	fd_return(ref);
	return err;
}

static int check_pid(u32 nr)
{
	struct task *t = task_find_get(task_active_pid_ns(current), (pid_t)nr);
	struct ns *ns;

	if (!t)
		return -ESRCH;
	ns = task_ns_get(t, NS_NET);
	task_put(t);
	if (!ns)
		return -ESRCH;
	ns_put(ns, PIN_TEMP);
	return 0;
}

/* 0: the request names a network. -EINVAL: it does not; -ENOENT: by a number,
 * which nobody has. */
static int check_peer(const struct nl_request *r)
{
	const u32 *v;

	v = nl_attr_find(r, sizeof(struct rtgenmsg), NETNSA_PID, sizeof(*v));
	if (v)
		return check_pid(*v);
	v = nl_attr_find(r, sizeof(struct rtgenmsg), NETNSA_FD, sizeof(*v));
	if (v)
		return check_fd(*v);
	v = nl_attr_find(r, sizeof(struct rtgenmsg), NETNSA_NSID, sizeof(*v));
	return v ? -ENOENT : -EINVAL;
}

int rtnetlink_get_nsid(const struct nl_request *r)
{
	struct rtgenmsg gen = { .rtgen_family = 0 };
	struct packet *p;
	int err = check_peer(r);

	if (err)
		return err;
	p = nl_begin(r, RTM_NEWNSID, 0, &gen, sizeof(gen));
	if (IS_ERR(p))
		return (int)PTR_ERR(p);
	nl_put_u32(p, NETNSA_NSID, (u32)NETNSA_NSID_NOT_ASSIGNED);
	nl_send(r, p);
	return 1;
}

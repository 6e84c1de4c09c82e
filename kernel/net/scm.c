// SPDX-License-Identifier: MIT
/*
 * What travels beside the bytes: open files (SCM_RIGHTS) and identities
 * (SCM_CREDENTIALS), see unix(7) and cmsg(3).
 *
 * A file that was sent is counted by its message, so it keeps what it refers to
 * alive: a namespace, for instance. unix_gc.c says what is in flight.
 */
#include <linux/resource.h>
#include <linux/time_types.h>

#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/net/unix.h"
#include "kernel/ns/ucount.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define CMSG_ALIGN(n) ALIGN_UP((n), sizeof(size_t))
#define CMSG_HDR CMSG_ALIGN(sizeof(struct cmsghdr))
#define CMSG_CONTROL_MAX 20480

void scm_free(struct scm *scm)
{
	for (u32 i = 0; i < scm->nr_files; i++)
		file_put(scm->files[i]);
	kfree(scm->files);
	if (scm->sender)
		ucount_put(scm->sender);
	pid_put(scm->pid);
	memset(scm, 0, sizeof(*scm));
}

int scm_copy(struct scm *to, const struct scm *from)
{
	struct file **files = NULL;

	if (from->nr_files) {
		files = kmalloc(from->nr_files * sizeof(*files));
		if (!files)
			return -ENOMEM;
	}
	*to = *from;
	to->files = files;
	spin_lock(&unix_lock); /* see unix_gc.c */
	for (u32 i = 0; i < from->nr_files; i++)
		to->files[i] = file_get(from->files[i]);
	spin_unlock(&unix_lock);
	if (to->sender)
		ucount_get(to->sender);
	if (to->pid)
		pid_get(to->pid);
	return 0;
}

/* As many files in flight as a process may have open, for each user. */
static int may_send_files(const struct ucount *sender)
{
	u64 max = current->signal->rlim[RLIMIT_NOFILE].cur;

	if (READ_ONCE(sender->in_flight) <= max || capable(CAP_SYS_RESOURCE) ||
	    capable(CAP_SYS_ADMIN))
		return 0;
	return why(-ETOOMANYREFS, "SCM_RIGHTS: the user has %u files in flight",
		   READ_ONCE(sender->in_flight));
}

static int send_rights(struct scm *scm, const int *fds, u32 n)
{
	struct file **files;

	if (!n)
		return 0;
	if (scm->nr_files + n > SCM_MAX_FD)
		return -EINVAL;
	if (may_send_files(current->cred->ucount))
		return -ETOOMANYREFS;
	if (!scm->sender)
		scm->sender = ucount_get(current->cred->ucount);
	files = kmalloc((scm->nr_files + n) * sizeof(*files));
	if (!files)
		return -ENOMEM;
	if (scm->nr_files)
		memcpy(files, scm->files, scm->nr_files * sizeof(*files));
	kfree(scm->files);
	scm->files = files;
	for (u32 i = 0; i < n; i++) {
		struct file *f = fd_get_raw(fds[i]);

		if (!f)
			return -EBADF;
		scm->files[scm->nr_files++] = f;
	}
	return 0;
}

/* May current claim to be @uc? (unix(7), SCM_CREDENTIALS) */
static int send_creds(struct scm *scm, const struct ucred *uc)
{
	struct pid_ns *ns = task_active_pid_ns(current);
	const struct cred *c = current->cred;
	kuid_t uid = make_kuid(c->user_ns, uc->uid);
	kgid_t gid = make_kgid(c->user_ns, uc->gid);
	struct pid *pid;

	if (uid == INVALID_ID || gid == INVALID_ID)
		return -EINVAL;
	if ((pid_t)uc->pid != task_tgid_nr_ns(current, ns) &&
	    !ns_capable(ns->ns.owner, CAP_SYS_ADMIN))
		return why(-EPERM, "SCM_CREDENTIALS: pid %u is another's, and "
				   "no CAP_SYS_ADMIN over the owner of "
				   "pid:[%u]", uc->pid, ns->ns.inum);
	if (uid != c->uid && uid != c->euid && uid != c->suid &&
	    !ns_capable(c->user_ns, CAP_SETUID))
		return -EPERM;
	if (gid != c->gid && gid != c->egid && gid != c->sgid &&
	    !ns_capable(c->user_ns, CAP_SETGID))
		return -EPERM;
	pid = pid_find_get(ns, (pid_t)uc->pid);
	if (!pid)
		return -ESRCH;
	pid_put(scm->pid);
	scm->pid = pid;
	scm->uid = uid;
	scm->gid = gid;
	return 0;
}

static int send_one(struct scm *scm, const struct cmsghdr *h)
{
	const char *data = (const char *)h + CMSG_HDR;
	size_t len = h->cmsg_len - CMSG_HDR;

	if (h->cmsg_level != SOL_SOCKET)
		return 0;
	switch (h->cmsg_type) {
	case SCM_RIGHTS:
		return send_rights(scm, (const int *)data,
				   (u32)(len / sizeof(int)));
	case SCM_CREDENTIALS:
		if (len != sizeof(struct ucred))
			return -EINVAL;
		return send_creds(scm, (const struct ucred *)data);
	default:
		return -EINVAL;
	}
}

int scm_send(struct scm *scm, const void __user *control, size_t len)
{
	size_t at = 0;
	char *buf;
	int err;

	if (!len)
		return 0;
	if (len > CMSG_CONTROL_MAX)
		return -ENOBUFS;
	buf = kmalloc(len);
	if (!buf)
		return -ENOMEM;
	err = copy_from_user(buf, control, len);
	while (!err && len - at >= sizeof(struct cmsghdr)) {
		const struct cmsghdr *h = (const void *)(buf + at);

		if (h->cmsg_len < CMSG_HDR || h->cmsg_len > len - at) {
			err = -EINVAL;
			break;
		}
		err = send_one(scm, h);
		if (CMSG_ALIGN(h->cmsg_len) >= len - at)
			break;
		at += CMSG_ALIGN(h->cmsg_len);
	}
	kfree(buf);
	if (err)
		scm_free(scm);
	return err;
}

void scm_set_creds(struct scm *scm)
{
	if (scm->pid)
		return;
	scm->pid = pid_get(current->signal->pids[PIDTYPE_TGID]);
	scm->uid = current->cred->euid;
	scm->gid = current->cred->egid;
}

/* The control message at m->control is @len bytes long: go behind it. */
static void control_advance(struct msg *m, size_t len)
{
	len = min(CMSG_ALIGN(CMSG_HDR + len), m->control_len);
	m->control = (char __user *)m->control + len;
	m->control_len -= len;
}

static int put_header(struct msg *m, int level, int type, size_t len)
{
	struct cmsghdr h = { CMSG_HDR + len, level, type };

	return copy_to_user(m->control, &h, sizeof(h));
}

void cmsg_put(struct msg *m, int level, int type, const void *data, size_t n)
{
	char __user *to = m->control;

	if (m->control_len < CMSG_HDR + n || put_header(m, level, type, n) ||
	    copy_to_user(to + CMSG_HDR, data, n))
		m->flags |= MSG_CTRUNC;
	else
		control_advance(m, n);
}

void cmsg_put_time(struct msg *m, u64 ns)
{
	struct __kernel_old_timeval tv = {
		.tv_sec = (s64)(ns / NSEC_PER_SEC),
		.tv_usec = (s64)(ns % NSEC_PER_SEC / NSEC_PER_USEC),
	};

	cmsg_put(m, SOL_SOCKET, SO_TIMESTAMP_OLD, &tv, sizeof(tv));
}

/* Install the files that there is room for; the rest is dropped. */
static void recv_rights(struct msg *m)
{
	int __user *to = (int __user *)((char __user *)m->control + CMSG_HDR);
	u32 room = 0, n = 0;

	if (m->control_len > CMSG_HDR)
		room = (u32)((m->control_len - CMSG_HDR) / sizeof(int));
	for (; n < m->scm.nr_files && n < room; n++) {
		int fd = fd_alloc(0, m->flags & MSG_CMSG_CLOEXEC);

		if (fd < 0)
			break;
		if (put_user(fd, to + n)) {
			fd_free(fd);
			break;
		}
		fd_install(fd, file_get(m->scm.files[n]));
	}
	if (n < m->scm.nr_files)
		m->flags |= MSG_CTRUNC;
	if (!n)
		return;
	if (put_header(m, SOL_SOCKET, SCM_RIGHTS, n * sizeof(int)))
		m->flags |= MSG_CTRUNC;
	control_advance(m, n * sizeof(int));
}

void scm_recv(struct socket *s, struct msg *m)
{
	struct ucred uc = { 0, overflow_uid, overflow_gid };

	if (s->passcred) {
		if (m->scm.pid) {
			uc.pid = (u32)pid_nr(m->scm.pid,
					     task_active_pid_ns(current));
			uc.uid = from_kuid_munged(current_user_ns(),
						  m->scm.uid);
			uc.gid = from_kgid_munged(current_user_ns(),
						  m->scm.gid);
		}
		cmsg_put(m, SOL_SOCKET, SCM_CREDENTIALS, &uc, sizeof(uc));
	}
	if (m->scm.nr_files)
		recv_rights(m);
	scm_free(&m->scm);
}

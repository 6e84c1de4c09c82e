// SPDX-License-Identifier: MIT
/*
 * The names of AF_UNIX sockets (unix(7), "Three types of address").
 *
 * A pathname is an inode of type socket, whose ->socket points to who bound it:
 * found by a walk, in whatever network the two are. An abstract name is known
 * only in the network of the socket that has it. Names of different types of
 * socket do not meet. See unix.c for the locks.
 */
#include <linux/un.h>

#include "fs/fs_struct.h"
#include "fs/mount.h"
#include "fs/namei.h"
#include "kernel/lib/printf.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/net/unix.h"
#include "kernel/task/task.h"

void unix_addr_put(struct unix_addr *a)
{
	if (!a || !refcount_dec_and_test(&a->refs))
		return;
	if (a->path.dentry)
		path_put(&a->path);
	kfree(a);
}

/* The socket goes: nobody finds it any more. */
void unix_name_drop(struct unix_sock *u)
{
	hlist_del(&u->name_link);
	if (u->addr && u->addr->inode && u->addr->inode->socket == u)
		u->addr->inode->socket = NULL;
}

static const struct sockaddr_un *sun_of(const struct msg *m)
{
	return (const struct sockaddr_un *)&m->name;
}

#define SUN_PATH offsetof(struct sockaddr_un, sun_path)

static int sun_check(const struct msg *m)
{
	if (m->name_len < sizeof(u16) || m->name_len > sizeof(struct sockaddr_un))
		return -EINVAL;
	return sun_of(m)->sun_family == AF_UNIX ? 0 : -EINVAL;
}

static bool sun_abstract(const struct msg *m)
{
	return m->name_len > SUN_PATH && !sun_of(m)->sun_path[0];
}

static struct unix_addr *unix_addr_new(const void *sun, u32 len)
{
	struct unix_addr *a = kzalloc(sizeof(*a) + len + 1);

	if (!a)
		return NULL;
	refcount_set(&a->refs, 1);
	a->len = len;
	memcpy(a->sun, sun, len);
	return a;
}

/* ---- abstract names ------------------------------------------------------- */

static u32 abstract_hash(int type, const char *sun, u32 len)
{
	u32 h = (u32)type;

	for (u32 i = 0; i < len; i++)
		h = h * 31 + (u8)sun[i];
	return (h ^ h >> 8) % UNIX_NAMES;
}

/* The socket of that abstract name, not counted. unix_lock held. */
static struct unix_sock *abstract_find(struct net *net, int type,
				       const void *sun, u32 len)
{
	struct unix_sock *u;

	hlist_for_each_entry (u, &net->unix_names[abstract_hash(type, sun, len)],
			      name_link)
		if (u->type == type && u->addr->len == len &&
		    !memcmp(u->addr->sun, sun, len))
			return u;
	return NULL;
}

static int unix_bind_abstract(struct unix_sock *u, const void *sun, u32 len)
{
	struct unix_addr *a = unix_addr_new(sun, len);
	int err = 0;

	if (!a)
		return -ENOMEM;
	spin_lock(&unix_lock);
	if (u->addr)
		err = -EINVAL;
	else if (abstract_find(u->net, u->type, sun, len))
		err = -EADDRINUSE;
	if (!err) {
		u->addr = a;
		u->bound = true;
		hlist_add(&u->name_link,
			  &u->net->unix_names[abstract_hash(u->type, sun,
							    len)]);
	}
	spin_unlock(&unix_lock);
	if (err)
		unix_addr_put(a);
	return err;
}

/* A name of five hex digits that is free (unix(7), "Autobind feature"); one
 * that has a name keeps it. */
static int unix_autobind(struct unix_sock *u)
{
	static u32 next;
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int err = READ_ONCE(u->addr) ? 0 : -EADDRINUSE;

	for (u32 i = 0; err == -EADDRINUSE && i < 0x100000; i++) {
		snprintf(sun.sun_path + 1, 6, "%05x",
			 atomic_add(&next, 1) & 0xfffff);
		err = unix_bind_abstract(u, &sun, SUN_PATH + 6);
	}
	return err;
}

/* ---- pathnames -------------------------------------------------------------- */

static int unix_bind_path(struct unix_sock *u, const struct msg *m)
{
	struct unix_addr *a = unix_addr_new(&m->name, m->name_len);
	struct path parent;
	struct dentry *d;
	int err;

	if (!a)
		return -ENOMEM;
	/* The name ends at a NUL or at the end of the address; a->sun has
	 * one more byte for it. */
	a->len = (u32)(SUN_PATH + strlen(a->sun + SUN_PATH) + 1);
	d = path_create_start(AT_FDCWD, a->sun + SUN_PATH, 0, false, &parent);
	if (IS_ERR(d)) {
		kfree(a);
		return d == ERR_PTR(-EEXIST) ? -EADDRINUSE : (int)PTR_ERR(d);
	}
	err = vfs_mknod(parent.dentry->inode, d,
			S_IFSOCK | (0777 & ~current->fs->umask), 0);
	if (!err) {
		a->path.mnt = mnt_get(parent.mnt);
		a->path.dentry = d_get(d);
		a->inode = d->inode;
		spin_lock(&unix_lock);
		err = u->addr ? -EINVAL : 0;
		if (!err) {
			u->addr = a;
			u->bound = true;
			a->inode->socket = u;
		}
		spin_unlock(&unix_lock);
	}
	path_create_end(&parent, d);
	if (err)
		unix_addr_put(a);
	return err;
}

/* ---- what sockets do -------------------------------------------------------- */

int unix_bind(struct socket *s, const struct msg *m)
{
	int err = sun_check(m);

	if (err)
		return err;
	if (m->name_len == SUN_PATH)
		return unix_autobind(s->sk);
	if (((struct unix_sock *)s->sk)->addr)
		return -EINVAL;
	if (sun_abstract(m))
		return unix_bind_abstract(s->sk, &m->name, m->name_len);
	return unix_bind_path(s->sk, m);
}

int unix_name_sender(struct socket *s)
{
	return s->passcred ? unix_autobind(s->sk) : 0;
}

static struct unix_sock *find_abstract(struct unix_sock *u, const struct msg *m)
{
	struct unix_sock *to;

	spin_lock(&unix_lock);
	to = abstract_find(u->net, u->type, &m->name, m->name_len);
	if (to)
		unix_get(to);
	spin_unlock(&unix_lock);
	return to ? to : ERR_PTR(-ECONNREFUSED);
}

static struct unix_sock *find_path(const struct msg *m)
{
	char name[UNIX_PATH_MAX + 1] = { 0 };
	struct unix_sock *to = NULL;
	struct path path;
	int err;

	memcpy(name, sun_of(m)->sun_path, m->name_len - SUN_PATH);
	err = path_lookup(AT_FDCWD, name, LOOKUP_FOLLOW, &path);
	if (err)
		return ERR_PTR(err);
	err = inode_permission(path.dentry->inode, MAY_WRITE);
	if (!err) {
		spin_lock(&unix_lock);
		if (S_ISSOCK(path.dentry->inode->mode))
			to = path.dentry->inode->socket;
		if (to)
			unix_get(to);
		spin_unlock(&unix_lock);
		err = -ECONNREFUSED;
	}
	path_put(&path);
	return to ? to : ERR_PTR(err);
}

/* ERR_PTR(-EINVAL, -ECONNREFUSED, -ENOENT, -EACCES...). */
struct unix_sock *unix_find(struct unix_sock *u, const struct msg *m)
{
	int err = sun_check(m);

	if (!err && m->name_len == SUN_PATH)
		err = -EINVAL;
	if (err)
		return ERR_PTR(err);
	return sun_abstract(m) ? find_abstract(u, m) : find_path(m);
}

int unix_getname(struct socket *s, struct msg *m, bool peer)
{
	struct unix_sock *u = s->sk;
	struct unix_addr *a = NULL;
	u16 family = AF_UNIX;

	spin_lock(&unix_lock);
	if (peer && !u->peer) {
		spin_unlock(&unix_lock);
		return -ENOTCONN;
	}
	a = peer ? u->peer->addr : u->addr;
	if (a)
		refcount_inc(&a->refs);
	spin_unlock(&unix_lock);
	m->name_len = a ? a->len : sizeof(family);
	memcpy(&m->name, a ? (void *)a->sun : (void *)&family, m->name_len);
	unix_addr_put(a);
	return 0;
}

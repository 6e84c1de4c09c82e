// SPDX-License-Identifier: MIT
/* /proc/PID/net/unix (unix(7), proc(5)). See unix.c for the lock. */
#include "kernel/net/show.h"
#include "kernel/net/unix.h"

#define SO_ACCEPTCON 0x10000 /* in Flags: it listens */

enum { ST_UNCONNECTED = 1, ST_CONNECTED = 3 };

/* A pathname as it was given; an abstract name with @ for its NULs. */
static void show_name(struct seq *s, const struct unix_addr *a)
{
	size_t path = offsetof(struct __kernel_sockaddr_storage, __data);
	bool abstract = !a->inode;

	seq_putc(s, ' ');
	for (size_t i = path; i < a->len; i++) {
		if (!abstract && !a->sun[i])
			break;
		seq_putc(s, a->sun[i] ? a->sun[i] : '@');
	}
}

static void show_one(struct seq *s, const struct unix_sock *u)
{
	const struct file *f = u->socket ? u->socket->file : NULL;

	seq_printf(s, "0000000000000000: %08X 00000000 %08X %04X %02X %5llu",
		   refcount_read(&u->refs) + 1, u->listening ? SO_ACCEPTCON : 0,
		   (u32)u->type, u->peer ? ST_CONNECTED : ST_UNCONNECTED,
		   (unsigned long long)(f ? f->inode->ino : 0));
	if (u->addr)
		show_name(s, u->addr);
	seq_putc(s, '\n');
}

int unix_show(struct seq *s, struct net *net)
{
	struct unix_sock *u;

	seq_puts(s, "Num       RefCount Protocol Flags    Type St Inode Path\n");
	spin_lock(&unix_lock);
	list_for_each_entry (u, &net->unix_socks, link)
		show_one(s, u);
	spin_unlock(&unix_lock);
	return 0;
}

u32 unix_count(struct net *net)
{
	struct unix_sock *u;
	u32 n = 0;

	spin_lock(&unix_lock);
	list_for_each_entry (u, &net->unix_socks, link)
		n++;
	spin_unlock(&unix_lock);
	return n;
}

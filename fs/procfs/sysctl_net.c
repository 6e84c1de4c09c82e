// SPDX-License-Identifier: MIT
/*
 * /proc/sys/net: settings of the network that the reader is in. Root of the user
 * namespace that owns it may change them, and who has CAP_NET_ADMIN there.
 */
#include "fs/procfs/procfs.h"
#include "kernel/lib/string.h"
#include "kernel/net/net.h"
#include "kernel/ns/user.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

static struct net *my_net(void)
{
	return nsproxy_net(current->nsproxy);
}

static u32 access_of_net(const struct proc_entry *e)
{
	const struct user_ns *owner = my_net()->ns.owner;

	if (ns_capable(owner, CAP_NET_ADMIN) ||
	    current->cred->euid == make_kuid(owner, 0))
		return e->mode >> 6 & 7;
	return e->mode & 7;
}

/* Two numbers with blanks between them. -EINVAL. */
static int two_numbers(char *text, u64 *a, u64 *b)
{
	char *end = text;

	while (*end && *end != ' ' && *end != '\t')
		end++;
	if (!*end)
		return -EINVAL;
	*end++ = '\0';
	while (*end == ' ' || *end == '\t')
		end++;
	return parse_u64(text, 10, a) || parse_u64(end, 10, b) ? -EINVAL : 0;
}

static int show_port_range(struct seq *s, struct file *f __maybe_unused)
{
	seq_printf(s, "%u\t%u\n", my_net()->port_first, my_net()->port_last);
	return 0;
}

static ssize_t write_port_range(struct file *f __maybe_unused, char *text,
				size_t len __maybe_unused)
{
	struct net *net = my_net();
	u64 first, last;

	if (two_numbers(text, &first, &last) || !first || last > 65535 ||
	    first > last || first < net->port_unprivileged)
		return -EINVAL;
	spin_lock(&net->lock);
	net->port_first = (u16)first;
	net->port_last = (u16)last;
	spin_unlock(&net->lock);
	return 0;
}

static int show_unprivileged(struct seq *s, struct file *f __maybe_unused)
{
	seq_printf(s, "%u\n", my_net()->port_unprivileged);
	return 0;
}

static ssize_t write_unprivileged(struct file *f __maybe_unused, char *text,
				  size_t len __maybe_unused)
{
	u64 v;

	if (parse_u64(text, 10, &v) || v > my_net()->port_first)
		return -EINVAL;
	WRITE_ONCE(my_net()->port_unprivileged, (u16)v);
	return 0;
}

static int show_ping_groups(struct seq *s, struct file *f __maybe_unused)
{
	const struct user_ns *ns = current_user_ns();
	const struct net *net = my_net();

	seq_printf(s, "%u\t%u\n", from_kgid_munged(ns, net->ping_first),
		   from_kgid_munged(ns, net->ping_last));
	return 0;
}

/* A range that ends before it begins is nobody. */
static ssize_t write_ping_groups(struct file *f __maybe_unused, char *text,
				 size_t len __maybe_unused)
{
	const struct user_ns *ns = current_user_ns();
	struct net *net = my_net();
	u64 first, last;
	kgid_t low, high;

	if (two_numbers(text, &first, &last) || first >= INVALID_ID ||
	    last >= INVALID_ID)
		return -EINVAL;
	low = make_kgid(ns, (gid_t)first);
	high = make_kgid(ns, (gid_t)last);
	if (low == INVALID_ID || high == INVALID_ID)
		return -EINVAL;
	spin_lock(&net->lock);
	net->ping_first = low <= high ? low : 1;
	net->ping_last = low <= high ? high : 0;
	spin_unlock(&net->lock);
	return 0;
}

#define SETTING(n, fn)                                                         \
	{ .name = n, .mode = S_IFREG | 0644, .show = show_##fn,                \
	  .write = write_##fn, .access = access_of_net }

static const struct proc_entry ipv4_files[] = {
	SETTING("ip_local_port_range", port_range),
	SETTING("ip_unprivileged_port_start", unprivileged),
	SETTING("ping_group_range", ping_groups),
	{ 0 },
};

const struct proc_entry proc_sys_net[] = {
	{ .name = "ipv4", .mode = S_IFDIR | 0555, .children = ipv4_files },
	{ 0 },
};

// SPDX-License-Identifier: MIT
/*
 * /proc/PID/net: the devices, addresses and sockets of a network as text, in the
 * columns that Linux gives them (proc(5)). Where Linux shows a socket's address
 * in the kernel, disguised, there are zeros.
 */
#include <linux/in.h>

#include "kernel/net/inet.h"
#include "kernel/net/net.h"
#include "kernel/net/show.h"
#include "kernel/ns/user.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define NO_ADDRESS "0000000000000000"
typedef unsigned long long ull;

/* End a line that is always @width wide. */
static void pad_line(struct seq *s, size_t start, size_t width)
{
	while (s->len - start < width && !s->error)
		seq_putc(s, ' ');
	seq_putc(s, '\n');
}

static void padded(struct seq *s, const char *text, size_t width)
{
	size_t start = s->len;

	seq_puts(s, text);
	pad_line(s, start, width);
}

/* ---- devices ------------------------------------------------------------------- */

static void show_device(struct seq *s, const struct netdev *dev)
{
	const struct netdev_stats *st = &dev->stats;

	seq_printf(s,
		   "%6s: %7llu %7llu %4u %4llu %4u %5u %10u %9u "
		   "%8llu %7llu %4u %4llu %4u %5u %7u %10u\n",
		   dev->name, (ull)st->rx_bytes, (ull)st->rx_packets, 0,
		   (ull)st->rx_dropped, 0, 0, 0, 0, (ull)st->tx_bytes,
		   (ull)st->tx_packets, 0, (ull)st->tx_dropped, 0, 0, 0, 0);
}

static int show_dev(struct seq *s, struct net *net)
{
	struct netdev *dev;

	seq_puts(s, "Inter-|   Receive                            "
		    "                    |  Transmit\n"
		    " face |bytes    packets errs drop fifo frame "
		    "compressed multicast|bytes    packets errs "
		    "drop fifo colls carrier compressed\n");
	spin_lock(&net->lock);
	list_for_each_entry (dev, &net->devs, link)
		show_device(s, dev);
	spin_unlock(&net->lock);
	return 0;
}

/* A scope as IPv6 numbers them: only ::1 is of the host. */
static int show_if_inet6(struct seq *s, struct net *net)
{
	struct netdev *dev;
	struct ifaddr *a;

	spin_lock(&net->lock);
	list_for_each_entry (dev, &net->devs, link) {
		list_for_each_entry (a, &dev->addrs, link) {
			if (ip_is_v4(&a->addr))
				continue;
			seq_printf(s, "%08x%08x%08x%08x %02x %02x %02x %02x "
				      "%8s\n",
				   ntohl(a->addr.w[0]), ntohl(a->addr.w[1]),
				   ntohl(a->addr.w[2]), ntohl(a->addr.w[3]),
				   dev->index, a->prefix,
				   a->scope == 254 ? 0x10 : 0, 0x80, dev->name);
		}
	}
	spin_unlock(&net->lock);
	return 0;
}

/* Routes of loopback devices are not shown, and there are no others. Without any
 * address there is no table, and so no heading. */
static int show_route(struct seq *s, struct net *net)
{
	if (list_empty(&net->lo.addrs))
		return 0;
	padded(s, "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\t"
		  "Mask\t\tMTU\tWindow\tIRTT", 127);
	return 0;
}

/* ---- internet sockets -------------------------------------------------------- */

static void show_addr(struct seq *s, const struct inet_sock *sk,
		      const struct ip_addr *addr, u16 port)
{
	if (sk->s->family == AF_INET)
		seq_printf(s, "%08X:%04X ", addr->w[3], port);
	else
		seq_printf(s, "%08X%08X%08X%08X:%04X ", addr->w[0], addr->w[1],
			   addr->w[2], addr->w[3], port);
}

static void show_sock(struct seq *s, const struct inet_sock *sk, u32 slot,
		      u32 slot_width, size_t width)
{
	const struct file *f = sk->s->file;
	size_t start = s->len;
	uid_t uid = 0;

	if (f)
		uid = from_kuid_munged(current_user_ns(), f->cred->euid);
	seq_printf(s, "%*u: ", (int)slot_width, slot);
	show_addr(s, sk, &sk->laddr, sk->lport);
	show_addr(s, sk, &sk->raddr, sk->rport);
	seq_printf(s, "%02X %08X:%08X 00:00000000 00000000 %5u        0 %llu 2 "
		      NO_ADDRESS " %u",
		   sk->connected ? 1 : 7, 0, sk->queued, uid,
		   (ull)(f ? f->inode->ino : 0), sk->drops);
	pad_line(s, start, width);
}

static void show_socks(struct seq *s, struct net *net,
		       const struct inet_proto *proto, int family,
		       u32 slot_width, size_t width)
{
	struct inet_sock *sk;

	spin_lock(&net->lock);
	for (u32 i = 0; i < INET_BUCKETS; i++)
		hlist_for_each_entry (sk, &net->inet_socks[i], link)
			if (sk->proto == proto && sk->s->family == family)
				show_sock(s, sk, i, slot_width, width);
	spin_unlock(&net->lock);
}

#define COLUMNS_V4                                                             \
	"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when "  \
	"retrnsmt   uid  timeout inode"
#define COLUMNS_V6                                                             \
	"  sl  local_address                         remote_address          " \
	"              st tx_queue rx_queue tr tm->when retrnsmt   uid  "      \
	"timeout inode"
#define COLUMNS_MORE " ref pointer drops"

static int show_udp(struct seq *s, struct net *net)
{
	padded(s, " " COLUMNS_V4 COLUMNS_MORE, 127);
	show_socks(s, net, &udp_proto, AF_INET, 5, 127);
	return 0;
}

static int show_udp6(struct seq *s, struct net *net)
{
	seq_puts(s, COLUMNS_V6 COLUMNS_MORE "\n");
	show_socks(s, net, &udp_proto, AF_INET6, 5, 0);
	return 0;
}

static int show_icmp(struct seq *s, struct net *net)
{
	padded(s, " " COLUMNS_V4 COLUMNS_MORE, 127);
	show_socks(s, net, &ping_proto, AF_INET, 5, 127);
	return 0;
}

static int show_icmp6(struct seq *s, struct net *net)
{
	seq_puts(s, COLUMNS_V6 COLUMNS_MORE "\n");
	show_socks(s, net, &pingv6_proto, AF_INET6, 5, 0);
	return 0;
}

static int show_raw(struct seq *s, struct net *net)
{
	seq_puts(s, COLUMNS_V4 COLUMNS_MORE "\n");
	show_socks(s, net, &raw_proto, AF_INET, 4, 0);
	return 0;
}

static int show_raw6(struct seq *s, struct net *net)
{
	seq_puts(s, COLUMNS_V6 COLUMNS_MORE "\n");
	show_socks(s, net, &raw_proto, AF_INET6, 5, 0);
	return 0;
}

/* ---- what there is none of: the columns alone --------------------------------- */

static int show_tcp(struct seq *s, struct net *net)
{
	(void)net;
	padded(s, COLUMNS_V4, 149);
	return 0;
}

static int show_tcp6(struct seq *s, struct net *net)
{
	(void)net;
	seq_puts(s, COLUMNS_V6 "\n");
	return 0;
}

static int show_packet(struct seq *s, struct net *net)
{
	(void)net;
	seq_puts(s, "sk               RefCnt Type Proto  Iface R Rmem   User   "
		    "Inode\n");
	return 0;
}

static int show_arp(struct seq *s, struct net *net)
{
	(void)net;
	seq_puts(s, "IP address       HW type     Flags       HW address        "
		    "    Mask     Device\n");
	return 0;
}

/* ---- sums -------------------------------------------------------------------------- */

static u32 count_socks(struct net *net, const struct inet_proto *proto,
		       int family)
{
	struct inet_sock *sk;
	u32 n = 0;

	spin_lock(&net->lock);
	for (u32 i = 0; i < INET_BUCKETS; i++)
		hlist_for_each_entry (sk, &net->inet_socks[i], link)
			n += (!proto || sk->proto == proto) &&
			     (!family || sk->s->family == family);
	spin_unlock(&net->lock);
	return n;
}

static int show_sockstat(struct seq *s, struct net *net)
{
	seq_printf(s,
		   "sockets: used %u\n"
		   "TCP: inuse 0 orphan 0 tw 0 alloc 0 mem 0\n"
		   "UDP: inuse %u mem 0\nUDPLITE: inuse 0\n"
		   "RAW: inuse %u\nFRAG: inuse 0 memory 0\n",
		   count_socks(net, NULL, 0) + unix_count(net),
		   count_socks(net, &udp_proto, AF_INET),
		   count_socks(net, &raw_proto, AF_INET));
	return 0;
}

static int show_sockstat6(struct seq *s, struct net *net)
{
	seq_printf(s, "TCP6: inuse 0\nUDP6: inuse %u\nUDPLITE6: inuse 0\n"
		      "RAW6: inuse %u\nFRAG6: inuse 0 memory 0\n",
		   count_socks(net, &udp_proto, AF_INET6),
		   count_socks(net, &raw_proto, AF_INET6));
	return 0;
}

const struct net_file net_files[] = {
	{ "arp", show_arp },
	{ "dev", show_dev },
	{ "icmp", show_icmp },
	{ "icmp6", show_icmp6 },
	{ "if_inet6", show_if_inet6 },
	{ "packet", show_packet },
	{ "raw", show_raw },
	{ "raw6", show_raw6 },
	{ "route", show_route },
	{ "sockstat", show_sockstat },
	{ "sockstat6", show_sockstat6 },
	{ "tcp", show_tcp },
	{ "tcp6", show_tcp6 },
	{ "udp", show_udp },
	{ "udp6", show_udp6 },
	{ "unix", unix_show },
	{ NULL, NULL },
};

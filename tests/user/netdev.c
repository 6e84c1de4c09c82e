// SPDX-License-Identifier: MIT
/* The interface ioctls: netdevice(7), in networks of their own. */
#include <linux/sockios.h>

#include "net.h"

static struct ifreq ifr;

static const char *get(int fd, unsigned long cmd, const char *name)
{
	memset(&ifr, 0, sizeof(ifr));
	strcpy(ifr.ifr_name, name);
	return ERR(ioctl(fd, cmd, &ifr));
}

static const char *set(int fd, unsigned long cmd, const char *name)
{
	strcpy(ifr.ifr_name, name);
	return ERR(ioctl(fd, cmd, &ifr));
}

static const char *set_addr(int fd, unsigned long cmd, const char *name,
			    const char *addr)
{
	struct sockaddr_in in = in4(addr, 0);

	memset(&ifr, 0, sizeof(ifr));
	memcpy(&ifr.ifr_addr, &in, sizeof(in));
	return set(fd, cmd, name);
}

static const char *get_addr(int fd, unsigned long cmd, const char *name)
{
	const char *err = get(fd, cmd, name);

	return strcmp(err, "ok") ? err :
	       inet_ntoa(((struct sockaddr_in *)&ifr.ifr_addr)->sin_addr);
}

static const char *set_flags(int fd, const char *name, int flags)
{
	memset(&ifr, 0, sizeof(ifr));
	ifr.ifr_flags = (short)flags;
	return set(fd, SIOCSIFFLAGS, name);
}

static const char *set_mtu(int fd, int mtu)
{
	memset(&ifr, 0, sizeof(ifr));
	ifr.ifr_mtu = mtu;
	return set(fd, SIOCSIFMTU, "lo");
}

static const char *set_name(int fd, const char *old, const char *new)
{
	memset(&ifr, 0, sizeof(ifr));
	strncpy(ifr.ifr_newname, new, IFNAMSIZ);
	return set(fd, SIOCSIFNAME, old);
}

static int conf(int fd, int room)
{
	char buf[400];
	struct ifconf c = { .ifc_len = room, .ifc_buf = room ? buf : NULL };

	if (ioctl(fd, SIOCGIFCONF, &c))
		return -errno;
	for (int i = 0; room && i < c.ifc_len; i += (int)sizeof(ifr)) {
		struct ifreq *r = (void *)(buf + i);

		SEE("  address", "%s %s", r->ifr_name,
		    inet_ntoa(((struct sockaddr_in *)&r->ifr_addr)->sin_addr));
	}
	return c.ifc_len;
}

CASE(H04, "a new network has lo alone")
{
	int fd;

	CHECK(unshare(CLONE_NEWNET) == 0);
	fd = udp();
	SEE("flags", "%s", get(fd, SIOCGIFFLAGS, "lo"));
	SEE("flags", "%#x", ifr.ifr_flags);
	SEE("index", "%s", get(fd, SIOCGIFINDEX, "lo"));
	SEE("index", "%d", ifr.ifr_ifindex);
	SEE("mtu", "%s", get(fd, SIOCGIFMTU, "lo"));
	SEE("mtu", "%d", ifr.ifr_mtu);
	SEE("queue", "%s", get(fd, SIOCGIFTXQLEN, "lo"));
	SEE("queue", "%d", ifr.ifr_qlen);
	SEE("metric", "%s", get(fd, SIOCGIFMETRIC, "lo"));
	SEE("map", "%s", get(fd, SIOCGIFMAP, "lo"));
	SEE("hardware", "%s", get(fd, SIOCGIFHWADDR, "lo"));
	SEE("hardware", "%d", ifr.ifr_hwaddr.sa_family);
	SEE("address", "%s", get_addr(fd, SIOCGIFADDR, "lo"));
	SEE("mask", "%s", get_addr(fd, SIOCGIFNETMASK, "lo"));
	SEE("addresses", "%d", conf(fd, 400));
	SEE("eth0", "%s", get(fd, SIOCGIFFLAGS, "eth0"));
	memset(&ifr, 0, sizeof(ifr));
	ifr.ifr_ifindex = 1;
	SEE("name of 1", "%s", ERR(ioctl(fd, SIOCGIFNAME, &ifr)));
	SEE("name of 1", "%s", ifr.ifr_name);
	ifr.ifr_ifindex = 2;
	SEE("name of 2", "%s", ERR(ioctl(fd, SIOCGIFNAME, &ifr)));
	SEE("bad pointer", "%s", ERR(ioctl(fd, SIOCGIFFLAGS, 8)));
	SEE("unknown", "%s", ERR(ioctl(fd, 0x1234, &ifr)));
	SEE("private", "%s", get(fd, SIOCDEVPRIVATE, "lo"));
	SEE("private, no device", "%s", get(fd, SIOCDEVPRIVATE, "eth0"));
}

CASE(H04, "setting lo up gives it its addresses")
{
	int fd;

	CHECK(unshare(CLONE_NEWNET) == 0);
	fd = udp();
	SEE("up", "%s", set_flags(fd, "lo", IFF_UP));
	SEE("flags", "%s", get(fd, SIOCGIFFLAGS, "lo"));
	SEE("flags", "%#x", ifr.ifr_flags);
	SEE("address", "%s", get_addr(fd, SIOCGIFADDR, "lo"));
	SEE("mask", "%s", get_addr(fd, SIOCGIFNETMASK, "lo"));
	SEE("broadcast", "%s", get_addr(fd, SIOCGIFBRDADDR, "lo"));
	SEE("other end", "%s", get_addr(fd, SIOCGIFDSTADDR, "lo"));
	SEE("addresses", "%d", conf(fd, 400));
	SEE("their length", "%d", conf(fd, 0));
	SEE("a small buffer", "%d", conf(fd, 39));
	SEE("::1", "%s", ERR(BIND6(udp6(), "::1", 0)));
	SEE("down", "%s", set_flags(fd, "lo", 0));
	SEE("address stays", "%s", get_addr(fd, SIOCGIFADDR, "lo"));
	SEE("::1 goes", "%s", ERR(BIND6(udp6(), "::1", 0)));
	SEE("up again", "%s", set_flags(fd, "lo", IFF_UP | IFF_PROMISC));
	SEE("flags", "%s", get(fd, SIOCGIFFLAGS, "lo"));
	SEE("flags", "%#x", ifr.ifr_flags);
	SEE("addresses", "%d", conf(fd, 400));
}

CASE(H04, "other addresses, and labels")
{
	int fd;

	net_up();
	fd = udp();
	SEE("set", "%s", set_addr(fd, SIOCSIFADDR, "lo", "10.1.1.1"));
	SEE("address", "%s", get_addr(fd, SIOCGIFADDR, "lo"));
	SEE("mask", "%s", get_addr(fd, SIOCGIFNETMASK, "lo"));
	SEE("127.0.0.1", "%s", ERR(send4(fd, "x", "127.0.0.1", 9)));
	SEE("10.1.1.1", "%s", ERR(send4(fd, "x", "10.1.1.1", 9)));
	SEE("10.9.9.9", "%s", ERR(send4(fd, "x", "10.9.9.9", 9)));
	SEE("mask", "%s", set_addr(fd, SIOCSIFNETMASK, "lo", "255.255.255.0"));
	SEE("10.1.1.2", "%s", ERR(send4(fd, "x", "10.1.1.2", 9)));
	SEE("10.9.9.9", "%s", ERR(send4(fd, "x", "10.9.9.9", 9)));
	SEE("bad mask", "%s", set_addr(fd, SIOCSIFNETMASK, "lo", "255.0.255.0"));
	SEE("label", "%s", set_addr(fd, SIOCSIFADDR, "lo:1", "10.2.2.2"));
	SEE("addresses", "%d", conf(fd, 400));
	SEE("flags of lo:1", "%s", get(fd, SIOCGIFFLAGS, "lo:1"));
	SEE("address of lo:2", "%s", get_addr(fd, SIOCGIFADDR, "lo:2"));
	SEE("none", "%s", set_addr(fd, SIOCSIFADDR, "lo", "0.0.0.0"));
	SEE("address", "%s", get_addr(fd, SIOCGIFADDR, "lo"));
	SEE("a group", "%s", set_addr(fd, SIOCSIFADDR, "lo", "224.0.0.1"));
}

CASE(H04, "mtu and names")
{
	char big[2000] = "";
	struct sockaddr_in to = in4("127.0.0.1", 9);
	int fd;

	net_up();
	fd = udp();
	SEE("1500", "%s", set_mtu(fd, 1500));
	SEE("mtu", "%s", get(fd, SIOCGIFMTU, "lo"));
	SEE("mtu", "%d", ifr.ifr_mtu);
	CHECK(sendto(fd, big, 1400, 0, (void *)&to, sizeof(to)) == 1400);
	SEE("-1", "%s", set_mtu(fd, -1));
	SEE("0", "%s", set_mtu(fd, 0));
	SEE("65536", "%s", set_mtu(fd, 65536));
	SEE("eth7", "%s", set_name(fd, "lo", "eth7"));
	SEE("lo", "%s", get(fd, SIOCGIFFLAGS, "lo"));
	SEE("eth7", "%s", get(fd, SIOCGIFFLAGS, "eth7"));
	SEE("slash", "%s", set_name(fd, "eth7", "a/b"));
	SEE("colon", "%s", set_name(fd, "eth7", "a:b"));
	SEE("space", "%s", set_name(fd, "eth7", "a b"));
	SEE("dot", "%s", set_name(fd, "eth7", "."));
	SEE("empty", "%s", set_name(fd, "eth7", ""));
	SEE("the same", "%s", set_name(fd, "eth7", "eth7"));
	SEE("a number", "%s", set_name(fd, "eth7", "x%dy"));
	SEE("x0y", "%s", get(fd, SIOCGIFFLAGS, "x0y"));
}

CASE(H04, "sockets of other families ask too, but not for addresses")
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), six;

	net_up();
	close(fd);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	six = udp6();
	SEE("unix flags", "%s", get(fd, SIOCGIFFLAGS, "lo"));
	SEE("unix address", "%s", get_addr(fd, SIOCGIFADDR, "lo"));
	SEE("unix conf", "%d", conf(fd, 400));
	SEE("IPv6 flags", "%s", get(six, SIOCGIFFLAGS, "lo"));
	SEE("IPv6 address", "%s", get_addr(six, SIOCGIFADDR, "lo"));
}

CASE(N11, "changes need CAP_NET_ADMIN over the owner of the network")
{
	int fd;

	net_up();
	fd = udp();
	CHECK(setresuid(1000, 1000, 1000) == 0);
	SEE("flags", "%s", set_flags(fd, "lo", 0));
	SEE("no such device", "%s", set_flags(fd, "eth0", 0));
	SEE("read", "%s", get(fd, SIOCGIFFLAGS, "lo"));
	SEE("mtu", "%s", set_mtu(fd, 1500));
	SEE("name", "%s", set_name(fd, "lo", "eth7"));
	SEE("address", "%s", set_addr(fd, SIOCSIFADDR, "lo", "10.1.1.1"));
	/* a network that is one's own: a user namespace owns it */
	CHECK(unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0);
	SEE("the old socket", "%s", set_flags(fd, "lo", 0));
	close(fd);
	fd = udp();
	SEE("the own network", "%s", set_flags(fd, "lo", IFF_UP));
	SEE("raw socket", "%s", ERR(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)));
	SEE("port 80", "%s", ERR(BIND4(fd, "127.0.0.1", 80)));
}

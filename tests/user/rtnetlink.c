// SPDX-License-Identifier: MIT
/* NETLINK_ROUTE: devices and addresses by messages, as `ip` and bwrap do it. */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>

#include "net.h"

static struct {
	struct nlmsghdr h;
	union {
		struct ifinfomsg link;
		struct ifaddrmsg addr;
		struct rtgenmsg gen;
		char room[256];
	};
} req;

static char answer[8192];

static int rt_socket(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
}

static void begin(int type, int flags, size_t fixed)
{
	memset(&req, 0, sizeof(req));
	req.h.nlmsg_type = (uint16_t)type;
	req.h.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	req.h.nlmsg_len = (uint32_t)NLMSG_LENGTH(fixed);
	req.h.nlmsg_seq = 7;
}

static void attr(int type, const void *data, size_t n)
{
	struct rtattr *a = (void *)((char *)&req + NLMSG_ALIGN(req.h.nlmsg_len));

	a->rta_type = (uint16_t)type;
	a->rta_len = (uint16_t)RTA_LENGTH(n);
	memcpy(RTA_DATA(a), data, n);
	req.h.nlmsg_len = (uint32_t)(NLMSG_ALIGN(req.h.nlmsg_len) +
				     RTA_ALIGN(a->rta_len));
}

/* Send it; the error in the answer. */
static const char *acked(int fd)
{
	struct nlmsghdr *h = (void *)answer;

	req.h.nlmsg_flags |= NLM_F_ACK;
	if (send(fd, &req, req.h.nlmsg_len, 0) < 0)
		return err_name(errno);
	if (recv(fd, answer, sizeof(answer), MSG_DONTWAIT) < 0)
		return err_name(errno);
	if (h->nlmsg_type != NLMSG_ERROR || h->nlmsg_seq != 7)
		return "another answer";
	return err_name(-((struct nlmsgerr *)NLMSG_DATA(h))->error);
}

static const void *find(struct rtattr *a, int len, int type)
{
	for (; RTA_OK(a, len); a = RTA_NEXT(a, len))
		if (a->rta_type == type)
			return RTA_DATA(a);
	return NULL;
}

static void see_link(struct nlmsghdr *h)
{
	struct ifinfomsg *i = NLMSG_DATA(h);
	struct rtattr *a = IFLA_RTA(i);
	int n = (int)IFLA_PAYLOAD(h);

	SEE("  link", "%d %s type %d flags %#x mtu %u qdisc %s state %d",
	    i->ifi_index, (const char *)find(a, n, IFLA_IFNAME), i->ifi_type,
	    i->ifi_flags, *(const unsigned *)find(a, n, IFLA_MTU),
	    (const char *)find(a, n, IFLA_QDISC),
	    *(const uint8_t *)find(a, n, IFLA_OPERSTATE));
}

static void see_addr(struct nlmsghdr *h)
{
	struct ifaddrmsg *i = NLMSG_DATA(h);
	const void *addr = find(IFA_RTA(i), (int)IFA_PAYLOAD(h), IFA_ADDRESS);
	char text[64];

	SEE("  address", "%s/%d scope %d on %d",
	    inet_ntop(i->ifa_family, addr, text, sizeof(text)),
	    i->ifa_prefixlen, i->ifa_scope, (int)i->ifa_index);
}

/* Ask for all and print what comes until the end. */
static void dump(int fd, int type, int family)
{
	bool done = false;
	ssize_t n;

	begin(type, NLM_F_DUMP, sizeof(req.link));
	req.gen.rtgen_family = (unsigned char)family;
	CHECK(send(fd, &req, req.h.nlmsg_len, 0) > 0);
	while (!done && (n = recv(fd, answer, sizeof(answer), MSG_DONTWAIT)) > 0) {
		for (struct nlmsghdr *h = (void *)answer;
		     !done && NLMSG_OK(h, (size_t)n); h = NLMSG_NEXT(h, n)) {
			CHECK(h->nlmsg_flags & NLM_F_MULTI);
			done = h->nlmsg_type == NLMSG_DONE;
			if (h->nlmsg_type == RTM_NEWLINK)
				see_link(h);
			if (h->nlmsg_type == RTM_NEWADDR)
				see_addr(h);
		}
	}
	SEE("end", "%d", done);
}

CASE(H04, "dumps of a new network, before and after lo is set up")
{
	int fd;

	CHECK(unshare(CLONE_NEWNET) == 0);
	fd = rt_socket();
	dump(fd, RTM_GETLINK, AF_UNSPEC);
	dump(fd, RTM_GETADDR, AF_UNSPEC);
	begin(RTM_NEWLINK, 0, sizeof(req.link));
	req.link.ifi_index = 1;
	req.link.ifi_flags = req.link.ifi_change = IFF_UP;
	SEE("set up", "%s", acked(fd));
	dump(fd, RTM_GETLINK, AF_UNSPEC);
	dump(fd, RTM_GETADDR, AF_UNSPEC);
	dump(fd, RTM_GETADDR, AF_INET6);
	close(fd);
}

CASE(H04, "bwrap's way: an address, then up")
{
	struct in_addr home = { htonl(INADDR_LOOPBACK) };
	int fd;

	CHECK(unshare(CLONE_NEWNET) == 0);
	fd = rt_socket();
	for (int i = 0; i < 2; i++) {
		begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof(req.addr));
		req.addr.ifa_family = AF_INET;
		req.addr.ifa_prefixlen = 8;
		req.addr.ifa_scope = RT_SCOPE_HOST;
		req.addr.ifa_index = 1;
		attr(IFA_LOCAL, &home, 4);
		attr(IFA_ADDRESS, &home, 4);
		SEE("add", "%s", acked(fd));
	}
	req.addr.ifa_index = 9;
	SEE("no device", "%s", acked(fd));
	begin(RTM_NEWLINK, 0, sizeof(req.link));
	req.link.ifi_index = 1;
	req.link.ifi_flags = req.link.ifi_change = IFF_UP;
	SEE("up", "%s", acked(fd));
	dump(fd, RTM_GETADDR, AF_INET);
	SEE("send", "%s", ERR(send4(udp(), "x", "127.0.0.1", 9)));
	begin(RTM_DELADDR, 0, sizeof(req.addr));
	req.addr.ifa_family = AF_INET;
	req.addr.ifa_prefixlen = 8;
	req.addr.ifa_index = 1;
	attr(IFA_LOCAL, &home, 4);
	SEE("take away", "%s", acked(fd));
	SEE("again", "%s", acked(fd));
	dump(fd, RTM_GETADDR, AF_INET);
	close(fd);
}

CASE(H04, "one device by name or index")
{
	struct nlmsghdr *h = (void *)answer;
	int fd;

	CHECK(unshare(CLONE_NEWNET) == 0);
	fd = rt_socket();
	begin(RTM_GETLINK, 0, sizeof(req.link));
	attr(IFLA_IFNAME, "lo", 3);
	CHECK(send(fd, &req, req.h.nlmsg_len, 0) > 0);
	CHECK(recv(fd, answer, sizeof(answer), MSG_DONTWAIT) > 0);
	SEE("type, flags", "%d %d", h->nlmsg_type, h->nlmsg_flags);
	see_link(h);
	begin(RTM_GETLINK, 0, sizeof(req.link));
	attr(IFLA_IFNAME, "nope", 5);
	SEE("no such name", "%s", acked(fd));
	begin(RTM_GETLINK, 0, sizeof(req.link));
	req.link.ifi_index = 99;
	SEE("no such index", "%s", acked(fd));
	begin(RTM_GETLINK, 0, sizeof(req.link));
	SEE("nothing asked", "%s", acked(fd));
	begin(RTM_NEWLINK, 0, sizeof(req.link));
	req.link.ifi_index = 1;
	attr(IFLA_MTU, &(int){ 1400 }, 4);
	SEE("mtu", "%s", acked(fd));
	dump(fd, RTM_GETLINK, AF_UNSPEC);
	close(fd);
}

CASE(H04, "sockets: numbers, partners, kinds")
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK };
	socklen_t len = sizeof(nl);
	int a = rt_socket(), b = rt_socket();

	CHECK(unshare(CLONE_NEWNET) == 0);
	close(a);
	close(b);
	a = rt_socket();
	b = rt_socket();
	SEE("bind", "%s", ERR(bind(a, (void *)&nl, sizeof(nl))));
	CHECK(getsockname(a, (void *)&nl, &len) == 0);
	SEE("is the process's", "%d %d", nl.nl_pid == (unsigned)getpid(), (int)len);
	SEE("taken", "%s", ERR(bind(b, (void *)&nl, sizeof(nl))));
	nl.nl_pid = 0;
	SEE("any", "%s", ERR(bind(b, (void *)&nl, sizeof(nl))));
	nl.nl_pid = 12345678;
	SEE("rebind", "%s", ERR(bind(b, (void *)&nl, sizeof(nl))));
	begin(RTM_GETLINK, NLM_F_DUMP, sizeof(req.link));
	SEE("to nobody", "%s", ERR(sendto(a, &req, req.h.nlmsg_len, 0,
					  (void *)&nl, sizeof(nl))));
	SEE("empty queue", "%s", ERR(recv(a, answer, 9, MSG_DONTWAIT)));
	SEE("stream", "%s", ERR(socket(AF_NETLINK, SOCK_STREAM, 0)));
	SEE("protocol 99", "%s", ERR(socket(AF_NETLINK, SOCK_RAW, 99)));
	SEE("protocol -1", "%s", ERR(socket(AF_NETLINK, SOCK_RAW, -1)));
	SEE("listen", "%s", ERR(listen(a, 1)));
	close(a);
	close(b);
}

/* Which families answer depends on modules: those that nobody knows do not. */
CASE(H04, "NETLINK_SOCK_DIAG: what is no question, who does not answer")
{
	static const int types[] = { 16, 17, 20, 21, 22, 23 };
	static const int families[] = { 0, AF_IPX, 45, 46, 255 };
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK,
				  .nl_pid = (unsigned)getpid() };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG), route;

	CHECK(fd >= 0);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		begin(types[i], 0, sizeof(struct sock_diag_req));
		SEE("type", "%d %s", types[i], acked(fd));
	}
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		begin(SOCK_DIAG_BY_FAMILY, 0, sizeof(struct sock_diag_req));
		((struct sock_diag_req *)NLMSG_DATA(&req.h))->sdiag_family =
			(uint8_t)families[i];
		SEE("family", "%d %s", families[i], acked(fd));
	}
	begin(SOCK_DIAG_BY_FAMILY, 0, 1);
	SEE("short", "%s", acked(fd));
	close(fd);
	fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
	route = rt_socket();
	SEE("bind", "%s", ERR(bind(fd, (void *)&nl, sizeof(nl))));
	SEE("another protocol's number", "%s",
	    ERR(bind(route, (void *)&nl, sizeof(nl))));
	close(fd);
	close(route);
}

CASE(N12, "a change needs the opener's power too")
{
	int fd, sv[2];

	CHECK(unshare(CLONE_NEWNET) == 0);
	fd = rt_socket();
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
	begin(RTM_NEWLINK, 0, sizeof(req.link));
	req.link.ifi_index = 1;
	req.link.ifi_flags = req.link.ifi_change = IFF_UP;
	fflush(stdout);
	if (!fork()) {
		CHECK(setresuid(1000, 1000, 1000) == 0);
		SEE("user on root's socket", "%s", acked(fd));
		close(fd);
		fd = rt_socket();
		SEE("user on his own", "%s", acked(fd));
		dump(fd, RTM_GETLINK, AF_UNSPEC);
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
	SEE("root", "%s", acked(fd));
	close(fd);
}

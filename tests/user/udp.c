// SPDX-License-Identifier: MIT
/* UDP over loopback, in a network of its own: udp(7), ip(7), ipv6(7). */
#include <sys/epoll.h>

#include "net.h"

CASE(H04, "a new network: lo is down and has no address")
{
	CHECK(unshare(CLONE_NEWNET) == 0);
	SEE("send", "%s", ERR(send4(udp(), "x", "127.0.0.1", 9)));
	SEE("connect", "%s", ERR(CONN4(udp(), "127.0.0.1", 9)));
	SEE("connect any", "%s", ERR(CONN4(udp(), "0.0.0.0", 9)));
	SEE("send elsewhere", "%s", ERR(send4(udp(), "x", "10.0.0.1", 9)));
	SEE("bind", "%s", ERR(BIND4(udp(), "127.0.0.1", 0)));
	SEE("bind any", "%s", ERR(BIND4(udp(), "0.0.0.0", 0)));
	SEE("bind another's", "%s", ERR(BIND4(udp(), "10.1.2.3", 0)));
	SEE("send6", "%s", ERR(send6(udp6(), "x", "::1", 9)));
	SEE("connect6", "%s", ERR(CONN6(udp6(), "::2", 9)));
	SEE("bind6", "%s", ERR(BIND6(udp6(), "::1", 0)));
	SEE("bind6 any", "%s", ERR(BIND6(udp6(), "::", 0)));
}

CASE(H04, "lo is up: what can be bound")
{
	net_up();
	SEE("127.2.3.4", "%s", ERR(BIND4(udp(), "127.2.3.4", 0)));
	SEE("10.1.2.3", "%s", ERR(BIND4(udp(), "10.1.2.3", 0)));
	SEE("broadcast", "%s", ERR(BIND4(udp(), "127.255.255.255", 0)));
	SEE("everyone", "%s", ERR(BIND4(udp(), "255.255.255.255", 0)));
	SEE("group", "%s", ERR(BIND4(udp(), "224.0.0.1", 0)));
	SEE("::1", "%s", ERR(BIND6(udp6(), "::1", 0)));
	SEE("::2", "%s", ERR(BIND6(udp6(), "::2", 0)));
	SEE("mapped", "%s", ERR(BIND6(udp6(), "::ffff:127.0.0.1", 0)));
	SEE("mapped, not ours", "%s", ERR(BIND6(udp6(), "::ffff:10.0.0.1", 0)));
	SEE("sockaddr_in6 on AF_INET", "%s", ERR(BIND6(udp(), "::1", 0)));
	SEE("sockaddr_in on AF_INET6", "%s", ERR(BIND4(udp6(), "127.0.0.1", 0)));
}

CASE(H04, "a datagram arrives, and the answer")
{
	int a = udp(), b = udp();

	net_up();
	close(a);
	close(b);
	a = udp();
	b = udp();
	CHECK(BIND4(a, "127.0.0.1", 900) == 0);
	SEE("nothing yet", "%s", recv_text(a));
	SEE("send", "%s", ERR(send4(b, "hello", "127.0.0.1", 900)));
	SEE("received", "%s", recv_text(a));
	CHECK(BIND4(b, "127.0.0.1", 901) != 0); /* it has a port already */
	SEE("empty", "%s", ERR(send4(b, "", "127.0.0.1", 900)));
	SEE("received", "%s", recv_text(a));
	SEE("to any is to this host", "%s", ERR(send4(b, "x", "0.0.0.0", 900)));
	SEE("received", "%s", recv_text(a));
}

CASE(H04, "sockets stay in the network they were made in")
{
	int old, new, here = open("/proc/self/ns/net", O_RDONLY);

	net_up();
	old = udp();
	CHECK(BIND4(old, "127.0.0.1", 900) == 0);
	net_up();
	new = udp();
	SEE("the same port", "%s", ERR(BIND4(new, "127.0.0.1", 900)));
	CHECK(send4(old, "mine", "127.0.0.1", 900) == 4);
	SEE("the other hears", "%s", recv_text(new));
	SEE("itself hears", "%s", recv_text(old));
	CHECK(setns(here, 0) == 0);
	CHECK(send4(old, "still", "127.0.0.1", 900) == 5);
	SEE("after setns", "%s", recv_text(old));
}

CASE(H04, "connected: names, filter, refusal")
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct pollfd p = { .events = POLLIN | POLLOUT };
	int a, b, c;

	net_up();
	a = udp();
	SEE("name", "%s", name4(a, getsockname));
	SEE("peer", "%s", name4(a, getpeername));
	SEE("connect", "%s", ERR(CONN4(a, "127.0.0.5", 902)));
	SEE("name", "%s", name4(a, getsockname));
	SEE("peer", "%s", name4(a, getpeername));
	CHECK(connect(a, &none, sizeof(none)) == 0);
	SEE("disconnected", "%s", name4(a, getsockname));
	CHECK(BIND4(a, "127.0.0.1", 903) == 0);
	CHECK(CONN4(a, "127.0.0.1", 902) == 0);
	CHECK(connect(a, &none, sizeof(none)) == 0);
	SEE("bound, disconnected", "%s", name4(a, getsockname));
	CHECK(CONN4(a, "127.0.0.1", 902) == 0);
	b = udp();
	CHECK(BIND4(b, "127.0.0.1", 902) == 0);
	c = udp();
	CHECK(send4(c, "stranger", "127.0.0.1", 903) == 8);
	CHECK(send4(b, "friend", "127.0.0.1", 903) == 6);
	SEE("received", "%s", recv_text(a));
	SEE("and then", "%s", recv_text(a));
	close(b);
	SEE("nobody there", "%s", ERR(send(a, "x", 1, 0)));
	p.fd = a;
	poll(&p, 1, 0);
	SEE("poll", "%#x", p.revents);
	SEE("send", "%s", ERR(send(a, "x", 1, 0)));
	SEE("and again", "%s", ERR(send(a, "x", 1, 0)));
	SEE("SO_ERROR", "%s", err_name(get_int(a, SOL_SOCKET, SO_ERROR)));
	SEE("SO_ERROR again", "%s", err_name(get_int(a, SOL_SOCKET, SO_ERROR)));
	CHECK(send(a, "x", 1, 0) == 1);
	SEE("receive", "%s", recv_text(a));
	SEE("not connected", "%s", ERR(send4(c, "x", "127.0.0.1", 909)));
	SEE("is not told", "%s", err_name(get_int(c, SOL_SOCKET, SO_ERROR)));
}

/* Bind two sockets to one port; the error of the second. */
static const char *both(int a, const char *addr_a, int b, const char *addr_b)
{
	const char *result;

	CHECK((strchr(addr_a, ':') ? BIND6(a, addr_a, 910) :
				     BIND4(a, addr_a, 910)) == 0);
	result = ERR(strchr(addr_b, ':') ? BIND6(b, addr_b, 910) :
					   BIND4(b, addr_b, 910));
	close(a);
	close(b);
	return result;
}

static int with(int fd, int option)
{
	CHECK(set_int(fd, SOL_SOCKET, option, 1) == 0);
	return fd;
}

CASE(H04, "who may share a port")
{
	net_up();
	SEE("the same", "%s", both(udp(), "127.0.0.1", udp(), "127.0.0.1"));
	SEE("any and one", "%s", both(udp(), "0.0.0.0", udp(), "127.0.0.1"));
	SEE("two addresses", "%s", both(udp(), "127.0.0.2", udp(), "127.0.0.1"));
	SEE("both reuse", "%s", both(with(udp(), SO_REUSEADDR), "127.0.0.1",
				     with(udp(), SO_REUSEADDR), "127.0.0.1"));
	SEE("one reuses", "%s", both(with(udp(), SO_REUSEADDR), "127.0.0.1",
				     udp(), "127.0.0.1"));
	SEE("both reuseport", "%s",
	    both(with(udp(), SO_REUSEPORT), "127.0.0.1",
		 with(udp(), SO_REUSEPORT), "127.0.0.1"));
	SEE("reuseport, reuseaddr", "%s",
	    both(with(udp(), SO_REUSEPORT), "127.0.0.1",
		 with(udp(), SO_REUSEADDR), "127.0.0.1"));
	SEE("IPv6 any, IPv4", "%s", both(udp6(), "::", udp(), "127.0.0.1"));
	SEE("IPv4 any, IPv6 any", "%s", both(udp(), "0.0.0.0", udp6(), "::"));
	SEE("IPv4, ::1", "%s", both(udp(), "127.0.0.1", udp6(), "::1"));
	SEE("mapped, IPv4", "%s", both(udp6(), "::ffff:127.0.0.1", udp(),
				       "127.0.0.1"));
}

CASE(H04, "the most particular socket gets it, of equals the youngest")
{
	int any, one, old, new, from;

	net_up();
	any = with(udp(), SO_REUSEADDR);
	one = with(udp(), SO_REUSEADDR);
	from = udp();
	CHECK(BIND4(one, "127.0.0.1", 911) == 0);
	CHECK(BIND4(any, "0.0.0.0", 911) == 0);
	CHECK(send4(from, "a", "127.0.0.1", 911) == 1);
	SEE("any", "%s", recv_text(any));
	SEE("one", "%s", recv_text(one));
	CHECK(send4(from, "b", "127.0.0.2", 911) == 1);
	SEE("any", "%s", recv_text(any));
	old = with(udp(), SO_REUSEADDR);
	new = with(udp(), SO_REUSEADDR);
	CHECK(BIND4(old, "127.0.0.1", 912) == 0);
	CHECK(BIND4(new, "127.0.0.1", 912) == 0);
	CHECK(send4(from, "c", "127.0.0.1", 912) == 1);
	SEE("old", "%s", recv_text(old));
	SEE("new", "%s", recv_text(new));
}

CASE(H04, "IPv6, and IPv4 through an IPv6 socket")
{
	int six, four, a, b;

	net_up();
	six = udp6();
	four = udp();
	CHECK(BIND6(six, "::", 913) == 0);
	CHECK(BIND4(four, "127.0.0.1", 914) == 0);
	CHECK(send4(four, "four", "127.0.0.1", 913) == 4);
	SEE("six hears", "%s", recv_text(six));
	SEE("answer", "%s", ERR(send6(six, "six", "::ffff:127.0.0.1", 914)));
	SEE("four hears", "%s", recv_text(four));
	a = udp6();
	CHECK(send6(a, "loop", "::1", 913) == 4);
	SEE("six hears", "%s", recv_text(six));
	b = udp6();
	CHECK(set_int(b, IPPROTO_IPV6, IPV6_V6ONLY, 1) == 0);
	SEE("v6only to mapped", "%s", ERR(send6(b, "x", "::ffff:127.0.0.1", 1)));
	b = udp6();
	CHECK(BIND6(b, "::1", 0) == 0);
	SEE("::1 to mapped", "%s", ERR(send6(b, "x", "::ffff:127.0.0.1", 1)));
	SEE("too late", "%s", ERR(set_int(b, IPPROTO_IPV6, IPV6_V6ONLY, 1)));
	SEE("unreachable", "%s", ERR(send6(a, "x", "2001:db8::1", 1)));
	CHECK(CONN6(a, "::1", 999) == 0);
	CHECK(send(a, "x", 1, 0) == 1);
	SEE("refused", "%s", err_name(get_int(a, SOL_SOCKET, SO_ERROR)));
}

static char big[70000];

static const char *send_size(int fd, int v6, size_t n)
{
	struct sockaddr_in four = in4("127.0.0.1", 9);
	struct sockaddr_in6 six = in6("::1", 9);

	return ERR(v6 ? sendto(fd, big, n, 0, (void *)&six, sizeof(six)) :
			sendto(fd, big, n, 0, (void *)&four, sizeof(four)));
}

CASE(H04, "sizes, peeking, truncation")
{
	char buf[16] = "", byte;
	struct iovec iov = { buf, 2 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	int a, b, n;

	net_up();
	SEE("65507", "%s", send_size(udp(), 0, 65507));
	SEE("65508", "%s", send_size(udp(), 0, 65508));
	SEE("70000", "%s", send_size(udp(), 0, 70000));
	SEE("IPv6 65488", "%s", send_size(udp6(), 1, 65488));
	SEE("IPv6 65528", "%s", send_size(udp6(), 1, 65528));
	a = udp();
	b = udp();
	CHECK(BIND4(a, "127.0.0.1", 915) == 0);
	CHECK(send4(b, "abcdef", "127.0.0.1", 915) == 6);
	CHECK(ioctl(a, FIONREAD, &n) == 0);
	SEE("FIONREAD", "%d", n);
	SEE("peek", "%d", (int)recv(a, buf, 3, MSG_PEEK));
	SEE("peek, real length", "%d",
	    (int)recv(a, buf, 3, MSG_PEEK | MSG_TRUNC));
	SEE("recvmsg 2", "%d", (int)recvmsg(a, &m, 0));
	SEE("flags", "%#x", m.msg_flags);
	SEE("text", "%.2s", buf);
	SEE("the rest is lost", "%s", ERR(recv(a, &byte, 1, MSG_DONTWAIT)));
	SEE("port 0", "%s", ERR(send4(b, "x", "127.0.0.1", 0)));
	SEE("no name", "%s", ERR(send(udp(), "x", 1, 0)));
	SEE("bad pointer", "%s", ERR(send(b, (void *)8, 5, 0)));
	CHECK(CONN4(b, "127.0.0.1", 915) == 0);
	SEE("bad data", "%s", ERR(send(b, (void *)8, 5, 0)));
	CHECK(send(b, "xy", 2, 0) == 2);
	SEE("bad buffer", "%s", ERR(recv(a, (void *)8, 5, MSG_DONTWAIT)));
}

CASE(H04, "broadcast needs an option, and reaches all")
{
	int a, b, s;

	net_up();
	a = with(udp(), SO_REUSEADDR);
	b = with(udp(), SO_REUSEADDR);
	CHECK(BIND4(a, "0.0.0.0", 916) == 0);
	CHECK(BIND4(b, "0.0.0.0", 916) == 0);
	s = udp();
	SEE("without", "%s", ERR(send4(s, "x", "127.255.255.255", 916)));
	with(s, SO_BROADCAST);
	SEE("with", "%s", ERR(send4(s, "all", "127.255.255.255", 916)));
	SEE("first", "%s", recv_text(a));
	SEE("second", "%s", recv_text(b));
	SEE("everyone", "%s", ERR(send4(s, "x", "255.255.255.255", 916)));
	SEE("group", "%s", ERR(send4(s, "x", "224.0.0.5", 916)));
	SEE("nobody is refused", "%s", ERR(send4(s, "x", "127.255.255.255", 9)));
	SEE("error", "%s", err_name(get_int(s, SOL_SOCKET, SO_ERROR)));
}

CASE(H04, "waiting: a timeout, another task, epoll")
{
	struct timeval tv = { .tv_usec = 20000 };
	struct epoll_event e = { .events = EPOLLIN };
	int a, b, ep;
	char buf[8];
	pid_t pid;

	net_up();
	a = udp();
	b = udp();
	CHECK(BIND4(a, "127.0.0.1", 917) == 0);
	CHECK(setsockopt(a, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)) == 0);
	SEE("timeout", "%s", ERR(recv(a, buf, 8, 0)));
	tv.tv_usec = 0;
	CHECK(setsockopt(a, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)) == 0);
	ep = epoll_create1(0);
	CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, a, &e) == 0);
	SEE("epoll, nothing", "%d", epoll_wait(ep, &e, 1, 0));
	fflush(stdout);
	pid = fork();
	if (!pid) {
		usleep(20000);
		send4(b, "one", "127.0.0.1", 917);
		usleep(20000);
		send4(b, "two", "127.0.0.1", 917);
		_exit(0);
	}
	SEE("epoll", "%d", epoll_wait(ep, &e, 1, 10000));
	SEE("events", "%#x", e.events);
	SEE("first", "%d", (int)recv(a, buf, 8, 0));
	SEE("second", "%d", (int)recv(a, buf, 8, 0));
	waitpid(pid, NULL, 0);
}

CASE(H04, "shutdown, listen, accept")
{
	int a, sv[2];

	net_up();
	a = udp();
	SEE("not connected", "%s", ERR(shutdown(a, SHUT_RD)));
	SEE("listen", "%s", ERR(listen(a, 1)));
	SEE("accept", "%s", ERR(accept(a, NULL, NULL)));
	SEE("bind", "%s", ERR(BIND4(a, "127.0.0.1", 918)));
	SEE("bind again", "%s", ERR(BIND4(a, "127.0.0.1", 919)));
	CHECK(CONN4(a, "127.0.0.1", 920) == 0);
	SEE("write end", "%s", ERR(shutdown(a, SHUT_WR)));
	SEE("send", "%s", ERR(send(a, "x", 1, MSG_NOSIGNAL)));
	SEE("how", "%s", ERR(shutdown(a, 3)));
	SEE("socketpair", "%s", ERR(socketpair(AF_INET, SOCK_DGRAM, 0, sv)));
}

static const char *made(int family, int type, int protocol)
{
	int fd = socket(family, type, protocol);
	const char *result = fd < 0 ? err_name(errno) : "ok";

	if (fd >= 0)
		close(fd);
	return result;
}

CASE(H04, "which sockets there are")
{
	net_up();
	SEE("udp", "%s", made(AF_INET, SOCK_DGRAM, IPPROTO_UDP));
	SEE("dgram tcp", "%s", made(AF_INET, SOCK_DGRAM, IPPROTO_TCP));
	SEE("raw 0", "%s", made(AF_INET, SOCK_RAW, 0));
	SEE("raw icmp", "%s", made(AF_INET, SOCK_RAW, IPPROTO_ICMP));
	SEE("ping", "%s", made(AF_INET, SOCK_DGRAM, IPPROTO_ICMP));
	SEE("raw icmp6", "%s", made(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6));
	SEE("ping6", "%s", made(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6));
	SEE("seqpacket", "%s", made(AF_INET, SOCK_SEQPACKET, 0));
	SEE("protocol 300", "%s", made(AF_INET, SOCK_DGRAM, 300));
	SEE("type 0", "%s", made(AF_INET, 0, 0));
	SEE("type 11", "%s", made(AF_INET, 11, 0));
	SEE("family 0", "%s", made(0, SOCK_STREAM, 0));
	SEE("family 46", "%s", made(46, SOCK_STREAM, 0));
	SEE("unix 5", "%s", made(AF_UNIX, SOCK_DGRAM, 5));
	SEE("unix raw", "%s", made(AF_UNIX, SOCK_RAW, 0));
	CHECK(setresuid(1000, 1000, 1000) == 0);
	SEE("raw as a user", "%s", made(AF_INET, SOCK_RAW, IPPROTO_ICMP));
	SEE("port 80 as a user", "%s", ERR(BIND4(udp(), "127.0.0.1", 80)));
	SEE("port 80, not ours", "%s", ERR(BIND4(udp(), "10.9.9.9", 80)));
	SEE("port 1080 as a user", "%s", ERR(BIND4(udp(), "127.0.0.1", 1080)));
}

CASE(H04, "options")
{
	char name[IFNAMSIZ] = "";
	socklen_t len = sizeof(name);
	int a;

	net_up();
	a = udp();
	SEE("type, domain, protocol", "%d %d %d",
	    get_int(a, SOL_SOCKET, SO_TYPE), get_int(a, SOL_SOCKET, SO_DOMAIN),
	    get_int(a, SOL_SOCKET, SO_PROTOCOL));
	SEE("ttl, tos", "%d %d", get_int(a, IPPROTO_IP, IP_TTL),
	    get_int(a, IPPROTO_IP, IP_TOS));
	SEE("ttl 0", "%s", ERR(set_int(a, IPPROTO_IP, IP_TTL, 0)));
	SEE("ttl 7", "%s", ERR(set_int(a, IPPROTO_IP, IP_TTL, 7)));
	SEE("ttl", "%d", get_int(a, IPPROTO_IP, IP_TTL));
	SEE("mtu", "%s", err_name(-get_int(a, IPPROTO_IP, IP_MTU)));
	CHECK(CONN4(a, "127.0.0.1", 9) == 0);
	SEE("mtu, connected", "%d", get_int(a, IPPROTO_IP, IP_MTU));
	SEE("no such option", "%s", ERR(set_int(a, IPPROTO_IP, 999, 1)));
	SEE("IPv6 on IPv4", "%s", ERR(set_int(a, IPPROTO_IPV6, IPV6_V6ONLY, 1)));
	SEE("tcp", "%s", ERR(set_int(a, IPPROTO_TCP, 1, 1)));
	SEE("passcred", "%s", ERR(set_int(a, SOL_SOCKET, SO_PASSCRED, 1)));
	SEE("device", "%s", ERR(setsockopt(a, SOL_SOCKET, SO_BINDTODEVICE, "lo",
					   3)));
	CHECK(getsockopt(a, SOL_SOCKET, SO_BINDTODEVICE, name, &len) == 0);
	SEE("its name", "%s %d", name, (int)len);
	SEE("no device", "%s", ERR(setsockopt(a, SOL_SOCKET, SO_BINDTODEVICE,
					      "nope", 5)));
	SEE("buffer", "%d", (set_int(a, SOL_SOCKET, SO_RCVBUF, 1),
			     get_int(a, SOL_SOCKET, SO_RCVBUF)));
	SEE("short value", "%s", ERR(setsockopt(a, SOL_SOCKET, SO_BROADCAST,
						&len, 1)));
	CHECK(setresuid(1000, 1000, 1000) == 0);
	SEE("priority 7", "%s", ERR(set_int(a, SOL_SOCKET, SO_PRIORITY, 7)));
	SEE("priority 6", "%s", ERR(set_int(a, SOL_SOCKET, SO_PRIORITY, 6)));
	SEE("mark", "%s", ERR(set_int(a, SOL_SOCKET, SO_MARK, 1)));
	SEE("force", "%s", ERR(set_int(a, SOL_SOCKET, SO_RCVBUFFORCE, 1)));
	SEE("leave device", "%s", ERR(setsockopt(a, SOL_SOCKET, SO_BINDTODEVICE,
						 "", 0)));
}

CASE(H04, "control messages")
{
	char buf[8], control[128];
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct in_pktinfo info;
	int a, b;

	net_up();
	a = udp();
	b = udp();
	CHECK(set_int(a, IPPROTO_IP, IP_PKTINFO, 1) == 0);
	CHECK(set_int(a, IPPROTO_IP, IP_RECVTTL, 1) == 0);
	CHECK(BIND4(a, "0.0.0.0", 921) == 0);
	CHECK(set_int(b, IPPROTO_IP, IP_TTL, 9) == 0);
	CHECK(send4(b, "x", "127.0.0.9", 921) == 1);
	CHECK(recvmsg(a, &m, 0) == 1);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		SEE("level, type, length", "%d %d %d", c->cmsg_level,
		    c->cmsg_type, (int)c->cmsg_len);
		if (c->cmsg_type == IP_TTL)
			SEE("ttl", "%d", *(int *)CMSG_DATA(c));
		if (c->cmsg_type != IP_PKTINFO)
			continue;
		memcpy(&info, CMSG_DATA(c), sizeof(info));
		SEE("address", "%s", inet_ntoa(info.ipi_addr));
		SEE("device", "%d", info.ipi_ifindex);
	}
}

CASE(H04, "a full queue drops, and nothing else is lost")
{
	char buf[8];
	int a, b, n = 0;

	net_up();
	a = udp();
	b = udp();
	CHECK(BIND4(a, "127.0.0.1", 922) == 0);
	CHECK(set_int(a, SOL_SOCKET, SO_RCVBUF, 1) == 0);
	for (int i = 0; i < 50; i++)
		CHECK(send4(b, "x", "127.0.0.1", 922) == 1);
	while (recv(a, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		n++;
	SEE("some", "%d", n > 0 && n < 50);
	CHECK(send4(b, "again", "127.0.0.1", 922) == 5);
	SEE("then", "%s", recv_text(a));
}

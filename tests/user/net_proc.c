// SPDX-License-Identifier: MIT
/* /proc/PID/net and /proc/sys/net: what they say, and of which network. */
#include "net.h"

#define LEVEL_RAW 255 /* SOL_RAW */

/* How many lines @path has. */
static int lines(const char *path)
{
	int n = 0;

	for (const char *at = read_file(path); *at; at++)
		n += *at == '\n';
	return n;
}

/* Does the file have a line in which @text is? */
static const char *has(const char *path, const char *text)
{
	return strstr(read_file(path), text) ? "yes" : "no";
}

/* The line of lo in .../net/dev, without the blanks: 'rx bytes, packets'. */
static void see_dev(const char *path)
{
	unsigned long rx, rxp, tx, txp;
	const char *lo = strstr(read_file(path), "lo:");

	if (!lo || sscanf(lo, "lo: %lu %lu %*u %*u %*u %*u %*u %*u %lu %lu", &rx,
			  &rxp, &tx, &txp) != 4)
		SEE("dev", "malformed");
	else
		SEE("dev", "%lu in %lu, %lu in %lu", rx, rxp, tx, txp);
}

CASE(H04, "/proc/net is self/net")
{
	static const char *const names[] = { "dev", "unix", "udp", "udp6", "tcp",
					     "tcp6", "route", "if_inet6",
					     "sockstat", "raw", "packet", "arp" };
	char path[64], buf[64] = "";
	struct stat st;

	CHECK(readlink("/proc/net", buf, sizeof(buf) - 1) > 0);
	SEE("link", "%s", buf);
	CHECK(stat("/proc/self/net", &st) == 0);
	SEE("mode", "%o", st.st_mode);
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "/proc/net/%s", names[i]);
		SEE(names[i], "%s %o", ERR(stat(path, &st)), st.st_mode);
	}
	SEE("unknown", "%s", ERR(stat("/proc/net/nope", &st)));
	SEE("write", "%s", ERR(open("/proc/net/dev", O_CREAT | O_EXCL)));
}

CASE(H04, "a new network in /proc: headings, lo, and nothing else")
{
	CHECK(unshare(CLONE_NEWNET) == 0);
	SEE("dev", "%s", read_file("/proc/self/net/dev"));
	SEE("unix", "%d", lines("/proc/self/net/unix"));
	SEE("udp", "%s", read_file("/proc/self/net/udp"));
	SEE("udp6", "%s", read_file("/proc/self/net/udp6"));
	SEE("tcp", "%s", read_file("/proc/self/net/tcp"));
	SEE("tcp6", "%s", read_file("/proc/self/net/tcp6"));
	SEE("raw", "%s", read_file("/proc/self/net/raw"));
	SEE("packet", "%s", read_file("/proc/self/net/packet"));
	SEE("route", "%s", read_file("/proc/self/net/route"));
	SEE("arp", "%s", read_file("/proc/self/net/arp"));
	SEE("if_inet6", "%d", lines("/proc/self/net/if_inet6"));
	CHECK(lo_set(1) == 0);
	SEE("if_inet6, up", "%s", read_file("/proc/self/net/if_inet6"));
	SEE("route, up", "%d", lines("/proc/self/net/route"));
}

CASE(H04, "traffic and sockets are seen")
{
	unsigned laddr, lport, raddr, rport, state, txq, rxq, uid;
	unsigned long inode;
	struct stat st;
	const char *line;
	int a, b;

	net_up();
	a = udp();
	b = udp();
	CHECK(BIND4(a, "127.0.0.1", 900) == 0);
	CHECK(CONN4(a, "127.0.0.1", 901) == 0);
	CHECK(BIND4(b, "127.0.0.1", 901) == 0);
	CHECK(send4(b, "hello", "127.0.0.1", 900) == 5);
	see_dev("/proc/net/dev");
	line = strstr(read_file("/proc/net/udp"), ": 0100007F:0384");
	CHECK(line && sscanf(line, ": %X:%X %X:%X %X %X:%X %*X:%*X %*X %u %*d %lu",
			     &laddr, &lport, &raddr, &rport, &state, &txq, &rxq,
			     &uid, &inode) == 9);
	CHECK(fstat(a, &st) == 0);
	SEE("udp", "%08X:%04X %08X:%04X %02X", laddr, lport, raddr, rport, state);
	SEE("queue, inode", "%d %d", rxq > 0, inode == st.st_ino);
	SEE("two sockets", "%d", lines("/proc/net/udp"));
	SEE("sockstat", "%s", field("/proc/net/sockstat", "UDP:"));
}

CASE(H04, "AF_UNIX sockets and their names")
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int l, c, refs, flags, type, state;
	char name[32];
	const char *at;

	CHECK(unshare(CLONE_NEWNET) == 0);
	l = socket(AF_UNIX, SOCK_STREAM, 0);
	memcpy(sun.sun_path, "\0hole", 5);
	CHECK(bind(l, (void *)&sun, sizeof(sa_family_t) + 5) == 0);
	CHECK(listen(l, 5) == 0);
	c = socket(AF_UNIX, SOCK_STREAM, 0);
	CHECK(connect(c, (void *)&sun, sizeof(sa_family_t) + 5) == 0);
	SEE("lines", "%d", lines("/proc/net/unix"));
	at = strstr(read_file("/proc/net/unix"), "00010000");
	CHECK(at && sscanf(at - 18, "%X %*X %X %X %X %*u %31s", &refs, &flags,
			   &type, &state, name) == 5);
	SEE("listener", "%d %x %04x %02x %s", refs, flags, type, state, name);
}

static void in_new_net(void)
{
	net_up();
	CHECK(send4(udp(), "12345", "127.0.0.1", 9) == 5);
}

CASE(I05, "the network of the task, and of no zombie")
{
	char path[64];
	pid_t pid = spawn(in_new_net);

	net_up();
	snprintf(path, sizeof(path), "/proc/%d/net/dev", pid);
	see_dev(path);
	see_dev("/proc/net/dev");
	kill(pid, SIGKILL);
	waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT);
	SEE("zombie", "%s", ERR(open(path, O_RDONLY)));
	reap(pid);
	SEE("reaped", "%s", ERR(open(path, O_RDONLY)));
}

CASE(H04 P13, "an open file stays with its network; a new look finds the new one")
{
	char buf[4096] = "";
	int a, fd;

	net_up();
	a = udp();
	CHECK(BIND4(a, "127.0.0.1", 900) == 0);
	SEE("here", "%s", has("/proc/self/net/udp", "0100007F:0384"));
	fd = open("/proc/self/net/udp", O_RDONLY);
	net_up();
	SEE("there", "%s", has("/proc/self/net/udp", "0100007F:0384"));
	CHECK(read(fd, buf, sizeof(buf) - 1) > 0);
	SEE("open file", "%s", strstr(buf, "0100007F:0384") ? "yes" : "no");
	SEE("thread", "%d", lines("/proc/thread-self/net/udp"));
}

static const char *write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	const char *result = fd < 0 ? err_name(errno) :
				      ERR(write(fd, text, strlen(text)));

	if (fd >= 0)
		close(fd);
	return result;
}

#define IPV4 "/proc/sys/net/ipv4/"

CASE(H04, "settings are each network's own")
{
	char buf[64];
	int fd;

	net_up();
	SEE("ports", "%s", read_file(IPV4 "ip_local_port_range"));
	SEE("ping", "%s", read_file(IPV4 "ping_group_range"));
	SEE("privileged", "%s", read_file(IPV4 "ip_unprivileged_port_start"));
	SEE("write", "%s", write_text(IPV4 "ip_local_port_range", "40000 40002"));
	SEE("ports", "%s", read_file(IPV4 "ip_local_port_range"));
	SEE("backwards", "%s", write_text(IPV4 "ip_local_port_range", "5000 4000"));
	for (int i = 0; i < 3; i++) {
		fd = udp();
		SEE("bind", "%s", ERR(BIND4(fd, "127.0.0.1", 0)));
	}
	SEE("a fourth", "%s", ERR(BIND4(udp(), "127.0.0.1", 0)));
	SEE("and to send", "%s", ERR(send4(udp(), "x", "127.0.0.1", 9)));
	SEE("allow ping", "%s", write_text(IPV4 "ping_group_range", "0 10"));
	fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
	SEE("ping socket", "%s", fd < 0 ? err_name(errno) : "ok");
	SEE("80 for all", "%s", write_text(IPV4 "ip_unprivileged_port_start",
					   "80"));
	fflush(stdout);
	if (!fork()) {
		CHECK(setresgid(1000, 1000, 1000) == 0);
		CHECK(setresuid(1000, 1000, 1000) == 0);
		SEE("user, 80", "%s", ERR(BIND4(udp(), "127.0.0.1", 80)));
		SEE("user, 79", "%s", ERR(BIND4(udp(), "127.0.0.1", 79)));
		SEE("user writes", "%s", write_text(IPV4 "ping_group_range",
						    "0 1000"));
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
	net_up();
	strcpy(buf, read_file(IPV4 "ip_local_port_range"));
	SEE("another network", "%s", buf);
}

CASE(H04, "an echo: ping and raw sockets")
{
	unsigned char echo[12] = { 8, 0, 0, 0, 0, 0, 0, 1, 'p', 'i', 'n', 'g' };
	unsigned char buf[64];
	struct sockaddr_in to = in4("127.0.0.1", 0);
	int fd;
	ssize_t n;

	net_up();
	CHECK(!strcmp(write_text(IPV4 "ping_group_range", "0 0"), "ok"));
	fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
	CHECK(fd >= 0);
	CHECK(sendto(fd, echo, 12, 0, (void *)&to, sizeof(to)) == 12);
	n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
	SEE("reply", "%d bytes, type %d, \"%.4s\"", (int)n, buf[0], buf + 8);
	echo[0] = 0;
	SEE("only requests", "%s",
	    ERR(sendto(fd, echo, 12, 0, (void *)&to, sizeof(to))));
	SEE("too short", "%s",
	    ERR(sendto(fd, echo, 7, 0, (void *)&to, sizeof(to))));
	echo[0] = 8;
	echo[2] = 0x47; /* the checksum is the program's */
	echo[3] = 0xfe;
	fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	memcpy(echo + 8, "\0\0\260\0", 4);
	CHECK(sendto(fd, echo, 12, 0, (void *)&to, sizeof(to)) == 12);
	n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
	SEE("raw, with header", "%d bytes, version %d, type %d", (int)n,
	    buf[0] >> 4, buf[20]);
	n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
	SEE("the reply", "%d bytes, type %d", (int)n, n > 20 ? buf[20] : -1);
}

/* What a raw socket of @protocol says to IPV6_CHECKSUM, and what it then sends. */
static void see_checksum(int protocol, int level, int offset)
{
	struct sockaddr_in6 to = in6("::1", 0);
	unsigned char data[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	int fd = socket(AF_INET6, SOCK_RAW, protocol), got = 99;
	socklen_t len = sizeof(got);
	char name[64];

	snprintf(name, sizeof(name), "protocol %d, level %d, offset %d",
		 protocol, level, offset);
	SEE(name, "%s",
	    ERR(setsockopt(fd, level, IPV6_CHECKSUM, &offset, sizeof(offset))));
	CHECK(!getsockopt(fd, level, IPV6_CHECKSUM, &got, &len));
	SEE("is", "%d", got);
	SEE("three bytes", "%s",
	    ERR(sendto(fd, data, 3, 0, (void *)&to, sizeof(to))));
	while (recv(fd, data, sizeof(data), MSG_DONTWAIT) >= 0)
		;
	CHECK(sendto(fd, data, 8, 0, (void *)&to, sizeof(to)) == 8);
	CHECK(recv(fd, data, sizeof(data), MSG_DONTWAIT) == 8);
	SEE("eight", "%02x %02x %02x %02x %02x %02x", data[0], data[1],
	    data[2], data[3], data[4], data[5]);
	close(fd);
}

CASE(H04, "raw IPv6: the checksum that the kernel makes")
{
	static const int offsets[] = { 2, 4, 3, -5 };

	net_up();
	for (int i = 0; i < 4; i++) {
		see_checksum(200, LEVEL_RAW, offsets[i]);
		see_checksum(200, IPPROTO_IPV6, offsets[i]);
		see_checksum(IPPROTO_ICMPV6, IPPROTO_IPV6, offsets[i]);
	}
	see_checksum(IPPROTO_ICMPV6, LEVEL_RAW, 4);
	see_checksum(IPPROTO_ICMPV6, LEVEL_RAW, 3);
}

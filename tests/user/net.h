/* SPDX-License-Identifier: MIT */
/* For cases about networks: a new one, and sockets in it. */
#ifndef WARREN_TESTS_USER_NET_H
#define WARREN_TESTS_USER_NET_H

#include "case.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

/* An ioctl on lo; @value and the result are what follows the name. */
static inline int lo_ioctl(int sock, unsigned long cmd, struct ifreq *ifr)
{
	if (!*ifr->ifr_name)
		strcpy(ifr->ifr_name, "lo");
	return ioctl(sock, cmd, ifr);
}

static inline int lo_set(int up)
{
	struct ifreq ifr = { .ifr_flags = up ? IFF_UP : 0 };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	int ret = lo_ioctl(fd, SIOCSIFFLAGS, &ifr);

	close(fd);
	return ret;
}

/* A network of our own, its lo up. */
static inline void net_up(void)
{
	CHECK(unshare(CLONE_NEWNET) == 0);
	CHECK(lo_set(1) == 0);
}

static inline struct sockaddr_in in4(const char *addr, int port)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port) };

	inet_pton(AF_INET, addr, &in.sin_addr);
	return in;
}

static inline struct sockaddr_in6 in6(const char *addr, int port)
{
	struct sockaddr_in6 in = { .sin6_family = AF_INET6,
				   .sin6_port = htons((uint16_t)port) };

	inet_pton(AF_INET6, addr, &in.sin6_addr);
	return in;
}

static inline int udp(void)
{
	return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static inline int udp6(void)
{
	return socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

#define CALL4(call, fd, addr, port)                                            \
	({                                                                     \
		struct sockaddr_in c_in = in4(addr, port);                     \
		call(fd, (void *)&c_in, sizeof(c_in));                         \
	})
#define CALL6(call, fd, addr, port)                                            \
	({                                                                     \
		struct sockaddr_in6 c_in = in6(addr, port);                    \
		call(fd, (void *)&c_in, sizeof(c_in));                         \
	})
#define BIND4(fd, addr, port) CALL4(bind, fd, addr, port)
#define BIND6(fd, addr, port) CALL6(bind, fd, addr, port)
#define CONN4(fd, addr, port) CALL4(connect, fd, addr, port)
#define CONN6(fd, addr, port) CALL6(connect, fd, addr, port)

static inline ssize_t send4(int fd, const char *text, const char *addr,
			    int port)
{
	struct sockaddr_in in = in4(addr, port);

	return sendto(fd, text, strlen(text), MSG_DONTWAIT, (void *)&in,
		      sizeof(in));
}

static inline ssize_t send6(int fd, const char *text, const char *addr,
			    int port)
{
	struct sockaddr_in6 in = in6(addr, port);

	return sendto(fd, text, strlen(text), MSG_DONTWAIT, (void *)&in,
		      sizeof(in));
}

/* The text of one datagram, or the error; from whom, if the port is not one
 * that was chosen for it. */
static inline const char *recv_text(int fd)
{
	static char text[160];
	char buf[64], host[64] = "";
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	ssize_t n;
	int port = 0;

	errno = 0;
	n = recvfrom(fd, buf, sizeof(buf) - 1, MSG_DONTWAIT, (void *)&from,
		     &len);
	if (n < 0)
		return err_name(errno);
	buf[n] = 0;
	if (from.ss_family == AF_INET) {
		struct sockaddr_in *in = (void *)&from;

		inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
		port = ntohs(in->sin_port);
	} else {
		struct sockaddr_in6 *in = (void *)&from;

		inet_ntop(AF_INET6, &in->sin6_addr, host, sizeof(host));
		port = ntohs(in->sin6_port);
	}
	snprintf(text, sizeof(text), "\"%s\" from %s port %s", buf, host,
		 port >= 32768 ? "any" : port ? "fixed" : "0");
	return text;
}

/* "127.0.0.1:900", ":any" for a port that was chosen. */
static inline const char *name4(int fd,
				int (*get)(int, struct sockaddr *, socklen_t *))
{
	static char text[80];
	char host[64];
	struct sockaddr_in in = { 0 };
	socklen_t len = sizeof(in);

	if (get(fd, (void *)&in, &len))
		return err_name(errno);
	inet_ntop(AF_INET, &in.sin_addr, host, sizeof(host));
	if (ntohs(in.sin_port) >= 32768)
		snprintf(text, sizeof(text), "%s:any", host);
	else
		snprintf(text, sizeof(text), "%s:%d", host, ntohs(in.sin_port));
	return text;
}

static inline int get_int(int fd, int level, int name)
{
	int v = -1;
	socklen_t len = sizeof(v);

	return getsockopt(fd, level, name, &v, &len) ? -errno : v;
}

static inline int set_int(int fd, int level, int name, int v)
{
	return setsockopt(fd, level, name, &v, sizeof(v));
}

#endif

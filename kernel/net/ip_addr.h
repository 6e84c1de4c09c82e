/* SPDX-License-Identifier: MIT */
/*
 * An internet address, of either version: IPv4's are kept as IPv6 writes them,
 * ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). So there is one table of sockets, one
 * comparison, and an AF_INET6 socket that talks IPv4 is no special case.
 */
#ifndef WARREN_KERNEL_NET_IP_ADDR_H
#define WARREN_KERNEL_NET_IP_ADDR_H

#include "kernel/lib/string.h"
#include "kernel/lib/types.h"

/* The order of bytes on the wire is the other one. */
#define htons(x) __builtin_bswap16(x)
#define ntohs(x) __builtin_bswap16(x)
#define htonl(x) __builtin_bswap32(x)
#define ntohl(x) __builtin_bswap32(x)

struct ip_addr {
	u32 w[4]; /* as on the wire */
};

#define IP_V4_WORD 0xffff0000u /* w[2] of an IPv4 address */
#define IP4(a, b, c, d) /* host order */                                       \
	((u32)(a) << 24 | (u32)(b) << 16 | (u32)(c) << 8 | (u32)(d))

/* @addr as on the wire. */
static inline struct ip_addr ip_v4(u32 addr)
{
	return (struct ip_addr){ { 0, 0, IP_V4_WORD, addr } };
}

static inline struct ip_addr ip_v6(const void *bytes)
{
	struct ip_addr a = { { 0 } };

	memcpy(a.w, bytes, sizeof(a.w));
	return a;
}

static inline bool ip_is_v4(const struct ip_addr *a)
{
	return !a->w[0] && !a->w[1] && a->w[2] == IP_V4_WORD;
}

static inline u32 ip_v4_of(const struct ip_addr *a)
{
	return a->w[3];
}

static inline bool ip_equal(const struct ip_addr *a, const struct ip_addr *b)
{
	return !memcmp(a->w, b->w, sizeof(a->w));
}

/* 0.0.0.0 or :: */
static inline bool ip_is_any(const struct ip_addr *a)
{
	return !a->w[3] && (ip_is_v4(a) || !(a->w[0] | a->w[1] | a->w[2]));
}

static inline bool ip_is_multicast(const struct ip_addr *a)
{
	return ip_is_v4(a) ? (ntohl(a->w[3]) >> 28) == 0xe :
			     (a->w[0] & 0xff) == 0xff;
}

/* 127.0.0.1 or ::1 */
static inline struct ip_addr ip_loopback(bool v4)
{
	struct ip_addr a = { { 0, 0, 0, htonl(1) } };

	return v4 ? ip_v4(htonl(IP4(127, 0, 0, 1))) : a;
}

/* Have @a and @b the first @bits bits (of IPv6's 128) in common? */
static inline bool ip_same_prefix(const struct ip_addr *a,
				  const struct ip_addr *b, u32 bits)
{
	for (u32 i = 0; i < 4; i++, bits -= 32) {
		u32 diff = ntohl(a->w[i] ^ b->w[i]);

		if (bits < 32)
			return !bits || !(diff >> (32 - bits));
		if (diff)
			return false;
	}
	return true;
}

#endif

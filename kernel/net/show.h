/* SPDX-License-Identifier: MIT */
/* The files of /proc/PID/net: what they say of a network. */
#ifndef WARREN_KERNEL_NET_SHOW_H
#define WARREN_KERNEL_NET_SHOW_H

#include "fs/seq.h"

struct net;

struct net_file {
	const char *name;
	int (*show)(struct seq *s, struct net *net); /* 0 or -errno */
};
extern const struct net_file net_files[]; /* ends with name NULL */

/* unix_show.c */
int unix_show(struct seq *s, struct net *net);
u32 unix_count(struct net *net); /* sockets in it */

#endif

// SPDX-License-Identifier: MIT
/*
 * NETLINK_SOCK_DIAG (sock_diag(7)): questions about sockets. Each family of
 * sockets may have somebody who answers; here, as on a Linux without the modules
 * unix_diag, udp_diag and so on, none has, and the answer is ENOENT. Who asks,
 * ss(8) for one, then reads /proc/net.
 */
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>

#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/net/netlink.h"

#define FAMILIES 46 /* that Linux has numbers for: its AF_MAX */

int sock_diag_do(const struct nl_request *r)
{
	const struct sock_diag_req *req = nl_fixed(r, sizeof(*req));

	if (r->h->nlmsg_type != SOCK_DIAG_BY_FAMILY &&
	    r->h->nlmsg_type != SOCK_DESTROY &&
	    r->h->nlmsg_type != TCPDIAG_GETSOCK) /* the older one, for TCP */
		return -EINVAL;
	if (!req || req->sdiag_family >= FAMILIES)
		return -EINVAL;
	return why(-ENOENT, "sock_diag: nobody answers for family %u",
		   req->sdiag_family);
}

/* SPDX-License-Identifier: MIT */
/* Helpers of the cases about pid namespaces. */
#ifndef WARREN_TESTS_USER_PIDNS_H
#define WARREN_TESTS_USER_PIDNS_H

#include "case.h"

#define D "/proc/self/ns/"

/* Run @fn as the init of a new pid namespace; its wait status. The caller's
 * children are born in its own namespace again afterwards. */
static inline int as_init(void (*fn)(void))
{
	int own = open(D "pid", O_RDONLY), status;

	CHECK(unshare(CLONE_NEWPID) == 0);
	status = in_child(fn);
	CHECK(setns(own, CLONE_NEWPID) == 0);
	close(own);
	return status;
}

static inline pid_t spawn_init(void (*setup)(void))
{
	int own = open(D "pid", O_RDONLY);
	pid_t pid;

	CHECK(unshare(CLONE_NEWPID) == 0);
	pid = spawn(setup);
	CHECK(setns(own, CLONE_NEWPID) == 0);
	close(own);
	return pid;
}

/* A child of ours in the pid namespace of @init. */
static inline pid_t inject(pid_t init, void (*setup)(void))
{
	int own = open(D "pid", O_RDONLY), fd = open_ns(init, "pid");
	pid_t pid;

	CHECK(setns(fd, CLONE_NEWPID) == 0);
	pid = spawn(setup);
	CHECK(setns(own, CLONE_NEWPID) == 0);
	close(own);
	close(fd);
	return pid;
}

#endif

// SPDX-License-Identifier: MIT
/* clone3(2) with set_tid: a process with a number that was asked for. */
#include "newapi.h"

#include <linux/sched.h>

/* The child's number, or -errno; the child ends at once. */
static int clone_tid(const int *tids, size_t n, uint64_t flags)
{
	struct clone_args a = { .flags = flags, .exit_signal = SIGCHLD,
				.set_tid = (uint64_t)tids, .set_tid_size = n };
	long pid = syscall(SYS_clone3, &a, sizeof(a));

	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return -errno;
	waitpid((pid_t)pid, NULL, 0);
	return (int)pid;
}

static void see_tid(const char *name, const int *tids, size_t n, uint64_t flags)
{
	int pid = clone_tid(tids, n, flags);

	if (pid < 0)
		SEE(name, "%s", err_name(-pid));
	else
		SEE(name, "as asked %d", pid == tids[n ? n - 1 : 0]);
}

CASE(D10, "set_tid: which numbers are given")
{
	int free_nr = 31236, used = getpid(), zero = 0, minus = -1;
	int big = 0x7fffffff, two[] = { 1, 31237 }, wrong[] = { 2, 31238 };

	see_tid("free", &free_nr, 1, 0);
	see_tid("again", &free_nr, 1, 0);
	see_tid("in use", &used, 1, 0);
	see_tid("0", &zero, 1, 0);
	see_tid("-1", &minus, 1, 0);
	see_tid("too big", &big, 1, 0);
	see_tid("more levels than there are", two, 2, 0);
	see_tid("33 levels", two, 33, 0);
	SEE("no pointer", "%s", err_name(-clone_tid(NULL, 1, 0)));
	SEE("no size", "%s", err_name(-clone_tid(&free_nr, 0, 0)));
	see_tid("two levels", two, 2, CLONE_NEWPID);
	see_tid("2 in a new namespace", wrong, 2, CLONE_NEWPID);
	CHECK(setresgid(1000, 1000, 1000) == 0);
	CHECK(setresuid(1000, 1000, 1000) == 0);
	see_tid("without privilege", &free_nr, 1, 0);
}

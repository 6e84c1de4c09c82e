// SPDX-License-Identifier: MIT
/* kcmp(2): what two tasks share. Row L16: calls of tools that look at others. */
#include <linux/kcmp.h>

#include "case.h"

static const char *const types[] = { "FILE", "VM",	"FILES",  "FS",
				     "SIGHAND", "IO", "SYSVSEM" };

static long kcmp(pid_t a, pid_t b, int type, unsigned long x, unsigned long y)
{
	return syscall(SYS_kcmp, a, b, type, x, y);
}

/* Which of two that differ is less depends on the kernel's addresses. */
static const char *said(long ret)
{
	if (ret < 0)
		return err_name(errno);
	return ret == 0 ? "same" : ret <= 2 ? "differs" : "?";
}

static void see_all(const char *who, pid_t a, pid_t b)
{
	for (int i = KCMP_FILE; i <= KCMP_SYSVSEM; i++)
		SEE(types[i], "%s %s", who, said(kcmp(a, b, i, 0, 0)));
}

static pid_t pausing(unsigned long flags)
{
	pid_t pid = fork_flags(flags);

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return pid;
}

CASE(L16, "kcmp: a task and itself, a child, one that shares")
{
	pid_t self = getpid(), child = pausing(0), sharing;

	see_all("self", self, self);
	see_all("child", self, child);
	reap(child);
	sharing = pausing(CLONE_FILES | CLONE_FS | CLONE_SYSVSEM);
	see_all("sharing", self, sharing);
	reap(sharing);
}

CASE(L16, "kcmp: open files")
{
	pid_t self = getpid();
	int a = open("/", O_RDONLY), b = open("/", O_RDONLY), c = dup(a);

	SEE("dup", "%s", said(kcmp(self, self, KCMP_FILE, a, c)));
	SEE("opened twice", "%s", said(kcmp(self, self, KCMP_FILE, a, b)));
	SEE("32 bits", "%s",
	    said(kcmp(self, self, KCMP_FILE, a, (1UL << 32) + a)));
	SEE("closed", "%s", said(kcmp(self, self, KCMP_FILE, a, 999)));
	SEE("closed", "%s", said(kcmp(self, self, KCMP_FILE, 999, a)));
	/* an order: of three, not each is less than the next */
	CHECK(kcmp(self, self, KCMP_FILE, a, b) +
		      kcmp(self, self, KCMP_FILE, b, a) ==
	      3);
}

CASE(L16, "kcmp: refusals")
{
	pid_t self = getpid(), parent = getppid(), dead = fork();

	if (dead == 0)
		_exit(0);
	SEE("type -1", "%s", said(kcmp(self, self, -1, 0, 0)));
	SEE("type 8", "%s", said(kcmp(self, self, 8, 0, 0)));
	SEE("nobody", "%s", said(kcmp(self, 0, KCMP_VM, 0, 0)));
	SEE("nobody, type 8", "%s", said(kcmp(-1, self, 8, 0, 0)));
	waitid(P_PID, (id_t)dead, NULL, WEXITED | WNOWAIT);
	see_all("zombie", self, dead);
	SEE("two zombies' VM", "%s", said(kcmp(dead, dead, KCMP_VM, 0, 0)));
	waitpid(dead, NULL, 0);
	become(1000);
	see_all("another's", self, parent);
	SEE("another's, twice", "%s", said(kcmp(parent, parent, KCMP_VM, 0, 0)));
	SEE("another's, type 8", "%s", said(kcmp(parent, parent, 8, 0, 0)));
}

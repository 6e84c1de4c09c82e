// SPDX-License-Identifier: MIT
/* User namespaces: making one, and what one is in it. Rows E01 to E03. Their maps
 * are in usermap.c, what power they give in userpower.c. */
#include "ids.h"

/* ---- making one -------------------------------------------------------------- */

static void from_chroot(void)
{
	CHECK(chroot("/tmp") == 0 && chdir("/") == 0);
	SEE("unshare user", "%s", ERR(unshare(CLONE_NEWUSER)));
	SEE("clone user", "%s", ERR(fork_flags(CLONE_NEWUSER)));
	SEE("uts", "%s", ERR(unshare(CLONE_NEWUTS)));
	SEE("mnt", "%s", ERR(unshare(CLONE_NEWNS)));
}

CASE(E01, "no user namespace from a chroot")
{
	run(from_chroot);
}

CASE(E01, "its maker must be mapped")
{
	new_user();
	SEE("again", "%s", ERR(unshare(CLONE_NEWUSER)));
	SEE("uts", "%s", ERR(unshare(CLONE_NEWUTS)));
	SEE("mnt", "%s", ERR(unshare(CLONE_NEWNS)));
	SEE("ipc's clone", "%s", ERR(unshare(CLONE_NEWPID)));
}

static void nest(void)
{
	int n = 0;

	while (n < 100) {
		errno = 0;
		if (unshare(CLONE_NEWUSER))
			break;
		n++;
		if (strcmp(put("/proc/self/setgroups", "deny"), "ok") ||
		    strcmp(put("/proc/self/uid_map", "0 0 1"), "ok") ||
		    strcmp(put("/proc/self/gid_map", "0 0 1"), "ok"))
			break;
	}
	SEE("levels", "%d", n);
	SEE("then", "%s", err_name(errno));
}

CASE(E01, "33 levels and no more")
{
	run(nest);
}

CASE(E02, "all capabilities, nothing inherited, ids unknown")
{
	uid_t uid = getuid();

	CHECK(prctl(PR_SET_KEEPCAPS, 1) == 0);
	CHECK(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) == 0);
	CHECK(uid == 0);
	new_user();
	show_caps();
	show_ids("ids");
	SEE("securebits", "%d", prctl(PR_GET_SECUREBITS));
	SEE("keepcaps", "%d", prctl(PR_GET_KEEPCAPS));
	SEE("Uid", "%s", field("/proc/self/status", "Uid:"));
	SEE("Gid", "%s", field("/proc/self/status", "Gid:"));
	SEE("uid_map", "\"%s\"", flat("/proc/self/uid_map"));
	SEE("setgroups", "%s", field("/proc/self/setgroups", ""));
}

/* Executed again with this in the environment: show what is left. */
#define SHOW_CAPS "USERNS_SHOW_CAPS"

static void exec_self(void)
{
	char *argv[] = { (char *)"userns", NULL };

	CHECK(setenv(SHOW_CAPS, "1", 1) == 0);
	fflush(stdout);
	execve("/proc/self/exe", argv, environ);
	check_failed(__FILE__, __LINE__, "execve");
}

__attribute__((constructor)) static void show_caps_main(void)
{
	if (!getenv(SHOW_CAPS))
		return;
	printf("# CapEff = %s\n", field("/proc/self/status", "CapEff:"));
	printf("# CapPrm = %s\n", field("/proc/self/status", "CapPrm:"));
	fflush(stdout);
	_exit(0);
}

static void exec_unmapped(void)
{
	new_user();
	exec_self();
}

static void exec_root(void)
{
	new_user_mapped("0 0 1");
	exec_self();
}

static void exec_other(void)
{
	new_user_mapped("5 0 1");
	exec_self();
}

CASE(E03, "exec: who is 0 inside keeps all, others lose all")
{
	run(exec_unmapped);
	run(exec_root);
	run(exec_other);
}

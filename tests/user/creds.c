// SPDX-License-Identifier: MIT
/* Ids and capabilities of a process: what user namespaces call them, and what
 * calls and programs change. */
#include "ids.h"

#include <sys/auxv.h>
#include <sys/fsuid.h>

static void show_fs_ids(const char *name)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;

	getresuid(&r, &e, &s);
	getresgid(&rg, &eg, &sg);
	SEE(name, "%u %u %u %u, %u %u %u %u", r, e, s,
	    (unsigned int)setfsuid((uid_t)-1), rg, eg, sg,
	    (unsigned int)setfsgid((gid_t)-1));
}

static void show_eff(const char *name)
{
	struct caps c = caps_get();

	SEE(name, "eff %s, prm %s", !c.eff ? "none" : "some",
	    !c.prm ? "none" : "some");
}

/* ---- ids across the border ------------------------------------------------------ */

CASE(E11, "set*id: only those that are mapped")
{
	new_user_mapped("0 100000 1000");
	show_fs_ids("kernel 0 is not mapped");
	TRY("setuid 1000", setuid(1000));
	TRY("setgid 1000", setgid(1000));
	TRY("setresuid -1 1000 -1", setresuid((uid_t)-1, 1000, (uid_t)-1));
	TRY("setreuid 1000 -1", setreuid(1000, (uid_t)-1));
	TRY("setregid 1000 -1", setregid(1000, (gid_t)-1));
	TRY("setuid -1", setuid((uid_t)-1));
	TRY("setgid 5", setgid(5));
	TRY("setresuid", setresuid(1, 2, 3));
	show_fs_ids("ids");
	SEE("Uid", "%s", field("/proc/self/status", "Uid:"));
}

static pid_t outer;

static void ids_789(void)
{
	new_user_mapped("0 100000 1000");
	CHECK(setresgid(4, 5, 6) == 0);
	CHECK(setresuid(7, 8, 9) == 0);
}

static void look(void)
{
	struct stat st;

	SEE("Uid", "%s", field(of(outer, "status"), "Uid:"));
	SEE("Gid", "%s", field(of(outer, "status"), "Gid:"));
	CHECK(stat(of(outer, ""), &st) == 0);
	SEE("/proc/PID", "%u %u", st.st_uid, st.st_gid);
	CHECK(stat("/proc/self/", &st) == 0);
	SEE("self", "%u %u", st.st_uid, st.st_gid);
}

static void look_inside(void)
{
	new_user();
	look();
}

CASE(E11, "another's ids are shown as the reader calls them")
{
	outer = spawn(ids_789);
	look();
	run(look_inside);
	reap(outer);
}

static void kill_self(void)
{
	siginfo_t si;
	sigset_t set;

	new_user_mapped("0 100000 1000");
	CHECK(setuid(7) == 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(getpid(), SIGUSR1);
	CHECK(sigwaitinfo(&set, &si) == SIGUSR1);
	SEE("si_uid", "%u", si.si_uid);
}

static void exits_7(void)
{
	new_user_mapped("0 100000 1000");
	CHECK(setuid(7) == 0);
	_exit(0);
}

static void wait_for_7(void)
{
	siginfo_t si;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		exits_7();
	CHECK(waitid(P_PID, (id_t)pid, &si, WEXITED) == 0);
	SEE("waitid outside", "%u", si.si_uid);
	new_user();
	pid = fork();
	if (!pid)
		_exit(0);
	CHECK(waitid(P_PID, (id_t)pid, &si, WEXITED) == 0);
	SEE("waitid unmapped", "%u", si.si_uid);
}

CASE(U24, "signals and waitid tell ids of the receiver's namespace")
{
	run(kill_self);
	run(wait_for_7);
}

/* What SCM_CREDENTIALS says of us when we send @uc. */
static void scm(const char *name, int sv[2], struct ucred *uc)
{
	union {
		struct cmsghdr h;
		char space[CMSG_SPACE(sizeof(*uc))];
	} u = { .h = { .cmsg_len = CMSG_LEN(sizeof(*uc)),
		       .cmsg_level = SOL_SOCKET,
		       .cmsg_type = SCM_CREDENTIALS } };
	char c = 0;
	struct iovec v = { &c, 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1,
			    .msg_control = uc ? (void *)&u : NULL,
			    .msg_controllen = uc ? sizeof(u) : 0 };
	struct ucred got;

	if (uc)
		memcpy(CMSG_DATA(&u.h), uc, sizeof(*uc));
	SEE(name, "%s", ERR(sendmsg(sv[0], &m, 0)));
	m.msg_control = &u;
	m.msg_controllen = sizeof(u);
	if (recvmsg(sv[1], &m, MSG_DONTWAIT) != 1)
		return;
	memcpy(&got, CMSG_DATA(&u.h), sizeof(got));
	SEE("received", "pid %s, %u %u", got.pid == getpid() ? "own" : "other",
	    got.uid, got.gid);
}

static void scm_creds(void)
{
	struct ucred uc = { .pid = getpid() };
	int sv[2], one = 1;
	socklen_t len = sizeof(uc);

	CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, sv) == 0);
	CHECK(setsockopt(sv[1], SOL_SOCKET, SO_PASSCRED, &one, 4) == 0);
	new_user_mapped("0 100000 1000");
	CHECK(setgid(5) == 0);
	CHECK(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) == 0);
	CHECK(setuid(7) == 0);
	scm("nothing said", sv, NULL);
	uc.uid = 7, uc.gid = 5;
	scm("own", sv, &uc);
	uc.uid = 0;
	scm("root, with CAP_SETUID", sv, &uc);
	uc.uid = 1000;
	scm("unmapped uid", sv, &uc);
	uc.uid = 7, uc.gid = 1000;
	scm("unmapped gid", sv, &uc);
	uc.gid = 5, uc.pid = 1;
	scm("another pid", sv, &uc);
	CHECK(caps_set(0, 0) == 0);
	uc.pid = getpid(), uc.uid = 0;
	scm("root, without", sv, &uc);
	CHECK(getsockopt(sv[0], SOL_SOCKET, SO_PEERCRED, &uc, &len) == 0);
	SEE("SO_PEERCRED of before", "%u %u", uc.uid, uc.gid);
	CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, sv) == 0);
	CHECK(getsockopt(sv[0], SOL_SOCKET, SO_PEERCRED, &uc, &len) == 0);
	SEE("SO_PEERCRED", "%u %u", uc.uid, uc.gid);
}

CASE(U24, "SCM_CREDENTIALS and SO_PEERCRED")
{
	run(scm_creds);
}

/* ---- capabilities follow ids --------------------------------------------------------- */

static void follow(void)
{
	TRY("seteuid 1000", setresuid((uid_t)-1, 1000, (uid_t)-1));
	show_eff("then");
	TRY("seteuid 0", setresuid((uid_t)-1, 0, (uid_t)-1));
	show_eff("then");
	SEE("setfsuid", "%d", setfsuid(1000));
	SEE("DAC_OVERRIDE", "%d", !!(caps_get().eff & CAP_BIT(CAP_DAC_OVERRIDE)));
	SEE("SYS_ADMIN", "%d", !!(caps_get().eff & CAP_BIT(CAP_SYS_ADMIN)));
	SEE("setfsuid", "%d", setfsuid(0));
	SEE("DAC_OVERRIDE", "%d", !!(caps_get().eff & CAP_BIT(CAP_DAC_OVERRIDE)));
	TRY("setuid 1000", setuid(1000));
	show_eff("then");
	TRY("setuid 0", setuid(0));
}

static void follow_inside(void)
{
	new_user_mapped("0 0 2000");
	follow();
}

static void keep(void)
{
	CHECK(prctl(PR_SET_KEEPCAPS, 1) == 0);
	CHECK(setuid(1000) == 0);
	show_eff("keepcaps");
	SEE("still", "%d", prctl(PR_GET_KEEPCAPS));
}

static void no_fixup(void)
{
	CHECK(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) == 0);
	CHECK(setuid(1000) == 0);
	show_eff("no_setuid_fixup");
}

CASE(E02, "capabilities and changes of ids")
{
	run(follow);
	run(follow_inside);
	run(keep);
	run(no_fixup);
}

CASE(E02, "capset: what may be set")
{
	struct caps all = caps_get(), c = all;

	c.eff = CAP_BIT(CAP_CHOWN), c.prm = CAP_BIT(CAP_CHOWN) | CAP_BIT(CAP_KILL);
	TRY("less", caps_put(c));
	c.prm |= CAP_BIT(CAP_SYS_ADMIN);
	TRY("more permitted", caps_put(c));
	c.prm = CAP_BIT(CAP_CHOWN), c.eff = CAP_BIT(CAP_KILL);
	TRY("effective beyond", caps_put(c));
	c.eff = 0, c.inh = CAP_BIT(CAP_SYS_ADMIN);
	TRY("inheritable beyond", caps_put(c));
	c.inh = CAP_BIT(CAP_CHOWN);
	TRY("inheritable", caps_put(c));
	SEE("CapInh", "%s", field("/proc/self/status", "CapInh:"));
	TRY("CAPBSET_DROP", prctl(PR_CAPBSET_DROP, CAP_CHOWN, 0, 0, 0));
	TRY("securebits", prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS));
}

CASE(E02, "securebits and their locks")
{
	TRY("unknown", prctl(PR_SET_SECUREBITS, 1 << 12));
	TRY("noroot locked", prctl(PR_SET_SECUREBITS, SECBIT_NOROOT |
						      SECBIT_NOROOT_LOCKED));
	TRY("unlock", prctl(PR_SET_SECUREBITS, SECBIT_NOROOT));
	TRY("clear", prctl(PR_SET_SECUREBITS, SECBIT_NOROOT_LOCKED));
	TRY("keepcaps", prctl(PR_SET_KEEPCAPS, 1));
	SEE("all", "%#x", prctl(PR_GET_SECUREBITS));
	TRY("keepcaps 2", prctl(PR_SET_KEEPCAPS, 2));
	new_user();
	SEE("in a new namespace", "%#x", prctl(PR_GET_SECUREBITS));
}

/* ---- exec ------------------------------------------------------------------------------ */

#define SHOW "CREDS_SHOW"

__attribute__((constructor)) static void show_main(void)
{
	uid_t r, e, s;
	struct caps c;

	if (!getenv(SHOW))
		return;
	c = caps_get();
	getresuid(&r, &e, &s);
	printf("# %s = %u %u %u, egid %u, eff %s, prm %s, amb %s, secure %d, "
	       "dumpable %d\n", getenv(SHOW), r, e, s, getegid(),
	       !c.eff ? "none" : "some", !c.prm ? "none" : "some",
	       strcmp(field("/proc/self/status", "CapAmb:"),
		      "0000000000000000") ? "some" : "none",
	       (int)getauxval(AT_SECURE), prctl(PR_GET_DUMPABLE));
	fflush(stdout);
	_exit(0);
}

static void exec_as(const char *path, const char *name)
{
	char *argv[] = { (char *)"x", NULL };

	CHECK(setenv(SHOW, name, 1) == 0);
	fflush(stdout);
	execve(path, argv, environ);
	SEE(name, "%s", err_name(errno));
	fflush(stdout);
	_exit(0);
}

static char program[64];

/* A copy of this program with that owner and mode, in a tmpfs of our own. */
static void copy_self(uid_t uid, gid_t gid, mode_t mode)
{
	char buf[65536];
	int from = open("/proc/self/exe", O_RDONLY), to;
	ssize_t n;

	snprintf(program, sizeof(program), "/mnt/x%u-%o", uid, mode);
	to = open(program, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	while ((n = read(from, buf, sizeof(buf))) > 0)
		CHECK(write(to, buf, (size_t)n) == n);
	close(to);
	close(from);
	CHECK(chown(program, uid, gid) == 0);
	CHECK(chmod(program, mode) == 0);
}

static void setuid_plain(void)
{
	become_1000();
	exec_as(program, "set-uid root by 1000");
}

static void setuid_nnp(void)
{
	become_1000();
	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	exec_as(program, "with no_new_privs");
}

static void setuid_in_ns(void)
{
	new_user_mapped("0 1000 1");
	CHECK(setresuid(0, 0, 0) == 0);
	exec_as(program, "owner not mapped");
}

static void setuid_own_ns(void)
{
	new_user_mapped("0 0 2000");
	CHECK(setresuid(1000, 1000, 1000) == 0);
	exec_as(program, "owner mapped");
}

static void setgid_plain(void)
{
	become_1000();
	exec_as(program, "set-gid 5");
}

static void nosuid(void)
{
	CHECK(mount(NULL, "/mnt", NULL, MS_REMOUNT | MS_BIND | MS_NOSUID,
		    NULL) == 0);
	setuid_plain();
}

CASE(U19, "set-id programs, and where the bits do not count")
{
	private_mounts();
	CHECK(chmod("/mnt", 0755) == 0);
	copy_self(0, 0, 04755);
	run(setuid_plain);
	run(setuid_nnp);
	run(setuid_in_ns);
	run(setuid_own_ns);
	copy_self(0, 5, 02755);
	run(setgid_plain);
	copy_self(0, 5, 02745);
	run(setgid_plain);
	copy_self(0, 0, 04755);
	run(nosuid);
}

static void foreign_setup(void)
{
	new_user_mapped("0 1000 2000");
	CHECK(setresgid(0, 0, 0) == 0 && setresuid(0, 0, 0) == 0);
	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount("t", "/mnt", "tmpfs", 0, "mode=755") == 0);
	copy_self(0, 0, 04755);
	TRY("chown to unmapped", chown(program, 5000, 0));
	CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
}

static void foreign_exec(void)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/%d/root/mnt/x0-4755", outer);
	exec_as(path, "set-uid 1000 of another's mount");
}

CASE(U19, "a set-id file in a stranger's mount")
{
	outer = spawn(foreign_setup);
	run(foreign_exec);
	reap(outer);
}

static void root_capless(void)
{
	CHECK(caps_set(0, 0) == 0);
	exec_as("/proc/self/exe", "root without capabilities");
}

static void root_nnp(void)
{
	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	CHECK(caps_set(0, 0) == 0);
	exec_as("/proc/self/exe", "the same, no_new_privs");
}

static void root_noroot(void)
{
	CHECK(prctl(PR_SET_SECUREBITS, SECBIT_NOROOT) == 0);
	exec_as("/proc/self/exe", "SECBIT_NOROOT");
}

static void euid_root(void)
{
	CHECK(setresuid(1000, 0, 0) == 0);
	exec_as("/proc/self/exe", "real 1000, effective 0");
}

static void ruid_root(void)
{
	CHECK(setresuid(0, 1000, 1000) == 0);
	exec_as("/proc/self/exe", "real 0, effective 1000");
}

static void ambient(void)
{
	struct caps c = caps_get();

	c.inh = CAP_BIT(CAP_NET_BIND_SERVICE);
	CHECK(caps_put(c) == 0);
	TRY("raise", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE,
			   CAP_NET_BIND_SERVICE, 0, 0));
	TRY("raise another", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE,
				   CAP_KILL, 0, 0));
	CHECK(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) == 0);
	CHECK(setresuid(1000, 1000, 1000) == 0);
	SEE("set", "%d", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET,
			       CAP_NET_BIND_SERVICE, 0, 0));
	exec_as("/proc/self/exe", "ambient");
}

CASE(E03, "what exec leaves of capabilities")
{
	run(root_capless);
	run(root_nnp);
	run(root_noroot);
	run(euid_root);
	run(ruid_root);
	run(ambient);
}

/* The ids differ already; the program changes nothing about that. */
static void nnp_euid_root(void)
{
	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	CHECK(setresgid(1000, 1001, 1001) == 0);
	CHECK(setresuid(1000, 0, 0) == 0);
	exec_as("/proc/self/exe", "no_new_privs, real 1000, effective 0");
}

static void ambient_euid(void)
{
	struct caps c = caps_get();

	c.inh = CAP_BIT(CAP_KILL);
	CHECK(caps_put(c) == 0);
	CHECK(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) == 0);
	CHECK(setresuid(1000, 1001, 1001) == 0);
	TRY("raise", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0,
			   0));
	exec_as("/proc/self/exe", "ambient, real 1000, effective 1001");
}

CASE(E03, "exec of who had two ids before (6.18)")
{
	run(nnp_euid_root);
	run(ambient_euid);
}

static void unreadable(void)
{
	become_1000();
	exec_as(program, "a program that cannot be read");
}

CASE(I06, "exec of what cannot be read: not dumpable")
{
	private_mounts();
	CHECK(chmod("/mnt", 0755) == 0);
	copy_self(0, 0, 0711);
	run(unreadable);
}

/* ---- dumpable ----------------------------------------------------------------------------- */

static void owner_of(const char *name)
{
	struct stat st;

	CHECK(lstat("/proc/self/ns/uts", &st) == 0);
	SEE(name, "%u %u, dumpable %d", st.st_uid, st.st_gid,
	    prctl(PR_GET_DUMPABLE));
}

static void dumpable(void)
{
	struct stat st;

	become_1000();
	owner_of("1000");
	TRY("set 0", prctl(PR_SET_DUMPABLE, 0));
	owner_of("not dumpable");
	TRY("follow", stat("/proc/self/ns/uts", &st));
	TRY("opendir", open("/proc/self/ns", O_RDONLY));
	CHECK(stat("/proc/self", &st) == 0);
	SEE("/proc/self", "%u", st.st_uid);
	TRY("set 2", prctl(PR_SET_DUMPABLE, 2));
}

static void dumpable_setuid(void)
{
	CHECK(setresuid(1000, 1000, 1000) == 0);
	owner_of("after setuid");
}

static void dumpable_user(void)
{
	new_user();
	owner_of("after unshare(user), unmapped");
}

static void dumpable_nested(void)
{
	new_user_mapped("0 100000 1000");
	CHECK(setresgid(3, 3, 3) == 0 && setresuid(3, 3, 3) == 0);
	owner_of("3 inside");
	exec_as("/proc/self/exe", "executed");
}

CASE(I06, "what is not dumpable belongs to root")
{
	run(dumpable);
	run(dumpable_setuid);
	run(dumpable_user);
	run(dumpable_nested);
}

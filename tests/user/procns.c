// SPDX-License-Identifier: MIT
/* Who may look into which task: rows S10, S15, S32, I05 to I07, P2. */
#include "case.h"
#include <linux/capability.h>
#include <sys/fsuid.h>

#define D "/proc/self/ns/"

static char path_of[2][64];

/* "/proc/PID/NAME", two at a time. */
static const char *proc_path(pid_t pid, const char *name)
{
	static int at;
	char *p = path_of[at ^= 1];

	snprintf(p, sizeof(path_of[0]), "/proc/%d/%s", pid, name);
	return p;
}

static const char *link_try(pid_t pid, const char *name)
{
	char buf[256];

	return ERR(readlink(proc_path(pid, name), buf, sizeof(buf)));
}

static const char *open_try(pid_t pid, const char *name)
{
	const char *text;
	int fd;

	errno = 0;
	fd = open(proc_path(pid, name), O_RDONLY);
	text = fd < 0 ? err_name(errno) : "ok";
	if (fd >= 0)
		close(fd);
	return text;
}

static pid_t target;

/* ---- S15: each follow is checked --------------------------------------------------- */

static void look_as_1001(void)
{
	struct stat st;
	DIR *d;

	become(1001);
	SEE("open", "%s", open_try(target, "ns/uts"));
	SEE("readlink", "%s", link_try(target, "ns/uts"));
	TRY("stat", stat(proc_path(target, "ns/uts"), &st));
	TRY("lstat", lstat(proc_path(target, "ns/uts"), &st));
	d = opendir(proc_path(target, "ns"));
	SEE("opendir", "%s", d ? "ok" : err_name(errno));
	TRY("unknown name", stat(proc_path(target, "ns/nope"), &st));
	TRY("O_PATH|O_NOFOLLOW",
	    open(proc_path(target, "ns/uts"), O_PATH | O_NOFOLLOW));
}

CASE(S15 RS5 P2, "a link that root has read stays shut for others")
{
	struct stat st;

	target = spawn(NULL);
	TRY("root", stat(proc_path(target, "ns/uts"), &st));
	SEE("root's readlink", "%s", link_try(target, "ns/uts"));
	CHECK(in_child(look_as_1001) == 0);
	reap(target);
}

static int link_fd;

static void held_as_1001(void)
{
	char buf[64];

	become(1001);
	TRY("readlinkat", readlinkat(link_fd, "", buf, sizeof(buf)));
}

CASE(S15, "a held link is checked as well, and ends with its task")
{
	char buf[64];

	target = spawn(NULL);
	link_fd = open(proc_path(target, "ns/uts"), O_PATH | O_NOFOLLOW);
	TRY("readlinkat", readlinkat(link_fd, "", buf, sizeof(buf)));
	CHECK(in_child(held_as_1001) == 0);
	reap(target);
	TRY("after its end", readlinkat(link_fd, "", buf, sizeof(buf)));
	TRY("open through fd", open(fd_path(link_fd), O_RDONLY));
}

/* ---- S10: a held directory ------------------------------------------------------------ */

static struct pipe_pair word, answer;

static void hold_and_look(void)
{
	struct stat st;
	char buf[64];
	pid_t pid;
	int fd;

	become(1000);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pipe_hear(word);
		CHECK(prctl(PR_SET_DUMPABLE, 0) == 0);
		pipe_say(answer);
		for (;;)
			pause();
	}
	fd = open(proc_path(pid, "ns"), O_RDONLY | O_DIRECTORY);
	CHECK(fstatat(fd, "uts", &st, AT_SYMLINK_NOFOLLOW) == 0);
	SEE("owner", "%d", (int)st.st_uid);
	TRY("openat", openat(fd, "uts", O_RDONLY));
	pipe_say(word);
	pipe_hear(answer);
	CHECK(fstatat(fd, "uts", &st, AT_SYMLINK_NOFOLLOW) == 0);
	SEE("owner then", "%d", (int)st.st_uid);
	TRY("openat", openat(fd, "uts", O_RDONLY));
	TRY("readlinkat", readlinkat(fd, "uts", buf, sizeof(buf)));
	SEE("opendir", "%s", open_try(pid, "ns"));
	SEE("its own directory", "%d",
	    stat(proc_path(pid, "."), &st) ? -1 : (int)st.st_uid);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	SEE("getdents of the dead", "%s",
	    ERR(syscall(SYS_getdents64, fd, buf, sizeof(buf))));
}

CASE(S10 P3, "the task turns not dumpable while its directory is held")
{
	word = pipe_new();
	answer = pipe_new();
	CHECK(in_child(hold_and_look) == 0);
}

CASE(I06, "who is not dumpable still sees itself")
{
	struct stat st;

	become(1000);
	CHECK(prctl(PR_SET_DUMPABLE, 0) == 0);
	SEE("open", "%s", open_try(getpid(), "ns/uts"));
	SEE("opendir", "%s", open_try(getpid(), "ns"));
	CHECK(lstat(D "uts", &st) == 0);
	SEE("owner of the link", "%d", (int)st.st_uid);
	CHECK(stat("/proc/self", &st) == 0);
	SEE("owner of the directory", "%d", (int)st.st_uid);
	CHECK(stat("/proc/self/status", &st) == 0);
	SEE("owner of status", "%d", (int)st.st_uid);
}

/* ---- S32: which credentials ----------------------------------------------------------- */

static void capless_root(void)
{
	CHECK(caps_set(0, 0) == 0);
	CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
}

static void become_1000(void)
{
	become(1000);
}

static pid_t root_target, user_target;

static void few_caps(void)
{
	CHECK(caps_set(CAP_BIT(CAP_SETUID) | CAP_BIT(CAP_SETGID),
		       CAP_BIT(CAP_SETUID) | CAP_BIT(CAP_SETGID)) == 0);
}

static void by_fsuid(void)
{
	few_caps();
	SEE("fsuid 0", "%s", open_try(root_target, "ns/uts"));
	setfsuid(1000);
	SEE("fsuid 1000", "%s", open_try(root_target, "ns/uts"));
	SEE("fsuid 1000, readlink", "%s", link_try(root_target, "ns/uts"));
	SEE("fsuid 1000, oneself", "%s", open_try(getpid(), "ns/uts"));
	setfsuid(0);
	setfsgid(1000);
	SEE("fsgid 1000", "%s", open_try(root_target, "ns/uts"));
	setfsgid(0);
	SEE("again", "%s", open_try(root_target, "ns/uts"));
}

static void by_reuid(void)
{
	few_caps();
	CHECK(setresgid(1000, 1000, 1000) == 0);
	CHECK(setreuid(0, 1000) == 0);
	SEE("euid 1000 of root's", "%s", open_try(root_target, "ns/uts"));
	SEE("euid 1000 of 1000's", "%s", open_try(user_target, "ns/uts"));
}

static void by_cap(void)
{
	CHECK(prctl(PR_SET_KEEPCAPS, 1) == 0);
	become(1000);
	CHECK(caps_set(0, CAP_BIT(CAP_SYS_PTRACE)) == 0);
	SEE("PTRACE permitted", "%s", open_try(root_target, "ns/uts"));
	CHECK(caps_set(CAP_BIT(CAP_SYS_PTRACE), CAP_BIT(CAP_SYS_PTRACE)) == 0);
	SEE("PTRACE effective", "%s", open_try(root_target, "ns/uts"));
}

static void subset(void)
{
	pid_t full = spawn(NULL);

	CHECK(caps_set(0, CAP_BIT(CAP_SETUID)) == 0);
	SEE("fewer than the target", "%s", open_try(full, "ns/uts"));
	SEE("than one without", "%s", open_try(root_target, "ns/uts"));
	reap(full);
}

static void by_pidfd(void)
{
	int fd = (int)syscall(SYS_pidfd_open, root_target, 0);
	const uint64_t admin = CAP_BIT(CAP_SYS_ADMIN) | CAP_BIT(CAP_SETUID);

	CHECK(caps_set(admin, admin) == 0);
	setfsuid(1000);
	SEE("fsuid 1000: open", "%s", open_try(root_target, "ns/uts"));
	TRY("fsuid 1000: setns", setns(fd, CLONE_NEWUTS));
	setfsuid(0);
	CHECK(setresuid(1000, 0, 0) == 0);
	CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
	SEE("ruid 1000: open", "%s", open_try(root_target, "ns/uts"));
	TRY("ruid 1000: setns", setns(fd, CLONE_NEWUTS));
}

static void full_root(void)
{
	setfsuid(1000);
	SEE("all caps, fsuid 1000", "%s", open_try(root_target, "ns/uts"));
}

CASE(S32 RS12, "procfs: fsuid, fsgid and effective; pidfd: real and permitted")
{
	root_target = spawn(capless_root);
	user_target = spawn(become_1000);
	CHECK(in_child(by_fsuid) == 0);
	CHECK(in_child(by_reuid) == 0);
	CHECK(in_child(by_cap) == 0);
	CHECK(in_child(subset) == 0);
	CHECK(in_child(by_pidfd) == 0);
	CHECK(in_child(full_root) == 0);
	reap(user_target);
	reap(root_target);
}

/* ---- P2: the matrix -------------------------------------------------------------------- */

static const char *const entries[] = {
	"ns/uts", "root", "cwd", "exe", "fd", "fdinfo", "environ", "maps",
	"stat", "status", "cmdline", "comm", "mountinfo", "mounts",
	"limits", "task", "oom_score_adj",
};

static void matrix(void)
{
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		struct stat st;
		const char *way = open_try(target, entries[i]);

		SEE(entries[i], "%s, stat %s", way,
		    ERR(stat(proc_path(target, entries[i]), &st)));
	}
}

static void matrix_as_1001(void)
{
	become(1001);
	matrix();
}

static void matrix_as_1000(void)
{
	become(1000);
	matrix();
}

static void hidden_1000(void)
{
	become(1000);
	CHECK(prctl(PR_SET_DUMPABLE, 0) == 0);
}

CASE(P2, "what of root's task uid 1001 may open")
{
	target = spawn(NULL);
	CHECK(in_child(matrix_as_1001) == 0);
	reap(target);
}

CASE(P2, "what of one's own task")
{
	target = spawn(become_1000);
	CHECK(in_child(matrix_as_1000) == 0);
	reap(target);
}

CASE(P2 I06, "what of one's own task that is not dumpable")
{
	target = spawn(hidden_1000);
	CHECK(in_child(matrix_as_1000) == 0);
	reap(target);
}

/* ---- I05, S06: zombies ------------------------------------------------------------------ */

CASE(S06 I05 P4, "what is left of a zombie")
{
	static const char *const more[] = { "ns", "uid_map", "mountstats",
					    "fd", "task", "auxv" };
	struct stat st;
	siginfo_t si;
	DIR *d;
	int links = 0;

	target = fork();
	if (target == 0)
		_exit(0);
	CHECK(waitid(P_PID, (id_t)target, &si, WEXITED | WNOWAIT) == 0);
	for (const struct ns_type *t = ns_types; t->name; t++) {
		char name[64];

		snprintf(name, sizeof(name), "ns/%s", t->name);
		SEE(name, "stat %s, open %s, link %s",
		    ERR(stat(proc_path(target, name), &st)),
		    open_try(target, name), link_try(target, name));
		CHECK(lstat(proc_path(target, name), &st) == 0);
		CHECK(st.st_mode == 0120777 && st.st_uid == 0);
	}
	d = opendir(proc_path(target, "ns"));
	CHECK(d != NULL);
	for (struct dirent *e; d && (e = readdir(d));)
		for (const struct ns_type *t = ns_types; t->name; t++)
			links += !strcmp(e->d_name, t->name);
	SEE("all entries are listed", "%d",
	    links == 0 ? -1 : ns_types[links].name == NULL);
	closedir(d);
	matrix();
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		SEE(more[i], "%s", open_try(target, more[i]));
	SEE("State", "%.1s", field(proc_path(target, "status"), "State:"));
	waitpid(target, NULL, 0);
	TRY("reaped", stat(proc_path(target, "ns"), &st));
}

static void zombie_look(void)
{
	siginfo_t si;
	pid_t pid;

	become(1000);
	pid = fork();
	if (pid == 0)
		_exit(0);
	CHECK(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT) == 0);
	SEE("opendir by its own uid", "%s", open_try(pid, "ns"));
	SEE("ns/pid", "%s", open_try(pid, "ns/pid"));
	SEE("status", "%s", open_try(pid, "status"));
	waitpid(pid, NULL, 0);
}

CASE(S06 P14, "a zombie of one's own is root's")
{
	CHECK(in_child(zombie_look) == 0);
}

/* ---- I07 --------------------------------------------------------------------------------- */

static struct pipe_pair thread_id;

static void *outlives(void *arg)
{
	pid_t tid = (pid_t)syscall(SYS_gettid);

	(void)arg;
	usleep(20000);
	CHECK(write(thread_id.wr, &tid, sizeof(tid)) == sizeof(tid));
	for (;;)
		pause();
	return NULL;
}

CASE(I07, "the leader has ended, another thread lives")
{
	char name[64];
	pid_t tid;
	int tries = 0;

	thread_id = pipe_new();
	target = fork();
	if (target == 0) {
		pthread_t t;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pthread_create(&t, NULL, outlives, NULL);
		syscall(SYS_exit, 0);
	}
	CHECK(read(thread_id.rd, &tid, sizeof(tid)) == sizeof(tid));
	while (*field(proc_path(target, "status"), "State:") != 'Z' &&
	       tries++ < 1000)
		usleep(1000);
	SEE("leader's ns/uts", "%s", open_try(target, "ns/uts"));
	SEE("leader's ns/pid", "%s", open_try(target, "ns/pid"));
	snprintf(name, sizeof(name), "task/%d/ns/uts", tid);
	SEE("the thread's ns/uts", "%s", open_try(target, name));
	snprintf(name, sizeof(name), "task/%d/ns/uts", target);
	SEE("the leader's as a thread", "%s", open_try(target, name));
	kill(target, SIGKILL);
	waitpid(target, NULL, 0);
}

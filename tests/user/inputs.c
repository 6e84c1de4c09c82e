// SPDX-License-Identifier: MIT
/* What comes in from a program and what goes back to it: arguments of exec,
 * numbers of descriptors, pointers, flags of the CPU, structures (rows X). */
#include "case.h"

/* ---- X1: exec ----------------------------------------------------------------- */

CASE(X1, "argv is never empty, and is not read from anywhere")
{
	char *none[] = { NULL }, *path = "/proc/self/exe";
	static char big[200 * 1024];
	char *large[] = { "x", big, NULL };

	memset(big, 'x', sizeof(big) - 1);
	TRY("argv 8", syscall(SYS_execve, path, 8, NULL));
	TRY("an argument at 8", syscall(SYS_execve, path,
					((char *[]){ "x", (char *)8, NULL }),
					none));
	TRY("envp 8", syscall(SYS_execve, path, none, 8));
	TRY("200 KiB in one", syscall(SYS_execve, path, large, none));
}

/* This program again, by the case below: says what its arguments are. */
__attribute__((constructor)) static void started_again(void)
{
	char text[64];
	ssize_t n;
	int fd;

	if (!getenv("ARGUMENTS"))
		return;
	fd = open("/proc/self/cmdline", O_RDONLY);
	n = read(fd, text, sizeof(text));
	_exit(n == 1 && !text[0] ? 1 : 2);
}

static void exec_empty(void)
{
	char *none[] = { NULL }, *env[] = { "ARGUMENTS=1", NULL };

	syscall(SYS_execve, "/proc/self/exe", none, env);
	_exit(99);
}

static void exec_null(void)
{
	char *env[] = { "ARGUMENTS=1", NULL };

	syscall(SYS_execve, "/proc/self/exe", NULL, env);
	_exit(99);
}

CASE(X1, "an empty argv is one empty argument")
{
	SEE("empty", "%s", status_name(in_child(exec_empty)));
	SEE("NULL", "%s", status_name(in_child(exec_null)));
}

/* ---- X3, X4: descriptors ------------------------------------------------------ */

/* The status is the number of descriptors from 3 that are open. */
#define COUNT                                                                  \
	"n=0; for i in 3 4 5 6 7 8 9; do "                                     \
	"[ -e /proc/$$/fd/$i ] && n=$((n + 1)); done; exit $n"

CASE(X3, "a shell in another namespace has three descriptors")
{
	for (int fd = 3; fd < 64; fd++)
		close(fd);
	SEE("here", "%s", status_name(system(COUNT)));
	SEE("unshare -u", "%s",
	    status_name(system("unshare -u sh -c '" COUNT "'")));
	SEE("nsenter", "%s",
	    status_name(system("nsenter --uts=/proc/self/ns/uts sh -c '" COUNT
			       "'")));
	CHECK(open("/dev/null", O_RDONLY) == 3);
	SEE("one more", "%s", status_name(system(COUNT)));
}

static void unshared_table(void)
{
	for (int i = 100; i < 400; i += 3)
		CHECK(fcntl(i, F_GETFD) == 0);
	CHECK(syscall(SYS_close_range, 110, ~0U, 2) == 0); /* UNSHARE */
	SEE("109", "%s", ERR(fcntl(109, F_GETFD)));
	SEE("112", "%s", ERR(fcntl(112, F_GETFD)));
	SEE("397", "%s", ERR(fcntl(397, F_GETFD)));
	SEE("the next from 111", "%d", fcntl(0, F_DUPFD, 111));
}

CASE(X4, "a table that is copied in part")
{
	CHECK(dup2(open("/dev/null", O_RDONLY), 0) == 0);
	for (int i = 100; i < 400; i += 3)
		CHECK(dup2(0, i) == i);
	CHECK(in_child(unshared_table) == 0);
	TRY("the parent's 397", fcntl(397, F_GETFD));
	TRY("dup2 to the last int", dup2(0, 0x7fffffff));
	TRY("dup2 to -1", dup2(0, -1));
	TRY("close -1", close(-1));
	TRY("close 2^31-1", close(0x7fffffff));
	TRY("first above last", syscall(SYS_close_range, 5, 4, 0));
	TRY("unknown flag", syscall(SYS_close_range, 5, 6, 8));
	TRY("from far", syscall(SYS_close_range, 0x7ffffff0, ~0U, 0));
}

/* ---- X7: what is copied out ---------------------------------------------------- */

/* Twice, over two fillings: a byte that depends on what was there before was
 * not written; how many, of @size. */
static int unwritten(void (*get)(void *), size_t size)
{
	unsigned char a[1024], b[1024];
	int n = 0;

	memset(a, 0xaa, sizeof(a));
	memset(b, 0x55, sizeof(b));
	get(a);
	get(b);
	for (size_t i = 0; i < size; i++)
		n += a[i] == 0xaa && b[i] == 0x55;
	return n;
}

static void get_stat(void *p)
{
	CHECK(syscall(SYS_fstat, 0, p) == 0);
}

static void get_statx(void *p)
{
	CHECK(syscall(SYS_statx, 0, "", AT_EMPTY_PATH, 0x7ff, p) == 0);
}

static void get_uname(void *p)
{
	CHECK(syscall(SYS_uname, p) == 0);
}

static void get_statfs(void *p)
{
	CHECK(syscall(SYS_statfs, "/proc", p) == 0);
}

static void get_rusage(void *p)
{
	CHECK(syscall(SYS_getrusage, RUSAGE_SELF, p) == 0);
}

CASE(X7, "structures are written whole")
{
	CHECK(dup2(open("/dev/null", O_RDONLY), 0) == 0);
	SEE("stat", "%d", unwritten(get_stat, 144));
	SEE("statx", "%d", unwritten(get_statx, 256));
	SEE("uname", "%d", unwritten(get_uname, 390));
	SEE("statfs", "%d", unwritten(get_statfs, 120));
	SEE("rusage", "%d", unwritten(get_rusage, 144));
}

/* ---- X8: pseudo files ----------------------------------------------------------- */

CASE(X8, "a namespace's file cannot be mapped or executed")
{
	int fd = open_ns(0, "uts"), proc = open("/proc/self/status", O_RDONLY);
	char *none[] = { NULL };

	TRY("map", mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0));
	TRY("map, executable",
	    mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0));
	TRY("execveat", syscall(SYS_execveat, fd, "", none, none,
				AT_EMPTY_PATH));
	TRY("execve", syscall(SYS_execve, "/proc/self/ns/uts", none, none));
	TRY("map of status, executable",
	    mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, proc, 0));
	TRY("execve of status",
	    syscall(SYS_execve, "/proc/self/status", none, none));
}

/* ---- X10: the CPU's flags -------------------------------------------------------- */

/* getppid with @set in the flags; the flags after it. */
static unsigned long flags_after(unsigned long set)
{
	unsigned long flags;
	long nr = SYS_getppid;

	__asm__ volatile("lea -128(%%rsp), %%rsp\n\tpushfq\n\t"
			 "orq %2, (%%rsp)\n\tpopfq\n\tsyscall\n\t"
			 "pushfq\n\tpopq %0\n\tpushq $0x202\n\tpopfq\n\t"
			 "lea 128(%%rsp), %%rsp"
			 : "=&r"(flags), "+a"(nr)
			 : "r"(set)
			 : "rcx", "r11", "memory", "cc");
	return flags;
}

static void halt(void)
{
	__asm__ volatile("hlt");
}

static void far_stack(void)
{
	__asm__ volatile("movabs $0x8000000000000000, %rsp\n\tpushq $1");
}

static void far_jump(void)
{
	__asm__ volatile("movabs $0x8000000000000000, %rax\n\tjmp *%rax");
}

static void trap_flag(void)
{
	flags_after(1UL << 8);
}

CASE(X10, "flags at the entry, and what a program may not do")
{
	SEE("DF survives", "%d", !!(flags_after(1UL << 10) & 1UL << 10));
	SEE("AC survives", "%d", !!(flags_after(1UL << 18) & 1UL << 18));
	SEE("TF", "%s", status_name(in_child(trap_flag)));
	SEE("hlt", "%s", status_name(in_child(halt)));
	SEE("stack out of range", "%s", status_name(in_child(far_stack)));
	SEE("jump out of range", "%s", status_name(in_child(far_jump)));
}

/* ---- X11: pointers ---------------------------------------------------------------- */

static void try_pointer(const char *name, char *p)
{
	char text[96];
	int fd = open("/dev/zero", O_RDONLY);

	snprintf(text, sizeof(text), "read to %s", name);
	TRY(text, syscall(SYS_read, fd, p, 64));
	snprintf(text, sizeof(text), "uname to %s", name);
	TRY(text, syscall(SYS_uname, p));
	snprintf(text, sizeof(text), "open %s", name);
	TRY(text, syscall(SYS_openat, AT_FDCWD, p, O_RDONLY));
	snprintf(text, sizeof(text), "pipe to %s", name);
	TRY(text, syscall(SYS_pipe2, p, 0));
	close(fd);
}

CASE(X11, "pointers to the kernel, to nowhere, across an end")
{
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(page != MAP_FAILED && munmap(page + 4096, 4096) == 0);
	memset(page, 'x', 4096);
	try_pointer("NULL", NULL);
	try_pointer("the kernel", (char *)0xffffffff81000000);
	try_pointer("nowhere", (char *)0x8000000000000000);
	try_pointer("the last byte", (char *)~0UL);
	TRY("uname across the end", syscall(SYS_uname, page + 4000));
	memset(page, 'x', 4096);
	TRY("open across the end",
	    syscall(SYS_openat, AT_FDCWD, page + 4090, O_RDONLY));
	TRY("pipe across the end", syscall(SYS_pipe2, page + 4092, 0));
	TRY("call 10000", syscall(10000));
	TRY("call -1", syscall(-1));
	TRY("FS in the kernel",
	    syscall(SYS_arch_prctl, 0x1002, 0xffffffff81000000));
	TRY("GS in the kernel",
	    syscall(SYS_arch_prctl, 0x1001, 0xffffffff81000000));
}

/* Where more than one thing is wrong, which one is said? */
CASE(X11, "read and write: the file before the buffer")
{
	void *bad = (void *)-8L; /* in no user space */
	int fds[2], wr = open("/tmp/inputs", O_CREAT | O_WRONLY, 0600);
	int rd = open("/tmp/inputs", O_RDONLY);

	CHECK(wr >= 0 && rd >= 0 && pipe(fds) == 0);
	unlink("/tmp/inputs");
	SEE("read what is for writing", "%s", ERR(read(wr, bad, 10)));
	SEE("write what is for reading", "%s", ERR(write(rd, bad, 10)));
	SEE("read what is for reading", "%s", ERR(read(rd, bad, 10)));
	SEE("read nothing", "%s", ERR(read(rd, bad, 0)));
	SEE("pread of a pipe", "%s", ERR(pread(fds[0], bad, 10, 0)));
	SEE("pwrite, a place before the start", "%s",
	    ERR(pwrite(wr, bad, 10, -1)));
	SEE("pread, what is for writing", "%s", ERR(pread(wr, bad, 10, 0)));
	SEE("no descriptor", "%s", ERR(read(1000, bad, 10)));
	CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
	CHECK(close(wr) == 0 && close(rd) == 0);
}

/* ---- M8, M17: mounts ------------------------------------------------------------- */

static void clone_covered(void)
{
	CHECK(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0);
	TRY("one mount", syscall(SYS_open_tree, AT_FDCWD, "/mnt", 1));
	TRY("all of them",
	    syscall(SYS_open_tree, AT_FDCWD, "/mnt", 1 | AT_RECURSIVE));
	TRY("bind", mount("/mnt", "/tmp", NULL, MS_BIND, NULL));
	TRY("umount", umount("/mnt/d"));
	TRY("the file", access("/mnt/d/secret", F_OK));
}

CASE(M8, "a copy of a tree without what covers it")
{
	private_mounts();
	CHECK(mkdir("/mnt/d", 0755) == 0);
	write_file("/mnt/d/secret", "x");
	CHECK(mount("t", "/mnt/d", "tmpfs", 0, NULL) == 0);
	CHECK(in_child(clone_covered) == 0);
}

static int mounts_below(void)
{
	const char *text = read_file("/proc/self/mountinfo");
	int n = 0;

	for (; (text = strstr(text, " /mnt/")); text++)
		n++;
	return n;
}

CASE(M17, "a mount reaches peers and slaves of slaves, once each")
{
	static const char *const dirs[] = { "/mnt/a", "/mnt/b", "/mnt/c" };

	private_mounts();
	for (int i = 0; i < 3; i++)
		CHECK(mkdir(dirs[i], 0755) == 0);
	CHECK(mount("t", "/mnt/a", "tmpfs", 0, NULL) == 0);
	CHECK(mkdir("/mnt/a/x", 0755) == 0);
	CHECK(mount("", "/mnt/a", NULL, MS_SHARED, NULL) == 0);
	for (int i = 1; i < 3; i++) {
		CHECK(mount(dirs[i - 1], dirs[i], NULL, MS_BIND, NULL) == 0);
		CHECK(mount("", dirs[i], NULL, MS_SLAVE, NULL) == 0);
		CHECK(mount("", dirs[i], NULL, MS_SHARED, NULL) == 0);
	}
	SEE("before", "%d", mounts_below());
	TRY("onto the first", mount("t", "/mnt/a/x", "tmpfs", 0, NULL));
	SEE("mounts", "%d", mounts_below());
	TRY("the first onto itself",
	    mount("/mnt/a", "/mnt/a/x", NULL, MS_BIND | MS_REC, NULL));
	SEE("mounts", "%d", mounts_below());
	TRY("umount", umount2("/mnt/a", MNT_DETACH));
	SEE("mounts", "%d", mounts_below());
}

/* ---- P11, P18, N3: namespaces that come and go -------------------------------------- */

static void mount_proc(void)
{
	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(mount("proc", "/proc", "proc", 0, NULL) == 0);
}

/* run-tests counts the objects that are left. */
CASE(P11, "200 pid namespaces, each with a mounted proc")
{
	int made = 0;

	for (int i = 0; i < 200; i++) {
		int status = -1;
		pid_t pid = fork_flags(CLONE_NEWPID);

		if (pid == 0) {
			mount_proc();
			_exit(getpid() == 1 && !case_failed ? 0 : 1);
		}
		waitpid(pid, &status, 0);
		made += status == 0;
	}
	SEE("made", "%d", made);
}

CASE(N3, "200 networks come and go")
{
	int made = 0;

	for (int i = 0; i < 200; i++)
		made += unshare(CLONE_NEWNET) == 0;
	SEE("made", "%d", made);
}

static pid_t other;

static void as_1000(void)
{
	become(1000);
}

static void read_ids(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", other);
	SEE("outside", "%s", field(path, "Uid:"));
	CHECK(unshare(CLONE_NEWUSER) == 0);
	SEE("inside", "%s", field(path, "Uid:"));
	SEE("groups inside", "%s", field(path, "Gid:"));
	write_file("/proc/self/uid_map", "7 0 1");
	SEE("mine, mapped", "%s", field("/proc/self/status", "Uid:"));
	SEE("not mapped", "%s", field(path, "Uid:"));
}

CASE(P18, "ids of a task in /proc are the reader's")
{
	other = spawn(as_1000);
	CHECK(in_child(read_ids) == 0);
	reap(other); /* from outside: inside there is no power over it */
}

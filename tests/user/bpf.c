// SPDX-License-Identifier: MIT
/* bpf(2): programs about devices, which programs are taken, what they decide for
 * the members of a cgroup. Row L17. */
#include "cgroup.h"

#include <linux/bpf.h>
#include <sys/sysmacros.h>

#define INSN(code_, dst, src, off_, imm_)                                      \
	(struct bpf_insn){ .code = (code_), .dst_reg = (dst),                  \
			   .src_reg = (src), .off = (off_), .imm = (imm_) }
#define MOV(dst, imm) INSN(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, imm)
#define MOVX(dst, src) INSN(BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0)
#define ALU(op, dst, imm) INSN(BPF_ALU | (op) | BPF_K, dst, 0, 0, imm)
#define LOAD(size, dst, off) INSN(BPF_LDX | BPF_MEM | (size), dst, 1, off, 0)
#define JNE(dst, imm, off) INSN(BPF_JMP | BPF_JNE | BPF_K, dst, 0, off, imm)
#define JA(off) INSN(BPF_JMP | BPF_JA, 0, 0, off, 0)
#define EXIT INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
#define LEN(prog) (sizeof(prog) / sizeof((prog)[0]))

static long bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int load_of(const struct bpf_insn *prog, size_t n)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attr.insns = (uintptr_t)prog;
	attr.insn_cnt = (unsigned)n;
	attr.license = (uintptr_t)"GPL";
	return (int)bpf(BPF_PROG_LOAD, &attr);
}

/* "ok" or the errno of loading these instructions. */
#define LOADS(...)                                                             \
	({                                                                     \
		const struct bpf_insn prog[] = { __VA_ARGS__ };                \
		int load_fd = load_of(prog, LEN(prog));                        \
		const char *load_r = load_fd < 0 ? err_name(errno) : "ok";     \
		close(load_fd);                                                \
		load_r;                                                        \
	})

/* A program that says @yes. */
static int constant(int yes)
{
	const struct bpf_insn prog[] = { MOV(0, yes), EXIT };
	int fd = load_of(prog, LEN(prog));

	CHECK(fd >= 0);
	return fd;
}

static long attach(const char *group, int prog, unsigned flags, int replace)
{
	union bpf_attr attr;
	int dir = open(group, O_RDONLY | O_DIRECTORY);
	long r;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (unsigned)dir;
	attr.attach_bpf_fd = (unsigned)prog;
	attr.attach_type = BPF_CGROUP_DEVICE;
	attr.attach_flags = flags;
	attr.replace_bpf_fd = (unsigned)replace;
	r = bpf(BPF_PROG_ATTACH, &attr);
	close(dir);
	return r;
}

static long detach(const char *group, int prog)
{
	union bpf_attr attr;
	int dir = open(group, O_RDONLY | O_DIRECTORY);
	long r;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (unsigned)dir;
	attr.attach_bpf_fd = (unsigned)prog;
	attr.attach_type = BPF_CGROUP_DEVICE;
	r = bpf(BPF_PROG_DETACH, &attr);
	close(dir);
	return r;
}

/* How many programs, and the first two ids. */
static const char *query(const char *group, unsigned flags, unsigned room,
			 unsigned ids[8])
{
	static char text[40];
	union bpf_attr attr;
	int dir = open(group, O_RDONLY | O_DIRECTORY);
	long r;

	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = (unsigned)dir;
	attr.query.attach_type = BPF_CGROUP_DEVICE;
	attr.query.query_flags = flags;
	attr.query.prog_ids = (uintptr_t)ids;
	attr.query.prog_cnt = room;
	r = bpf(BPF_PROG_QUERY, &attr);
	snprintf(text, sizeof(text), "%s: %u, mode %u",
		 r ? err_name(errno) : "ok", attr.query.prog_cnt,
		 attr.query.attach_flags);
	close(dir);
	return text;
}

static int fd_of_id(unsigned id)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_id = id;
	return (int)bpf(BPF_PROG_GET_FD_BY_ID, &attr);
}

/* What a member of @group gets of opening @path: "ok" or the errno. */
static const char *open_in(const char *group, const char *path, int flags)
{
	static char text[4][24];
	static int next;
	char *t = text[next++ % 4], procs[80];
	int to[2];
	pid_t pid;
	ssize_t n;

	snprintf(procs, sizeof(procs), "%s/cgroup.procs", group);
	CHECK(pipe(to) == 0);
	pid = fork();
	if (!pid) {
		const char *s = put(procs, "0");

		if (!strcmp(s, "ok"))
			s = ERR(open(path, flags));
		_exit(write(to[1], s, strlen(s)) < 0);
	}
	close(to[1]);
	n = read(to[0], t, sizeof(text[0]) - 1);
	t[n > 0 ? n : 0] = 0;
	close(to[0]);
	CHECK(waitpid(pid, NULL, 0) == pid);
	return t;
}

CASE(L17, "bpf: which programs are taken")
{
	SEE("returns 1", "%s", LOADS(MOV(0, 1), EXIT));
	SEE("returns 2", "%s", LOADS(MOV(0, 2), EXIT));
	SEE("returns -1", "%s", LOADS(MOV(0, -1), EXIT));
	SEE("returns 1 or 2", "%s",
	    LOADS(LOAD(BPF_W, 2, 4), MOV(0, 1), JNE(2, 5, 1), MOV(0, 2), EXIT));
	SEE("returns 0 or 1", "%s",
	    LOADS(LOAD(BPF_W, 2, 4), MOV(0, 1), JNE(2, 5, 1), MOV(0, 0), EXIT));
	SEE("returns a bit", "%s",
	    LOADS(LOAD(BPF_W, 0, 8), ALU(BPF_AND, 0, 1), EXIT));
	SEE("returns a shifted one", "%s",
	    LOADS(LOAD(BPF_W, 0, 8), ALU(BPF_RSH, 0, 31), EXIT));
	SEE("returns a field", "%s", LOADS(LOAD(BPF_W, 0, 8), EXIT));
	SEE("returns the context", "%s", LOADS(MOVX(0, 1), EXIT));
	SEE("returns nothing", "%s", LOADS(EXIT));
	SEE("r0 on one way only", "%s",
	    LOADS(LOAD(BPF_W, 2, 4), JNE(2, 5, 1), MOV(0, 0), EXIT));
	SEE("reads what is not set", "%s", LOADS(MOVX(0, 3), EXIT));
	SEE("no exit", "%s", LOADS(MOV(0, 1)));
	SEE("code after the exit", "%s",
	    LOADS(MOV(0, 1), EXIT, MOV(0, 0), EXIT));
	SEE("a jump past the end", "%s",
	    LOADS(MOV(0, 1), JNE(0, 1, 1), EXIT));
	SEE("jumps over", "%s", LOADS(MOV(0, 1), JNE(0, 1, 0), JA(0), EXIT));
	SEE("by zero", "%s", LOADS(MOV(0, 1), ALU(BPF_DIV, 0, 0), EXIT));
	SEE("too far a shift", "%s",
	    LOADS(MOV(0, 1), ALU(BPF_RSH, 0, 32), EXIT));
	SEE("no such instruction", "%s", LOADS(INSN(0xff, 0, 0, 0, 0), EXIT));
	SEE("a field that must be 0", "%s",
	    LOADS(INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 7, 1), EXIT));
	SEE("r11", "%s", LOADS(MOV(11, 1), MOV(0, 1), EXIT));
}

CASE(L17, "bpf: what of the context is read")
{
	static const int sizes[] = { BPF_W, BPF_H, BPF_B, BPF_DW };
	static const int offsets[] = { 0, 1, 2, 3, 4, 6, 8, 9, 12, -4 };

	for (size_t i = 0; i < 4; i++)
		for (size_t j = 0; j < LEN(offsets); j++) {
			char name[40];

			snprintf(name, sizeof(name), "size %#x at %d",
				 sizes[i], offsets[j]);
			SEE(name, "%s", LOADS(LOAD(sizes[i], 2, offsets[j]),
					      MOV(0, 1), EXIT));
		}
	SEE("a copy of the pointer", "%s",
	    LOADS(MOVX(3, 1),
		  INSN(BPF_LDX | BPF_MEM | BPF_W, 2, 3, 4, 0), MOV(0, 1),
		  EXIT));
	SEE("a number", "%s",
	    LOADS(MOV(3, 1), INSN(BPF_LDX | BPF_MEM | BPF_W, 2, 3, 4, 0),
		  MOV(0, 1), EXIT));
	SEE("a store", "%s",
	    LOADS(INSN(BPF_ST | BPF_MEM | BPF_W, 1, 0, 4, 1), MOV(0, 1),
		  EXIT));
}

CASE(L17, "bpf: what of a load is wrong")
{
	const struct bpf_insn prog[] = { MOV(0, 1), EXIT };
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.license = (uintptr_t)"GPL";
	TRY("no instructions", bpf(BPF_PROG_LOAD, &attr));
	attr.insn_cnt = 2;
	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	TRY("no address", bpf(BPF_PROG_LOAD, &attr));
	attr.insns = (uintptr_t)prog;
	attr.prog_flags = 1u << 30;
	TRY("unknown flags", bpf(BPF_PROG_LOAD, &attr));
	attr.prog_flags = 0;
	attr.license = 8;
	TRY("a bad licence", bpf(BPF_PROG_LOAD, &attr));
	attr.license = (uintptr_t)"GPL";
	attr.prog_type = 9999;
	TRY("an unknown type", bpf(BPF_PROG_LOAD, &attr));
	TRY("an unknown command", bpf(9999, &attr));
	TRY("a bad pointer", syscall(SYS_bpf, BPF_PROG_LOAD, 8, 48));
	TRY("too large", syscall(SYS_bpf, BPF_PROG_LOAD, &attr, 5000));
	become(1000);
	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	TRY("a user", bpf(BPF_PROG_LOAD, &attr));
	TRY("a user, in a user namespace",
	    unshare(CLONE_NEWUSER) || bpf(BPF_PROG_LOAD, &attr) < 0 ? -1 : 0);
}

CASE(L17, "bpf: a program decides about devices")
{
	/* All but character devices 1:5, and 1:3 to be written. */
	const struct bpf_insn prog[] = {
		LOAD(BPF_H, 2, 0),	    /* type */
		LOAD(BPF_H, 3, 2),	    /* access */
		LOAD(BPF_W, 4, 4),	    /* major */
		LOAD(BPF_W, 5, 8),	    /* minor */
		MOV(0, 1),
		JNE(2, BPF_DEVCG_DEV_CHAR, 6),
		JNE(4, 1, 5),
		JNE(5, 5, 2),
		MOV(0, 0),
		EXIT,
		JNE(5, 3, 1),
		JNE(3, BPF_DEVCG_ACC_READ, 1),
		EXIT,
		MOV(0, 0),
		EXIT,
	};
	int fd = load_of(prog, LEN(prog));

	cgroups_mount();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	SEE("loaded", "%d", fd >= 0);
	SEE("close-on-exec", "%d", fcntl(fd, F_GETFD));
	TRY("attach", attach(ROOT "a", fd, BPF_F_ALLOW_MULTI, 0));
	SEE("zero", "%s", open_in(ROOT "a", "/dev/zero", O_RDONLY));
	SEE("null, read", "%s", open_in(ROOT "a", "/dev/null", O_RDONLY));
	SEE("null, write", "%s", open_in(ROOT "a", "/dev/null", O_WRONLY));
	SEE("null, both", "%s", open_in(ROOT "a", "/dev/null", O_RDWR));
	SEE("null, path", "%s", open_in(ROOT "a", "/dev/null", O_PATH));
	SEE("full", "%s", open_in(ROOT "a", "/dev/full", O_RDWR));
	SEE("a file", "%s", open_in(ROOT "a", "/proc/self/stat", O_RDONLY));
	TRY("who is not in it", open("/dev/zero", O_RDONLY));
	close(fd);
	SEE("without a descriptor", "%s",
	    open_in(ROOT "a", "/dev/zero", O_RDONLY));
	CHECK(rmdir(ROOT "a") == 0);
}

static void make_devices(void)
{
	SEE("mknod null", "%s", ERR(mknod("/tmp/bpf.null", S_IFCHR | 0600,
					  makedev(1, 3))));
	SEE("mknod block", "%s", ERR(mknod("/tmp/bpf.block", S_IFBLK | 0600,
					   makedev(7, 0))));
	SEE("mknod whiteout", "%s",
	    ERR(mknod("/tmp/bpf.white", S_IFCHR | 0600, 0)));
	SEE("mknod fifo", "%s", ERR(mkfifo("/tmp/bpf.fifo", 0600)));
	SEE("access null", "%s", ERR(access("/dev/null", R_OK)));
	SEE("exists null", "%s", ERR(access("/dev/null", F_OK)));
	unlink("/tmp/bpf.null");
	unlink("/tmp/bpf.block");
	unlink("/tmp/bpf.white");
	unlink("/tmp/bpf.fifo");
}

CASE(L17, "bpf: making devices, and access(2)")
{
	int no = constant(0);

	cgroups_mount();
	make_devices();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	TRY("attach", attach(ROOT "a", no, 0, 0));
	CHECK(put_ok(ROOT "a/cgroup.procs", "0"));
	make_devices();
	TRY("detach", detach(ROOT "a", 0));
	make_devices();
	CHECK(put_ok(ROOT "cgroup.procs", "0"));
	CHECK(rmdir(ROOT "a") == 0);
}

CASE(L17, "bpf: modes of attaching, up and down the tree")
{
	static const unsigned modes[] = { 0, BPF_F_ALLOW_OVERRIDE,
					  BPF_F_ALLOW_MULTI };
	int yes = constant(1), no = constant(0);

	cgroups_mount();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	CHECK(mkdir(ROOT "a/b", 0755) == 0);
	for (size_t i = 0; i < 3; i++)
		for (size_t j = 0; j < 3; j++) {
			unsigned up = modes[i], down = modes[j];

			SEE("modes", "%u above %u", up, down);
			TRY("above", attach(ROOT "a", no, up, 0));
			SEE("only above", "%s",
			    open_in(ROOT "a/b", "/dev/null", O_RDONLY));
			TRY("below", attach(ROOT "a/b", yes, down, 0));
			SEE("both", "%s",
			    open_in(ROOT "a/b", "/dev/null", O_RDONLY));
			TRY("take below", detach(ROOT "a/b", yes));
			TRY("take above", detach(ROOT "a", no));
			TRY("below first", attach(ROOT "a/b", no, down, 0));
			TRY("above then", attach(ROOT "a", yes, up, 0));
			SEE("both", "%s",
			    open_in(ROOT "a/b", "/dev/null", O_RDONLY));
			TRY("take above", detach(ROOT "a", yes));
			TRY("take below", detach(ROOT "a/b", no));
		}
	CHECK(rmdir(ROOT "a/b") == 0);
	CHECK(rmdir(ROOT "a") == 0);
}

CASE(L17, "bpf: several in a group, and one for another")
{
	int yes = constant(1), no = constant(0), third = constant(1);
	unsigned multi = BPF_F_ALLOW_MULTI;

	cgroups_mount();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	TRY("one", attach(ROOT "a", yes, multi, 0));
	TRY("again", attach(ROOT "a", yes, multi, 0));
	TRY("two", attach(ROOT "a", no, multi, 0));
	TRY("in another mode", attach(ROOT "a", third, 0, 0));
	SEE("open", "%s", open_in(ROOT "a", "/dev/null", O_RDONLY));
	TRY("no for yes", attach(ROOT "a", third, multi | BPF_F_REPLACE, no));
	SEE("open", "%s", open_in(ROOT "a", "/dev/null", O_RDONLY));
	TRY("for one that is gone",
	    attach(ROOT "a", no, multi | BPF_F_REPLACE, no));
	TRY("for what is no program",
	    attach(ROOT "a", no, multi | BPF_F_REPLACE, 0));
	TRY("replace alone", attach(ROOT "a", no, BPF_F_REPLACE, yes));
	TRY("both modes", attach(ROOT "a", no, 3, 0));
	TRY("unknown flags", attach(ROOT "a", no, 1u << 20, 0));
	TRY("detach, not named", detach(ROOT "a", 0));
	TRY("detach what is not there", detach(ROOT "a", no));
	TRY("detach", detach(ROOT "a", third));
	TRY("detach", detach(ROOT "a", yes));
	TRY("detach from none", detach(ROOT "a", yes));
	TRY("a single one", attach(ROOT "a", yes, 0, 0));
	TRY("instead of it", attach(ROOT "a", no, 0, 0));
	SEE("open", "%s", open_in(ROOT "a", "/dev/null", O_RDONLY));
	TRY("no group", attach("/", yes, 0, 0));
	TRY("no directory", attach("/nope", yes, 0, 0));
	TRY("no program", attach(ROOT "a", 0, 0, 0));
	CHECK(rmdir(ROOT "a") == 0);
}

CASE(L17, "bpf: what a query says, and programs by id")
{
	int yes = constant(1), no = constant(0), fd;
	unsigned ids[8] = { 0 }, effective[8] = { 0 };

	cgroups_mount();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	CHECK(mkdir(ROOT "a/b", 0755) == 0);
	SEE("none", "%s", query(ROOT "a", 0, 8, ids));
	CHECK(attach(ROOT "a", yes, BPF_F_ALLOW_MULTI, 0) == 0);
	CHECK(attach(ROOT "a", no, BPF_F_ALLOW_MULTI, 0) == 0);
	SEE("two", "%s", query(ROOT "a", 0, 8, ids));
	SEE("both ids, in order", "%d", ids[0] && ids[0] < ids[1]);
	SEE("room for one", "%s", query(ROOT "a", 0, 1, effective));
	SEE("the first", "%d", effective[0] == ids[0] && !effective[1]);
	SEE("no room", "%s", query(ROOT "a", 0, 0, effective));
	SEE("below", "%s", query(ROOT "a/b", 0, 8, effective));
	SEE("below, effective", "%s",
	    query(ROOT "a/b", BPF_F_QUERY_EFFECTIVE, 8, effective));
	SEE("the same", "%d", effective[0] == ids[0]);
	SEE("unknown flags", "%s", query(ROOT "a", 8, 8, ids));
	fd = fd_of_id(ids[1]);
	SEE("by id", "%d", fd >= 0);
	close(fd);
	TRY("none of that id", fd_of_id(ids[1] + 1000));
	close(yes);
	close(no);
	CHECK(rmdir(ROOT "a/b") == 0);
	CHECK(rmdir(ROOT "a") == 0);
	become(1000);
	TRY("by id, a user", fd_of_id(ids[0]));
	SEE("query, a user", "%s", query("/", 0, 8, ids));
}

// SPDX-License-Identifier: MIT
/* Filters of system calls (seccomp(2)). */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

#include "case.h"

#define LOAD(field)                                                            \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RET(value) BPF_STMT(BPF_RET | BPF_K, value)
#define ALLOW RET(SECCOMP_RET_ALLOW)

static int add(struct sock_filter *prog, unsigned short len)
{
	struct sock_fprog fprog = { len, prog };

	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &fprog);
}
#define ADD(prog) add(prog, sizeof(prog) / sizeof(*(prog)))

/* The call @nr gets @action, all others pass. */
static int filter(int nr, uint32_t action)
{
	struct sock_filter prog[] = {
		LOAD(nr),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 0, 1),
		RET(action),
		ALLOW,
	};

	return ADD(prog);
}

static const char *mode(void)
{
	static char text[40];
	char seccomp[20], filters[20];

	snprintf(seccomp, sizeof(seccomp), "%s",
		 field("/proc/self/status", "Seccomp"));
	snprintf(filters, sizeof(filters), "%s",
		 field("/proc/self/status", "Seccomp_filters"));
	snprintf(text, sizeof(text), "%s %s", seccomp, filters);
	return text;
}

CASE(L16, "errno, and what a filter looks at")
{
	struct sock_filter args[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
		RET(SECCOMP_RET_KILL_PROCESS),
		LOAD(nr),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_kill, 0, 3),
		LOAD(args[1]),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SIGWINCH, 0, 1),
		RET(SECCOMP_RET_ERRNO | EXDEV),
		ALLOW,
	};

	SEE("mode", "%d %s", prctl(PR_GET_SECCOMP), mode());
	TRY("by root", filter(SYS_mkdir, SECCOMP_RET_ERRNO | EPERM));
	SEE("mode", "%d %s", prctl(PR_GET_SECCOMP), mode());
	TRY("mkdir", syscall(SYS_mkdir, "/x", 0700));
	TRY("getppid", getppid());
	TRY("by an argument", ADD(args));
	TRY("that signal", kill(getpid(), SIGWINCH));
	TRY("another", kill(getpid(), 0));
	TRY("errno 5000", filter(SYS_rmdir, SECCOMP_RET_ERRNO | 5000));
	SEE("rmdir", "%d", syscall(SYS_rmdir, "/x") == -1 ? errno : 0);
	TRY("errno 0", filter(SYS_unlink, SECCOMP_RET_ERRNO));
	SEE("unlink", "%ld", syscall(SYS_unlink, "/none"));
	TRY("trace", filter(SYS_link, SECCOMP_RET_TRACE));
	TRY("link", syscall(SYS_link, "/a", "/b"));
	TRY("log", filter(SYS_symlink, SECCOMP_RET_LOG));
	TRY("symlink", syscall(SYS_symlink, "a", "/nope/b"));
	TRY("no such call", filter(5000, SECCOMP_RET_ERRNO | EXDEV));
	TRY("it", syscall(5000));
	TRY("no such call either", syscall(5001));
	SEE("mode", "%d %s", prctl(PR_GET_SECCOMP), mode());
}

CASE(L16, "the strictest answer counts, and of equal ones the newest")
{
	filter(SYS_mkdir, SECCOMP_RET_ERRNO | EPERM);
	filter(SYS_mkdir, SECCOMP_RET_ERRNO | EXDEV);
	TRY("newest", syscall(SYS_mkdir, "/x", 0700));
	filter(SYS_mkdir, SECCOMP_RET_ALLOW);
	TRY("allowed too", syscall(SYS_mkdir, "/x", 0700));
	filter(SYS_mkdir, SECCOMP_RET_TRACE);
	TRY("trace is weaker", syscall(SYS_mkdir, "/x", 0700));
}

static uint32_t how;

static void killed(void)
{
	filter(SYS_mkdir, how);
	syscall(SYS_mkdir, "/x", 0700);
	SEE("goes on", "%d", 1);
}

CASE(L16, "kill, and what there is not")
{
	how = SECCOMP_RET_KILL_PROCESS;
	SEE("process", "%s", status_name(in_child(killed)));
	how = SECCOMP_RET_KILL_THREAD;
	SEE("thread", "%s", status_name(in_child(killed)));
	how = SECCOMP_RET_TRAP;
	SEE("trap", "%s", status_name(in_child(killed)));
	how = 0x12340000;
	SEE("unknown", "%s", status_name(in_child(killed)));
}

static siginfo_t caught;

static void on_sigsys(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	caught = *info;
}

CASE(L16, "trap: SIGSYS says which call")
{
	struct sigaction sa = { .sa_sigaction = on_sigsys,
				.sa_flags = SA_SIGINFO };

	sigaction(SIGSYS, &sa, NULL);
	filter(SYS_mkdir, SECCOMP_RET_TRAP | 77);
	SEE("result", "%ld", syscall(SYS_mkdir, "/x", 0700));
	SEE("signal", "%d code %d errno %d", caught.si_signo, caught.si_code,
	    caught.si_errno);
	SEE("call", "%d %x %d", caught.si_syscall, caught.si_arch,
	    caught.si_call_addr != NULL);
}

static void is_killed_by(const char *name, void (*fn)(void))
{
	SEE(name, "%s", status_name(in_child(fn)));
}

static void strict_exit(void)
{
	fflush(stdout);
	CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0);
	write(1, "# strict writes\n", 16);
	syscall(SYS_exit, 3);
}

static void strict_getpid(void)
{
	syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL);
	syscall(SYS_getppid);
}

CASE(L16, "strict mode")
{
	is_killed_by("exit", strict_exit);
	is_killed_by("getppid", strict_getpid);
	filter(5000, SECCOMP_RET_ALLOW);
	TRY("with a filter", prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
}

CASE(L16, "a child inherits filters, and has its own from then on")
{
	int status;
	pid_t pid;

	filter(SYS_mkdir, SECCOMP_RET_ERRNO | EXDEV);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		SEE("mode", "%s", mode());
		TRY("mkdir", syscall(SYS_mkdir, "/x", 0700));
		filter(SYS_rmdir, SECCOMP_RET_ERRNO | EXDEV);
		SEE("mode", "%s", mode());
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	SEE("mode", "%s", mode());
}

CASE(L16, "arguments and rights")
{
	struct sock_filter allow[] = { ALLOW };
	struct sock_fprog one = { 1, allow }, none = { 0, allow },
			  bad = { 1, (void *)8 }, many = { 4097, allow };
	unsigned action = SECCOMP_RET_ERRNO;

#define SECCOMP(op, flags, arg) syscall(SYS_seccomp, op, flags, arg)
	TRY("operation", SECCOMP(9, 0, NULL));
	TRY("flags", SECCOMP(SECCOMP_SET_MODE_FILTER, 1 << 20, &one));
	TRY("no program", SECCOMP(SECCOMP_SET_MODE_FILTER, 0, NULL));
	TRY("0 instructions", SECCOMP(SECCOMP_SET_MODE_FILTER, 0, &none));
	TRY("4097", SECCOMP(SECCOMP_SET_MODE_FILTER, 0, &many));
	TRY("bad pointer", SECCOMP(SECCOMP_SET_MODE_FILTER, 0, &bad));
	TRY("strict, flags", SECCOMP(SECCOMP_SET_MODE_STRICT, 1, NULL));
	TRY("strict, pointer", SECCOMP(SECCOMP_SET_MODE_STRICT, 0, &one));
	TRY("action", SECCOMP(SECCOMP_GET_ACTION_AVAIL, 0, &action));
	action = 0x12340000;
	TRY("no action", SECCOMP(SECCOMP_GET_ACTION_AVAIL, 0, &action));
	TRY("action, flags", SECCOMP(SECCOMP_GET_ACTION_AVAIL, 1, &action));
	TRY("action, pointer", SECCOMP(SECCOMP_GET_ACTION_AVAIL, 0, 8));
	TRY("prctl", prctl(PR_SET_SECCOMP, 3, &one));
	TRY("prctl", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &one));
	become(1000);
	TRY("a user", ADD(allow));
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	TRY("with no_new_privs", ADD(allow));
	SEE("mode", "%s", mode());
}

/* One instruction, and a return behind it. */
static const char *takes(uint16_t code, uint8_t jt, uint8_t jf, uint32_t k)
{
	struct sock_filter prog[] = { { code, jt, jf, k }, ALLOW };

	return ERR(ADD(prog));
}

CASE(L16, "which programs there are")
{
	struct sock_filter no_ret[] = { BPF_STMT(BPF_LD | BPF_IMM, 1) };
	struct sock_filter unset[] = { BPF_STMT(BPF_LD | BPF_MEM, 3), ALLOW };
	struct sock_filter some_ways[] = {
		LOAD(nr),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1),
		BPF_STMT(BPF_ST, 2),
		BPF_STMT(BPF_LD | BPF_MEM, 2),
		ALLOW,
	};

	SEE("load", "%s", takes(BPF_LD | BPF_W | BPF_ABS, 0, 0, 0));
	SEE("unaligned", "%s", takes(BPF_LD | BPF_W | BPF_ABS, 0, 0, 2));
	SEE("last word", "%s", takes(BPF_LD | BPF_W | BPF_ABS, 0, 0, 60));
	SEE("beyond", "%s", takes(BPF_LD | BPF_W | BPF_ABS, 0, 0, 64));
	SEE("byte", "%s", takes(BPF_LD | BPF_B | BPF_ABS, 0, 0, 0));
	SEE("indirect", "%s", takes(BPF_LD | BPF_W | BPF_IND, 0, 0, 0));
	SEE("length", "%s", takes(BPF_LD | BPF_W | BPF_LEN, 0, 0, 0));
	SEE("divide", "%s", takes(BPF_ALU | BPF_DIV | BPF_K, 0, 0, 2));
	SEE("by zero", "%s", takes(BPF_ALU | BPF_DIV | BPF_K, 0, 0, 0));
	SEE("modulo", "%s", takes(BPF_ALU | BPF_MOD | BPF_K, 0, 0, 2));
	SEE("xor", "%s", takes(BPF_ALU | BPF_XOR | BPF_K, 0, 0, 2));
	SEE("shift", "%s", takes(BPF_ALU | BPF_LSH | BPF_K, 0, 0, 31));
	SEE("shift by 32", "%s", takes(BPF_ALU | BPF_LSH | BPF_K, 0, 0, 32));
	SEE("store", "%s", takes(BPF_ST, 0, 0, 15));
	SEE("word 16", "%s", takes(BPF_ST, 0, 0, 16));
	SEE("jump", "%s", takes(BPF_JMP | BPF_JA, 0, 0, 0));
	SEE("too far", "%s", takes(BPF_JMP | BPF_JA, 0, 0, 1));
	SEE("backwards", "%s", takes(BPF_JMP | BPF_JA, 0, 0, -2u));
	SEE("if, too far", "%s", takes(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0));
	SEE("no instruction", "%s", takes(0xffff, 0, 0, 0));
	TRY("no return", ADD(no_ret));
	TRY("a word that nobody stored", ADD(unset));
	TRY("or not on every way", ADD(some_ways));
}

CASE(L16, "arithmetic")
{
	struct sock_filter prog[] = {
		BPF_STMT(BPF_LD | BPF_IMM, 7),
		BPF_STMT(BPF_ST, 1),
		BPF_STMT(BPF_LDX | BPF_MEM, 1),
		BPF_STMT(BPF_ALU | BPF_MUL | BPF_X, 0), /* 49 */
		BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, 9), /* 40 */
		BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0), /* 5 */
		BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 2), /* 20 */
		BPF_STMT(BPF_ALU | BPF_XOR | BPF_K, 1), /* 21 */
		BPF_STMT(BPF_ALU | BPF_NEG, 0),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xff), /* 235 */
		BPF_STMT(BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_ERRNO),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		LOAD(nr),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdir, 0, 2),
		BPF_STMT(BPF_MISC | BPF_TXA, 0),
		BPF_STMT(BPF_RET | BPF_A, 0),
		ALLOW,
	};

	TRY("add", ADD(prog));
	SEE("mkdir", "%d", syscall(SYS_mkdir, "/x", 0700) ? errno : 0);
}

CASE(L16, "how many there can be")
{
	static struct sock_filter prog[4096];
	int n = 0;

	for (int i = 0; i < 4096; i++)
		prog[i] = (struct sock_filter)ALLOW;
	while (n < 20 && !ADD(prog))
		n++;
	SEE("of 4096 instructions", "%d", n);
	TRY("one more", ADD(prog));
}

/* ---- what an instruction computes ---------------------------------------------------- */

#define IT 6000 /* no call has this number */

/* @code of @a and @x, twelve bits from bit @from on: as the errno of the call. */
static long twelve_bits(unsigned code, uint32_t a, uint32_t x, unsigned from)
{
	struct sock_filter prog[] = {
		LOAD(nr),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IT, 1, 0),
		ALLOW,
		BPF_STMT(BPF_LD | BPF_IMM, a),
		BPF_STMT(BPF_LDX | BPF_IMM, x),
		BPF_STMT((uint16_t)code, x),
		BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, from),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xfff),
		BPF_STMT(BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_ERRNO),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	int status;
	struct pipe_pair p = pipe_new();
	pid_t pid = fork();
	long r = -1;

	if (!pid) {
		CHECK(ADD(prog) == 0);
		r = syscall(IT);
		r = r ? errno : 0;
		CHECK(write(p.wr, &r, sizeof(r)) == sizeof(r));
		_exit(case_failed);
	}
	close(p.wr);
	if (read(p.rd, &r, sizeof(r)) != sizeof(r))
		r = -1;
	close(p.rd);
	CHECK(waitpid(pid, &status, 0) == pid);
	return r;
}

/* The result, or how the task ended: a program that returns 0 kills. */
static void compute(const char *name, unsigned code, uint32_t a, uint32_t x)
{
	long low = twelve_bits(code, a, x, 0);

	if (low < 0)
		SEE(name, "%#x, %#x: killed", a, x);
	else
		SEE(name, "%#x, %#x: %#lx", a, x,
		    low | twelve_bits(code, a, x, 12) << 12 |
			    twelve_bits(code, a, x, 24) << 24);
}

CASE(L16, "arithmetic with a register, at its borders")
{
	static const uint32_t counts[] = { 0, 1, 31, 32, 33, 63, 64, 0x80000001 };

	for (unsigned i = 0; i < 8; i++) {
		compute("lsh", BPF_ALU | BPF_LSH | BPF_X, 0x87654321, counts[i]);
		compute("rsh", BPF_ALU | BPF_RSH | BPF_X, 0x87654321, counts[i]);
	}
	compute("div", BPF_ALU | BPF_DIV | BPF_X, 0x87654321, 0);
	compute("div", BPF_ALU | BPF_DIV | BPF_X, 0x87654321, 0xffffffff);
	compute("mul", BPF_ALU | BPF_MUL | BPF_X, 0x87654321, 0xffffffff);
	compute("add", BPF_ALU | BPF_ADD | BPF_X, 0x87654321, 0xffffffff);
	compute("sub", BPF_ALU | BPF_SUB | BPF_X, 0x07654321, 0xffffffff);
	compute("neg", BPF_ALU | BPF_NEG, 0x80000000, 1);
	compute("neg", BPF_ALU | BPF_NEG, 0, 1);
	compute("xor", BPF_ALU | BPF_XOR | BPF_X, 0x87654321, 0xffffffff);
}

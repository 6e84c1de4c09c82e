// SPDX-License-Identifier: MIT
/*
 * Resource limits that are a user's, not a process's: RLIMIT_SIGPENDING and
 * RLIMIT_MEMLOCK of segments. They are counted where the user is, and in each user
 * namespace above for whoever made the one below: there its maker's limit holds.
 */
#include "ids.h"

#include <sys/ipc.h>
#include <sys/shm.h>
#include <time.h>

#define SIG (SIGRTMIN + 1)

static void limit(int which, rlim_t soft, rlim_t hard)
{
	struct rlimit rl = { soft, hard };

	CHECK(setrlimit(which, &rl) == 0);
}

static void block(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
}

/* How many more signals @pid's queue takes, at most @most, and the error. */
static void fill(const char *name, pid_t pid, int most)
{
	union sigval v = { 0 };
	int n = 0, r = 0;

	while (n < most && !(r = sigqueue(pid, SIG, v)))
		n++;
	SEE(name, "%d, then %s", n, r ? err_name(errno) : "enough");
}

static void see_queue(const char *name, pid_t pid)
{
	SEE(name, "%s", field(of(pid, "status"), "SigQ:"));
}

static void take_one(void)
{
	struct timespec none = { 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIG);
	CHECK(sigtimedwait(&set, NULL, &none) == SIG);
}

/* ---- signals: one user, several processes -------------------------------------------- */

static void user_of_signals(void)
{
	block(SIG);
	block(SIGUSR1);
	become(7780);
	CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
	limit(RLIMIT_SIGPENDING, 3, 20);
}

static void signals_plain(void)
{
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL,
			       .sigev_signo = SIG };
	timer_t timer;
	pid_t other;

	user_of_signals();
	other = spawn(NULL);
	fill("limit 3", getpid(), 10);
	see_queue("SigQ", 0);
	see_queue("SigQ of another of the user", other);
	fill("to the other", other, 10);
	TRY("kill", kill(other, SIGUSR1));
	see_queue("SigQ", 0);
	TRY("a timer", syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &timer));
	take_one();
	see_queue("one taken", other);
	reap(other);
	see_queue("the other is gone", 0);
	limit(RLIMIT_SIGPENDING, 6, 20);
	fill("limit 6", getpid(), 10);
}

CASE(U26, "RLIMIT_SIGPENDING: by the receiver's user")
{
	run(signals_plain);
}

static void be_7781(void)
{
	user_of_signals();
	fill("to itself", getpid(), 2);
	see_queue("SigQ", 0);
}

static pid_t watch;

static void signals_of_others(void)
{
	pid_t a = spawn(user_of_signals), b = spawn(user_of_signals);

	block(SIG);
	fill("from root to the user", a, 10);
	see_queue("SigQ", b);
	fill("to root", getpid(), 2);
	see_queue("SigQ", b);
	reap(a);
	see_queue("the receiver is gone", b);
	reap(b);
}

static void signals_then_setuid(void)
{
	block(SIG);
	limit(RLIMIT_SIGPENDING, 3, 20);
	CHECK(setresuid(7780, 0, 0) == 0);
	fill("as the user", getpid(), 2);
	CHECK(setresuid(7781, 7781, 7781) == 0);
	CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
	see_queue("SigQ of who became somebody else", 0);
	see_queue("SigQ of who he was", watch);
	take_one();
	see_queue("one taken", watch);
}

CASE(U26, "RLIMIT_SIGPENDING: whoever sends, and whoever the receiver becomes")
{
	run(signals_of_others);
	run(be_7781);
	watch = spawn(user_of_signals);
	run(signals_then_setuid);
	see_queue("he is gone", watch);
	reap(watch);
}

/* ---- signals: user namespaces ---------------------------------------------------------- */

static void enter_user(void)
{
	user_of_signals();
	new_user();
	CHECK(!strcmp(put("/proc/self/uid_map", "0 7780 1"), "ok"));
	limit(RLIMIT_SIGPENDING, 20, 20);
}

static void enter_two(void)
{
	user_of_signals();
	limit(RLIMIT_SIGPENDING, 5, 20);
	new_user();
	CHECK(!strcmp(put("/proc/self/setgroups", "deny"), "ok"));
	CHECK(!strcmp(put("/proc/self/uid_map", "7780 7780 1"), "ok"));
	CHECK(!strcmp(put("/proc/self/gid_map", "7780 7780 1"), "ok"));
	limit(RLIMIT_SIGPENDING, 2, 20);
	new_user();
	limit(RLIMIT_SIGPENDING, 20, 20);
}

CASE(U26 I02, "RLIMIT_SIGPENDING: the limit of a namespace's maker, for all below")
{
	pid_t out = spawn(user_of_signals), in = spawn(enter_user);
	pid_t in2 = spawn(enter_user), deep;

	fill("in the namespace, limit 20, its maker's 3", in, 30);
	see_queue("SigQ inside", in);
	see_queue("SigQ outside", out);
	fill("outside", out, 10);
	fill("in another of his", in2, 10);
	see_queue("SigQ there", in2);
	TRY("kill", kill(in2, SIGUSR1));
	see_queue("SigQ there", in2);
	see_queue("SigQ outside", out);
	reap(in);
	see_queue("the first is gone", out);
	fill("in another of his", in2, 10);
	reap(in2);
	see_queue("all are gone", out);
	deep = spawn(enter_two);
	fill("two namespaces deep, limits 5 and 2", deep, 30);
	see_queue("SigQ outside", out);
	reap(deep);
	reap(out);
}

static int users_fd;

static void maker_of_many(void)
{
	become(7783);
	limit(RLIMIT_SIGPENDING, 4, 20);
	new_user();
}

static void as_one_of_many(uid_t uid)
{
	block(SIG);
	limit(RLIMIT_SIGPENDING, 20, 20);
	CHECK(setns(users_fd, CLONE_NEWUSER) == 0);
	CHECK(setresuid(uid, uid, uid) == 0);
}

static void as_6(void)
{
	as_one_of_many(6);
	fill("as 6", getpid(), 30);
	see_queue("SigQ", 0);
}

static void as_5(void)
{
	as_one_of_many(5);
	fill("as 5", getpid(), 3);
	see_queue("SigQ", 0);
}

CASE(U26 I02, "RLIMIT_SIGPENDING: many users of a namespace are one above it")
{
	pid_t maker = spawn(maker_of_many), five;

	CHECK(!strcmp(put(of(maker, "uid_map"), "0 0 1000"), "ok"));
	users_fd = open_ns(maker, "user");
	five = spawn(as_5);
	run(as_6);
	reap(five);
	run(as_6);
	reap(maker);
	close(users_fd);
}

/* ---- locked segments ---------------------------------------------------------------------- */

static int segments[8];

static void segments_make(void)
{
	CHECK(unshare(CLONE_NEWIPC) == 0);
	for (int i = 0; i < 8; i++) {
		segments[i] = shmget(IPC_PRIVATE, 4000, 0666);
		CHECK(segments[i] >= 0);
	}
}

static void lock_segments(const char *name, int from)
{
	int n = from;

	while (n < 8 && !shmctl(segments[n], SHM_LOCK, NULL))
		n++;
	SEE(name, "%d, then %s", n - from, n < 8 ? err_name(errno) : "no more");
}

static void segments_plain(void)
{
	struct shmid_ds ds;

	CHECK(unshare(CLONE_NEWIPC) == 0);
	become(7782);
	for (int i = 0; i < 8; i++)
		segments[i] = shmget(IPC_PRIVATE, i ? 4000 : 5000, 0666);
	limit(RLIMIT_MEMLOCK, 4 * 4096 + 100, 8 * 4096);
	lock_segments("limit of 4 pages, one of 2", 0);
	TRY("once more the same", shmctl(segments[0], SHM_LOCK, NULL));
	TRY("unlock one", shmctl(segments[0], SHM_UNLOCK, NULL));
	TRY("unlock it again", shmctl(segments[0], SHM_UNLOCK, NULL));
	lock_segments("room for 2", 3);
	TRY("remove one", shmctl(segments[1], IPC_RMID, NULL));
	lock_segments("room for 1", 5);
	CHECK(shmctl(segments[5], IPC_STAT, &ds) == 0);
	SEE("mode", "%o", ds.shm_perm.mode);
	limit(RLIMIT_MEMLOCK, 0, 8 * 4096);
	TRY("limit 0", shmctl(segments[7], SHM_LOCK, NULL));
	TRY("unlock", shmctl(segments[5], SHM_UNLOCK, NULL));
}

static void segments_of_root(void)
{
	segments_make();
	limit(RLIMIT_MEMLOCK, 4096, 4096);
	lock_segments("with CAP_IPC_LOCK", 0);
}

/* Linux keeps a maker's limit, which is in bytes, for a number of pages. */
static void segments_inside(void)
{
	become(7784);
	limit(RLIMIT_MEMLOCK, 3, 20 * 4096);
	new_user();
	CHECK(!strcmp(put("/proc/self/uid_map", "0 7784 1"), "ok"));
	CHECK(unshare(CLONE_NEWIPC) == 0);
	for (int i = 0; i < 8; i++)
		segments[i] = shmget(IPC_PRIVATE, 4000, 0666);
	limit(RLIMIT_MEMLOCK, 20 * 4096, 20 * 4096);
	lock_segments("limit of 20 pages, its maker's of 3 bytes", 0);
	TRY("unlock one", shmctl(segments[1], SHM_UNLOCK, NULL));
	lock_segments("room for 1", 3);
}

static void segments_and_setuid(void)
{
	segments_make();
	CHECK(setresuid(7785, 0, 0) == 0);
	drop_cap(CAP_IPC_LOCK);
	limit(RLIMIT_MEMLOCK, 3 * 4096, 3 * 4096);
	lock_segments("limit of 3 pages", 0);
	CHECK(setresuid(7786, 0, 0) == 0);
	lock_segments("as another user", 3);
	TRY("unlock one of the first", shmctl(segments[0], SHM_UNLOCK, NULL));
	lock_segments("as another user", 6);
	CHECK(setresuid(7785, 0, 0) == 0);
	lock_segments("as the first", 6);
}

CASE(U26 H03, "RLIMIT_MEMLOCK of shared memory: by the user who locked it")
{
	run(segments_plain);
	run(segments_of_root);
	run(segments_and_setuid);
	run(segments_inside);
}

// SPDX-License-Identifier: MIT
/* System V semaphores: semget(2), semop(2), semctl(2), SEM_UNDO. */
#define _GNU_SOURCE
#include <sys/ipc.h>
#include <sys/sem.h>

#include "case.h"

#ifndef SEM_STAT_ANY
#define SEM_STAT_ANY 20
#endif

static int id; /* of the case's array, also for its children */

static void fresh(int nsems)
{
	CHECK(unshare(CLONE_NEWIPC) == 0);
	id = semget(1, nsems, IPC_CREAT | 0600);
	CHECK(id == 0);
}

static int op(int num, int by, int flags)
{
	struct sembuf sb = { (unsigned short)num, (short)by, (short)flags };

	return semop(id, &sb, 1);
}

static int val(int num)
{
	return semctl(id, num, GETVAL);
}

/* A child that runs @fn, which sleeps on semaphore @num, and does. */
static pid_t sleeper(int (*fn)(void), int num, int cmd)
{
	int before = semctl(id, num, cmd);
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		errno = 0;
		int ret = fn();
		_exit(ret < 0 ? errno : 0);
	}
	while (semctl(id, num, cmd) == before)
		sched_yield();
	return pid;
}

static const char *end_of(pid_t pid)
{
	int status = -1;

	waitpid(pid, &status, 0);
	if (!WIFEXITED(status))
		return "died";
	return WEXITSTATUS(status) ? err_name(WEXITSTATUS(status)) : "ok";
}

CASE(H03, "semget: keys, sizes and what is refused")
{
	fresh(3);
	SEE("absent", "%s", ERR(semget(2, 1, 0)));
	SEE("none", "%s", ERR(semget(2, 0, IPC_CREAT)));
	SEE("-1", "%s", ERR(semget(2, -1, IPC_CREAT)));
	SEE("too many", "%s", ERR(semget(2, 32001, IPC_CREAT)));
	SEE("0 of what exists", "%d", semget(1, 0, 0));
	SEE("fewer", "%d", semget(1, 2, 0));
	SEE("more", "%s", ERR(semget(1, 4, 0)));
	SEE("exclusive", "%s", ERR(semget(1, 3, IPC_CREAT | IPC_EXCL)));
	SEE("private", "%d", semget(IPC_PRIVATE, 1, 0600));
}

CASE(H03, "semop: all changes or none")
{
	struct sembuf two[] = { { 0, 2, 0 }, { 1, -1, IPC_NOWAIT } };
	struct sembuf zero[] = { { 0, 0, IPC_NOWAIT }, { 0, 5, 0 } };
	struct sembuf order[] = { { 0, -1, IPC_NOWAIT }, { 0, 1, 0 } };

	fresh(2);
	SEE("second cannot", "%s", ERR(semop(id, two, 2)));
	SEE("first was not", "%d", val(0));
	SEE("zero, then add", "%s", ERR(semop(id, zero, 2)));
	SEE("value", "%d", val(0));
	SEE("not zero", "%s", ERR(semop(id, zero, 2)));
	SEE("down", "%s", ERR(op(0, -5, 0)));
	SEE("down below zero", "%s", ERR(op(0, -1, IPC_NOWAIT)));
	SEE("in the order given", "%s", ERR(semop(id, order, 2)));
	SEE("max", "%s", ERR(op(0, 32767, 0)));
	SEE("above", "%s", ERR(op(0, 1, 0)));
	SEE("value", "%d", val(0));
}

CASE(H03, "semop: bad arguments")
{
	struct sembuf many[501] = { { 0, 0, 0 } };
	struct timespec bad = { 0, 1000000000 }, neg = { -1, 0 };
	struct timespec none = { 0, 0 };
	struct sembuf down = { 0, -1, 0 };

	fresh(2);
	SEE("no operations", "%s", ERR(semop(id, many, 0)));
	SEE("500", "%s", ERR(semop(id, many, 500)));
	SEE("501", "%s", ERR(semop(id, many, 501)));
	SEE("no such semaphore", "%s", ERR(op(2, 1, 0)));
	SEE("NULL", "%s", ERR(semop(id, NULL, 1)));
	SEE("id -1", "%s", ERR(semop(-1, many, 1)));
	SEE("id 5", "%s", ERR(semop(5, many, 1)));
	SEE("bad time", "%s", ERR(semtimedop(id, &down, 1, &bad)));
	SEE("negative time", "%s", ERR(semtimedop(id, &down, 1, &neg)));
	SEE("no time", "%s", ERR(semtimedop(id, &down, 1, &none)));
	none.tv_nsec = 1000000;
	SEE("a millisecond", "%s", ERR(semtimedop(id, &down, 1, &none)));
	SEE("time, not needed", "%s", ERR(semtimedop(id, many, 1, &none)));
}

static int down_one(void)
{
	return op(0, -1, 0);
}

static int down_two(void)
{
	return op(0, -2, 0);
}

static int to_zero(void)
{
	return op(0, 0, 0);
}

CASE(H03, "sleepers: counted, woken when it is their turn, told of the end")
{
	pid_t a, b, c;

	fresh(1);
	a = sleeper(down_two, 0, GETNCNT);
	b = sleeper(down_one, 0, GETNCNT);
	SEE("waiting to grow, for zero", "%d %d", semctl(id, 0, GETNCNT),
	    semctl(id, 0, GETZCNT));
	CHECK(op(0, 1, 0) == 0);
	SEE("one is enough for the second", "%s", end_of(b));
	SEE("value", "%d", val(0));
	SEE("waiting", "%d", semctl(id, 0, GETNCNT));
	CHECK(op(0, 3, 0) == 0);
	SEE("three for the first", "%s", end_of(a));
	SEE("value", "%d", val(0));
	SEE("last was the first", "%d", semctl(id, 0, GETPID) == a);
	c = sleeper(to_zero, 0, GETZCNT);
	SEE("waiting for zero", "%d", semctl(id, 0, GETZCNT));
	CHECK(op(0, -1, 0) == 0);
	SEE("zero", "%s", end_of(c));
	a = sleeper(down_one, 0, GETNCNT);
	CHECK(semctl(id, 0, SETVAL, 1) == 0);
	SEE("SETVAL wakes", "%s", end_of(a));
	a = sleeper(down_one, 0, GETNCNT);
	CHECK(semctl(id, 0, IPC_RMID) == 0);
	SEE("removed", "%s", end_of(a));
}

static void on_alarm(int sig)
{
	(void)sig;
}

static int down_alarm(void)
{
	struct sigaction sa = { .sa_handler = on_alarm,
				.sa_flags = SA_RESTART };

	sigaction(SIGUSR1, &sa, NULL);
	return op(0, -1, 0);
}

CASE(H03, "semop is never restarted after a signal")
{
	pid_t pid;

	fresh(1);
	pid = sleeper(down_alarm, 0, GETNCNT);
	kill(pid, SIGUSR1);
	SEE("SA_RESTART", "%s", end_of(pid));
	SEE("waiting", "%d", semctl(id, 0, GETNCNT));
}

CASE(H03, "semctl: values")
{
	unsigned short all[3] = { 1, 2, 3 }, big[3] = { 0, 32768, 0 };

	fresh(3);
	SEE("SETALL", "%s", ERR(semctl(id, 0, SETALL, all)));
	SEE("values", "%d %d %d", val(0), val(1), val(2));
	SEE("SETALL too big", "%s", ERR(semctl(id, 0, SETALL, big)));
	SEE("SETVAL", "%s", ERR(semctl(id, 1, SETVAL, 7)));
	memset(all, 0, sizeof(all));
	SEE("GETALL", "%s", ERR(semctl(id, 0, GETALL, all)));
	SEE("values", "%d %d %d", all[0], all[1], all[2]);
	SEE("pid of SETVAL", "%d", semctl(id, 1, GETPID) == getpid());
	SEE("SETVAL -1", "%s", ERR(semctl(id, 1, SETVAL, -1)));
	SEE("SETVAL 32768", "%s", ERR(semctl(id, 1, SETVAL, 32768)));
	SEE("semaphore 3", "%s", ERR(semctl(id, 3, GETVAL)));
	SEE("semaphore -1", "%s", ERR(semctl(id, -1, SETVAL, 1)));
	SEE("GETALL to NULL", "%s", ERR(semctl(id, 0, GETALL, NULL)));
	SEE("SETALL from NULL", "%s", ERR(semctl(id, 0, SETALL, NULL)));
	SEE("command 99", "%s", ERR(semctl(id, 0, 99, 0)));
}

CASE(H03, "semctl: what is known, owner, times")
{
	struct seminfo inf;
	struct semid_ds ds;

	fresh(3);
	CHECK(semctl(id, 0, IPC_STAT, &ds) == 0);
	SEE("nsems, otime, ctime", "%d %d %d", (int)ds.sem_nsems,
	    ds.sem_otime > 0, ds.sem_ctime > 0);
	CHECK(op(0, 0, 0) == 0);
	CHECK(semctl(id, 0, IPC_STAT, &ds) == 0);
	SEE("otime after an operation", "%d", ds.sem_otime > 0);
	SEE("mode", "%o", ds.sem_perm.mode);
	ds.sem_perm.mode = 0707;
	ds.sem_perm.uid = 77;
	SEE("IPC_SET", "%s", ERR(semctl(id, 0, IPC_SET, &ds)));
	CHECK(semctl(id, 0, IPC_STAT, &ds) == 0);
	SEE("mode, uid, cuid", "%o %d %d", ds.sem_perm.mode,
	    (int)ds.sem_perm.uid, (int)ds.sem_perm.cuid);
	SEE("IPC_INFO", "%d", semctl(0, 0, IPC_INFO, &inf));
	SEE("limits", "%d %d %d %d %d %d %d %d %d %d", inf.semmap, inf.semmni,
	    inf.semmns, inf.semmnu, inf.semmsl, inf.semopm, inf.semume,
	    inf.semusz, inf.semvmx, inf.semaem);
	semget(IPC_PRIVATE, 5, 0600);
	SEE("SEM_INFO", "%d", semctl(0, 0, SEM_INFO, &inf));
	SEE("arrays, semaphores", "%d %d", inf.semusz, inf.semaem);
	SEE("SEM_STAT", "%d", semctl(1, 0, SEM_STAT, &ds));
	SEE("its nsems", "%d", (int)ds.sem_nsems);
	SEE("SEM_STAT of no array", "%s", ERR(semctl(2, 0, SEM_STAT, &ds)));
}

static void as_others(void)
{
	struct semid_ds ds;

	become(1001);
	SEE("wait for zero", "%s", ERR(op(0, 0, IPC_NOWAIT)));
	SEE("change", "%s", ERR(op(0, 1, 0)));
	SEE("GETVAL", "%d", val(0));
	SEE("SETVAL", "%s", ERR(semctl(id, 0, SETVAL, 1)));
	SEE("IPC_RMID", "%s", ERR(semctl(id, 0, IPC_RMID)));
	SEE("get to change", "%s", ERR(semget(1, 0, 0002)));
	SEE("get to read", "%s", ERR(semget(1, 0, 0004)));
	SEE("SEM_STAT", "%s", ERR(semctl(1, 0, SEM_STAT, &ds)));
	SEE("SEM_STAT_ANY", "%s", ERR(semctl(1, 0, SEM_STAT_ANY, &ds)));
}

CASE(H03, "permissions: reading is waiting for zero, changing is writing")
{
	struct semid_ds ds;

	fresh(1);
	CHECK(semctl(id, 0, IPC_STAT, &ds) == 0);
	ds.sem_perm.mode = 0604;
	CHECK(semctl(id, 0, IPC_SET, &ds) == 0);
	semget(IPC_PRIVATE, 1, 0600);
	CHECK(in_child(as_others) == 0);
}

static void undo_three(void)
{
	CHECK(op(0, 3, SEM_UNDO) == 0);
	CHECK(op(1, -2, SEM_UNDO) == 0);
	CHECK(op(1, 1, 0) == 0);
	SEE("before the end", "%d %d", val(0), val(1));
}

static void undo_too_much(void)
{
	CHECK(op(0, 30000, SEM_UNDO) == 0);
	CHECK(op(0, -30000, 0) == 0);
	SEE("adjustment out of range", "%s", ERR(op(0, 10000, SEM_UNDO)));
	CHECK(semctl(id, 0, SETVAL, 5) == 0);
	SEE("forgotten by SETVAL", "%s", ERR(op(0, 10000, SEM_UNDO)));
}

static void undo_below_zero(void)
{
	CHECK(op(0, 4, SEM_UNDO) == 0);
	CHECK(op(0, -3, 0) == 0);
}

CASE(H03, "SEM_UNDO: undone at exit, never below zero")
{
	pid_t pid;

	fresh(2);
	CHECK(semctl(id, 1, SETVAL, 5) == 0);
	CHECK(in_child(undo_three) == 0);
	SEE("after the end", "%d %d", val(0), val(1));
	CHECK(in_child(undo_too_much) == 0);
	SEE("undone", "%d", val(0));
	CHECK(semctl(id, 0, SETVAL, 0) == 0);
	CHECK(in_child(undo_below_zero) == 0);
	SEE("not below zero", "%d", val(0));
	CHECK(semctl(id, 0, SETVAL, 0) == 0);
	pid = fork();
	if (!pid) {
		op(0, -1, SEM_UNDO | IPC_NOWAIT);
		op(0, 1, SEM_UNDO);
		raise(SIGKILL);
	}
	waitpid(pid, NULL, 0);
	SEE("killed", "%d", val(0));
	SEE("last was the dead", "%d", semctl(id, 0, GETPID) == pid);
}

CASE(H03, "the undoing of the dead wakes sleepers")
{
	int go[2];
	pid_t holder, a;
	char c;

	fresh(1);
	CHECK(semctl(id, 0, SETVAL, 1) == 0);
	CHECK(pipe(go) == 0);
	holder = fork();
	if (!holder) {
		_exit(op(0, -1, SEM_UNDO) || read(go[0], &c, 1) != 1);
	}
	while (val(0))
		sched_yield();
	a = sleeper(down_one, 0, GETNCNT);
	CHECK(write(go[1], "", 1) == 1);
	SEE("holder", "%s", end_of(holder));
	SEE("sleeper", "%s", end_of(a));
	SEE("value", "%d", val(0));
}

static char stack[65536] __attribute__((aligned(16)));

static int undo_and_exit(void *arg)
{
	(void)arg;
	return op(0, 1, SEM_UNDO) ? 1 : 0;
}

static void shares(int flag)
{
	int status = -1;
	pid_t pid = clone(undo_and_exit, stack + sizeof(stack),
			  flag | SIGCHLD, NULL);

	waitpid(pid, &status, 0);
	CHECK(status == 0);
}

static void share_undo(void)
{
	shares(CLONE_SYSVSEM);
	SEE("a sharer has ended", "%d", val(0));
	shares(0);
	SEE("one who does not share", "%d", val(0));
	SEE("unshare", "%s", ERR(unshare(CLONE_SYSVSEM)));
	SEE("after unshare", "%d", val(0));
	CHECK(op(0, 5, SEM_UNDO) == 0);
}

CASE(H03, "CLONE_SYSVSEM: one list of adjustments, until the last has ended")
{
	fresh(1);
	CHECK(in_child(share_undo) == 0);
	SEE("all have ended", "%d", val(0));
}

static void leave(void)
{
	int fd = open("/proc/self/ns/ipc", O_RDONLY);

	CHECK(op(0, 2, SEM_UNDO) == 0);
	SEE("setns to where it is", "%s", ERR(setns(fd, CLONE_NEWIPC)));
	SEE("value", "%d", val(0));
	CHECK(op(0, 2, SEM_UNDO) == 0);
	SEE("unshare", "%s", ERR(unshare(CLONE_NEWIPC)));
	SEE("not found", "%s", ERR(semget(1, 0, 0)));
	CHECK(setns(fd, 0) == 0);
	SEE("value", "%d", val(0));
}

CASE(S04, "leaving an ipc namespace undoes")
{
	fresh(1);
	CHECK(in_child(leave) == 0);
}

CASE(H03, "limits: kernel.sem")
{
	fresh(2);
	write_file("/proc/sys/kernel/sem", "10 12 3 4\n");
	SEE("sem", "%.10s", read_file("/proc/sys/kernel/sem"));
	SEE("above SEMMSL", "%s", ERR(semget(IPC_PRIVATE, 11, 0600)));
	SEE("above SEMMNS", "%s", ERR(semget(IPC_PRIVATE, 10, 0600) < 0 ||
				      semget(IPC_PRIVATE, 1, 0600) < 0 ?
				      -1 : 0));
	CHECK(semctl(1, 0, IPC_RMID) == 0);
	semget(IPC_PRIVATE, 1, 0600);
	semget(IPC_PRIVATE, 1, 0600);
	SEE("SEMMNI", "%d", semget(IPC_PRIVATE, 1, 0600));
	SEE("one more", "%s", ERR(semget(IPC_PRIVATE, 1, 0600)));
	SEE("SEMOPM", "%s", ERR(semop(id, (struct sembuf[4]){ { 0 } }, 4)));
}

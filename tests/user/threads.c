// SPDX-License-Identifier: MIT
/* L1: threads: exec from any of them, the end of a group, what joins see. */
#include "case.h"

#include <pthread.h>

static void *forever(void *arg)
{
	(void)arg;
	for (;;)
		pause();
	return NULL;
}

static void threads_start(pthread_t *t, int n)
{
	for (int i = 0; i < n; i++)
		CHECK(pthread_create(&t[i], NULL, forever, NULL) == 0);
}

static void *count(void *arg)
{
	for (int i = 0; i < 1000; i++)
		__atomic_fetch_add((int *)arg, 1, __ATOMIC_SEQ_CST);
	return (void *)(long)gettid();
}

CASE(L1, "threads run, count and are joined; their numbers are tasks")
{
	pthread_t t[8];
	int total = 0, others = 0;

	for (int i = 0; i < 8; i++)
		CHECK(pthread_create(&t[i], NULL, count, &total) == 0);
	for (int i = 0; i < 8; i++) {
		void *tid;

		CHECK(pthread_join(t[i], &tid) == 0);
		others += (pid_t)(long)tid != getpid();
	}
	SEE("total", "%d", total);
	SEE("numbers of their own", "%d", others);
	/* the last of a thread may come after its join */
	while (atoi(field("/proc/self/status", "Threads:")) != 1)
		usleep(1000);
}

CASE(L1, "a thread is cancelled")
{
	pthread_t t;
	void *res = NULL;

	threads_start(&t, 1);
	CHECK(pthread_cancel(t) == 0);
	CHECK(pthread_join(t, &res) == 0);
	SEE("canceled", "%d", res == PTHREAD_CANCELED);
}

static void group_exit(void)
{
	pthread_t t[16];

	threads_start(t, 16);
	_exit(7);
}

CASE(L1, "exit_group ends sixteen threads")
{
	int status = in_child(group_exit);

	SEE("exited", "%d", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

static void *exit_alone(void *arg)
{
	(void)arg;
	usleep(50000);
	syscall(SYS_exit_group, 9);
	return NULL;
}

static void leader_leaves(void)
{
	pthread_t t;

	CHECK(pthread_create(&t, NULL, exit_alone, NULL) == 0);
	syscall(SYS_exit, 3);
}

CASE(L1, "a leader that leaves first is waited for when the last thread ends")
{
	int status = in_child(leader_leaves);

	SEE("exited", "%d", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

static void *do_exec(void *arg)
{
	char *const argv[] = { "sh", "-c",
			       "read p < /proc/self/stat; set -- $p; "
			       "[ $$ = $WANT ] && ls /proc/$$/task | wc -l", NULL };
	char want[32];

	(void)arg;
	snprintf(want, sizeof(want), "WANT=%d", getpid());
	char *const envp[] = { want, "PATH=/bin:/usr/bin", NULL };

	execve("/bin/sh", argv, envp);
	return NULL;
}

static void exec_from_thread(void)
{
	pthread_t t[5];
	int out[2], n = 0;
	char buf[64];
	pid_t pid;

	CHECK(pipe(out) == 0);
	pid = fork();
	if (pid == 0) {
		dup2(out[1], 1);
		threads_start(t, 4);
		pthread_create(&t[4], NULL, do_exec, NULL);
		forever(NULL);
	}
	close(out[1]);
	n = (int)read(out[0], buf, sizeof(buf) - 1);
	buf[n > 0 ? n : 0] = 0;
	SEE("threads after exec", "%d", atoi(buf));
	CHECK(waitpid(pid, &n, 0) == pid);
	SEE("status", "%d", n);
}

CASE(L1, "exec in another thread: it takes the leader's number, the rest end")
{
	exec_from_thread();
}

static void *die(void *arg)
{
	(void)arg;
	raise(SIGABRT);
	return NULL;
}

static void one_dies(void)
{
	pthread_t t[4], d;

	threads_start(t, 4);
	pthread_create(&d, NULL, die, NULL);
	forever(NULL);
}

CASE(L1, "a fatal signal of one thread ends all")
{
	int status = in_child(one_dies);

	SEE("signal", "%d", WIFSIGNALED(status) ? WTERMSIG(status) : -1);
}

static volatile int got_sig;
static volatile pid_t got_in;

static void on_usr1(int sig)
{
	got_sig = sig;
	got_in = gettid();
}

static void *wait_usr1(void *arg)
{
	*(pid_t *)arg = gettid();
	while (!got_sig)
		usleep(1000);
	return NULL;
}

CASE(L1, "tgkill reaches that thread, kill one that does not block it")
{
	sigset_t set, old;
	pthread_t t;
	volatile pid_t tid = 0;

	signal(SIGUSR1, on_usr1);
	CHECK(pthread_create(&t, NULL, wait_usr1, (void *)&tid) == 0);
	while (!tid)
		usleep(1000);
	CHECK(syscall(SYS_tgkill, getpid(), tid, SIGUSR1) == 0);
	pthread_join(t, NULL);
	SEE("in that thread", "%d", got_in == tid);
	tid = got_sig = 0;
	CHECK(pthread_create(&t, NULL, wait_usr1, (void *)&tid) == 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, &old);
	while (!tid)
		usleep(1000);
	CHECK(kill(getpid(), SIGUSR1) == 0);
	pthread_join(t, NULL);
	SEE("in the other", "%d", got_in == tid);
	/* Whoever joins may be faster than the end of the thread. */
	for (int i = 0; i < 2000 && !syscall(SYS_tgkill, getpid(), tid, 0); i++)
		usleep(1000);
	SEE("tgkill of a dead one", "%s",
	    ERR(syscall(SYS_tgkill, getpid(), tid, 0)));
	SEE("tgkill with 0", "%s", ERR(syscall(SYS_tgkill, 0, tid, 0)));
}

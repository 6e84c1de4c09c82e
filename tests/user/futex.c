// SPDX-License-Identifier: MIT
/* L2: futex(2): waiting, waking, moving waiters, words of dead threads. */
#include "case.h"

#include <linux/futex.h>
#include <pthread.h>

static long futex(uint32_t *w, int op, uint32_t val, const void *t,
		  uint32_t *w2, uint32_t val3)
{
	return syscall(SYS_futex, w, op, val, t, w2, val3);
}

CASE(L2, "what is refused")
{
	uint32_t w[2] = { 1, 2 };
	struct timespec t = { 0, 1000 }, bad = { 0, 1000000000 };

	SEE("another value", "%s", ERR(futex(w, FUTEX_WAIT, 0, NULL, NULL, 0)));
	SEE("a timeout", "%s", ERR(futex(w, FUTEX_WAIT, 1, &t, NULL, 0)));
	SEE("a bad timeout", "%s", ERR(futex(w, FUTEX_WAIT, 1, &bad, NULL, 0)));
	SEE("not aligned", "%s",
	    ERR(futex((void *)((char *)w + 1), FUTEX_WAIT, 1, &t, NULL, 0)));
	SEE("a bad pointer", "%s",
	    ERR(futex((void *)8, FUTEX_WAIT, 1, &t, NULL, 0)));
	SEE("no bits", "%s",
	    ERR(futex(w, FUTEX_WAIT_BITSET, 1, &t, NULL, 0)));
	SEE("an unknown command", "%s", ERR(futex(w, 99, 1, &t, NULL, 0)));
	SEE("requeue, another value", "%s",
	    ERR(futex(w, FUTEX_CMP_REQUEUE, 1, (void *)1, w + 1, 7)));
	SEE("requeue fewer than none", "%s",
	    ERR(futex(w, FUTEX_REQUEUE, (uint32_t)-1, (void *)1, w + 1, 0)));
	SEE("wake nobody", "%ld", futex(w, FUTEX_WAKE, 1, NULL, NULL, 0));
}

static uint32_t word, word2, ready, woken;

static void *waiter(void *arg)
{
	__atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
	while (futex(&word, FUTEX_WAIT_BITSET, 0, NULL, NULL,
		     arg ? (uint32_t)(long)arg : ~0u) && errno == EINTR)
		;
	__atomic_fetch_add(&woken, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* A thread that sleeps in the kernel: its state says so. */
static void wait_asleep(int n)
{
	char path[64];

	while (__atomic_load_n(&ready, __ATOMIC_SEQ_CST) != (uint32_t)n)
		usleep(1000);
	for (int asleep = 0; asleep < n; ) {
		DIR *d = opendir("/proc/self/task");
		struct dirent *e;

		asleep = 0;
		while ((e = readdir(d))) {
			snprintf(path, sizeof(path), "/proc/self/task/%.20s/status",
				 e->d_name);
			asleep += *field(path, "State:") == 'S';
		}
		closedir(d);
		usleep(1000);
	}
}

static void wait_woken(uint32_t n)
{
	while (__atomic_load_n(&woken, __ATOMIC_SEQ_CST) < n)
		usleep(1000);
}

CASE(L2, "wake as many as asked")
{
	pthread_t t[4];

	for (int i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, waiter, NULL);
	wait_asleep(4);
	SEE("wake 1", "%ld", futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0));
	wait_woken(1);
	SEE("wake all", "%ld", futex(&word, FUTEX_WAKE, 100, NULL, NULL, 0));
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	SEE("woken", "%u", woken);
}

CASE(L2, "bits choose who is woken")
{
	pthread_t t[3];

	for (int i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, waiter, (void *)(1L << i));
	wait_asleep(3);
	SEE("bit 3", "%ld",
	    futex(&word, FUTEX_WAKE_BITSET, 9, NULL, NULL, 8));
	SEE("bit 1", "%ld",
	    futex(&word, FUTEX_WAKE_BITSET, 9, NULL, NULL, 2));
	SEE("bits 0 and 2", "%ld",
	    futex(&word, FUTEX_WAKE_BITSET, 9, NULL, NULL, 5));
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
}

CASE(L2, "requeue wakes some and moves the rest")
{
	pthread_t t[5];

	for (int i = 0; i < 5; i++)
		pthread_create(&t[i], NULL, waiter, NULL);
	wait_asleep(5);
	SEE("woken and moved", "%ld",
	    futex(&word, FUTEX_CMP_REQUEUE, 1, (void *)3, &word2, 0));
	wait_woken(1);
	SEE("left", "%ld", futex(&word, FUTEX_WAKE, 9, NULL, NULL, 0));
	SEE("moved", "%ld", futex(&word2, FUTEX_WAKE, 9, NULL, NULL, 0));
	for (int i = 0; i < 5; i++)
		pthread_join(t[i], NULL);
}

CASE(L2, "wake_op changes the other word and looks at what it was")
{
	uint32_t a = 0, b = 5;

	futex(&a, FUTEX_WAKE_OP, 1, (void *)1, &b,
	      FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_EQ, 5));
	SEE("added", "%u", b);
	futex(&a, FUTEX_WAKE_OP, 1, (void *)1, &b,
	      FUTEX_OP((FUTEX_OP_OR | FUTEX_OP_OPARG_SHIFT), 4,
		       FUTEX_OP_CMP_GT, 5));
	SEE("or'ed with a shift", "%u", b);
	futex(&a, FUTEX_WAKE_OP, 1, (void *)1, &b,
	      FUTEX_OP(FUTEX_OP_SET, 1, FUTEX_OP_CMP_LT, 5));
	SEE("set", "%u", b);
	SEE("unknown", "%s",
	    ERR(futex(&a, FUTEX_WAKE_OP, 1, (void *)1, &b,
		      FUTEX_OP(7, 1, FUTEX_OP_CMP_LT, 5))));
}

CASE(L2, "a word in shared memory is one word for two processes")
{
	uint32_t *w = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		while (!__atomic_load_n(w, __ATOMIC_SEQ_CST))
			futex(w, FUTEX_WAIT, 0, NULL, NULL, 0);
		_exit(4);
	}
	usleep(20000);
	__atomic_store_n(w, 1, __ATOMIC_SEQ_CST);
	futex(w, FUTEX_WAKE, 1, NULL, NULL, 0);
	waitpid(pid, &status, 0);
	SEE("child", "%d", WEXITSTATUS(status));
}

CASE(L2, "a robust mutex says that its owner died")
{
	pthread_mutexattr_t a;
	pthread_mutex_t *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	pthread_mutexattr_init(&a);
	pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
	CHECK(pthread_mutex_init(m, &a) == 0);
	pid = fork();
	if (pid == 0) {
		pthread_mutex_lock(m);
		kill(getpid(), SIGKILL);
	}
	waitpid(pid, NULL, 0);
	SEE("lock", "%s", err_name(pthread_mutex_lock(m)));
	SEE("consistent", "%s", err_name(pthread_mutex_consistent(m)));
	SEE("unlock", "%s", err_name(pthread_mutex_unlock(m)));
	SEE("lock", "%s", err_name(pthread_mutex_lock(m)));
}

CASE(L2, "the robust list is what was registered")
{
	struct robust_list_head head = { { &head.list }, 0, NULL }, *got = NULL;
	size_t len = 0;

	SEE("a wrong size", "%s", ERR(syscall(SYS_set_robust_list, &head, 8)));
	CHECK(syscall(SYS_set_robust_list, &head, sizeof(head)) == 0);
	CHECK(syscall(SYS_get_robust_list, 0, &got, &len) == 0);
	SEE("the same", "%d", got == &head && len == sizeof(head));
	SEE("of nobody", "%s",
	    ERR(syscall(SYS_get_robust_list, 999999, &got, &len)));
}

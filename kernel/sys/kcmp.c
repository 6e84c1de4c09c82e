// SPDX-License-Identifier: MIT
/*
 * kcmp(2): do two tasks share something of the kernel's? For who may look into
 * both. The order of what differs is good for sorting, but says nothing of
 * addresses: they are scrambled by two numbers of each type, made at first use.
 */
#include <linux/kcmp.h>

#include "fs/file.h"
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/mm/mm.h"
#include "kernel/sys/random.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

struct scramble {
	u64 mask, factor; /* odd, so that no two addresses become one */
};

static struct scramble scrambles[KCMP_EPOLL_TFD]; /* [a] factor: 0 until made */

/* Who comes second takes the numbers of who came first. */
static u64 scrambled(u32 type, const void *p)
{
	struct scramble *s = &scrambles[type], new;
	u64 none = 0;

	if (!atomic_load(&s->factor)) {
		random_bytes(&new, sizeof(new));
		if (atomic_cas(&s->mask, &none, new.mask | 1)) {
			atomic_store(&s->factor, new.factor | 1);
		} else {
			while (!atomic_load(&s->factor))
				cpu_relax();
		}
	}
	return ((u64)p ^ s->mask) * s->factor;
}

/* 0: the same; 1: the first is less; 2: greater. */
static long compare(u32 type, const void *a, const void *b)
{
	u64 x = scrambled(type, a), y = scrambled(type, b);

	return x == y ? 0 : x < y ? 1 : 2;
}

/* What is compared, which is only looked at as a number: nothing is counted. */
struct kcmp_wish {
	u32 type;
	u32 fd;
	const void *what;
};

/* -EBADF: no such descriptor. */
static int file_look(struct task *t, u32 fd, const void **what)
{
	struct files *fs = task_files_get(t);
	struct file *f = fs ? fd_get_of(fs, fd) : NULL;

	files_put(fs);
	if (!f)
		return -EBADF;
	*what = f;
	file_put(f);
	return 0;
}

static void *kcmp_look(struct task *t, void *arg)
{
	struct kcmp_wish *w = arg;
	int err = 0;

	if (w->type == KCMP_FILE)
		err = file_look(t, w->fd, &w->what);
	else if (w->type == KCMP_VM)
		w->what = READ_ONCE(t->mm);
	else if (w->type == KCMP_FILES)
		w->what = READ_ONCE(t->files);
	else if (w->type == KCMP_FS)
		w->what = READ_ONCE(t->fs);
	else if (w->type == KCMP_SIGHAND)
		w->what = READ_ONCE(t->sighand);
	else if (w->type == KCMP_SYSVSEM)
		w->what = READ_ONCE(t->sysvsem);
	else if (w->type == KCMP_IO) /* nobody has a context of his own */
		w->what = NULL;
	else
		err = w->type == KCMP_EPOLL_TFD ? -EOPNOTSUPP : -EINVAL;
	return err ? ERR_PTR(err) : w;
}

static void kcmp_unlook(void *wish)
{
	(void)wish;
}

static long kcmp_tasks(struct task *a, struct task *b, u32 type, u32 fd_a,
		       u32 fd_b)
{
	const u32 mode = PTRACE_MODE_READ | PTRACE_MODE_REALCREDS;
	struct kcmp_wish x = { type, fd_a, NULL }, y = { type, fd_b, NULL };
	void *first = task_take(a, mode, kcmp_look, kcmp_unlook, &x);
	void *second = task_take(b, mode, kcmp_look, kcmp_unlook, &y);

	if (first == ERR_PTR(-EPERM) || second == ERR_PTR(-EPERM))
		return why(-EPERM, "kcmp: a task may not be looked into");
	if (IS_ERR(first) || IS_ERR(second))
		return IS_ERR(first) ? PTR_ERR(first) : PTR_ERR(second);
	return compare(type, x.what, y.what);
}

long sys_kcmp(pid_t pid_a, pid_t pid_b, int type, unsigned long fd_a,
	      unsigned long fd_b)
{
	struct pid_ns *ns = task_active_pid_ns(current);
	struct task *a = task_find_get(ns, pid_a);
	struct task *b = task_find_get(ns, pid_b);
	long ret = -ESRCH;

	if (a && b)
		ret = kcmp_tasks(a, b, (u32)type, (u32)fd_a, (u32)fd_b);
	if (a)
		task_put(a);
	if (b)
		task_put(b);
	return ret;
}

// SPDX-License-Identifier: MIT
/* /proc/PID/status, stat and statm: lines and fields as proc(5) lists them. */
#include "fs/fs_struct.h"
#include "fs/procfs/procfs.h"
#include "fs/tty.h"
#include "kernel/lib/string.h"
#include "kernel/mm/mm.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/cred.h"
#include "kernel/task/rusage.h"
#include "kernel/task/seccomp.h"
#include "kernel/task/signal_impl.h"

#define TICK (NSEC_PER_SEC / 100) /* USER_HZ */

typedef unsigned long long ull;

/* Numbers are those of the reader's instance of procfs. */
static struct pid_ns *ns_of(const struct seq *s)
{
	return proc_pid_ns(s->file->inode->sb);
}

static char state_letter(const struct task *t)
{
	switch (READ_ONCE(t->state)) {
	case TASK_RUNNING:
		return 'R';
	case TASK_INTERRUPTIBLE:
		return 'S';
	case TASK_UNINTERRUPTIBLE:
	case TASK_KILLABLE:
		return 'D';
	case TASK_STOPPED:
		return 'T';
	case TASK_ZOMBIE:
		return 'Z';
	default:
		return 'X';
	}
}

static const char *state_text(char letter)
{
	static const char *const texts[] = {
		"R (running)", "S (sleeping)", "D (disk sleep)", "T (stopped)",
		"Z (zombie)", "X (dead)",
	};

	for (u32 i = 0; i < ARRAY_SIZE(texts); i++)
		if (texts[i][0] == letter)
			return texts[i];
	return "?";
}

/* What the signal lines show; all from one moment. */
struct sig_view {
	u64 pending, shared, blocked, ignored, caught;
	u32 threads;
};

static void sig_look(struct task *t, struct sig_view *v)
{
	u64 irq;
	struct sighand *sh = sighand_lock(t, &irq);

	memset(v, 0, sizeof(*v));
	v->threads = t->signal->nr_threads;
	if (!sh)
		return;
	v->pending = t->pending.set;
	v->shared = t->signal->shared_pending.set;
	v->blocked = t->blocked;
	for (int sig = 1; sig <= _NSIG; sig++) {
		const struct k_sigaction *ka = &sh->action[sig - 1];

		if (likely(handler_is_default(ka)))
			continue;
		if (handler_is_ignore(ka))
			v->ignored |= SIGMASK(sig);
		else
			v->caught |= SIGMASK(sig);
	}
	spin_unlock_irqrestore(&sh->lock, irq);
}

static pid_t parent_nr(struct task *t, struct pid_ns *ns)
{
	return task_ppid_nr_ns(t, ns);
}

static void show_ids(struct seq *s, struct task *t)
{
	const struct user_ns *ns = s->file->cred->user_ns;
	struct cred *c = task_cred_get(t);
	struct files *fs = task_files_get(t);

	seq_printf(s, "Uid:\t%u\t%u\t%u\t%u\n", from_kuid_munged(ns, c->uid),
		   from_kuid_munged(ns, c->euid), from_kuid_munged(ns, c->suid),
		   from_kuid_munged(ns, c->fsuid));
	seq_printf(s, "Gid:\t%u\t%u\t%u\t%u\n", from_kgid_munged(ns, c->gid),
		   from_kgid_munged(ns, c->egid), from_kgid_munged(ns, c->sgid),
		   from_kgid_munged(ns, c->fsgid));
	seq_printf(s, "FDSize:\t%u\nGroups:\t", fs ? fs->nr : 0);
	for (u32 i = 0; c->groups && i < c->groups->n; i++)
		seq_printf(s, "%u ", from_kgid_munged(ns, c->groups->gid[i]));
	seq_puts(s, c->groups && c->groups->n ? "\n" : " \n");
	files_put(fs);
	cred_put(c);
}

static void show_levels(struct seq *s, struct task *t, const char *name,
			pid_t (*nr)(const struct task *t,
				    const struct pid_ns *ns))
{
	struct pid_ns *mine = ns_of(s);

	seq_puts(s, name);
	for (u32 l = mine->level; l <= t->pid->level; l++)
		seq_printf(s, "\t%d", nr(t, t->pid->numbers[l].ns));
	seq_putc(s, '\n');
}

static void show_mm(struct seq *s, struct task *t)
{
	struct mm *mm = task_mm_get(t);
	u64 rss;

	if (!mm)
		return;
	rss = (u64)(mm->rss_anon + mm->rss_file + mm->rss_shmem);
	seq_printf(s, "VmPeak:\t%8llu kB\nVmSize:\t%8llu kB\n",
		   (ull)mm->total_vm * 4, (ull)mm->total_vm * 4);
	seq_printf(s, "VmLck:\t%8llu kB\nVmPin:\t       0 kB\n",
		   (ull)mm->locked_vm * 4);
	seq_printf(s, "VmHWM:\t%8llu kB\nVmRSS:\t%8llu kB\n",
		   (ull)max(mm->hiwater_rss, rss) * 4, (ull)rss * 4);
	seq_printf(s, "RssAnon:\t%8lld kB\nRssFile:\t%8lld kB\n",
		   (long long)mm->rss_anon * 4, (long long)mm->rss_file * 4);
	seq_printf(s, "RssShmem:\t%8lld kB\n", (long long)mm->rss_shmem * 4);
	mm_put(mm);
}

static void show_signals(struct seq *s, struct task *t)
{
	struct sig_view v;

	sig_look(t, &v);
	seq_printf(s, "Threads:\t%u\nSigQ:\t%llu/%llu\n", v.threads,
		   (ull)signal_queued(t),
		   (ull)t->signal->rlim[RLIMIT_SIGPENDING].cur);
	seq_printf(s, "SigPnd:\t%016llx\nShdPnd:\t%016llx\nSigBlk:\t%016llx\n",
		   (ull)v.pending, (ull)v.shared, (ull)v.blocked);
	seq_printf(s, "SigIgn:\t%016llx\nSigCgt:\t%016llx\n", (ull)v.ignored,
		   (ull)v.caught);
}

static void show_caps(struct seq *s, struct task *t)
{
	struct cred *c = task_cred_get(t);

	seq_printf(s, "CapInh:\t%016llx\nCapPrm:\t%016llx\nCapEff:\t%016llx\n",
		   (ull)c->cap_inheritable, (ull)c->cap_permitted,
		   (ull)c->cap_effective);
	seq_printf(s, "CapBnd:\t%016llx\nCapAmb:\t%016llx\nNoNewPrivs:\t%d\n",
		   (ull)c->cap_bset, (ull)c->cap_ambient, c->no_new_privs);
	cred_put(c);
}

static void show_cpus(struct seq *s, struct task *t)
{
	u32 all = (1u << nr_cpus) - 1, mask = (u32)t->cpus_allowed & all;
	bool first = true;

	seq_printf(s, "Cpus_allowed:\t%x\nCpus_allowed_list:\t", mask);
	for (u32 i = 0; i < nr_cpus; i++) {
		u32 end = i;

		if (!(mask >> i & 1))
			continue;
		while (end + 1 < nr_cpus && mask >> (end + 1) & 1)
			end++;
		seq_printf(s, end > i ? "%s%u-%u" : "%s%u", first ? "" : ",", i,
			   end);
		first = false;
		i = end;
	}
	seq_printf(s, "\nMems_allowed:\t1\nMems_allowed_list:\t0\n");
}

static u32 umask_of(struct task *t)
{
	u32 mask = 0;

	spin_lock(&t->lock);
	if (t->fs)
		mask = t->fs->umask;
	spin_unlock(&t->lock);
	return mask;
}

/* The task keeps its filters as long as it is there. */
static void show_seccomp(struct seq *s, const struct task *t)
{
	const struct seccomp_filter *f = READ_ONCE(t->seccomp);

	seq_printf(s, "Seccomp:\t%u\nSeccomp_filters:\t%u\n",
		   t->seccomp_mode, f ? f->depth : 0);
}

int proc_show_status(struct seq *s, struct task *t)
{
	struct pid_ns *ns = ns_of(s);

	seq_puts(s, "Name:\t");
	seq_escape(s, t->comm, NULL);
	seq_printf(s, "\nUmask:\t%04o\nState:\t%s\nTgid:\t%d\nNgid:\t0\n",
		   umask_of(t), state_text(state_letter(t)),
		   task_tgid_nr_ns(t, ns));
	seq_printf(s, "Pid:\t%d\nPPid:\t%d\nTracerPid:\t0\n",
		   task_pid_nr_ns(t, ns), parent_nr(t, ns));
	show_ids(s, t);
	show_levels(s, t, "NStgid:", task_tgid_nr_ns);
	show_levels(s, t, "NSpid:", task_pid_nr_ns);
	show_levels(s, t, "NSpgid:", task_pgrp_nr_ns);
	show_levels(s, t, "NSsid:", task_session_nr_ns);
	show_mm(s, t);
	show_signals(s, t);
	show_caps(s, t);
	show_seccomp(s, t);
	show_cpus(s, t);
	seq_printf(s, "voluntary_ctxt_switches:\t%llu\n"
		      "nonvoluntary_ctxt_switches:\t%llu\n",
		   (ull)t->nvcsw, (ull)t->nivcsw);
	return 0;
}

/* ---- stat, statm --------------------------------------------------------------------- */

struct stat_mm {
	u64 vsize, rss, start_code, end_code, start_stack;
	u64 areas[7]; /* start_data to env_end, fields 45 to 51 */
};

static void stat_mm_look(struct task *t, struct stat_mm *v)
{
	struct mm *mm = task_mm_checked(t);
	bool all = !IS_ERR(mm);

	memset(v, 0, sizeof(*v));
	if (!all)
		mm = task_mm_get(t);
	if (!mm)
		return;
	v->vsize = mm->total_vm << PAGE_SHIFT;
	v->rss = (u64)(mm->rss_anon + mm->rss_file + mm->rss_shmem);
	if (all) {
		v->start_code = mm->start_code, v->end_code = mm->end_code;
		v->start_stack = mm->start_stack;
		v->areas[0] = mm->start_data, v->areas[1] = mm->end_data;
		v->areas[2] = mm->start_brk;
		v->areas[3] = mm->arg_start, v->areas[4] = mm->arg_end;
		v->areas[5] = mm->env_start, v->areas[6] = mm->env_end;
	}
	mm_put(mm);
}

static int tty_nr(struct task *t, struct pid_ns *ns, int *pgrp)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	struct tty *tty = t->signal->tty;
	int nr = tty ? tty_device_nr(tty) : 0;

	*pgrp = tty && tty->pgrp ? pid_nr(tty->pgrp, ns) : -1;
	spin_unlock_irqrestore(&tasklist_lock, irq);
	return nr;
}

/* Who the task is among others: ppid to tpgid. */
static void stat_family(struct seq *s, struct task *t, struct pid_ns *ns)
{
	int tpgid, tty = tty_nr(t, ns, &tpgid);

	seq_int(s, parent_nr(t, ns));
	seq_int(s, task_pgrp_nr_ns(t, ns));
	seq_int(s, task_session_nr_ns(t, ns));
	seq_int(s, tty);
	seq_int(s, tpgid);
}

/* vsize to kstkeip, the last two of which are nobody's business. */
static void stat_memory(struct seq *s, const struct stat_mm *m)
{
	seq_num(s, m->vsize);
	seq_num(s, m->rss);
	seq_num(s, RLIM64_INFINITY);
	seq_num(s, m->start_code);
	seq_num(s, m->end_code);
	seq_num(s, m->start_stack);
	seq_puts(s, "0 0 ");
}

/* The first 31 of each; /proc/PID/status has all. */
static void stat_signals(struct seq *s, const struct sig_view *v)
{
	seq_num(s, v->pending & 0x7fffffff);
	seq_num(s, v->blocked & 0x7fffffff);
	seq_num(s, v->ignored & 0x7fffffff);
	seq_num(s, v->caught & 0x7fffffff);
}

static u64 centiseconds(const struct __kernel_old_timeval *tv)
{
	return (u64)tv->tv_sec * 100 + (u64)tv->tv_usec / 10000;
}

/* Faults and CPU time: minflt to cstime. */
static void stat_usage(struct seq *s, struct task *t)
{
	struct signal *sig = t->signal;
	struct rusage ru;

	task_rusage(t, RUSAGE_SELF, &ru);
	seq_num(s, (u64)ru.ru_minflt);
	seq_num(s, sig->cmin_flt);
	seq_num(s, (u64)ru.ru_majflt);
	seq_num(s, sig->cmaj_flt);
	seq_num(s, centiseconds(&ru.ru_utime));
	seq_num(s, centiseconds(&ru.ru_stime));
	seq_num(s, sig->cutime / TICK);
	seq_num(s, sig->cstime / TICK);
}

int proc_show_stat(struct seq *s, struct task *t)
{
	struct pid_ns *ns = ns_of(s);
	struct sig_view v;
	struct stat_mm m;
	u64 start = t->start_time + (u64)clock_offset(CLOCK_BOOTTIME);

	sig_look(t, &v);
	stat_mm_look(t, &m);
	seq_int(s, task_pid_nr_ns(t, ns));
	seq_printf(s, "(%s) %c ", t->comm, state_letter(t));
	stat_family(s, t, ns);
	seq_num(s, t->flags);
	stat_usage(s, t);
	seq_int(s, 20 + t->nice);
	seq_int(s, t->nice);
	seq_num(s, v.threads);
	seq_num(s, 0); /* itrealvalue */
	seq_num(s, start / TICK);
	stat_memory(s, &m);
	stat_signals(s, &v);
	seq_puts(s, "0 0 0 "); /* wchan, nswap, cnswap */
	seq_int(s, t->exit_signal);
	seq_num(s, t->se.cpu);
	seq_puts(s, "0 "); /* realtime priority */
	seq_num(s, t->policy);
	seq_puts(s, "0 0 0 "); /* delays, guest time */
	for (u32 i = 0; i < ARRAY_SIZE(m.areas); i++)
		seq_num(s, m.areas[i]);
	seq_puts(s, "0\n"); /* exit code: for a tracer */
	return 0;
}

int proc_show_statm(struct seq *s, struct task *t)
{
	struct mm *mm = task_mm_get(t);

	if (!mm) {
		seq_puts(s, "0 0 0 0 0 0 0\n");
		return 0;
	}
	seq_printf(s, "%llu %lld %lld %llu 0 %llu 0\n", (ull)mm->total_vm,
		   (long long)(mm->rss_anon + mm->rss_file + mm->rss_shmem),
		   (long long)(mm->rss_file + mm->rss_shmem),
		   (ull)((mm->end_code - (mm->start_code & PAGE_MASK)) >>
			 PAGE_SHIFT),
		   (ull)mm->total_vm);
	mm_put(mm);
	return 0;
}

// SPDX-License-Identifier: MIT
/* The small text files of /proc/PID, and maps: see proc(5). */
#include <linux/resource.h>

#include "fs/mount.h"
#include "fs/procfs/procfs.h"
#include "kernel/cgroup/cgroup.h"
#include "kernel/lib/string.h"
#include "kernel/mm/mm.h"
#include "kernel/mm/page.h"
#include "kernel/mm/slab.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

/* Memory of @t for one who may read it; NULL: none; ERR_PTR(-EACCES). */
static struct mm *mm_for_reading(struct task *t)
{
	return proc_memory_power() ? task_mm_get(t) : task_mm_checked(t);
}

static int show_memory(struct seq *s, struct mm *mm, u64 start, u64 end)
{
	char *buf = kmalloc(PAGE_SIZE);

	if (!buf)
		return -ENOMEM;
	while (start < end) {
		size_t n = mm_read(mm, start, buf, min(end - start, PAGE_SIZE));

		if (!n)
			break;
		seq_write(s, buf, n);
		start += n;
	}
	kfree(buf);
	return 0;
}

int proc_show_cmdline(struct seq *s, struct task *t)
{
	struct mm *mm = task_mm_get(t);
	int err = 0;

	if (!mm)
		return 0;
	if (mm->env_end)
		err = show_memory(s, mm, mm->arg_start, mm->arg_end);
	mm_put(mm);
	return err;
}

int proc_show_environ(struct seq *s, struct task *t)
{
	struct mm *mm = mm_for_reading(t);
	int err;

	if (IS_ERR(mm) || !mm)
		return PTR_ERR_OR_ZERO(mm);
	err = show_memory(s, mm, mm->env_start, mm->env_end);
	mm_put(mm);
	return err;
}

int proc_show_auxv(struct seq *s, struct task *t)
{
	struct mm *mm = mm_for_reading(t);
	u32 n = 0;

	if (IS_ERR(mm) || !mm)
		return PTR_ERR_OR_ZERO(mm);
	while (n + 2 < ARRAY_SIZE(mm->auxv) && mm->auxv[n])
		n += 2;
	seq_write(s, mm->auxv, (n + 2) * sizeof(u64));
	mm_put(mm);
	return 0;
}

/* As it looks from the reader's cgroup namespace. */
int proc_show_cgroup(struct seq *s, struct task *t)
{
	struct cgroup *cg = task_cgroup_get(t);

	seq_puts(s, "0::");
	cgroup_show_path(s, cg, current_cgroup_root());
	seq_putc(s, '\n');
	cgroup_put(cg);
	return 0;
}

int proc_show_comm(struct seq *s, struct task *t)
{
	seq_printf(s, "%s\n", t->comm);
	return 0;
}

/* Its own process may rename a thread; others get -EINVAL, as on Linux. */
ssize_t proc_write_comm(struct task *t, char *text, size_t len __maybe_unused)
{
	if (!same_thread_group(t, current))
		return -EINVAL;
	task_set_comm(t, text);
	return 0;
}

int proc_show_personality(struct seq *s, struct task *t)
{
	seq_printf(s, "%08x\n", t->personality);
	return 0;
}

/* Pages of memory that @t has, -1: it has none. */
static s64 memory_of(struct task *t)
{
	struct mm *mm = task_mm_get(t);
	s64 pages;

	if (!mm)
		return -1;
	pages = mm->rss_anon + mm->rss_file + mm->rss_shmem;
	mm_put(mm);
	return pages;
}

/* How soon a kernel that kills for want of memory would take @t (proc(5)): by the
 * thousandths of all memory that it has, adjusted. From 0, never, to 1333; the first
 * process is never taken. */
int proc_show_oom_score(struct seq *s, struct task *t)
{
	s64 pages = memory_of(t), all = (s64)mem_total(), score = 0;
	s64 adj = t->signal->oom_score_adj;

	if (pages >= 0 && adj > -1000 &&
	    task_tgid_nr_ns(t, &init_pid_ns) != 1)
		score = (1000 + (pages + adj * (all / 1000)) * 1000 / all) * 2 / 3;
	seq_printf(s, "%lld\n", (long long)score);
	return 0;
}

int proc_show_oom_score_adj(struct seq *s, struct task *t)
{
	seq_printf(s, "%d\n", t->signal->oom_score_adj);
	return 0;
}

ssize_t proc_write_oom_score_adj(struct task *t, char *text,
				 size_t len __maybe_unused)
{
	s64 v;

	if (parse_s64(text, 0, &v) || v < -1000 || v > 1000)
		return -EINVAL;
	if (v < t->signal->oom_score_adj && !capable(CAP_SYS_RESOURCE))
		return -EACCES;
	t->signal->oom_score_adj = (s16)v;
	return 0;
}

/* ---- limits -------------------------------------------------------------------- */

static const struct {
	const char *name, *unit;
} limit_names[RLIM_NLIMITS] = {
	[RLIMIT_CPU] = { "Max cpu time", "seconds" },
	[RLIMIT_FSIZE] = { "Max file size", "bytes" },
	[RLIMIT_DATA] = { "Max data size", "bytes" },
	[RLIMIT_STACK] = { "Max stack size", "bytes" },
	[RLIMIT_CORE] = { "Max core file size", "bytes" },
	[RLIMIT_RSS] = { "Max resident set", "bytes" },
	[RLIMIT_NPROC] = { "Max processes", "processes" },
	[RLIMIT_NOFILE] = { "Max open files", "files" },
	[RLIMIT_MEMLOCK] = { "Max locked memory", "bytes" },
	[RLIMIT_AS] = { "Max address space", "bytes" },
	[RLIMIT_LOCKS] = { "Max file locks", "locks" },
	[RLIMIT_SIGPENDING] = { "Max pending signals", "signals" },
	[RLIMIT_MSGQUEUE] = { "Max msgqueue size", "bytes" },
	[RLIMIT_NICE] = { "Max nice priority", "" },
	[RLIMIT_RTPRIO] = { "Max realtime priority", "" },
	[RLIMIT_RTTIME] = { "Max realtime timeout", "us" },
};

static void show_limit(struct seq *s, u64 v)
{
	if (v == RLIM64_INFINITY)
		seq_printf(s, "%-20s ", "unlimited");
	else
		seq_printf(s, "%-20llu ", (unsigned long long)v);
}

int proc_show_limits(struct seq *s, struct task *t)
{
	seq_printf(s, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit",
		   "Hard Limit", "Units");
	for (u32 i = 0; i < RLIM_NLIMITS; i++) {
		seq_printf(s, "%-25s ", limit_names[i].name);
		show_limit(s, t->signal->rlim[i].cur);
		show_limit(s, t->signal->rlim[i].max);
		seq_printf(s, "%-10s\n", limit_names[i].unit);
	}
	return 0;
}

/* ---- maps ---------------------------------------------------------------------------- */

static void show_area_name(struct seq *s, const struct vma *v)
{
	if (v->file) {
		seq_path(s, &v->file->path);
	} else if (v->flags & VM_HEAP) {
		seq_puts(s, "[heap]");
	} else if (v->flags & VM_STACK) {
		seq_puts(s, "[stack]");
	} else if (v->special) {
		seq_puts(s, v->special->name);
	}
}

static void show_area(struct seq *s, const struct vma *v)
{
	const struct inode *i = v->file ? v->file->inode : NULL;
	size_t start = s->len;

	seq_printf(s, "%08llx-%08llx %c%c%c%c %08llx %02x:%02x %llu ",
		   (unsigned long long)v->start, (unsigned long long)v->end,
		   v->flags & VM_READ ? 'r' : '-',
		   v->flags & VM_WRITE ? 'w' : '-',
		   v->flags & VM_EXEC ? 'x' : '-',
		   v->flags & VM_SHARED ? 's' : 'p',
		   (unsigned long long)(i ? v->pgoff << PAGE_SHIFT : 0),
		   i ? MAJOR(i->sb->dev) : 0, i ? MINOR(i->sb->dev) : 0,
		   (unsigned long long)(i ? i->ino : 0));
	if (v->file || v->special || v->flags & (VM_HEAP | VM_STACK))
		while (s->len - start < 73 && !s->error)
			seq_putc(s, ' ');
	show_area_name(s, v);
	seq_putc(s, '\n');
}

int proc_show_maps(struct seq *s, struct task *t)
{
	struct mm *mm = mm_for_reading(t);
	const struct vma *v;

	if (IS_ERR(mm) || !mm)
		return PTR_ERR_OR_ZERO(mm);
	mutex_lock(&mm->lock);
	list_for_each_entry(v, &mm->vma_list, link)
		show_area(s, v);
	mutex_unlock(&mm->lock);
	mm_put(mm);
	return 0;
}

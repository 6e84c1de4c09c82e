// SPDX-License-Identifier: MIT
/* The files of /proc about the machine as a whole: see proc(5). */
#include "fs/procfs/procfs.h"
#include "kernel/cgroup/cgroup.h"
#include "kernel/lib/printf.h"
#include "kernel/mm/page.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/task.h"

#define TICK (NSEC_PER_SEC / 100) /* USER_HZ */

typedef unsigned long long ull;

static int show_filesystems(struct seq *s, struct file *f __maybe_unused)
{
	for (const struct fs_type *const *t = fs_types; *t; t++)
		if (!((*t)->flags & FS_INTERNAL))
			seq_printf(s, "nodev\t%s\n", (*t)->name);
	return 0;
}

static void mem_line(struct seq *s, const char *name, u64 frames)
{
	size_t start = s->len;

	seq_printf(s, "%s:", name);
	while (s->len - start < 16 && !s->error)
		seq_putc(s, ' ');
	seq_printf(s, "%8llu kB\n", (ull)frames * 4);
}

static int show_meminfo(struct seq *s, struct file *f __maybe_unused)
{
	struct mem_stats m;

	mem_stats(&m);
	mem_line(s, "MemTotal", m.total);
	mem_line(s, "MemFree", m.free);
	mem_line(s, "MemAvailable", m.free);
	mem_line(s, "Buffers", 0);
	mem_line(s, "Cached", m.file);
	mem_line(s, "SwapCached", 0);
	mem_line(s, "Active", m.anon + m.file);
	mem_line(s, "Inactive", 0);
	mem_line(s, "SwapTotal", 0);
	mem_line(s, "SwapFree", 0);
	mem_line(s, "Dirty", 0);
	mem_line(s, "AnonPages", m.anon);
	mem_line(s, "Mapped", 0);
	mem_line(s, "Shmem", m.file);
	mem_line(s, "Slab", m.slab);
	mem_line(s, "SReclaimable", 0);
	mem_line(s, "PageTables", m.pagetables);
	return 0;
}

static void show_hundredths(struct seq *s, u64 ns, char end)
{
	u32 hundredths = (u32)(ns % NSEC_PER_SEC / (NSEC_PER_SEC / 100));
	char text[32], *at = text + sizeof(text);

	*--at = end;
	*--at = (char)('0' + hundredths % 10);
	*--at = (char)('0' + hundredths / 10);
	*--at = '.';
	at -= decimal_before(at, ns / NSEC_PER_SEC);
	seq_write(s, at, (size_t)(text + sizeof(text) - at));
}

static u64 idle_sum(void)
{
	u64 sum = 0;

	for (u32 i = 0; i < nr_cpus; i++)
		sum += sched_idle_ns(i);
	return sum;
}

static int show_uptime(struct seq *s, struct file *f __maybe_unused)
{
	show_hundredths(s, ktime_get() + (u64)clock_offset(CLOCK_BOOTTIME),
			' ');
	show_hundredths(s, idle_sum(), '\n');
	return 0;
}

static u32 count_tasks(void)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	struct task *t;
	u32 n = 0;

	list_for_each_entry(t, &task_list, all_link)
		n++;
	spin_unlock_irqrestore(&tasklist_lock, irq);
	return n;
}

static int show_loadavg(struct seq *s, struct file *f)
{
	u32 avg[3];

	sched_loadavg(avg);
	for (u32 i = 0; i < 3; i++)
		seq_printf(s, "%u.%02u ", avg[i] >> 11,
			   (avg[i] & 2047) * 100 >> 11);
	seq_printf(s, "%u/%u %d\n", sched_nr_running(), count_tasks(),
		   proc_pid_ns(f->inode->sb)->last_pid);
	return 0;
}

static int show_version(struct seq *s, struct file *f __maybe_unused)
{
	const struct new_utsname *u = &uts_kernel;

	seq_printf(s, "%s version %s (warren@warren) (gcc) %s\n", u->sysname,
		   u->release, u->version);
	return 0;
}

static void show_cpu(struct seq *s, const char *name, int cpu, u64 idle)
{
	u64 busy = ktime_get() * (cpu < 0 ? nr_cpus : 1);

	busy = busy > idle ? busy - idle : 0;
	seq_puts(s, name);
	if (cpu >= 0)
		seq_printf(s, "%d", cpu);
	/* user time is not kept by CPU: all that is not idle is system */
	seq_printf(s, " 0 0 %llu %llu 0 0 0 0 0 0\n", (ull)(busy / TICK),
		   (ull)(idle / TICK));
}

static int show_stat(struct seq *s, struct file *f)
{
	show_cpu(s, "cpu ", -1, idle_sum());
	for (u32 i = 0; i < nr_cpus; i++)
		show_cpu(s, "cpu", (int)i, sched_idle_ns(i));
	seq_printf(s, "intr 0\nctxt %llu\nbtime %llu\nprocesses %d\n",
		   (ull)sched_ctxt_switches(),
		   (ull)((u64)(realtime_offset() -
				clock_offset(CLOCK_BOOTTIME)) / NSEC_PER_SEC),
		   proc_pid_ns(f->inode->sb)->last_pid);
	seq_printf(s, "procs_running %u\nprocs_blocked 0\n",
		   sched_nr_running());
	return 0;
}

static int show_cpuinfo(struct seq *s, struct file *f __maybe_unused)
{
	for (u32 i = 0; i < nr_cpus; i++)
		seq_printf(s, "processor\t: %u\nvendor_id\t: x86_64\n"
			      "apicid\t\t: %u\n\n", i, cpus[i].apic_id);
	return 0;
}

static int show_cmdline(struct seq *s, struct file *f __maybe_unused)
{
	seq_printf(s, "%s\n", boot_info.cmdline);
	return 0;
}

static int show_cgroups(struct seq *s, struct file *f __maybe_unused)
{
	seq_printf(s,
		   "#subsys_name\thierarchy\tnum_cgroups\tenabled\n"
		   "pids\t0\t%u\t1\n",
		   READ_ONCE(cgroup_root.nr_descendants) + 1);
	return 0;
}

/* What is counted of what Linux counts; no page is ever read from a disk. */
static int show_vmstat(struct seq *s, struct file *f __maybe_unused)
{
	struct mem_stats m;

	mem_stats(&m);
	seq_printf(s, "nr_free_pages %llu\nnr_anon_pages %llu\n"
		      "nr_file_pages %llu\nnr_page_table_pages %llu\n"
		      "pgpgin 0\npgpgout 0\npswpin 0\npswpout 0\n",
		   (ull)m.free, (ull)m.anon, (ull)m.file, (ull)m.pagetables);
	return 0;
}

/* There are no disks. */
static int show_diskstats(struct seq *s __maybe_unused,
			  struct file *f __maybe_unused)
{
	return 0;
}

static int show_devices(struct seq *s, struct file *f __maybe_unused)
{
	seq_puts(s, "Character devices:\n  1 mem\n  4 ttyS\n  5 /dev/tty\n"
		    "  5 /dev/console\n\nBlock devices:\n");
	return 0;
}

static int show_swaps(struct seq *s, struct file *f __maybe_unused)
{
	seq_puts(s, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
	return 0;
}

static int show_config(struct seq *s, struct file *f __maybe_unused)
{
	seq_write(s, proc_config, proc_config_size);
	return 0;
}

#define TEXT(n, fn) { .name = n, .mode = S_IFREG | 0444, .show = fn }

const struct proc_entry proc_root_files[] = {
	TEXT("cmdline", show_cmdline),
	TEXT("config.gz", show_config),
	TEXT("cpuinfo", show_cpuinfo),
	TEXT("cgroups", show_cgroups),
	TEXT("devices", show_devices),
	TEXT("diskstats", show_diskstats),
	TEXT("filesystems", show_filesystems),
	TEXT("loadavg", show_loadavg),
	TEXT("meminfo", show_meminfo),
	{ .name = "mounts", .mode = S_IFLNK | 0777, .target = "self/mounts" },
	{ .name = "net", .mode = S_IFLNK | 0777, .target = "self/net" },
	TEXT("stat", show_stat),
	TEXT("swaps", show_swaps),
	{ .name = "sys", .mode = S_IFDIR | 0555, .children = proc_sys_root },
	{ .name = "sysvipc", .mode = S_IFDIR | 0555, .children = proc_sysvipc },
	TEXT("uptime", show_uptime),
	TEXT("version", show_version),
	TEXT("vmstat", show_vmstat),
	{ 0 },
};

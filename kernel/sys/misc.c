// SPDX-License-Identifier: MIT
/* The machine as a whole: sysinfo, getrandom, reboot, syslog; and its end. */
#include <linux/random.h>
#include <linux/reboot.h>

#include "kernel/debug/printk.h"
#include "kernel/lib/alloc.h"
#include "kernel/lib/cmdline.h"
#include "kernel/lib/string.h"
#include "kernel/mm/page.h"
#include "kernel/sys/random.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

static u16 count_tasks(void)
{
	u64 flags = spin_lock_irqsave(&tasklist_lock);
	struct task *t;
	u32 n = 0;

	list_for_each_entry(t, &task_list, all_link)
		n++;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return (u16)min(n, 65535u);
}

long sys_sysinfo(struct sysinfo __user *info)
{
	struct sysinfo si = { 0 };
	struct mem_stats ms;
	u32 avg[3];

	mem_stats(&ms);
	sched_loadavg(avg);
	si.uptime = (long)((ktime_get() + (u64)clock_offset(CLOCK_BOOTTIME)) /
			   NSEC_PER_SEC);
	for (int i = 0; i < 3; i++) /* 11 bits of fraction to 16 */
		si.loads[i] = (unsigned long)avg[i] << 5;
	si.totalram = ms.total << PAGE_SHIFT;
	si.freeram = ms.free << PAGE_SHIFT;
	si.sharedram = ms.file << PAGE_SHIFT;
	si.procs = count_tasks();
	si.mem_unit = 1;
	return copy_to_user(info, &si, sizeof(si));
}

long sys_getrandom(void __user *buf, size_t len, unsigned int flags)
{
	const u32 both = GRND_RANDOM | GRND_INSECURE;
	u8 chunk[256];
	size_t done = 0;

	if (flags & ~(GRND_NONBLOCK | both) || (flags & both) == both)
		return -EINVAL;
	len = min(len, (size_t)0x7ffff000);
	while (done < len) {
		size_t n = min(len - done, sizeof(chunk));

		random_bytes(chunk, n);
		if (copy_to_user((char __user *)buf + done, chunk, n))
			return done ? (long)done : -EFAULT;
		done += n;
		if (signal_pending(current) && done < len)
			break;
	}
	return (long)done;
}

/* ---- reboot(2) ----------------------------------------------------------- */

static bool magic_ok(int magic1, int magic2)
{
	switch ((u32)magic2) {
	case LINUX_REBOOT_MAGIC2:
	case LINUX_REBOOT_MAGIC2A:
	case LINUX_REBOOT_MAGIC2B:
	case LINUX_REBOOT_MAGIC2C:
		return (u32)magic1 == LINUX_REBOOT_MAGIC1;
	default:
		return false;
	}
}

/* In a pid namespace of its own: end its init with the signal that tells its
 * parent what was asked for (pid_namespaces(7), reboot(2)). */
static long reboot_pid_ns(struct pid_ns *ns, unsigned int cmd)
{
	u64 flags;

	switch (cmd) {
	case LINUX_REBOOT_CMD_RESTART:
	case LINUX_REBOOT_CMD_RESTART2:
		ns->reboot_signal = SIGHUP;
		break;
	case LINUX_REBOOT_CMD_HALT:
	case LINUX_REBOOT_CMD_POWER_OFF:
		ns->reboot_signal = SIGINT;
		break;
	default:
		return -EINVAL;
	}
	flags = spin_lock_irqsave(&tasklist_lock);
	if (ns->child_reaper)
		signal_force_fatal(ns->child_reaper);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	do_exit(0);
}

long sys_reboot(int magic1, int magic2, unsigned int cmd,
		void __user *arg __maybe_unused)
{
	struct pid_ns *ns = task_active_pid_ns(current);

	if (!ns_capable(ns->ns.owner, CAP_SYS_BOOT))
		return -EPERM;
	if (!magic_ok(magic1, magic2))
		return -EINVAL;
	if (ns != &init_pid_ns)
		return reboot_pid_ns(ns, cmd);
	switch (cmd) {
	case LINUX_REBOOT_CMD_RESTART:
	case LINUX_REBOOT_CMD_RESTART2:
		printk("reboot: restarting\n");
		arch_reboot();
	case LINUX_REBOOT_CMD_HALT:
	case LINUX_REBOOT_CMD_POWER_OFF:
		printk("reboot: power off\n");
		arch_exit(EXIT_OK);
	case LINUX_REBOOT_CMD_CAD_ON:
	case LINUX_REBOOT_CMD_CAD_OFF:
		return 0; /* there is no keyboard */
	default:
		return -EINVAL;
	}
}

/* PID 1 has ended. With "app" that is what was wanted (make run APP=...). */
void init_has_exited(int wait_status)
{
	int sig = wait_status & 0x7f, code = wait_status >> 8 & 0xff;

	if (cmdline_has(boot_info.cmdline, "app")) {
		if (sig)
			code = 128 + sig;
		printk("app: ended with status %d\n", code);
		arch_exit(EXIT_STATUS + min(code, 63));
	}
	panic("init: expected to run for ever, has ended with wait status %#x",
	      wait_status);
}

/* ---- syslog(2) --------------------------------------------------------------- */

enum {
	SYSLOG_CLOSE,
	SYSLOG_OPEN,
	SYSLOG_READ,
	SYSLOG_READ_ALL,
	SYSLOG_READ_CLEAR,
	SYSLOG_CLEAR,
	SYSLOG_CONSOLE_OFF,
	SYSLOG_CONSOLE_ON,
	SYSLOG_CONSOLE_LEVEL,
	SYSLOG_SIZE_UNREAD,
	SYSLOG_SIZE_BUFFER,
};

static u64 read_pos, clear_pos; /* [a] byte numbers of the log */

/* Copy the log from *@pos on, at most @len bytes; *@pos moves along. */
static long syslog_copy(u64 *pos, char __user *buf, size_t len)
{
	char chunk[256];
	size_t done = 0, n;

	while (done < len) {
		n = printk_read_from(pos, chunk, min(len - done,
						     sizeof(chunk)));
		if (!n)
			break;
		if (copy_to_user(buf + done, chunk, n))
			return -EFAULT;
		done += n;
	}
	return (long)done;
}

static long syslog_read_all(char __user *buf, size_t len)
{
	u64 end = printk_end(), from = end > len ? end - len : 0;

	from = max(from, READ_ONCE(clear_pos));
	return syslog_copy(&from, buf, len);
}

/* SYSLOG_READ goes on where the last one ended; the others begin anew. */
static long syslog_read(int type, char __user *buf, int len)
{
	long n;

	if (!buf || len < 0)
		return -EINVAL;
	if (type == SYSLOG_READ)
		return syslog_copy(&read_pos, buf, (size_t)len);
	n = syslog_read_all(buf, (size_t)len);
	if (type == SYSLOG_READ_CLEAR && n >= 0)
		clear_pos = printk_end();
	return n;
}

long sys_syslog(int type, char __user *buf, int len)
{
	if (type != SYSLOG_READ_ALL && type != SYSLOG_SIZE_BUFFER &&
	    !capable(CAP_SYSLOG))
		return -EPERM;
	switch (type) {
	case SYSLOG_CLOSE:
	case SYSLOG_OPEN:
		return 0;
	case SYSLOG_READ:
	case SYSLOG_READ_ALL:
	case SYSLOG_READ_CLEAR:
		return syslog_read(type, buf, len);
	case SYSLOG_CLEAR:
		clear_pos = printk_end();
		return 0;
	case SYSLOG_CONSOLE_OFF:
		printk_quiet = true;
		return 0;
	case SYSLOG_CONSOLE_ON:
		printk_quiet = false;
		return 0;
	case SYSLOG_CONSOLE_LEVEL:
		if (len < 1 || len > 8)
			return -EINVAL;
		printk_quiet = len < 7;
		return 0;
	case SYSLOG_SIZE_UNREAD:
		return (long)(printk_end() - read_pos);
	case SYSLOG_SIZE_BUFFER:
		return PRINTK_RING;
	default:
		return -EINVAL;
	}
}

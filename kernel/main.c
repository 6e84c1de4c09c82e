// SPDX-License-Identifier: MIT
/*
 * Bring-up, one call a line: the table of contents of Warren. Read kmain() from
 * top to bottom, then kernel_init(), which ends as PID 1 in user space.
 */
#include <linux/utsname.h>

#include "fs/debugfs.h"
#include "fs/devfs.h"
#include "fs/epoll.h"
#include "fs/initramfs.h"
#include "fs/inotify.h"
#include "fs/mount.h"
#include "fs/namei.h"
#include "fs/nsfs.h"
#include "fs/pipe.h"
#include "fs/procfs/procfs.h"
#include "fs/sysfs.h"
#include "fs/tmpfs.h"
#include "fs/pty.h"
#include "fs/tty.h"
#include "kernel/cgroup/cgroup.h"
#include "kernel/debug/kunit.h"
#include "kernel/debug/printk.h"
#include "kernel/ipc/mqueue.h"
#include "kernel/lib/cmdline.h"
#include "kernel/lib/radix.h"
#include "kernel/lib/string.h"
#include "kernel/mm/mm.h"
#include "kernel/mm/page.h"
#include "kernel/mm/slab.h"
#include "kernel/net/socket.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/ns/ucount.h"
#include "kernel/process/process.h"
#include "kernel/sys/pidfd.h"
#include "kernel/task/cred.h"
#include "kernel/task/futex.h"
#include "kernel/task/task.h"
#include "kernel/time/vdso.h"

/* The kinds of file system: /proc/filesystems in this order. */
const struct fs_type *const fs_types[] = {
	&sysfs_type,   &tmpfs_type,   &rootfs_type, &proc_fs_type,
	&devtmpfs_type, &debugfs_type, &ramfs_type,  &mqueue_fs_type,
	&cgroup2_fs_type, &devpts_type, &pipefs_type, &sockfs_type, NULL,
};

/* "word" on the kernel command line? */
static bool asked_for(const char *word)
{
	return cmdline_has(boot_info.cmdline, word);
}

static void banner(void)
{
	printk("Warren %s, booted by %s, \"%s\"\n", uts_kernel.release,
	       boot_info.loader, boot_info.cmdline);
}

static void say_memory(void)
{
	struct mem_stats ms;

	mem_stats(&ms);
	printk("memory: %llu KiB, %llu KiB free\n",
	       (unsigned long long)ms.total * 4,
	       (unsigned long long)ms.free * 4);
}

/* Nothing to run: an exit code of its own, so that tests can tell. */
static void __noreturn no_init(void)
{
	printk("init: nothing to run: no usable initramfs, or no /init in it\n");
	arch_exit(EXIT_NO_INIT);
}

static void root_fill(void)
{
	struct boot_module *m = &boot_info.initrd;

	if (!m->end) {
		printk("initramfs: there is none\n");
		no_init();
	}
	if (initramfs_unpack(phys_to_virt(m->start), m->end - m->start))
		no_init();
	page_release_range(m->start, m->end);
	kern_mkdir("/dev", 0755);
	if (kern_mount_at("devtmpfs", "devtmpfs", "/dev", 0, NULL))
		printk("init: /dev: devtmpfs could not be mounted\n");
}

/* Descriptors 0, 1 and 2 of init: the console. */
static void console_open(void)
{
	struct file *f = file_open("/dev/console", O_RDWR, 0);

	if (IS_ERR(f)) {
		printk("init: /dev/console: error %ld\n", PTR_ERR(f));
		return;
	}
	for (int i = 0; i < 3; i++)
		fd_install_new(file_get(f), 0);
	file_put(f);
}

#define INIT_ARGS 31

/* What follows a word "--" on the command line are init's arguments. The line is
 * cut into words in @copy, to which @argv points. */
static void init_args(char *copy, const char **argv)
{
	char *at = strstr(copy, " -- ");
	u32 n = 0;

	for (at = at ? at + 4 : NULL; at && *at && n < INIT_ARGS;) {
		while (*at == ' ')
			*at++ = '\0';
		if (*at)
			argv[n++] = at;
		at = strchr(at, ' ');
	}
	argv[n] = NULL;
}

/* Words NAME=VALUE that the kernel does not know are init's environment. */
#define INIT_ENV 8

static bool known_to_kernel(const char *word)
{
	static const char *const keys[] = { "init=", "kunit=", "fail=",
					    "console=", NULL };

	for (u32 i = 0; keys[i]; i++)
		if (!strncmp(word, keys[i], strlen(keys[i])))
			return true;
	return false;
}

static void init_env(char *copy, const char **envp)
{
	u32 n = 0;

	for (char *at = copy, *end; at && n < INIT_ENV; at = end) {
		end = strchr(at, ' ');
		if (end)
			*end++ = '\0';
		if (!strcmp(at, "--"))
			break;
		if (strchr(at, '=') && !known_to_kernel(at))
			envp[n++] = at;
	}
	envp[n] = NULL;
}

static void run_init(void)
{
	static const char *envp[INIT_ENV + 3] = { "HOME=/", "TERM=linux" };
	static char copy[sizeof(boot_info.cmdline)];
	static char env[sizeof(boot_info.cmdline)];
	char path[256] = "/init";
	const char *argv[INIT_ARGS + 2] = { path };
	int err;

	strlcpy(copy, boot_info.cmdline, sizeof(copy));
	strlcpy(env, boot_info.cmdline, sizeof(env));
	init_args(copy, argv + 1);
	init_env(env, envp + 2);
	cmdline_value(boot_info.cmdline, "init", path, sizeof(path));
	err = arch_task_make_user(&current->arch);
	if (!err)
		err = kernel_execve(path, argv, envp);
	if (!err)
		arch_enter_user(arch_user_regs(&current->arch));
	printk("init: %s: error %d\n", path, err);
	no_init();
}

static void run_kunit(void)
{
	char glob[64];

	if (cmdline_value(boot_info.cmdline, "kunit", glob, sizeof(glob)))
		kunit_main(glob);
	if (asked_for("kunit"))
		kunit_main(NULL);
}

static void inject_faults(void)
{
	char text[24];
	u64 n;

	if (cmdline_value(boot_info.cmdline, "fail", text, sizeof(text)) &&
	    !parse_u64(text, 0, &n))
		alloc_fail_at(n);
}

/* The first task: becomes PID 1. */
static void kernel_init(void *arg __maybe_unused)
{
	smp_boot();
	run_kunit();
	root_fill();
	say_memory();
	console_open();
	inject_faults();
	printk_quiet = asked_for("quiet");
	run_init();
}

/**
 * kmain - the kernel begins
 *
 * Context: boot CPU, interrupts off, boot_info filled, serial output works.
 */
void kmain(void)
{
	banner();
	/* the machine and its memory */
	arch_cpu_init();
	paging_init();
	page_init();
	slab_init();
	radix_module_init();
	arch_late_init();
	time_init();
	/* the nouns of a task */
	ucount_module_init();
	cred_module_init();
	pid_init();
	signal_module_init();
	task_init();
	sched_init();
	mm_module_init();
	vdso_init();
	futex_module_init();
	nsproxy_module_init();
	/* files */
	inode_module_init();
	dentry_module_init();
	file_module_init();
	mount_module_init();
	pipe_module_init();
	inotify_module_init();
	epoll_module_init();
	anon_module_init();
	pidfs_init();
	tmpfs_module_init();
	nsfs_init();
	procfs_module_init();
	cgroup_module_init();
	mount_init_root();
	tty_init();
	pty_module_init();
	socket_module_init();
	/* from here on tasks run */
	if (IS_ERR(process_spawn_init(kernel_init, NULL)))
		panic("main: no memory for the first task");
	sched_idle();
}

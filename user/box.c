// SPDX-License-Identifier: MIT
/*
 * box: a container in about 150 lines. It runs a command as PID 1 of a pid
 * namespace, in a mount namespace with a root of its own and with a hostname
 * of its own:
 *
 *	box [-h HOSTNAME] [-r ROOT] [COMMAND ARGUMENT...]
 *
 * Without -r the root is a fresh tmpfs with the host's /bin, /lib and so on
 * mounted read-only. The command's exit status is box's (128 + N: signal N).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct box {
	const char *hostname;
	const char *root; /* a directory of the caller's, or NULL */
	char *const *command;
	char dir[32]; /* where the new root is mounted */
};

/* What the command sees of the host. */
static const char *const shared_dirs[] = { "/bin", "/sbin", "/lib",
					   "/lib64", "/usr", "/etc" };

static void die(const char *what)
{
	fprintf(stderr, "box: %s: %s\n", what, strerror(errno));
	exit(125);
}

/* Bind @src onto @dst, and everything mounted below it. */
static void bind(const char *src, const char *dst)
{
	if (mount(src, dst, NULL, MS_BIND | MS_REC, NULL) < 0)
		die(src);
}

/* Give the box the host's directory @src; a symlink is copied as one. */
static void share_dir(const char *src)
{
	char text[256];
	struct stat st;
	ssize_t n;

	if (lstat(src, &st) < 0)
		return;
	if (S_ISLNK(st.st_mode)) {
		n = readlink(src, text, sizeof(text) - 1);
		text[n < 0 ? 0 : n] = '\0';
		if (symlink(text, src + 1) < 0)
			die(src);
		return;
	}
	if (mkdir(src + 1, 0755) < 0)
		die(src);
	bind(src, src + 1);
	if (mount(NULL, src + 1, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY,
		  NULL) < 0)
		die(src);
}

/* Mount the new root on b->dir and go there. */
static void root_make(const struct box *b)
{
	if (b->root) /* pivot_root wants a mount, so bind the directory */
		bind(b->root, b->dir);
	else if (mount("box", b->dir, "tmpfs", 0, "mode=755") < 0)
		die("tmpfs");
	if (chdir(b->dir) < 0)
		die(b->dir);
	mkdir("proc", 0555);
	mkdir("dev", 0755);
	mkdir("tmp", 01777);
	chmod("tmp", 01777);
	mkdir("root", 0700);
	if (!b->root)
		for (size_t i = 0;
		     i < sizeof(shared_dirs) / sizeof(shared_dirs[0]); i++)
			share_dir(shared_dirs[i]);
	bind("/dev", "dev");
	if (mount("proc", "proc", "proc", 0, NULL) < 0)
		die("proc");
}

/* The directory we are in becomes "/", and the old root is left behind. */
static void root_enter(void)
{
	/* Old root on top of the new one: no directory for it is needed. */
	if (syscall(SYS_pivot_root, ".", ".") == 0) {
		if (umount2(".", MNT_DETACH) < 0)
			die("umount");
	} else if (errno != EINVAL ||
		   /* Linux cannot pivot away from its initramfs: cover it. */
		   mount(".", "/", NULL, MS_MOVE, NULL) < 0 ||
		   chroot(".") < 0) {
		die("pivot_root");
	}
	if (chdir("/") < 0)
		die("/");
}

/* The box's first process. */
static void box_run(const struct box *b)
{
	/* What is mounted from here on is nobody else's business. */
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		die("private mounts");
	if (sethostname(b->hostname, strlen(b->hostname)) < 0)
		die("hostname");
	root_make(b);
	root_enter();
	execvp(b->command[0], b->command);
	fprintf(stderr, "box: %s: %s\n", b->command[0], strerror(errno));
	_exit(127);
}

/* Like fork(2), into new namespaces. */
static pid_t clone_into(unsigned long flags)
{
	return (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, 0);
}

static int box_start(struct box *b)
{
	pid_t pid;
	int status;

	strcpy(b->dir, "/tmp/box.XXXXXX");
	if (!mkdtemp(b->dir))
		die(b->dir);
	pid = clone_into(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS);
	if (pid == 0)
		box_run(b);
	/* Keys of the terminal are for the command, not for us. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	if (pid > 0)
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	rmdir(b->dir); /* its mount was only in the box's namespace */
	if (pid < 0)
		die("clone");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	static char *const shell[] = { "sh", NULL };
	struct box b = { .hostname = "box", .command = shell };
	int opt;

	while ((opt = getopt(argc, argv, "+h:r:")) != -1) {
		if (opt == 'h') {
			b.hostname = optarg;
		} else if (opt == 'r') {
			b.root = optarg;
		} else {
			fprintf(stderr, "usage: box [-h HOSTNAME] [-r ROOT] "
					"[COMMAND ARGUMENT...]\n");
			return 125;
		}
	}
	if (optind < argc)
		b.command = argv + optind;
	return box_start(&b);
}

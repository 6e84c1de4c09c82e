// SPDX-License-Identifier: MIT
/*
 * init: the first process. It mounts what a shell expects, then keeps a login
 * shell on the console, and buries the orphans of the system.
 *
 * Words of the kernel command line that it knows:
 *	tour	play /bin/tour, then end the machine with its verdict
 *	test	the same with /bin/run-tests
 *	quiet	no message of the day
 *
 * Signals, as busybox's poweroff, halt and reboot send them: USR2 powers off,
 * USR1 halts, TERM (and Ctrl-Alt-Del's INT) reboots.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* Writing N here ends QEMU with exit code N (enum exit_code of arch.h); on
 * Linux, which has no such file, N goes to the port of isa-debug-exit. */
#define EXIT_FILE "/sys/kernel/debug/warren/exit"
#define EXIT_PORT 0xf4
#define EXIT_OK 16
#define EXIT_FAIL 17

static const struct mount_line {
	const char *type, *target, *options;
} mounts[] = {
	{ "proc", "/proc", "" },
	{ "sysfs", "/sys", "" },
	{ "debugfs", "/sys/kernel/debug", "" },
	{ "devtmpfs", "/dev", "" },
	{ "devpts", "/dev/pts", "gid=5,mode=620,ptmxmode=666" },
	{ "tmpfs", "/run", "mode=755" },
	{ "tmpfs", "/tmp", "mode=1777" },
};

/* Mount one line; a file system that this kernel lacks is no error. */
static void mount_one(const struct mount_line *m)
{
	mkdir(m->target, 0755);
	if (mount(m->type, m->target, m->type, 0, m->options) == 0 ||
	    errno == ENODEV || errno == EBUSY)
		return;
	printf("init: mount %s on %s: %s\n", m->type, m->target,
	       strerror(errno));
}

static void mount_all(void)
{
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		/* Warren mounts devfs itself, and has no sysfs as yet. */
		if (!strcmp(mounts[i].target, "/dev") &&
		    access("/dev/null", F_OK) == 0)
			continue;
		if (!strcmp(mounts[i].type, "debugfs"))
			mkdir("/sys/kernel", 0755);
		mount_one(&mounts[i]);
	}
}

/* Make the console this process's stdin, stdout and stderr. */
static void console_open(void)
{
	int fd = open("/dev/console", O_RDWR | O_NOCTTY);

	if (fd < 0)
		return;
	for (int i = 0; i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
}

static void hostname_set(void)
{
	char name[65] = "";
	FILE *f = fopen("/etc/hostname", "r");

	if (!f)
		return;
	if (fscanf(f, "%64s", name) == 1)
		sethostname(name, strlen(name));
	fclose(f);
}

/* Is @word one of the words of the kernel command line? */
static bool cmdline_has(const char *word)
{
	char line[4096];
	FILE *f = fopen("/proc/cmdline", "r");
	bool found = false;

	if (!f)
		return false;
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	for (char *w = strtok(line, " \n"); w && !found; w = strtok(NULL, " \n"))
		found = !strcmp(w, word);
	return found;
}

static void file_show(const char *path)
{
	char buf[512];
	size_t n;
	FILE *f = fopen(path, "r");

	if (!f)
		return;
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		fwrite(buf, 1, n, stdout);
	fclose(f);
	fflush(stdout);
}

/* The signals that init waits for; blocked always, so that none is missed. */
static sigset_t signals_init(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return set;
}

/* Start @path in a session of its own that has the console as its terminal. */
static pid_t session_start(const char *path, const char *argv0)
{
	sigset_t none;
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	console_open();
	ioctl(0, TIOCSCTTY, 0);
	if (chdir(getenv("HOME")) < 0 && chdir("/") < 0)
		_exit(1);
	execl(path, argv0, (char *)NULL);
	printf("init: %s: %s\n", path, strerror(errno));
	fflush(stdout);
	_exit(127);
}

/* Ask every process to end, then make it so, and end the machine. */
static void machine_end(int how)
{
	struct timespec tick = { .tv_nsec = 20 * 1000 * 1000 };

	kill(-1, SIGTERM);
	kill(-1, SIGCONT);
	for (int i = 0; i < 50 && !(waitpid(-1, NULL, WNOHANG) < 0 &&
				    errno == ECHILD); i++)
		nanosleep(&tick, NULL);
	kill(-1, SIGKILL);
	sync();
	reboot(how);
	printf("init: reboot: %s\n", strerror(errno));
}

/* Tell the host how it went; what returns leaves it to a power-off. */
static void verdict_tell(int code)
{
	int fd = open(EXIT_FILE, O_WRONLY);

	tcdrain(STDOUT_FILENO);
	if (fd >= 0 && code != EXIT_OK && dprintf(fd, "%d", code) < 0)
		printf("init: %s: %s\n", EXIT_FILE, strerror(errno));
	if (fd < 0 && ioperm(EXIT_PORT, 4, 1) == 0)
		outl((unsigned int)code, EXIT_PORT);
}

/* Play one program, then end the machine with its verdict. */
static void play(const char *path, const char *argv0)
{
	pid_t pid = session_start(path, argv0), got;
	int status = 1 << 8;
	sigset_t chld;

	/* An orphan's SIGCHLD is not to wait in a queue: objects are counted. */
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_UNBLOCK, &chld, NULL);
	while ((got = waitpid(-1, &status, 0)) != pid)
		if (got < 0 && errno != EINTR)
			break;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		printf("init: %s failed (wait status %#x)\n", path, status);
		fflush(stdout);
		verdict_tell(EXIT_FAIL);
	}
	verdict_tell(EXIT_OK);
	machine_end(RB_POWER_OFF);
}

/* Bury every child that has ended; was one of them @shell? */
static bool reap(pid_t shell)
{
	bool found = false;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		found |= pid == shell;
	return found;
}

/* A shell on the console, again and again. */
static void serve(const sigset_t *set)
{
	struct timespec second = { .tv_sec = 1 };
	time_t started = time(NULL);
	pid_t shell = session_start("/bin/sh", "-sh");
	int sig;

	while ((sig = sigwaitinfo(set, NULL)) != 0) {
		if (sig == SIGUSR2)
			machine_end(RB_POWER_OFF);
		else if (sig == SIGUSR1)
			machine_end(RB_HALT_SYSTEM);
		else if (sig == SIGTERM || sig == SIGINT)
			machine_end(RB_AUTOBOOT);
		if (shell > 0 && !reap(shell))
			continue;
		if (time(NULL) - started < 1) /* it does not even start */
			nanosleep(&second, NULL);
		started = time(NULL);
		shell = session_start("/bin/sh", "-sh");
	}
}

int main(void)
{
	sigset_t set;

	if (getpid() != 1) {
		fprintf(stderr, "init: I am the first process or nothing\n");
		return 1;
	}
	mount_all();
	console_open();
	set = signals_init();
	reboot(RB_DISABLE_CAD);
	hostname_set();
	setenv("HOME", "/root", 1);
	setenv("PATH", "/bin", 1);
	setenv("SHELL", "/bin/sh", 1);
	setenv("TERM", "vt102", 1);
	setenv("USER", "root", 1);
	umask(022);
	if (cmdline_has("tour"))
		play("/bin/tour", "tour");
	if (cmdline_has("test"))
		play("/bin/run-tests", "run-tests");
	if (!cmdline_has("quiet"))
		file_show("/etc/motd");
	serve(&set);
	return 1;
}

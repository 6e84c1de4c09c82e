// SPDX-License-Identifier: MIT
/*
 * tour: a guided walk through namespaces. Each step says what it does, does
 * it, shows what it saw and checks that. It runs on Linux too, as root, and
 * must come out the same there. Exit status 0 if every check held.
 *
 * `make run` plays it where there is no terminal. tour N plays step N alone.
 */
#include <linux/sched.h>
#include <stdarg.h>
#include <sys/syscall.h>

#include "user/tour.h"

#define STEP_SECONDS 60

static const struct step *const chapters[] = { link_steps, life_steps,
					       pid_steps, mnt_steps };
static int failed; /* checks of this step */

void see(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printf("     ");
	vprintf(fmt, ap);
	printf("\n");
	va_end(ap);
}

void check(bool ok, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printf("  %s ", ok ? "ok" : "NO");
	vprintf(fmt, ap);
	printf("\n");
	va_end(ap);
	failed += !ok;
}

void must(bool ok, const char *what)
{
	if (ok)
		return;
	check(false, "%s: %s", what, strerror(errno));
	fflush(stdout);
	_exit(1);
}

void check_fails(long result, int error, const char *fmt, ...)
{
	int got = result < 0 ? errno : 0;
	char text[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	check(got == error, "%s: %s", text, strerror(got));
}

const char *ns_text(pid_t pid, const char *name)
{
	static char texts[4][64];
	static int next;
	char *text = texts[next++ % 4], path[64];
	ssize_t n;

	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, name);
	else
		snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	n = readlink(path, text, 63);
	if (n < 0)
		return strerror(errno);
	text[n] = '\0';
	return text;
}

int ns_open(pid_t pid, const char *name)
{
	char path[64];

	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, name);
	else
		snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

ino_t ns_inum(pid_t pid, const char *name)
{
	struct stat st = { 0 };
	int fd = ns_open(pid, name);

	if (fd < 0)
		return 0;
	fstat(fd, &st);
	close(fd);
	return st.st_ino;
}

const char *hostname(void)
{
	static char name[65];

	gethostname(name, sizeof(name));
	return name;
}

void dir_make(char dir[32])
{
	strcpy(dir, "/tmp/tour.XXXXXX");
	must(mkdtemp(dir) != NULL, "mkdtemp");
}

void dir_remove(const char *dir)
{
	char file[64];

	snprintf(file, sizeof(file), "%s/u", dir);
	unlink(file);
	rmdir(dir);
}

void warren_see(const char *file, const char *word)
{
	char path[64], line[512];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/kernel/debug/warren/%s", file);
	f = fopen(path, "r");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (strstr(line, word))
			see("ns %s: %s", file, line);
	}
	fclose(f);
}

pid_t clone_into(int flags)
{
	fflush(stdout);
	return (pid_t)syscall(SYS_clone, (long)flags | SIGCHLD, 0, 0, 0, 0);
}

int reap(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1000;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* The helper's life: dig, say so, wait for the end. */
static void burrow_live(int flags, void (*setup)(void), int ready, int go)
{
	char c = unshare(flags) == 0 ? 'y' : 'n';

	if (c == 'y')
		setup();
	if (write(ready, &c, 1) == 1 && read(go, &c, 1) < 0)
		_exit(2);
	_exit(0);
}

void burrow_dig(struct burrow *b, int flags, void (*setup)(void))
{
	int ready[2], go[2];
	char c = 'n';

	must(pipe(ready) == 0 && pipe(go) == 0, "pipe");
	b->pid = clone_into(0);
	must(b->pid >= 0, "fork");
	if (b->pid == 0) {
		close(ready[0]);
		close(go[1]);
		burrow_live(flags, setup, ready[1], go[0]);
	}
	close(ready[1]);
	close(go[0]);
	b->go = go[1];
	must(read(ready[0], &c, 1) == 1 && c == 'y', "unshare in a child");
	close(ready[0]);
}

void burrow_close(struct burrow *b)
{
	close(b->go);
	must(reap(b->pid) == 0, "the child's end");
}

/* Play one step in a process of its own; true if all of it held. */
static bool step_play(const struct step *s, int number)
{
	pid_t pid;
	int result;

	printf("\n%2d. %s\n    %s\n", number, s->title, s->text);
	pid = clone_into(0);
	if (pid == 0) {
		alarm(STEP_SECONDS);
		s->run();
		fflush(stdout);
		_exit(failed != 0);
	}
	result = pid < 0 ? -1 : reap(pid);
	if (result < 0)
		printf("  NO the step ended by signal %d\n", -result);
	fflush(stdout);
	return result == 0;
}

int main(int argc, char **argv)
{
	int only = argc > 1 ? atoi(argv[1]) : 0, n = 0, played = 0, bad = 0;

	if (geteuid() != 0) {
		fprintf(stderr, "tour: run me as root\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOFBF, 0);
	printf("The tour: what namespaces are, seen from /proc/PID/ns.\n");
	for (size_t i = 0; i < sizeof(chapters) / sizeof(chapters[0]); i++) {
		for (const struct step *s = chapters[i]; s->title; s++) {
			if (++n == only || !only) {
				played++;
				bad += !step_play(s, n);
			}
		}
	}
	printf("\ntour: %d steps, %d failed\n", played, bad);
	return bad || !played;
}

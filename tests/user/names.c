// SPDX-License-Identifier: MIT
/* Names that come and go: what a walk finds that goes on while the tree changes
 * under it, and names that were not there. Row L8. */
#include "case.h"

#define ROUNDS 2000

static void in_tmpfs(void)
{
	private_mounts();
	CHECK(chdir("/mnt") == 0);
}

static int file_make(const char *name, const char *text)
{
	int fd = open(name, O_CREAT | O_EXCL | O_WRONLY, 0644);

	if (fd < 0)
		return -1;
	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	return close(fd);
}

static int there(const char *name)
{
	struct stat st;

	return stat(name, &st);
}

/* ---- one after the other --------------------------------------------------- */

CASE(L8, "a name that was looked for in vain comes to be")
{
	in_tmpfs();
	TRY("before", there("a"));
	TRY("made", file_make("a", "one"));
	SEE("content", "%s", read_file("a"));
	TRY("removed", unlink("a"));
	TRY("after", there("a"));
	TRY("directory", mkdir("a", 0755));
	TRY("in it", there("a/b"));
	TRY("through it", there("a/b/../c"));
	TRY("link in it", symlink("nowhere", "a/b"));
	TRY("where it leads", there("a/b"));
	TRY("the link itself", readlink("a/b", (char[8]){ 0 }, 8));
	TRY("its target made", file_make("a/nowhere", "two"));
	TRY("where it leads", there("a/b"));
	TRY("renamed to what was not there",
	    (there("c"), rename("a/nowhere", "c")));
	TRY("where it leads", there("a/b"));
	SEE("content", "%s", read_file("c"));
}

CASE(L8, "a directory goes in which names were looked for in vain")
{
	int fd;

	in_tmpfs();
	CHECK(mkdir("d", 0755) == 0);
	TRY("in it", there("d/x"));
	fd = open("d", O_RDONLY | O_DIRECTORY);
	TRY("rmdir", rmdir("d"));
	TRY("in it", there("d/x"));
	TRY("in what is held", faccessat(fd, "x", F_OK, 0));
	TRY("made there", openat(fd, "x", O_CREAT | O_WRONLY, 0644));
	TRY("anew", mkdir("d", 0755));
	TRY("in it", there("d/x"));
	TRY("made in it", file_make("d/x", ""));
	TRY("in it", there("d/x"));
	TRY("over an empty one",
	    (mkdir("e", 0755), there("e/x"), rename("d", "e")));
	TRY("in it", there("e/x"));
	TRY("in what is held", faccessat(fd, "x", F_OK, 0));
}

CASE(L8, "an absent name and who may search")
{
	in_tmpfs();
	CHECK(chmod("/mnt", 0755) == 0);
	CHECK(mkdir("closed", 0700) == 0);
	TRY("root", there("closed/x"));
	become(1000);
	TRY("another", there("closed/x"));
	TRY("another, absent before", there("nothing/x"));
}

CASE(L8, "`..` and links, in one name")
{
	in_tmpfs();
	CHECK(mkdir("a", 0755) == 0 && mkdir("a/b", 0755) == 0);
	CHECK(file_make("f", "") == 0 && symlink("a/b", "l") == 0);
	CHECK(symlink("/mnt/l", "absolute") == 0);
	CHECK(symlink("l/..", "up") == 0 && symlink("up", "twice") == 0);
	TRY("up from a link's target", there("l/../../f"));
	TRY("absolute link", there("absolute/../../f"));
	TRY("a link to a link", there("twice/../f"));
	TRY("a file in the middle", there("f/x"));
	TRY("a file and a slash", there("f/"));
	TRY("a file and a dot", there("f/."));
	TRY("slashes", there("//mnt///a//b//"));
	TRY("above the root", there("/../../mnt/f"));
	TRY("the link with a slash",
	    (unlink("l/"), errno == ENOTDIR ? 0 : -1));
	TRY("through /proc/self/cwd", there("/proc/self/cwd/a/../f"));
	TRY("through /proc/self/root", there("/proc/self/root/mnt/f"));
	TRY("beyond a magic link to a file",
	    there("/proc/self/ns/uts/x"));
}

/* ---- at once ------------------------------------------------------------------ */

static pid_t meanwhile(void (*fn)(void))
{
	pid_t pid = fork();

	if (pid)
		return pid;
	for (;;)
		fn();
}

static void back_and_forth(void)
{
	CHECK(rename("d1/sub", "d2/sub") == 0);
	CHECK(rename("d2/sub", "d1/sub") == 0);
}

CASE(L8, "a directory moves while names go through it")
{
	int strange = 0, lost = 0;
	pid_t pid;

	in_tmpfs();
	CHECK(mkdir("d1", 0755) == 0 && mkdir("d2", 0755) == 0);
	CHECK(mkdir("d1/sub", 0755) == 0 && file_make("d1/sub/f", "") == 0);
	CHECK(file_make("d1/one", "") == 0 && file_make("d2/two", "") == 0);
	pid = meanwhile(back_and_forth);
	for (int i = 0; i < ROUNDS; i++) {
		if (there("d1/sub/f") && errno != ENOENT)
			strange++;
		if (there("d1/sub/../two") && errno != ENOENT)
			strange++;
		if (there("d1/sub/../../d2/two") && errno != ENOENT)
			strange++;
	}
	reap(pid);
	lost = there("d1/sub/f") && there("d2/sub/f");
	SEE("strange answers", "%d", strange);
	SEE("lost", "%d", lost);
}

static void over_and_off(void)
{
	CHECK(mount("t", "m", "tmpfs", 0, NULL) == 0);
	CHECK(umount2("m", MNT_DETACH) == 0);
}

CASE(L8, "a mount comes and goes while names go through it")
{
	int strange = 0;
	struct stat st;
	pid_t pid;

	in_tmpfs();
	CHECK(mkdir("m", 0755) == 0 && file_make("m/below", "") == 0);
	pid = meanwhile(over_and_off);
	for (int i = 0; i < ROUNDS; i++) {
		if (stat("m", &st) || !S_ISDIR(st.st_mode))
			strange++;
		if (there("m/below") && errno != ENOENT)
			strange++;
		if (there("m/../m/.") && errno != ENOENT)
			strange++;
	}
	reap(pid);
	SEE("strange answers", "%d", strange);
}

static void make_and_remove(void)
{
	int fd = open("x", O_CREAT | O_EXCL | O_WRONLY, 0644);

	CHECK(fd >= 0);
	CHECK(write(fd, "whole", 5) == 5);
	CHECK(close(fd) == 0);
	CHECK(unlink("x") == 0);
}

CASE(L8, "a file comes and goes while it is opened")
{
	int strange = 0;
	pid_t pid;

	in_tmpfs();
	pid = meanwhile(make_and_remove);
	for (int i = 0; i < ROUNDS; i++) {
		int fd = open("x", O_RDONLY);

		if (fd < 0 && errno != ENOENT)
			strange++;
		if (fd >= 0 && close(fd))
			strange++;
	}
	reap(pid);
	SEE("strange answers", "%d", strange);
}

static void changes_cwd(void)
{
	CHECK(chdir("a") == 0);
	CHECK(chdir("..") == 0);
}

static int moves_cwd(void *unused)
{
	(void)unused;
	for (;;)
		changes_cwd();
	return 0;
}

/* With CLONE_FS one's directory changes under a walk that begins there. */
CASE(L8, "the working directory is another's too")
{
	static char stack[65536];
	int strange = 0;
	pid_t pid;

	in_tmpfs();
	CHECK(mkdir("a", 0755) == 0 && file_make("a/f", "") == 0);
	pid = clone(moves_cwd, stack + sizeof(stack), CLONE_FS | SIGCHLD, NULL);
	CHECK(pid > 0);
	for (int i = 0; i < ROUNDS; i++) {
		if (there("../mnt/a/f") && there("../../mnt/a/f"))
			strange++;
		if (there("a") && errno != ENOENT)
			strange++;
	}
	reap(pid);
	SEE("strange answers", "%d", strange);
}

CASE(L8, "tasks end while names go through their directories")
{
	int strange = 0;

	for (int i = 0; i < 100; i++) {
		char name[64];
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		snprintf(name, sizeof(name), "/proc/%d/ns/uts", pid);
		for (int j = 0; j < 20; j++)
			if (there(name) && errno != ENOENT && errno != EACCES)
				strange++;
		CHECK(waitpid(pid, NULL, 0) == pid);
		if (!there(name) || errno != ENOENT)
			strange++;
	}
	SEE("strange answers", "%d", strange);
}

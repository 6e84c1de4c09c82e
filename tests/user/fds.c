// SPDX-License-Identifier: MIT
/* Descriptors and files by newer calls: close_range, statx, execveat, faccessat2,
 * fchmodat2. Row L7. (memfd: mm.c.) */
#include "case.h"
#include <linux/stat.h>
#include <sys/sysmacros.h>

#define CLOSE_RANGE_CLOEXEC_ 4
#define NR_faccessat2 439
#define NR_fchmodat2 452

static int close_range_(unsigned first, unsigned last, unsigned flags)
{
	return (int)syscall(SYS_close_range, first, last, flags);
}

/* Which of the descriptors 10 to 19 are open, and with FD_CLOEXEC ("c"). */
static const char *open_fds(void)
{
	static char text[16];

	for (int i = 0; i < 10; i++) {
		int flags = fcntl(10 + i, F_GETFD);

		text[i] = flags < 0 ? '-' : flags & FD_CLOEXEC ? 'c' : 'o';
	}
	return text;
}

static int fill(void *unused)
{
	(void)unused;
	for (int i = 10; i < 20; i++)
		if (dup2(0, i) != i)
			return 1;
	return 0;
}

CASE(L7, "close_range: a part, a flag, the edges")
{
	CHECK(dup2(open("/dev/null", O_RDONLY), 0) == 0);
	CHECK(fill(NULL) == 0);
	TRY("12 to 14", close_range_(12, 14, 0));
	SEE("left", "%s", open_fds());
	TRY("again", close_range_(12, 14, 0));
	TRY("CLOEXEC on 14 to 16", close_range_(14, 16, CLOSE_RANGE_CLOEXEC_));
	SEE("left", "%s", open_fds());
	TRY("one", close_range_(19, 19, 0));
	SEE("left", "%s", open_fds());
	TRY("backwards", close_range_(18, 17, 0));
	TRY("unknown flag", close_range_(10, 18, 1));
	SEE("left", "%s", open_fds());
	TRY("to the end", close_range_(17, ~0U, 0));
	SEE("left", "%s", open_fds());
}

static int shares_table(void *unused)
{
	(void)unused;
	return close_range_(10, 15, 2) ? 1 : 0; /* UNSHARE */
}

static int closes_shared(void *unused)
{
	(void)unused;
	return close_range_(10, 15, 0) ? 1 : 0;
}

static int run_sharing(int (*fn)(void *))
{
	static char stack[65536] __attribute__((aligned(16)));
	int status = -1;
	pid_t pid = clone(fn, stack + sizeof(stack),
			  CLONE_FILES | CLONE_VM | SIGCHLD, NULL);

	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	return status;
}

CASE(L7, "close_range takes a shared table apart first")
{
	CHECK(dup2(open("/dev/null", O_RDONLY), 0) == 0);
	CHECK(fill(NULL) == 0);
	SEE("UNSHARE", "%s", status_name(run_sharing(shares_table)));
	SEE("here", "%s", open_fds());
	SEE("shared", "%s", status_name(run_sharing(closes_shared)));
	SEE("here", "%s", open_fds());
}

static int statx_(int dirfd, const char *path, int flags, unsigned mask,
		  struct statx *sx)
{
	return (int)syscall(SYS_statx, dirfd, path, flags, mask, sx);
}

static void see_statx(const char *name, const char *path, int flags)
{
	struct statx sx;
	char text[128];

	memset(&sx, 0, sizeof(sx));
	snprintf(text, sizeof(text), "%s",
		 ERR(statx_(AT_FDCWD, path, flags, 0x7ff, &sx)));
	SEE(name, "%s, mode %o, links %u, size %llu, basic %d, device %d", text,
	    sx.stx_mode, sx.stx_nlink, (unsigned long long)sx.stx_size,
	    (sx.stx_mask & 0x7ff) == 0x7ff, sx.stx_rdev_major != 0);
}

CASE(L7, "statx: files, links, attributes, what is refused")
{
	struct statx sx;
	struct stat st;

	private_mounts();
	write_file("/mnt/f", "12345");
	CHECK(symlink("f", "/mnt/l") == 0);
	see_statx("file", "/mnt/f", 0);
	see_statx("through a link", "/mnt/l", 0);
	see_statx("the link", "/mnt/l", AT_SYMLINK_NOFOLLOW);
	see_statx("/dev/null", "/dev/null", 0);
	see_statx("a namespace's file", "/proc/self/ns/uts", 0);
	see_statx("its link", "/proc/self/ns/uts", AT_SYMLINK_NOFOLLOW);
	see_statx("empty", "", 0);
	CHECK(stat("/mnt/f", &st) == 0);
	CHECK(statx_(AT_FDCWD, "/mnt/f", 0, 0x7ff, &sx) == 0);
	SEE("as stat says", "%d %d %d", sx.stx_ino == st.st_ino,
	    makedev(sx.stx_dev_major, sx.stx_dev_minor) == st.st_dev,
	    sx.stx_mtime.tv_sec == st.st_mtim.tv_sec &&
		    sx.stx_mtime.tv_nsec == (uint32_t)st.st_mtim.tv_nsec);
	CHECK(statx_(AT_FDCWD, "/mnt", 0, 0x7ff, &sx) == 0);
	SEE("/mnt is a mount's root", "%d",
	    !!(sx.stx_attributes & sx.stx_attributes_mask & 0x2000));
	CHECK(statx_(AT_FDCWD, "/mnt/f", 0, 0x7ff, &sx) == 0);
	SEE("/mnt/f is", "%d", !!(sx.stx_attributes & 0x2000));
	TRY("unknown flag", statx_(AT_FDCWD, "/mnt/f", 1, 0x7ff, &sx));
	TRY("both syncs", statx_(AT_FDCWD, "/mnt/f", 0x6000, 0x7ff, &sx));
	TRY("reserved mask", statx_(AT_FDCWD, "/mnt/f", 0, 1U << 31, &sx));
	TRY("absent", statx_(AT_FDCWD, "/mnt/no", 0, 0x7ff, &sx));
	TRY("bad buffer", statx_(AT_FDCWD, "/mnt/f", 0, 0, (void *)8));
	TRY("bad path", statx_(AT_FDCWD, (void *)8, 0, 0, &sx));
	TRY("bad fd", statx_(99, "f", 0, 0, &sx));
}

/* Exit 7 of a child that executes @path with an argument, or the error. */
static const char *execveat_(int dirfd, const char *path, int flags)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)"exit 7", NULL };
	char *envp[] = { NULL };
	static char text[32];
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		syscall(SYS_execveat, dirfd, path, argv, envp, flags);
		_exit(errno + 64);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	snprintf(text, sizeof(text), "%s",
		 WEXITSTATUS(status) > 64 ? err_name(WEXITSTATUS(status) - 64) :
					    status_name(status));
	return text;
}

CASE(L7, "execveat: by directory, by descriptor, not a link")
{
	int bin = open("/bin", O_RDONLY | O_DIRECTORY), fd, script;
	bool made = symlink("/proc/self/fd", "/dev/fd") == 0;

	private_mounts();
	CHECK(symlink("/bin/sh", "/mnt/sh") == 0);
	write_file("/mnt/script", "#!/bin/sh\nexit 3\n");
	CHECK(chmod("/mnt/script", 0755) == 0);
	fd = open("/bin/sh", O_RDONLY);
	script = open("/mnt/script", O_RDONLY | O_CLOEXEC);
	SEE("by directory", "%s", execveat_(bin, "sh", 0));
	SEE("absolute", "%s", execveat_(99, "/bin/sh", 0));
	SEE("by descriptor", "%s", execveat_(fd, "", AT_EMPTY_PATH));
	SEE("empty without flag", "%s", execveat_(fd, "", 0));
	SEE("O_PATH", "%s", execveat_(open("/bin/sh", O_PATH), "",
				      AT_EMPTY_PATH));
	SEE("link", "%s", execveat_(AT_FDCWD, "/mnt/sh", 0));
	SEE("link, NOFOLLOW", "%s", execveat_(AT_FDCWD, "/mnt/sh",
					      AT_SYMLINK_NOFOLLOW));
	SEE("script", "%s", execveat_(AT_FDCWD, "/mnt/script", 0));
	SEE("script that closes", "%s", execveat_(script, "", AT_EMPTY_PATH));
	SEE("script that stays", "%s", execveat_(dup(script), "",
						 AT_EMPTY_PATH));
	SEE("unknown flag", "%s", execveat_(fd, "", AT_EMPTY_PATH | 1));
	SEE("bad fd", "%s", execveat_(99, "sh", 0));
	SEE("not a directory", "%s", execveat_(fd, "sh", 0));
	SEE("a directory", "%s", execveat_(bin, "", AT_EMPTY_PATH));
	if (made)
		unlink("/dev/fd");
}

/* What a script at @path says, given one argument. */
static const char *script_says(const char *path)
{
	static char text[200];
	pid_t pid = fork();

	if (pid == 0) {
		execl(path, "zero", "one", NULL);
		_exit(1);
	}
	CHECK(waitpid(pid, NULL, 0) == pid);
	snprintf(text, sizeof(text), "%s", read_file("/mnt/out"));
	text[strcspn(text, "\n")] = 0;
	return text;
}

CASE(L7, "execve of scripts: the name of the process, the arguments")
{
	private_mounts();
	write_file("/mnt/inner", "#!/bin/sh\nread n < /proc/self/comm\n"
				 "echo $n $0 $* > /mnt/out\n");
	write_file("/mnt/outer", "#!/mnt/inner  two  three \n");
	write_file("/mnt/outermost", "#! /mnt/outer\n");
	CHECK(chmod("/mnt/inner", 0755) == 0);
	CHECK(chmod("/mnt/outer", 0755) == 0);
	CHECK(chmod("/mnt/outermost", 0755) == 0);
	SEE("a script", "%s", script_says("/mnt/inner"));
	SEE("of a script", "%s", script_says("/mnt/outer"));
	SEE("of one more", "%s", script_says("/mnt/outermost"));
}

CASE(L7, "faccessat2 and fchmodat2")
{
	private_mounts();
	write_file("/mnt/f", "");
	CHECK(symlink("no", "/mnt/l") == 0);
	CHECK(chmod("/mnt/f", 0600) == 0);
	TRY("link, NOFOLLOW", syscall(NR_faccessat2, AT_FDCWD, "/mnt/l", F_OK,
				      AT_SYMLINK_NOFOLLOW));
	TRY("link", syscall(NR_faccessat2, AT_FDCWD, "/mnt/l", F_OK, 0));
	TRY("unknown flag", syscall(NR_faccessat2, AT_FDCWD, "/mnt/f", F_OK, 1));
	TRY("unknown mode", syscall(NR_faccessat2, AT_FDCWD, "/mnt/f", 8, 0));
	CHECK(setresuid(0, 1000, 0) == 0);
	TRY("real uid", syscall(NR_faccessat2, AT_FDCWD, "/mnt/f", R_OK, 0));
	TRY("effective uid", syscall(NR_faccessat2, AT_FDCWD, "/mnt/f", R_OK,
				     AT_EACCESS));
}

CASE(L7, "fchmodat2: a link has no mode of its own (6.18)")
{
	struct stat st;

	private_mounts();
	write_file("/mnt/f", "");
	CHECK(symlink("f", "/mnt/l") == 0);
	TRY("file", syscall(NR_fchmodat2, AT_FDCWD, "/mnt/l", 0640, 0));
	CHECK(stat("/mnt/f", &st) == 0);
	SEE("mode", "%o", st.st_mode);
	TRY("link", syscall(NR_fchmodat2, AT_FDCWD, "/mnt/l", 0600,
			    AT_SYMLINK_NOFOLLOW));
	TRY("a file, NOFOLLOW", syscall(NR_fchmodat2, AT_FDCWD, "/mnt/f", 0644,
					AT_SYMLINK_NOFOLLOW));
	TRY("a namespace's link",
	    syscall(NR_fchmodat2, AT_FDCWD, "/proc/self/ns/uts", 0600,
		    AT_SYMLINK_NOFOLLOW));
	TRY("followed", syscall(NR_fchmodat2, AT_FDCWD, "/proc/self/ns/uts",
				0600, 0));
	TRY("unknown flag", syscall(NR_fchmodat2, AT_FDCWD, "/mnt/f", 0600, 1));
	TRY("by descriptor",
	    syscall(NR_fchmodat2, open("/mnt/f", O_PATH), "", 0600,
		    AT_EMPTY_PATH));
}

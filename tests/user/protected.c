// SPDX-License-Identifier: MIT
/*
 * fs.protected_*: what Linux refuses in directories that everybody shares, because
 * others lay traps there. All are off unless somebody writes to the sysctl.
 */
#include "ids.h"

#include <linux/openat2.h>
#include <sys/fsuid.h>
#include <sys/sysmacros.h>

static const char *const sysctls[] = { "hardlinks", "symlinks", "fifos",
				       "regular" };
static char before[4][8];

static const char *sysctl_path(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "/proc/sys/fs/protected_%s", name);
	return path;
}

static void set(const char *name, int level)
{
	char text[8];

	snprintf(text, sizeof(text), "%d\n", level);
	CHECK(!strcmp(put(sysctl_path(name), text), "ok"));
}

/* Run @fn with one of them at @level, the others off; then all are as before. */
static void with(const char *name, int level, void (*fn)(void))
{
	for (int i = 0; i < 4; i++) {
		snprintf(before[i], 8, "%s", read_file(sysctl_path(sysctls[i])));
		set(sysctls[i], 0);
	}
	set(name, level);
	SEE("protected", "%s %d", name, level);
	run(fn);
	for (int i = 0; i < 4; i++)
		set(sysctls[i], atoi(before[i]));
}

/* ---- the sysctls -------------------------------------------------------------------- */

static void write_each(void)
{
	for (int i = 0; i < 4; i++)
		for (const char *t = "0123-"; *t; t++) {
			char text[3] = { *t, 0 };

			if (*t == '-')
				strcpy(text, "-1");
			SEE(sysctls[i], "%s: %s", text,
			    put(sysctl_path(sysctls[i]), text));
		}
}

static void write_as_another(void)
{
	become(1000);
	SEE("write by 1000", "%s", put(sysctl_path("fifos"), "0"));
	new_user();
	SEE("by root of a user namespace", "%s", put(sysctl_path("fifos"), "0"));
}

static void write_all(void)
{
	write_each();
	run(write_as_another);
}

CASE(V02, "fs.protected_*: their values")
{
	with("hardlinks", 0, write_all);
}

/* ---- who it is ------------------------------------------------------------------------- */

enum who { ROOT, USER, FOWNER, DAC, NS_ROOT, NS_OTHER };
static const char *const who_names[] = { "root", "1000", "CAP_FOWNER",
					 "CAP_DAC_OVERRIDE",
					 "root of a namespace with all ids",
					 "root of a namespace without them" };

static void be(enum who who)
{
	static const uint64_t caps[] = { [FOWNER] = CAP_BIT(CAP_FOWNER),
					 [DAC] = CAP_BIT(CAP_DAC_OVERRIDE) };

	if (who == ROOT)
		return;
	if (who == NS_ROOT || who == NS_OTHER) {
		new_user_mapped(who == NS_ROOT ? "0 1000 1\n1 0 1\n1001 1001 1000" :
						 "0 1000 1");
		CHECK(setresgid(0, 0, 0) == 0 && setresuid(0, 0, 0) == 0);
		return;
	}
	CHECK(setgroups(0, NULL) == 0 && prctl(PR_SET_KEEPCAPS, 1) == 0);
	CHECK(setresgid(1000, 1000, 1000) == 0);
	CHECK(setresuid(1000, 1000, 1000) == 0);
	CHECK(caps_set(who == USER ? 0 : caps[who], who == USER ? 0 : caps[who]) == 0);
}

/* What @fn gives as @who: an errno, by way of the exit status. */
static const char *as(enum who who, int (*fn)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		be(who);
		errno = 0;
		_exit(case_failed ? 255 : fn() < 0 ? errno : 0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	return WEXITSTATUS(status) ? err_name(WEXITSTATUS(status)) : "ok";
}

static const uid_t owners[] = { 0, 1000, 1001 };
static const mode_t dir_modes[] = { 01777, 0777, 01775, 01755 };

/* /mnt/s, of @owner, group 1000 */
static void shared_dir(mode_t mode, uid_t owner)
{
	umask(0);
	CHECK(mkdir("/mnt/s", 0777) == 0 || errno == EEXIST);
	CHECK(chmod("/mnt/s", mode) == 0 && chown("/mnt/s", owner, 1000) == 0);
}

/* ---- symbolic links -------------------------------------------------------------------- */

static int open_link(void)
{
	return open("/mnt/s/link", O_RDONLY);
}

static void links_followed(char *text, size_t size)
{
	*text = 0;
	for (int i = 0; i < 3; i++) {
		CHECK(symlink("../file", "/mnt/s/link") == 0);
		CHECK(lchown("/mnt/s/link", owners[i], 0) == 0);
		snprintf(text + strlen(text), size - strlen(text),
			 " %d: %s %s %s", (int)owners[i], as(ROOT, open_link),
			 as(USER, open_link), as(NS_ROOT, open_link));
		CHECK(unlink("/mnt/s/link") == 0);
	}
}

static void follow_all(void)
{
	char text[256];

	private_mounts();
	write_file("/mnt/file", "x");
	CHECK(chmod("/mnt/file", 0666) == 0);
	for (int m = 0; m < 4; m++)
		for (int o = 0; o < 3; o++) {
			shared_dir(dir_modes[m], owners[o]);
			links_followed(text, sizeof(text));
			SEE("directory", "%o of %d, links of%s", dir_modes[m],
			    (int)owners[o], text);
		}
}

CASE(V02, "fs.protected_symlinks: root, a user, a namespace's root follow")
{
	with("symlinks", 1, follow_all);
}

static int openat2_link(uint64_t resolve)
{
	struct open_how how = { .flags = O_RDONLY, .resolve = resolve };

	return (int)syscall(SYS_openat2, AT_FDCWD, "/mnt/s/link", &how,
			    sizeof(how));
}

static void follow_ways(void)
{
	struct stat st;

	private_mounts();
	shared_dir(01777, 0);
	CHECK(mkdir("/mnt/d", 0777) == 0 && mkdir("/mnt/t", 0777) == 0);
	write_file("/mnt/d/file", "x");
	CHECK(symlink("../d", "/mnt/s/dir") == 0);
	CHECK(symlink("../d/file", "/mnt/s/link") == 0);
	CHECK(symlink("../d/new", "/mnt/s/new") == 0);
	CHECK(symlink("nowhere", "/mnt/s/dangling") == 0);
	CHECK(symlink("s/link", "/mnt/outer") == 0);
	CHECK(symlink("s/dir", "/mnt/outer_dir") == 0);
	CHECK(lchown("/mnt/s/dir", 1001, 0) == 0);
	CHECK(lchown("/mnt/s/link", 1001, 0) == 0);
	CHECK(lchown("/mnt/s/new", 1001, 0) == 0);
	CHECK(lchown("/mnt/s/dangling", 1001, 0) == 0);
	TRY("in the middle", stat("/mnt/s/dir/file", &st));
	TRY("at the end", stat("/mnt/s/dir", &st));
	TRY("and a slash", stat("/mnt/s/dir/", &st));
	TRY("and a dot", stat("/mnt/s/dir/.", &st));
	TRY("lstat", lstat("/mnt/s/dir", &st));
	TRY("lstat with a slash", lstat("/mnt/s/dir/", &st));
	TRY("open, not to be followed", open("/mnt/s/link", O_NOFOLLOW));
	TRY("O_PATH", open("/mnt/s/link", O_PATH));
	TRY("O_CREAT", open("/mnt/s/new", O_CREAT | O_WRONLY, 0600));
	TRY("dangling", open("/mnt/s/dangling", O_RDONLY));
	TRY("by a link elsewhere", stat("/mnt/outer", &st));
	TRY("by that, in the middle", stat("/mnt/outer_dir/file", &st));
	TRY("chmod", chmod("/mnt/s/link", 0600));
	TRY("access", access("/mnt/s/link", F_OK));
	TRY("truncate", truncate("/mnt/s/link", 0));
	TRY("chdir", chdir("/mnt/s/dir"));
	TRY("mkdir", mkdir("/mnt/s/dangling", 0700));
	TRY("rename", rename("/mnt/s/dangling", "/mnt/s/dangling2"));
	TRY("link, followed", linkat(AT_FDCWD, "/mnt/s/link", AT_FDCWD,
				     "/mnt/d/l", AT_SYMLINK_FOLLOW));
	TRY("link", link("/mnt/s/link", "/mnt/d/l"));
	TRY("mount on it", mount("t", "/mnt/s/dir", "tmpfs", 0, NULL));
	TRY("RESOLVE_NO_SYMLINKS", openat2_link(RESOLVE_NO_SYMLINKS));
	TRY("RESOLVE_BENEATH", openat2_link(RESOLVE_BENEATH));
	TRY("RESOLVE_CACHED", openat2_link(RESOLVE_CACHED));
	CHECK(setfsuid(1001) == 0);
	TRY("with the link's fsuid", stat("/mnt/s/link", &st));
}

CASE(V02, "fs.protected_symlinks: ways to follow, and not to")
{
	with("symlinks", 1, follow_ways);
	with("symlinks", 0, follow_ways);
}

/* ---- hard links ------------------------------------------------------------------------ */

static int link_it(void)
{
	int r = link("/mnt/s/f", "/mnt/s/new");

	if (!r)
		unlink("/mnt/s/new");
	return r;
}

static void make(mode_t mode, uid_t owner)
{
	if (S_ISLNK(mode))
		CHECK(symlink("x", "/mnt/s/f") == 0);
	else
		CHECK(mknod("/mnt/s/f", mode & ~07000u,
			    S_ISCHR(mode) ? makedev(1, 3) : 0) == 0);
	CHECK(lchown("/mnt/s/f", owner, owner) == 0);
	if (!S_ISLNK(mode))
		CHECK(chmod("/mnt/s/f", mode & 07777) == 0);
}

static void link_all(void)
{
	static const mode_t modes[] = {
		S_IFREG | 0666,	 S_IFREG | 0644,  S_IFREG | 0222,
		S_IFREG | 04666, S_IFREG | 02666, S_IFREG | 02676,
		S_IFREG | 02667, S_IFIFO | 0666,  S_IFSOCK | 0666,
		S_IFLNK | 0777,	 S_IFCHR | 0666,
	};

	private_mounts();
	shared_dir(0777, 0);
	for (unsigned m = 0; m < sizeof(modes) / sizeof(*modes); m++)
		for (int o = 1; o < 3; o++) {
			make(modes[m], owners[o]);
			for (enum who w = ROOT; w <= NS_OTHER; w++)
				SEE("link", "%o of %d, %s: %s", modes[m],
				    (int)owners[o], who_names[w],
				    as(w, link_it));
			CHECK(unlink("/mnt/s/f") == 0);
		}
}

CASE(V02, "fs.protected_hardlinks: whose files, and which")
{
	with("hardlinks", 1, link_all);
}

static int link_to_there(void)
{
	return link("/mnt/s/f", "/mnt/s/f");
}

static int link_elsewhere(void)
{
	return link("/mnt/s/f", "/mnt/t/new");
}

static int link_nowhere(void)
{
	return link("/mnt/s/f", "/mnt/locked/new");
}

static int link_dir(void)
{
	return link("/mnt/s", "/mnt/s/new");
}

static int link_fd(void)
{
	int fd = open("/mnt/s/r", O_PATH);

	return linkat(AT_FDCWD, fd_path(fd), AT_FDCWD, "/mnt/s/new",
		      AT_SYMLINK_FOLLOW);
}

static void link_order(void)
{
	private_mounts();
	shared_dir(0777, 0);
	CHECK(mkdir("/mnt/t", 0777) == 0 && mkdir("/mnt/locked", 0700) == 0);
	CHECK(mount("t", "/mnt/t", "tmpfs", 0, "mode=777") == 0);
	make(S_IFREG | 0644, 1001);
	write_file("/mnt/s/r", "x");
	CHECK(chmod("/mnt/s/r", 0600) == 0);
	SEE("over a name", "%s", as(USER, link_to_there));
	SEE("another mount", "%s", as(USER, link_elsewhere));
	SEE("a directory that is not his", "%s", as(USER, link_nowhere));
	SEE("a directory's name", "%s", as(USER, link_dir));
	SEE("a descriptor's file", "%s", as(USER, link_fd));
	CHECK(umount("/mnt/t") == 0);
}

CASE(V02, "fs.protected_hardlinks: which error is first")
{
	with("hardlinks", 1, link_order);
	with("hardlinks", 0, link_order);
}

/* ---- O_CREAT of what is there ----------------------------------------------------------- */

static int open_create(void)
{
	return open("/mnt/s/f", O_CREAT | O_RDWR | O_NONBLOCK, 0666);
}

static void create_in(mode_t dir, uid_t dir_owner, mode_t type)
{
	char text[256] = "";

	shared_dir(dir, dir_owner);
	for (int o = 0; o < 3; o++) {
		make(type | 0666, owners[o]);
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 " %d: %s %s %s", (int)owners[o], as(ROOT, open_create),
			 as(USER, open_create), as(NS_ROOT, open_create));
		CHECK(unlink("/mnt/s/f") == 0);
	}
	SEE("directory", "%o of %d, %o of%s", dir, (int)dir_owner, type, text);
}

static void create_all(void)
{
	static const mode_t types[] = { S_IFREG, S_IFIFO, S_IFCHR };

	private_mounts();
	for (int t = 0; t < 3; t++)
		for (int m = 0; m < 4; m++)
			for (int o = 0; o < 3; o += 2)
				create_in(dir_modes[m], owners[o], types[t]);
}

CASE(V02, "fs.protected_regular, fs.protected_fifos: O_CREAT of what is there")
{
	with("regular", 0, create_all);
	with("regular", 1, create_all);
	with("regular", 2, create_all);
	with("fifos", 1, create_all);
	with("fifos", 2, create_all);
}

static void create_ways(void)
{
	private_mounts();
	shared_dir(01777, 0);
	CHECK(mkdir("/mnt/d", 0777) == 0);
	make(S_IFREG | 0644, 1001);
	CHECK(symlink("../s/f", "/mnt/d/in") == 0);
	write_file("/mnt/d/g", "");
	CHECK(lchown("/mnt/d/g", 1001, 0) == 0);
	CHECK(symlink("../d/g", "/mnt/s/out") == 0);
	CHECK(mkdir("/mnt/s/dir", 0777) == 0);
	CHECK(chown("/mnt/s/dir", 1001, 0) == 0);
	TRY("without O_CREAT", open("/mnt/s/f", O_RDWR));
	TRY("O_CREAT", open("/mnt/s/f", O_CREAT | O_RDONLY, 0600));
	TRY("and O_EXCL", open("/mnt/s/f", O_CREAT | O_EXCL, 0600));
	TRY("and O_PATH", open("/mnt/s/f", O_CREAT | O_PATH, 0600));
	TRY("a directory", open("/mnt/s/dir", O_CREAT, 0600));
	TRY("a link into it", open("/mnt/d/in", O_CREAT, 0600));
	TRY("a link out of it", open("/mnt/s/out", O_CREAT, 0600));
	TRY("a new file", open("/mnt/s/new", O_CREAT | O_EXCL, 0600));
	CHECK(mkdir("/mnt/s/d2", 0777) == 0);
	TRY("below", open("/mnt/s/d2/../f", O_CREAT, 0600));
	CHECK(setfsuid(1001) == 0);
	TRY("with the file's fsuid", open("/mnt/s/f", O_CREAT, 0600));
}

CASE(V02, "fs.protected_regular: ways to open")
{
	with("regular", 1, create_ways);
}

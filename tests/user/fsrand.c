// SPDX-License-Identifier: MIT
/*
 * Files at random (random.h): names are made, linked, renamed and removed, modes and
 * owners changed, by root, by users with and without capabilities, and by root of
 * a user namespace; on the way, what there is. Owners, groups, sticky and set-id
 * bits decide, and fs.protected_*, which odd seeds draw. No extended attributes: what
 * tmpfs has of them differs by version.
 */
#include "ids.h"
#include "random.h"

#include <linux/fs.h>
#include <sys/fsuid.h>
#include <sys/sysmacros.h>

#define STEPS 60

static const uid_t ids[] = { 0, 1000, 1000, 1001, 2000 };
static char paths[2][32];

/* A name in one of three directories; @which of the two in hand. */
static const char *pick(int which)
{
	static const char *const dirs[] = { "a", "b", "b/c" };
	static const char *const names[] = { "x", "y", "z", "c" };

	snprintf(paths[which], sizeof(paths[which]), "/mnt/%s/%s",
		 dirs[rnd(3)], names[rnd(4)]);
	return paths[which];
}

static uid_t pick_id(void)
{
	return ids[rnd(5)];
}

static mode_t pick_mode(void)
{
	static const mode_t modes[] = { 0777, 0755, 0644, 0600, 0,	0711,
					01777, 02775, 04755, 06755, 02644, 0070 };

	return modes[rnd(12)];
}

/* ---- the calls; each in a child that has become somebody ------------------------------ */

static const char *a, *b;
static uid_t id, gid;
static mode_t mode;
static unsigned draw;

static void op_open(void)
{
	static const int flags[] = { O_RDONLY, O_WRONLY, O_RDWR,
				     O_CREAT | O_WRONLY,
				     O_CREAT | O_EXCL | O_RDWR,
				     O_TRUNC | O_WRONLY, O_PATH, O_DIRECTORY,
				     O_APPEND | O_WRONLY, O_NOFOLLOW,
				     O_TMPFILE | O_RDWR, O_NOATIME };
	int f = flags[draw % 12];
	int fd = open(a, f | O_NONBLOCK, mode);

	note("open %#x %o %s: %s", f, mode, a, fd < 0 ? err_name(errno) : "ok");
	if (fd >= 0 && f & (O_WRONLY | O_RDWR))
		note(", write %s", ERR(write(fd, "text", 4)));
	note("\n");
	close(fd);
}

static void op_make(void)
{
	switch (draw % 5) {
	case 0:
		note("mkdir %o %s: %s\n", mode, a, ERR(mkdir(a, mode)));
		break;
	case 1:
		note("fifo %o %s: %s\n", mode, a,
		     ERR(mknod(a, S_IFIFO | mode, 0)));
		break;
	case 2:
		note("device %s: %s\n", a,
		     ERR(mknod(a, S_IFCHR | mode, makedev(1, 3))));
		break;
	case 3:
		note("symlink %s %s: %s\n", b, a, ERR(symlink(b, a)));
		break;
	default:
		note("mknod %o %s: %s\n", mode, a,
		     ERR(mknod(a, S_IFREG | mode, 0)));
	}
}

static void op_link(void)
{
	note("link %s %s: %s\n", a, b,
	     ERR(linkat(AT_FDCWD, a, AT_FDCWD, b,
			draw % 3 ? 0 : AT_SYMLINK_FOLLOW)));
}

static void op_remove(void)
{
	if (draw % 3 == 0)
		note("rmdir %s: %s\n", a, ERR(rmdir(a)));
	else
		note("unlink %s: %s\n", a, ERR(unlink(a)));
}

static void op_rename(void)
{
	static const unsigned flags[] = { 0, 0, RENAME_NOREPLACE,
					  RENAME_EXCHANGE, RENAME_WHITEOUT };
	unsigned f = flags[draw % 5];

	note("rename %u %s %s: %s\n", f, a, b,
	     ERR(syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, f)));
}

static void op_chmod(void)
{
	note("chmod %o %s: %s\n", mode, a, ERR(chmod(a, mode)));
}

static void op_chown(void)
{
	note("chown %d %d %s: %s\n", (int)(draw % 3 ? id : (uid_t)-1),
	     (int)(draw % 4 ? gid : (gid_t)-1), a,
	     ERR((draw % 7 ? lchown : chown)(a, draw % 3 ? id : (uid_t)-1,
					     draw % 4 ? gid : (gid_t)-1)));
}

static void op_size(void)
{
	note("truncate %s: %s\n", a, ERR(truncate(a, draw % 100)));
}

static void op_times(void)
{
	struct timespec ts[2] = { { 1000, draw % 2 ? UTIME_NOW : 0 },
				  { 2000, draw % 3 ? 5 : UTIME_NOW } };

	if (ts[0].tv_nsec == UTIME_NOW && draw % 5 == 0)
		ts[1].tv_nsec = UTIME_NOW;
	note("utimes %s: %s\n", a,
	     ERR(utimensat(AT_FDCWD, a, ts, draw % 4 ? 0 : AT_SYMLINK_NOFOLLOW)));
}

static void op_access(void)
{
	note("access %u %s: %s", draw % 8, a, ERR(access(a, (int)(draw % 8))));
	note(", effective %s\n",
	     ERR(syscall(439, AT_FDCWD, a, draw % 8, AT_EACCESS)));
}

/* A name for what a descriptor is about. */
static void op_link_fd(void)
{
	int fd = open(a, draw % 2 ? O_PATH : O_RDONLY | O_NONBLOCK);

	note("link of fd %s %s: %s", a, b, fd < 0 ? err_name(errno) : "open");
	note(" %s\n", ERR(linkat(AT_FDCWD, fd_path(fd), AT_FDCWD, b,
				 AT_SYMLINK_FOLLOW)));
	close(fd);
}

/* A file without a name, which then gets one. */
static void op_tmpfile(void)
{
	char dir[32];
	int fd;

	snprintf(dir, sizeof(dir), "%.*s", (int)(strrchr(a, '/') - a), a);
	fd = open(dir, O_TMPFILE | O_WRONLY | (draw % 3 ? 0 : O_EXCL), mode);
	note("tmpfile %o %s: %s", mode, dir, fd < 0 ? err_name(errno) : "ok");
	note(", chown %s", ERR(fchown(fd, id, gid)));
	note(", link %s: %s\n", b,
	     ERR(linkat(AT_FDCWD, fd_path(fd), AT_FDCWD, b,
			AT_SYMLINK_FOLLOW)));
	close(fd);
}

static void op_fd(void)
{
	int fd = open(a, (draw % 2 ? O_RDWR : O_RDONLY) | O_NONBLOCK);
	struct stat st = { 0 };

	note("fd of %s: %s", a, fd < 0 ? err_name(errno) : "ok");
	note(", chmod %o %s", mode, ERR(fchmod(fd, mode)));
	note(", chown %d %d %s", (int)id, (int)gid, ERR(fchown(fd, id, gid)));
	note(", truncate %s", ERR(ftruncate(fd, draw % 50)));
	note(", write %s", draw % 2 ? ERR(write(fd, "abc", 3)) : "none");
	note(", stat %s %o\n", ERR(fstat(fd, &st)), st.st_mode);
	close(fd);
}

static void op_list(void)
{
	char dir[32];
	int fd;

	snprintf(dir, sizeof(dir), "%.*s", (int)(strrchr(a, '/') - a), a);
	fd = open(dir, O_RDONLY | O_DIRECTORY);
	note("list %s: %s", dir, fd < 0 ? err_name(errno) : "ok");
	note(", enter %s\n", ERR(chdir(dir)));
	close(fd);
}

static void (*const ops[])(void) = {
	op_open,  op_open,   op_open,	op_open,  op_make,  op_make,
	op_make,  op_make,   op_make,	op_link,  op_link,   op_remove, op_remove, op_rename, op_rename,
	op_chmod, op_chmod,  op_chmod,	op_chown, op_chown, op_chown,
	op_size,  op_times,  op_access, op_access, op_list,   op_link_fd,
	op_tmpfile, op_fd,
};

/* ---- who -------------------------------------------------------------------------------- */

static const int some_caps[] = { CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH,
				 CAP_FOWNER,	   CAP_FSETID,
				 CAP_CHOWN,	   CAP_SETFCAP,
				 CAP_MKNOD,	   CAP_SYS_ADMIN };

/* Root, but for one capability at most. */
static void become_root(unsigned caps)
{
	uint64_t keep = 0;

	note("root: ");
	for (unsigned c = 0; c < 8; c++)
		if (caps % 9 != c)
			keep |= CAP_BIT(some_caps[c]);
	if (caps % 11 == 0) {
		note("as 1000: ");
		setfsuid(1000);
	}
	CHECK(caps_set(keep, keep) == 0);
}

/* Root of a user namespace with some of the ids. */
static void become_ns_root(unsigned caps)
{
	note("root of a namespace: ");
	new_user_mapped(caps % 2 ? "0 1000 1\n5 0 1\n1000 2000 1" :
				   "0 1001 1\n1000 1000 1");
	CHECK(setresgid(0, 0, 0) == 0 && setresuid(0, 0, 0) == 0);
	if (caps % 3 == 0)
		drop_cap(some_caps[caps / 4 % 8]);
}

static void become_user(unsigned who, unsigned caps)
{
	uid_t uid = ids[1 + who % 4];
	gid_t groups[1] = { 1001 };
	uint64_t keep = 0;

	note("%u: ", uid);
	if (caps % 4 == 0)
		keep = CAP_BIT(some_caps[caps / 4 % 8]);
	CHECK(setgroups(who % 3 ? 1 : 0, groups) == 0);
	CHECK(prctl(PR_SET_KEEPCAPS, 1) == 0);
	CHECK(setresgid(uid, uid, uid) == 0);
	CHECK(setresuid(uid, uid, uid) == 0);
	CHECK(caps_set(keep, keep) == 0);
}

static void become_somebody(unsigned who, unsigned caps)
{
	if (who == 0)
		become_root(caps);
	else if (who < 3)
		become_ns_root(caps);
	else
		become_user(who, caps);
}

static uint32_t *child_sum; /* shared: the walk's, after a child's call */

static void one_call(void)
{
	unsigned op = rnd(sizeof(ops) / sizeof(ops[0])), who = rnd(10);
	unsigned caps = rnd(1u << 16);
	pid_t pid;
	int status;

	a = pick(0);
	b = pick(1);
	id = pick_id();
	gid = pick_id();
	mode = pick_mode();
	draw = rnd(1u << 16);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		umask(draw % 2 ? 022 : 0);
		become_somebody(who, caps);
		ops[op]();
		*child_sum = walk.sum;
		fflush(stdout);
		_exit(case_failed);
	}
	CHECK(waitpid(pid, &status, 0) == pid && !status);
	walk.sum = *child_sum;
}

/* ---- what there is ------------------------------------------------------------------------ */

static void show(const char *dir)
{
	static const char *const names[] = { "", "/x", "/y", "/z", "/c" };
	char path[64], text[64];
	struct stat st;

	for (unsigned i = 0; i < 5; i++) {
		snprintf(path, sizeof(path), "%s%s", dir, names[i]);
		if (lstat(path, &st))
			continue;
		note("  %s %o %u:%u %lu", path, st.st_mode, st.st_uid,
		     st.st_gid, (unsigned long)st.st_nlink);
		if (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))
			note(" %ld", (long)st.st_size);
		if (S_ISLNK(st.st_mode)) {
			ssize_t n = readlink(path, text, sizeof(text));

			note(" -> %.*s", (int)n, text);
		}
		note("\n");
	}
}

static void show_all(void)
{
	show("/mnt/a");
	show("/mnt/b");
	show("/mnt/b/c");
}

/* ---- the walk ---------------------------------------------------------------------------- */

#define NR_PROTECTED 4
static const char *const protected[NR_PROTECTED] = { "fifos", "hardlinks",
						     "regular", "symlinks" };
static char before[NR_PROTECTED][8];

static const char *protected_path(int i)
{
	static char path[64];

	snprintf(path, sizeof(path), "/proc/sys/fs/protected_%s", protected[i]);
	return path;
}

/* Odd seeds draw them; for the others they are as many machines have them. */
static void protect(void)
{
	for (int i = 0; i < NR_PROTECTED; i++) {
		unsigned level = rnd(3);

		if (i % 2 && level)
			level = 1;
		if (walk.seed % 2 == 0)
			level = i == 1;
		note("%s %u\n", protected[i], level);
		write_file(protected_path(i), level ? level > 1 ? "2" : "1" : "0");
	}
}

/* Something of any kind, of anybody. */
static void stock(void)
{
	static const mode_t kinds[] = { S_IFREG, S_IFREG, S_IFREG, S_IFREG,
					S_IFIFO, S_IFCHR, S_IFSOCK };

	a = pick(0);
	b = pick(1);
	mode = pick_mode();
	switch (rnd(5)) {
	case 0:
		symlink(b, a);
		break;
	case 1:
		mkdir(a, 0777);
		break;
	default:
		mknod(a, kinds[rnd(7)], makedev(1, 3));
	}
	lchown(a, pick_id(), pick_id());
	fchmodat(AT_FDCWD, a, mode, 0);
}

static void files_at_random(void)
{
	child_sum = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	protect();
	private_mounts();
	umask(0);
	CHECK(chmod("/mnt", 01777) == 0);
	CHECK(mkdir("/mnt/a", 0777) == 0 && mkdir("/mnt/b", 01777) == 0);
	CHECK(mkdir("/mnt/b/c", 0775) == 0);
	CHECK(chown("/mnt/b/c", 1000, 1001) == 0);
	for (int i = 0; i < 12; i++)
		stock();
	show_all();
	for (int i = 0; i < STEPS; i++) {
		one_call();
		if (i % 10 == 9)
			show_all();
	}
	random_sum();
}

CASE(V01, "files made, changed and removed at random")
{
	for (int i = 0; i < NR_PROTECTED; i++)
		snprintf(before[i], sizeof(before[i]), "%s",
			 read_file(protected_path(i)));
	random_walks(1, 64, files_at_random);
	for (int i = 0; i < NR_PROTECTED; i++)
		write_file(protected_path(i), before[i]);
}

// SPDX-License-Identifier: MIT
/* The magic links of /proc/PID/ns: rows S01-S36 of the history. What happens
 * when a walk follows one: nswalk.c. */
#include "case.h"

#define D "/proc/self/ns/"

static void new_uts_ghost(void)
{
	CHECK(unshare(CLONE_NEWUTS) == 0);
	CHECK(sethostname("ghost", 5) == 0);
}

/* The entry that stands before "net" in a directory of /proc. */
static const char *before_net(const char *dir)
{
	static char last[64];
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d)) && strcmp(e->d_name, "net"))
		snprintf(last, sizeof(last), "%s", e->d_name);
	if (d)
		closedir(d);
	return last;
}

CASE(S01, "an open link keeps the namespace of a dead task")
{
	struct utsname u;
	struct stat st;
	char path[64];
	pid_t pid = spawn(new_uts_ghost);
	int fd;

	CHECK(stat("/proc/self/ns", &st) == 0);
	SEE("mode of ns", "%o", st.st_mode);
	SEE("links, size", "%d %d", (int)st.st_nlink, (int)st.st_size);
	SEE("owner", "%u %u", st.st_uid, st.st_gid);
	snprintf(path, sizeof(path), "/proc/self/task/%d/ns/uts", getpid());
	SEE("a thread's", "%d", ino_of(path) == ino_of(D "uts"));
	SEE("thread-self's", "%d",
	    ino_of("/proc/thread-self/ns/uts") == ino_of(D "uts"));
	SEE("before it", "%s", before_net("/proc/self"));
	snprintf(path, sizeof(path), "/proc/%d/ns/uts", pid);
	fd = open(path, O_RDONLY);
	CHECK(fd >= 0);
	reap(pid);
	SEE("setns", "%s", ERR(setns(fd, 0)));
	uname(&u);
	SEE("nodename", "%s", u.nodename);
}

CASE(S01, "a bind mount of a link or of its fd pins it too")
{
	struct utsname u;
	char path[64];
	pid_t pid;
	int fd;

	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(mount("t", "/mnt", "tmpfs", 0, NULL) == 0);
	write_file("/mnt/a", "");
	write_file("/mnt/b", "");
	pid = spawn(new_uts_ghost);
	snprintf(path, sizeof(path), "/proc/%d/ns/uts", pid);
	SEE("bind link", "%s", ERR(mount(path, "/mnt/a", NULL, MS_BIND, NULL)));
	fd = open(path, O_RDONLY);
	SEE("bind fd", "%s",
	    ERR(mount(fd_path(fd), "/mnt/b", NULL, MS_BIND, NULL)));
	close(fd);
	reap(pid);
	CHECK(ino_of("/mnt/a") == ino_of("/mnt/b"));
	fd = open("/mnt/a", O_RDONLY);
	SEE("setns", "%s", ERR(setns(fd, CLONE_NEWUTS)));
	uname(&u);
	SEE("nodename", "%s", u.nodename);
	close(fd);
	CHECK(umount("/mnt/a") == 0);
	CHECK(umount("/mnt/b") == 0);
}

CASE(S03, "a new uts namespace copies the names; setns goes back")
{
	struct utsname before, after;
	int fd;

	CHECK(unshare(CLONE_NEWUTS) == 0);
	CHECK(sethostname("own", 3) == 0 && setdomainname("land", 4) == 0);
	fd = open(D "uts", O_RDONLY);
	uname(&before);
	CHECK(unshare(CLONE_NEWUTS) == 0);
	uname(&after);
	SEE("same names", "%d", !memcmp(&before, &after, sizeof(before)));
	CHECK(sethostname("x", 1) == 0);
	SEE("setns", "%s", ERR(setns(fd, CLONE_NEWUTS)));
	uname(&after);
	SEE("old name back", "%d", !strcmp(before.nodename, after.nodename));
	SEE("wrong type", "%s", ERR(setns(fd, CLONE_NEWNS)));
}

CASE(S05, "unknown names are ENOENT whatever is asked")
{
	static const char *const names[] = { "nope", "ut", "utsx", "UTS",
					     "uts\n" };
	char path[512], big[300];
	struct stat st;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), D "%s", names[i]);
		CHECK(stat(path, &st) == -1 && errno == ENOENT);
	}
	memset(big, 'x', 299);
	big[299] = 0;
	snprintf(path, sizeof(path), D "%s", big);
	SEE("299 characters", "%s", ERR(stat(path, &st)));
	SEE("open", "%s", ERR(open(D "nope", O_RDONLY)));
	SEE("O_CREAT", "%s", ERR(open(D "nope", O_CREAT | O_RDWR, 0644)));
	SEE("creat", "%s", ERR(creat(D "nope", 0644)));
	SEE("mkdir", "%s", ERR(mkdir(D "nope", 0755)));
	SEE("mknod", "%s", ERR(mknod(D "nope", S_IFREG | 0644, 0)));
	SEE("symlink", "%s", ERR(symlink("a", D "nope")));
	SEE("link", "%s", ERR(link("/proc/self/status", D "nope")));
	SEE("rename", "%s", ERR(rename(D "uts", D "nope")));
	SEE("readlink", "%s", ERR(readlink(D "nope", big, 10)));
}

CASE(S11, "existing names: EEXIST for what creates")
{
	SEE("mkdir", "%s", ERR(mkdir(D "uts", 0755)));
	SEE("mknod", "%s", ERR(mknod(D "uts", S_IFREG | 0644, 0)));
	SEE("symlink", "%s", ERR(symlink("a", D "uts")));
	SEE("link", "%s", ERR(link("/proc/self/status", D "uts")));
	SEE("O_CREAT|O_RDONLY", "%s", ERR(open(D "uts", O_CREAT | O_RDONLY, 0)));
	SEE("O_CREAT|O_EXCL", "%s", ERR(open(D "uts", O_CREAT | O_EXCL, 0)));
}

CASE(S06, "a zombie has only ns/pid (and user) left")
{
	char path[64];
	struct stat st;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	siginfo_t si;
	CHECK(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT) == 0);
	for (const struct ns_type *t = ns_types; t->name; t++) {
		snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, t->name);
		SEE(t->name, "stat %s, lstat %s, link %s",
		    ERR(stat(path, &st)), ERR(lstat(path, &st)),
		    link_type(path));
		SEE("mode, uid", "%o %d", st.st_mode, (int)st.st_uid);
	}
	waitpid(pid, NULL, 0);
}

CASE(S10, "a held directory of a reaped task says ENOENT")
{
	char path[64], buf[64];
	struct stat st;
	pid_t pid = spawn(NULL);
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns", pid);
	fd = open(path, O_RDONLY | O_DIRECTORY);
	CHECK(fd >= 0);
	SEE("before", "%s", ERR(readlinkat(fd, "uts", buf, sizeof(buf))));
	reap(pid);
	SEE("openat", "%s", ERR(openat(fd, "uts", O_RDONLY)));
	SEE("readlinkat", "%s", ERR(readlinkat(fd, "uts", buf, sizeof(buf))));
	SEE("fstat", "%s", ERR(fstat(fd, &st)));
}

CASE(S16, "one inode number a namespace, reused lowest first")
{
	ino_t first = ino_of(D "uts"), a, b;
	int fd = open(D "uts", O_RDONLY);

	CHECK(unshare(CLONE_NEWUTS) == 0);
	a = ino_of(D "uts");
	SEE("differs", "%d", a != first);
	SEE("dynamic", "%d", a >= 0xf0000000);
	CHECK(setns(fd, 0) == 0);
	CHECK(unshare(CLONE_NEWUTS) == 0);
	b = ino_of(D "uts");
	SEE("freed number is used again", "%d", a == b);
	CHECK(unshare(CLONE_NEWUTS) == 0);
	SEE("new before old is freed", "%d", ino_of(D "uts") != b);
}

struct dirent64_ {
	uint64_t ino, off;
	unsigned short reclen;
	unsigned char type;
	char name[];
};

CASE(S19, "readdir: order, types, short buffers, seeking")
{
	char buf[1024];
	struct stat st;
	int fd = open("/proc/self/ns", O_RDONLY | O_DIRECTORY);
	long n = syscall(SYS_getdents64, fd, buf, sizeof(buf));
	char names[256] = "";
	int links = 1, at = 0;

	CHECK(n > 0);
	for (long i = 0; i < n; at++) {
		struct dirent64_ *d = (void *)(buf + i);

		strcat(strcat(names, " "), d->name);
		CHECK(d->off == (uint64_t)at + 1);
		if (at >= 2) {
			links &= d->type == DT_LNK;
			CHECK(fstatat(fd, d->name, &st,
				      AT_SYMLINK_NOFOLLOW) == 0);
			CHECK(st.st_ino == d->ino);
		}
		i += d->reclen;
	}
	SEE("names", "%s", names + 1);
	SEE("all DT_LNK", "%d", links);
	lseek(fd, 0, SEEK_SET);
	SEE("60 bytes hold", "%ld", syscall(SYS_getdents64, fd, buf, 60));
	SEE("10 bytes", "%s", ERR(syscall(SYS_getdents64, fd, buf, 10)));
	CHECK(lseek(fd, 5, SEEK_SET) == 5);
	CHECK(syscall(SYS_getdents64, fd, buf, 40) > 0);
	SEE("at 5", "%s", ((struct dirent64_ *)buf)->name);
	SEE("lseek 100", "%ld", (long)lseek(fd, 100, SEEK_SET));
	SEE("then", "%ld", syscall(SYS_getdents64, fd, buf, sizeof(buf)));
	SEE("read", "%s", ERR(read(fd, buf, 1)));
	SEE("lseek -1", "%s", ERR(lseek(fd, -1, SEEK_SET)));
}

CASE(S21, "the file is one inode while open, a new one afterwards")
{
	struct stat a, b, c;
	int fd = open(D "uts", O_RDONLY), fd2 = open(D "uts", O_RDONLY);

	fstat(fd, &a);
	fstat(fd2, &b);
	SEE("same object", "%d",
	    a.st_ctim.tv_nsec == b.st_ctim.tv_nsec && a.st_ino == b.st_ino);
	close(fd);
	close(fd2);
	usleep(20000);
	fd = open(D "uts", O_RDONLY);
	fstat(fd, &c);
	SEE("new object", "%d",
	    c.st_ctim.tv_sec != a.st_ctim.tv_sec ||
		    c.st_ctim.tv_nsec != a.st_ctim.tv_nsec);
	SEE("same number", "%d", c.st_ino == a.st_ino);
}

CASE(S22, "readlink truncates and never ends with NUL")
{
	char buf[32];

	SEE("0", "%s", ERR(readlink(D "uts", buf, 0)));
	memset(buf, '#', sizeof(buf));
	SEE("1", "%ld", (long)readlink(D "uts", buf, 1));
	SEE("15", "%ld", (long)readlink(D "uts", buf, 15));
	SEE("byte behind", "%c", buf[15]);
	SEE("16", "%ld", (long)readlink(D "uts", buf, 16));
	SEE("32", "%ld", (long)readlink(D "uts", buf, 32));
	SEE("-1", "%s", ERR(syscall(SYS_readlink, D "uts", buf, -1)));
	SEE("0, bad pointer", "%s", ERR(readlink(D "uts", (char *)8, 0)));
	SEE("bad pointer", "%s", ERR(readlink(D "uts", (char *)8, 32)));
	SEE("absent and bad", "%s", ERR(readlink(D "no", (char *)8, 32)));
}

CASE(S23, "link text, st_ino, fdinfo and fd name agree")
{
	char path[64], text[64], fdtext[64];
	struct stat st;

	for (const struct ns_type *t = ns_types; t->name; t++) {
		unsigned long ino = 0;
		ssize_t n, m;
		int fd;

		snprintf(path, sizeof(path), D "%s", t->name);
		n = readlink(path, text, sizeof(text));
		fd = open(path, O_RDONLY);
		CHECK(fd >= 0 && fstat(fd, &st) == 0);
		m = readlink(fd_path(fd), fdtext, sizeof(fdtext));
		CHECK(n == m && !memcmp(text, fdtext, (size_t)n));
		CHECK(sscanf(text, "%*[a-z]:[%lu]", &ino) == 1 &&
		      ino == st.st_ino);
		snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
		CHECK(strtoul(field(path, "ino:"), NULL, 10) == ino);
		SEE(t->name, "%.*s, mode %o", (int)strcspn(text, ":"), text,
		    st.st_mode);
		close(fd);
	}
}

CASE(S25, "nsfs cannot be mounted; its files are one object each")
{
	struct statfs sf;
	int fd = open(D "uts", O_RDONLY), fd2 = open(D "uts", O_RDONLY);

	SEE("listed", "%d", !!strstr(read_file("/proc/filesystems"), "nsfs"));
	SEE("mount", "%s", ERR(mount("n", "/mnt", "nsfs", 0, NULL)));
	CHECK(fstatfs(fd, &sf) == 0);
	SEE("magic", "%lx, block %ld, name %ld", (long)sf.f_type,
	    (long)sf.f_bsize, (long)sf.f_namelen);
	SEE("flock", "%s", ERR(flock(fd, LOCK_EX)));
	SEE("other open", "%s", ERR(flock(fd2, LOCK_EX | LOCK_NB)));
}

CASE(S26, "an fd works however it came")
{
	int fd = open(D "uts", O_RDONLY), o = open(D "uts", O_PATH);

	SEE("dup", "%s", ERR(setns(dup(fd), 0)));
	SEE("reopen", "%s", ERR(setns(open(fd_path(fd), O_RDONLY), 0)));
	SEE("reopen to write", "%s", ERR(open(fd_path(fd), O_WRONLY)));
	SEE("O_PATH", "%s", ERR(setns(o, 0)));
	SEE("reopened O_PATH", "%s", ERR(setns(open(fd_path(o), O_RDONLY), 0)));
}

CASE(S35, "links are 0777 and cannot be changed")
{
	struct stat st;

	for (const struct ns_type *t = ns_types; t->name; t++) {
		char path[64];

		snprintf(path, sizeof(path), D "%s", t->name);
		CHECK(lstat(path, &st) == 0);
		CHECK(st.st_mode == (S_IFLNK | 0777) && st.st_nlink == 1 &&
		      st.st_size == 0);
	}
	SEE("chmod followed", "%s", ERR(chmod(D "uts", 0600)));
	SEE("chmod ns", "%s", ERR(chmod("/proc/self/ns", 0700)));
	SEE("lchown", "%s", ERR(lchown(D "uts", 0, 0)));
	SEE("unlink", "%s", ERR(unlink(D "uts")));
	SEE("rmdir", "%s", ERR(rmdir(D "uts")));
}

static void exit_now(void)
{
}

CASE(S36, "pid_for_children is hidden until the first fork")
{
	struct stat st;
	ino_t before = ino_of(D "pid");
	int fd = open(D "pid", O_RDONLY);

	CHECK(unshare(CLONE_NEWPID) == 0);
	SEE("stat", "%s", ERR(stat(D "pid_for_children", &st)));
	SEE("readlink", "%s", link_type(D "pid_for_children"));
	SEE("lstat", "%s", ERR(lstat(D "pid_for_children", &st)));
	SEE("pid unchanged", "%d", ino_of(D "pid") == before);
	SEE("again", "%s", ERR(unshare(CLONE_NEWPID)));
	CHECK(in_child(exit_now) == 0);
	SEE("after init died", "%s", link_type(D "pid_for_children"));
	SEE("fork", "%s", ERR(fork()));
	SEE("setns back", "%s", ERR(setns(fd, CLONE_NEWPID)));
	CHECK(in_child(exit_now) == 0);
}

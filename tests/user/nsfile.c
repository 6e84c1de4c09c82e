// SPDX-License-Identifier: MIT
/* The file that a magic link leads to: rows A01-A07, and S24-S26's details. */
#include "case.h"
#include <linux/stat.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/sendfile.h>
#include <sys/swap.h>
#include <sys/xattr.h>
#include <utime.h>

#define D "/proc/self/ns/"
#define O_TMPFILE_ (020000000 | O_DIRECTORY)

CASE(A01 S23, "stat of each file; all are on one device")
{
	dev_t dev = 0;

	for (const struct ns_type *t = ns_types; t->name; t++) {
		int fd = open_ns(0, t->name);
		struct statx sx;
		struct stat st;
		char text[64], want[64];
		ssize_t n;

		CHECK(fstat(fd, &st) == 0);
		SEE(t->name, "%o, links %d, uid %d, gid %d, size %d, block %d",
		    st.st_mode, (int)st.st_nlink, (int)st.st_uid,
		    (int)st.st_gid, (int)st.st_size, (int)st.st_blksize);
		CHECK(!dev || dev == st.st_dev);
		dev = st.st_dev;
		CHECK(syscall(SYS_statx, fd, "", AT_EMPTY_PATH, 0x7ff, &sx) ==
		      0);
		CHECK((sx.stx_attributes & 0x10) == 0);
		snprintf(want, sizeof(want), "%s:[%lu]", t->real,
			 (unsigned long)st.st_ino);
		n = readlink(fd_path(fd), text, sizeof(text));
		CHECK(n == (ssize_t)strlen(want) &&
		      !memcmp(text, want, (size_t)n));
		close(fd);
	}
}

CASE(A02, "opening it to write is EPERM for everyone")
{
	TRY("O_WRONLY", open(D "uts", O_WRONLY));
	TRY("O_RDWR", open(D "uts", O_RDWR));
	TRY("O_TRUNC", open(D "uts", O_RDONLY | O_TRUNC));
	TRY("creat", creat(D "uts", 0644));
	TRY("O_DIRECT", open(D "uts", O_RDONLY | O_DIRECT));
	TRY("O_NOFOLLOW", open(D "uts", O_RDONLY | O_NOFOLLOW));
	TRY("O_TMPFILE", open("/proc/self/ns", O_TMPFILE_ | O_RDWR, 0600));
	TRY("O_APPEND", open(D "uts", O_RDONLY | O_APPEND));
	TRY("O_CREAT|O_RDONLY", open(D "uts", O_RDONLY | O_CREAT, 0644));
	TRY("O_EXCL", open(D "uts", O_RDONLY | O_CREAT | O_EXCL, 0644));
	TRY("O_PATH", open(D "uts", O_PATH));
	become(1000);
	TRY("uid 1000 O_RDONLY", open(D "uts", O_RDONLY));
	TRY("uid 1000 O_WRONLY", open(D "uts", O_WRONLY));
	TRY("uid 1000 O_RDWR", open(D "uts", O_RDWR));
	TRY("uid 1000 O_TRUNC", open(D "uts", O_RDONLY | O_TRUNC));
	TRY("uid 1000 O_NOATIME", open(D "uts", O_RDONLY | O_NOATIME));
}

CASE(A03 P6, "an fd is good for nothing that moves bytes")
{
	int fd = open(D "uts", O_RDONLY), out = open("/dev/null", O_WRONLY);
	char buf[64];
	struct iovec iov = { buf, sizeof(buf) };

	TRY("read", read(fd, buf, 1));
	TRY("read nothing", read(fd, buf, 0));
	TRY("read bad pointer", read(fd, (void *)8, 1));
	TRY("pread", pread(fd, buf, 1, 0));
	TRY("readv", readv(fd, &iov, 1));
	TRY("write", write(fd, buf, 1));
	TRY("pwrite", pwrite(fd, buf, 1, 0));
	TRY("lseek set", lseek(fd, 0, SEEK_SET));
	TRY("lseek cur", lseek(fd, 0, SEEK_CUR));
	TRY("lseek end", lseek(fd, 0, SEEK_END));
	CHECK(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED);
	SEE("mmap", "%s", err_name(errno));
	CHECK(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) ==
	      MAP_FAILED);
	SEE("mmap exec", "%s", err_name(errno));
	TRY("ftruncate", ftruncate(fd, 0));
	TRY("fallocate", posix_fallocate(fd, 0, 1) ? -1 : 0);
	TRY("fsync", fsync(fd));
	TRY("fdatasync", fdatasync(fd));
	TRY("syncfs", syncfs(fd));
	TRY("sendfile", sendfile(out, fd, NULL, 1));
	TRY("copy_file_range", copy_file_range(fd, NULL, out, NULL, 1, 0));
	TRY("readahead", readahead(fd, 0, 1));
	TRY("fadvise", posix_fadvise(fd, 0, 0, 0));
	TRY("getdents", syscall(SYS_getdents64, fd, buf, sizeof(buf)));
	TRY("fchdir", fchdir(fd));
	TRY("unknown ioctl", ioctl(fd, 0xb7ff, 0));
	TRY("FIONREAD", ioctl(fd, 0x541b, buf));
	TRY("TCGETS", ioctl(fd, 0x5401, buf));
}

CASE(A03 P6, "nothing of it can be changed through an fd")
{
	int fd = open(D "uts", O_RDONLY);

	TRY("fchmod", fchmod(fd, 0600));
	TRY("fchown", fchown(fd, 0, 0));
	TRY("futimens", futimens(fd, NULL));
	TRY("fsetxattr", fsetxattr(fd, "user.a", "b", 1, 0));
	TRY("fsetxattr trusted", fsetxattr(fd, "trusted.a", "b", 1, 0));
	TRY("fgetxattr", fgetxattr(fd, "user.a", NULL, 0));
	TRY("fremovexattr", fremovexattr(fd, "user.a"));
	SEE("flistxattr", "%zd", flistxattr(fd, NULL, 0));
	TRY("execveat", syscall(SYS_execveat, fd, "", NULL, NULL,
				AT_EMPTY_PATH));
	TRY("linkat", linkat(fd, "", AT_FDCWD, "/tmp/l", AT_EMPTY_PATH));
}

CASE(A03, "waiting for it and locking it")
{
	struct pollfd p = { .events = POLLIN | POLLOUT };
	struct epoll_event ev = { .events = EPOLLIN };
	struct flock lk = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	int fd = open(D "uts", O_RDONLY), ep = epoll_create1(0);

	p.fd = fd;
	CHECK(poll(&p, 1, 0) == 1);
	SEE("poll", "%d", p.revents);
	TRY("epoll_ctl", epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
	TRY("flock", flock(fd, LOCK_SH | LOCK_NB));
	TRY("F_SETLK read", fcntl(fd, F_SETLK, &lk));
	lk.l_type = F_WRLCK;
	TRY("F_SETLK write", fcntl(fd, F_SETLK, &lk));
	TRY("F_SETFL O_APPEND", fcntl(fd, F_SETFL, O_APPEND));
	TRY("F_SETPIPE_SZ", fcntl(fd, 1031, 4096));
	TRY("F_ADD_SEALS", fcntl(fd, 1033, 1));
}

CASE(A04, "nothing can be done by its path")
{
	struct utimbuf times = { 1, 1 };
	char *argv[] = { "x", NULL };

	TRY("truncate", truncate(D "uts", 0));
	TRY("utime", utime(D "uts", &times));
	TRY("chmod", chmod(D "uts", 0644));
	TRY("chown", chown(D "uts", 1, 1));
	TRY("setxattr", setxattr(D "uts", "user.a", "b", 1, 0));
	TRY("access R", access(D "uts", R_OK));
	TRY("access W", access(D "uts", W_OK));
	TRY("access X", access(D "uts", X_OK));
	TRY("umount", umount(D "uts"));
	TRY("link", linkat(AT_FDCWD, D "uts", AT_FDCWD, "/tmp/l",
			   AT_SYMLINK_FOLLOW));
	TRY("link the link", link(D "uts", "/tmp/l"));
	TRY("execve", execve(D "uts", argv, argv + 1));
	TRY("pivot_root", syscall(SYS_pivot_root, D "uts", D "uts"));
}

static void directory_ops(void)
{
	TRY("rmdir entry", rmdir(D "uts"));
	TRY("unlink entry", unlink(D "uts"));
	TRY("rename over", rename(D "uts", D "mnt"));
	TRY("rename out", rename(D "uts", "/tmp/uts"));
	TRY("rename in", rename("/etc/passwd", D "new"));
	TRY("rmdir ns", rmdir("/proc/self/ns"));
	TRY("unlink ns/", unlink("/proc/self/ns/"));
	TRY("unlink ns", unlink("/proc/self/ns"));
	TRY("open to write", open("/proc/self/ns", O_WRONLY));
	TRY("open O_CREAT", open("/proc/self/ns", O_RDONLY | O_CREAT, 0644));
	TRY("mkdir", mkdir("/proc/self/ns", 0755));
	TRY("chmod", chmod("/proc/self/ns", 0755));
	TRY("access W", access("/proc/self/ns", W_OK));
	TRY("access R", access("/proc/self/ns", R_OK));
}

CASE(A05, "the directory ns, for root")
{
	struct stat st;

	directory_ops();
	TRY("chown", chown("/proc/self/ns", 5, 5));
	CHECK(stat("/proc/self/ns", &st) == 0);
	SEE("owner then", "%d %d", (int)st.st_uid, (int)st.st_gid);
}

CASE(A05, "the directory ns, for uid 1000")
{
	struct stat st;

	become(1000);
	directory_ops();
	CHECK(stat("/proc/self/ns", &st) == 0);
	SEE("mode, owner", "%o %d %d", st.st_mode, (int)st.st_uid,
	    (int)st.st_gid);
	CHECK(lstat(D "uts", &st) == 0);
	SEE("link", "%o %d %d", st.st_mode, (int)st.st_uid, (int)st.st_gid);
}

static void see_fdinfo(const char *name, int fd)
{
	unsigned long long pos, flags, mnt, ino;
	struct stat st;
	char path[64], rest[8] = "";
	int n;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	CHECK(fstat(fd, &st) == 0);
	n = sscanf(read_file(path),
		   "pos:\t%llu\nflags:\t%llo\nmnt_id:\t%llu\nino:\t%llu%7s",
		   &pos, &flags, &mnt, &ino, rest);
	SEE(name, "%d fields, pos %llu, flags %llo, ino %s%s", n, pos, flags,
	    ino == st.st_ino ? "st_ino" : "?", rest);
}

CASE(A06, "fdinfo and the flags of a descriptor")
{
	int fd = open(D "uts", O_RDONLY);
	int ce = open(D "uts", O_RDONLY | O_CLOEXEC);
	int made = ioctl(open(D "pid", O_RDONLY), 0xb701, 0);

	see_fdinfo("O_RDONLY", fd);
	see_fdinfo("O_CLOEXEC", ce);
	SEE("F_GETFL", "%#x", fcntl(fd, F_GETFL));
	SEE("F_GETFD", "%d %d", fcntl(fd, F_GETFD), fcntl(ce, F_GETFD));
	SEE("made by ioctl", "%#x %d", fcntl(made, F_GETFL),
	    fcntl(made, F_GETFD));
}

CASE(A07, "a bound file is open to all, setns is not")
{
	int fd;

	private_mounts();
	CHECK(chmod("/mnt", 0755) == 0);
	write_file("/mnt/u", "");
	CHECK(mount(D "uts", "/mnt/u", NULL, MS_BIND, NULL) == 0);
	become(1000);
	fd = open("/mnt/u", O_RDONLY);
	SEE("open", "%s", fd >= 0 ? "ok" : err_name(errno));
	SEE("type", "%#x", ioctl(fd, 0xb703));
	TRY("setns", setns(fd, 0));
	TRY("O_WRONLY", open("/mnt/u", O_WRONLY));
}

CASE(S25, "the name of an fd depends on the way to it")
{
	char text[64];
	struct stat st;
	ssize_t n;
	int fd;

	private_mounts();
	write_file("/mnt/u", "");
	CHECK(mount(D "uts", "/mnt/u", NULL, MS_BIND, NULL) == 0);
	fd = open("/mnt/u", O_RDONLY);
	n = readlink(fd_path(fd), text, sizeof(text));
	SEE("through a bind", "%.*s", (int)n, text);
	CHECK(fstat(fd, &st) == 0);
	SEE("same number", "%d", st.st_ino == ino_of(D "uts"));
	fd = open(fd_path(fd), O_RDONLY);
	n = readlink(fd_path(fd), text, sizeof(text));
	SEE("opened again", "%.*s", (int)n, text);
	CHECK(umount2("/mnt/u", MNT_DETACH) == 0);
	n = readlink(fd_path(fd), text, sizeof(text));
	SEE("detached, starts with", "%.5s", n > 0 ? text : "");
}

/* The line of a mount at @where, numbers left out. */
static void see_mount_line(const char *where)
{
	char root[64], point[64], options[128], rest[256];
	char *line = strdup(read_file("/proc/self/mountinfo"));

	for (char *l = strtok(line, "\n"); l; l = strtok(NULL, "\n")) {
		if (sscanf(l, "%*d %*d %*d:%*d %63s %63s %127s %255[^\n]", root,
			   point, options, rest) != 4 ||
		    strcmp(point, where))
			continue;
		SEE("mountinfo", "%.*s:[] %s %s %s", (int)strcspn(root, ":"),
		    root, point, options, rest);
	}
	free(line);
	line = strdup(read_file("/proc/self/mounts"));
	for (char *l = strtok(line, "\n"); l; l = strtok(NULL, "\n"))
		if (sscanf(l, "%*s %63s", point) == 1 && !strcmp(point, where))
			SEE("mounts", "%s", l);
	free(line);
}

CASE(S25, "how a bound namespace is listed")
{
	private_mounts();
	write_file("/mnt/u", "");
	write_file("/mnt/p", "");
	CHECK(mount(D "uts", "/mnt/u", NULL, MS_BIND, NULL) == 0);
	CHECK(mount(D "pid_for_children", "/mnt/p", NULL, MS_BIND, NULL) == 0);
	see_mount_line("/mnt/u");
	see_mount_line("/mnt/p");
	TRY("read-only", mount(NULL, "/mnt/u", NULL,
			       MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	see_mount_line("/mnt/u");
	TRY("pipefs", mount("p", "/mnt", "pipefs", 0, NULL));
	TRY("no such", mount("p", "/mnt", "nosuchfs", 0, NULL));
}

CASE(S25 N1, "one file a namespace, whoever opens it")
{
	int a = open(D "uts", O_RDONLY), b, status;
	pid_t pid;

	CHECK(flock(a, LOCK_EX) == 0);
	pid = fork();
	if (pid == 0) {
		b = open(D "uts", O_RDONLY);
		TRY("another process", flock(b, LOCK_EX | LOCK_NB));
		CHECK(unshare(CLONE_NEWUTS) == 0);
		b = open(D "uts", O_RDONLY);
		TRY("another namespace", flock(b, LOCK_EX | LOCK_NB));
		_exit(case_failed);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	a = open(D "pid", O_RDONLY);
	b = open(D "pid_for_children", O_RDONLY);
	CHECK(flock(a, LOCK_EX) == 0);
	TRY("pid and pid_for_children", flock(b, LOCK_EX | LOCK_NB));
}

static pthread_barrier_t barrier;
static char race_path[64];

static void *race_open(void *arg)
{
	struct stat *st = arg;
	int fd;

	pthread_barrier_wait(&barrier);
	fd = open(race_path, O_RDONLY);
	if (fd < 0 || fstat(fd, st))
		st->st_ino = 0;
	pthread_barrier_wait(&barrier);
	close(fd);
	return NULL;
}

CASE(S25 N1, "four threads that open first get one file")
{
	pid_t pid = spawn(NULL);
	int differ = 0, failed = 0;

	snprintf(race_path, sizeof(race_path), "/proc/%d/ns/uts", pid);
	CHECK(pthread_barrier_init(&barrier, NULL, 4) == 0);
	for (int round = 0; round < 100; round++) {
		struct stat st[4];
		pthread_t t[4];

		for (int i = 0; i < 4; i++)
			CHECK(pthread_create(&t[i], NULL, race_open, &st[i]) ==
			      0);
		for (int i = 0; i < 4; i++)
			pthread_join(t[i], NULL);
		for (int i = 0; i < 4; i++) {
			failed += !st[i].st_ino;
			differ += st[i].st_ino != st[0].st_ino ||
				  st[i].st_ctim.tv_sec !=
					  st[0].st_ctim.tv_sec ||
				  st[i].st_ctim.tv_nsec !=
					  st[0].st_ctim.tv_nsec;
		}
	}
	SEE("failed, different", "%d %d", failed, differ);
	reap(pid);
}

CASE(S26, "an fd that came by SCM_RIGHTS works")
{
	int sv[2], fd = open(D "uts", O_RDONLY), got = -1;
	char c = 0, control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { &c, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(h), &fd, sizeof(fd));
	CHECK(sendmsg(sv[0], &m, 0) == 1);
	close(fd);
	CHECK(unshare(CLONE_NEWUTS) == 0);
	CHECK(recvmsg(sv[1], &m, 0) == 1);
	memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(got));
	TRY("setns", setns(got, CLONE_NEWUTS));
	SEE("back", "%d", same_file(got, open(D "uts", O_RDONLY)));
}

CASE(S28 S31, "100 000 readlinks and opens leave nothing")
{
	char buf[32];
	long bad = 0;

	for (int i = 0; i < 100000; i++)
		bad += readlink(D "uts", buf, sizeof(buf)) != 16;
	for (int i = 0; i < 100000; i++) {
		int fd = open(D "uts", O_RDONLY);

		bad += fd < 0 || close(fd) != 0;
	}
	SEE("failed", "%ld", bad);
}

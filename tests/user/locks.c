// SPDX-License-Identifier: MIT
/* L4: flock(2), fcntl(2)'s record locks, and those of open files. */
#include "case.h"

static int file_new(void)
{
	char name[] = "/tmp/locks.XXXXXX";
	int fd = mkstemp(name);

	CHECK(fd >= 0);
	unlink(name);
	CHECK(ftruncate(fd, 100) == 0);
	return fd;
}

static int again(int fd, int flags)
{

	return open(fd_path(fd), flags);
}

CASE(L4, "flock is of the open file: shared, exclusive, converted, given up")
{
	int a = file_new(), b = again(a, O_RDONLY), c = dup(a);

	SEE("a exclusive", "%s", ERR(flock(a, LOCK_EX)));
	SEE("b", "%s", ERR(flock(b, LOCK_SH | LOCK_NB)));
	SEE("a's dup", "%s", ERR(flock(c, LOCK_EX | LOCK_NB)));
	SEE("a shared", "%s", ERR(flock(a, LOCK_SH)));
	SEE("b shared", "%s", ERR(flock(b, LOCK_SH | LOCK_NB)));
	SEE("a exclusive", "%s", ERR(flock(a, LOCK_EX | LOCK_NB)));
	close(a);
	SEE("the dup still", "%s", ERR(flock(b, LOCK_EX | LOCK_NB)));
	close(c);
	SEE("all closed", "%s", ERR(flock(b, LOCK_EX | LOCK_NB)));
	SEE("unlock", "%s", ERR(flock(b, LOCK_UN)));
	SEE("bad operation", "%s", ERR(flock(b, 77)));
	SEE("bad fd", "%s", ERR(flock(999, LOCK_SH)));
}

static int lock(int fd, int cmd, short type, off_t start, off_t len)
{
	struct flock l = { .l_type = type, .l_whence = SEEK_SET,
			   .l_start = start, .l_len = len };

	return fcntl(fd, cmd, &l);
}

static const char *holder(int fd, int cmd, short type, off_t start, off_t len,
			  pid_t pid)
{
	static char text[80];
	struct flock l = { .l_type = type, .l_whence = SEEK_SET,
			   .l_start = start, .l_len = len };

	if (fcntl(fd, cmd, &l))
		return err_name(errno);
	if (l.l_type == F_UNLCK)
		return "free";
	snprintf(text, sizeof(text), "%s %ld+%ld by %s",
		 l.l_type == F_WRLCK ? "write" : "read", (long)l.l_start,
		 (long)l.l_len, l.l_pid == pid ? "the other" :
		 l.l_pid == -1 ? "an open file" : "?");
	return text;
}

static int shared_fd, say, hear;

static void holds_locks(void)
{
	lock(shared_fd, F_SETLK, F_WRLCK, 10, 20);
	lock(shared_fd, F_SETLK, F_RDLCK, 50, 0);
}

CASE(L4, "record locks are of the process and of ranges")
{
	pid_t pid;

	shared_fd = file_new();
	pid = spawn(holds_locks);
	SEE("0-9", "%s", ERR(lock(shared_fd, F_SETLK, F_WRLCK, 0, 10)));
	SEE("0-10", "%s", ERR(lock(shared_fd, F_SETLK, F_WRLCK, 0, 11)));
	SEE("who", "%s", holder(shared_fd, F_GETLK, F_WRLCK, 0, 100, pid));
	SEE("reading there", "%s",
	    holder(shared_fd, F_GETLK, F_RDLCK, 60, 1, pid));
	SEE("writing there", "%s",
	    holder(shared_fd, F_GETLK, F_WRLCK, 60, 1, pid));
	SEE("read lock", "%s", ERR(lock(shared_fd, F_SETLK, F_RDLCK, 70, 5)));
	reap(pid);
	SEE("after its end", "%s",
	    ERR(lock(shared_fd, F_SETLK, F_WRLCK, 0, 0)));
}

static void splits(void)
{
	lock(shared_fd, F_SETLK, F_WRLCK, 0, 30);
	lock(shared_fd, F_SETLK, F_UNLCK, 10, 10);
	lock(shared_fd, F_SETLK, F_RDLCK, 25, 5);
}

CASE(L4, "a range is cut, converted and joined")
{
	pid_t pid;

	shared_fd = file_new();
	pid = spawn(splits);
	for (int at = 0; at < 40; at += 5)
		SEE("at", "%d: %s", at,
		    holder(shared_fd, F_GETLK, F_WRLCK, at, 1, pid));
	reap(pid);
}

CASE(L4, "closing any descriptor of the file drops the process's locks")
{
	int fd = file_new(), other = again(fd, O_RDWR), status;
	pid_t pid;

	CHECK(lock(fd, F_SETLK, F_WRLCK, 0, 0) == 0);
	close(other);
	pid = fork();
	if (pid == 0)
		_exit(lock(fd, F_SETLK, F_WRLCK, 0, 0) != 0);
	waitpid(pid, &status, 0);
	SEE("another can lock", "%d", status == 0);
}

CASE(L4, "what a record lock needs")
{
	int fd = file_new(), ro = again(fd, O_RDONLY), wo = again(fd, O_WRONLY);

	SEE("write on read-only", "%s", ERR(lock(ro, F_SETLK, F_WRLCK, 0, 1)));
	SEE("read on write-only", "%s", ERR(lock(wo, F_SETLK, F_RDLCK, 0, 1)));
	SEE("a bad type", "%s", ERR(lock(fd, F_SETLK, 9, 0, 1)));
	SEE("before the start", "%s", ERR(lock(fd, F_SETLK, F_WRLCK, 5, -9)));
	SEE("backwards", "%s", ERR(lock(fd, F_SETLK, F_WRLCK, 9, -4)));
	SEE("negative start", "%s", ERR(lock(fd, F_SETLK, F_WRLCK, -1, 1)));
	SEE("bad pointer", "%s", ERR(fcntl(fd, F_SETLK, (void *)8)));
}

CASE(L4, "locks of open files: two opens of one process exclude each other")
{
	int a = file_new(), b = again(a, O_RDWR);

	SEE("a", "%s", ERR(lock(a, F_OFD_SETLK, F_WRLCK, 0, 10)));
	SEE("b", "%s", ERR(lock(b, F_OFD_SETLK, F_WRLCK, 5, 1)));
	SEE("who", "%s", holder(b, F_OFD_GETLK, F_WRLCK, 5, 1, 0));
	SEE("against record locks", "%s",
	    ERR(lock(b, F_SETLK, F_WRLCK, 5, 1)));
	close(b);
	SEE("b's close leaves a's", "%s",
	    holder(again(a, O_RDWR), F_OFD_GETLK, F_WRLCK, 5, 1, 0));
	close(a);
}

static void waits(void)
{
	char c = 0;

	if (write(say, &c, 1) == 1 &&
	    lock(shared_fd, F_SETLKW, F_WRLCK, 0, 1) == 0)
		_exit(5);
	_exit(1);
}

CASE(L4, "F_SETLKW waits until the lock is free, and ends at a signal")
{
	int p[2], status;
	pid_t pid;
	char c;

	CHECK(pipe(p) == 0);
	hear = p[0];
	say = p[1];
	shared_fd = file_new();
	CHECK(lock(shared_fd, F_SETLK, F_WRLCK, 0, 1) == 0);
	pid = fork();
	if (pid == 0)
		waits();
	CHECK(read(hear, &c, 1) == 1);
	usleep(30000);
	CHECK(waitpid(pid, &status, WNOHANG) == 0);
	CHECK(lock(shared_fd, F_SETLK, F_UNLCK, 0, 1) == 0);
	CHECK(waitpid(pid, &status, 0) == pid);
	SEE("got it", "%d", WEXITSTATUS(status));
	CHECK(lock(shared_fd, F_SETLK, F_WRLCK, 0, 1) == 0);
	pid = fork();
	if (pid == 0)
		waits();
	CHECK(read(hear, &c, 1) == 1);
	usleep(30000);
	kill(pid, SIGTERM);
	CHECK(waitpid(pid, &status, 0) == pid);
	SEE("signal", "%d", WTERMSIG(status));
}

static void first_of_two(void)
{
	lock(shared_fd, F_SETLK, F_WRLCK, 0, 1);
}

CASE(L4, "two that wait for each other: EDEADLK")
{
	int p[2], status;
	pid_t pid;
	char c = 0;

	CHECK(pipe(p) == 0);
	shared_fd = file_new();
	CHECK(lock(shared_fd, F_SETLK, F_WRLCK, 1, 1) == 0);
	pid = fork();
	if (pid == 0) {
		first_of_two();
		if (write(p[1], &c, 1) != 1)
			_exit(1);
		_exit(lock(shared_fd, F_SETLKW, F_WRLCK, 1, 1) ? 1 : 6);
	}
	CHECK(read(p[0], &c, 1) == 1);
	usleep(50000);
	SEE("the second", "%s", ERR(lock(shared_fd, F_SETLKW, F_WRLCK, 0, 1)));
	CHECK(lock(shared_fd, F_SETLK, F_UNLCK, 0, 0) == 0);
	waitpid(pid, &status, 0);
	SEE("the first", "%d", WEXITSTATUS(status));
}

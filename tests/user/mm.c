// SPDX-License-Identifier: MIT
/* L5, L6: mappings that move and share, sealed memory, bytes from file to file. */
#include "case.h"

#include <sys/sendfile.h>

#define PAGE 4096

static int file_of(const char *text, size_t size)
{
	char name[] = "/tmp/mm.XXXXXX";
	int fd = mkstemp(name);

	CHECK(fd >= 0);
	unlink(name);
	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	CHECK(ftruncate(fd, (off_t)size) == 0);
	return fd;
}

CASE(L5, "mremap: grows, moves, shrinks, keeps what is there")
{
	char *p = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *q, *to;

	strcpy(p, "first");
	strcpy(p + 3 * PAGE, "last");
	q = mremap(p, 4 * PAGE, 400 * PAGE, MREMAP_MAYMOVE);
	SEE("kept", "%s %s", q, q + 3 * PAGE);
	SEE("new is zero", "%d", q[399 * PAGE]);
	SEE("shrink stays", "%d",
	    mremap(q, 400 * PAGE, PAGE, 0) == (void *)q);
	to = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SEE("to a place", "%d",
	    mremap(q, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
	SEE("there", "%s", to);
	SEE("fixed only", "%s",
	    ERR((long)mremap(to, PAGE, PAGE, MREMAP_FIXED, to)));
	SEE("no size", "%s", ERR((long)mremap(to, PAGE, 0, 0)));
	SEE("not aligned", "%s", ERR((long)mremap(to + 1, PAGE, PAGE, 0)));
	SEE("not mapped", "%s", ERR((long)mremap(q, PAGE, 2 * PAGE, 0)));
}

CASE(L5, "a shared file mapping is the file; a private one is not")
{
	int fd = file_of("hello", 2 * PAGE), status;
	char *s = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		       0);
	char *v = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd,
		       0);
	char buf[8] = "";
	pid_t pid;

	s[0] = 'J';
	SEE("private sees it", "%s", v);
	v[0] = 'C';
	SEE("shared does not", "%s", s);
	CHECK(pread(fd, buf, 5, 0) == 5);
	SEE("read", "%s", buf);
	CHECK(pwrite(fd, "W", 1, 1) == 1);
	SEE("write is seen", "%s", s);
	pid = fork();
	if (pid == 0) {
		s[PAGE] = 'x';
		_exit(0);
	}
	waitpid(pid, &status, 0);
	SEE("the child's", "%c", s[PAGE]);
	CHECK(ftruncate(fd, PAGE) == 0);
	pid = fork();
	if (pid == 0)
		_exit(s[PAGE]);
	waitpid(pid, &status, 0);
	SEE("past the end", "signal %d", WTERMSIG(status));
	SEE("msync", "%s", ERR(msync(s, PAGE, MS_SYNC)));
	SEE("both kinds", "%s", ERR(msync(s, PAGE, MS_SYNC | MS_ASYNC)));
}

CASE(L5, "a mapping may not do what the open file may not")
{
	char name[] = "/tmp/mm.XXXXXX";
	int fd = mkstemp(name), ro = open(name, O_RDONLY),
	    wo = open(name, O_WRONLY);
	char *p;

	unlink(name);
	CHECK(ftruncate(fd, PAGE) == 0);
	SEE("write-only", "%s",
	    ERR((long)mmap(NULL, PAGE, PROT_READ, MAP_SHARED, wo, 0)));
	SEE("shared writing of read-only", "%s",
	    ERR((long)mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, ro, 0)));
	p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, ro, 0);
	SEE("later", "%s", ERR(mprotect(p, PAGE, PROT_READ | PROT_WRITE)));
	SEE("no kind", "%s", ERR((long)mmap(NULL, PAGE, 1, 0, ro, 0)));
	SEE("no size", "%s", ERR((long)mmap(NULL, 0, 1, MAP_SHARED, ro, 0)));
	SEE("offset", "%s", ERR((long)mmap(NULL, PAGE, 1, MAP_SHARED, ro, 5)));
	SEE("a directory", "%s",
	    ERR((long)mmap(NULL, PAGE, PROT_READ, MAP_SHARED,
			   open("/tmp", O_RDONLY), 0)));
}

CASE(L5, "mlock is counted, and has a limit")
{
	char *p = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(mlock(p, 4 * PAGE) == 0);
	SEE("VmLck", "%s", field("/proc/self/status", "VmLck:"));
	CHECK(munlock(p, PAGE) == 0);
	SEE("VmLck", "%s", field("/proc/self/status", "VmLck:"));
	CHECK(munlockall() == 0);
	SEE("VmLck", "%s", field("/proc/self/status", "VmLck:"));
	munmap(p + 4 * PAGE, 4 * PAGE);
	SEE("a hole", "%s", ERR(mlock(p, 8 * PAGE)));
	SEE("bad flags", "%s", ERR(mlockall(0)));
}

CASE(L5, "memfd: size, seals, no execution without the bit")
{
	int fd = (int)syscall(SYS_memfd_create, "name", MFD_ALLOW_SEALING);
	int un = (int)syscall(SYS_memfd_create, "name", 0);
	void *p;

	CHECK(ftruncate(fd, PAGE) == 0);
	SEE("no sealing asked", "%d", fcntl(un, F_GET_SEALS));
	SEE("seals", "%d", fcntl(fd, F_GET_SEALS));
	SEE("shrink", "%s", ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK)));
	SEE("shorter", "%s", ERR(ftruncate(fd, 10)));
	SEE("longer", "%s", ERR(ftruncate(fd, 2 * PAGE)));
	SEE("grow", "%s", ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW)));
	SEE("longer", "%s", ERR(ftruncate(fd, 3 * PAGE)));
	SEE("write past the end", "%s", ERR(pwrite(fd, "x", 1, 2 * PAGE)));
	p = mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0);
	SEE("write seal while mapped", "%s",
	    ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE)));
	munmap(p, PAGE);
	SEE("write seal", "%s", ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE)));
	SEE("write", "%s", ERR(pwrite(fd, "x", 1, 0)));
	SEE("map to write", "%s",
	    ERR((long)mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0)));
	SEE("seal the seals", "%s", ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL)));
	SEE("one more", "%s", ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW)));
	SEE("of a file", "%s", ERR(fcntl(0, F_ADD_SEALS, F_SEAL_GROW)));
	SEE("bad flags", "%s", ERR(syscall(SYS_memfd_create, "n", 0x8000)));
	SEE("bad seals", "%s", ERR(fcntl(un, F_ADD_SEALS, 0x800)));
}

static const char *pipe_text(int fd)
{
	static char buf[64];
	ssize_t n = read(fd, buf, sizeof(buf) - 1);

	buf[n > 0 ? n : 0] = 0;
	return buf;
}

CASE(L6, "sendfile: from a file to a pipe and to a file, with an offset")
{
	int fd = file_of("0123456789", 10), to = file_of("", 0), p[2];
	off_t at = 3;

	CHECK(pipe(p) == 0);
	SEE("sent", "%zd", sendfile(p[1], fd, &at, 4));
	SEE("text", "%s, now at %ld", pipe_text(p[0]), (long)at);
	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	SEE("sent", "%zd", sendfile(to, fd, NULL, 100));
	SEE("position", "%ld", (long)lseek(fd, 0, SEEK_CUR));
	at = -1;
	SEE("negative", "%s", ERR(sendfile(to, fd, &at, 1)));
	SEE("from a pipe", "%s", ERR(sendfile(to, p[0], &at, 1)));
	SEE("read-only target", "%s",
	    ERR(sendfile(open("/proc/version", O_RDONLY), fd, NULL, 1)));
}

CASE(L6, "copy_file_range: within and between files")
{
	int a = file_of("abcdef", 6), b = file_of("", 0);
	loff_t in = 2, out = 1;
	char buf[16] = "";

	SEE("copied", "%zd", copy_file_range(a, &in, b, &out, 3, 0));
	SEE("offsets", "%ld %ld", (long)in, (long)out);
	CHECK(pread(b, buf, 15, 0) == 4);
	SEE("text", "%d%s", buf[0], buf + 1);
	in = 0, out = 1;
	SEE("overlap", "%s", ERR(copy_file_range(a, &in, a, &out, 4, 0)));
	SEE("flags", "%s", ERR(copy_file_range(a, &in, b, &out, 1, 1)));
	in = 100;
	SEE("past the end", "%zd", copy_file_range(a, &in, b, &out, 1, 0));
}

// SPDX-License-Identifier: MIT
/* splice, tee, vmsplice, sendfile: between pipes and files. */
#include <sys/sendfile.h>

#include "case.h"

static struct pipe_pair a, b;
static int file;
static char buf[200000];

static void fresh(void)
{
	private_mounts();
	signal(SIGPIPE, SIG_IGN);
	a = pipe_new();
	b = pipe_new();
	file = open("/mnt/f", O_CREAT | O_RDWR, 0644);
	CHECK(write(file, "0123456789", 10) == 10);
}

/* "4 abcd", or an error. */
static const char *got(int fd)
{
	static char text[100];
	ssize_t n = read(fd, buf, 60);

	if (n < 0)
		return err_name(errno);
	snprintf(text, sizeof(text), "%zd %.*s", n, (int)n, buf);
	return text;
}

#define BYTES(call)                                                            \
	({                                                                     \
		errno = 0;                                                     \
		long bytes_n = (long)(call);                                   \
		SEE(#call, "%ld %s", bytes_n,                                  \
		    bytes_n < 0 ? err_name(errno) : "");                       \
	})

#define NONBLOCK SPLICE_F_NONBLOCK

CASE(L15, "file to pipe, pipe to file: positions and offsets")
{
	loff_t at = 2;

	fresh();
	BYTES(splice(file, &at, a.wr, NULL, 4, 0));
	SEE("offset", "%d", (int)at);
	SEE("position", "%d", (int)lseek(file, 0, SEEK_CUR));
	SEE("read", "%s", got(a.rd));
	BYTES(splice(file, NULL, a.wr, NULL, 4, 0));
	lseek(file, 0, SEEK_SET);
	BYTES(splice(file, NULL, a.wr, NULL, 4, 0));
	SEE("position", "%d", (int)lseek(file, 0, SEEK_CUR));
	SEE("read", "%s", got(a.rd));
	CHECK(write(a.wr, "abcdef", 6) == 6);
	at = 3;
	BYTES(splice(a.rd, NULL, file, &at, 4, 0));
	SEE("offset", "%d", (int)at);
	BYTES(splice(a.rd, NULL, file, NULL, 100, 0));
	SEE("position", "%d", (int)lseek(file, 0, SEEK_CUR));
	lseek(file, 0, SEEK_SET);
	SEE("file", "%s", got(file));
}

CASE(L15, "pipe to pipe; tee leaves what it copies")
{
	fresh();
	CHECK(write(a.wr, "0123", 4) == 4);
	BYTES(tee(a.rd, b.wr, 100, 0));
	SEE("copy", "%s", got(b.rd));
	BYTES(tee(a.rd, b.wr, 2, 0));
	BYTES(splice(a.rd, NULL, b.wr, NULL, 3, 0));
	SEE("both", "%s", got(b.rd));
	SEE("rest", "%s", got(a.rd));
	BYTES(splice(a.rd, NULL, b.wr, NULL, 3, NONBLOCK));
	BYTES(tee(a.rd, b.wr, 3, NONBLOCK));
	close(a.wr);
	BYTES(splice(a.rd, NULL, b.wr, NULL, 3, 0));
	BYTES(tee(a.rd, b.wr, 3, 0));
}

CASE(L15, "what is refused")
{
	loff_t at = 0, negative = -1;
	int append, readonly, dir, path;

	fresh();
	append = open("/mnt/f", O_WRONLY | O_APPEND);
	readonly = open("/mnt/f", O_RDONLY);
	dir = open("/mnt", O_RDONLY);
	path = open("/mnt/f", O_PATH);
	BYTES(splice(a.rd, NULL, a.wr, NULL, 1, 0));
	BYTES(tee(a.rd, a.wr, 1, 0));
	BYTES(splice(file, NULL, file, NULL, 1, 0));
	BYTES(splice(a.rd, &at, file, NULL, 1, 0));
	BYTES(splice(file, NULL, a.wr, &at, 1, 0));
	BYTES(splice(file, NULL, a.rd, NULL, 1, 0));
	BYTES(splice(a.wr, NULL, file, NULL, 1, 0));
	BYTES(splice(-1, NULL, a.wr, NULL, 1, 0));
	BYTES(splice(-1, NULL, a.wr, NULL, 0, 0));
	BYTES(splice(file, NULL, a.wr, NULL, 1, 32));
	BYTES(splice(file, &negative, a.wr, NULL, 1, 0));
	BYTES(splice(file, (loff_t *)8, a.wr, NULL, 1, 0));
	BYTES(tee(file, a.wr, 1, 0));
	BYTES(tee(a.rd, file, 1, 0));
	BYTES(tee(-1, a.wr, 1, 0));
	BYTES(tee(a.rd, b.wr, 0, 0));
	BYTES(tee(a.rd, b.wr, 1, 32));
	CHECK(write(a.wr, "zz", 2) == 2);
	BYTES(splice(a.rd, NULL, append, NULL, 2, 0));
	BYTES(splice(a.rd, NULL, readonly, NULL, 2, 0));
	BYTES(splice(dir, NULL, a.wr, NULL, 2, 0));
	BYTES(splice(path, NULL, a.wr, NULL, 2, 0));
	SEE("nothing is lost", "%s", got(a.rd));
}

CASE(L15, "a full pipe, an empty pipe, a pipe without a reader")
{
	int null = open("/dev/null", O_WRONLY);
	loff_t at = 0;
	struct iovec v = { "x", 1 };

	fresh();
	CHECK(ftruncate(file, 200000) == 0);
	BYTES(splice(file, &at, a.wr, NULL, 200000, 0));
	BYTES(splice(file, &at, a.wr, NULL, 10, NONBLOCK));
	BYTES(tee(a.rd, b.wr, 200000, 0));
	BYTES(tee(a.rd, b.wr, 10, NONBLOCK));
	BYTES(splice(a.rd, NULL, b.wr, NULL, 10, NONBLOCK));
	BYTES(vmsplice(a.wr, &v, 1, NONBLOCK));
	BYTES(splice(a.rd, NULL, null, NULL, 100000, 0));
	BYTES(splice(a.rd, NULL, null, NULL, 100000, NONBLOCK));
	close(b.rd);
	CHECK(write(a.wr, "x", 1) == 1);
	BYTES(splice(a.rd, NULL, b.wr, NULL, 1, 0));
	BYTES(tee(a.rd, b.wr, 1, 0));
	at = 0;
	BYTES(splice(file, &at, b.wr, NULL, 1, 0));
	BYTES(vmsplice(b.wr, &v, 1, 0));
	close(a.wr);
	BYTES(splice(a.rd, NULL, null, NULL, 10, 0));
	BYTES(splice(a.rd, NULL, null, NULL, 10, 0));
}

CASE(L15, "vmsplice, in both directions")
{
	struct iovec v[2] = { { "one", 3 }, { "two", 3 } }, to = { buf, 4 };

	fresh();
	BYTES(vmsplice(a.wr, v, 2, 0));
	BYTES(vmsplice(a.wr, v, 0, 0));
	BYTES(vmsplice(a.rd, &to, 1, 0));
	SEE("taken", "%.4s", buf);
	SEE("rest", "%s", got(a.rd));
	BYTES(vmsplice(file, v, 1, 0));
	BYTES(vmsplice(-1, v, 1, 0));
	BYTES(vmsplice(a.wr, v, 1, 32));
	BYTES(vmsplice(a.wr, (struct iovec *)8, 1, 0));
	BYTES(vmsplice(a.wr, v, 2000, 0));
	v[0].iov_base = (void *)8;
	BYTES(vmsplice(a.wr, v, 1, 0));
}

CASE(L15, "a splice that waits is woken")
{
	pid_t pid;

	fresh();
	pid = fork();
	if (!pid) {
		usleep(20000);
		_exit(write(a.wr, "late", 4) != 4);
	}
	BYTES(splice(a.rd, NULL, b.wr, NULL, 10, 0));
	SEE("got", "%s", got(b.rd));
	waitpid(pid, NULL, 0);
	BYTES(sendfile(b.wr, file, &(off_t){ 4 }, 3));
	SEE("got", "%s", got(b.rd));
}

/* ---- several readers --------------------------------------------------------- */

#define NUMBERS 60000

/* Numbers one after the other, four bytes each. */
static void count_into(int fd)
{
	uint32_t numbers[1024];

	for (uint32_t i = 0; i < NUMBERS;) {
		uint32_t n = 0;

		while (n < 1024 && i < NUMBERS)
			numbers[n++] = i++;
		CHECK(write(fd, numbers, n * 4) == (ssize_t)(n * 4));
	}
}

static pid_t splicer(int from, const char *path)
{
	pid_t pid = fork();
	int to;

	if (pid)
		return pid;
	close(a.wr);
	to = open(path, O_CREAT | O_WRONLY, 0644);
	while (splice(from, NULL, to, NULL, 400, 0) > 0)
		;
	_exit(0);
}

static void mark(const char *path, uint8_t *seen)
{
	int fd = open(path, O_RDONLY);
	uint32_t nr;

	while (read(fd, &nr, 4) == 4)
		if (nr < NUMBERS)
			seen[nr]++;
	close(fd);
}

CASE(L15, "three who splice one pipe: each number goes to one of them")
{
	static uint8_t seen[NUMBERS];
	static const char *const paths[] = { "/mnt/x", "/mnt/y", "/mnt/z" };
	pid_t pid[3];
	int once = 0;

	fresh();
	for (int i = 0; i < 3; i++)
		pid[i] = splicer(a.rd, paths[i]);
	count_into(a.wr);
	close(a.wr);
	for (int i = 0; i < 3; i++)
		waitpid(pid[i], NULL, 0);
	for (int i = 0; i < 3; i++)
		mark(paths[i], seen);
	for (int i = 0; i < NUMBERS; i++)
		once += seen[i] == 1;
	SEE("numbers that came once", "%d of %d", once, NUMBERS);
}

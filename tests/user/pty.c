// SPDX-License-Identifier: MIT
/* Pseudoterminals and their file system (pty(7), tty_ioctl(4)). */
#include <termios.h>

#include "case.h"

#define AT "/mnt/pts"

/* An instance of one's own at AT; what the mount said. */
static const char *instance(const char *options)
{
	private_mounts();
	mkdir(AT, 0755);
	return ERR(mount("devpts", AT, "devpts", 0, options));
}

static int zero, one = 1;

/* A master, unlocked. */
static int master_new(void)
{
	int m = open(AT "/ptmx", O_RDWR | O_NOCTTY);

	CHECK(m >= 0);
	CHECK(ioctl(m, TIOCSPTLCK, &zero) == 0);
	return m;
}

static int number(int m)
{
	int n = -1;

	CHECK(ioctl(m, TIOCGPTN, &n) == 0);
	return n;
}

static int slave_open(int n, int flags)
{
	char path[40];

	snprintf(path, sizeof(path), AT "/%d", n);
	return open(path, O_RDWR | O_NOCTTY | flags);
}

/* What a read gives, with its length, control characters as ^X. */
static const char *got(int fd)
{
	static char text[400];
	struct pollfd p = { fd, POLLIN, 0 };
	char buf[100];
	char *to = text;
	ssize_t n;

	poll(&p, 1, 20); /* on Linux bytes are a moment under way */
	n = read(fd, buf, sizeof(buf));

	if (n < 0)
		return err_name(errno);
	to += sprintf(to, "%zd ", n);
	for (ssize_t i = 0; i < n; i++)
		to += buf[i] >= 0 && buf[i] < ' ' ?
			      sprintf(to, "^%c", buf[i] + '@') :
			      sprintf(to, "%c", buf[i]);
	return text;
}

static const char *ready(int fd)
{
	static char text[80];
	struct pollfd p = { fd, POLLIN | POLLOUT | POLLPRI, 0 };

	poll(&p, 1, 0);
	snprintf(text, sizeof(text), "%s%s%s%s%s",
		 p.revents & POLLIN ? "in " : "",
		 p.revents & POLLOUT ? "out " : "",
		 p.revents & POLLPRI ? "pri " : "",
		 p.revents & POLLERR ? "err " : "",
		 p.revents & POLLHUP ? "hup " : "");
	return text;
}

/* What can be read; what was written may be on its way. */
static int readable(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };
	int n = -1;

	poll(&p, 1, 5000);
	ioctl(fd, FIONREAD, &n);
	return n;
}

static const char *options_of(const char *path)
{
	static char found[200];
	char line[500];
	FILE *f = fopen("/proc/self/mounts", "r");

	found[0] = 0;
	while (f && fgets(line, sizeof(line), f)) {
		char at[200], type[40], options[200];

		if (sscanf(line, "%*s %199s %39s %199s", at, type, options) ==
			    3 && !strcmp(at, path))
			snprintf(found, sizeof(found), "%s %s", type, options);
	}
	if (f)
		fclose(f);
	return found;
}

CASE(L12, "devpts: mount options")
{
	static const char *const all[] = {
		"", "newinstance", "mode=620,gid=5", "ptmxmode=0666", "uid=7",
		"max=3", "mode=01777", "max=-1", "max=2000000", "mode=9",
		"gid=-1", "bogus", "max=", "newinstance=1",
	};

	SEE("mount", "%s", instance(""));
	for (unsigned i = 0; i < sizeof(all) / sizeof(*all); i++) {
		SEE("options", "%s", all[i]);
		if (mount("d", AT, "devpts", 0, all[i])) {
			SEE("refused", "%s", err_name(errno));
			continue;
		}
		SEE("shown", "%s", options_of(AT));
		TRY("remount", mount("d", AT, "devpts", MS_REMOUNT, "max=9"));
		SEE("shown", "%s", options_of(AT));
		umount(AT);
	}
}

CASE(L12, "devpts: what is in it")
{
	struct statfs fs;
	struct stat st;
	int m, m2;

	SEE("mount", "%s", instance("ptmxmode=0644,mode=620,gid=5,max=2"));
	stat(AT, &st);
	SEE("root", "%o ino %d links %d", st.st_mode, (int)st.st_ino,
	    (int)st.st_nlink);
	stat(AT "/ptmx", &st);
	SEE("ptmx", "%o ino %d rdev %x", st.st_mode, (int)st.st_ino,
	    (int)st.st_rdev);
	statfs(AT, &fs);
	SEE("type", "%lx", (long)fs.f_type);
	m = master_new();
	SEE("number", "%d", number(m));
	stat(AT "/0", &st);
	SEE("slave", "%o %d:%d ino %d rdev %x size %d", st.st_mode,
	    (int)st.st_uid, (int)st.st_gid, (int)st.st_ino, (int)st.st_rdev,
	    (int)st.st_size);
	m2 = master_new();
	SEE("next", "%d", number(m2));
	TRY("a third", open(AT "/ptmx", O_RDWR | O_NOCTTY));
	close(m);
	TRY("the name of a closed one", access(AT "/0", F_OK));
	m = master_new();
	SEE("number again", "%d", number(m));
	TRY("unlink", unlink(AT "/0"));
	TRY("unlink ptmx", unlink(AT "/ptmx"));
	TRY("unlink nothing", unlink(AT "/none"));
	TRY("mkdir", mkdir(AT "/d", 0700));
	TRY("create", open(AT "/f", O_CREAT | O_RDWR, 0600));
	TRY("symlink", symlink("x", AT "/l"));
	TRY("link", link(AT "/0", AT "/l"));
	TRY("rename", rename(AT "/0", AT "/q"));
	TRY("mknod", mknod(AT "/n", S_IFIFO | 0600, 0));
	TRY("truncate", truncate(AT "/0", 0));
	TRY("chmod", chmod(AT "/0", 0600));
	TRY("chown", chown(AT "/0", 7, 8));
	stat(AT "/0", &st);
	SEE("slave", "%o %d:%d", st.st_mode, (int)st.st_uid, (int)st.st_gid);
}

CASE(L12, "two instances have numbers of their own; ptmx finds pts beside it")
{
	struct stat a, b;
	int m, m2;

	SEE("mount", "%s", instance("ptmxmode=666"));
	mkdir("/mnt/other", 0755);
	TRY("ptmx elsewhere", mknod("/mnt/ptmx", S_IFCHR | 0666, 0x502));
	TRY("another", mount("d", "/mnt/other", "devpts", 0, ""));
	m = open("/mnt/ptmx", O_RDWR | O_NOCTTY);
	SEE("number", "%d", number(m));
	m2 = open("/mnt/other/ptmx", O_RDWR | O_NOCTTY);
	SEE("number there", "%d", number(m2));
	stat(AT "/0", &a);
	stat("/mnt/other/0", &b);
	SEE("same device", "%d %d", a.st_rdev == b.st_rdev,
	    a.st_dev == b.st_dev);
	TRY("a node of the same number", mknod("/mnt/node", S_IFCHR, 0x8800));
	ioctl(m, TIOCSPTLCK, &zero);
	TRY("is no slave", open("/mnt/node", O_RDWR));
	TRY("umount", umount(AT));
	TRY("umount lazily", umount2(AT, MNT_DETACH));
	TRY("peer", ioctl(m, TIOCGPTPEER, O_RDWR | O_NOCTTY));
	TRY("new", open("/mnt/ptmx", O_RDWR | O_NOCTTY));
	rmdir(AT);
	TRY("no pts", open("/mnt/ptmx", O_RDWR | O_NOCTTY));
	mkdir(AT, 0755);
	TRY("mount again", mount("d", AT, "devpts", 0, ""));
	TRY("peer", ioctl(m, TIOCGPTPEER, O_RDWR | O_NOCTTY));
	TRY("bound", mount(AT "/ptmx", "/mnt/ptmx", NULL, MS_BIND, NULL));
	close(m);
	m = open("/mnt/ptmx", O_RDWR | O_NOCTTY);
	SEE("number", "%d", number(m));
	ioctl(m, TIOCSPTLCK, &zero);
	TRY("peer", ioctl(m, TIOCGPTPEER, O_RDWR | O_NOCTTY));
}

CASE(L12, "a slave is locked at first; TIOCGPTPEER")
{
	int m, s, v = 9;
	char to[100] = "";

	instance("");
	m = open(AT "/ptmx", O_RDWR | O_NOCTTY);
	TRY("locked", slave_open(0, 0));
	TRY("peer of a locked", ioctl(m, TIOCGPTPEER, O_RDWR | O_NOCTTY));
	ioctl(m, TIOCGPTLCK, &v);
	SEE("lock", "%d", v);
	TRY("unlock", ioctl(m, TIOCSPTLCK, &zero));
	s = slave_open(0, 0);
	CHECK(s >= 0);
	TRY("lock", ioctl(m, TIOCSPTLCK, &one));
	TRY("locked again", slave_open(0, 0));
	ioctl(m, TIOCSPTLCK, &zero);
	chmod(AT "/0", 0);
	s = ioctl(m, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	CHECK(s >= 0);
	SEE("close-on-exec", "%d", fcntl(s, F_GETFD));
	CHECK(readlink(fd_path(s), to, sizeof(to) - 1) > 0);
	SEE("its name", "%s", to);
	TRY("number of a slave", ioctl(s, TIOCGPTN, &v));
	TRY("peer of a slave", ioctl(s, TIOCGPTPEER, 0));
	TRY("packets of a slave", ioctl(s, TIOCPKT, &one));
	TRY("lock of a slave", ioctl(s, TIOCSPTLCK, &one));
	TRY("a bad pointer", ioctl(m, TIOCSPTLCK, 8));
	TRY("a bad pointer", ioctl(m, TIOCGPTN, 8));
}

CASE(L12, "between master and slave: the line discipline")
{
	struct winsize w = { 0 };
	struct termios t, t2;
	int m, s;

	instance("");
	m = master_new();
	s = slave_open(0, O_NONBLOCK);
	fcntl(m, F_SETFL, O_NONBLOCK);
	CHECK(tcgetattr(s, &t) == 0 && tcgetattr(m, &t2) == 0);
	SEE("modes", "%o %o %o %o", t.c_iflag, t.c_oflag, t.c_cflag & 07777,
	    t.c_lflag);
	SEE("the master's are the same", "%d", t2.c_lflag == t.c_lflag);
	SEE("nothing", "%s", got(m));
	SEE("nothing", "%s", got(s));
	SEE("master", "%s", ready(m));
	SEE("slave", "%s", ready(s));
	TRY("typed", write(m, "hi", 2));
	SEE("half a line", "%s", got(s));
	SEE("echo", "%s", got(m));
	write(m, "\177o\n", 3);
	SEE("readable", "%d", readable(s));
	SEE("slave", "%s", ready(s));
	SEE("a line", "%s", got(s));
	SEE("echo", "%s", got(m));
	write(m, "a\004\004", 3);
	SEE("end of file behind text", "%s", got(s));
	SEE("end of file", "%s", got(s));
	SEE("echo", "%s", got(m));
	write(s, "out\n", 4);
	SEE("readable", "%d", readable(m));
	SEE("shown", "%s", got(m));
	t.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	t.c_oflag = 0;
	TRY("raw, by the master", tcsetattr(m, TCSANOW, &t));
	write(m, "x", 1);
	SEE("read", "%s", got(s));
	SEE("no echo", "%s", got(m));
	write(s, "1\n2", 3);
	SEE("shown", "%s", got(m));
	w.ws_row = 30;
	TRY("size", ioctl(m, TIOCSWINSZ, &w));
	w.ws_row = 1;
	ioctl(s, TIOCGWINSZ, &w);
	SEE("rows", "%d", w.ws_row);
	write(m, "typed", 5);
	TRY("flush", tcflush(s, TCIFLUSH));
	SEE("gone", "%s", got(s));
}

CASE(L12, "a terminal that nobody reads fills up")
{
	char big[1000];
	int m, s;
	long total = 0, n, in = 0;

	instance("");
	m = master_new();
	s = slave_open(0, O_NONBLOCK);
	fcntl(m, F_SETFL, O_NONBLOCK);
	memset(big, 'x', sizeof(big));
	while ((n = write(s, big, sizeof(big))) > 0)
		total += n;
	SEE("slave", "%s %d", err_name(errno), total >= 4000);
	while ((n = read(m, big, sizeof(big))) > 0)
		in += n;
	SEE("all was read", "%d", in == total);
	SEE("ready", "%s", ready(s));
	memset(big, '\n', sizeof(big));
	for (total = 0; (n = write(m, big, sizeof(big))) > 0; total += n)
		;
	SEE("master", "%s %d", err_name(errno), total >= 4000);
	SEE("ready", "%s", ready(s));
	tcflush(s, TCIOFLUSH);
	write(m, "again\n", 6);
	SEE("after a flush", "%s", got(s));
}

CASE(L12, "packet mode")
{
	struct termios t;
	int m, s, v = 9;

	instance("");
	m = master_new();
	s = slave_open(0, O_NONBLOCK);
	fcntl(m, F_SETFL, O_NONBLOCK);
	TRY("on", ioctl(m, TIOCPKT, &one));
	ioctl(m, TIOCGPKT, &v);
	SEE("is on", "%d", v);
	write(s, "p\n", 2);
	SEE("data", "%s", got(m));
	SEE("nothing", "%s", got(m));
	tcflush(s, TCIFLUSH);
	SEE("ready", "%s", ready(m));
	SEE("input flushed", "%s", got(m));
	tcflush(s, TCOFLUSH);
	SEE("output flushed", "%s", got(m));
	tcflow(s, TCOOFF);
	SEE("stopped", "%s", got(m));
	TRY("stopped", write(s, "w", 1));
	tcflow(s, TCOON);
	SEE("started", "%s", got(m));
	tcgetattr(s, &t);
	t.c_iflag &= ~(tcflag_t)IXON;
	tcsetattr(s, TCSANOW, &t);
	SEE("no ^S", "%s", got(m));
	t.c_iflag |= IXON;
	tcsetattr(s, TCSANOW, &t);
	SEE("^S again", "%s", got(m));
	tcflow(s, TCOOFF);
	tcflow(s, TCOON);
	SEE("the later one counts", "%s", got(m));
	write(s, "data", 4);
	tcflush(s, TCIFLUSH);
	SEE("first what happened", "%s", got(m));
	SEE("then the data", "%s", got(m));
	TRY("off", ioctl(m, TIOCPKT, &zero));
	write(s, "data", 4);
	SEE("plain", "%s", got(m));
}

CASE(L12, "the last slave closes: the rest, then EIO, until one opens again")
{
	int m, s, s2;

	instance("");
	m = master_new();
	fcntl(m, F_SETFL, O_NONBLOCK);
	SEE("before the first slave", "%s", got(m));
	SEE("ready", "%s", ready(m));
	s = slave_open(0, O_NONBLOCK);
	s2 = slave_open(0, O_NONBLOCK);
	write(s, "last\n", 5);
	close(s);
	SEE("ready", "%s", ready(m));
	close(s2);
	SEE("ready", "%s", ready(m));
	SEE("the rest", "%s", got(m));
	SEE("then", "%s", got(m));
	SEE("ready", "%s", ready(m));
	TRY("write", write(m, "zz\n", 3));
	while (read(m, (char[9]){ 0 }, 9) > 0)
		;
	s = slave_open(0, O_NONBLOCK);
	readable(s);
	while (read(m, (char[9]){ 0 }, 9) > 0)
		;
	SEE("open again", "%s", got(m));
	SEE("typed meanwhile", "%s", got(s));
}

static struct pipe_pair told, go;

static volatile sig_atomic_t hups, conts;

static void count_hup(int sig)
{
	if (sig == SIGHUP)
		hups++;
	else
		conts++;
}

static int tty_master;

static void session_leader(void)
{
	int s, t, n = 0;

	CHECK(setsid() > 0);
	signal(SIGHUP, count_hup);
	signal(SIGCONT, count_hup);
	TRY("no terminal", open("/dev/tty", O_RDWR));
	s = open(AT "/0", O_RDWR);
	CHECK(s >= 0);
	t = open("/dev/tty", O_RDWR);
	SEE("opening it makes it the terminal", "%d", t >= 0);
	ioctl(t, TIOCGPGRP, &n);
	SEE("foreground", "%d", n == getpgrp());
	ioctl(t, TIOCGSID, &n);
	SEE("session", "%d", n == getsid(0));
	ioctl(tty_master, TIOCGPGRP, &n);
	SEE("as the master sees it", "%d", n == getpgrp());
	close(tty_master);
	pipe_say(told);
	pipe_hear(go);
	SEE("signals", "hup %d cont %d", hups, conts);
	TRY("/dev/tty", open("/dev/tty", O_RDWR));
	SEE("read", "%s", got(s));
	TRY("write", write(s, "x", 1));
	SEE("ready", "%s", ready(s));
	TRY("TIOCGWINSZ", ioctl(s, TIOCGWINSZ, &(struct winsize){ 0 }));
	TRY("TIOCSCTTY", ioctl(s, TIOCSCTTY, 0));
	TRY("TIOCGPGRP", ioctl(t, TIOCGPGRP, &n));
	TRY("TIOCSPGRP", ioctl(t, TIOCSPGRP, &n));
	TRY("the name", open(AT "/0", O_RDWR));
	TRY("by descriptor", open("/proc/self/fd/9", O_RDWR));
}

CASE(L12, "the master closes: hang-up of the session")
{
	pid_t pid;
	int status;

	instance("");
	told = pipe_new();
	go = pipe_new();
	tty_master = master_new();
	pid = fork();
	if (!pid) {
		session_leader();
		fflush(stdout);
		_exit(case_failed);
	}
	pipe_hear(told);
	close(tty_master);
	usleep(1000);
	pipe_say(go);
	waitpid(pid, &status, 0);
	SEE("end", "%s", status_name(status));
}

static void in_background(void)
{
	int s = open(AT "/0", O_RDWR);

	signal(SIGTTOU, SIG_IGN);
	TRY("pgrp", tcsetpgrp(s, getpgrp()));
	pipe_say(told);
	pause();
}

static void leader_with_job(void)
{
	int s;
	pid_t job;

	CHECK(setsid() > 0);
	s = open(AT "/0", O_RDWR);
	job = fork();
	if (!job) {
		setpgid(0, 0);
		signal(SIGINT, SIG_DFL);
		in_background();
		_exit(0);
	}
	pipe_hear(told);
	SEE("foreground is the job", "%d", tcgetpgrp(s) == job);
	TRY("TIOCSIG", ioctl(tty_master, TIOCSIG, 0));
	write(tty_master, "\003", 1);
	CHECK(waitpid(job, &job, 0) > 0);
	SEE("^C ends it", "%s", status_name(job));
}

CASE(L12, "keys that the master writes signal the foreground group")
{
	instance("");
	told = pipe_new();
	tty_master = master_new();
	SEE("end", "%s", status_name(in_child(leader_with_job)));
}

CASE(L12, "TIOCEXCL; TIOCSCTTY of strangers")
{
	int m, s, n = 0;

	instance("mode=666");
	m = master_new();
	s = slave_open(0, 0);
	TRY("exclusive", ioctl(s, TIOCEXCL));
	ioctl(s, TIOCGEXCL, &n);
	SEE("is", "%d", n);
	SEE("root opens it", "%d", slave_open(0, 0) >= 0);
	chmod("/mnt", 0755);
	become(1000);
	TRY("a user", slave_open(0, 0));
	TRY("not any more", ioctl(s, TIOCNXCL));
	SEE("a user", "%d", slave_open(0, 0) >= 0);
	TRY("no leader", ioctl(s, TIOCSCTTY, 0));
	TRY("TIOCGPGRP of a stranger", ioctl(s, TIOCGPGRP, &n));
	TRY("TIOCGSID", ioctl(m, TIOCGSID, &n));
	TRY("TIOCNOTTY", ioctl(s, TIOCNOTTY));
}

static void owns_devpts(void)
{
	struct stat st;
	int m;

	CHECK(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0);
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 1000 1");
	write_file("/proc/self/gid_map", "0 1000 1");
	CHECK(mount("t", "/mnt", "tmpfs", 0, NULL) == 0);
	mkdir(AT, 0755);
	TRY("gid=5", mount("d", AT, "devpts", 0, "gid=5"));
	TRY("mount", mount("d", AT, "devpts", MS_NOSUID | MS_NOEXEC,
			   "newinstance,ptmxmode=0666,mode=620"));
	m = master_new();
	SEE("works", "%d", slave_open(number(m), 0) >= 0);
	stat(AT "/0", &st);
	SEE("slave", "%o %d:%d", st.st_mode, (int)st.st_uid, (int)st.st_gid);
	stat(AT "/ptmx", &st);
	SEE("ptmx", "%o %d:%d", st.st_mode, (int)st.st_uid, (int)st.st_gid);
	TRY("remount", mount("d", AT, "devpts", MS_REMOUNT, "max=1"));
}

static void as_user(void)
{
	become(1000);
	owns_devpts();
}

CASE(L12, "a user namespace has terminals of its own")
{
	SEE("end", "%s", status_name(in_child(as_user)));
}

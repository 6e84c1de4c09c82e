// SPDX-License-Identifier: MIT
/* inotify(7): which events, in which order. */
#include <sys/inotify.h>

#include "case.h"

static int in; /* the instance of the case */

static void fresh(void)
{
	private_mounts();
	CHECK(chdir("/mnt") == 0);
	in = inotify_init1(IN_NONBLOCK);
	CHECK(in >= 0);
}

static const struct {
	unsigned int bit;
	const char *name;
} bits[] = {
	{ IN_ACCESS, "access" },	   { IN_MODIFY, "modify" },
	{ IN_ATTRIB, "attrib" },	   { IN_CLOSE_WRITE, "close_write" },
	{ IN_CLOSE_NOWRITE, "close" },	   { IN_OPEN, "open" },
	{ IN_MOVED_FROM, "moved_from" },   { IN_MOVED_TO, "moved_to" },
	{ IN_CREATE, "create" },	   { IN_DELETE, "delete" },
	{ IN_DELETE_SELF, "delete_self" }, { IN_MOVE_SELF, "move_self" },
	{ IN_UNMOUNT, "unmount" },	   { IN_Q_OVERFLOW, "overflow" },
	{ IN_IGNORED, "ignored" },	   { IN_ISDIR, "isdir" },
};

static const char *event_text(const struct inotify_event *e)
{
	static char text[400];
	static uint32_t last_cookie;
	char *to = text;
	uint32_t left = e->mask;

	to += sprintf(to, "%d:", e->wd);
	for (unsigned i = 0; i < sizeof(bits) / sizeof(*bits); i++) {
		if (!(left & bits[i].bit))
			continue;
		left &= ~bits[i].bit;
		to += sprintf(to, " %s", bits[i].name);
	}
	if (left)
		to += sprintf(to, " %x", left);
	if (e->len)
		to += sprintf(to, " \"%s\"(%u)", e->name, e->len);
	if (e->cookie) {
		sprintf(to, "%s", e->cookie == last_cookie ? " same cookie" :
							     " cookie");
		last_cookie = e->cookie;
	}
	return text;
}

/* Show all that waits. */
static void events(const char *after)
{
	char buf[8192] __attribute__((aligned(8)));
	ssize_t n;

	SEE("after", "%s", after);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		for (char *at = buf; at < buf + n;) {
			struct inotify_event *e = (void *)at;

			SEE("event", "%s", event_text(e));
			at += sizeof(*e) + e->len;
		}
}

#define DO(what)                                                               \
	do {                                                                   \
		CHECK((long)(what) != -1);                                     \
		events(#what);                                                 \
	} while (0)

static int touch(const char *name)
{
	int fd = open(name, O_CREAT | O_WRONLY, 0644);

	return close(fd);
}

static int fd;

CASE(L13, "names in a watched directory")
{
	fresh();
	mkdir("d", 0755);
	mkdir("e", 0755);
	SEE("watch", "%d", inotify_add_watch(in, "d", IN_ALL_EVENTS));
	SEE("watch", "%d", inotify_add_watch(in, "e", IN_ALL_EVENTS));
	DO(fd = open("d/f", O_CREAT | O_RDWR, 0644));
	DO(write(fd, "text", 4));
	DO(pread(fd, (char[9]){ 0 }, 9, 0));
	DO(pread(fd, (char[9]){ 0 }, 9, 9));
	DO(ftruncate(fd, 1));
	DO(fchmod(fd, 0600));
	DO(close(fd));
	DO(link("d/f", "e/hard"));
	DO(symlink("f", "d/soft"));
	DO(mkfifo("d/fifo", 0600));
	DO(mkdir("d/sub", 0755));
	DO(rename("d/f", "d/g"));
	DO(rename("d/g", "e/h"));
	DO(rename("e/h", "away"));
	DO(rename("away", "d/f"));
	DO(touch("d/victim"));
	DO(rename("d/f", "d/victim"));
	DO(rename("d/sub", "e/sub"));
	DO(rmdir("e/sub"));
	DO(unlink("d/fifo"));
	DO(unlink("d/soft"));
	DO(unlink("d/victim"));
	DO(unlink("e/hard"));
	DO(rmdir("d"));
	events("nothing");
}

CASE(L13, "a watched file")
{
	fresh();
	touch("f");
	SEE("watch", "%d", inotify_add_watch(in, "f", IN_ALL_EVENTS));
	DO(fd = open("f", O_RDWR));
	DO(write(fd, "a", 1));
	DO(write(fd, "b", 1));
	DO(lseek(fd, 0, SEEK_SET));
	DO(read(fd, (char[9]){ 0 }, 9));
	DO(chmod("f", 0600));
	DO(chown("f", 1, 1));
	DO(truncate("f", 0));
	DO(utimensat(AT_FDCWD, "f", NULL, 0));
	DO(link("f", "g"));
	DO(rename("f", "h"));
	DO(unlink("g"));
	DO(unlink("h"));
	DO(write(fd, "c", 1));
	DO(close(fd));
	SEE("gone", "%s", ERR(inotify_rm_watch(in, 1)));
}

CASE(L13, "a watched directory, itself")
{
	DIR *dir;

	fresh();
	mkdir("d", 0755);
	SEE("watch", "%d", inotify_add_watch(in, "d", IN_ALL_EVENTS));
	DO(fd = open("d", O_RDONLY));
	dir = fdopendir(fd);
	DO(readdir(dir) ? 0 : -1);
	DO(closedir(dir));
	DO(chmod("d", 0700));
	DO(rename("d", "e"));
	DO(open("e", O_PATH));
	DO(rmdir("e"));
}

CASE(L13, "both a directory and a file in it; unlinked files")
{
	fresh();
	mkdir("d", 0755);
	touch("d/f");
	SEE("directory", "%d", inotify_add_watch(in, "d", IN_ALL_EVENTS));
	SEE("file", "%d", inotify_add_watch(in, "d/f", IN_ALL_EVENTS));
	DO(fd = open("d/f", O_RDWR));
	DO(write(fd, "x", 1));
	DO(unlink("d/f"));
	DO(write(fd, "x", 1));
	DO(close(fd));
	touch("d/g");
	events("touch");
	SEE("excl", "%d",
	    inotify_add_watch(in, "d", IN_ALL_EVENTS | IN_EXCL_UNLINK));
	DO(fd = open("d/g", O_RDWR));
	DO(unlink("d/g"));
	DO(write(fd, "x", 1));
	DO(close(fd));
}

CASE(L13, "masks")
{
	fresh();
	touch("f");
	symlink("f", "l");
	mkdir("d", 0755);
	TRY("no events", inotify_add_watch(in, "f", 0));
	TRY("only flags", inotify_add_watch(in, "f", IN_ONESHOT));
	TRY("unknown bits", inotify_add_watch(in, "f", 0x00800000));
	TRY("ONLYDIR of a file", inotify_add_watch(in, "f",
						   IN_OPEN | IN_ONLYDIR));
	TRY("nothing there", inotify_add_watch(in, "none", IN_OPEN));
	TRY("bad pointer", inotify_add_watch(in, (char *)8, IN_OPEN));
	TRY("bad fd", inotify_add_watch(-1, "f", IN_OPEN));
	TRY("other fd", inotify_add_watch(0, "f", IN_OPEN));
	TRY("rm of nothing", inotify_rm_watch(in, 1));
	TRY("rm of other fd", inotify_rm_watch(0, 1));
	TRY("rm of bad fd", inotify_rm_watch(-1, 1));
	TRY("ADD and CREATE", inotify_add_watch(in, "f", IN_OPEN | IN_MASK_ADD |
						IN_MASK_CREATE));
	SEE("wd", "%d", inotify_add_watch(in, "f", IN_OPEN));
	SEE("again", "%d", inotify_add_watch(in, "l", IN_MODIFY));
	TRY("CREATE", inotify_add_watch(in, "f", IN_OPEN | IN_MASK_CREATE));
	DO(touch("f"));
	SEE("add", "%d", inotify_add_watch(in, "f", IN_OPEN | IN_MASK_ADD));
	DO(touch("f"));
	DO(truncate("f", 3));
	SEE("of the link", "%d",
	    inotify_add_watch(in, "l", IN_ALL_EVENTS | IN_DONT_FOLLOW));
	DO(unlink("l"));
	DO(inotify_rm_watch(in, 2));
	DO(touch("f"));
	SEE("once", "%d", inotify_add_watch(in, "f", IN_OPEN | IN_CLOSE |
					    IN_ONESHOT));
	DO(touch("f"));
	SEE("next", "%d", inotify_add_watch(in, "d", IN_CREATE));
	DO(touch("d/a"));
	TRY("flags", inotify_init1(0x10));
}

CASE(L13, "reading")
{
	char buf[200] __attribute__((aligned(8)));
	struct pollfd p;
	int n = -1;

	fresh();
	p = (struct pollfd){ in, POLLIN | POLLOUT, 0 };
	inotify_add_watch(in, ".", IN_CREATE | IN_DELETE);
	SEE("nothing", "%s", ERR(read(in, buf, sizeof(buf))));
	SEE("ready", "%d", poll(&p, 1, 0));
	mkdir("a", 0755);
	mkdir("name of sixteen.", 0755);
	CHECK(poll(&p, 1, 0) == 1);
	SEE("ready", "%x", p.revents);
	ioctl(in, FIONREAD, &n);
	SEE("bytes", "%d", n);
	SEE("no room", "%s", ERR(read(in, buf, 31)));
	SEE("for one", "%zd", read(in, buf, 32));
	SEE("no room", "%s", ERR(read(in, buf, 47)));
	SEE("fault", "%s", ERR(read(in, (char *)8, 200)));
	ioctl(in, FIONREAD, &n);
	SEE("bytes", "%d", n);
	SEE("write", "%s", ERR(write(in, buf, 1)));
	for (int i = 0; i < 3; i++) {
		mkdir("b", 0755);
		rmdir("b");
	}
	ioctl(in, FIONREAD, &n);
	SEE("bytes", "%d", n);
	n = (int)readlink(fd_path(in), buf, sizeof(buf));
	SEE("link", "%.*s", n, buf);
	SEE("close-on-exec", "%d", fcntl(inotify_init1(IN_CLOEXEC), F_GETFD));
}

CASE(L13, "equal events in a row are one; too many are an overflow")
{
	char text[20];
	long most;
	int n = -1;

	fresh();
	touch("f");
	inotify_add_watch(in, "f", IN_ALL_EVENTS);
	fd = open("f", O_WRONLY);
	for (int i = 0; i < 5; i++)
		write(fd, "x", 1);
	events("5 writes");
	CHECK(inotify_rm_watch(in, 1) == 0);
	close(in);
	most = strtol(read_file("/proc/sys/fs/inotify/max_queued_events"),
		      NULL, 10);
	SEE("max_queued_events", "%ld", most);
	write_file("/proc/sys/fs/inotify/max_queued_events", "3");
	in = inotify_init1(IN_NONBLOCK);
	snprintf(text, sizeof(text), "%ld", most);
	write_file("/proc/sys/fs/inotify/max_queued_events", text);
	inotify_add_watch(in, ".", IN_ALL_EVENTS);
	for (int i = 0; i < 5; i++)
		touch("g");
	ioctl(in, FIONREAD, &n);
	SEE("bytes", "%d", n);
	events("5 touches");
	touch("g");
	events("one more");
}

CASE(L13, "umount; the inode goes without its name")
{
	fresh();
	mkdir("m", 0755);
	mount("t", "m", "tmpfs", 0, NULL);
	touch("m/f");
	SEE("root", "%d", inotify_add_watch(in, "m", IN_ALL_EVENTS));
	SEE("file", "%d", inotify_add_watch(in, "m/f", IN_ALL_EVENTS));
	CHECK(umount("m") == 0);
	events("umount");
	TRY("rm", inotify_rm_watch(in, 1));
}

CASE(L13, "limits of a user")
{
	char path[80];
	int one, err = 0;

	fresh();
	SEE("instances", "%d",
	    strtol(read_file("/proc/sys/fs/inotify/max_user_instances"), NULL,
		   10) > 0);
	SEE("watches", "%d",
	    strtol(read_file("/proc/sys/fs/inotify/max_user_watches"), NULL,
		   10) >= 8192);
	CHECK(unshare(CLONE_NEWUSER) == 0);
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 0 1");
	write_file("/proc/self/gid_map", "0 0 1");
	write_file("/proc/sys/user/max_inotify_instances", "2");
	write_file("/proc/sys/user/max_inotify_watches", "3");
	one = inotify_init();
	SEE("one", "%d", one >= 0);
	SEE("two", "%d", inotify_init() >= 0);
	SEE("three", "%s", ERR(inotify_init()));
	close(one + 1);
	SEE("three", "%s", ERR(inotify_init()));
	for (int i = 0; !err && i < 5; i++) {
		snprintf(path, sizeof(path), "f%d", i);
		touch(path);
		err = inotify_add_watch(one, path, IN_OPEN) < 0 ? errno : 0;
		SEE("watch", "%s", err_name(err));
	}
	CHECK(inotify_rm_watch(one, 1) == 0);
	TRY("after one less", inotify_add_watch(one, path, IN_OPEN));
}

CASE(L13, "who may not read may not watch")
{
	fresh();
	touch("f");
	chmod("f", 0200);
	chmod("/mnt", 0755);
	become(1000);
	TRY("a file that others write", inotify_add_watch(in, "f", IN_OPEN));
}

// SPDX-License-Identifier: MIT
/* What ioctls on nsfs files answer: rows B01-B04, N6. */
#include "case.h"

#define D "/proc/self/ns/"
#define NS_GET_USERNS_ 0xb701
#define NS_GET_PARENT_ 0xb702
#define NS_GET_NSTYPE_ 0xb703
#define NS_GET_OWNER_UID_ 0xb704

CASE(B03, "NS_GET_NSTYPE of every entry")
{
	for (const struct ns_type *t = ns_types; t->name; t++) {
		int fd = open_ns(0, t->name);

		SEE(t->name, "%#x", ioctl(fd, NS_GET_NSTYPE_));
		CHECK(ioctl(fd, NS_GET_NSTYPE_) == t->flag);
		close(fd);
	}
}

/* "own user namespace" or the errno of NS_GET_USERNS. */
static const char *owner_of(int fd)
{
	int own = open(D "user", O_RDONLY), got = ioctl(fd, NS_GET_USERNS_);
	const char *text = got < 0 ? err_name(errno) :
			   same_file(got, own) ? "own" : "another";

	if (got >= 0) {
		CHECK(fcntl(got, F_GETFD) == FD_CLOEXEC);
		close(got);
	}
	close(own);
	return text;
}

CASE(B01 N6, "NS_GET_USERNS of the initial namespaces")
{
	for (const struct ns_type *t = ns_types; t->name; t++) {
		int fd = open_ns(0, t->name);

		SEE(t->name, "%s", owner_of(fd));
		close(fd);
	}
}

static int host_fd[16];

CASE(B01 U15 N6, "NS_GET_USERNS from a child user namespace")
{
	int n = 0;

	for (const struct ns_type *t = ns_types; t->name; t++)
		host_fd[n++] = open_ns(0, t->name);
	CHECK(unshare(CLONE_NEWUSER) == 0);
	n = 0;
	for (const struct ns_type *t = ns_types; t->name; t++)
		SEE(t->name, "%s", owner_of(host_fd[n++]));
	CHECK(unshare(CLONE_NEWUTS) == 0);
	SEE("own uts", "%s", owner_of(open(D "uts", O_RDONLY)));
	SEE("own user", "%s", owner_of(open(D "user", O_RDONLY)));
	n = 0;
	for (const struct ns_type *t = ns_types; t->name; t++) {
		char name[64];

		snprintf(name, sizeof(name), "setns host %s", t->name);
		TRY(name, setns(host_fd[n++], 0));
	}
}

static void user_and_uts(void)
{
	CHECK(unshare(CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWNS) == 0);
}

CASE(B01 B02, "owner and parent, seen from the parent")
{
	pid_t pid = spawn(user_and_uts);
	int uts = open_ns(pid, "uts"), user = open_ns(pid, "user");
	int got = ioctl(uts, NS_GET_USERNS_);

	SEE("owner of uts is its user", "%d", same_file(got, user));
	got = ioctl(user, NS_GET_PARENT_);
	SEE("parent of user is own", "%d",
	    same_file(got, open(D "user", O_RDONLY)));
	got = ioctl(user, NS_GET_USERNS_);
	SEE("owner of user is own", "%d",
	    same_file(got, open(D "user", O_RDONLY)));
	SEE("owner of its pid", "%s", owner_of(open_ns(pid, "pid")));
	reap(pid);
}

CASE(B02 N6, "NS_GET_PARENT of the initial namespaces")
{
	for (const struct ns_type *t = ns_types; t->name; t++)
		TRY(t->name, ioctl(open_ns(0, t->name), NS_GET_PARENT_));
}

static void parent_inside(void)
{
	int own = open(D "pid", O_RDONLY);

	TRY("inside", ioctl(own, NS_GET_PARENT_));
	TRY("owner", ioctl(own, NS_GET_USERNS_));
}

CASE(B02 S12, "the parent of a pid namespace")
{
	int own = open(D "pid", O_RDONLY), inner, got;
	pid_t pid;

	CHECK(unshare(CLONE_NEWPID) == 0);
	pid = spawn(parent_inside);
	inner = open_ns(pid, "pid");
	got = ioctl(inner, NS_GET_PARENT_);
	SEE("from outside", "%d", same_file(got, own));
	SEE("close-on-exec", "%d", fcntl(got, F_GETFD));
	reap(pid);
	got = ioctl(inner, NS_GET_PARENT_);
	SEE("of a dead one", "%d", same_file(got, own));
}

CASE(B04, "NS_GET_OWNER_UID")
{
	uid_t uid = 77;
	pid_t pid;

	for (const struct ns_type *t = ns_types; t->name; t++) {
		int fd = open_ns(0, t->name);

		uid = 77;
		SEE(t->name, "%s", ERR(ioctl(fd, NS_GET_OWNER_UID_, &uid)));
		SEE("uid", "%u", uid);
	}
	TRY("NULL", ioctl(open(D "user", O_RDONLY), NS_GET_OWNER_UID_, NULL));
	TRY("NULL, uts", ioctl(open(D "uts", O_RDONLY), NS_GET_OWNER_UID_,
			       NULL));
	pid = fork();
	if (pid == 0) {
		become(1000);
		CHECK(unshare(CLONE_NEWUSER) == 0);
		CHECK(ioctl(open(D "user", O_RDONLY), NS_GET_OWNER_UID_,
			    &uid) == 0);
		SEE("unmapped", "%u", uid);
		_exit(case_failed);
	}
	waitpid(pid, NULL, 0);
}

CASE(N6, "unknown ioctls, and ours on other files")
{
	int fd = open(D "uts", O_RDONLY), null = open("/dev/null", O_RDONLY);

	TRY("0xb700", ioctl(fd, 0xb700));
	TRY("0xb77f", ioctl(fd, 0xb77f));
	TRY("/dev/null", ioctl(null, NS_GET_NSTYPE_));
	TRY("ns directory", ioctl(open("/proc/self/ns", O_RDONLY),
				  NS_GET_NSTYPE_));
	TRY("closed", ioctl(999, NS_GET_NSTYPE_));
	TRY("O_PATH", ioctl(open(D "uts", O_PATH), NS_GET_NSTYPE_));
}

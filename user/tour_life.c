// SPDX-License-Identifier: MIT
/* The tour, second part: what keeps a namespace alive, and how to enter it. */
#include <sys/socket.h>

#include "user/tour.h"

static char inum_text[32]; /* of the namespace that we look at */

static void set_burrow(void)
{
	sethostname("burrow", 6);
}

/* A uts namespace called `burrow', held by nothing but the fd returned. */
static int orphan_fd(void)
{
	struct burrow b;
	int fd;

	burrow_dig(&b, CLONE_NEWUTS, set_burrow);
	fd = ns_open(b.pid, "uts");
	must(fd >= 0, "open of the child's namespace");
	snprintf(inum_text, sizeof(inum_text), "%lu",
		 (unsigned long)ns_inum(b.pid, "uts"));
	burrow_close(&b);
	return fd;
}

/* Enter what @fd names and look around. */
static void enter_and_check(int fd)
{
	check(setns(fd, CLONE_NEWUTS) == 0, "setns enters it");
	check(!strcmp(hostname(), "burrow"), "the hostname there: %s",
	      hostname());
}

static void an_fd_pins(void)
{
	int fd = orphan_fd();

	see("its only task has ended; we hold fd %d", fd);
	warren_see("pins", inum_text);
	enter_and_check(fd);
}

static void a_mount_pins(void)
{
	char dir[32], file[64], source[32];
	struct burrow b;
	int fd;

	dir_make(dir);
	snprintf(file, sizeof(file), "%s/u", dir);
	must(unshare(CLONE_NEWNS) == 0, "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "mount");
	close(open(file, O_WRONLY | O_CREAT, 0600));
	burrow_dig(&b, CLONE_NEWUTS, set_burrow);
	snprintf(source, sizeof(source), "/proc/%d/ns/uts", b.pid);
	snprintf(inum_text, sizeof(inum_text), "%lu",
		 (unsigned long)ns_inum(b.pid, "uts"));
	check(mount(source, file, NULL, MS_BIND, NULL) == 0,
	      "mount --bind %s %s", source, file);
	burrow_close(&b);
	see("its only task has ended; the mount holds it");
	warren_see("pins", inum_text);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	must(fd >= 0, "open");
	enter_and_check(fd);
	close(fd);
	check(umount2(file, MNT_DETACH) == 0, "umount: the file is a file");
	fd = open(file, O_RDONLY | O_CLOEXEC);
	check_fails(setns(fd, 0), EINVAL, "and no door");
	dir_remove(dir);
}

/* Send @fd through the socket @to, as a message's baggage. */
static void fd_send(int to, int fd)
{
	char c = 'x', room[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { &c, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = room,
			    .msg_controllen = sizeof(room) };
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);

	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(h), &fd, sizeof(int));
	must(sendmsg(to, &m, 0) == 1, "sendmsg");
}

static int fd_receive(int from)
{
	char c, room[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { &c, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = room,
			    .msg_controllen = sizeof(room) };
	struct cmsghdr *h;
	int fd = -1;

	must(recvmsg(from, &m, 0) == 1, "recvmsg");
	h = CMSG_FIRSTHDR(&m);
	if (h && h->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(h), sizeof(int));
	return fd;
}

static void a_letter_pins(void)
{
	int pair[2], fd = orphan_fd();

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair");
	fd_send(pair[0], fd);
	close(fd);
	see("no task, no open file, no mount: only a message in a socket");
	warren_see("pins", inum_text);
	fd = fd_receive(pair[1]);
	check(fd >= 0, "the message arrives with its descriptor");
	enter_and_check(fd);
}

static void a_zombie(void)
{
	struct stat st;
	char path[64];
	pid_t pid = clone_into(CLONE_NEWUTS);
	siginfo_t info;

	if (pid == 0)
		_exit(0);
	must(pid > 0, "clone");
	must(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0, "waitid");
	snprintf(path, sizeof(path), "/proc/%d/ns/uts", pid);
	see("%d has ended, and nobody has waited for it yet", pid);
	check(lstat(path, &st) == 0 && S_ISLNK(st.st_mode),
	      "the link uts is still listed");
	check(ns_inum(pid, "uts") == 0, "but leads nowhere: %s",
	      ns_text(pid, "uts"));
	check(ns_inum(pid, "pid") != 0, "its number still has a place: %s",
	      ns_text(pid, "pid"));
	reap(pid);
	check_fails(lstat(path, &st), ENOENT,
		    "after wait the directory is gone");
}

const struct step life_steps[] = {
	{ "An open file pins a namespace",
	  "A descriptor keeps a namespace past its last task; setns enters it.",
	  an_fd_pins },
	{ "A bind mount pins a namespace",
	  "The file behind the link can be mounted elsewhere: a door with a "
	  "path.",
	  a_mount_pins },
	{ "A letter pins a namespace",
	  "A descriptor in flight (SCM_RIGHTS) holds what it names.",
	  a_letter_pins },
	{ "What a zombie is in",
	  "An ended task has left its namespaces, all but that of its number.",
	  a_zombie },
	{ 0 },
};

// SPDX-License-Identifier: MIT
/* The tour, first part: the magic links of /proc/PID/ns. */
#include <linux/nsfs.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "user/tour.h"

static void a_name(void)
{
	struct stat link, file;
	char text[64];

	must(lstat("/proc/self/ns/uts", &link) == 0, "lstat");
	must(stat("/proc/self/ns/uts", &file) == 0, "stat");
	see("readlink /proc/self/ns/uts: %s", ns_text(0, "uts"));
	see("stat of the same: inode %lu", (unsigned long)file.st_ino);
	snprintf(text, sizeof(text), "uts:[%lu]", (unsigned long)file.st_ino);
	check(S_ISLNK(link.st_mode) && S_ISREG(file.st_mode),
	      "a symbolic link that leads to a file");
	check(!strcmp(ns_text(0, "uts"), text),
	      "the number in the text is the file's inode: %s", text);
	check(ns_inum(getppid(), "uts") == file.st_ino,
	      "our parent is in the same one");
}

static void a_jump(void)
{
	struct open_how how = { .flags = O_RDONLY,
				.resolve = RESOLVE_NO_MAGICLINKS };
	const char *text = ns_text(0, "uts");
	int fd = ns_open(0, "uts");

	check_fails(access(text, F_OK), ENOENT, "the text %s is no path", text);
	check(fd >= 0, "but opening the link works");
	check(ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWUTS,
	      "and the file knows its type, CLONE_NEWUTS");
	check_fails(open("/proc/self/ns/uts", O_RDONLY | O_NOFOLLOW), ELOOP,
		    "with O_NOFOLLOW");
	check_fails(syscall(SYS_openat2, AT_FDCWD, "/proc/self/ns/uts", &how,
			    sizeof(how)),
		    ELOOP, "with RESOLVE_NO_MAGICLINKS");
}

static void set_burrow(void)
{
	sethostname("burrow", 6);
}

static void a_burrow(void)
{
	char before[65];
	struct burrow b;

	snprintf(before, sizeof(before), "%s", hostname());
	burrow_dig(&b, CLONE_NEWUTS, set_burrow);
	see("ours:      %s, hostname %s", ns_text(0, "uts"), hostname());
	see("the child: %s", ns_text(b.pid, "uts"));
	check(ns_inum(b.pid, "uts") != ns_inum(0, "uts"),
	      "two uts namespaces now");
	check(ns_inum(b.pid, "mnt") == ns_inum(0, "mnt"),
	      "the mount namespace is still shared");
	check(!strcmp(before, hostname()), "our hostname stayed %s", before);
	burrow_close(&b);
}

static void a_refusal(void)
{
	int fd = ns_open(0, "uts"), null = open("/dev/null", O_RDONLY);

	check_fails(setns(fd, CLONE_NEWPID), EINVAL,
		    "a uts namespace, asked for as pid");
	warren_see("why", "setns");
	check_fails(setns(null, 0), EINVAL, "a file that is no namespace");
	warren_see("why", "setns");
	check_fails(setns(-1, 0), EBADF, "no file at all");
	if (access("/sys/kernel/debug/warren", F_OK) < 0)
		see("one errno for many reasons; Warren's `ns why` tells more");
}

const struct step link_steps[] = {
	{ "A namespace has a name",
	  "The links in /proc/PID/ns name the namespaces that a task is in.",
	  a_name },
	{ "The name is text, the link is a jump",
	  "readlink gives words for people; following the link does not use "
	  "them.",
	  a_jump },
	{ "A burrow of one's own",
	  "A child unshares its uts namespace and calls its machine `burrow'.",
	  a_burrow },
	{ "A refusal", "setns checks what it is given, and says EINVAL.",
	  a_refusal },
	{ 0 },
};

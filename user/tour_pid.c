// SPDX-License-Identifier: MIT
/* The tour, third part: pid namespaces, where a number depends on the eye. */
#include "user/tour.h"

static void number_one(void)
{
	int pipes[2], seen[2] = { 0, -1 };
	pid_t pid;

	must(pipe(pipes) == 0, "pipe");
	pid = clone_into(CLONE_NEWPID);
	if (pid == 0) {
		seen[0] = getpid();
		seen[1] = getppid();
		_exit(write(pipes[1], seen, sizeof(seen)) != sizeof(seen));
	}
	must(pid > 0, "clone");
	must(read(pipes[0], seen, sizeof(seen)) == sizeof(seen), "read");
	see("we call the child %d; it calls itself %d", pid, seen[0]);
	check(seen[0] == 1, "inside, it is number 1");
	check(seen[1] == 0, "its parent has no number there: %d", seen[1]);
	check(pid > 1 && reap(pid) == 0, "outside, it is %d as ever", pid);
}

/* PID 1 of a new namespace, with a child that holds @fd for ever. */
static pid_t family_start(int fd)
{
	pid_t pid = clone_into(CLONE_NEWPID), child;

	if (pid != 0)
		return pid;
	child = fork();
	if (child == 0)
		while (write(fd, "x", 1) >= 0)
			pause();
	pause();
	_exit(1);
}

static void death_of_one(void)
{
	int pipes[2];
	char c = 0;
	pid_t pid;

	must(pipe(pipes) == 0, "pipe");
	pid = family_start(pipes[1]);
	must(pid > 0, "clone");
	close(pipes[1]);
	must(read(pipes[0], &c, 1) == 1, "read");
	see("number 1 is %d here; its child holds the other end of a pipe",
	    pid);
	kill(pid, SIGKILL);
	check(reap(pid) == -SIGKILL, "number 1 is killed");
	check(read(pipes[0], &c, 1) == 0,
	      "end of file: its whole namespace died with it");
}

static void for_children(void)
{
	ino_t ours = ns_inum(0, "pid");
	int go[2];
	pid_t pid;
	char c;

	must(pipe(go) == 0, "pipe");
	must(unshare(CLONE_NEWPID) == 0, "unshare");
	check(ns_inum(0, "pid") == ours && getpid() > 1,
	      "unshare moves nobody: we are still %d in %s", getpid(),
	      ns_text(0, "pid"));
	check(ns_inum(0, "pid_for_children") == 0,
	      "no first child yet, so pid_for_children: %s",
	      ns_text(0, "pid_for_children"));
	pid = clone_into(0);
	if (pid == 0) {
		close(go[1]);
		_exit(read(go[0], &c, 1) == 0 && getpid() == 1 ? 0 : 1);
	}
	must(pid > 0, "fork");
	see("after fork: pid_for_children %s", ns_text(0, "pid_for_children"));
	check(ns_inum(0, "pid_for_children") == ns_inum(pid, "pid"),
	      "now it names what the child is in");
	close(go[1]);
	check(reap(pid) == 0, "the child was number 1, and has ended");
	pid = clone_into(0);
	if (pid == 0)
		_exit(0);
	check_fails(pid, ENOMEM, "a namespace without number 1 takes no more");
}

const struct step pid_steps[] = {
	{ "Number one",
	  "A child in a new pid namespace counts from 1; we see it by ours.",
	  number_one },
	{ "The death of number one",
	  "When the first process of a pid namespace ends, all of it ends.",
	  death_of_one },
	{ "For children only",
	  "A task's own number never changes: unshare is for the next fork.",
	  for_children },
	{ 0 },
};

// SPDX-License-Identifier: MIT
/* The controller "pids" of cgroup2: who may enable it, what it counts, where it
 * refuses. Row U22. Linux has other controllers, too: only this one is shown. */
#include "cgroup.h"

#include <linux/sched.h>

/* Is "pids" in the list? */
static bool lists_pids(const char *path)
{
	char text[200];

	snprintf(text, sizeof(text), "%s", get(path));
	for (char *s = strtok(text, " "); s; s = strtok(NULL, " "))
		if (!strcmp(s, "pids"))
			return true;
	return false;
}

/* A child's fork: "ok" or the errno. The child runs in @group. */
static const char *fork_in(const char *group)
{
	static char text[16];
	int to[2];
	pid_t pid;
	ssize_t n;

	CHECK(pipe(to) == 0);
	pid = fork();
	if (!pid) {
		const char *s = put(group, "0");
		pid_t child;

		if (!strcmp(s, "ok")) {
			child = fork();
			if (!child)
				_exit(0);
			s = child < 0 ? err_name(errno) : "ok";
			if (child > 0)
				waitpid(child, NULL, 0);
		}
		_exit(write(to[1], s, strlen(s)) < 0);
	}
	close(to[1]);
	n = read(to[0], text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = 0;
	close(to[0]);
	CHECK(waitpid(pid, NULL, 0) == pid);
	return text;
}

CASE(U22, "pids: enabled from the top down")
{
	static const char *const junk[] = { "pids", "+nothing", "+pids junk",
					    "+", "+pids,-pids", "\n", " ",
					    "+PIDS", "-nothing" };
	struct stat st;

	cgroups_mount();
	SEE("the root has it", "%d", lists_pids(ROOT "cgroup.controllers"));
	SEE("the root gives it", "%d", lists_pids(ROOT "cgroup.subtree_control"));
	CHECK(mkdir(ROOT "a", 0755) == 0);
	CHECK(mkdir(ROOT "a/b", 0755) == 0);
	SEE("a has it", "%d", lists_pids(ROOT "a/cgroup.controllers"));
	SEE("pids.max of a", "%s", get(ROOT "a/pids.max"));
	SEE("a gives what it has not", "%s",
	    put(ROOT "a/cgroup.subtree_control", "+pids"));
	SEE("a takes what it did not give", "%s",
	    put(ROOT "a/cgroup.subtree_control", "-pids"));
	for (size_t i = 0; i < sizeof(junk) / sizeof(junk[0]); i++)
		SEE("junk", "%s", put(ROOT "cgroup.subtree_control", junk[i]));
	SEE("the root gives", "%s", put(ROOT "cgroup.subtree_control", "+pids"));
	SEE("again", "%s", put(ROOT "cgroup.subtree_control", "+pids"));
	SEE("it says", "%d", lists_pids(ROOT "cgroup.subtree_control"));
	SEE("a has it", "%d", lists_pids(ROOT "a/cgroup.controllers"));
	SEE("b has it", "%d", lists_pids(ROOT "a/b/cgroup.controllers"));
	SEE("pids.max of the root", "%s", get(ROOT "pids.max"));
	SEE("pids.max of b", "%s", get(ROOT "a/b/pids.max"));
	for (size_t i = 0; i < 4; i++) {
		static const char *const names[] = { "max", "current", "events",
						     "peak" };
		char path[64];

		snprintf(path, sizeof(path), ROOT "a/pids.%s", names[i]);
		SEE(names[i], "%o %s", stat(path, &st) ? 0 : st.st_mode,
		    get(path));
	}
	SEE("a gives", "%s", put(ROOT "a/cgroup.subtree_control", "+pids"));
	SEE("pids.max of b", "%s", get(ROOT "a/b/pids.max"));
	SEE("the root takes what a gives", "%s",
	    put(ROOT "cgroup.subtree_control", "-pids"));
	SEE("both ways", "%s",
	    put(ROOT "a/cgroup.subtree_control", "+pids -pids"));
	SEE("pids.max of b", "%s", get(ROOT "a/b/pids.max"));
	SEE("the root takes", "%s", put(ROOT "cgroup.subtree_control", "-pids"));
	SEE("pids.max of a", "%s", get(ROOT "a/pids.max"));
	CHECK(rmdir(ROOT "a/b") == 0);
	CHECK(rmdir(ROOT "a") == 0);
}

CASE(U22, "pids: what pids.max takes; the files go with the controller")
{
	static const char *const texts[] = {
		"5", " 7 ", "0x10", "010", "0", "-1", "", "max", "maximal",
		"4194304", "4194305", "9223372036854775807",
		"9223372036854775808", "junk", "5 6" };
	int fd;
	char c;

	cgroups_mount();
	CHECK(put_ok(ROOT "cgroup.subtree_control", "+pids"));
	CHECK(mkdir(ROOT "a", 0755) == 0);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *s = put(ROOT "a/pids.max", texts[i]);

		SEE(texts[i], "%s, then %s", s, get(ROOT "a/pids.max"));
	}
	SEE("current written", "%s", put(ROOT "a/pids.current", "1"));
	fd = open(ROOT "a/pids.max", O_RDWR);
	CHECK(put_ok(ROOT "a/pids.max", "3"));
	CHECK(put_ok(ROOT "cgroup.subtree_control", "-pids"));
	SEE("read after", "%s", ERR(read(fd, &c, 1)));
	SEE("write after", "%s", ERR(write(fd, "1", 1)));
	CHECK(put_ok(ROOT "cgroup.subtree_control", "+pids"));
	SEE("old file, enabled again", "%s", ERR(read(fd, &c, 1)));
	close(fd);
	SEE("the limit then", "%s", get(ROOT "a/pids.max"));
	CHECK(rmdir(ROOT "a") == 0);
	CHECK(put_ok(ROOT "cgroup.subtree_control", "-pids"));
}

static void *wait_in_read(void *fd)
{
	char c;

	return read(*(int *)fd, &c, 1) < 0 ? fd : NULL;
}

CASE(U22, "pids: threads, zombies, enabling late")
{
	int go[2], done[2];
	char c;
	pid_t pid;

	cgroups_mount();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	CHECK(pipe(go) == 0 && pipe(done) == 0);
	pid = fork();
	if (!pid) {
		pthread_t t[2];

		for (int i = 0; i < 2; i++)
			pthread_create(&t[i], NULL, wait_in_read, &go[0]);
		CHECK(write(done[1], "", 1) == 1);
		for (int i = 0; i < 2; i++)
			pthread_join(t[i], NULL);
		_exit(0);
	}
	CHECK(read(done[0], &c, 1) == 1);
	CHECK(!strcmp(put_pid(ROOT "a/cgroup.procs", pid), "ok"));
	CHECK(put_ok(ROOT "cgroup.subtree_control", "+pids"));
	SEE("three threads", "%s", get(ROOT "a/pids.current"));
	CHECK(put_ok(ROOT "cgroup.subtree_control", "-pids"));
	CHECK(put_ok(ROOT "cgroup.subtree_control", "+pids"));
	SEE("again", "%s", get(ROOT "a/pids.current"));
	CHECK(put_ok(ROOT "a/pids.max", "1"));
	SEE("more than the limit", "%s", get(ROOT "a/pids.current"));
	CHECK(write(go[1], "xx", 2) == 2);
	CHECK(waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT) == 0);
	SEE("a zombie", "%s", get(ROOT "a/pids.current"));
	CHECK(put_ok(ROOT "cgroup.subtree_control", "-pids"));
	CHECK(put_ok(ROOT "cgroup.subtree_control", "+pids"));
	SEE("zombie, enabled again", "%s", get(ROOT "a/pids.current"));
	CHECK(waitpid(pid, NULL, 0) == pid);
	SEE("reaped", "%s", get(ROOT "a/pids.current"));
	CHECK(rmdir(ROOT "a") == 0);
	CHECK(put_ok(ROOT "cgroup.subtree_control", "-pids"));
}

CASE(U22, "pids: a limit anywhere above refuses a fork")
{
	struct pollfd p = { .events = POLLPRI };
	pid_t pid;
	char buf[64];

	cgroups_mount();
	CHECK(put_ok(ROOT "cgroup.subtree_control", "+pids"));
	CHECK(mkdir(ROOT "a", 0755) == 0);
	CHECK(put_ok(ROOT "a/cgroup.subtree_control", "+pids"));
	CHECK(mkdir(ROOT "a/b", 0755) == 0);
	CHECK(mkdir(ROOT "a/b/c", 0755) == 0);
	SEE("no limit", "%s", fork_in(ROOT "a/b/cgroup.procs"));
	CHECK(put_ok(ROOT "a/pids.max", "1"));
	p.fd = open(ROOT "a/b/pids.events", O_RDONLY);
	CHECK(read(p.fd, buf, sizeof(buf)) > 0);
	SEE("quiet", "%d", poll(&p, 1, 0));
	SEE("limit above", "%s", fork_in(ROOT "a/b/cgroup.procs"));
	SEE("poll", "%d", poll(&p, 1, 5000));
	SEE("what", "%d", p.revents);
	close(p.fd);
	SEE("events of b", "%s", get(ROOT "a/b/pids.events"));
	SEE("events of a", "%s", get(ROOT "a/pids.events"));
	SEE("from a group without files", "%s",
	    fork_in(ROOT "a/b/c/cgroup.procs"));
	SEE("events of b", "%s", get(ROOT "a/b/pids.events"));
	SEE("current of b", "%s", get(ROOT "a/b/pids.current"));
	SEE("current of a", "%s", get(ROOT "a/pids.current"));
	CHECK(put_ok(ROOT "a/pids.max", "0"));
	pid = spawn(NULL);
	SEE("moving over the limit", "%s",
	    put_pid(ROOT "a/b/cgroup.procs", pid));
	SEE("current of a", "%s", get(ROOT "a/pids.current"));
	reap(pid);
	SEE("current of a", "%s", get(ROOT "a/pids.current"));
	SEE("events of b", "%s", get(ROOT "a/b/pids.events"));
	CHECK(rmdir(ROOT "a/b/c") == 0);
	CHECK(rmdir(ROOT "a/b") == 0);
	CHECK(rmdir(ROOT "a") == 0);
	CHECK(put_ok(ROOT "cgroup.subtree_control", "-pids"));
}

CASE(U22, "pids: processes in a group that gives it")
{
	pid_t pid;

	cgroups_mount();
	CHECK(put_ok(ROOT "cgroup.subtree_control", "+pids"));
	CHECK(mkdir(ROOT "a", 0755) == 0);
	CHECK(mkdir(ROOT "a/b", 0755) == 0);
	pid = spawn(NULL);
	CHECK(!strcmp(put_pid(ROOT "a/cgroup.procs", pid), "ok"));
	SEE("one in a: a gives", "%s",
	    put(ROOT "a/cgroup.subtree_control", "+pids"));
	SEE("type of a", "%s", get(ROOT "a/cgroup.type"));
	SEE("type of b", "%s", get(ROOT "a/b/cgroup.type"));
	SEE("into b", "%s", put_pid(ROOT "a/b/cgroup.procs", pid));
	SEE("one in b: into a", "%s", put_pid(ROOT "a/cgroup.procs", pid));
	CHECK(put_ok(ROOT "cgroup.procs", "0"));
	reap(pid);
	put(ROOT "a/cgroup.subtree_control", "-pids");
	pid = spawn(NULL);
	CHECK(!strcmp(put_pid(ROOT "a/b/cgroup.procs", pid), "ok"));
	pid_t second = spawn(NULL);

	SEE("none given: a second into a", "%s",
	    put_pid(ROOT "a/cgroup.procs", second));
	SEE("both have one: a gives", "%s",
	    put(ROOT "a/cgroup.subtree_control", "+pids"));
	reap(second);
	SEE("only b has: a gives", "%s",
	    put(ROOT "a/cgroup.subtree_control", "+pids"));
	second = spawn(NULL);
	SEE("then a second into a", "%s",
	    put_pid(ROOT "a/cgroup.procs", second));
	reap(second);
	reap(pid);
	CHECK(rmdir(ROOT "a/b") == 0);
	CHECK(rmdir(ROOT "a") == 0);
	CHECK(put_ok(ROOT "cgroup.subtree_control", "-pids"));
}

static int told[2];

static void *tell_and_sleep(void *arg)
{
	pid_t tid = (pid_t)syscall(SYS_gettid);

	CHECK(write(told[1], &tid, sizeof(tid)) == sizeof(tid));
	for (;;)
		pause();
	return arg;
}

static void second_thread(void)
{
	pthread_t t;

	CHECK(pthread_create(&t, NULL, tell_and_sleep, NULL) == 0);
}

CASE(U22, "pids: in a thread subtree")
{
	pid_t pid, tid;

	cgroups_mount();
	CHECK(pipe(told) == 0);
	CHECK(put_ok(ROOT "cgroup.subtree_control", "+pids"));
	CHECK(mkdir(ROOT "a", 0755) == 0);
	CHECK(mkdir(ROOT "a/b", 0755) == 0);
	CHECK(mkdir(ROOT "a/b/c", 0755) == 0);
	pid = spawn(second_thread);
	CHECK(read(told[0], &tid, sizeof(tid)) == sizeof(tid));
	CHECK(!strcmp(put_pid(ROOT "a/cgroup.procs", pid), "ok"));
	SEE("a, with a process, gives", "%s",
	    put(ROOT "a/cgroup.subtree_control", "+pids"));
	SEE("type of b", "%s", get(ROOT "a/b/cgroup.type"));
	SEE("b gives", "%s", put(ROOT "a/b/cgroup.subtree_control", "+pids"));
	SEE("b threaded", "%s", put(ROOT "a/b/cgroup.type", "threaded"));
	SEE("type of a", "%s", get(ROOT "a/cgroup.type"));
	SEE("one thread into b", "%s",
	    put_pid(ROOT "a/b/cgroup.threads", tid));
	SEE("current of a", "%s", get(ROOT "a/pids.current"));
	SEE("current of b", "%s", get(ROOT "a/b/pids.current"));
	SEE("b, with a thread, gives", "%s",
	    put(ROOT "a/b/cgroup.subtree_control", "+pids"));
	SEE("type of c", "%s", get(ROOT "a/b/c/cgroup.type"));
	SEE("c threaded", "%s", put(ROOT "a/b/c/cgroup.type", "threaded"));
	SEE("the thread into c", "%s",
	    put_pid(ROOT "a/b/c/cgroup.threads", tid));
	SEE("the leader beside it", "%s",
	    put_pid(ROOT "a/b/cgroup.threads", pid));
	SEE("current of b", "%s", get(ROOT "a/b/pids.current"));
	SEE("current of c", "%s", get(ROOT "a/b/c/pids.current"));
	SEE("a takes", "%s", put(ROOT "a/cgroup.subtree_control", "-pids"));
	reap(pid);
	SEE("current of a", "%s", get(ROOT "a/pids.current"));
	CHECK(rmdir(ROOT "a/b/c") == 0);
	CHECK(rmdir(ROOT "a/b") == 0);
	CHECK(rmdir(ROOT "a") == 0);
	CHECK(put_ok(ROOT "cgroup.subtree_control", "-pids"));
}

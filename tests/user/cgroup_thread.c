// SPDX-License-Identifier: MIT
/* Threaded groups of cgroup2, what cgroup.procs lists and in which order,
 * cgroup.stat, and limits of the tree. Row U22. No controller is needed here:
 * with one see cgroup_pids.c. */
#include "cgroup.h"

#include <linux/sched.h>

#define TYPE(group) get(ROOT group "/cgroup.type")

static pid_t gettid_(void)
{
	return (pid_t)syscall(SYS_gettid);
}

static char field_state(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	return field(path, "State:\t")[0];
}

static void make(const char *path)
{
	CHECK(mkdir(path, 0755) == 0);
}

static void unmake(const char *path)
{
	CHECK(rmdir(path) == 0);
}

CASE(U22, "threaded: types, and what makes them")
{
	static const char *const texts[] = {
		"domain", "domain threaded", "domain invalid", "x",
		"",	  " threaded ",	     "threaded"};
	pid_t pid;

	cgroups_mount();
	SEE("the root", "%s", get(ROOT "cgroup.type"));
	make(ROOT "a");
	make(ROOT "a/b");
	make(ROOT "a/b/c");
	make(ROOT "a/d");
	SEE("types", "%s, %s, %s, %s", TYPE("a"), TYPE("a/b"), TYPE("a/b/c"),
	    TYPE("a/d"));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *s = put(ROOT "a/b/cgroup.type", texts[i]);

		SEE("b", "%s, then %s", s, TYPE("a/b"));
	}
	SEE("types", "%s, %s, %s, %s", TYPE("a"), TYPE("a/b"), TYPE("a/b/c"),
	    TYPE("a/d"));
	SEE("b back", "%s", put(ROOT "a/b/cgroup.type", "domain"));
	SEE("b again", "%s", put(ROOT "a/b/cgroup.type", "threaded"));
	pid = spawn(NULL);
	SEE("into an invalid one", "%s",
	    put_pid(ROOT "a/b/c/cgroup.procs", pid));
	SEE("into another", "%s", put_pid(ROOT "a/d/cgroup.procs", pid));
	SEE("c threaded", "%s", put(ROOT "a/b/c/cgroup.type", "threaded"));
	SEE("into it", "%s", put_pid(ROOT "a/b/c/cgroup.procs", pid));
	SEE("d threaded", "%s", put(ROOT "a/d/cgroup.type", "threaded"));
	SEE("types", "%s, %s, %s, %s", TYPE("a"), TYPE("a/b"), TYPE("a/b/c"),
	    TYPE("a/d"));
	SEE("events of a", "%s", get(ROOT "a/cgroup.events"));
	SEE("rmdir", "%s", ERR(rmdir(ROOT "a/b/c")));
	CHECK(!strcmp(put_pid(ROOT "cgroup.procs", pid), "ok"));
	unmake(ROOT "a/b/c");
	unmake(ROOT "a/d");
	SEE("a", "%s", TYPE("a"));
	unmake(ROOT "a/b");
	SEE("without threaded children", "%s", TYPE("a"));
	SEE("a itself, below the root", "%s",
	    put(ROOT "a/cgroup.type", "threaded"));
	SEE("a", "%s", TYPE("a"));
	reap(pid);
	unmake(ROOT "a");
}

CASE(U22, "threaded: populated groups do not become it")
{
	pid_t pid;

	cgroups_mount();
	make(ROOT "a");
	make(ROOT "a/b");
	make(ROOT "a/b/c");
	make(ROOT "a/d");
	pid = spawn(NULL);
	CHECK(!strcmp(put_pid(ROOT "a/b/cgroup.procs", pid), "ok"));
	SEE("with a process", "%s", put(ROOT "a/b/cgroup.type", "threaded"));
	SEE("beside one", "%s", put(ROOT "a/d/cgroup.type", "threaded"));
	CHECK(!strcmp(put_pid(ROOT "a/b/c/cgroup.procs", pid), "ok"));
	SEE("above one", "%s", put(ROOT "a/b/cgroup.type", "threaded"));
	CHECK(!strcmp(put_pid(ROOT "a/cgroup.procs", pid), "ok"));
	SEE("below one", "%s", put(ROOT "a/b/cgroup.type", "threaded"));
	SEE("types", "%s, %s", TYPE("a"), TYPE("a/b"));
	SEE("c first", "%s", put(ROOT "a/b/c/cgroup.type", "threaded"));
	SEE("types", "%s, %s, %s", TYPE("a"), TYPE("a/b"), TYPE("a/b/c"));
	SEE("kill of a threaded one", "%s", put(ROOT "a/b/cgroup.kill", "1"));
	SEE("procs of a threaded one", "%s", get(ROOT "a/b/cgroup.procs"));
	reap(pid);
	unmake(ROOT "a/b/c");
	unmake(ROOT "a/b");
	unmake(ROOT "a/d");
	unmake(ROOT "a");
}

static struct pipe_pair told;
static pid_t helper;

static void *sleep_told(void *arg)
{
	pid_t tid = gettid_();

	CHECK(write(told.wr, &tid, sizeof(tid)) == sizeof(tid));
	for (;;)
		pause();
	return arg;
}

static void second_thread(void)
{
	pthread_t t;

	CHECK(pthread_create(&t, NULL, sleep_told, NULL) == 0);
}

static const char *thread_group(pid_t pid, pid_t tid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/cgroup", pid, tid);
	return field(path, "0::");
}

CASE(U22, "threaded: threads apart")
{
	struct clone_args args = {.flags = CLONE_INTO_CGROUP,
				  .exit_signal = SIGCHLD};
	int status;
	pid_t pid;

	cgroups_mount();
	make(ROOT "a");
	make(ROOT "a/b");
	make(ROOT "a/c");
	make(ROOT "z");
	told = pipe_new();
	pid = spawn(second_thread);
	CHECK(read(told.rd, &helper, sizeof(helper)) == sizeof(helper));
	CHECK(!strcmp(put_pid(ROOT "a/cgroup.procs", pid), "ok"));
	SEE("before", "%s", put_pid(ROOT "a/b/cgroup.threads", helper));
	CHECK(put_ok(ROOT "a/b/cgroup.type", "threaded"));
	CHECK(put_ok(ROOT "a/c/cgroup.type", "threaded"));
	SEE("one thread into b", "%s",
	    put_pid(ROOT "a/b/cgroup.threads", helper));
	SEE("they are in", "%s", thread_group(pid, pid));
	SEE("and", "%s", thread_group(pid, helper));
	SEE("threads of a", "%d %d", lists_pid(ROOT "a/cgroup.threads", pid),
	    lists_pid(ROOT "a/cgroup.threads", helper));
	SEE("threads of b", "%d %d", lists_pid(ROOT "a/b/cgroup.threads", pid),
	    lists_pid(ROOT "a/b/cgroup.threads", helper));
	SEE("procs of a", "%d %d", lists_pid(ROOT "a/cgroup.procs", pid),
	    lists_pid(ROOT "a/cgroup.procs", helper));
	SEE("procs of b", "%s", get(ROOT "a/b/cgroup.procs"));
	SEE("the leader into c", "%s", put_pid(ROOT "a/c/cgroup.threads", pid));
	SEE("procs of a", "%d", lists_pid(ROOT "a/cgroup.procs", pid));
	SEE("threads of a", "%s", get(ROOT "a/cgroup.threads"));
	SEE("events", "%s, %s, %s", get(ROOT "a/cgroup.events"),
	    get(ROOT "a/b/cgroup.events"), get(ROOT "a/c/cgroup.events"));
	SEE("a thread out of the domain", "%s",
	    put_pid(ROOT "z/cgroup.threads", helper));
	SEE("into the root", "%s", put_pid(ROOT "cgroup.threads", helper));
	SEE("no such", "%s", put(ROOT "a/b/cgroup.threads", "999999"));
	SEE("the process by its thread", "%s",
	    put_pid(ROOT "a/b/cgroup.procs", helper));
	SEE("they are in", "%s", thread_group(pid, pid));
	SEE("and", "%s", thread_group(pid, helper));
	args.cgroup = (uint64_t)open(ROOT "a/c", O_PATH);
	pid_t born = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	if (!born)
		_exit(0);
	SEE("born in c", "%d", born > 0);
	if (born > 0)
		waitpid(born, NULL, 0);
	close((int)args.cgroup);
	CHECK(put_ok(ROOT "a/b/cgroup.freeze", "1"));
	CHECK(!strcmp(put_pid(ROOT "a/cgroup.threads", helper), "ok"));
	for (int i = 0; i < 200; i++) {
		if (strstr(get(ROOT "a/b/cgroup.events"), "frozen 1"))
			break;
		usleep(10000);
	}
	SEE("one thread frozen", "%s, %s", get(ROOT "a/b/cgroup.events"),
	    get(ROOT "a/cgroup.events"));
	SEE("kill of b", "%s", put(ROOT "a/b/cgroup.kill", "1"));
	SEE("kill of a", "%s", put(ROOT "a/cgroup.kill", "1"));
	CHECK(waitpid(pid, &status, 0) == pid);
	SEE("died of", "%s", status_name(status));
	unmake(ROOT "a/b");
	unmake(ROOT "a/c");
	unmake(ROOT "a");
	unmake(ROOT "z");
}

/* The roles of who is listed, in the order of the list. */
static const char *order(const char *path, const pid_t *who, int n)
{
	static char text[64];
	FILE *f = fopen(path, "r");
	size_t len = 0;
	int pid;

	while (f && fscanf(f, "%d", &pid) == 1) {
		char c = pid ? '?' : '0';

		for (int i = 0; i < n; i++)
			if (who[i] == pid)
				c = (char)('A' + i);
		text[len++] = c;
	}
	text[len] = 0;
	if (f)
		fclose(f);
	return text;
}

CASE(U22, "members: who is listed, and in which order")
{
	pid_t who[3], leader;
	int status;

	cgroups_mount();
	make(ROOT "a");
	for (int i = 0; i < 3; i++)
		who[i] = spawn(NULL);
	for (int i = 2; i >= 0; i--)
		CHECK(!strcmp(put_pid(ROOT "a/cgroup.procs", who[i]), "ok"));
	SEE("in the order of their coming", "%s",
	    order(ROOT "a/cgroup.procs", who, 3));
	SEE("all of them", "%d %d %d", lists_pid(ROOT "a/cgroup.procs", who[0]),
	    lists_pid(ROOT "a/cgroup.procs", who[1]),
	    lists_pid(ROOT "a/cgroup.procs", who[2]));
	for (int i = 0; i < 3; i++)
		reap(who[i]);
	leader = fork();
	if (!leader) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		put(ROOT "a/cgroup.procs", "0");
		thread_start();
		syscall(SYS_exit, 0);
	}
	for (int i = 0; i < 200 && field_state(leader) != 'Z'; i++)
		usleep(10000);
	SEE("a leader that left its thread", "%d %d",
	    lists_pid(ROOT "a/cgroup.procs", leader),
	    lists_pid(ROOT "a/cgroup.threads", leader));
	SEE("events", "%s", get(ROOT "a/cgroup.events"));
	SEE("kill", "%s", put(ROOT "a/cgroup.kill", "1"));
	usleep(200000);
	SEE("dead", "%d", waitpid(leader, &status, WNOHANG) == leader);
	SEE("events", "%s", get(ROOT "a/cgroup.events"));
	kill(leader, SIGKILL);
	CHECK(waitpid(leader, &status, 0) == leader);
	SEE("died of", "%s", status_name(status));
	unmake(ROOT "a");
}

static pid_t outer[2];

static void look_from_pid_ns(void)
{
	pid_t inner;

	CHECK(unshare(CLONE_NEWPID) == 0);
	inner = fork();
	if (!inner) {
		pid_t me = getpid();

		SEE("list, seen from inside", "%s",
		    order(ROOT "a/cgroup.procs", &me, 1));
		SEE("I go in", "%s", put(ROOT "a/cgroup.procs", "1"));
		SEE("then", "%zu lines, me %d, zeros %d",
		    strlen(order(ROOT "a/cgroup.procs", &me, 1)),
		    lists_pid(ROOT "a/cgroup.procs", 1),
		    lists_pid(ROOT "a/cgroup.procs", 0));
		SEE("threads", "me %d, zeros %d",
		    lists_pid(ROOT "a/cgroup.threads", 1),
		    lists_pid(ROOT "a/cgroup.threads", 0));
		SEE("one from outside", "%s",
		    put_pid(ROOT "cgroup.procs", outer[0]));
		SEE("I go out", "%s", put(ROOT "cgroup.procs", "0"));
		fflush(stdout);
		_exit(0);
	}
	CHECK(waitpid(inner, NULL, 0) == inner);
}

CASE(U22, "members: numbers are the reader's")
{
	cgroups_mount();
	make(ROOT "a");
	for (int i = 0; i < 2; i++) {
		outer[i] = spawn(NULL);
		CHECK(!strcmp(put_pid(ROOT "a/cgroup.procs", outer[i]), "ok"));
	}
	CHECK(in_child(look_from_pid_ns) == 0);
	reap(outer[0]);
	reap(outer[1]);
	unmake(ROOT "a");
}

/* The number behind @key in cgroup.stat, at the latest in two seconds @want. */
static int stat_wait(const char *path, const char *key, int want)
{
	int n = -1;

	for (int i = 0; i < 200; i++) {
		n = atoi(field(path, key));
		if (n == want)
			break;
		usleep(10000);
	}
	return n;
}

#define LIVE(group) atoi(field(ROOT group "/cgroup.stat", "nr_descendants "))
#define DYING(group, want) \
	stat_wait(ROOT group "/cgroup.stat", "nr_dying_descendants ", want)

CASE(U22, "cgroup.stat: groups that are there, and removed ones that are held")
{
	pid_t pid;

	cgroups_mount();
	make(ROOT "a");
	make(ROOT "a/b");
	make(ROOT "a/b/c");
	make(ROOT "a/d");
	SEE("live", "%d %d %d", LIVE("a"), LIVE("a/b"), LIVE("a/b/c"));
	SEE("dying", "%d", DYING("a", 0));
	pid = fork();
	if (!pid) {
		put(ROOT "a/b/c/cgroup.procs", "0");
		_exit(0);
	}
	CHECK(waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT) == 0);
	unmake(ROOT "a/b/c");
	SEE("live", "%d %d", LIVE("a"), LIVE("a/b"));
	SEE("dying, a zombie in it", "%d %d", DYING("a", 1), DYING("a/b", 1));
	unmake(ROOT "a/b");
	SEE("live", "%d", LIVE("a"));
	SEE("dying", "%d", DYING("a", 2));
	CHECK(waitpid(pid, NULL, 0) == pid);
	SEE("reaped", "%d", DYING("a", 0));
	unmake(ROOT "a/d");
	SEE("live", "%d", LIVE("a"));
	SEE("dying", "%d", DYING("a", 0));
	unmake(ROOT "a");
}

CASE(U22, "limits of the tree")
{
	static const char *const texts[] = {
		"0",	      "5",	    "max", "-1",  "2147483647",
		"2147483648", "4294967296", "x",   "0x10"};

	cgroups_mount();
	make(ROOT "a");
	make(ROOT "a/b");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *s = put(ROOT "a/cgroup.max.depth", texts[i]);
		const char *t = put(ROOT "a/cgroup.max.descendants", texts[i]);

		SEE(texts[i], "%s, then %s", s, get(ROOT "a/cgroup.max.depth"));
		SEE(texts[i], "%s, then %s", t,
		    get(ROOT "a/cgroup.max.descendants"));
	}
	CHECK(put_ok(ROOT "a/cgroup.max.descendants", "max"));
	CHECK(put_ok(ROOT "a/cgroup.max.depth", "2"));
	make(ROOT "a/b/c");
	SEE("too deep", "%s", ERR(mkdir(ROOT "a/b/c/d", 0755)));
	SEE("beside", "%s", ERR(mkdir(ROOT "a/b/e", 0755)));
	CHECK(put_ok(ROOT "a/cgroup.max.depth", "0"));
	SEE("less than there are", "%s", get(ROOT "a/cgroup.max.depth"));
	SEE("another", "%s", ERR(mkdir(ROOT "a/f", 0755)));
	CHECK(put_ok(ROOT "a/cgroup.max.depth", "max"));
	CHECK(put_ok(ROOT "a/cgroup.max.descendants", "3"));
	SEE("too many", "%s", ERR(mkdir(ROOT "a/f", 0755)));
	CHECK(put_ok(ROOT "a/cgroup.max.descendants", "4"));
	SEE("one more", "%s", ERR(mkdir(ROOT "a/f", 0755)));
	SEE("limit below, not above", "%s %s",
	    put(ROOT "a/b/cgroup.max.descendants", "2"),
	    ERR(mkdir(ROOT "a/b/g", 0755)));
	unmake(ROOT "a/f");
	unmake(ROOT "a/b/e");
	unmake(ROOT "a/b/c");
	unmake(ROOT "a/b");
	unmake(ROOT "a");
}

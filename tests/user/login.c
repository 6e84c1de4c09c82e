// SPDX-License-Identifier: MIT
/* /proc/PID/loginuid and sessionid, oom_score: what a task has to tell about itself. */
#include "ids.h"

#define LOGIN "/proc/thread-self/loginuid"
#define SESSION "/proc/thread-self/sessionid"

static void see_login(const char *name, const char *path)
{
	SEE(name, "\"%s\"", read_file(path));
}

static unsigned session(void)
{
	return (unsigned)strtoul(read_file(SESSION), NULL, 10);
}

/* A new task has what its parent has: begin as one who is nobody's. */
static void begin(void)
{
	SEE("nobody", "%s", put(LOGIN, "4294967295"));
	see_login("loginuid", LOGIN);
	see_login("sessionid", SESSION);
}

static void inherited(void)
{
	see_login("a child's", LOGIN);
	SEE("its session is set", "%d", session() != 4294967295u);
}

static void log_in(void)
{
	unsigned first, second;
	struct stat st;

	CHECK(stat(LOGIN, &st) == 0);
	SEE("loginuid", "%o %d", st.st_mode, (int)st.st_size);
	CHECK(stat(SESSION, &st) == 0);
	SEE("sessionid", "%o %d", st.st_mode, (int)st.st_size);
	begin();
	SEE("log in", "%s", put(LOGIN, "1000"));
	see_login("loginuid", LOGIN);
	first = session();
	run(inherited);
	SEE("as another", "%s", put(LOGIN, "1001\n"));
	see_login("loginuid", LOGIN);
	second = session();
	SEE("another session", "%d", second > first);
	SEE("write to sessionid", "%s", put(SESSION, "5"));
	begin();
}

static void log_in_once(void)
{
	begin();
	become(1000);
	CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
	SEE("as 1000", "%s", put(LOGIN, "1000"));
	SEE("again", "%s", put(LOGIN, "1000"));
	SEE("unset", "%s", put(LOGIN, "4294967295"));
	see_login("loginuid", LOGIN);
}

static void with_audit_control(void)
{
	begin();
	SEE("log in", "%s", put(LOGIN, "1000"));
	CHECK(caps_set(CAP_BIT(CAP_AUDIT_CONTROL), CAP_BIT(CAP_AUDIT_CONTROL)) ==
	      0);
	SEE("with CAP_AUDIT_CONTROL alone", "%s", put(LOGIN, "1001"));
	CHECK(caps_set(0, 0) == 0);
	SEE("without", "%s", put(LOGIN, "1002"));
}

CASE(P24, "loginuid and sessionid: once, then with CAP_AUDIT_CONTROL")
{
	run(log_in);
	run(log_in_once);
	run(with_audit_control);
}

static void texts(void)
{
	static const char *const t[] = { "5",	"5\n",	 "05",	 "x",	"",
					 "-1",	"0x10",	 "5 6", "5x",	"\n",
					 "4294967294", "4294967296",
					 "42949672950" };
	int fd;

	begin();
	for (unsigned i = 0; i < sizeof(t) / sizeof(*t); i++) {
		SEE("write", "\"%.*s\"%s: %s", (int)strcspn(t[i], "\n"), t[i],
		    strchr(t[i], '\n') ? " and a newline" : "",
		    put(LOGIN, t[i]));
		see_login("is", LOGIN);
	}
	fd = open(LOGIN, O_RDWR);
	SEE("pwrite", "%s", ERR(pwrite(fd, "7", 1, 1)));
	SEE("at 0", "%s", ERR(pwrite(fd, "7", 1, 0)));
	SEE("write", "%s", ERR(write(fd, "8", 1)));
	SEE("and once more", "%s", ERR(write(fd, "9", 1)));
	see_login("is", LOGIN);
	close(fd);
}

CASE(P24, "loginuid: what can be written")
{
	run(texts);
}

static void others(void)
{
	pid_t other = spawn(NULL);
	char own[64];

	begin();
	SEE("another's", "%s", put(of(other, "loginuid"), "1000"));
	snprintf(own, sizeof(own), "%s", of(0, "loginuid"));
	SEE("one's own, as the leader", "%s", put(own, "1000"));
	see_login("another's", of(other, "loginuid"));
	reap(other);
	begin();
	become(1000);
	SEE("of root's task", "%s", put(of(getppid(), "loginuid"), "1"));
}

static void *in_thread(void *arg)
{
	(void)arg;
	SEE("the leader's, by a thread", "%s",
	    put(of(getpid(), "loginuid"), "1000"));
	SEE("its own", "%s", put(LOGIN, "1001"));
	see_login("it", LOGIN);
	see_login("the leader", of(getpid(), "loginuid"));
	return NULL;
}

static void threads(void)
{
	pthread_t t;

	begin();
	CHECK(pthread_create(&t, NULL, in_thread, NULL) == 0);
	CHECK(pthread_join(t, NULL) == 0);
}

CASE(P24, "loginuid: of whom")
{
	run(others);
	run(threads);
}

static void in_user_ns(void)
{
	begin();
	new_user_mapped("0 1000 1\n5 2000 1");
	SEE("a name that is not there", "%s", put(LOGIN, "7"));
	SEE("one that is", "%s", put(LOGIN, "5"));
	see_login("inside", LOGIN);
	SEE("again, as its root", "%s", put(LOGIN, "0"));
}

static void named_outside(void)
{
	begin();
	CHECK(!strcmp(put(LOGIN, "2000"), "ok"));
	new_user_mapped("0 1000 1\n5 2000 1");
	see_login("2000 inside", LOGIN);
}

static void unnamed(void)
{
	begin();
	CHECK(!strcmp(put(LOGIN, "2001"), "ok"));
	new_user_mapped("0 1000 1\n5 2000 1");
	see_login("2001 inside", LOGIN);
	SEE("unset", "%s", put(LOGIN, "4294967295"));
}

CASE(P24 E06, "loginuid in a user namespace")
{
	run(in_user_ns);
	run(named_outside);
	run(unnamed);
}

/* ---- oom_score ------------------------------------------------------------------------- */

static int score(pid_t pid)
{
	return atoi(read_file(of(pid, "oom_score")));
}

/* What is the same on machines of any size. */
static const char *around(int n, int of_what)
{
	return n >= of_what - 30 && n <= of_what + 40 ? "about that" : "not that";
}

static void adjusted(const char *adj, int expect)
{
	CHECK(!strcmp(put(of(0, "oom_score_adj"), adj), "ok"));
	SEE("oom_score", "of %s is %s", adj, around(score(0), expect));
}

static void scores(void)
{
	struct stat st;
	pid_t zombie;

	CHECK(stat(of(0, "oom_score"), &st) == 0);
	SEE("mode", "%o", st.st_mode);
	SEE("ends with a newline", "%d", !!strchr(read_file(of(0, "oom_score")), '\n'));
	adjusted("0", 666);
	adjusted("300", 866);
	adjusted("1000", 1333);
	SEE("of the first process", "%d", score(1));
	zombie = fork();
	if (!zombie)
		_exit(0);
	waitid(P_PID, (id_t)zombie, NULL, WEXITED | WNOWAIT);
	SEE("of a zombie", "%d", score(zombie));
	waitpid(zombie, NULL, 0);
}

CASE(P25, "oom_score: of a small task, of a zombie")
{
	run(scores);
}

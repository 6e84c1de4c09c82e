// SPDX-License-Identifier: MIT
/*
 * Namespaces and credentials at random (random.h). Four actors get orders: unshare,
 * setns, ids, capabilities, maps, exec, and looks at each other; on the way, what
 * /proc shows of each. A namespace is named by who is in it.
 */
#include "nsrand_ops.h"

#define STEPS 80

/* ---- an actor ---------------------------------------------------------------------------- */

static void act(void)
{
	while (read(order_fd, &o, sizeof(o)) == sizeof(o)) {
		memset(answer, 0, sizeof(answer));
		ops[o.op].fn();
		CHECK(write(answer_fd, answer, sizeof(answer)) ==
		      sizeof(answer));
	}
	_exit(case_failed);
}

/* After op_exec(). */
__attribute__((constructor)) static void go_on(void)
{
	const char *s = getenv("ACTOR");

	if (!s)
		return;
	CHECK(sscanf(s, "%d,%d,%d,%d", &proc_fd, &exe_fd, &order_fd,
		     &answer_fd) == 4);
	memset(answer, 0, sizeof(answer));
	say(" ok");
	CHECK(write(answer_fd, answer, sizeof(answer)) == sizeof(answer));
	act();
}

/* ---- who gives the orders ------------------------------------------------------------------ */

static struct {
	pid_t pid;
	int order, answer;
} actors[ACTORS];

#define N_LINKS (sizeof(links) / sizeof(links[0]))

/* The numbers of all namespaces as they are now; 0: not to be read. */
static unsigned long inums[ACTORS][N_LINKS];

static unsigned long inum_of(int i, const char *name)
{
	char path[64], text[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", actors[i].pid, name);
	n = readlink(path, text, sizeof(text) - 1);
	text[n < 0 ? 0 : n] = 0;
	return n < 0 ? 0 : strtoul(strchr(text, '[') + 1, NULL, 10);
}

static void read_inums(void)
{
	for (int i = 0; i < ACTORS; i++)
		for (unsigned k = 0; k < N_LINKS; k++)
			inums[i][k] = inum_of(i, links[k]);
}

/* "2's uts", of the first actor in the namespace @inum; or "another". */
static const char *who_is_in(unsigned long inum)
{
	static char text[32];

	for (int i = 0; i < ACTORS; i++)
		for (unsigned k = 0; k < N_LINKS; k++)
			if (inums[i][k] == inum) {
				snprintf(text, sizeof(text), "%d's %s", i,
					 links[k]);
				return text;
			}
	return "another";
}

static void actor_new(int i)
{
	int to[2], from[2];

	CHECK(pipe(to) == 0 && pipe(from) == 0);
	fflush(stdout);
	actors[i].pid = fork();
	if (!actors[i].pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		order_fd = to[0];
		answer_fd = from[1];
		close(to[1]);
		close(from[0]);
		for (int j = 0; j < i; j++) {
			close(actors[j].order);
			close(actors[j].answer);
		}
		act();
	}
	actors[i].order = to[1];
	actors[i].answer = from[0];
	close(to[0]);
	close(from[1]);
}

/* @text with the name of the namespace "@INUM@". */
static void note_answer(const char *text)
{
	const char *at = strchr(text, '@');

	if (!at) {
		note("%s\n", text);
		return;
	}
	read_inums();
	note("%.*s%s%s\n", (int)(at - text), text,
	     who_is_in(strtoul(at + 1, NULL, 10)), strchr(at + 1, '@') + 1);
}

static void give_order(void)
{
	unsigned i = rnd(ACTORS);
	char text[sizeof(answer)];

	o.op = rnd(sizeof(ops) / sizeof(ops[0]));
	o.target = rnd(ACTORS);
	for (int j = 0; j < DRAWS; j++)
		o.draw[j] = rnd(1u << 16);
	for (int j = 0; j < ACTORS; j++)
		o.pids[j] = actors[j].pid;
	clock_gettime(CLOCK_MONOTONIC, &o.now);
	note("%u %s of %u:", i, ops[o.op].name, o.target);
	CHECK(write(actors[i].order, &o, sizeof(o)) == sizeof(o));
	CHECK(read(actors[i].answer, text, sizeof(text)) == sizeof(text));
	note_answer(text);
}

static void show_links(int i)
{
	for (unsigned k = 0; k < N_LINKS; k++)
		note(" %s", inums[i][k] ? who_is_in(inums[i][k]) : "none");
	note("\n");
}

static void show_actor(int i)
{
	static const char *const keys[] = { "Uid:",    "Gid:",	  "Groups:",
					    "CapInh:", "CapPrm:", "CapEff:",
					    "CapBnd:", "CapAmb:", "NoNewPrivs:" };
	static const char *const files[] = { "uid_map", "gid_map", "setgroups",
					     "timens_offsets" };
	char path[64];

	note("  %d:", i);
	show_links(i);
	snprintf(path, sizeof(path), "/proc/%d/status", actors[i].pid);
	for (unsigned k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
		note(" %s", field(path, keys[k]));
	note("\n");
	for (unsigned k = 0; k < sizeof(files) / sizeof(files[0]); k++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", actors[i].pid,
			 files[k]);
		note(" %s", read_file(path));
	}
}

static void namespaces_at_random(void)
{
	proc_fd = open("/proc", O_RDONLY | O_DIRECTORY);
	exe_fd = open("/proc/self/exe", O_RDONLY);
	private_mounts();
	CHECK(unshare(CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET |
		      CLONE_NEWCGROUP) == 0);
	CHECK(sethostname("h-", 2) == 0);
	/* not every machine gives it to its root */
	prctl(PR_CAPBSET_DROP, CAP_SYS_RESOURCE, 0, 0, 0);
	drop_cap(CAP_SYS_RESOURCE);
	for (int i = 0; i < ACTORS; i++)
		actor_new(i);
	for (int i = 0; i < STEPS; i++) {
		give_order();
		if (i % 8 != 7)
			continue;
		read_inums();
		for (int j = 0; j < ACTORS; j++)
			show_actor(j);
	}
	for (int i = 0; i < ACTORS; i++)
		close(actors[i].order);
	for (int i = 0; i < ACTORS; i++)
		CHECK(waitpid(actors[i].pid, NULL, 0) == actors[i].pid);
	random_sum();
}

CASE(D03, "namespaces and credentials changed at random (6.18)")
{
	random_walks(1, 64, namespaces_at_random);
}

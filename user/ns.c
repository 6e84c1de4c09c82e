// SPDX-License-Identifier: MIT
/*
 * ns: see the namespaces of this machine.
 *
 *	ns show		every namespace that a task is in, as lsns would
 *	ns show PID	the namespaces of one task
 *	ns graph	tasks, namespaces, parents and owners, as DOT
 *	ns pins		Warren only: who holds each namespace, by kind
 *	ns why		Warren only: the check that refused the last call
 *
 * show and graph read /proc/PID/ns and run on any Linux. pins and why print
 * what Linux does not tell, from debugfs.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/ns.h"

#define WARREN_DIR "/sys/kernel/debug/warren/"

const char *task_name(pid_t pid)
{
	static char name[64];
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = fopen(path, "r");
	if (!f || !fgets(name, sizeof(name), f))
		strcpy(name, "?");
	if (f)
		fclose(f);
	name[strcspn(name, "\n")] = '\0';
	return name;
}

int hole_for_children(const struct hole *h)
{
	return strstr(h->name, "_for_children") != NULL;
}

static void hole_add(struct picture *p, pid_t pid, const char *name)
{
	struct hole *h;
	struct stat st;
	char path[320];

	p->holes = realloc(p->holes, (p->nr + 1) * sizeof(*h));
	if (!p->holes) {
		perror("ns");
		exit(1);
	}
	h = &p->holes[p->nr++];
	memset(h, 0, sizeof(*h));
	h->pid = pid;
	snprintf(h->name, sizeof(h->name), "%s", name);
	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, name);
	if (stat(path, &st) == 0) /* stat follows: the inode is the namespace's */
		h->inum = st.st_ino;
	else
		h->error = errno;
}

/* Add one task; -1 with errno if it has no such directory (any more). */
static int task_add(struct picture *p, pid_t pid)
{
	char path[64];
	struct dirent *e;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/ns", pid);
	dir = opendir(path);
	if (!dir)
		return -1;
	while ((e = readdir(dir)))
		if (e->d_name[0] != '.')
			hole_add(p, pid, e->d_name);
	closedir(dir);
	return 0;
}

void picture_take(struct picture *p, pid_t pid)
{
	struct dirent *e;
	DIR *proc;

	memset(p, 0, sizeof(*p));
	if (pid > 0) {
		if (task_add(p, pid) == 0)
			return;
		fprintf(stderr, "ns: task %d: %s\n", pid, strerror(errno));
		exit(1);
	}
	proc = opendir("/proc");
	if (!proc) {
		fprintf(stderr, "ns: /proc: %s\n", strerror(errno));
		exit(1);
	}
	while ((e = readdir(proc)))
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
			task_add(p, atoi(e->d_name));
	closedir(proc);
}

static int show_task(pid_t pid)
{
	struct picture p;

	picture_take(&p, pid);
	printf("%-18s NS\n", "ENTRY");
	for (size_t i = 0; i < p.nr; i++) {
		if (p.holes[i].inum)
			printf("%-18s %lu\n", p.holes[i].name,
			       (unsigned long)p.holes[i].inum);
		else
			printf("%-18s (%s)\n", p.holes[i].name,
			       strerror(p.holes[i].error));
	}
	return 0;
}

static int hole_compare(const void *a, const void *b)
{
	const struct hole *x = a, *y = b;

	if (x->inum != y->inum)
		return x->inum < y->inum ? -1 : 1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static int show_all(void)
{
	struct picture p;
	size_t i, n, nr = 0;

	picture_take(&p, 0);
	for (i = 0; i < p.nr; i++)
		if (p.holes[i].inum && !hole_for_children(&p.holes[i]))
			p.holes[nr++] = p.holes[i];
	if (nr)
		qsort(p.holes, nr, sizeof(*p.holes), hole_compare);
	printf("%10s %-6s %6s %6s COMMAND\n", "NS", "TYPE", "NPROCS", "PID");
	for (i = 0; i < nr; i += n) {
		for (n = 1; i + n < nr; n++)
			if (p.holes[i + n].inum != p.holes[i].inum)
				break;
		printf("%10lu %-6s %6zu %6d %s\n",
		       (unsigned long)p.holes[i].inum, p.holes[i].name, n,
		       p.holes[i].pid, task_name(p.holes[i].pid));
	}
	return 0;
}

static int ns_show(const char *arg)
{
	char *end;
	long pid;

	if (!arg)
		return show_all();
	pid = strtol(arg, &end, 10);
	if (*end || pid <= 0) {
		fprintf(stderr, "ns: '%s' is not a pid\n", arg);
		return 2;
	}
	return show_task((pid_t)pid);
}

/* Print a file of Warren's part of debugfs. */
static int warren_show(const char *file)
{
	char path[64], buf[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), WARREN_DIR "%s", file);
	f = fopen(path, "r");
	if (!f) {
		fprintf(stderr, "ns: %s: %s\n", path, strerror(errno));
		fprintf(stderr, "ns: only Warren tells this, through debugfs: "
				"mount -t debugfs d /sys/kernel/debug\n");
		return 1;
	}
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		fwrite(buf, 1, n, stdout);
	fclose(f);
	return 0;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (!strcmp(verb, "show") && argc <= 3)
		return ns_show(argv[2]);
	if (!strcmp(verb, "graph") && argc == 2)
		return ns_graph();
	if ((!strcmp(verb, "pins") || !strcmp(verb, "why")) && argc == 2)
		return warren_show(verb);
	fprintf(stderr, "usage: ns show [PID] | graph | pins | why\n");
	return 2;
}

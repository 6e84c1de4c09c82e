// SPDX-License-Identifier: MIT
/*
 * ns graph: tasks and namespaces as a graph in DOT, for graphviz.
 *
 * Boxes are tasks, ellipses namespaces. A full line says "is in", a dashed
 * one leads to the parent (NS_GET_PARENT), a dotted one to the owning user
 * namespace (NS_GET_USERNS). Parents that no visible task is in appear too.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/ns.h"

/* Namespaces that have been drawn already. */
static ino_t *drawn;
static size_t nr_drawn;

static bool draw_once(ino_t inum)
{
	for (size_t i = 0; i < nr_drawn; i++)
		if (drawn[i] == inum)
			return false;
	drawn = realloc(drawn, (nr_drawn + 1) * sizeof(*drawn));
	if (!drawn) {
		perror("ns");
		exit(1);
	}
	drawn[nr_drawn++] = inum;
	return true;
}

static const char *type_name(int type)
{
	static const struct {
		int type;
		const char *name;
	} names[] = {
		{ CLONE_NEWUTS, "uts" },       { CLONE_NEWNS, "mnt" },
		{ CLONE_NEWPID, "pid" },       { CLONE_NEWUSER, "user" },
		{ CLONE_NEWNET, "net" },       { CLONE_NEWIPC, "ipc" },
		{ CLONE_NEWCGROUP, "cgroup" }, { CLONE_NEWTIME, "time" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].type == type)
			return names[i].name;
	return "?";
}

static void ns_draw(int fd, ino_t inum);

/* Draw the namespace that @request leads to from @fd, and the way there. */
static void relation_draw(int fd, ino_t from, unsigned int request,
			  const char *style)
{
	int to = ioctl(fd, request);
	struct stat st;

	if (to < 0)
		return; /* none, not visible from here, or not in this kernel */
	if (fstat(to, &st) == 0) {
		ns_draw(to, st.st_ino);
		printf("\tn%lu -> n%lu [style=%s];\n", (unsigned long)from,
		       (unsigned long)st.st_ino, style);
	}
	close(to);
}

static void ns_draw(int fd, ino_t inum)
{
	if (!draw_once(inum))
		return;
	printf("\tn%lu [label=\"%s\\n%lu\"];\n", (unsigned long)inum,
	       type_name(ioctl(fd, NS_GET_NSTYPE)), (unsigned long)inum);
	relation_draw(fd, inum, NS_GET_PARENT, "dashed");
	relation_draw(fd, inum, NS_GET_USERNS, "dotted");
}

/* A name inside a DOT string. */
static void quoted_print(const char *s)
{
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			putchar('\\');
		putchar(*s);
	}
}

static void hole_draw(const struct hole *h)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", h->pid, h->name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	ns_draw(fd, h->inum);
	close(fd);
	printf("\tt%d -> n%lu;\n", h->pid, (unsigned long)h->inum);
}

int ns_graph(void)
{
	struct picture p;
	pid_t last = 0;

	picture_take(&p, 0);
	printf("digraph namespaces {\n\trankdir=LR;\n");
	for (size_t i = 0; i < p.nr; i++) {
		const struct hole *h = &p.holes[i];

		if (h->pid != last) {
			printf("\tt%d [shape=box,label=\"%d ", h->pid, h->pid);
			quoted_print(task_name(h->pid));
			printf("\"];\n");
			last = h->pid;
		}
		if (h->inum && !hole_for_children(h))
			hole_draw(h);
	}
	printf("}\n");
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * The time namespace as the clocks see it: what is added to ktime when a task
 * of it asks what time it is. As a type of namespace it is kernel/ns/time.c;
 * who is in which one is nsproxy's business (slots NS_TIME, NS_TIME_CHILDREN).
 *
 * The kernel itself counts in ktime alone: an offset is added where a time goes
 * to user space, and subtracted where a time comes from there.
 */
#ifndef WARREN_KERNEL_TIME_TIME_NS_H
#define WARREN_KERNEL_TIME_TIME_NS_H

#include "arch/x86_64/vdso/vvar.h"
#include "kernel/ns/ns.h"

enum time_line { LINE_MONOTONIC, LINE_BOOTTIME, NR_TIME_LINES };

struct time_ns {
	struct ns ns;
	s64 offset[NR_TIME_LINES]; /* ns; offsets_lock until frozen, then [I] */
	bool frozen;		   /* offsets_lock: a task has been in it */
	struct page *vvar; /* [a] counted; the offsets in the form of
			    * struct vvar_offsets, made when first read */
};

static inline struct time_ns *to_time_ns(struct ns *ns)
{
	return container_of(ns, struct time_ns, ns);
}

extern struct time_ns init_time_ns;

/* Current, or a child of it, enters: from now on the offsets stay what they
 * are, and its vDSO will read them anew. */
void time_ns_enter(struct ns *ns);

struct time_ns_change {
	enum time_line line;
	s64 sec;
	u32 nsec; /* below NSEC_PER_SEC */
};
/* Set @n offsets, all or none. 0; -ERANGE: a clock would be negative, or show
 * more than 146 years; -EACCES: frozen. */
int time_ns_change(struct time_ns *ns, const struct time_ns_change *changes,
		   u32 n);

#endif

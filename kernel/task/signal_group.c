// SPDX-License-Identifier: MIT
/* struct signal: what the threads of a process share. Its count is the tasks
 * of the group, those included that are reaped but still referred to. */
#include "kernel/lib/err.h"
#include "kernel/mm/slab.h"
#include "kernel/task/signal_impl.h"

static struct slab *signal_slab;

void signal_group_init(void)
{
	signal_slab = slab_create("signal", sizeof(struct signal), 8);
}

/* A group without tasks, limits, ids; with the SIGCHLD of its exit. */
struct signal *signal_new(void)
{
	struct signal *sig = slab_zalloc(signal_slab);

	if (!sig)
		return ERR_PTR(-ENOMEM);
	sig->notice = sigqueue_new_plain();
	if (!sig->notice) {
		slab_free(signal_slab, sig);
		return ERR_PTR(-ENOMEM);
	}
	refcount_set(&sig->refs, 1);
	list_init(&sig->threads);
	sigpending_init(&sig->shared_pending);
	waitq_init(&sig->child_wait);
	waitq_init(&sig->signalfd_wait);
	list_init(&sig->posix_timers);
	return sig;
}

void signal_put(struct signal *sig)
{
	enum pid_type type;

	if (!refcount_dec_and_test(&sig->refs))
		return;
	sigpending_flush(&sig->shared_pending, ~0ULL);
	sigqueue_free(sig->notice);
	for (type = PIDTYPE_TGID; type < PIDTYPE_MAX; type++)
		pid_put(sig->pids[type]);
	pid_put(sig->tty_old_pgrp);
	slab_free(signal_slab, sig);
	sigqueue_drain();
}

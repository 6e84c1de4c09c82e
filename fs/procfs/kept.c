// SPDX-License-Identifier: MIT
/*
 * The names of procfs that were looked up last.
 *
 * A lookup makes a dentry and an inode, and both go with the last who uses them.
 * A walk through /proc/self/ns/uts would make and free four of each, every time.
 * So a ring holds a reference on each of the last KEPT names until others take its
 * place. Only names that stay true are kept: static files, /proc/PID and what is
 * in it by its table; not descriptors and threads.
 *
 * What is kept must not be seen from outside. It is dropped
 *   when its task is reaped: the struct pid holds the pid namespace;
 *   when its instance is unmounted, before the tree of dentries goes;
 *   when someone writes to vm.drop_caches: tests count the objects after it.
 *
 * kept_lock protects the ring and pid->proc_kept. Dentries are put without it.
 */
#include "fs/procfs/procfs.h"
#include "kernel/task/task.h"

#define KEPT 64

static DEFINE_SPINLOCK(kept_lock);
static struct dentry *ring[KEPT];
static u32 next;

static struct pid *pid_of(const struct dentry *d)
{
	return proc_inode(d->inode)->pid;
}

/* Empty slot @i; what was in it, with the ring's reference. */
static struct dentry *slot_take(u32 i) __must_hold(kept_lock)
{
	struct dentry *d = ring[i];

	ring[i] = NULL;
	if (d && pid_of(d))
		pid_of(d)->proc_kept--;
	return d;
}

/**
 * proc_keep - hold the name @d, which was just looked up, for a while
 *
 * Context: may sleep; its directory's lock is held.
 */
void proc_keep(struct dentry *d)
{
	struct dentry *old;
	struct pid *pid = pid_of(d);

	spin_lock(&kept_lock);
	next = (next + 1) % KEPT;
	old = slot_take(next);
	ring[next] = d_get(d);
	if (pid)
		pid->proc_kept++;
	spin_unlock(&kept_lock);
	d_put(old);
	/* Reaped meanwhile? Then either its flush has seen @d, or we must. */
	if (pid && !READ_ONCE(pid->tasks[PIDTYPE_PID].first))
		proc_flush_pid(pid);
}

static bool of_pid(const struct dentry *d, const void *pid)
{
	return pid_of(d) == pid;
}

static bool of_super(const struct dentry *d, const void *sb)
{
	return d->sb == sb;
}

static bool any(const struct dentry *d, const void *arg)
{
	(void)d, (void)arg;
	return true;
}

static void flush(bool (*wanted)(const struct dentry *, const void *),
		  const void *arg)
{
	for (u32 i = 0; i < KEPT; i++) {
		struct dentry *d = NULL;

		spin_lock(&kept_lock);
		if (ring[i] && wanted(ring[i], arg))
			d = slot_take(i);
		spin_unlock(&kept_lock);
		d_put(d);
	}
}

/* A task leaves @pid: what is kept about it goes. May sleep. */
void proc_flush_pid(struct pid *pid)
{
	if (READ_ONCE(pid->proc_kept))
		flush(of_pid, pid);
}

/* @sb is about to end. */
void proc_flush_super(struct super *sb)
{
	flush(of_super, sb);
}

void proc_flush_all(void)
{
	flush(any, NULL);
}

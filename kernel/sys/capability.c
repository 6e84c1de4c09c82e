// SPDX-License-Identifier: MIT
/*
 * capget(2), capset(2): three versions of one structure. Version 1 has one word
 * for each set, the others two: data[0] the low and data[1] the high half.
 */
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define WORDS_MAX _LINUX_CAPABILITY_U32S_3

struct cap_header {
	u32 version;
	int pid;
};

struct cap_word {
	u32 effective, permitted, inheritable;
};

struct cap_sets {
	u64 effective, permitted, inheritable;
};

/* The words of each set in @h's version; -EINVAL, and ours written to @uh. */
static int version_words(void __user *uh, struct cap_header *h)
{
	struct cap_header __user *to = uh;

	if (get_user(h->version, &to->version))
		return -EFAULT;
	switch (h->version) {
	case _LINUX_CAPABILITY_VERSION_1:
		return _LINUX_CAPABILITY_U32S_1;
	case _LINUX_CAPABILITY_VERSION_2:
	case _LINUX_CAPABILITY_VERSION_3:
		return WORDS_MAX;
	default:
		if (put_user(_LINUX_CAPABILITY_VERSION_3, &to->version))
			return -EFAULT;
		return -EINVAL;
	}
}

static int caps_of(pid_t nr, struct cap_sets *caps)
{
	struct task *t = nr ? task_find_get(task_active_pid_ns(current), nr)
			    : task_get(current);
	struct cred *c;

	if (!t)
		return -ESRCH;
	c = task_cred_get(t);
	caps->effective = c->cap_effective;
	caps->permitted = c->cap_permitted;
	caps->inheritable = c->cap_inheritable;
	cred_put(c);
	task_put(t);
	return 0;
}

long sys_capget(void __user *header, void __user *data)
{
	struct cap_header h, __user *uh = header;
	struct cap_word words[WORDS_MAX];
	struct cap_sets caps;
	int n = version_words(header, &h), i, err;

	if (n < 0 || !data)
		return n == -EINVAL && !data ? 0 : min(n, 0);
	if (get_user(h.pid, &uh->pid))
		return -EFAULT;
	if (h.pid < 0)
		return -EINVAL;
	err = caps_of(h.pid, &caps);
	if (err)
		return err;
	for (i = 0; i < n; i++) {
		words[i].effective = (u32)(caps.effective >> (32 * i));
		words[i].permitted = (u32)(caps.permitted >> (32 * i));
		words[i].inheritable = (u32)(caps.inheritable >> (32 * i));
	}
	if (copy_to_user(data, words, (size_t)n * sizeof(words[0])))
		return -EFAULT;
	return 0;
}

static int sets_from_user(struct cap_sets *caps, const void __user *data, int n)
{
	struct cap_word words[WORDS_MAX] = {0};
	int i;

	if (copy_from_user(words, data, (size_t)n * sizeof(words[0])))
		return -EFAULT;
	*caps = (struct cap_sets){0};
	for (i = 0; i < n; i++) {
		caps->effective |= (u64)words[i].effective << (32 * i);
		caps->permitted |= (u64)words[i].permitted << (32 * i);
		caps->inheritable |= (u64)words[i].inheritable << (32 * i);
	}
	caps->effective &= CAP_FULL_SET;
	caps->permitted &= CAP_FULL_SET;
	caps->inheritable &= CAP_FULL_SET;
	return 0;
}

/* The rules of capset(2), in the order in which Linux tests them. */
static int caps_check(const struct cred *old, const struct cap_sets *new)
{
	u64 inheritable = old->cap_inheritable | old->cap_permitted;

	if (!cred_capable(old, old->user_ns, CAP_SETPCAP) &&
	    (new->inheritable & ~inheritable))
		return why(-EPERM, "capset: inheritable set exceeds the "
				   "permitted one, and no CAP_SETPCAP");
	if (new->inheritable & ~(old->cap_inheritable | old->cap_bset))
		return why(-EPERM, "capset: inheritable set exceeds the "
				   "bounding set");
	if (new->permitted & ~old->cap_permitted)
		return why(-EPERM, "capset: permitted set would grow");
	if (new->effective & ~new->permitted)
		return why(-EPERM, "capset: effective set exceeds the "
				   "permitted one");
	return 0;
}

static long caps_commit(const struct cap_sets *caps)
{
	struct cred *c = cred_copy(current->cred);

	if (IS_ERR(c))
		return PTR_ERR(c);
	c->cap_effective = caps->effective;
	c->cap_permitted = caps->permitted;
	c->cap_inheritable = caps->inheritable;
	c->cap_ambient &= caps->permitted & caps->inheritable;
	cred_commit(c);
	return 0;
}

long sys_capset(void __user *header, const void __user *data)
{
	struct cap_header h, __user *uh = header;
	struct cap_sets caps;
	int n = version_words(header, &h), err;

	if (n < 0)
		return n;
	if (get_user(h.pid, &uh->pid))
		return -EFAULT;
	if (h.pid &&
	    h.pid != task_pid_nr_ns(current, task_active_pid_ns(current)))
		return why(-EPERM, "capset: pid %d is another task", h.pid);
	err = sets_from_user(&caps, data, n);
	if (!err)
		err = caps_check(current->cred, &caps);
	return err ? err : caps_commit(&caps);
}

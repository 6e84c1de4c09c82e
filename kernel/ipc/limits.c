// SPDX-License-Identifier: MIT
/* The limits of ipc namespaces: what a new one has, and the sysctls. */
#include "fs/seq.h"
#include "kernel/debug/why.h"
#include "kernel/ipc/ipc_impl.h"
#include "kernel/ipc/limits.h"
#include "kernel/ipc/mqueue.h"
#include "kernel/ipc/sem.h"
#include "kernel/ipc/shm.h"
#include "kernel/lib/string.h"
#include "kernel/task/cred.h"

/* So much less than all that sums of a few do not wrap. */
#define SHM_HUGE (~0ULL - (1ULL << 24))

/* An ipc namespace's limits do not depend on those of its creator's. */
void ipc_limits_init(struct ipc_ns *ns)
{
	static const u32 sem[NR_SEM_LIMITS] = {
		[SEM_MSL] = SEMMSL,
		[SEM_MNS] = SEMMNS,
		[SEM_OPM] = SEMOPM,
		[SEM_MNI] = SEMMNI,
	};

	ns->shmmax = SHM_HUGE;
	ns->shmall = SHM_HUGE;
	ns->shmmni = 4096;
	ns->msgmax = MSGMAX;
	ns->msgmnb = MSGMNB;
	ns->msgmni = MSGMNI;
	memcpy(ns->sem, sem, sizeof(sem));
	ns->mq_queues_max = 256;
	ns->mq_msg_max = ns->mq_msg_default = 10;
	ns->mq_msgsize_max = ns->mq_msgsize_default = 8192;
}

void ipc_module_init(void)
{
	ids_module_init();
	shm_module_init();
	sem_module_init();
	mqueue_module_init();
}

/* ---- sysctls ------------------------------------------------------------------------ */

#define LIMIT(name, field, lo, hi)                                             \
	const struct ipc_limit ipc_limit_##name = {                            \
		.offset = __builtin_offsetof(struct ipc_ns, field),            \
		.size = sizeof(((struct ipc_ns *)0)->field),                   \
		.min = (lo),                                                   \
		.max = (hi),                                                   \
	}

LIMIT(msgmax, msgmax, 0, INT32_MAX);
LIMIT(msgmnb, msgmnb, 0, INT32_MAX);
LIMIT(msgmni, msgmni, 0, IPC_INDEX_MAX);
LIMIT(shmmax, shmmax, 0, UINT64_MAX);
LIMIT(shmall, shmall, 0, UINT64_MAX);
LIMIT(shmmni, shmmni, 0, IPC_INDEX_MAX);
LIMIT(rmid_forced, shm_rmid_forced, 0, 1);
LIMIT(queues_max, mq_queues_max, 0, INT32_MAX);
LIMIT(msg_max, mq_msg_max, 1, MQ_HARD_MSG_MAX);
LIMIT(msgsize_max, mq_msgsize_max, MQ_MIN_MSGSIZE_MAX, MQ_HARD_MSGSIZE_MAX);
LIMIT(msg_default, mq_msg_default, 1, MQ_HARD_MSG_MAX);
LIMIT(msgsize_default, mq_msgsize_default, MQ_MIN_MSGSIZE_MAX,
      MQ_HARD_MSGSIZE_MAX);

void ipc_limit_show(struct seq *s, const struct ipc_limit *l)
{
	const char *at = (const char *)current_ipc_ns() + l->offset;
	u64 v = l->size == 8 ? *(const u64 *)at : *(const u32 *)at;

	seq_printf(s, "%llu\n", (unsigned long long)v);
}

static void limit_set(struct ipc_ns *ns, const struct ipc_limit *l, u64 v)
{
	char *at = (char *)ns + l->offset;

	mutex_lock(&ns->lock);
	if (l->size == 8)
		*(u64 *)at = v;
	else
		*(u32 *)at = (u32)v;
	mutex_unlock(&ns->lock);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The next word of *@text, which is set behind it; NULL: there is none. */
static char *next_word(char **text)
{
	char *word, *end;

	for (word = *text; is_blank(*word); word++)
		;
	for (end = word; *end && !is_blank(*end); end++)
		;
	*text = end + !!*end;
	*end = '\0';
	return *word ? word : NULL;
}

/* 0; -EINVAL: no number, or out of range. What follows it is ignored. */
int ipc_limit_write(const struct ipc_limit *l, char *text)
{
	struct ipc_ns *ns = current_ipc_ns();
	const char *word = next_word(&text);
	u64 v;

	if (!word || parse_u64(word, 0, &v) || v < l->min || v > l->max)
		return -EINVAL;
	limit_set(ns, l, v);
	if (l == &ipc_limit_rmid_forced && v)
		shm_destroy_orphans(ns);
	return 0;
}

void ipc_sem_limits_show(struct seq *s)
{
	const u32 *sem = current_ipc_ns()->sem;

	seq_printf(s, "%u\t%u\t%u\t%u\n", sem[SEM_MSL], sem[SEM_MNS],
		   sem[SEM_OPM], sem[SEM_MNI]);
}

static int sem_limit_set(struct ipc_ns *ns, u32 i, const char *word)
{
	u64 v;

	if (parse_u64(word, 0, &v) || v > INT32_MAX)
		return -EINVAL;
	if (i == SEM_MNI && v > IPC_INDEX_MAX)
		return -ERANGE;
	mutex_lock(&ns->lock);
	ns->sem[i] = (u32)v;
	mutex_unlock(&ns->lock);
	return 0;
}

/* Up to four numbers; those that are not said stay. As on Linux, those before
 * a bad one hold. */
int ipc_sem_limits_write(char *text)
{
	struct ipc_ns *ns = current_ipc_ns();
	const char *word;
	int err = -EINVAL;

	for (u32 i = 0; i < NR_SEM_LIMITS && (word = next_word(&text)); i++) {
		err = sem_limit_set(ns, i, word);
		if (err)
			break;
	}
	return err;
}

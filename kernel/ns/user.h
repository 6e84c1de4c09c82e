/* SPDX-License-Identifier: MIT */
/*
 * The user namespace (user_namespaces(7)): which ids there are, and who may do
 * what with what belongs to it.
 *
 * Ids. Inside the kernel every user and group has one number, a kuid or kgid:
 * that of the initial user namespace. Credentials, inodes and messages carry
 * those alone, so that comparing two is right whoever asks. A namespace's maps
 * translate at the boundary of the system calls: make_kuid() what comes in,
 * from_kuid_munged() what goes out. An id that has no place in the asker's
 * namespace comes in as INVALID_ID (the caller says -EINVAL) and goes out as
 * overflow_uid.
 *
 * Maps. Written once, by a process outside (fs/procfs/idmap.c), and final from
 * then on; empty until then: no id is mapped. Their right column is kept in
 * kernel ids, so that a look-up takes one step however deep the namespace is.
 *
 * Powers. A user namespace owns the other namespaces, the super blocks and the
 * address spaces that were made by those in it; ns_capable() (kernel/task/cred.h)
 * asks for a capability over the owner. A process has power over its own user
 * namespace by its capabilities, and so over all below; and whoever made a
 * namespace has all power over it from the namespace above.
 *
 * References. Credentials, the things owned and child namespaces hold a user
 * namespace. It holds its parent, and is owned by it.
 *
 * Locks: id_map_mutex for the writing of maps and for ->setgroups_allowed.
 */
#ifndef WARREN_KERNEL_NS_USER_H
#define WARREN_KERNEL_NS_USER_H

#include "kernel/lib/idmap.h"
#include "kernel/lib/rbtree.h"
#include "kernel/ns/ns.h"
#include "kernel/task/mutex.h"

struct cred;

typedef u32 kuid_t; /* a user, as the initial user namespace numbers it */
typedef u32 kgid_t; /* a group */

#define OVERFLOW_ID 65534    /* what overflow_uid and overflow_gid begin with */
#define USER_NS_MAX_LEVEL 33 /* below the initial one */

/* Resource limits that hold for a user, not for a process: see ucount.h. */
enum ucount_rlimit { UCOUNT_NPROC, UCOUNT_MSGQUEUE, UCOUNT_SIGPENDING,
		     UCOUNT_MEMLOCK, NR_UCOUNT_RLIMITS };

enum id_kind { ID_USER, ID_GROUP, ID_PROJECT, NR_ID_KINDS };

struct user_ns {
	struct ns ns;		/* ns.owner is the parent */
	struct user_ns *parent; /* [I] counted (PIN_CHILD_NS); NULL: initial */
	u32 level;		/* [I] 0: initial */
	kuid_t owner_uid;	/* [I] effective ids of who made it */
	kgid_t owner_gid;
	struct id_map map[NR_ID_KINDS]; /* id_map_mutex to write */
	bool setgroups_allowed;	 /* id_map_mutex; once false, for ever */
	bool maker_had_setfcap;	 /* [I] may map the parent's root (5.12) */
	u64 rlimit_max[NR_UCOUNT_RLIMITS]; /* [I] what its maker's were */
	u32 ns_max[NR_UCOUNTS]; /* [a] /proc/sys/user: see ucount.h */
	struct rb_root ucounts;	 /* ucount_lock */
};
extern struct user_ns init_user_ns;
extern struct mutex id_map_mutex;
extern u32 overflow_uid, overflow_gid; /* [a] sysctl */

static inline struct user_ns *to_user_ns(struct ns *ns)
{
	return container_of(ns, struct user_ns, ns);
}

/* Is @ns the user namespace @of, or a descendant of it? */
static inline bool user_ns_within(const struct user_ns *ns,
				  const struct user_ns *of)
{
	while (ns->level > of->level)
		ns = ns->parent;
	return ns == of;
}

/* ---- ids ---------------------------------------------------------------- */

static inline u32 make_id(const struct user_ns *ns, enum id_kind kind, u32 id)
{
	if (likely(ns == &init_user_ns))
		return id;
	return id_map_range(&ns->map[kind], id, 1);
}

static inline u32 from_id(const struct user_ns *ns, enum id_kind kind, u32 id)
{
	if (likely(ns == &init_user_ns))
		return id;
	return id_map_up(&ns->map[kind], id);
}

/* What user space of @ns calls @uid, @gid. INVALID_ID: nobody there. */
static inline kuid_t make_kuid(const struct user_ns *ns, uid_t uid)
{
	return make_id(ns, ID_USER, uid);
}

static inline kgid_t make_kgid(const struct user_ns *ns, gid_t gid)
{
	return make_id(ns, ID_GROUP, gid);
}

static inline uid_t from_kuid(const struct user_ns *ns, kuid_t uid)
{
	return from_id(ns, ID_USER, uid);
}

static inline gid_t from_kgid(const struct user_ns *ns, kgid_t gid)
{
	return from_id(ns, ID_GROUP, gid);
}

/* For showing: somebody whom @ns does not know is overflow_uid. */
static inline uid_t from_kuid_munged(const struct user_ns *ns, kuid_t uid)
{
	uid_t id = from_kuid(ns, uid);

	return id == INVALID_ID ? overflow_uid : id;
}

static inline gid_t from_kgid_munged(const struct user_ns *ns, kgid_t gid)
{
	gid_t id = from_kgid(ns, gid);

	return id == INVALID_ID ? overflow_gid : id;
}

/* Does @ns know the user, the group? */
static inline bool kuid_is_mapped(const struct user_ns *ns, kuid_t uid)
{
	return from_kuid(ns, uid) != INVALID_ID;
}

static inline bool kgid_is_mapped(const struct user_ns *ns, kgid_t gid)
{
	return from_kgid(ns, gid) != INVALID_ID;
}

/* ---- the type: user.c --------------------------------------------------- */

void user_ns_module_init(void);
/* A new user namespace, and @cred (a private copy) in it with all power. */
int user_ns_create(struct cred *cred);
/* May processes in @ns call setgroups(2)? Once gid_map is written, and unless
 * somebody said "deny". */
bool user_ns_may_setgroups(const struct user_ns *ns);

#endif

// SPDX-License-Identifier: MIT
/*
 * The tables of System V objects: ids, keys, and the way of shmget(2),
 * semget(2) and msgget(2), which are one (svipc(7)).
 *
 * Indexes are given in turn: the next free one after the last, beginning anew at
 * the end of a range that grows with the number of objects. ids of a new
 * namespace begin at 0.
 */
#include "kernel/debug/why.h"
#include "kernel/ipc/ipc_impl.h"
#include "kernel/lib/err.h"
#include "kernel/mm/slab.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define CYCLE_MIN 64 /* so many indexes at least are used in turn */

static struct slab *table_slab;

/* The initial namespace lives for ever, and so do its tables. */
static struct ipc_table init_tables[NR_IPC_KINDS] = {
	[IPC_KIND_SHM] = { .last = -1 },
	[IPC_KIND_SEM] = { .last = -1 },
	[IPC_KIND_MSG] = { .last = -1 },
};

static const struct ipc_type *const types[NR_IPC_KINDS] = {
	[IPC_KIND_SHM] = &shm_type,
	[IPC_KIND_SEM] = &sem_type,
	[IPC_KIND_MSG] = &msg_type,
};

void ids_module_init(void)
{
	table_slab = slab_create("ipc_table", sizeof(struct ipc_table), 8);
	for (u32 i = 0; i < NR_IPC_KINDS; i++)
		init_ipc_ns.table[i] = &init_tables[i];
}

struct ipc_ns *current_ipc_ns(void)
{
	return to_ipc_ns(current->nsproxy->ns[NS_IPC]);
}

u64 ipc_now(void)
{
	return ktime_get_real() / NSEC_PER_SEC;
}

/* ---- by index and id -------------------------------------------------------- */

struct ipc_obj *ipc_find_index(struct ipc_ns *ns, enum ipc_kind kind,
			       int index)
{
	const struct ipc_table *t = ns->table[kind];
	struct ipc_obj *p = NULL;

	if (t && index >= 0 && index < IPC_INDEX_MAX)
		p = radix_lookup(&t->objects, (u64)index);
	return p ? p : ERR_PTR(-EINVAL);
}

struct ipc_obj *ipc_find(struct ipc_ns *ns, enum ipc_kind kind, int id)
{
	struct ipc_obj *p = ERR_PTR(-EINVAL);

	if (id >= 0)
		p = ipc_find_index(ns, kind, id % IPC_INDEX_MAX);
	if (!IS_ERR(p) && p->id == id)
		return p;
	return ERR_PTR(why(-EINVAL, "ipc: no object with id %d in ipc:[%u]",
			   id, ns->ns.inum));
}

struct ipc_obj *ipc_next(struct ipc_ns *ns, enum ipc_kind kind, u64 *index)
{
	const struct ipc_table *t = ns->table[kind];

	return t ? radix_next(&t->objects, index) : NULL;
}

int ipc_max_index(struct ipc_ns *ns, enum ipc_kind kind)
{
	int max = 0;

	for (u64 i = 0; ipc_next(ns, kind, &i); i++)
		max = (int)i;
	return max;
}

u32 ipc_in_use(const struct ipc_ns *ns, enum ipc_kind kind)
{
	return ns->table[kind] ? ns->table[kind]->in_use : 0;
}

/* ---- by key ------------------------------------------------------------------ */

static struct ipc_obj *key_find(const struct ipc_table *t, s32 key)
{
	struct rb_node *n = t->keys.node;

	while (n) {
		struct ipc_obj *p = rb_entry(n, struct ipc_obj, node);

		if (p->key == key)
			return p;
		n = key < p->key ? n->left : n->right;
	}
	return NULL;
}

static void key_add(struct ipc_table *t, struct ipc_obj *obj)
{
	struct rb_node **link = &t->keys.node, *parent = NULL;

	while (*link) {
		struct ipc_obj *p = rb_entry(*link, struct ipc_obj, node);

		parent = *link;
		link = obj->key < p->key ? &parent->left : &parent->right;
	}
	rb_insert(&t->keys, &obj->node, parent, link);
}

void ipc_forget_key(struct ipc_ns *ns, enum ipc_kind kind,
		    struct ipc_obj *obj)
{
	if (obj->key == IPC_PRIVATE)
		return;
	rb_erase(&ns->table[kind]->keys, &obj->node);
	obj->key = IPC_PRIVATE;
}

/* ---- in and out ------------------------------------------------------------- */

static struct ipc_table *table_of(struct ipc_ns *ns, enum ipc_kind kind)
{
	if (!ns->table[kind]) {
		ns->table[kind] = slab_zalloc(table_slab);
		if (ns->table[kind])
			ns->table[kind]->last = -1;
	}
	return ns->table[kind];
}

/* The next free index in the turn; the range has one. */
static int index_next(const struct ipc_table *t)
{
	u32 end = max(t->in_use * 3 / 2, (u32)CYCLE_MIN);
	u64 i = (u64)(t->last + 1);

	end = min(end, (u32)IPC_INDEX_MAX);
	for (;; i++) {
		if (i >= end)
			i = 0;
		if (!radix_lookup(&t->objects, i))
			return (int)i;
	}
}

/* Give @obj an id and make it known. -ENOMEM. */
static int table_add(struct ipc_table *t, struct ipc_obj *obj)
{
	int index = index_next(t);
	int err = radix_insert(&t->objects, (u64)index, obj);

	if (err)
		return err;
	if (index <= t->last)
		t->seq = (t->seq + 1) % IPC_SEQ_MAX;
	t->last = index;
	t->in_use++;
	obj->seq = t->seq;
	obj->id = (int)(t->seq * IPC_INDEX_MAX + (u32)index);
	if (obj->key != IPC_PRIVATE)
		key_add(t, obj);
	return 0;
}

void ipc_unlink(struct ipc_ns *ns, enum ipc_kind kind, struct ipc_obj *obj)
{
	struct ipc_table *t = ns->table[kind];

	ipc_forget_key(ns, kind, obj);
	radix_remove(&t->objects, (u64)(obj->id % IPC_INDEX_MAX));
	t->in_use--;
}

static void perm_init(struct ipc_obj *obj, const struct ipc_request *req)
{
	obj->key = req->key;
	obj->mode = (u32)req->flags & 0777;
	obj->uid = obj->cuid = current->cred->euid;
	obj->gid = obj->cgid = current->cred->egid;
	obj->ctime = ipc_now();
}

static int object_new(struct ipc_ns *ns, const struct ipc_type *type,
		      const struct ipc_request *req)
{
	struct ipc_table *t = table_of(ns, type->kind);
	struct ipc_obj *obj;
	int err;

	if (!t)
		return -ENOMEM;
	obj = type->create(ns, req);
	if (IS_ERR(obj))
		return (int)PTR_ERR(obj);
	perm_init(obj, req);
	err = t->in_use < min(type->limit(ns), (u32)IPC_INDEX_MAX) ?
		      table_add(t, obj) : -ENOSPC;
	if (!err)
		return obj->id;
	type->destroy(ns, obj);
	return err;
}

static int object_old(struct ipc_ns *ns, const struct ipc_type *type,
		      const struct ipc_request *req, struct ipc_obj *obj)
{
	int err;

	if (req->flags & IPC_CREAT && req->flags & IPC_EXCL)
		return why(-EEXIST, "ipc: key 0x%08x is taken", (u32)req->key);
	err = type->fits(obj, req);
	if (err)
		return why(err, "ipc: the object of key 0x%08x is smaller",
			   (u32)req->key);
	err = ipc_may(ns, obj, (u32)req->flags);
	return err ? err : obj->id;
}

/**
 * ipc_get - find an object by its key, or make one
 *
 * Context: may sleep; takes ns->lock.
 * Return: the id; -ENOENT, -EEXIST; -EINVAL: it is smaller than asked for, or
 * the size is none; -EACCES; -ENOSPC: a limit; -ENOMEM.
 */
int ipc_get(struct ipc_ns *ns, const struct ipc_type *type,
	    const struct ipc_request *req)
{
	const struct ipc_table *t;
	struct ipc_obj *obj = NULL;
	int ret;

	mutex_lock(&ns->lock);
	t = ns->table[type->kind];
	if (t && req->key != IPC_PRIVATE)
		obj = key_find(t, req->key);
	if (obj)
		ret = object_old(ns, type, req, obj);
	else if (req->key != IPC_PRIVATE && !(req->flags & IPC_CREAT))
		ret = why(-ENOENT, "ipc: nothing has key 0x%08x in ipc:[%u]",
			  (u32)req->key, ns->ns.inum);
	else
		ret = object_new(ns, type, req);
	mutex_unlock(&ns->lock);
	return ret;
}

static void table_empty(struct ipc_ns *ns, enum ipc_kind kind)
{
	struct ipc_obj *obj;
	u64 i = 0;

	while ((obj = ipc_next(ns, kind, &i))) {
		ipc_unlink(ns, kind, obj);
		types[kind]->destroy(ns, obj);
	}
	slab_free(table_slab, ns->table[kind]);
}

void ipc_ns_empty(struct ipc_ns *ns)
{
	mutex_lock(&ns->lock);
	for (enum ipc_kind kind = 0; kind < NR_IPC_KINDS; kind++)
		if (ns->table[kind])
			table_empty(ns, kind);
	mutex_unlock(&ns->lock);
}

// SPDX-License-Identifier: MIT
/* Super blocks: one instance of a file system each. */
#include "fs/absent.h"
#include "fs/notify.h"
#include "kernel/lib/ida.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/user.h"

static struct ida minors = IDA_INIT; /* minors_lock */
static DEFINE_SPINLOCK(minors_lock);

/* An anonymous device number, 0:N with N >= 1; 0: no memory. */
static dev_t anon_dev_new(void)
{
	int minor;

	spin_lock(&minors_lock);
	minor = ida_alloc(&minors);
	spin_unlock(&minors_lock);
	return minor < 0 ? 0 : MKDEV(0, (u32)minor + 1);
}

static void anon_dev_free(dev_t dev)
{
	spin_lock(&minors_lock);
	ida_free(&minors, MINOR(dev) - 1);
	spin_unlock(&minors_lock);
}

/**
 * super_new - a super block with a device number of its own
 * @type: kind of file system
 * @sop: its operations
 * @sb_flags: MS_* that belong to the super block
 *
 * Return: refs 1, no root yet; owned by the initial user namespace.
 * ERR_PTR(-ENOMEM).
 */
struct super *super_new(const struct fs_type *type, const struct super_ops *sop,
			u32 sb_flags)
{
	struct super *sb = kzalloc(sizeof(*sb));

	if (!sb)
		return ERR_PTR(-ENOMEM);
	sb->dev = anon_dev_new();
	if (!sb->dev) {
		kfree(sb);
		return ERR_PTR(-ENOMEM);
	}
	refcount_set(&sb->refs, 1);
	sb->type = type;
	sb->sop = sop;
	sb->flags = sb_flags;
	sb->blksize = (u32)PAGE_SIZE;
	mutex_init(&sb->lock, "super");
	sb->user_ns = &init_user_ns;
	ns_get(&init_user_ns.ns, PIN_SUPER);
	return sb;
}

void super_set_owner(struct super *sb, struct user_ns *ns)
{
	struct user_ns *old = sb->user_ns;

	ns_get(&ns->ns, PIN_SUPER);
	sb->user_ns = ns;
	ns_put(&old->ns, PIN_SUPER);
}

/* The last one shrinks the tree: dentries that the file system pins go. */
void super_put(struct super *sb)
{
	if (!refcount_dec_and_test(&sb->refs))
		return;
	notify_umount(sb);
	sb->sop->shrink(sb);
	absent_flush(sb);
	if (sb->root)
		simple_kill_tree(sb->root);
	sb->sop->put_super(sb);
	ns_put(&sb->user_ns->ns, PIN_SUPER);
	anon_dev_free(sb->dev);
	kfree(sb);
}

const struct fs_type *fs_type_find(const char *name)
{
	for (const struct fs_type *const *t = fs_types; *t; t++)
		if (!strcmp((*t)->name, name))
			return *t;
	return NULL;
}

// SPDX-License-Identifier: MIT
/*
 * Extended attributes in memory: a list on the inode, in the order of the names
 * from the last to the first, as Linux lists them.
 *
 * Locks: inode->lock, held by the caller, but for evict, where nobody else is.
 */
#include "fs/xattr.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/task/cred.h"

struct xattr {
	struct xattr *next;
	size_t size;
	char *name; /* ended; behind the value */
	char value[];
};

static struct xattr *xattr_new(const char *name, const void *value, size_t size)
{
	size_t len = strlen(name) + 1;
	struct xattr *x = kmalloc(sizeof(*x) + size + len);

	if (!x)
		return NULL;
	x->size = size;
	x->name = x->value + size;
	memcpy(x->value, value, size);
	memcpy(x->name, name, len);
	return x;
}

/* Where @name is in the list, or belongs. */
static struct xattr **place(struct inode *inode, const char *name)
{
	struct xattr **at = &inode->xattrs;

	while (*at && strcmp((*at)->name, name) > 0)
		at = &(*at)->next;
	return at;
}

static bool is_at(struct xattr *const *at, const char *name)
{
	return *at && !strcmp((*at)->name, name);
}

static void caps_changed(struct inode *inode, const char *name, bool has)
{
	if (strcmp(name, XATTR_NAME_CAPS))
		return;
	if (has)
		inode->flags |= I_CAPS;
	else
		inode->flags &= ~(u32)I_CAPS;
}

/* @value NULL: take it away. */
int memory_xattr_set(struct inode *inode, const char *name, const void *value,
		     size_t size, int flags)
{
	struct xattr **at = place(inode, name), *old, *new = NULL;
	bool there = is_at(at, name);

	if (there && flags & XATTR_CREATE)
		return -EEXIST;
	if (!there && (!value || flags & XATTR_REPLACE))
		return -ENODATA;
	if (value) {
		new = xattr_new(name, value, size);
		if (!new)
			return -ENOMEM;
	}
	old = there ? *at : NULL;
	if (old)
		*at = old->next;
	kfree(old);
	if (new) {
		new->next = *at;
		*at = new;
	}
	caps_changed(inode, name, new);
	inode->ctime = inode_now();
	return 0;
}

/* The value's size; with @size 0 nothing else. -ENODATA, -ERANGE. */
ssize_t memory_xattr_get(struct inode *inode, const char *name, void *buf,
			 size_t size)
{
	struct xattr **at = place(inode, name);

	if (!is_at(at, name))
		return -ENODATA;
	if (size && (*at)->size > size)
		return -ERANGE;
	if (size)
		memcpy(buf, (*at)->value, (*at)->size);
	return (ssize_t)(*at)->size;
}

/* Only the administrator sees "trusted.". */
static bool is_shown(const struct xattr *x, bool admin)
{
	return admin || strncmp(x->name, XATTR_TRUSTED_PREFIX,
				XATTR_TRUSTED_PREFIX_LEN);
}

ssize_t memory_xattr_list(struct inode *inode, char *buf, size_t size)
{
	bool admin = capable(CAP_SYS_ADMIN);
	size_t done = 0;

	for (struct xattr *x = inode->xattrs; x; x = x->next) {
		size_t len = strlen(x->name) + 1;

		if (!is_shown(x, admin))
			continue;
		if (size && done + len > size)
			return -ERANGE;
		if (size)
			memcpy(buf + done, x->name, len);
		done += len;
	}
	return (ssize_t)done;
}

void memory_xattr_free(struct inode *inode)
{
	struct xattr *x;

	while ((x = inode->xattrs)) {
		inode->xattrs = x->next;
		kfree(x);
	}
}

u64 memory_xattr_user_bytes(const struct inode *inode)
{
	u64 bytes = 0;

	for (const struct xattr *x = inode->xattrs; x; x = x->next)
		if (!strncmp(x->name, XATTR_USER_PREFIX, XATTR_USER_PREFIX_LEN))
			bytes += sizeof(*x) + x->size + strlen(x->name) + 1;
	return bytes;
}

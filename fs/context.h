/* SPDX-License-Identifier: MIT */
/*
 * struct fs_context: what is asked of a file system, before there is one. Both
 * doors fill it: mount(2) from its string of options, fsconfig(2) key by key.
 *
 * A type lists its options in a table (fs_type.params); the value of each is
 * checked by its kind before the type's own function sees it. What the options
 * say is collected in fc->options, a struct of the type's own; nothing else
 * changes until the context is used: by type->get_super() for a new mount, by
 * sop->reconfigure() for a live super block. Bad input leaves nothing.
 *
 * Owners: a context belongs to the call (mount) or the file (fsopen) that made
 * it; the file has a mutex for it. It holds @source, @options, @cred, and
 * the super block that it is about.
 */
#ifndef WARREN_FS_CONTEXT_H
#define WARREN_FS_CONTEXT_H

#include "fs/inode.h"

struct fs_context;

enum fs_param_kind {
	FS_FLAG, /* takes no value */
	FS_STRING, /* not empty */
	FS_U32, /* decimal, 0x or 0 octal */
	FS_OCTAL, /* a u32 */
	FS_ID, /* of a user or group: decimal, not -1 */
};

/* What came with a key. */
struct fs_value {
	enum { FS_NO_VALUE, FS_TEXT, FS_OTHER } form;
	char *text; /* FS_TEXT: may be cut up by who reads it */
	u32 number; /* of the kinds that are numbers */
};

/* One option; a table ends with name == NULL. */
struct fs_param {
	const char *name;
	enum fs_param_kind kind;
	/* 0; -EINVAL: not a value that makes sense. */
	int (*set)(struct fs_context *fc, const struct fs_value *v);
};

#define FS_LOG_LINES 8
struct fs_log {
	u32 head, tail; /* written, read */
	char *line[FS_LOG_LINES];
};

struct fs_context {
	const struct fs_type *type; /* [I] */
	const struct cred *cred;    /* [I] counted: who asks */
	struct user_ns *owner;	    /* [I] counted (PIN_SUPER): of a new one */
	u32 sb_flags;		    /* MS_* of the super block */
	u32 sb_flags_mask;	    /* which of them were named */
	char *source;		    /* kmalloc'ed or NULL */
	void *options;		    /* type->options_size bytes, or NULL */
	struct super *sb;	    /* counted; NULL: none yet */
	struct dentry *root;	    /* counted: what a mount shows; NULL: all */
	struct fs_log *log;	    /* fsopen(2) only; NULL: nobody reads */
};

/* A context for a new instance of @type, no option said yet.
 * ERR_PTR(-ENOMEM). */
struct fs_context *fs_context_new(const struct fs_type *type, u32 sb_flags);
/* The same to change @sb (takes its own reference). */
struct fs_context *fs_context_of(struct super *sb);
void fs_context_free(struct fs_context *fc); /* may sleep */
/* One option. 0; -EINVAL: unknown, or not such a value; -ENOMEM. */
int fs_context_set(struct fs_context *fc, const char *key, struct fs_value *v);
/* "a,b=c": cut up. NULL is nothing. */
int fs_context_parse(struct fs_context *fc, char *data);
/* Leave a line for who reads the log, and the reason with the task; -EINVAL. */
int fs_context_fail(struct fs_context *fc, const char *fmt, ...) __printf(2, 3);
/* May who asks mount this at all? */
bool fs_context_may_mount(const struct fs_context *fc);
/* Make fc->sb. 0; what the type says. */
int fs_context_create(struct fs_context *fc);

#endif

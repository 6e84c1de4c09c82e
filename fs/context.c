// SPDX-License-Identifier: MIT
/*
 * Options of file systems: one parser for mount(2) and fsconfig(2). See
 * context.h. No locks: the owner of a context sees to that.
 */
#include <linux/mount.h>
#include <linux/sched.h>

#include "fs/context.h"
#include "fs/dentry.h"
#include "kernel/debug/why.h"
#include "kernel/lib/printf.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define LOG_LINE_SIZE 160

/* ---- making and ending ---------------------------------------------------- */

/* Who owns a new instance of @type that current makes. */
static struct user_ns *owner_of(const struct fs_type *type)
{
	const struct ns_ops *shown = ns_ops_of_type(type->shows);

	if (!(type->flags & FS_USERNS_MOUNT) || (type->shows && !shown))
		return &init_user_ns;
	if (!shown)
		return current_user_ns();
	if (type->shows == CLONE_NEWPID)
		return task_active_pid_ns(current)->ns.owner;
	return current->nsproxy->ns[shown->slot]->owner;
}

struct fs_context *fs_context_new(const struct fs_type *type, u32 sb_flags)
{
	struct fs_context *fc = kzalloc(sizeof(*fc));

	if (!fc)
		return ERR_PTR(-ENOMEM);
	fc->type = type;
	fc->sb_flags = sb_flags;
	if (type->options_size) {
		fc->options = kzalloc(type->options_size);
		if (!fc->options) {
			kfree(fc);
			return ERR_PTR(-ENOMEM);
		}
	}
	fc->cred = cred_get(current->cred);
	fc->owner = owner_of(type);
	ns_get(&fc->owner->ns, PIN_SUPER);
	return fc;
}

struct fs_context *fs_context_of(struct super *sb)
{
	struct fs_context *fc = fs_context_new(sb->type, sb->flags);

	if (!IS_ERR(fc))
		fc->sb = super_get(sb);
	return fc;
}

void fs_context_free(struct fs_context *fc)
{
	if (fc->root)
		d_put(fc->root);
	if (fc->sb)
		super_put(fc->sb);
	for (u32 i = 0; fc->log && i < FS_LOG_LINES; i++)
		kfree(fc->log->line[i]);
	cred_put(fc->cred);
	ns_put(&fc->owner->ns, PIN_SUPER);
	kfree(fc->log);
	kfree(fc->source);
	kfree(fc->options);
	kfree(fc);
}

/* ---- the log -------------------------------------------------------------- */

/* The oldest line makes room. A line that cannot be had is left out. */
static void log_add(struct fs_log *log, const char *text)
{
	char **line = &log->line[log->head % FS_LOG_LINES];

	kfree(*line);
	*line = kstrdup(text);
	if (!*line)
		return;
	log->head++;
	if (log->head - log->tail > FS_LOG_LINES)
		log->tail++;
}

int fs_context_fail(struct fs_context *fc, const char *fmt, ...)
{
	char text[LOG_LINE_SIZE];
	va_list ap;

	text[0] = 'e';
	text[1] = ' ';
	va_start(ap, fmt);
	vsnprintf(text + 2, sizeof(text) - 2, fmt, ap);
	va_end(ap);
	if (fc->log)
		log_add(fc->log, text);
	return why(-EINVAL, "mount: %s", text + 2);
}

/* ---- options that every file system has ----------------------------------- */

static const struct sb_option {
	const char *name;
	u32 flag;
	bool on;
} sb_options[] = {
	{ "ro", MS_RDONLY, true },
	{ "rw", MS_RDONLY, false },
	{ "sync", MS_SYNCHRONOUS, true },
	{ "async", MS_SYNCHRONOUS, false },
	{ "dirsync", MS_DIRSYNC, true },
	{ "mand", MS_MANDLOCK, true },
	{ "nomand", MS_MANDLOCK, false },
	{ "lazytime", MS_LAZYTIME, true },
	{ "nolazytime", MS_LAZYTIME, false },
};

/* Is @key one of them? Its value, if any, means nothing, as in Linux. */
static bool sb_option_set(struct fs_context *fc, const char *key)
{
	for (u32 i = 0; i < ARRAY_SIZE(sb_options); i++) {
		const struct sb_option *o = &sb_options[i];

		if (strcmp(o->name, key))
			continue;
		fc->sb_flags_mask |= o->flag;
		if (o->on)
			fc->sb_flags |= o->flag;
		else
			fc->sb_flags &= ~o->flag;
		return true;
	}
	return false;
}

static int source_set(struct fs_context *fc, const struct fs_value *v)
{
	if (v->form != FS_TEXT)
		return fs_context_fail(fc, "Non-string source\n");
	if (fc->source)
		return fs_context_fail(fc, "Multiple sources\n");
	fc->source = kstrdup(v->text);
	return fc->source ? 0 : -ENOMEM;
}

/* ---- options of the type -------------------------------------------------- */

static int number_of(enum fs_param_kind kind, struct fs_value *v)
{
	u32 base = kind == FS_OCTAL ? 8 : kind == FS_ID ? 10 : 0;
	u64 n;

	if (parse_u64(v->text, base, &n) || n > (u32)-1)
		return -EINVAL;
	if (kind == FS_ID && n == (u32)-1)
		return -EINVAL;
	v->number = (u32)n;
	return 0;
}

static int param_set(struct fs_context *fc, const struct fs_param *p,
		     struct fs_value *v)
{
	int err = 0;

	if (p->kind == FS_FLAG && v->form != FS_NO_VALUE)
		return fs_context_fail(fc, "%s: Unexpected value for '%s'\n",
				       fc->type->name, p->name);
	if (p->kind != FS_FLAG && (v->form != FS_TEXT || !*v->text))
		err = -EINVAL;
	else if (p->kind != FS_FLAG && p->kind != FS_STRING)
		err = number_of(p->kind, v);
	if (!err)
		err = p->set(fc, v);
	if (err == -EINVAL)
		return fs_context_fail(fc, "%s: Bad value for '%s'\n",
				       fc->type->name, p->name);
	return err;
}

/**
 * fs_context_set - give a context one option
 * @v: its value; the text may be cut up
 *
 * Return: 0; -EINVAL: unknown, or not such a value; -ENOMEM.
 */
int fs_context_set(struct fs_context *fc, const char *key, struct fs_value *v)
{
	const struct fs_param *p = fc->type->params;

	if (sb_option_set(fc, key))
		return 0;
	for (; p && p->name; p++)
		if (!strcmp(p->name, key))
			return param_set(fc, p, v);
	if (!strcmp(key, "source"))
		return source_set(fc, v);
	if (fc->type->flags & FS_ANY_OPTION)
		return 0;
	return fs_context_fail(fc, "%s: Unknown parameter '%.60s'\n",
			       fc->type->name, key);
}

/**
 * fs_context_parse - the options of mount(2)
 * @data: words between commas; empty ones, and those without a key, are nothing
 *
 * Return: as fs_context_set(); what came before the bad word is set.
 */
int fs_context_parse(struct fs_context *fc, char *data)
{
	int err = 0;

	while (data && *data && !err) {
		char *word = data, *equals;
		struct fs_value v = { .form = FS_NO_VALUE };

		data = strchr(data, ',');
		if (data)
			*data++ = '\0';
		equals = strchr(word, '=');
		if (!*word || equals == word)
			continue;
		if (equals) {
			*equals = '\0';
			v.form = FS_TEXT;
			v.text = equals + 1;
		}
		err = fs_context_set(fc, word, &v);
	}
	return err;
}

/* ---- use ------------------------------------------------------------------- */

/* In a user namespace only what is safe to give to anybody; of what shows a
 * namespace, only by who has power over that. */
bool fs_context_may_mount(const struct fs_context *fc)
{
	return ns_capable(fc->owner, CAP_SYS_ADMIN);
}

int fs_context_create(struct fs_context *fc)
{
	struct super *sb;

	if (!fs_context_may_mount(fc))
		return why(-EPERM, "mount: no CAP_SYS_ADMIN to mount a %s",
			   fc->type->name);
	sb = fc->type->get_super(fc);
	if (IS_ERR(sb))
		return (int)PTR_ERR(sb);
	if (refcount_read(&sb->refs) == 1) /* not one that was there */
		super_set_owner(sb, fc->owner);
	fc->sb = sb;
	return 0;
}

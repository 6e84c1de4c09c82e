// SPDX-License-Identifier: MIT
/*
 * tmpfs(5): a file system that is memory. Three types: "tmpfs" with limits,
 * "ramfs" without, and "rootfs", what a machine begins with.
 *
 * Nothing is behind a name but dentry, inode and frames: names are in
 * tmpfs_dir.c, content in tmpfs_file.c. Here: options, limits, statfs.
 *
 * Locks: tmpfs.lock, a leaf, for the counters.
 */
#include <asm/statfs.h>
#include <linux/mount.h>
#include <linux/stat.h>

#include "fs/seq.h"
#include "fs/tmpfs_impl.h"
#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/mm/page.h"
#include "kernel/mm/slab.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define TMPFS_MODE (S_ISVTX | 0777)
#define RAMFS_MODE 0755
#define TMPFS_ENTRY_SIZE 20 /* what Linux adds to st_size for a name */

/* ---- limits ----------------------------------------------------------------- */

static u64 total_frames(void)
{
	struct mem_stats stats;

	mem_stats(&stats);
	return stats.total;
}

static int charge(struct tmpfs *fs, u64 *used, const u64 *maximum, u64 n)
{
	int err = 0;

	spin_lock(&fs->lock);
	if (*maximum && *used + n > *maximum)
		err = -ENOSPC;
	else
		*used += n;
	spin_unlock(&fs->lock);
	return err;
}

static void uncharge(struct tmpfs *fs, u64 *used, u64 n)
{
	spin_lock(&fs->lock);
	assert(*used >= n);
	*used -= n;
	spin_unlock(&fs->lock);
}

int tmpfs_charge_blocks(struct tmpfs *fs, u64 n)
{
	return charge(fs, &fs->blocks, &fs->max_blocks, n);
}

void tmpfs_uncharge_blocks(struct tmpfs *fs, u64 n)
{
	uncharge(fs, &fs->blocks, n);
}

int tmpfs_charge_inode(struct tmpfs *fs)
{
	return charge(fs, &fs->inodes, &fs->max_inodes, 1);
}

void tmpfs_uncharge_inode(struct tmpfs *fs)
{
	uncharge(fs, &fs->inodes, 1);
}

/* ---- options ---------------------------------------------------------------- */

enum { SEEN_BLOCKS = 1, SEEN_INODES = 2, SEEN_MODE = 4 };
struct options {
	u32 seen;
	u64 blocks, inodes;
	umode_t mode;
	uid_t uid;
	gid_t gid;
};

/* "4096", "16k", "1m", "2g", or with @percent_of "50%". */
static int parse_size(char *s, u64 percent_of, u64 *out)
{
	static const char units[] = "kmgtpe";
	size_t len = strlen(s);
	const char *unit;
	u32 shift = 0;
	int err;

	if (len && percent_of && s[len - 1] == '%') {
		s[len - 1] = '\0';
		err = parse_u64(s, 10, out);
		if (err || *out > 1000)
			return -EINVAL;
		*out = *out * percent_of / 100;
		return 0;
	}
	unit = len ? strchr(units, s[len - 1] | 0x20) : NULL;
	if (unit) {
		shift = 10 * (u32)(unit - units + 1);
		s[len - 1] = '\0';
	}
	err = parse_u64(s, 0, out);
	if (err || *out > (u64)-1 >> shift)
		return -EINVAL;
	*out <<= shift;
	return 0;
}

static int parse_number(const char *s, u32 base, u64 maximum, u32 *out)
{
	u64 n;

	if (parse_u64(s, base, &n) || n > maximum)
		return -EINVAL;
	*out = (u32)n;
	return 0;
}

static int option_size(struct options *o, char *value)
{
	u64 bytes;

	if (parse_size(value, total_frames() * PAGE_SIZE, &bytes))
		return -EINVAL;
	o->blocks = bytes / PAGE_SIZE + (bytes % PAGE_SIZE != 0);
	o->seen |= SEEN_BLOCKS;
	return 0;
}

static int option_nr_blocks(struct options *o, char *value)
{
	o->seen |= SEEN_BLOCKS;
	return parse_size(value, 0, &o->blocks);
}

static int option_nr_inodes(struct options *o, char *value)
{
	o->seen |= SEEN_INODES;
	return parse_size(value, 0, &o->inodes);
}

static int option_mode(struct options *o, char *value)
{
	int err = parse_number(value, 8, 0xffff, &o->mode);

	o->mode &= 07777;
	o->seen |= SEEN_MODE;
	return err;
}

static int option_uid(struct options *o, char *value)
{
	return parse_number(value, 10, (u32)-2, &o->uid);
}

static int option_gid(struct options *o, char *value)
{
	return parse_number(value, 10, (u32)-2, &o->gid);
}

/* Choices of Linux that there is only one of here. */
static int option_huge(struct options *o, char *value)
{
	(void)o;
	return strcmp(value, "never") ? -EINVAL : 0;
}

static int option_default(struct options *o, char *value)
{
	(void)o, (void)value;
	return 0;
}

static const struct option {
	const char *name; /* with '=' if it has a value */
	int (*set)(struct options *o, char *value);
} options[] = {
	{ "size=", option_size },	  { "nr_blocks=", option_nr_blocks },
	{ "nr_inodes=", option_nr_inodes }, { "mode=", option_mode },
	{ "uid=", option_uid },		  { "gid=", option_gid },
	{ "huge=", option_huge },	  { "inode64", option_default },
	{ "noswap", option_default },
};

static int option_set(struct options *o, char *word)
{
	for (u32 i = 0; i < ARRAY_SIZE(options); i++) {
		size_t len = strlen(options[i].name);
		bool value = options[i].name[len - 1] == '=';

		if (strncmp(word, options[i].name, len) ||
		    (!value && word[len]))
			continue;
		if (options[i].set(o, word + len))
			return why(-EINVAL, "tmpfs: bad value of %.60s", word);
		return 0;
	}
	return why(-EINVAL, "tmpfs: unknown option %.60s", word);
}

/* Words between commas; empty ones are nothing. @data is cut up. */
static int options_parse(struct options *o, char *data)
{
	int err = 0;

	while (data && *data && !err) {
		char *comma = strchr(data, ',');

		if (comma)
			*comma = '\0';
		if (*data)
			err = option_set(o, data);
		data = comma ? comma + 1 : NULL;
	}
	return err;
}

/* ---- super blocks --------------------------------------------------------------- */

static void tmpfs_evict(struct inode *inode)
{
	if (S_ISREG(inode->mode))
		tmpfs_evict_pages(inode);
	else if (S_ISLNK(inode->mode))
		kfree(inode->private);
	tmpfs_uncharge_inode(to_tmpfs(inode->sb));
}

static void tmpfs_put_super(struct super *sb)
{
	kfree(sb->private);
}

static int tmpfs_statfs(struct dentry *d, struct statfs *st)
{
	struct tmpfs *fs = to_tmpfs(d->sb);
	int err = simple_statfs(d, st);

	if (err)
		return err;
	spin_lock(&fs->lock);
	if (fs->max_blocks) {
		st->f_blocks = (s64)fs->max_blocks;
		st->f_bfree = st->f_bavail =
			(s64)(fs->max_blocks - fs->blocks);
	}
	if (fs->max_inodes) {
		st->f_files = (s64)fs->max_inodes;
		st->f_ffree = (s64)(fs->max_inodes - fs->inodes);
	}
	spin_unlock(&fs->lock);
	return 0;
}

static void tmpfs_show_options(struct seq *seq, struct super *sb)
{
	const struct tmpfs *fs = to_tmpfs(sb);
	u64 half = total_frames() / 2;

	if (fs->max_blocks != half)
		seq_printf(seq, ",size=%lluk", (unsigned long long)
			   (fs->max_blocks << (PAGE_SHIFT - 10)));
	if (fs->max_inodes != half)
		seq_printf(seq, ",nr_inodes=%llu",
			   (unsigned long long)fs->max_inodes);
	if (fs->mode != TMPFS_MODE)
		seq_printf(seq, ",mode=%03o", fs->mode);
	if (fs->uid)
		seq_printf(seq, ",uid=%u", fs->uid);
	if (fs->gid)
		seq_printf(seq, ",gid=%u", fs->gid);
	seq_puts(seq, ",inode64");
}

/* What is in use must fit in, and what had no limit cannot get one. */
static int limit_check(u32 seen, u64 wanted, u64 maximum, u64 used)
{
	if (!seen || !wanted)
		return 0;
	if (!maximum)
		return why(-EINVAL, "tmpfs: no limit after it had none");
	if (wanted < used)
		return why(-EINVAL, "tmpfs: more than that is in use");
	return 0;
}

static int limits_change(struct tmpfs *fs, const struct options *o)
{
	int err;

	spin_lock(&fs->lock);
	err = limit_check(o->seen & SEEN_BLOCKS, o->blocks, fs->max_blocks,
			  fs->blocks);
	if (!err)
		err = limit_check(o->seen & SEEN_INODES, o->inodes,
				  fs->max_inodes, fs->inodes);
	if (!err && o->seen & SEEN_BLOCKS)
		fs->max_blocks = o->blocks;
	if (!err && o->seen & SEEN_INODES)
		fs->max_inodes = o->inodes;
	spin_unlock(&fs->lock);
	return err;
}

/* Limits can change; mode, uid and gid are of the first mount only. */
static int tmpfs_remount(struct super *sb, u32 sb_flags, char *data)
{
	struct options o = { .seen = 0 };
	int err = options_parse(&o, data);

	if (!err)
		err = limits_change(to_tmpfs(sb), &o);
	return err ? err : super_plain_remount(sb, sb_flags, NULL);
}

static const struct super_ops tmpfs_super_ops = {
	.evict = tmpfs_evict,
	.put_super = tmpfs_put_super,
	.statfs = tmpfs_statfs,
	.show_options = tmpfs_show_options,
	.remount = tmpfs_remount,
};

static void ramfs_show_options(struct seq *seq, struct super *sb)
{
	if (to_tmpfs(sb)->mode != RAMFS_MODE)
		seq_printf(seq, ",mode=%o", to_tmpfs(sb)->mode);
}

static const struct super_ops ramfs_super_ops = {
	.evict = tmpfs_evict,
	.put_super = tmpfs_put_super,
	.statfs = simple_statfs,
	.show_options = ramfs_show_options,
	.remount = super_plain_remount,
};

static int tmpfs_make_root(struct super *sb)
{
	const struct tmpfs *fs = to_tmpfs(sb);
	struct inode *root = tmpfs_inode_new(sb, NULL, S_IFDIR | fs->mode, 0);

	if (IS_ERR(root))
		return (int)PTR_ERR(root);
	root->uid = fs->uid;
	root->gid = fs->gid;
	sb->root = d_alloc_root(root);
	return sb->root ? 0 : -ENOMEM;
}

/**
 * tmpfs_super_new - a super block with nothing but its root
 * @fs: kmalloc'ed, filled in but for the counters; taken over, also on error
 *
 * Return: the super block, one reference; ERR_PTR(-ENOMEM).
 */
struct super *tmpfs_super_new(const struct fs_type *type, u32 sb_flags,
			      struct tmpfs *fs)
{
	bool tmpfs = type == &tmpfs_type;
	struct super *sb;
	int err;

	spin_init(&fs->lock, "tmpfs");
	fs->entry_size = tmpfs ? TMPFS_ENTRY_SIZE : 0;
	sb = super_new(type, tmpfs ? &tmpfs_super_ops : &ramfs_super_ops,
		       sb_flags);
	if (IS_ERR(sb)) {
		kfree(fs);
		return sb;
	}
	sb->magic = type == &ramfs_type ? RAMFS_MAGIC : TMPFS_MAGIC;
	sb->blksize = PAGE_SIZE;
	sb->private = fs;
	err = tmpfs_make_root(sb);
	if (err) {
		super_put(sb);
		return ERR_PTR(err);
	}
	return sb;
}

static struct super *tmpfs_make(const struct fs_type *type, u32 sb_flags,
				const struct options *o)
{
	struct tmpfs *fs = kzalloc(sizeof(*fs));

	if (!fs)
		return ERR_PTR(-ENOMEM);
	fs->max_blocks = o->blocks;
	fs->max_inodes = o->inodes;
	fs->mode = o->mode;
	fs->uid = o->uid;
	fs->gid = o->gid;
	return tmpfs_super_new(type, sb_flags, fs);
}

static struct super *tmpfs_get_super(const struct fs_type *type, u32 sb_flags,
				     const char *source, char *data)
{
	struct options o = {
		.blocks = total_frames() / 2,
		.inodes = total_frames() / 2,
		.mode = TMPFS_MODE,
		.uid = current->cred->fsuid,
		.gid = current->cred->fsgid,
	};
	int err = options_parse(&o, data);

	(void)source;
	return err ? ERR_PTR(err) : tmpfs_make(type, sb_flags, &o);
}

/* Of all options only the mode; what it does not know it takes, as Linux. */
static struct super *ramfs_get_super(const struct fs_type *type, u32 sb_flags,
				     const char *source, char *data)
{
	struct options o = { .mode = RAMFS_MODE };
	char *mode = data ? strstr(data, "mode=") : NULL, *end;

	(void)source;
	if (mode && (mode == data || mode[-1] == ',')) {
		end = strchr(mode, ',');
		if (end)
			*end = '\0';
		if (option_mode(&o, mode + strlen("mode=")))
			return ERR_PTR(-EINVAL);
	}
	return tmpfs_make(type, sb_flags, &o);
}

/* Before there are tasks and credentials. */
static struct super *rootfs_get_super(const struct fs_type *type, u32 sb_flags,
				      const char *source, char *data)
{
	const struct options o = { .mode = RAMFS_MODE };

	(void)source, (void)data;
	return tmpfs_make(type, sb_flags, &o);
}

const struct fs_type tmpfs_type = {
	.name = "tmpfs",
	.flags = FS_NODEV | FS_USERNS_MOUNT,
	.get_super = tmpfs_get_super,
};

const struct fs_type ramfs_type = {
	.name = "ramfs",
	.flags = FS_NODEV | FS_USERNS_MOUNT,
	.get_super = ramfs_get_super,
};

const struct fs_type rootfs_type = {
	.name = "rootfs",
	.flags = FS_NODEV | FS_INTERNAL,
	.get_super = rootfs_get_super,
};

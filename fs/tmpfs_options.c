// SPDX-License-Identifier: MIT
/* The options of tmpfs(5), and the one of ramfs. See fs/context.h. */
#include "fs/context.h"
#include "fs/tmpfs_impl.h"
#include "kernel/lib/string.h"
#include "kernel/mm/page.h"
#include "kernel/task/cred.h"

static struct tmpfs_options *options_of(struct fs_context *fc)
{
	return fc->options;
}

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

static int option_size(struct fs_context *fc, const struct fs_value *v)
{
	struct tmpfs_options *o = options_of(fc);
	u64 bytes;

	if (parse_size(v->text, tmpfs_frames() * PAGE_SIZE, &bytes))
		return -EINVAL;
	o->blocks = bytes / PAGE_SIZE + (bytes % PAGE_SIZE != 0);
	o->seen |= SEEN_BLOCKS;
	return 0;
}

static int option_nr_blocks(struct fs_context *fc, const struct fs_value *v)
{
	options_of(fc)->seen |= SEEN_BLOCKS;
	return parse_size(v->text, 0, &options_of(fc)->blocks);
}

static int option_nr_inodes(struct fs_context *fc, const struct fs_value *v)
{
	options_of(fc)->seen |= SEEN_INODES;
	return parse_size(v->text, 0, &options_of(fc)->inodes);
}

static int option_mode(struct fs_context *fc, const struct fs_value *v)
{
	options_of(fc)->seen |= SEEN_MODE;
	options_of(fc)->mode = v->number & 07777;
	return 0;
}

static int option_uid(struct fs_context *fc, const struct fs_value *v)
{
	kuid_t uid = make_kuid(current_user_ns(), v->number);

	options_of(fc)->seen |= SEEN_UID;
	options_of(fc)->uid = uid;
	return kuid_is_mapped(fc->owner, uid) ? 0 : -EINVAL;
}

static int option_gid(struct fs_context *fc, const struct fs_value *v)
{
	kgid_t gid = make_kgid(current_user_ns(), v->number);

	options_of(fc)->seen |= SEEN_GID;
	options_of(fc)->gid = gid;
	return kgid_is_mapped(fc->owner, gid) ? 0 : -EINVAL;
}

/* Choices of Linux that there is only one of here. */
static int option_huge(struct fs_context *fc __maybe_unused,
		       const struct fs_value *v)
{
	return strcmp(v->text, "never") ? -EINVAL : 0;
}

static int option_default(struct fs_context *fc __maybe_unused,
			  const struct fs_value *v __maybe_unused)
{
	return 0;
}

const struct fs_param tmpfs_params[] = {
	{ "size", FS_STRING, option_size },
	{ "nr_blocks", FS_STRING, option_nr_blocks },
	{ "nr_inodes", FS_STRING, option_nr_inodes },
	{ "mode", FS_OCTAL, option_mode },
	{ "uid", FS_ID, option_uid },
	{ "gid", FS_ID, option_gid },
	{ "huge", FS_STRING, option_huge },
	{ "inode64", FS_FLAG, option_default },
	{ "noswap", FS_FLAG, option_default },
	{ NULL, FS_FLAG, NULL },
};

const struct fs_param ramfs_params[] = {
	{ "mode", FS_OCTAL, option_mode },
	{ NULL, FS_FLAG, NULL },
};

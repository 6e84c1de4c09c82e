// SPDX-License-Identifier: MIT
/*
 * The cpio reader: a machine with one state for each part of an entry.
 *
 *	header   110 bytes: "070701" and 13 numbers of 8 hexadecimal digits
 *	name     with a NUL at its end; then zeros up to a multiple of 4
 *	data     then zeros up to a multiple of 4
 *
 * (offsets count from the start of the archive, the header's 110 included).
 * The last entry is named "TRAILER!!!". Zeros and further archives may follow.
 *
 * Everything about the format is checked before the entry is used: a bad
 * archive is refused from the bad entry on.
 */
#include "kernel/lib/cpio.h"
#include "kernel/lib/string.h"

#define TRAILER "TRAILER!!!"

enum field {
	INO, MODE, UID, GID, NLINK, MTIME, SIZE, DEV_MAJOR, DEV_MINOR,
	RDEV_MAJOR, RDEV_MINOR, NAMESIZE, CHECK, NR_FIELDS
};

static int bad(struct cpio *c, const char *reason)
{
	c->reason = reason;
	return CPIO_BAD;
}

static void enter(struct cpio *c, enum cpio_state state, u32 left)
{
	c->state = state;
	c->left = left;
}

static u32 padding(u32 n)
{
	return -n & 3;
}

/* ---- header -------------------------------------------------------------------- */

static bool parse_hex(const char *s, u32 *out)
{
	u32 n = 0;

	for (u32 i = 0; i < 8; i++) {
		char ch = s[i];

		if (ch >= '0' && ch <= '9')
			n = n << 4 | (u32)(ch - '0');
		else if ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'f')
			n = n << 4 | (u32)((ch | 0x20) - 'a' + 10);
		else
			return false;
	}
	*out = n;
	return true;
}

static void entry_fill(struct cpio *c, const u32 *field)
{
	c->entry = (struct cpio_entry){
		.ino = field[INO],
		.mode = field[MODE],
		.uid = field[UID],
		.gid = field[GID],
		.nlink = field[NLINK],
		.mtime = field[MTIME],
		.size = field[SIZE],
		.dev_major = field[DEV_MAJOR],
		.dev_minor = field[DEV_MINOR],
		.rdev_major = field[RDEV_MAJOR],
		.rdev_minor = field[RDEV_MINOR],
		.name = c->name,
	};
	c->namesize = field[NAMESIZE];
	c->wanted = field[CHECK];
	c->sum = 0;
}

static int header_done(struct cpio *c)
{
	u32 field[NR_FIELDS];

	if (memcmp(c->header, "07070", 5) ||
	    (c->header[5] != '1' && c->header[5] != '2'))
		return bad(c, "no cpio header (only \"newc\" is known)");
	for (u32 i = 0; i < NR_FIELDS; i++)
		if (!parse_hex(c->header + 6 + 8 * i, &field[i]))
			return bad(c, "a number in the header is not hex");
	entry_fill(c, field);
	/* Only files have a sum; links have data but none. */
	c->check = c->header[5] == '2' && (c->entry.mode & 0170000) == 0100000;
	if (c->namesize < 2)
		return bad(c, "the name is empty");
	if (c->namesize > CPIO_NAME_MAX)
		return bad(c, "the name is too long");
	enter(c, CPIO_NAME, c->namesize);
	return 0;
}

/* ---- name and data ----------------------------------------------------------- */

/* A component ".." would lead out of what the archive is unpacked to. */
static bool has_dotdot(const char *name)
{
	const char *p = name;

	while (p) {
		if (p[0] == '.' && p[1] == '.' && (!p[2] || p[2] == '/'))
			return true;
		p = strchr(p, '/');
		if (p)
			p++;
	}
	return false;
}

static int name_done(struct cpio *c)
{
	const char *end = memchr(c->name, '\0', c->namesize);

	if (!end)
		return bad(c, "the name does not end within its size");
	if (end != c->name + c->namesize - 1)
		return bad(c, "the name ends before its size");
	if (has_dotdot(c->name))
		return bad(c, "the name has a component \"..\"");
	enter(c, CPIO_NAME_PAD, padding(CPIO_HEADER_SIZE + c->namesize));
	return 0;
}

static bool at_trailer(const struct cpio *c)
{
	return !strcmp(c->name, TRAILER);
}

static int name_pad_done(struct cpio *c)
{
	enter(c, CPIO_DATA, c->entry.size);
	return at_trailer(c) ? 0 : c->ops->begin(c->arg, &c->entry);
}

static int data_done(struct cpio *c)
{
	if (c->check && c->sum != c->wanted)
		return bad(c, "the check sum of the data is wrong");
	enter(c, CPIO_DATA_PAD, padding(c->entry.size));
	return at_trailer(c) ? 0 : c->ops->end(c->arg);
}

static int data_pad_done(struct cpio *c)
{
	if (!at_trailer(c)) {
		enter(c, CPIO_HEADER, CPIO_HEADER_SIZE);
		return 0;
	}
	enter(c, CPIO_BETWEEN, 0);
	return c->ops->trailer(c->arg);
}

/* The state has taken all that belongs to it. */
static int state_done(struct cpio *c)
{
	switch (c->state) {
	case CPIO_HEADER:
		return header_done(c);
	case CPIO_NAME:
		return name_done(c);
	case CPIO_NAME_PAD:
		return name_pad_done(c);
	case CPIO_DATA:
		return data_done(c);
	case CPIO_DATA_PAD:
		return data_pad_done(c);
	default:
		return 0;
	}
}

/* ---- the machine -------------------------------------------------------------- */

static int data_take(struct cpio *c, const u8 *p, size_t n)
{
	if (c->check)
		for (size_t i = 0; i < n; i++)
			c->sum += p[i];
	return at_trailer(c) || !n ? 0 : c->ops->data(c->arg, p, n);
}

/* @n <= c->left bytes for the state. */
static int state_take(struct cpio *c, const u8 *p, size_t n)
{
	switch (c->state) {
	case CPIO_HEADER:
		memcpy(c->header + CPIO_HEADER_SIZE - c->left, p, n);
		return 0;
	case CPIO_NAME:
		memcpy(c->name + c->namesize - c->left, p, n);
		return 0;
	case CPIO_DATA:
		return data_take(c, p, n);
	default:
		return 0; /* padding: any bytes */
	}
}

/* Skip zeros; true: an archive begins at p[*taken]. */
static bool archive_begins(const u8 *p, size_t n, size_t *taken)
{
	while (*taken < n && !p[*taken])
		++*taken;
	return *taken < n && p[*taken] == '0';
}

int cpio_push(struct cpio *c, const void *data, size_t n, size_t *taken)
{
	const u8 *p = data;
	int err = 0;

	*taken = 0;
	for (;;) {
		size_t chunk, before = *taken;

		if (c->state == CPIO_BETWEEN) {
			if (archive_begins(p, n, taken))
				enter(c, CPIO_HEADER, CPIO_HEADER_SIZE);
			c->offset += *taken - before;
			if (c->state == CPIO_BETWEEN)
				return 0;
		}
		chunk = min((size_t)c->left, n - *taken);
		err = state_take(c, p + *taken, chunk);
		if (err)
			return err;
		*taken += chunk;
		c->offset += chunk;
		c->left -= (u32)chunk;
		if (c->left)
			return 0; /* all is taken */
		err = state_done(c);
		if (err)
			return err;
	}
}

void cpio_init(struct cpio *c, const struct cpio_ops *ops, void *arg)
{
	memset(c, 0, sizeof(*c));
	c->ops = ops;
	c->arg = arg;
}

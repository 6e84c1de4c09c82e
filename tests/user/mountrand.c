// SPDX-License-Identifier: MIT
/*
 * Changes of the mount tree at random (random.h), in mount namespaces of their own,
 * with one user namespace or none; on the way, the trees that mountinfo shows.
 */
#include "newapi.h"
#include "random.h"

#define STEPS 60
#define SLOTS 4
#define MOUNTS 512

/* ---- what is seen -------------------------------------------------------------- */

struct line {
	int id, parent;
	char root[128], point[128], flags[64], fields[128], type[16];
};

static struct line lines[MOUNTS];
static int n_lines, groups[MOUNTS], n_groups;

static int group_number(int id)
{
	for (int i = 0; i < n_groups; i++)
		if (groups[i] == id)
			return i;
	groups[n_groups++] = id;
	return n_groups - 1;
}

/* "shared:17 master:3" with the numbers in the order in which they are met. */
static const char *fields_normal(const char *fields)
{
	static char out[128];
	char copy[128], *w, *save = NULL, *colon;

	strcpy(copy, fields);
	out[0] = 0;
	for (w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		colon = strchr(w, ':');
		if (colon)
			*colon++ = 0;
		snprintf(out + strlen(out), sizeof(out) - strlen(out), " %s", w);
		if (colon)
			snprintf(out + strlen(out), sizeof(out) - strlen(out),
				 ":%d", group_number(atoi(colon)));
	}
	return out;
}

static bool parse(char *text, struct line *l)
{
	char *dash = strstr(text, " - "), *opt;
	int n = 0;

	if (!dash || sscanf(text, "%d %d %*s %127s %127s %63s%n", &l->id,
			    &l->parent, l->root, l->point, l->flags, &n) < 5)
		return false;
	opt = text + n;
	snprintf(l->fields, sizeof(l->fields), "%.*s", (int)(dash - opt), opt);
	return sscanf(dash, " - %15s", l->type) == 1;
}

static void read_tree(void)
{
	static char all[65536];
	char *text, *save = NULL;

	n_lines = 0;
	snprintf(all, sizeof(all), "%s", read_file("/proc/thread-self/mountinfo"));
	for (text = strtok_r(all, "\n", &save); text && n_lines < MOUNTS;
	     text = strtok_r(NULL, "\n", &save))
		n_lines += parse(text, &lines[n_lines]);
}

static bool seen[MOUNTS];

static void show_line(int i, int depth);

/* Children in the order of their places: no two of one parent have the same. */
static void show_children(int id, int depth)
{
	for (;;) {
		int best = -1;

		for (int i = 0; i < n_lines; i++)
			if (!seen[i] && lines[i].parent == id &&
			    (best < 0 ||
			     strcmp(lines[i].point, lines[best].point) < 0))
				best = i;
		if (best < 0)
			return;
		show_line(best, depth);
	}
}

static bool is_ours(const struct line *l)
{
	return !strncmp(l->point, "/mnt", 4);
}

static void show_line(int i, int depth)
{
	const struct line *l = &lines[i];

	seen[i] = true;
	if (is_ours(l))
		note("    %*s%s of %s %s%s (%s)\n", depth, "", l->point,
		     !strcmp(l->type, "nsfs") ? "ns" : l->root, l->flags,
		     fields_normal(l->fields), l->type);
	show_children(l->id, is_ours(l) ? depth + 1 : 0);
}

static bool parent_is_shown(const struct line *l)
{
	for (int i = 0; i < n_lines; i++)
		if (lines[i].id == l->parent && &lines[i] != l)
			return true;
	return false;
}

/* The tree below /mnt, from what hangs on something that is not shown. */
static void show_tree(void)
{
	read_tree();
	n_groups = 0;
	memset(seen, 0, sizeof(seen));
	for (int i = 0; i < n_lines; i++)
		if (!parent_is_shown(&lines[i]))
			show_line(i, 0);
}

/* ---- the calls --------------------------------------------------------------------- */

static int slots[SLOTS];
static bool detached[SLOTS]; /* from open_tree: 6.1 does not bind from it */
static bool in_user_ns;

static const char *place_below(unsigned depth)
{
	static char path[4][64];
	static int turn;
	static const char *const names[] = { "a", "b", "c" };
	char *p = path[turn = (turn + 1) % 4];

	strcpy(p, "/mnt");
	while (depth--) {
		strcat(p, "/");
		strcat(p, names[rnd(3)]);
	}
	return p;
}

/* Not /mnt itself, which must not go. */
static const char *inner_place(void)
{
	return place_below(rnd(12) ? 1 + rnd(2) : 3);
}

static const char *place(void)
{
	return rnd(16) ? inner_place() : place_below(0);
}

static void make_dirs(const char *at)
{
	char path[64];

	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%c", at, 'a' + i);
		mkdir(path, 0777);
		for (int j = 0; j < 3; j++) {
			snprintf(path, sizeof(path), "%s/%c/%c", at, 'a' + i,
				 'a' + j);
			mkdir(path, 0777);
		}
	}
}

static void op_tmpfs(void)
{
	const char *p = place();
	int r = mount("t", p, "tmpfs", 0, "mode=777");

	note("tmpfs %s: %s\n", p, r ? err_name(errno) : "ok");
	if (!r)
		make_dirs(p);
}

static void op_bind(void)
{
	const char *from = place(), *to = place();
	unsigned long rec = rnd(2) ? MS_REC : 0;

	note("bind%s %s %s: ", rec ? " rec" : "", from, to);
	note("%s\n", ERR(mount(from, to, NULL, MS_BIND | rec, NULL)));
}

static void op_move(void)
{
	const char *from = inner_place(), *to = place();

	note("move %s %s: ", from, to);
	note("%s\n", ERR(mount(from, to, NULL, MS_MOVE, NULL)));
}

static void op_umount(void)
{
	const char *p = inner_place();
	int flags = rnd(3) ? MNT_DETACH : rnd(3) ? 0 : MNT_EXPIRE;

	note("umount %d %s: ", flags, p);
	note("%s\n", ERR(umount2(p, flags)));
}

static void op_type(void)
{
	static const unsigned long types[] = { MS_SHARED, MS_SHARED, MS_PRIVATE,
					       MS_SLAVE, MS_SLAVE,
					       MS_UNBINDABLE };
	const char *p = place();
	unsigned long t = types[rnd(6)] | (rnd(2) ? MS_REC : 0);

	note("type %lx %s: ", t, p);
	note("%s\n", ERR(mount(NULL, p, NULL, t, NULL)));
}

static void op_remount(void)
{
	const char *p = place();
	unsigned long f = (rnd(2) ? MS_RDONLY : 0) | (rnd(2) ? MS_NOSUID : 0) |
			  (rnd(2) ? MS_NODEV : 0) | (rnd(3) ? 0 : MS_NOATIME);

	note("remount %lx %s: ", f, p);
	note("%s\n", ERR(mount(NULL, p, NULL, MS_REMOUNT | MS_BIND | f, NULL)));
}

static void op_setattr(void)
{
	struct mount_attr a = { 0 };
	static const uint64_t prop[] = { 0, 0, MS_SHARED, MS_PRIVATE, MS_SLAVE };
	const char *p = place();
	unsigned rec = rnd(2) ? AT_RECURSIVE : 0;

	a.attr_set = rnd(2) ? MOUNT_ATTR_RDONLY : MOUNT_ATTR_NOSUID;
	a.attr_clr = rnd(3) ? 0 : MOUNT_ATTR_NODEV;
	a.propagation = prop[rnd(5)];
	note("setattr %x %llx %llx %llx %s: ", rec, a.attr_set, a.attr_clr,
	     a.propagation, p);
	note("%s\n", ERR(mount_setattr(AT_FDCWD, p, rec, &a, sizeof(a))));
}

static int *slot(void)
{
	return &slots[rnd(SLOTS)];
}

static void fill(int *s, int fd, bool tree)
{
	close(*s);
	*s = fd;
	detached[s - slots] = tree;
}

static void op_open(void)
{
	const char *p = inner_place();
	int *s = slot();

	fill(s, open(p, O_PATH), false);
	note("slot %d open %s: %s\n", (int)(s - slots), p,
	     *s < 0 ? err_name(errno) : "ok");
}

static void op_open_tree(void)
{
	const char *p = place();
	int *s = slot();
	unsigned rec = rnd(2) ? AT_RECURSIVE : 0;

	fill(s, open_tree(AT_FDCWD, p, OPEN_TREE_CLONE | rec), true);
	note("slot %d tree %x %s: %s\n", (int)(s - slots), rec, p,
	     *s < 0 ? err_name(errno) : "ok");
}

static void op_move_mount(void)
{
	const char *p = place();
	int *s = slot();

	if (*s < 0)
		return; /* which error is first has changed */
	note("slot %d to %s: ", (int)(s - slots), p);
	note("%s\n", ERR(move_mount(*s, "", AT_FDCWD, p,
				    MOVE_MOUNT_F_EMPTY_PATH)));
}

/* Who is at "." and ".." of a slot, and what is below. */
static void op_look(void)
{
	static const char *const below[] = { ".", "..", "a", "b", "a/b", "../a",
					     "b/a", "../.." };
	int *s = slot();
	char text[256];
	ssize_t n;

	note("slot %d:", (int)(s - slots));
	for (unsigned i = 0; i < 8; i++) {
		int fd = openat(*s, below[i], O_PATH);

		if (fd < 0) {
			note(" %s %s", below[i], err_name(errno));
			continue;
		}
		n = readlink(fd_path(fd), text, sizeof(text) - 1);
		text[n < 0 ? 0 : n] = 0;
		note(" %s %s", below[i], text);
		close(fd);
	}
	note("\n");
}

static void op_close(void)
{
	int *s = slot();

	note("slot %d closed\n", (int)(s - slots));
	fill(s, -1, false);
}

static void op_rmdir(void)
{
	const char *p = place();

	note("rmdir %s: ", p);
	note("%s\n", ERR(rmdir(p)));
}

static void op_mkdir(void)
{
	const char *p = place();

	note("mkdir %s: ", p);
	note("%s\n", ERR(mkdir(p, 0777)));
}

static void op_rename(void)
{
	const char *from = place(), *to = place();

	note("rename %s %s: ", from, to);
	note("%s\n", ERR(rename(from, to)));
}

static void op_ns(void)
{
	int *s = slot();

	if (rnd(2)) {
		fill(s, open("/proc/thread-self/ns/mnt", O_RDONLY), false);
		note("slot %d ns: %s\n", (int)(s - slots),
		     *s < 0 ? err_name(errno) : "ok");
		if (rnd(2))
			note("unshare: %s\n", ERR(unshare(CLONE_NEWNS)));
		return;
	}
	note("slot %d setns: ", (int)(s - slots));
	note("%s\n", ERR(setns(*s, CLONE_NEWNS)));
}

static void op_user(void)
{
	if (in_user_ns || rnd(3))
		return;
	in_user_ns = true;
	note("unshare user: %s\n", ERR(unshare(CLONE_NEWUSER | CLONE_NEWNS)));
}

static void op_bind_ns(void)
{
	const char *p = place();
	char file[80];

	snprintf(file, sizeof(file), "%s/f", p);
	close(open(file, O_CREAT | O_WRONLY, 0666));
	note("bind ns %s: ", file);
	note("%s\n", ERR(mount(rnd(2) ? "/proc/thread-self/ns/uts" :
					"/proc/thread-self/ns/mnt",
			       file, NULL, MS_BIND, NULL)));
}

static void op_fd_place(void)
{
	const char *to = place();
	int *s = slot();

	if (detached[s - slots])
		return;
	note("bind slot %d to %s: ", (int)(s - slots), to);
	note("%s\n", ERR(mount(fd_path(*s), to, NULL, MS_BIND | (rnd(2) ? MS_REC : 0),
			       NULL)));
}

static void op_umount_slot(void)
{
	int *s = slot();

	note("umount slot %d: ", (int)(s - slots));
	note("%s\n", ERR(umount2(fd_path(*s), MNT_DETACH)));
}

static void (*const ops[])(void) = {
	op_tmpfs,     op_tmpfs, op_tmpfs,  op_bind,	op_bind,  op_bind,
	op_move,      op_move,	op_umount, op_umount,	op_type,  op_type,
	op_type,      op_type,	op_type,   op_remount,	op_setattr,
	op_open,      op_open,	op_look,   op_look,	op_close, op_rmdir,
	op_mkdir,     op_rename, op_ns,	   op_ns,	op_user,  op_bind_ns,
	op_open_tree, op_open_tree, op_move_mount, op_move_mount, op_fd_place,
	op_umount_slot,
};

static void mounts_at_random(void)
{
	for (int i = 0; i < SLOTS; i++)
		slots[i] = -1;
	private_mounts();
	CHECK(chmod("/mnt", 0777) == 0);
	make_dirs("/mnt");
	umask(0);
	for (int i = 0; i < STEPS; i++) {
		ops[rnd(sizeof(ops) / sizeof(ops[0]))]();
		if (i % 6 == 5)
			show_tree();
	}
	random_sum();
}

CASE(M16, "the tree of mounts changed at random")
{
	random_walks(1, 64, mounts_at_random);
}

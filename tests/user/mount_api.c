// SPDX-License-Identifier: MIT
/* open_tree(2), move_mount(2), mount_setattr(2), and trees in no namespace. */
#include "newapi.h"

static void tmpfs_at(const char *dir)
{
	CHECK(mkdir(dir, 0755) == 0 || errno == EEXIST);
	CHECK(mount("t", dir, "tmpfs", 0, NULL) == 0);
}

static int fs_new(void)
{
	int fd = fsopen("tmpfs", 0), mnt;

	CHECK(fsconfig(fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0);
	mnt = fsmount(fd, 0, 0);
	CHECK(mnt >= 0);
	close(fd);
	return mnt;
}

static int attach(int fd, const char *to)
{
	return move_mount(fd, "", AT_FDCWD, to, MOVE_MOUNT_F_EMPTY_PATH);
}

/* The optional fields and options of the topmost mount at @dir. */
static const char *mount_line(const char *dir)
{
	static char out[256];
	const char *line = read_file("/proc/self/mountinfo");
	char mp[128], opts[128], rest[128];

	strcpy(out, "none");
	for (; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		rest[0] = 0;
		if (sscanf(line, "%*d %*d %*s %*s %127s %127s %127[^-]", mp,
			   opts, rest) < 2 ||
		    strcmp(mp, dir))
			continue;
		for (char *p = rest; *p; p++)
			if (*p >= '0' && *p <= '9')
				*p = 'N';
		snprintf(out, sizeof(out), "%s %s", opts, rest);
	}
	return out;
}

CASE(G09, "open_tree: flags, and without CLONE it is O_PATH")
{
	int fd;

	own_mounts();
	SEE("bad flags", "%s", ERR(open_tree(AT_FDCWD, "/mnt", 0x40)));
	SEE("recursive alone", "%s",
	    ERR(open_tree(AT_FDCWD, "/mnt", AT_RECURSIVE)));
	SEE("absent", "%s", ERR(open_tree(AT_FDCWD, "/mnt/no", 0)));
	SEE("empty", "%s", ERR(open_tree(AT_FDCWD, "", 0)));
	SEE("empty clone", "%s", ERR(open_tree(AT_FDCWD, "", 1)));
	fd = open_tree(AT_FDCWD, "/mnt", OPEN_TREE_CLOEXEC);
	SEE("flags", "%o", fcntl(fd, F_GETFL));
	SEE("cloexec", "%d", fcntl(fd, F_GETFD));
	SEE("umount in use", "%s", ERR(umount("/mnt")));
	close(fd);
	SEE("umount", "%s", ERR(umount("/mnt")));
}

CASE(M14, "a detached clone: its own mount, gone at close")
{
	struct stat st;
	int fd, sub;

	own_mounts();
	tmpfs_at("/mnt/a");
	write_file("/mnt/a/file", "x");
	fd = open_tree(AT_FDCWD, "/mnt", OPEN_TREE_CLONE);
	SEE("flags", "%o", fcntl(fd, F_GETFL));
	SEE("submount left out", "%s", ERR(fstatat(fd, "a/file", &st, 0)));
	SEE("dotdot", "%d", fstatat(fd, "..", &st, 0) == 0);
	close(fd);
	fd = open_tree(AT_FDCWD, "/mnt", OPEN_TREE_CLONE | AT_RECURSIVE);
	SEE("submount taken", "%s", ERR(fstatat(fd, "a/file", &st, 0)));
	CHECK(mkdirat(fd, "new", 0755) == 0);
	SEE("same file system", "%d", there("/mnt/new"));
	sub = openat(fd, "a", O_RDONLY | O_DIRECTORY);
	SEE("umount original", "%s", ERR(umount("/mnt/a")));
	SEE("still in clone", "%s", ERR(fstatat(fd, "a/file", &st, 0)));
	close(fd);
	SEE("held directory", "%s", ERR(fstatat(sub, "file", &st, 0)));
	close(sub);
	SEE("umount", "%s", ERR(umount("/mnt")));
}

CASE(G09, "attach a clone; what a detached tree refuses (6.18)")
{
	char path[64];
	int fd, other;

	own_mounts();
	CHECK(mkdir("/mnt/to", 0755) == 0);
	CHECK(mkdir("/mnt/a", 0755) == 0);
	fd = open_tree(AT_FDCWD, "/mnt/a", OPEN_TREE_CLONE);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	SEE("mount on it", "%s", ERR(mount("t", path, "tmpfs", 0, NULL)));
	SEE("bind on it", "%s", ERR(mount("/mnt", path, NULL, MS_BIND, NULL)));
	SEE("bind from it (6.18)", "%s",
	    ERR(mount(path, "/mnt/to", NULL, MS_BIND, NULL)));
	CHECK(umount("/mnt/to") == 0);
	SEE("remount", "%s", ERR(mount(NULL, path, NULL, MS_REMOUNT, NULL)));
	SEE("bind remount", "%s",
	    ERR(mount(NULL, path, NULL, MS_REMOUNT | MS_BIND, NULL)));
	SEE("MS_SHARED", "%s", ERR(mount(NULL, path, NULL, MS_SHARED, NULL)));
	SEE("umount", "%s", ERR(umount2(path, 0)));
	SEE("umount detach", "%s", ERR(umount2(path, MNT_DETACH)));
	other = open_tree(fd, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
	SEE("clone of it", "%s", other >= 0 ? "ok" : err_name(errno));
	close(other);
	other = fs_new();
	SEE("a tree on it", "%s",
	    ERR(move_mount(other, "", fd, "",
			   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH)));
	close(other);
	CHECK(mkdirat(fd, "sub", 0755) == 0);
	SEE("into itself", "%s",
	    ERR(move_mount(fd, "", fd, "sub", MOVE_MOUNT_F_EMPTY_PATH)));
	SEE("its umount", "%s",
	    ERR((strcat(path, "/."), umount2(path, MNT_DETACH))));
	SEE("attach", "%s", ERR(attach(fd, "/mnt/to")));
	SEE("again", "%s", ERR(attach(fd, "/mnt/to")));
	close(fd);
	write_file("/mnt/a/x", "");
	SEE("it is there", "%d", there("/mnt/to/x"));
	SEE("umount 2", "%s", ERR(umount("/mnt/to")));
	SEE("umount 1", "%s", ERR(umount("/mnt/to")));
	CHECK(umount("/mnt") == 0);
}

/* What may be done with detached trees here. @own: a copy of one of ours, @made:
 * by fsmount. */
static void use_detached(int own, int made)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_NOSUID };
	int fd;

	TRY("bind from it",
	    mount(fd_path(own), "/mnt/to", NULL, MS_BIND, NULL));
	umount2("/mnt/to", MNT_DETACH);
	TRY("from what fsmount made",
	    mount(fd_path(made), "/mnt/to", NULL, MS_BIND, NULL));
	umount2("/mnt/to", MNT_DETACH);
	fd = open_tree(own, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
	SEE("clone of it", "%s", fd < 0 ? err_name(errno) : "ok");
	close(fd);
	fd = open_tree(made, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
	SEE("of what fsmount made", "%s", fd < 0 ? err_name(errno) : "ok");
	close(fd);
	TRY("setattr", mount_setattr(own, "", AT_EMPTY_PATH, &attr,
				     sizeof(attr)));
}

CASE(G09, "a detached tree is copied only where it is from (6.18)")
{
	int ns, own, copy, made;

	own_mounts();
	CHECK(mkdir("/mnt/to", 0755) == 0 && mkdir("/mnt/a", 0755) == 0);
	ns = open_ns(0, "mnt");
	own = open_tree(AT_FDCWD, "/mnt/a", OPEN_TREE_CLONE);
	copy = open_tree(own, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
	made = fs_new();
	use_detached(own, made);
	CHECK(unshare(CLONE_NEWNS) == 0);
	use_detached(own, made);
	TRY("the copy's move", attach(copy, "/mnt/to"));
	CHECK(setns(ns, CLONE_NEWNS) == 0);
	use_detached(own, made);
	TRY("move", attach(own, "/mnt/to"));
	TRY("move of what fsmount made", attach(made, "/mnt/to"));
}

CASE(G09, "MS_MOVE of a detached tree (6.18)")
{
	int fd = -1;

	own_mounts();
	CHECK(mkdir("/mnt/to", 0755) == 0);
	fd = fs_new();
	SEE("MS_MOVE", "%s",
	    ERR(mount(fd_path(fd), "/mnt/to", NULL, MS_MOVE, NULL)));
	SEE("there", "%s", mount_line("/mnt/to"));
	SEE("umount in use", "%s", ERR(umount2("/mnt/to", 0)));
	SEE("lazily", "%s", ERR(umount2("/mnt/to", MNT_DETACH)));
	SEE("clone of it", "%s",
	    ERR(open_tree(fd, "", OPEN_TREE_CLONE | AT_EMPTY_PATH)));
	SEE("move of it", "%s", ERR(attach(fd, "/mnt/to")));
	close(fd);
	fd = fs_new();
	SEE("below a shared mount", "%s",
	    ERR(mount(NULL, "/mnt", NULL, MS_SHARED, NULL)));
	SEE("attach", "%s", ERR(attach(fd, "/mnt/to")));
	SEE("there", "%s", mount_line("/mnt/to"));
	close(fd);
	CHECK(umount2("/mnt", MNT_DETACH) == 0);
}

CASE(G09, "move_mount: flags and refusals")
{
	int fd, dir;

	own_mounts();
	tmpfs_at("/mnt/a");
	CHECK(mkdir("/mnt/b", 0755) == 0);
	CHECK(mkdir("/mnt/a/sub", 0755) == 0);
	write_file("/mnt/f", "");
	SEE("bad flags", "%s",
	    ERR(move_mount(AT_FDCWD, "/mnt/a", AT_FDCWD, "/mnt/b", 0x400)));
	SEE("beneath and group", "%s",
	    ERR(move_mount(AT_FDCWD, "/mnt/a", AT_FDCWD, "/mnt/b",
			   MOVE_MOUNT_BENEATH | MOVE_MOUNT_SET_GROUP)));
	SEE("not a mount", "%s",
	    ERR(move_mount(AT_FDCWD, "/mnt/b", AT_FDCWD, "/mnt/b", 0)));
	SEE("below itself", "%s",
	    ERR(move_mount(AT_FDCWD, "/mnt/a", AT_FDCWD, "/mnt/a/sub", 0)));
	SEE("on a file", "%s",
	    ERR(move_mount(AT_FDCWD, "/mnt/a", AT_FDCWD, "/mnt/f", 0)));
	SEE("empty from", "%s",
	    ERR(move_mount(AT_FDCWD, "", AT_FDCWD, "/mnt/b", 0)));
	SEE("bad from", "%s", ERR(move_mount(99, "", AT_FDCWD, "/mnt/b", 4)));
	SEE("bad to", "%s", ERR(move_mount(AT_FDCWD, "/mnt/a", 99, "", 0x40)));
	SEE("absent", "%s",
	    ERR(move_mount(AT_FDCWD, "/mnt/a", AT_FDCWD, "/mnt/no", 0)));
	dir = open("/mnt/a/sub", O_RDONLY);
	SEE("directory fd", "%s", ERR(attach(dir, "/mnt/b")));
	close(dir);
	CHECK(mount(NULL, "/mnt", NULL, MS_SHARED, NULL) == 0);
	SEE("shared parent", "%s",
	    ERR(move_mount(AT_FDCWD, "/mnt/a", AT_FDCWD, "/mnt/b", 0)));
	CHECK(mount(NULL, "/mnt", NULL, MS_PRIVATE, NULL) == 0);
	SEE("move", "%s",
	    ERR(move_mount(AT_FDCWD, "/mnt/a", AT_FDCWD, "/mnt/b", 0)));
	SEE("moved", "%d", there("/mnt/b/sub"));
	fd = fs_new();
	SEE("fsmount to file", "%s", ERR(attach(fd, "/mnt/f")));
	SEE("fsmount", "%s", ERR(attach(fd, "/mnt/a")));
	close(fd);
	CHECK(umount("/mnt/a") == 0);
	CHECK(umount("/mnt/b") == 0);
	CHECK(umount("/mnt") == 0);
}

CASE(G09, "MOVE_MOUNT_BENEATH: under what is there (6.18)")
{
	int fd;

	own_mounts();
	tmpfs_at("/mnt/a");
	write_file("/mnt/a/top", "");
	CHECK(mkdir("/mnt/plain", 0755) == 0);
	fd = fs_new();
	CHECK(mkdirat(fd, "low", 0755) == 0);
	SEE("no mount there", "%s",
	    ERR(move_mount(fd, "", AT_FDCWD, "/mnt/plain",
			   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_BENEATH)));
	SEE("root", "%s",
	    ERR(move_mount(fd, "", AT_FDCWD, "/",
			   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_BENEATH)));
	SEE("itself", "%s",
	    ERR(move_mount(AT_FDCWD, "/mnt/a", AT_FDCWD, "/mnt/a",
			   MOVE_MOUNT_BENEATH)));
	SEE("beneath", "%s",
	    ERR(move_mount(fd, "", AT_FDCWD, "/mnt/a",
			   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_BENEATH)));
	close(fd);
	SEE("top, low", "%d %d", there("/mnt/a/top"), there("/mnt/a/low"));
	CHECK(umount("/mnt/a") == 0);
	SEE("top, low", "%d %d", there("/mnt/a/top"), there("/mnt/a/low"));
	CHECK(umount("/mnt/a") == 0);
	CHECK(umount("/mnt") == 0);
}

static int set_group(const char *from, const char *to)
{
	return move_mount(AT_FDCWD, from, AT_FDCWD, to, MOVE_MOUNT_SET_GROUP);
}

CASE(G09, "MOVE_MOUNT_SET_GROUP: into the group of another")
{
	own_mounts();
	CHECK(mkdir("/mnt/a", 0755) == 0);
	CHECK(mkdir("/mnt/b", 0755) == 0);
	CHECK(mkdir("/mnt/c", 0755) == 0);
	CHECK(mkdir("/mnt/dir", 0755) == 0);
	CHECK(mkdir("/mnt/dir/x", 0755) == 0);
	CHECK(mount("/mnt", "/mnt/a", NULL, MS_BIND, NULL) == 0);
	CHECK(mount("/mnt", "/mnt/b", NULL, MS_BIND, NULL) == 0);
	tmpfs_at("/mnt/c");
	SEE("from private", "%s", ERR(set_group("/mnt/a", "/mnt/b")));
	CHECK(mount(NULL, "/mnt/a", NULL, MS_SHARED, NULL) == 0);
	SEE("other file system", "%s", ERR(set_group("/mnt/a", "/mnt/c")));
	SEE("no mount", "%s", ERR(set_group("/mnt/a", "/mnt/dir")));
	SEE("group", "%s", ERR(set_group("/mnt/a", "/mnt/b")));
	SEE("b", "%s", mount_line("/mnt/b"));
	SEE("again", "%s", ERR(set_group("/mnt/a", "/mnt/b")));
	tmpfs_at("/mnt/a/dir/x");
	SEE("propagates", "%s", mount_line("/mnt/b/dir/x"));
	CHECK(umount("/mnt/b/dir/x") == 0);
	SEE("and back", "%s", mount_line("/mnt/a/dir/x"));
	CHECK(umount("/mnt/a") == 0);
	CHECK(umount("/mnt/b") == 0);
	CHECK(umount("/mnt/c") == 0);
	CHECK(umount("/mnt") == 0);
}

static int setattr(const char *path, unsigned flags, uint64_t set, uint64_t clr,
		   uint64_t propagation)
{
	struct mount_attr a = {
		.attr_set = set, .attr_clr = clr, .propagation = propagation};

	return mount_setattr(AT_FDCWD, path, flags, &a, sizeof(a));
}

CASE(G13, "mount_setattr: what it refuses")
{
	char big[4200] = {0};
	struct mount_attr a = { .attr_set = MOUNT_ATTR_IDMAP };

	own_mounts();
	CHECK(mkdir("/mnt/a", 0755) == 0);
	SEE("bad flags", "%s", ERR(setattr("/mnt", 2, 1, 0, 0)));
	SEE("bad bits", "%s", ERR(setattr("/mnt", 0, 0x1000, 0, 0)));
	SEE("bad clear", "%s", ERR(setattr("/mnt", 0, 0, 0x1000, 0)));
	SEE("atime without clear", "%s",
	    ERR(setattr("/mnt", 0, MOUNT_ATTR_NOATIME, 0, 0)));
	SEE("part of atime", "%s",
	    ERR(setattr("/mnt", 0, 0, MOUNT_ATTR_NOATIME, 0)));
	SEE("two atimes", "%s", ERR(setattr("/mnt", 0, 0x30, 0x70, 0)));
	SEE("propagation", "%s", ERR(setattr("/mnt", 0, 0, 0, 1)));
	SEE("two propagations", "%s",
	    ERR(setattr("/mnt", 0, 0, 0, MS_SHARED | MS_PRIVATE)));
	SEE("not a mount", "%s", ERR(setattr("/mnt/a", 0, 1, 0, 0)));
	SEE("absent", "%s", ERR(setattr("/mnt/no", 0, 1, 0, 0)));
	SEE("nothing, absent", "%s", ERR(setattr("/mnt/no", 0, 0, 0, 0)));
	SEE("small", "%s", ERR(mount_setattr(AT_FDCWD, "/mnt", 0, &a, 24)));
	SEE("zero tail", "%s",
	    ERR(mount_setattr(AT_FDCWD, "/mnt", 0, (void *)big, 4096)));
	SEE("page and more", "%s",
	    ERR(mount_setattr(AT_FDCWD, "/mnt", 0, (void *)big, 4097)));
	big[40] = 1;
	SEE("tail", "%s",
	    ERR(mount_setattr(AT_FDCWD, "/mnt", 0, (void *)big, 64)));
	SEE("pointer", "%s",
	    ERR(mount_setattr(AT_FDCWD, "/mnt", 0, (void *)8, 32)));
	a.userns_fd = 99;
	SEE("idmap, no fd", "%s",
	    ERR(mount_setattr(AT_FDCWD, "/mnt", 0, &a, sizeof(a))));
	a.userns_fd = (uint64_t)open("/", O_RDONLY);
	SEE("idmap, no ns", "%s",
	    ERR(mount_setattr(AT_FDCWD, "/mnt", 0, &a, sizeof(a))));
	CHECK(umount("/mnt") == 0);
}

CASE(G13, "mount_setattr: one mount, a tree, all or nothing")
{
	int fd;

	own_mounts();
	tmpfs_at("/mnt/a");
	tmpfs_at("/mnt/a/b");
	SEE("set", "%s",
	    ERR(setattr("/mnt/a", 0, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV, 0,
			0)));
	SEE("a", "%s", mount_line("/mnt/a"));
	SEE("b", "%s", mount_line("/mnt/a/b"));
	SEE("mkdir", "%s", ERR(mkdir("/mnt/a/d", 0755)));
	SEE("clear", "%s",
	    ERR(setattr("/mnt/a", 0, MOUNT_ATTR_NOSUID, MOUNT_ATTR_RDONLY, 0)));
	SEE("a", "%s", mount_line("/mnt/a"));
	SEE("tree", "%s",
	    ERR(setattr("/mnt/a", AT_RECURSIVE,
			MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSYMFOLLOW |
				MOUNT_ATTR_NOATIME,
			MOUNT_ATTR__ATIME, 0)));
	SEE("a", "%s", mount_line("/mnt/a"));
	SEE("b", "%s", mount_line("/mnt/a/b"));
	SEE("strict", "%s",
	    ERR(setattr("/mnt/a", 0,
			MOUNT_ATTR_STRICTATIME | MOUNT_ATTR_NODIRATIME,
			MOUNT_ATTR__ATIME, 0)));
	SEE("a", "%s", mount_line("/mnt/a"));
	SEE("relatime", "%s",
	    ERR(setattr("/mnt/a", 0, 0,
			MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME, 0)));
	SEE("a", "%s", mount_line("/mnt/a"));
	SEE("shared tree", "%s",
	    ERR(setattr("/mnt/a", AT_RECURSIVE, 0, 0, MS_SHARED)));
	SEE("a", "%s", mount_line("/mnt/a"));
	SEE("b", "%s", mount_line("/mnt/a/b"));
	SEE("private", "%s", ERR(setattr("/mnt/a", 0, 0, 0, MS_PRIVATE)));
	SEE("a", "%s", mount_line("/mnt/a"));
	fd = open("/mnt/a/b/f", O_CREAT | O_WRONLY, 0644);
	CHECK(fd >= 0);
	SEE("tree ro with a writer", "%s",
	    ERR(setattr("/mnt/a", AT_RECURSIVE, MOUNT_ATTR_RDONLY, 0, 0)));
	SEE("a", "%s", mount_line("/mnt/a"));
	close(fd);
	SEE("tree ro", "%s",
	    ERR(setattr("/mnt/a", AT_RECURSIVE, MOUNT_ATTR_RDONLY, 0, 0)));
	SEE("b", "%s", mount_line("/mnt/a/b"));
	CHECK(umount2("/mnt", MNT_DETACH) == 0);
}

CASE(G13, "mount_setattr of a detached tree; fsmount's attributes")
{
	struct mount_attr a = { .attr_set = MOUNT_ATTR_RDONLY };
	int fd;

	own_mounts();
	CHECK(mkdir("/mnt/a", 0755) == 0);
	fd = open_tree(AT_FDCWD, "/mnt", OPEN_TREE_CLONE);
	SEE("detached", "%s",
	    ERR(mount_setattr(fd, "", AT_EMPTY_PATH, &a, sizeof(a))));
	SEE("mkdir in it", "%s", ERR(mkdirat(fd, "d", 0755)));
	CHECK(attach(fd, "/mnt/a") == 0);
	SEE("attached", "%s", mount_line("/mnt/a"));
	close(fd);
	CHECK(umount("/mnt/a") == 0);
	fd = fsopen("tmpfs", 0);
	CHECK(fsconfig(fd, FSCONFIG_SET_STRING, "source", "src", 0) == 0);
	CHECK(fsconfig(fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0);
	fd = fsmount(fd, 0,
		     MOUNT_ATTR_NODEV | MOUNT_ATTR_NOATIME | MOUNT_ATTR_RDONLY);
	CHECK(attach(fd, "/mnt/a") == 0);
	SEE("fsmount", "%s", mount_line("/mnt/a"));
	close(fd);
	CHECK(umount("/mnt/a") == 0);
	CHECK(umount("/mnt") == 0);
}

static int open_tree_attr(const char *path, unsigned flags, const void *attr,
			  size_t size)
{
	return (int)syscall(NR_open_tree_attr, AT_FDCWD, path, flags, attr,
			    size);
}

CASE(G13, "open_tree_attr (6.18)")
{
	struct mount_attr a = { .attr_set = MOUNT_ATTR_RDONLY };
	int fd;

	own_mounts();
	fd = open_tree_attr("/mnt", OPEN_TREE_CLONE, &a, sizeof(a));
	SEE("clone", "%s", fd < 0 ? err_name(errno) : "ok");
	SEE("mkdir in it", "%s", ERR(mkdirat(fd, "d", 0755)));
	close(fd);
	SEE("mkdir in the original", "%s", ERR(mkdir("/mnt/d", 0755)));
	SEE("no attributes", "%s",
	    ERR(open_tree_attr("/mnt", OPEN_TREE_CLONE, NULL, 0)));
	SEE("size alone", "%s",
	    ERR(open_tree_attr("/mnt", OPEN_TREE_CLONE, NULL, 32)));
	SEE("small", "%s", ERR(open_tree_attr("/mnt", 1, &a, 8)));
	a.attr_set = 0x1000;
	SEE("bad bits", "%s", ERR(open_tree_attr("/mnt", 1, &a, sizeof(a))));
	SEE("not a clone", "%s", ERR(open_tree_attr("/mnt", 0, &a, 32)));
}

static void other_ns(void)
{
	CHECK(unshare(CLONE_NEWNS) == 0);
}

CASE(G05, "mounts of another namespace by a descriptor")
{
	char path[64];
	int fd, got;
	pid_t pid;

	own_mounts();
	CHECK(mkdir("/mnt/a", 0755) == 0);
	pid = spawn(other_ns);
	snprintf(path, sizeof(path), "/proc/%d/root/mnt", pid);
	fd = open(path, O_RDONLY | O_DIRECTORY);
	CHECK(fd >= 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	SEE("mount on it", "%s", ERR(mount("t", path, "tmpfs", 0, NULL)));
	SEE("umount", "%s", ERR(umount2(path, MNT_DETACH)));
	SEE("bind from it", "%s",
	    ERR(mount(path, "/mnt/a", NULL, MS_BIND, NULL)));
	SEE("MS_SHARED", "%s", ERR(mount(NULL, path, NULL, MS_SHARED, NULL)));
	SEE("remount", "%s",
	    ERR(mount(NULL, path, NULL, MS_REMOUNT | MS_BIND, NULL)));
	got = open_tree(fd, "", AT_EMPTY_PATH);
	SEE("open_tree", "%s", got < 0 ? err_name(errno) : "ok");
	close(got);
	SEE("clone", "%s",
	    ERR(open_tree(fd, "", AT_EMPTY_PATH | OPEN_TREE_CLONE)));
	SEE("move_mount", "%s", ERR(attach(fd, "/mnt/a")));
	SEE("setattr", "%s", ERR(setattr(path, 0, MOUNT_ATTR_RDONLY, 0, 0)));
	SEE("setattr", "%s", ERR(setattr(path, 0, 0, 0, MS_PRIVATE)));
	got = fs_new();
	SEE("attach to it", "%s",
	    ERR(move_mount(got, "", fd, "",
			   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH)));
	close(got);
	close(fd);
	reap(pid);
	CHECK(umount("/mnt") == 0);
}

CASE(G09, "open_tree and move_mount of namespace files")
{
	int fd;

	own_mounts();
	write_file("/mnt/f", "");
	fd = open_tree(AT_FDCWD, "/proc/self/ns/uts", OPEN_TREE_CLONE);
	SEE("clone of uts", "%s", fd < 0 ? err_name(errno) : "ok");
	SEE("attach", "%s", ERR(attach(fd, "/mnt/f")));
	SEE("it is uts", "%d", ino_of("/mnt/f") == ino_of("/proc/self/ns/uts"));
	close(fd);
	CHECK(umount("/mnt/f") == 0);
	fd = open_tree(AT_FDCWD, "/proc/self/ns/mnt", OPEN_TREE_CLONE);
	SEE("clone of mnt", "%s", fd < 0 ? err_name(errno) : "ok");
	SEE("attach", "%s", ERR(attach(fd, "/mnt/f")));
	close(fd);
	CHECK(umount("/mnt") == 0);
}

CASE(G09, "without privilege each is EPERM")
{
	struct mount_attr a = { .attr_set = MOUNT_ATTR_RDONLY };

	CHECK(setresgid(1000, 1000, 1000) == 0);
	CHECK(setresuid(1000, 1000, 1000) == 0);
	SEE("fsopen", "%s", ERR(fsopen("nofs", 9)));
	SEE("fspick", "%s", ERR(fspick(AT_FDCWD, "/no", 99)));
	SEE("fsmount", "%s", ERR(fsmount(99, 9, 0)));
	SEE("open_tree", "%s", ERR(open_tree(AT_FDCWD, "/no", 1)));
	SEE("open_tree bad", "%s", ERR(open_tree(AT_FDCWD, "/no", 0x40)));
	SEE("move_mount", "%s",
	    ERR(move_mount(AT_FDCWD, "/no", AT_FDCWD, "/no", 0x400)));
	SEE("setattr", "%s",
	    ERR(mount_setattr(AT_FDCWD, "/no", 0, &a, sizeof(a))));
}

static const char *stands_for(const char *path, int flags)
{
	struct stat st, ns, f;

	if (fstatat(AT_FDCWD, path, &st, flags))
		return err_name(errno);
	CHECK(stat("/proc/self/ns/uts", &ns) == 0 && stat("/mnt/f", &f) == 0);
	if (S_ISLNK(st.st_mode))
		return "a link";
	if (st.st_ino == ns.st_ino && st.st_dev == ns.st_dev)
		return "the namespace";
	return st.st_ino == f.st_ino && st.st_dev == f.st_dev ? "the file" :
								"another";
}

CASE(S17 G09, "a link that is mounted on a file is followed from there")
{
	const unsigned clone = OPEN_TREE_CLONE | AT_SYMLINK_NOFOLLOW;

	own_mounts();
	tmpfs_at("/mnt");
	close(open("/mnt/f", O_CREAT | O_RDWR, 0644));
	close(open("/mnt/over", O_CREAT | O_RDWR, 0644));
	CHECK(mkdir("/mnt/d", 0755) == 0);
	CHECK(symlink("f", "/mnt/d/l") == 0);
	SEE("magic", "%s", ERR(attach(open_tree(AT_FDCWD, "/proc/self/ns/uts",
						clone), "/mnt/over")));
	SEE("stat", "%s", stands_for("/mnt/over", 0));
	SEE("lstat", "%s", stands_for("/mnt/over", AT_SYMLINK_NOFOLLOW));
	SEE("open", "%s", ERR(open("/mnt/over", O_RDONLY)));
	SEE("umount", "%s",
	    ERR(umount2("/mnt/over", UMOUNT_NOFOLLOW | MNT_DETACH)));
	SEE("text", "%s", ERR(attach(open_tree(AT_FDCWD, "/mnt/d/l", clone),
				     "/mnt/over")));
	SEE("stat", "%s", stands_for("/mnt/over", 0));
	SEE("lstat", "%s", stands_for("/mnt/over", AT_SYMLINK_NOFOLLOW));
}

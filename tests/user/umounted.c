// SPDX-License-Identifier: MIT
/*
 * What a tree that was taken down keeps together, seen by who still stands in
 * it: what is locked in it stays where it was (what it covers stays covered),
 * the rest falls apart; and a tree whose owner has gone, or whose mountpoint was
 * removed, stays whole. And what a mount is whose own directory was removed.
 */
#include "ids.h"
#include "newapi.h"

/* /mnt/a has a mount on b, that one on deep. */
static void make_tree(void)
{
	private_mounts();
	CHECK(mkdir("/mnt/a", 0777) == 0 && mkdir("/mnt/c", 0777) == 0);
	CHECK(mount("a", "/mnt/a", "tmpfs", 0, NULL) == 0);
	CHECK(mkdir("/mnt/a/b", 0777) == 0);
	write_file("/mnt/a/b/under", "");
	CHECK(mount("b", "/mnt/a/b", "tmpfs", 0, NULL) == 0);
	write_file("/mnt/a/b/over", "");
	CHECK(mkdir("/mnt/a/b/deep", 0777) == 0);
	CHECK(mount("d", "/mnt/a/b/deep", "tmpfs", 0, NULL) == 0);
	write_file("/mnt/a/b/deep/deepest", "");
}

static const char *at(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY);
	int err = errno;

	if (fd >= 0)
		close(fd);
	return fd >= 0 ? "there" : err_name(err);
}

static void look(const char *when, int dir)
{
	SEE(when, "b/under %s, b/over %s, b/deep/deepest %s",
	    at(dir, "b/under"), at(dir, "b/over"), at(dir, "b/deep/deepest"));
}

/* In a user namespace, where all that came from outside is locked: a copy of the
 * tree at /mnt/c, open, and its b. */
static void copy_tree(int *dir, int *b)
{
	new_user_mounts();
	CHECK(mount("/mnt/a", "/mnt/c", NULL, MS_BIND | MS_REC, NULL) == 0);
	*dir = open("/mnt/c", O_PATH);
	*b = open("/mnt/c/b", O_PATH);
}

/* ---- lazily ---------------------------------------------------------------------- */

CASE(M2, "a tree that was taken down is in pieces if nothing in it is locked")
{
	int dir;

	make_tree();
	dir = open("/mnt/a", O_PATH);
	look("before", dir);
	CHECK(umount2("/mnt/a", MNT_DETACH) == 0);
	look("after", dir);
}

static void locked_lazy(void)
{
	int dir, b;

	copy_tree(&dir, &b);
	TRY("umount of the locked one", umount2("/mnt/c/b", 0));
	TRY("of the whole", umount2("/mnt/c", MNT_DETACH));
	look("the copy", dir);
	SEE("from b", "over %s, ../b/over %s, ../b/under %s", at(b, "over"),
	    at(b, "../b/over"), at(b, "../b/under"));
	TRY("umount of it now", umount2(fd_path(b), MNT_DETACH));
	close(dir);
	SEE("from b, when the top has gone", "over %s, ../b/over %s, ../over %s, "
	    "deep/deepest %s", at(b, "over"), at(b, "../b/over"),
	    at(b, "../over"), at(b, "deep/deepest"));
	look("the original", open("/mnt/a", O_PATH));
}

CASE(M2, "a locked mount stays on what it covers when the tree is taken down")
{
	make_tree();
	SEE("in a user namespace", "%s", status_name(in_child(locked_lazy)));
}

/* What is not locked falls off, what is stays. */
static void mixed(void)
{
	int dir;

	new_user_mounts();
	CHECK(mount("/mnt/a", "/mnt/c", NULL, MS_BIND | MS_REC, NULL) == 0);
	CHECK(mkdir("/mnt/c/mine", 0777) == 0);
	CHECK(mount("m", "/mnt/c/mine", "tmpfs", 0, NULL) == 0);
	write_file("/mnt/c/mine/file", "");
	CHECK(mkdir("/mnt/c/b/deep/own", 0777) == 0);
	CHECK(mount("m", "/mnt/c/b/deep/own", "tmpfs", 0, NULL) == 0);
	write_file("/mnt/c/b/deep/own/file", "");
	dir = open("/mnt/c", O_PATH);
	CHECK(umount2("/mnt/c", MNT_DETACH) == 0);
	look("the copy", dir);
	SEE("mine", "%s", at(dir, "mine/file"));
	SEE("own", "%s", at(dir, "b/deep/own/file"));
}

CASE(M2, "of a tree that is taken down only the locked part stays together")
{
	make_tree();
	SEE("in a user namespace", "%s", status_name(in_child(mixed)));
}

/* ---- with the namespace -------------------------------------------------------------- */

static void leave_namespace(void)
{
	int dir;

	new_user_mounts();
	CHECK(mkdir("/mnt/a/mine", 0777) == 0);
	CHECK(mount("m", "/mnt/a/mine", "tmpfs", 0, NULL) == 0);
	write_file("/mnt/a/mine/file", "");
	dir = open("/mnt/a", O_PATH);
	CHECK(unshare(CLONE_NEWNS) == 0); /* the one before is gone */
	look("in the dead one", dir);
	SEE("mine", "%s", at(dir, "mine/file"));
	SEE("its ..", "%s", at(dir, "../a/b/over"));
}

CASE(M2, "locked mounts stay together when their namespace goes")
{
	make_tree();
	SEE("in a user namespace", "%s", status_name(in_child(leave_namespace)));
}

/* ---- with the descriptor of a detached tree ----------------------------------------- */

CASE(M14, "a detached tree whose descriptor is closed stays whole")
{
	int tree, dir, deep;

	make_tree();
	tree = open_tree(AT_FDCWD, "/mnt/a", OPEN_TREE_CLONE | AT_RECURSIVE);
	CHECK(tree >= 0);
	dir = openat(tree, ".", O_PATH);
	deep = openat(tree, "b/deep", O_PATH);
	look("before", dir);
	CHECK(close(tree) == 0);
	look("after", dir);
	SEE("from deep", "%s", at(deep, "../../b/over"));
	CHECK(close(dir) == 0);
	SEE("from deep alone", "deepest %s, .. %s", at(deep, "deepest"),
	    at(deep, "../over"));
}

/* ---- with the mountpoint --------------------------------------------------------------- */

static struct pipe_pair ready, go_on;

/* @child runs until it says "ready"; @remove then; the child goes on. */
static void meanwhile(void (*child)(void), void (*remove)(void))
{
	pid_t pid;

	ready = pipe_new();
	go_on = pipe_new();
	fflush(stdout);
	pid = fork();
	if (!pid) {
		child();
		fflush(stdout);
		_exit(case_failed);
	}
	pipe_hear(ready);
	remove();
	fflush(stdout);
	pipe_say(go_on);
	CHECK(waitpid(pid, NULL, 0) == pid);
}

static void mount_elsewhere(void)
{
	int dir;

	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount("x", "/mnt/p", "tmpfs", 0, NULL) == 0);
	CHECK(mkdir("/mnt/p/b", 0777) == 0);
	write_file("/mnt/p/b/under", "");
	CHECK(mount("y", "/mnt/p/b", "tmpfs", 0, NULL) == 0);
	write_file("/mnt/p/b/over", "");
	dir = open("/mnt/p", O_PATH);
	pipe_say(ready);
	pipe_hear(go_on);
	look("after", dir);
}

static void remove_p(void)
{
	TRY("rmdir", rmdir("/mnt/p"));
}

CASE(G10, "a tree whose mountpoint is removed elsewhere stays whole")
{
	private_mounts();
	CHECK(mkdir("/mnt/p", 0777) == 0);
	meanwhile(mount_elsewhere, remove_p);
}

/* The same where a mount of the tree that was taken down already hangs. */
static void remove_under(void)
{
	int dir, b;

	copy_tree(&dir, &b);
	CHECK(umount2("/mnt/c", MNT_DETACH) == 0);
	TRY("unlink of what is covered", unlinkat(dir, "b/under", 0));
	TRY("rmdir of the mountpoint, covered in the dead tree",
	    unlinkat(dir, "b", AT_REMOVEDIR));
	look("after", dir);
	SEE("from b", "over %s, ../b %s, deep/deepest %s", at(b, "over"),
	    at(b, "../b"), at(b, "deep/deepest"));
}

static void remove_plain(void)
{
	/* Take it down here, so that only the dead tree has something on b. */
	CHECK(umount2("/mnt/a/b", MNT_DETACH) == 0);
	CHECK(unlink("/mnt/a/b/under") == 0);
	TRY("rmdir", rmdir("/mnt/a/b"));
}

CASE(G10, "a mountpoint of a tree that was taken down may be removed")
{
	make_tree();
	SEE("in a user namespace", "%s", status_name(in_child(remove_under)));
	remove_plain();
}

static void hold_dead_tree(void)
{
	int dir, b;

	copy_tree(&dir, &b);
	CHECK(umount2("/mnt/c", MNT_DETACH) == 0);
	CHECK(umount2("/mnt/a", MNT_DETACH) == -1);
	pipe_say(ready);
	pipe_hear(go_on);
	look("the dead tree", dir);
	SEE("from b", "over %s, deep/deepest %s, .. %s", at(b, "over"),
	    at(b, "deep/deepest"), at(b, "../over"));
	SEE("the living", "%s", at(AT_FDCWD, "/mnt/a/b"));
}

CASE(G10, "a mountpoint that goes takes the mounts of dead trees off too")
{
	make_tree();
	meanwhile(hold_dead_tree, remove_plain);
}

/* ---- depth --------------------------------------------------------------------------- */

#define DEPTH 60

static void deep_tree(void)
{
	char path[4096] = "/mnt";
	int dir = -1;

	for (int i = 0; i < DEPTH; i++) {
		strcat(path, "/d");
		CHECK(mkdir(path, 0777) == 0);
		CHECK(mount("d", path, "tmpfs", 0, NULL) == 0);
	}
	new_user_mounts();
	CHECK(mkdir("/mnt/copy", 0777) == 0);
	CHECK(mount("/mnt/d", "/mnt/copy", NULL, MS_BIND | MS_REC, NULL) == 0);
	dir = open("/mnt/copy", O_PATH);
	CHECK(umount2("/mnt/copy", MNT_DETACH) == 0);
	SEE("the dead tree", "%s", at(dir, path + strlen("/mnt/d/")));
	CHECK(close(dir) == 0); /* all of it at once */
}

CASE(M14, "a deep tree goes with its last user")
{
	private_mounts();
	SEE("deep", "%s", status_name(in_child(deep_tree)));
}

/* ---- a mount of what was removed ------------------------------------------------------ */

/* The root and the place of the mount at @point, in mountinfo. */
static void see_line(const char *name, const char *point)
{
	static char all[65536];
	char *line, *save = NULL, root[128], at[128];

	snprintf(all, sizeof(all), "%s", read_file("/proc/self/mountinfo"));
	for (line = strtok_r(all, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		if (sscanf(line, "%*d %*d %*s %127s %127s", root, at) == 2 &&
		    !strncmp(at, point, strlen(point)))
			SEE(name, "%s at %s", root, at);
}

CASE(M14, "a removed directory that a mount shows is mounted nowhere else")
{
	int tree, dir, again;

	private_mounts();
	CHECK(mkdir("/mnt/a", 0777) == 0 && mkdir("/mnt/b", 0777) == 0);
	CHECK(mkdir("/mnt/c", 0777) == 0);
	CHECK(mount("/mnt/a", "/mnt/b", NULL, MS_BIND, NULL) == 0);
	tree = open_tree(AT_FDCWD, "/mnt/a", OPEN_TREE_CLONE);
	dir = open("/mnt/a", O_PATH);
	CHECK(tree >= 0 && dir >= 0 && rmdir("/mnt/a") == 0);
	see_line("mountinfo", "/mnt/b");
	TRY("move of a detached mount of it",
	    move_mount(tree, "", AT_FDCWD, "/mnt/c", MOVE_MOUNT_F_EMPTY_PATH));
	TRY("bind by a descriptor",
	    mount(fd_path(dir), "/mnt/c", NULL, MS_BIND, NULL));
	TRY("bind of the mount", mount("/mnt/b", "/mnt/c", NULL, MS_BIND, NULL));
	TRY("move of it", mount("/mnt/b", "/mnt/c", NULL, MS_MOVE, NULL));
	again = open_tree(dir, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
	SEE("a detached one more", "%s", again < 0 ? err_name(errno) : "ok");
	TRY("a file made in it", open("/mnt/b/f", O_CREAT | O_WRONLY, 0666));
}

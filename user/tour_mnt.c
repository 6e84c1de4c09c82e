// SPDX-License-Identifier: MIT
/* The tour, last part: mount namespaces, and mounts that tell each other. */
#include "user/tour.h"

static char dir[32];

static void mounts_private(void)
{
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0,
	     "mount --make-rprivate /");
}

/* In the child: a tmpfs on the directory, and a file in it. */
static void mount_and_touch(void)
{
	mounts_private();
	must(mount("tour", dir, "tmpfs", 0, NULL) == 0, "mount");
	must(chdir(dir) == 0, "chdir");
	close(open("x", O_WRONLY | O_CREAT, 0600));
}

static void own_mounts(void)
{
	char file[64], through[96];
	struct burrow b;

	dir_make(dir);
	burrow_dig(&b, CLONE_NEWNS, mount_and_touch);
	snprintf(file, sizeof(file), "%s/x", dir);
	snprintf(through, sizeof(through), "/proc/%d/root%s", b.pid, file);
	see("the child mounted a tmpfs on %s and made x in it", dir);
	check_fails(access(file, F_OK), ENOENT, "%s here", file);
	check(access(through, F_OK) == 0, "%s: there, seen by its eyes",
	      through);
	burrow_close(&b);
	check(rmdir(dir) == 0, "with the child its mount went");
}

/* Mount a tmpfs on @at/sub and say whether it can be seen at @seen/sub. */
static bool travels(const char *at, const char *seen)
{
	char path[64], other[64];
	struct stat a, b;

	snprintf(path, sizeof(path), "%s/sub", at);
	snprintf(other, sizeof(other), "%s/sub", seen);
	must(mount("tour", path, "tmpfs", 0, NULL) == 0, "mount");
	must(stat(path, &a) == 0 && stat(other, &b) == 0, "stat");
	must(umount2(path, MNT_DETACH) == 0, "umount");
	return a.st_dev == b.st_dev;
}

static void telling_mounts(void)
{
	char a[48], b[48], sub[64];

	dir_make(dir);
	must(unshare(CLONE_NEWNS) == 0, "unshare");
	mounts_private();
	must(mount("tour", dir, "tmpfs", 0, NULL) == 0, "mount");
	snprintf(a, sizeof(a), "%s/a", dir);
	snprintf(b, sizeof(b), "%s/b", dir);
	snprintf(sub, sizeof(sub), "%s/sub", a);
	must(mkdir(a, 0700) == 0 && mkdir(b, 0700) == 0, "mkdir");
	must(mount("tour", a, "tmpfs", 0, NULL) == 0, "mount");
	must(mkdir(sub, 0700) == 0, "mkdir");
	must(mount(NULL, a, NULL, MS_SHARED, NULL) == 0, "make-shared");
	must(mount(a, b, NULL, MS_BIND, NULL) == 0, "bind");
	check(travels(a, b) && travels(b, a),
	      "shared: what is mounted in one appears in the other");
	must(mount(NULL, b, NULL, MS_SLAVE, NULL) == 0, "make-slave");
	check(travels(a, b) && !travels(b, a),
	      "slave: it hears its master, and tells it nothing");
	must(mount(NULL, b, NULL, MS_PRIVATE, NULL) == 0, "make-private");
	check(!travels(a, b) && !travels(b, a), "private: neither way");
	must(umount2(dir, MNT_DETACH) == 0, "umount");
	check(rmdir(dir) == 0, "and one umount takes the tree down");
}

const struct step mnt_steps[] = {
	{ "Mounts of one's own",
	  "A child unshares its mount namespace and mounts; we see nothing.",
	  own_mounts },
	{ "Mounts that tell each other",
	  "Propagation: shared mounts are peers, a slave only listens.",
	  telling_mounts },
	{ 0 },
};

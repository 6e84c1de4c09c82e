// SPDX-License-Identifier: MIT
/* fsopen(2), fsconfig(2), fsmount(2), fspick(2); and the same options by
 * mount(2). */
#include "newapi.h"

/* What the context says about the last failure, by read(2). */
static const char *message(int fd)
{
	static char buf[256], rest[256];
	ssize_t n = read(fd, buf, sizeof(buf) - 1);

	if (n < 0)
		return err_name(errno);
	buf[n] = 0;
	while (n && buf[n - 1] == '\n')
		buf[--n] = '|';
	while (read(fd, rest, sizeof(rest)) > 0) /* a second one for some */
		;
	return buf;
}

static void set(int fd, const char *key, const char *value)
{
	unsigned cmd = value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG;
	const char *res = ERR(fsconfig(fd, cmd, key, value, 0));

	SEE(key, "%s \"%s\": %s; %s", value ? "string" : "flag",
	    value ? value : "", res, message(fd));
}

CASE(G12, "fsopen: types and flags")
{
	SEE("unknown type", "%s", ERR(fsopen("nofs", 0)));
	SEE("nsfs", "%s", ERR(fsopen("nsfs", 0)));
	SEE("bad flags", "%s", ERR(fsopen("tmpfs", 2)));
	SEE("bad pointer", "%s", ERR(fsopen((char *)8, 0)));
	SEE("tmpfs", "%s", ERR(fsopen("tmpfs", FSOPEN_CLOEXEC)));
}

CASE(G12, "fsconfig: keys of tmpfs and what the log says")
{
	int fd = fsopen("tmpfs", FSOPEN_CLOEXEC);
	char text[64] = "";

	CHECK(readlink(fd_path(fd), text, sizeof(text) - 1) > 0);
	SEE("link", "%s", text);
	SEE("cloexec", "%d", fcntl(fd, F_GETFD));
	SEE("access", "%d", fcntl(fd, F_GETFL) & O_ACCMODE);
	SEE("empty log", "%s", message(fd));
	SEE("write", "%s", ERR(write(fd, "x", 1)));
	set(fd, "size", "1M");
	set(fd, "size", "junk");
	set(fd, "size", NULL);
	set(fd, "size", "");
	set(fd, "mode", "0700");
	set(fd, "mode", "9");
	set(fd, "uid", "x");
	set(fd, "huge", "never");
	set(fd, "huge", "maybe");
	set(fd, "inode64", NULL);
	set(fd, "inode64", "1");
	set(fd, "nokey", "1");
	set(fd, "nokey", NULL);
	set(fd, "ro", NULL);
	set(fd, "ro", "1");
	set(fd, "sync", NULL);
	set(fd, "source", NULL);
	set(fd, "source", "here");
	set(fd, "source", "there");
}

CASE(G12, "fsconfig: commands and arguments that are refused")
{
	int fd = fsopen("tmpfs", 0), other = open("/", O_RDONLY);

	SEE("bad fd", "%s", ERR(fsconfig(-1, 0, "ro", NULL, 0)));
	SEE("negative fd", "%s", ERR(fsconfig(-7, 6, NULL, NULL, 0)));
	SEE("closed fd", "%s", ERR(fsconfig(99, 6, NULL, NULL, 0)));
	SEE("other fd", "%s", ERR(fsconfig(other, 6, NULL, NULL, 0)));
	SEE("bad command", "%s", ERR(fsconfig(fd, 77, NULL, NULL, 0)));
	SEE("flag without key", "%s", ERR(fsconfig(fd, 0, NULL, NULL, 0)));
	SEE("flag with value", "%s", ERR(fsconfig(fd, 0, "ro", "1", 0)));
	SEE("flag with aux", "%s", ERR(fsconfig(fd, 0, "ro", NULL, 1)));
	SEE("string without value", "%s",
	    ERR(fsconfig(fd, 1, "size", NULL, 0)));
	SEE("string with aux", "%s", ERR(fsconfig(fd, 1, "size", "1", 1)));
	SEE("binary of 0", "%s", ERR(fsconfig(fd, 2, "size", "1", 0)));
	SEE("binary", "%s", ERR(fsconfig(fd, 2, "size", "1", 1)));
	SEE("path", "%s", ERR(fsconfig(fd, 3, "size", "/", AT_FDCWD)));
	SEE("fd", "%s", ERR(fsconfig(fd, 5, "size", NULL, other)));
	SEE("fd of nothing", "%s", ERR(fsconfig(fd, 5, "size", NULL, 99)));
	SEE("create with key", "%s", ERR(fsconfig(fd, 6, "x", NULL, 0)));
	SEE("reconfigure first", "%s", ERR(fsconfig(fd, 7, NULL, NULL, 0)));
	SEE("fsmount first", "%s", ERR(fsmount(fd, 0, 0)));
	SEE("create", "%s", ERR(fsconfig(fd, 6, NULL, NULL, 0)));
	SEE("create again", "%s", ERR(fsconfig(fd, 6, NULL, NULL, 0)));
	SEE("key after it", "%s", ERR(fsconfig(fd, 1, "size", "1", 0)));
	SEE("bad attributes", "%s", ERR(fsmount(fd, 0, 0x400)));
	SEE("bad atime", "%s", ERR(fsmount(fd, 0, 0x30)));
	SEE("bad flags", "%s", ERR(fsmount(fd, 2, 0)));
	SEE("fsmount of a directory", "%s", ERR(fsmount(other, 0, 0)));
	SEE("fsmount", "%s", ERR(fsmount(fd, FSMOUNT_CLOEXEC, 0)));
	SEE("fsmount again", "%s", ERR(fsmount(fd, 0, 0)));
	SEE("key after it", "%s", ERR(fsconfig(fd, 1, "size", "1", 0)));
	SEE("reconfigure", "%s", ERR(fsconfig(fd, 7, NULL, NULL, 0)));
}

static void mount_with(const char *type, const char *data)
{
	const char *res = ERR(mount("src", "/mnt", type, 0, data));
	struct statfs st;
	long ro = 0;

	if (!strcmp(res, "ok")) {
		CHECK(statfs("/mnt", &st) == 0);
		ro = st.f_flags & 1;
		CHECK(umount("/mnt") == 0);
	}
	SEE(type, "\"%s\": %s%s", data, res, ro ? ", ro" : "");
}

CASE(G12, "mount(2): the same keys in its data")
{
	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	mount_with("tmpfs", "size=1M,mode=0700");
	mount_with("tmpfs", "size=junk");
	mount_with("tmpfs", "size");
	mount_with("tmpfs", "size=");
	mount_with("tmpfs", "nokey");
	mount_with("tmpfs", "ro");
	mount_with("tmpfs", "rw,sync");
	mount_with("tmpfs", ",,size=4k,,");
	mount_with("tmpfs", "source=x");
	mount_with("tmpfs", "inode64=1");
	mount_with("tmpfs", "uid=4294967295");
	mount_with("ramfs", "mode=700");
	mount_with("ramfs", "mode=9");
	mount_with("ramfs", "nokey=1");
	mount_with("proc", "nokey=1");
	mount_with("proc", "ro");
	mount_with("sysfs", "nokey=1");
}

CASE(G12, "mount(2): a value without a key is nothing (6.18)")
{
	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	mount_with("tmpfs", "=x");
}

CASE(G12, "fspick and reconfigure: a limit of a live tmpfs")
{
	struct statfs st;
	int fd;

	own_mounts();
	SEE("bad flags", "%s", ERR(fspick(AT_FDCWD, "/mnt", 0x80)));
	SEE("not a mount", "%s", ERR(fspick(AT_FDCWD, "/proc/self", 0)));
	fd = fspick(AT_FDCWD, "/mnt", FSPICK_CLOEXEC);
	CHECK(fd >= 0);
	set(fd, "size", "64k");
	set(fd, "source", "there");
	SEE("create", "%s", ERR(fsconfig(fd, 6, NULL, NULL, 0)));
	SEE("reconfigure", "%s", ERR(fsconfig(fd, 7, NULL, NULL, 0)));
	CHECK(statfs("/mnt", &st) == 0);
	SEE("blocks", "%ld", (long)st.f_blocks);
	set(fd, "ro", NULL);
	SEE("reconfigure", "%s", ERR(fsconfig(fd, 7, NULL, NULL, 0)));
	SEE("mkdir", "%s", ERR(mkdir("/mnt/d", 0755)));
	set(fd, "rw", NULL);
	SEE("reconfigure", "%s", ERR(fsconfig(fd, 7, NULL, NULL, 0)));
	SEE("mkdir", "%s", ERR(mkdir("/mnt/d", 0755)));
	SEE("fsmount", "%s", ERR(fsmount(fd, 0, 0)));
	close(fd);
	CHECK(umount("/mnt") == 0);
}

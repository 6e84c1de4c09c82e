// SPDX-License-Identifier: MIT
/* Extended attributes of tmpfs (xattr(7)), and capabilities of files. */
#include <linux/capability.h>
#include <sys/xattr.h>

#include "case.h"

static char buf[70000];

static void fresh(void)
{
	private_mounts();
	CHECK(chdir("/mnt") == 0);
	chmod("/mnt", 0755);
	close(open("f", O_CREAT | O_RDWR, 0644));
	mkdir("d", 0755);
	symlink("f", "l");
	mkfifo("p", 0644);
}

#define SET(path, name, value)                                                 \
	TRY("set " name " of " path, setxattr(path, name, value,               \
					      strlen(value), 0))
#define REMOVE(path, name)                                                     \
	TRY("remove " name " of " path, removexattr(path, name))

/* What a get gives: the value, or the error. */
static const char *value_of(const char *path, const char *name)
{
	static char text[100];
	ssize_t n = lgetxattr(path, name, buf, 60);

	if (n < 0)
		return err_name(errno);
	snprintf(text, sizeof(text), "%zd %.*s", n, (int)n, buf);
	return text;
}
#define GET(path, name) SEE("get " name " of " path, "%s", value_of(path, name))

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names, sorted: their order is Linux's own business. */
static void list(const char *path)
{
	static char text[1000];
	char *names[40];
	int n = 0;
	ssize_t len = llistxattr(path, buf, sizeof(buf));

	text[0] = 0;
	for (char *at = buf; at < buf + len && n < 40; at += strlen(at) + 1)
		names[n++] = at;
	qsort(names, (size_t)n, sizeof(*names), by_name);
	for (int i = 0; i < n; i++) {
		strcat(text, " ");
		strcat(text, names[i]);
	}
	SEE("list", "%zd%s", len, len < 0 ? err_name(errno) : text);
}

CASE(L14, "set, get, list and remove; sizes, flags")
{
	fresh();
	SET("f", "trusted.a", "one");
	GET("f", "trusted.a");
	SEE("size", "%zd", getxattr("f", "trusted.a", NULL, 0));
	SEE("no room", "%s", ERR(getxattr("f", "trusted.a", buf, 2)));
	TRY("create again", setxattr("f", "trusted.a", "2", 1, XATTR_CREATE));
	TRY("replace none", setxattr("f", "trusted.b", "2", 1, XATTR_REPLACE));
	TRY("create", setxattr("f", "trusted.b", "2", 1, XATTR_CREATE));
	TRY("replace", setxattr("f", "trusted.b", "22", 2, XATTR_REPLACE));
	GET("f", "trusted.b");
	TRY("nothing", setxattr("f", "trusted.a", NULL, 0, 0));
	GET("f", "trusted.a");
	SET("f", "security.s", "x");
	list("f");
	SEE("list, size", "%zd", listxattr("f", NULL, 0));
	SEE("list, no room", "%s", ERR(listxattr("f", buf, 3)));
	REMOVE("f", "trusted.a");
	REMOVE("f", "trusted.a");
	REMOVE("f", "security.s");
	list("f");
	TRY("65536 bytes", setxattr("f", "trusted.big", buf, 65536, 0));
	TRY("65537 bytes", setxattr("f", "trusted.big", buf, 65537, 0));
	SEE("65536 bytes", "%zd", getxattr("f", "trusted.big", buf, 70000));
}

CASE(L14, "names and arguments")
{
	char name[300];
	int fd, path;

	fresh();
	SET("f", "foo.a", "x");
	SET("f", "trusted", "x");
	SET("f", "trusted.", "x");
	SET("f", "security.", "x");
	SET("f", "system.x", "x");
	SET("f", "", "x");
	GET("f", "foo.a");
	GET("f", "security.none");
	REMOVE("f", "foo.a");
	memset(name, 'n', sizeof(name));
	memcpy(name, "trusted.", 8);
	name[255] = 0;
	TRY("255 bytes", setxattr("f", name, "x", 1, 0));
	name[255] = 'n';
	name[256] = 0;
	TRY("256 bytes", setxattr("f", name, "x", 1, 0));
	TRY("no name", setxattr("f", NULL, "x", 1, 0));
	TRY("no value", setxattr("f", "trusted.a", (void *)8, 1, 0));
	TRY("flags", setxattr("f", "trusted.a", "x", 1, 4));
	TRY("both flags", setxattr("f", "trusted.a", "x", 1, 3));
	SET("f", "trusted.a", "x");
	SEE("no buffer", "%s", ERR(getxattr("f", "trusted.a", (void *)8, 9)));
	SEE("no buffer", "%s", ERR(listxattr("f", (void *)8, 1000)));
	SET("none", "trusted.a", "x");
	fd = open("f", O_RDONLY);
	path = open("f", O_PATH);
	TRY("fsetxattr", fsetxattr(fd, "trusted.fd", "x", 1, 0));
	SEE("fgetxattr", "%zd", fgetxattr(fd, "trusted.fd", buf, 9));
	SEE("flistxattr", "%d", flistxattr(fd, buf, 999) > 0);
	TRY("fremovexattr", fremovexattr(fd, "trusted.fd"));
	TRY("O_PATH", fgetxattr(path, "trusted.a", buf, 9));
	TRY("O_PATH", flistxattr(path, buf, 9));
	TRY("bad fd", fgetxattr(-1, "trusted.a", buf, 9));
	mount(NULL, "/mnt", NULL, MS_REMOUNT | MS_RDONLY, NULL);
	SET("f", "trusted.a", "x");
	REMOVE("f", "trusted.a");
	GET("f", "trusted.a");
}

CASE(L14, "links, directories, FIFOs; files of /proc and /dev")
{
	fresh();
	TRY("of a link", lsetxattr("l", "trusted.l", "x", 1, 0));
	list("l");
	list("f");
	SET("l", "trusted.through", "x");
	list("f");
	TRY("of a link", lremovexattr("l", "trusted.l"));
	SET("p", "trusted.p", "x");
	SET("d", "trusted.d", "x");
	GET("d", "trusted.d");
	SET("p", "user.p", "x");
	GET("p", "user.p");
	TRY("of a link", lsetxattr("l", "user.l", "x", 1, 0));
	GET("l", "user.l");
	SET("/proc/self/status", "trusted.a", "x");
	GET("/proc/self/status", "trusted.a");
	list("/proc/self/status");
	link("f", "hard");
	GET("hard", "trusted.through");
	rename("f", "moved");
	GET("moved", "trusted.through");
}

CASE(L14, "\"user.\" (6.18)")
{
	fresh();
	SET("f", "user.a", "one");
	GET("f", "user.a");
	SET("f", "user.", "x");
	SET("d", "user.d", "x");
	SET("f", "trusted.t", "x");
	list("f");
	REMOVE("f", "user.none");
	chmod("d", 01777);
	become(1000);
	GET("f", "user.a");
	SET("f", "user.a", "two");
	SET("d", "user.d", "x");
	list("f");
}

static void refused(void)
{
	become(1000);
	GET("f", "trusted.a");
	SET("f", "trusted.a", "x");
	REMOVE("f", "trusted.a");
	SET("f", "security.s", "x");
	REMOVE("f", "security.s");
	GET("f", "security.s");
	SET("f", "security.capability", "x");
	SET("f", "foo.a", "x");
	GET("f", "foo.a");
	list("f");
}

CASE(L14, "who may not (6.18)")
{
	fresh();
	SET("f", "trusted.a", "x");
	SET("f", "security.s", "x");
	SEE("end", "%s", status_name(in_child(refused)));
	chmod("f", 0);
	SEE("end", "%s", status_name(in_child(refused)));
}

/* ---- capabilities of files ---------------------------------------------------- */

static struct caps {
	uint32_t magic, set[4], rootid;
} caps;

static int caps_set_on(const char *path, uint32_t magic, uint32_t permitted,
		       size_t size)
{
	caps = (struct caps){ magic, { permitted }, 0 };
	return setxattr(path, "security.capability", &caps, size, 0);
}

#define V2 (VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE)
#define V3 (VFS_CAP_REVISION_3 | VFS_CAP_FLAGS_EFFECTIVE)
#define NET_RAW CAP_BIT(CAP_NET_RAW)

static void see_caps(const char *path)
{
	static char text[100];
	ssize_t n = getxattr(path, "security.capability", &caps, sizeof(caps));

	if (n < 0)
		snprintf(text, sizeof(text), "%s", err_name(errno));
	else
		snprintf(text, sizeof(text), "%zd: %x %x root %d", n,
			 caps.magic, caps.set[0], n > 20 ? (int)caps.rootid : 0);
	SEE("capabilities", "%s", text);
}

static void see_size(const char *path)
{
	SEE("size", "%zd", getxattr(path, "security.capability", NULL, 0));
}

CASE(L14, "security.capability: revisions and sizes")
{
	fresh();
	see_caps("f");
	SET("f", "security.capability", "x");
	TRY("2, 20 bytes", caps_set_on("f", V2, NET_RAW, 20));
	see_caps("f");
	see_size("f");
	TRY("2, 24 bytes", caps_set_on("f", V2, NET_RAW, 24));
	TRY("3, 20 bytes", caps_set_on("f", V3, NET_RAW, 20));
	TRY("1", caps_set_on("f", VFS_CAP_REVISION_1, NET_RAW, 12));
	TRY("3, 24 bytes", caps_set_on("f", V3, NET_RAW, 24));
	see_caps("f");
	caps = (struct caps){ V3, { NET_RAW }, 1000 };
	TRY("for another root", setxattr("f", "security.capability", &caps, 24,
					 0));
	see_caps("f");
	SEE("no room", "%s",
	    ERR(getxattr("f", "security.capability", &caps, 20)));
	REMOVE("f", "security.capability");
	see_caps("f");
}

CASE(L14, "a change of content or owner ends them")
{
	int fd;

	fresh();
	fd = open("f", O_RDWR);
	caps_set_on("f", V2, NET_RAW, 20);
	CHECK(write(fd, "x", 1) == 1);
	see_caps("f");
	caps_set_on("f", V2, NET_RAW, 20);
	CHECK(chown("f", 5, 5) == 0);
	see_caps("f");
	caps_set_on("f", V2, NET_RAW, 20);
	CHECK(truncate("f", 0) == 0);
	see_caps("f");
	caps_set_on("f", V2, NET_RAW, 20);
	CHECK(chmod("f", 0600) == 0);
	see_caps("f");
}

static void in_userns(void)
{
	CHECK(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0);
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 1000 1");
	write_file("/proc/self/gid_map", "0 1000 1");
	SET("d/mine", "trusted.t", "x");
	SET("d/mine", "security.s", "x");
	TRY("2", caps_set_on("d/mine", V2, NET_RAW, 20));
	see_caps("d/mine");
	TRY("of others", caps_set_on("f", V2, NET_RAW, 20));
	see_caps("g");
	CHECK(mount("t", "/mnt", "tmpfs", 0, NULL) == 0 && !chdir("/mnt"));
	close(open("own", O_CREAT | O_RDWR, 0644));
	SET("own", "trusted.t", "x");
	SET("own", "security.s", "x");
	TRY("2", caps_set_on("own", V2, NET_RAW, 20));
	see_caps("own");
}

static void user_in_userns(void)
{
	become(1000);
	in_userns();
}

CASE(L14, "a user namespace's root writes them for his own (6.18)")
{
	fresh();
	chown("d", 1000, 1000);
	close(open("d/mine", O_CREAT | O_RDWR, 0644));
	chown("d/mine", 1000, 1000);
	close(open("g", O_CREAT | O_RDWR, 0644));
	caps = (struct caps){ V3, { NET_RAW }, 77 };
	setxattr("g", "security.capability", &caps, 24, 0);
	SEE("end", "%s", status_name(in_child(user_in_userns)));
	see_caps("d/mine");
}

/* This program once more, as "caps": it says what it has. */
static void copy_self(const char *to)
{
	int in = open("/proc/self/exe", O_RDONLY);
	int out = open(to, O_CREAT | O_WRONLY, 0755);
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) > 0)
		CHECK(write(out, buf, (size_t)n) == n);
	close(in);
	close(out);
}

__attribute__((constructor)) static void say_caps(void)
{
	if (!getenv("SAY_CAPS"))
		return;
	printf("# %s: permitted %s\n", getenv("SAY_CAPS"),
	       field("/proc/self/status", "CapPrm"));
	printf("# %s: effective %s\n", getenv("SAY_CAPS"),
	       field("/proc/self/status", "CapEff"));
	fflush(stdout);
	_exit(0);
}

static const char *run_as;
static int no_new_privs;

static void run_it(void)
{
	char *args[] = { "caps", NULL };

	become(1000);
	if (no_new_privs)
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	setenv("SAY_CAPS", run_as, 1);
	TRY(run_as, execv("/mnt/caps", args));
	unsetenv("SAY_CAPS");
}

static void run(const char *name)
{
	run_as = name;
	fflush(stdout);
	in_child(run_it);
}

CASE(L14, "exec of a file with capabilities")
{
	fresh();
	copy_self("caps");
	run("none");
	caps_set_on("caps", V2, NET_RAW, 20);
	run("permitted and effective");
	caps_set_on("caps", VFS_CAP_REVISION_2, NET_RAW, 20);
	run("permitted");
	no_new_privs = 1;
	run("no_new_privs");
	no_new_privs = 0;
	caps = (struct caps){ V3, { NET_RAW }, 1000 };
	setxattr("caps", "security.capability", &caps, 24, 0);
	run("for another root");
	caps_set_on("caps", V2, NET_RAW, 20);
	mount(NULL, "/mnt", NULL, MS_REMOUNT | MS_BIND | MS_NOSUID, NULL);
	run("nosuid");
	mount(NULL, "/mnt", NULL, MS_REMOUNT | MS_BIND, NULL);
	CHECK(prctl(PR_CAPBSET_DROP, CAP_NET_RAW, 0, 0, 0) == 0);
	run("not in the bounding set, effective");
	caps_set_on("caps", VFS_CAP_REVISION_2, NET_RAW, 20);
	run("not in the bounding set");
}

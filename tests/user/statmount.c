// SPDX-License-Identifier: MIT
/* statmount(2), listmount(2): mounts by an id that is never used again. */
#include "newapi.h"

#include <sys/sysmacros.h>

struct buf {
	struct statmount sm;
	char room[4096];
};

struct statx_ {
	uint32_t mask, rest[43];
	uint64_t mnt_id;
	uint64_t spare[13];
};

static uint64_t id_of(const char *path)
{
	struct statx_ stx;

	memset(&stx, 0, sizeof(stx));
	if (syscall(332, AT_FDCWD, path, 0, STATX_MNT_ID_UNIQUE, &stx) ||
	    !(stx.mask & STATX_MNT_ID_UNIQUE))
		return 0;
	memcpy(&stx.mnt_id, (char *)&stx + 0x90, 8);
	return stx.mnt_id;
}

static int statmount(uint64_t id, uint64_t mask, void *buf, size_t size,
		     unsigned flags)
{
	struct mnt_id_req req = { .size = sizeof(req), .mnt_id = id,
				  .param = mask };

	return (int)syscall(NR_statmount, &req, buf, size, flags);
}

static long listmount(uint64_t id, uint64_t last, uint64_t *ids, size_t n,
		      unsigned flags)
{
	struct mnt_id_req req = { .size = sizeof(req), .mnt_id = id,
				  .param = last };

	return syscall(NR_listmount, &req, ids, n, flags);
}

CASE(G14, "statmount: fields and strings (6.18)")
{
	struct buf b;
	struct stat st;
	uint64_t id;

	own_mounts();
	CHECK(mkdir("/mnt/a", 0755) == 0);
	CHECK(mount("src", "/mnt/a", "tmpfs", MS_NODEV | MS_NOATIME,
		    "size=64k") == 0);
	CHECK(mount(NULL, "/mnt/a", NULL, MS_SHARED, NULL) == 0);
	id = id_of("/mnt/a");
	CHECK(id && stat("/mnt/a", &st) == 0);
	memset(&b, 0, sizeof(b));
	SEE("nothing", "%s", ERR(statmount(id, 0, &b, sizeof(b), 0)));
	SEE("size, mask", "%u %#llx", b.sm.size, (unsigned long long)b.sm.mask);
	SEE("basic", "%s",
	    ERR(statmount(id, STATMOUNT_SB_BASIC | STATMOUNT_MNT_BASIC, &b,
			  sizeof(b), 0)));
	SEE("mask, size", "%#llx %u", (unsigned long long)b.sm.mask, b.sm.size);
	SEE("device", "%d",
	    b.sm.sb_dev_major == major(st.st_dev) &&
		    b.sm.sb_dev_minor == minor(st.st_dev));
	SEE("magic, flags", "%#llx %#x", (unsigned long long)b.sm.sb_magic,
	    b.sm.sb_flags);
	SEE("ids", "%d %d", b.sm.mnt_id == id,
	    b.sm.mnt_parent_id == id_of("/mnt"));
	SEE("old ids", "%d %d", b.sm.mnt_id_old != 0,
	    b.sm.mnt_id_old != b.sm.mnt_parent_id_old);
	SEE("attributes", "%#llx", (unsigned long long)b.sm.mnt_attr);
	SEE("propagation", "%#llx, group %d, master %d",
	    (unsigned long long)b.sm.mnt_propagation, b.sm.mnt_peer_group != 0,
	    b.sm.mnt_master != 0);
	SEE("strings", "%s",
	    ERR(statmount(id, STATMOUNT_FS_TYPE | STATMOUNT_MNT_POINT |
				      STATMOUNT_MNT_ROOT | STATMOUNT_SB_SOURCE,
			  &b, sizeof(b), 0)));
	SEE("type", "%s", b.sm.str + b.sm.fs_type);
	SEE("point", "%s", b.sm.str + b.sm.mnt_point);
	SEE("root", "%s", b.sm.str + b.sm.mnt_root);
	SEE("source", "%s", b.sm.str + b.sm.sb_source);
	SEE("size", "%u", b.sm.size);
	SEE("options", "%s",
	    ERR(statmount(id, STATMOUNT_MNT_OPTS, &b, sizeof(b), 0)));
	SEE("has size", "%d",
	    !!strstr(b.sm.str + b.sm.mnt_opts, "size=64k"));
	SEE("namespace", "%s",
	    ERR(statmount(id, STATMOUNT_MNT_NS_ID, &b, sizeof(b), 0)));
	SEE("mask, id", "%#llx %d", (unsigned long long)b.sm.mask,
	    b.sm.mnt_ns_id != 0);
	SEE("short buffer", "%s",
	    ERR(statmount(id, STATMOUNT_MNT_BASIC, &b, 64, 0)));
	SEE("no room for strings", "%s",
	    ERR(statmount(id, STATMOUNT_FS_TYPE, &b, sizeof(b.sm), 0)));
	CHECK(statmount(id_of("/mnt"), STATMOUNT_MNT_BASIC, &b, sizeof(b),
			0) == 0);
	SEE("/mnt is private", "%#llx",
	    (unsigned long long)b.sm.mnt_propagation);
	CHECK(umount("/mnt/a") == 0);
	SEE("gone", "%s", ERR(statmount(id, 2, &b, sizeof(b), 0)));
	CHECK(umount("/mnt") == 0);
}

CASE(G14, "statmount: what it refuses (6.18)")
{
	struct mnt_id_req req = { .size = sizeof(req), .mnt_id = id_of("/"),
				  .param = 2 };
	struct buf b;

	SEE("flags", "%s", ERR(statmount(id_of("/"), 2, &b, sizeof(b), 1)));
	SEE("small id", "%s", ERR(statmount(1, 2, &b, sizeof(b), 0)));
	SEE("no such", "%s",
	    ERR(statmount(0x7fffffffffffULL, 2, &b, sizeof(b), 0)));
	SEE("pointer", "%s", ERR(statmount(id_of("/"), 2, (void *)8, 512, 0)));
	SEE("request", "%s", ERR(syscall(NR_statmount, 8, &b, sizeof(b), 0)));
	req.size = 8;
	SEE("small request", "%s",
	    ERR(syscall(NR_statmount, &req, &b, sizeof(b), 0)));
	req.size = 5000;
	SEE("big request", "%s",
	    ERR(syscall(NR_statmount, &req, &b, sizeof(b), 0)));
	req.size = MNT_ID_REQ_SIZE_VER0;
	SEE("version 0", "%s",
	    ERR(syscall(NR_statmount, &req, &b, sizeof(b), 0)));
}

CASE(G14, "listmount: below a mount, in order, in parts (6.18)")
{
	uint64_t ids[64], a, b, c, mnt;
	long n;

	own_mounts();
	CHECK(mkdir("/mnt/a", 0755) == 0);
	CHECK(mkdir("/mnt/b", 0755) == 0);
	CHECK(mount("t", "/mnt/a", "tmpfs", 0, NULL) == 0);
	CHECK(mount("t", "/mnt/b", "tmpfs", 0, NULL) == 0);
	CHECK(mkdir("/mnt/a/c", 0755) == 0);
	CHECK(mount("t", "/mnt/a/c", "tmpfs", 0, NULL) == 0);
	mnt = id_of("/mnt"), a = id_of("/mnt/a");
	b = id_of("/mnt/b"), c = id_of("/mnt/a/c");
	n = listmount(mnt, 0, ids, 64, 0);
	SEE("below /mnt", "%ld: %d %d %d", n, ids[0] == a, ids[1] == b,
	    ids[2] == c);
	n = listmount(mnt, 0, ids, 64, LISTMOUNT_REVERSE);
	SEE("reverse", "%ld: %d %d %d", n, ids[0] == c, ids[1] == b,
	    ids[2] == a);
	n = listmount(mnt, 0, ids, 2, 0);
	SEE("two", "%ld: %d %d", n, ids[0] == a, ids[1] == b);
	n = listmount(mnt, b, ids, 2, 0);
	SEE("the rest", "%ld: %d", n, ids[0] == c);
	SEE("none", "%ld", listmount(mnt, c, ids, 2, 0));
	SEE("leaf", "%ld", listmount(c, 0, ids, 2, 0));
	n = listmount(LSMT_ROOT, 0, ids, 64, 0);
	SEE("of the root", "%d", n >= 4);
	SEE("flags", "%s", ERR(listmount(mnt, 0, ids, 2, 2)));
	SEE("too many", "%s", ERR(listmount(mnt, 0, ids, 1000001, 0)));
	SEE("pointer", "%s", ERR(listmount(mnt, 0, (void *)8, 2, 0)));
	SEE("no such", "%s", ERR(listmount(0x7fffffffffffULL, 0, ids, 2, 0)));
	SEE("small id", "%s", ERR(listmount(1, 0, ids, 2, 0)));
	CHECK(umount2("/mnt", MNT_DETACH) == 0);
}

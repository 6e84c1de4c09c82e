// SPDX-License-Identifier: MIT
/* System V shared memory: shmget(2), shmop(2), shmctl(2). */
#include <sys/ipc.h>
#include <sys/shm.h>

#include "case.h"

#include <grp.h>

#ifndef SHM_STAT_ANY
#define SHM_STAT_ANY 15
#endif
#define SHM_DEST_BIT 01000
#define SHM_LOCKED_BIT 02000

struct info { /* shm_info of the kernel */
	int used_ids;
	unsigned long tot, rss, swp, attempts, successes;
};

static void fresh(void)
{
	CHECK(unshare(CLONE_NEWIPC) == 0);
}

CASE(H03, "shmget: keys, sizes and what is refused")
{
	fresh();
	SEE("absent", "%s", ERR(shmget(7, 100, 0600)));
	SEE("size 0", "%s", ERR(shmget(7, 0, IPC_CREAT | 0600)));
	SEE("first id", "%d", shmget(7, 100, IPC_CREAT | 0600));
	SEE("again", "%d", shmget(7, 50, 0));
	SEE("size 0 of what exists", "%d", shmget(7, 0, 0));
	SEE("too big", "%s", ERR(shmget(7, 101, 0600)));
	SEE("exclusive", "%s", ERR(shmget(7, 100, IPC_CREAT | IPC_EXCL)));
	SEE("private", "%d", shmget(IPC_PRIVATE, 5000, 0600));
	SEE("private", "%d", shmget(IPC_PRIVATE, 5000, 0600));
	SEE("negative key", "%d", shmget(-5, 1, IPC_CREAT | 0600));
	SEE("and found", "%d", shmget(-5, 1, 0));
	SEE("huge", "%s", ERR(shmget(IPC_PRIVATE, ~0UL, 0600)));
	SEE("huge pages", "%s", ERR(shmget(IPC_PRIVATE, 2 << 20,
					   SHM_HUGETLB | 0600)));
}

CASE(H03, "ids: given in turn, with a sequence, and not found once removed")
{
	int first, last = -1;

	fresh();
	first = shmget(IPC_PRIVATE, 1, 0600);
	CHECK(shmctl(first, IPC_RMID, NULL) == 0);
	SEE("removed", "%s", ERR(shmctl(first, IPC_RMID, NULL)));
	for (int i = 1; i < 64; i++) {
		last = shmget(IPC_PRIVATE, 1, 0600);
		CHECK(shmctl(last, IPC_RMID, NULL) == 0);
	}
	SEE("the 64th", "%d", last);
	last = shmget(IPC_PRIVATE, 1, 0600);
	SEE("the 65th", "%d", last);
	SEE("old id of that index", "%s", ERR(shmat(first, NULL, 0)));
	SEE("id -1", "%s", ERR(shmctl(-1, IPC_RMID, NULL)));
}

CASE(H03, "shmat: memory is shared, and survives fork, not exec")
{
	struct shmid_ds ds;
	char *a, *b;
	pid_t pid;
	int id;

	fresh();
	id = shmget(IPC_PRIVATE, 10000, 0600);
	a = shmat(id, NULL, 0);
	b = shmat(id, NULL, SHM_RDONLY);
	CHECK(a != (void *)-1 && b != (void *)-1 && a != b);
	strcpy(a, "burrow");
	SEE("through the other", "%s", b);
	SEE("zeroes", "%d", a[9999]);
	CHECK(shmctl(id, IPC_STAT, &ds) == 0);
	SEE("nattch", "%lu", ds.shm_nattch);
	SEE("size", "%zu", ds.shm_segsz);
	SEE("creator, last", "%d %d", ds.shm_cpid == getpid(),
	    ds.shm_lpid == getpid());
	SEE("times", "%d %d %d", ds.shm_atime > 0, ds.shm_dtime > 0,
	    ds.shm_ctime > 0);
	pid = fork();
	if (!pid) {
		CHECK(shmctl(id, IPC_STAT, &ds) == 0);
		SEE("nattch in the child", "%lu", ds.shm_nattch);
		strcpy(a, "mole");
		CHECK(shmdt(b) == 0);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	SEE("from the child", "%s", b);
	CHECK(shmctl(id, IPC_STAT, &ds) == 0);
	SEE("nattch after it", "%lu", ds.shm_nattch);
	SEE("last was the child", "%d", ds.shm_lpid == pid);
	SEE("detached some time", "%d", ds.shm_dtime > 0);
	SEE("shmdt", "%s", ERR(shmdt(a)));
	SEE("twice", "%s", ERR(shmdt(a)));
	SEE("not the start", "%s", ERR(shmdt(b + 4096)));
	SEE("not aligned", "%s", ERR(shmdt(b + 1)));
	SEE("NULL", "%s", ERR(shmdt(NULL)));
	CHECK(shmdt(b) == 0);
	CHECK(shmctl(id, IPC_STAT, &ds) == 0);
	SEE("nattch at the end", "%lu", ds.shm_nattch);
}

CASE(H03, "shmat: places and flags")
{
	char *area = mmap(NULL, 8 * 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *at = area + 4096, *p;
	int id;

	fresh();
	id = shmget(IPC_PRIVATE, 4096, 0600);
	SEE("taken", "%s", ERR(shmat(id, at, 0)));
	SEE("SHM_REMAP", "%d", shmat(id, at, SHM_REMAP) == at);
	SEE("NULL and SHM_REMAP", "%s", ERR(shmat(id, NULL, SHM_REMAP)));
	SEE("not aligned", "%s", ERR(shmat(id, at + 5, 0)));
	CHECK(munmap(at + 4096, 4096) == 0);
	SEE("SHM_RND", "%d", shmat(id, at + 4096 + 5, SHM_RND) == at + 4096);
	SEE("no such id", "%s", ERR(shmat(77, NULL, 0)));
	p = shmat(id, NULL, SHM_RDONLY);
	SEE("mprotect of SHM_RDONLY", "%s",
	    ERR(mprotect(p, 4096, PROT_READ | PROT_WRITE)));
	p = shmat(id, NULL, SHM_EXEC);
	SEE("SHM_EXEC without x", "%d", p != (void *)-1);
	SEE("munmap of an attachment", "%s", ERR(munmap(at, 4096)));
	SEE("then shmdt", "%s", ERR(shmdt(at)));
	SEE("kernel addresses", "%s",
	    ERR(shmat(id, (void *)0xffff800000000000UL, 0)));
}

CASE(H03, "shmdt takes what is left of an attachment that was cut up")
{
	struct shmid_ds ds;
	char *p;
	int id;

	fresh();
	id = shmget(IPC_PRIVATE, 5 * 4096, 0600);
	p = shmat(id, NULL, 0);
	CHECK(munmap(p + 2 * 4096, 4096) == 0);
	CHECK(shmctl(id, IPC_STAT, &ds) == 0);
	SEE("nattch of two parts", "%lu", ds.shm_nattch);
	CHECK(mprotect(p + 3 * 4096, 4096, PROT_READ) == 0);
	CHECK(shmctl(id, IPC_STAT, &ds) == 0);
	SEE("nattch of three", "%lu", ds.shm_nattch);
	SEE("shmdt", "%s", ERR(shmdt(p)));
	CHECK(shmctl(id, IPC_STAT, &ds) == 0);
	SEE("nattch", "%lu", ds.shm_nattch);
	SEE("all unmapped", "%s", ERR(msync(p, 4096, MS_ASYNC)));
}

CASE(H03, "a removed segment lives while it is attached")
{
	struct shmid_ds ds;
	char *p, *q;
	int id;

	fresh();
	id = shmget(9, 4096, IPC_CREAT | 0640);
	p = shmat(id, NULL, 0);
	strcpy(p, "still here");
	CHECK(shmctl(id, IPC_RMID, NULL) == 0);
	SEE("by its key", "%s", ERR(shmget(9, 0, 0)));
	SEE("stat", "%s", ERR(shmctl(id, IPC_STAT, &ds)));
	SEE("mode", "%o", ds.shm_perm.mode);
	SEE("key", "%d", ds.shm_perm.__key);
	q = shmat(id, NULL, 0);
	SEE("attached again", "%s", q == (void *)-1 ? "no" : q);
	CHECK(shmdt(p) == 0);
	SEE("memory", "%s", q);
	CHECK(shmdt(q) == 0);
	SEE("stat after the last", "%s", ERR(shmctl(id, IPC_STAT, &ds)));
	SEE("a new one of that key", "%d", shmget(9, 4096, IPC_CREAT | 0600));
}

/* The case's own line of /proc/self/maps, without address and device. */
static void see_maps(const char *name)
{
	const char *s = strstr(read_file("/proc/self/maps"), "SYSV");
	char text[64] = "none";

	if (s)
		snprintf(text, sizeof(text), "%.*s", (int)strcspn(s, "\n"), s);
	SEE(name, "%s", text);
}

CASE(H03, "/proc/self/maps shows attached segments by key")
{
	char *p;
	int id;

	fresh();
	id = shmget(0x1234abcd, 4096, IPC_CREAT | 0600);
	p = shmat(id, NULL, 0);
	see_maps("maps");
	CHECK(shmctl(id, IPC_RMID, NULL) == 0);
	see_maps("maps after IPC_RMID");
	CHECK(shmdt(p) == 0);
	see_maps("maps after shmdt");
}

static int id_for_child;

static void as_others(void)
{
	struct shmid_ds ds;

	become(1001);
	SEE("attach to write", "%s", ERR(shmat(id_for_child, NULL, 0)));
	SEE("attach to read", "%d",
	    shmat(id_for_child, NULL, SHM_RDONLY) != (void *)-1);
	SEE("to execute", "%s",
	    ERR(shmat(id_for_child, NULL, SHM_RDONLY | SHM_EXEC)));
	SEE("get for reading", "%d", shmget(5, 0, 0004) == id_for_child);
	SEE("get for writing", "%s", ERR(shmget(5, 0, 0002)));
	SEE("stat", "%s", ERR(shmctl(id_for_child, IPC_STAT, &ds)));
	SEE("set", "%s", ERR(shmctl(id_for_child, IPC_SET, &ds)));
	SEE("remove", "%s", ERR(shmctl(id_for_child, IPC_RMID, NULL)));
	SEE("lock", "%s", ERR(shmctl(id_for_child, SHM_LOCK, NULL)));
}

static void as_owner(void)
{
	struct shmid_ds ds;

	become(1002);
	CHECK(shmctl(id_for_child, IPC_STAT, &ds) == 0);
	SEE("owner, creator", "%d %d", (int)ds.shm_perm.uid,
	    (int)ds.shm_perm.cuid);
	ds.shm_perm.mode = 0;
	SEE("chmod 0", "%s", ERR(shmctl(id_for_child, IPC_SET, &ds)));
	SEE("stat", "%s", ERR(shmctl(id_for_child, IPC_STAT, &ds)));
	SEE("any stat", "%s", ERR(shmctl(0, SHM_STAT, &ds)));
	SEE("without rights", "%d", shmctl(0, SHM_STAT_ANY, &ds));
	SEE("remove", "%s", ERR(shmctl(id_for_child, IPC_RMID, NULL)));
}

CASE(H03, "permissions: the nine bits, owner, creator, capabilities")
{
	struct shmid_ds ds;

	fresh();
	id_for_child = shmget(5, 4096, IPC_CREAT | 0604);
	CHECK(in_child(as_others) == 0);
	CHECK(shmctl(id_for_child, IPC_STAT, &ds) == 0);
	ds.shm_perm.uid = 1002;
	SEE("give away", "%s", ERR(shmctl(id_for_child, IPC_SET, &ds)));
	ds.shm_perm.uid = -1;
	SEE("uid -1", "%s", ERR(shmctl(id_for_child, IPC_SET, &ds)));
	CHECK(in_child(as_owner) == 0);
}

CASE(H03, "shmctl: the commands that list, and bad ones")
{
	struct shminfo lim;
	struct info inf;
	struct shmid_ds ds;
	char *p;
	int id;

	fresh();
	SEE("none: IPC_INFO", "%d", shmctl(0, IPC_INFO, (void *)&lim));
	SEE("limits", "%lx %lu %lu %lu %lx", lim.shmmax, lim.shmmin,
	    lim.shmmni, lim.shmseg, lim.shmall);
	shmget(IPC_PRIVATE, 1, 0600);
	id = shmget(IPC_PRIVATE, 3 * 4096, 0600);
	p = shmat(id, NULL, 0);
	p[0] = p[8192] = 1;
	SEE("two: SHM_INFO", "%d", shmctl(0, SHM_INFO, (void *)&inf));
	SEE("used, total, resident", "%d %lu %lu", inf.used_ids, inf.tot,
	    inf.rss);
	SEE("SHM_STAT of index 1", "%d", shmctl(1, SHM_STAT, &ds));
	SEE("of index 2", "%s", ERR(shmctl(2, SHM_STAT, &ds)));
	SEE("SHM_LOCK", "%s", ERR(shmctl(id, SHM_LOCK, NULL)));
	CHECK(shmctl(id, IPC_STAT, &ds) == 0);
	SEE("mode", "%o", ds.shm_perm.mode);
	SEE("SHM_UNLOCK", "%s", ERR(shmctl(id, SHM_UNLOCK, NULL)));
	CHECK(shmctl(id, IPC_STAT, &ds) == 0);
	SEE("mode", "%o", ds.shm_perm.mode);
	SEE("command 99", "%s", ERR(shmctl(id, 99, NULL)));
	SEE("command -1", "%s", ERR(shmctl(id, -1, NULL)));
	SEE("stat to NULL", "%s", ERR(shmctl(id, IPC_STAT, NULL)));
	SEE("set from NULL", "%s", ERR(shmctl(id, IPC_SET, NULL)));
}

CASE(H03, "limits: shmmax, shmall, shmmni")
{
	fresh();
	write_file("/proc/sys/kernel/shmmax", "8192\n");
	SEE("above shmmax", "%s", ERR(shmget(IPC_PRIVATE, 8193, 0600)));
	SEE("shmmax", "%d", shmget(IPC_PRIVATE, 8192, 0600));
	write_file("/proc/sys/kernel/shmall", "3\n");
	SEE("two pages more than shmall", "%s",
	    ERR(shmget(IPC_PRIVATE, 8192, 0600)));
	SEE("one page", "%d", shmget(IPC_PRIVATE, 4096, 0600));
	write_file("/proc/sys/kernel/shmall", "1000\n");
	write_file("/proc/sys/kernel/shmmni", "3\n");
	SEE("the third", "%d", shmget(IPC_PRIVATE, 1, 0600));
	SEE("the fourth", "%s", ERR(shmget(IPC_PRIVATE, 1, 0600)));
}

static void make_and_die(void)
{
	CHECK(shmget(1, 4096, IPC_CREAT | 0600) >= 0);
	CHECK(shmat(shmget(2, 4096, IPC_CREAT | 0600), NULL, 0) !=
	      (void *)-1);
}

CASE(H03, "shm_rmid_forced: segments end with their use, or their maker")
{
	char *p;
	int id;

	fresh();
	SEE("at first", "%.1s", read_file("/proc/sys/kernel/shm_rmid_forced"));
	CHECK(in_child(make_and_die) == 0);
	id = shmget(3, 4096, IPC_CREAT | 0600);
	SEE("of the dead", "%d %d", shmget(1, 0, 0) >= 0,
	    shmget(2, 0, 0) >= 0);
	write_file("/proc/sys/kernel/shm_rmid_forced", "1\n");
	SEE("when it is set", "%s %s", ERR(shmget(1, 0, 0)),
	    ERR(shmget(2, 0, 0)));
	SEE("of the living", "%d", shmget(3, 0, 0) == id);
	p = shmat(id, NULL, 0);
	CHECK(shmdt(p) == 0);
	SEE("after shmdt", "%s", ERR(shmget(3, 0, 0)));
	CHECK(in_child(make_and_die) == 0);
	SEE("of the dead", "%s %s", ERR(shmget(1, 0, 0)),
	    ERR(shmget(2, 0, 0)));
}

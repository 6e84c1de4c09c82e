// SPDX-License-Identifier: MIT
/* Debian's ipcmk, ipcs, lsipc and ipcrm (util-linux): what a person sees of
 * System V objects. */
#include <ctype.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#include "case.h"

/* Numbers that differ from run to run, keys and pids, become "#". */
static void blur(char *line)
{
	static const char *const marks[] = { "0x", "pid=" };
	size_t i, n;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		for (char *c = line, *end; (c = strstr(c, marks[i]));) {
			c += strlen(marks[i]);
			for (end = c; isxdigit(*end);)
				end++;
			if (end > c) {
				*c++ = '#';
				memmove(c, end, strlen(end) + 1);
			}
		}
	for (n = strlen(line); n && isspace(line[n - 1]);)
		line[--n] = 0;
}

/* What a shell command prints, and its exit status. */
static void run(const char *command)
{
	char line[512];
	FILE *f;
	int status;

	fflush(stdout);
	f = popen(command, "r");
	CHECK(f);
	while (f && fgets(line, sizeof(line), f)) {
		blur(line);
		if (*line)
			SEE("  ", "%s", line);
	}
	status = f ? pclose(f) : -1;
	SEE(command, "%d", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

static void fresh(void)
{
	setenv("PATH", "/debian/bin:/usr/bin:/bin", 1);
	setenv("LC_ALL", "C", 1);
	CHECK(unshare(CLONE_NEWIPC) == 0);
}

CASE(H03, "util-linux: make, list and remove")
{
	fresh();
	run("ipcmk -M 5000 -p 0640");
	run("ipcmk -S 3");
	run("ipcmk -Q");
	run("ipcs");
	run("ipcs -u");
	run("ipcs -l");
	run("ipcs -m -i 0 | grep -v _time");
	run("ipcs -s -i 0 | grep -v time");
	run("ipcs -q -i 0 | grep -v time");
	run("lsipc");
	run("lsipc -m -o ID,PERMS,OWNER,SIZE,NATTCH");
	run("ipcrm -m 0 2>&1");
	run("ipcrm -m 0 2>&1");
	run("ipcrm -a");
	run("ipcs");
}

CASE(H03, "util-linux: an attached segment that was removed")
{
	int id;

	fresh();
	id = shmget(0x77, 4096, IPC_CREAT | 0600);
	CHECK(shmat(id, NULL, 0) != (void *)-1);
	run("ipcrm -M 0x77");
	run("ipcs -m");
}

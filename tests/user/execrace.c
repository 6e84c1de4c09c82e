// SPDX-License-Identifier: MIT
/*
 * Row RS20: following a link of /proc/PID/ns checks the task and takes its
 * namespace in one step against exec. A task of uid 1000 executes a set-uid
 * program over and over, which as root makes a uts namespace; one of the same
 * uid follows its link all the while and must never hold that namespace.
 */
#include "case.h"

#define PROGRAM "/mnt/set-uid"
#define ROUNDS 100

/* The set-uid program: it tells the number of its namespace. */
__attribute__((constructor)) static void privileged(void)
{
	char *mine = getenv("EXECRACE");
	uint64_t ino;

	if (!mine)
		return;
	if (geteuid() == 0 && !unshare(CLONE_NEWUTS)) {
		ino = ino_of("/proc/self/ns/uts");
		if (write(atoi(mine), &ino, sizeof(ino)) == sizeof(ino))
			usleep(200);
	}
	_exit(0);
}

static void copy_self(void)
{
	int from = open("/proc/self/exe", O_RDONLY);
	int to = open(PROGRAM, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	char buf[65536];
	ssize_t n;

	while ((n = read(from, buf, sizeof(buf))) > 0)
		CHECK(write(to, buf, (size_t)n) == n);
	close(to);
	close(from);
	CHECK(chmod("/mnt", 0755) == 0 && chmod(PROGRAM, 04755) == 0);
}

/* How often the link led elsewhere, until its task has been waited for. */
static int follow_until_end(pid_t pid, uint64_t own)
{
	char path[64];
	int strange = 0;

	snprintf(path, sizeof(path), "/proc/%d/ns/uts", pid);
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		int fd = open(path, O_RDONLY);
		struct stat st;

		if (fd < 0)
			continue;
		CHECK(fstat(fd, &st) == 0);
		strange += st.st_ino != own;
		close(fd);
	}
	return strange;
}

static void run_rounds(void)
{
	struct pipe_pair said = pipe_new();
	uint64_t own = ino_of("/proc/self/ns/uts"), ino;
	int strange = 0, privileged_runs = 0;
	char text[16];

	become(1000);
	snprintf(text, sizeof(text), "%d", said.wr);
	CHECK(setenv("EXECRACE", text, 1) == 0);
	for (int i = 0; i < ROUNDS; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			char *argv[] = { (char *)"set-uid", NULL };

			execv(PROGRAM, argv);
			_exit(1);
		}
		strange += follow_until_end(pid, own);
		CHECK(read(said.rd, &ino, sizeof(ino)) == sizeof(ino));
		privileged_runs += ino != own;
	}
	SEE("privileged runs", "%d", privileged_runs);
	SEE("its namespace was had", "%d", strange);
	CHECK(strange == 0);
}

CASE(RS20, "who follows the link of a task that becomes root gets nothing")
{
	private_mounts();
	copy_self();
	CHECK(in_child(run_rounds) == 0);
}

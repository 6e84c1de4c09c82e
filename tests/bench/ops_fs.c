// SPDX-License-Identifier: MIT
/* Paths, files of a tmpfs, directories, files of procfs, mounts. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/bench/bench.h"

static char buf[65536];

static inline long open_close(const char *path, int flags)
{
	long fd = SYS3(open, path, flags, 0600);

	return fd < 0 ? fd : SYS1(close, fd);
}

static void files(void)
{
	static char page[4096];
	struct stat st;
	long fd = open("/tmp/passwd", O_CREAT | O_RDWR, 0644);

	for (int i = 0; i < 4; i++)
		SYS3(write, fd, page, 4096);
	SYS1(close, fd);
	MEASURE("open+close_tmpfs_file", 200,
		open_close("/tmp/passwd", O_RDONLY));
	MEASURE("open+close_ENOENT", 200,
		(SYS3(open, "/tmp/nope", O_RDONLY, 0), 0));
	MEASURE("stat_tmpfs_file", 200, SYS2(stat, "/tmp/passwd", &st));
	fd = open("/tmp/passwd", O_RDWR);
	MEASURE("fstat_tmpfs", 200, SYS2(fstat, fd, &st));
	MEASURE_WITH("read_1_tmpfs", 100, SYS3(lseek, fd, 0, 0),
		     SYS3(read, fd, page, 1), );
	MEASURE_WITH("read_4k_tmpfs", 100, SYS3(lseek, fd, 0, 0),
		     SYS3(read, fd, page, 4096), );
	MEASURE_WITH("write_4k_tmpfs_overwrite", 100, SYS3(lseek, fd, 0, 0),
		     SYS3(write, fd, page, 4096), );
	MEASURE_WITH("write_4k_tmpfs_extend", 100,
		     (SYS2(ftruncate, fd, 0), SYS3(lseek, fd, 0, 0)),
		     SYS3(write, fd, page, 4096), );
	SYS1(close, fd);
}

static void names(void)
{
	MEASURE_WITH("creat+close_tmpfs", 100, ,
		     open_close("/tmp/c", O_CREAT | O_RDWR),
		     SYS1(unlink, "/tmp/c"));
	MEASURE_WITH("unlink_tmpfs", 100,
		     open_close("/tmp/c", O_CREAT | O_RDWR),
		     SYS1(unlink, "/tmp/c"), );
	MEASURE("mkdir+rmdir_tmpfs", 100,
		(SYS2(mkdir, "/tmp/dd", 0700), SYS1(rmdir, "/tmp/dd")));
}

/* Read the whole directory; count its entries if @n is not NULL. */
static long list(long fd, long *n)
{
	long r;

	SYS3(lseek, fd, 0, 0);
	while ((r = SYS3(getdents64, fd, buf, sizeof(buf))) > 0) {
		for (long o = 0; n && o < r; (*n)++)
			o += *(unsigned short *)(buf + o + 16);
	}
	return r;
}

static void directory(void)
{
	char path[64];
	long fd;

	mkdir("/tmp/d1000", 0700);
	for (int i = 0; i < 1000; i++) {
		snprintf(path, sizeof(path), "/tmp/d1000/f%d", i);
		close(open(path, O_CREAT | O_WRONLY, 0600));
	}
	fd = open("/tmp/d1000", O_RDONLY | O_DIRECTORY);
	MEASURE("getdents_1000_files", 10, list(fd, NULL));
	SYS1(close, fd);
	MEASURE("open+close_in_1000_dir", 100,
		open_close("/tmp/d1000/f777", O_RDONLY));
}

static inline long open_read_close(const char *path)
{
	long fd = SYS3(open, path, O_RDONLY, 0);

	if (fd < 0)
		return fd;
	SYS3(read, fd, buf, 100);
	return SYS1(close, fd);
}

static inline long mount_and_unmount(void)
{
	long r = SYS6(mount, "none", "/tmp/m", "tmpfs", 0, 0, 0);

	return r < 0 ? r : SYS2(umount2, "/tmp/m", 0);
}

/* Files of procfs that are made of text, then its list of tasks. */
static void proc_list(int tasks)
{
	static long pids[1000];
	int stop[2], n = 0;
	long fd, entries = 0;
	char c;

	if (pipe(stop))
		return;
	for (; n < tasks; n++) {
		pids[n] = SYS0(fork);
		if (pids[n] < 0)
			break;
		if (!pids[n]) {
			close(stop[1]);
			exit_now((int)SYS3(read, stop[0], &c, 1));
		}
	}
	close(stop[0]);
	sleep_ms(20);
	fd = open("/proc", O_RDONLY | O_DIRECTORY);
	list(fd, &entries);
	say_value(name_of("getdents_proc_%dtasks_entries", tasks), entries);
	MEASURE(name_of("getdents_proc_%dtasks", tasks), 10, list(fd, NULL));
	SYS1(close, fd);
	close(stop[1]);
	while (n > 0)
		wait_for(pids[--n]);
}

void group_fs(void)
{
	long fd;

	files();
	names();
	directory();
	fd = open("/proc/self/stat", O_RDONLY);
	MEASURE_WITH("read_proc_self_stat", 100, SYS3(lseek, fd, 0, 0),
		     SYS3(read, fd, buf, 4096), );
	SYS1(close, fd);
	MEASURE("open+read+close_proc_uptime", 50,
		open_read_close("/proc/uptime"));
	mkdir("/tmp/m", 0700);
	MEASURE("mount+umount_tmpfs", 20, mount_and_unmount());
	proc_list(10);
	proc_list(1000);
}

/* SPDX-License-Identifier: MIT */
/* What the parts of execve(2) tell each other: exec.c, exec_args.c,
 * binfmt_elf.c, binfmt_script.c, de_thread.c. */
#ifndef WARREN_KERNEL_PROCESS_EXEC_H
#define WARREN_KERNEL_PROCESS_EXEC_H

#include "fs/file.h"
#include "kernel/mm/mm.h"
#include "kernel/task/cred.h"

#define STRINGS_PAGES 512 /* 2 MiB: a quarter of the usual stack limit */
#define EXEC_HEADER 256	  /* bytes of the file that decide its format */

/* Strings one after the other, NULs included, as they will stand on the stack. */
struct strings {
	char *page[STRINGS_PAGES];
	size_t len;
	u32 count;
};

struct exec {
	struct file *file; /* of the program (the interpreter of a script) */
	char *name;	   /* as given to execve: AT_EXECFN, comm; kmalloc */
	char *interp;	   /* NULL, or a script's interpreter: kmalloc */
	bool name_ends;	   /* it is /dev/fd/N, which exec closes */
	struct strings *args, *envs;
	char header[EXEC_HEADER];
	u32 depth; /* scripts so far */
	struct mm *mm; /* the new address space, not current yet */
	struct cred *cred;
	bool secure; /* AT_SECURE */
	bool readable; /* the program may be read by who executes it */
	u64 entry, sp;
};

/* exec_cred.c */
/* Who the process will be: @x->cred, .secure. -ENOMEM. */
int exec_cred(struct exec *x);
/* Who may look into @x->mm: .user_ns of it, .readable. */
void exec_mm_owner(struct exec *x);
/* -EAGAIN: it became a user with too many tasks (setuid(2)), who still has. */
int exec_nproc_check(void);

/* exec_args.c */
struct strings *strings_new(void); /* NULL: no memory */
void strings_free(struct strings *s);
/* Append one kernel string. -E2BIG, -ENOMEM. */
int strings_add(struct strings *s, const char *str);
/* Append the strings of a NULL-terminated array; @user: of user space. */
int strings_import(struct strings *s, const void *array, bool user);
/* Append all of @from but its first string. */
int strings_add_tail(struct strings *to, const struct strings *from);
/* Write them at @addr of @mm. -EFAULT: no memory there. */
int strings_write(const struct strings *s, struct mm *mm, u64 addr);
/* Addresses of the strings, which begin at @addr; @out has .count places. */
void strings_addresses(const struct strings *s, u64 addr, u64 *out);

/* 1: it was a script, @x->file is its interpreter now; 0: no script; -errno. */
int script_load(struct exec *x);
/* Fill @x->mm, .entry, .sp. -ENOEXEC: no ELF; other errors. */
int elf_load(struct exec *x);
/* The other threads end, current is the leader afterwards. -EAGAIN. */
int de_thread(void);

#endif

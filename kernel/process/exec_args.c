// SPDX-License-Identifier: MIT
/* The arguments and the environment of execve(2), on their way from the old
 * address space to the new stack: kept in frames of their own meanwhile. */
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/process/exec.h"
#include "kernel/task/task.h"

#define STRING_MAX 131072 /* MAX_ARG_STRLEN of execve(2) */

struct strings *strings_new(void)
{
	return kzalloc(sizeof(struct strings));
}

void strings_free(struct strings *s)
{
	for (u32 i = 0; s && i < STRINGS_PAGES; i++)
		kfree(s->page[i]);
	kfree(s);
}

/* Room at the end: where, and how much of the page; NULL: *@err says why. */
static char *tail(struct strings *s, size_t *room, int *err)
{
	size_t page = s->len / PAGE_SIZE, at = s->len % PAGE_SIZE;

	*err = -E2BIG;
	if (page == STRINGS_PAGES)
		return NULL;
	*err = -ENOMEM;
	if (!s->page[page])
		s->page[page] = kmalloc(PAGE_SIZE);
	*room = PAGE_SIZE - at;
	return s->page[page] ? s->page[page] + at : NULL;
}

static int append(struct strings *s, const char *data, size_t n)
{
	while (n) {
		size_t room;
		int err;
		char *to = tail(s, &room, &err);

		if (!to)
			return err;
		room = min(room, n);
		memcpy(to, data, room);
		s->len += room;
		data += room;
		n -= room;
	}
	return 0;
}

int strings_add(struct strings *s, const char *str)
{
	s->count++;
	return append(s, str, strlen(str) + 1);
}

static int add_user(struct strings *s, const char __user *str)
{
	size_t total = 0;

	for (;;) {
		size_t room;
		int err;
		char *to = tail(s, &room, &err);
		ssize_t n;

		if (!to)
			return err;
		n = strncpy_from_user(to, str, room);
		if (n < 0)
			return (int)n;
		total += (size_t)n;
		if (total >= STRING_MAX)
			return -E2BIG;
		if ((size_t)n < room) {
			s->len += (size_t)n + 1;
			s->count++;
			return 0;
		}
		s->len += room;
		str += room;
	}
}

static int import_user(struct strings *s, const char __user *const __user *v)
{
	for (;; v++) {
		const char __user *str;
		int err = get_user(str, v);

		if (err || !str)
			return err;
		err = add_user(s, str);
		if (err)
			return err;
		if (fatal_signal_pending(current))
			return -ERESTARTNOHAND;
		cond_resched();
	}
}

int strings_import(struct strings *s, const void *array, bool user)
{
	const char *const *v = array;
	int err = 0;

	if (user)
		return v ? import_user(s, array) : 0;
	for (; v && *v && !err; v++)
		err = strings_add(s, *v);
	return err;
}

/* Byte @at of the sequence. */
static char byte_at(const struct strings *s, size_t at)
{
	return s->page[at / PAGE_SIZE][at % PAGE_SIZE];
}

int strings_add_tail(struct strings *to, const struct strings *from)
{
	size_t at = 0;
	int err = 0;

	if (!from->count)
		return 0;
	while (byte_at(from, at++))
		;
	while (at < from->len && !err) {
		size_t n = min(from->len - at, PAGE_SIZE - at % PAGE_SIZE);

		err = append(to, &from->page[at / PAGE_SIZE][at % PAGE_SIZE],
			     n);
		at += n;
	}
	to->count += from->count - 1;
	return err;
}

int strings_write(const struct strings *s, struct mm *mm, u64 addr)
{
	for (size_t at = 0; at < s->len; at += PAGE_SIZE) {
		size_t n = min(s->len - at, PAGE_SIZE);

		if (mm_write(mm, addr + at, s->page[at / PAGE_SIZE], n) != n)
			return -EFAULT;
	}
	return 0;
}

void strings_addresses(const struct strings *s, u64 addr, u64 *out)
{
	bool begins = true;

	for (size_t at = 0; at < s->len; at++) {
		if (begins)
			*out++ = addr + at;
		begins = !byte_at(s, at);
	}
}

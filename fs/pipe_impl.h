/* SPDX-License-Identifier: MIT */
/* What the pipe*.c files share: see pipe.c. */
#ifndef WARREN_FS_PIPE_IMPL_H
#define WARREN_FS_PIPE_IMPL_H

#include "fs/pipe.h"
#include "kernel/mm/page.h"
#include "kernel/task/task.h"

#define PIPE_SLOTS 16
#define PIPE_MAX_SLOTS 256 /* 1 MiB: Linux's pipe-max-size */

struct pipe {
	struct mutex lock;
	struct waitq rd_wait; /* readers; they sleep while it is empty */
	struct waitq wr_wait; /* writers; they sleep while it is full */
	u64 head, tail;	      /* bytes written and read, ever */
	u32 nr_slots;	      /* a power of two */
	char **slot;	      /* the pages' addresses, each counted; or NULL */
	char *spare;	      /* one page kept back, or NULL */
	u32 readers, writers; /* open ends */
	u32 rd_opens, wr_opens; /* ever opened: FIFO opens wait on these */
	u32 files;	      /* open files; at 0 the pipe is freed */
	bool claimed;	      /* from pipe_claim() to pipe_consume() */
};

extern const struct file_ops pipe_fops;

static inline size_t pipe_used(const struct pipe *p)
{
	return p->head - p->tail;
}

/* The page of tail is occupied whole until it has been read. */
static inline size_t pipe_room(const struct pipe *p)
{
	return p->nr_slots * PAGE_SIZE + ALIGN_DOWN(p->tail, PAGE_SIZE) -
	       p->head;
}

/* Where the page is that holds byte @pos. */
static inline char **pipe_slot(const struct pipe *p, u64 pos)
{
	return &p->slot[(pos >> PAGE_SHIFT) & (p->nr_slots - 1)];
}

/* Can a reader go on? Also without the lock, to be asked again with it. */
static inline bool pipe_ready(const struct pipe *p)
{
	return !READ_ONCE(p->claimed) &&
	       (READ_ONCE(p->head) != READ_ONCE(p->tail) ||
		!READ_ONCE(p->writers));
}

struct pipe *pipe_new(void); /* NULL: no memory */
/* Count @f as an end of @p. p->lock held or @p private. */
void pipe_attach(struct pipe *p, struct file *f);
void pipe_release(struct file *f);
/* The rest is called with p->lock held. */
/* Until there is something to read; 0: nothing, and no writer either. Who claims
 * it is waited for as if he held the lock. 1, 0, -EAGAIN, -ERESTARTSYS. */
int pipe_wait_readable(struct pipe *p, bool nonblock);
/* The first @n bytes, which are there, are done with. */
void pipe_drop(struct pipe *p, size_t n);
/* Move bytes in while there is room; how many. Sets *@err at a bad buffer or no
 * memory. */
size_t pipe_put_bytes(struct pipe *p, struct iter *it, int *err);

#endif

/* SPDX-License-Identifier: MIT */
/* System V message queues (msgget(2), msgop(2), msgctl(2)), for current. */
#ifndef WARREN_KERNEL_IPC_MSG_H
#define WARREN_KERNEL_IPC_MSG_H

#include <linux/msg.h>

#include "kernel/ipc/ipc.h"

/* A message; on a queue's list, or somebody's own. kmalloc'ed. */
struct message {
	struct list link;
	long type; /* POSIX queues: priority */
	size_t size;
	char text[];
};

/* The text is to be filled. NULL: no memory. */
struct message *message_new(size_t size);

/*
 * msgsnd(2). Takes over @m if it returns 0. -EINVAL, -EACCES, -EAGAIN, -EIDRM,
 * -ERESTARTNOHAND.
 */
int msg_send(int id, struct message *m, int flags);
/*
 * msgrcv(2): the message, now the caller's (its size may be more than @size with
 * MSG_NOERROR). ERR_PTR: -EINVAL, -EACCES, -E2BIG, -ENOMSG, -EIDRM, -ENOMEM,
 * -ERESTARTNOHAND.
 */
struct message *msg_receive(int id, size_t size, long type, int flags);

#endif

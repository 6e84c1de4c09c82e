/* SPDX-License-Identifier: MIT */
/* epoll(7): see epoll.c. */
#ifndef WARREN_FS_EPOLL_H
#define WARREN_FS_EPOLL_H

struct file;

/* The last reference to @f went while epoll sets watch it: file_put() calls
 * this if f->epitems is not empty. */
void epoll_file_release(struct file *f);

void epoll_module_init(void);

#endif

/* SPDX-License-Identifier: MIT */
/* inotify(7): see inotify.c. */
#ifndef WARREN_FS_INOTIFY_H
#define WARREN_FS_INOTIFY_H

#include "kernel/lib/types.h"

void inotify_module_init(void);
extern u32 inotify_max_queued; /* [a] sysctl: events of a new instance */

#endif

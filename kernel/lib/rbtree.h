/* SPDX-License-Identifier: MIT */
/*
 * A balanced search tree whose nodes live inside the elements. The caller
 * finds the place (comparing is his business), rb_insert() links and
 * rebalances. No locks.
 */
#ifndef WARREN_KERNEL_LIB_RBTREE_H
#define WARREN_KERNEL_LIB_RBTREE_H

#include "kernel/lib/types.h"

struct rb_node {
	struct rb_node *parent, *left, *right;
	bool red;
};

struct rb_root {
	struct rb_node *node;
};

#define rb_entry(ptr, type, member) container_of(ptr, type, member)

/* Link @node at *@link, whose parent is @parent (NULL for the root). */
void rb_insert(struct rb_root *root, struct rb_node *node,
	       struct rb_node *parent, struct rb_node **link);
void rb_erase(struct rb_root *root, struct rb_node *node);
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);

#endif

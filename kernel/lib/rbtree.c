// SPDX-License-Identifier: MIT
/*
 * Red-black trees (Cormen et al., "Introduction to Algorithms", ch. 13), with
 * NULL for the black leaves. Invariants: the root is black, a red node has
 * black children, every way down meets the same number of black nodes.
 */
#include "kernel/lib/rbtree.h"

static bool is_red(const struct rb_node *n)
{
	return n && n->red;
}

/* Put @new where @old hung below its parent. */
static void replace_child(struct rb_root *root, struct rb_node *old,
			  struct rb_node *new)
{
	struct rb_node *parent = old->parent;

	if (!parent)
		root->node = new;
	else if (parent->left == old)
		parent->left = new;
	else
		parent->right = new;
	if (new)
		new->parent = parent;
}

/* @n goes down to the left (or right); its other child takes its place. */
static void rotate(struct rb_root *root, struct rb_node *n, bool left)
{
	struct rb_node *up = left ? n->right : n->left;
	struct rb_node *moved = left ? up->left : up->right;

	replace_child(root, n, up);
	if (left) {
		n->right = moved;
		up->left = n;
	} else {
		n->left = moved;
		up->right = n;
	}
	n->parent = up;
	if (moved)
		moved->parent = n;
}

void rb_insert(struct rb_root *root, struct rb_node *node,
	       struct rb_node *parent, struct rb_node **link)
{
	node->parent = parent;
	node->left = node->right = NULL;
	node->red = true;
	*link = node;
	while (is_red(node->parent)) {
		struct rb_node *p = node->parent, *grand = p->parent;
		bool p_left = grand->left == p;
		struct rb_node *uncle = p_left ? grand->right : grand->left;

		if (is_red(uncle)) {
			p->red = uncle->red = false;
			grand->red = true;
			node = grand;
			continue;
		}
		if (node == (p_left ? p->right : p->left)) {
			rotate(root, p, p_left); /* make it an outer child */
			node = p;
			p = node->parent;
		}
		p->red = false;
		grand->red = true;
		rotate(root, grand, !p_left);
	}
	root->node->red = false;
}

/*
 * The way through @node (maybe NULL), a child of @parent, has one black node
 * too few: move the lack up until a red node can take it.
 */
static void fix_erase(struct rb_root *root, struct rb_node *node,
		      struct rb_node *parent)
{
	while (node != root->node && !is_red(node)) {
		bool left = parent->left == node;
		struct rb_node *sib = left ? parent->right : parent->left;
		struct rb_node *near, *far;

		if (is_red(sib)) {
			sib->red = false;
			parent->red = true;
			rotate(root, parent, left);
			sib = left ? parent->right : parent->left;
		}
		near = left ? sib->left : sib->right;
		far = left ? sib->right : sib->left;
		if (!is_red(near) && !is_red(far)) {
			sib->red = true;
			node = parent;
			parent = node->parent;
			continue;
		}
		if (!is_red(far)) {
			near->red = false;
			sib->red = true;
			rotate(root, sib, !left);
			far = sib;
			sib = near;
		}
		sib->red = parent->red;
		parent->red = far->red = false;
		rotate(root, parent, left);
		node = root->node;
	}
	if (node)
		node->red = false;
}

void rb_erase(struct rb_root *root, struct rb_node *node)
{
	struct rb_node *child, *parent;
	bool black;

	if (!node->left || !node->right) {
		child = node->left ? node->left : node->right;
		parent = node->parent;
		black = !node->red;
		replace_child(root, node, child);
	} else {
		struct rb_node *next = rb_next(node); /* has no left child */

		child = next->right;
		parent = next->parent == node ? next : next->parent;
		black = !next->red;
		if (next->parent != node) {
			replace_child(root, next, child);
			next->right = node->right;
			next->right->parent = next;
		}
		replace_child(root, node, next);
		next->left = node->left;
		next->left->parent = next;
		next->red = node->red;
	}
	if (black)
		fix_erase(root, child, parent);
}

struct rb_node *rb_first(const struct rb_root *root)
{
	struct rb_node *n = root->node;

	while (n && n->left)
		n = n->left;
	return n;
}

struct rb_node *rb_last(const struct rb_root *root)
{
	struct rb_node *n = root->node;

	while (n && n->right)
		n = n->right;
	return n;
}

struct rb_node *rb_next(const struct rb_node *node)
{
	struct rb_node *n = node->right;

	if (n) {
		while (n->left)
			n = n->left;
		return n;
	}
	for (n = node->parent; n && node == n->right; n = n->parent)
		node = n;
	return n;
}

struct rb_node *rb_prev(const struct rb_node *node)
{
	struct rb_node *n = node->left;

	if (n) {
		while (n->right)
			n = n->right;
		return n;
	}
	for (n = node->parent; n && node == n->left; n = n->parent)
		node = n;
	return n;
}

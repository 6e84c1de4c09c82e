// SPDX-License-Identifier: MIT
/* kernel/lib/rbtree.c: random insertions and removals, invariants each time. */
#include <stdio.h>
#include <stdlib.h>

#include "kernel/lib/rbtree.h"

#define N 500

static struct item {
	struct rb_node node;
	int key;
	bool in;
} items[N];

static int bad, total;

static void verdict(int ok, const char *what)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", ++total, what);
	bad += !ok;
}

/* Black height of the subtree, or -1 if an invariant does not hold. */
static int height(const struct rb_node *n, const struct rb_node *parent)
{
	int l, r;

	if (!n)
		return 1;
	if (n->parent != parent || (n->red && parent && parent->red))
		return -1;
	l = height(n->left, n);
	r = height(n->right, n);
	return l < 0 || l != r ? -1 : l + !n->red;
}

static int whole(const struct rb_root *root, int count)
{
	const struct rb_node *n, *last = NULL;
	int seen = 0;

	if (height(root->node, NULL) < 0 || (root->node && root->node->red))
		return 0;
	for (n = rb_first(root); n; last = n, n = rb_next(n), seen++)
		if (last && (rb_entry(last, struct item, node)->key >=
				     rb_entry(n, struct item, node)->key ||
			     rb_prev(n) != last))
			return 0;
	return seen == count && rb_last(root) == last;
}

static void insert(struct rb_root *root, struct item *it)
{
	struct rb_node **link = &root->node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = it->key < rb_entry(parent, struct item, node)->key ?
			       &parent->left :
			       &parent->right;
	}
	rb_insert(root, &it->node, parent, link);
}

int main(void)
{
	struct rb_root root = { NULL };
	int count = 0, ok = 1;

	for (int i = 0; i < N; i++)
		items[i].key = i;
	srand(1);
	for (int step = 0; step < 20000 && ok; step++) {
		struct item *it = &items[rand() % N];

		if (it->in)
			rb_erase(&root, &it->node);
		else
			insert(&root, it);
		it->in = !it->in;
		count += it->in ? 1 : -1;
		ok = whole(&root, count);
	}
	verdict(ok, "20000 random changes keep every invariant and the order");
	for (int i = 0; i < N && ok; i++)
		if (items[i].in) {
			rb_erase(&root, &items[i].node);
			ok = whole(&root, --count);
		}
	verdict(ok && !root.node, "emptied in order, it is empty");
	printf("1..%d\n", total);
	return bad != 0;
}

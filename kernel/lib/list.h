/* SPDX-License-Identifier: MIT */
/*
 * Lists whose links live inside the elements.
 *
 * struct list: circular and doubly linked; the head is a struct list too.
 * struct hlist_node/hlist_head: a hash bucket, one pointer a head, where a
 * node keeps the address of the pointer that points to it.
 * None of them locks: the comment at the head says which lock protects it.
 */
#ifndef WARREN_KERNEL_LIB_LIST_H
#define WARREN_KERNEL_LIB_LIST_H

#include "kernel/lib/types.h"

struct list {
	struct list *next, *prev;
};

#define LIST_INIT(name) { &(name), &(name) }

static inline void list_init(struct list *head)
{
	head->next = head->prev = head;
}

static inline bool list_empty(const struct list *head)
{
	return READ_ONCE(head->next) == head;
}

/* Also: whoever took off the last one, under a lock that we have not, is done
 * with @head (list_del() writes to .prev last). */
static inline bool list_empty_careful(const struct list *head)
{
	return list_empty(head) && READ_ONCE(head->prev) == head;
}

static inline void list_insert_between(struct list *node, struct list *prev,
				       struct list *next)
{
	next->prev = node;
	node->next = next;
	node->prev = prev;
	prev->next = node;
}

/* Insert @node first in @head. */
static inline void list_add(struct list *node, struct list *head)
{
	list_insert_between(node, head, head->next);
}

/* Insert @node last in @head. */
static inline void list_add_tail(struct list *node, struct list *head)
{
	list_insert_between(node, head->prev, head);
}

/* Take @node off its list and leave it an empty list of its own. */
static inline void list_del(struct list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	list_init(node);
}

static inline void list_move(struct list *node, struct list *head)
{
	list_del(node);
	list_add(node, head);
}

static inline void list_move_tail(struct list *node, struct list *head)
{
	list_del(node);
	list_add_tail(node, head);
}

/* Move every element of @from to the end of @to; @from becomes empty. */
static inline void list_splice_tail(struct list *from, struct list *to)
{
	if (list_empty(from))
		return;
	from->next->prev = to->prev;
	to->prev->next = from->next;
	from->prev->next = to;
	to->prev = from->prev;
	list_init(from);
}

#define list_entry(ptr, type, member) container_of(ptr, type, member)
#define list_first(head, type, member) list_entry((head)->next, type, member)
#define list_last(head, type, member) list_entry((head)->prev, type, member)
#define list_next(pos, member)                                                 \
	list_entry((pos)->member.next, __typeof__(*(pos)), member)

#define list_for_each(pos, head)                                               \
	for (pos = (head)->next; pos != (head); pos = pos->next)
#define list_for_each_entry(pos, head, member)                                 \
	for (pos = list_first(head, __typeof__(*pos), member);                 \
	     &pos->member != (head); pos = list_next(pos, member))
/* The same, where the body may remove @pos. */
#define list_for_each_entry_safe(pos, tmp, head, member)                       \
	for (pos = list_first(head, __typeof__(*pos), member),                 \
	    tmp = list_next(pos, member);                                      \
	     &pos->member != (head); pos = tmp, tmp = list_next(tmp, member))

struct hlist_node {
	struct hlist_node *next, **pprev;
};

struct hlist_head {
	struct hlist_node *first;
};

static inline bool hlist_unhashed(const struct hlist_node *node)
{
	return !node->pprev;
}

static inline void hlist_add(struct hlist_node *node, struct hlist_head *head)
{
	node->next = head->first;
	node->pprev = &head->first;
	if (node->next)
		node->next->pprev = &node->next;
	/* last, and in order: who reads without the lock sees it whole */
	atomic_store(&head->first, node);
}

/* Remove @node if it is in a bucket; it is unhashed afterwards. */
static inline void hlist_del(struct hlist_node *node)
{
	if (hlist_unhashed(node))
		return;
	*node->pprev = node->next;
	if (node->next)
		node->next->pprev = node->pprev;
	node->next = NULL;
	node->pprev = NULL;
}

#define hlist_entry_or_null(ptr, type, member)                                 \
	({                                                                     \
		struct hlist_node *hl_p = (ptr);                               \
		hl_p ? container_of(hl_p, type, member) : NULL;                \
	})
#define hlist_for_each_entry(pos, head, member)                                \
	for (pos = hlist_entry_or_null((head)->first, __typeof__(*pos),        \
				       member);                                \
	     pos; pos = hlist_entry_or_null(pos->member.next,                  \
					    __typeof__(*pos), member))
#define hlist_for_each_entry_safe(pos, tmp, head, member)                      \
	for (pos = hlist_entry_or_null((head)->first, __typeof__(*pos),        \
				       member);                                \
	     pos && ({ tmp = pos->member.next; true; });                       \
	     pos = hlist_entry_or_null(tmp, __typeof__(*pos), member))

#endif

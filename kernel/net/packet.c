// SPDX-License-Identifier: MIT
/* Packets, and the checksum that the internet protocols share. */
#include "kernel/net/packet.h"
#include "kernel/lib/err.h"
#include "kernel/mm/slab.h"

static struct slab *packet_slab;

void packet_module_init(void)
{
	packet_slab = slab_create("packet", sizeof(struct packet), 8);
}

static struct packet *packet_alloc(u32 size)
{
	struct packet *p = slab_zalloc(packet_slab);

	if (!p)
		return ERR_PTR(-ENOMEM);
	p->buf = kmalloc(size);
	if (!p->buf) {
		slab_free(packet_slab, p);
		return ERR_PTR(-ENOMEM);
	}
	p->size = size;
	refcount_set(&p->refs, 1);
	return p;
}

struct packet *packet_new(size_t len)
{
	struct packet *p = packet_alloc(PACKET_ROOM + (u32)len);

	if (!IS_ERR(p)) {
		p->data = p->buf + PACKET_ROOM;
		p->len = (u32)len;
	}
	return p;
}

struct packet *packet_copy(const struct packet *p)
{
	struct packet *new = packet_alloc(p->size);
	u8 *buf;

	if (IS_ERR(new))
		return new;
	buf = new->buf;
	*new = *p;
	refcount_set(&new->refs, 1);
	new->buf = buf;
	memcpy(buf, p->buf, p->size);
	new->data = buf + (p->data - p->buf);
	new->network = p->network ? buf + (p->network - p->buf) : NULL;
	return new;
}

void packet_put(struct packet *p)
{
	if (!refcount_dec_and_test(&p->refs))
		return;
	kfree(p->buf);
	slab_free(packet_slab, p);
}

void *packet_push(struct packet *p, u32 n)
{
	assert(p->data - p->buf >= (s64)n);
	p->data -= n;
	p->len += n;
	return memset(p->data, 0, n);
}

void *packet_pull(struct packet *p, u32 n)
{
	void *header = p->data;

	if (p->len < n)
		return NULL;
	p->data += n;
	p->len -= n;
	return header;
}

size_t packet_first_len(const struct list *queue, struct spinlock *lock)
{
	size_t n = 0;

	spin_lock(lock);
	if (!list_empty(queue))
		n = list_first(queue, struct packet, link)->len;
	spin_unlock(lock);
	return n;
}

/* ---- checksums ---------------------------------------------------------------- */

u32 csum_add(const void *data, size_t n, u32 sum)
{
	const u8 *at = data;
	u64 s = sum;
	u16 half;

	for (; n >= 4; n -= 4, at += 4) {
		u32 word;

		memcpy(&word, at, sizeof(word));
		s += word;
	}
	if (n >= 2) {
		memcpy(&half, at, sizeof(half));
		s += half;
		at += 2;
		n -= 2;
	}
	if (n)
		s += *at;
	s = (s & 0xffffffff) + (s >> 32);
	return (u32)((s & 0xffffffff) + (s >> 32));
}

u16 csum_fold(u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (u16)~sum;
}

u32 csum_pseudo(const struct ip_addr *src, const struct ip_addr *dst, u32 len,
		u8 protocol)
{
	u32 tail[2] = { htonl(len), htonl((u32)protocol) };
	bool v4 = ip_is_v4(dst);
	u32 sum = csum_add(v4 ? &src->w[3] : src->w, v4 ? 4 : 16, 0);

	sum = csum_add(v4 ? &dst->w[3] : dst->w, v4 ? 4 : 16, sum);
	return csum_add(tail, sizeof(tail), sum);
}

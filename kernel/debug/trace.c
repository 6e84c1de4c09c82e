// SPDX-License-Identifier: MIT
/*
 * The tracer's ring of text lines; see trace.h. Lines are whole: a reader never
 * sees half of one. trace_lock (irqsave) protects the ring and the choice.
 */
#include "kernel/debug/trace.h"
#include "kernel/lib/err.h"
#include "kernel/lib/printf.h"
#include "kernel/lib/string.h"
#include "kernel/task/task.h"

#define TRACE_RING 65536
#define LINE_MAX 200
#define WORD_MAX 32

u32 trace_on;

static char ring[TRACE_RING];
static u64 ring_end; /* bytes ever written */
static u64 chosen[NR_SYSCALLS / 64];
static bool choice; /* only the chosen system calls */
static DEFINE_SPINLOCK(trace_lock);

static const struct {
	const char *word;
	enum trace_kind kind;
} kinds[] = {
	{ "syscalls", TRACE_SYSCALL },
	{ "walk", TRACE_WALK },
	{ "ns", TRACE_NS },
};

void trace_line(enum trace_kind kind __maybe_unused, const char *fmt, ...)
{
	char line[LINE_MAX];
	int n;
	va_list ap;
	u64 flags;

	n = scnprintf(line, sizeof(line), "%d %s: ",
		      current->pid ? current->pid->numbers[0].nr : 0,
		      current->comm);
	va_start(ap, fmt);
	vsnprintf(line + n, sizeof(line) - (size_t)n - 1, fmt, ap);
	va_end(ap);
	n = (int)strlen(line);
	line[n++] = '\n';
	flags = spin_lock_irqsave(&trace_lock);
	for (int i = 0; i < n; i++)
		ring[ring_end++ % TRACE_RING] = line[i];
	spin_unlock_irqrestore(&trace_lock, flags);
}

size_t trace_read(char *buf, size_t size)
{
	u64 flags = spin_lock_irqsave(&trace_lock);
	u64 kept = min(ring_end, (u64)TRACE_RING), len = min(kept, (u64)size);
	u64 pos = ring_end - len;
	size_t n = 0;

	/* begin behind a newline, unless it is the very first line */
	while (pos && pos < ring_end && ring[(pos - 1) % TRACE_RING] != '\n')
		pos++;
	while (pos < ring_end)
		buf[n++] = ring[pos++ % TRACE_RING];
	spin_unlock_irqrestore(&trace_lock, flags);
	return n;
}

void trace_clear(void)
{
	u64 flags = spin_lock_irqsave(&trace_lock);

	ring_end = 0;
	spin_unlock_irqrestore(&trace_lock, flags);
}

bool trace_syscall_chosen(u32 nr)
{
	return !choice ||
	       (nr < NR_SYSCALLS && (chosen[nr / 64] >> (nr % 64) & 1));
}

struct setting {
	u32 on;
	u64 chosen[NR_SYSCALLS / 64];
	bool choice;
};

static int take_word(struct setting *s, const char *word)
{
	int nr;

	if (!strcmp(word, "off")) {
		*s = (struct setting){ 0 };
		return 0;
	}
	for (u32 i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(word, kinds[i].word)) {
			s->on |= kinds[i].kind;
			return 0;
		}
	}
	nr = syscall_number(word);
	if (nr < 0)
		return -EINVAL;
	s->on |= TRACE_SYSCALL;
	s->choice = true;
	s->chosen[nr / 64] |= 1ULL << (nr % 64);
	return 0;
}

/* The next word of *@at, copied to @word; false: no more (or too long). */
static bool next_word(const char **at, char *word)
{
	size_t n = 0;

	while (**at == ' ' || **at == '\n' || **at == '\t')
		(*at)++;
	while (**at && !strchr(" \n\t", **at) && n < WORD_MAX - 1)
		word[n++] = *(*at)++;
	word[n] = '\0';
	return n > 0;
}

int trace_configure(const char *words)
{
	struct setting s = { 0 };
	char word[WORD_MAX];
	u64 flags;

	while (next_word(&words, word)) {
		int err = take_word(&s, word);

		if (err)
			return err;
	}
	flags = spin_lock_irqsave(&trace_lock);
	memcpy(chosen, s.chosen, sizeof(chosen));
	choice = s.choice;
	WRITE_ONCE(trace_on, s.on);
	spin_unlock_irqrestore(&trace_lock, flags);
	return 0;
}

size_t trace_status(char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = '\0';
	for (u32 i = 0; i < ARRAY_SIZE(kinds); i++)
		if ((trace_on & kinds[i].kind) &&
		    !(choice && kinds[i].kind == TRACE_SYSCALL))
			n += (size_t)scnprintf(buf + n, size - n, "%s ",
					       kinds[i].word);
	for (u32 nr = 0; choice && nr < NR_SYSCALLS; nr++)
		if (trace_syscall_chosen(nr))
			n += (size_t)scnprintf(buf + n, size - n, "%s ",
					       syscall_name(nr));
	if (!n)
		n = (size_t)scnprintf(buf, size, "off ");
	buf[n - 1] = '\n';
	return n;
}

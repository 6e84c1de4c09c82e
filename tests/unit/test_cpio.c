// SPDX-License-Identifier: MIT
/* kernel/lib/cpio.c: archives in pieces of every size, and bad ones. */
#include <string.h>

#include "kernel/lib/cpio.h"
#include "tests/unit/host.h"

static char archive[4096];
static size_t length;
static char seen[512]; /* what the operations were told */

/* One entry at the end of the archive; @magic "070701". */
static void put(const char *magic, const char *name, unsigned int namesize,
		const char *data)
{
	size_t n = strlen(data);

	length += (size_t)sprintf(archive + length,
		"%s%08X%08X%08X%08X%08X%08X%08zX%08X%08X%08X%08X%08X%08X",
		magic, 1, 0100644, 0, 0, 1, 0, n, 0, 0, 0, 0, namesize,
		(unsigned int)(n ? 'h' + 'i' : 0));
	strcpy(archive + length, name);
	length = (length + namesize + 3) & ~3ul;
	memcpy(archive + length, data, n);
	length = (length + n + 3) & ~3ul;
}

static void start(void)
{
	memset(archive, 0, sizeof(archive));
	length = 0;
	seen[0] = '\0';
}

static int on_begin(void *arg, const struct cpio_entry *e)
{
	(void)arg;
	sprintf(seen + strlen(seen), "<%s>", e->name);
	return 0;
}

static int on_data(void *arg, const void *p, size_t n)
{
	(void)arg;
	strncat(seen, p, n);
	return 0;
}

static int on_end(void *arg)
{
	(void)arg;
	strcat(seen, ".");
	return 0;
}

static int on_trailer(void *arg)
{
	strcat(seen, "!");
	return arg ? 7 : 0;
}

static const struct cpio_ops ops = { on_begin, on_data, on_end, on_trailer };

/* Feed the archive in pieces of @step bytes; *@idle: it ended whole. */
static int feed(size_t step, int *idle, void *arg)
{
	struct cpio *c = malloc(sizeof(*c));
	size_t at = 0, taken;
	int err = 0;

	seen[0] = '\0';
	cpio_init(c, &ops, arg);
	while (at < length && !err) {
		size_t n = length - at < step ? length - at : step;
		char *piece = malloc(n); /* so that ASan sees its end */

		memcpy(piece, archive + at, n);
		err = cpio_push(c, piece, n, &taken);
		free(piece);
		at += taken;
		if (taken < n)
			break;
	}
	*idle = cpio_idle(c);
	free(c);
	return err;
}

static int refused(void)
{
	int idle;

	return feed(1, &idle, NULL) == CPIO_BAD &&
	       feed(4096, &idle, NULL) == CPIO_BAD;
}

static void good_one(const char *magic)
{
	int ok = 1, idle;

	start();
	put(magic, "a", 2, "hi");
	put(magic, "dir/b", 6, "");
	put(magic, "TRAILER!!!", 11, "");
	length += 64; /* zeros, and a second archive */
	put(magic, "c", 2, "hi");
	put(magic, "TRAILER!!!", 11, "");
	for (size_t step = 1; step <= length; step++) {
		ok &= feed(step, &idle, NULL) == 0 && idle;
		ok &= !strcmp(seen, "<a>hi.<dir/b>.!<c>hi.!");
	}
	verdict(ok, magic);
	verdict(feed(length, &idle, &ok) == 7, "an operation's error stops");
}

/* Cut at every byte: the start of an archive is never bad, only not whole. */
static void cut_ones(void)
{
	size_t whole;
	int ok = 1, idle;

	start();
	put("070701", "a", 2, "hi");
	put("070701", "TRAILER!!!", 11, "");
	whole = length;
	for (length = 1; length < whole; length++)
		ok &= feed(5, &idle, NULL) == 0 && !idle;
	verdict(ok, "an archive that is cut off is not taken for a whole one");
}

static void bad_ones(void)
{
	start();
	put("070707", "a", 2, "");
	verdict(refused(), "another format");
	start();
	put("070701", "a", 2, "");
	archive[20] = 'g';
	verdict(refused(), "a number that is not hex");
	start();
	put("070701", "", 1, "");
	verdict(refused(), "an empty name");
	start();
	put("070701", "a", 9000, "");
	length = 300;
	verdict(refused(), "a name that is too long");
	start();
	put("070701", "abcd", 4, "");
	verdict(refused(), "a name that does not end");
	start();
	put("070701", "abcd", 8, "");
	verdict(refused(), "a name that ends early");
	start();
	put("070701", "x/../y", 7, "");
	verdict(refused(), "a name with ..");
	start();
	put("070702", "a", 2, "ho");
	verdict(refused(), "a wrong check sum");
}

int main(void)
{
	good_one("070701");
	good_one("070702");
	cut_ones();
	bad_ones();
	printf("1..%d\n", total);
	return bad != 0;
}

// SPDX-License-Identifier: MIT
/* kernel/lib/word.h: words of text, also where a page ends, and the first
 * NUL or slash in one, whatever stands behind it. */
#include <string.h>
#include <sys/mman.h>

#include "kernel/lib/word.h"
#include "tests/unit/host.h"

static u64 first_eight(const char *s)
{
	char w[WORD_BYTES] = { 0 };
	u64 word;

	strncpy(w, s, sizeof(w));
	memcpy(&word, w, sizeof(w));
	return word;
}

/* A text of each length ends exactly with the page; behind it is nothing. */
static int at_the_end_of_memory(void)
{
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int ok = 1;

	if (page == MAP_FAILED || munmap(page + 4096, 4096))
		return 0;
	memset(page, '/', 4096);
	for (int len = 0; len < 20; len++) {
		char *s = page + 4096 - len - 1;
		u64 word, end;

		memset(s, 'a' + len, (size_t)len);
		s[len] = '\0';
		word = word_at(s);
		end = word_find(word, '\0');
		ok &= !!end == (len < 8);
		ok &= (end ? word_cut(word, end) : word) == first_eight(s);
		ok &= word_is_all(first_eight(s)) == (len < 8);
	}
	munmap(page, 4096);
	return ok;
}

/* Each byte at each place, with bytes of all values behind and before it. */
static int found_first(void)
{
	int ok = 1;

	for (u32 i = 0; i < 8; i++) {
		for (u32 other = 0; other < 256; other++) {
			u64 fill = WORD_OF_BYTES(other), mask = 0xffUL << 8 * i;
			u64 word = (fill & ~mask) | (u64)'/' << 8 * i;
			u64 found = word_find(word, '/');
			u32 want = other == '/' ? 0 : i;

			ok &= found && word_bytes_before(found) == want;
			ok &= word_cut(word, found) ==
			      (want ? word & ((1UL << 8 * want) - 1) : 0);
			ok &= !word_find(fill, '/') == (other != '/');
		}
	}
	return ok;
}

int main(void)
{
	verdict(at_the_end_of_memory(), "texts that end with their page");
	verdict(found_first(), "the first byte of a kind, among all others");
	printf("1..%d\n", total);
	return bad != 0;
}

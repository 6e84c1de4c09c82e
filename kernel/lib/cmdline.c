// SPDX-License-Identifier: MIT
/* Words of the kernel command line: see cmdline.h. */
#include "kernel/lib/cmdline.h"
#include "kernel/lib/string.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* The word at or after @line; *@len: its length, 0 at the end. */
static const char *word_next(const char *line, size_t *len)
{
	while (is_blank(*line))
		line++;
	for (*len = 0; line[*len] && !is_blank(line[*len]); (*len)++)
		;
	return line;
}

bool cmdline_has(const char *line, const char *word)
{
	size_t len, want = strlen(word);

	for (line = word_next(line, &len); len;
	     line = word_next(line + len, &len))
		if (len == want && !memcmp(line, word, len))
			return true;
	return false;
}

bool cmdline_value(const char *line, const char *key, char *buf, size_t size)
{
	size_t len, klen = strlen(key);
	bool found = false;

	for (line = word_next(line, &len); len;
	     line = word_next(line + len, &len)) {
		if (len <= klen || line[klen] != '=' || memcmp(line, key, klen))
			continue;
		found = true;
		klen++;
		strlcpy(buf, line + klen, min(size, len - klen + 1));
		klen--;
	}
	return found;
}

/*
 * Any text is a query or is refused with a sentence; what comes out is within
 * its limits, holds no NUL, and the same text gives the same query again.
 */
#include <assert.h>
#include <string.h>

#include "lookup/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_MAX = 1 << 20 };

static void
check_try(const struct store_query *t, size_t text_len)
{
	size_t i;

	switch (t->kind) {
	case QUERY_FINGERPRINT:
		assert(t->octets.len == 16 || t->octets.len == 20 ||
			t->octets.len == 32);
		break;
	case QUERY_WORDS:
		assert(t->word_count > 0 && t->word_count <= QUERY_WORDS_MAX);
		for (i = 0; i < t->word_count; i++)
			assert(t->words[i].len > 0 &&
				memchr(t->words[i].data, 0, t->words[i].len) ==
					NULL);
		break;
	case QUERY_EMAIL:
		assert(t->octets.len >= 3);
		assert(memchr(t->octets.data, 0, t->octets.len) == NULL);
		assert(memchr(t->octets.data, '@', t->octets.len) != NULL);
		break;
	case QUERY_DOMAIN:
		assert(t->octets.len >= 1);
		assert(memchr(t->octets.data, '@', t->octets.len) == NULL);
		break;
	case QUERY_SHORT_ID:
		assert(t->number <= UINT32_MAX);
		break;
	default:
		assert(t->kind == QUERY_KEY_ID);
		break;
	}
	assert(text_len <= QUERY_TEXT_MAX);
}

static enum status
parse(struct arena *arena, struct bytes text, bool exact, struct query *q)
{
	struct err err = {{0}};
	enum status st = query_parse(arena, text, exact, q, &err);

	assert(st == STATUS_OK || st == STATUS_MALFORMED);
	assert(st == STATUS_OK || err.text[0] != '\0');
	return st;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct query a, b, digest;
	struct bytes text = bytes_make(data, size);
	struct err err;
	bool exact = size > 0 && (data[0] & 1) != 0;
	enum status st;
	size_t i;

	st = parse(arena, text, exact, &a);
	assert(parse(arena, text, exact, &b) == st);
	if (st == STATUS_OK) {
		assert(a.count > 0 && a.count <= QUERY_TRIES_MAX);
		assert(a.count == b.count && a.by_words == b.by_words);
		for (i = 0; i < a.count; i++) {
			check_try(&a.tries[i], a.text.len);
			assert(a.tries[i].kind == b.tries[i].kind);
		}
	}
	st = query_parse_digest(arena, text, &digest, &err);
	assert(st == STATUS_OK || st == STATUS_MALFORMED);
	arena_free(arena);
	return 0;
}

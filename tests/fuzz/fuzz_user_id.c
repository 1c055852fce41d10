/*
 * Any octets become valid UTF-8, an address that is its own address, and
 * words that are sorted, unique, bounded, and themselves when split again.
 */
#include "fuzz_pgp.h"
#include "pgp/user_id.h"

static void
check_words(struct arena *arena, struct bytes text)
{
	struct bytes *words, *again;
	size_t i, n, m;
	enum status st;

	st = user_id_words(arena, text, &words, &n);
	assert(st == STATUS_OK && n <= USER_ID_WORDS_MAX);
	for (i = 0; i < n; i++) {
		assert(words[i].len > 1);
		assert(words[i].len <= USER_ID_WORD_OCTETS);
		assert(user_id_is_utf8(words[i]));
		assert(i == 0 || bytes_cmp(words[i - 1], words[i]) < 0);
		st = user_id_words(arena, words[i], &again, &m);
		assert(st == STATUS_OK && m == 1);
		assert(bytes_eq(again[0], words[i]));
	}
	(void)st;
}

static void
check_email(struct arena *arena, struct bytes text)
{
	struct bytes email, again;

	if (user_id_email(arena, text, &email) != STATUS_OK)
		return;
	assert(user_id_is_utf8(email));
	assert(memchr(email.data, '@', email.len));
	assert(!memchr(email.data, '\n', email.len));
	assert(!memchr(email.data, 0, email.len));
	if (user_id_email(arena, email, &again) != STATUS_OK)
		assert(!"an address is its own address");
	assert(bytes_eq(email, again));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = fuzz_arena();
	struct bytes text = bytes_make(data, size), utf8;
	enum status st;

	st = user_id_text(arena, text, &utf8);
	assert(st == STATUS_OK && user_id_is_utf8(utf8));
	(void)st;
	check_words(arena, text);
	check_email(arena, text);
	arena_free(arena);
	return 0;
}

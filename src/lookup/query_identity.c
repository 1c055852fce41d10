#include <string.h>

#include "lookup/query.h"
#include "pgp/user_id.h"

/* By the words of all of it; what merely holds them is left out later. */
static enum status
query_by_whole_user_id(struct arena *arena, struct bytes text, struct query *q)
{
	struct store_query *t = &q->tries[0];
	struct bytes *words;
	enum status st;
	size_t n;

	st = user_id_words(arena, text, &words, &n);
	if (st != STATUS_OK)
		return st;
	if (n == 0)
		return STATUS_NOT_FOUND;
	t->kind = QUERY_WORDS;
	t->words = words;
	t->word_count = n < QUERY_WORDS_MAX ? n : QUERY_WORDS_MAX;
	q->by_words = true;
	q->whole_user_id = true;
	return STATUS_OK;
}

enum status
query_parse_identity(struct arena *arena, struct bytes text, struct query *q,
	struct err *err)
{
	struct query out = {.exact = true, .count = 1};
	struct bytes email;
	enum status st;

	text = bytes_trim(text);
	if (text.len == 0 || text.len > QUERY_TEXT_MAX ||
		memchr(text.data, '\0', text.len) != NULL) {
		err_set(err, "an identity has 1 to %d octets", QUERY_TEXT_MAX);
		return STATUS_MALFORMED;
	}
	st = user_id_text(arena, text, &out.text);
	if (st != STATUS_OK)
		return st;
	if (user_id_is_ambiguous(out.text))
		return STATUS_NOT_FOUND;
	st = STATUS_NOT_FOUND;
	if (memchr(out.text.data, '<', out.text.len) == NULL)
		st = user_id_email(arena, out.text, &email);
	if (st == STATUS_OK)
		st = user_id_email_key(arena, email, &out.tries[0].octets);
	if (st == STATUS_OK)
		out.tries[0].kind = QUERY_EMAIL;
	else if (st == STATUS_NOT_FOUND)
		st = query_by_whole_user_id(arena, out.text, &out);
	if (st == STATUS_OK)
		*q = out;
	return st;
}

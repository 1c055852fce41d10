#include "lookup/query_address.h"

#include <string.h>

#include "pgp/user_id.h"

/* Row 9: an address by itself, or a text that ends in <address>. */
static enum status
query_add_address(struct arena *arena, struct bytes text, struct query *q)
{
	struct store_query *t = &q->tries[q->count];
	struct bytes email;
	enum status st;

	if (text.data[text.len - 1] != '>' &&
		memchr(text.data, '<', text.len) != NULL)
		return STATUS_OK;
	st = user_id_email(arena, text, &email);
	if (st != STATUS_OK)
		return st == STATUS_NOT_FOUND ? STATUS_OK : st;
	st = user_id_email_key(arena, email, &t->octets);
	if (st != STATUS_OK)
		return st;
	t->kind = QUERY_EMAIL;
	q->count++;
	return STATUS_OK;
}

enum status
query_try_address(struct arena *arena, struct query *q)
{
	struct bytes text;
	enum status st = user_id_text(arena, q->text, &text);

	return st == STATUS_OK ? query_add_address(arena, text, q) : st;
}

enum status
query_try_plus(struct arena *arena, struct query *q)
{
	struct bytes text;
	enum status st;
	uint8_t *copy;
	size_t i;

	st = user_id_text(arena, q->text, &text);
	if (st == STATUS_OK && memchr(text.data, '@', text.len) == NULL)
		return STATUS_OK;
	if (st == STATUS_OK)
		st = arena_copy(arena, text, &text);
	if (st != STATUS_OK)
		return st;
	/* The copy is ours to write to. A name before <address> stays. */
	copy = (uint8_t *)(uintptr_t)text.data;
	for (i = text.len; i > 0 && copy[i - 1] != '<'; i--)
		if (copy[i - 1] == ' ')
			copy[i - 1] = '+';
	return query_add_address(arena, text, q);
}

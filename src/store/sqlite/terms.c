#include "store/sqlite/terms.h"

#include <stdlib.h>
#include <string.h>

enum { PACKED_HEAD = 3 };

struct term_list {
	struct arena *arena;
	struct term *list;
	size_t count;
	size_t cap;
};

static void
reverse(const uint8_t *in, size_t len, uint8_t *out)
{
	size_t i;

	for (i = 0; i < len; i++)
		out[i] = in[len - 1 - i];
}

void
handle_of(const struct fingerprint *fpr, struct handle *h)
{
	h->len = fpr->len <= HANDLE_MAX ? fpr->len : HANDLE_MAX;
	if (fpr->version == 4)
		reverse(fpr->octets, h->len, h->octets);
	else
		memcpy(h->octets, fpr->octets, h->len);
}

void
handle_of_key_id(uint64_t key_id, size_t len, struct handle *h)
{
	size_t i;

	h->len = len;
	for (i = 0; i < len; i++)
		h->octets[i] = (uint8_t)(key_id >> (8 * i));
}

bool
handle_of_query(const struct store_query *q, struct handle *h)
{
	struct fingerprint fpr = {0};

	if (q->kind == QUERY_KEY_ID) {
		handle_of_key_id(q->number, HANDLE_KEY_ID, h);
		return true;
	}
	if (q->kind != QUERY_FINGERPRINT || q->octets.len <= HANDLE_KEY_ID ||
		q->octets.len > FINGERPRINT_MAX)
		return false;
	fpr.len = (uint8_t)q->octets.len;
	fpr.version = fpr.len == 20 ? 4 : 0;
	memcpy(fpr.octets, q->octets.data, fpr.len);
	handle_of(&fpr, h);
	return true;
}

static enum status
add(struct term_list *l, uint8_t kind, uint8_t role, const uint8_t *data,
	size_t len)
{
	size_t head = kind == TERM_HANDLE ? 0 : 1;
	uint8_t *copy;
	enum status st;

	if (len == 0 || len + head > TERM_MAX)
		return STATUS_OK; /* nothing that a query could name */
	st = arena_grow(l->arena, (void **)&l->list, &l->cap, l->count + 1,
		sizeof(*l->list));
	if (st != STATUS_OK)
		return st;
	copy = arena_alloc(l->arena, len + head);
	if (copy == NULL)
		return STATUS_LIMIT;
	copy[0] = kind;
	memcpy(copy + head, data, len);
	l->list[l->count].kind = kind;
	l->list[l->count].role = role;
	l->list[l->count++].octets = bytes_make(copy, len + head);
	return STATUS_OK;
}

static enum status
add_key(struct term_list *l, const struct fingerprint *fpr, uint64_t key_id,
	uint8_t role)
{
	struct handle h;
	enum status st;

	handle_of(fpr, &h);
	st = add(l, TERM_HANDLE, role, h.octets, h.len);
	if (st != STATUS_OK || fpr->version > 3)
		return st;
	handle_of_key_id(key_id, sizeof(key_id), &h);
	return add(l, TERM_HANDLE, role, h.octets, h.len);
}

static enum status
add_keys(struct term_list *l, const struct cert_row *row,
	const struct cert_search *search)
{
	uint8_t modern = row->id.fpr.version > 4 ? ROLE_MODERN : 0;
	const struct key_ref *k;
	enum status st;
	size_t i;

	st = add_key(l, &row->id.fpr, row->key_id,
		modern | ROLE_PRIMARY | ROLE_BOUND);
	for (i = 0; st == STATUS_OK && i < search->key_count; i++) {
		k = &search->keys[i];
		if (!k->primary)
			st = add_key(l, &k->fpr, k->key_id,
				k->bound ? modern | ROLE_BOUND : modern);
	}
	return st;
}

static enum status
add_texts(struct term_list *l, uint8_t kind, const struct bytes *texts,
	size_t count)
{
	enum status st = STATUS_OK;
	size_t i;

	for (i = 0; st == STATUS_OK && i < count; i++)
		st = add(l, kind, 0, texts[i].data, texts[i].len);
	return st;
}

int
terms_cmp(const struct term *a, const struct term *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return bytes_cmp(a->octets, b->octets);
}

static int
cmp_for_sort(const void *a, const void *b)
{
	return terms_cmp(a, b);
}

/* Equal entries become one that has the roles of both. */
static void
fold(struct term_list *l)
{
	size_t i, kept = 0;

	for (i = 0; i < l->count; i++) {
		if (kept > 0 && terms_cmp(&l->list[kept - 1], &l->list[i]) == 0)
			l->list[kept - 1].role |= l->list[i].role;
		else
			l->list[kept++] = l->list[i];
	}
	l->count = kept;
}

static enum status
pack(const struct term_list *l, struct bytes *packed)
{
	size_t i, size = 0;
	uint8_t *out, *at;

	/* At most PACKED_HEAD + TERM_MAX each, and the list fits the arena. */
	for (i = 0; i < l->count; i++)
		size += PACKED_HEAD + l->list[i].octets.len;
	out = arena_alloc(l->arena, size);
	if (out == NULL)
		return STATUS_LIMIT;
	for (at = out, i = 0; i < l->count; i++) {
		*at++ = l->list[i].kind;
		*at++ = l->list[i].role;
		*at++ = (uint8_t)l->list[i].octets.len;
		memcpy(at, l->list[i].octets.data, l->list[i].octets.len);
		at += l->list[i].octets.len;
	}
	*packed = bytes_make(out, size);
	return STATUS_OK;
}

enum status
terms_pack(struct arena *arena, const struct cert_row *row,
	const struct cert_search *search, struct bytes *packed)
{
	struct term_list l = {.arena = arena};
	size_t words = search->word_count;
	enum status st;

	if (words > TERM_WORDS_MAX)
		words = TERM_WORDS_MAX;
	st = add_keys(&l, row, search);
	if (st == STATUS_OK)
		st = add_texts(
			&l, TERM_EMAIL, search->emails, search->email_count);
	if (st == STATUS_OK)
		st = add_texts(
			&l, TERM_DOMAIN, search->domains, search->domain_count);
	if (st == STATUS_OK)
		st = add_texts(&l, TERM_WORD, search->words, words);
	if (st != STATUS_OK)
		return st;
	qsort(l.list, l.count, sizeof(*l.list), cmp_for_sort);
	fold(&l);
	return pack(&l, packed);
}

enum status
terms_next(struct bytes packed, size_t *pos, struct term *out)
{
	const uint8_t *at;

	if (*pos >= packed.len)
		return STATUS_NOT_FOUND;
	if (packed.len - *pos < PACKED_HEAD)
		return STATUS_MALFORMED;
	at = packed.data + *pos;
	if (packed.len - *pos - PACKED_HEAD < at[2])
		return STATUS_MALFORMED;
	out->kind = at[0];
	out->role = at[1];
	out->octets = bytes_make(at + PACKED_HEAD, at[2]);
	*pos += PACKED_HEAD + (size_t)at[2];
	return STATUS_OK;
}

/* FNV-1a: spread, not secrecy, is what is needed. */
static uint64_t
hash(struct bytes b)
{
	uint64_t h = 0xCBF29CE484222325u;
	size_t i;

	for (i = 0; i < b.len; i++)
		h = (h ^ b.data[i]) * 0x100000001B3u;
	return h;
}

void
terms_token(const struct term *t, char out[TOKEN_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	uint64_t h = hash(t->octets);
	size_t i;

	out[0] = (char)t->kind;
	for (i = 1; i + 1 < TOKEN_SIZE; i++, h >>= 4)
		out[i] = digits[h & 15];
	out[TOKEN_SIZE - 1] = '\0';
}

enum status
terms_text(struct arena *arena, struct bytes packed, const char **text)
{
	struct term t;
	size_t pos, count = 0;
	char *out, *at;

	for (pos = 0; terms_next(packed, &pos, &t) == STATUS_OK;)
		count += t.kind != TERM_HANDLE;
	out = arena_array(arena, count + 1, TOKEN_SIZE);
	if (out == NULL)
		return STATUS_LIMIT;
	for (pos = 0, at = out; terms_next(packed, &pos, &t) == STATUS_OK;) {
		if (t.kind == TERM_HANDLE)
			continue;
		if (at != out)
			at[-1] = ' '; /* where the last one's NUL was */
		terms_token(&t, at);
		at += TOKEN_SIZE;
	}
	*text = out;
	return STATUS_OK;
}

/* Version 4 and the second handle of 2 and 3; as STMT_HANDLE_RANGE asks. */
static bool
handle_has_key_id(size_t len)
{
	return len == 8 || len == 20;
}

bool
terms_have(struct bytes packed, const struct term *want, bool prefix,
	uint8_t *role)
{
	struct term t;
	size_t pos = 0;
	bool found = false;

	*role = 0;
	while (terms_next(packed, &pos, &t) == STATUS_OK) {
		if (t.kind != want->kind)
			continue;
		if (prefix && !handle_has_key_id(t.octets.len))
			continue;
		if (prefix && t.octets.len > want->octets.len)
			t.octets.len = want->octets.len;
		if (!bytes_eq(t.octets, want->octets))
			continue;
		*role |= t.role;
		found = true;
	}
	return found;
}

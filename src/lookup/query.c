#include "lookup/query.h"

#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

#include "base/hex.h"
#include "lookup/query_address.h"
#include "pgp/user_id.h"

enum { QUERY_DIGITS_MAX = 64 };

/* Digits without the blanks between them; blanks are not digits elsewhere. */
struct query_digits {
	char text[QUERY_DIGITS_MAX];
	size_t count;
};

/* What so many digits name (spec hkp section 2, rows 1 to 5). */
struct query_row {
	size_t digits;
	enum query_kind kind;
	bool bare; /* also without 0x */
};

static const struct query_row query_rows[] = {
	{64, QUERY_FINGERPRINT, true},
	{40, QUERY_FINGERPRINT, true},
	{32, QUERY_FINGERPRINT, false},
	{16, QUERY_KEY_ID, true},
	{8, QUERY_SHORT_ID, true},
};

static const struct query_row *
query_row_of(size_t digits)
{
	size_t i;

	for (i = 0; i < sizeof(query_rows) / sizeof(query_rows[0]); i++)
		if (query_rows[i].digits == digits)
			return &query_rows[i];
	return NULL;
}

/*
 * The octets of a blank at the start of a text, or 0. Web pages and word
 * processors put blanks beyond ASCII between the groups of a fingerprint.
 */
static size_t
query_blank(const uint8_t *p, size_t left)
{
	ucs4_t c;
	int n;

	if (*p < 0x80)
		return *p == ' ' || (*p >= '\t' && *p <= '\r') ? 1 : 0;
	n = u8_mbtouc(&c, p, left);
	return n > 0 && uc_is_property_white_space(c) ? (size_t)n : 0;
}

/* False if there is anything but digits and blanks, or too many digits. */
static bool
query_digits_of(struct bytes text, struct query_digits *d)
{
	size_t i, blank;

	d->count = 0;
	for (i = 0; i < text.len; i++) {
		blank = query_blank(text.data + i, text.len - i);
		if (blank > 0) {
			i += blank - 1;
			continue;
		}
		if (hex_digit(text.data[i]) < 0 || d->count == QUERY_DIGITS_MAX)
			return false;
		d->text[d->count++] = (char)text.data[i];
	}
	return d->count > 0;
}

static enum status
query_add_digits(struct arena *arena, struct query *q,
	const struct query_digits *d, enum query_kind kind)
{
	struct store_query *t = &q->tries[q->count];
	uint8_t octets[QUERY_DIGITS_MAX / 2];
	enum status st;
	size_t i, len;

	st = hex_read(
		bytes_make(d->text, d->count), octets, sizeof(octets), &len);
	if (st == STATUS_OK)
		st = arena_copy(arena, bytes_make(octets, len), &t->octets);
	if (st != STATUS_OK)
		return st;
	t->kind = kind;
	for (i = 0; len <= sizeof(t->number) && i < len; i++)
		t->number = t->number << 8 | octets[i];
	q->count++;
	return STATUS_OK;
}

static int
query_longer_first(const void *a, const void *b)
{
	const struct bytes *x = a, *y = b;

	if (x->len != y->len)
		return x->len < y->len ? 1 : -1;
	return bytes_cmp(*x, *y);
}

/* Adds no try when there is no word in the text. */
static enum status
query_add_words(struct arena *arena, struct query *q)
{
	struct store_query *t = &q->tries[q->count];
	struct bytes text, *words;
	enum status st;
	size_t n;

	st = user_id_text(arena, q->text, &text);
	if (st == STATUS_OK)
		st = user_id_words(arena, text, &words, &n);
	if (st != STATUS_OK || n == 0)
		return st;
	/* Long words are rare words: they leave the least to compare. */
	qsort(words, n, sizeof(*words), query_longer_first);
	t->kind = QUERY_WORDS;
	t->words = words;
	t->word_count = n < QUERY_WORDS_MAX ? n : QUERY_WORDS_MAX;
	q->by_words = true;
	q->count++;
	return STATUS_OK;
}

/* @example.org is no address; with anybody before it, it would be one. */
static enum status
query_try_domain(struct arena *arena, struct query *q)
{
	struct store_query *t = &q->tries[q->count];
	struct bytes text, email;
	enum status st;
	uint8_t *p;

	if (q->text.data[0] != '@')
		return STATUS_OK;
	st = user_id_text(arena, q->text, &text);
	if (st != STATUS_OK)
		return st;
	p = arena_alloc(arena, text.len + 1);
	if (p == NULL)
		return STATUS_LIMIT;
	p[0] = 'x';
	memcpy(p + 1, text.data, text.len);
	st = user_id_email(arena, bytes_make(p, text.len + 1), &email);
	/* An address in angle brackets farther on is what is asked for. */
	if (st == STATUS_NOT_FOUND ||
		(st == STATUS_OK && email.len != text.len + 1))
		return STATUS_OK;
	if (st != STATUS_OK)
		return st;
	st = user_id_domain_key(
		arena, bytes_make(email.data + 2, email.len - 2), &t->octets);
	if (st != STATUS_OK)
		return st;
	q->domain = t->octets;
	q->domain_only = true;
	t->kind = QUERY_DOMAIN;
	q->by_words = true;
	q->count++;
	return STATUS_OK;
}

/*
 * Of an address like a@example.org only the domain is left as words: whoever
 * looks for one person is not to be shown everybody there.
 */
static enum status
query_note_domain(struct arena *arena, struct query *q)
{
	struct bytes email = q->tries[0].octets, *words;
	const uint8_t *at = memrchr(email.data, '@', email.len);
	size_t local = (size_t)(at - email.data), n;
	enum status st;

	st = user_id_words(arena, bytes_make(email.data, local), &words, &n);
	if (st == STATUS_OK && n == 0)
		q->domain = bytes_make(at + 1, email.len - local - 1);
	return st;
}

static enum status
query_parse_text(struct arena *arena, struct query *q, struct err *err)
{
	enum status st;
	bool words;

	st = query_try_domain(arena, q);
	if (st == STATUS_OK && q->count == 0)
		st = query_try_address(arena, q);
	if (st == STATUS_OK && q->count > 0 && !q->domain_only)
		st = query_note_domain(arena, q);
	words = q->count == 0 || !q->exact;
	if (st == STATUS_OK && q->count == 0) {
		q->whole_user_id = q->exact;
		st = query_try_plus(arena, q);
	}
	if (st == STATUS_OK && words)
		st = query_add_words(arena, q);
	if (st == STATUS_OK && q->count == 0) {
		err_set(err, "Insufficiently specific: no word of two or more "
			     "characters");
		return STATUS_MALFORMED;
	}
	return st;
}

/* Rows 7 and 8: bare digits; people leave 0x out, and words may be hex. */
static enum status
query_parse_bare(struct arena *arena, struct query *q,
	const struct query_digits *d, const struct query_row *row)
{
	enum status st = STATUS_OK;

	if (row->kind == QUERY_SHORT_ID)
		st = query_add_words(arena, q);
	if (st == STATUS_OK)
		st = query_add_digits(arena, q, d, row->kind);
	if (st == STATUS_OK && row->kind != QUERY_SHORT_ID)
		st = query_add_words(arena, q);
	return st;
}

/* As bytes_trim, and of blanks beyond ASCII. */
static struct bytes
query_trim_blanks(struct bytes b)
{
	size_t n, last = 0, i;

	while (b.len > 0 && (n = query_blank(b.data, b.len)) > 0)
		b = bytes_make(b.data + n, b.len - n);
	if (b.len > 0 && b.data[b.len - 1] < 0x80 &&
		query_blank(&b.data[b.len - 1], 1) == 0)
		return b;
	for (i = 0; i < b.len; i += n) {
		n = query_blank(b.data + i, b.len - i);
		if (n > 0)
			continue;
		n = 1;
		last = i + 1;
	}
	return bytes_make(b.data, last);
}

static struct bytes
query_trim(struct bytes text)
{
	size_t n;

	text = query_trim_blanks(text);
	n = text.len;
	if (n >= 2 && text.data[0] == '<' && text.data[n - 1] == '>')
		text = query_trim_blanks(bytes_make(text.data + 1, n - 2));
	return text;
}

/* What addresses and fingerprints are called where they are links or are
 * scanned from a card. */
static struct bytes
query_strip_scheme(struct bytes text, bool *hex)
{
	static const char fpr[] = "openpgp4fpr:", mail[] = "mailto:";
	size_t n = 0;

	*hex = true;
	if (bytes_starts_nocase(text, "0x"))
		n = 2;
	else if (bytes_starts_nocase(text, fpr))
		n = sizeof(fpr) - 1;
	else
		*hex = false;
	if (bytes_starts_nocase(text, mail))
		n = sizeof(mail) - 1;
	return bytes_make(text.data + n, text.len - n);
}

static enum status
query_check(struct bytes text, struct err *err)
{
	if (text.len == 0)
		err_set(err, "search is empty");
	else if (text.len > QUERY_TEXT_MAX)
		err_set(err, "the search is too long");
	else if (memchr(text.data, '\0', text.len) != NULL)
		err_set(err, "NUL in the search");
	else
		return STATUS_OK;
	return STATUS_MALFORMED;
}

enum status
query_parse(struct arena *arena, struct bytes text, bool exact, struct query *q,
	struct err *err)
{
	struct query out = {.exact = exact,
		.text = query_trim(text),
		.miss = STATUS_NOT_FOUND,
		.miss_text = "No keys found"};
	const struct query_row *row = NULL;
	struct query_digits d;
	struct bytes rest;
	enum status st;
	bool hex;

	st = query_check(out.text, err);
	if (st != STATUS_OK)
		return st;
	rest = query_strip_scheme(out.text, &hex);
	if (query_digits_of(rest, &d))
		row = query_row_of(d.count);
	if (hex && row == NULL) {
		err_set(err, "malformed key ID");
		return STATUS_MALFORMED;
	}
	if (rest.len == 0) {
		err_set(err, "search is empty");
		return STATUS_MALFORMED;
	}
	out.text = hex ? out.text : rest;
	if (hex)
		st = query_add_digits(arena, &out, &d, row->kind);
	else if (row != NULL && row->bare)
		st = query_parse_bare(arena, &out, &d, row);
	else
		st = query_parse_text(arena, &out, err);
	if (st == STATUS_OK)
		*q = out;
	return st;
}

enum status
query_parse_digest(struct arena *arena, struct bytes text, struct query *q,
	struct err *err)
{
	struct query out = {.text = query_trim(text),
		.miss = STATUS_NOT_FOUND,
		.miss_text = "No keys found"};
	struct query_digits d;
	enum status st;

	if (!query_digits_of(out.text, &d) ||
		d.count != 2 * sizeof(struct sks_digest)) {
		err_set(err, "a digest has 32 hexadecimal digits");
		return STATUS_MALFORMED;
	}
	st = query_add_digits(arena, &out, &d, QUERY_SKS_DIGEST);
	if (st == STATUS_OK)
		*q = out;
	return st;
}

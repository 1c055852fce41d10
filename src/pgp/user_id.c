#include "pgp/user_id.h"

#include <idn2.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unistr.h>

enum { EMAIL_CHARACTERS_MAX = 254, FOLDED_MAX = 32 };

bool
user_id_is_utf8(struct bytes b)
{
	return u8_check(b.data, b.len) == NULL;
}

enum status
user_id_text(struct arena *arena, struct bytes user_id, struct bytes *utf8)
{
	size_t i, n = 0, room;
	uint8_t *out;

	if (user_id_is_utf8(user_id)) {
		*utf8 = user_id;
		return STATUS_OK;
	}
	if (__builtin_mul_overflow(user_id.len, 2, &room))
		return STATUS_LIMIT;
	out = arena_alloc(arena, room);
	if (!out)
		return STATUS_LIMIT;
	for (i = 0; i < user_id.len; i++) {
		if (user_id.data[i] < 0x80) {
			out[n++] = user_id.data[i];
			continue;
		}
		out[n++] = (uint8_t)(0xc0 | user_id.data[i] >> 6);
		out[n++] = (uint8_t)(0x80 | (user_id.data[i] & 0x3f));
	}
	*utf8 = bytes_make(out, n);
	return STATUS_OK;
}

/* Between the last '>' and the nearest '<' before it; else all of it. */
static struct bytes
user_id_bracketed(struct bytes text)
{
	const uint8_t *close, *open;

	if (!text.len)
		return text;
	close = memrchr(text.data, '>', text.len);
	if (!close)
		return bytes_trim(text);
	open = memrchr(text.data, '<', (size_t)(close - text.data));
	if (!open)
		return bytes_trim(text);
	return bytes_make(open + 1, (size_t)(close - open - 1));
}

/* Only octets that an address may hold, '@' among them. */
static bool
user_id_is_plain(struct bytes b)
{
	size_t i;

	for (i = 0; i < b.len; i++) {
		if (b.data[i] <= ' ' || b.data[i] == 0x7f ||
			(b.data[i] <= '>' && memchr("<>,;()\"", b.data[i], 7)))
			return false;
		/* U+0080 to U+009F: control characters too. */
		if (b.data[i] == 0xc2 && i + 1 < b.len && b.data[i + 1] < 0xa0)
			return false;
	}
	return true;
}

static bool
user_id_is_email(struct bytes b)
{
	const uint8_t *at;

	if (b.len == 0 ||
		(b.len > EMAIL_CHARACTERS_MAX &&
			u8_mbsnlen(b.data, b.len) > EMAIL_CHARACTERS_MAX))
		return false;
	at = memchr(b.data, '@', b.len);
	return at != NULL && at == memrchr(b.data, '@', b.len) && at > b.data &&
	       at + 1 < b.data + b.len && user_id_is_plain(b);
}

enum status
user_id_email(struct arena *arena, struct bytes user_id, struct bytes *email)
{
	struct bytes text, found;
	enum status st;
	uint8_t *out;
	size_t i;

	st = user_id_text(arena, user_id, &text);
	if (st != STATUS_OK)
		return st;
	found = user_id_bracketed(text);
	if (!user_id_is_email(found))
		return STATUS_NOT_FOUND;
	out = arena_alloc(arena, found.len);
	if (!out)
		return STATUS_LIMIT;
	for (i = 0; i < found.len; i++) {
		out[i] = found.data[i];
		if (out[i] >= 'A' && out[i] <= 'Z')
			out[i] = (uint8_t)(out[i] - 'A' + 'a');
	}
	*email = bytes_make(out, found.len);
	return STATUS_OK;
}

static bool
user_id_is_ascii(struct bytes b)
{
	size_t i;

	for (i = 0; i < b.len; i++)
		if (b.data[i] >= 0x80)
			return false;
	return true;
}

/* Fullwidth forms and the like map to any ASCII character, '@' too. */
static bool
user_id_is_label(struct bytes label)
{
	return label.len > 0 && memchr(label.data, '@', label.len) == NULL &&
	       user_id_is_plain(label);
}

/*
 * What libidn2 does not take, or what maps to no domain (to nothing, such as a
 * soft hyphen, or to "@b"), has one spelling only.
 */
enum status
user_id_domain_key(struct arena *arena, struct bytes domain, struct bytes *key)
{
	char *label = NULL, *text;
	enum status st = STATUS_OK;

	*key = domain;
	if (user_id_is_ascii(domain))
		return STATUS_OK;
	text = arena_str(arena, domain);
	if (text == NULL)
		return STATUS_LIMIT;
	if (idn2_to_ascii_8z(text, &label, IDN2_NONTRANSITIONAL) == IDN2_OK &&
		user_id_is_label(bytes_of(label)))
		st = arena_copy(arena, bytes_of(label), key);
	idn2_free(label);
	return st;
}

enum status
user_id_email_key(struct arena *arena, struct bytes email, struct bytes *key)
{
	const uint8_t *at = memrchr(email.data, '@', email.len);
	struct bytes local, domain;
	enum status st;
	uint8_t *out;

	if (at == NULL) {
		*key = email;
		return STATUS_OK;
	}
	local = bytes_make(email.data, (size_t)(at - email.data) + 1);
	st = user_id_domain_key(
		arena, bytes_make(at + 1, email.len - local.len), &domain);
	if (st != STATUS_OK)
		return st;
	if (domain.data == at + 1) {
		*key = email;
		return STATUS_OK;
	}
	out = arena_alloc(arena, local.len + domain.len);
	if (out == NULL)
		return STATUS_LIMIT;
	memcpy(out, local.data, local.len);
	memcpy(out + local.len, domain.data, domain.len);
	*key = bytes_make(out, local.len + domain.len);
	return STATUS_OK;
}

static bool
user_id_in_word(uint8_t c)
{
	return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

/*
 * Simple folding of one character: where full folding gives one character it
 * is that, where it would give several ("ss" for U+00DF) it is the lower case.
 */
static size_t
user_id_fold_char(const uint8_t *in, size_t len, uint8_t out[FOLDED_MAX])
{
	size_t n = FOLDED_MAX;
	uint8_t *got;
	ucs4_t ch;
	int put;

	if (in[0] < 0x80) {
		out[0] = in[0] >= 'A' && in[0] <= 'Z'
				 ? (uint8_t)(in[0] - 'A' + 'a')
				 : in[0];
		return 1;
	}
	got = u8_casefold(in, len, NULL, NULL, out, &n);
	if (got && got != out)
		free(got);
	else if (got && u8_mbsnlen(out, n) == 1)
		return n;
	u8_mbtouc(&ch, in, len);
	put = u8_uctomb(out, uc_tolower(ch), FOLDED_MAX);
	return put > 0 ? (size_t)put : 0;
}

/* Folds a word into `out`, which has room for USER_ID_WORD_OCTETS; a word of
 * more is cut between two characters. */
static struct bytes
user_id_fold(struct bytes word, uint8_t *out)
{
	uint8_t folded[FOLDED_MAX];
	size_t i, n = 0, got;
	int len;

	for (i = 0; i < word.len; i += (size_t)len) {
		len = word.data[i] < 0x80
			      ? 1
			      : u8_mblen(word.data + i, word.len - i);
		if (len <= 0)
			break;
		got = user_id_fold_char(word.data + i, (size_t)len, folded);
		if (n + got > USER_ID_WORD_OCTETS)
			break;
		memcpy(out + n, folded, got);
		n += got;
	}
	return bytes_make(out, n);
}

static int
user_id_cmp_words(const void *a, const void *b)
{
	return bytes_cmp(*(const struct bytes *)a, *(const struct bytes *)b);
}

static bool
user_id_has(const struct bytes *words, size_t n, struct bytes word)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (bytes_eq(words[i], word))
			return true;
	}
	return false;
}

/* Of one character, or none. */
static bool
user_id_is_short(struct bytes word)
{
	return word.len < 2 ||
	       (word.data[0] >= 0x80 && u8_mbsnlen(word.data, word.len) < 2);
}

/* The next run of word octets from *pos on; false at the end. */
static bool
user_id_next_word(struct bytes text, size_t *pos, struct bytes *word)
{
	size_t from;

	while (*pos < text.len && !user_id_in_word(text.data[*pos]))
		++*pos;
	from = *pos;
	if (from == text.len)
		return false;
	while (*pos < text.len && user_id_in_word(text.data[*pos]))
		++*pos;
	*word = bytes_make(text.data + from, *pos - from);
	return true;
}

enum status
user_id_words(struct arena *arena, struct bytes text, struct bytes **words,
	size_t *count)
{
	uint8_t folded[USER_ID_WORD_OCTETS];
	struct bytes utf8, word, *list;
	size_t pos = 0, n = 0;
	enum status st;

	st = user_id_text(arena, text, &utf8);
	if (st != STATUS_OK)
		return st;
	list = arena_array(arena, USER_ID_WORDS_MAX, sizeof(*list));
	if (!list)
		return STATUS_LIMIT;
	while (n < USER_ID_WORDS_MAX && user_id_next_word(utf8, &pos, &word)) {
		word = user_id_fold(word, folded);
		if (user_id_is_short(word) || user_id_has(list, n, word))
			continue;
		st = arena_copy(arena, word, &list[n]);
		if (st != STATUS_OK)
			return st;
		n++;
	}
	if (n > 1)
		qsort(list, n, sizeof(*list), user_id_cmp_words);
	*words = list;
	*count = n;
	return STATUS_OK;
}

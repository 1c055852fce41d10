#include <time.h>

#include "lookup/index.h"
#include "pgp/user_id.h"

enum {
	INDEX_TEXT_MAX = 1024, /* octets of a user ID that are shown */
	INDEX_PLAIN_INDENT = 42
};

/* ---- machine-readable ------------------------------------------------- */

/* At most 1024 octets, and no half character where the text is UTF-8. */
static struct bytes
index_cut(struct bytes text)
{
	struct bytes cut = text;

	if (text.len <= INDEX_TEXT_MAX)
		return text;
	cut.len = INDEX_TEXT_MAX;
	if (!user_id_is_utf8(text))
		return cut;
	while (cut.len > 0 && (cut.data[cut.len] & 0xC0) == 0x80)
		cut.len--;
	return cut;
}

static bool
index_is_plain(uint8_t c)
{
	return c >= 0x20 && c <= 0x7E && c != '%' && c != ':' && c != '+';
}

enum status
index_escape(struct buf *out, struct bytes user_id)
{
	struct bytes text = index_cut(user_id);
	enum status st = STATUS_OK;
	size_t i, start = 0;

	if (text.len == 0)
		return STATUS_OK;
	for (i = 0; st == STATUS_OK && i < text.len; i++) {
		if (index_is_plain(text.data[i]))
			continue;
		st = buf_put(out, bytes_make(text.data + start, i - start));
		if (st == STATUS_OK)
			st = buf_printf(out, "%%%02X", text.data[i]);
		start = i + 1;
	}
	if (st != STATUS_OK)
		return st;
	return buf_put(out, bytes_make(text.data + start, text.len - start));
}

/* A time, or nothing when there is none: never 0 (spec hkp section 4). */
static enum status
index_put_time(struct buf *out, int64_t t)
{
	if (t <= 0)
		return STATUS_OK;
	return buf_printf(out, "%lld", (long long)t);
}

/* ":" created ":" expires ":" flags LF */
static enum status
index_put_tail(struct buf *out, int64_t created, int64_t expires, bool revoked,
	bool expired)
{
	enum status st = buf_puts(out, ":");

	if (st == STATUS_OK)
		st = index_put_time(out, created);
	if (st == STATUS_OK)
		st = buf_puts(out, ":");
	if (st == STATUS_OK)
		st = index_put_time(out, expires);
	if (st == STATUS_OK)
		st = buf_printf(
			out, ":%s%s\n", revoked ? "r" : "", expired ? "e" : "");
	return st;
}

/* Programs that read this listing know keys up to version 4. */
static bool
index_is_listed(const struct index_cert *c)
{
	return c->cert->id.fpr.version <= 4;
}

static enum status
index_put_mr(struct buf *out, const struct index_cert *c)
{
	const struct public_key *key = &c->cert->primary.key;
	char id[FINGERPRINT_HEX_MAX];
	const struct index_part *uid;
	enum status st;
	size_t i;

	if (key->fpr.version <= 3)
		st = buf_printf(
			out, "pub:%016llX", (unsigned long long)key->key_id);
	else {
		fingerprint_hex(&key->fpr, id);
		st = buf_printf(out, "pub:%s", id);
	}
	if (st == STATUS_OK)
		st = buf_printf(out, ":%u:%u", key->algorithm, key->bits);
	/* A key made at 0 has the field nevertheless, with the next second. */
	if (st == STATUS_OK)
		st = index_put_tail(out, c->created > 0 ? c->created : 1,
			c->expires, c->revoked, c->expired);
	for (i = 0; st == STATUS_OK && i < c->user_id_count; i++) {
		uid = &c->user_ids[i];
		if (!uid->valid)
			continue;
		st = buf_puts(out, "uid:");
		if (st == STATUS_OK)
			st = index_escape(out, uid->text);
		if (st == STATUS_OK)
			st = index_put_tail(out, uid->created, uid->expires,
				uid->revoked, uid->expired);
	}
	return st;
}

enum status
index_write_mr(struct buf *out, const struct index_cert *certs, size_t count)
{
	enum status st;
	size_t i, n = 0;

	for (i = 0; i < count; i++)
		n += index_is_listed(&certs[i]);
	st = buf_printf(out, "info:1:%zu\n", n);
	for (i = 0; st == STATUS_OK && i < count; i++)
		if (index_is_listed(&certs[i]))
			st = index_put_mr(out, &certs[i]);
	return st;
}

/* ---- for people ------------------------------------------------------- */

struct index_date {
	char text[16];
};

static struct index_date
index_date(int64_t t)
{
	struct index_date d = {"----/--/--"};
	time_t when = (time_t)t;
	struct tm tm;

	if (t > 0 && gmtime_r(&when, &tm) != NULL)
		(void)strftime(d.text, sizeof(d.text), "%Y/%m/%d", &tm);
	return d;
}

/* As it is, but nothing that could steer a terminal or end the line. */
static enum status
index_put_text(struct buf *out, struct bytes text)
{
	enum status st = STATUS_OK;
	size_t i;
	uint8_t c;

	text = index_cut(text);
	if (!user_id_is_utf8(text))
		return index_escape(out, text);
	for (i = 0; st == STATUS_OK && i < text.len; i++) {
		c = text.data[i];
		if (c < 0x20 || c == 0x7F ||
			(c == 0xC2 && i + 1 < text.len &&
				text.data[i + 1] < 0xA0))
			st = buf_puts(out, "?");
		else
			st = buf_put_u8(out, c);
	}
	return st;
}

static char
index_letter(uint8_t algorithm)
{
	switch (algorithm) {
	case 1:
	case 2:
	case 3:
		return 'R';
	case 16:
	case 20:
		return 'g';
	case 17:
		return 'D';
	default:
		return 'E';
	}
}

static const char *
index_mark(bool revoked, bool expired)
{
	return revoked ? " *** REVOKED ***" : expired ? " *** EXPIRED ***" : "";
}

static enum status
index_put_key_line(
	struct buf *out, const char *word, const struct index_part *part)
{
	const struct public_key *key = &part->component->key;

	return buf_printf(out, "%s %5u%c/0x%016llX %s", word, key->bits,
		index_letter(key->algorithm), (unsigned long long)key->key_id,
		index_date(part->created).text);
}

static enum status
index_put_sigs(struct buf *out, const struct index_part *part)
{
	enum status st = STATUS_OK;
	const struct index_sig *s;
	size_t i;

	for (i = 0; st == STATUS_OK && i < part->sig_count; i++) {
		s = &part->sigs[i];
		st = buf_printf(out, "%s         0x%016llX %s%s%s\n",
			s->kind == INDEX_SIG_REVOCATION ? "rev" : "sig",
			(unsigned long long)s->sig->info.issuer,
			index_date(s->created).text, s->self ? " [self]" : "",
			s->plausible ? "" : " [bad]");
	}
	if (st == STATUS_OK && part->sigs_left > 0)
		st = buf_printf(
			out, "         and %zu more\n", part->sigs_left);
	return st;
}

static enum status
index_put_user_ids(struct buf *out, const struct index_cert *c, bool signatures)
{
	enum status st = STATUS_OK;
	const struct index_part *uid;
	bool first = true;
	size_t i;

	for (i = 0; st == STATUS_OK && i < c->user_id_count; i++) {
		uid = &c->user_ids[i];
		if (!uid->valid && !signatures)
			continue;
		st = buf_printf(out, "%*s", first ? 1 : INDEX_PLAIN_INDENT, "");
		first = false;
		if (st == STATUS_OK)
			st = index_put_text(out, uid->text);
		if (st == STATUS_OK)
			st = buf_printf(out, "%s\n",
				index_mark(uid->revoked, uid->expired));
		if (st == STATUS_OK && signatures)
			st = index_put_sigs(out, uid);
	}
	if (st == STATUS_OK && first)
		st = buf_puts(out, "\n");
	return st;
}

static enum status
index_put_plain(struct buf *out, const struct index_cert *c, bool signatures)
{
	char fpr[FINGERPRINT_HEX_MAX];
	enum status st;
	size_t i;

	fingerprint_hex(&c->cert->id.fpr, fpr);
	st = index_put_key_line(out, "pub ", &c->key);
	if (st == STATUS_OK)
		st = buf_puts(out, index_mark(c->revoked, c->expired));
	if (st == STATUS_OK)
		st = index_put_user_ids(out, c, signatures);
	if (st == STATUS_OK)
		st = buf_printf(out, "     fingerprint %s\n", fpr);
	if (st == STATUS_OK && signatures)
		st = index_put_sigs(out, &c->key);
	for (i = 0; st == STATUS_OK && signatures && i < c->subkey_count; i++) {
		st = index_put_key_line(out, "sub ", &c->subkeys[i]);
		if (st == STATUS_OK)
			st = buf_printf(out, "%s\n",
				index_mark(c->subkeys[i].revoked,
					c->subkeys[i].expired));
		if (st == STATUS_OK)
			st = index_put_sigs(out, &c->subkeys[i]);
	}
	return st;
}

enum status
index_write_plain(struct buf *out, const struct index_cert *certs, size_t count,
	bool signatures)
{
	enum status st;
	size_t i;

	st = buf_puts(
		out, "Type  bits/keyID               Date       User ID\n");
	for (i = 0; st == STATUS_OK && i < count; i++)
		st = index_put_plain(out, &certs[i], signatures);
	return st;
}

#include "mail/reply.h"

#include <stdio.h>
#include <string.h>

#include "base/mailaddr.h"
#include "mail/compose_fields.h"
#include "mail/quoted.h"
#include "pgp/base64.h"
#include "pgp/user_id.h"

enum {
	ECHO_MAX = 60,   /* octets that come back of what a person wrote */
	ENCODED_MAX = 45 /* of those in one encoded word */
};

/* ---- subject ----------------------------------------------------------- */

static bool
is_plain_words(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];

		if (c < 0x20 || c > 0x7e)
			return false;
		if (c == '=' && i + 1 < text.len && text.data[i + 1] == '?')
			return false;
	}
	return true;
}

/* Not in the middle of a character. */
static struct bytes
cut_at(struct bytes text, size_t max)
{
	if (text.len <= max)
		return text;
	text.len = max;
	while (text.len > 0 && (text.data[text.len] & 0xc0) == 0x80)
		text.len--;
	return text;
}

static enum status
put_encoded(struct buf *out, struct bytes text)
{
	char word[4 * (ENCODED_MAX + 2) / 3 + 1];
	uint8_t clean[ENCODED_MAX];

	text = cut_at(text, ENCODED_MAX);
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];

		clean[i] = c < 0x20 || c == 0x7f ? '?' : c;
	}
	/* What is no text becomes marks: no reader has to guess. */
	for (size_t i = 0; !user_id_is_utf8(text) && i < text.len; i++) {
		if (clean[i] > 0x7e)
			clean[i] = '?';
	}
	base64_encode(bytes_make(clean, text.len), word);
	word[base64_encoded_size(text.len)] = '\0';
	return buf_printf(out, "=?utf-8?B?%s?=", word);
}

enum status
reply_subject(const char *command, struct bytes args, struct buf *out)
{
	enum status st = buf_printf(out, "Re: %s", command);

	args = bytes_trim(args);
	if (st != STATUS_OK || args.len == 0)
		return st;
	st = buf_puts(out, " ");
	if (st == STATUS_OK && is_plain_words(args))
		return buf_printf(out, "%.*s", (int)cut_at(args, ECHO_MAX).len,
			(const char *)args.data);
	return st == STATUS_OK ? put_encoded(out, args) : st;
}

/* ---- head -------------------------------------------------------------- */

/* Both fields of a thread; the older part of a long one is left out. */
static enum status
put_thread(struct buf *out, const struct reply_letter *r)
{
	char id[COMPOSE_VALUE_MAX], thread[COMPOSE_VALUE_MAX];
	enum status st;
	int n;

	if (r->in_reply_to == NULL)
		return STATUS_OK;
	n = snprintf(id, sizeof(id), "<%s>", r->in_reply_to);
	if (n < 0 || (size_t)n >= sizeof(id))
		return STATUS_OK;
	n = snprintf(thread, sizeof(thread), "%s %s",
		r->references == NULL ? "" : r->references, id);
	if (r->references == NULL || n < 0 || (size_t)n >= sizeof(thread) ||
		!compose_is_value(thread))
		memcpy(thread, id, strlen(id) + 1);
	st = compose_field(out, "In-Reply-To", id);
	if (st == STATUS_OK)
		st = compose_field(out, "References", thread);
	return st;
}

static enum status
put_head(const struct compose_site *site, const struct reply_letter *r,
	struct buf *out)
{
	char date[COMPOSE_DATE_MAX], id[COMPOSE_VALUE_MAX];
	struct buf subject = {0};
	enum status st = reply_subject(r->command, r->args, &subject);
	int n;

	compose_date(r->date, date);
	n = snprintf(id, sizeof(id), "<kp.reply.%s.%s@%s>", r->token,
		site->store_id, compose_host(site));
	if (st == STATUS_OK && (n < 0 || (size_t)n >= sizeof(id)))
		st = STATUS_REJECTED;
	if (st == STATUS_OK) {
		const struct compose_pair head[] = {
			{"To", r->to},
			{"From", compose_maintainer(site)},
			{"Subject", (const char *)subject.data},
		};

		st = compose_fields(out, head, sizeof(head) / sizeof(head[0]));
	}
	buf_done(&subject);
	if (st == STATUS_OK)
		st = put_thread(out, r);
	if (st == STATUS_OK) {
		const struct compose_pair tail[] = {
			{"Precedence", "bulk"},
			{"Auto-Submitted", "auto-replied"},
			{"MIME-Version", "1.0"},
			{"Date", date},
			{"Message-ID", id},
		};

		st = compose_fields(out, tail, sizeof(tail) / sizeof(tail[0]));
	}
	return st;
}

/* ---- body -------------------------------------------------------------- */

static enum status
put_text(struct buf *out, struct bytes text)
{
	bool plain = quoted_is_plain(text);
	enum status st;

	st = buf_printf(out,
		"Content-Type: text/plain; charset=utf-8\n"
		"Content-Transfer-Encoding: %s\n\n",
		plain ? "7bit" : "quoted-printable");
	if (st == STATUS_OK)
		st = plain ? buf_put(out, text) : quoted_write(out, text);
	return st;
}

/* No line of ours begins with this boundary: "=_" is in no encoding. */
static enum status
put_parts(struct buf *out, const struct reply_letter *r)
{
	enum status st;

	st = buf_printf(out,
		"Content-Type: multipart/mixed; boundary=\"=_%s\"\n\n"
		"--=_%s\n",
		r->token, r->token);
	if (st == STATUS_OK)
		st = put_text(out, r->text);
	if (st == STATUS_OK)
		st = buf_printf(out,
			"\n--=_%s\n"
			"Content-Type: application/pgp-keys; "
			"name=\"keys.asc\"\n"
			"Content-Transfer-Encoding: 7bit\n"
			"Content-Disposition: attachment; "
			"filename=\"keys.asc\"\n\n",
			r->token);
	if (st == STATUS_OK)
		st = buf_put(out, r->keys);
	if (st == STATUS_OK)
		st = buf_printf(out, "\n--=_%s--\n", r->token);
	return st;
}

enum status
reply_write(const struct compose_site *site, const struct reply_letter *r,
	struct buf *out)
{
	enum status st;

	if (!mailaddr_is_safe(r->to) ||
		(r->keys.len > 0 && !quoted_is_plain(r->keys)))
		return STATUS_REJECTED;
	st = put_head(site, r, out);
	if (st != STATUS_OK)
		return st;
	return r->keys.len > 0 ? put_parts(out, r) : put_text(out, r->text);
}

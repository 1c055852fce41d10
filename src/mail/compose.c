#include "mail/compose.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/hex.h"
#include "base/mailaddr.h"
#include "mail/batch.h"
#include "mail/compose_fields.h"
#include "mail/compose_signed.h"
#include "mail/own_key.h"
#include "pgp/armor.h"
#include "pgp/base64.h"
#include "pgp/crypto.h"

static const char *const day_names[] = {
	"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const month_names[] = {"Jan", "Feb", "Mar", "Apr", "May",
	"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void
compose_date(int64_t when, char out[COMPOSE_DATE_MAX])
{
	time_t t = (time_t)when;
	struct tm tm;

	/* Years that RFC 5322 cannot write do not come from a clock. */
	if (gmtime_r(&t, &tm) == NULL || tm.tm_year < 0 || tm.tm_year > 8099) {
		t = 0;
		(void)gmtime_r(&t, &tm);
	}
	(void)snprintf(out, COMPOSE_DATE_MAX,
		"%s, %02d %s %04d %02d:%02d:%02d +0000", day_names[tm.tm_wday],
		tm.tm_mday, month_names[tm.tm_mon], tm.tm_year + 1900,
		tm.tm_hour, tm.tm_min, tm.tm_sec);
}

bool
compose_is_value(const char *value)
{
	size_t n = strlen(value);

	if (n > COMPOSE_VALUE_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (value[i] < 0x20 || value[i] > 0x7e)
			return false;
	}
	return true;
}

enum status
compose_field(struct buf *out, const char *name, const char *value)
{
	if (!compose_is_value(value))
		return STATUS_REJECTED;
	return buf_printf(out, "%s: %s\n", name, value);
}

enum status
compose_fields(struct buf *out, const struct compose_pair *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		enum status st =
			compose_field(out, fields[i].name, fields[i].value);

		if (st != STATUS_OK)
			return st;
	}
	return STATUS_OK;
}

/* What stands after the last '@'; our own settings have one. */
static const char *
domain_of(const char *address)
{
	const char *at = strrchr(address, '@');

	return at == NULL ? address : at + 1;
}

const char *
compose_host(const struct compose_site *site)
{
	return site->host[0] != '\0' ? site->host : domain_of(site->address);
}

const char *
compose_maintainer(const struct compose_site *site)
{
	return site->maintainer[0] != '\0' ? site->maintainer : site->address;
}

enum { OUTBOX_ID_MAX = 48 };

static void
write_outbox_id(int64_t first, int64_t last, char out[OUTBOX_ID_MAX])
{
	(void)snprintf(out, OUTBOX_ID_MAX, "%" PRId64 "-%" PRId64, first, last);
}

void
compose_envid(const struct compose_site *site, const char *peer, int64_t first,
	int64_t last, char out[COMPOSE_ENVID_MAX])
{
	char id[OUTBOX_ID_MAX], mark[OWN_MARK_SIZE] = "";

	write_outbox_id(first, last, id);
	if (site->own != NULL)
		own_key_mark(site->own, site->store_id, peer, id, mark);
	(void)snprintf(out, COMPOSE_ENVID_MAX, "%s%s%s", id,
		mark[0] != '\0' ? "." : "", mark);
}

enum status
compose_sender(const struct compose_site *site, const char *peer, int64_t first,
	int64_t last, char out[COMPOSE_SENDER_MAX])
{
	char id[COMPOSE_ENVID_MAX];
	int n;

	compose_envid(site, peer, first, last, id);
	if (site->bounce[0] != '\0')
		n = snprintf(out, COMPOSE_SENDER_MAX, "%s", site->bounce);
	else
		n = snprintf(out, COMPOSE_SENDER_MAX, "bounce+%s.%s@%s", peer,
			id, domain_of(site->address));
	if (n < 0 || n >= COMPOSE_SENDER_MAX || !mailaddr_is_safe(out))
		return STATUS_REJECTED;
	return STATUS_OK;
}

/*
 * Entries came out of other people's letters: one that is no plain address
 * is left out, so that it cannot hold up the letter for ever.
 */
static enum status
put_seen(struct buf *out, const struct compose_site *site,
	const struct compose_batch *b)
{
	for (size_t i = 0; i < b->seen_count; i++) {
		enum status st;

		if (!mailaddr_is_safe(b->seen[i]) ||
			mailaddr_same(b->seen[i], site->address))
			continue;
		st = compose_field(out, "X-KeyServer-Sent", b->seen[i]);
		if (st != STATUS_OK)
			return st;
	}
	return compose_field(out, "X-KeyServer-Sent", site->address);
}

static const char keys_type[] = "application/pgp-keys";
static const char repair_type[] = "application/x-keypost-repair";

/* What batch.h reads. */
static void
write_batch(char out[BATCH_VALUE_SIZE], const struct compose_site *site,
	const struct compose_batch *b, const char *id)
{
	struct digest sum;
	char hex[65];

	crypto_sha256(b->parts, b->part_count, &sum);
	hex_write_lower(bytes_make(sum.octets, sizeof(sum.octets)), hex);
	(void)snprintf(out, BATCH_VALUE_SIZE,
		"v1; keys=%zu; sha256=%s%s%s%s%s; level=%s", b->part_count, hex,
		b->mends && b->ranged ? "; range=" : "",
		b->mends && b->ranged ? id : "", b->mends ? "; store=" : "",
		b->mends ? site->store_id : "", site->level);
}

static enum status
put_incremental_tail(struct buf *out, const struct compose_site *site,
	const struct compose_batch *b)
{
	char sender[COMPOSE_SENDER_MAX], date[COMPOSE_DATE_MAX],
		id[OUTBOX_ID_MAX];
	char message_id[COMPOSE_VALUE_MAX], batch[BATCH_VALUE_SIZE];
	enum status st;
	int n;

	st = compose_sender(site, b->peer, b->first, b->last, sender);
	if (st != STATUS_OK)
		return st;
	compose_date(b->date, date);
	write_outbox_id(b->first, b->last, id);
	n = snprintf(message_id, sizeof(message_id), "<kp.%s.%s%s.%s@%s>",
		b->peer, b->tag, id, site->store_id, compose_host(site));
	if (n < 0 || (size_t)n >= sizeof(message_id))
		return STATUS_REJECTED;
	write_batch(batch, site, b, id);

	const struct compose_pair fields[] = {
		{"Precedence", "list"},
		{"MIME-Version", "1.0"},
		{"Content-Type",
			b->is_signed ? COMPOSE_SIGNED_TYPE : keys_type},
		{"Content-Transfer-Encoding", "7bit"},
		{"Reply-To", compose_maintainer(site)},
		{"Errors-To", sender},
		{"Auto-Submitted", "auto-generated"},
		{"Date", date},
		{"Message-ID", message_id},
		{"X-Keypost-Batch", batch},
	};
	st = compose_fields(out, fields, sizeof(fields) / sizeof(fields[0]));
	if (st == STATUS_OK && b->auth != NULL)
		st = compose_field(out, "X-Keypost-Auth", b->auth);
	return st;
}

static enum status
put_keys(struct buf *out, const struct compose_site *site,
	const struct compose_batch *b)
{
	struct compose_part part = {.type = keys_type,
		.encoding = "7bit",
		.to = b->to,
		.when = b->date};
	struct buf armor = {0};
	enum status st;

	if (!b->is_signed)
		return armor_write(out, b->parts, b->part_count, NULL, true);
	st = armor_write(&armor, b->parts, b->part_count, NULL, true);
	part.body = buf_view(&armor);
	if (st == STATUS_OK)
		st = compose_signed(site, &part, out);
	buf_done(&armor);
	return st;
}

enum status
compose_incremental(const struct compose_site *site,
	const struct compose_batch *b, struct buf *out)
{
	const struct compose_pair fields[] = {
		{"To", b->to},
		{"From", site->address},
		{"Subject", "incremental"},
	};
	enum status st;

	if (!mailaddr_is_safe(b->to) || !mailaddr_is_safe(site->address) ||
		(b->is_signed && site->own == NULL))
		return STATUS_REJECTED;
	st = compose_fields(out, fields, sizeof(fields) / sizeof(fields[0]));
	if (st == STATUS_OK)
		st = put_seen(out, site, b);
	if (st == STATUS_OK)
		st = put_incremental_tail(out, site, b);
	if (st == STATUS_OK)
		st = buf_puts(out, "\n");
	if (st == STATUS_OK)
		st = put_keys(out, site, b);
	return st;
}

/* Base64 in lines of 76 characters. */
static enum status
put_base64(struct buf *out, struct bytes body)
{
	enum { LINE = 57 };
	enum status st = STATUS_OK;

	for (size_t at = 0; st == STATUS_OK && at < body.len; at += LINE) {
		size_t n = body.len - at < LINE ? body.len - at : LINE;

		st = buf_reserve(out, base64_encoded_size(n) + 1);
		if (st != STATUS_OK)
			break;
		base64_encode(bytes_make(body.data + at, n),
			(char *)out->data + out->len);
		out->len += base64_encoded_size(n);
		st = buf_put_u8(out, '\n');
	}
	return st;
}

static enum status
put_note(struct buf *out, const struct compose_site *site,
	const struct compose_note *note)
{
	struct compose_part part = {.type = repair_type,
		.encoding = "base64",
		.to = note->to,
		.when = note->when};
	struct buf text = {0};
	enum status st;

	if (!note->is_signed)
		return put_base64(out, note->body);
	st = put_base64(&text, note->body);
	part.body = buf_view(&text);
	if (st == STATUS_OK)
		st = compose_signed(site, &part, out);
	buf_done(&text);
	return st;
}

enum status
compose_repair(const struct compose_site *site, const struct compose_note *note,
	struct buf *out)
{
	char date[COMPOSE_DATE_MAX], message_id[COMPOSE_VALUE_MAX];
	enum status st;
	int n;

	if (!mailaddr_is_safe(note->to) || !mailaddr_is_safe(site->address) ||
		(note->is_signed && site->own == NULL))
		return STATUS_REJECTED;
	compose_date(note->when, date);
	n = snprintf(message_id, sizeof(message_id),
		"<kp.%s.n%" PRId64 "-%" PRId64 ".%s@%s>", note->peer,
		note->when, note->serial, site->store_id, compose_host(site));
	if (n < 0 || (size_t)n >= sizeof(message_id))
		return STATUS_REJECTED;

	const struct compose_pair fields[] = {
		{"To", note->to},
		{"From", site->address},
		{"Subject", "repair"},
		{"Precedence", "list"},
		{"MIME-Version", "1.0"},
		{"Content-Type",
			note->is_signed ? COMPOSE_SIGNED_TYPE : repair_type},
		{"Content-Transfer-Encoding",
			note->is_signed ? "7bit" : "base64"},
		{"Auto-Submitted", "auto-generated"},
		{"Date", date},
		{"Message-ID", message_id},
	};
	st = compose_fields(out, fields, sizeof(fields) / sizeof(fields[0]));
	if (st == STATUS_OK && note->auth != NULL)
		st = compose_field(out, "X-Keypost-Auth", note->auth);
	if (st == STATUS_OK)
		st = buf_puts(out, "\n");
	return st == STATUS_OK ? put_note(out, site, note) : st;
}

/* recover_fetch: requests, how large they are, and what their failure means. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/log.h"
#include "pgp/digest.h"
#include "recon/recover_state.h"
#include "store/store.h"

enum { URL_MAX = 320, LOOKED_AT_ONCE = 1000 };

_Static_assert(RECOVER_REPLY_BESIDE > RECOVER_CERT_MAX,
	"a certificate that may be stored fits in any reply");

void
batch_free(struct batch *b)
{
	if (b == NULL)
		return;
	free(b->parts);
	buf_done(&b->body);
	buf_done(&b->reply);
	free(b);
}

static void
drop_waiting(struct source *s)
{
	for (size_t i = s->head; i < s->count; i++)
		digest_map_remove(s->r->waiting, &s->list[i], 0);
	s->head = s->count = 0;
}

static void
end_batch(struct batch *b)
{
	struct source *s = b->source;

	s->batch = NULL;
	s->r->batches--;
	batch_free(b);
}

/* ---- failures ---------------------------------------------------------- */

/* They are asked for once more: before all others. */
static void
put_back(struct batch *b)
{
	struct source *s = b->source;

	s->head -= b->count;
	memcpy(&s->list[s->head], b->asked, b->count * sizeof(b->asked[0]));
}

/* Nothing that it is compared with came. */
static void
log_not_given(
	const struct source *s, const struct sks_digest *d, const char *why)
{
	char text[33];

	hex_write_upper(bytes_make(d->octets, sizeof(d->octets)), text);
	log_line(LOG_INFO, "recover",
		"peer=%s outcome=missing offered=%s why=%s", s->peer, text,
		log_quote_str(why).text);
}

/* One certificate can spoil a reply for all others: it is found by halving. */
static void
retry_smaller(struct batch *b, const char *why)
{
	struct source *s = b->source;

	if (b->count > 1) {
		put_back(b);
		s->size = b->count / 2;
		return;
	}
	digest_map_remove(s->r->waiting, &b->asked[0], 0);
	if (known_back_off(s, &b->asked[0], RECOVER_UNREADABLE))
		log_not_given(s, &b->asked[0], why);
	s->facts.missing++;
	s->size = 1;
}

static void
note_trouble(struct source *s, enum recover_trouble trouble, const char *why)
{
	s->facts.trouble = trouble;
	(void)snprintf(s->facts.why, sizeof(s->facts.why), "%s", why);
}

static void
fail_batch(struct batch *b, bool timed_out, bool reached, const char *why)
{
	struct source *s = b->source;

	note_trouble(s, reached ? RECOVER_ILL : RECOVER_UNREACHED, why);
	s->failures++;
	s->timeouts = timed_out ? s->timeouts + 1 : 0;
	log_line(LOG_INFO, "recover",
		"peer=%s outcome=failed digests=%zu why=%s", s->peer, b->count,
		log_quote_str(why).text);
	if (reached) {
		retry_smaller(b, why);
	} else {
		put_back(b);
	}
	s->not_before = clock_mono_ms() + s->failures * s->r->set.pause_ms;
	if (s->failures >= FAILURES_MAX || s->timeouts >= TIMEOUTS_MAX ||
		!reached) {
		log_line(LOG_INFO, "recover",
			"peer=%s outcome=given-up digests=%zu what=\"the next "
			"talk finds them again\"",
			s->peer, s->count - s->head);
		drop_waiting(s);
		s->failures = s->timeouts = 0;
	}
	end_batch(b);
}

/* ---- answers ----------------------------------------------------------- */

static enum status
take_parts(struct batch *b, struct err *err)
{
	struct bytes list[RECOVER_BATCH];
	size_t n = 0;
	enum status st;

	st = reply_split(buf_view(&b->reply), b->count, list, &n, err);
	if (st != STATUS_OK)
		return st;
	b->parts = xcalloc(n + 1, sizeof(*b->parts));
	for (size_t i = 0; i < n; i++) {
		b->parts[i].batch = b;
		b->parts[i].octets = list[i];
	}
	b->part_count = n;
	b->taken = true;
	return STATUS_OK;
}

static void
on_done(const struct fetch_result *r)
{
	struct batch *b = r->ctx;
	struct err err = {""};

	if (r->status == STATUS_CLOSED || b->source->r->quiet) {
		put_back(b);
		end_batch(b);
		return;
	}
	if (r->status != STATUS_OK) {
		fail_batch(b, r->status == STATUS_TIMEOUT, r->reached,
			r->err.text);
		return;
	}
	if (r->http_status < 200 || r->http_status > 299) {
		err_set(&err, "it answers %u", r->http_status);
		fail_batch(b, false, true, err.text);
		return;
	}
	b->reply = *r->buffer;
	*r->buffer = (struct buf){0};
	if (take_parts(b, &err) != STATUS_OK)
		fail_batch(b, false, true, err.text);
}

void
fetch_ended(struct batch *b)
{
	struct source *s = b->source;

	for (size_t i = 0; i < b->count; i++) {
		digest_map_remove(s->r->waiting, &b->asked[i], 0);
		if (b->came[i])
			continue;
		s->facts.missing++;
		if (known_back_off(s, &b->asked[i], RECOVER_MISSING))
			log_not_given(
				s, &b->asked[i], "it is offered and not given");
	}
	s->failures = s->timeouts = 0;
	note_trouble(s, RECOVER_WELL, "");
	s->size = b->count * 2 > s->size ? b->count * 2 : s->size;
	if (s->size > RECOVER_BATCH)
		s->size = RECOVER_BATCH;
	end_batch(b);
}

/* ---- requests ---------------------------------------------------------- */

/* Fills it with what is still to be asked for; IO: the store, later. */
static enum status
choose(struct batch *b)
{
	struct source *s = b->source;
	struct store_session *session;
	struct err err = {""};
	enum status st;

	st = session_borrow(ingest_store(s->r->ingest), &session, &err);
	if (st != STATUS_OK)
		return st;
	for (size_t i = 0;
		i < LOOKED_AT_ONCE && b->count < s->size && s->head < s->count;
		i++) {
		const struct sks_digest *d = &s->list[s->head++];

		if (known_backed_off(s, d) || known_is_settled(session, d))
			digest_map_remove(s->r->waiting, d, 0);
		else
			b->asked[b->count++] = *d;
	}
	session_return(ingest_store(s->r->ingest), session);
	b->count = digest_sks_sort(b->asked, b->count);
	return STATUS_OK;
}

static enum status
write_body(struct batch *b)
{
	enum status st = buf_put_be32(&b->body, (uint32_t)b->count);

	for (size_t i = 0; st == STATUS_OK && i < b->count; i++) {
		st = buf_put_be32(&b->body, sizeof(b->asked[i]));
		if (st == STATUS_OK)
			st = buf_put(&b->body, bytes_make(b->asked[i].octets,
						       sizeof(b->asked[i])));
	}
	return st;
}

static void
ask(struct batch *b)
{
	struct source *s = b->source;
	bool is_v6 = strchr(s->host, ':') != NULL;
	char url[URL_MAX];
	struct fetch_request q = {.url = url,
		.deadline_ms = s->r->set.deadline_ms,
		.max_octets = s->r->batches > 1 ? RECOVER_REPLY_BESIDE
						: RECOVER_REPLY_MAX,
		.is_post = true,
		.body_type = "sks/hashquery",
		.done = on_done,
		.ctx = b};

	(void)snprintf(url, sizeof(url), "http://%s%s%s:%u/pks/hashquery",
		is_v6 ? "[" : "", s->host, is_v6 ? "]" : "", s->port);
	q.body = buf_view(&b->body);
	s->facts.asked += b->count;
	fetch_start(s->r->fetcher, &q);
}

void
fetch_batch(struct source *s)
{
	struct batch *b = xcalloc(1, sizeof(*b));
	enum status st;

	b->source = s;
	s->batch = b;
	s->r->batches++;
	st = choose(b);
	if (st == STATUS_OK)
		st = write_body(b);
	if (st == STATUS_OK && b->count > 0) {
		ask(b);
		return;
	}
	if (st != STATUS_OK)
		s->not_before = clock_mono_ms() + BUSY_MS;
	end_batch(b);
}

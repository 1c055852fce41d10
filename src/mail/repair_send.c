#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "mail/repair_state.h"
#include "pgp/armor.h"

enum { PARTS_MAX = 100, LETTER_MAX = 10 * 1024 * 1024 };

/* Whole certificates that travel in one letter. */
struct bundle {
	struct repair_peer *p;
	struct arena *arena; /* of the parts */
	struct arena *row;   /* of the certificate being cut */
	struct bytes parts[PARTS_MAX];
	size_t count;
	size_t octets;
};

static void
bundle_init(struct bundle *b, struct repair_peer *p)
{
	memset(b, 0, sizeof(*b));
	b->p = p;
	b->arena = arena_new(REPAIR_ARENA);
	b->row = arena_new(REPAIR_ARENA);
}

static void
bundle_done(struct bundle *b)
{
	arena_free(b->arena);
	arena_free(b->row);
}

/* Kinds that this peer does not take, as with changes. */
static bool
is_taken(const struct repair_peer *p, const struct cert_row *row)
{
	return p->set->accept_modern ||
	       (row->flags & (CERT_HAS_V5_V6 | CERT_UNKNOWN_ALGORITHM)) == 0;
}

/*
 * OK: it is in, or no letter can carry it. LIMIT: the letter is full, and it
 * belongs into the next.
 */
static enum status
bundle_add(struct bundle *b, const struct cert_row *row, struct err *err)
{
	size_t max = b->p->r->p.settings->batch_octets;
	struct buf octets = {0};
	enum status st;

	if (!is_taken(b->p, row))
		return STATUS_OK;
	if (b->count == PARTS_MAX)
		return STATUS_LIMIT;
	st = draft_cut(b->row, row, bytes_make(NULL, 0), b->p->set->dialect,
		&octets, err);
	if (st != STATUS_OK)
		octets.len = 0; /* a damaged row: others go on */
	if (b->count > 0 && armor_written_size(b->octets + octets.len, NULL,
				    true) + COMPOSE_HEAD_ROOM >
				    max) {
		buf_done(&octets);
		return STATUS_LIMIT;
	}
	if (octets.len > 0 &&
		armor_written_size(octets.len, NULL, true) + COMPOSE_HEAD_ROOM <
			LETTER_MAX &&
		arena_copy(b->arena, buf_view(&octets), &b->parts[b->count]) ==
			STATUS_OK) {
		b->octets += octets.len;
		b->count++;
	}
	buf_done(&octets);
	return STATUS_OK;
}

/* False: it could not be written. */
static bool
bundle_post(struct bundle *b)
{
	struct repair_peer *p = b->p;
	struct compose_batch batch = {.peer = p->set->name,
		.to = p->set->mail,
		.tag = "s",
		.mends = peer_mends(p->r->p.settings, p->set),
		.parts = b->parts,
		.part_count = b->count,
		.is_signed = p->set->sign,
		.date = clock_wall_s()};
	char auth[AUTH_VALUE_SIZE];
	struct buf text;
	enum status st;

	if (repair_sign(p, b->parts, b->count, auth))
		batch.auth = auth;
	batch.first = batch.date;
	batch.last = ++p->serial;
	buf_init(&text, LETTER_MAX);
	st = draft_write(p->set, p->r->p.site, &batch, &text);
	if (st == STATUS_OK) {
		counter_add(p->r->sent, (int64_t)b->count);
		pthread_mutex_lock(&p->r->lock);
		p->look.sent += (int64_t)b->count;
		pthread_mutex_unlock(&p->r->lock);
		repair_post_text(p, &text);
	} else {
		log_line(LOG_ERROR, "repair",
			"peer=%s outcome=not-written status=%s", p->set->name,
			status_name(st));
	}
	buf_done(&text);
	return st == STATUS_OK;
}

bool
repair_send_cert(struct repair_peer *p, const struct cert_row *row)
{
	struct bundle b;
	struct err err = {{0}};
	bool sent;

	bundle_init(&b, p);
	sent = bundle_add(&b, row, &err) == STATUS_OK && b.count > 0 &&
	       bundle_post(&b);
	bundle_done(&b);
	return sent;
}

/* ---- by ids -------------------------------------------------------------- */

static void
send_ids(struct repair_peer *p)
{
	struct bundle b;
	struct err err = {{0}};
	enum status st = STATUS_OK;

	bundle_init(&b, p);
	while (st == STATUS_OK && p->send_at < p->send_count) {
		struct cert_row row;

		arena_reset(b.row);
		st = store_find_id(p->r->session, p->send_by,
			p->send[p->send_at], b.row, &row, &err);
		if (st == STATUS_OK)
			st = bundle_add(&b, &row, &err);
		if (st == STATUS_NOT_FOUND)
			st = STATUS_OK; /* it changed meanwhile */
		if (st == STATUS_OK)
			p->send_at++;
	}
	if (b.count > 0)
		(void)bundle_post(&b);
	else if (st != STATUS_OK)
		p->send_at++; /* not for ever at one */
	bundle_done(&b);
}

/* ---- a range of the log -------------------------------------------------- */

static void
range_ends(struct repair_peer *p, int64_t first, int64_t last)
{
	struct range range = {first, last};
	struct repair_body out;

	if (repair_begin(p, &out) != STATUS_OK ||
		repair_put_range(&out, REPAIR_NONE, p->r->p.site->store_id,
			&range) != STATUS_OK)
		buf_done(&out.body);
	else
		repair_post(p, &out);
}

/* The next letter of the range that was asked for first. */
static void
send_range(struct repair_peer *p)
{
	struct range *range = &p->answers[0];
	struct draft_letter made;
	struct err err = {{0}};
	enum status st;

	memset(&made, 0, sizeof(made));
	p->draft.told = range->first - 1;
	st = draft_upto(p->r->draft, p->r->session, &p->draft, range->first - 1,
		range->last, &made, &err);
	if (st != STATUS_OK || made.too_big || made.keys == 0) {
		int64_t last = st == STATUS_OK && !made.at_end &&
					       made.scanned >= range->first
				       ? made.scanned
				       : range->last;

		if (st == STATUS_OK && made.too_big)
			last = made.last;
		range_ends(p, range->first, last);
		buf_done(&made.text);
		range->first = last + 1;
	} else {
		counter_add(p->r->mended, 1);
		pthread_mutex_lock(&p->r->lock);
		p->look.sent += (int64_t)made.keys;
		pthread_mutex_unlock(&p->r->lock);
		p->serial++;
		repair_post_text(p, &made.text);
		range->first = made.last + 1;
	}
	if (range->first <= range->last)
		return;
	p->answer_count--;
	memmove(range, range + 1, p->answer_count * sizeof(*range));
}

/* ---- the store again --------------------------------------------------- */

static void
walk_ended(struct repair_peer *p)
{
	p->walk.on = false;
	pthread_mutex_lock(&p->r->lock);
	p->changed = true;
	pthread_mutex_unlock(&p->r->lock);
	log_line(LOG_INFO, "repair", "peer=%s resync=done certificates=%lld",
		p->set->name, (long long)p->walk.sent);
}

/* A stretch of all certificates into one letter, perhaps none. */
static enum status
gather_walk(struct repair_peer *p, struct bundle *b, int64_t *place,
	bool *at_end, struct err *err)
{
	enum { ROWS_LOOKED_AT = 2000 };
	enum status st = STATUS_OK;

	*at_end = false;
	for (int i = 0; st == STATUS_OK && !*at_end && i < ROWS_LOOKED_AT;
		i++) {
		struct store_walk w = {
			.after = *place, .upto = p->walk.upto, .max = 1};
		struct cert_rows rows;

		arena_reset(b->row);
		st = store_list_certs(p->r->session, &w, b->row, &rows, err);
		if (st == STATUS_OK && rows.count > 0 &&
			rows.list[0].updated >= p->walk.since)
			st = bundle_add(b, &rows.list[0], err);
		if (st == STATUS_OK) {
			*place = w.after;
			*at_end = rows.count == 0;
		}
	}
	return st == STATUS_LIMIT && b->count > 0 ? STATUS_OK : st;
}

static void
send_walk(struct repair_peer *p)
{
	struct bundle b;
	struct err err = {{0}};
	int64_t place = p->walk.place;
	bool at_end;
	enum status st;

	bundle_init(&b, p);
	st = gather_walk(p, &b, &place, &at_end, &err);
	if (b.count > 0) {
		p->walk.sent += (int64_t)b.count;
		(void)bundle_post(&b);
	}
	bundle_done(&b);
	if (st == STATUS_OK)
		p->walk.place = place;
	else
		log_line(LOG_ERROR, "repair", "peer=%s resync=%s reason=%s",
			p->set->name, status_name(st),
			log_quote_str(err.text).text);
	if (st == STATUS_LIMIT)
		p->walk.place++; /* one that no memory holds */
	pthread_mutex_lock(&p->r->lock);
	p->changed = true;
	pthread_mutex_unlock(&p->r->lock);
	if (at_end)
		walk_ended(p);
}

/* ---- public ------------------------------------------------------------ */

bool
repair_has_work(const struct repair_peer *p, int64_t now)
{
	return p->answer_count > 0 || p->send_at < p->send_count ||
	       (p->walk.on && now >= p->walk.pause);
}

/* One letter, or a step on the way to one. */
void
repair_send(struct repair_peer *p)
{
	if (p->answer_count > 0) {
		if (repair_has_budget(p))
			send_range(p);
		else
			p->answer_count = 0; /* it asks again */
	} else if (p->send_at < p->send_count) {
		if (repair_has_budget(p))
			send_ids(p);
		else
			p->send_at = p->send_count;
	} else if (p->walk.on) {
		/* By an operator's wish: paced by letters_per_minute alone. */
		send_walk(p);
	}
}

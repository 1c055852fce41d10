#include "ingest/takedown_find.h"

#include <string.h>

#include "ingest/tombstone_rules.h"
#include "pgp/user_id.h"

enum {
	FIND_ARENA_MAX = 256 * 1024 * 1024,
	ROWS_AT_ONCE = 500,
	KEYS_AT_ONCE = 10000
};

struct finding {
	struct store_session *s;
	struct ingest *in;
	struct takedown_order *o;
	struct cert_ids *ids;
	struct arena *arena; /* of what is read */
	struct arena *work;  /* on one row of it */
	struct err *err;
};

static enum status
open_finding(struct finding *f)
{
	f->arena = arena_new(FIND_ARENA_MAX);
	f->work = arena_new(FIND_ARENA_MAX);
	return session_open(ingest_store(f->in), SESSION_READ, &f->s, f->err);
}

static void
close_finding(struct finding *f)
{
	session_close(f->s);
	arena_free(f->arena);
	arena_free(f->work);
}

static void
tell_progress(const struct finding *f, size_t seen)
{
	if (f->o->progress != NULL)
		f->o->progress(f->o->ctx, seen);
}

/* ---- by indexes ------------------------------------------------------- */

static enum status
run_query(struct finding *f, const struct store_query *q, size_t *found)
{
	struct cert_rows rows = {.count = 0};
	enum status st =
		store_find(f->s, q, STORE_TOTAL_MAX, f->arena, &rows, f->err);

	if (st != STATUS_OK)
		return st == STATUS_NOT_FOUND ? STATUS_OK : st;
	for (size_t i = 0; i < rows.count; i++)
		cert_ids_add(f->ids, &rows.list[i].id);
	*found += rows.count;
	return STATUS_OK;
}

static enum status
find_item(struct finding *f, struct takedown_item *item)
{
	struct store_query q = {.kind = QUERY_FINGERPRINT};
	struct bytes email;

	arena_reset(f->arena);
	if (item->kind <= TOMBSTONE_ERASE) {
		q.octets = bytes_make(item->octets, item->octet_count);
		return item->octet_count == 0 ? STATUS_OK
					      : run_query(f, &q, &item->certs);
	}
	if (item->kind != TOMBSTONE_UID ||
		user_id_email(f->arena, item->word, &email) != STATUS_OK ||
		user_id_email_key(f->arena, email, &q.octets) != STATUS_OK)
		return STATUS_OK;
	q.kind = QUERY_EMAIL;
	return run_query(f, &q, &item->certs);
}

enum status
takedown_find(struct ingest *in, struct takedown_order *o, struct cert_ids *ids,
	struct err *err)
{
	struct finding f = {NULL, in, o, ids, NULL, NULL, err};
	enum status st = open_finding(&f);

	for (size_t i = 0; st == STATUS_OK && i < o->count; i++) {
		if (o->items[i].fault == NULL)
			st = find_item(&f, &o->items[i]);
		if (i % 1000 == 999)
			tell_progress(&f, i);
	}
	close_finding(&f);
	return st;
}

/* ---- by looking at everything ----------------------------------------- */

static bool
is_ordered(const struct takedown_order *o, struct digest id)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->items[i].fault == NULL &&
			memcmp(&o->items[i].id, &id, sizeof(id)) == 0) {
			o->items[i].certs++;
			return true;
		}
	return false;
}

/* A dry run asks for what is not in the table. */
static bool
is_meant(const struct finding *f, const struct tombstone_ban *ban,
	const struct component *c, const struct signature *sig)
{
	const struct tombstones *t = ban->t;
	struct bytes text, email;
	struct digest hash;

	if (!f->o->dry_run)
		return ban->ban.bans(ban->ban.ctx, c, sig);
	if (sig != NULL) {
		level_signature_hash(sig, &hash);
		return is_ordered(f->o, tombstone_sig_id(t, &hash)) ||
		       is_ordered(f->o, tombstone_packet_id(t, &sig->digest));
	}
	if (is_ordered(f->o, tombstone_packet_id(t, &c->digest)))
		return true;
	if (c->packet.tag != PACKET_USER_ID)
		return false;
	return is_ordered(f->o, tombstone_user_id_id(t, c->packet.body)) ||
	       (user_id_text(f->work, c->packet.body, &text) == STATUS_OK &&
		       user_id_email(f->work, text, &email) == STATUS_OK &&
		       user_id_email_key(f->work, email, &email) == STATUS_OK &&
		       is_ordered(f->o, tombstone_email_id(t, email)));
}

struct looking {
	struct finding *f;
	struct tombstone_ban *ban;
	bool hit;
};

static bool
look_at(struct looking *l, const struct component *list, size_t count,
	bool itself)
{
	for (size_t i = 0; i < count; i++) {
		if (itself && is_meant(l->f, l->ban, &list[i], NULL))
			return true;
		for (size_t k = 0; k < list[i].sig_count; k++)
			if (is_meant(l->f, l->ban, &list[i], &list[i].sigs[k]))
				return true;
	}
	return false;
}

static enum status
look_at_row(struct finding *f, const struct cert_row *row)
{
	struct tombstone_ban ban;
	struct looking l = {f, &ban, false};
	struct cert *c;
	enum status st;

	arena_reset(f->work);
	(void)tombstones_ban(ingest_tombstones(f->in), f->work, &ban);
	st = cert_read_stored(f->work, row->octets, &c, f->err);
	if (st == STATUS_OK)
		st = cert_digest(f->work, c);
	if (st == STATUS_OK &&
		(look_at(&l, &c->primary, 1, false) ||
			look_at(&l, c->user_ids, c->user_id_count, true) ||
			look_at(&l, c->attributes, c->attribute_count, true) ||
			look_at(&l, c->subkeys, c->subkey_count, true)))
		cert_ids_add(f->ids, &row->id);
	return st;
}

enum status
takedown_search(struct ingest *in, struct takedown_order *o,
	struct cert_ids *ids, struct err *err)
{
	struct finding f = {NULL, in, o, ids, NULL, NULL, err};
	enum status st = open_finding(&f);
	struct cert_rows rows = {.count = 1};
	struct store_walk walk = {.max = ROWS_AT_ONCE};
	size_t seen = 0;

	if (!o->dry_run && !tombstones_have_parts(ingest_tombstones(in)))
		rows.count = 0;
	while (st == STATUS_OK && rows.count > 0) {
		arena_reset(f.arena);
		rows.count = 0;
		st = store_list_certs(f.s, &walk, f.arena, &rows, err);
		for (size_t i = 0; st == STATUS_OK && i < rows.count; i++)
			st = look_at_row(&f, &rows.list[i]);
		seen += rows.count;
		tell_progress(&f, seen);
	}
	close_finding(&f);
	return st;
}

enum status
takedown_search_keys(struct ingest *in, struct takedown_order *o,
	struct cert_ids *ids, struct err *err)
{
	struct finding f = {NULL, in, o, ids, NULL, NULL, err};
	struct key_list keys = {.count = 1};
	uint8_t after[32];
	enum status st = open_finding(&f);
	size_t seen = 0, unused = 0;

	if (!tombstones_have_keys(ingest_tombstones(in)))
		keys.count = 0;
	while (st == STATUS_OK && keys.count > 0) {
		/* It lies in the arena. */
		struct bytes from = bytes_make(after, keys.after.len);

		if (keys.after.len > 0)
			memcpy(after, keys.after.data, keys.after.len);
		arena_reset(f.arena);
		st = store_list_keys(
			f.s, from, KEYS_AT_ONCE, f.arena, &keys, err);
		for (size_t i = 0; st == STATUS_OK && i < keys.count; i++) {
			struct store_query q = {.kind = QUERY_FINGERPRINT,
				.octets = keys.list[i]};

			if (tombstones_of_key(ingest_tombstones(in),
				    keys.list[i]) != RULE_NONE)
				st = run_query(&f, &q, &unused);
		}
		seen += keys.count;
		tell_progress(&f, seen);
	}
	close_finding(&f);
	return st;
}

#include "ingest/takedown.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/hex.h"
#include "ingest/takedown_find.h"
#include "ingest/takedown_rows.h"
#include "pgp/user_id.h"

enum {
	WORD_ARENA_MAX = 1024 * 1024,
	ID_PREFIX = 3,
	USER_ID_MAX = 65536,
	LOOK_ITEMS_MAX = 1000
};

/* ---- reading words ---------------------------------------------------- */

/* Digits, with blanks and "0x" as people write them. */
static bool
read_digits(struct bytes w, uint8_t out[32], size_t *count)
{
	char text[64];
	size_t n = 0;

	w = bytes_trim(w);
	if (bytes_starts_nocase(w, "0x"))
		w = bytes_make(w.data + 2, w.len - 2);
	for (size_t i = 0; i < w.len; i++) {
		if (w.data[i] == ' ' || w.data[i] == ':')
			continue;
		if (n == sizeof(text))
			return false;
		text[n++] = (char)w.data[i];
	}
	return hex_read(bytes_make(text, n), out, 32, count) == STATUS_OK;
}

static void
parse_key(const struct tombstones *t, struct takedown_item *item)
{
	if (!read_digits(item->word, item->octets, &item->octet_count) ||
		(item->octet_count != 16 && item->octet_count != 20 &&
			item->octet_count != 32)) {
		item->octet_count = 0;
		item->fault = "not a whole fingerprint";
		return;
	}
	item->id = tombstone_key_id(
		t, bytes_make(item->octets, item->octet_count));
}

/* A bare address means every user ID with it; other text that user ID. */
static void
parse_user_id(const struct tombstones *t, struct takedown_item *item)
{
	struct arena *arena = arena_new(WORD_ARENA_MAX);
	struct bytes w = item->word, email, key;

	if (w.len == 0 || w.len > USER_ID_MAX) {
		item->fault = "not an address nor a user ID";
	} else if (memchr(w.data, '<', w.len) == NULL &&
		   user_id_email(arena, w, &email) == STATUS_OK &&
		   user_id_email_key(arena, email, &key) == STATUS_OK) {
		item->kind = TOMBSTONE_UID;
		item->id = tombstone_email_id(t, key);
	} else {
		item->kind = TOMBSTONE_UIDHASH;
		item->id = tombstone_user_id_id(t, w);
	}
	arena_free(arena);
}

static void
parse_digest(const struct tombstones *t, struct takedown_item *item)
{
	struct digest d;

	if (!read_digits(item->word, item->octets, &item->octet_count) ||
		item->octet_count != sizeof(d.octets)) {
		item->fault = "not 64 hexadecimal digits";
		return;
	}
	memcpy(d.octets, item->octets, sizeof(d.octets));
	item->id = item->kind == TOMBSTONE_SIG ? tombstone_sig_id(t, &d)
					       : tombstone_packet_id(t, &d);
}

/* The id itself, as a list tells it: for taking it away only. */
static bool
parse_id(struct takedown_item *item)
{
	struct bytes w = item->word;
	size_t len = 0;

	if (!bytes_starts_nocase(w, "id:"))
		return false;
	w = bytes_make(w.data + ID_PREFIX, w.len - ID_PREFIX);
	if (hex_read(w, item->id.octets, sizeof(item->id.octets), &len) !=
			STATUS_OK ||
		len != sizeof(item->id.octets))
		item->fault = "not an id";
	return true;
}

enum status
takedown_parse(struct ingest *in, struct takedown_order *o, struct err *err)
{
	struct tombstones *t = ingest_tombstones(in);
	static void (*const parse[TOMBSTONE_KINDS])(
		const struct tombstones *, struct takedown_item *) = {
		[TOMBSTONE_BLOCK] = parse_key,
		[TOMBSTONE_ERASE] = parse_key,
		[TOMBSTONE_UID] = parse_user_id,
		[TOMBSTONE_UIDHASH] = parse_user_id,
		[TOMBSTONE_SIG] = parse_digest,
		[TOMBSTONE_PKT] = parse_digest,
	};
	enum tombstone_kind kind;
	enum status st;

	if (t == NULL) {
		err_set(err, "this server keeps no tombstones");
		return STATUS_UNSUPPORTED;
	}
	/* Whoever only looks makes no secret either. */
	st = o->dry_run ? STATUS_OK : tombstones_prepare(t, err);
	o->faults = 0;
	for (size_t i = 0; st == STATUS_OK && i < o->count; i++) {
		struct takedown_item *item = &o->items[i];

		item->kind = o->kind;
		if (!parse_id(item))
			parse[o->kind](t, item);
		item->was_there = item->fault == NULL &&
				  tombstones_find(t, &item->id, &kind);
		o->faults += item->fault != NULL;
	}
	return st;
}

/* ---- adding ----------------------------------------------------------- */

static enum status
bury(struct ingest *in, const struct takedown_order *o, struct err *err)
{
	struct tombstone *list = xcalloc(o->count + 1, sizeof(*list));
	int64_t now = clock_wall_s();
	enum status st = STATUS_OK;
	size_t n = 0;

	for (size_t i = 0; i < o->count; i++) {
		if (o->items[i].fault != NULL)
			continue;
		list[n++] = (struct tombstone){.id = o->items[i].id,
			.kind = o->items[i].kind,
			.created = now,
			.reason = o->reason,
			.ticket = o->ticket,
			.by = o->by};
	}
	if (n > 0)
		st = tombstones_add(ingest_tombstones(in), list, n, err);
	free(list);
	return st;
}

/* In two goes: what an index finds is gone at once. */
static enum status
clear_rows(struct ingest *in, struct takedown_order *o, struct err *err)
{
	struct takedown_sums sums = {0, 0};
	struct cert_ids ids = {NULL, 0, 0};
	/* One that only looks asks for each item at each packet. */
	bool all = o->kind > TOMBSTONE_ERASE &&
		   (!o->dry_run || o->count <= LOOK_ITEMS_MAX);
	enum status st = STATUS_OK;

	if (!(all && o->dry_run))
		st = takedown_find(in, o, &ids, err);
	if (st == STATUS_OK && !o->dry_run)
		st = takedown_rows(in, o, &ids, &sums, err);
	if (st == STATUS_OK && all) {
		ids.count = 0;
		st = takedown_search(in, o, &ids, err);
		if (st == STATUS_OK && !o->dry_run)
			st = takedown_rows(in, o, &ids, &sums, err);
	}
	cert_ids_done(&ids);
	o->erased = sums.erased;
	o->reduced = sums.reduced;
	return st;
}

enum status
takedown_add(struct ingest *in, struct takedown_order *o, struct err *err)
{
	enum status st;

	if (o->dry_run)
		return clear_rows(in, o, err);
	st = bury(in, o, err);
	crash_point("tombstone-written");
	if (st == STATUS_OK)
		st = clear_rows(in, o, err);
	crash_point("rows-cleared");
	if (st == STATUS_OK)
		st = takedown_finish(in, o, o->erased + o->reduced > 0, err);
	return st;
}

static enum status
run_forget(struct write_job *job, struct store_session *w, struct err *err)
{
	(void)job;
	return store_forget_rejected(w, err);
}

/* What was refused may be wanted now: gossip asks for it once more. */
static enum status
forget_rejected(struct ingest *in, struct err *err)
{
	struct write_job job = {.run = run_forget};

	return writer_do(ingest_writer(in), &job, err);
}

enum status
takedown_remove(struct ingest *in, struct takedown_order *o, struct err *err)
{
	struct digest *ids;
	enum status st;
	size_t n = 0;

	if (o->dry_run)
		return STATUS_OK;
	ids = xcalloc(o->count + 1, sizeof(*ids));
	for (size_t i = 0; i < o->count; i++)
		if (o->items[i].was_there)
			ids[n++] = o->items[i].id;
	st = n == 0 ? STATUS_OK
		    : tombstones_remove(ingest_tombstones(in), ids, n, err);
	free(ids);
	if (st == STATUS_OK && n > 0)
		st = forget_rejected(in, err);
	if (st == STATUS_OK && n > 0)
		st = takedown_finish(in, o, false, err);
	return st;
}

/* ---- after a crash, or on another store ------------------------------- */

enum status
takedown_catch_up(struct ingest *in, void (*progress)(void *ctx, size_t seen),
	void *ctx, struct err *err)
{
	struct takedown_order o = {.progress = progress, .ctx = ctx};
	struct takedown_sums sums = {0, 0};
	struct cert_ids ids = {NULL, 0, 0};
	struct store_session *s = NULL;
	bool noted = true;
	enum status st;

	if (tombstones_count(ingest_tombstones(in)) == 0)
		return STATUS_OK;
	st = session_borrow(ingest_store(in), &s, err);
	if (st == STATUS_OK) {
		st = takedown_is_noted(s, ingest_tombstones(in), &noted, err);
		session_return(ingest_store(in), s);
	}
	if (st != STATUS_OK || noted)
		return st;
	st = forget_rejected(in, err);
	if (st == STATUS_OK)
		st = takedown_search_keys(in, &o, &ids, err);
	if (st == STATUS_OK)
		st = takedown_search(in, &o, &ids, err);
	if (st == STATUS_OK)
		st = takedown_rows(in, &o, &ids, &sums, err);
	cert_ids_done(&ids);
	if (st == STATUS_OK)
		st = takedown_finish(in, &o, true, err);
	return st;
}

#include "store/sqlite/peer.h"

#include "store/sqlite/cert.h"
#include "store/sqlite/fault.h"
#include "store/sqlite/txn.h"

/* Reads the run's row into the element at `item`. */
typedef enum status load_row(const struct stmt_run *run, struct arena *arena,
	void *item, struct err *err);

/* Steps to the end; ends the run. */
static enum status
load_all(struct stmt_run *run, struct arena *arena, load_row *load, size_t size,
	void **list, size_t *count, struct err *err)
{
	void *items = NULL;
	size_t cap = 0, n = 0;
	enum status st;

	while ((st = stmt_next(run, err)) == STATUS_OK) {
		st = arena_grow(arena, &items, &cap, n + 1, size);
		if (st != STATUS_OK)
			err_set(err, "more rows than memory for them");
		else
			st = load(run, arena, (char *)items + n * size, err);
		if (st != STATUS_OK)
			break;
		n++;
	}
	stmt_end(run);
	if (st != STATUS_NOT_FOUND)
		return st;
	*list = items;
	*count = n;
	return STATUS_OK;
}

/* Ends a write: what failed half-way must not be committed. */
static enum status
finish_write(struct stmt_run *run, struct err *err)
{
	enum status st = stmt_finish(run, err);

	if (st != STATUS_OK)
		run->session->spoiled = true;
	return st;
}

/* ---- peers --------------------------------------------------------- */

static enum status
load_peer(const struct stmt_run *run, struct arena *arena, void *item,
	struct err *err)
{
	struct peer *p = item;
	enum status st = stmt_copy_text(run, 0, arena, &p->name, err);

	if (st == STATUS_OK)
		st = stmt_copy_text(run, 1, arena, &p->address, err);
	if (st == STATUS_OK)
		st = stmt_copy_text(run, 8, arena, &p->last_error, err);
	p->cursor = stmt_int(run, 2);
	p->flags = (uint32_t)stmt_int(run, 3);
	p->attempts = (uint32_t)stmt_int(run, 4);
	p->next_try = stmt_int(run, 5);
	p->last_sent = stmt_int(run, 6);
	p->last_received = stmt_int(run, 7);
	return st;
}

enum status
sqlite_list_peers(struct store_session *session, struct arena *arena,
	struct peer **list, size_t *count, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct stmt_run run;

	txn_start_clock(s);
	run = stmt_start(s, STMT_PEER_LIST);
	return load_all(&run, arena, load_peer, sizeof(**list), (void **)list,
		count, err);
}

enum status
sqlite_find_peer(struct store_session *session, const char *name,
	struct arena *arena, struct peer *peer, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct stmt_run run;
	struct peer p;
	enum status st;

	txn_start_clock(s);
	run = stmt_start(s, STMT_PEER_FIND);
	stmt_bind_text(&run, name);
	st = stmt_next(&run, err);
	if (st == STATUS_OK)
		st = load_peer(&run, arena, &p, err);
	stmt_end(&run);
	if (st == STATUS_OK)
		*peer = p;
	return st;
}

enum status
sqlite_put_peer(
	struct store_session *session, const struct peer *p, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct stmt_run run;
	enum status st = txn_may_write(s, err);

	if (st != STATUS_OK)
		return st;
	run = stmt_start(s, STMT_PEER_PUT);
	stmt_bind_text(&run, p->name);
	stmt_bind_text(&run, p->address);
	stmt_bind_int(&run, p->cursor);
	stmt_bind_int(&run, p->flags);
	stmt_bind_int(&run, p->attempts);
	stmt_bind_int(&run, p->next_try);
	stmt_bind_int(&run, p->last_sent);
	stmt_bind_int(&run, p->last_received);
	stmt_bind_text(&run, p->last_error);
	return finish_write(&run, err);
}

/* OK when a row went; NOT_FOUND when there was none. */
static enum status
finish_delete(struct stmt_run *run, struct err *err)
{
	struct sqlite_session *s = run->session;
	enum status st = finish_write(run, err);

	if (st == STATUS_OK && sqlite3_changes(s->db) == 0)
		st = STATUS_NOT_FOUND;
	return st;
}

enum status
sqlite_delete_peer(
	struct store_session *session, const char *name, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct stmt_run run;
	enum status st = txn_may_write(s, err);

	if (st != STATUS_OK)
		return st;
	run = stmt_start(s, STMT_PEER_DELETE);
	stmt_bind_text(&run, name);
	return finish_delete(&run, err);
}

/* Letters and debts hang from a peer's row. */
static enum status
may_write_of_peer(struct sqlite_session *s, const char *peer, struct err *err)
{
	struct stmt_run run;
	enum status st = txn_may_write(s, err);

	if (st != STATUS_OK)
		return st;
	run = stmt_start(s, STMT_PEER_FIND);
	stmt_bind_text(&run, peer);
	st = stmt_next(&run, err);
	stmt_end(&run);
	if (st == STATUS_NOT_FOUND)
		err_set(err, "there is no peer \"%s\"", peer);
	return st;
}

/* ---- letters ------------------------------------------------------- */

static enum status
load_letter(const struct stmt_run *run, struct arena *arena, void *item,
	struct err *err)
{
	struct letter *l = item;

	(void)arena;
	(void)err;
	l->first_seq = stmt_int(run, 0);
	l->last_seq = stmt_int(run, 1);
	l->attempts = (uint32_t)stmt_int(run, 2);
	return STATUS_OK;
}

enum status
sqlite_list_letters(struct store_session *session, const char *peer,
	struct arena *arena, struct letter **list, size_t *count,
	struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct stmt_run run;

	txn_start_clock(s);
	run = stmt_start(s, STMT_LETTER_LIST);
	stmt_bind_text(&run, peer);
	return load_all(&run, arena, load_letter, sizeof(**list), (void **)list,
		count, err);
}

enum status
sqlite_put_letter(struct store_session *session, const char *peer,
	const struct letter *l, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct stmt_run run;
	enum status st = may_write_of_peer(s, peer, err);

	if (st != STATUS_OK)
		return st;
	run = stmt_start(s, STMT_LETTER_PUT);
	stmt_bind_text(&run, peer);
	stmt_bind_int(&run, l->first_seq);
	stmt_bind_int(&run, l->last_seq);
	stmt_bind_int(&run, l->attempts);
	return finish_write(&run, err);
}

enum status
sqlite_delete_letter(struct store_session *session, const char *peer,
	int64_t first_seq, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct stmt_run run;
	enum status st = txn_may_write(s, err);

	if (st != STATUS_OK)
		return st;
	run = stmt_start(s, STMT_LETTER_DELETE);
	stmt_bind_text(&run, peer);
	stmt_bind_int(&run, first_seq);
	return finish_delete(&run, err);
}

/* ---- owed ---------------------------------------------------------- */

static enum status
load_owed(const struct stmt_run *run, struct arena *arena, void *item,
	struct err *err)
{
	struct owed *o = item;
	enum status st = cert_read_id(run, 0, &o->cert, err);

	o->since = stmt_int(run, 3);
	if (st == STATUS_OK)
		st = stmt_copy_text(run, 4, arena, &o->reason, err);
	return st;
}

enum status
sqlite_list_owed(struct store_session *session, const char *peer, size_t max,
	struct arena *arena, struct owed **list, size_t *count, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct stmt_run run;

	txn_start_clock(s);
	run = stmt_start(s, STMT_OWED_LIST);
	stmt_bind_text(&run, peer);
	stmt_bind_count(&run, max);
	return load_all(&run, arena, load_owed, sizeof(**list), (void **)list,
		count, err);
}

enum status
sqlite_put_owed(struct store_session *session, const char *peer,
	const struct owed *o, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct stmt_run run;
	int64_t row;
	enum status st = may_write_of_peer(s, peer, err);

	if (st == STATUS_OK)
		st = cert_find_row(s, &o->cert, &row, err);
	if (st != STATUS_OK)
		return st;
	run = stmt_start(s, STMT_OWED_PUT);
	stmt_bind_text(&run, peer);
	stmt_bind_int(&run, row);
	stmt_bind_int(&run, o->since);
	stmt_bind_text(&run, o->reason);
	return finish_write(&run, err);
}

enum status
sqlite_delete_owed(struct store_session *session, const char *peer,
	const struct cert_id *id, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct stmt_run run;
	int64_t row;
	enum status st = txn_may_write(s, err);

	if (st == STATUS_OK)
		st = cert_find_row(s, id, &row, err);
	if (st != STATUS_OK)
		return st;
	run = stmt_start(s, STMT_OWED_DELETE);
	stmt_bind_text(&run, peer);
	stmt_bind_int(&run, row);
	return finish_delete(&run, err);
}

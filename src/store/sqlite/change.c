#include "store/sqlite/change.h"

#include <string.h>

#include "store/sqlite/cert.h"
#include "store/sqlite/fault.h"
#include "store/sqlite/txn.h"

/* Of CHANGE_COLUMNS. */
enum {
	COL_SEQ,
	COL_ID, /* and two more */
	COL_OLD = 4,
	COL_NEW,
	COL_FLAGS,
	COL_DELTA,
	COL_ORIGIN,
	COL_SEEN,
	COL_TIME
};

enum {
	/* Of one `seen`; a longer list only means a letter sent twice. */
	CHANGE_SEEN_MAX = 16 * 1024,
	PLACED_LEN = sizeof(struct digest)
};

/* NOT_FOUND: its certificate is gone. */
static enum status
load_change(const struct stmt_run *run, struct arena *arena, struct change *out,
	struct err *err)
{
	struct change c = {.seq = stmt_int(run, COL_SEQ)};
	enum status st;

	if (sqlite3_column_type(run->stmt, COL_ID) == SQLITE_NULL)
		return STATUS_NOT_FOUND;
	st = cert_read_id(run, COL_ID, &c.cert, err);
	if (st == STATUS_OK)
		st = stmt_fixed(run, COL_OLD, c.old_digest.octets,
			sizeof(c.old_digest.octets), err);
	if (st == STATUS_OK)
		st = stmt_fixed(run, COL_NEW, c.new_digest.octets,
			sizeof(c.new_digest.octets), err);
	if (st == STATUS_OK)
		st = stmt_copy_blob(run, COL_DELTA, arena, &c.delta, err);
	if (st == STATUS_OK)
		st = stmt_copy_text(run, COL_ORIGIN, arena, &c.origin, err);
	if (st == STATUS_OK)
		st = stmt_copy_text(run, COL_SEEN, arena, &c.seen, err);
	if (st != STATUS_OK)
		return st;
	c.flags = (uint32_t)stmt_int(run, COL_FLAGS);
	c.time = stmt_int(run, COL_TIME);
	*out = c;
	return STATUS_OK;
}

/* Adds the run's row to the batch, or steps over it. */
static enum status
take_change(const struct stmt_run *run, struct arena *arena,
	struct change_batch *b, size_t *cap, struct err *err)
{
	enum status st = arena_grow(
		arena, (void **)&b->list, cap, b->count + 1, sizeof(*b->list));

	if (st != STATUS_OK) {
		err_set(err, "more changes than memory for them");
		return st;
	}
	st = load_change(run, arena, &b->list[b->count], err);
	if (st == STATUS_OK)
		b->count++;
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

enum status
sqlite_read_changes(struct store_session *session, int64_t after, size_t max,
	struct arena *arena, struct change_batch *batch, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct change_batch b = {.last_seq = after};
	struct stmt_run run;
	size_t cap = 0;
	enum status st;

	txn_start_clock(s);
	run = stmt_start(s, STMT_CHANGE_AFTER);
	stmt_bind_int(&run, after);
	stmt_bind_count(&run, max);
	while ((st = stmt_next(&run, err)) == STATUS_OK) {
		st = take_change(&run, arena, &b, &cap, err);
		if (st != STATUS_OK)
			break;
		b.last_seq = stmt_int(&run, COL_SEQ);
	}
	stmt_end(&run);
	if (st == STATUS_LIMIT && b.last_seq > after)
		st = STATUS_NOT_FOUND; /* what fits is good */
	if (st != STATUS_NOT_FOUND)
		return st;
	*batch = b;
	return STATUS_OK;
}

enum status
change_list(struct store_session *session, const struct change_list *how,
	int64_t after, void *list, size_t max, size_t *count, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	enum status st = STATUS_NOT_FOUND;
	struct stmt_run run;
	size_t n = 0;

	txn_start_clock(s);
	run = stmt_start(s, how->stmt);
	stmt_bind_int(&run, after);
	stmt_bind_count(&run, max);
	while (n < max && (st = stmt_next(&run, err)) == STATUS_OK) {
		st = how->read(&run, (char *)list + n * how->size, err);
		if (st != STATUS_OK)
			break;
		n++;
	}
	stmt_end(&run);
	if (st != STATUS_OK && st != STATUS_NOT_FOUND)
		return st;
	*count = n;
	return STATUS_OK;
}

enum status
sqlite_last_seq(struct store_session *session, int64_t *seq, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct stmt_run run;
	enum status st;

	txn_start_clock(s);
	run = stmt_start(s, STMT_CHANGE_LAST);
	st = stmt_next(&run, err);
	if (st == STATUS_OK)
		*seq = stmt_int(&run, 0);
	else if (st == STATUS_NOT_FOUND)
		*seq = 0;
	stmt_end(&run);
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

/* ---- writing ------------------------------------------------------- */

/* What a page of the certificate tells when the log has forgotten it. */
static enum status
note_learned(struct sqlite_session *s, int64_t row, const struct change *c,
	struct err *err)
{
	struct stmt_run run = stmt_start(s, STMT_LEARNED_INSERT);

	stmt_bind_int(&run, row);
	stmt_bind_int(&run, c->time);
	stmt_bind_text(&run, c->origin);
	return stmt_finish(&run, err);
}

enum status
sqlite_append_change(struct store_session *session, const struct change *c,
	int64_t *seq, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct stmt_run run;
	int64_t row;
	enum status st = txn_may_write(s, err);

	if (st == STATUS_OK)
		st = cert_find_row(s, &c->cert, &row, err);
	if (st != STATUS_OK)
		return st;
	run = stmt_start(s, STMT_CHANGE_INSERT);
	stmt_bind_int(&run, row);
	stmt_bind_blob(&run,
		bytes_make(c->old_digest.octets, sizeof(c->old_digest.octets)));
	stmt_bind_blob(&run,
		bytes_make(c->new_digest.octets, sizeof(c->new_digest.octets)));
	stmt_bind_int(&run, c->flags);
	stmt_bind_blob(&run, c->delta);
	stmt_bind_text(&run, c->origin);
	stmt_bind_text(&run, c->seen);
	stmt_bind_int(&run, c->time);
	st = stmt_finish(&run, err);
	if (st == STATUS_OK)
		*seq = sqlite3_last_insert_rowid(s->db);
	if (st == STATUS_OK && (c->flags & CHANGE_NEW_CERT) != 0)
		st = note_learned(s, row, c, err);
	s->spoiled |= st != STATUS_OK;
	return st;
}

/* Is each digest of `part` in `whole`? Both are sorted. */
static bool
includes(struct bytes whole, struct bytes part)
{
	size_t at, i = 0;

	for (at = 0; at + PLACED_LEN <= part.len; at += PLACED_LEN) {
		while (i + PLACED_LEN <= whole.len &&
			memcmp(whole.data + i, part.data + at, PLACED_LEN) < 0)
			i += PLACED_LEN;
		if (i + PLACED_LEN > whole.len ||
			memcmp(whole.data + i, part.data + at, PLACED_LEN) != 0)
			return false;
	}
	return true;
}

/* The next word of *text, and moves on; empty at the end. */
static struct bytes
next_word(struct bytes *text)
{
	struct bytes word;
	size_t n = 0;

	while (text->len > 0 && text->data[0] == ' ') {
		text->data++;
		text->len--;
	}
	while (n < text->len && text->data[n] != ' ')
		n++;
	word = bytes_make(text->data, n);
	if (n > 0) {
		text->data += n;
		text->len -= n;
	}
	return word;
}

static bool
has_word(struct bytes list, struct bytes word)
{
	struct bytes w;

	while ((w = next_word(&list)).len > 0)
		if (bytes_eq(w, word))
			return true;
	return false;
}

/* `seen` and those of `addresses` that it lacks; as long as there is room. */
static enum status
join_seen(struct bytes seen, struct bytes addresses, struct buf *out)
{
	enum status st = buf_put(out, seen);
	struct bytes word;

	while (st == STATUS_OK && (word = next_word(&addresses)).len > 0) {
		if (has_word(buf_view(out), word) ||
			out->len + word.len + 1 > CHANGE_SEEN_MAX)
			continue;
		if (out->len > 0)
			st = buf_put_u8(out, ' ');
		if (st == STATUS_OK)
			st = buf_put(out, word);
	}
	return st;
}

static enum status
write_seen(struct sqlite_session *s, int64_t seq, const struct buf *seen,
	struct err *err)
{
	struct stmt_run run = stmt_start(s, STMT_CHANGE_SEEN);
	char *text = arena_str(s->work, buf_view(seen));

	if (text == NULL)
		return STATUS_LIMIT;
	stmt_bind_int(&run, seq);
	stmt_bind_text(&run, text);
	return stmt_finish(&run, err);
}

/* One of the certificate's changes: the run's row. */
static enum status
see_change(struct sqlite_session *s, const struct stmt_run *run,
	struct bytes covered, const char *addresses, struct err *err)
{
	struct bytes seen = stmt_blob(run, 2);
	struct buf joined = {0};
	enum status st = STATUS_OK;

	if (!includes(covered, stmt_blob(run, 1)))
		return STATUS_OK;
	st = join_seen(seen, bytes_of(addresses), &joined);
	if (st == STATUS_OK && joined.len > seen.len)
		st = write_seen(s, stmt_int(run, 0), &joined, err);
	buf_done(&joined);
	return st;
}

enum status
sqlite_add_seen(struct store_session *session, const struct cert_id *id,
	struct bytes covered, const char *addresses, int64_t after,
	struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct stmt_run run;
	int64_t row;
	enum status st = txn_may_write(s, err);

	if (st == STATUS_OK)
		st = cert_find_row(s, id, &row, err);
	if (st != STATUS_OK)
		return st;
	arena_reset(s->work);
	run = stmt_start(s, STMT_CHANGE_OF_CERT);
	stmt_bind_int(&run, row);
	stmt_bind_int(&run, after);
	while ((st = stmt_next(&run, err)) == STATUS_OK) {
		st = see_change(s, &run, covered, addresses, err);
		if (st != STATUS_OK)
			break;
	}
	stmt_end(&run);
	if (st == STATUS_NOT_FOUND)
		return STATUS_OK;
	s->spoiled = true;
	return st;
}

enum status
sqlite_prune_changes(
	struct store_session *session, int64_t upto, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct stmt_run run;
	enum status st = txn_may_write(s, err);

	if (st != STATUS_OK)
		return st;
	run = stmt_start(s, STMT_CHANGE_PRUNE);
	stmt_bind_int(&run, upto);
	stmt_bind_int(&run, STORE_PRUNE_MAX);
	st = stmt_finish(&run, err);
	if (st != STATUS_OK)
		s->spoiled = true;
	return st;
}

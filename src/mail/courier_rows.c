#include <stdio.h>
#include <string.h>

#include "base/reader.h"
#include "mail/courier_state.h"

enum { ROWS_ARENA = 16 * 1024 * 1024, TOLD_NAME_MAX = 80 };

struct rows_job {
	struct write_job job;
	const struct courier *c;
	struct peer *found;
	size_t found_count;
};

static const struct peer *
find_row(const struct rows_job *j, const char *name)
{
	for (size_t i = 0; i < j->found_count; i++) {
		if (strcmp(j->found[i].name, name) == 0)
			return &j->found[i];
	}
	return NULL;
}

static bool
is_configured(const struct courier *c, const char *name)
{
	for (size_t i = 0; i < c->peer_count; i++) {
		if (strcmp(c->peers[i].set->name, name) == 0)
			return true;
	}
	return false;
}

/* One no longer configured holds nothing. */
static enum status
delete_strangers(struct rows_job *j, struct store_session *w, struct err *err)
{
	for (size_t i = 0; i < j->found_count; i++) {
		enum status st;

		if (is_configured(j->c, j->found[i].name))
			continue;
		st = store_delete_peer(w, j->found[i].name, err);
		if (st != STATUS_OK)
			return st;
	}
	return STATUS_OK;
}

static const char *
address_of(const struct courier_peer *p)
{
	return peer_is_fed(p->set) ? p->set->hkp : p->set->mail;
}

/* A new peer starts at the end of the log. */
static enum status
write_peer(struct rows_job *j, struct store_session *w,
	const struct courier_peer *p, int64_t last, struct err *err)
{
	const struct peer *old = find_row(j, p->set->name);
	struct peer row = {.name = p->set->name,
		.address = address_of(p),
		.cursor = last,
		.last_error = ""};

	if (old != NULL) {
		row = *old;
		row.address = address_of(p);
	}
	return store_put_peer(w, &row, err);
}

static enum status
run_rows(struct write_job *job, struct store_session *w, struct err *err)
{
	struct rows_job *j = (struct rows_job *)job;
	struct arena *arena = arena_new(ROWS_ARENA);
	int64_t last = 0;
	enum status st;

	st = store_list_peers(w, arena, &j->found, &j->found_count, err);
	if (st == STATUS_OK)
		st = store_last_seq(w, &last, err);
	if (st == STATUS_OK)
		st = delete_strangers(j, w, err);
	for (size_t i = 0; st == STATUS_OK && i < j->c->peer_count; i++)
		st = write_peer(j, w, &j->c->peers[i], last, err);
	arena_free(arena);
	return st;
}

static void
told_name(const char *peer, char name[TOLD_NAME_MAX])
{
	(void)snprintf(name, TOLD_NAME_MAX, "mail.told.%s", peer);
}

enum status
rows_put_told(struct store_session *w, const char *peer, int64_t told,
	int64_t cursor, struct err *err)
{
	char name[TOLD_NAME_MAX];
	struct buf note = {0};
	enum status st = buf_put_be64(&note, (uint64_t)told);

	told_name(peer, name);
	if (st == STATUS_OK)
		st = buf_put_be64(&note, (uint64_t)cursor);
	if (st == STATUS_OK)
		st = store_put_note(w, name, buf_view(&note), err);
	buf_done(&note);
	return st;
}

/* What was noted with another cursor is of another time. */
static enum status
read_told(struct courier_peer *p, struct arena *arena, struct err *err)
{
	char name[TOLD_NAME_MAX];
	struct bytes note;
	struct reader r;
	int64_t told, cursor;
	enum status st;

	p->draft.told = p->cursor;
	told_name(p->set->name, name);
	st = store_get_note(p->c->session, name, arena, &note, err);
	if (st != STATUS_OK)
		return st == STATUS_NOT_FOUND ? STATUS_OK : st;
	r = reader_of(note);
	told = (int64_t)reader_be64(&r);
	cursor = (int64_t)reader_be64(&r);
	if (!r.failed && cursor == p->cursor && told >= 0 && told <= cursor)
		p->draft.told = told;
	return STATUS_OK;
}

/* What was planned before is sent again, as it was planned. */
static enum status
read_peer(struct courier_peer *p, struct arena *arena, struct err *err)
{
	struct store_session *s = p->c->session;
	struct letter *letters;
	struct peer row;
	size_t n;
	enum status st;

	st = store_find_peer(s, p->set->name, arena, &row, err);
	if (st == STATUS_OK)
		st = store_list_letters(
			s, p->set->name, arena, &letters, &n, err);
	if (st != STATUS_OK)
		return st;
	p->cursor = row.cursor;
	p->scanned = row.cursor;
	p->flags = row.flags;
	p->last_sent = row.last_sent;
	p->changed = true;
	st = read_told(p, arena, err);
	if (st != STATUS_OK)
		return st;
	for (size_t i = 0; i < n; i++) {
		struct out_letter *l;

		l = plan_insert(
			p, p->count, letters[i].first_seq, letters[i].last_seq);
		l->state = LETTER_PLANNED;
		l->attempts = letters[i].attempts;
		if (l->last > p->scanned)
			p->scanned = l->last;
		p->draft.told = l->last;
	}
	return STATUS_OK;
}

/* Then nothing is to be written, and a full disk hinders no start. */
static enum status
rows_stand(struct rows_job *j, struct arena *arena, bool *stand,
	struct err *err)
{
	const struct courier *c = j->c;
	enum status st = store_list_peers(
		c->session, arena, &j->found, &j->found_count, err);

	*stand = st == STATUS_OK && j->found_count == c->peer_count;
	for (size_t i = 0; *stand && i < c->peer_count; i++) {
		const struct courier_peer *p = &c->peers[i];
		const struct peer *row = find_row(j, p->set->name);

		*stand = row != NULL &&
			 strcmp(row->address, address_of(p)) == 0;
	}
	return st;
}

enum status
rows_make(struct courier *c, struct err *err)
{
	struct rows_job j = {.job.run = run_rows, .c = c};
	struct arena *arena = arena_new(ROWS_ARENA);
	bool stand;
	enum status st = rows_stand(&j, arena, &stand, err);

	if (st == STATUS_OK && !stand)
		st = writer_do(c->p.writer, &j.job, err);
	for (size_t i = 0; st == STATUS_OK && i < c->peer_count; i++)
		st = read_peer(&c->peers[i], arena, err);
	arena_free(arena);
	return st;
}

#include "store/store.h"

#include "store/ops.h"

static const struct store_ops *const backends[] = {
	&sqlite_ops,
};

const struct store_ops *
store_backend(const char *where)
{
	size_t i;

	for (i = 0; i < sizeof(backends) / sizeof(backends[0]); i++)
		if (backends[i]->takes(where))
			return backends[i];
	return NULL;
}

enum status
store_open(const struct store_settings *settings, struct store **store,
	struct err *err)
{
	const struct store_ops *ops = store_backend(settings->where);
	struct store *s;
	enum status st;

	if (ops == NULL) {
		err_set(err, "this build has no store for \"%s\"",
			settings->where);
		return STATUS_REJECTED;
	}
	st = ops->open(settings, &s, err);
	if (st != STATUS_OK)
		return st;
	if (s->ops == NULL) /* a backend may have chosen another table */
		s->ops = ops;
	*store = s;
	return STATUS_OK;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	store_close_idle(s);
	s->ops->close(s);
}

const char *
store_library(size_t backend)
{
	if (backend >= sizeof(backends) / sizeof(backends[0]))
		return NULL;
	return backends[backend]->library();
}

const char *
store_id(const struct store *s)
{
	return s->ops->id(s);
}

const char *
store_describe(const struct store *s)
{
	return s->ops->describe(s);
}

enum status
session_open(struct store *s, enum session_kind kind,
	struct store_session **session, struct err *err)
{
	struct store_session *made;
	enum status st;

	st = s->ops->session_open(s, kind, &made, err);
	if (st != STATUS_OK)
		return st;
	made->ops = s->ops;
	made->store = s;
	made->kind = kind;
	made->pooled = false;
	*session = made;
	return STATUS_OK;
}

void
session_close(struct store_session *s)
{
	if (s != NULL)
		s->ops->session_close(s);
}

void
store_hold(struct store *s, int64_t seq)
{
	atomic_store(&s->held, seq == INT64_MAX ? 0 : seq + 1);
}

int64_t
store_held(const struct store_session *s)
{
	int64_t held = atomic_load(&s->store->held);

	return held == 0 ? INT64_MAX : held - 1;
}

/* ---- reading ------------------------------------------------------- */

enum status
session_begin(struct store_session *s, struct err *err)
{
	return s->ops->begin_read(s, err);
}

void
session_end(struct store_session *s)
{
	s->ops->end_read(s);
}

enum status
store_get_cert(struct store_session *s, const struct cert_id *id,
	struct arena *arena, struct cert_row *row, struct err *err)
{
	return s->ops->get_cert(s, id, arena, row, err);
}

enum status
store_last_place(struct store_session *s, int64_t *place, struct err *err)
{
	return s->ops->last_place(s, place, err);
}

enum status
store_get_head(struct store_session *s, const struct cert_id *id,
	struct sks_digest *digest, uint8_t *level, struct err *err)
{
	return s->ops->get_head(s, id, digest, level, err);
}

enum status
store_find(struct store_session *s, const struct store_query *q, size_t max,
	struct arena *arena, struct cert_rows *rows, struct err *err)
{
	return s->ops->find(s, q, max, arena, rows, err);
}

enum status
store_read_changes(struct store_session *s, int64_t after, size_t max,
	struct arena *arena, struct change_batch *batch, struct err *err)
{
	return s->ops->read_changes(s, after, max, arena, batch, err);
}

enum status
store_seq_before(
	struct store_session *s, int64_t time, int64_t *seq, struct err *err)
{
	return s->ops->seq_before(s, time, seq, err);
}

enum status
store_read_marks(struct store_session *s, int64_t after,
	struct change_mark *list, size_t max, size_t *count, struct err *err)
{
	return s->ops->read_marks(s, after, list, max, count, err);
}

enum status
store_read_names(struct store_session *s, int64_t after,
	struct change_name *list, size_t max, size_t *count, struct err *err)
{
	return s->ops->read_names(s, after, list, max, count, err);
}

enum status
store_get_history(struct store_session *s, const struct cert_id *id,
	struct arena *arena, struct cert_history *history, struct err *err)
{
	return s->ops->get_history(s, id, arena, history, err);
}

enum status
store_last_seq(struct store_session *s, int64_t *seq, struct err *err)
{
	return s->ops->last_seq(s, seq, err);
}

enum status
store_get_note(struct store_session *s, const char *name, struct arena *arena,
	struct bytes *note, struct err *err)
{
	return s->ops->get_note(s, name, arena, note, err);
}

enum status
store_read_places(struct store_session *s, int64_t after,
	struct change_place *list, size_t max, size_t *count, struct err *err)
{
	return s->ops->read_places(s, after, list, max, count, err);
}

enum status
store_log_start(
	struct store_session *s, int64_t *seq, int64_t *time, struct err *err)
{
	return s->ops->log_start(s, seq, time, err);
}

enum status
store_list_peers(struct store_session *s, struct arena *arena,
	struct peer **list, size_t *count, struct err *err)
{
	return s->ops->list_peers(s, arena, list, count, err);
}

enum status
store_find_peer(struct store_session *s, const char *name, struct arena *arena,
	struct peer *peer, struct err *err)
{
	return s->ops->find_peer(s, name, arena, peer, err);
}

enum status
store_list_letters(struct store_session *s, const char *peer,
	struct arena *arena, struct letter **list, size_t *count,
	struct err *err)
{
	return s->ops->list_letters(s, peer, arena, list, count, err);
}

enum status
store_list_owed(struct store_session *s, const char *peer, size_t max,
	struct arena *arena, struct owed **list, size_t *count, struct err *err)
{
	return s->ops->list_owed(s, peer, max, arena, list, count, err);
}

enum status
store_list_ids(struct store_session *s, enum store_ids by, uint64_t from,
	uint64_t *list, size_t max, size_t *count, struct err *err)
{
	return s->ops->list_ids(s, by, from, list, max, count, err);
}

enum status
store_list_digests(struct store_session *s, const struct sks_digest *after,
	struct digest_row *list, size_t max, size_t *count, struct err *err)
{
	return s->ops->list_digests(s, after, list, max, count, err);
}

enum status
store_has_digest(struct store_session *s, const struct sks_digest *digest,
	uint32_t without, bool *has, struct err *err)
{
	return s->ops->has_digest(s, digest, without, has, err);
}

enum status
store_find_id(struct store_session *s, enum store_ids by, uint64_t id,
	struct arena *arena, struct cert_row *row, struct err *err)
{
	return s->ops->find_id(s, by, id, arena, row, err);
}

enum status
store_read_turns(struct store_session *s, int64_t after,
	struct change_turn *list, size_t max, size_t *count, struct err *err)
{
	return s->ops->read_turns(s, after, list, max, count, err);
}

enum status
store_list_keys(struct store_session *s, struct bytes after, size_t max,
	struct arena *arena, struct key_list *keys, struct err *err)
{
	return s->ops->list_keys(s, after, max, arena, keys, err);
}

enum status
store_list_certs(struct store_session *s, struct store_walk *walk,
	struct arena *arena, struct cert_rows *rows, struct err *err)
{
	return s->ops->list_certs(s, walk, arena, rows, err);
}

enum status
store_is_rejected(struct store_session *s, const struct sks_digest *digest,
	int64_t now, bool *is_rejected, struct err *err)
{
	return s->ops->is_rejected(s, digest, now, is_rejected, err);
}

enum status
store_find_below(struct store_session *s, uint8_t level,
	struct level_walk *walk, size_t max, struct level_row *list,
	size_t *count, struct err *err)
{
	return s->ops->find_below(s, level, walk, max, list, count, err);
}

enum status
store_get_floor(struct store_session *s, uint8_t *level, struct err *err)
{
	return s->ops->get_floor(s, level, err);
}

enum status
store_get_facts(
	struct store_session *s, struct store_facts *facts, struct err *err)
{
	return s->ops->get_facts(s, facts, err);
}

/* ---- bulk ---------------------------------------------------------- */

bool
store_is_bulk(const struct store *s)
{
	return s->ops->bulk_finish != NULL;
}

enum status
store_bulk_sync(struct store *s, struct err *err)
{
	return store_is_bulk(s) ? s->ops->bulk_sync(s, err) : STATUS_OK;
}

enum status
store_bulk_finish(struct store *s, struct err *err)
{
	return store_is_bulk(s) ? s->ops->bulk_finish(s, err) : STATUS_OK;
}

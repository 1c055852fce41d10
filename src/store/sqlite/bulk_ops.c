/* Sessions of a store that is being filled: all share one connection. */

#include <stdlib.h>

#include "store/sqlite/bulk.h"
#include "store/sqlite/cert.h"
#include "store/sqlite/fault.h"
#include "store/sqlite/rejected.h"
#include "store/sqlite/sqlite.h"
#include "store/sqlite/txn.h"

/* ---- one call at a time ---------------------------------------------- */

/* Most are not there, and that costs no turn on the connection. */
static bool
is_absent(const struct bulk *b, const struct cert_id *id)
{
	struct handle h;
	int64_t row;

	handle_of(&id->fpr, &h);
	return b->keys != NULL && !bulk_nth(b, &h, 0, &row);
}

static enum status
get_cert(struct store_session *session, const struct cert_id *id,
	struct arena *arena, struct cert_row *row, struct err *err)
{
	struct bulk *b = bulk_of(session);
	enum status st;

	if (is_absent(b, id))
		return STATUS_NOT_FOUND;
	bulk_lock(b);
	st = b->lost ? bulk_refuse(b, err)
		     : sqlite_get_cert(&b->writer->base, id, arena, row, err);
	bulk_unlock(b);
	return st;
}

static enum status
get_head(struct store_session *session, const struct cert_id *id,
	struct sks_digest *digest, uint8_t *level, struct err *err)
{
	struct bulk *b = bulk_of(session);
	enum status st;

	if (is_absent(b, id))
		return STATUS_NOT_FOUND;
	bulk_lock(b);
	st = b->lost ? bulk_refuse(b, err)
		     : sqlite_get_head(
			       &b->writer->base, id, digest, level, err);
	bulk_unlock(b);
	return st;
}

static enum status
find(struct store_session *session, const struct store_query *q, size_t max,
	struct arena *arena, struct cert_rows *rows, struct err *err)
{
	struct bulk *b = bulk_of(session);
	enum status st;

	bulk_lock(b);
	st = b->lost ? bulk_refuse(b, err)
		     : bulk_find(b->writer, q, max, arena, rows, err);
	bulk_unlock(b);
	return st;
}

static enum status
put_cert(struct store_session *session, const struct cert_row *row,
	const struct cert_search *search, struct err *err)
{
	struct bulk *b = bulk_of(session);
	enum status st;

	bulk_lock(b);
	st = sqlite_put_cert(session, row, search, err);
	b->octets += row->octets.len;
	bulk_unlock(b);
	return st;
}

static enum status
delete_cert(struct store_session *session, const struct cert_id *id,
	struct err *err)
{
	struct bulk *b = bulk_of(session);
	enum status st;

	bulk_lock(b);
	st = sqlite_delete_cert(session, id, err);
	bulk_unlock(b);
	return st;
}

static enum status
put_rejected(struct store_session *session, const struct sks_digest *digest,
	int64_t now, int64_t until, const char *reason, struct err *err)
{
	struct bulk *b = bulk_of(session);
	enum status st;

	bulk_lock(b);
	st = sqlite_put_rejected(session, digest, now, until, reason, err);
	bulk_unlock(b);
	return st;
}

/* ---- sessions -------------------------------------------------------- */

/* The connection is the store's. */
static enum status
open_session(struct store *base, enum session_kind kind,
	struct store_session **session, struct err *err)
{
	(void)err;
	*session = kind == SESSION_READ
			   ? xcalloc(1, sizeof(**session))
			   : &sqlite_store_of(base)->bulk->writer->base;
	return STATUS_OK;
}

static void
close_session(struct store_session *session)
{
	struct bulk *b = bulk_of(session);
	struct err err;

	if (session->kind == SESSION_READ)
		free(session);
	else if (bulk_commit_all(b, &err) != STATUS_OK)
		b->lost = true; /* as if it had been killed */
}

static enum status
sync_all(struct store *base, struct err *err)
{
	struct bulk *b = sqlite_store_of(base)->bulk;
	enum status st;

	bulk_lock(b);
	st = bulk_commit_all(b, err);
	bulk_unlock(b);
	return st;
}

static enum status
finish(struct store *base, struct err *err)
{
	struct bulk *b = sqlite_store_of(base)->bulk;
	enum status st;

	bulk_lock(b);
	st = bulk_end(b, err);
	bulk_unlock(b);
	return st;
}

/* What ingest asks of a store, for one load; nobody else has it open. */
const struct store_ops sqlite_bulk_ops = {
	.name = "sqlite",
	.close = sqlite_close,
	.id = sqlite_id,
	.describe = sqlite_describe,
	.session_open = open_session,
	.session_close = close_session,
	.get_cert = get_cert,
	.get_head = get_head,
	.find = find,
	.check_space = sqlite_check_space,
	.begin = bulk_begin,
	.commit = bulk_commit,
	.rollback = bulk_rollback,
	.savepoint = bulk_savepoint,
	.release = bulk_release,
	.pack_cert = sqlite_pack_cert,
	.put_cert = put_cert,
	.delete_cert = delete_cert,
	.put_rejected = put_rejected,
	.bulk_sync = sync_all,
	.bulk_finish = finish,
};

#include "store/sqlite/rejected.h"

#include "store/sqlite/txn.h"

/* The table has no index by time: it is looked through now and then. */
enum { REJECTED_EXPIRE_EVERY = 1000 };

static struct bytes
octets_of(const struct sks_digest *d)
{
	return bytes_make(d->octets, sizeof(d->octets));
}

enum status
sqlite_is_rejected(struct store_session *session,
	const struct sks_digest *digest, int64_t now, bool *is_rejected,
	struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct stmt_run run;
	enum status st;

	txn_start_clock(s);
	run = stmt_start(s, STMT_REJECTED_FIND);
	stmt_bind_blob(&run, octets_of(digest));
	st = stmt_next(&run, err);
	if (st == STATUS_OK)
		*is_rejected = stmt_int(&run, 0) > now;
	else if (st == STATUS_NOT_FOUND)
		*is_rejected = false;
	stmt_end(&run);
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static enum status
expire(struct sqlite_session *s, int64_t now, struct err *err)
{
	struct stmt_run run = stmt_start(s, STMT_REJECTED_EXPIRE);

	stmt_bind_int(&run, now);
	return stmt_finish(&run, err);
}

static enum status
shrink(struct sqlite_session *s, int64_t now, struct err *err)
{
	struct stmt_run run;
	enum status st = expire(s, now, err);

	if (st != STATUS_OK)
		return st;
	run = stmt_start(s, STMT_REJECTED_SHED);
	stmt_bind_int(&run, STORE_REJECTED_MAX - REJECTED_EXPIRE_EVERY);
	return stmt_finish(&run, err);
}

enum status
sqlite_put_rejected(struct store_session *session,
	const struct sks_digest *digest, int64_t now, int64_t until,
	const char *reason, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct stmt_run run;
	enum status st = txn_may_write(s, err);

	if (st == STATUS_OK && s->rejected_since % REJECTED_EXPIRE_EVERY == 0)
		st = shrink(s, now, err);
	if (st == STATUS_OK) {
		s->rejected_since++;
		run = stmt_start(s, STMT_REJECTED_PUT);
		stmt_bind_blob(&run, octets_of(digest));
		stmt_bind_int(&run, until);
		stmt_bind_text(&run, reason);
		st = stmt_finish(&run, err);
	}
	s->spoiled |= st != STATUS_OK;
	return st;
}

enum status
sqlite_forget_rejected(struct store_session *session, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	enum status st = txn_may_write(s, err);

	if (st == STATUS_OK)
		st = expire(s, INT64_MAX, err);
	s->spoiled |= st != STATUS_OK;
	return st;
}

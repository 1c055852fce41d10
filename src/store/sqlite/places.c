#include "store/sqlite/places.h"

#include "store/sqlite/change.h"
#include "store/sqlite/txn.h"

enum status
sqlite_walk(struct store_session *session, struct store_walk *walk,
	struct buf *out, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct store_walk w = *walk;
	size_t before = out->len;
	struct stmt_run run;
	enum status st = STATUS_OK;

	txn_start_clock(s);
	w.count = 0;
	w.at_end = false;
	run = stmt_start(s, STMT_CERT_WALK);
	stmt_bind_int(&run, w.after);
	stmt_bind_int(&run, w.upto);
	while (w.count < w.max && out->len - before < w.octets &&
		(st = stmt_next(&run, err)) == STATUS_OK) {
		st = buf_put(out, stmt_blob(&run, 1));
		if (st != STATUS_OK)
			break;
		w.after = stmt_int(&run, 0);
		w.count++;
	}
	stmt_end(&run);
	if (st == STATUS_NOT_FOUND) {
		w.at_end = true;
		st = STATUS_OK;
	}
	if (st == STATUS_LIMIT && w.count > 0)
		st = STATUS_OK; /* what fits is good */
	if (st == STATUS_OK)
		*walk = w;
	else
		out->len = before;
	return st;
}

static enum status
read_place(const struct stmt_run *run, void *item, struct err *err)
{
	struct change_place *p = item;

	(void)err;
	p->seq = stmt_int(run, 0);
	p->place = stmt_int(run, 1);
	return STATUS_OK;
}

enum status
sqlite_read_places(struct store_session *session, int64_t after,
	struct change_place *list, size_t max, size_t *count, struct err *err)
{
	struct change_list l = {STMT_CHANGE_PLACES, read_place, sizeof(*list)};

	return change_list(session, &l, after, list, max, count, err);
}

enum status
sqlite_log_start(struct store_session *session, int64_t *seq, int64_t *time,
	struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct stmt_run run;
	enum status st;

	txn_start_clock(s);
	run = stmt_start(s, STMT_CHANGE_TIME);
	stmt_bind_int(&run, 0);
	st = stmt_next(&run, err);
	if (st == STATUS_OK) {
		*seq = stmt_int(&run, 0);
		*time = stmt_int(&run, 1);
	}
	stmt_end(&run);
	return st;
}

#include "store/sqlite/walk.h"

#include "store/sqlite/cert.h"
#include "store/sqlite/terms.h"
#include "store/sqlite/txn.h"

enum { MD5_LEN = 16, SHA1_LEN = 20 };

/* Of the handle of a key; empty for one that is a key ID (terms.h). */
static enum status
fingerprint_of(struct arena *arena, struct bytes handle, struct bytes *fpr)
{
	uint8_t *out;
	size_t i;

	*fpr = bytes_make(NULL, 0);
	if (handle.len < MD5_LEN)
		return STATUS_OK;
	out = arena_alloc(arena, handle.len);
	if (out == NULL)
		return STATUS_LIMIT;
	for (i = 0; i < handle.len; i++)
		out[i] = handle.data[handle.len == SHA1_LEN ? handle.len - 1 - i
							    : i];
	*fpr = bytes_make(out, handle.len);
	return STATUS_OK;
}

enum status
sqlite_list_keys(struct store_session *session, struct bytes after, size_t max,
	struct arena *arena, struct key_list *keys, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct key_list k = {.after = after};
	struct stmt_run run;
	enum status st;

	k.list = arena_array(arena, max, sizeof(*k.list));
	if (k.list == NULL)
		return STATUS_LIMIT;
	txn_start_clock(s);
	run = stmt_start(s, STMT_KEY_LIST);
	stmt_bind_blob(&run, after);
	stmt_bind_count(&run, max);
	while ((st = stmt_next(&run, err)) == STATUS_OK) {
		st = fingerprint_of(
			arena, stmt_blob(&run, 0), &k.list[k.count]);
		if (st == STATUS_OK)
			st = stmt_copy_blob(&run, 0, arena, &k.after, err);
		if (st != STATUS_OK)
			break;
		k.count++;
	}
	stmt_end(&run);
	if (st != STATUS_NOT_FOUND)
		return st;
	*keys = k;
	return STATUS_OK;
}

enum status
sqlite_list_certs(struct store_session *session, struct store_walk *walk,
	struct arena *arena, struct cert_rows *rows, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct store_walk w = *walk;
	struct cert_rows r = {0};
	size_t octets = 0;
	struct stmt_run run;
	enum status st = STATUS_OK;

	r.list = arena_array(arena, w.max, sizeof(*r.list));
	if (r.list == NULL)
		return STATUS_LIMIT;
	txn_start_clock(s);
	run = stmt_start(s, STMT_CERT_LIST);
	stmt_bind_int(&run, w.after);
	stmt_bind_int(&run, w.upto > 0 ? w.upto : INT64_MAX);
	while (r.count < w.max && (w.octets == 0 || octets < w.octets) &&
		(st = stmt_next(&run, err)) == STATUS_OK) {
		st = cert_load(&run, arena, &r.list[r.count], err);
		if (st != STATUS_OK)
			break;
		w.after = stmt_int(&run, 0);
		octets += r.list[r.count++].octets.len;
	}
	stmt_end(&run);
	w.at_end = st == STATUS_NOT_FOUND;
	if (st == STATUS_LIMIT && r.count > 0)
		st = STATUS_OK; /* what fits is good */
	if (st != STATUS_OK && st != STATUS_NOT_FOUND)
		return st;
	r.total = r.count;
	*rows = r;
	*walk = w;
	return STATUS_OK;
}

enum status
sqlite_last_place(
	struct store_session *session, int64_t *place, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct stmt_run run;
	enum status st;

	txn_start_clock(s);
	run = stmt_start(s, STMT_CERT_LAST);
	st = stmt_next(&run, err);
	if (st == STATUS_OK)
		*place = stmt_int(&run, 0);
	stmt_end(&run);
	return st;
}

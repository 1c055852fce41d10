#include "store/sqlite/ids.h"

#include "store/sqlite/cert.h"
#include "store/sqlite/change.h"
#include "store/sqlite/stmt.h"
#include "store/sqlite/txn.h"

enum { ID_OCTETS = 8 };

static const enum stmt_id list_stmts[] = {
	[IDS_DIGEST] = STMT_IDS_BY_DIGEST,
	[IDS_FINGERPRINT] = STMT_IDS_BY_HANDLE,
};

static const enum stmt_id find_stmts[] = {
	[IDS_DIGEST] = STMT_ID_BY_DIGEST,
	[IDS_FINGERPRINT] = STMT_ID_BY_HANDLE,
};

static void
put_id(uint64_t id, uint8_t out[ID_OCTETS])
{
	for (int i = ID_OCTETS - 1; i >= 0; i--) {
		out[i] = (uint8_t)id;
		id >>= 8;
	}
}

static uint64_t
id_of(struct bytes b)
{
	uint64_t id = 0;

	for (size_t i = 0; i < ID_OCTETS; i++)
		id = id << 8 | (i < b.len ? b.data[i] : 0U);
	return id;
}

enum status
sqlite_list_ids(struct store_session *session, enum store_ids by, uint64_t from,
	uint64_t *list, size_t max, size_t *count, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	enum status st = STATUS_NOT_FOUND;
	uint8_t low[ID_OCTETS];
	struct stmt_run run;
	size_t n = 0;

	put_id(from, low);
	txn_start_clock(s);
	run = stmt_start(s, list_stmts[by]);
	stmt_bind_blob(&run, bytes_make(low, sizeof(low)));
	stmt_bind_count(&run, max);
	while (n < max && (st = stmt_next(&run, err)) == STATUS_OK)
		list[n++] = id_of(stmt_blob(&run, 0));
	stmt_end(&run);
	if (st != STATUS_OK && st != STATUS_NOT_FOUND)
		return st;
	*count = n;
	return STATUS_OK;
}

enum status
sqlite_list_digests(struct store_session *session,
	const struct sks_digest *after, struct digest_row *list, size_t max,
	size_t *count, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	enum status st = STATUS_NOT_FOUND;
	struct stmt_run run;
	size_t n = 0;

	txn_start_clock(s);
	run = stmt_start(s, STMT_DIGESTS);
	/* An empty one is below all. */
	stmt_bind_blob(&run, after != NULL
				     ? bytes_make(after->octets,
					       sizeof(after->octets))
				     : bytes_make("", 0));
	stmt_bind_count(&run, max);
	while (n < max && (st = stmt_next(&run, err)) == STATUS_OK) {
		st = stmt_fixed(&run, 0, list[n].digest.octets,
			sizeof(list[n].digest.octets), err);
		if (st != STATUS_OK)
			break;
		list[n++].flags = (uint32_t)stmt_int(&run, 1);
	}
	stmt_end(&run);
	if (st != STATUS_OK && st != STATUS_NOT_FOUND)
		return st;
	*count = n;
	return STATUS_OK;
}

enum status
sqlite_has_digest(struct store_session *session,
	const struct sks_digest *digest, uint32_t without, bool *has,
	struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct stmt_run run;
	enum status st;

	txn_start_clock(s);
	run = stmt_start(s, STMT_DIGEST_HAS);
	stmt_bind_blob(
		&run, bytes_make(digest->octets, sizeof(digest->octets)));
	stmt_bind_int(&run, without);
	st = stmt_next(&run, err);
	stmt_end(&run);
	if (st != STATUS_OK && st != STATUS_NOT_FOUND)
		return st;
	*has = st == STATUS_OK;
	return STATUS_OK;
}

enum status
sqlite_find_id(struct store_session *session, enum store_ids by, uint64_t id,
	struct arena *arena, struct cert_row *row, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	uint8_t low[ID_OCTETS], high[ID_OCTETS];
	struct stmt_run run;
	enum status st;

	put_id(id, low);
	put_id(id + 1, high);
	txn_start_clock(s);
	run = stmt_start(s, find_stmts[by]);
	stmt_bind_blob(&run, bytes_make(low, sizeof(low)));
	/* Behind the highest id there is nothing to end at. */
	stmt_bind_blob(&run, id == UINT64_MAX
				     ? bytes_make("\xff\xff\xff\xff\xff\xff"
						  "\xff\xff\xff",
					       ID_OCTETS + 1)
				     : bytes_make(high, sizeof(high)));
	st = stmt_next(&run, err);
	if (st == STATUS_OK)
		st = cert_load(&run, arena, row, err);
	stmt_end(&run);
	return st;
}

static enum status
read_turn(const struct stmt_run *run, void *item, struct err *err)
{
	struct change_turn *t = item;
	enum status st;

	t->seq = stmt_int(run, 0);
	st = stmt_fixed(run, 1, t->old_digest.octets,
		sizeof(t->old_digest.octets), err);
	if (st == STATUS_OK)
		st = stmt_fixed(run, 2, t->new_digest.octets,
			sizeof(t->new_digest.octets), err);
	if (st == STATUS_OK)
		t->flags = (uint32_t)stmt_int(run, 3);
	return st;
}

enum status
sqlite_read_turns(struct store_session *session, int64_t after,
	struct change_turn *list, size_t max, size_t *count, struct err *err)
{
	struct change_list l = {STMT_CHANGE_TURNS, read_turn, sizeof(*list)};

	return change_list(session, &l, after, list, max, count, err);
}

#include "store/sqlite/facts.h"

#include <sys/stat.h>

#include "store/sqlite/change.h"
#include "store/sqlite/check.h"
#include "store/sqlite/folder.h"
#include "store/sqlite/txn.h"

static enum status
number(struct sqlite_session *s, enum stmt_id id, int64_t *out, struct err *err)
{
	struct stmt_run run = stmt_start(s, id);
	enum status st = stmt_next(&run, err);

	if (st == STATUS_OK)
		*out = stmt_int(&run, 0);
	stmt_end(&run);
	return st;
}

enum status
facts_count_certs(struct sqlite_session *s, int64_t *count, struct err *err)
{
	return number(s, STMT_CERT_COUNT, count, err);
}

static int64_t
file_size(const char *path)
{
	struct stat sb;

	return stat(path, &sb) == 0 ? (int64_t)sb.st_size : 0;
}

enum status
sqlite_get_facts(struct store_session *session, struct store_facts *facts,
	struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct sqlite_store *store = s->store;
	struct store_facts f = {0};
	enum status st;

	txn_start_clock(s);
	f.certs = atomic_load(&store->certs);
	st = f.certs < 0 ? facts_count_certs(s, &f.certs, err) : STATUS_OK;
	if (st == STATUS_OK)
		st = number(s, STMT_CHANGE_COUNT, &f.changes, err);
	if (st == STATUS_OK)
		st = sqlite_last_seq(session, &f.last_seq, err);
	if (st == STATUS_OK)
		st = folder_free(store->folder, &f.free_octets, err);
	if (st != STATUS_OK)
		return st;
	f.octets = file_size(store->path) + file_size(store->wal_path);
	f.read_failed = atomic_load(&store->damaged);
	f.check = check_result(store->check);
	*facts = f;
	return STATUS_OK;
}

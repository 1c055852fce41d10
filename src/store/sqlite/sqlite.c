/* The SQLite backend: its store, its sessions, its row in store.c's table. */

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "store/sqlite/audit.h"
#include "store/sqlite/backup.h"
#include "store/sqlite/bulk.h"
#include "store/sqlite/cert.h"
#include "store/sqlite/change.h"
#include "store/sqlite/check.h"
#include "store/sqlite/erase.h"
#include "store/sqlite/exchange.h"
#include "store/sqlite/facts.h"
#include "store/sqlite/folder.h"
#include "store/sqlite/ids.h"
#include "store/sqlite/levels.h"
#include "store/sqlite/mark.h"
#include "store/sqlite/meta.h"
#include "store/sqlite/migrate.h"
#include "store/sqlite/peer.h"
#include "store/sqlite/rejected.h"
#include "store/sqlite/restore.h"
#include "store/sqlite/search.h"
#include "store/sqlite/sqlite.h"
#include "store/sqlite/txn.h"
#include "store/sqlite/upgrade.h"
#include "store/sqlite/walk.h"

/* Whatever is not an address of another kind is a folder. */
static bool
takes(const char *where)
{
	return where != NULL && where[0] != '\0' &&
	       strstr(where, "://") == NULL;
}

void
sqlite_close(struct store *base)
{
	struct sqlite_store *s = sqlite_store_of(base);

	check_stop(s->check);
	bulk_free(s);
	recent_free(s->recent);
	if (s->lock_fd >= 0)
		(void)close(s->lock_fd);
	free(s->folder);
	free(s->path);
	free(s->wal_path);
	free(s);
}

static struct sqlite_store *
new_store(const struct store_settings *settings)
{
	struct sqlite_store *s = xcalloc(1, sizeof(*s));

	s->folder = xstrdup(settings->where);
	s->path = file_in(settings->where, "keypost.db");
	s->wal_path = file_in(settings->where, "keypost.db-wal");
	s->lock_fd = -1;
	s->read_only = settings->read_only;
	s->upgrade = settings->upgrade;
	if (settings->completes != NULL)
		s->completes = *settings->completes;
	s->disk_reserve = settings->disk_reserve;
	s->lookup_ms = settings->lookup_time_ms > 0 ? settings->lookup_time_ms
						    : DB_LOOKUP_MS;
	s->recent =
		recent_new(settings->lookup_memory > 0 ? settings->lookup_memory
						       : DB_RECENT_OCTETS);
	atomic_store(&s->certs, -1);
	(void)snprintf(s->describe, sizeof(s->describe), "SQLite %s, schema %d",
		sqlite3_libversion(), migrate_current());
	return s;
}

static enum status
read_id(struct sqlite_session *s, struct err *err)
{
	struct sqlite_store *store = s->store;
	enum status st = meta_get_text(
		s, META_STORE_ID, store->id, sizeof(store->id), err);

	if (st != STATUS_NOT_FOUND)
		return st;
	err_set(err, "%s lacks its store id", store->path);
	return STATUS_IO;
}

/* What the store knows of itself. `clean`: the last writer stopped as it
 * should. */
static enum status
read_state(struct sqlite_session *s, bool *clean, int64_t *last_seq,
	struct err *err)
{
	int64_t certs = -1;
	enum status st = meta_get_int(s, META_STOPPED, &certs, err);

	*clean = st == STATUS_OK;
	if (st == STATUS_NOT_FOUND)
		st = facts_count_certs(s, &certs, err);
	if (st == STATUS_OK)
		st = sqlite_last_seq(&s->base, last_seq, err);
	atomic_store(&s->store->certs, certs);
	return st;
}

/* The first connection: migrates, reads. */
static enum status
first_look(struct sqlite_store *store, bool *clean, bool *pending,
	int64_t *last_seq, struct err *err)
{
	struct sqlite_session *s;
	enum status st;

	st = db_connect(
		store, store->read_only ? DB_READER : DB_CREATOR, &s, err);
	if (st != STATUS_OK)
		return st;
	if (store->read_only)
		st = migrate_check_whole(s, err);
	else
		st = migrate_run(s, migrate_steps, migrate_step_count,
			store->upgrade, err);
	if (st == STATUS_OK)
		st = read_id(s, err);
	if (st == STATUS_OK)
		st = bulk_is_pending(s, pending, err);
	if (st == STATUS_OK && !store->read_only && !*pending)
		st = read_state(s, clean, last_seq, err);
	db_disconnect(s);
	return st;
}

static enum status
fill(struct sqlite_store *s, bool from_nothing, struct err *err)
{
	enum status st = bulk_new(s, from_nothing, err);

	s->base.ops = &sqlite_bulk_ops;
	return st == STATUS_OK ? read_id(s->bulk->writer, err) : st;
}

/* Is it to be filled by one load, or was it by one that did not end? */
static enum status
look_for_bulk(struct sqlite_store *s, bool wanted, bool pending,
	int64_t last_seq, struct err *err)
{
	if (pending && !wanted)
		return bulk_recover(s, err);
	if (pending || (wanted && last_seq == 0 && atomic_load(&s->certs) == 0))
		return fill(s, false, err);
	return STATUS_OK;
}

static enum status
open_writable(const struct store_settings *settings, struct sqlite_store *s,
	struct err *err)
{
	bool clean = false, pending = false;
	int64_t last_seq = 0;
	enum status st;

	st = folder_prepare(s->folder, settings->allow_network_fs, err);
	if (st == STATUS_OK)
		st = folder_lock(s->folder, &s->lock_fd, err);
	if (st == STATUS_OK)
		exchange_clean(s->folder);
	if (st == STATUS_OK)
		st = folder_touch(s->path, err);
	if (st == STATUS_OK && settings->bulk && folder_is_blank(s->path))
		return fill(s, true, err);
	if (st == STATUS_OK)
		st = first_look(s, &clean, &pending, &last_seq, err);
	if (st == STATUS_OK)
		bulk_drop_journal(s->path);
	if (st == STATUS_OK)
		st = look_for_bulk(s, settings->bulk, pending, last_seq, err);
	if (st == STATUS_OK && !clean && s->bulk == NULL &&
		atomic_load(&s->certs) > 0)
		st = check_start(s, &s->check, err);
	return st;
}

static enum status
open_to_read(const struct store_settings *settings, struct sqlite_store *s,
	struct err *err)
{
	bool clean, pending = false;
	int64_t last_seq;
	enum status st;

	if (access(s->path, F_OK) != 0 && errno == ENOENT) {
		err_set(err,
			"there is no store in %s yet: keypostd makes one, or "
			"keypost load",
			s->folder);
		return STATUS_NOT_FOUND;
	}
	st = folder_check(s->folder, settings->allow_network_fs, err);
	if (st == STATUS_OK && access(s->path, R_OK) != 0) {
		err_set(err, "%s: %s", s->path, strerror(errno));
		st = STATUS_REJECTED;
	}
	if (st == STATUS_OK)
		st = bulk_check_journal(s->path, err);
	if (st == STATUS_OK)
		st = first_look(s, &clean, &pending, &last_seq, err);
	return st == STATUS_OK && pending ? bulk_refuse_reading(s->path, err)
					  : st;
}

/*
 * Each allocation of the library would take one lock, on whatever core, to
 * count it (doc/decisions/sqlite-counts-no-memory).
 */
static void
configure_library(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum status
sqlite_open(const struct store_settings *settings, struct store **store,
	struct err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct sqlite_store *s = new_store(settings);
	enum status st;

	(void)pthread_once(&once, configure_library);
	st = settings->read_only ? open_to_read(settings, s, err)
				 : open_writable(settings, s, err);
	if (st != STATUS_OK) {
		sqlite_close(&s->base);
		return st;
	}
	*store = &s->base;
	return STATUS_OK;
}

const char *
sqlite_id(const struct store *s)
{
	return ((const struct sqlite_store *)s)->id;
}

static const char *
sqlite_library(void)
{
	static char text[32];

	(void)snprintf(text, sizeof(text), "SQLite %s", sqlite3_libversion());
	return text;
}

const char *
sqlite_describe(const struct store *s)
{
	return ((const struct sqlite_store *)s)->describe;
}

static enum status
sqlite_session_open(struct store *base, enum session_kind kind,
	struct store_session **session, struct err *err)
{
	struct sqlite_store *store = sqlite_store_of(base);
	struct sqlite_session *s;
	enum status st;

	if (kind == SESSION_READ) {
		st = db_connect(store, DB_READER, &s, err);
		if (st == STATUS_OK)
			*session = &s->base;
		return st;
	}
	if (store->read_only) {
		err_set(err, "%s was opened for reading", store->path);
		return STATUS_REJECTED;
	}
	if (atomic_exchange(&store->writer_open, true)) {
		err_set(err, "there is a write session already");
		return STATUS_BUSY;
	}
	st = db_connect(store, DB_WRITER, &s, err);
	if (st != STATUS_OK) {
		atomic_store(&store->writer_open, false);
		return st;
	}
	txn_writer_opened(s);
	*session = &s->base;
	return STATUS_OK;
}

static void
sqlite_session_close(struct store_session *base)
{
	struct sqlite_session *s = sqlite_session_of(base);
	struct sqlite_store *store = s->store;
	bool writes = base->kind == SESSION_WRITE;

	if (writes)
		txn_writer_closes(s);
	db_disconnect(s);
	if (writes)
		atomic_store(&store->writer_open, false);
}

static bool
sqlite_session_sound(struct store_session *base)
{
	return !sqlite_session_of(base)->unsound;
}

const struct store_ops sqlite_ops = {
	.name = "sqlite",
	.takes = takes,
	.open = sqlite_open,
	.close = sqlite_close,
	.id = sqlite_id,
	.describe = sqlite_describe,
	.library = sqlite_library,
	.backup = sqlite_backup,
	.restore = sqlite_restore,
	.check = sqlite_check,
	.upgrade = sqlite_upgrade,
	.session_open = sqlite_session_open,
	.session_close = sqlite_session_close,
	.session_sound = sqlite_session_sound,
	.session_rest = sqlite_rest,
	.begin_read = sqlite_begin_read,
	.end_read = sqlite_end_read,
	.get_cert = sqlite_get_cert,
	.last_place = sqlite_last_place,
	.get_head = sqlite_get_head,
	.find = sqlite_find,
	.read_changes = sqlite_read_changes,
	.seq_before = sqlite_seq_before,
	.read_marks = sqlite_read_marks,
	.read_names = sqlite_read_names,
	.get_history = sqlite_get_history,
	.last_seq = sqlite_last_seq,
	.read_places = sqlite_read_places,
	.log_start = sqlite_log_start,
	.get_note = sqlite_get_note,
	.list_peers = sqlite_list_peers,
	.find_peer = sqlite_find_peer,
	.list_letters = sqlite_list_letters,
	.list_owed = sqlite_list_owed,
	.list_keys = sqlite_list_keys,
	.list_ids = sqlite_list_ids,
	.list_digests = sqlite_list_digests,
	.has_digest = sqlite_has_digest,
	.find_id = sqlite_find_id,
	.read_turns = sqlite_read_turns,
	.list_certs = sqlite_list_certs,
	.is_rejected = sqlite_is_rejected,
	.find_below = sqlite_find_below,
	.get_floor = sqlite_get_floor,
	.get_facts = sqlite_get_facts,
	.check_space = sqlite_check_space,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.savepoint = sqlite_savepoint,
	.release = sqlite_release,
	.checkpoint = sqlite_checkpoint,
	.pack_cert = sqlite_pack_cert,
	.put_cert = sqlite_put_cert,
	.put_floor = sqlite_put_floor,
	.delete_cert = sqlite_delete_cert,
	.erase_cert = sqlite_erase_cert,
	.scrub = sqlite_scrub,
	.want_empty_log = sqlite_want_empty_log,
	.wants_empty_log = sqlite_wants_empty_log,
	.put_rejected = sqlite_put_rejected,
	.forget_rejected = sqlite_forget_rejected,
	.append_change = sqlite_append_change,
	.add_seen = sqlite_add_seen,
	.prune_changes = sqlite_prune_changes,
	.put_note = sqlite_put_note,
	.put_peer = sqlite_put_peer,
	.delete_peer = sqlite_delete_peer,
	.put_letter = sqlite_put_letter,
	.delete_letter = sqlite_delete_letter,
	.put_owed = sqlite_put_owed,
	.delete_owed = sqlite_delete_owed,
};

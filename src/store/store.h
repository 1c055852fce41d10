/*
 * store.h - what is kept: certificates, search rows, change log, cursors
 *
 * A store opens sessions. A session belongs to one thread at a time and is
 * either reading (a snapshot between begin and end; each call by itself
 * otherwise) or writing (begin, savepoint, commit). There is one write session
 * at most. A backend fills struct store_ops (store/ops.h); what the contract
 * test does not state is not promised.
 *
 * Memory:  results live in the arena given; strings too.
 * Threads: struct store: any. A session: one thread at a time.
 * Units:   octets; seconds since 1970; lookup_time in milliseconds.
 * Errors:  NOT_FOUND; BUSY (locked: try again, also at commit); LIMIT (arena
 *          full, too many rows); TIMEOUT (lookup_time_ms passed); IO (disk
 *          full, damage: the sentence says which); REJECTED (the store may
 *          not be opened: another daemon, another version, network disk).
 * Source:  design: architecture section 10, reliability sections 2 and 3.
 */
#ifndef KEYPOST_STORE_STORE_H
#define KEYPOST_STORE_STORE_H

#include "base/arena.h"
#include "store/change.h"
#include "store/peer.h"

struct store;
struct store_session;

struct care_watch; /* care.h */

struct store_settings {
	char *where;    /* data folder, or postgresql://... */
	bool read_only; /* tools beside a daemon */
	bool bulk;      /* for one load: care.h */
	bool allow_network_fs;
	int64_t lookup_time_ms;
	size_t lookup_memory; /* octets, for what was found; 0: the usual */
	int64_t disk_reserve; /* octets free below which writing stops */
	/* Who waits for an upgrade that takes long; NULL: it is refused. */
	const struct care_watch *upgrade;
	/* Told now and then while store_open completes what a load left, which
	 * reads all rows; NULL: nobody waits. It is copied. */
	const struct care_watch *completes;
};

enum session_kind { SESSION_READ, SESSION_WRITE };

/*
 * Opens, and, unless read_only, takes write.lock, creates and migrates.
 * REJECTED with the reason when it must not be used. UNSUPPORTED: its schema is
 * older, and the sentence says who brings it up to date; if that takes long,
 * also when it is opened to write. The same, read_only, of one that a bulk load
 * fills, or left: whoever writes completes it. With read_only also NOT_FOUND:
 * there is none.
 */
MUST_CHECK enum status store_open(const struct store_settings *settings,
	struct store **store, struct err *err);
/* All sessions are closed first. */
void store_close(struct store *s);
/* The library of each backend, from 0 on; NULL beyond: for -V. */
const char *store_library(size_t backend);
/* 16 random octets, made with the store, as 32 lower-case digits. */
const char *store_id(const struct store *s);
/* Library and schema version, for -V and status. Static or the store's. */
const char *store_describe(const struct store *s);

MUST_CHECK enum status session_open(struct store *s, enum session_kind kind,
	struct store_session **session, struct err *err);
void session_close(struct store_session *s);
/* Sessions for reading that threads share: borrow one, put it back. */
MUST_CHECK enum status session_borrow(
	struct store *s, struct store_session **session, struct err *err);
void session_return(struct store *s, struct store_session *session);

/* ---- reading ------------------------------------------------------- */

/* One snapshot from here to session_end. */
MUST_CHECK enum status session_begin(struct store_session *s, struct err *err);
void session_end(struct store_session *s);

struct cert_row {
	struct cert_id id;
	uint64_t key_id;
	struct sks_digest sks_digest;
	uint8_t level;
	uint32_t flags; /* enum cert_flag */
	int64_t updated;
	struct bytes octets; /* canonical */
	bool by_subkey;      /* found by a subkey, not by its primary */
	bool bound;          /* that subkey is bound */
};

struct cert_rows {
	struct cert_row *list;
	size_t count;
	/* How many match, also those beyond `max`; counts no further than
	 * STORE_TOTAL_MAX. */
	size_t total;
};

/* The whole row, or NOT_FOUND. */
MUST_CHECK enum status store_get_cert(struct store_session *s,
	const struct cert_id *id, struct arena *arena, struct cert_row *row,
	struct err *err);
/* Only its SKS digest and level: the writer's check. */
MUST_CHECK enum status store_get_head(struct store_session *s,
	const struct cert_id *id, struct sks_digest *digest, uint8_t *level,
	struct err *err);

enum query_kind {
	QUERY_FINGERPRINT, /* octets: 16, 20 or 32; primary or subkey */
	QUERY_KEY_ID,      /* number; primary or subkey; up to v4 */
	QUERY_SHORT_ID,    /* number, 32 bits; primary or subkey, up to v4 */
	QUERY_SKS_DIGEST,  /* octets: 16 */
	QUERY_EMAIL,       /* octets: as user_id_email gives it */
	QUERY_WORDS,       /* words: as user_id_words gives them; all match */
	QUERY_DOMAIN       /* octets: the part of an address after the '@' */
};

/* Hits beyond this many are neither counted nor returned. */
enum { STORE_TOTAL_MAX = 10000 };

struct store_query {
	enum query_kind kind;
	struct bytes octets;
	uint64_t number;
	const struct bytes *words;
	size_t word_count;
	size_t skip; /* hits left out: a search page by page, in a snapshot */
};

/*
 * At most `max` rows, owners by primary key first; NOT_FOUND for none.
 * LIMIT when the arena cannot hold them. Ends after lookup_time_ms: TIMEOUT.
 * User IDs are found once they are committed, in a writing session too.
 */
MUST_CHECK enum status store_find(struct store_session *s,
	const struct store_query *q, size_t max, struct arena *arena,
	struct cert_rows *rows, struct err *err);

/*
 * Changes with seq > after, at most max, fewer when the arena holds no more.
 * Those whose certificate is gone are left out; last_seq counts them.
 * An empty batch is OK; LIMIT when not even one fits the arena.
 */
MUST_CHECK enum status store_read_changes(struct store_session *s,
	int64_t after, size_t max, struct arena *arena,
	struct change_batch *batch, struct err *err);
/*
 * The number before the first change made at `time` or later, for
 * store_read_changes; that of the last change when there is none so late. It
 * costs a few steps however long the log is, and takes the log to be in the
 * order of time: it is but for the seconds between the making of a change and
 * its commit, and for clocks that were set.
 */
MUST_CHECK enum status store_seq_before(
	struct store_session *s, int64_t time, int64_t *seq, struct err *err);
/*
 * Changes with seq > after, those of deleted certificates too, without what
 * they hold: into `list`, at most max. None is OK.
 */
MUST_CHECK enum status store_read_marks(struct store_session *s, int64_t after,
	struct change_mark *list, size_t max, size_t *count, struct err *err);
/* The same by the fingerprint of what changed. */
MUST_CHECK enum status store_read_names(struct store_session *s, int64_t after,
	struct change_name *list, size_t max, size_t *count, struct err *err);
/* When a certificate was learned and last changed, as far as that is known;
 * NOT_FOUND: there is no such certificate. Texts are the arena's. */
MUST_CHECK enum status store_get_history(struct store_session *s,
	const struct cert_id *id, struct arena *arena,
	struct cert_history *history, struct err *err);
/* The highest number ever given; 0 for none. */
MUST_CHECK enum status store_last_seq(
	struct store_session *s, int64_t *seq, struct err *err);

/* What was kept under that name; NOT_FOUND. */
MUST_CHECK enum status store_get_note(struct store_session *s, const char *name,
	struct arena *arena, struct bytes *note, struct err *err);

/* Changes with seq > after by the place of what changed, which may be empty
 * now: at most max. None is OK. */
MUST_CHECK enum status store_read_places(struct store_session *s, int64_t after,
	struct change_place *list, size_t max, size_t *count, struct err *err);
/* The first change that the log still has; NOT_FOUND: it is empty. */
MUST_CHECK enum status store_log_start(
	struct store_session *s, int64_t *seq, int64_t *time, struct err *err);

MUST_CHECK enum status store_list_peers(struct store_session *s,
	struct arena *arena, struct peer **list, size_t *count,
	struct err *err);
MUST_CHECK enum status store_find_peer(struct store_session *s,
	const char *name, struct arena *arena, struct peer *peer,
	struct err *err);
/* Planned letters of a peer, by first_seq. */
MUST_CHECK enum status store_list_letters(struct store_session *s,
	const char *peer, struct arena *arena, struct letter **list,
	size_t *count, struct err *err);
MUST_CHECK enum status store_list_owed(struct store_session *s,
	const char *peer, size_t max, struct arena *arena, struct owed **list,
	size_t *count, struct err *err);

/*
 * Walks, for whoever looks at everything, a stretch at a time and without one
 * snapshot for all: what is stored meanwhile may be missed.
 *
 * The keys of all certificates, primaries and subkeys, each once and in the
 * order of `after` (empty: from the start), which comes back as that of the
 * last one. Versions are not told: lengths are. An empty list is the end.
 */
struct key_list {
	struct bytes *list; /* fingerprints: 16, 20 or 32 octets */
	size_t count;
	struct bytes after;
};
MUST_CHECK enum status store_list_keys(struct store_session *s,
	struct bytes after, size_t max, struct arena *arena,
	struct key_list *keys, struct err *err);
/*
 * All certificates in the order in which they were stored first. Each has a
 * place, which it keeps when it changes; a new one's is above all others, and
 * one that was deleted leaves its place empty for ever.
 */
struct store_walk {
	int64_t after; /* begin behind this place; then: the last one met */
	int64_t upto;  /* and end with this one; 0: with the last of all */
	size_t max;    /* rows of one call */
	size_t octets; /* no further row once they have so many; 0: any */
	bool at_end;   /* there is no other up to `upto` */
};

/* The next rows, whole; none is OK. Fewer when the arena is full, LIMIT when
 * not even one fits. One call is one snapshot, unless the session is in one. */
MUST_CHECK enum status store_list_certs(struct store_session *s,
	struct store_walk *walk, struct arena *arena, struct cert_rows *rows,
	struct err *err);
/* Where such a walk ends, as things are; 0: there is nothing. */
MUST_CHECK enum status store_last_place(
	struct store_session *s, int64_t *place, struct err *err);
/* Was a certificate of this digest refused, and is it not yet forgotten? */
MUST_CHECK enum status store_is_rejected(struct store_session *s,
	const struct sks_digest *digest, int64_t now, bool *is_rejected,
	struct err *err);
/* A walk over all rows, from zeroed on; a row that comes meanwhile may be met
 * or not. */
struct level_walk {
	int64_t place;  /* the backend's: it grows */
	int64_t looked; /* rows so far */
	bool at_end;
};

struct level_row {
	struct cert_id id;
	int64_t place; /* with these a walk goes on after this row */
	int64_t looked;
};

/*
 * The next rows below `level`, at most `max`; none is OK. One call looks at a
 * bounded number of rows: call it until at_end. Of a row it reads no octets.
 */
MUST_CHECK enum status store_find_below(struct store_session *s, uint8_t level,
	struct level_walk *walk, size_t max, struct level_row *list,
	size_t *count, struct err *err);
/* No row is below this level; 0 when that is not known. Whatever writes a
 * lower one lowers it. */
MUST_CHECK enum status store_get_floor(
	struct store_session *s, uint8_t *level, struct err *err);

struct store_facts {
	int64_t certs;
	int64_t changes; /* records in the log */
	int64_t last_seq;
	int64_t octets;      /* of the database, its WAL included */
	int64_t free_octets; /* on its disk */
	bool read_failed;    /* S6: damaged; writing has stopped */
	const char *check; /* "not needed", "running", "ok", or what is wrong */
};
MUST_CHECK enum status store_get_facts(
	struct store_session *s, struct store_facts *facts, struct err *err);

/* ---- writing (the writer thread only) ------------------------------- */

/* BUSY or IO before a batch when the disk is below disk_reserve (D9). */
MUST_CHECK enum status store_check_space(
	struct store_session *s, struct err *err);
MUST_CHECK enum status store_begin(struct store_session *s, struct err *err);
MUST_CHECK enum status store_commit(struct store_session *s, struct err *err);
void store_rollback(struct store_session *s);
MUST_CHECK enum status store_savepoint(
	struct store_session *s, struct err *err);
/* Keeps (true) or undoes (false) what came since the savepoint. */
MUST_CHECK enum status store_release(
	struct store_session *s, bool keep, struct err *err);
/* S1: PASSIVE between batches when needed; `idle`: TRUNCATE if worth it. */
void store_checkpoint(struct store_session *s, bool idle);

struct key_ref {
	struct fingerprint fpr;
	uint64_t key_id;
	bool primary;
	bool bound;
};

/* What a certificate is found by; words, emails and domains sorted, unique. */
struct cert_search {
	const struct key_ref *keys;
	size_t key_count;
	const struct bytes *words;
	size_t word_count;
	const struct bytes *emails;
	size_t email_count;
	const struct bytes *domains;
	size_t domain_count;
	const struct cert_packed *packed; /* pack.h; or NULL */
};

/*
 * Inserts, or replaces the row with this id and what it was found by. After
 * a failure undo to the savepoint, or the transaction: it cannot be
 * committed.
 */
MUST_CHECK enum status store_put_cert(struct store_session *s,
	const struct cert_row *row, const struct cert_search *search,
	struct err *err);
/* NOT_FOUND if it is not there. Search rows go with it. */
MUST_CHECK enum status store_delete_cert(
	struct store_session *s, const struct cert_id *id, struct err *err);

/*
 * The same, and nothing of it stays: not what its changes say of its packets,
 * nor what was owed of it. Old pages still hold it: see store_scrub.
 */
MUST_CHECK enum status store_erase_cert(
	struct store_session *s, const struct cert_id *id, struct err *err);
/*
 * One step, of bounded work, of overwriting what free pages and the search
 * index hold of rows that are gone. `*step` is 0 at first and moves on; it is
 * negative when nothing is left to do.
 */
MUST_CHECK enum status store_scrub(
	struct store_session *s, int *step, struct err *err);
/* Empties the log as soon as readers let it, whatever it costs. */
void store_want_empty_log(struct store_session *s);
/* Is that still to be done? */
bool store_wants_empty_log(struct store_session *s);
/*
 * Remembers a digest, for gossip not to ask for it again; at most
 * STORE_REJECTED_MAX, those with the earliest end go first.
 */
enum { STORE_REJECTED_MAX = 100000 };
MUST_CHECK enum status store_put_rejected(struct store_session *s,
	const struct sks_digest *digest, int64_t now, int64_t until,
	const char *reason, struct err *err);
/* All of them: something is wanted again. */
MUST_CHECK enum status store_forget_rejected(
	struct store_session *s, struct err *err);
/* As store_get_floor says: who walked over all rows remembers it. */
MUST_CHECK enum status store_put_floor(
	struct store_session *s, uint8_t level, struct err *err);

/* c->seq is ignored; *seq is the number given. The certificate is stored. */
MUST_CHECK enum status store_append_change(struct store_session *s,
	const struct change *c, int64_t *seq, struct err *err);
/*
 * Adds addresses (blank between) to `seen` of the certificate's changes after
 * seq `after` (pass the smallest cursor) whose delta `covered` (sorted placed
 * digests) includes whole.
 */
MUST_CHECK enum status store_add_seen(struct store_session *s,
	const struct cert_id *id, struct bytes covered, const char *addresses,
	int64_t after, struct err *err);
/*
 * Removes records with seq <= upto, the oldest first and at most
 * STORE_PRUNE_MAX of them, so that the writer is not held up: call it again.
 */
enum { STORE_PRUNE_MAX = 20000 };
MUST_CHECK enum status store_prune_changes(
	struct store_session *s, int64_t upto, struct err *err);

/* Keeps some octets of a module by name: at most a few kilobytes. */
MUST_CHECK enum status store_put_note(struct store_session *s, const char *name,
	struct bytes note, struct err *err);

/* Inserts or replaces by name. */
MUST_CHECK enum status store_put_peer(
	struct store_session *s, const struct peer *p, struct err *err);
MUST_CHECK enum status store_delete_peer(
	struct store_session *s, const char *name, struct err *err);
/* Letters and what is owed need their peer's row: else NOT_FOUND. */
MUST_CHECK enum status store_put_letter(struct store_session *s,
	const char *peer, const struct letter *l, struct err *err);
MUST_CHECK enum status store_delete_letter(struct store_session *s,
	const char *peer, int64_t first_seq, struct err *err);
MUST_CHECK enum status store_put_owed(struct store_session *s, const char *peer,
	const struct owed *o, struct err *err);
MUST_CHECK enum status store_delete_owed(struct store_session *s,
	const char *peer, const struct cert_id *id, struct err *err);

#endif

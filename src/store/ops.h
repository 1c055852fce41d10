/*
 * ops.h - what a backend fills, and what it builds on
 *
 * A backend's store and session begin with the structs here, so that store.c
 * can dispatch and keep the pool without knowing more.
 *
 * Memory:  open and session_open make, close and session_close free.
 * Threads: as store.h says of the functions of the same names.
 * Errors:  as store.h says; a backend never logs.
 */
#ifndef KEYPOST_STORE_OPS_H
#define KEYPOST_STORE_OPS_H

#include <stdatomic.h>

#include "store/care.h"
#include "store/ids.h"
#include "store/store.h"

struct store_ops {
	const char *name;
	/* Is `where` one of this backend's? Asked in the table's order. */
	bool (*takes)(const char *where);
	enum status (*open)(const struct store_settings *settings,
		struct store **store, struct err *err);
	void (*close)(struct store *s);
	const char *(*id)(const struct store *s);
	const char *(*describe)(const struct store *s);
	/* "SQLite 3.40.1": the library that runs, without a store. */
	const char *(*library)(void);
	/* Optional: without a store, or beside one. */
	enum status (*backup)(const struct store_settings *settings,
		const struct backup_job *job, struct backup_facts *facts,
		struct err *err);
	enum status (*restore)(const struct store_settings *settings,
		const struct restore_job *job, struct restore_facts *facts,
		struct err *err);
	enum status (*check)(const struct store_settings *settings,
		const struct check_job *job, struct check_facts *facts,
		struct err *err);
	enum status (*upgrade)(const struct store_settings *settings,
		const struct upgrade_job *job, struct upgrade_facts *facts,
		struct err *err);
	enum status (*session_open)(struct store *s, enum session_kind kind,
		struct store_session **session, struct err *err);
	void (*session_close)(struct store_session *s);
	/* Optional: may this one go back to the pool? */
	bool (*session_sound)(struct store_session *s);
	/* Optional: lets go of what it keeps between two borrowers. */
	void (*session_rest)(struct store_session *s);

	enum status (*begin_read)(struct store_session *s, struct err *err);
	void (*end_read)(struct store_session *s);
	enum status (*get_cert)(struct store_session *s,
		const struct cert_id *id, struct arena *arena,
		struct cert_row *row, struct err *err);
	enum status (*last_place)(
		struct store_session *s, int64_t *place, struct err *err);
	enum status (*get_head)(struct store_session *s,
		const struct cert_id *id, struct sks_digest *digest,
		uint8_t *level, struct err *err);
	enum status (*find)(struct store_session *s,
		const struct store_query *q, size_t max, struct arena *arena,
		struct cert_rows *rows, struct err *err);
	enum status (*read_changes)(struct store_session *s, int64_t after,
		size_t max, struct arena *arena, struct change_batch *batch,
		struct err *err);
	enum status (*seq_before)(struct store_session *s, int64_t time,
		int64_t *seq, struct err *err);
	enum status (*read_marks)(struct store_session *s, int64_t after,
		struct change_mark *list, size_t max, size_t *count,
		struct err *err);
	enum status (*read_names)(struct store_session *s, int64_t after,
		struct change_name *list, size_t max, size_t *count,
		struct err *err);
	enum status (*get_history)(struct store_session *s,
		const struct cert_id *id, struct arena *arena,
		struct cert_history *history, struct err *err);
	enum status (*last_seq)(
		struct store_session *s, int64_t *seq, struct err *err);
	enum status (*get_note)(struct store_session *s, const char *name,
		struct arena *arena, struct bytes *note, struct err *err);
	enum status (*read_places)(struct store_session *s, int64_t after,
		struct change_place *list, size_t max, size_t *count,
		struct err *err);
	enum status (*log_start)(struct store_session *s, int64_t *seq,
		int64_t *time, struct err *err);
	enum status (*list_peers)(struct store_session *s, struct arena *arena,
		struct peer **list, size_t *count, struct err *err);
	enum status (*find_peer)(struct store_session *s, const char *name,
		struct arena *arena, struct peer *peer, struct err *err);
	enum status (*list_letters)(struct store_session *s, const char *peer,
		struct arena *arena, struct letter **list, size_t *count,
		struct err *err);
	enum status (*list_owed)(struct store_session *s, const char *peer,
		size_t max, struct arena *arena, struct owed **list,
		size_t *count, struct err *err);
	enum status (*list_keys)(struct store_session *s, struct bytes after,
		size_t max, struct arena *arena, struct key_list *keys,
		struct err *err);
	enum status (*list_ids)(struct store_session *s, enum store_ids by,
		uint64_t from, uint64_t *list, size_t max, size_t *count,
		struct err *err);
	enum status (*list_digests)(struct store_session *s,
		const struct sks_digest *after, struct digest_row *list,
		size_t max, size_t *count, struct err *err);
	enum status (*has_digest)(struct store_session *s,
		const struct sks_digest *digest, uint32_t without, bool *has,
		struct err *err);
	enum status (*find_id)(struct store_session *s, enum store_ids by,
		uint64_t id, struct arena *arena, struct cert_row *row,
		struct err *err);
	enum status (*read_turns)(struct store_session *s, int64_t after,
		struct change_turn *list, size_t max, size_t *count,
		struct err *err);
	enum status (*list_certs)(struct store_session *s,
		struct store_walk *walk, struct arena *arena,
		struct cert_rows *rows, struct err *err);
	enum status (*is_rejected)(struct store_session *s,
		const struct sks_digest *digest, int64_t now, bool *is_rejected,
		struct err *err);
	enum status (*find_below)(struct store_session *s, uint8_t level,
		struct level_walk *walk, size_t max, struct level_row *list,
		size_t *count, struct err *err);
	enum status (*get_floor)(
		struct store_session *s, uint8_t *level, struct err *err);
	enum status (*get_facts)(struct store_session *s,
		struct store_facts *facts, struct err *err);

	enum status (*check_space)(struct store_session *s, struct err *err);
	enum status (*begin)(struct store_session *s, struct err *err);
	enum status (*commit)(struct store_session *s, struct err *err);
	void (*rollback)(struct store_session *s);
	enum status (*savepoint)(struct store_session *s, struct err *err);
	enum status (*release)(
		struct store_session *s, bool keep, struct err *err);
	/* Optional: what store.h says of a store that takes bulk. */
	enum status (*bulk_sync)(struct store *s, struct err *err);
	enum status (*bulk_finish)(struct store *s, struct err *err);
	/* Optional: backends whose server does this leave it out. */
	void (*checkpoint)(struct store_session *s, bool idle);

	/* Optional: for who has nothing to do before. */
	enum status (*pack_cert)(struct arena *arena,
		const struct cert_row *row, struct cert_search *search,
		struct err *err);
	enum status (*put_cert)(struct store_session *s,
		const struct cert_row *row, const struct cert_search *search,
		struct err *err);
	enum status (*put_floor)(
		struct store_session *s, uint8_t level, struct err *err);
	enum status (*delete_cert)(struct store_session *s,
		const struct cert_id *id, struct err *err);
	enum status (*erase_cert)(struct store_session *s,
		const struct cert_id *id, struct err *err);
	/* Optional: for backends whose server keeps no old pages. */
	enum status (*scrub)(
		struct store_session *s, int *step, struct err *err);
	void (*want_empty_log)(struct store_session *s);
	bool (*wants_empty_log)(struct store_session *s);
	enum status (*put_rejected)(struct store_session *s,
		const struct sks_digest *digest, int64_t now, int64_t until,
		const char *reason, struct err *err);
	enum status (*forget_rejected)(
		struct store_session *s, struct err *err);
	enum status (*append_change)(struct store_session *s,
		const struct change *c, int64_t *seq, struct err *err);
	enum status (*add_seen)(struct store_session *s,
		const struct cert_id *id, struct bytes covered,
		const char *addresses, int64_t after, struct err *err);
	enum status (*prune_changes)(
		struct store_session *s, int64_t upto, struct err *err);
	enum status (*put_note)(struct store_session *s, const char *name,
		struct bytes note, struct err *err);
	enum status (*put_peer)(
		struct store_session *s, const struct peer *p, struct err *err);
	enum status (*delete_peer)(
		struct store_session *s, const char *name, struct err *err);
	enum status (*put_letter)(struct store_session *s, const char *peer,
		const struct letter *l, struct err *err);
	enum status (*delete_letter)(struct store_session *s, const char *peer,
		int64_t first_seq, struct err *err);
	enum status (*put_owed)(struct store_session *s, const char *peer,
		const struct owed *o, struct err *err);
	enum status (*delete_owed)(struct store_session *s, const char *peer,
		const struct cert_id *id, struct err *err);
};

/* Sessions kept open for borrowers; more may be out at once. */
enum { STORE_IDLE_MAX = 8 };

struct idle_place {
	_Atomic(struct store_session *) session;
	char apart[64 - sizeof(void *)]; /* no two in one cache line */
};

/* The first member of a backend's store. */
struct store {
	const struct store_ops *ops;
	/* Reading sessions nobody has borrowed: each is in one place, or its
	 * borrower's. */
	struct idle_place idle[STORE_IDLE_MAX];
	_Atomic int64_t held; /* one above what store_hold said; 0: nobody */
};

/* The first member of a backend's session. */
struct store_session {
	const struct store_ops *ops;
	struct store *store;
	enum session_kind kind;
	bool pooled; /* borrowed: it comes back soon */
};

/* For a backend: rests every session of the pool that nobody has borrowed. */
void store_rest_idle(struct store *s);
/* Closes them; nobody borrows any more. */
void store_close_idle(struct store *s);

/* Whose this place is; NULL: nobody's. */
const struct store_ops *store_backend(const char *where);

extern const struct store_ops sqlite_ops;

#endif

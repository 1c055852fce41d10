/*
 * audit.h - is all of the database what it should be?
 *
 * Rows, indexes and log are read in slices, each a snapshot of its own, so
 * that a daemon goes on writing and emptying its log meanwhile. For each
 * certificate the hashes of what it is found by are added up, and those of
 * what the indexes hold of it taken away: what is left tells, without a single
 * look-up, that something is wrong, or was changed meanwhile. Those few are
 * looked at again, all in one snapshot, which settles it.
 *
 * Memory:  struct sums for each row number, `span` of them at once.
 * Threads: as many as there are CPUs; `fault` and `show` one at a time.
 * Errors:  as store/care.h; a fault found is no error.
 */
#ifndef KEYPOST_STORE_SQLITE_AUDIT_H
#define KEYPOST_STORE_SQLITE_AUDIT_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "store/care.h"
#include "store/sqlite/rowcheck.h"

enum { AUDIT_PATH_MAX = CARE_PATH_MAX + 16, AUDIT_NAME_MAX = 80 };

/* What is looked at, and what a repair makes anew: of AUDIT_STRUCTURE all. */
enum audit_part {
	AUDIT_STRUCTURE,
	AUDIT_TERMS,
	AUDIT_KEYS,
	AUDIT_DIGESTS,
	AUDIT_LOG,
	AUDIT_ROWS,
	AUDIT_FACTS,
	AUDIT_PARTS
};

/* No repair in place: the pages themselves are damaged. */
#define AUDIT_RESTORE                                                          \
	"restore a backup, and load a dump of a peer for what came since"

#define AUDIT_SALVAGE                                                          \
	"--repair keeps all others, and the file as it is now beside; "        \
	"or " AUDIT_RESTORE

enum { AUDIT_GONE = 2 /* as a hash, which is odd: removed */ };

/* What the file's structure is said to lack. */
struct audit_torn {
	char text[160];
};

/* Of one certificate. The first three are 0 when all is well. */
struct sums {
	_Atomic uint32_t keys, terms, digests;
	uint32_t row;  /* hash of its digest; 0: it is not there */
	uint32_t last; /* of the digest in its last change; 0: none is left */
};

/* A certificate whose row is gone, by what the index of keys says. */
struct audit_lost {
	int64_t id;
	struct bytes handle;
};

struct audit {
	const struct check_job *job;
	char path[AUDIT_PATH_MAX];
	pthread_mutex_t lock; /* of what follows, to the first atomic */
	struct check_facts facts;
	bool silent;         /* only counts: after a repair */
	enum status trouble; /* of the first part that could not go on */
	struct err why;
	uint64_t done;
	int64_t lowest; /* level of a row */
	int64_t *bad;   /* rows with faults, perhaps more than once */
	size_t bad_count, bad_cap;
	struct audit_torn *torn;
	size_t torn_count, torn_cap;
	atomic_bool mend[AUDIT_PARTS];
	atomic_bool broken[AUDIT_PARTS]; /* not to be read or not in order */
	atomic_bool unread[AUDIT_PARTS]; /* of these: its pages are damaged */
	atomic_bool suspect;             /* a second look is needed */
	atomic_int next_part;
	atomic_llong next_row;

	int64_t floor;      /* no row is below this level, as the store says */
	int64_t last;       /* the highest row number ever given */
	int64_t base, span; /* of[] is of base .. base + span - 1 */
	struct sums *of;
	uint8_t *watch; /* bits: only these; NULL at the first look */
	int64_t stray[AUDIT_PARTS]; /* index rows of no row number */
	struct audit_lost *lost;
	size_t lost_count, lost_cap;
	struct arena *names; /* of the lost */
};

/* NULL: not of this span, or not of those looked at. */
struct sums *audit_sums(struct audit *a, int64_t id);
uint32_t audit_hash(struct bytes octets, uint32_t more);
/* `advice` NULL: derived. `name` as in struct check_fault. */
void audit_fault(struct audit *a, const char *name, const char *what,
	const char *advice);
/* That row is to be mended, or what the indexes hold of it. */
void audit_mark(struct audit *a, int64_t id);
/* So many rows more were read, none of a lower level. */
void audit_progress(struct audit *a, uint64_t rows, int64_t level);
/* The highest row number ever given, as far as the file still says. */
MUST_CHECK enum status audit_last(
	struct audit *a, sqlite3 *db, int64_t *last, struct err *err);

/* Compares a row of ROW_CHECK_COLUMNS with itself, and adds it to its sums. */
unsigned int audit_add_row(struct audit *a, sqlite3_stmt *row,
	struct arena *arena, struct row_truth *truth);
/* audit_rows.c: slices of rows until there are no more. */
MUST_CHECK enum status audit_rows(
	struct audit *a, sqlite3 *db, struct err *err);
/* audit_indexes.c: one of AUDIT_TERMS to AUDIT_LOG. */
MUST_CHECK enum status audit_scan(
	struct audit *a, sqlite3 *db, enum audit_part part, struct err *err);
/* For the scan of AUDIT_TERMS: made before a transaction that may read damaged
 * pages, in which nothing can be made any more. */
int audit_open_terms(sqlite3 *db);
/* audit_settle.c: the second look, and what it tells. */
MUST_CHECK enum status audit_settle(
	struct audit *a, sqlite3 *db, struct err *err);
/* audit_structure.c: what SQLite itself says of the file. */
MUST_CHECK enum status audit_structure(
	struct audit *a, sqlite3 *db, struct err *err);
/* That, and which indexes cannot be read: is it a repair's, or lost? */
MUST_CHECK enum status audit_tell_torn(
	struct audit *a, sqlite3 *db, struct err *err);
/* audit_facts.c: what small tables say of each other; `mend`s it, too. */
MUST_CHECK enum status audit_facts(
	struct audit *a, sqlite3 *db, bool mend, struct err *err);
/* audit_repair.c: all that is marked in `mend`, in one transaction. */
MUST_CHECK enum status audit_repair(
	struct audit *a, sqlite3 *db, struct err *err);
/*
 * audit_anew.c: a store whose pages are damaged, written anew from what of its
 * tables can be read, mended and checked, takes its place. *db is closed then.
 */
MUST_CHECK enum status audit_anew(
	struct audit *a, sqlite3 **db, struct err *err);
/* audit.c: all of it once more, telling nobody. */
MUST_CHECK enum status audit_again(
	struct audit *a, sqlite3 *db, struct err *err);
/* Which tables hold what follows from nothing else: their names and SQL. */
#define AUDIT_TABLES(schema)                                                   \
	"SELECT name, sql FROM " schema " t WHERE type = 'table'"              \
	" AND rootpage > 0 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"         \
	" AND name <> 'subkey' AND NOT EXISTS(SELECT 1 FROM " schema " v"      \
	" WHERE v.type = 'table' AND v.rootpage = 0"                           \
	" AND substr(t.name, 1, length(v.name) + 1) = v.name || '_')"          \
	" ORDER BY t.rowid"

enum status sqlite_check(const struct store_settings *settings,
	const struct check_job *job, struct check_facts *facts,
	struct err *err);

#endif

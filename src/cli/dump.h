/*
 * dump.h - all certificates of a store, in files, from a server that runs
 *
 * No snapshot is held while it runs, or the write-ahead log of a busy server
 * would grow all the while: each batch of some megabytes is one of its own.
 * A file covers a range of places (store_walk) and knows which change was the
 * last one before it was read. In the end the files in whose range something
 * changed since are written anew, first each by itself, the last few in one
 * snapshot: all files are then as the store was at that one change.
 *
 * The list of files is kept in manifest.json.part meanwhile, so that a dump
 * which was interrupted goes on; manifest.json is there when all is.
 *
 * Memory:  the list of files; with --since the places of what changed.
 * Threads: one.
 * Errors:  IO: the disk or the store, with what and where.
 * Source:  design: interfaces section 2, architecture section 10.
 */
#ifndef KEYPOST_CLI_DUMP_H
#define KEYPOST_CLI_DUMP_H

#include "cli/cli.h"
#include "cli/progress.h"
#include "pgp/crypto.h"

enum { DUMP_CERTS = 15000, DUMP_NAME_MAX = 32 };

/* One file of a dump. */
struct dump_entry {
	unsigned int number;
	uint64_t certs;
	uint64_t key_octets; /* of the certificates */
	uint64_t octets;     /* of the file */
	struct digest sha256;
	int64_t after, upto; /* places */
	int64_t seq; /* changes up to this one are in it; -1: write it anew */
};

struct dump {
	struct cli *cli;
	struct store *store;
	struct store_session *session;
	const char *dir; /* NULL: standard output */
	bool dry;
	bool zstd;
	bool partial; /* what changed after `since` */
	int64_t since;
	int64_t *places; /* of what changed, sorted, unique: if partial */
	size_t place_count, place_cap;
	int64_t places_seq; /* changes up to here are in `places` */
	struct dump_entry *files;
	size_t file_count, file_cap;
	int64_t seq; /* what all of it covers */
	int64_t time;
	uint64_t read;       /* octets, for the eye */
	uint64_t expected;   /* certificates */
	struct arena *arena; /* of one look into the store */
	struct buf batch;
	struct progress progress;
};

/* "keypost-0000.pgp" or with ".zst" */
void dump_name(
	const struct dump *d, unsigned int number, char name[DUMP_NAME_MAX]);
/* Of all its files. */
struct dump_entry dump_sum(const struct dump *d);

/* ---- dump_file.c: one file ---------------------------------------------- */

struct dump_file;
/* Under a temporary name; nothing is written of a dry run. */
MUST_CHECK enum status dump_file_open(const struct dump *d, unsigned int number,
	struct dump_file **file, struct err *err);
MUST_CHECK enum status dump_file_put(
	struct dump_file *f, struct bytes octets, struct err *err);
/* On disk under its own name, or gone: it is freed either way. */
MUST_CHECK enum status dump_file_close(
	struct dump_file *f, struct dump_entry *e, struct err *err);
void dump_file_drop(struct dump_file *f);

/* ---- dump_walk.c: what comes next ------------------------------------------
 */

/*
 * The next certificates behind *at up to `upto`, at most `max`, into d->batch;
 * *at becomes the place of the last one.
 */
MUST_CHECK enum status dump_next(struct dump *d, int64_t *at, int64_t upto,
	size_t max, size_t *count, bool *at_end, struct err *err);
/* Adds what changed since places_seq up to now to d->places. */
MUST_CHECK enum status dump_list_changes(struct dump *d, struct err *err);
/* Says why not when the log does not reach back to d->since. */
MUST_CHECK enum status dump_check_log(struct dump *d, struct err *err);

/* ---- dump_run.c ------------------------------------------------------- */

/* To files; goes on behind those that d has. */
MUST_CHECK enum status dump_run(struct dump *d, struct err *err);
/* To standard output: what changed meanwhile comes once more at its end. */
MUST_CHECK enum status dump_stream(struct dump *d, struct err *err);

/* ---- dump_manifest.c ---------------------------------------------------- */

/*
 * Takes the folder for this dump: makes it, or goes on in it. REJECTED when it
 * holds anything else. *lock is to be closed at the end.
 */
MUST_CHECK enum status dump_take_folder(
	struct dump *d, int *lock, struct err *err);
/* The last change that an earlier dump has; REJECTED when its numbers are not
 * those of this store. */
MUST_CHECK enum status dump_read_seq(
	const struct dump *d, const char *dir, int64_t *seq, struct err *err);
/* The list so far, or, with `whole`, the manifest. */
MUST_CHECK enum status dump_save(
	const struct dump *d, bool whole, struct err *err);

#endif

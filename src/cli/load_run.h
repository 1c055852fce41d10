/*
 * load_run.h - a bulk load under way: its files, one after the other
 *
 * Memory:  struct loading is the caller's.
 * Threads: main.
 */
#ifndef KEYPOST_CLI_LOAD_RUN_H
#define KEYPOST_CLI_LOAD_RUN_H

#include "cli/ledger.h"
#include "cli/load.h"
#include "cli/load_folder.h"
#include "cli/progress.h"

struct loading {
	struct cli *cli;
	struct load_target *target;
	struct load_sums sums;
	struct load_sums safe; /* the same, of what is on disk */
	struct load_told told;
	struct ledger ledger;
	struct load_folder folder; /* that which it is in */
	struct progress progress;
	int64_t began_ms;
	enum level configured;
	bool as_owner; /* started as root, and is it no more */
	bool is_many;  /* more than one file, as far as can be told */
	char *path;    /* that which is read */
	const struct material_file *file; /* the same; or NULL */
	uint64_t upto;   /* unpacked octets of it that were handed on */
	uint64_t before; /* octets on the disk of the files before it */
	uint64_t octets; /* of all files so far, packed or not */
	uint64_t files;
	uint64_t skipped; /* by the ledger */
	uint64_t resumed; /* begun before, and gone on with */
	json_t *by_file;  /* those of which something was left out */
};

/* How far it is; `ctx` is the struct loading. */
void load_show(void *ctx);
/* A file, a folder or "-". IO: it cannot go on; what the target returned. */
MUST_CHECK enum status load_path(
	struct loading *l, char *path, struct err *err);
/* What was read is on disk, and the ledger says so. */
MUST_CHECK enum status load_note(struct loading *l, struct err *err);
/* The same at the end, with what is left to do. */
MUST_CHECK enum status load_end(struct loading *l, struct err *err);

#endif

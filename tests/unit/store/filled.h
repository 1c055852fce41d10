/*
 * filled.h - a store that one load fills, and the same store filled by rows
 */
#ifndef KEYPOST_TESTS_UNIT_STORE_FILLED_H
#define KEYPOST_TESTS_UNIT_STORE_FILLED_H

#include "backend.h"

enum { FILLED_CERTS = 300 };

/* To be filled in bulk, or not. */
void filled_reopen(struct fixture *f, bool bulk);
void filled_begin(struct fixture *f);
void filled_commit(struct fixture *f);
void filled_make(struct made *m, uint32_t i);
/* In bulk packed before, as ingest does; else at once: nobody can tell. */
void filled_put(struct fixture *f, const struct made *m);
/* New ones, changed ones, fewer keys, deleted ones, and what was undone. */
void filled_fill(struct fixture *f, uint32_t from, uint32_t to);
void filled_finish(struct fixture *f);
/* What SQLite answers, of a store that is closed. */
void filled_ask(struct fixture *f, const char *sql, struct buf *out);
/* It has what a store has that the same certificates came to by rows. */
void filled_compare(struct fixture *f);

#endif

/*
 * find.h - look-ups of the command line: straight from the store, reading only
 *
 * Memory:  a struct found owns everything in it until find_done.
 * Threads: one.
 */
#ifndef KEYPOST_CLI_FIND_H
#define KEYPOST_CLI_FIND_H

#include "cli/cli.h"
#include "lookup/lookup.h"

struct found {
	struct store *store;
	struct store_session *session;
	struct arena *arena;
	struct cert_rows rows;
};

/* CLI_YES, or what to exit with, having said why. find_done either way. */
MUST_CHECK enum cli_exit find_certs(struct cli *c, struct found *f);
void find_done(struct found *f);

#endif

/*
 * graph_page.h - one page of statistics becomes nodes and edges
 *
 * JSON when it is JSON, else the markup that SKS made and everybody kept.
 *
 * Threads: one.
 * Errors:  MALFORMED: neither.
 * Source:  spec hkp sections 9.1, 9.2, 9.3.
 */
#ifndef KEYPOST_CLI_GRAPH_PAGE_H
#define KEYPOST_CLI_GRAPH_PAGE_H

#include "cli/graph.h"

enum { GRAPH_PEERS_MAX = 500 }; /* of one page and kind */

/* The page of node `at`; new nodes are one deeper. */
MUST_CHECK enum status graph_read_page(
	struct graph *g, size_t at, struct bytes page);

/* "Host:port" as "host:port", or NULL: not a name that is looked up. */
char *graph_host(struct bytes text);

#endif

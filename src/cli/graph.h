/*
 * graph.h - servers and who passes keys on to whom, as Graphviz or JSON
 *
 * What is put in was told by strangers: every text is cleaned (printable
 * UTF-8, at most GRAPH_TEXT_MAX characters) and escaped when written.
 *
 * Memory:  graph_free; texts are copied.
 * Threads: one.
 * Source:  spec hkp section 9.3.
 */
#ifndef KEYPOST_CLI_GRAPH_H
#define KEYPOST_CLI_GRAPH_H

#include <jansson.h>

#include "base/bytes.h"

enum { GRAPH_NODES_MAX = 1000, GRAPH_TEXT_MAX = 200, GRAPH_NONE = -1 };

/* PUSH: over HTTP to a server that is no gossip peer. */
enum graph_kind { GRAPH_GOSSIP, GRAPH_MAIL, GRAPH_PUSH };

struct graph_node {
	char *name;     /* host:reconport, mailto:..., or a URL */
	char *http;     /* http://host:port to ask, or NULL */
	char *path;     /* of its statistics */
	char *software; /* from here on: once it was read */
	char *version;
	char *mail; /* its own sync address */
	int64_t keys;
	unsigned int depth;
	bool is_read;
	bool is_seed;
};

struct graph;

struct graph *graph_new(void);
void graph_free(struct graph *g);
size_t graph_count(const struct graph *g);
struct graph_node *graph_node(struct graph *g, size_t i);
/* Finds or makes; GRAPH_NONE when there are too many already. */
int graph_add(struct graph *g, const char *name);
/* The node that answers there, or GRAPH_NONE. */
int graph_find_http(const struct graph *g, const char *http);
/* Unless another one has that name. */
void graph_rename(struct graph *g, size_t i, const char *name);
void graph_connect(
	struct graph *g, size_t from, size_t to, enum graph_kind kind);
/* Addresses and URLs that are a server's we read become that server. */
void graph_merge(struct graph *g);
MUST_CHECK enum status graph_write_dot(struct graph *g, struct buf *out);
json_t *graph_json(struct graph *g);

#endif

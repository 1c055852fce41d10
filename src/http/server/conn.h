/*
 * conn.h - every open connection: limits when it comes, a sweep while it stays
 *
 * Memory:  a struct conn belongs to the table from conn_admit to conn_remove.
 * Threads: the table has a lock; pace is lock-free. `requests` belongs to the
 *          pool thread of the connection.
 * Errors:  conn_admit: LIMIT over L23.
 * Source:  design: reliability L5 (the same for replies), L23, T1.
 */
#ifndef KEYPOST_HTTP_SERVER_CONN_H
#define KEYPOST_HTTP_SERVER_CONN_H

#include "http/server/pace.h"
#include "http/server/peer_address.h"

struct loop;

struct conn {
	struct pace pace;
	struct peer_address from;
	struct loop *loop; /* its pool thread */
	int fd;            /* -1: not libmicrohttpd's yet */
	int handed;        /* what it is given as, meanwhile */
	unsigned int requests;
	_Atomic int64_t busy_since; /* a pool thread is at work for it; or 0 */
	size_t reply; /* octets of the gauge of replies; the table's */
	bool cut;     /* the sweep has shut it down */
	bool counted; /* neither in rate_exempt nor a proxy */
	bool trusted; /* a proxy: speaks for others */
	struct conn *next, **link;           /* of all */
	struct conn *same_next, **same_link; /* of those of like hash */
	struct conn *coming_next;            /* of those in its thread */
};

struct conn_table;

enum {
	CONN_CROWD = 128, /* and when three of four are gone, it has left */
	CONN_ADDRESS_SHARE = 4, /* one address may hold 1/4 of the gauge */
	CONN_SMALL_SHARE = 2 /* small replies on all connections: 1/2 of it */
};

/* max_per_address 0: no such limit. `exempt` is taken. */
struct conn_table *conn_table_new(size_t max, size_t max_per_address,
	const struct address_ranges *exempt);
/* Whose X-Forwarded-For is believed, and who is never limited. */
struct conn_lists {
	const struct address_ranges *trusted, *exempt;
};
/* Before the first comes; `trusted` is taken. */
void conn_table_trust(
	struct conn_table *t, const struct address_ranges *trusted);
struct conn_lists conn_table_lists(const struct conn_table *t);
/* It is empty by then. */
void conn_table_free(struct conn_table *t);

MUST_CHECK enum status conn_admit(struct conn_table *t,
	const struct sockaddr_storage *from, int64_t now, struct conn **out);
/* From here on the sweep may shut it down. */
void conn_bind(struct conn_table *t, struct conn *c, int fd);
/* Before its descriptor is closed. */
void conn_remove(struct conn_table *t, struct conn *c);
size_t conn_count(struct conn_table *t);
/* Were there many, and are most of them gone? True once for each crowd. */
bool conn_crowd_has_left(struct conn_table *t);
/* Those between two requests left out. */
size_t conn_count_busy(struct conn_table *t);
/* Those with an answer on its way. */
size_t conn_count_replying(struct conn_table *t);
/* Octets of all the replies that are not read yet; before the first comes. */
void conn_table_limit_replies(struct conn_table *t, size_t max);
/*
 * False when `n` more octets would be too many, for all or for its address.
 * The first reply of an address is only too many for all. What is so small
 * that all connections may hold as much is not counted and never too many.
 */
bool conn_hold_reply(struct conn_table *t, struct conn *c, size_t n);
void conn_release_reply(struct conn_table *t, struct conn *c);
/* A pool thread begins to work for this connection, and has done. */
void conn_enter(struct conn *c, int64_t now);
void conn_leave(struct conn *c);
/* For how long the thread that hangs longest has been at it; 0: none is. */
int64_t conn_longest_work(struct conn_table *t, int64_t now);
/* Shuts down those that break a rule of pace.h; returns how many. */
size_t conn_sweep(struct conn_table *t, int64_t now);

#endif

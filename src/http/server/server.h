/*
 * server.h - the HTTP front end: daemon, thread pool, limits, sweep
 *
 * Memory:  settings are borrowed until server_free.
 * Threads: start and stop from main; libmicrohttpd's pool runs the handlers,
 *          which never wait: a submission suspends its connection.
 * Source:  spec hkp; design: reliability L1 to L6, L23, T1.
 */
#ifndef KEYPOST_HTTP_SERVER_SERVER_H
#define KEYPOST_HTTP_SERVER_SERVER_H

#include "base/net.h"
#include "ingest/ingest.h"
#include "lookup/rules.h"

struct server;

/* A server that we keep in sync with. What it lacks is NULL or "". */
struct http_peer {
	const char *name;   /* of its [peer NAME] */
	const char *mail;   /* its sync address */
	const char *gossip; /* HOST:PORT of its gossip */
	const char *push;   /* the URL we feed it at, over HTTP */
	bool is_private;    /* its host is masked */
	bool gossips;       /* be it that only it begins talks */
};

struct http_settings {
	struct endpoint *listen;
	size_t listen_count;
	struct endpoint *metrics_listen; /* of /metrics; none: off */
	size_t metrics_listen_count;
	char **rate_exempt; /* address or CIDR texts */
	size_t rate_exempt_count;
	char **trusted_proxies; /* likewise: who may say X-Forwarded-For */
	size_t trusted_proxy_count;
	size_t threads;         /* of the pool */
	size_t max_connections; /* L23 */
	size_t max_per_address;
	size_t max_bodies;  /* L5, octets */
	size_t max_replies; /* the same for answers that are being read */
	size_t max_get;     /* L24 */
	size_t max_index;
	size_t max_identity; /* of one address or user ID: HKP v2, VKS */
	size_t max_reply;    /* octets */
	size_t max_hashquery_reply;
	int64_t lookup_time_ms;
	char *language;   /* of the pages; whoever starts us speaks it */
	bool accept_language; /* or the visitor's, of pages */
	const char *name; /* public name of this server */
	const char *contact;
	char *server_header; /* "": our name and version */
	char *web; /* folder of the operator's own files; "" for none */
	const char *mail_address;      /* our sync address; "" for none */
	const struct http_peer *peers; /* for the statistics */
	size_t peer_count;
	bool submissions;           /* false: a mirror that only reads */
	struct lookup_rules search; /* which searches are answered */
	bool serve_unclean;         /* clean=off is honoured */
	bool redact_hard_revoked;   /* see lookup/redact.h */
	const char *armor_comment;  /* "" for none */
	bool stats_show_mail;
};

/* The version of libmicrohttpd that runs. */
const char *server_library(void);

MUST_CHECK enum status server_new(const struct http_settings *settings,
	struct store *store, struct ingest *ingest, struct server **server,
	struct err *err);
/* Binds every listener; the ports are known then. */
MUST_CHECK enum status server_listen(struct server *s, struct err *err);
MUST_CHECK enum status server_start(struct server *s, struct err *err);
/* Whom the statistics show from here on, and our mail address; copied. */
void server_tell_peers(struct server *s, const struct http_settings *settings);
/* The port of a listener: for one that was told to take any (port 0). */
uint16_t server_port(const struct server *s, size_t listener);
/*
 * T1: once a second from main. For how long the pool thread that hangs
 * longest has been in one call of ours (milliseconds; 0: none is), for T3.
 */
int64_t server_sweep(struct server *s);
/* Stops accepting and closes the listeners; what runs goes on. */
void server_quiesce(struct server *s);
/* No connection may be suspended any more. */
void server_stop(struct server *s);
void server_free(struct server *s);

#endif

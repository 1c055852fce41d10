/*
 * gossip.h - the thread that gossips: listener, timer, choice of partner
 *
 * One talk that we began and one that a partner began at a time; then what was
 * learned is fetched. Look-ups and submissions never wait for it.
 *
 * Memory:  settings are copied.
 * Threads: new, listen, start, set_peers, stop, free from main; the rest from
 *          any.
 * Units:   milliseconds, but for what people set in seconds.
 * Errors:  gossip_new: REJECTED when the level does not fit the filters, or a
 *          name is wrong, and the sentence says what to write instead.
 * Source:  spec sks-recon sections 6, 10, 12, 13 and 15; design: reliability
 *          section 9.
 */
#ifndef KEYPOST_RECON_GOSSIP_H
#define KEYPOST_RECON_GOSSIP_H

#include "base/gossip.h"
#include "base/net.h"
#include "ingest/ingest.h"
#include "recon/recover.h"
#include "recon/sets.h"
#include "recon/talk_limits.h"

struct gossip;

/* A [peer] with `gossip = HOST:PORT`. */
struct gossip_peer {
	char *name;
	char *at;   /* HOST:PORT of its gossip; "": only it begins talks */
	char *http; /* HOST:PORT or HOST of its keys; "": its address, and the
		       port that it announces */
	char **networks; /* beside its addresses: ADDRESS or ADDRESS/BITS that
			    it may come from */
	size_t network_count;
	bool is_private;
};

struct gossip_settings {
	char *data;              /* data folder */
	struct endpoint *listen; /* none: we only begin talks */
	size_t listen_count;
	char *profile;             /* profile.h; "": what the level implies */
	char *filters;             /* instead of the profile's, "none"; or "" */
	bool force_filters;        /* though the level does not fit them */
	size_t http_port;          /* to announce */
	int64_t interval_ms;       /* between talks that we begin */
	int64_t idle_ms;           /* of a partner; 0: 20 s */
	int64_t talk_ms;           /* in all; 0: 5 min */
	int64_t fetch_wait_ms;     /* when we did not begin the talk */
	struct talk_limits limits; /* of one talk; all 0: the defaults */
	enum level level;          /* of the store */
	struct gossip_peer *peers;
	size_t peer_count;
	/* Heartbeat of threads, for T3; may be NULL. */
	void (*beat)(void *ctx, const char *thread);
	void *beat_ctx;
};

/* Does it gossip at all? Others are left out. */
static inline bool
gossip_peer_is_used(const struct gossip_peer *p)
{
	return *p->at != '\0' || p->network_count > 0;
}

/* Is there anything to listen at, or anybody to talk with? */
bool gossip_is_used(const struct gossip_settings *settings);
/* As gossip_new, before anything is opened; *key: of the setting at fault. */
MUST_CHECK enum status gossip_check(const struct gossip_settings *settings,
	const char **key, struct err *err);
MUST_CHECK enum status gossip_new(const struct gossip_settings *settings,
	struct store *store, struct ingest *ingest, struct gossip **gossip,
	struct err *err);
/* Binds; ports may need root. */
MUST_CHECK enum status gossip_listen(struct gossip *g, struct err *err);
MUST_CHECK enum status gossip_start(struct gossip *g, struct err *err);
/* Other peers and another interval; the rest stays as it was started. */
void gossip_set_peers(struct gossip *g, const struct gossip_settings *next);
/* Takes and begins no more talks, fetches no more. */
void gossip_quiesce(struct gossip *g);
/* Joins; saves the tree. After ingest_drain. */
void gossip_stop(struct gossip *g);
void gossip_free(struct gossip *g);

/* ---- control ----------------------------------------------------------- */

enum gossip_talk_end {
	GOSSIP_NEVER,
	GOSSIP_AGREED, /* nothing differed */
	GOSSIP_LEARNED,
	GOSSIP_WAS_BUSY,
	GOSSIP_MISMATCH,
	GOSSIP_UNREACHED,
	GOSSIP_BROKE
};

/* Talks that one of both begins. */
struct gossip_way_look {
	int64_t well; /* the last that went well: seconds since 1970; 0 */
	/* How the last one ended; that one of both was busy is left out. */
	enum gossip_talk_end end;
	char why[256]; /* printable */
};

/* How it stands with one peer. */
struct gossip_peer_look {
	char name[64];
	bool is_self;   /* its address is our own: it is left out */
	bool is_called; /* we begin talks with it */
	struct gossip_way_look ways[GOSSIP_WAYS];
	int64_t next; /* when we try again */
	/* Of the last talk, whoever began it. */
	enum gossip_talk_end end;
	char why[256];            /* printable */
	uint64_t talks, failures; /* failures: in a row */
	uint64_t learned, owed;   /* digests, since the start */
	uint64_t fetched, refused, unexpected, missing;
	enum recover_trouble trouble;
	char trouble_why[128];
	size_t waiting, backed_off;
	size_t backed_off_as[RECOVER_REASONS]; /* the same, by reason */
};

struct gossip_look {
	const char *profile;
	char filters[512];
	unsigned int port;             /* listening; 0 */
	bool building;                 /* the tree is not there (yet) */
	enum sets_origin origin;       /* where it came from */
	size_t digests, nodes, octets; /* of the tree */
	int64_t seq, last_seq;         /* that it reflects; of the store */
	uint64_t rebuilds; /* since the start, the first one included */
	char rebuilt_why[128];
};

void gossip_look_at(struct gossip *g, struct gossip_look *look);
/* The i-th peer; NOT_FOUND beyond the last. */
MUST_CHECK enum status gossip_look_at_peer(
	struct gossip *g, size_t i, struct gossip_peer_look *look);
/* A talk that was asked for, when it is over. */
struct gossip_run_end {
	uint64_t number;
	enum gossip_talk_end end; /* NEVER: it was called off */
	char why[256];
	uint64_t learned, owed; /* digests, of this talk alone */
};

/* Begins a talk with that peer as soon as none that we began is under way,
 * whatever its back-off. NOT_FOUND: no such peer gossips; REJECTED: it is this
 * server; BUSY: one is asked for already. */
MUST_CHECK enum status gossip_run(
	struct gossip *g, const char *peer, uint64_t *number, struct err *err);
/* What came of it; NOT_FOUND: it is not over. The last one is known. */
MUST_CHECK enum status gossip_look_at_run(
	struct gossip *g, uint64_t number, struct gossip_run_end *out);
MUST_CHECK enum status gossip_rebuild(struct gossip *g, struct err *err);

#endif

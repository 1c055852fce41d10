/*
 * recover.h - asks partners for the certificates that we lack, and submits them
 *
 * Digests are asked for in batches (/pks/hashquery), the size of which follows
 * what went well. A reply's certificates go the one way in. What did not turn
 * up, or became another certificate than was offered, is remembered with its
 * reason and asked for ever more rarely; the first of each lot are named in the
 * log. What is not wanted here is not asked for at all. While the way in is
 * busy nothing is fetched.
 *
 * Memory:  bounded: queue and back-off table by number, replies by octets.
 * Threads: one, that of the fetcher. Submissions are done on others, and wake
 *          it.
 * Units:   milliseconds, monotonic, but for what is kept in the store.
 * Errors:  logged with their unit of work; a failed batch is no error.
 * Source:  spec sks-recon sections 11, 14.14 to 14.16 and 15.
 */
#ifndef KEYPOST_RECON_RECOVER_H
#define KEYPOST_RECON_RECOVER_H

#include "base/fetch.h"
#include "ingest/ingest.h"

enum {
	RECOVER_BATCH = 100, /* digests in one request: L22 */
	RECOVER_REPLY_MAX = 32 * 1024 * 1024,
	/* While another one is under way, or being submitted: all of gossip has
	 * 64 MiB. What does not fit is asked for again by halves. */
	RECOVER_REPLY_BESIDE = 16 * 1024 * 1024,
	RECOVER_CERT_MAX = 8 * 1024 * 1024,
	RECOVER_OFFER_MAX = 15000,  /* digests taken of one offer: L22 */
	RECOVER_QUEUE_MAX = 100000, /* digests waiting, all partners */
	RECOVER_BACKOFF_MAX = 100000
};

struct recover;

struct recover_settings {
	int64_t deadline_ms;    /* of one request */
	int64_t backoff_ms;     /* the first one: an hour */
	int64_t backoff_max_ms; /* a week */
	int64_t pause_ms;       /* after a request that failed */
};

/* Where one partner serves its keys. */
struct recover_source {
	const char *peer; /* its name: origin of what it gives */
	const char *host; /* an address, or what the operator wrote */
	unsigned int port;
	int64_t wait_ms; /* ask no sooner than this from now */
};

/* Why a digest is not asked for now. */
enum recover_reason {
	RECOVER_MISSING,    /* the partner offers it and does not give it */
	RECOVER_UNREADABLE, /* a request for it alone is not answered well */
	RECOVER_REFUSED,    /* by our rules */
	RECOVER_CHANGED,    /* stored, but as another than was offered */
	RECOVER_LESS, /* we have more of it: the partner will fetch that */
	RECOVER_REASONS
};

/* "missing", ...: for logs and programs. */
const char *recover_reason_word(enum recover_reason reason);

/* How the last request went. */
enum recover_trouble {
	RECOVER_WELL, /* or there was none */
	RECOVER_UNREACHED,
	RECOVER_ILL /* it answers late, or what is no answer */
};

struct recover_facts {
	uint64_t asked, got; /* digests asked for, certificates that came */
	uint64_t unexpected; /* of another digest than any asked for */
	uint64_t missing;    /* asked for, and not in the reply */
	uint64_t refused;    /* by our rules */
	uint64_t changed;    /* stored, but as another than was offered */
	size_t waiting;      /* in the queue or in a request */
	size_t backed_off;   /* digests not asked for now */
	size_t backed_off_as[RECOVER_REASONS]; /* the same, by reason */
	int64_t last_fetch;                    /* seconds since 1970 */
	enum recover_trouble trouble;
	char why[128]; /* of the trouble; printable */
};

struct recover *recover_new(const struct recover_settings *settings,
	struct fetcher *fetcher, struct ingest *ingest);
/* All submissions must be done: after ingest_drain. */
void recover_free(struct recover *r);
/*
 * The partner has these, and the tree had not. Those that are backed off or
 * waiting are left out, and when their turn comes those that are stored by
 * then or not wanted. Returns how many are new to the queue; what does not fit
 * is left for the next talk.
 */
size_t recover_offer(struct recover *r, const struct recover_source *from,
	const struct sks_digest *list, size_t count);
/* It has nothing that is lacking here: no trouble is left. */
void recover_agreed(struct recover *r, const char *peer);
/* Starts what can be started; call it after each fetch_step. Returns when it
 * wants to be called again, monotonic; INT64_MAX: when something happens. */
int64_t recover_step(struct recover *r);
/* Asks for no more and submits no more. */
void recover_quiesce(struct recover *r);
/* All zero for an unknown name. */
void recover_get_facts(
	struct recover *r, const char *peer, struct recover_facts *out);
/* Its `waiting` alone. */
size_t recover_waiting(const struct recover *r, const char *peer);

#endif

/*
 * mail.h - the daemon's half of mail: settings, start, stop
 *
 * Memory:  settings are borrowed until mail_free.
 * Threads: start and stop from main. `inbox` and `courier` each own one frame
 *          socket to keypost-mail.
 * Source:  spec pks-mail section 8.
 */
#ifndef KEYPOST_MAIL_MAIL_H
#define KEYPOST_MAIL_MAIL_H

#include "ingest/ingest.h"
#include "lookup/rules.h"
#include "mailagent/protocol.h"
#include "pgp/delta.h"

struct mail;

/* How a peer's letters are told from others: see auth.h. */
enum peer_auth {
	PEER_AUTH_OPEN,
	PEER_AUTH_LIST,
	PEER_AUTH_TRANSPORT, /* who reaches us so, or knows its tag */
	PEER_AUTH_RESULTS,   /* our mail server has verified it */
	PEER_AUTH_HMAC,      /* a secret that both have */
	PEER_AUTH_OPENPGP    /* its key */
};

/* How to be let in by a relay; "" is none. */
struct relay_access {
	char *user;
	char *password_file; /* its first line */
	char *pin;           /* SHA-256 of its certificate, hex */
};

/* As a peer's `tls`: what [mail] says. */
enum { RELAY_TLS_AS_MAIL = RELAY_TLS_NONE + 1 };
/* Does it understand letters of repair? AUTO: its own letters say so. */
enum peer_repair { PEER_REPAIR_AUTO, PEER_REPAIR_YES, PEER_REPAIR_NO };

struct peer_settings {
	char *name;
	char *mail;   /* its sync address; "": no mail to it */
	char *hkp;    /* hkp:// hkps:// vks://: fed so, not by mail; "" */
	char *relay;  /* "": that of mail_settings */
	char *lookup; /* hkp:// hkps://: where our canary is looked up; "":
			 as `hkp` */
	int tls;      /* to its own relay: enum relay_tls, or as above */
	struct relay_access access; /* by its own relay */
	char *tls_ca;               /* "": that of mail_settings */
	char **aliases;             /* other addresses of the same server */
	size_t alias_count;
	enum peer_auth auth;
	char *auth_tag; /* with TRANSPORT: of our address; "": none */
	char *auth_key; /* with HMAC, OPENPGP: a file */
	bool sign;      /* our letters to it, with OpenPGP */
	enum delta_dialect dialect;
	bool accept_modern;        /* v5, v6, unknown algorithms */
	size_t full_key_max;       /* octets armored; 0: always deltas */
	size_t letters_per_minute; /* 0: no limit */
	bool is_private;           /* the statistics mask its host */
	enum peer_repair repair;
};

/* Over HTTP, by the same cursor. */
static inline bool
peer_is_fed(const struct peer_settings *p)
{
	return p->hkp != NULL && p->hkp[0] != '\0';
}

enum mail_reply { MAIL_REPLY_NO, MAIL_REPLY_YES, MAIL_REPLY_ALL };

/* What people may ask for by mail. */
struct mail_search {
	struct lookup_rules rules; /* those of the pages */
	bool redact;               /* see lookup/redact.h */
	size_t max_keys;           /* in one answer */
	size_t max_octets;         /* of one answer */
	int64_t last_max_s;        /* how far back LAST goes */
};

struct mail_settings {
	char *address; /* ours; "": no mail at all */
	char *maintainer;
	char *bounce; /* envelope sender; "": made from address */
	char *relay;  /* "": peers need their own */
	enum relay_tls tls;
	bool tls_local_clear; /* but none to a relay on this host */
	struct relay_access access;
	char *data; /* data folder */
	char *maildir;
	char *lmtp_listen;
	char *imap;               /* imaps://USER@HOST/FOLDER; "": none */
	char *imap_password_file; /* its first line */
	char *imap_pin;           /* SHA-256 of its certificate; "": none */
	bool imap_shared;         /* what is not ours stays in it */
	char *tls_ca;             /* authorities; "": the system's */
	char *host;               /* our name: Message-ID, greeting */
	int64_t batch_delay_ms;
	size_t batch_octets; /* armored */
	size_t batch_keys;
	char *authserv_id; /* whose Authentication-Results count; "" */
	enum mail_reply reply_to_users;
	struct mail_search search;
	size_t max_sent_list; /* 8.4.5: entries */
	size_t max_forwards;  /* 8.4.6: of one certificate to one peer, an
				 hour; 0: any number */
	struct peer_settings *peers;
	size_t peer_count;
	int64_t change_keep_s; /* L26 */
	int64_t change_keep_count;
	bool repair; /* ask peers for what never came, and answer them */
	int64_t repair_after_ms;  /* how long a gap may be reordering */
	int64_t summary_every_ms; /* 0: none */
	int64_t repair_keep_s;    /* delivered changes, for those who ask */
	int64_t repair_octets;    /* a peer and day */
	/* Heartbeat of threads, for T3; may be NULL. */
	void (*beat)(void *ctx, const char *thread);
	void *beat_ctx;
	bool canary; /* see canary.h */
	int64_t canary_every_s;
	char *letter_log; /* a folder that keeps a copy of each letter that a
			     relay accepted, for people; "": none */
};

/* Do we answer what this peer asks for, and ask? Letters say so. */
static inline bool
peer_mends(const struct mail_settings *s, const struct peer_settings *p)
{
	return s->repair && p->repair != PEER_REPAIR_NO && p->mail[0] != '\0' &&
	       !peer_is_fed(p);
}

/*
 * Starts keypost-mail: makes the two socket pairs, gives our ends. `pid` is
 * for logs. Called again when it died. daemon/starter fills it.
 */
struct mail_spawn {
	enum status (*spawn)(
		void *ctx, int *in_fd, int *out_fd, int *pid, struct err *err);
	void *ctx;
};

/* Is there an address of ours, or a peer that needs none? */
bool mail_is_used(const struct mail_settings *settings);
MUST_CHECK enum status mail_new(const struct mail_settings *settings,
	const struct mail_spawn *spawn, struct store *store,
	struct ingest *ingest, struct mail **mail, struct err *err);
MUST_CHECK enum status mail_start(struct mail *m, struct err *err);
/* No more letters in; those in flight are finished. */
void mail_close_inbox(struct mail *m);
/* The courier finishes or drops its letters; then joins both threads. */
void mail_stop(struct mail *m);
/* Lets all of its threads look at the clock, which was set. */
void mail_wake(struct mail *m);
void mail_free(struct mail *m);

/* Control: a paused peer keeps its cursor. NOT_FOUND for an unknown name. */
MUST_CHECK enum status mail_pause_peer(
	struct mail *m, const char *name, bool pause, struct err *err);
/* Sends again what changed since (0: all). NOT_FOUND for an unknown name. */
MUST_CHECK enum status mail_resync_peer(
	struct mail *m, const char *name, int64_t since, struct err *err);
/* Letters for a peer that are made and not delivered, and their octets. */
struct mail_waiting {
	size_t letters, octets;
};
void mail_look_at_peer(
	struct mail *m, const char *name, struct mail_waiting *waiting);
struct repair_look; /* repair.h */
/* NOT_FOUND for an unknown name. */
MUST_CHECK enum status mail_look_at_repair(
	struct mail *m, const char *name, struct repair_look *look);
/* Tries again now, whatever the back-off says; NULL: every peer. */
MUST_CHECK enum status mail_retry_peer(
	struct mail *m, const char *name, struct err *err);

#endif

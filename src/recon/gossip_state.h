/*
 * gossip_state.h - what the files of gossip share
 *
 * Threads: all of it is the gossip thread's, but for what says otherwise.
 */
#ifndef KEYPOST_RECON_GOSSIP_STATE_H
#define KEYPOST_RECON_GOSSIP_STATE_H

#include <pthread.h>

#include "base/thread.h"
#include "recon/gossip.h"
#include "recon/gossip_address.h"
#include "recon/gossip_names.h"
#include "recon/profile.h"
#include "recon/recover.h"
#include "recon/sets.h"
#include "recon/talk.h"

enum {
	GOSSIP_LISTEN_MAX = 16,
	CONNECT_MS = 10000, /* of one address */
	MESSAGE_MS = 20000, /* until a whole one came, or something was sent */
	GREETING_MS = 45000,
	TALK_MS = 300000,
	LEAVE_MS = 2000,
	FAULT_MS = 600000,      /* L20: no talk with who broke the protocol */
	FAILED_MAX_MS = 600000, /* with others that fail, at most */
	NAMES_FRESH_MS = 60000,
	NAMES_OLD_MS = 600000,
	FOLLOW_MS = 10000, /* the log, while nobody talks */
	SAVE_MS = 3600000,
	READ_MAX = 65536
};

/* L21: one that we began, one that a partner began, and those whom we tell
 * that we are busy. */
enum { CALL_STARTED, CALL_ACCEPTED, CALL_REFUSED, CALLS = CALL_REFUSED + 4 };

/* One [peer] that gossips, and how it stands with it. */
struct member {
	struct gossip_peer set; /* a copy */
	struct endpoint at;     /* of its gossip; host is "" without */
	struct network *networks;
	struct sockaddr_storage addresses[NAME_ADDRESSES_MAX];
	size_t address_count;
	struct err unknown;  /* why there are none */
	int64_t resolved_ms; /* monotonic; 0: never */
	bool resolving;
	/* Its last talk taught more than is fetched at once: the next one is
	 * due when so many certificates came in all. 0: it did not. */
	uint64_t more_at;
	int64_t next_ms;              /* monotonic: we begin no talk before */
	int64_t fault_ms;             /* monotonic: nor take one */
	char mismatch[256];           /* the last one that was logged */
	struct gossip_peer_look look; /* under the lock */
};

enum call_state {
	CALL_NONE,
	CALL_RESOLVING, /* waits for addresses */
	CALL_CONNECTING,
	CALL_TALKING,
	CALL_LEAVING /* all is said: reads until the partner has gone, too */
};

/* A connection. */
struct call {
	enum call_state state;
	struct gossip *g;
	struct member *member;
	bool answers; /* we began it */
	uint64_t run; /* an operator waits for its end: its number; 0 */
	int fd;
	struct sockaddr_storage at;
	size_t next_address;
	struct talk *talk;
	bool lost;                              /* the partner went first */
	int64_t began_ms, greeted_by, moved_ms; /* monotonic */
	uint64_t messages;                      /* at moved_ms */
};

struct stranger {
	struct host_address host;
	int64_t told_ms;
};

enum { STRANGERS_MAX = 256 };

struct gossip {
	struct gossip_settings set; /* a copy, without its peers */
	const struct profile *profile;
	char filters[PROFILE_FILTERS_MAX];
	struct store *store;
	struct ingest *ingest;
	struct fetcher *fetcher;
	struct recover *recover;
	struct names *names;
	struct sets *sets;
	bool has_tree;
	struct prefix_tree *no_tree; /* for whom we only refuse */
	int64_t followed_ms, saved_ms;
	bool saving; /* that is worth waiting for at a stop */
	int doors[GOSSIP_LISTEN_MAX];
	struct sockaddr_storage own[GOSSIP_LISTEN_MAX]; /* as bound */
	size_t door_count;
	int64_t doors_rest_ms; /* monotonic: descriptors ran out */
	struct stranger strangers[STRANGERS_MAX];
	size_t stranger_next;
	struct call calls[CALLS];
	struct member **members;
	size_t member_count;
	int64_t started_ms; /* monotonic */
	int64_t begin_ms;   /* monotonic: the next talk by chance */
	int64_t counted_ms; /* monotonic: when gossip_count was called */
	uint8_t *input;
	struct thread thread;
	_Atomic bool quiet;    /* no more talks */
	_Atomic bool stopping; /* end the thread */
	/* Under the lock: what other threads want, and what they look at. */
	pthread_mutex_t lock;
	struct gossip_settings *next; /* other peers; NULL: as they are */
	char *run;                    /* whom to talk with next; NULL */
	uint64_t run_number;          /* of the last that was asked for */
	struct gossip_run_end ended;  /* the last of those that is over */
	bool rebuild;
	struct gossip_look look;
};

/* gossip_settings.c: all of it is copied; peers that do not gossip are not. */
void settings_copy(
	const struct gossip_settings *from, struct gossip_settings *to);
void settings_done(struct gossip_settings *s);
void settings_copy_peer(const struct gossip_peer *from, struct gossip_peer *to);
void settings_done_peer(struct gossip_peer *p);
/* What they announce instead of the profile's filters, sorted. NOT_FOUND: it
 * is these; LIMIT: there is no room for it. */
MUST_CHECK enum status settings_filters(
	const struct gossip_settings *s, char filters[PROFILE_FILTERS_MAX]);
/* The profile that they mean; NULL: there is none. */
const struct profile *settings_profile(const struct gossip_settings *s);

/* gossip_member.c */
void member_free(struct member *m);
/* Other peers; those that stay keep what is known of them. */
void members_replace(struct gossip *g, const struct gossip_settings *next);
struct member *member_find(const struct gossip *g, const char *name);
/* Who may come from there; NULL: nobody. */
struct member *member_of(
	const struct gossip *g, const struct sockaddr_storage *from);
/* Asks for its addresses; they come by members_take_names. */
void member_resolve(struct gossip *g, struct member *m);
void members_take_names(struct gossip *g);
/* Whoever's addresses are older than that. */
void members_refresh(struct gossip *g, int64_t age_ms);
/* One by chance that we may begin a talk with; NULL: none. */
struct member *member_choose(struct gossip *g, int64_t now);
/* One that has more for us than fits one talk; NULL: none. */
struct member *member_with_more(const struct gossip *g, int64_t now);
/* What recover knows of them goes to those who look. */
void members_count(struct gossip *g);

/* gossip_tree.c */
enum status tree_open(struct gossip *g);
/* Follows the log, unless a talk needs it as it is. */
enum status tree_follow(struct gossip *g, int64_t now);
void tree_check(struct gossip *g);
/* BUSY while somebody talks. */
enum status tree_rebuild(struct gossip *g);
void tree_save(struct gossip *g, int64_t now);

/* gossip_door.c */
enum status doors_open(struct gossip *g, struct err *err);
void doors_close(struct gossip *g);
/* Takes who waits there. */
void door_take(struct gossip *g, int fd);

/* gossip_call.c: one connection */
/* `run`: its number, if an operator asked for it; 0. */
void call_begin(struct gossip *g, struct member *m, uint64_t run);
/* `fd` is taken; `busy`: only to say so. */
void call_accept(struct gossip *g, struct call *c, struct member *m, int fd,
	const struct sockaddr_storage *from, const char *busy);
/* What it waits for; 0: not for its descriptor. */
short call_events(const struct call *c);
void call_step(struct call *c, short revents);
/* Looks at its deadlines; the next one. */
int64_t call_watch(struct call *c, int64_t now);
/* At once. */
void call_drop(struct call *c);

/* gossip_end.c: what a call has come to */
/* The talk that an operator asked for will not be: under the lock. */
void run_called_off(struct gossip *g, uint64_t run, const char *why);
void call_unreached(struct call *c, const char *why);
void call_ended(struct call *c, const char *timed_out);

/* gossip_orders.c */
void orders_take(struct gossip *g);
/* The talk that is asked for, or the next one by chance, if it is due. */
void orders_begin(struct gossip *g, int64_t now);

/* gossip.c: with a little chance in it */
int64_t gossip_interval(const struct gossip *g);

#endif

/*
 * site_state.h - what this server tells of itself, gathered at one moment
 *
 * All renderers (JSON, HTML, charts, graph) read one of these. Everything in
 * it may be shown to anybody: names that are to be masked are masked.
 *
 * Memory:  strings are never NULL; they and the lists live as long as the
 *          snapshot (gather.h).
 * Threads: read-only once made.
 * Units:   seconds since 1970; 0 is never.
 */
#ifndef KEYPOST_HTTP_STATE_SITE_STATE_H
#define KEYPOST_HTTP_STATE_SITE_STATE_H

#include <stdbool.h>

#include "http/state/histogram.h"

/* Where a peer stands with us, worst first. */
enum peer_word {
	PEER_WORD_STOPPED, /* refused for good: an operator must act */
	PEER_WORD_PAUSED,
	PEER_WORD_RETRYING,
	PEER_WORD_RESYNC, /* lost changes that are no longer kept */
	PEER_WORD_NEW,    /* nothing exchanged yet */
	PEER_WORD_FINE
};

/* Where gossip with a peer stands. */
enum gossip_word {
	GOSSIP_WORD_OFF,  /* this server does not gossip */
	GOSSIP_WORD_SELF, /* its address is our own: it is left out */
	GOSSIP_WORD_NONE,
	GOSSIP_WORD_FAILING,   /* nobody answers there */
	GOSSIP_WORD_BROKE,     /* somebody does, and talks do not end well */
	GOSSIP_WORD_ILL,       /* it does not give what it offers */
	GOSSIP_WORD_DIFFERS,   /* its configuration does: nobody gossips so */
	GOSSIP_WORD_UNFETCHED, /* and what it has cannot be fetched */
	GOSSIP_WORD_BEHIND,    /* it has what we have not */
	GOSSIP_WORD_FINE
};

/* The last talk of one kind with a gossip peer. */
struct recon_talk {
	int64_t time;          /* of the last that went well */
	enum gossip_word word; /* of one that failed since, else FINE */
	const char *error;     /* the same, in English; "": none failed */
};

/* What waits for it, what letters lost, and how far that is found again. */
struct state_mend {
	int64_t letters;  /* made for it, and not delivered */
	int64_t octets;   /* of them */
	bool speaks;      /* it can be asked, and compared with */
	int64_t gaps;     /* ranges of its letters that never came */
	int64_t asked;    /* of them, asked for */
	int64_t agreed;   /* both were found to be the same */
	int64_t differed; /* they were not */
	int64_t left;     /* places that a resync has to go, */
	int64_t upto;     /* of so many; 0: none is under way */
};

struct state_peer {
	const char *name; /* as the operator calls it */
	const char *host; /* where it is, or its name; masked if `masked` */
	bool masked;
	/* mail */
	const char *mail; /* "": none */
	enum peer_word word;
	int64_t waiting; /* changes after its cursor */
	int64_t oldest;  /* the time of the first of them */
	int64_t last_sent;
	int64_t last_received;
	int64_t next_try;
	unsigned int attempts; /* failed in a row */
	const char *error;     /* in English, for programs; "": none */
	int error_code;        /* what it is: format_mail_error */
	struct state_mend mend;
	/* gossip */
	bool gossips;
	/* Its host, masked if `masked`; "": none, as only it begins talks. */
	const char *gossip;
	unsigned int recon_port;
	unsigned int http_port;
	struct recon_talk in, out, recovery;
	enum gossip_word gossip_word;
	const char *gossip_why; /* which filters differ, in English; "" */
	int64_t lacking;        /* certificates that it has and we have not */
	/* what our canary tells of it, if anybody looks */
	bool canary;
	int64_t canary_seen; /* when it was signed */
	int64_t canary_took; /* until it was seen; 0: not known */
	/* fed over HTTP */
	const char *push; /* URL; "": none */
};

struct site_state {
	int64_t now;
	const char *host; /* our public name */
	const char *version;
	const char *contact;
	unsigned int http_port;  /* 0: no TCP listener */
	unsigned int recon_port; /* 0: nobody can ask for gossip */
	bool gossips;            /* be it that it only begins talks */
	const char *mail;        /* our sync address, as shown; "": none */
	bool word_search;
	bool mail_shown; /* addresses are whole, not masked */
	int64_t certs;
	int64_t last_seq;
	struct histogram hours;
	struct histogram days;
	int64_t counted_since;    /* spans before it are not known */
	int64_t uncounted;        /* changes still to be counted */
	int64_t missed;           /* pruned before they were counted */
	struct state_peer *peers; /* in the order of the configuration */
	size_t peer_count;
	size_t self_count; /* behind them: those that are this server itself */
};

/* What the state counts as, for a sentence about all peers. */
static inline bool
state_peer_has_mail(const struct state_peer *p)
{
	return p->mail[0] != '\0';
}

/* Instead of letters: those that come from it are taken. */
static inline bool
state_peer_is_fed(const struct state_peer *p)
{
	return p->push[0] != '\0';
}

/* A peer that is fed may write letters, and is written none. */
static inline bool
state_peer_is_mailed(const struct state_peer *p)
{
	return state_peer_has_mail(p) && !state_peer_is_fed(p);
}

/* What it has got of ours is known: waiting, oldest, word and the like. */
static inline bool
state_peer_has_cursor(const struct state_peer *p)
{
	return state_peer_has_mail(p) || state_peer_is_fed(p);
}

/* What is new goes out to it. Letters that come from it are taken in any case:
 * the configuration knows no peer for one direction alone. */
static inline bool
state_peer_is_sent_to(const struct state_peer *p)
{
	return p->word != PEER_WORD_PAUSED && p->word != PEER_WORD_STOPPED;
}

static inline bool
state_peer_has_gossip(const struct state_peer *p)
{
	return p->gossips || p->gossip[0] != '\0';
}

/* It has asked what we have: it takes from us what it lacks. */
static inline bool
state_peer_takes_by_gossip(const struct state_peer *p)
{
	return p->in.time > 0;
}

static inline bool
state_peer_gives_by_gossip(const struct state_peer *p)
{
	return p->out.time > 0 || p->recovery.time > 0;
}

/* Talks with it do not come about, or not to an end. */
static inline bool
gossip_word_fails(enum gossip_word word)
{
	return word == GOSSIP_WORD_FAILING || word == GOSSIP_WORD_BROKE ||
	       word == GOSSIP_WORD_DIFFERS || word == GOSSIP_WORD_ILL;
}

static inline bool
state_peer_gossip_fails(const struct state_peer *p)
{
	return gossip_word_fails(p->gossip_word);
}

/* They may go well, and yet nothing comes of them. */
static inline bool
state_peer_gossip_ails(const struct state_peer *p)
{
	return state_peer_gossip_fails(p) ||
	       p->gossip_word == GOSSIP_WORD_UNFETCHED;
}

#endif

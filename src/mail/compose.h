/*
 * compose.h - header fields and bodies; the one place that writes fields
 *
 * A letter to a peer is read by programs that compare lines octet by octet,
 * so names, order and spacing are fixed here and nowhere else. What goes into
 * a field is refused when it holds CR, LF, NUL, another control character or
 * a character outside ASCII: nobody writes a field of their own through us.
 *
 * Memory:  appends to the caller's buffer; everything given is borrowed.
 * Threads: pure; any thread.
 * Units:   octets; seconds since 1970.
 * Errors:  REJECTED for a value that may not stand in a field; LIMIT.
 *          What was appended before a failure is to be thrown away.
 * Source:  RFC 5322; spec pks-mail section 8.1.
 */
#ifndef KEYPOST_MAIL_COMPOSE_H
#define KEYPOST_MAIL_COMPOSE_H

#include "base/bytes.h"

enum {
	COMPOSE_VALUE_MAX = 900,  /* octets of one field's value */
	COMPOSE_DATE_MAX = 64,    /* octets of a written date */
	COMPOSE_HEAD_ROOM = 2048, /* a letter's head without its sent list */
	COMPOSE_SENDER_MAX = 320, /* octets of an envelope sender, with NUL */
	COMPOSE_ENVID_MAX = 64
};

struct own_key;

/* Who we are: the same in every letter. */
struct compose_site {
	const char *address;    /* our sync address */
	const char *maintainer; /* "": the sync address */
	const char *bounce;     /* "": one for each letter, from address */
	const char *host;       /* "": the domain of address */
	const char *store_id;
	const char *level; /* a word: what is kept of certificates here */
	const struct own_key *own; /* NULL: nothing is signed or marked */
};

/* The changes first .. last for one peer. */
struct compose_batch {
	const char *peer; /* its name */
	const char *to;
	int64_t first;
	int64_t last;
	const char *tag; /* "", or what tells its id from the first letter's */
	bool ranged;     /* it holds all that the peer lacks of first-last */
	bool mends;      /* what it lacks it may ask for: our store is named */
	const char *const *seen; /* bare addresses, in order; not our own */
	size_t seen_count;
	const struct bytes *parts; /* key material; one certificate each */
	size_t part_count;
	const char *auth; /* X-Keypost-Auth (auth.h); NULL: none */
	bool is_signed;   /* with OpenPGP, by the site's own key */
	int64_t date;
};

/* One whole `incremental` letter, LF line ends, final newline. */
MUST_CHECK enum status compose_incremental(const struct compose_site *site,
	const struct compose_batch *b, struct buf *out);
/*
 * FIRST-LAST.MARK: the DSN envelope id. What comes back and shows it was ours:
 * nobody else can make the mark (own_key.h).
 */
void compose_envid(const struct compose_site *site, const char *peer,
	int64_t first, int64_t last, char out[COMPOSE_ENVID_MAX]);
/* The configured address, or bounce+PEER.ENVID at our domain. */
MUST_CHECK enum status compose_sender(const struct compose_site *site,
	const char *peer, int64_t first, int64_t last,
	char out[COMPOSE_SENDER_MAX]);

/* A letter of repair, for a server that knows such. */
struct compose_note {
	const char *peer;
	const char *to;
	int64_t when; /* of the letter: with `serial` it names it */
	int64_t serial;
	struct bytes body; /* binary */
	const char *auth;  /* X-Keypost-Auth (auth.h); NULL: none */
	bool is_signed;    /* with OpenPGP, by the site's own key */
};
MUST_CHECK enum status compose_repair(const struct compose_site *site,
	const struct compose_note *note, struct buf *out);

/* "Name: value"; refuses what the header comment says. */
MUST_CHECK enum status compose_field(
	struct buf *out, const char *name, const char *value);
/* RFC 5322 date in UTC. */
void compose_date(int64_t when, char out[COMPOSE_DATE_MAX]);

#endif

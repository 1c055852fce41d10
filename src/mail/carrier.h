/*
 * carrier.h - what is for a peer, fed to it over HTTP instead of mail
 *
 * hkp:// and hkps:// are PKS-style servers (POST /pks/add), vks:// one like
 * keys.openpgp.org (POST /vks/v1/upload). An answer below 300 is success and
 * nothing else is; redirects are not followed, so that nobody else gets what
 * is for the peer.
 *
 * Memory:  what is fed is copied.
 * Threads: the courier's.
 * Units:   milliseconds.
 * Errors:  told as a relay's would be: stage, code, a line of text.
 * Source:  spec hkp 2 and 10; pks-mail 6; design: interfaces 3.
 */
#ifndef KEYPOST_MAIL_CARRIER_H
#define KEYPOST_MAIL_CARRIER_H

#include <poll.h>

#include "base/bytes.h"
#include "mailagent/protocol.h"

struct carrier;

enum {
	CARRIER_FEEDS_MAX = 4,           /* changes to one peer at once */
	CARRIER_PARALLEL = 16,           /* all peers at once */
	CARRIER_WAIT_MS = 120 * 1000,    /* one answer, from the name on */
	CARRIER_ANSWER_MAX = 1024 * 1024 /* octets, which nobody reads */
};

struct carrier_answer {
	uint64_t id;
	enum sent_stage stage;
	unsigned int code; /* of SMTP, with the same meaning */
	const char *text;  /* one line */
};

/* `answered` runs in the calls below. */
struct carrier *carrier_new(
	void (*answered)(void *ctx, const struct carrier_answer *a), void *ctx);
/* What is under way is told to have failed. */
void carrier_free(struct carrier *c);

/* MALFORMED: not hkp://, hkps:// or vks:// with a host, and a port at most. */
MUST_CHECK enum status carrier_check(const char *url, struct err *err);
/* What such an address is over HTTP, with this path. */
void carrier_write_url(
	const char *url, const char *path, char *out, size_t size);
struct carrier_way {
	const char *url;
	const char *ca_file; /* authorities; "": the system's */
	const char *sender;  /* our name */
};

/* Starts one POST of armored certificates. What cannot begin is answered at
 * once. */
void carrier_feed(struct carrier *c, uint64_t id, const struct carrier_way *way,
	struct bytes armor);
/* Like poll(2), and goes on with what is under way. */
int carrier_poll(
	struct carrier *c, struct pollfd *own, size_t count, int64_t wait_ms);

#endif

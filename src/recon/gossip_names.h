/*
 * gossip_names.h - addresses of names, without waiting for them
 *
 * An address written as such is there at once. A name is looked up on a thread
 * that nobody waits for: a stop leaves it behind, and it ends by itself.
 *
 * Memory:  at most NAMES_MAX questions wait; more are refused.
 * Threads: one asks and takes; `wake` runs on the other.
 */
#ifndef KEYPOST_RECON_GOSSIP_NAMES_H
#define KEYPOST_RECON_GOSSIP_NAMES_H

#include "base/net.h"

enum { NAMES_MAX = 512, NAME_ADDRESSES_MAX = 16 };

struct names;

struct name_answer {
	char *name; /* of the peer that was asked for */
	struct sockaddr_storage list[NAME_ADDRESSES_MAX];
	size_t count; /* 0: `why` tells */
	struct err why;
};

struct names *names_new(void (*wake)(void *ctx), void *ctx);
/* `wake` is not called from now on. */
void names_free(struct names *n);
/* BUSY: too many wait. The answer comes by names_take. */
MUST_CHECK enum status names_ask(
	struct names *n, const char *peer, const struct endpoint *at);
/* NOT_FOUND: none is there yet. The name is the caller's to free. */
MUST_CHECK enum status names_take(struct names *n, struct name_answer *out);

#endif

/*
 * client.h - one client of the control socket, as its commands see it
 *
 * Memory:  words live as long as the client. JSON objects are taken.
 * Threads: the control thread.
 * Errors:  CLOSED, TIMEOUT, IO: the client is gone; give up. MALFORMED, LIMIT:
 *          it does not speak our protocol.
 */
#ifndef KEYPOST_DAEMON_CLIENT_H
#define KEYPOST_DAEMON_CLIENT_H

#include <jansson.h>

#include "base/control.h"
#include "base/frame.h"
#include "daemon/control.h"

struct client {
	int fd;
	struct frame_reader in;
	const struct control_parts *parts;
	char *words[CONTROL_WORDS_MAX + 1];
	size_t word_count;
	const bool *stopping;
	int exit_code;
	struct err exit_text; /* "" when all went well */
};

/* Reads the request. */
MUST_CHECK enum status client_open(struct client *c, int fd,
	const struct control_parts *parts, const bool *stopping);
void client_close(struct client *c);
/* Sends one object about the body `id`; 0: about the request. */
MUST_CHECK enum status client_line(
	struct client *c, uint64_t id, json_t *object);
MUST_CHECK enum status client_send(
	struct client *c, uint8_t type, uint64_t id, struct bytes payload);
json_t *client_number(int64_t n);
/* What keypost will exit with, and the sentence for stderr. */
void client_exit(struct client *c, int code, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
/* The same with 1, and what `err` says, or, when it says nothing, `st`. */
void client_fail(struct client *c, enum status st, const struct err *err);

/* The commands: what they say, they sent; anything but OK ends the client. */
MUST_CHECK enum status client_add(struct client *c);
MUST_CHECK enum status client_load(struct client *c);
MUST_CHECK enum status client_status(struct client *c);
MUST_CHECK enum status client_peer(struct client *c);
MUST_CHECK enum status client_queue(struct client *c);
MUST_CHECK enum status client_block(struct client *c);
MUST_CHECK enum status client_recon(struct client *c);

/* Gossip, for other commands to tell of; null when there is none. */
json_t *client_tell_gossip(struct gossip *g);
json_t *client_tell_gossip_peer(struct gossip *g, const char *name);

#endif

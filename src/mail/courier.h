/*
 * courier.h - letters out: one thread, one state for each peer
 *
 * Reads after each peer's cursor, plans letters in a commit, sends them
 * through keypost-mail, and settles them in a commit: at least once, in
 * ranges that a retry or a restart repeats. A peer that fails waits by
 * itself; nobody else does.
 *
 * Memory:  borrows everything it is given until courier_free.
 * Threads: start and stop from main; courier_reply from inbox and answers,
 *          courier_bounce from inbox; the rest any.
 * Source:  design: architecture 5.5, reliability D4, L26; spec pks-mail 8.2.
 */
#ifndef KEYPOST_MAIL_COURIER_H
#define KEYPOST_MAIL_COURIER_H

#include "base/wake.h"
#include "mail/agent.h"
#include "mail/auth.h"
#include "mail/bounce.h"
#include "mail/compose.h"
#include "mail/known.h"
#include "mail/retry.h"

struct courier;

struct courier_parts {
	const struct mail_settings *settings;
	const struct known *known;
	const struct auth *auth;
	const struct compose_site *site;
	struct store *store;
	struct writer *writer;
	struct agent *agent;
	struct wake *wake; /* the courier's own; others signal it */
	uint32_t (*random)(void);
};

struct courier *courier_new(const struct courier_parts *parts);
void courier_free(struct courier *c);
/* Makes the peers' rows, reads what was planned, starts the thread. */
MUST_CHECK enum status courier_start(struct courier *c, struct err *err);
/* Waits a while for letters on their way, settles, joins. */
void courier_stop(struct courier *c);

/* A commit appended to the change log. */
void courier_on_change(void *ctx);
/* Is there a change that some peer has not been sent yet? */
bool courier_has_pending(const struct courier *c);
/* Changes up to here are settled with every peer. */
int64_t courier_low_cursor(const struct courier *c);
/* An answer to a person: tried once. `text` is taken. BUSY: too many wait. */
MUST_CHECK enum status courier_reply(
	struct courier *c, const char *to, struct buf *text);
/*
 * A letter that a relay had accepted came back. It is sent again like one that
 * was refused for that reason, if the courier remembers it or the bounce is
 * proven.
 */
void courier_bounce(struct courier *c, const struct bounce *b);
/*
 * A letter beside the log, to peer `index` of the settings, after those that
 * were handed over before; dropped when it is refused, or too often deferred.
 * `text` is taken; `id` is for courier_on_extra.
 */
void courier_extra(
	struct courier *c, size_t index, uint64_t id, struct buf *text);
/* How many such letters are not done with. */
size_t courier_extras(const struct courier *c, size_t index);
/* Has the peer been told of all changes? */
bool courier_is_even(const struct courier *c, size_t index);
/* All zero for an unknown name. */
void courier_look(const struct courier *c, const char *name,
	struct mail_waiting *waiting);
/* Called on the courier's thread when such a letter is done with, delivered,
 * refused, or deferred too often; must not block. Before courier_start. */
typedef void extra_ended(
	void *ctx, size_t index, uint64_t id, enum retry_action how);
void courier_on_extra(struct courier *c, extra_ended *ended, void *ctx);
/* NOT_FOUND for an unknown name; NULL: every peer. */
MUST_CHECK enum status courier_retry(
	struct courier *c, const char *name, struct err *err);
MUST_CHECK enum status courier_pause(
	struct courier *c, const char *name, bool pause, struct err *err);

#endif

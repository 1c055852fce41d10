/*
 * answers.h - answers to people: written, and handed to the courier
 *
 * What asks the store is written by a thread of its own, so that a search
 * holds up no peer's letter. Answers are tried once and live in memory: what
 * is under way when the daemon ends, or what finds too many before it, is
 * lost, and the person asks again. What a letter brought is on disk before.
 *
 * Memory:  borrows everything it is given until answers_free.
 * Threads: start and stop from main; the rest from the inbox.
 * Source:  spec pks-mail section 8.7.
 */
#ifndef KEYPOST_MAIL_ANSWERS_H
#define KEYPOST_MAIL_ANSWERS_H

#include "mail/command.h"
#include "mail/courier.h"

struct answers;

struct answers_parts {
	const struct mail_settings *settings;
	const struct compose_site *site;
	struct store *store;
	struct courier *courier;
};

struct question {
	const struct command *command;
	struct bytes args;
	const char *to;
	const char *message_id; /* NULL: none */
	const char *references; /* NULL: none */
};

enum { ANSWERS_WAITING_MAX = 64 };

struct answers *answers_new(const struct answers_parts *parts);
void answers_free(struct answers *a);
MUST_CHECK enum status answers_start(struct answers *a, struct err *err);
/* What waits is forgotten; joins. */
void answers_stop(struct answers *a);

/*
 * Answers it: at once, or, with COMMAND_SEARCH, when its turn comes. `subs`
 * are read before it returns. What becomes of it is logged.
 */
void answers_ask(struct answers *a, const struct question *q,
	struct submission *const *subs, size_t sub_count);

#endif

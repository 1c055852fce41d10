/*
 * inbox.h - letters in: frame -> command -> submissions -> done
 *
 * Owns the socket on which keypost-mail offers letters, and tends that
 * program. Up to 64 letters are under way at once; a letter is let go of only
 * after what it brought is committed (D3).
 *
 * Memory:  borrows everything it is given until inbox_free.
 * Threads: start and stop from main.
 * Source:  design: architecture 5, reliability D3, L17; spec pks-mail 8.3.
 */
#ifndef KEYPOST_MAIL_INBOX_H
#define KEYPOST_MAIL_INBOX_H

#include "mail/answers.h"
#include "mail/repair.h"

struct inbox;

struct inbox_parts {
	const struct mail_settings *settings;
	const struct known *known;
	const struct auth *auth;
	const struct compose_site *site;
	struct store *store;
	struct ingest *ingest;
	struct agent *agent;
	struct courier *courier;
	struct answers *answers;
	struct repair *repair;
	struct wake *wake; /* the inbox's own */
};

struct inbox *inbox_new(const struct inbox_parts *parts);
void inbox_free(struct inbox *b);
MUST_CHECK enum status inbox_start(struct inbox *b, struct err *err);
/* Takes no more letters; those under way end as they would. */
void inbox_close(struct inbox *b);
/* Waits a while for letters under way; joins. */
void inbox_stop(struct inbox *b);

#endif

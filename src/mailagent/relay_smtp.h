/*
 * relay_smtp.h - one SMTP or LMTP session through libetpan
 *
 * The only file that includes libetpan. Blocks; whoever watches the process
 * knows by `stages` what it waits for.
 *
 * Memory:  strings are borrowed during the call.
 * Threads: one for each session.
 * Errors:  in the result: stage, the reply's code (0: none) and text.
 */
#ifndef KEYPOST_MAILAGENT_RELAY_SMTP_H
#define KEYPOST_MAILAGENT_RELAY_SMTP_H

#include "base/bytes.h"
#include "mailagent/protocol.h"

struct smtp_target {
	const char *relay; /* smtp://host:port lmtp://host:port lmtp+unix:/p */
	enum relay_tls tls;
};

struct smtp_letter {
	const char *sender; /* "": null; both are safe addresses */
	const char *recipient;
	const char *envid; /* "": none */
	struct bytes data; /* LF line ends */
};

struct smtp_result {
	enum sent_stage stage;
	int code;
	char text[400];
	size_t size_max;
};

/* Called before each step that waits for the server. */
struct smtp_stages {
	void (*enter)(void *ctx, enum sent_stage stage);
	void *ctx;
};

struct smtp;

/* NULL: `res` says why. */
struct smtp *smtp_open(const struct smtp_target *target, const char *host,
	const struct smtp_stages *stages, struct smtp_result *res);
/* False when the session is of no more use after this. */
bool smtp_send(struct smtp *s, const struct smtp_letter *letter,
	struct smtp_result *res);
/* Says QUIT if it can. */
void smtp_close(struct smtp *s);

#endif

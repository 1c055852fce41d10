/*
 * relay_smtp.h - one SMTP or LMTP session through libetpan
 *
 * Blocks; whoever watches the process knows by `stages` what it waits for.
 * Nothing but greetings is said before the relay's certificate was found good
 * enough for its `tls`.
 *
 * Memory:  strings are borrowed: those of a target as long as the session.
 * Threads: one for each session.
 * Errors:  in the result: stage, the reply's code (0: none) and text.
 */
#ifndef KEYPOST_MAILAGENT_RELAY_SMTP_H
#define KEYPOST_MAILAGENT_RELAY_SMTP_H

#include "base/bytes.h"
#include "mailagent/protocol.h"

/* Of what may be absent, "" is none. */
struct smtp_target {
	const char *relay; /* as SEND_RELAY */
	enum relay_tls tls;
	const char *ca;                   /* a file: tls.h's authority */
	const char *pin;                  /* tls.h */
	const char *user, *password_file; /* relay_auth.h */
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

/* NULL: `res` says why. `host` is who we are. */
struct smtp *smtp_open(const struct smtp_target *target, const char *host,
	const struct smtp_stages *stages, struct smtp_result *res);
/* The same on a connection that stands; the descriptor is taken. */
struct smtp *smtp_open_fd(int fd, const struct smtp_target *target,
	const char *host, const struct smtp_stages *stages,
	struct smtp_result *res);
/* Says in `res` how the session stands: for people who try their settings. */
void smtp_describe(const struct smtp *s, struct smtp_result *res);
/* False when the session is of no more use after this. */
bool smtp_send(struct smtp *s, const struct smtp_letter *letter,
	struct smtp_result *res);
/* Says QUIT if it can, and waits for no answer. */
void smtp_close(struct smtp *s);

#endif

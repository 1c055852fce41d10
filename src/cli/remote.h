/*
 * remote.h - the running daemon, over its control socket
 *
 * Memory:  struct remote is the caller's; JSON objects are owned by whoever
 *          got them.
 * Threads: one.
 * Errors:  CLOSED: nobody listens there, or it went away. err says which.
 */
#ifndef KEYPOST_CLI_REMOTE_H
#define KEYPOST_CLI_REMOTE_H

#include "base/control.h"
#include "base/frame.h"
#include "cli/cli.h"

struct remote {
	int fd;
	struct frame_reader in;
	bool ended;           /* the daemon said its last */
	int exit_code;        /* what it said */
	struct err exit_text; /* and why; "" */
};

/* Connects and sends the request. `words` ends with NULL. */
MUST_CHECK enum status remote_open(struct remote *r, const struct conf *conf,
	const char *const *words, struct err *err);
void remote_close(struct remote *r);
MUST_CHECK enum status remote_body(
	struct remote *r, uint64_t id, struct bytes octets, struct err *err);
/* No more bodies. */
MUST_CHECK enum status remote_end(struct remote *r, struct err *err);
/*
 * The next of what the daemon says. *line is NULL when a body is done with
 * (its id in *id) and at the end (r->ended).
 */
MUST_CHECK enum status remote_next(
	struct remote *r, uint64_t *id, json_t **line, struct err *err);

/*
 * The whole of a command without bodies: each line goes to `show`, or as it is
 * to stdout with --json, but for lines of progress, which only keep us waiting.
 * Returns what keypost exits with.
 */
enum cli_exit remote_run(struct cli *c, const char *const *words,
	void (*show)(const json_t *line));

#endif

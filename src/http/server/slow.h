/*
 * slow.h - the search thread: what would hold up a pool thread
 *
 * Word searches run here, and statistics are gathered, one after the other,
 * with their connections suspended. A long queue answers BUSY rather than wait.
 *
 * Threads: slow_later from a handler; `run` on the search thread.
 * Source:  design: architecture section 7.
 */
#ifndef KEYPOST_HTTP_SERVER_SLOW_H
#define KEYPOST_HTTP_SERVER_SLOW_H

#include "http/message/request.h"

enum { SLOW_QUEUE_MAX = 64, SLOW_WAIT_MS = 10000 };

struct slow;

struct slow *slow_new(void);
/*
 * What the thread does beside: called at the start, then again after as many
 * milliseconds as it returned. Before slow_start.
 */
void slow_idle(struct slow *s, int64_t (*idle)(void *ctx), void *ctx);
MUST_CHECK enum status slow_start(struct slow *s, struct err *err);
/* What is queued is answered CLOSED; joins. */
void slow_stop(struct slow *s);
void slow_free(struct slow *s);

/*
 * Has `run` fill the reply, the connection suspended meanwhile; a handler
 * returns what this returns. Without a connection (a test) it runs at once.
 */
MUST_CHECK enum status slow_later(struct request *req, struct reply *reply,
	enum status (*run)(struct request *req, struct reply *reply),
	void *arg);
/* The same, here and now. */
MUST_CHECK enum status slow_now(struct request *req, struct reply *reply,
	enum status (*run)(struct request *req, struct reply *reply),
	void *arg);
/*
 * For `run`: there is more to do. It is called again, after those that wait
 * now; what it returned this time does not count.
 */
void slow_again(struct request *req);
/* The `arg` of slow_later, for `run`. */
void *slow_arg(const struct request *req);

#endif

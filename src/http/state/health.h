/*
 * health.h - is this server fit to be asked?
 *
 * A thread asks the store a trivial question twice a second; whoever wants to
 * know is told at once: no, while a stop is under way, the last answer was an
 * error, or one has been owed for longer than a second.
 *
 * Memory:  health_free.
 * Threads: start and stop from main; the handlers on pool threads.
 * Source:  spec hkp section 10; design: reliability section 9.
 */
#ifndef KEYPOST_HTTP_STATE_HEALTH_H
#define KEYPOST_HTTP_STATE_HEALTH_H

#include "http/message/request.h"

enum { HEALTH_PERIOD_MS = 500, HEALTH_ANSWER_MS = 1000 };

struct health;
struct store;

/* `ask` is the question; a test brings one that hangs. */
struct health *health_new(
	enum status (*ask)(void *ctx, struct err *err), void *ctx);
void health_free(struct health *h);
/* Asks for the first time, then starts the thread. */
MUST_CHECK enum status health_start(struct health *h, struct err *err);
void health_stop(struct health *h);
bool health_is_good(const struct health *h, int64_t now_ms);

/* For health_new: the highest number of a change; ctx is a struct store. */
MUST_CHECK enum status health_ask_store(void *ctx, struct err *err);

/* /pks/health, /readyz */
MUST_CHECK enum status health_handle(struct request *req, struct reply *reply);
/* /healthz: the loop turns; touches no store. */
MUST_CHECK enum status health_alive(struct request *req, struct reply *reply);

#endif

#include "http/keys/submit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "http/pages/error.h"
#include "http/server/wait.h"
#include "http/services.h"

/*
 * What outlives the request if the client is no longer waited for. It belongs
 * to the request once the request was woken, and to `done` if that came late.
 */
struct add_job {
	struct submission *sub;
	struct buf body;
	struct waiter *waiter;
	const struct services *services;
	size_t held; /* of the gauge of bodies */
	enum request_form form;
	enum status (*write)(struct request *req, struct reply *reply,
		const struct submission *sub, enum request_form form);
};

static void
job_free(void *p)
{
	struct add_job *job = p;

	submission_free(job->sub);
	buf_done(&job->body);
	services_release(job->services, job->held);
	free(job);
}

/* The request ends, and its answer is with the client's system. */
static void
job_drop(void *p)
{
	crash_point("answered");
	job_free(p);
}

static const char *
outcome_of(const struct submission *sub)
{
	static const char *const words[] = {
		[STATUS_OK] = "ok",
		[STATUS_NOT_FOUND] = "rejected",
		[STATUS_MALFORMED] = "rejected",
		[STATUS_UNSUPPORTED] = "rejected",
		[STATUS_REJECTED] = "secret",
		[STATUS_LIMIT] = "rejected",
		[STATUS_BUSY] = "busy",
		[STATUS_TIMEOUT] = "timeout",
		[STATUS_IO] = "failed",
		[STATUS_CLOSED] = "stopping",
	};
	size_t good = sub->counts[OUTCOME_NEW] + sub->counts[OUTCOME_UPDATED] +
		      sub->counts[OUTCOME_UNCHANGED];

	if (sub->status != STATUS_OK || sub->counts[OUTCOME_REFUSED] == 0)
		return words[sub->status];
	if (good > 0)
		return "partial";
	for (size_t i = 0; i < sub->outcome_count; i++)
		if (sub->outcomes[i].verdict == VERDICT_BLOCKED)
			return "blocked";
	return "rejected";
}

/* A store that cannot write is named once a minute where it was noticed. */
static void
log_outcome(const struct add_job *job)
{
	const struct submission *sub = job->sub;

	log_line(LOG_INFO, "add",
		"outcome=%s new=%zu updated=%zu unchanged=%zu refused=%zu "
		"octets=%zu ms=%lld",
		outcome_of(sub), sub->counts[OUTCOME_NEW],
		sub->counts[OUTCOME_UPDATED], sub->counts[OUTCOME_UNCHANGED],
		sub->counts[OUTCOME_REFUSED], sub->body.len,
		(long long)(clock_mono_ms() - sub->started_ms));
}

/* On an ingest thread: wakes the connection, or cleans up after it. */
static void
submission_done(struct submission *sub)
{
	struct add_job *job = sub->ctx;

	if (sub->status == STATUS_REJECTED)
		buf_wipe(&job->body);
	log_outcome(job);
	/* Woken, the request frees the job, perhaps before this returns. */
	if (!wait_wake(job->waiter))
		job_free(job);
}

static enum status
resume(struct request *req, struct reply *reply)
{
	struct add_job *job = req->job;

	if (wait_gave_up(req->waiter)) {
		services_overloaded(req->services, "submissions take too long");
		site_error(req, reply, 503,
			"This takes too long; it may still be stored");
		return STATUS_OK;
	}
	return job->write(req, reply, job->sub, job->form);
}

static struct add_job *
job_new(struct request *req, const struct submit *s)
{
	const struct services *sv = req->services;
	struct add_job *job = xcalloc(1, sizeof(*job));
	struct submission *sub =
		submission_new(ingest_policy(sv->ingest)->max_arena);

	job->sub = sub;
	job->services = sv;
	job->body = req->body;
	buf_init(&req->body, 0);
	job->held = req->held;
	req->held = 0;
	job->form = s->form;
	job->write = s->write;
	sub->origin = "http";
	sub->seen = "";
	sub->armor = ARMOR_LENIENT;
	sub->whole = s->whole;
	sub->body = s->material;
	sub->wipe_body = true;
	sub->done = submission_done;
	sub->ctx = job;
	sub->started_ms = clock_mono_ms();
	return job;
}

static void
submit(struct request *req)
{
	const struct services *sv = req->services;
	struct add_job *job = req->job;
	struct submission *sub = job->sub;
	enum status st;

	req->drop = job_drop;
	job->waiter = wait_begin(sv->waits, req->connection,
		sub->started_ms + ingest_policy(sv->ingest)->queue_time_ms);
	req->waiter = job->waiter;
	st = ingest_submit(sv->ingest, sub);
	if (st != STATUS_OK) {
		sub->status = st;
		submission_done(sub);
	}
}

void
submit_start(struct request *req, const struct submit *s)
{
	req->job = job_new(req, s);
	req->drop = job_free;
	req->later = submit;
	req->resume = resume;
}

void
submit_log_malformed(const char *why)
{
	log_line(LOG_INFO, "add", "outcome=malformed reason=%s",
		log_quote_str(why).text);
}

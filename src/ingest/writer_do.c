#include "ingest/latch.h"
#include "ingest/writer.h"

struct writer_do {
	struct write_job job; /* first: handed back by the writer */
	struct write_job *inner;
	struct latch latch;
};

static enum status
writer_do_run(struct write_job *job, struct store_session *s, struct err *err)
{
	struct write_job *inner = ((struct writer_do *)job)->inner;

	return inner->run(inner, s, err);
}

static void
writer_do_done(struct write_job *job, enum status st, const struct err *err)
{
	struct writer_do *wait = (struct writer_do *)job;

	wait->inner->status = st;
	wait->inner->err = *err;
	latch_end(&wait->latch);
}

enum status
writer_do(struct writer *w, struct write_job *job, struct err *err)
{
	struct writer_do wait = {.inner = job, .latch = LATCH_INIT};
	enum status st;

	wait.job.run = writer_do_run;
	wait.job.done = writer_do_done;
	st = writer_put(w, &wait.job);
	if (st != STATUS_OK) {
		err_set(err, st == STATUS_BUSY ? "the writer's queue is full"
					       : "the writer has stopped");
		return st;
	}
	latch_wait(&wait.latch);
	if (job->status != STATUS_OK && err != NULL)
		*err = job->err;
	return job->status;
}

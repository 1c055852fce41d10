/* A dry run: what comes is read, and nothing is stored. */
#include <stdlib.h>

#include "cli/load.h"
#include "ingest/worker.h"

struct dry_target {
	struct load_target target;
	struct policy *policy;
};

static enum status
look_at(struct load_target *t, struct bytes octets,
	const struct load_place *place, struct err *err)
{
	const struct policy *policy = ((struct dry_target *)t)->policy;
	struct submission *sub = submission_new(policy->max_arena);

	(void)err;
	sub->armor = ARMOR_LENIENT;
	sub->bulk = true;
	sub->body = octets;
	sub->status = worker_read(policy, sub, &sub->err);
	if (sub->status == STATUS_OK)
		worker_count(sub);
	load_count_submission(t, place, sub);
	submission_free(sub);
	return STATUS_OK;
}

static enum status
nothing(struct load_target *t, struct err *err)
{
	(void)t;
	(void)err;
	return STATUS_OK;
}

static void
close_target(struct load_target *t)
{
	free(t);
}

enum status
load_to_nowhere(struct cli *c, struct load_target **target, struct err *err)
{
	struct dry_target *d = xcalloc(1, sizeof(*d));

	(void)err;
	d->target = (struct load_target){.piece = look_at,
		.settle = nothing,
		.sync = nothing,
		.finish = nothing,
		.close = close_target};
	d->policy = &c->conf->ingest.policy;
	*target = &d->target;
	return STATUS_OK;
}

#include "ingest/submission.h"

#include <stdlib.h>

#include "ingest/work.h"

/* One allocation for both: a submission is made for each request. */
struct submission_whole {
	struct submission sub;
	struct submission_work work;
};

static const char *const outcome_words[] = {
	[OUTCOME_NEW] = "new",
	[OUTCOME_UPDATED] = "updated",
	[OUTCOME_UNCHANGED] = "unchanged",
	[OUTCOME_REFUSED] = "refused",
};

struct submission *
submission_new(size_t arena_max)
{
	struct submission_whole *whole = xcalloc(1, sizeof(*whole));

	whole->sub.origin = "";
	whole->sub.seen = "";
	whole->sub.arena = arena_new(arena_max);
	whole->sub.work = &whole->work;
	whole->work.sub = &whole->sub;
	return &whole->sub;
}

void
submission_free(struct submission *sub)
{
	if (sub == NULL)
		return;
	arena_free(sub->work->turn);
	arena_free(sub->arena);
	free(sub);
}

const char *
outcome_word(enum outcome_kind k)
{
	return outcome_words[k];
}

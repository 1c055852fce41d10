#include "ingest/tally.h"

#include <string.h>

#include "base/counter.h"

static const char *const sources[] = {"http", "mail", "recon", "cli"};
static const char *const names[] = {[OUTCOME_NEW] = "keys_added",
	[OUTCOME_UPDATED] = "keys_updated",
	[OUTCOME_UNCHANGED] = "keys_ignored"};

/* Any other origin is the name of a mail peer. */
static const char *
source_of(const char *origin)
{
	static const struct {
		const char *origin, *source;
	} rows[] = {{"http", "http"}, {"gossip", "recon"}, {"load", "cli"},
		{"admin", "cli"}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].origin, origin) == 0)
			return rows[i].source;
	return "mail";
}

void
tally_init(void)
{
	size_t i, k;

	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		for (k = 0; k < sizeof(names) / sizeof(names[0]); k++)
			(void)counter_get_labelled(
				names[k], "source", sources[i]);
		(void)counter_get_labelled(
			"keys_removed", "source", sources[i]);
	}
	for (k = VERDICT_UNUSABLE_KEY; k < VERDICT_PRIMARY; k++)
		(void)counter_get_labelled(
			"rejected", "reason", verdict_word((enum verdict)k));
}

static void
reject(const char *reason)
{
	counter_add(counter_get_labelled("rejected", "reason", reason), 1);
}

/* Of a submission of which nothing was taken: the words of a verdict. */
static const char *
reason_of(enum status st)
{
	switch (st) {
	case STATUS_MALFORMED:
		return verdict_word(VERDICT_NO_KEY);
	case STATUS_REJECTED:
		return verdict_word(VERDICT_SECRET);
	case STATUS_LIMIT:
		return verdict_word(VERDICT_TOO_MANY_PACKETS);
	default:
		return verdict_word(VERDICT_BUSY);
	}
}

void
tally_submission(const struct submission *sub)
{
	const char *source =
		sub->by_gossip ? "recon" : source_of(sub->origin);
	size_t i;

	if (sub->status != STATUS_OK) {
		reject(reason_of(sub->status));
		return;
	}
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (sub->counts[i] > 0)
			counter_add(counter_get_labelled(
					    names[i], "source", source),
				(int64_t)sub->counts[i]);
	for (i = 0; i < sub->outcome_count; i++)
		if (sub->outcomes[i].kind == OUTCOME_REFUSED)
			reject(verdict_word(sub->outcomes[i].verdict));
}

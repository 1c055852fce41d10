/* What became of a piece, in sums and in words. */
#include "cli/load.h"

/* How many packets for each reason, or NULL: none. */
static json_t *
count_lost(struct load_sums *sums, const struct outcome *o)
{
	json_t *lost = NULL;

	for (size_t k = 0; k < VERDICT_PRIMARY; k++) {
		const char *word = verdict_word((enum verdict)k);

		if (o->lost[k] == 0)
			continue;
		load_count(&sums->dropped, word, o->lost[k]);
		if (lost == NULL)
			lost = json_object();
		(void)json_object_set_new(
			lost, word, json_integer((json_int_t)o->lost[k]));
	}
	return lost;
}

static void
count_outcome(const struct load_target *t, const struct load_place *piece,
	const struct outcome *o)
{
	struct load_sums *sums = t->sums;
	struct load_place place = load_place_of(piece, o->at);
	json_t *lost = count_lost(sums, o);
	char hex[FINGERPRINT_HEX_MAX];
	const char *fpr = NULL;

	if (o->has_fpr) {
		fingerprint_hex(&o->fpr, hex);
		fpr = hex;
	}
	if (o->kind == OUTCOME_REFUSED) {
		load_count(&sums->refused, verdict_word(o->verdict), 1);
		load_tell(t->told, &place, fpr, verdict_word(o->verdict),
			o->detail != NULL ? o->detail
					  : verdict_sentence(o->verdict));
	}
	if (lost != NULL)
		load_tell_packets(t->told, &place, fpr, lost);
	json_decref(lost);
}

void
load_count_submission(const struct load_target *t,
	const struct load_place *piece, const struct submission *sub)
{
	struct load_sums *sums = t->sums;

	if (sub->status != STATUS_OK) {
		sums->failed++;
		load_count(&sums->refused, sub->err.text, 1);
		load_tell(t->told, piece, NULL, status_name(sub->status),
			sub->err.text);
		return;
	}
	for (int k = 0; k <= OUTCOME_REFUSED; k++)
		sums->counts[k] += sub->counts[k];
	for (size_t i = 0; i < sub->outcome_count; i++)
		count_outcome(t, piece, &sub->outcomes[i]);
}

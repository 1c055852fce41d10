/* What a partner's elements teach, and what it lacks of ours. */

#include <stdlib.h>

#include "pgp/digest.h"
#include "recon/talk_state.h"

bool
heard_digests(struct talk *t, const struct message *m, struct digest_list *out)
{
	struct message_digests d;

	t->elements += m->elements.len / ZP_WIRE;
	if (t->elements > t->limits.elements) {
		talk_end(t, TALK_FAILED, "more elements than any set explains");
		return false;
	}
	if (message_digests(t->arena, m->elements, &d) != STATUS_OK) {
		talk_end(t, TALK_FAILED, "too many elements in a message");
		return false;
	}
	t->facts.bad += d.bad;
	if (t->facts.bad >= t->limits.bad_elements) {
		talk_lie(t, "%llu of its elements are no digests",
			(unsigned long long)t->facts.bad);
		return false;
	}
	out->at = d.list;
	out->count = d.count;
	return true;
}

/* ---- learned ----------------------------------------------------------- */

void
heard_settle(struct talk *t)
{
	t->learned_count = digest_sks_sort(t->learned, t->learned_count);
	if (t->learned_count > t->limits.learned)
		t->learned_count = t->limits.learned;
}

static void
learn_one(struct talk *t, const struct sks_digest *d)
{
	size_t room = t->learned_room;

	if (t->learned_count == room) {
		t->learned_room = room ? 2 * room : 64;
		if (t->learned_room > t->settle_at)
			t->learned_room = t->settle_at;
		t->learned = xrealloc(
			t->learned, t->learned_room * sizeof(*t->learned));
	}
	t->learned[t->learned_count++] = *d;
}

/* Who asks hears the replies that are on their way and says Done. */
static void
heard_enough(struct talk *t)
{
	t->enough = true;
	if (t->role == TALK_ANSWERER)
		talk_end(t, TALK_DONE, "learned enough for once");
}

/* Who says the same ever again makes us sort once in a while, not always. */
static void
learn_settle(struct talk *t)
{
	t->learned_count = digest_sks_sort(t->learned, t->learned_count);
	if (t->learned_count >= t->limits.learned) {
		heard_enough(t);
		return;
	}
	t->settle_at = t->learned_count + t->limits.learned / 4 + 1;
	if (t->settle_at < t->limits.learned)
		t->settle_at = t->limits.learned;
}

void
heard_learn(struct talk *t, const struct digest_list *list)
{
	size_t i;

	for (i = 0; i < list->count && !t->enough; i++) {
		if (prefix_tree_has(t->tree, &list->at[i]))
			continue;
		learn_one(t, &list->at[i]);
		if (t->learned_count == t->settle_at)
			learn_settle(t);
	}
}

/* ---- lacks ------------------------------------------------------------- */

/* Of `ours` what the list has not; both ascending. How many are left. */
static size_t
without(struct sks_digest *ours, size_t count, const struct digest_list *list,
	size_t max)
{
	size_t i, j = 0, kept = 0;

	for (i = 0; i < count && kept < max; i++) {
		while (j < list->count &&
			digest_sks_cmp(&list->at[j], &ours[i]) < 0)
			j++;
		if (j == list->count || digest_sks_cmp(&list->at[j], &ours[i]))
			ours[kept++] = ours[i];
	}
	return kept;
}

struct digest_list
heard_lacks(struct talk *t, const struct prefix *prefix,
	const struct digest_list *list, size_t max)
{
	struct digest_list lacks = {NULL, 0};
	struct sks_digest *ours;
	struct node_view view;
	size_t n = max + list->count;

	/* However many we have: among so many there are `max` that it lacks. */
	prefix_tree_view(t->tree, prefix, &view);
	n = view.size < n ? view.size : n;
	ours = arena_array(t->arena, n, sizeof(*ours));
	if (!ours) {
		talk_end(t, TALK_FAILED, "too many elements in a message");
		return lacks;
	}
	n = prefix_tree_copy(t->tree, prefix, ours, n);
	lacks.at = ours;
	lacks.count = without(ours, n, list, max);
	t->facts.owed += lacks.count;
	return lacks;
}

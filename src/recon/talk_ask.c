/* The side that asks: it leads the way down the tree. */

#include <stdlib.h>
#include <string.h>

#include "recon/talk_state.h"

enum {
	/*
	 * A Full of so few is shorter than a Poly. From this level on not even
	 * the largest partner has more below a node than fits a message.
	 */
	FULL_SIZE = 6,
	FULL_BITS = 5 * PREFIX_STEP,
	/* Polys of a level, until it is known what becomes of them. */
	LEVEL_KNOWN = 16,
	OWED_LARGE = 4 /* times our own digests: the partner has far more */
};

static struct talk_level *
ask_level(struct talk *t, const struct prefix *prefix)
{
	return &t->level[prefix->bits / PREFIX_STEP];
}

/*
 * A Poly is safe whatever the partner has below the node. Where most of them
 * were answered with all that it has there, and that was about as much as we
 * have, a Full saves the Poly and its partner the algebra.
 */
static bool
asks_full(struct talk *t, const struct prefix *prefix, uint32_t size)
{
	const struct talk_level *l = ask_level(t, prefix);

	if (size <= FULL_SIZE)
		return prefix->bits >= FULL_BITS;
	return size < TALK_FULL_BELOW && l->answered >= LEVEL_KNOWN &&
	       l->whole >= l->answered - l->answered / 4 &&
	       l->theirs <= OWED_LARGE * (l->ours + l->whole);
}

/* ---- requests ---------------------------------------------------------- */

static void
queue_push(struct talk *t, struct prefix prefix)
{
	if (t->queue_count == t->queue_room) {
		t->queue_room = t->queue_room ? 2 * t->queue_room : 64;
		t->queue =
			xrealloc(t->queue, t->queue_room * sizeof(*t->queue));
	}
	t->queue[t->queue_count++] = prefix;
}

static void
put_full(struct talk *t, const struct prefix *prefix, uint32_t size)
{
	struct sks_digest list[TALK_FULL_BELOW];
	size_t n = prefix_tree_copy(t->tree, prefix, list, size);

	talk_put(t, message_put_full(&t->out, prefix, list, n));
}

static void
ask_one(struct talk *t)
{
	struct prefix prefix = t->queue[--t->queue_count];
	struct talk_asked *a = &t->asked[(t->asked_first + t->asked_count++) %
					 t->limits.outstanding];
	struct node_view view;

	prefix_tree_view(t->tree, &prefix, &view);
	a->prefix = prefix;
	a->size = view.size;
	a->full = asks_full(t, &prefix, view.size);
	t->facts.requests++;
	if (a->full)
		put_full(t, &prefix, view.size);
	else
		talk_put(t, message_put_poly(&t->out, &prefix, view.size,
				    &view.samples));
}

static void
ask_done(struct talk *t)
{
	talk_put(t, message_put_bare(&t->out, MESSAGE_DONE));
	talk_end(t, TALK_DONE, "%s",
		t->enough ? "learned, or asked, enough for once"
			  : "all was asked and answered");
}

/*
 * New requests go out while half of the old ones are still being answered: so
 * nobody waits for the way there and back.
 */
void
ask_on(struct talk *t)
{
	if (t->facts.requests >= t->limits.requests)
		t->enough = true;
	if (t->enough)
		t->queue_count = 0;
	if (!t->queue_count) {
		if (!t->asked_count)
			ask_done(t);
		return;
	}
	if (t->asked_count > t->limits.outstanding / 2 ||
		talk_backlog(t) > t->limits.replies / 8)
		return;
	while (t->queue_count && t->asked_count < t->limits.outstanding)
		ask_one(t);
	talk_put(t, message_put_bare(&t->out, MESSAGE_FLUSH));
	t->facts.rounds++;
	talk_flush(t);
}

void
ask_start(struct talk *t)
{
	queue_push(t, prefix_root());
}

/* ---- replies ----------------------------------------------------------- */

static void
reply_elements(
	struct talk *t, const struct talk_asked *a, const struct message *m)
{
	struct digest_list theirs;

	t->facts.solved++;
	if (!a->full)
		ask_level(t, &a->prefix)->answered++;
	if (heard_digests(t, m, &theirs))
		heard_learn(t, &theirs);
}

/*
 * It is owed what it lacks, unless it takes nothing of what we say: any part
 * will do, and the rest is found by the next talk.
 */
static void
owe(struct talk *t, const struct talk_asked *a,
	const struct digest_list *theirs)
{
	struct digest_list lacks;

	if (talk_backlog(t) >= t->limits.replies)
		return;
	lacks = heard_lacks(t, &a->prefix, theirs, t->limits.full_reply);
	talk_put(t, message_put_elements(
			    &t->out, MESSAGE_ELEMENTS, lacks.at, lacks.count));
	talk_flush(t);
}

static void
reply_full_elements(
	struct talk *t, const struct talk_asked *a, const struct message *m)
{
	struct talk_level *l = ask_level(t, &a->prefix);
	struct digest_list theirs;

	if (a->full) {
		talk_wrong_message(t, m);
		return;
	}
	t->facts.split++;
	if (!heard_digests(t, m, &theirs))
		return;
	l->answered++;
	l->whole++;
	l->ours += a->size;
	l->theirs += theirs.count;
	owe(t, a, &theirs);
	heard_learn(t, &theirs);
}

static void
reply_sync_fail(
	struct talk *t, const struct talk_asked *a, const struct message *m)
{
	unsigned int i;

	/* So deep no two sets differ that much. */
	if (a->full || a->prefix.bits >= TALK_DEPTH_BITS) {
		talk_wrong_message(t, m);
		return;
	}
	t->facts.split++;
	ask_level(t, &a->prefix)->answered++;
	for (i = PREFIX_CHILDREN; i-- > 0;)
		queue_push(t, prefix_child(&a->prefix, i));
}

static void (*const replies[MESSAGE_TYPES])(
	struct talk *t, const struct talk_asked *a, const struct message *m) = {
	[MESSAGE_ELEMENTS] = reply_elements,
	[MESSAGE_FULL_ELEMENTS] = reply_full_elements,
	[MESSAGE_SYNC_FAIL] = reply_sync_fail,
};

void
ask_reply(struct talk *t, const struct message *m)
{
	struct talk_asked a;

	if (!replies[m->type] || !t->asked_count) {
		talk_wrong_message(t, m);
		return;
	}
	a = t->asked[t->asked_first];
	t->asked_first = (t->asked_first + 1) % t->limits.outstanding;
	t->asked_count--;
	replies[m->type](t, &a, m);
}

/* The side that answers: it does the algebra. */

#include <time.h>

#include "pgp/digest.h"
#include "recon/solve.h"
#include "recon/talk_state.h"

enum {
	PARTNER_LARGE = 4 * TALK_FULL_BELOW, /* it would owe us too much */
	REPLY_SHARE = 16 /* of what may be held back, for one reply */
};

/* ---- solving ----------------------------------------------------------- */

static int64_t
cpu_us(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now))
		return 0;
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Is it a digest below the prefix that we have, or have not? */
static bool
is_below(const struct talk *t, const struct prefix *prefix, struct zp a,
	bool have, struct sks_digest *d)
{
	return zp_to_digest(a, d) == STATUS_OK && !zp_is_point(a) &&
	       prefix_holds(prefix, d) && prefix_tree_has(t->tree, d) == have;
}

struct answer_difference {
	struct sks_digest theirs[SOLVE_MBAR_MAX], ours[SOLVE_MBAR_MAX];
	size_t their_count, our_count;
};

/* Who lies steers the solution: so what we know must agree with it. */
static bool
answer_believes(const struct talk *t, const struct prefix *prefix,
	const struct solution *s, struct answer_difference *out)
{
	size_t i;

	for (i = 0; i < s->their_count; i++)
		if (!is_below(t, prefix, s->theirs[i], false, &out->theirs[i]))
			return false;
	for (i = 0; i < s->our_count; i++)
		if (!is_below(t, prefix, s->ours[i], true, &out->ours[i]))
			return false;
	/* By number they come in another order. */
	(void)digest_sks_sort(out->ours, s->our_count);
	out->their_count = s->their_count;
	out->our_count = s->our_count;
	return true;
}

static bool
answer_solve(struct talk *t, const struct message *m,
	const struct node_view *view, struct answer_difference *out)
{
	struct solve_side their = {m->size, m->samples.at};
	struct solve_side our = {view->size, view->samples.at};
	int64_t start = cpu_us();
	struct solution s;
	enum status st = solve(&their, &our, RECON_MBAR, &s);

	t->solve_us += cpu_us() - start;
	if (t->solve_us / 1000 > t->limits.solve_ms)
		talk_end(t, TALK_FAILED, "its samples cost too much to solve");
	return st == STATUS_OK && answer_believes(t, &m->prefix, &s, out);
}

/* ---- replies ----------------------------------------------------------- */

static void
answer_elements(struct talk *t, enum message_type type,
	const struct sks_digest *list, size_t count)
{
	talk_put(t, message_put_elements(&t->out, type, list, count));
}

/*
 * All that we have there teaches more than SyncFail, unless the partner would
 * then owe us a large part of its set in one message.
 */
static bool
answer_gives_all(const struct message *m, const struct node_view *view)
{
	if (m->prefix.bits >= TALK_DEPTH_BITS)
		return true;
	if (m->size > PARTNER_LARGE)
		return false;
	return !view->inner || view->size < TALK_FULL_BELOW;
}

static void
answer_all(struct talk *t, const struct prefix *prefix)
{
	struct digest_list none = {NULL, 0}, all;

	all = heard_lacks(t, prefix, &none, t->limits.full_reply);
	t->facts.owed -= all.count;
	answer_elements(t, MESSAGE_FULL_ELEMENTS, all.at, all.count);
}

static void
answer_poly(struct talk *t, const struct message *m)
{
	struct answer_difference d;
	struct digest_list theirs;
	struct node_view view;

	prefix_tree_view(t->tree, &m->prefix, &view);
	if (answer_solve(t, m, &view, &d)) {
		t->facts.solved++;
		t->facts.owed += d.our_count;
		theirs.at = d.theirs;
		theirs.count = d.their_count;
		answer_elements(t, MESSAGE_ELEMENTS, d.ours, d.our_count);
		heard_learn(t, &theirs);
		return;
	}
	t->facts.split++;
	if (answer_gives_all(m, &view))
		answer_all(t, &m->prefix);
	else
		talk_put(t, message_put_bare(&t->out, MESSAGE_SYNC_FAIL));
}

/*
 * Any part of what it lacks is an answer. With much to say already we say
 * less, so that who asks for all and reads late is never kept from asking.
 */
static size_t
answer_share(const struct talk *t)
{
	size_t backlog = talk_backlog(t), share;

	if (backlog >= t->limits.replies)
		return 1;
	share = (t->limits.replies - backlog) / REPLY_SHARE / ZP_WIRE + 1;
	return share < t->limits.full_reply ? share : t->limits.full_reply;
}

static void
answer_full(struct talk *t, const struct message *m)
{
	struct digest_list theirs, lacks;

	if (!heard_digests(t, m, &theirs))
		return;
	lacks = heard_lacks(t, &m->prefix, &theirs, answer_share(t));
	answer_elements(t, MESSAGE_ELEMENTS, lacks.at, lacks.count);
	heard_learn(t, &theirs);
}

/* ---- messages ---------------------------------------------------------- */

/* What it owes us after FullElements. */
static void
answer_owed(struct talk *t, const struct message *m)
{
	struct digest_list theirs;

	if (heard_digests(t, m, &theirs))
		heard_learn(t, &theirs);
}

static void
answer_flush(struct talk *t, const struct message *m)
{
	(void)m;
	t->facts.rounds++;
	talk_flush(t);
}

static void
answer_done(struct talk *t, const struct message *m)
{
	(void)m;
	talk_end(t, TALK_DONE, "it has asked all it wanted");
}

static void (*const answers[MESSAGE_TYPES])(
	struct talk *t, const struct message *m) = {
	[MESSAGE_POLY] = answer_poly,
	[MESSAGE_FULL] = answer_full,
	[MESSAGE_ELEMENTS] = answer_owed,
	[MESSAGE_FLUSH] = answer_flush,
	[MESSAGE_DONE] = answer_done,
};

void
answer_message(struct talk *t, const struct message *m)
{
	if (!answers[m->type]) {
		talk_wrong_message(t, m);
		return;
	}
	if (m->type == MESSAGE_POLY || m->type == MESSAGE_FULL)
		t->facts.requests++;
	/* For each request it may flush, and say what it owes. */
	if (t->facts.requests > t->limits.requests ||
		t->frames > 3 * (uint64_t)t->limits.requests) {
		talk_end(t, TALK_FAILED, "it asks more than any set explains");
		return;
	}
	answers[m->type](t, m);
	if (t->out.len - t->ready >= t->limits.replies)
		talk_flush(t);
}

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mailaddr.h"
#include "mail/classify.h"
#include "mail/inbox_state.h"
#include "mail/seen.h"

void
post_free(struct post *post)
{
	for (size_t i = 0; i < post->sub_count; i++)
		submission_free(post->subs[i]);
	arena_free(post->arena);
	free(post);
}

static void
log_post(const struct post *post, const char *outcome, const char *reason)
{
	size_t n[OUTCOME_REFUSED + 1] = {0};

	for (size_t i = 0; i < post->sub_count; i++) {
		for (size_t k = 0; k <= OUTCOME_REFUSED; k++)
			n[k] += post->subs[i]->counts[k];
	}
	log_line(LOG_INFO, "letter",
		"source=%s domain=%s peer=%s auth=%s command=%s outcome=%s "
		"new=%zu "
		"updated=%zu unchanged=%zu refused=%zu octets=%zu us=%lld%s%s",
		log_quote_str(post->in.source).text,
		log_quote(post_source_domain(&post->in)).text,
		post->peer >= 0 ? post->b->p.settings->peers[post->peer].name
				: "-",
		auth_word(post->verdict),
		post->command == NULL ? "-" : post->command->word, outcome,
		n[OUTCOME_NEW], n[OUTCOME_UPDATED], n[OUTCOME_UNCHANGED],
		n[OUTCOME_REFUSED], post->octets,
		(long long)(clock_mono_us() - post->started_us),
		reason == NULL ? "" : " reason=",
		reason == NULL ? "" : log_quote_str(reason).text);
}

/* ---- before anything is submitted --------------------------------------- */

static void
end_now(struct post *post, struct counter *c, enum letter_fate fate,
	const char *outcome, const char *reason)
{
	counter_add(c, 1);
	log_post(post, outcome, reason);
	inbox_done(post->b, post->child, post->id, fate, reason);
	post_free(post);
}

static bool
is_taken(const struct post *post, enum letter_block kind)
{
	if (kind == BLOCK_QUOTED)
		return (post->command->flags & COMMAND_QUOTED) != 0;
	return kind != BLOCK_HTML;
}

/* Blocks out of HTML count only when there is no other. */
static size_t
choose_blocks(const struct post *post, const struct incoming_block **chosen)
{
	size_t n = 0;

	for (size_t i = 0; i < post->in.block_count; i++) {
		if (is_taken(post, post->in.blocks[i].kind))
			chosen[n++] = &post->in.blocks[i];
	}
	for (size_t i = 0; n == 0 && i < post->in.block_count; i++) {
		if (post->in.blocks[i].kind == BLOCK_HTML)
			chosen[n++] = &post->in.blocks[i];
	}
	return n;
}

/*
 * Who has what this letter brings: its sent list, and the peer it comes from.
 * A person's list is not believed. A list over its cap, or a letter that came
 * a long way, is merged and goes nowhere: "*" stands for everybody.
 */
static const char *
make_seen(struct post *post)
{
	const struct mail_settings *s = post->b->p.settings;
	const struct incoming *in = &post->in;
	struct buf text = {0};
	struct seen_list *l;
	const char *seen = "";

	if (!(post->command->flags & COMMAND_UPDATE) && post->peer < 0)
		return "";
	if (in->seen_over || in->seen_count > s->max_sent_list ||
		in->seen_count >= SEEN_MAX)
		return "*";
	l = xcalloc(1, sizeof(*l));
	for (size_t i = 0; i < in->seen_count; i++) {
		if (!seen_has(l, in->seen[i]) &&
			!mailaddr_same(in->seen[i], s->address))
			(void)seen_add(l, in->seen[i]);
	}
	if (post->peer >= 0 && s->peers[post->peer].mail[0] != '\0' &&
		!seen_has(l, s->peers[post->peer].mail))
		(void)seen_add(l, s->peers[post->peer].mail);
	if (seen_join(l, &text) == STATUS_OK)
		seen = arena_str(post->arena, buf_view(&text));
	buf_done(&text);
	free(l);
	return seen == NULL ? "*" : seen;
}

/* Runs on ingest's threads. */
static void
submission_done(struct submission *sub)
{
	struct post *post = sub->ctx;
	struct inbox *b = post->b;

	if (workq_put_again(b->done, sub, 1) == STATUS_OK)
		wake_signal(b->p.wake);
}

static void
submit_block(struct post *post, const struct incoming_block *block)
{
	const struct policy *policy = ingest_policy(post->b->p.ingest);
	struct submission *sub = submission_new(policy->max_arena);

	sub->origin = post->origin;
	sub->seen = post->seen;
	sub->armor = ARMOR_STRICT;
	sub->body = block->text;
	sub->wipe_body = true;
	sub->done = submission_done;
	sub->ctx = post;
	post->waiting++;
	if (ingest_submit(post->b->p.ingest, sub) != STATUS_OK) {
		post->waiting--;
		post->refused = true;
		submission_free(sub);
		return;
	}
	post->subs[post->sub_count++] = sub;
}

static void
go_under_way(struct post *post)
{
	struct inbox *b = post->b;

	post->next = b->under_way;
	b->under_way = post;
	b->count++;
	b->octets += post->octets;
}

static void
is_under_way_no_more(struct post *post)
{
	struct inbox *b = post->b;
	struct post **at = &b->under_way;

	while (*at != post)
		at = &(*at)->next;
	*at = post->next;
	b->count--;
	b->octets -= post->octets;
}

/* What it says of itself holds, now that all it brought is on disk. */
static void
believe(const struct post *post)
{
	struct inbox *b = post->b;

	if (post->has_proof)
		proofs_add(b->proofs, &post->proof, clock_wall_s());
	if (post->command->flags & COMMAND_UPDATE)
		inbox_heard_range(b, &post->in, post->peer);
}

static void
submit(struct post *post)
{
	const struct incoming_block *chosen[INCOMING_BLOCKS_MAX];
	size_t n = choose_blocks(post, chosen);

	post->has_twin = dedupe_digest(&post->in, &post->twin);
	if (post->has_twin && dedupe_has(post->b->dedupe, &post->twin)) {
		/* Maybe of somebody else's copy, which said less. */
		believe(post);
		end_now(post, post->b->twins, FATE_TAKEN, "duplicate", NULL);
		return;
	}
	post->subs =
		arena_array(post->arena, n + 1, sizeof(struct submission *));
	if (n == 0 || post->subs == NULL) {
		answer_post(post);
		end_now(post, post->b->set_aside, FATE_QUARANTINE, "no-key",
			"no public key block in it");
		return;
	}
	post->origin = post->peer >= 0
			       ? post->b->p.settings->peers[post->peer].name
			       : "mail";
	post->seen = make_seen(post);
	for (size_t i = 0; i < n && !post->refused; i++)
		submit_block(post, chosen[i]);
	if (post->waiting == 0) {
		end_now(post, post->b->later, FATE_LATER, "busy",
			"the queue is full");
		return;
	}
	go_under_way(post);
}

/* Command, or why it is none; then the rates. */
static void
dispatch(struct post *post)
{
	struct inbox *b = post->b;
	enum letter_fate fate;
	const char *word;

	post->peer = known_origin(b->p.known, &post->in);
	if (post->in.repair.len > 0) {
		post->command = command_update();
		word = NULL;
		fate = post_is_within_rate(post)
			       ? inbox_take_repair(post, &word)
			       : FATE_LATER;
		end_now(post, fate == FATE_TAKEN ? b->taken : b->later, fate,
			"repair", word);
		return;
	}
	post->command = command_find(post->in.subject, &post->args);
	if (machine_file(post, &fate, &word)) {
		end_now(post, b->machine, fate, "machine", word);
		return;
	}
	if (post->command == NULL && post->peer >= 0 &&
		post->in.block_count > 0)
		post->command = command_update();
	if (post->command == NULL) {
		end_now(post, b->unknown, FATE_FOREIGN, "no-command", NULL);
		return;
	}
	if (!post_is_within_rate(post)) {
		end_now(post, b->later, FATE_LATER, "rate",
			"too many letters for now");
		return;
	}
	if (post->command->flags & COMMAND_KEYS) {
		submit(post);
		return;
	}
	answer_post(post);
	end_now(post, b->taken, FATE_TAKEN, "answered", NULL);
}

void
post_take(struct inbox *b, const struct frame *f)
{
	struct post *post = xcalloc(1, sizeof(*post));
	struct err err = {{0}};
	struct bytes payload;
	enum status st;

	counter_add(b->letters, 1);
	post->b = b;
	post->id = f->id;
	post->child = b->child;
	post->peer = KNOWN_NOBODY;
	post->octets = f->payload.len;
	post->started_us = clock_mono_us();
	post->in.source = "";
	post->in.sender = "";
	post->arena = arena_new(f->payload.len + LETTER_ARENA_ROOM);
	st = arena_copy(post->arena, f->payload, &payload);
	if (st == STATUS_OK)
		st = incoming_read(post->arena, payload, &post->in, &err);
	if (st != STATUS_OK)
		end_now(post, b->set_aside, FATE_QUARANTINE, "unreadable",
			err.text);
	else
		dispatch(post);
}

/* ---- when all of it is on disk ----------------------------------------- */

struct tally {
	size_t good, secret, temporary;
	const char *reason;
};

static void
tally_up(const struct post *post, struct tally *t)
{
	memset(t, 0, sizeof(*t));
	for (size_t i = 0; i < post->sub_count; i++) {
		const struct submission *sub = post->subs[i];

		if (sub->status == STATUS_OK) {
			t->good++;
			continue;
		}
		if (sub->status == STATUS_REJECTED)
			t->secret++;
		else if (sub->status != STATUS_MALFORMED &&
			 sub->status != STATUS_LIMIT &&
			 sub->status != STATUS_UNSUPPORTED)
			t->temporary++;
		t->reason = sub->err.text;
	}
	if (post->refused) {
		t->temporary++;
		t->reason = "the queue is full";
	}
}

/* A letter with a secret key in it is let go of: nothing may keep it. */
static void
finish(struct post *post)
{
	struct inbox *b = post->b;
	enum letter_fate fate = FATE_TAKEN;
	const char *outcome = "taken", *reason = NULL;
	struct counter *c = b->taken;
	struct tally t;

	tally_up(post, &t);
	if (t.temporary > 0) {
		fate = FATE_LATER;
		c = b->later;
		outcome = "later";
		reason = t.reason;
	} else if (t.secret > 0) {
		outcome = "secret";
	} else if (t.good == 0) {
		fate = FATE_QUARANTINE;
		c = b->set_aside;
		outcome = "no-key";
		reason = t.reason;
	}
	counter_add(c, 1);
	log_post(post, outcome, reason);
	inbox_done(b, post->child, post->id, fate, reason);
	is_under_way_no_more(post);
	if (fate == FATE_LATER) {
		post_free(post);
		return;
	}
	if (post->has_twin && t.secret == 0)
		dedupe_add(b->dedupe, &post->twin);
	believe(post);
	answer_post(post);
	if (post->peer >= 0)
		heard_note(b, post->peer);
	served_note(post);
}

void
post_submission_done(struct post *post)
{
	if (--post->waiting == 0)
		finish(post);
}

#include "pgp/level.h"

#include <string.h>

#include "pgp/level_work.h"

static const char *const words[] = {
	[LEVEL_SKS] = "sks",
	[LEVEL_CLEAN] = "clean",
	[LEVEL_STRICT] = "strict",
};

enum status
level_parse(const char *word, enum level *out)
{
	unsigned i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(word, words[i]) != 0)
			continue;
		*out = (enum level)i;
		return STATUS_OK;
	}
	return STATUS_NOT_FOUND;
}

const char *
level_word(enum level l)
{
	return words[l];
}

/* ---- sks -------------------------------------------------------------- */

static enum status
level_sks(struct arena *arena, const struct level_rules *rules,
	const struct cert *in, struct level_result *out)
{
	size_t max = rules->limits->max_total;

	enum status st = STATUS_OK;

	if (rules->explain)
		st = level_note_all(arena, in, out);
	if (st != STATUS_OK)
		return st;
	if (level_is_full(in, max)) {
		st = level_trim(arena, in, max, false, &out->cert);
		return st == STATUS_OK && rules->explain
			       ? level_note_trimmed(arena, rules, in, out)
			       : st;
	}
	out->cert = arena_alloc(arena, sizeof(*out->cert));
	if (out->cert == NULL)
		return STATUS_LIMIT;
	*out->cert = *in;
	return STATUS_OK;
}

/* ---- clean and strict ------------------------------------------------- */

/* What is too large, or has numbers that are, takes what hangs on it along. */
static void
level_drop_large(struct work *w)
{
	static const uint8_t kinds[64] = {
		[PACKET_USER_ID] = LIMIT_USER_ID,
		[PACKET_USER_ATTRIBUTE] = LIMIT_ATTRIBUTE,
		[PACKET_PUBLIC_SUBKEY] = LIMIT_KEY,
	};
	bool strict = w->rules->level == LEVEL_STRICT;
	size_t i;

	for (i = 1; i < w->part_count; i++) {
		const struct packet *p = &w->parts[i].c->packet;

		const struct work_limit *l = &w->limits[kinds[p->tag]];

		if (p->body.len > l->max) {
			w->parts[i].verdict = VERDICT_TOO_LARGE;
			w->parts[i].limit = l;
		} else if (p->tag == PACKET_PUBLIC_SUBKEY &&
			   !pk_in_limits(&w->parts[i].c->key)) {
			w->parts[i].verdict = VERDICT_BAD_PARAMETERS;
		} else if (strict && p->tag == PACKET_USER_ATTRIBUTE) {
			w->parts[i].verdict = VERDICT_NO_ATTRIBUTES;
		}
	}
}

/* Is there a component, or a word of the primary on itself? */
static bool
level_is_something(const struct work *w)
{
	size_t i;

	for (i = 1; i < w->part_count; i++)
		if (w->parts[i].verdict == VERDICT_KEPT)
			return true;
	for (i = 0; i < w->parts[0].count; i++)
		if (w->parts[0].sigs[i]->maker == MAKER_OWN)
			return true;
	return false;
}

static enum status
level_refuse(struct level_result *out, enum verdict why)
{
	out->cert = NULL;
	out->refused = why;
	return STATUS_OK;
}

static enum status
level_clean(struct arena *arena, const struct level_rules *rules,
	const struct cert *in, struct level_result *out)
{
	size_t max = rules->limits->max_total;
	struct cert *whole;
	enum status st;
	struct work w;

	if (in->primary.packet.body.len > rules->limits->max_key)
		return level_refuse(out, VERDICT_TOO_LARGE);
	if (!pk_in_limits(&in->primary.key))
		return level_refuse(out, VERDICT_BAD_PARAMETERS);
	st = work_open(&w, arena, rules, in);
	if (st != STATUS_OK)
		return st;
	level_drop_large(&w);
	st = level_find_homes(&w);
	if (st == STATUS_OK && !w.spent)
		st = level_judge_own(&w);
	if (st == STATUS_OK && w.spent)
		return level_refuse(out, VERDICT_TOO_MUCH_WORK);
	if (st == STATUS_OK && !level_is_something(&w))
		st = level_refuse(out, VERDICT_NOTHING_LEFT);
	else if (st == STATUS_OK)
		st = level_judge_others(&w);
	if (st == STATUS_OK)
		st = work_notes(&w, out);
	if (st != STATUS_OK || out->refused != VERDICT_KEPT)
		return st;
	st = work_build(&w, &whole);
	out->cert = whole;
	if (st != STATUS_OK || !level_is_full(whole, max))
		return st;
	st = level_trim(arena, whole, max, true, &out->cert);
	return st == STATUS_OK ? level_note_trimmed(arena, rules, whole, out)
			       : st;
}

/* Notes of what was banned, before those of the level. */
static enum status
level_join_notes(struct arena *arena, const struct level_note *first, size_t n,
	struct level_result *out)
{
	struct level_note *all;

	if (n == 0)
		return STATUS_OK;
	all = arena_array(arena, n + out->note_count, sizeof(*all));
	if (all == NULL)
		return STATUS_LIMIT;
	memcpy(all, first, n * sizeof(*all));
	if (out->note_count > 0)
		memcpy(all + n, out->notes, out->note_count * sizeof(*all));
	out->notes = all;
	out->note_count += n;
	return STATUS_OK;
}

enum status
level_apply(struct arena *arena, const struct level_rules *rules,
	const struct cert *in, struct level_result *out)
{
	static enum status (*const apply[])(struct arena *,
		const struct level_rules *, const struct cert *,
		struct level_result *) = {
		[LEVEL_SKS] = level_sks,
		[LEVEL_CLEAN] = level_clean,
		[LEVEL_STRICT] = level_clean,
	};
	struct level_note *banned = NULL;
	size_t count = 0;
	enum status st = STATUS_OK;
	struct cert *left;

	memset(out, 0, sizeof(*out));
	if (rules->ban != NULL) {
		st = level_without_banned(
			arena, rules->ban, in, &left, &banned, &count);
		in = left;
	}
	if (st == STATUS_OK)
		st = apply[rules->level](arena, rules, in, out);
	if (st == STATUS_OK)
		st = level_join_notes(arena, banned, count, out);
	return st;
}

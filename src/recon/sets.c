#include "recon/sets.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "recon/sets_state.h"

enum {
	OPEN_PROBES = 32, /* leaves of a tree that was loaded */
	BUILD_TRIES = 3
};

struct sets *
sets_new(const struct sets_settings *settings, struct store *store)
{
	struct sets *s = xcalloc(1, sizeof(*s));
	size_t i;

	s->file = settings->file != NULL ? xstrdup(settings->file) : NULL;
	s->store = store;
	s->count = settings->profile_count;
	s->profiles = xcalloc(s->count + 1, sizeof(*s->profiles));
	s->trees = xcalloc(s->count + 1, sizeof(*s->trees));
	for (i = 0; i < s->count; i++) {
		s->profiles[i] = settings->profiles[i];
		s->trees[i] = prefix_tree_new();
	}
	s->facts.saved_seq = -1;
	s->beat = settings->beat;
	s->beat_ctx = settings->beat_ctx;
	store_hold(store, sets_peek(s));
	return s;
}

void
sets_free(struct sets *s)
{
	size_t i;

	if (s == NULL)
		return;
	store_hold(s->store, INT64_MAX);
	for (i = 0; i < s->count; i++)
		prefix_tree_free(s->trees[i]);
	free(s->trees);
	free(s->profiles);
	free(s->file);
	free(s);
}

enum status
sets_beat(const struct sets *s, struct err *err)
{
	if (s->beat == NULL || !s->beat(s->beat_ctx))
		return STATUS_OK;
	err_set(err, "it was stopped");
	return STATUS_CLOSED;
}

enum status
sets_take_snapshot(
	const struct sets *s, struct store_session **session, struct err *err)
{
	struct store_session *borrowed;
	enum status st = session_borrow(s->store, &borrowed, err);

	if (st != STATUS_OK)
		return st;
	st = session_begin(borrowed, err);
	if (st == STATUS_OK)
		*session = borrowed;
	else
		session_return(s->store, borrowed);
	return st;
}

void
sets_drop_snapshot(const struct sets *s, struct store_session *session)
{
	session_end(session);
	session_return(s->store, session);
}

void
sets_clear(struct sets *s)
{
	size_t i;

	s->whole = false;
	for (i = 0; i < s->count; i++)
		if (prefix_tree_build(s->trees[i], NULL, 0) != STATUS_OK)
			abort(); /* nothing is in order */
}

/* ---- building ------------------------------------------------------------ */

static enum status
last_change(struct sets *s, int64_t *seq, struct err *err)
{
	struct store_session *session;
	enum status st = session_borrow(s->store, &session, err);

	if (st != STATUS_OK)
		return st;
	st = store_last_seq(session, seq, err);
	session_return(s->store, session);
	return st;
}

/*
 * What changes while the index is read may be met or not; the log names it,
 * and it is settled by the log.
 */
static enum status
build_once(struct sets *s, const char **why, struct err *err)
{
	int64_t seq;
	enum status st;

	sets_clear(s);
	st = last_change(s, &seq, err);
	if (st != STATUS_OK)
		return st;
	store_hold(s->store, seq);
	st = sets_build(s, err);
	if (st != STATUS_OK)
		return st;
	s->facts.seq = seq;
	return sets_catch_up(s, why, err);
}

static void
tell(const struct sets *s, enum log_level level, const char *state,
	int64_t since, const char *reason)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		log_line(level, "tree",
			"profile=%s state=%s digests=%zu change=%lld "
			"ms=%lld reason=%s",
			s->profiles[i]->name, state, sets_tree_size(s, i),
			(long long)s->facts.seq,
			(long long)(clock_mono_ms() - since),
			log_quote_str(reason).text);
}

static enum status
rebuild(struct sets *s, const char *why, enum log_level level, struct err *err)
{
	int64_t since = clock_mono_ms();
	const char *again = "";
	enum status st = STATUS_NOT_FOUND;
	int i;

	for (i = 0; i < BUILD_TRIES && st == STATUS_NOT_FOUND; i++)
		st = build_once(s, &again, err);
	if (st == STATUS_NOT_FOUND) {
		err_set(err, "the tree was built and left behind at once: %s",
			again);
		st = STATUS_BUSY;
	}
	if (st != STATUS_OK) {
		sets_clear(s);
		return st;
	}
	s->whole = true;
	s->facts.origin = SETS_BUILT;
	s->facts.rebuilds++;
	s->facts.why = why;
	/* Whatever is there, it is not this. */
	s->facts.saved_seq = -1;
	tell(s, level, "built", since, why);
	return STATUS_OK;
}

enum status
sets_rebuild(struct sets *s, const char *why, struct err *err)
{
	return rebuild(s, why, LOG_INFO, err);
}

/* ---- following ----------------------------------------------------------- */

enum status
sets_follow(struct sets *s, struct err *err)
{
	const char *why = "it was not there";
	enum status st =
		s->whole ? sets_catch_up(s, &why, err) : STATUS_NOT_FOUND;

	return st == STATUS_NOT_FOUND ? rebuild(s, why, LOG_INFO, err) : st;
}

static enum status
probe_all(struct sets *s, int times, const char **wrong, struct err *err)
{
	enum status st = STATUS_OK;
	size_t i;

	*wrong = NULL;
	for (; times > 0; times--)
		for (i = 0; st == STATUS_OK && *wrong == NULL && i < s->count;
			i++)
			st = sets_probe(s, i, wrong, err);
	return st;
}

/* Something is wrong with memory, disk or program: an operator must know. */
static enum status
check(struct sets *s, int times, bool *was_wrong, struct err *err)
{
	const char *wrong;
	enum status st = probe_all(s, times, &wrong, err);

	*was_wrong = st == STATUS_OK && wrong != NULL;
	return *was_wrong ? rebuild(s, wrong, LOG_ERROR, err) : st;
}

enum status
sets_check_one(struct sets *s, bool *was_wrong, struct err *err)
{
	*was_wrong = false;
	return s->whole ? check(s, 1, was_wrong, err) : STATUS_OK;
}

enum status
sets_open(struct sets *s, struct err *err)
{
	int64_t since = clock_mono_ms();
	const char *why;
	bool was_wrong;
	enum status st = sets_load(s, &why, err);

	if (st == STATUS_NOT_FOUND || st == STATUS_MALFORMED)
		return rebuild(s, why, LOG_INFO, err);
	if (st != STATUS_OK)
		return st;
	s->facts.origin = SETS_LOADED;
	store_hold(s->store, s->facts.seq);
	st = sets_follow(s, err);
	if (st == STATUS_OK && s->facts.origin == SETS_LOADED)
		st = check(s, OPEN_PROBES, &was_wrong, err);
	if (st == STATUS_OK && s->facts.origin == SETS_LOADED)
		tell(s, LOG_INFO, "loaded", since, "it was saved");
	return st;
}

/* ---- looking ------------------------------------------------------------- */

const struct prefix_tree *
sets_tree(const struct sets *s, size_t i)
{
	return s->whole ? s->trees[i] : NULL;
}

void
sets_get_facts(const struct sets *s, struct sets_facts *out)
{
	*out = s->facts;
}

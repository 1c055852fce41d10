#include "cli/simulate.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/thread.h"
#include "ingest/tombstone_rules.h"

enum {
	STEP = 64, /* places that a thread takes at once */
	WAIT_MS = 100
};

#define SIMULATE_ARENA_MAX ((size_t)1 << 30)

struct simulation {
	const struct simulate *how;
	int64_t last; /* place */
	_Atomic int64_t next;
	_Atomic uint64_t done;
	_Atomic size_t running;
};

struct worker {
	struct simulation *all;
	struct thread thread;
	struct store_session *session;
	struct arena *arena;
	struct simulate_sums sums;
	uint64_t random;
	enum status status;
	struct err err;
};

/* ---- one row ---------------------------------------------------------- */

static struct simulate_rule *
rule_of(struct simulate_sums *s, enum verdict v, const char *limit)
{
	struct simulate_rule *r;
	size_t i;

	for (i = 0; i < s->rule_count; i++) {
		r = &s->rules[i];
		if (r->verdict == v &&
			(limit == NULL ? r->limit == NULL
				       : r->limit != NULL &&
						 strcmp(r->limit, limit) == 0))
			return r;
	}
	if (s->rule_count == SIMULATE_RULES_MAX)
		return &s->rules[SIMULATE_RULES_MAX - 1];
	r = &s->rules[s->rule_count++];
	r->verdict = v;
	r->limit = limit;
	return r;
}

static void
add_example(
	struct simulate_rule *r, const struct simulate_example *e, size_t max)
{
	if (r->example_count >= max)
		return;
	if (r->examples == NULL)
		r->examples =
			xcalloc(SIMULATE_EXAMPLES_MAX, sizeof(*r->examples));
	r->examples[r->example_count++] = *e;
}

/* What one certificate loses, by rule. */
static void
add_counts(struct worker *w, const struct cert *cert, const uint64_t *counts)
{
	struct simulate_example e = {
		.fpr = cert->id.fpr, .user_ids = cert->user_id_count};
	size_t i;

	for (i = 0; i < w->sums.rule_count; i++) {
		if (counts[i] == 0)
			continue;
		w->sums.rules[i].packets += counts[i];
		w->sums.rules[i].certs++;
		e.packets = counts[i];
		add_example(&w->sums.rules[i], &e, w->all->how->examples);
	}
}

static void
add_result(struct worker *w, const struct cert_row *row,
	const struct cert *cert, const struct level_result *r)
{
	uint64_t counts[SIMULATE_RULES_MAX] = {0};
	struct simulate_rule *rule;
	size_t i, kept = r->cert == NULL ? 0 : r->cert->octets;

	for (i = 0; i < r->note_count; i++) {
		rule = rule_of(
			&w->sums, r->notes[i].verdict, r->notes[i].limit);
		counts[rule - w->sums.rules]++;
	}
	if (r->cert == NULL) {
		rule = rule_of(&w->sums, r->refused, NULL);
		rule->refused++;
		counts[rule - w->sums.rules]++;
		w->sums.refused++;
	}
	add_counts(w, cert, counts);
	w->sums.touched += row->octets.len > kept || r->note_count > 0;
	if (row->octets.len > kept)
		w->sums.saved += row->octets.len - kept;
}

/* As a submission is judged: what is taken down by key is refused whole, or
 * all of it but the key and its revocation. */
static enum status
take_down(struct worker *w, struct level_result *r)
{
	const struct tombstones *t = w->all->how->taken_down;
	struct verify_budget any = {SIZE_MAX, SIZE_MAX};
	enum tombstone_rule rule = RULE_NONE;
	enum status st = STATUS_OK;
	struct cert *left = NULL;
	bool spent = false;

	if (r->cert != NULL)
		rule = tombstones_of_cert(t, r->cert);
	if (rule == RULE_BLOCK)
		st = tombstone_reduce(w->arena, r->cert, &any, &spent, &left);
	if (st == STATUS_OK && rule != RULE_NONE) {
		r->cert = left;
		r->refused = VERDICT_BLOCKED;
	}
	return st;
}

static enum status
look_at(struct worker *w, const struct cert_row *row)
{
	const struct simulate *how = w->all->how;
	struct level_rules rules = {
		.level = how->level, .limits = &how->limits};
	struct tombstone_ban ban;
	struct level_result r;
	struct cert *cert;
	enum status st;

	w->sums.seen++;
	w->sums.octets += row->octets.len;
	/* Only notes tell by which rule; level sks makes them when asked. */
	rules.explain = how->level == LEVEL_SKS;
	if (tombstones_ban(how->taken_down, w->arena, &ban))
		rules.ban = &ban.ban;
	st = cert_read_stored(w->arena, row->octets, &cert, &w->err);
	if (st == STATUS_OK)
		st = cert_digest(w->arena, cert);
	/* What was verified when it was stored is not asked again. */
	if (st == STATUS_OK && row->level != LEVEL_SKS)
		st = cert_placed_digests(w->arena, cert, &rules.known);
	if (st == STATUS_OK)
		st = level_apply(w->arena, &rules, cert, &r);
	if (st == STATUS_OK)
		st = take_down(w, &r);
	if (st == STATUS_MALFORMED) {
		w->sums.damaged++;
		return STATUS_OK;
	}
	if (st != STATUS_OK)
		return st;
	if (rules.explain) {
		size_t i, n = 0;

		for (i = 0; i < r.note_count; i++)
			if (!verdict_is_kept(r.notes[i].verdict))
				r.notes[n++] = r.notes[i];
		r.note_count = n;
	}
	add_result(w, row, cert, &r);
	return STATUS_OK;
}

/* ---- all rows, or some ------------------------------------------------ */

static bool
is_stopped(const struct worker *w)
{
	return *w->all->how->stop != 0;
}

static enum status
look_after(struct worker *w, int64_t *place, int64_t end)
{
	struct store_walk next = {.after = *place, .upto = end, .max = 1};
	struct cert_rows rows = {0};
	enum status st;

	arena_reset(w->arena);
	st = store_list_certs(w->session, &next, w->arena, &rows, &w->err);
	if (st != STATUS_OK)
		return st;
	if (rows.count == 0)
		return STATUS_NOT_FOUND;
	*place = next.after;
	return look_at(w, &rows.list[0]);
}

static void
walk(struct worker *w)
{
	int64_t from, place, end;
	enum status st = STATUS_OK;

	while (!is_stopped(w)) {
		from = atomic_fetch_add(&w->all->next, STEP);
		if (from >= w->all->last)
			return;
		place = from;
		end = from + STEP;
		while (place < end && !is_stopped(w)) {
			st = look_after(w, &place, end);
			if (st == STATUS_NOT_FOUND)
				break;
			if (st != STATUS_OK) {
				w->status = st;
				return;
			}
		}
		atomic_fetch_add(&w->all->done, STEP);
	}
}

static uint64_t
draw(struct worker *w)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return w->random;
}

static void
sample(struct worker *w)
{
	enum status st;
	int64_t place;

	while (!is_stopped(w)) {
		if (atomic_fetch_add(&w->all->next, 1) >=
			(int64_t)w->all->how->sample)
			return;
		place = (int64_t)(draw(w) % (uint64_t)w->all->last);
		st = look_after(w, &place, INT64_MAX);
		if (st != STATUS_OK && st != STATUS_NOT_FOUND) {
			w->status = st;
			return;
		}
		atomic_fetch_add(&w->all->done, 1);
	}
}

static void *
work(void *arg)
{
	struct worker *w = arg;

	if (w->all->how->sample > 0)
		sample(w);
	else
		walk(w);
	atomic_fetch_sub(&w->all->running, 1);
	return NULL;
}

/* ---- together --------------------------------------------------------- */

static void
add_sums(const struct simulate *how, struct simulate_sums *to,
	const struct simulate_sums *from)
{
	size_t i, k;

	to->seen += from->seen;
	to->touched += from->touched;
	to->refused += from->refused;
	to->damaged += from->damaged;
	to->octets += from->octets;
	to->saved += from->saved;
	for (i = 0; i < from->rule_count; i++) {
		const struct simulate_rule *f = &from->rules[i];
		struct simulate_rule *r = rule_of(to, f->verdict, f->limit);

		r->packets += f->packets;
		r->certs += f->certs;
		r->refused += f->refused;
		for (k = 0; k < f->example_count; k++)
			add_example(r, &f->examples[k], how->examples);
	}
}

static enum status
open_worker(struct worker *w, struct simulation *all, struct err *err)
{
	w->all = all;
	w->arena = arena_new(SIMULATE_ARENA_MAX);
	if (getrandom(&w->random, sizeof(w->random), 0) !=
			(ssize_t)sizeof(w->random) ||
		w->random == 0)
		w->random = (uintptr_t)w;
	return session_open(all->how->store, SESSION_READ, &w->session, err);
}

static void
wait_for(struct simulation *all, uint64_t total)
{
	const struct timespec pause = {.tv_nsec = WAIT_MS * 1000000L};
	uint64_t done;

	while (atomic_load(&all->running) > 0) {
		(void)nanosleep(&pause, NULL);
		done = atomic_load(&all->done);
		all->how->progress(
			all->how->ctx, done < total ? done : total, total);
	}
}

static enum status
run_workers(
	struct simulation *all, struct worker *list, size_t n, struct err *err)
{
	uint64_t total =
		all->how->sample > 0 ? all->how->sample : (uint64_t)all->last;
	enum status st = STATUS_OK;
	size_t i;

	for (i = 0; st == STATUS_OK && i < n; i++)
		st = open_worker(&list[i], all, err);
	for (i = 0; st == STATUS_OK && i < n; i++) {
		atomic_fetch_add(&all->running, 1);
		st = thread_start(
			&list[i].thread, "simulate", work, &list[i], err);
		if (st != STATUS_OK)
			atomic_fetch_sub(&all->running, 1);
	}
	wait_for(all, total);
	for (i = 0; i < n; i++)
		thread_join(&list[i].thread);
	for (i = 0; st == STATUS_OK && i < n; i++) {
		st = list[i].status;
		if (st != STATUS_OK)
			*err = list[i].err;
	}
	return st;
}

enum status
simulate_run(
	const struct simulate *how, struct simulate_sums *sums, struct err *err)
{
	struct simulation all = {.how = how};
	struct worker *list = xcalloc(how->jobs, sizeof(*list));
	struct store_session *s = NULL;
	enum status st;
	size_t i;

	memset(sums, 0, sizeof(*sums));
	st = session_open(how->store, SESSION_READ, &s, err);
	if (st == STATUS_OK)
		st = store_last_place(s, &all.last, err);
	if (s != NULL)
		session_close(s);
	if (st == STATUS_OK && all.last > 0)
		st = run_workers(&all, list, how->jobs, err);
	for (i = 0; i < how->jobs; i++) {
		add_sums(how, sums, &list[i].sums);
		simulate_done(&list[i].sums);
		if (list[i].session != NULL)
			session_close(list[i].session);
		if (list[i].arena != NULL)
			arena_free(list[i].arena);
	}
	free(list);
	return st;
}

void
simulate_done(struct simulate_sums *sums)
{
	size_t i;

	for (i = 0; i < sums->rule_count; i++)
		free(sums->rules[i].examples);
	memset(sums, 0, sizeof(*sums));
}

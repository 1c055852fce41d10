#include "lookup/lookup.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>

#include "lookup/lookup_all.h"
#include "lookup/lookup_sort.h"
#include "lookup/redact.h"
#include "pgp/user_id.h"

enum {
	LOOKUP_ROWS_MAX = 500, /* held at once; of more see lookup_all.h */
	LOOKUP_SCRATCH_MAX = 64 * 1024 * 1024
};

/* Whoever attaches another's subkey is not found by it. */
static void
lookup_drop_unbound(struct cert_rows *rows)
{
	size_t i, n = 0;

	for (i = 0; i < rows->count; i++)
		if (!rows->list[i].by_subkey || rows->list[i].bound)
			rows->list[n++] = rows->list[i];
	rows->total -= rows->count - n;
	rows->count = n;
}

/* Case does not matter; what is no text matches nothing. */
static bool
lookup_same_text(struct bytes a, struct bytes b)
{
	int differ = 1;

	return u8_casecmp(a.data, a.len, b.data, b.len, NULL, NULL, &differ) ==
		       0 &&
	       differ == 0;
}

static enum status
lookup_has_user_id(const struct cert_row *row, struct bytes text, bool *has,
	struct err *err)
{
	struct arena *scratch = arena_new(LOOKUP_SCRATCH_MAX);
	struct index_cert c;
	struct bytes uid;
	enum status st;
	size_t i;

	*has = false;
	st = lookup_describe(scratch, row, 0, &c, err);
	for (i = 0; st == STATUS_OK && !*has && i < c.user_id_count; i++) {
		if (!c.user_ids[i].valid)
			continue;
		st = user_id_text(scratch, c.user_ids[i].text, &uid);
		if (st == STATUS_OK)
			*has = lookup_same_text(uid, text);
	}
	arena_free(scratch);
	return st;
}

static enum status
lookup_drop_partial(
	const struct query *q, struct cert_rows *rows, struct err *err)
{
	enum status st = STATUS_OK;
	size_t i, n = 0;
	bool has;

	for (i = 0; st == STATUS_OK && i < rows->count; i++) {
		st = lookup_has_user_id(&rows->list[i], q->text, &has, err);
		if (st == STATUS_OK && has)
			rows->list[n++] = rows->list[i];
	}
	rows->total -= rows->count - n;
	rows->count = n;
	return st;
}

/* Old clients choke on versions that they do not know. */
static void
lookup_drop_modern(uint8_t max, struct cert_rows *rows, struct err *err)
{
	char hex[FINGERPRINT_HEX_MAX];
	const struct fingerprint *f;
	size_t i, n = 0;

	for (i = 0; i < rows->count; i++) {
		f = &rows->list[i].id.fpr;
		if (f->version <= max) {
			rows->list[n++] = rows->list[i];
			continue;
		}
		fingerprint_hex(f, hex);
		err_set(err,
			"No keys found for this program: there is one of "
			"version %u, see /pks/v2/certs/by-vfingerprint/"
			"%02x/%s",
			f->version, f->version, hex);
	}
	rows->total -= rows->count - n;
	rows->count = n;
}

/* Their names are told to nobody, so nobody finds them by name. */
static enum status
lookup_drop_redacted(struct cert_rows *rows, struct err *err)
{
	enum status st = STATUS_OK;
	size_t i, n = 0;

	for (i = 0; st == STATUS_OK && i < rows->count; i++) {
		struct arena *scratch = arena_new(LOOKUP_SCRATCH_MAX);
		bool hard = false;

		st = redact_row(scratch, &rows->list[i], &hard, NULL, err);
		if (!hard)
			rows->list[n++] = rows->list[i];
		arena_free(scratch);
	}
	rows->total -= rows->count - n;
	rows->count = n;
	return st;
}

static bool
lookup_is_by_name(const struct store_query *t)
{
	return t->kind == QUERY_EMAIL || t->kind == QUERY_WORDS ||
	       t->kind == QUERY_DOMAIN;
}

static enum status
lookup_drop(const struct query *q, const struct lookup_limits *limits,
	struct cert_rows *rows, struct err *err)
{
	lookup_drop_unbound(rows);
	if (limits->max_version != 0)
		lookup_drop_modern(limits->max_version, rows, err);
	if (limits->redact) {
		enum status st = lookup_drop_redacted(rows, err);

		if (st != STATUS_OK)
			return st;
	}
	return q->whole_user_id ? lookup_drop_partial(q, rows, err) : STATUS_OK;
}

/*
 * How many rows to ask for. Keys: all, for some may be dropped. A search
 * that finds too many needs no rows at all, and one with a limit is sorted
 * before it is cut.
 */
static size_t
lookup_rows_wanted(const struct query *q, const struct store_query *t,
	const struct lookup_limits *limits)
{
	if (limits->limit_given || q->whole_user_id ||
		limits->max_results > LOOKUP_ROWS_MAX || !lookup_is_by_name(t))
		return LOOKUP_ROWS_MAX;
	return limits->max_results;
}

/* Sorted, and cut if the client gave a limit. */
static enum status
lookup_try(struct store_session *s, const struct query *q, size_t i,
	const struct lookup_limits *given, int64_t now, struct arena *arena,
	struct cert_rows *rows, struct err *err)
{
	struct lookup_limits here = *given, *limits = &here;
	struct query one = *q;
	size_t want;
	enum status st;

	/* An address is looked for as such, also among exact words. */
	here.redact = given->redact && lookup_is_by_name(&q->tries[i]);
	one.whole_user_id &= q->tries[i].kind == QUERY_WORDS;
	q = &one;
	want = lookup_rows_wanted(q, &q->tries[i], limits);

	st = store_find(s, &q->tries[i], want, arena, rows, err);
	if (st != STATUS_OK)
		return st;
	if (rows->total > rows->count &&
		(limits->limit_given || q->whole_user_id ||
			rows->total <= limits->max_results))
		return lookup_all(
			s, q, i, limits, lookup_drop, now, arena, rows, err);
	st = lookup_drop(q, limits, rows, err);
	if (st != STATUS_OK)
		return st;
	if (rows->total == 0)
		return STATUS_NOT_FOUND;
	if (rows->total > limits->max_results && !limits->limit_given)
		return STATUS_OK; /* too many: nobody sees their order */
	return lookup_sort_rows(s, arena, rows, now, err);
}

static enum status
lookup_check_size(const struct cert_rows *rows, size_t max, struct err *err)
{
	size_t i, sum = 0;

	for (i = 0; i < rows->count; i++) {
		sum += rows->list[i].octets.len;
		if (max != 0 && sum > max) {
			err_set(err, "Too many responses: more than %zu octets",
				max);
			return STATUS_LIMIT;
		}
	}
	return STATUS_OK;
}

enum status
lookup_certs(struct store_session *s, const struct query *q,
	const struct lookup_limits *limits, int64_t now, struct arena *arena,
	struct cert_rows *rows, struct err *err)
{
	struct cert_rows found = {0};
	enum status st = STATUS_NOT_FOUND;
	size_t i;

	for (i = 0; st == STATUS_NOT_FOUND && i < q->count; i++)
		st = lookup_try(s, q, i, limits, now, arena, &found, err);
	if (st != STATUS_OK)
		return st;
	if (found.total > limits->max_results && !limits->limit_given) {
		err_set(err, "Too many responses: %zu, at most %zu are given",
			found.total, limits->max_results);
		return STATUS_LIMIT;
	}
	if (found.count > limits->max_results)
		found.count = limits->max_results;
	st = lookup_check_size(&found, limits->max_octets, err);
	if (st == STATUS_OK)
		*rows = found;
	return st;
}

#include <string.h>

#include "base/clock.h"
#include "base/words.h"
#include "mail/command_rows.h"
#include "mail/text_wrap.h"

enum {
	DAY_S = 24 * 3600,
	NAMES_AT_ONCE = 512,
	NAMES_MAX = 100000 /* changes looked at for one answer */
};

/* The certificates that changed, each once. */
struct changed {
	struct cert_id *list;
	size_t count;
};

/* A number of days from 1 up, or 0. */
static int64_t
read_days(struct bytes text)
{
	int64_t n = 0;

	if (text.len == 0 || text.len > 4)
		return 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return 0;
		n = n * 10 + (text.data[i] - '0');
	}
	return n;
}

/* LIMIT when there are more than one answer holds. */
static enum status
note(struct changed *c, const struct cert_id *id, size_t max)
{
	/* Gone, or of a kind that does not travel in armor of old. */
	if (id->fpr.len == 0 || id->fpr.version > COMMAND_NEWEST_VERSION)
		return STATUS_OK;
	for (size_t i = 0; i < c->count; i++) {
		if (cert_id_eq(&c->list[i], id))
			return STATUS_OK;
	}
	if (c->count == max)
		return STATUS_LIMIT;
	c->list[c->count++] = *id;
	return STATUS_OK;
}

static enum status
gather(struct command_call *call, struct store_session *s, int64_t since,
	struct changed *c, struct err *err)
{
	size_t max = call->settings->search.max_keys, n, looked = 0;
	struct change_name *names =
		arena_array(call->arena, NAMES_AT_ONCE, sizeof(*names));
	int64_t seq;
	enum status st;

	c->list = arena_array(call->arena, max, sizeof(*c->list));
	c->count = 0;
	if (names == NULL || c->list == NULL)
		return STATUS_LIMIT;
	st = store_seq_before(s, since, &seq, err);
	while (st == STATUS_OK) {
		st = store_read_names(s, seq, names, NAMES_AT_ONCE, &n, err);
		if (st != STATUS_OK || n == 0)
			break;
		seq = names[n - 1].seq;
		looked += n;
		for (size_t i = 0; st == STATUS_OK && i < n; i++)
			st = note(c, &names[i].cert, max);
		if (st == STATUS_OK && looked > NAMES_MAX)
			st = STATUS_LIMIT;
	}
	return st;
}

static enum status
read_rows(struct command_call *call, struct store_session *s,
	const struct changed *c, struct cert_rows *rows, struct err *err)
{
	enum status st = STATUS_OK;

	memset(rows, 0, sizeof(*rows));
	rows->list = arena_array(call->arena, c->count, sizeof(*rows->list));
	if (rows->list == NULL)
		return STATUS_LIMIT;
	for (size_t i = 0; st == STATUS_OK && i < c->count; i++) {
		st = store_get_cert(s, &c->list[i], call->arena,
			&rows->list[rows->count], err);
		if (st == STATUS_OK)
			rows->count++;
		else if (st == STATUS_NOT_FOUND)
			st = STATUS_OK;
	}
	rows->total = rows->count;
	return st;
}

static enum status
find(struct command_call *call, int64_t days, struct cert_rows *rows)
{
	struct store_session *s;
	struct changed c;
	struct err err = {""};
	enum status st = session_borrow(call->store, &s, &err);

	if (st != STATUS_OK)
		return st;
	st = gather(call, s, clock_wall_s() - days * DAY_S, &c, &err);
	if (st == STATUS_OK)
		st = read_rows(call, s, &c, rows, &err);
	session_return(call->store, s);
	return st;
}

static enum status
put_range(struct command_call *call, int64_t most)
{
	struct buf say = {0};
	enum status st = buf_printf(&say,
		_("LAST takes a number of days from 1 to %lld."),
		(long long)most);

	if (st == STATUS_OK)
		st = text_paragraph(call->text, (const char *)say.data);
	buf_done(&say);
	return st;
}

static enum status
put_too_many(struct command_call *call)
{
	struct buf say = {0};
	enum status st = buf_printf(&say,
		_("More keys are new or changed than the %zu that one letter "
		  "brings. Ask for fewer days."),
		call->settings->search.max_keys);

	if (st == STATUS_OK)
		st = text_paragraph(call->text, (const char *)say.data);
	buf_done(&say);
	return st;
}

enum status
command_last_answer(struct command_call *call)
{
	const struct mail_search *search = &call->settings->search;
	int64_t days = read_days(call->args), most = search->last_max_s / DAY_S;
	struct cert_rows rows;
	enum status st;

	if (days < 1 || days > most)
		return put_range(call, most);
	st = find(call, days, &rows);
	if (st == STATUS_LIMIT)
		return put_too_many(call);
	if (st != STATUS_OK)
		return st;
	if (rows.count == 0)
		return text_paragraph(
			call->text, _("No key is new or changed since then."));
	st = text_paragraph(
		call->text, _("The keys that are new or changed since then are "
			      "attached."));
	if (st == STATUS_OK)
		st = buf_puts(call->text, "\n");
	if (st == STATUS_OK)
		st = command_put_list(call, &rows, false);
	return st == STATUS_OK ? command_put_keys(call, &rows) : st;
}

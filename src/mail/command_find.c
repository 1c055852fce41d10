#include "base/clock.h"
#include "base/words.h"
#include "lookup/listing.h"
#include "lookup/lookup.h"
#include "lookup/present.h"
#include "mail/command.h"
#include "mail/command_rows.h"
#include "mail/text_wrap.h"

static enum status
find(struct command_call *call, struct cert_rows *rows, struct err *err)
{
	const struct mail_search *search = &call->settings->search;
	const struct lookup_limits limits = {.max_results = search->max_keys,
		.redact = search->redact,
		.max_version = COMMAND_NEWEST_VERSION};
	struct store_session *s;
	struct query q;
	enum status st;

	st = query_parse(call->arena, call->args, false, &q, err);
	if (st == STATUS_OK)
		st = rules_apply(call->arena, &search->rules, &q, err);
	if (st == STATUS_OK)
		st = session_borrow(call->store, &s, err);
	if (st != STATUS_OK)
		return st;
	st = lookup_certs(
		s, &q, &limits, clock_wall_s(), call->arena, rows, err);
	session_return(call->store, s);
	if (st == STATUS_NOT_FOUND && q.miss != STATUS_NOT_FOUND) {
		err_set(err, "%s", q.miss_text);
		st = q.miss;
	}
	return st;
}

/* Why there is nothing to send; the sentence is the whole answer. */
static enum status
put_failure(struct command_call *call, enum status why, const struct err *err)
{
	struct buf say = {0};
	enum status st;

	if (why == STATUS_NOT_FOUND)
		st = buf_puts(&say, _("No key on this server matches."));
	else if (why == STATUS_LIMIT)
		st = buf_printf(&say,
			_("More keys match than the %zu that one letter "
			  "brings. Ask for something narrower: a whole mail "
			  "address, or a fingerprint."),
			call->settings->search.max_keys);
	else if (why == STATUS_MALFORMED || why == STATUS_UNSUPPORTED)
		st = buf_printf(
			&say, _("This cannot be searched for: %s."), err->text);
	else
		st = buf_puts(&say, _("The search failed. Ask again later."));
	if (st == STATUS_OK)
		st = text_paragraph(call->text, (const char *)say.data);
	buf_done(&say);
	return st;
}

enum status
command_put_list(struct command_call *call, const struct cert_rows *rows,
	bool signatures)
{
	const struct listing_wish wish = {.now = clock_wall_s(),
		.signatures = signatures,
		.redact = call->settings->search.redact};
	struct index_cert *certs;
	struct err err = {""};
	enum status st;

	st = listing_make(call->store, rows, &wish, call->arena, &certs, &err);
	if (st != STATUS_OK)
		return st;
	return index_write_plain(call->text, certs, rows->count, signatures);
}

enum status
command_put_keys(struct command_call *call, const struct cert_rows *rows)
{
	struct bytes *parts =
		arena_array(call->arena, rows->count, sizeof(*parts));
	struct err err = {""};
	enum status st = STATUS_OK;

	if (parts == NULL)
		return STATUS_LIMIT;
	for (size_t i = 0; st == STATUS_OK && i < rows->count; i++)
		st = present_octets(call->arena, &rows->list[i],
			call->settings->search.redact, &parts[i], &err);
	return st == STATUS_OK
		       ? armor_write(call->keys, parts, rows->count, NULL, true)
		       : st;
}

/* Finds what is asked for; `put` writes it. */
static enum status
answer_found(
	struct command_call *call, enum status (*put)(struct command_call *call,
					   const struct cert_rows *rows))
{
	struct cert_rows rows;
	struct err err = {""};
	enum status st;

	if (call->args.len == 0)
		return command_help_answer(call);
	st = find(call, &rows, &err);
	if (st != STATUS_OK)
		return put_failure(call, st, &err);
	return put(call, &rows);
}

static enum status
put_index(struct command_call *call, const struct cert_rows *rows)
{
	return command_put_list(call, rows, false);
}

static enum status
put_vindex(struct command_call *call, const struct cert_rows *rows)
{
	return command_put_list(call, rows, true);
}

static enum status
put_get(struct command_call *call, const struct cert_rows *rows)
{
	enum status st = text_paragraph(call->text,
		_("The keys are attached; gpg --import reads this letter as "
		  "it is, too. A keyserver does not know whose they are: "
		  "compare fingerprints with their owners."));

	if (st == STATUS_OK)
		st = buf_puts(call->text, "\n");
	if (st == STATUS_OK)
		st = command_put_list(call, rows, false);
	return st == STATUS_OK ? command_put_keys(call, rows) : st;
}

enum status
command_index_answer(struct command_call *call)
{
	return answer_found(call, put_index);
}

enum status
command_vindex_answer(struct command_call *call)
{
	return answer_found(call, put_vindex);
}

enum status
command_get_answer(struct command_call *call)
{
	return answer_found(call, put_get);
}

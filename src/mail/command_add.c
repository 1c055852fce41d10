#include "mail/command.h"

#include "base/words.h"
#include "ingest/dropped_words.h"
#include "mail/text_wrap.h"

enum { LINES_MAX = 100, PACKETS_MAX = 8 /* told of one certificate */ };

static size_t
count_of(const struct command_call *call, enum outcome_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < call->sub_count; i++)
		n += call->subs[i]->counts[kind];
	return n;
}

static size_t
total_of(const struct command_call *call)
{
	size_t n = 0;

	for (size_t i = 0; i < call->sub_count; i++)
		n += call->subs[i]->outcome_count;
	return n;
}

/* What was left out of it, as the answers over HTTP say it. */
static enum status
put_dropped(struct buf *out, const struct outcome *o)
{
	char line[DROPPED_LINE_MAX];
	enum status st = STATUS_OK;
	size_t i;

	for (i = 0; st == STATUS_OK && i < o->packet_count && i < PACKETS_MAX;
		i++) {
		dropped_line(&o->packets[i], line);
		st = buf_printf(out, "    %s\n", line);
	}
	if (st == STATUS_OK && i > 0 && o->dropped > i)
		st = buf_printf(out, "    and %zu more\n", o->dropped - i);
	return st;
}

static enum status
put_outcome(struct buf *out, const struct outcome *o)
{
	char hex[FINGERPRINT_HEX_MAX] = "(unreadable)";
	enum status st;

	if (o->has_fpr)
		fingerprint_hex(&o->fpr, hex);
	if (o->kind == OUTCOME_REFUSED)
		st = buf_printf(out, "  %s: refused: %s\n", hex,
			o->detail != NULL ? o->detail
					  : verdict_sentence(o->verdict));
	else
		st = buf_printf(out, "  %s: %s\n", hex, outcome_word(o->kind));
	return st == STATUS_OK ? put_dropped(out, o) : st;
}

static enum status
put_outcomes(struct command_call *call)
{
	size_t left = LINES_MAX;

	for (size_t i = 0; i < call->sub_count; i++) {
		const struct submission *sub = call->subs[i];

		for (size_t j = 0; j < sub->outcome_count; j++) {
			enum status st;

			if (left-- == 0)
				return buf_puts(call->text, "  ...\n");
			st = put_outcome(call->text, &sub->outcomes[j]);
			if (st != STATUS_OK)
				return st;
		}
	}
	return STATUS_OK;
}

static bool
is_secret(const struct command_call *call)
{
	for (size_t i = 0; i < call->sub_count; i++) {
		if (call->subs[i]->status == STATUS_REJECTED)
			return true;
	}
	return false;
}

/* Nothing of it became a certificate. */
static enum status
put_nothing(struct command_call *call)
{
	enum status st;

	if (is_secret(call))
		return text_paragraph(call->text,
			_("Your letter holds a SECRET key. Nothing of it was "
			  "stored. Everybody on its way could read it: "
			  "consider that key lost, and revoke it."));
	st = text_paragraph(call->text,
		_("No public key could be read in your letter. Send it as "
		  "plain text or attached, in ASCII armor:"));
	return st == STATUS_OK
		       ? buf_puts(call->text, "\n  gpg --armor --export "
					      "YOUR-FINGERPRINT\n")
		       : st;
}

enum status
command_add_answer(struct command_call *call)
{
	size_t fresh = count_of(call, OUTCOME_NEW);
	size_t updated = count_of(call, OUTCOME_UPDATED);
	enum status st;

	if (total_of(call) == 0)
		return put_nothing(call);
	st = buf_printf(call->text, _("Your letter to %s was read:"),
		call->settings->address);
	if (st == STATUS_OK)
		st = buf_printf(call->text,
			"\n\n"
			"  new %zu, updated %zu, unchanged %zu, refused %zu\n"
			"\n",
			fresh, updated, count_of(call, OUTCOME_UNCHANGED),
			count_of(call, OUTCOME_REFUSED));
	if (st == STATUS_OK)
		st = put_outcomes(call);
	if (st == STATUS_OK && fresh + updated > 0 &&
		call->settings->peer_count > 0)
		st = text_paragraph(call->text,
			_("Other keyservers will be told what is new."));
	return st;
}

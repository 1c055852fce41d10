#include "mail/command.h"

enum { LINES_MAX = 100 };

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

static enum status
put_outcome(struct buf *out, const struct outcome *o)
{
	char hex[FINGERPRINT_HEX_MAX];

	if (!o->has_fpr)
		return buf_puts(out, "  (unreadable): refused\n");
	fingerprint_hex(&o->fpr, hex);
	if (o->kind == OUTCOME_REFUSED)
		return buf_printf(out, "  %s: refused: %s\n", hex,
			verdict_sentence(o->verdict));
	return buf_printf(out, "  %s: %s\n", hex, outcome_word(o->kind));
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
				return buf_puts(call->answer, "  ...\n");
			st = put_outcome(call->answer, &sub->outcomes[j]);
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
	if (is_secret(call))
		return buf_puts(call->answer,
			"Your letter holds a SECRET key. Nothing of it was\n"
			"stored. Everybody on its way could read it: consider\n"
			"that key lost, and revoke it.\n");
	return buf_puts(call->answer,
		"No public key could be read in your letter. Send it as plain\n"
		"text or attached, in ASCII armor:\n"
		"\n"
		"  gpg --armor --export YOUR-FINGERPRINT\n");
}

enum status
command_add_answer(struct command_call *call)
{
	size_t fresh = count_of(call, OUTCOME_NEW);
	size_t updated = count_of(call, OUTCOME_UPDATED);
	enum status st;

	if (total_of(call) == 0)
		return put_nothing(call);
	st = buf_printf(call->answer,
		"Your letter to %s was read:\n"
		"\n"
		"  new %zu, updated %zu, unchanged %zu, refused %zu\n"
		"\n",
		call->site, fresh, updated, count_of(call, OUTCOME_UNCHANGED),
		count_of(call, OUTCOME_REFUSED));
	if (st == STATUS_OK)
		st = put_outcomes(call);
	if (st == STATUS_OK && fresh + updated > 0 && call->peer_count > 0)
		st = buf_puts(call->answer,
			"\nOther keyservers will be told what is new.\n");
	return st;
}

#include <stdlib.h>

#include "base/words.h"
#include "mail/command.h"
#include "mail/text_wrap.h"

enum { COLUMN = 23, DAY_S = 24 * 3600 };

/* HELP EN: English stands in the source, whatever the site speaks. */
static const char *say(const struct command_call *call, const char *sentence)
	__attribute__((format_arg(2)));

static const char *
say(const struct command_call *call, const char *sentence)
{
	return bytes_eq_nocase(call->args, bytes_of("EN")) ? sentence
							   : words_of(sentence);
}

static bool
offers_searches(const struct command_call *call)
{
	return call->settings->reply_to_users == MAIL_REPLY_ALL;
}

static enum status
put_command(struct command_call *call, const struct command *c)
{
	enum status st;

	st = buf_printf(call->text, "  %-*s", COLUMN - 2, c->usage);
	return st == STATUS_OK
		       ? text_wrap(call->text, say(call, c->help), COLUMN)
		       : st;
}

static enum status
put_commands(struct command_call *call)
{
	const struct command *c;
	enum status st = buf_puts(call->text, "\n");

	for (size_t i = 0; (c = command_at(i)) != NULL; i++) {
		if (st == STATUS_OK && c->usage != NULL &&
			command_is_answered(c, call->settings))
			st = put_command(call, c);
	}
	return st;
}

static const char what[] =
	N_("WHAT is a mail address, or words of a name that must all match, or "
	   "0x and a fingerprint or key ID:");

static enum status
put_searching(struct command_call *call)
{
	const struct mail_search *search = &call->settings->search;
	struct buf most = {0};
	enum status st;

	if (!offers_searches(call))
		return STATUS_OK;
	st = text_paragraph(call->text, say(call, what));
	if (st == STATUS_OK)
		st = buf_puts(call->text, "\n  GET alice@example.org\n"
					  "  INDEX Alice Example\n"
					  "  GET 0x0123456789ABCDEF\n");
	if (st == STATUS_OK)
		st = buf_printf(&most,
			say(call, N_("One letter brings at most %zu keys, and "
				     "LAST goes back at most %lld days.")),
			search->max_keys,
			(long long)(search->last_max_s / DAY_S));
	if (st == STATUS_OK)
		st = text_paragraph(call->text, (const char *)most.data);
	buf_done(&most);
	return st;
}

/* The text, piece by piece; a sentence, what follows it as it is, or both. */
struct piece {
	const char *sentence;
	const char *sample;
	enum status (*put)(struct command_call *call);
};

static const struct piece pieces[] = {
	{N_("Write to this address. The subject of the letter is one command "
	    "and nothing else:"),
		NULL, put_commands},
	{N_("To publish your key, send it as the text of a letter with the "
	    "subject ADD, or attach it. This writes it:"),
		"\n  gpg --armor --export alice@example.org\n", NULL},
	{N_("What you add is public, is passed on to other keyservers and "
	    "cannot be taken back."),
		NULL, put_searching},
	{N_("Each address gets one answer in ten minutes, and twenty a day. "
	    "Adding keys works all the time."),
		NULL, NULL},
};

enum status
command_help_answer(struct command_call *call)
{
	enum status st;

	st = buf_printf(call->text,
		say(call, N_("This is %s, a keyserver for OpenPGP.")),
		call->settings->address);
	if (st == STATUS_OK)
		st = buf_puts(call->text, "\n");
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		const struct piece *p = &pieces[i];

		if (st == STATUS_OK)
			st = text_paragraph(call->text, say(call, p->sentence));
		if (st == STATUS_OK && p->sample != NULL)
			st = buf_puts(call->text, p->sample);
		if (st == STATUS_OK && p->put != NULL)
			st = p->put(call);
	}
	return st;
}

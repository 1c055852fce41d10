#include "mail/command.h"

enum status
command_help_answer(struct command_call *call)
{
	const struct command *c;
	enum status st;

	st = buf_printf(call->answer,
		"This is the OpenPGP keyserver %s.\n"
		"\n"
		"Write a command into the subject of a letter, and nothing\n"
		"else. The text of the letter matters for ADD only: it holds\n"
		"your public key, in ASCII armor, as text or attached.\n"
		"\n",
		call->site);
	for (size_t i = 0; st == STATUS_OK; i++) {
		c = command_at(i);
		if (c == NULL)
			break;
		if (c->help != NULL)
			st = buf_printf(call->answer, "  %s\n", c->help);
	}
	if (st == STATUS_OK)
		st = buf_puts(call->answer,
			"\n"
			"What you add is public, is passed on to other\n"
			"keyservers and cannot be taken back.\n");
	return st;
}

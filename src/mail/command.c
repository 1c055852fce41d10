#include "mail/command.h"

#include <string.h>

#include "base/words.h"

/* In the order in which HELP names them. */
static const struct command commands[] = {
	{"ADD", ARGS_NONE, COMMAND_KEYS | COMMAND_QUOTED, command_add_answer,
		"ADD",
		N_("takes in the public keys that the letter holds, pasted or "
		   "attached")},
	{"GET", ARGS_OPTIONAL, COMMAND_SEARCH, command_get_answer, "GET WHAT",
		N_("sends you the keys that match")},
	{"INDEX", ARGS_OPTIONAL, COMMAND_SEARCH, command_index_answer,
		"INDEX WHAT", N_("lists the keys that match")},
	{"VERBOSE INDEX", ARGS_OPTIONAL, COMMAND_SEARCH, command_vindex_answer,
		"VERBOSE INDEX WHAT",
		N_("lists them with their subkeys and signatures")},
	{"LAST", ARGS_OPTIONAL, COMMAND_SEARCH, command_last_answer,
		"LAST DAYS",
		N_("sends you the keys new or changed in so many days")},
	{"HELP", ARGS_OPTIONAL, 0, command_help_answer, "HELP",
		N_("sends you this text; HELP EN in English")},
	{"INCREMENTAL", ARGS_NONE, COMMAND_KEYS | COMMAND_UPDATE, NULL, NULL,
		NULL},
};

bool
command_is_answered(
	const struct command *c, const struct mail_settings *settings)
{
	if (c->answer == NULL || settings->reply_to_users == MAIL_REPLY_NO)
		return false;
	return settings->reply_to_users == MAIL_REPLY_ALL ||
	       !(c->flags & COMMAND_SEARCH);
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/*
 * What follows the row's word in the subject; a blank in the word stands for
 * one or more. False when it is another word.
 */
static bool
match_word(const char *word, struct bytes subject, struct bytes *rest)
{
	size_t pos = 0;

	for (const char *w = word; *w != '\0'; w++) {
		uint8_t c;

		if (pos >= subject.len)
			return false;
		c = subject.data[pos++];
		if (*w == ' ') {
			if (!is_blank(c))
				return false;
			while (pos < subject.len && is_blank(subject.data[pos]))
				pos++;
		} else if (c != (uint8_t)*w && c != (uint8_t)(*w | 0x20)) {
			return false;
		}
	}
	if (pos < subject.len && !is_blank(subject.data[pos]))
		return false;
	*rest = bytes_trim(bytes_make(subject.data + pos, subject.len - pos));
	return true;
}

static bool
takes(enum command_args args, struct bytes rest)
{
	if (rest.len == 0)
		return args != ARGS_REQUIRED;
	return args != ARGS_NONE;
}

const struct command *
command_find(struct bytes subject, struct bytes *args)
{
	struct bytes trimmed = bytes_trim(subject);
	size_t n = sizeof(commands) / sizeof(commands[0]);

	if (trimmed.len == 0 || memchr(trimmed.data, 0, trimmed.len) != NULL)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		struct bytes rest;

		if (!match_word(commands[i].word, trimmed, &rest) ||
			!takes(commands[i].args, rest))
			continue;
		*args = rest;
		return &commands[i];
	}
	return NULL;
}

const struct command *
command_update(void)
{
	size_t n = sizeof(commands) / sizeof(commands[0]);

	for (size_t i = 0; i < n; i++) {
		if (commands[i].flags & COMMAND_UPDATE)
			return &commands[i];
	}
	return NULL;
}

const struct command *
command_at(size_t i)
{
	return i < sizeof(commands) / sizeof(commands[0]) ? &commands[i] : NULL;
}

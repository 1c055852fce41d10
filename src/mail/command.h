/*
 * command.h - the command table and its dispatch
 *
 * A letter's subject is a command when the whole of it is: the word of a row,
 * and what the row takes as arguments. Whatever else comes is no command and
 * gets silence. To add one: a row in command.c, a function in a command_*.c.
 *
 * Memory:  a call borrows the letter; its answer is the caller's buffers.
 * Threads: pure, but for what a row's function reads from the store.
 * Source:  spec pks-mail sections 4 and 8.3.
 */
#ifndef KEYPOST_MAIL_COMMAND_H
#define KEYPOST_MAIL_COMMAND_H

#include "ingest/submission.h"
#include "mail/mail.h"
#include "store/store.h"

enum command_args { ARGS_NONE, ARGS_OPTIONAL, ARGS_REQUIRED };

enum command_flag {
	COMMAND_KEYS = 1 << 0,   /* its key blocks are submitted first */
	COMMAND_UPDATE = 1 << 1, /* from a server: its sent list counts */
	COMMAND_QUOTED = 1 << 2, /* takes armor under "> " too */
	/* Asks the store: answered only with reply_to_users = all, and by the
	 * thread that searches. */
	COMMAND_SEARCH = 1 << 3
};

/* One letter's command, when its answer is written. */
struct command_call {
	struct bytes args;
	struct submission *const *subs; /* with COMMAND_KEYS: after commit */
	size_t sub_count;
	struct store *store;
	const struct mail_settings *settings;
	struct arena *arena; /* with COMMAND_SEARCH: to work in */
	struct buf *text;    /* the answer: UTF-8, LF; its max is the limit */
	struct buf *keys;    /* armor that goes with it; may stay empty */
};

struct command {
	const char *word; /* upper case; one blank between two words */
	enum command_args args;
	unsigned int flags;
	/* Writes the answer; NULL: there is never one. LIMIT: it is too large
	 * for a letter. */
	enum status (*answer)(struct command_call *call);
	const char *usage; /* what HELP says of it, NULL: nothing; */
	const char *help;  /* marked for translation */
};

/* Does this site answer such a command at all? */
bool command_is_answered(
	const struct command *c, const struct mail_settings *settings);
/* By subject; NULL: none. *args is what follows the word. */
const struct command *command_find(struct bytes subject, struct bytes *args);
/*
 * For a letter of a known peer whose subject is no command, but which brings
 * key material ("Re: incremental", "[list] incremental").
 */
const struct command *command_update(void);
/* Row i, or NULL past the end: for HELP. */
const struct command *command_at(size_t i);

/* command_add.c, command_help.c, command_find.c, command_last.c */
enum status command_add_answer(struct command_call *call);
enum status command_help_answer(struct command_call *call);
enum status command_get_answer(struct command_call *call);
enum status command_index_answer(struct command_call *call);
enum status command_vindex_answer(struct command_call *call);
enum status command_last_answer(struct command_call *call);

#endif

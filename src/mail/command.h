/*
 * command.h - the command table and its dispatch
 *
 * A letter's subject is a command when the whole of it is: the word of a row,
 * and what the row takes as arguments. Whatever else comes is no command and
 * gets silence. To add one: a row in command.c, a function in a command_*.c.
 *
 * Memory:  a call borrows the letter; its answer is the caller's buffer.
 * Threads: pure, but for what a row's function reads from the store.
 * Source:  spec pks-mail sections 4 and 8.3.
 */
#ifndef KEYPOST_MAIL_COMMAND_H
#define KEYPOST_MAIL_COMMAND_H

#include "ingest/submission.h"
#include "mail/incoming.h"
#include "store/store.h"

enum { COMMAND_ANSWER_MAX = 64 * 1024 };

enum command_args { ARGS_NONE, ARGS_OPTIONAL, ARGS_REQUIRED };

enum command_flag {
	COMMAND_KEYS = 1 << 0,   /* its key blocks are submitted first */
	COMMAND_UPDATE = 1 << 1, /* from a server: its sent list counts */
	COMMAND_QUOTED = 1 << 2, /* takes armor under "> " too */
	COMMAND_SEARCH = 1 << 3  /* answered only with reply_to_users = all */
};

/* One letter's command, when its answer is written. */
struct command_call {
	const struct incoming *in;
	struct bytes args;
	struct submission *const *subs; /* with COMMAND_KEYS: after commit */
	size_t sub_count;
	struct store *store;
	const char *site; /* our sync address */
	size_t peer_count;
	struct buf *answer; /* plain ASCII text */
};

struct command {
	const char *word; /* upper case; one blank between two words */
	enum command_args args;
	unsigned int flags;
	/* Writes the answer; NULL: there is never one. */
	enum status (*answer)(struct command_call *call);
	const char *help; /* what HELP says of it; NULL: nothing */
};

/* By subject; NULL: none. *args is what follows the word. */
const struct command *command_find(struct bytes subject, struct bytes *args);
/*
 * For a letter of a known peer whose subject is no command, but which brings
 * key material ("Re: incremental", "[list] incremental").
 */
const struct command *command_update(void);
/* Row i, or NULL past the end: for HELP. */
const struct command *command_at(size_t i);

/* command_add.c, command_help.c */
enum status command_add_answer(struct command_call *call);
enum status command_help_answer(struct command_call *call);

#endif

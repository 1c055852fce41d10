/*
 * A subject is a command or none, whatever the case of its letters and the
 * blanks around it; arguments lie within it; HELP is answered in plain ASCII.
 */
#include <assert.h>
#include <string.h>

#include "mail/classify.h"
#include "mail/command.h"
#include "mail/quoted.h"
#include "mail/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char ours[] = "ours@here.example";

static const struct command *
find_changed(struct bytes subject)
{
	struct buf other = {0};
	const struct command *found;
	struct bytes args;
	enum status st = buf_puts(&other, " \t");

	assert(st == STATUS_OK);
	for (size_t i = 0; i < subject.len; i++) {
		uint8_t c = subject.data[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
			c ^= 0x20;
		st = buf_put_u8(&other, c);
		assert(st == STATUS_OK);
	}
	st = buf_puts(&other, "\r\n");
	assert(st == STATUS_OK);
	found = command_find(buf_view(&other), &args);
	buf_done(&other);
	return found;
}

static void
check_answer(const struct command *c, struct bytes args)
{
	static struct mail_settings settings = {
		.address = ours, .reply_to_users = MAIL_REPLY_ALL};
	struct buf text = {0}, keys = {0}, subject = {0};
	struct command_call call = {.args = args,
		.settings = &settings,
		.text = &text,
		.keys = &keys};
	enum status st = reply_subject(c->word, args, &subject);

	assert(st == STATUS_OK && quoted_is_plain(buf_view(&subject)));
	assert(memchr(subject.data, '\n', subject.len) == NULL);
	buf_done(&subject);
	/* Searches have a store to ask. */
	if (c->answer == NULL || (c->flags & COMMAND_SEARCH))
		return;
	st = c->answer(&call);
	assert(st == STATUS_OK && text.len > 0);
	assert(quoted_is_plain(buf_view(&text)));
	buf_done(&text);
	buf_done(&keys);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes subject = bytes_make(data, size), args = {0};
	const struct command *c = command_find(subject, &args);
	struct incoming in = {.source = "", .sender = "", .subject = subject};

	assert(find_changed(subject) == c);
	(void)classify_machine(&in, c != NULL);
	if (c == NULL)
		return 0;
	assert(args.len <= size);
	assert(args.len == 0 ||
		(args.data >= data && args.data + args.len <= data + size));
	assert(c->args != ARGS_NONE || args.len == 0);
	check_answer(c, args);
	return 0;
}

/*
 * A subject is a command or none, whatever the case of its letters and the
 * blanks around it; arguments lie within it; HELP is answered in plain ASCII.
 */
#include <assert.h>
#include <string.h>

#include "mail/classify.h"
#include "mail/command.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
	struct buf out = {.max = COMMAND_ANSWER_MAX};
	struct incoming in = {.source = "", .sender = ""};
	struct command_call call = {.in = &in,
		.args = args,
		.site = "ours@here.example",
		.answer = &out};
	enum status st;

	if (c->answer == NULL)
		return;
	st = c->answer(&call);
	assert(st == STATUS_OK && out.len > 0);
	for (size_t i = 0; i < out.len; i++)
		assert(out.data[i] == '\n' ||
			(out.data[i] >= 0x20 && out.data[i] < 0x7f));
	buf_done(&out);
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

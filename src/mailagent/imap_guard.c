#include "mailagent/imap_guard.h"

#include <stdint.h>
#include <string.h>

/* Where in "{123}\r\n" at the end of a line we are. */
enum brace { BRACE_NONE, BRACE_OPEN, BRACE_CLOSED };

static struct {
	mailstream_low_driver driver;
	ssize_t (*read)(mailstream_low *low, void *data, size_t size);
	size_t line, answer, depth;
	size_t literal;  /* octets of it still to come */
	size_t literals; /* that may still be announced */
	size_t number;   /* between braces */
	enum brace brace;
	bool quoted, escaped;
	const char *tripped;
} guard;

static bool
literal_fits(void)
{
	if (guard.number > guard.literals)
		guard.tripped = "a literal longer than was asked for";
	return guard.tripped == NULL;
}

static void
end_line(void)
{
	guard.line = 0;
	/* A quote in a sentence for people opens nothing that lasts. */
	guard.quoted = guard.escaped = false;
	if (guard.brace != BRACE_CLOSED) {
		guard.depth = 0;
	} else if (literal_fits()) {
		guard.literals -= guard.number;
		guard.literal = guard.number;
	}
	guard.brace = BRACE_NONE;
}

/* True: it belongs to a literal's announcement. */
static bool
in_brace(char c)
{
	if (guard.brace == BRACE_CLOSED && c == '\r')
		return literal_fits();
	if (guard.brace == BRACE_OPEN && c >= '0' && c <= '9') {
		guard.number = guard.number * 10 + (size_t)(c - '0');
		if (guard.number > UINT32_MAX)
			guard.number = UINT32_MAX;
		return true;
	}
	/* The library looks past blanks. */
	if (guard.brace == BRACE_OPEN && (c == '+' || c == '}' || c == ' ')) {
		guard.brace = c == '}' ? BRACE_CLOSED : BRACE_OPEN;
		/* 1.9.4 makes room for it here, whatever comes then. */
		return guard.number <= IMAP_ANSWER_MAX || literal_fits();
	}
	guard.brace = BRACE_NONE;
	return false;
}

static void
in_quotes(char c)
{
	if (guard.escaped)
		guard.escaped = false;
	else if (c == '\\')
		guard.escaped = true;
	else if (c == '"')
		guard.quoted = false;
}

static void
count_one(char c)
{
	if (c == '\n') {
		end_line();
		return;
	}
	if (++guard.line > IMAP_LINE_MAX)
		guard.tripped = "a line without end";
	if (guard.brace != BRACE_NONE && in_brace(c))
		return;
	/* In quotes too: what we take for quoted may be none to the library. */
	if (c == '{') {
		guard.brace = BRACE_OPEN;
		guard.number = 0;
		guard.escaped = false;
	} else if (guard.quoted) {
		in_quotes(c);
	} else if (c == '"') {
		guard.quoted = true;
	} else if (c == '(' && ++guard.depth > IMAP_DEPTH_MAX) {
		guard.tripped = "parentheses nested too deep";
	} else if (c == ')' && guard.depth > 0) {
		guard.depth--;
	}
}

bool
imap_guard_count(const char *data, size_t len)
{
	size_t i = 0;

	while (i < len && guard.tripped == NULL) {
		if (guard.literal > 0) {
			size_t n = len - i;

			if (n > guard.literal)
				n = guard.literal;
			guard.literal -= n;
			i += n;
			continue;
		}
		if (++guard.answer > IMAP_ANSWER_MAX)
			guard.tripped = "an answer without end";
		count_one(data[i++]);
	}
	return guard.tripped == NULL;
}

static ssize_t
guarded_read(mailstream_low *low, void *data, size_t size)
{
	ssize_t n = guard.tripped == NULL ? guard.read(low, data, size) : -1;

	/* The library waits for ever for a literal's rest after the end. */
	if (n == 0)
		return -1;
	if (n > 0 && !imap_guard_count(data, (size_t)n))
		return -1;
	return n;
}

void
imap_guard_set(mailstream *stream)
{
	mailstream_low *low = mailstream_get_low(stream);

	memset(&guard, 0, sizeof(guard));
	guard.driver = *low->driver;
	guard.read = guard.driver.mailstream_read;
	guard.driver.mailstream_read = guarded_read;
	low->driver = &guard.driver;
}

void
imap_guard_expect(size_t literals)
{
	guard.answer = 0;
	guard.literals = literals;
}

const char *
imap_guard_tripped(void)
{
	return guard.tripped;
}

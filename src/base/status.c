#include "base/status.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
	[STATUS_OK] = "ok",
	[STATUS_NOT_FOUND] = "not found",
	[STATUS_MALFORMED] = "malformed",
	[STATUS_UNSUPPORTED] = "unsupported",
	[STATUS_REJECTED] = "rejected",
	[STATUS_LIMIT] = "limit",
	[STATUS_BUSY] = "busy",
	[STATUS_TIMEOUT] = "timeout",
	[STATUS_IO] = "i/o error",
	[STATUS_CLOSED] = "closed",
};

const char *
status_name(enum status st)
{
	assert((size_t)st < sizeof names / sizeof names[0]);
	return names[st];
}

void
err_set(struct err *e, const char *fmt, ...)
{
	struct err next = {""};
	va_list ap;

	if (!e)
		return;
	/* An argument may be e->text itself, so print beside it first. */
	va_start(ap, fmt);
	(void)vsnprintf(next.text, sizeof next.text, fmt, ap);
	va_end(ap);
	*e = next;
}

static void
append(struct err *e, const char *s)
{
	size_t used = strlen(e->text), room = sizeof e->text - 1 - used;
	size_t len = strnlen(s, room);

	memcpy(e->text + used, s, len);
	e->text[used + len] = '\0';
}

void
err_prefix(struct err *e, const char *fmt, ...)
{
	struct err next = {""};
	va_list ap;
	int n;

	if (!e)
		return;
	va_start(ap, fmt);
	n = vsnprintf(next.text, sizeof next.text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	/* What does not fit is cut at the end: the newest reason is first. */
	append(&next, ": ");
	append(&next, e->text);
	*e = next;
}

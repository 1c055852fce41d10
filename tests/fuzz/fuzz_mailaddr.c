/*
 * A header field of a stranger becomes addresses or MALFORMED, the list always
 * ends, and what is called safe can be taken apart again to itself.
 */
#include <assert.h>
#include <string.h>

#include "base/mailaddr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct mailaddr *m)
{
	struct mailaddr again, normal, twice;
	enum status st;

	assert(strlen(m->text) > 2 && strlen(m->text) <= MAILADDR_MAX);
	assert(strchr(m->text, '\n') == NULL && strchr(m->text, '\r') == NULL);
	assert(mailaddr_same(m->text, m->text));
	mailaddr_normalise(m, &normal);
	mailaddr_normalise(&normal, &twice);
	assert(strcmp(normal.text, twice.text) == 0);
	assert(mailaddr_same(m->text, normal.text));
	if (!mailaddr_is_safe(m->text) || strpbrk(m->text, "()[]:;"))
		return;
	st = mailaddr_parse(bytes_of(m->text), &again);
	assert(st == STATUS_OK && strcmp(again.text, m->text) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes field = bytes_make(data, size);
	size_t pos = 0, before;
	struct mailaddr m;
	enum status st;

	for (;;) {
		before = pos;
		st = mailaddr_next(field, &pos, &m);
		assert(pos <= size);
		if (st == STATUS_NOT_FOUND)
			break;
		assert(pos > before);
		if (st == STATUS_OK)
			check(&m);
		else
			assert(st == STATUS_MALFORMED);
	}
	if (mailaddr_parse(field, &m) == STATUS_OK)
		check(&m);
	return 0;
}

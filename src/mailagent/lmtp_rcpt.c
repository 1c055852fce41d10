#include "mailagent/lmtp_rcpt.h"

#include <stdio.h>
#include <string.h>

static const char bounce[] = "bounce";

enum status
lmtp_path_read(struct bytes text, struct bytes *path, struct bytes *rest)
{
	struct bytes t = bytes_trim(text);
	const uint8_t *end;
	size_t n;

	if (t.len < 2 || t.data[0] != '<')
		return STATUS_MALFORMED;
	end = memchr(t.data, '>', t.len);
	if (end == NULL)
		return STATUS_MALFORMED;
	n = (size_t)(end - t.data);
	*path = bytes_make(t.data + 1, n - 1);
	*rest = bytes_trim(bytes_make(end + 1, t.len - n - 1));
	return STATUS_OK;
}

/* The address without a +tag; false if it is none. */
static bool
without_tag(struct bytes path, char text[MAILADDR_MAX + 1])
{
	char *at, *plus;

	if (path.len == 0 || path.len > MAILADDR_MAX)
		return false;
	memcpy(text, path.data, path.len);
	text[path.len] = '\0';
	if (!mailaddr_is_safe(text))
		return false;
	at = strrchr(text, '@');
	plus = memchr(text, '+', (size_t)(at - text));
	if (plus != NULL && plus > text)
		memmove(plus, at, strlen(at) + 1);
	return true;
}

enum rcpt_kind
lmtp_rcpt_kind(struct bytes path, const char *ours)
{
	char plain[MAILADDR_MAX + 1], bounces[MAILADDR_MAX + 16];
	char mine[MAILADDR_MAX + 1];
	const char *at = strrchr(ours, '@');
	bool known = without_tag(path, plain);

	snprintf(bounces, sizeof(bounces), "%s%s", bounce,
		at != NULL ? at : "@");
	if (known && at != NULL && mailaddr_same(plain, bounces))
		return RCPT_BOUNCES;
	if (ours[0] == '\0')
		return RCPT_OURS;
	if (known && without_tag(bytes_of(ours), mine) &&
		mailaddr_same(plain, mine))
		return RCPT_OURS;
	return RCPT_FOREIGN;
}

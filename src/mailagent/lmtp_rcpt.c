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

static bool
is_address(struct bytes path, char text[MAILADDR_MAX + 1])
{
	if (path.len == 0 || path.len > MAILADDR_MAX)
		return false;
	memcpy(text, path.data, path.len);
	text[path.len] = '\0';
	return mailaddr_is_safe(text);
}

enum rcpt_kind
lmtp_rcpt_kind(struct bytes path, const char *ours)
{
	char text[MAILADDR_MAX + 1], bounces[MAILADDR_MAX + 16];
	struct mailaddr plain = {""}, mine;
	const char *at = strrchr(ours, '@');

	if (is_address(path, text))
		mailaddr_mailbox(text, &plain);
	snprintf(bounces, sizeof(bounces), "%s%s", bounce,
		at != NULL ? at : "@");
	if (at != NULL && mailaddr_same(plain.text, bounces))
		return RCPT_BOUNCES;
	if (ours[0] == '\0')
		return RCPT_OURS;
	mailaddr_mailbox(ours, &mine);
	return strcmp(plain.text, mine.text) == 0 ? RCPT_OURS : RCPT_FOREIGN;
}

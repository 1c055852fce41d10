#include "mailagent/relay_sent.h"

#include "base/frame.h"

void
relay_put_sent(struct buf *payload, enum sent_stage stage, int code,
	const char *text, size_t size_max)
{
	char line[500];
	size_t i;
	enum status st;

	for (i = 0; i < sizeof(line) - 1 && text[i] != '\0'; i++)
		line[i] = text[i] < ' ' || text[i] > '~' ? ' ' : text[i];
	while (i > 0 && line[i - 1] == ' ')
		i--;
	st = frame_put_number(payload, SENT_STAGE, (uint64_t)stage);
	if (st == STATUS_OK)
		st = frame_put_number(payload, SENT_CODE, (uint64_t)code);
	if (st == STATUS_OK)
		st = frame_put_field(payload, SENT_TEXT, bytes_make(line, i));
	if (st == STATUS_OK && size_max > 0)
		st = frame_put_number(payload, SENT_SIZE_MAX, size_max);
	/* Small, and without a limit: cannot fail. */
	(void)st;
}

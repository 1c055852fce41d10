#include "mail/letter_log.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

#include "base/file.h"
#include "base/log.h"

void
letter_log_write(const char *folder, const char *peer, int64_t first,
	int64_t last, struct bytes text)
{
	char path[PATH_MAX];
	struct err err = {{0}};
	int n;

	if (folder == NULL || folder[0] == '\0')
		return;
	n = snprintf(path, sizeof(path), "%s/%s.%" PRId64 "-%" PRId64 ".eml",
		folder, peer, first, last);
	if (n < 0 || (size_t)n >= sizeof(path))
		return;
	if (file_replace(path, text, 0600, &err) != STATUS_OK)
		log_line(LOG_WARN, "letter-log", "reason=%s",
			log_quote_str(err.text).text);
}

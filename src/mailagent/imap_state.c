#include "mailagent/imap_state.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum { LINE_MAX_OCTETS = 1024 };

static void
write_line(const struct imap_url *url, const struct imap_state *s,
	char line[LINE_MAX_OCTETS])
{
	snprintf(line, LINE_MAX_OCTETS,
		"keypost-imap 1 %" PRIu32 " %" PRIu32 " %s %s %s\n",
		s->validity, s->next, url->user, url->at.host, url->folder);
}

void
imap_state_read(
	const char *path, const struct imap_url *url, struct imap_state *state)
{
	char line[LINE_MAX_OCTETS];
	struct imap_state s = {0, 0};
	struct buf text = {.len = 0};
	struct err err;

	*state = s;
	if (file_read(path, LINE_MAX_OCTETS, &text, &err) == STATUS_OK &&
		buf_put_u8(&text, 0) == STATUS_OK &&
		sscanf((const char *)text.data,
			"keypost-imap 1 %" SCNu32 " %" SCNu32, &s.validity,
			&s.next) == 2) {
		/* As we would write it, to the octet. */
		write_line(url, &s, line);
		if (strcmp(line, (const char *)text.data) == 0)
			*state = s;
	}
	buf_done(&text);
}

bool
imap_state_write(const char *path, const struct imap_url *url,
	const struct imap_state *state)
{
	char line[LINE_MAX_OCTETS], fresh[4096];
	size_t n;
	bool good;
	int fd;

	write_line(url, state, line);
	n = strlen(line);
	snprintf(fresh, sizeof(fresh), "%s.new", path);
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	good = write(fd, line, n) == (ssize_t)n;
	close(fd);
	return good && rename(fresh, path) == 0;
}

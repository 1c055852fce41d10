#include "mailagent/source_spool.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/spool.h"
#include "mailagent/folder.h"
#include "mailagent/tries.h"

enum { OLD_SECONDS = 36 * 3600, CLEAN_MS = 3600 * 1000 };

struct source_spool {
	struct folder folder;
	int tmp_fd;
	int64_t next_clean;
};

static enum status
load(struct folder *f, const char *name, struct intake_offer *offer,
	struct err *err)
{
	enum status st;

	st = folder_read(
		f, name, SPOOL_LETTER_MAX + SPOOL_LINE_MAX, offer, err);
	if (st != STATUS_OK)
		return st;
	st = spool_split(buf_view(&offer->octets), &offer->has_sender,
		&offer->sender, &offer->letter);
	/* Not ours, yet somebody put it there: a letter, then. */
	if (st != STATUS_OK)
		offer->letter = buf_view(&offer->octets);
	return STATUS_OK;
}

static void
on_tick(void *ctx, int64_t now)
{
	struct source_spool *s = ctx;

	if (now >= s->next_clean) {
		s->next_clean = now + CLEAN_MS;
		tries_drop_old(s->tmp_fd, OLD_SECONDS);
		tries_drop_old(s->folder.tries_fd, OLD_SECONDS);
	}
	folder_tick(&s->folder, now);
}

enum status
source_spool_new(struct loop *loop, struct intake *intake, const char *dir,
	struct source_spool **out, struct err *err)
{
	char path[4096], tries[4096], tmp[4096];
	struct folder_settings set = {.name = "spool",
		.path = path,
		.tries = tries,
		.intake = intake,
		.load = load};
	struct source_spool *s;
	enum status st = spool_open(dir, err);

	if (st != STATUS_OK)
		return st;
	snprintf(path, sizeof(path), "%s/new", dir);
	snprintf(tries, sizeof(tries), "%s/tries", dir);
	snprintf(tmp, sizeof(tmp), "%s/tmp", dir);
	s = xcalloc(1, sizeof(*s));
	st = folder_open(&s->folder, loop, &set, err);
	if (st != STATUS_OK) {
		free(s);
		return st;
	}
	s->tmp_fd = open(tmp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	loop_tick(loop, on_tick, s);
	*out = s;
	return STATUS_OK;
}

void
source_spool_free(struct source_spool *s)
{
	if (s == NULL)
		return;
	folder_done(&s->folder);
	if (s->tmp_fd >= 0)
		close(s->tmp_fd);
	free(s);
}

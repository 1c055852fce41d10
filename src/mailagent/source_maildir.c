#include "mailagent/source_maildir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mailagent/decode.h"
#include "mailagent/folder.h"

struct source_maildir {
	struct folder fresh; /* new/ */
	struct folder seen;  /* cur/ */
};

static enum status
load(struct folder *f, const char *name, struct intake_offer *offer,
	struct err *err)
{
	enum status st = folder_read(f, name, DECODE_LETTER_MAX, offer, err);

	if (st == STATUS_OK)
		offer->letter = buf_view(&offer->octets);
	return st;
}

/* In cur/ the flags stand behind ":2,"; S: somebody has read it. */
static bool
is_unseen(const char *name)
{
	const char *flags = strstr(name, ":2,");

	return flags == NULL || strpbrk(flags + 3, "ST") == NULL;
}

static void
on_tick(void *ctx, int64_t now)
{
	struct source_maildir *s = ctx;

	folder_tick(&s->fresh, now);
	folder_tick(&s->seen, now);
}

enum status
source_maildir_new(struct loop *loop, struct intake *intake,
	const char *maildir, const char *counts, struct source_maildir **out,
	struct err *err)
{
	char path[4096];
	struct folder_settings set = {.name = "maildir",
		.path = path,
		.tries = counts,
		.intake = intake,
		.load = load};
	struct source_maildir *s = xcalloc(1, sizeof(*s));
	enum status st;

	snprintf(path, sizeof(path), "%s/new", maildir);
	st = folder_open(&s->fresh, loop, &set, err);
	if (st != STATUS_OK)
		goto free_source;
	snprintf(path, sizeof(path), "%s/cur", maildir);
	set.wanted = is_unseen;
	st = folder_open(&s->seen, loop, &set, err);
	if (st != STATUS_OK)
		goto close_fresh;
	loop_tick(loop, on_tick, s);
	*out = s;
	return STATUS_OK;
close_fresh:
	folder_done(&s->fresh);
free_source:
	free(s);
	return st;
}

void
source_maildir_free(struct source_maildir *s)
{
	if (s == NULL)
		return;
	folder_done(&s->fresh);
	folder_done(&s->seen);
	free(s);
}

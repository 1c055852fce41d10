#include <stdlib.h>

#include "cli/load.h"
#include "cli/remote.h"

struct daemon_target {
	struct load_target target;
	struct remote remote;
	uint64_t id;
	size_t flying;
	size_t max;
};

static void
count_line(struct load_sums *s, const json_t *line)
{
	const char *error = json_string_value(json_object_get(line, "error"));
	const char *word;
	const json_t *n;

	if (error != NULL) {
		s->failed++;
		load_count_reason(s, error, 1);
		return;
	}
	for (int k = 0; k <= OUTCOME_REFUSED; k++)
		s->counts[k] += (uint64_t)json_integer_value(json_object_get(
			line, outcome_word((enum outcome_kind)k)));
	json_object_foreach(json_object_get(line, "reasons"), word, n)
		load_count_reason(s, word, (uint64_t)json_integer_value(n));
}

/* Reads answers until at most `left` pieces are under way. */
static enum status
await(struct daemon_target *d, size_t left, struct err *err)
{
	json_t *line = NULL;
	uint64_t id;
	enum status st;

	while (d->flying > left) {
		st = remote_next(&d->remote, &id, &line, err);
		if (st != STATUS_OK)
			return st;
		if (d->remote.ended) {
			err_set(err, "the daemon ended it: %s",
				d->remote.exit_text.text);
			return STATUS_CLOSED;
		}
		if (line == NULL)
			d->flying--;
		else
			count_line(d->target.sums, line);
		json_decref(line);
	}
	return STATUS_OK;
}

static enum status
send_piece(struct load_target *t, struct bytes octets, struct err *err)
{
	struct daemon_target *d = (struct daemon_target *)t;
	enum status st;

	st = await(d, d->max - 1, err);
	if (st == STATUS_OK)
		st = remote_body(&d->remote, ++d->id, octets, err);
	if (st == STATUS_OK)
		d->flying++;
	return st;
}

static enum status
settle(struct load_target *t, struct err *err)
{
	return await((struct daemon_target *)t, 0, err);
}

static void
close_target(struct load_target *t)
{
	struct daemon_target *d = (struct daemon_target *)t;
	struct err err;

	/* All pieces are settled; the goodbye itself may get lost. */
	if (!d->remote.ended && remote_end(&d->remote, &err) != STATUS_OK)
		d->remote.ended = true;
	remote_close(&d->remote);
	free(d);
}

enum status
load_to_daemon(struct cli *c, struct load_sums *sums,
	struct load_target **target, struct err *err)
{
	static const char *const words[] = {"load", NULL};
	struct daemon_target *d = xcalloc(1, sizeof(*d));
	enum status st;

	d->target =
		(struct load_target){send_piece, settle, close_target, sums};
	d->max = c->jobs > 0 ? c->jobs : CONTROL_BODIES_MAX / 2;
	st = remote_open(&d->remote, c->conf, words, err);
	if (st != STATUS_OK) {
		free(d);
		return st;
	}
	*target = &d->target;
	return STATUS_OK;
}

#include <stdlib.h>
#include <string.h>

#include "cli/load.h"
#include "cli/remote.h"

struct daemon_target {
	struct load_target target;
	struct remote remote;
	uint64_t id;
	size_t flying;
	size_t max;
	struct load_place places[CONTROL_BODIES_MAX]; /* of ids, in turn */
	size_t sizes[CONTROL_BODIES_MAX];
	struct err trouble; /* why a piece was not even judged; or "" */
};

static const char *
text_of(const json_t *line, const char *key)
{
	const char *s = json_string_value(json_object_get(line, key));

	return s != NULL ? s : "";
}

/* Not the piece is at fault: later the same one may be taken. */
static bool
is_trouble(const json_t *line)
{
	static const enum status passing[] = {
		STATUS_IO, STATUS_BUSY, STATUS_TIMEOUT, STATUS_CLOSED};

	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) {
		if (strcmp(text_of(line, "status"), status_name(passing[i])) ==
			0)
			return true;
	}
	return false;
}

/* What was refused of a piece, or lost of what was taken. */
static void
tell_places(struct daemon_target *d, const struct load_place *piece,
	const json_t *line)
{
	const json_t *list = json_object_get(line, "places"), *o, *at;
	struct load_place place;
	const char *why;
	size_t i;

	json_array_foreach(list, i, o)
	{
		at = json_object_get(o, "at");
		place = load_place_of(piece,
			json_is_integer(at) ? (size_t)json_integer_value(at)
					    : SIZE_MAX);
		why = json_string_value(json_object_get(o, "why"));
		if (why != NULL)
			load_tell(d->target.told, &place,
				json_string_value(
					json_object_get(o, "fingerprint")),
				why, text_of(o, "detail"));
	}
}

static void
count_line(
	struct daemon_target *d, const struct load_place *piece, json_t *line)
{
	struct load_sums *s = d->target.sums;
	const char *error = text_of(line, "error");
	const char *word;
	const json_t *n;

	if (*error != '\0' && is_trouble(line)) {
		if (d->trouble.text[0] == '\0')
			err_set(&d->trouble, "%s", error);
		return;
	}
	if (*error != '\0') {
		s->failed++;
		load_count(&s->refused, error, 1);
		load_tell(d->target.told, piece, NULL, text_of(line, "status"),
			error);
		return;
	}
	for (int k = 0; k <= OUTCOME_REFUSED; k++)
		s->counts[k] += (uint64_t)json_integer_value(json_object_get(
			line, outcome_word((enum outcome_kind)k)));
	json_object_foreach(json_object_get(line, "reasons"), word, n)
		load_count(&s->refused, word, (uint64_t)json_integer_value(n));
	json_object_foreach(json_object_get(line, "dropped"), word, n)
		load_count(&s->dropped, word, (uint64_t)json_integer_value(n));
	tell_places(d, piece, line);
}

static void
take_back(struct daemon_target *d, uint64_t id)
{
	d->flying--;
	atomic_fetch_sub(&d->target.waiting, d->sizes[id % CONTROL_BODIES_MAX]);
	if (d->target.tick != NULL)
		d->target.tick(d->target.tick_ctx);
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
			take_back(d, id);
		else
			count_line(
				d, &d->places[id % CONTROL_BODIES_MAX], line);
		json_decref(line);
	}
	if (d->trouble.text[0] == '\0')
		return STATUS_OK;
	*err = d->trouble;
	return STATUS_IO;
}

static enum status
send_piece(struct load_target *t, struct bytes octets,
	const struct load_place *place, struct err *err)
{
	struct daemon_target *d = (struct daemon_target *)t;
	enum status st;

	st = await(d, d->max - 1, err);
	d->places[(d->id + 1) % CONTROL_BODIES_MAX] = *place;
	if (st == STATUS_OK)
		st = remote_body(&d->remote, ++d->id, octets, err);
	if (st == STATUS_OK) {
		d->flying++;
		d->sizes[d->id % CONTROL_BODIES_MAX] = octets.len;
		atomic_fetch_add(&d->target.waiting, octets.len);
	}
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
load_to_daemon(struct cli *c, struct load_target **target, struct err *err)
{
	const char *const words[] = {"load", c->level, NULL};
	struct daemon_target *d = xcalloc(1, sizeof(*d));
	enum status st;

	d->target = (struct load_target){.piece = send_piece,
		.settle = settle,
		.sync = settle,
		.finish = settle, /* the daemon has nothing left to do */
		.close = close_target};
	d->target.note = "a daemon runs: it takes what is loaded through its "
			 "socket, which is slower than a load into its store "
			 "while it is stopped";
	d->max = c->jobs > 0 && c->jobs < CONTROL_BODIES_MAX
			 ? c->jobs
			 : CONTROL_BODIES_MAX / 2;
	st = remote_open(&d->remote, c->conf, words, err);
	if (st != STATUS_OK) {
		free(d);
		return st;
	}
	*target = &d->target;
	return STATUS_OK;
}

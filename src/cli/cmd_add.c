/* keypost add: key material to the running daemon, as a web user would. */
#include <stdio.h>
#include <string.h>

#include "cli/material.h"
#include "cli/remote.h"
#include "cli/visible.h"

struct adding {
	struct cli *cli;
	struct remote remote;
	const char *path;
	uint64_t id;
	size_t counts[4]; /* new, updated, unchanged, refused */
	size_t failed;    /* pieces and faults */
	bool lost;        /* the daemon went away */
};

static const char *const words[] = {"new", "updated", "unchanged", "refused"};

static const char *
text(const json_t *line, const char *key, const char *otherwise)
{
	const char *s = json_string_value(json_object_get(line, key));

	return s != NULL ? s : otherwise;
}

static void
show_fault(void *ctx, const char *what)
{
	struct adding *a = ctx;

	a->failed++;
	if (cli_has(a->cli, CLI_JSON))
		cli_json(json_pack("{s:o, s:s, s:s}", "file",
			visible_json(a->path), "outcome", "refused", "detail",
			what));
	else
		printf("%s: refused: %s\n", a->path, what);
}

/* What was left out of it, and why. */
static void
show_packets(const json_t *line)
{
	const json_t *list = json_object_get(line, "packets"), *p;
	size_t dropped =
		(size_t)json_integer_value(json_object_get(line, "dropped"));
	size_t i;

	json_array_foreach(list, i, p) printf("  %s\n", text(p, "line", ""));
	if (i > 0 && dropped > i)
		printf("  and %zu more\n", dropped - i);
}

static void
show_outcome(struct adding *a, json_t *line)
{
	const char *outcome = text(line, "outcome", "refused");

	for (size_t i = 0; i < 4; i++) {
		if (strcmp(outcome, words[i]) == 0)
			a->counts[i]++;
	}
	if (cli_has(a->cli, CLI_JSON)) {
		(void)json_object_set_new(line, "file", visible_json(a->path));
		cli_json(json_incref(line));
	} else if (strcmp(outcome, "refused") == 0) {
		printf("%s: refused: %s\n", text(line, "fingerprint", a->path),
			text(line, "detail", "no reason given"));
		show_packets(line);
	} else if (!cli_has(a->cli, CLI_QUIET)) {
		printf("%s %s\n", text(line, "fingerprint", "-"), outcome);
		show_packets(line);
	}
}

static void
show_dry(const struct adding *a, size_t octets)
{
	if (cli_has(a->cli, CLI_JSON))
		cli_json(json_pack("{s:o, s:I, s:b}", "file",
			visible_json(a->path), "octets", (json_int_t)octets,
			"dry_run", 1));
	else
		printf("%s: %zu octets would be sent\n", a->path, octets);
}

static enum status
add_piece(void *ctx, const struct material_piece *piece, struct err *err)
{
	struct bytes octets = piece->octets;
	struct adding *a = ctx;
	json_t *line = NULL;
	uint64_t id = 0;
	enum status st;

	if (cli_has(a->cli, CLI_DRY_RUN)) {
		show_dry(a, octets.len);
		return STATUS_OK;
	}
	st = remote_body(&a->remote, ++a->id, octets, err);
	while (st == STATUS_OK) {
		st = remote_next(&a->remote, &id, &line, err);
		if (st != STATUS_OK || line == NULL)
			break;
		if (json_object_get(line, "error") != NULL)
			show_fault(a, text(line, "error", ""));
		else
			show_outcome(a, line);
		json_decref(line);
	}
	a->lost = st != STATUS_OK || a->remote.ended;
	if (a->remote.ended) {
		err_set(err, "the daemon ended: %s", a->remote.exit_text.text);
		st = STATUS_CLOSED;
	}
	return st;
}

static enum status
add_file(struct adding *a, const char *path, struct err *err)
{
	const struct policy *p = &a->cli->conf->ingest.policy;
	const struct material_limits limits = {.octets = p->max_body / 4,
		.certs = p->limits.max_certs / 2,
		.packets = p->limits.max_packets / 2};
	const struct material_sink sink = {
		.piece = add_piece, .fault = show_fault, .ctx = a};
	struct material m = {{0}};
	enum status st;

	a->path = path;
	st = material_open(path, &m, err);
	if (st != STATUS_OK) {
		cli_say("%s", err->text);
		a->failed++;
		return STATUS_OK;
	}
	st = material_cut(buf_view(&m.octets), &limits, &sink, err);
	material_close(&m);
	return st;
}

static enum status
add_files(struct adding *a, struct err *err)
{
	static const char *const request[] = {"add", NULL};
	bool dry = cli_has(a->cli, CLI_DRY_RUN);
	enum status st = STATUS_OK;

	if (!dry)
		st = remote_open(&a->remote, a->cli->conf, request, err);
	if (st != STATUS_OK)
		return st;
	for (size_t i = 0; i < a->cli->word_count && st == STATUS_OK; i++)
		st = add_file(a, a->cli->words[i], err);
	if (dry)
		return st;
	if (st == STATUS_OK)
		st = remote_end(&a->remote, err);
	remote_close(&a->remote);
	return st;
}

enum cli_exit
cmd_add(struct cli *c)
{
	struct adding a = {.cli = c};
	struct err err = {""};
	enum cli_exit code;
	size_t good, bad;

	code = cli_load_conf(c);
	if (code != CLI_YES)
		return code;
	if (add_files(&a, &err) != STATUS_OK) {
		cli_say("%s", err.text);
		return CLI_UNREACHABLE;
	}
	good = a.counts[0] + a.counts[1] + a.counts[2];
	bad = a.counts[3] + a.failed;
	if (bad == 0)
		return CLI_YES;
	return good > 0 ? CLI_PARTLY : CLI_NO;
}

/* keypost block: take certificates down, list what is, let in again. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "cli/block_letter.h"
#include "cli/show.h"

enum { LETTER_ITEMS_MAX = 20, GROUP = 4, PIECE_OCTETS = 1024 * 1024 };

struct block {
	struct cli *cli;
	struct buf items;  /* to be sent, a line each */
	struct buf letter; /* those that are down now */
	size_t told;
};

/* ---- what is meant ---------------------------------------------------- */

/* "0123 4567 ..." without quotes: groups of one fingerprint. */
static bool
is_group(const char *word)
{
	size_t n = 0;

	while (n < GROUP && word[n] != '\0' && hex_digit((uint8_t)word[n]) >= 0)
		n++;
	return n == GROUP && word[n] == '\0';
}

static enum status
put_words(struct block *b)
{
	struct cli *c = b->cli;
	enum status st = STATUS_OK;
	size_t groups = 0;

	for (size_t i = 1; st == STATUS_OK && i < c->word_count; i++) {
		if (strcmp(c->words[i], "-") == 0)
			continue;
		st = buf_puts(&b->items, c->words[i]);
		groups = is_group(c->words[i]) ? (groups + 1) % 10 : 0;
		if (st == STATUS_OK && (groups == 0 || i + 1 == c->word_count ||
					       !is_group(c->words[i + 1])))
			st = buf_put_u8(&b->items, '\n');
	}
	return st;
}

static enum status
put_stdin(struct block *b)
{
	enum status st = STATUS_OK;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	while (st == STATUS_OK && (n = getline(&line, &cap, stdin)) > 0) {
		if (line[0] == '#')
			continue;
		st = buf_put(&b->items, bytes_make(line, (size_t)n));
		if (st == STATUS_OK && line[n - 1] != '\n')
			st = buf_put_u8(&b->items, '\n');
	}
	free(line);
	return st;
}

static enum status
gather(struct block *b)
{
	struct cli *c = b->cli;
	enum status st = put_words(b);

	for (size_t i = 1; st == STATUS_OK && i < c->word_count; i++)
		if (strcmp(c->words[i], "-") == 0)
			st = put_stdin(b);
	return st;
}

/* ---- what the daemon says --------------------------------------------- */

static void
show_tombstone(const json_t *line)
{
	printf("%s %-7s %s %s %s: %s\n", show_text(line, "id"),
		show_text(line, "kind"),
		show_moment(show_number(line, "created")).text,
		show_text(line, "by"), show_text(line, "ticket"),
		show_text(line, "reason"));
}

static void
show_item(const json_t *line)
{
	const char *outcome = show_text(line, "outcome");
	bool dry = json_is_true(json_object_get(line, "dry_run"));

	if (strcmp(outcome, "refused") == 0) {
		printf("%s: refused: %s\n", show_text(line, "item"),
			show_text(line, "why"));
		return;
	}
	printf("%s: %s%s", show_text(line, "item"), dry ? "would be " : "",
		outcome);
	if (json_object_get(line, "certificates") != NULL)
		printf(", %" PRId64 " stored",
			show_number(line, "certificates"));
	puts("");
}

static void
note_item(struct block *b, const json_t *line)
{
	enum status st;

	if (strcmp(show_text(line, "outcome"), "refused") == 0)
		return;
	if (++b->told > LETTER_ITEMS_MAX)
		return;
	st = buf_printf(&b->letter, "  %s\n", show_text(line, "item"));
	if (st != STATUS_OK)
		b->told = LETTER_ITEMS_MAX;
}

static void
show_sums(const json_t *line)
{
	printf("certificates: %" PRId64 " gone whole, %" PRId64 " in part\n",
		show_number(line, "erased"), show_number(line, "reduced"));
	if (json_is_true(json_object_get(line, "lingers")))
		puts("the store's log still holds old pages: somebody reads; "
		     "it is emptied as soon as they end");
}

static void
show_line(struct block *b, json_t *line)
{
	bool quiet = cli_has(b->cli, CLI_QUIET);

	if (json_object_get(line, "progress") != NULL) {
		if (!quiet && show_number(line, "progress") > 0)
			fprintf(stderr,
				"keypost: %" PRId64 " looked at so far\n",
				show_number(line, "progress"));
		return;
	}
	if (json_object_get(line, "item") != NULL)
		note_item(b, line);
	if (cli_has(b->cli, CLI_JSON))
		cli_json(json_incref(line));
	else if (json_object_get(line, "reason") != NULL)
		show_tombstone(line);
	else if (json_object_get(line, "outcome") != NULL) {
		if (!quiet ||
			strcmp(show_text(line, "outcome"), "refused") == 0)
			show_item(line);
	} else if (!quiet && !cli_has(b->cli, CLI_DRY_RUN))
		show_sums(line);
}

/* ---- asking it -------------------------------------------------------- */

static enum status
send_items(struct block *b, struct remote *r, struct err *err)
{
	struct bytes left = buf_view(&b->items);
	enum status st = STATUS_OK;
	uint64_t id = 0;
	size_t n;

	while (st == STATUS_OK && left.len > 0) {
		n = left.len;
		if (n > PIECE_OCTETS)
			for (n = PIECE_OCTETS; left.data[n - 1] != '\n';)
				n--;
		st = remote_body(r, ++id, bytes_make(left.data, n), err);
		left = bytes_make(left.data + n, left.len - n);
	}
	return st == STATUS_OK ? remote_end(r, err) : st;
}

static enum status
talk(struct block *b, struct remote *r, struct err *err)
{
	enum status st = send_items(b, r, err);
	json_t *line = NULL;
	uint64_t id;

	while (st == STATUS_OK && !r->ended) {
		st = remote_next(r, &id, &line, err);
		if (st == STATUS_OK && line != NULL) {
			show_line(b, line);
			json_decref(line);
		}
	}
	return st;
}

static enum cli_exit
ask(struct block *b)
{
	struct cli *c = b->cli;
	const char *words[] = {"block", c->words[0], c->kind, c->reason,
		c->ticket, cli_has(c, CLI_DRY_RUN) ? "dry" : "do", NULL};
	struct err err = {""};
	struct remote r;
	enum status st;

	st = remote_open(&r, c->conf, words, &err);
	if (st != STATUS_OK) {
		cli_say("%s", err.text);
		return CLI_UNREACHABLE;
	}
	st = talk(b, &r, &err);
	remote_close(&r);
	if (st != STATUS_OK) {
		cli_say("%s", err.text);
		return CLI_UNREACHABLE;
	}
	if (r.exit_text.text[0] != '\0')
		cli_say("%s", r.exit_text.text);
	return (enum cli_exit)r.exit_code;
}

static void
write_letter(struct block *b)
{
	struct cli *c = b->cli;

	if (b->told == 0 || strcmp(c->words[0], "add") != 0 ||
		cli_has(c, CLI_DRY_RUN) || cli_has(c, CLI_QUIET) ||
		cli_has(c, CLI_JSON))
		return;
	if (b->told > LETTER_ITEMS_MAX &&
		buf_printf(&b->letter, "  and %zu more\n",
			b->told - LETTER_ITEMS_MAX) != STATUS_OK)
		return;
	if (buf_put_u8(&b->letter, '\0') == STATUS_OK)
		block_letter(c, (const char *)b->letter.data, stdout);
}

static enum cli_exit
check_words(struct cli *c)
{
	bool adds = strcmp(c->words[0], "add") == 0;
	bool removes = strcmp(c->words[0], "remove") == 0;

	if (!adds && !removes && strcmp(c->words[0], "list") != 0)
		return CLI_USAGE;
	if ((adds || removes) && c->word_count < 2)
		return CLI_USAGE;
	if (adds &&
		(c->kind == NULL || c->reason == NULL || c->ticket == NULL ||
			c->reason[0] == '\0' || c->ticket[0] == '\0')) {
		cli_say("block add needs --kind, --reason and --ticket");
		return CLI_USAGE;
	}
	c->kind = c->kind != NULL ? c->kind : "block";
	c->reason = c->reason != NULL ? c->reason : "";
	c->ticket = c->ticket != NULL ? c->ticket : "";
	return CLI_YES;
}

enum cli_exit
cmd_block(struct cli *c)
{
	struct block b = {.cli = c};
	enum cli_exit code = check_words(c);

	if (code == CLI_YES)
		code = cli_load_conf(c);
	if (code != CLI_YES)
		return code;
	if (gather(&b) != STATUS_OK) {
		cli_say("that is too much at once");
		code = CLI_USAGE;
	} else if (b.items.len == 0 && strcmp(c->words[0], "list") != 0) {
		cli_say("nothing was named");
		code = CLI_USAGE;
	} else {
		code = ask(&b);
		write_letter(&b);
	}
	buf_done(&b.items);
	buf_done(&b.letter);
	return code;
}

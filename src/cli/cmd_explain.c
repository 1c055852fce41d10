/* keypost explain: every packet, what became of it, and by which rule. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hex.h"
#include "cli/explain.h"
#include "cli/explain_lone.h"
#include "cli/find.h"
#include "cli/material.h"
#include "cli/visible.h"
#include "ingest/tombstone_rules.h"
#include "lookup/revokers.h"
#include "pgp/armor.h"

#define EXPLAIN_ARENA_MAX ((size_t)1 << 30)

struct explaining {
	struct cli *cli;
	struct level_rules rules;
	struct cert_limits limits;
	struct store_session *session; /* NULL: no store to ask */
	struct arena *arena;
	const char *file; /* NULL: stored */
	bool colours;
	size_t certs, refused, faults;
	bool secret;
	struct tombstones *taken_down;
	struct tombstone_ban ban;
};

/* ---- telling ---------------------------------------------------------- */

static void
tell(struct explaining *x, const struct explain_view *v)
{
	json_t *j = explain_to_json(v, x->arena);

	x->certs++;
	x->refused +=
		v->cert == EXPLAIN_NONE || v->all->certs[v->cert].kept == NULL;
	if (cli_has(x->cli, CLI_JSON)) {
		cli_json(j);
		return;
	}
	if (x->certs > 1)
		putchar('\n');
	explain_to_text(stdout, j, x->colours);
	json_decref(j);
}

static void
tell_fault(void *ctx, const char *what)
{
	struct explaining *x = ctx;

	x->faults++;
	cli_say("%s: %s", x->file, what);
}

/* ---- a certificate's state -------------------------------------------- */

/* As if it were stored as the level keeps it. */
static enum status
row_of(struct explaining *x, const struct cert *kept, struct cert_row *row)
{
	struct buf b;
	enum status st;

	memset(row, 0, sizeof(*row));
	buf_init(&b, 0);
	st = cert_write(kept, &b);
	if (st == STATUS_OK)
		st = arena_copy(x->arena, buf_view(&b), &row->octets);
	buf_done(&b);
	row->id = kept->id;
	row->key_id = kept->primary.key.key_id;
	row->level = (uint8_t)x->rules.level;
	row->flags = cert_flags(kept);
	return st;
}

static enum status
describe(struct explaining *x, const struct cert *kept,
	struct index_cert *state, struct signers *signers, struct err *err)
{
	struct cert_row *row = arena_alloc(x->arena, sizeof(*row));
	int64_t now = clock_wall_s();
	enum status st;

	if (row == NULL)
		return STATUS_LIMIT;
	st = row_of(x, kept, row);
	if (st == STATUS_OK)
		st = index_describe(x->arena, row, now, true, state, err);
	if (st == STATUS_OK && x->session != NULL)
		st = revokers_apply(x->session, state, 1, x->arena);
	if (st == STATUS_OK)
		st = signers_find(x->session, state, 1, now, x->arena, signers);
	return st;
}

/* ---- take-downs ------------------------------------------------------- */

/* As the owner of the data folder; without one there are none. */
static void
open_taken_down(struct explaining *x)
{
	struct err err;

	if (tombstones_open(x->cli->conf->data, &x->taken_down, &err) !=
		STATUS_OK)
		cli_say("%s", err.text);
	else if (tombstones_ban(x->taken_down, x->arena, &x->ban))
		x->rules.ban = &x->ban.ban;
}

static const char *
taken_down(const struct explaining *x, const struct cert *cert)
{
	static const char *const words[] = {
		[RULE_BLOCK] = "block", [RULE_ERASE] = "erase"};

	return words[tombstones_of_cert(x->taken_down, cert)];
}

/* ---- one block -------------------------------------------------------- */

static enum status
tell_cert(struct explaining *x, const struct explanation *all, size_t cert,
	const struct cert_row *row, struct err *err)
{
	struct explain_view v = {
		.all = all, .cert = cert, .level = x->rules.level};
	const struct cert *kept = all->certs[cert].kept;
	struct cert_history history;
	struct index_cert state;
	struct signers signers;
	enum status st = STATUS_OK;

	v.file = x->file;
	v.row = row;
	v.taken_down = taken_down(x, all->certs[cert].cert);
	if (kept != NULL) {
		st = describe(x, kept, &state, &signers, err);
		v.state = &state;
		v.signers = &signers;
	}
	if (st == STATUS_OK && row != NULL &&
		store_get_history(x->session, &row->id, x->arena, &history,
			err) == STATUS_OK)
		v.history = &history;
	if (st == STATUS_OK)
		tell(x, &v);
	return st;
}

static bool
has_loose(const struct explanation *all)
{
	size_t i;

	for (i = 0; i < all->count; i++)
		if (all->list[i].cert == EXPLAIN_NONE)
			return true;
	return false;
}

static enum status
tell_block(struct explaining *x, struct bytes octets,
	const struct cert_row *row, struct err *err)
{
	struct explain_view v = {.cert = EXPLAIN_NONE, .level = x->rules.level};
	struct explanation all;
	struct bytes with;
	enum status st;
	size_t i;

	st = explain_block(x->arena, octets, &x->rules, &all, err);
	for (i = 0; st == STATUS_OK && i < all.cert_count; i++)
		st = tell_cert(x, &all, i, row, err);
	while (st == STATUS_OK) {
		st = explain_next_lone(x->session, x->arena, &all, &with, err);
		if (st == STATUS_OK)
			st = tell_block(x, with, NULL, err);
	}
	if (st != STATUS_NOT_FOUND || !has_loose(&all))
		return st == STATUS_NOT_FOUND ? STATUS_OK : st;
	v.all = &all;
	v.file = x->file;
	tell(x, &v);
	return STATUS_OK;
}

/* ---- files ------------------------------------------------------------ */

static enum status
tell_piece(void *ctx, const struct material_piece *piece, struct err *err)
{
	struct bytes octets = piece->octets;
	struct explaining *x = ctx;
	struct armor_blocks blocks = {NULL, 0, 0};
	enum status st;
	size_t i;

	arena_reset(x->arena);
	if (octets.len > 0 && octets.data[0] & 0x80)
		return tell_block(x, octets, NULL, err);
	st = armor_read(x->arena, octets, ARMOR_LENIENT, &blocks, err);
	if (st == STATUS_MALFORMED) {
		tell_fault(x, err->text);
		return STATUS_OK;
	}
	for (i = 0; st == STATUS_OK && i < blocks.count; i++) {
		if (blocks.list[i].note != NULL)
			tell_fault(x, blocks.list[i].note);
		if (blocks.list[i].status == STATUS_OK)
			st = tell_block(x, blocks.list[i].octets, NULL, err);
	}
	return st;
}

static enum status
tell_material(struct explaining *x, struct bytes octets, struct err *err)
{
	const struct material_limits limits = {
		.octets = 1 << 20, .certs = 200, .packets = 100000};
	const struct material_sink sink = {
		.piece = tell_piece, .fault = tell_fault, .ctx = x};
	enum status st;

	/* Before anything of a file is told, nothing in it may be secret. */
	st = explain_look_for_secret(octets, &limits, x->arena, err);
	if (st == STATUS_OK)
		st = material_cut(octets, &limits, &sink, err);
	if (st != STATUS_REJECTED)
		return st;
	x->secret = true;
	if (cli_has(x->cli, CLI_JSON))
		cli_json(json_pack("{s:o, s:b, s:s, s:s}", "file",
			visible_json(x->file), "kept", 0, "verdict",
			verdict_word(VERDICT_SECRET), "sentence",
			verdict_sentence(VERDICT_SECRET)));
	else
		cli_say("%s: %s", x->file, verdict_sentence(VERDICT_SECRET));
	return STATUS_OK;
}

/* Who signed can be told by name where there is a store; none is no fault. */
static void
open_store(struct explaining *x, struct store **store)
{
	struct store_settings settings = x->cli->conf->store;
	struct err err;

	settings.read_only = true;
	*store = NULL;
	if (cli_become_owner(x->cli, &err) != STATUS_OK ||
		store_open(&settings, store, &err) != STATUS_OK ||
		session_open(*store, SESSION_READ, &x->session, &err) !=
			STATUS_OK)
		x->session = NULL;
}

static enum status
tell_files(struct explaining *x, struct err *err)
{
	size_t i, n = x->cli->word_count;
	struct material *m = xcalloc(n, sizeof(*m));
	enum status st = STATUS_OK;
	struct store *store = NULL;

	/* As who called, before becoming the owner of the data folder. */
	for (i = 0; st == STATUS_OK && i < n; i++)
		st = material_open(x->cli->words[i], &m[i], err);
	if (st == STATUS_OK)
		open_store(x, &store);
	if (st == STATUS_OK)
		open_taken_down(x);
	for (i = 0; st == STATUS_OK && i < n; i++) {
		x->file = x->cli->words[i];
		st = tell_material(x, buf_view(&m[i].octets), err);
	}
	for (i = 0; i < n; i++)
		material_close(&m[i]);
	free(m);
	if (x->session != NULL)
		session_close(x->session);
	if (store != NULL)
		store_close(store);
	return st;
}

/* ---- stored ----------------------------------------------------------- */

static enum cli_exit
tell_stored(struct explaining *x, struct err *err)
{
	enum status st = STATUS_OK;
	enum cli_exit code;
	struct found f;

	code = find_certs(x->cli, &f);
	if (code == CLI_YES)
		open_taken_down(x);
	for (size_t i = 0;
		code == CLI_YES && st == STATUS_OK && i < f.rows.count; i++) {
		x->session = f.session;
		arena_reset(x->arena);
		st = tell_block(x, f.rows.list[i].octets, &f.rows.list[i], err);
	}
	if (st != STATUS_OK)
		code = CLI_NO;
	find_done(&f);
	return code;
}

/* ---- the command ------------------------------------------------------ */

/* A name that is no fingerprint, or that is written as a path. */
static bool
is_file(const char *word)
{
	size_t i, n = strlen(word);

	if (strcmp(word, "-") == 0 || strchr(word, '/') != NULL)
		return true;
	for (i = 0; i < n; i++)
		if (hex_digit((uint8_t)word[i]) < 0)
			return access(word, F_OK) == 0;
	return false;
}

static enum cli_exit
set_level(struct explaining *x)
{
	struct policy policy = x->cli->conf->ingest.policy;

	if (x->cli->level != NULL &&
		level_parse(x->cli->level, &policy.level) != STATUS_OK) {
		cli_say("--level %s: sks, clean or strict", x->cli->level);
		return CLI_USAGE;
	}
	x->limits = policy_limits(&policy, false);
	x->rules.level = policy.level;
	x->rules.limits = &x->limits;
	x->rules.explain = true;
	return CLI_YES;
}

static enum cli_exit
verdict(const struct explaining *x)
{
	if (x->secret || x->certs == 0)
		return CLI_NO;
	if (x->refused == 0)
		return x->faults == 0 ? CLI_YES : CLI_PARTLY;
	return x->refused == x->certs ? CLI_NO : CLI_PARTLY;
}

enum cli_exit
cmd_explain(struct cli *c)
{
	struct explaining x = {.cli = c};
	enum cli_exit code = cli_load_conf(c);
	struct err err = {""};
	enum status st = STATUS_OK;

	if (code == CLI_YES)
		code = set_level(&x);
	if (code != CLI_YES)
		return code;
	x.colours = isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == NULL;
	x.arena = arena_new(EXPLAIN_ARENA_MAX);
	if (is_file(c->words[0]))
		st = tell_files(&x, &err);
	else
		code = tell_stored(&x, &err);
	if (err.text[0] != '\0' && (st != STATUS_OK || code != CLI_YES))
		cli_say("%s", err.text);
	tombstones_free(x.taken_down);
	arena_free(x.arena);
	if (st != STATUS_OK)
		return CLI_NO;
	return code == CLI_YES ? verdict(&x) : code;
}

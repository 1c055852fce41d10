/* keypost load: key files and folders in bulk, not forwarded by mail. */
#include <errno.h>
#include <fts.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/ledger.h"
#include "cli/load.h"
#include "cli/load_folder.h"
#include "cli/material.h"
#include "cli/progress.h"

enum { BY_FILE_MAX = 1000 /* told of, as JSON */ };

struct loading {
	struct cli *cli;
	struct load_target *target;
	struct load_sums sums;
	struct ledger ledger;
	struct load_folder folder; /* that which it is in */
	struct progress progress;
	enum level configured;
	bool as_owner; /* started as root, and is it no more */
	bool is_many;  /* more than one file, as far as can be told */
	const char *path;
	uint64_t faults; /* of this file, told already */
	uint64_t octets; /* of all files so far */
	uint64_t files;
	uint64_t skipped; /* by the ledger */
	json_t *by_file;  /* those of which something was left out */
};

static uint64_t
item_count(const struct load_sums *s)
{
	return s->counts[OUTCOME_NEW] + s->counts[OUTCOME_UPDATED] +
	       s->counts[OUTCOME_UNCHANGED];
}

static enum status
take_piece(void *ctx, struct bytes octets, struct err *err)
{
	struct loading *l = ctx;
	enum status st = STATUS_OK;

	if (!cli_has(l->cli, CLI_DRY_RUN))
		st = l->target->piece(l->target, octets, err);
	l->octets += octets.len;
	/* The sums may lag; they only feed the eye here. */
	if (l->progress.total > 0)
		progress_step(&l->progress, "load", l->octets,
			l->progress.total);
	else
		progress_show(&l->progress, l->octets, l->files);
	return st;
}

static enum status
settle(void *ctx, struct err *err)
{
	struct loading *l = ctx;

	return l->target == NULL ? STATUS_OK
				 : l->target->settle(l->target, err);
}

static void
take_fault(void *ctx, const char *what)
{
	struct loading *l = ctx;

	cli_say("%s: %s", l->path, what);
	l->sums.failed++;
	l->faults++;
}

/* What came back late has no file's name in it: the sums give the reason. */
static void
name_file(const struct loading *l, uint64_t failed_before)
{
	if (l->sums.failed - failed_before > l->faults)
		cli_say("%s: not all of it could be used", l->path);
}

/* What of this file was refused or left out, when it is one of several. */
static void
tell_file(struct loading *l, const struct load_sums *before)
{
	json_t *refused = load_reasons_json(&l->sums.refused, &before->refused);
	json_t *dropped = load_reasons_json(&l->sums.dropped, &before->dropped);
	bool any = json_object_size(refused) + json_object_size(dropped) > 0;
	bool json = cli_has(l->cli, CLI_JSON);

	if (any && json && json_array_size(l->by_file) < BY_FILE_MAX)
		(void)json_array_append_new(l->by_file,
			json_pack("{s:s, s:O, s:O}", "file", l->path, "reasons",
				refused, "dropped", dropped));
	if (any && !json && !cli_has(l->cli, CLI_QUIET) && l->is_many) {
		progress_end(&l->progress);
		printf("%s:\n", l->path);
		load_reasons_show("refused", refused);
		load_reasons_show("packets left out", dropped);
	}
	json_decref(refused);
	json_decref(dropped);
}

/* Root looks as the owner of the data folder, who may not see root's files. */
static const char *
as_whom(const struct loading *l, const char *path)
{
	return l->as_owner && access(path, R_OK) != 0 && errno == EACCES
		       ? " to the owner of the data folder, as whom load "
			 "reads; try load - <FILE"
		       : "";
}

/* Many small files share one wait for the disk. */
static enum status
note_files(struct loading *l, struct err *err)
{
	enum status st = l->target->sync(l->target, err);

	return st == STATUS_OK ? ledger_write(&l->ledger, err) : st;
}

static enum status
load_file(struct loading *l, const char *path, struct err *err)
{
	const struct material_limits limits = {
		.octets = 256 * 1024, .certs = 500, .packets = 10000};
	const struct material_sink sink = {take_piece, take_fault, l, settle};
	bool listed = strcmp(path, "-") != 0;
	const struct load_sums before = l->sums;
	uint64_t failed = before.failed;
	bool opened = false;
	enum status st;

	if (listed && ledger_has(&l->ledger, path) &&
		!cli_has(l->cli, CLI_AGAIN)) {
		l->skipped++;
		return STATUS_OK;
	}
	/* It may come slowly, or never. */
	if (!listed && l->target != NULL && note_files(l, err) != STATUS_OK)
		return STATUS_IO;
	l->path = path;
	l->faults = 0;
	if (load_folder_check(&l->folder, path, err) == STATUS_REJECTED)
		take_fault(l, err->text);
	st = material_read(path, &limits, &sink, &opened, err);
	if (!opened && (st == STATUS_IO || st == STATUS_UNSUPPORTED)) {
		cli_say("%s%s", err->text, as_whom(l, path));
		l->sums.failed++;
		return STATUS_OK;
	}
	l->files++;
	if (cli_has(l->cli, CLI_DRY_RUN))
		return st;
	if (st == STATUS_OK)
		st = settle(l, err);
	name_file(l, failed);
	tell_file(l, &before);
	if (st == STATUS_OK && listed)
		ledger_add(&l->ledger);
	if (st == STATUS_OK && ledger_is_due(&l->ledger))
		st = note_files(l, err);
	if (st == STATUS_OK && cli_has(l->cli, CLI_VERBOSE))
		cli_say("%s: read", path);
	return st;
}

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* What is neither a file nor a folder to look into. */
static void
note_entry(struct loading *l, const FTSENT *e)
{
	switch (e->fts_info) {
	case FTS_NS:
	case FTS_ERR:
	case FTS_DNR:
		cli_say("%s: %s%s", e->fts_path, strerror(e->fts_errno),
			as_whom(l, e->fts_path));
		break;
	case FTS_SLNONE:
		cli_say("%s: a link to nothing", e->fts_path);
		break;
	case FTS_DEFAULT:
		cli_say("%s: not a file", e->fts_path);
		break;
	default:
		return; /* a folder, before or after what is in it */
	}
	l->sums.failed++;
}

static void
note_missing(void *ctx, const char *path)
{
	struct loading *l = ctx;

	cli_say("%s: is in the manifest, and is missing", path);
	l->sums.failed++;
}

/* One of a folder: of a dump only what is a part of it. */
static enum status
load_entry(struct loading *l, const FTSENT *e, struct err *err)
{
	size_t len = e->fts_pathlen - e->fts_namelen;
	char *dir;

	if (e->fts_level > 0 && len > 1) {
		dir = xstrndup(e->fts_path, len - 1);
		if (l->folder.dir == NULL || strcmp(l->folder.dir, dir) != 0)
			load_folder_enter(&l->folder, dir, note_missing, l);
		free(dir);
	} else {
		load_folder_done(&l->folder);
	}
	if (!load_folder_skips(&l->folder, e->fts_path))
		return load_file(l, e->fts_path, err);
	if (cli_has(l->cli, CLI_VERBOSE))
		cli_say("%s: no file of the dump", e->fts_path);
	return STATUS_OK;
}

/* Calls load_file for every file below, in order of name. */
static enum status
load_path(struct loading *l, char *path, struct err *err)
{
	char *paths[] = {path, NULL};
	enum status st = STATUS_OK;
	const FTSENT *e;
	FTS *tree;

	if (strcmp(path, "-") == 0)
		return load_file(l, path, err);
	tree = fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, by_name);
	if (tree == NULL) {
		err_set(err, "%s: cannot be read", path);
		return STATUS_IO;
	}
	while (st == STATUS_OK && (e = fts_read(tree)) != NULL) {
		if (e->fts_info == FTS_F)
			st = load_entry(l, e, err);
		else
			note_entry(l, e);
	}
	(void)fts_close(tree);
	return st;
}

static void
show_level(const struct loading *l)
{
	enum level level = l->cli->conf->ingest.policy.level;

	if (level < l->configured)
		printf("stored at level %s, unverified by level %s as yet: the "
		       "server raises it in the background\n",
			level_word(level), level_word(l->configured));
}

static void
show_sums(struct loading *l)
{
	const struct load_sums *s = &l->sums;
	json_t *refused = load_reasons_json(&s->refused, NULL);
	json_t *dropped = load_reasons_json(&s->dropped, NULL);

	if (cli_has(l->cli, CLI_JSON)) {
		cli_json(json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, "
				   "s:o, s:o}",
			"files", (json_int_t)l->files, "skipped",
			(json_int_t)l->skipped, "new",
			(json_int_t)s->counts[OUTCOME_NEW], "updated",
			(json_int_t)s->counts[OUTCOME_UPDATED], "unchanged",
			(json_int_t)s->counts[OUTCOME_UNCHANGED], "refused",
			(json_int_t)s->counts[OUTCOME_REFUSED], "failed",
			(json_int_t)s->failed, "reasons", refused, "dropped",
			dropped, "by_file", l->by_file));
		return;
	}
	if (!cli_has(l->cli, CLI_QUIET)) {
		printf("%" PRIu64 " file%s, %" PRIu64
		       " skipped as done before: "
		       "%" PRIu64 " new, %" PRIu64 " updated, %" PRIu64
		       " unchanged, %" PRIu64 " refused, %" PRIu64 " failed\n",
			l->files, cli_s(l->files), l->skipped,
			s->counts[OUTCOME_NEW], s->counts[OUTCOME_UPDATED],
			s->counts[OUTCOME_UNCHANGED],
			s->counts[OUTCOME_REFUSED], s->failed);
		load_reasons_show("refused", refused);
		load_reasons_show("packets left out", dropped);
		show_level(l);
	}
	json_decref(refused);
	json_decref(dropped);
	json_decref(l->by_file);
}

static enum status
open_target(struct loading *l, struct err *err)
{
	struct err why = {""};
	enum status st;

	st = load_to_daemon(l->cli, &l->sums, &l->target, &why);
	if (st != STATUS_OK) /* none runs: the store is free, or we hear so */
		st = load_to_store(l->cli, &l->sums, &l->target, err);
	return st;
}

static enum cli_exit
load_all(struct loading *l)
{
	struct cli *c = l->cli;
	struct err err = {""};
	enum status st = STATUS_OK;

	if (!cli_has(c, CLI_DRY_RUN) && open_target(l, &err) != STATUS_OK) {
		cli_say("%s", err.text);
		json_decref(l->by_file);
		return CLI_UNREACHABLE;
	}
	st = ledger_open(&l->ledger, c->conf->data, &err);
	progress_start(&l->progress, load_total_size(c->words, c->word_count), cli_has(c, CLI_QUIET));
	for (size_t i = 0; i < c->word_count && st == STATUS_OK; i++)
		st = load_path(l, c->words[i], &err);
	progress_step(&l->progress, "the last indexes", l->octets, l->octets);
	if (l->target != NULL && st == STATUS_OK)
		st = note_files(l, &err);
	if (l->target != NULL && st == STATUS_OK)
		st = l->target->finish(l->target, &err);
	progress_end(&l->progress);
	if (l->target != NULL)
		l->target->close(l->target);
	ledger_close(&l->ledger);
	load_folder_done(&l->folder);
	show_sums(l);
	if (st != STATUS_OK) {
		cli_say("%s; counted is what was read: what of it is not on "
			"disk is loaded by the same command again",
			err.text);
		return CLI_PARTLY;
	}
	if (l->sums.failed + l->sums.counts[OUTCOME_REFUSED] == 0)
		return CLI_YES;
	return item_count(&l->sums) > 0 ? CLI_PARTLY : CLI_NO;
}

static bool
is_folder(const char *path)
{
	struct stat sb;

	return stat(path, &sb) == 0 && S_ISDIR(sb.st_mode);
}

enum cli_exit
cmd_load(struct cli *c)
{
	struct loading l = {.cli = c, .as_owner = geteuid() == 0};
	struct err err = {""};
	enum cli_exit code;
	enum level level;

	if (c->word_count == 0)
		return CLI_USAGE;
	code = cli_load_conf(c);
	if (code != CLI_YES)
		return code;
	l.configured = level = c->conf->ingest.policy.level;
	if (c->level != NULL && level_parse(c->level, &level) != STATUS_OK) {
		cli_say("--level %s: sks, clean or strict", c->level);
		return CLI_CONF;
	}
	c->conf->ingest.policy.level = level;
	if (cli_become_owner(c, &err) != STATUS_OK) {
		cli_say("%s", err.text);
		return CLI_UNREACHABLE;
	}
	l.as_owner = l.as_owner && geteuid() != 0;
	l.is_many = c->word_count > 1 || is_folder(c->words[0]);
	l.by_file = json_array();
	return load_all(&l);
}

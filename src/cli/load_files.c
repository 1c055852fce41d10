/* keypost load: one file after the other, and what became of each. */
#include <errno.h>
#include <fts.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crash.h"
#include "cli/load_run.h"
#include "cli/visible.h"

enum { BY_FILE_MAX = 1000 /* told of, as JSON */ };

/* ---- one file ---------------------------------------------------------------
 */

/* `how` made sure that what was read is on disk. */
static enum status
note(struct loading *l,
	enum status (*how)(struct load_target *t, struct err *err),
	struct err *err)
{
	enum status st = how(l->target, err);

	if (st != STATUS_OK)
		return st;
	l->safe = l->sums;
	crash_point("load-noted");
	st = ledger_write(&l->ledger, err);
	crash_point("load-noted");
	return st;
}

/* Many small files share one wait for the disk. */
enum status
load_note(struct loading *l, struct err *err)
{
	return note(l, l->target->sync, err);
}

enum status
load_end(struct loading *l, struct err *err)
{
	return note(l, l->target->finish, err);
}

/* All that is before `at` was taken: a load that is killed goes on from there,
 * but not within a certificate that comes in pieces. */
static enum status
note_place(struct loading *l, uint64_t at, struct err *err)
{
	enum status st = l->target->sync(l->target, err);

	if (st != STATUS_OK)
		return st;
	l->safe = l->sums;
	ledger_add(&l->ledger, at);
	return ledger_write(&l->ledger, err);
}

/* What is under way is not done. */
void
load_show(void *ctx)
{
	struct loading *l = ctx;
	const struct material_file *f = l->file;
	double done = f != NULL ? (double)l->upto : 0;

	done -= (double)atomic_load(&l->target->waiting);
	if (f != NULL && f->unpacked > 0)
		done *= (double)f->read / (double)f->unpacked;
	done += (double)l->before;
	progress_step(&l->progress, "load", done > 0 ? (uint64_t)done : 0,
		l->progress.total);
}

static enum status
take_piece(void *ctx, const struct material_piece *piece, struct err *err)
{
	struct loading *l = ctx;
	const struct load_place place = {l->path, piece->at, piece->within,
		!piece->within && piece->at == 0};
	enum status st = STATUS_OK;

	if (ledger_is_due(&l->ledger))
		st = note_place(l, piece->from, err);
	if (st == STATUS_OK)
		st = l->target->piece(l->target, piece->octets, &place, err);
	l->octets += piece->octets.len;
	l->upto = piece->at + (piece->within ? piece->octets.len : 0);
	load_show(l);
	return st;
}

static enum status
settle(void *ctx, struct err *err)
{
	struct loading *l = ctx;

	return l->target->settle(l->target, err);
}

static void
take_fault(void *ctx, const char *what)
{
	struct loading *l = ctx;
	const struct load_place place = {l->path, 0, false, true};

	load_tell(&l->told, &place, NULL, NULL, what);
	l->sums.failed++;
}

/* A file or folder of which nothing could be read. */
static void
take_unread(
	struct loading *l, const char *path, const char *why, const char *whom)
{
	const struct load_place place = {path, 0, false, true};
	struct buf what = {0};

	if (buf_printf(&what, "%s%s", why, whom) == STATUS_OK)
		load_tell(
			&l->told, &place, NULL, NULL, (const char *)what.data);
	l->sums.failed++;
	buf_done(&what);
}

/* Nothing is missing for it, as far as can be told. */
static void
take_note(void *ctx, const char *what)
{
	struct loading *l = ctx;

	load_warn(&l->told, l->path, what);
	l->sums.warnings++;
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
		(void)json_array_append_new(
			l->by_file, json_pack("{s:o, s:O, s:O}", "file",
					    visible_json(l->path), "reasons",
					    refused, "dropped", dropped));
	if (any && !json && !cli_has(l->cli, CLI_QUIET) && l->is_many) {
		char *name = visible_text(bytes_of(l->path), SIZE_MAX);

		progress_end(&l->progress);
		printf("%s:\n", name);
		free(name);
		load_reasons_show("refused", "refused", refused);
		load_reasons_show(
			"packet left out", "packets left out", dropped);
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

/* Is there nothing to do? Else `from` is where to begin. */
static bool
is_done(struct loading *l, const char *path, uint64_t *from)
{
	uint64_t upto = ledger_find(&l->ledger, path);
	struct stat sb;

	*from = 0;
	if (cli_has(l->cli, CLI_AGAIN) || cli_has(l->cli, CLI_DRY_RUN)) {
		ledger_forget(&l->ledger);
		return false;
	}
	if (upto != LEDGER_DONE) {
		*from = upto;
		return false;
	}
	l->skipped++;
	if (stat(path, &sb) == 0 && l->progress.total > (uint64_t)sb.st_size)
		l->progress.total -= (uint64_t)sb.st_size;
	return true;
}

static enum status
read_file(struct loading *l, struct material_file *file, struct err *err)
{
	const struct material_limits limits = {.octets = 256 * 1024,
		.certs = 500,
		.packets = 10000,
		.mend = true};
	const struct material_sink sink = {
		take_piece, take_fault, l, settle, take_note};
	struct err why = {""};
	enum status st;

	if (load_folder_check(&l->folder, l->path, &why) == STATUS_REJECTED)
		take_fault(l, why.text);
	if (file->from > 0) {
		l->resumed++;
		if (!cli_has(l->cli, CLI_QUIET))
			cli_say("%s: goes on at offset %" PRIu64, l->path,
				file->from);
	}
	l->file = file;
	l->upto = file->from;
	st = material_read(file, &limits, &sink, err);
	l->file = NULL;
	if (!file->opened && (st == STATUS_IO || st == STATUS_UNSUPPORTED)) {
		take_unread(l, l->path, err->text, as_whom(l, l->path));
		file->unread = true;
		return STATUS_OK;
	}
	l->files++;
	l->before += file->read;
	return st == STATUS_OK ? settle(l, err) : st;
}

static enum status
load_file(struct loading *l, const char *path, struct err *err)
{
	const struct load_sums before = l->sums;
	struct material_file file = {.path = path};
	bool listed = strcmp(path, "-") != 0;
	enum status st;

	if (listed && is_done(l, path, &file.from))
		return STATUS_OK;
	/* It may come slowly, or never. */
	if (!listed && load_note(l, err) != STATUS_OK)
		return STATUS_IO;
	if (!listed)
		ledger_unask(&l->ledger);
	free(l->path);
	l->path = xstrdup(path);
	st = read_file(l, &file, err);
	tell_file(l, &before);
	if (cli_has(l->cli, CLI_DRY_RUN))
		return st;
	/* What could not be read is read by the next load. */
	if (st == STATUS_OK && listed && !file.unread)
		ledger_add(&l->ledger, LEDGER_DONE);
	if (st == STATUS_OK && ledger_is_due(&l->ledger))
		st = load_note(l, err);
	if (st == STATUS_OK && cli_has(l->cli, CLI_VERBOSE))
		cli_say("%s: read", path);
	return st;
}

/* ---- files and folders
 * ------------------------------------------------------- */

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
		take_unread(l, e->fts_path, strerror(e->fts_errno),
			as_whom(l, e->fts_path));
		break;
	case FTS_SLNONE:
		take_unread(l, e->fts_path, "a link to nothing", "");
		break;
	case FTS_DEFAULT:
		take_unread(l, e->fts_path, "not a file", "");
		break;
	default:
		break; /* a folder, before or after what is in it */
	}
}

static void
note_missing(void *ctx, const char *path)
{
	take_unread(ctx, path, "is in the manifest, and is missing", "");
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
enum status
load_path(struct loading *l, char *path, struct err *err)
{
	char *paths[] = {path, NULL};
	enum status st = STATUS_OK;
	const FTSENT *e;
	FTS *tree;

	if (strcmp(path, "-") == 0)
		return load_file(l, path, err);
	tree = fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, by_name);
	if (tree == NULL) { /* an empty name */
		take_unread(l, "\"\"", strerror(errno), "");
		return STATUS_OK;
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

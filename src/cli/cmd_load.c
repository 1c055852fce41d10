/* keypost load: key files and folders in bulk, not forwarded by mail. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/load_run.h"
#include "store/care.h"

static uint64_t
item_count(const struct load_sums *s)
{
	return s->counts[OUTCOME_NEW] + s->counts[OUTCOME_UPDATED] +
	       s->counts[OUTCOME_UNCHANGED];
}

static void
show_step(void *ctx, const char *step, uint64_t done, uint64_t total)
{
	progress_step(&((struct loading *)ctx)->progress, step, done, total);
}

static void
show_level(const struct loading *l)
{
	enum level level = l->cli->conf->ingest.policy.level;

	if (level < l->configured &&
		l->sums.counts[OUTCOME_NEW] + l->sums.counts[OUTCOME_UPDATED] >
			0)
		printf("stored at level %s, unverified by level %s as yet: the "
		       "server raises it in the background\n",
			level_word(level), level_word(l->configured));
}

static double
seconds_of(const struct loading *l)
{
	return (double)(clock_mono_ms() - l->began_ms) / 1000;
}

/* A blink of an eye has no rate. */
static void
show_time(const struct loading *l)
{
	double seconds = seconds_of(l);
	char text[32];

	progress_write_time(seconds, text, sizeof(text));
	if (seconds >= 1 && item_count(&l->sums) > 0)
		printf("; %s, %.0f certificates/s\n", text,
			(double)item_count(&l->sums) / seconds);
	else
		puts("");
}

static void
show_text(const struct loading *l, json_t *refused, json_t *dropped)
{
	const struct load_sums *s = &l->sums;

	printf("%" PRIu64 " file%s", l->files, cli_s(l->files));
	if (l->skipped > 0)
		printf(", %" PRIu64 " skipped as loaded before%s", l->skipped,
			l->files == 0 ? " (--again reads them all the same)"
				      : "");
	fputs(": ", stdout);
	if (cli_has(l->cli, CLI_DRY_RUN))
		printf("%" PRIu64 " certificate%s could be read", item_count(s),
			cli_s(item_count(s)));
	else
		printf("%" PRIu64 " new, %" PRIu64 " updated, %" PRIu64
		       " unchanged",
			s->counts[OUTCOME_NEW], s->counts[OUTCOME_UPDATED],
			s->counts[OUTCOME_UNCHANGED]);
	printf(", %" PRIu64 " refused", s->counts[OUTCOME_REFUSED]);
	if (s->failed > 0)
		printf(", %" PRIu64 " part%s or file%s not read", s->failed,
			cli_s(s->failed), cli_s(s->failed));
	if (s->warnings > 0)
		printf(", %" PRIu64 " warning%s", s->warnings,
			cli_s(s->warnings));
	show_time(l);
	load_reasons_show("refused", "refused", refused);
	load_reasons_show("packet left out", "packets left out", dropped);
	if (!cli_has(l->cli, CLI_DRY_RUN))
		show_level(l);
}

static void
show_sums(struct loading *l)
{
	const struct load_sums *s = &l->sums;
	json_t *refused = load_reasons_json(&s->refused, NULL);
	json_t *dropped = load_reasons_json(&s->dropped, NULL);

	if (cli_has(l->cli, CLI_JSON)) {
		cli_json(json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
				   "s:f, s:b, s:O, s:O, s:O, s:O, s:O}",
			"files", (json_int_t)l->files, "skipped",
			(json_int_t)l->skipped, "resumed",
			(json_int_t)l->resumed, "new",
			(json_int_t)s->counts[OUTCOME_NEW], "updated",
			(json_int_t)s->counts[OUTCOME_UPDATED], "unchanged",
			(json_int_t)s->counts[OUTCOME_UNCHANGED], "refused",
			(json_int_t)s->counts[OUTCOME_REFUSED], "failed",
			(json_int_t)s->failed, "seconds", seconds_of(l),
			"dry_run", cli_has(l->cli, CLI_DRY_RUN), "reasons",
			refused, "dropped", dropped, "by_file", l->by_file,
			"places", l->told.list, "warnings", l->told.warnings));
	} else if (!cli_has(l->cli, CLI_QUIET)) {
		show_text(l, refused, dropped);
	}
	json_decref(refused);
	json_decref(dropped);
}

static enum status
open_target(struct loading *l, struct err *err)
{
	const struct care_watch watch = {show_step, l};
	struct err why = {""};
	enum status st;

	if (cli_has(l->cli, CLI_DRY_RUN)) {
		st = load_to_nowhere(l->cli, &l->target, err);
	} else {
		st = load_to_daemon(l->cli, &l->target, &why);
		if (st != STATUS_OK) /* the store is free, or we hear so */
			st = load_to_store(l->cli, &watch, &l->target, err);
	}
	if (st != STATUS_OK)
		return st;
	l->target->sums = &l->sums;
	l->target->told = &l->told;
	l->target->tick = load_show;
	l->target->tick_ctx = l;
	if (l->target->note != NULL && !cli_has(l->cli, CLI_QUIET))
		cli_say("%s", l->target->note);
	return STATUS_OK;
}

/* Without what it was to be, as far as the disk has it. */
static void
show_failure(struct loading *l, const struct err *err)
{
	if (l->target->counts_early)
		cli_say("%s; counted is what is on disk for certain: the same "
			"command again goes on from there",
			err->text);
	else
		cli_say("%s; what was counted is on disk: the same command "
			"again loads the rest",
			err->text);
}

static enum status
load_files(struct loading *l, struct err *err)
{
	struct cli *c = l->cli;
	enum status st = ledger_open(&l->ledger, c->conf->data, err);

	progress_start(&l->progress, load_total_size(c->words, c->word_count),
		cli_has(c, CLI_QUIET));
	for (size_t i = 0; i < c->word_count && st == STATUS_OK; i++)
		st = load_path(l, c->words[i], err);
	if (st == STATUS_OK)
		st = load_end(l, err);
	progress_end(&l->progress);
	if (st != STATUS_OK && l->target->counts_early)
		l->sums = l->safe;
	return st;
}

static enum cli_exit
load_all(struct loading *l)
{
	struct err err = {""};
	enum status st;

	progress_start(&l->progress, 0, cli_has(l->cli, CLI_QUIET));
	if (open_target(l, &err) != STATUS_OK) {
		cli_say("%s", err.text);
		return CLI_NO;
	}
	st = load_files(l, &err);
	if (st != STATUS_OK)
		show_failure(l, &err);
	l->target->close(l->target);
	load_tell_end(&l->told);
	show_sums(l);
	if (st != STATUS_OK)
		return CLI_PARTLY;
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
	struct loading l = {.cli = c,
		.as_owner = geteuid() == 0,
		.began_ms = clock_mono_ms()};
	struct err err = {""};
	enum cli_exit code;
	enum level level;

	if (c->word_count == 0)
		return CLI_USAGE;
	code = cli_load_conf(c);
	if (code != CLI_YES)
		return code;
	log_set_level(LOG_NONE); /* what it logs comes back, as sentences */
	l.configured = level = c->conf->ingest.policy.level;
	if (c->level != NULL && level_parse(c->level, &level) != STATUS_OK) {
		cli_say("--level %s: sks, clean or strict", c->level);
		return CLI_USAGE;
	}
	c->conf->ingest.policy.level = level;
	if (cli_make_data(c, &err) != STATUS_OK) {
		cli_say("%s", err.text);
		return CLI_NO;
	}
	l.as_owner = l.as_owner && geteuid() != 0;
	l.is_many = c->word_count > 1 || is_folder(c->words[0]);
	l.by_file = json_array();
	l.told = (struct load_told){.all = cli_has(c, CLI_VERBOSE),
		.list = json_array(),
		.warnings = json_array()};
	code = load_all(&l);
	ledger_close(&l.ledger);
	load_folder_done(&l.folder);
	free(l.path);
	json_decref(l.by_file);
	json_decref(l.told.list);
	json_decref(l.told.warnings);
	return code;
}

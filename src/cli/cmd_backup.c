/* keypost backup FILE and keypost restore FILE. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/progress.h"
#include "cli/show.h"
#include "cli/visible.h"
#include "store/care.h"

struct caring {
	struct cli *cli;
	struct progress progress;
	bool started;
};

static void
show_step(void *ctx, const char *step, uint64_t done, uint64_t total)
{
	struct caring *k = ctx;

	if (!k->started)
		progress_start(&k->progress, total, cli_has(k->cli, CLI_QUIET));
	k->started = true;
	progress_step(&k->progress, step, done, total);
}

static enum cli_exit
start(struct cli *c,
	enum status (*become)(const struct cli *c, struct err *err))
{
	struct err err = {""};
	enum cli_exit code;

	if (c->word_count != 1)
		return CLI_USAGE;
	if (strcmp(c->words[0], "-") == 0) {
		cli_say("a backup is a file, no stream; one of that name is "
			"./-");
		return CLI_USAGE;
	}
	code = cli_load_conf(c);
	if (code != CLI_YES)
		return code;
	if (become(c, &err) == STATUS_OK)
		return CLI_YES;
	cli_say("%s", err.text);
	return CLI_NO;
}

static json_t *
facts_json(const struct cli *c, const struct backup_facts *f)
{
	return json_pack("{s:o, s:I, s:I, s:I, s:I, s:i, s:s}", "file",
		visible_json(c->words[0]), "octets", (json_int_t)f->octets,
		"certificates", (json_int_t)f->certs, "last_seq",
		(json_int_t)f->last_seq, "last_change",
		(json_int_t)f->last_time, "schema", f->version, "store_id",
		f->store_id);
}

enum cli_exit
cmd_backup(struct cli *c)
{
	struct caring k = {.cli = c};
	struct backup_facts f = {0};
	struct backup_job job = {.watch = {show_step, &k}};
	struct err err = {""};
	enum cli_exit code = start(c, cli_become_owner);

	if (code != CLI_YES)
		return code;
	job.file = c->words[0];
	job.replace = cli_has(c, CLI_FORCE);
	job.dry_run = cli_has(c, CLI_DRY_RUN);
	if (store_backup(&c->conf->store, &job, &f, &err) != STATUS_OK) {
		progress_end(&k.progress);
		cli_say("%s%s", err.text, cli_as_whom(err.text));
		return CLI_NO;
	}
	progress_end(&k.progress);
	if (job.dry_run && cli_has(c, CLI_JSON))
		cli_json(json_pack("{s:o, s:I, s:b}", "file",
			visible_json(job.file), "octets", (json_int_t)f.octets,
			"dry_run", 1));
	else if (cli_has(c, CLI_JSON))
		cli_json(facts_json(c, &f));
	else if (job.dry_run)
		printf("would write %" PRId64 " octets to %s\n", f.octets,
			job.file);
	else if (!cli_has(c, CLI_QUIET))
		printf("%s: %" PRId64 " certificate%s, %" PRId64
		       " octets, checked\n",
			job.file, f.certs, cli_s((uint64_t)f.certs), f.octets);
	return CLI_YES;
}

/* A bulk load notes no changes, nor when it was. */
static const char *
as_of(int64_t last_change, char *out, size_t size)
{
	(void)snprintf(out, size, ", as of %s", show_moment(last_change).text);
	return last_change > 0 ? out : "";
}

static void
tell_restored(const struct cli *c, const struct restore_facts *f)
{
	char when[64];

	printf("%s: %" PRId64 " certificate%s in %s%s\n", c->words[0],
		f->backup.certs, cli_s((uint64_t)f->backup.certs),
		c->conf->data, as_of(f->backup.last_time, when, sizeof(when)));
	if (f->aside[0] != '\0')
		printf("what was there is in %s\n", f->aside);
	puts("peers will not send again what they had sent since: load a dump "
	     "of one of them");
}

enum cli_exit
cmd_restore(struct cli *c)
{
	struct caring k = {.cli = c};
	struct restore_facts f = {.aside = ""};
	struct restore_job job = {.watch = {show_step, &k}};
	struct err err = {""};
	enum cli_exit code = start(c, cli_make_data);
	enum status st;
	char when[64];
	json_t *line;

	if (code != CLI_YES)
		return code;
	job.file = c->words[0];
	job.dry_run = cli_has(c, CLI_DRY_RUN);
	st = store_restore(&c->conf->store, &job, &f, &err);
	progress_end(&k.progress);
	if (st != STATUS_OK) {
		cli_say("%s%s", err.text, cli_as_whom(err.text));
		return CLI_NO;
	}
	if (cli_has(c, CLI_JSON)) {
		line = facts_json(c, &f.backup);
		(void)json_object_set_new(line, "aside", json_string(f.aside));
		(void)json_object_set_new(
			line, "dry_run", json_boolean(job.dry_run));
		cli_json(line);
	} else if (job.dry_run) {
		printf("%s is sound: %" PRId64 " certificate%s%s\n", job.file,
			f.backup.certs, cli_s((uint64_t)f.backup.certs),
			as_of(f.backup.last_time, when, sizeof(when)));
	} else if (!cli_has(c, CLI_QUIET)) {
		tell_restored(c, &f);
	}
	return CLI_YES;
}

/* keypost dump: all certificates, or those that changed, as plain OpenPGP. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/dump.h"
#include "cli/show.h"
#include "ingest/takedown_rows.h"

/* A batch from a slow disk may take long; no server waits for it. */
enum { BATCH_TIME_MS = 600000, BATCH_ARENA_MAX = 256 * 1024 * 1024 };

static bool
parse_seq(const char *text, int64_t *seq)
{
	char *end;

	errno = 0;
	*seq = strtoll(text, &end, 10);
	return errno == 0 && *text >= '0' && *text <= '9' && *end == '\0';
}

static bool
is_since(const char *text)
{
	int64_t unused;

	return show_parse_time(text, &unused) || parse_seq(text, &unused) ||
	       access(text, F_OK) == 0;
}

/* The number before the first change of that time. */
static enum status
seq_of_time(struct dump *d, int64_t time, struct err *err)
{
	int64_t first, begun;
	enum status st = store_log_start(d->session, &first, &begun, err);

	if (st == STATUS_NOT_FOUND || (st == STATUS_OK && begun > time)) {
		err_set(err,
			"--since %s: the change log does not reach back so "
			"far: only a full dump has it",
			d->cli->since);
		return STATUS_REJECTED;
	}
	return st == STATUS_OK
		       ? store_seq_before(d->session, time, &d->since, err)
		       : st;
}

static enum status
take_since(struct dump *d, struct err *err)
{
	enum status st = STATUS_OK;
	int64_t time;

	d->partial = d->cli->since != NULL;
	if (!d->partial)
		return STATUS_OK;
	if (show_parse_time(d->cli->since, &time))
		st = seq_of_time(d, time, err);
	else if (!parse_seq(d->cli->since, &d->since))
		st = dump_read_seq(d, d->cli->since, &d->since, err);
	d->places_seq = d->since;
	/* Before the first change an empty store may have been filled in bulk,
	 * which notes none. */
	d->partial = d->since > 0;
	return st == STATUS_OK && d->partial ? dump_check_log(d, err) : st;
}

static enum status
open_store(struct dump *d, struct err *err)
{
	struct store_settings settings = d->cli->conf->store;
	struct store_facts facts;
	enum status st;

	settings.read_only = true;
	settings.lookup_time_ms = BATCH_TIME_MS;
	st = store_open(&settings, &d->store, err);
	if (st == STATUS_OK)
		st = session_open(d->store, SESSION_READ, &d->session, err);
	if (st == STATUS_OK)
		st = store_get_facts(d->session, &facts, err);
	if (st == STATUS_OK)
		d->expected = (uint64_t)facts.certs;
	return st;
}

/* Root makes the folder for who is to write there. */
static enum status
make_folder(const struct cli *c, const char *dir, bool *made, struct err *err)
{
	struct stat sb;

	if (mkdir(dir, 0777) != 0) {
		if (errno == EEXIST)
			return STATUS_OK;
		err_set(err, "%s: %s", dir, strerror(errno));
		return STATUS_IO;
	}
	*made = true;
	if (geteuid() == 0 && stat(c->conf->data, &sb) == 0 &&
		chown(dir, sb.st_uid, sb.st_gid) != 0) {
		err_set(err, "%s: %s", dir, strerror(errno));
		return STATUS_IO;
	}
	return STATUS_OK;
}

static void
show_sum(const struct dump *d)
{
	struct dump_entry sum = dump_sum(d);
	/* Standard output may have the certificates. */
	FILE *out = d->dir == NULL ? stderr : stdout;
	json_t *j;

	if (cli_has(d->cli, CLI_JSON)) {
		j = json_pack("{s:I, s:I, s:I, s:I, s:I, s:b}", "certificates",
			(json_int_t)sum.certs, "octets",
			(json_int_t)sum.key_octets, "files",
			(json_int_t)d->file_count, "file_octets",
			(json_int_t)sum.octets, "seq", (json_int_t)d->seq,
			"dry_run", d->dry);
		if (d->cli->since != NULL)
			(void)json_object_set_new(
				j, "since", json_integer((json_int_t)d->since));
		(void)json_dumpf(j, out, JSON_COMPACT);
		fputc('\n', out);
		json_decref(j);
	} else if (!cli_has(d->cli, CLI_QUIET)) {
		fprintf(out,
			"%" PRIu64 " certificate%s, %" PRIu64
			" octets, in %zu file%s%s: all changes up to number "
			"%" PRId64 "\n",
			sum.certs, cli_s(sum.certs), sum.octets, d->file_count,
			cli_s(d->file_count), d->dry ? " (dry run)" : "",
			d->seq);
	}
}

static enum cli_exit
refuse(enum status st, const struct err *err)
{
	cli_say("%s%s", err->text[0] != '\0' ? err->text : status_name(st),
		cli_as_whom(err->text));
	return CLI_NO;
}

static enum cli_exit
write_all(struct dump *d)
{
	struct err err = {""};
	enum status st;

	progress_start(&d->progress, 0, cli_has(d->cli, CLI_QUIET));
	st = d->dir == NULL ? dump_stream(d, &err) : dump_run(d, &err);
	progress_end(&d->progress);
	if (st == STATUS_OK) {
		show_sum(d);
		return CLI_YES;
	}
	if (d->dir == NULL || d->dry)
		return refuse(st, &err);
	cli_say("%s; the same command goes on behind the %zu file%s that %s "
		"whole",
		err.text, d->file_count, cli_s(d->file_count),
		d->file_count == 1 ? "is" : "are");
	return CLI_PARTLY;
}

/* A store that was restored, say, may hold what was taken down: until the
 * daemon has been through it nothing of it goes out. */
static enum status
check_taken_down(struct dump *d, struct err *err)
{
	struct tombstones *t = NULL;
	bool is_noted = true;
	enum status st = tombstones_open(d->cli->conf->data, &t, err);

	if (st == STATUS_OK && tombstones_count(t) > 0)
		st = takedown_is_noted(d->session, t, &is_noted, err);
	tombstones_free(t);
	if (st != STATUS_OK || is_noted)
		return st;
	err_set(err, "not all that was taken down has gone from the store: "
		     "start the daemon, which sees to it, or wait until block "
		     "has ended");
	return STATUS_REJECTED;
}

static enum cli_exit
dump_all(struct dump *d)
{
	struct err err = {""};
	enum cli_exit code;
	enum status st;
	int lock = -1;

	d->arena = arena_new(BATCH_ARENA_MAX);
	st = open_store(d, &err);
	if (st == STATUS_OK)
		st = check_taken_down(d, &err);
	if (st == STATUS_OK)
		st = take_since(d, &err);
	if (st == STATUS_OK && d->dir != NULL)
		st = dump_take_folder(d, &lock, &err);
	code = st == STATUS_OK ? write_all(d) : refuse(st, &err);
	if (lock >= 0)
		close(lock);
	if (d->session != NULL)
		session_close(d->session);
	if (d->store != NULL)
		store_close(d->store);
	buf_done(&d->batch);
	arena_free(d->arena);
	free(d->places);
	free(d->files);
	return code;
}

enum cli_exit
cmd_dump(struct cli *c)
{
	struct dump d = {.cli = c,
		.dry = cli_has(c, CLI_DRY_RUN),
		.zstd = cli_has(c, CLI_ZSTD)};
	struct err err = {""};
	enum cli_exit code;
	bool made = false;

	if (c->word_count != 1)
		return CLI_USAGE;
	if (c->since != NULL && !is_since(c->since)) {
		cli_say("--since takes the folder of an earlier dump, a time "
			"such as 2026-01-31 or 2026-01-31T12:00:00Z, or the "
			"number of a change");
		return CLI_USAGE;
	}
	if (strcmp(c->words[0], "-") != 0)
		d.dir = c->words[0];
	else if (!d.dry && isatty(STDOUT_FILENO)) {
		cli_say("keys are not written to a terminal");
		return CLI_USAGE;
	}
	code = cli_load_conf(c);
	if (code != CLI_YES)
		return code;
	/* A reader that went away is an error with a sentence. */
	(void)signal(SIGPIPE, SIG_IGN);
	if ((d.dir != NULL && !d.dry &&
		    make_folder(c, d.dir, &made, &err) != STATUS_OK) ||
		cli_become_owner(c, &err) != STATUS_OK)
		code = refuse(STATUS_IO, &err);
	else
		code = dump_all(&d);
	/* Where root made it, it may have to stay: the next try uses it. */
	if (made && code == CLI_NO)
		(void)rmdir(d.dir);
	return code;
}

/* keypost db check and keypost db upgrade. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/db_tree.h"
#include "cli/progress.h"
#include "cli/show.h"
#include "ingest/terms.h"
#include "pgp/crypto.h"
#include "store/care.h"

enum { POLITE = 10 }; /* a daemon beside it comes first */

struct checking {
	struct cli *cli;
	struct progress progress;
	bool started;
	bool repairs;
	enum db_tree tree; /* what became of it when a fault was found */
	struct err why;
};

/* What the steps of a check and of an upgrade count; NULL: octets. */
static const struct {
	const char *step, *unit;
} units[] = {{"copying", NULL}, {"checking pages", NULL},
	{"checking indexes", NULL}, {"writing anew", NULL},
	{"rewriting", "rows"}};

static const char *
unit_of(const char *step)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(step, units[i].step) == 0)
			return units[i].unit;
	return "certificates";
}

static void
show_step(void *ctx, const char *step, uint64_t done, uint64_t total)
{
	struct checking *k = ctx;

	if (!k->started)
		progress_start(&k->progress, total, cli_has(k->cli, CLI_QUIET));
	k->started = true;
	k->progress.unit = unit_of(step);
	progress_step(&k->progress, step, done, total);
}

/* Before anything is mended: flags that are leave no line in the log, and a
 * process that dies behind that would leave a tree that nobody doubts. */
static void
doubt_tree(struct checking *k)
{
	if (k->repairs && k->tree == DB_TREE_UNKNOWN)
		k->tree = db_tree_remove(k->cli->conf, &k->why);
}

static void
show_fault(void *ctx, const struct check_fault *f)
{
	struct checking *k = ctx;

	progress_end(&k->progress);
	doubt_tree(k);
	if (cli_has(k->cli, CLI_JSON)) {
		cli_json(json_pack("{s:s, s:s, s:b, s:s*}", "certificate",
			f->name, "fault", f->what, "derived", f->advice == NULL,
			"advice", f->advice));
		return;
	}
	printf("%s%s%s", f->name, f->name[0] != '\0' ? ": " : "", f->what);
	printf("%s%s\n", f->advice != NULL ? "; " : "",
		f->advice != NULL ? f->advice : "");
}

static void
show_facts(const struct cli *c, const struct check_facts *f, enum db_tree tree)
{
	if (cli_has(c, CLI_JSON)) {
		cli_json(json_pack("{s:I, s:I, s:I, s:I, s:b, s:s, s:s}",
			"certificates", (json_int_t)f->certs, "damaged",
			(json_int_t)f->damaged, "derived",
			(json_int_t)f->derived, "repaired",
			(json_int_t)f->repaired, "structure", f->structure,
			"tree", db_tree_word(tree), "aside", f->aside));
		return;
	}
	if (cli_has(c, CLI_QUIET))
		return;
	printf("%" PRId64 " certificate%s: ", f->certs,
		cli_s((uint64_t)f->certs));
	if (f->repaired > 0)
		printf("%" PRId64 " fault%s repaired, ", f->repaired,
			cli_s((uint64_t)f->repaired));
	if (f->damaged + f->derived == 0)
		puts("all is sound");
	else
		printf("%" PRId64 " fault%s that --repair mends, %" PRId64
		       " where something is lost\n",
			f->derived, cli_s((uint64_t)f->derived), f->damaged);
	if (f->aside[0] != '\0')
		printf("the store was written anew; what was there is in %s: "
		       "remove it when it is no longer needed\n",
			f->aside);
}

/* As ingest does when it stores one. */
static enum status
derive(void *ctx, struct arena *arena, const struct cert *cert, uint8_t level,
	enum check_how how, struct cert_search *search)
{
	const struct conf *conf = ctx;
	struct verify_budget none = {0, 0};
	struct terms_rules rules = {.level = (enum level)level,
		.budget = how == CHECK_SURE ? NULL : &none,
		.redact = how == CHECK_REDACTED ||
			  (how == CHECK_SURE &&
				  conf->ingest.policy.redact_hard_revoked)};
	bool spent;

	return terms_collect(arena, cert, &rules, search, &spent);
}

/* What was mended may be in it as it was: then it is gone by now. */
static enum db_tree
check_tree(struct checking *k, struct check_facts *f)
{
	struct check_fault fault = {"", "", NULL};
	char text[sizeof(k->why.text) + 80];
	enum db_tree tree = k->tree;
	bool compares = tree == DB_TREE_UNKNOWN;

	if (compares)
		tree = db_tree_check(k->cli->conf, &k->why);
	if (tree != DB_TREE_WRONG)
		return tree;
	if (compares && k->repairs) {
		tree = db_tree_remove(k->cli->conf, &k->why);
		f->repaired += tree == DB_TREE_REMOVED;
		k->tree = tree;
	}
	f->derived += tree == DB_TREE_WRONG;
	(void)snprintf(text, sizeof(text),
		"the saved tree of digests is of no use: %s", k->why.text);
	fault.what = text;
	show_fault(k, &fault);
	return tree;
}

static enum cli_exit
check(struct cli *c)
{
	struct checking k = {.cli = c,
		.repairs = cli_has(c, CLI_REPAIR) && !cli_has(c, CLI_DRY_RUN),
		.tree = DB_TREE_UNKNOWN};
	struct check_derive how = {derive, c->conf};
	struct check_job job = {.quick = cli_has(c, CLI_QUICK),
		.repair = k.repairs,
		.derive = &how,
		.watch = {show_step, &k},
		.fault = show_fault};
	struct check_facts f = {0};
	enum db_tree tree;
	struct err err = {""};
	enum status st = cli_become_owner(c, &err);

	if (nice(POLITE) < 0)
		cli_say("this runs at the pace of everything else");
	if (st == STATUS_OK)
		st = crypto_init(&err);
	if (st == STATUS_OK)
		st = store_check(&c->conf->store, &job, &f, &err);
	progress_end(&k.progress);
	if (st != STATUS_OK) {
		cli_say("%s", err.text);
		return CLI_NO;
	}
	tree = check_tree(&k, &f);
	show_facts(c, &f, tree);
	return f.damaged + f.derived == 0 ? CLI_YES : CLI_NO;
}

/* ---- upgrade -------------------------------------------------------- */

static void
show_upgrade(const struct cli *c, const struct upgrade_facts *f, bool dry_run)
{
	if (cli_has(c, CLI_JSON)) {
		cli_json(json_pack("{s:i, s:i, s:b, s:s, s:b}", "from", f->from,
			"to", f->to, "resumed", f->resumed, "backup", f->backup,
			"dry_run", dry_run));
		return;
	}
	if (cli_has(c, CLI_QUIET))
		return;
	if (f->from == f->to && !f->resumed)
		printf("the schema is that of this program: version %d\n",
			f->to);
	else
		printf("%s version %d to %d%s\n",
			dry_run ? "would change the schema from"
				: "the schema was changed from",
			f->from, f->to,
			f->resumed ? ", going on where it was cut short" : "");
	if (f->backup[0] != '\0')
		printf("what was there is in %s: remove it when it is no "
		       "longer needed\n",
			f->backup);
}

static enum cli_exit
upgrade(struct cli *c)
{
	struct checking k = {.cli = c};
	struct upgrade_job job = {.no_backup = cli_has(c, CLI_NO_BACKUP),
		.dry_run = cli_has(c, CLI_DRY_RUN),
		.watch = {show_step, &k}};
	struct upgrade_facts f = {.backup = ""};
	struct err err = {""};
	enum status st = cli_become_owner(c, &err);

	if (st == STATUS_OK)
		st = store_upgrade(&c->conf->store, &job, &f, &err);
	progress_end(&k.progress);
	if (st != STATUS_OK) {
		cli_say("%s", err.text);
		return CLI_NO;
	}
	show_upgrade(c, &f, job.dry_run);
	return CLI_YES;
}

static const struct {
	const char *word;
	unsigned int options; /* beside those of all commands */
	enum cli_exit (*run)(struct cli *c);
} words[] = {
	{"check", CLI_QUICK | CLI_REPAIR, check},
	{"upgrade", CLI_NO_BACKUP, upgrade},
};

enum cli_exit
cmd_db(struct cli *c)
{
	const unsigned int own = CLI_QUICK | CLI_REPAIR | CLI_NO_BACKUP;
	enum cli_exit code;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (c->word_count != 1 || strcmp(c->words[0], words[i].word) ||
			(c->options & own & ~words[i].options) != 0)
			continue;
		code = cli_load_conf(c);
		return code == CLI_YES ? words[i].run(c) : code;
	}
	return CLI_USAGE;
}

/* keypost db check. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
};

static void
show_step(void *ctx, const char *step, uint64_t done, uint64_t total)
{
	struct checking *k = ctx;

	if (!k->started) {
		progress_start(&k->progress, total, cli_has(k->cli, CLI_QUIET));
		k->progress.unit = "certificates";
	}
	k->started = true;
	progress_step(&k->progress, step, done, total);
}

static void
show_fault(void *ctx, const struct check_fault *f)
{
	struct checking *k = ctx;

	progress_end(&k->progress);
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
show_facts(const struct cli *c, const struct check_facts *f)
{
	if (cli_has(c, CLI_JSON)) {
		cli_json(json_pack("{s:I, s:I, s:I, s:I, s:b}", "certificates",
			(json_int_t)f->certs, "damaged", (json_int_t)f->damaged,
			"derived", (json_int_t)f->derived, "repaired",
			(json_int_t)f->repaired, "structure", f->structure));
		return;
	}
	if (cli_has(c, CLI_QUIET))
		return;
	printf("%" PRId64 " certificates: ", f->certs);
	if (f->repaired > 0)
		printf("%" PRId64 " faults repaired, ", f->repaired);
	if (f->damaged + f->derived == 0)
		puts("all is sound");
	else
		printf("%" PRId64 " faults that --repair mends, %" PRId64
		       " where something is lost\n",
			f->derived, f->damaged);
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

static enum cli_exit
check(struct cli *c)
{
	struct checking k = {.cli = c};
	struct check_derive how = {derive, c->conf};
	struct check_job job = {.quick = cli_has(c, CLI_QUICK),
		.repair = cli_has(c, CLI_REPAIR) && !cli_has(c, CLI_DRY_RUN),
		.derive = &how,
		.watch = {show_step, &k},
		.fault = show_fault};
	struct check_facts f = {0};
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
	show_facts(c, &f);
	return f.damaged + f.derived == 0 ? CLI_YES : CLI_NO;
}

enum cli_exit
cmd_db(struct cli *c)
{
	enum cli_exit code;

	if (c->word_count != 1 || strcmp(c->words[0], "check") != 0)
		return CLI_USAGE;
	code = cli_load_conf(c);
	return code == CLI_YES ? check(c) : code;
}

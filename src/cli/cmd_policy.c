/* keypost policy simulate: what another level or limit would drop. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/simulate.h"

static volatile int stopped;

static void
stop(int sig)
{
	(void)sig;
	stopped = 1;
}

/* ---- what is asked ---------------------------------------------------- */

static bool
read_value(const char *text, const struct policy_row *row, int64_t *out)
{
	static const struct {
		const char *unit;
		int64_t factor;
	} units[] = {{"", 1}, {"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}};
	char *end;
	long long n = strtoll(text, &end, 10);
	size_t i, max = row->unit == POLICY_OCTETS ? 4 : 1;

	if (end == text || n < 0 || n > INT32_MAX)
		return false;
	for (i = 0; i < max; i++) {
		if (strcmp(end, units[i].unit) != 0)
			continue;
		*out = n * units[i].factor;
		return true;
	}
	return false;
}

/* NAME=VALUE, as in section [limits]. */
static bool
set_limit(struct policy *p, const char *text)
{
	size_t i, n = strcspn(text, "=");
	const struct policy_row *row = NULL;
	int64_t value;

	for (i = 0; i < policy_row_count && row == NULL; i++)
		if (strlen(policy_rows[i].name) == n &&
			memcmp(policy_rows[i].name, text, n) == 0)
			row = &policy_rows[i];
	if (row == NULL) {
		cli_say("--set %s: no such limit", text);
		return false;
	}
	if (!read_value(text + n + 1, row, &value) ||
		policy_set(p, row, value) != STATUS_OK) {
		cli_say("--set %s: from %" PRId64 " to %" PRId64, text,
			row->min, row->max);
		return false;
	}
	return true;
}

static bool
set_policy(const struct cli *c, struct policy *p)
{
	size_t i;

	*p = c->conf->ingest.policy;
	if (c->level != NULL && level_parse(c->level, &p->level) != STATUS_OK) {
		cli_say("--level %s: sks, clean or strict", c->level);
		return false;
	}
	for (i = 0; i < c->set_count; i++)
		if (!set_limit(p, c->sets[i]))
			return false;
	return true;
}

/* ---- the answer ------------------------------------------------------- */

static json_t *
examples_of(const struct simulate_rule *r)
{
	json_t *list = json_array();
	char hex[FINGERPRINT_HEX_MAX];
	size_t i;

	for (i = 0; i < r->example_count; i++) {
		fingerprint_hex(&r->examples[i].fpr, hex);
		(void)json_array_append_new(list,
			json_pack("{s:s, s:I, s:I}", "fingerprint", hex,
				"user_ids", (json_int_t)r->examples[i].user_ids,
				"packets", (json_int_t)r->examples[i].packets));
	}
	return list;
}

static json_t *
rules_of(const struct simulate_sums *s)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < s->rule_count; i++) {
		const struct simulate_rule *r = &s->rules[i];
		json_t *o = json_pack("{s:s, s:s, s:I, s:I, s:I, s:o}",
			"verdict", verdict_word(r->verdict), "sentence",
			verdict_sentence(r->verdict), "packets",
			(json_int_t)r->packets, "certificates",
			(json_int_t)r->certs, "refused", (json_int_t)r->refused,
			"examples", examples_of(r));

		if (r->limit != NULL)
			(void)json_object_set_new(
				o, "limit", json_string(r->limit));
		(void)json_array_append_new(list, o);
	}
	return list;
}

static void
show_json(const struct simulate *how, const struct simulate_sums *s)
{
	cli_json(json_pack("{s:s, s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:o}",
		"level", level_word(how->level), "sample", how->sample > 0,
		"interrupted", stopped != 0, "certificates",
		(json_int_t)s->seen, "touched", (json_int_t)s->touched,
		"refused", (json_int_t)s->refused, "damaged",
		(json_int_t)s->damaged, "octets", (json_int_t)s->octets,
		"saved", (json_int_t)s->saved, "rules", rules_of(s)));
}

static void
show_rule(const struct simulate_rule *r)
{
	char hex[FINGERPRINT_HEX_MAX];
	size_t i;

	printf("\n%10" PRIu64 " packet%s of %" PRIu64 " certificate%s: %s",
		r->packets, cli_s(r->packets), r->certs, cli_s(r->certs),
		verdict_word(r->verdict));
	if (r->limit != NULL)
		printf(", over %s", r->limit);
	printf("\n           %s\n", verdict_sentence(r->verdict));
	if (r->refused > 0)
		printf("           %" PRIu64
		       " certificate%s would be refused whole\n",
			r->refused, cli_s(r->refused));
	for (i = 0; i < r->example_count; i++) {
		fingerprint_hex(&r->examples[i].fpr, hex);
		printf("           %s, %zu user ID%s, %" PRIu64 " packet%s\n",
			hex, r->examples[i].user_ids,
			cli_s(r->examples[i].user_ids), r->examples[i].packets,
			cli_s(r->examples[i].packets));
	}
}

static void
show_text(const struct simulate *how, const struct simulate_sums *s)
{
	size_t i;

	printf("At level %s%s%s:\n", level_word(how->level),
		how->sample > 0 ? ", of a random sample" : "",
		stopped ? ", interrupted" : "");
	printf("%10" PRIu64 " certificate%s looked at\n"
	       "%10" PRIu64 " would lose something\n"
	       "%10" PRIu64 " would be refused whole\n"
	       "%10" PRIu64 " of %" PRIu64 " octets would be saved\n",
		s->seen, s->seen == 1 ? " was" : "s were", s->touched,
		s->refused, s->saved, s->octets);
	if (s->damaged > 0)
		printf("%10" PRIu64 " row%s damaged\n", s->damaged,
			s->damaged == 1 ? " is" : "s are");
	for (i = 0; i < s->rule_count; i++)
		show_rule(&s->rules[i]);
}

/* ---- the command ------------------------------------------------------ */

static void
progress(void *ctx, uint64_t done, uint64_t total)
{
	struct progress *p = ctx;

	progress_step(p, "looking", done, total);
}

static enum status
run(struct cli *c, struct simulate *how, struct simulate_sums *sums,
	struct err *err)
{
	struct store_settings settings = c->conf->store;
	struct progress bar;
	enum status st;

	settings.read_only = true;
	st = cli_become_owner(c, err);
	if (st == STATUS_OK)
		st = tombstones_open(c->conf->data, &how->taken_down, err);
	if (st == STATUS_OK)
		st = store_open(&settings, &how->store, err);
	if (st != STATUS_OK) {
		tombstones_free(how->taken_down);
		return st;
	}
	progress_start(&bar, 0, cli_has(c, CLI_QUIET));
	bar.unit = "certificates";
	how->progress = progress;
	how->ctx = &bar;
	st = simulate_run(how, sums, err);
	progress_end(&bar);
	store_close(how->store);
	tombstones_free(how->taken_down);
	return st;
}

static enum cli_exit
simulate(struct cli *c)
{
	struct simulate how = {.stop = &stopped,
		.sample = c->sample,
		.examples = c->examples,
		.jobs = c->jobs};
	struct sigaction action = {.sa_handler = stop};
	struct simulate_sums sums = {.seen = 0};
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct err err = {""};
	struct policy policy;
	enum status st;

	if (!set_policy(c, &policy))
		return CLI_USAGE;
	how.level = policy.level;
	how.limits = policy_limits(&policy, true);
	if (how.jobs == 0)
		how.jobs = cpus < 1 ? 1 : cpus > 16 ? 16 : (size_t)cpus;
	action.sa_flags = (int)SA_RESETHAND; /* a second one ends it at once */
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	st = run(c, &how, &sums, &err);
	if (st == STATUS_OK && cli_has(c, CLI_JSON))
		show_json(&how, &sums);
	else if (st == STATUS_OK)
		show_text(&how, &sums);
	else
		cli_say("%s", err.text[0] != '\0' ? err.text : status_name(st));
	simulate_done(&sums);
	if (st != STATUS_OK)
		return CLI_NO;
	return stopped ? CLI_PARTLY : CLI_YES;
}

enum cli_exit
cmd_policy(struct cli *c)
{
	enum cli_exit code;

	if (c->word_count != 1 || strcmp(c->words[0], "simulate") != 0)
		return CLI_USAGE;
	code = cli_load_conf(c);
	return code == CLI_YES ? simulate(c) : code;
}

#include "cli/options.h"

#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const struct row {
	const char *name;
	char letter;           /* or 0 */
	unsigned int bit;      /* 0: every command takes it */
	const char *takes;     /* NULL: nothing */
	const char *of, *what; /* of NULL: of all that have no row of theirs */
} rows[] = {
	{"jobs", 0, CLI_JOBS, "N", "load",
		"threads, or pieces under way to a daemon: 1 to 16"},
	{"level", 0, CLI_LEVEL, "LEVEL", "load",
		"keep it at level sks (unverified), clean or strict"},
	{"again", 0, CLI_AGAIN, NULL, NULL,
		"read files that were loaded before, too"},
	{"since", 0, CLI_SINCE, "WHEN", "dump",
		"only what changed since: an earlier DIR, time or number"},
	{"zstd", 0, CLI_ZSTD, NULL, NULL, "compress each file"},
	{"binary", 0, CLI_BINARY, NULL, NULL, "octets in place of armor"},
	{"level", 0, CLI_LEVEL, "LEVEL", "explain",
		"judge by level sks, clean or strict"},
	{"level", 0, CLI_LEVEL, "LEVEL", "policy",
		"the level to try: sks, clean or strict"},
	{"set", 0, CLI_SET, "NAME=VALUE", NULL,
		"a limit to try, as in section [limits]; may be repeated"},
	{"sample", 0, CLI_SAMPLE, "N", NULL, "look at N rows drawn at random"},
	{"examples", 0, CLI_EXAMPLES, "N", NULL,
		"certificates to name for each rule: 3 unless said"},
	{"jobs", 0, CLI_JOBS, "N", NULL,
		"threads: one for each processor unless said"},
	{"sender", 0, CLI_SENDER, "ADDRESS", NULL,
		"the envelope's sender: $SENDER unless said"},
	{"since", 0, CLI_SINCE, "TIME", "peer",
		"resync: only what changed since, say, 2026-01-31"},
	{"kind", 0, CLI_KIND, "KIND", NULL,
		"of the item: block, erase, uid, sig or pkt"},
	{"reason", 0, CLI_REASON, "TEXT", NULL, "add: why; list shows it"},
	{"ticket", 0, CLI_TICKET, "ID", NULL,
		"add, remove: whose case; list and the log show it"},
	{"force", 0, CLI_FORCE, NULL, NULL, "replace FILE if it is there"},
	{"quick", 0, CLI_QUICK, NULL, NULL,
		"check: leave out the structure of the file"},
	{"repair", 0, CLI_REPAIR, NULL, NULL,
		"check: mend what can be mended; no daemon may run"},
	{"no-backup", 0, CLI_NO_BACKUP, NULL, NULL,
		"upgrade: make no backup before the first step"},
	{"seed", 0, CLI_SEED, "URL", NULL,
		"where to begin, if not at this server; may be repeated"},
	{"depth", 0, CLI_DEPTH, "N", NULL,
		"ask no server further than N steps away: 16 unless said"},
	{"dot", 0, CLI_DOT, NULL, NULL, "a graph for dot(1), as without it"},
	{"json", 0, CLI_JSON, NULL, "graph", "the graph as JSON"},
	{"private", 0, CLI_PRIVATE, NULL, NULL,
		"ask servers at private addresses, too"},
	{"probe", 0, CLI_PROBE, NULL, NULL,
		"check: try relays and gossip partners; send no letter"},
	{"dry-run", 0, CLI_DRY_RUN, NULL, "load",
		"read everything; store and verify nothing"},
	{"dry-run", 0, CLI_DRY_RUN, NULL, "restore",
		"verify FILE and do no more; a daemon may run"},
	{"dry-run", 0, CLI_DRY_RUN, NULL, NULL,
		"say what would be done, and do nothing"},
	{"json", 0, CLI_JSON, NULL, NULL, "facts as JSON, one object a line"},
	{"quiet", 'q', CLI_QUIET, NULL, "config",
		"show: only the keys that were set"},
	{"quiet", 'q', CLI_QUIET, NULL, NULL, "say only what went wrong"},
	{"verbose", 'v', CLI_VERBOSE, NULL, "load",
		"tell of all that was left out, not of the first 1000"},
	{"verbose", 'v', CLI_VERBOSE, NULL, "search", "signatures, too"},
	{"verbose", 'v', CLI_VERBOSE, NULL, "status",
		"also what never happened"},
	{"verbose", 'v', CLI_VERBOSE, NULL, "graph",
		"name the servers that did not answer"},
	{"verbose", 'v', CLI_VERBOSE, NULL, NULL, "say more"},
	{"config", 'c', 0, "FILE", NULL, "the configuration to use"},
	{"help", 'h', 0, NULL, NULL, "print this"},
	{"version", 'V', 0, NULL, "", "print the version"},
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]), OF_ROWS = 256 };

/* Where what an option takes goes: a text, or a number in these bounds. */
static const struct value {
	unsigned int bit;
	size_t at;
	size_t least, most; /* most 0: a text */
} values[] = {
	{CLI_LEVEL, offsetof(struct cli, level), 0, 0},
	{CLI_SINCE, offsetof(struct cli, since), 0, 0},
	{CLI_SENDER, offsetof(struct cli, sender), 0, 0},
	{CLI_KIND, offsetof(struct cli, kind), 0, 0},
	{CLI_REASON, offsetof(struct cli, reason), 0, 0},
	{CLI_TICKET, offsetof(struct cli, ticket), 0, 0},
	{CLI_JOBS, offsetof(struct cli, jobs), 1, 16},
	{CLI_DEPTH, offsetof(struct cli, depth), 0, 1000},
	{CLI_SAMPLE, offsetof(struct cli, sample), 0, 1000000000},
	{CLI_EXAMPLES, offsetof(struct cli, examples), 0, 100},
};

/* ---- taking them ----------------------------------------------------------
 */

static bool
take_number(const struct row *row, const struct value *v, const char *text,
	size_t *out)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*end != '\0' || *text < '0' || *text > '9' || n < v->least ||
		n > v->most) {
		cli_say("--%s takes a number from %zu to %zu", row->name,
			v->least, v->most);
		return false;
	}
	*out = n;
	return true;
}

static bool
take_set(struct cli *c, const char *text)
{
	if (c->set_count == CLI_SETS_MAX || strchr(text, '=') == NULL) {
		cli_say("--set takes NAME=VALUE, at most %d times",
			CLI_SETS_MAX);
		return false;
	}
	c->sets[c->set_count++] = text;
	return true;
}

static bool
take_seed(struct cli *c, const char *url)
{
	if (c->seed_count == CLI_SEEDS_MAX) {
		cli_say("--seed: at most %d times", CLI_SEEDS_MAX);
		return false;
	}
	c->seeds[c->seed_count++] = url;
	return true;
}

static bool
take_value(struct cli *c, const struct row *row, const char *text)
{
	const struct value *v = values;

	if (row->bit == CLI_SET)
		return take_set(c, text);
	if (row->bit == CLI_SEED)
		return take_seed(c, text);
	while (v->bit != row->bit)
		v++;
	if (v->most > 0)
		return take_number(
			row, v, text, (size_t *)(void *)((char *)c + v->at));
	*(const char **)(void *)((char *)c + v->at) = text;
	return true;
}

static enum options_end
take(struct cli *c, const struct row *row, const char *text)
{
	c->options |= row->bit;
	if (row->letter == 'h')
		return OPTIONS_HELP;
	if (row->letter == 'V')
		return OPTIONS_VERSION;
	if (row->letter == 'c')
		c->conf_path = text;
	else if (row->takes != NULL && !take_value(c, row, text))
		return OPTIONS_WRONG;
	return OPTIONS_TAKEN;
}

/* The first row of that name. */
static const struct row *
find(const char *name)
{
	const struct row *row = rows;

	while (strcmp(row->name, name) != 0)
		row++;
	return row;
}

static void
list_for_getopt(struct option list[ROWS + 1], char letters[2 * ROWS + 1])
{
	memset(list, 0, (ROWS + 1) * sizeof(*list));
	for (size_t i = 0; i < ROWS; i++) {
		if (find(rows[i].name) != &rows[i])
			continue;
		*list++ = (struct option){rows[i].name,
			rows[i].takes != NULL ? required_argument : no_argument,
			NULL, OF_ROWS + (int)i};
		if (rows[i].letter == 0)
			continue;
		*letters++ = rows[i].letter;
		if (rows[i].takes != NULL)
			*letters++ = ':';
	}
	*letters = '\0';
}

static const struct row *
row_of(int o)
{
	const struct row *row = rows;

	if (o >= OF_ROWS)
		return &rows[o - OF_ROWS];
	while (row < rows + ROWS && row->letter != o)
		row++;
	return row < rows + ROWS ? row : NULL;
}

enum options_end
options_take(struct cli *c, int argc, char **argv)
{
	struct option list[ROWS + 1];
	char letters[2 * ROWS + 1];
	enum options_end end = OPTIONS_TAKEN;
	const struct row *row;
	int o;

	list_for_getopt(list, letters);
	while (end == OPTIONS_TAKEN &&
		(o = getopt_long(argc, argv, letters, list, NULL)) != -1) {
		row = row_of(o);
		end = row != NULL ? take(c, row, optarg) : OPTIONS_WRONG;
	}
	c->words = argv + optind;
	c->word_count = (size_t)(argc - optind);
	return end;
}

/* ---- telling of them ------------------------------------------------------
 */

const char *
options_name(unsigned int options)
{
	const struct row *row = rows;

	while (row < rows + ROWS && (row->bit & options) == 0)
		row++;
	return row < rows + ROWS ? row->name : "";
}

/* Has this command a row of that name that is its own? */
static bool
has_own(const char *command, const char *name)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].of != NULL && strcmp(rows[i].of, command) == 0 &&
			strcmp(rows[i].name, name) == 0)
			return true;
	}
	return false;
}

static bool
is_of(const struct row *row, const char *command, unsigned int options)
{
	if (row->bit != 0 && (row->bit & options) == 0)
		return false;
	if (row->of != NULL)
		return strcmp(row->of, command) == 0;
	return !has_own(command, row->name);
}

static void
print_row(FILE *out, const struct row *row)
{
	char letter[] = {'-', row->letter, ',', '\0'}, text[40];

	(void)snprintf(text, sizeof(text), "%3s --%s %s",
		row->letter != 0 ? letter : "", row->name,
		row->takes != NULL ? row->takes : "");
	fprintf(out, "  %-20s  %s\n", text, row->what);
}

void
options_print(FILE *out, const char *command, unsigned int options)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (is_of(&rows[i], command, options))
			print_row(out, &rows[i]);
	}
}

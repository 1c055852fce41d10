/* keypost: options and the table of commands. */
#include "config.h"

#include <ctype.h>
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cli/cli.h"

struct command {
	const char *word;
	enum cli_exit (*run)(struct cli *c);
	unsigned int options; /* beside -c, -q and -v */
	const char *arguments;
	const char *summary;
};

static const struct command commands[] = {
	{"add", cmd_add, CLI_JSON | CLI_DRY_RUN, "FILE...|-",
		"submit key material to the running daemon"},
	{"load", cmd_load,
		CLI_JSON | CLI_DRY_RUN | CLI_JOBS | CLI_LEVEL | CLI_AGAIN,
		"PATH...|-", "bulk load of key files and folders"},
	{"dump", cmd_dump, CLI_JSON | CLI_DRY_RUN | CLI_SINCE | CLI_ZSTD,
		"[--since TIME|SEQ] [--zstd] DIR|-",
		"write all certificates to files"},
	{"get", cmd_get, CLI_JSON | CLI_BINARY, "TERM",
		"write the certificates that match"},
	{"search", cmd_search, CLI_JSON, "TERM",
		"list the certificates that match"},
	{"explain", cmd_explain, CLI_JSON | CLI_LEVEL, "FPR|FILE...|-",
		"every packet, what became of it, by which rule"},
	{"policy", cmd_policy,
		CLI_JSON | CLI_LEVEL | CLI_JOBS | CLI_SET | CLI_SAMPLE |
			CLI_EXAMPLES,
		"simulate [--level L] [--set NAME=VALUE]...",
		"what another level or limit would drop"},
	{"deliver", cmd_deliver, CLI_SENDER, "",
		"take one letter on stdin (alias, pipe)"},
	{"peer", cmd_peer, CLI_JSON | CLI_DRY_RUN | CLI_SINCE,
		"list | status | key | pause NAME | resume NAME | resync NAME",
		"mail peers and how far behind each is"},
	{"queue", cmd_queue, CLI_JSON | CLI_DRY_RUN, "list | retry [NAME]",
		"what waits for whom and why"},
	{"block", cmd_block,
		CLI_JSON | CLI_DRY_RUN | CLI_KIND | CLI_REASON | CLI_TICKET,
		"add FPR...|- | list [FPR...] | remove FPR...|-",
		"take certificates down, and keep them down"},
	{"recon", cmd_recon, CLI_JSON | CLI_DRY_RUN,
		"run PEER | status | rebuild",
		"gossip now, how it stands, the tree anew"},
	{"status", cmd_status, CLI_JSON, "", "the running daemon on a screen"},
	{"backup", cmd_backup, CLI_JSON | CLI_DRY_RUN | CLI_FORCE, "FILE",
		"a checked copy of the store, as it runs"},
	{"db", cmd_db,
		CLI_JSON | CLI_DRY_RUN | CLI_QUICK | CLI_REPAIR | CLI_NO_BACKUP,
		"check [--quick] [--repair] | upgrade",
		"is the store sound? bring it to this version"},
	{"restore", cmd_restore, CLI_JSON | CLI_DRY_RUN, "FILE",
		"make a backup the store; no daemon may run"},
	{"graph", cmd_graph,
		CLI_JSON | CLI_SEED | CLI_DEPTH | CLI_DOT | CLI_PRIVATE,
		"[--seed URL]... [--depth N] [--dot|--json] [--private]",
		"servers, and who passes keys on to whom"},
	{"config", cmd_config, CLI_JSON | CLI_PROBE, "check | show",
		"check the configuration, or show it"},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static const struct option long_options[] = {
	{"config", required_argument, NULL, 'c'},
	{"quiet", no_argument, NULL, 'q'}, {"verbose", no_argument, NULL, 'v'},
	{"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'V'},
	{"json", no_argument, NULL, 256 + CLI_JSON},
	{"dry-run", no_argument, NULL, 256 + CLI_DRY_RUN},
	{"binary", no_argument, NULL, 256 + CLI_BINARY},
	{"jobs", required_argument, NULL, 256 + CLI_JOBS},
	{"level", required_argument, NULL, 256 + CLI_LEVEL},
	{"again", no_argument, NULL, 256 + CLI_AGAIN},
	{"probe", no_argument, NULL, 256 + CLI_PROBE},
	{"seed", required_argument, NULL, 256 + CLI_SEED},
	{"depth", required_argument, NULL, 256 + CLI_DEPTH},
	{"dot", no_argument, NULL, 256 + CLI_DOT},
	{"private", no_argument, NULL, 256 + CLI_PRIVATE},
	{"set", required_argument, NULL, 256 + CLI_SET},
	{"sample", required_argument, NULL, 256 + CLI_SAMPLE},
	{"examples", required_argument, NULL, 256 + CLI_EXAMPLES},
	{"since", required_argument, NULL, 256 + CLI_SINCE},
	{"zstd", no_argument, NULL, 256 + CLI_ZSTD},
	{"no-backup", no_argument, NULL, 256 + CLI_NO_BACKUP},
	{"quick", no_argument, NULL, 256 + CLI_QUICK},
	{"repair", no_argument, NULL, 256 + CLI_REPAIR},
	{"force", no_argument, NULL, 256 + CLI_FORCE},
	{"sender", required_argument, NULL, 256 + CLI_SENDER},
	{"kind", required_argument, NULL, 256 + CLI_KIND},
	{"reason", required_argument, NULL, 256 + CLI_REASON},
	{"ticket", required_argument, NULL, 256 + CLI_TICKET},
	{NULL, 0, NULL, 0}};

/* What is long has its summary on a line of its own. */
static void
print_command(FILE *out, const struct command *cmd)
{
	fprintf(out, "  %-8s %-37s", cmd->word, cmd->arguments);
	if (strlen(cmd->arguments) > 37)
		fprintf(out, "\n%48s", "");
	fprintf(out, " %s\n", cmd->summary);
}

static void
print_usage(FILE *out)
{
	fputs("usage: keypost [-c FILE] [-q] [-v] COMMAND ...\n\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		print_command(out, &commands[i]);
	fputs("\nkeypost COMMAND --help lists its options; see keypost(1).\n",
		out);
}

/* "--jobs JOBS": an option is told with what it takes. */
static void
print_option(FILE *out, const struct option *o)
{
	fprintf(out, "  --%s", o->name);
	if (o->has_arg == required_argument)
		fputc(' ', out);
	for (const char *p = o->name; o->has_arg != no_argument && *p; p++)
		fputc(toupper((unsigned char)*p), out);
	fputc('\n', out);
}

static void
print_help(FILE *out, const struct command *cmd)
{
	fprintf(out,
		"usage: keypost [-c FILE] [-q] [-v] %s [OPTION]... %s\n\n%s\n",
		cmd->word, cmd->arguments, cmd->summary);
	for (const struct option *o = long_options; o->name != NULL; o++) {
		if (o->val >= 256 &&
			((unsigned int)o->val - 256) & cmd->options)
			print_option(out, o);
	}
	fputs("\nsee keypost(1).\n", out);
}

static bool
take_jobs(struct cli *c, const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*end != '\0' || n < 1 || n > 16) {
		cli_say("--jobs takes a number from 1 to 16");
		return false;
	}
	c->jobs = n;
	return true;
}

static bool
take_depth(struct cli *c, const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*end != '\0' || *text < '0' || *text > '9' || n > 1000) {
		cli_say("--depth takes a number from 0 to 1000");
		return false;
	}
	c->depth = (unsigned int)n;
	return true;
}

static bool
take_number(const char *option, const char *text, size_t max, size_t *out)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*end != '\0' || *text < '0' || *text > '9' || n > max) {
		cli_say("%s takes a number up to %zu", option, max);
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
		cli_say("at most %d seeds", CLI_SEEDS_MAX);
		return false;
	}
	c->seeds[c->seed_count++] = url;
	return true;
}

/* One option; false ends with a usage error. */
static bool
take_option(struct cli *c, int o)
{
	if (o == 'c')
		c->conf_path = optarg;
	else if (o == 'q')
		c->options |= CLI_QUIET;
	else if (o == 'v')
		c->options |= CLI_VERBOSE;
	else if (o < 256)
		return false;
	if (o < 256)
		return true;
	c->options |= (unsigned int)o - 256;
	if (o - 256 == CLI_LEVEL)
		c->level = optarg;
	if (o - 256 == CLI_SINCE)
		c->since = optarg;
	if (o - 256 == CLI_SENDER)
		c->sender = optarg;
	if (o - 256 == CLI_KIND)
		c->kind = optarg;
	if (o - 256 == CLI_REASON)
		c->reason = optarg;
	if (o - 256 == CLI_TICKET)
		c->ticket = optarg;
	if (o - 256 == CLI_SET)
		return take_set(c, optarg);
	if (o - 256 == CLI_SAMPLE)
		return take_number("--sample", optarg, 1000000000, &c->sample);
	if (o - 256 == CLI_EXAMPLES)
		return take_number("--examples", optarg, 100, &c->examples);
	if (o - 256 == CLI_DEPTH)
		return take_depth(c, optarg);
	if (o - 256 == CLI_SEED)
		return take_seed(c, optarg);
	return o - 256 != CLI_JOBS || take_jobs(c, optarg);
}

static const struct command *
find_command(const char *word)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].word, word) == 0)
			return &commands[i];
	}
	return NULL;
}

/* deliver speaks to mail systems, which know sysexits.h. */
static int
usage_error(const struct command *cmd)
{
	if (cmd != NULL)
		cli_say("usage: keypost %s %s; keypost %s --help lists its "
			"options",
			cmd->word, cmd->arguments, cmd->word);
	else
		print_usage(stderr);
	return cmd != NULL && cmd->run == cmd_deliver ? EX_USAGE : CLI_USAGE;
}

/* The command's word among options: enough to word a usage error. */
static const struct command *
guess_command(int argc, char **argv)
{
	const struct command *cmd = NULL;

	for (int i = 1; i < argc && cmd == NULL; i++)
		cmd = find_command(argv[i]);
	return cmd;
}

static int
help(const struct command *cmd)
{
	if (cmd != NULL)
		print_help(stdout, cmd);
	else
		print_usage(stdout);
	return 0;
}

static int
run(struct cli *c, const struct command *cmd)
{
	const unsigned int common = CLI_QUIET | CLI_VERBOSE;
	enum cli_exit code;

	if ((c->options & ~(cmd->options | common)) != 0) {
		cli_say("%s does not take this option", cmd->word);
		return usage_error(cmd);
	}
	if (cmd->options & CLI_JSON && cmd->arguments[0] != '\0' &&
		cmd->arguments[0] != '[' && c->word_count == 0)
		return usage_error(cmd);
	code = cmd->run(c);
	conf_free(c->conf);
	if (code == CLI_USAGE)
		return usage_error(cmd);
	return (int)code;
}

int
main(int argc, char **argv)
{
	const struct command *cmd;
	struct cli c = {.examples = 3};
	int o;

	(void)setlocale(LC_CTYPE, "");
	while ((o = getopt_long(argc, argv, "c:qvhV", long_options, NULL)) !=
		-1) {
		if (o == 'h')
			return help(guess_command(argc, argv));
		if (o == 'V') {
			puts("keypost " PACKAGE_VERSION);
			return 0;
		}
		if (!take_option(&c, o))
			return usage_error(guess_command(argc, argv));
	}
	if (optind == argc)
		return usage_error(NULL);
	cmd = find_command(argv[optind]);
	if (cmd == NULL) {
		cli_say("'%.40s' is no command", argv[optind]);
		return usage_error(NULL);
	}
	c.words = argv + optind + 1;
	c.word_count = (size_t)(argc - optind - 1);
	return run(&c, cmd);
}

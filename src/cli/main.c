/* keypost: the table of commands. */
#include "config.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/file.h"
#include "cli/options.h"

struct command {
	const char *word;
	enum cli_exit (*run)(struct cli *c);
	unsigned int options; /* beside COMMON */
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
		"DIR|-", "write all certificates to files"},
	{"get", cmd_get, CLI_JSON | CLI_BINARY, "TERM",
		"write the certificates that match"},
	{"search", cmd_search, CLI_JSON, "TERM",
		"list the certificates that match"},
	{"explain", cmd_explain, CLI_JSON | CLI_LEVEL, "FPR|FILE...|-",
		"every packet, what became of it, by which rule"},
	{"policy", cmd_policy,
		CLI_JSON | CLI_LEVEL | CLI_JOBS | CLI_SET | CLI_SAMPLE |
			CLI_EXAMPLES,
		"simulate", "what another level or limit would drop"},
	{"deliver", cmd_deliver, CLI_SENDER, "",
		"take one letter on stdin (alias, pipe)"},
	{"peer", cmd_peer, CLI_JSON | CLI_DRY_RUN | CLI_SINCE,
		"list | status | key | pause NAME | resume NAME | resync NAME",
		"mail peers and how far behind each is"},
	{"queue", cmd_queue, CLI_JSON | CLI_DRY_RUN, "list | retry [NAME]",
		"what waits for whom and why"},
	{"block", cmd_block,
		CLI_JSON | CLI_DRY_RUN | CLI_KIND | CLI_REASON | CLI_TICKET,
		"add ITEM...|- | list [ITEM...] | remove ITEM...|-",
		"take certificates down, and keep them down"},
	{"recon", cmd_recon, CLI_JSON | CLI_DRY_RUN,
		"run PEER | status | rebuild",
		"gossip now, how it stands, the tree anew"},
	{"status", cmd_status, CLI_JSON, "", "the running daemon on a screen"},
	{"backup", cmd_backup, CLI_JSON | CLI_DRY_RUN | CLI_FORCE, "FILE",
		"a checked copy of the store, as it runs"},
	{"db", cmd_db,
		CLI_JSON | CLI_DRY_RUN | CLI_QUICK | CLI_REPAIR | CLI_NO_BACKUP,
		"check | upgrade",
		"is the store sound? bring it to this version"},
	{"restore", cmd_restore, CLI_JSON | CLI_DRY_RUN, "FILE",
		"make a backup the store; no daemon may run"},
	{"graph", cmd_graph,
		CLI_JSON | CLI_SEED | CLI_DEPTH | CLI_DOT | CLI_PRIVATE, "",
		"servers, and who passes keys on to whom"},
	{"config", cmd_config, CLI_JSON | CLI_PROBE, "check | show",
		"check the configuration, or show it"},
};

enum {
	COMMANDS = sizeof(commands) / sizeof(commands[0]),
	COMMON = CLI_QUIET | CLI_VERBOSE, /* every command takes them */
	USAGE_SIZE = 256
};

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
	fputs("usage: keypost [OPTION]... COMMAND ...\n\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		print_command(out, &commands[i]);
	fputc('\n', out);
	options_print(out, "", COMMON);
	fputs("\nkeypost COMMAND --help lists its options; see keypost(1).\n",
		out);
}

static const char *
usage_of(const struct command *cmd, char *out, size_t size)
{
	(void)snprintf(out, size, "usage: keypost %s [OPTION]...%s%s",
		cmd->word, cmd->arguments[0] != '\0' ? " " : "",
		cmd->arguments);
	return out;
}

static void
print_help(FILE *out, const struct command *cmd)
{
	char usage[USAGE_SIZE];

	fprintf(out, "%s\n\n%s\n\n", usage_of(cmd, usage, sizeof(usage)),
		cmd->summary);
	options_print(out, cmd->word, cmd->options | COMMON);
	fputs("\nsee keypost(1).\n", out);
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
	char usage[USAGE_SIZE];

	if (cmd != NULL)
		cli_say("%s; keypost %s --help lists its options",
			usage_of(cmd, usage, sizeof(usage)), cmd->word);
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
	unsigned int others = c->options & ~(cmd->options | COMMON);
	enum cli_exit code;

	if (others != 0) {
		cli_say("%s does not take --%s", cmd->word,
			options_name(others));
		return usage_error(cmd);
	}
	if (cmd->options & CLI_JSON && cmd->arguments[0] != '\0' &&
		c->word_count == 0)
		return usage_error(cmd);
	code = cmd->run(c);
	conf_free(c->conf);
	if (code == CLI_USAGE)
		return usage_error(cmd);
	return (int)code;
}

/* A full disk may have got none of it. */
static int
end(int code)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return code;
	cli_say("standard output cannot be written: not all of it is there");
	return code == CLI_YES ? CLI_NO : code;
}

int
main(int argc, char **argv)
{
	const struct command *cmd;
	struct cli c = {.examples = 3};
	enum options_end taken;

	file_hold_standard();
	(void)setlocale(LC_CTYPE, "");
	taken = options_take(&c, argc, argv);
	if (taken == OPTIONS_HELP)
		return end(help(guess_command(argc, argv)));
	if (taken == OPTIONS_VERSION) {
		puts("keypost " PACKAGE_VERSION);
		return end(0);
	}
	if (taken == OPTIONS_WRONG)
		return usage_error(guess_command(argc, argv));
	if (c.word_count == 0)
		return usage_error(NULL);
	cmd = find_command(c.words[0]);
	if (cmd == NULL) {
		cli_say("'%.40s' is no command", c.words[0]);
		return usage_error(NULL);
	}
	c.words++;
	c.word_count--;
	return end(run(&c, cmd));
}

/* keypost status: the running daemon on a screen. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/show.h"

/* Those of a family that never happened say nothing: most of a screen. */
static void
show_counters(const json_t *line, bool all)
{
	const char *key;
	const json_t *value;

	json_object_foreach(json_object_get(line, "counters"), key,
		value) if (all || strchr(key, '{') == NULL ||
			   json_integer_value(value) != 0)
		printf("  %-28s %" PRId64 "\n", key,
			(int64_t)json_integer_value(value));
}

/* Only while there is something to verify, or something could not be. */
static void
show_raise(const json_t *raise)
{
	if (json_is_true(json_object_get(raise, "running")))
		printf("  raising       to level %s: %" PRId64
		       " certificates to look at, %" PRId64 " a second\n",
			show_text(raise, "level"), show_number(raise, "left"),
			show_number(raise, "rate"));
	if (show_number(raise, "skipped") > 0)
		printf("  not raised    %" PRId64
		       " certificates; the log names them\n",
			show_number(raise, "skipped"));
}

static void
show_gossip(const json_t *tree)
{
	if (!json_is_object(tree))
		puts("  gossip        off");
	else if (json_is_true(json_object_get(tree, "building")))
		puts("  gossip        its tree is being built");
	else
		printf("  gossip        port %" PRId64 ", %" PRId64
		       " certificates offered, %" PRId64 " changes behind\n",
			show_number(tree, "port"), show_number(tree, "digests"),
			show_number(tree, "behind"));
}

static void
show_status(const json_t *line)
{
	printf("keypost %s, process %" PRId64 "\n", show_text(line, "version"),
		show_number(line, "pid"));
	printf("  name          %s\n", show_text(line, "name"));
	for (size_t i = 0; i < json_array_size(json_object_get(line, "listen"));
		i++)
		printf("  listens on    %s\n",
			json_string_value(json_array_get(
				json_object_get(line, "listen"), i)));
	printf("  mail          %s\n", *show_text(line, "mail") != '\0'
					       ? show_text(line, "mail")
					       : "off");
	printf("  data          %s\n", show_text(line, "data"));
	printf("  store         %s\n", show_text(line, "store"));
	printf("  certificates  %" PRId64 "\n",
		show_number(line, "certificates"));
	printf("  change log    %" PRId64 " records, last %" PRId64 "\n",
		show_number(line, "changes"), show_number(line, "last_change"));
	printf("  on disk       %" PRId64 " octets, %" PRId64 " free\n",
		show_number(line, "store_octets"),
		show_number(line, "free_octets"));
	printf("  check         %s%s\n", show_text(line, "check"),
		json_is_true(json_object_get(line, "damaged"))
			? "; the store is DAMAGED and takes nothing in"
			: "");
	show_raise(json_object_get(line, "raise"));
	show_gossip(json_object_get(line, "gossip"));
	printf("  sandbox       %s\n", show_text(line, "sandbox"));
}

static void
show_short(const json_t *line)
{
	show_status(line);
	show_counters(line, false);
}

static void
show_long(const json_t *line)
{
	show_status(line);
	show_counters(line, true);
}

enum cli_exit
cmd_status(struct cli *c)
{
	static const char *const words[] = {"status", NULL};

	if (c->word_count != 0)
		return CLI_USAGE;
	return remote_run(
		c, words, cli_has(c, CLI_VERBOSE) ? show_long : show_short);
}

/* keypost status, peer, queue: what the running daemon says of itself. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/remote.h"

static const char *
text(const json_t *line, const char *key)
{
	const char *s = json_string_value(json_object_get(line, key));

	return s != NULL ? s : "";
}

static int64_t
number(const json_t *line, const char *key)
{
	return json_integer_value(json_object_get(line, key));
}

struct moment {
	char text[32];
};

static struct moment
moment(int64_t seconds)
{
	time_t t = (time_t)seconds;
	struct moment m = {"never"};
	struct tm tm;

	if (seconds > 0 && gmtime_r(&t, &tm) != NULL)
		(void)strftime(
			m.text, sizeof(m.text), "%Y-%m-%d %H:%M:%SZ", &tm);
	return m;
}

static void
show_status(const json_t *line)
{
	const char *key;
	const json_t *value;

	printf("keypost %s, process %" PRId64 "\n", text(line, "version"),
		number(line, "pid"));
	printf("  name          %s\n", text(line, "name"));
	for (size_t i = 0; i < json_array_size(json_object_get(line, "listen"));
		i++)
		printf("  listens on    %s\n",
			json_string_value(json_array_get(
				json_object_get(line, "listen"), i)));
	printf("  mail          %s\n",
		*text(line, "mail") != '\0' ? text(line, "mail") : "off");
	printf("  data          %s\n", text(line, "data"));
	printf("  store         %s\n", text(line, "store"));
	printf("  certificates  %" PRId64 "\n", number(line, "certificates"));
	printf("  change log    %" PRId64 " records, last %" PRId64 "\n",
		number(line, "changes"), number(line, "last_change"));
	printf("  on disk       %" PRId64 " octets, %" PRId64 " free\n",
		number(line, "store_octets"), number(line, "free_octets"));
	printf("  check         %s%s\n", text(line, "check"),
		json_is_true(json_object_get(line, "damaged"))
			? "; the store is DAMAGED and takes nothing in"
			: "");
	printf("  sandbox       %s\n", text(line, "sandbox"));
	json_object_foreach(json_object_get(line, "counters"), key, value)
		printf("  %-28s %" PRId64 "\n", key,
			(int64_t)json_integer_value(value));
}

static void
list_peer(const json_t *line)
{
	printf("%-16s %-8s %s\n", text(line, "name"), text(line, "state"),
		text(line, "mail"));
}

static void
show_peer(const json_t *line)
{
	printf("%s <%s>: %s", text(line, "name"), text(line, "mail"),
		text(line, "state"));
	if (json_object_get(line, "behind") == NULL) {
		puts("");
		return;
	}
	printf(", %" PRId64 " changes behind\n", number(line, "behind"));
	printf("  last sent %s, last received %s\n",
		moment(number(line, "last_sent")).text,
		moment(number(line, "last_received")).text);
	if (number(line, "attempts") > 0)
		printf("  failed %" PRId64 " times, next try %s: %s\n",
			number(line, "attempts"),
			moment(number(line, "next_try")).text,
			text(line, "last_error"));
}

static void
show_queue(const json_t *line)
{
	if (strcmp(text(line, "what"), "letter") == 0)
		printf("%-16s changes %" PRId64 "-%" PRId64 ", tried %" PRId64
		       " times, next %s %s\n",
			text(line, "peer"), number(line, "first"),
			number(line, "last"), number(line, "attempts"),
			moment(number(line, "next_try")).text,
			text(line, "why"));
	else
		printf("%-16s owed %s since %s: %s\n", text(line, "peer"),
			text(line, "fingerprint"),
			moment(number(line, "since")).text, text(line, "why"));
}

static void
show_nothing(const json_t *line)
{
	(void)line;
}

/* A verb that changes something: --dry-run only says so. */
static enum cli_exit
change(struct cli *c, const char *noun)
{
	const char *words[] = {noun, c->words[0],
		c->word_count > 1 ? c->words[1] : NULL, NULL};

	if (!cli_has(c, CLI_DRY_RUN))
		return remote_run(c, words, show_nothing);
	if (!cli_has(c, CLI_QUIET))
		printf("would %s %s\n", words[1],
			words[2] != NULL ? words[2] : "every peer");
	return CLI_YES;
}

enum cli_exit
cmd_status(struct cli *c)
{
	static const char *const words[] = {"status", NULL};

	return c->word_count == 0 ? remote_run(c, words, show_status)
				  : CLI_USAGE;
}

enum cli_exit
cmd_peer(struct cli *c)
{
	static const char *const list[] = {"peer", "list", NULL};
	static const char *const status[] = {"peer", "status", NULL};

	if (c->word_count == 1 && strcmp(c->words[0], "list") == 0)
		return remote_run(c, list, list_peer);
	if (c->word_count == 1 && strcmp(c->words[0], "status") == 0)
		return remote_run(c, status, show_peer);
	if (c->word_count == 2 && (strcmp(c->words[0], "pause") == 0 ||
					  strcmp(c->words[0], "resume") == 0))
		return change(c, "peer");
	return CLI_USAGE;
}

enum cli_exit
cmd_queue(struct cli *c)
{
	static const char *const list[] = {"queue", "list", NULL};

	if (c->word_count == 1 && strcmp(c->words[0], "list") == 0)
		return remote_run(c, list, show_queue);
	if (c->word_count >= 1 && c->word_count <= 2 &&
		strcmp(c->words[0], "retry") == 0)
		return change(c, "queue");
	return CLI_USAGE;
}

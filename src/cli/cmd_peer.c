/* keypost peer: mail peers, and how far behind each is. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/show.h"

static void
list_peer(const json_t *line)
{
	printf("%-16s %-8s %s\n", show_text(line, "name"),
		show_text(line, "state"), show_text(line, "mail"));
}

static void
show_peer(const json_t *line)
{
	printf("%s <%s>: %s", show_text(line, "name"), show_text(line, "mail"),
		show_text(line, "state"));
	if (json_object_get(line, "behind") == NULL) {
		puts("");
		return;
	}
	printf(", %" PRId64 " changes behind\n", show_number(line, "behind"));
	printf("  last sent %s, last received %s\n",
		show_moment(show_number(line, "last_sent")).text,
		show_moment(show_number(line, "last_received")).text);
	if (show_number(line, "attempts") > 0)
		printf("  failed %" PRId64 " times, next try %s: %s\n",
			show_number(line, "attempts"),
			show_moment(show_number(line, "next_try")).text,
			show_text(line, "last_error"));
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
		return show_change(c, "peer");
	return CLI_USAGE;
}

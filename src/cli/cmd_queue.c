/* keypost queue: what waits for whom, and why. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/show.h"

static void
show_queue(const json_t *line)
{
	if (strcmp(show_text(line, "what"), "letter") == 0)
		printf("%-16s changes %" PRId64 "-%" PRId64 ", tried %" PRId64
		       " times, next %s %s\n",
			show_text(line, "peer"), show_number(line, "first"),
			show_number(line, "last"),
			show_number(line, "attempts"),
			show_moment(show_number(line, "next_try")).text,
			show_text(line, "why"));
	else
		printf("%-16s owed %s since %s: %s\n", show_text(line, "peer"),
			show_text(line, "fingerprint"),
			show_moment(show_number(line, "since")).text,
			show_text(line, "why"));
}

enum cli_exit
cmd_queue(struct cli *c)
{
	static const char *const list[] = {"queue", "list", NULL};

	if (c->word_count == 1 && strcmp(c->words[0], "list") == 0)
		return remote_run(c, list, show_queue);
	if (c->word_count >= 1 && c->word_count <= 2 &&
		strcmp(c->words[0], "retry") == 0)
		return show_change(c, "queue");
	return CLI_USAGE;
}

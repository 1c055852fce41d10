/* keypost queue: what waits for whom, and why. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/show.h"

/* When it goes next; for one that does not by itself, what has to be done. */
static void
show_letter(const json_t *line)
{
	const char *peer = show_text(line, "peer");

	printf("%-16s changes %" PRId64 "-%" PRId64 ", tried %" PRId64
	       " times, ",
		peer, show_number(line, "first"), show_number(line, "last"),
		show_number(line, "attempts"));
	if (strcmp(show_text(line, "state"), "stopped") == 0)
		printf("stopped: %s; set that right, then: keypost queue "
		       "retry %s\n",
			show_text(line, "why"), peer);
	else if (strcmp(show_text(line, "state"), "paused") == 0)
		printf("paused; keypost peer resume %s\n", peer);
	else
		printf("next %s %s\n",
			show_moment(show_number(line, "next_try")).text,
			show_text(line, "why"));
}

static void
show_queue(const json_t *line)
{
	if (strcmp(show_text(line, "what"), "letter") == 0)
		show_letter(line);
	else
		printf("%-16s owed %s since %s: %s; to offer it again: "
		       "keypost queue retry %s\n",
			show_text(line, "peer"), show_text(line, "fingerprint"),
			show_moment(show_number(line, "since")).text,
			show_text(line, "why"), show_text(line, "peer"));
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

/* keypost recon: gossip now, how it stands, the tree anew. */
#include <stdio.h>
#include <string.h>

#include "cli/show.h"
#include "cli/show_gossip.h"

static void
show_status(const json_t *line)
{
	if (json_object_get(line, "peer") == NULL)
		show_gossip_tree(line);
	else
		show_gossip_peer(line, show_text(line, "peer"));
}

static enum cli_exit
rebuild(struct cli *c)
{
	enum cli_exit code;

	if (cli_has(c, CLI_DRY_RUN))
		return show_would(c, "build", "the tree anew");
	code = show_change(c, "recon");
	if (code == CLI_YES && !cli_has(c, CLI_QUIET) && !cli_has(c, CLI_JSON))
		puts("the tree is built anew as soon as no talk is under way; "
		     "recon status tells");
	return code;
}

enum cli_exit
cmd_recon(struct cli *c)
{
	static const char *const status[] = {"recon", "status", NULL};

	if (c->word_count == 1 && strcmp(c->words[0], "status") == 0)
		return remote_run(c, status, show_status);
	if (c->word_count == 1 && strcmp(c->words[0], "rebuild") == 0)
		return rebuild(c);
	if (c->word_count == 2 && strcmp(c->words[0], "run") == 0) {
		const char *words[] = {"recon", "run", c->words[1], NULL};

		if (cli_has(c, CLI_DRY_RUN))
			return show_would(c, "gossip with", c->words[1]);
		return remote_run(c, words, show_gossip_talk);
	}
	return CLI_USAGE;
}

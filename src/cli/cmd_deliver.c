/* keypost deliver: one letter on stdin into the spool, for a mail system. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/spool.h"
#include "cli/cli.h"

static const char *
find_sender(const struct cli *c)
{
	return c->sender != NULL ? c->sender : getenv("SENDER");
}

static enum status
deliver(struct cli *c, struct err *err)
{
	char dir[4200];
	enum status st;

	st = cli_become_owner(c, err);
	if (st != STATUS_OK)
		return st;
	(void)umask(077);
	snprintf(dir, sizeof(dir), "%s/spool", c->conf->data);
	st = spool_open(dir, err);
	if (st != STATUS_OK)
		return st;
	return spool_write(dir, STDIN_FILENO, find_sender(c), err);
}

enum cli_exit
cmd_deliver(struct cli *c)
{
	struct err err = {""};
	enum status st;

	if (c->word_count != 0)
		return CLI_USAGE;
	/* A wrong configuration is mended: the mail system keeps the letter. */
	if (cli_load_conf(c) != CLI_YES)
		return (enum cli_exit)EX_TEMPFAIL;
	st = deliver(c, &err);
	if (st == STATUS_OK)
		return CLI_YES;
	cli_say("deliver: %s", err.text);
	/* Too large once is too large for ever, and nobody gets a bounce. */
	return st == STATUS_LIMIT ? CLI_YES : (enum cli_exit)EX_TEMPFAIL;
}

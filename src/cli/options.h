/*
 * options.h - the options of keypost: how they are taken, and what is told
 *
 * One table has them all. An option that means something else to one command
 * has a row of that command's.
 *
 * Memory:  what is taken points into argv.
 * Threads: main.
 * Errors:  told on stderr, with the option's name.
 */
#ifndef KEYPOST_CLI_OPTIONS_H
#define KEYPOST_CLI_OPTIONS_H

#include <stdio.h>

#include "cli/cli.h"

enum options_end {
	OPTIONS_TAKEN, /* c->words is what is left */
	OPTIONS_HELP,
	OPTIONS_VERSION,
	OPTIONS_WRONG
};

/* Puts argv's options first. */
MUST_CHECK enum options_end options_take(struct cli *c, int argc, char **argv);
/* "--jobs" of CLI_JOBS; of several bits the first one's. */
const char *options_name(unsigned int options);
/* A line for each of these and of those that every command takes; "": of
 * keypost without a command. */
void options_print(FILE *out, const char *command, unsigned int options);

#endif

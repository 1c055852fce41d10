/*
 * block_letter.h - what to tell the person who asked for a take-down
 *
 * Threads: one.
 */
#ifndef KEYPOST_CLI_BLOCK_LETTER_H
#define KEYPOST_CLI_BLOCK_LETTER_H

#include <stdio.h>

#include "cli/cli.h"

/* `items`: what was taken down, a line each. */
void block_letter(const struct cli *c, const char *items, FILE *out);

#endif

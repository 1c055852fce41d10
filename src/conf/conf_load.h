/*
 * conf_load.h - what the files of src/conf share and nobody else sees
 *
 * Memory:  origins belong to the conf.
 * Threads: one.
 */
#ifndef KEYPOST_CONF_CONF_LOAD_H
#define KEYPOST_CONF_CONF_LOAD_H

#include "conf/conf.h"

/* One key that was given: its text and where. */
struct conf_origin {
	const struct conf_option *option; /* NULL: the [peer NAME] itself */
	size_t peer; /* index in mail.peers, for keys of [peer NAME] */
	char *text;
	char *file;
	int line;
	struct conf_origin *next;
};

/* NULL when the key has its default. */
struct conf_origin *conf_find_origin(
	const struct conf *c, const struct conf_option *o, size_t peer);
/* What follows from other keys, and what keys must not say together. */
MUST_CHECK enum status conf_finish(struct conf *c, struct err *err);

#endif

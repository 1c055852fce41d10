/*
 * conf_table.h - the options, in the order in which they are shown
 *
 * Threads: constants.
 */
#ifndef KEYPOST_CONF_CONF_TABLE_H
#define KEYPOST_CONF_CONF_TABLE_H

#include "conf/conf.h"

/* What a row leaves out. */
#define NO_LIST 0
#define NO_BOUNDS 0, 0
#define NO_WORDS NULL

struct conf_table {
	const struct conf_option *rows;
	size_t count;
};

extern const struct conf_table conf_table_main;   /* [server], [http] */
extern const struct conf_table conf_table_mail;   /* [mail], peers */
extern const struct conf_table conf_table_gossip; /* [gossip], peers */

#endif

/*
 * db_tree.h - the saved tree of gossip, for keypost db check
 *
 * It follows from the certificates, and nothing follows from it: what is wrong
 * with it is no loss, and a repair removes it.
 *
 * Memory:  nothing is kept; texts are static.
 * Threads: one.
 * Errors:  in the result: what cannot be compared is no fault.
 */
#ifndef KEYPOST_CLI_DB_TREE_H
#define KEYPOST_CLI_DB_TREE_H

#include "conf/conf.h"

enum db_tree {
	DB_TREE_NONE,
	DB_TREE_SOUND,
	DB_TREE_OLD,
	DB_TREE_WRONG,
	DB_TREE_REMOVED,
	DB_TREE_UNKNOWN
};

/* "none", "sound", ... */
const char *db_tree_word(enum db_tree tree);
/* After the store was checked. `why` says what is wrong, or why nobody knows;
 * at most one sentence without a full stop. */
enum db_tree db_tree_check(const struct conf *conf, struct err *why);
/* Whatever it is: it is built anew at the next start. */
enum db_tree db_tree_remove(const struct conf *conf, struct err *why);

#endif

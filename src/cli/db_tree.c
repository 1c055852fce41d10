#include "cli/db_tree.h"

#include <stdio.h>

#include "base/file.h"
#include "recon/sets.h"

enum { PATH_SIZE = 4096 };

static const char *const words[] = {
	[DB_TREE_NONE] = "none",
	[DB_TREE_SOUND] = "sound",
	[DB_TREE_OLD] = "old",
	[DB_TREE_WRONG] = "wrong",
	[DB_TREE_REMOVED] = "removed",
	[DB_TREE_UNKNOWN] = "unknown",
};

static const enum db_tree of_file[] = {
	[SETS_FILE_NONE] = DB_TREE_NONE,
	[SETS_FILE_RIGHT] = DB_TREE_SOUND,
	[SETS_FILE_OLD] = DB_TREE_OLD,
	[SETS_FILE_WRONG] = DB_TREE_WRONG,
};

const char *
db_tree_word(enum db_tree tree)
{
	return words[tree];
}

static void
tree_path(const struct conf *conf, char path[PATH_SIZE])
{
	(void)snprintf(path, PATH_SIZE, "%s/tree", conf->data);
}

enum db_tree
db_tree_check(const struct conf *conf, struct err *why)
{
	struct store_settings settings = conf->store;
	struct sets_file file = {SETS_FILE_NONE, NULL, 0};
	struct store *store;
	char path[PATH_SIZE];
	enum status st;

	settings.read_only = true;
	settings.bulk = false;
	tree_path(conf, path);
	st = store_open(&settings, &store, why);
	if (st != STATUS_OK)
		return DB_TREE_UNKNOWN;
	st = sets_check_file(path, store, &file, why);
	store_close(store);
	if (st != STATUS_OK)
		return DB_TREE_UNKNOWN;
	if (file.why != NULL)
		err_set(why, "%s", file.why);
	return of_file[file.state];
}

enum db_tree
db_tree_remove(const struct conf *conf, struct err *why)
{
	char path[PATH_SIZE];

	tree_path(conf, path);
	switch (file_remove(path, why)) {
	case STATUS_OK:
		return DB_TREE_REMOVED;
	case STATUS_NOT_FOUND:
		return DB_TREE_NONE;
	default:
		return DB_TREE_WRONG;
	}
}

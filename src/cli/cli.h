/*
 * cli.h - what every command of keypost shares: options, exit codes, output
 *
 * Memory:  struct cli owns the configuration; words are argv's.
 * Threads: main, but for cmd_load's ingest threads, which call nothing here.
 */
#ifndef KEYPOST_CLI_CLI_H
#define KEYPOST_CLI_CLI_H

#include <jansson.h>

#include "conf/conf.h"

enum cli_exit {
	CLI_YES = 0,
	CLI_NO = 1,    /* not found, differs, refused */
	CLI_USAGE = 2, /* deliver: 64 */
	CLI_UNREACHABLE = 3,
	CLI_PARTLY = 4, /* some items failed */
	CLI_CONF = 78
};

enum cli_option {
	CLI_JSON = 1 << 0,
	CLI_DRY_RUN = 1 << 1,
	CLI_QUIET = 1 << 2,
	CLI_VERBOSE = 1 << 3,
	CLI_BINARY = 1 << 4,
	CLI_JOBS = 1 << 5,
	CLI_LEVEL = 1 << 6,
	CLI_AGAIN = 1 << 7,
	CLI_PROBE = 1 << 8,
	CLI_SENDER = 1 << 9,
	CLI_SEED = 1 << 10,
	CLI_DEPTH = 1 << 11,
	CLI_DOT = 1 << 12,
	CLI_PRIVATE = 1 << 13,
	CLI_KIND = 1 << 14,
	CLI_REASON = 1 << 15,
	CLI_TICKET = 1 << 16,
	CLI_FORCE = 1 << 17,
	CLI_QUICK = 1 << 18,
	CLI_REPAIR = 1 << 19,
	CLI_SET = 1 << 20,
	CLI_SAMPLE = 1 << 21,
	CLI_EXAMPLES = 1 << 22,
	CLI_SINCE = 1 << 23,
	CLI_ZSTD = 1 << 24,
	CLI_NO_BACKUP = 1 << 25
};

enum { CLI_SEEDS_MAX = 32, CLI_SETS_MAX = 32 };

struct cli {
	const char *conf_path; /* NULL: the default */
	unsigned int options;  /* those given */
	size_t jobs;
	const char *level;
	const char *sender;
	const char *since;
	const char *seeds[CLI_SEEDS_MAX];
	size_t seed_count;
	size_t depth;
	const char *kind;
	const char *reason;
	const char *ticket;
	const char *sets[CLI_SETS_MAX]; /* NAME=VALUE */
	size_t set_count;
	size_t sample;   /* 0: everything */
	size_t examples; /* of each rule */
	char **words;    /* after the command */
	size_t word_count;
	struct conf *conf;
};

static inline bool
cli_has(const struct cli *c, enum cli_option o)
{
	return (c->options & (unsigned int)o) != 0;
}

/* "1 file", "2 files". */
static inline const char *
cli_s(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* Loads the configuration; CLI_CONF, having said why, when it is wrong. */
MUST_CHECK enum cli_exit cli_load_conf(struct cli *c);
/* "keypost: ..." on stderr. */
void cli_say(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* One line of JSON on stdout; takes the object. */
void cli_json(json_t *object);
/*
 * As root: goes on as the owner of the data folder, so that what is written
 * belongs to the daemon. Nothing happens when there is no such folder.
 */
MUST_CHECK enum status cli_become_owner(const struct cli *c, struct err *err);
/* The same; a folder that is missing is made, for the user of the daemon. */
MUST_CHECK enum status cli_make_data(const struct cli *c, struct err *err);
/* What to add to a refusal that root does not expect; or "". */
const char *cli_as_whom(const char *why);
/*
 * The term that follows: words joined by blanks; hexadecimal digits in groups,
 * as gpg prints fingerprints, become one word. Owned by the caller.
 */
char *cli_join_term(char **words, size_t count);

enum cli_exit cmd_backup(struct cli *c);
enum cli_exit cmd_db(struct cli *c);
enum cli_exit cmd_restore(struct cli *c);
enum cli_exit cmd_add(struct cli *c);
enum cli_exit cmd_load(struct cli *c);
enum cli_exit cmd_dump(struct cli *c);
enum cli_exit cmd_get(struct cli *c);
enum cli_exit cmd_search(struct cli *c);
enum cli_exit cmd_deliver(struct cli *c);
enum cli_exit cmd_peer(struct cli *c);
enum cli_exit cmd_queue(struct cli *c);
enum cli_exit cmd_block(struct cli *c);
enum cli_exit cmd_recon(struct cli *c);
enum cli_exit cmd_status(struct cli *c);
enum cli_exit cmd_graph(struct cli *c);
enum cli_exit cmd_config(struct cli *c);
enum cli_exit cmd_explain(struct cli *c);
enum cli_exit cmd_policy(struct cli *c);

#endif

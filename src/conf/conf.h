/*
 * conf.h - option table -> each module's settings
 *
 * One table (conf_table*.c) holds for each option section, name, type, default,
 * bounds, destination and help; the manual page and etc/keypost.conf are
 * checked against it.
 *
 * Memory:  struct conf owns every string and list in the settings.
 * Threads: one; settings are read-only once threads start.
 * Errors:  MALFORMED: err is "FILE:LINE: KEY: what is wrong", with a
 *          suggestion where one is near. Nothing is set then.
 */
#ifndef KEYPOST_CONF_CONF_H
#define KEYPOST_CONF_CONF_H

#include "base/log.h"
#include "conf/conf_value.h"
#include "http/server/server.h"
#include "mail/mail.h"
#include "recon/gossip.h"

enum sandbox_mode {
	SANDBOX_NO,
	SANDBOX_YES, /* what is forbidden fails with EPERM */
	SANDBOX_KILL /* it ends the process: for tests */
};

struct conf {
	char *path; /* the main file; NULL: none was there */
	char *data;
	char *name;
	char *contact;
	char *user; /* to drop to when started as root; "": keypost */
	enum log_level log_level;
	enum sandbox_mode sandbox;
	int store_kind;
	struct store_settings store;
	struct ingest_settings ingest;
	struct http_settings http;
	struct http_peer *http_peers; /* what http tells of them */
	struct mail_settings mail;
	struct gossip_settings gossip; /* its peers are as those of mail */
	/* conf_load.c's own: the text, file and line of each key given */
	struct conf_origin *origins;
};

/*
 * Reads `path`, or the default file if NULL (which may be absent), then
 * conf.d and peers.d beside it. *conf is owned: conf_free.
 */
MUST_CHECK enum status conf_load(
	const char *path, struct conf **conf, struct err *err);
/* The same from one text in memory, named `file` in faults: for tests. */
MUST_CHECK enum status conf_load_text(struct bytes text, const char *file,
	struct conf **conf, struct err *err);
void conf_free(struct conf *c);
/* Is it right, and yet hardly what is meant? Then err says why, and what to
 * do; of several the first. */
bool conf_doubt(const struct conf *c, struct err *err);
/* Every key with its value and where it came from: `config show`. */
void conf_show(const struct conf *c,
	void (*line)(void *ctx, const char *section, const char *key,
		const char *value, const char *origin),
	void *ctx);

/* The table; a row without a section ends it. First called by main alone. */
const struct conf_option *conf_options(void);
/*
 * The row of this key. MALFORMED with a suggestion when there is none.
 * `section` is "peer" for every [peer NAME].
 */
MUST_CHECK enum status conf_find_option(const char *section, const char *key,
	const struct conf_option **option, struct err *err);
/* Is there such a section? Suggests, too. */
MUST_CHECK enum status conf_check_section(const char *section, struct err *err);

#endif

/*
 * conf.h - option table -> each module's settings
 *
 * One table holds for each option section, name, type, default, bounds,
 * destination and help; the manual page and etc/keypost.conf are checked
 * against it.
 *
 * Memory:  struct conf owns every string and list in the settings.
 * Threads: one; settings are read-only once threads start.
 * Errors:  MALFORMED: err is "FILE:LINE: KEY: what is wrong", with a
 *          suggestion where one is near. Nothing is set then.
 */
#ifndef KEYPOST_CONF_CONF_H
#define KEYPOST_CONF_CONF_H

#include "base/log.h"
#include "http/server.h"
#include "mail/mail.h"

struct conf {
	char *path; /* the main file; NULL: none was there */
	char *data;
	char *name;
	char *contact;
	char *user; /* to drop to when started as root */
	enum log_level log_level;
	struct store_settings store;
	struct ingest_settings ingest;
	struct http_settings http;
	struct mail_settings mail;
	struct conf_origin
		*origins; /* conf.c's own: file and line of each key */
};

/*
 * Reads `path`, or the default file if NULL (which may be absent), then
 * conf.d and peers.d beside it. *conf is owned: conf_free.
 */
MUST_CHECK enum status conf_load(
	const char *path, struct conf **conf, struct err *err);
void conf_free(struct conf *c);
/* Every key with its value and where it came from: `config show`. */
void conf_show(const struct conf *c,
	void (*line)(void *ctx, const char *section, const char *key,
		const char *value, const char *origin),
	void *ctx);

#endif

#include "cli/cli.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "cli/progress.h"
#include "cli/visible.h"
#include "conf/datadir.h"
#include "pgp/crypto.h"

enum cli_exit
cli_load_conf(struct cli *c)
{
	struct err err = {""};

	if (c->conf != NULL)
		return CLI_YES;
	if (crypto_init(&err) != STATUS_OK) {
		cli_say("%s", err.text);
		return CLI_UNREACHABLE;
	}
	if (conf_load(c->conf_path, &c->conf, &err) == STATUS_OK)
		return CLI_YES;
	cli_say("%s", err.text);
	return CLI_CONF;
}

void
cli_say(const char *fmt, ...)
{
	char text[2 * PATH_MAX], *seen;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)fflush(stdout);
	progress_hide();
	seen = visible_text(bytes_of(text), sizeof(text));
	fprintf(stderr, "keypost: %s\n", seen);
	free(seen);
}

void
cli_json(json_t *object)
{
	(void)json_dumpf(
		object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(15));
	putchar('\n');
	json_decref(object);
}

static bool was_root;

const char *
cli_as_whom(const char *why)
{
	return was_root && strstr(why, strerror(EACCES)) != NULL
		       ? " to the owner of the data folder, as whom root goes "
			 "on"
		       : "";
}

enum status
cli_become_owner(const struct cli *c, struct err *err)
{
	struct stat sb;

	if (geteuid() != 0 || stat(c->conf->data, &sb) != 0 || sb.st_uid == 0)
		return STATUS_OK;
	if (setgroups(1, &sb.st_gid) == 0 &&
		setresgid(sb.st_gid, sb.st_gid, sb.st_gid) == 0 &&
		setresuid(sb.st_uid, sb.st_uid, sb.st_uid) == 0) {
		was_root = true;
		return STATUS_OK;
	}
	err_set(err, "cannot become the owner of %s: %s", c->conf->data,
		strerror(errno));
	return STATUS_IO;
}

enum status
cli_make_data(const struct cli *c, struct err *err)
{
	struct identity id;
	struct stat sb;
	enum status st = STATUS_OK;

	if (geteuid() == 0 && stat(c->conf->data, &sb) != 0 &&
		errno == ENOENT && !cli_has(c, CLI_DRY_RUN)) {
		st = identity_find(c->conf->user, &id, err);
		if (st == STATUS_OK && id.change)
			st = datadir_make(c->conf->data, &id, err);
	}
	return st == STATUS_OK ? cli_become_owner(c, err) : st;
}

static bool
is_hex(const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s != ' ' && hex_digit((uint8_t)*s) < 0)
			return false;
	}
	return true;
}

char *
cli_join_term(char **words, size_t count)
{
	size_t size = 3;
	char *term, *out;
	bool hex = true;

	for (size_t i = 0; i < count; i++) {
		const char *w = words[i];

		size += strlen(w) + 1;
		if (i == 0 && (w[0] == '0' && (w[1] == 'x' || w[1] == 'X')))
			w += 2;
		hex = hex && is_hex(w);
	}
	term = xcalloc(1, size);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			strcat(term, " ");
		strcat(term, words[i]);
	}
	if (!hex)
		return term;
	/* "0123 4567 ..." is one fingerprint. */
	out = term;
	for (const char *p = term; *p != '\0'; p++) {
		if (*p != ' ')
			*out++ = *p;
	}
	*out = '\0';
	if (strlen(term) >= 8 && strncasecmp(term, "0x", 2) != 0) {
		memmove(term + 2, term, strlen(term) + 1);
		memcpy(term, "0x", 2);
	}
	return term;
}

#include "cli/find.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define FIND_ARENA_MAX ((size_t)512 << 20)

static enum status
look(struct cli *c, struct found *f, const char *term, struct err *err)
{
	const struct lookup_limits limits = {
		.max_results = c->conf->http.max_index};
	struct store_settings settings = c->conf->store;
	struct query query;
	enum status st;

	settings.read_only = true;
	st = store_open(&settings, &f->store, err);
	if (st == STATUS_OK)
		st = session_open(f->store, SESSION_READ, &f->session, err);
	if (st == STATUS_OK)
		st = query_parse(f->arena, bytes_of(term), false, &query, err);
	if (st == STATUS_OK)
		st = lookup_certs(f->session, &query, &limits, clock_wall_s(),
			f->arena, &f->rows, err);
	return st;
}

enum cli_exit
find_certs(struct cli *c, struct found *f)
{
	struct err err = {""};
	enum cli_exit code;
	enum status st;
	char *term;

	memset(f, 0, sizeof(*f));
	code = cli_load_conf(c);
	if (code != CLI_YES)
		return code;
	st = cli_become_owner(c, &err);
	f->arena = arena_new(FIND_ARENA_MAX);
	term = cli_join_term(c->words, c->word_count);
	if (st == STATUS_OK)
		st = look(c, f, term, &err);
	if (st == STATUS_NOT_FOUND && f->session != NULL)
		cli_say("%s: not found", term);
	else if (st != STATUS_OK)
		cli_say("%s: %s", term,
			err.text[0] != '\0' ? err.text : status_name(st));
	free(term);
	return st == STATUS_OK ? CLI_YES : CLI_NO;
}

void
find_done(struct found *f)
{
	if (f->session != NULL)
		session_close(f->session);
	if (f->store != NULL)
		store_close(f->store);
	arena_free(f->arena);
}

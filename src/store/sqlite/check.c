#include "store/sqlite/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/thread.h"

struct check {
	struct sqlite_store *store;
	struct sqlite_session *session;
	struct thread thread;
	atomic_bool cancel;
	char found[200]; /* written before `result` is */
	_Atomic(const char *) result;
};

static const char running[] = "running";
static const char sound[] = "ok";

static void
tell(struct check *c, const char *result)
{
	atomic_store(&c->result, result);
}

static void
tell_found(struct check *c, const char *what)
{
	(void)snprintf(c->found, sizeof(c->found), "%s", what);
	tell(c, c->found);
}

static void *
check_main(void *ctx)
{
	struct check *c = ctx;
	struct sqlite_store *store = c->store;
	sqlite3_stmt *stmt;
	const char *text;
	int rc;

	rc = sqlite3_prepare_v2(
		c->session->db, "PRAGMA quick_check(1)", -1, &stmt, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		text = (const char *)sqlite3_column_text(stmt, 0);
		if (text != NULL && strcmp(text, sound) == 0) {
			tell(c, sound);
		} else {
			atomic_store(&store->damaged, true);
			tell_found(c, text == NULL ? "no answer" : text);
		}
	} else if (rc == SQLITE_INTERRUPT) {
		tell(c, "stopped before its end");
	} else {
		if ((rc & 0xFF) == SQLITE_CORRUPT ||
			(rc & 0xFF) == SQLITE_NOTADB)
			atomic_store(&store->damaged, true);
		tell_found(c, sqlite3_errstr(rc));
	}
	(void)sqlite3_finalize(stmt);
	return NULL;
}

enum status
check_start(struct sqlite_store *store, struct check **check, struct err *err)
{
	struct check *c = xcalloc(1, sizeof(*c));
	enum status st;

	c->store = store;
	atomic_store(&c->result, running);
	st = db_connect(store, DB_READER, &c->session, err);
	if (st != STATUS_OK) {
		free(c);
		return st;
	}
	c->session->cancel = &c->cancel;
	st = thread_start(&c->thread, "check", check_main, c, err);
	if (st != STATUS_OK) {
		db_disconnect(c->session);
		free(c);
		return st;
	}
	*check = c;
	return STATUS_OK;
}

void
check_stop(struct check *c)
{
	if (c == NULL)
		return;
	atomic_store(&c->cancel, true);
	thread_join(&c->thread);
	db_disconnect(c->session);
	free(c);
}

const char *
check_result(const struct check *c)
{
	return c == NULL ? "not needed" : atomic_load(&c->result);
}

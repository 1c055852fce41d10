#include "store/sqlite/meta.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "store/sqlite/stmt.h"
#include "store/sqlite/txn.h"

enum status
meta_get_int(struct sqlite_session *s, const char *key, int64_t *value,
	struct err *err)
{
	struct stmt_run run = stmt_start(s, STMT_META_GET);
	enum status st;

	stmt_bind_text(&run, key);
	st = stmt_next(&run, err);
	if (st == STATUS_OK)
		*value = stmt_int(&run, 0);
	stmt_end(&run);
	return st;
}

/* What does not fit is cut. */
enum status
meta_get_text(struct sqlite_session *s, const char *key, char *text,
	size_t size, struct err *err)
{
	struct stmt_run run = stmt_start(s, STMT_META_GET);
	struct bytes b;
	enum status st;

	stmt_bind_text(&run, key);
	st = stmt_next(&run, err);
	if (st == STATUS_OK) {
		b = stmt_blob(&run, 0);
		if (b.len >= size)
			b.len = size - 1;
		if (b.len > 0)
			memcpy(text, b.data, b.len);
		text[b.len] = '\0';
	}
	stmt_end(&run);
	return st;
}

enum status
meta_put_int(struct sqlite_session *s, const char *key, int64_t value,
	struct err *err)
{
	struct stmt_run run = stmt_start(s, STMT_META_PUT);

	stmt_bind_text(&run, key);
	stmt_bind_int(&run, value);
	return stmt_finish(&run, err);
}

enum status
meta_delete(struct sqlite_session *s, const char *key, struct err *err)
{
	struct stmt_run run = stmt_start(s, STMT_META_DELETE);

	stmt_bind_text(&run, key);
	return stmt_finish(&run, err);
}

enum { NOTE_KEY_MAX = 96 };

static void
note_key(const char *name, char key[NOTE_KEY_MAX])
{
	int n = snprintf(key, NOTE_KEY_MAX, "note.%s", name);

	assert(n > 0 && n < NOTE_KEY_MAX);
}

enum status
sqlite_get_note(struct store_session *session, const char *name,
	struct arena *arena, struct bytes *note, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	char key[NOTE_KEY_MAX];
	struct stmt_run run;
	enum status st;

	note_key(name, key);
	txn_start_clock(s);
	run = stmt_start(s, STMT_META_GET);
	stmt_bind_text(&run, key);
	st = stmt_next(&run, err);
	if (st == STATUS_OK)
		st = stmt_copy_blob(&run, 0, arena, note, err);
	stmt_end(&run);
	return st;
}

enum status
sqlite_put_note(struct store_session *session, const char *name,
	struct bytes note, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	char key[NOTE_KEY_MAX];
	struct stmt_run run;
	enum status st = txn_may_write(s, err);

	if (st != STATUS_OK)
		return st;
	note_key(name, key);
	run = stmt_start(s, STMT_META_PUT);
	stmt_bind_text(&run, key);
	stmt_bind_blob(&run, note);
	return stmt_finish(&run, err);
}

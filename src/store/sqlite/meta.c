#include "store/sqlite/meta.h"

#include <string.h>

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

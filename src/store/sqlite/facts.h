/*
 * facts.h - numbers about the store
 */
#ifndef KEYPOST_STORE_SQLITE_FACTS_H
#define KEYPOST_STORE_SQLITE_FACTS_H

#include "store/sqlite/db.h"

/* Rows of cert, counted over its narrowest index. */
MUST_CHECK enum status facts_count_certs(
	struct sqlite_session *s, int64_t *count, struct err *err);
enum status sqlite_get_facts(
	struct store_session *s, struct store_facts *facts, struct err *err);

#endif

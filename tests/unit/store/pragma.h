/* pragma.h - what tests ask of a database, and tell it, in SQL */
#ifndef KEYPOST_TESTS_UNIT_STORE_PRAGMA_H
#define KEYPOST_TESTS_UNIT_STORE_PRAGMA_H

#include "tests/contract/backend.h"

/* The one number that this asks for; -1: there is none. */
int64_t pragma_ask(struct store_session *s, const char *sql);
/* As a keypost of that schema would have left it. */
void pragma_set_version(struct fixture *f, int version);

#endif

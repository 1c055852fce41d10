/*
 * texts.h - configurations out of strings
 */
#ifndef KEYPOST_TESTS_CONF_TEXTS_H
#define KEYPOST_TESTS_CONF_TEXTS_H

#include "conf/conf.h"

/* It must be right; conf_free. */
struct conf *conf_of(const char *text);
/* It must be wrong: the sentence that says why. */
struct err refusal_of(const char *text);

#endif

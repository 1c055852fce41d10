/*
 * speak.h - the language of a page: the visitor's, where the operator lets it
 *
 * What writes a page or picture begins with site_speak; whatever ends it, the
 * frame or an error, ends that, too. So sentences for programs, written by the
 * same thread, are never in the language of the one before.
 *
 * Threads: what is spoken holds for the thread that calls, until site_spoken.
 * Source:  RFC 9110 sections 8.5 and 12.5.4; spec hkp section 12.
 */
#ifndef KEYPOST_HTTP_PAGES_SPEAK_H
#define KEYPOST_HTTP_PAGES_SPEAK_H

#include "base/words.h"
#include "http/message/request.h"

/* The one of these tags that is to answer the request. */
const char *site_choose(const struct request *req, const char *const *tags);
/* What follows is for the visitor; the reply says that it depends on them. */
void site_speak(const struct request *req, struct reply *reply);
/* That was the page. */
void site_spoken(struct reply *reply);

#endif

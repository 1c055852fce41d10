/*
 * made_up.h - states that no server was in, for tests of their renderers
 */
#ifndef KEYPOST_TESTS_UNIT_HTTP_MADE_UP_H
#define KEYPOST_TESTS_UNIT_HTTP_MADE_UP_H

#include <jansson.h>

#include "http/pages/page.h"
#include "http/state/site_state.h"

enum { MADE_UP_NOW = 1795341600 /* 2026-11-22 10:00:00 UTC */ };

/* No peers, no changes; strings that tests may replace. */
void made_up_state(struct site_state *s);
/* Changes in every hour and day, more of them by day than by night. */
void made_up_changes(struct site_state *s, int64_t a_day);
/* `count` peers of `list`, in every condition. Mail, every third gossips. */
void made_up_peers(struct site_state *s, struct state_peer *list, size_t count);

/* What was written, ended by a NUL; the page must not have failed. */
void made_up_take(struct page *p, struct buf *b);
/* The statistics in two of their forms, the caller's; they must not fail. */
json_t *made_up_json(const struct site_state *s);
char *made_up_html(const struct site_state *s, struct buf *b);
/* How often `part` stands in `text`. */
size_t made_up_times(const char *text, const char *part);

#endif

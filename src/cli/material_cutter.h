/*
 * material_cutter.h - key material in windows, cut into pieces
 *
 * A window is what is in memory of an input. The cutter takes what is whole
 * of it; the next window begins with what it left.
 *
 * Memory:  the windows are the caller's.
 * Threads: one.
 * Errors:  what the sink returned.
 */
#ifndef KEYPOST_CLI_MATERIAL_CUTTER_H
#define KEYPOST_CLI_MATERIAL_CUTTER_H

#include "cli/material.h"

/* A key and what must follow it are seen whole within so much. */
enum { CUTTER_TAIL = 64 * 1024 };
/* No certificate is as large. */
enum { CUTTER_MAX = 128 * 1024 * 1024 };

/* Each block of armor begins with it, behind what quotes it. */
#define CUTTER_BEGIN "-----BEGIN PGP "

enum window_end {
	WINDOW_GROWS, /* more of the input can be had behind it */
	WINDOW_FULL,  /* more follows, but this one is as large as may be */
	WINDOW_LAST   /* the input ends with it */
};

struct armored;

struct cutter {
	const struct material_limits *limits;
	const struct material_sink *sink;
	bool in_armor;           /* what is cut was decoded */
	uint64_t armor_at;       /* from the block that begins here, ... */
	uint64_t text_at;        /* ... from lines that are not before this */
	bool after_armor;        /* a block came before */
	struct armored *armored; /* the block that is read line by line */
	bool lost;               /* what is read is no key material, ... */
	uint64_t lost_at;        /* from here on, ... */
	char why[256];           /* for this reason */
};

/*
 * *used: how much of it is done. Less than all only when it grows, where 0
 * means that a larger one is needed; and when it is full, but then some.
 * `base`: its offset in the input.
 */
MUST_CHECK enum status cutter_take(struct cutter *c, struct bytes window,
	uint64_t base, enum window_end end, size_t *used, struct err *err);

/* The same of packets, from the first on: stops where there are none. */
MUST_CHECK enum status cutter_binary(struct cutter *c, struct bytes in,
	uint64_t base, enum window_end end, size_t *used, struct err *err);

/* Once, after the last window. */
void cutter_done(struct cutter *c);

/* There is key material again at `at`, or there was none. */
void cutter_regain(struct cutter *c, uint64_t at, bool any);
/* A fault, or what costs nothing, with its place. */
void cutter_tell(const struct cutter *c, uint64_t at, const char *what);
void cutter_note(const struct cutter *c, uint64_t at, const char *what);
/* From here on, of the input, there is no key material, because of `why`. */
void cutter_lose(struct cutter *c, uint64_t at, const char *why);

/* The first key from `from` on, with what must follow a key: in.len if there
 * is none. One that is cut by the end is none. */
size_t cutter_find_key(struct bytes in, size_t from);
/* The same of those that begin before `upto`. */
size_t cutter_find_key_before(struct bytes in, size_t from, size_t upto);
/* The first key, or where a block of armor begins: of those from `text` on. */
size_t cutter_find(struct bytes in, size_t from, size_t text);
/* May this be the body of a key, from what its version says? */
bool cutter_is_key(struct bytes body);

#endif

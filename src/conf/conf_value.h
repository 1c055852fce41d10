/*
 * conf_value.h - the text of one option -> the field it sets
 *
 * Memory:  strings and lists in a field are owned by the settings and freed
 *          by conf_value_free. A field is zeroed before its first value.
 * Threads: one.
 * Units:   durations carry one of ms s min h d, sizes one of B KiB MiB GiB.
 * Errors:  MALFORMED with what is wrong with the value, without the key.
 */
#ifndef KEYPOST_CONF_CONF_VALUE_H
#define KEYPOST_CONF_CONF_VALUE_H

#include "base/bytes.h"

enum conf_type {
	CONF_STRING,    /* char *: one line of text */
	CONF_PATH,      /* char *: made absolute */
	CONF_BOOL,      /* bool: yes or no */
	CONF_WORD,      /* an enum: one of a table */
	CONF_COUNT,     /* size_t: a bare number */
	CONF_COUNT64,   /* int64_t */
	CONF_SIZE,      /* size_t: octets, with a unit */
	CONF_SIZE64,    /* int64_t */
	CONF_MS,        /* int64_t: milliseconds, with a unit */
	CONF_S,         /* int64_t: seconds, with a unit */
	CONF_NETS,      /* char ** and its count: addresses, networks */
	CONF_LISTEN,    /* struct endpoint * and its count */
	CONF_ENDPOINT,  /* char *: one address with a port, or unix:/path */
	CONF_ADDRESS,   /* char *: one mail address */
	CONF_ADDRESSES, /* char ** and its count */
	CONF_DOMAINS,   /* char ** and its count; "none" adds nothing */
	CONF_RELAY,     /* char *: smtp:// smtps:// lmtp:// lmtp+unix: */
	CONF_IMAP,      /* char *: imaps://USER@HOST/FOLDER, imap:// */
	CONF_SECRET,    /* char *: a path, or what systemd keeps by a name */
	CONF_PIN,       /* char *: SHA-256 of a certificate, 64 digits */
	CONF_FEED       /* char *: hkp:// hkps:// vks:// */
};

struct conf_word {
	const char *word; /* NULL ends the table */
	int value;
	const char *refused; /* why this version does not take it, or NULL */
};

struct conf_option {
	const char *section; /* "peer": every [peer NAME] */
	const char *key;
	enum conf_type type;
	const char *fallback; /* the default, as text */
	int64_t min;          /* in the field's unit; both 0: no bounds */
	int64_t max;
	size_t at;       /* offset of the field in struct conf (peers: see
			    conf_load.c) */
	size_t count_at; /* of a list's count */
	const struct conf_word *words;
	const char *help; /* one sentence without a full stop */
};

/* Sets the field. A list grows, anything else is replaced. */
MUST_CHECK enum status conf_value_set(const struct conf_option *o, void *base,
	const char *text, struct err *err);
/* Frees what the field holds and zeroes it. */
void conf_value_free(const struct conf_option *o, void *base);
/* From the folder we were started in; "" stays. Owned by the caller. */
char *conf_absolute_path(const char *text);
/* The same; a name without a slash is one of systemd's credentials. */
char *conf_secret_path(const char *text);
/* True for types whose values add up. */
bool conf_value_is_list(const struct conf_option *o);

#endif

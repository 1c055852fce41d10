/*
 * folder.h - the letters of one folder, offered a few at a time
 *
 * What the spool and a Maildir have in common: passes over the folder, names
 * in hand, names to leave alone for a while, and removal.
 *
 * Memory:  names are copied.
 * Threads: one.
 * Source:  reliability L18.
 */
#ifndef KEYPOST_MAILAGENT_FOLDER_H
#define KEYPOST_MAILAGENT_FOLDER_H

#include "mailagent/intake.h"

enum {
	FOLDER_PASS_MAX = 500, /* L18 */
	FOLDER_RESTS = 4096,
	FOLDER_REST_MS = 5000,
	FOLDER_PASS_MS = 1000
};

struct folder;

struct folder_settings {
	const char *name;  /* LETTER_SOURCE */
	const char *path;  /* the folder */
	const char *tries; /* where decodings begun are counted */
	struct intake *intake;
	/* Reads one letter into the offer; NOT_FOUND: it is gone. */
	enum status (*load)(struct folder *f, const char *name,
		struct intake_offer *offer, struct err *err);
	bool (*wanted)(const char *name); /* NULL: any */
};

struct folder_item {
	char *name;
	struct folder *folder;
	uint64_t id;
	struct folder_item *next;
};

struct folder_rest {
	uint64_t hash;
	int64_t until;
};

struct folder {
	struct folder_settings set;
	struct intake_source source; /* its tokens are items */
	int fd, tries_fd;
	int watch_fd; /* inotify; -1: none */
	struct loop *loop;
	struct watch *watch;
	char **names; /* of this pass, the last is next */
	size_t count;
	struct folder_item *items; /* in hand */
	struct folder_rest rests[FOLDER_RESTS];
	int64_t next_pass;
	bool dirty; /* names went since the last flush */
};

MUST_CHECK enum status folder_open(struct folder *f, struct loop *loop,
	const struct folder_settings *settings, struct err *err);
void folder_done(struct folder *f);
/* From the tick: looks, offers, flushes. */
void folder_tick(struct folder *f, int64_t now_ms);
/* Reads a plain file; one over `max` is cut, and marked in the offer. */
MUST_CHECK enum status folder_read(struct folder *f, const char *name,
	size_t max, struct intake_offer *offer, struct err *err);

#endif

/*
 * imap_uids.h - a set of UIDs, in order
 *
 * Memory:  owned; {NULL, 0, 0} is the empty set.
 * Threads: one.
 */
#ifndef KEYPOST_MAILAGENT_IMAP_UIDS_H
#define KEYPOST_MAILAGENT_IMAP_UIDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct imap_uids {
	uint32_t *list; /* rising */
	size_t count, cap;
};

void imap_uids_add(struct imap_uids *u, uint32_t uid);
bool imap_uids_has(const struct imap_uids *u, uint32_t uid);
void imap_uids_remove(struct imap_uids *u, uint32_t uid);
/* Those below `uid` go. */
void imap_uids_drop_below(struct imap_uids *u, uint32_t uid);
void imap_uids_done(struct imap_uids *u);

#endif

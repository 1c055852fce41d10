/*
 * imap_state.h - how far a folder was worked off, kept over restarts
 *
 * One line in a file: UIDVALIDITY, the first UID that is not settled, and
 * which folder of whom that is. Of another folder, or not readable: as if
 * nothing were known, and what is in the folder is looked at again.
 *
 * Threads: one.
 */
#ifndef KEYPOST_MAILAGENT_IMAP_STATE_H
#define KEYPOST_MAILAGENT_IMAP_STATE_H

#include <stdint.h>

#include "base/imapurl.h"

struct imap_state {
	uint32_t validity, next; /* 0: not known */
};

void imap_state_read(
	const char *path, const struct imap_url *url, struct imap_state *state);
/* Not flushed: lost, it costs a second look. False: it was not written. */
bool imap_state_write(const char *path, const struct imap_url *url,
	const struct imap_state *state);

#endif

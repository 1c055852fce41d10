/*
 * imap_pass.h - the process that takes letters out of one IMAP folder
 *
 * Looks, fetches what is new, hands each message up and waits for its verdict;
 * lets go of what was taken; waits for more. Ends when anything goes wrong:
 * source_imap.h starts another one.
 *
 * What is not settled yet stands at `next` and above. A message is settled
 * when it was let go of, when it stays for good (not ours, too large, read by
 * somebody before we first came here), or when it is gone.
 *
 * Threads: a process of its own with one thread.
 * Units:   octets, milliseconds.
 * Source:  spec pks-mail section 9.4; reliability D3, sections 4 and 6.
 */
#ifndef KEYPOST_MAILAGENT_IMAP_PASS_H
#define KEYPOST_MAILAGENT_IMAP_PASS_H

#include <stdnoreturn.h>

#include "mailagent/imap_client.h"

/* Frames between the two; the id is a UID but where said. */
enum imap_frame {
	IMAP_FOLDER = 'F',  /* up: id is UIDVALIDITY */
	IMAP_LETTER = 'L',  /* up: payload is the message */
	IMAP_VERDICT = 'V', /* down: payload is one octet, enum imap_verdict */
	IMAP_GONE = 'G',    /* up: let go of, and the server said so */
	IMAP_LARGE = 'S',   /* up: over the limit, it stays; payload: size */
	IMAP_SETTLED = 'N', /* up: id is `next` */
	IMAP_QUIET = 'Q',   /* up: all is done, waiting for news */
	IMAP_FAILED = 'E'   /* up, and the end; id 1: do not come back soon */
};

enum imap_verdict { IMAP_TAKEN, IMAP_LATER, IMAP_STAYS };

struct imap_job {
	struct imap_target target;
	uint32_t validity, next; /* as remembered; 0: never been here */
	struct imap_uids taken;  /* verdict known, not let go of yet */
	struct imap_uids poison; /* not to be fetched any more */
	size_t letter_max;
	int64_t idle_ms; /* IDLE is renewed after */
	int64_t poll_ms; /* without IDLE */
	int64_t rest_ms; /* before a letter is offered again */
};

noreturn void imap_pass_run(
	int fd, const struct imap_job *job, struct imap_progress *progress);
/*
 * The same in this process, on a connected descriptor, until it fails; it
 * takes `server`. For tests.
 */
void imap_pass_serve(int fd, int server, const struct imap_job *job,
	struct imap_progress *progress);

#endif

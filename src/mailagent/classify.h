/*
 * classify.h - did a machine write this letter?
 *
 * Memory:  borrows everything.
 * Threads: pure; any thread.
 * Source:  RFC 3834 section 2; spec pks-mail section 8.7.
 */
#ifndef KEYPOST_MAILAGENT_CLASSIFY_H
#define KEYPOST_MAILAGENT_CLASSIFY_H

#include "mailagent/head.h"
#include "mailagent/protocol.h"

struct classify_facts {
	const struct head *head;
	struct bytes subject; /* decoded */
	bool report;          /* multipart/report */
	bool to_bounces;      /* came to our bounce address */
	bool has_sender;
	const char *sender; /* "" null */
	const char *from;   /* NULL: none */
};

enum letter_machine classify_letter(const struct classify_facts *facts);

#endif

/*
 * hellserver.h - an SMTP and LMTP server that does what a table says
 *
 * A process of its own on a loopback port; serves one session after the
 * other. What a client says can be read back.
 */
#ifndef KEYPOST_TESTS_MAILAGENT_HELLSERVER_H
#define KEYPOST_TESTS_MAILAGENT_HELLSERVER_H

#include <sys/types.h>

/* Instead of a reply: */
#define HELL_DROP "drop"       /* close */
#define HELL_SILENT "silent"   /* say nothing until the client goes */
#define HELL_ENDLESS "endless" /* one line that never ends */
#define HELL_LINES "lines"     /* continuation lines that never end */

/* NULL: what a good server says. */
struct hell_script {
	const char *greeting, *hello, *mail, *rcpt, *data, *dot, *rset;
	const char *starttls; /* good: it does not know it */
	unsigned letters;     /* then the connection closes; 0: no limit */
};

struct hell {
	pid_t pid;
	int said; /* what clients said, line by line */
	char smtp[64], smtps[64], lmtp[64];
};

/* `first` for the first session, `rest` for those after it. */
void hell_start(struct hell *h, const struct hell_script *first,
	const struct hell_script *rest);
/* Ends it; `said` gets all that clients said, NUL-terminated. */
void hell_stop(struct hell *h, char *said, size_t size);

#endif

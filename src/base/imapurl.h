/*
 * imapurl.h - imaps://user@host:port/FOLDER, taken apart
 *
 * imaps:// is TLS from the first octet (port 993), imap:// begins in clear
 * (port 143). In the user's name and in the folder %40 stands for '@' and so
 * on; without a folder it is INBOX. Folder names are ASCII: what a server
 * shows for others is written in modified UTF-7.
 *
 * Threads: pure.
 * Errors:  MALFORMED with a sentence.
 * Source:  RFC 5092 section 2, what of it names one mailbox.
 */
#ifndef KEYPOST_BASE_IMAPURL_H
#define KEYPOST_BASE_IMAPURL_H

#include "base/net.h"

struct imap_url {
	bool is_tls; /* from the first octet */
	char user[128];
	struct endpoint at;
	char folder[128];
};

MUST_CHECK enum status imap_url_parse(
	const char *text, struct imap_url *url, struct err *err);

#endif

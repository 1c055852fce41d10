/*
 * web_root.h - the operator's own files: pages, pictures, what overrides ours
 *
 * A name is one or more parts with '/' between, each of letters, digits, '.',
 * '-' and '_' and without a leading dot; so none can leave the folder, and
 * symbolic links below it are not followed. Files are read when they are
 * asked for: a change shows at once and nothing has to be read again.
 *
 * Memory:  content is in the arena.
 * Threads: any; nothing is shared.
 * Units:   octets.
 * Errors:  NOT_FOUND for everything that is not served: no such file, a
 *          folder, a name that breaks the rule, a file over WEB_FILE_MAX or
 *          that cannot be read (these two are logged).
 * Source:  spec hkp section 10.
 */
#ifndef KEYPOST_HTTP_PAGES_WEB_ROOT_H
#define KEYPOST_HTTP_PAGES_WEB_ROOT_H

#include "http/message/request.h"

enum { WEB_FILE_MAX = 1 << 20, WEB_NAME_MAX = 255 };

struct web_file {
	struct bytes content;
	const char *type; /* media type, by the extension */
	uint64_t tag;     /* another one when the file has changed */
};

/* `root`: the folder; "" or NULL has no files. */
MUST_CHECK enum status web_root_open(const char *root, const char *name,
	struct arena *arena, struct web_file *out);
/* The same for who needs the content only. */
MUST_CHECK enum status web_root_find(const char *root, const char *name,
	struct arena *arena, struct bytes *out);
/* Fills the reply with that file of this server's web root. */
MUST_CHECK enum status web_root_serve(
	struct request *req, struct reply *reply, const char *name);

#endif

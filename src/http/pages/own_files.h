/*
 * own_files.h - the route to the operator's own files
 *
 * They are served as they are, but for a page that is no whole document (that
 * does not begin with <!DOCTYPE or <html>): that is put into the frame of
 * this site, under the <h1> that it begins with. NAME.html is in the
 * operator's language; NAME.de.html beside it, for one, is for who wishes for
 * German rather than that.
 *
 * Threads: any.
 * Errors:  NOT_FOUND as web_root.h says.
 * Source:  spec hkp sections 10 and 12.
 */
#ifndef KEYPOST_HTTP_PAGES_OWN_FILES_H
#define KEYPOST_HTTP_PAGES_OWN_FILES_H

#include "http/message/request.h"

/* The file that the path of the request names; "/about" is about.html. */
MUST_CHECK enum status own_files_handle(
	struct request *req, struct reply *reply);

#endif

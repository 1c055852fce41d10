/*
 * site.h - the pages of this room, for handlers of the others
 *
 * Threads: handlers, on pool threads.
 * Source:  spec hkp sections 10, 11 and 12.
 */
#ifndef KEYPOST_HTTP_PAGES_SITE_H
#define KEYPOST_HTTP_PAGES_SITE_H

#include "http/pages/error.h"
#include "http/pages/frame.h"
#include "http/pages/home.h"
#include "http/pages/speak.h"
#include "http/pages/static.h"

#endif

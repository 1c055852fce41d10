/*
 * library.h - libmicrohttpd as we set it up
 *
 * Memory:  MHD_stop_daemon.
 * Threads: one thread drives a daemon (MHD_run); its callbacks run there.
 */
#ifndef KEYPOST_HTTP_SERVER_LIBRARY_H
#define KEYPOST_HTTP_SERVER_LIBRARY_H

#include "http/server/dispatch.h"

/* NULL if it cannot. `changed`: a connection began or ended. */
struct MHD_Daemon *library_start(size_t connections, struct dispatch *d,
	MHD_NotifyConnectionCallback changed, void *cls);

#endif

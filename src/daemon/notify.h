/*
 * notify.h - tells systemd how we are, without its library
 *
 * Threads: notify_init from main before threads; notify_send from main.
 * Source:  sd_notify(3): datagrams to the socket that NOTIFY_SOCKET names.
 */
#ifndef KEYPOST_DAEMON_NOTIFY_H
#define KEYPOST_DAEMON_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Takes NOTIFY_SOCKET and WATCHDOG_USEC out of the environment. */
void notify_init(void);
/* Does somebody listen? */
bool notify_wanted(void);
/* "READY=1", "STOPPING=1", "WATCHDOG=1"; lost when nobody listens. */
void notify_send(const char *state);
/* A start that takes long: whoever watches gives it more time. `last_ms` is an
 * int64_t, when this was told last. */
void notify_busy(void *last_ms, size_t seen);
/* The same, as struct care_watch wants it. */
void notify_step(
	void *last_ms, const char *step, uint64_t done, uint64_t total);
/* How often the watchdog wants to be fed, at least; 0: there is none. */
int64_t notify_watchdog_ms(void);

#endif

/*
 * fetch_server.h - a server that behaves as the path of a request says
 */
#ifndef KEYPOST_TESTS_UNIT_BASE_FETCH_SERVER_H
#define KEYPOST_TESTS_UNIT_BASE_FETCH_SERVER_H

#include <stdatomic.h>

extern unsigned int fetch_server_port;
/* Requests it has not done with. */
extern _Atomic int fetch_server_open;

/* Of the group. */
int fetch_server_start(void **state);
int fetch_server_stop(void **state);

#endif

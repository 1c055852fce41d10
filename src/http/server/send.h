/*
 * send.h - a finished reply becomes libmicrohttpd's
 *
 * Memory:  the body of the reply is taken.
 * Threads: the connection's pool thread.
 * Source:  spec hkp sections 1.3, 1.7, 1.9.
 */
#ifndef KEYPOST_HTTP_SERVER_SEND_H
#define KEYPOST_HTTP_SERVER_SEND_H

#include <microhttpd.h>

#include "http/message/request.h"

/* Every header field of section 1.7; 304 when the client has it already. */
MUST_CHECK enum MHD_Result send_reply(struct request *req);
/*
 * Straight to the socket, as far as it takes it, and nothing after it: for a
 * client that is still sending. What it sends is to be read on, for closing a
 * socket with unread octets takes the answer from the other side.
 */
void send_by_hand(struct request *req, int fd);
/* 503 to who comes when there are too many; nobody reads what was asked. */
void send_full(const char *software, int fd);

#endif

/*
 * add_packets.h - a packet that was not kept, in words
 *
 * Threads: pure.
 * Source:  spec hkp section 5.
 */
#ifndef KEYPOST_HTTP_KEYS_ADD_PACKETS_H
#define KEYPOST_HTTP_KEYS_ADD_PACKETS_H

#include "ingest/submission.h"

enum { ADD_PACKET_MAX = 256 };

/*
 * "dropped signature 0x10 by 0123456789ABCDEF: a packet over the size limit
 * was left out". Only digits and sentences of ours.
 */
void add_packet_line(const struct dropped_packet *d, char line[ADD_PACKET_MAX]);
/* "and 3 more", or "" when all are described. */
void add_packet_rest(const struct outcome *o, char line[ADD_PACKET_MAX]);

#endif

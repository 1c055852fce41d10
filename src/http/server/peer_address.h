/*
 * peer_address.h - who is at the other end, as far as limits care
 *
 * An IPv4 address, or the /64 of an IPv6 one, since a host has that many at
 * will; an IPv4 address mapped into IPv6 is that IPv4 address.
 *
 * Memory:  values; address_ranges_free.
 * Threads: pure.
 * Errors:  MALFORMED for a text that is no address or CIDR range.
 * Source:  design: reliability L23.
 */
#ifndef KEYPOST_HTTP_SERVER_PEER_ADDRESS_H
#define KEYPOST_HTTP_SERVER_PEER_ADDRESS_H

#include <sys/socket.h>

#include "base/bytes.h"

struct peer_address {
	uint8_t octets[16]; /* IPv4 as ::ffff:a.b.c.d; whole */
	bool is_ip;         /* false: a Unix socket */
};

struct address_range {
	uint8_t octets[16];
	unsigned int bits; /* 0 to 128 */
};

struct address_ranges {
	struct address_range *list;
	size_t count;
};

struct peer_address peer_address_of(const struct sockaddr_storage *from);
/* The text of an address; also 192.0.2.1:80, [2001:db8::1], [2001:db8::1]:80 */
MUST_CHECK enum status peer_address_parse(
	struct bytes text, struct peer_address *out);
/* Counted together: equal, or in the same IPv6 /64. */
bool peer_address_same(
	const struct peer_address *a, const struct peer_address *b);
uint32_t peer_address_hash(const struct peer_address *a);

/* 127.0.0.0/8, ::1, 10.1.2.3 */
MUST_CHECK enum status address_ranges_parse(char *const *texts, size_t count,
	struct address_ranges *out, struct err *err);
void address_ranges_free(struct address_ranges *r);
/* A peer that is no IP address (a Unix socket) is in every set. */
bool address_ranges_have(
	const struct address_ranges *r, const struct peer_address *a);

#endif

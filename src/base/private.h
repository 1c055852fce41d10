/*
 * private.h - is this an address that strangers must not send us to?
 *
 * Loopback, private, link-local, shared, reserved and multicast addresses,
 * also inside the IPv6 ranges that hold an IPv4 address.
 *
 * Threads: pure.
 * Source:  RFC 6890 and IANA's special-purpose address registries.
 */
#ifndef KEYPOST_BASE_PRIVATE_H
#define KEYPOST_BASE_PRIVATE_H

#include <stdbool.h>
#include <sys/socket.h>

/* What is neither IPv4 nor IPv6 is private. */
bool address_is_private(const struct sockaddr *address, socklen_t len);

#endif

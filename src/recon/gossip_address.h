/*
 * gossip_address.h - who may gossip: addresses, networks, and our own
 *
 * Threads: pure, but for address_is_local, which asks the kernel.
 * Source:  spec sks-recon section 12.
 */
#ifndef KEYPOST_RECON_GOSSIP_ADDRESS_H
#define KEYPOST_RECON_GOSSIP_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* As recvfrom has it: an address of 16 octets stands for IPv4 with 12 in
 * front, so that both are compared as one. */
struct host_address {
	unsigned char octets[16];
};

struct network {
	struct host_address first;
	unsigned int bits; /* of 128 */
};

/* False for what is neither IPv4 nor IPv6. */
bool address_host(const struct sockaddr_storage *at, struct host_address *out);
unsigned int address_port(const struct sockaddr_storage *at);
void address_set_port(struct sockaddr_storage *at, unsigned int port);
socklen_t address_len(const struct sockaddr_storage *at);
bool address_is_any(const struct sockaddr_storage *at);
/* Of ADDRESS or ADDRESS/BITS; false for what is neither. */
bool network_parse(const char *text, struct network *out);
bool network_has(const struct network *n, const struct host_address *a);
/* Is it one of this machine's? */
bool address_is_local(const struct sockaddr_storage *at);

#endif

/*
 * keyring.h - a binary keyring in memory, cut into its certificates
 *
 * Memory:  views into the file's octets, kept for the life of the program.
 * Errors:  a keyring that cannot be read or cut ends the program.
 */
#ifndef KEYPOST_TESTS_BENCH_KEYRING_H
#define KEYPOST_TESTS_BENCH_KEYRING_H

#include "pgp/armor.h"
#include "pgp/packet.h"

struct keyring {
	struct bytes *list; /* whole certificates, as they stand in the file */
	size_t count;
};

void keyring_open(struct keyring *k, const char *path);

#endif

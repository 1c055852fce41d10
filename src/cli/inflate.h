/*
 * inflate.h - octets of a file as they were before zstd or gzip packed them
 *
 * What it is its first octets say, not its name. It is unpacked as it is read,
 * so that a file which unpacks to a million times its size costs time alone.
 *
 * Memory:  some 100 KiB, and zstd's window: 64 MiB at most.
 * Threads: one.
 * Errors:  IO: the file cannot be read. MALFORMED: what follows cannot be
 *          unpacked, or it is cut; what came before is good.
 */
#ifndef KEYPOST_CLI_INFLATE_H
#define KEYPOST_CLI_INFLATE_H

#include "base/bytes.h"

struct inflate;

/* Takes the descriptor, also when it fails. Plain octets pass as they are. */
MUST_CHECK enum status inflate_open(
	int fd, struct inflate **in, struct err *err);
void inflate_close(struct inflate *in);
/* Octets of the file read so far. */
uint64_t inflate_position(const struct inflate *in);
/* Goes to this offset; false when it has to be read up to there. */
bool inflate_seek(struct inflate *in, uint64_t to);
/* Fills `out` as far as there is anything; *got 0 is the end. */
MUST_CHECK enum status inflate_read(struct inflate *in, uint8_t *out,
	size_t size, size_t *got, struct err *err);

#endif

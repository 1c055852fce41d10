/*
 * wide.h - base64 and CRC-24 of sixteen octets at once, where the processor can
 *
 * Both do the front of what they are given and say how much of it, 0 on
 * processors without the instructions: plain C does the rest.
 *
 * Memory:  nothing is read beyond the octets nor written beyond what they
 *          become.
 * Threads: pure.
 * Source:  W. Mula, D. Lemire: Faster Base64 Encoding and Decoding Using AVX2
 *          Instructions, 2018; V. Gopal and others: Fast CRC Computation for
 *          Generic Polynomials Using PCLMULQDQ Instruction, 2009.
 */
#ifndef KEYPOST_PGP_WIDE_H
#define KEYPOST_PGP_WIDE_H

#include "base/bytes.h"

enum { WIDE_LINE_OCTETS = 48 }; /* of a line of armor: 64 characters */

/* A multiple of 12 octets becomes characters, four for each three. */
size_t wide_base64(struct bytes in, char *out);
/* The same for whole lines, each with its line feed: 65 characters. */
size_t wide_base64_lines(struct bytes in, char *out);
/*
 * A multiple of 64 octets: `folded` are 16 octets with the checksum, started
 * from 0, that they have after `crc`.
 */
size_t wide_crc24(uint32_t crc, struct bytes in, uint8_t folded[16]);

#endif

/*
 * hex.h - hexadecimal and octets
 *
 * hex_write_upper and hex_write_lower fill 2 * len digits and a NUL; the caller
 * gives the room.
 * hex_read takes either case and nothing else; MALFORMED for an odd count,
 * another character, or more than `max` octets.
 */
#ifndef KEYPOST_BASE_HEX_H
#define KEYPOST_BASE_HEX_H

#include "base/bytes.h"

void hex_write_upper(struct bytes in, char *out);
void hex_write_lower(struct bytes in, char *out);
MUST_CHECK enum status hex_read(
	struct bytes text, uint8_t *out, size_t max, size_t *len);
/* The value of one digit, or -1. */
int hex_digit(uint8_t c);

#endif

/*
 * decoded.h - a letter through decode_letter, and a look at its fields
 */
#ifndef KEYPOST_TESTS_MAILAGENT_DECODED_H
#define KEYPOST_TESTS_MAILAGENT_DECODED_H

#include "base/frame.h"
#include "mailagent/decode.h"
#include "mailagent/protocol.h"

struct decoded {
	enum status st;
	struct err why;
	struct buf fields;
};

struct decoded decode_text(struct bytes letter);
struct decoded decode_str(const char *letter);
void decoded_free(struct decoded *d);
/* The n-th value of that name; `data` NULL if there is none. */
struct bytes decoded_field(const struct decoded *d, uint8_t name, size_t n);
size_t decoded_count(const struct decoded *d, uint8_t name);

#endif

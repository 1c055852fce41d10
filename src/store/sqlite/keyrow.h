/*
 * keyrow.h - which keys a bulk load has stored, and in which rows
 *
 * Tables in memory, seven octets an entry: while there is no index they say
 * where a certificate may be. Different keys can look alike to it, so a hit is
 * to be checked against the row; what it does not have is not there.
 *
 * Memory:  keyrow_new makes, keyrow_free frees. Entries take 7 octets, and a
 *          page for each of 2,048 tables: 12 million certificates, twice those
 *          that exist, 80 to 88 MiB.
 * Threads: any; it has a lock of its own.
 * Errors:  LIMIT: it is full, or the row's number is beyond 32 bits.
 */
#ifndef KEYPOST_STORE_SQLITE_KEYROW_H
#define KEYPOST_STORE_SQLITE_KEYROW_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum { KEYROW_KEY = 8 /* the first octets of a handle */ };
#define KEYROW_MAX ((size_t)200 * 1024 * 1024)

struct keyrow;

struct keyrow *keyrow_new(size_t max);
void keyrow_free(struct keyrow *s);
MUST_CHECK enum status keyrow_add(
	struct keyrow *s, const uint8_t key[KEYROW_KEY], int64_t row);
/* The n-th of those that it may be, from 0 on; false: there are no more. */
bool keyrow_nth(struct keyrow *s, const uint8_t key[KEYROW_KEY], size_t n,
	int64_t *row);

#endif

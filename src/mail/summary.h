/*
 * summary.h - what two servers lack of each other, found by letters
 *
 * The ids of all certificates (store.h) stand in one order. A summary gives
 * for each of 2^fan parts of a span a short digest of the ids in it. Whoever
 * gets it compares with its own: parts that are equal are done; of one that
 * differs it answers with a finer summary, or, where few ids are left, with
 * their list. Who gets a list sends the certificates that are not in it, and
 * asks for those it lacks. No state is kept between letters, so that one that
 * is lost costs only time.
 *
 *     SUMS   u8 by, u8 bits, u8 fan, prefix, 2^fan times 6 octets
 *     LIST   u8 by, u8 bits, prefix, ids of 8 octets, rising
 *     WANT   u8 by, ids of 8 octets
 *
 * A prefix is the first `bits` bits of an id, in whole octets.
 *
 * Memory:  a summary lives on the heap; letters are the caller's buffer.
 * Threads: one thread at a time.
 * Errors:  MALFORMED for a record that is not of that form; the source's own.
 * Source:  doc/decisions/repair-by-summary.md.
 */
#ifndef KEYPOST_MAIL_SUMMARY_H
#define KEYPOST_MAIL_SUMMARY_H

#include "store/ids.h"

enum {
	SUM_OCTETS = 6,
	SUMMARY_FAN = 8,      /* of the first letter, and while few differ */
	SUMMARY_FAN_MANY = 4, /* when many do */
	SUMMARY_FEW = 16,     /* so many parts are few */
	SUMMARY_LIST = 256,   /* ids that are listed rather than divided */
	SUMMARY_LIST_MANY = 16,
	SUMMARY_BODY_MAX = 1536 * 1024, /* octets of an answer */
	SUMMARY_SEND_MAX = 20000,       /* certificates named by one letter */
	SUMMARY_CACHE_BITS = 16
};

/* Grows and shrinks with the set; equal sets have equal sums. */
struct sum {
	uint64_t a, b, count;
};

void sum_add(struct sum *s, uint64_t id);
void sum_drop(struct sum *s, uint64_t id);

/* Where ids come from. */
struct summary_source {
	/* As store_list_ids. */
	enum status (*list)(void *ctx, enum store_ids by, uint64_t from,
		uint64_t *list, size_t max, size_t *count, struct err *err);
	void *ctx;
	/* Sums of 2^SUMMARY_CACHE_BITS parts of all ids of this kind, or NULL.
	 */
	const struct sum *cache[2];
};

struct summary;

enum summary_record { SUMMARY_SUMS = 10, SUMMARY_LISTED, SUMMARY_WANTED };

/* `salt`: equal in all letters of an exchange. */
struct summary *summary_new(const struct summary_source *source, uint32_t salt);
void summary_free(struct summary *s);

/* The first letter's record, appended as a field (base/frame.h). */
MUST_CHECK enum status summary_begin(
	struct summary *s, enum store_ids by, struct buf *out, struct err *err);
/* Looks at one record of a letter. */
MUST_CHECK enum status summary_take(
	struct summary *s, uint8_t record, struct bytes value, struct err *err);
/* The answer to all that was taken; nothing is appended when all agrees. */
MUST_CHECK enum status summary_answer(
	struct summary *s, struct buf *out, struct err *err);

/* What is to be sent: ids that we have. */
const uint64_t *summary_send(
	const struct summary *s, enum store_ids *by, size_t *count);
/* Parts that differed, and whether some had no room in the answer. */
size_t summary_differences(const struct summary *s, bool *cut);

/* All ids, into 2^SUMMARY_CACHE_BITS sums. */
MUST_CHECK enum status summary_fill_cache(const struct summary_source *source,
	enum store_ids by, struct sum *cache, struct err *err);

#endif

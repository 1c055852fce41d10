/*
 * decode.h - one letter: who sent it, what it asks for, and its key blocks
 *
 * Runs in a process of its own (nursery.h), because a letter is the most
 * hostile thing that this program reads.
 *
 * Memory:  uses up to DECODE_ARENA_MAX; the letter is borrowed.
 * Threads: pure; any thread.
 * Errors:  LIMIT and MALFORMED: the letter is to be set aside, `why` says so
 *          in one line.
 * Source:  spec pks-mail sections 8.3 and 8.7.
 */
#ifndef KEYPOST_MAILAGENT_DECODE_H
#define KEYPOST_MAILAGENT_DECODE_H

#include "mailagent/head.h"

enum {
	DECODE_ARENA_MAX = 128 * 1024 * 1024,
	DECODE_LETTER_MAX = 10 * 1024 * 1024, /* L16 */
	DECODE_SUBJECT_MAX = 1000,
	DECODE_SEEN_MAX = 64, /* addresses; and 16 KiB of them */
	DECODE_SEEN_OCTETS = 16 * 1024,
	DECODE_RECEIVED_MAX = 50,
	DECODE_TO_MAX = 100,
	DECODE_RESULTS_MAX = 8, /* fields, each of so many octets: */
	DECODE_RESULT_MAX = 2000
};

/* What the road on which a letter came tells. */
struct decode_hint {
	bool has_sender;     /* the envelope sender is known */
	struct bytes sender; /* empty: null */
	bool trust_path;     /* a Return-Path on top is our own MTA's */
	bool to_bounces;     /* its recipient was our bounce address */
};

/*
 * Appends fields of FRAME_LETTER (protocol.h) to `fields`; LETTER_SOURCE and
 * LETTER_SIZE are the caller's.
 */
MUST_CHECK enum status decode_letter(struct bytes letter,
	const struct decode_hint *hint, struct buf *fields, struct err *why);

#endif

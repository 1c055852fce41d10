/*
 * draft.h - change records after a cursor -> the next letter for one peer
 *
 * Steps over what the peer need not hear (it came from the peer, lists it as
 * seen, was loaded by an operator, or is of a kind the peer does not take),
 * joins the rest until the letter is full, and cuts from the stored rows just
 * the packets that those changes brought.
 *
 * Memory:  a draft owns two arenas and is used again for the next letter; the
 *          letter's octets are the caller's buffer.
 * Threads: one thread at a time; the session is the caller's.
 * Errors:  those of the store. What is wrong with one certificate never fails
 *          a letter of others.
 * Source:  design: architecture section 5.5; spec pks-mail 8.1, 8.4.
 */
#ifndef KEYPOST_MAIL_DRAFT_H
#define KEYPOST_MAIL_DRAFT_H

#include "mail/auth.h"
#include "mail/brake.h"
#include "mail/compose.h"
#include "mail/known.h"
#include "store/store.h"

struct draft;

struct draft_peer {
	const struct mail_settings *mail;
	const struct known *known;
	const struct auth *auth; /* NULL: nothing is signed */
	const struct compose_site *site;
	int index;          /* in mail->peers */
	uint64_t relay_max; /* octets its relay takes; 0: it did not say */
	int64_t told;       /* letters so far cover the log up to here */
	const char *tag;    /* of what is asked for again; NULL: "" */
	const struct brake *brake; /* NULL: nothing is held */
};

struct draft_letter {
	int64_t first, last; /* what it covers: the changes in it, and those
				before them that this peer need not hear */
	size_t keys;         /* 0: there is nothing to send */
	bool full;           /* it was closed by a limit */
	bool too_big;    /* one change that no letter can carry, or a planned
			   letter that has grown too large */
	bool held;       /* too_big, because it goes round and round */
	bool at_end;     /* the log has no more for now */
	int64_t scanned; /* everything up to here was looked at */
	struct buf text; /* the whole letter */
};

struct draft *draft_new(void);
void draft_free(struct draft *d);

/*
 * The next letter from the changes after `after`. `text` must be empty.
 * OK with keys == 0 when all that was looked at is stepped over.
 */
MUST_CHECK enum status draft_next(struct draft *d, struct store_session *s,
	const struct draft_peer *p, int64_t after, struct draft_letter *out,
	struct err *err);
/*
 * The same of the changes up to `upto`; the last letter of them covers all the
 * rest, and at_end says that it is the last.
 */
MUST_CHECK enum status draft_upto(struct draft *d, struct store_session *s,
	const struct draft_peer *p, int64_t after, int64_t upto,
	struct draft_letter *out, struct err *err);
/* The letter of exactly first .. last, as it was planned once. */
MUST_CHECK enum status draft_again(struct draft *d, struct store_session *s,
	const struct draft_peer *p, int64_t first, int64_t last,
	struct draft_letter *out, struct err *err);
/* The certificates of the letter made last go out. */
void draft_count(
	const struct draft *d, struct brake *b, int peer, int64_t now_ms);
/* Appends what `digests` (empty: all) name of a stored row, in this dialect. */
MUST_CHECK enum status draft_cut(struct arena *arena,
	const struct cert_row *row, struct bytes digests,
	enum delta_dialect dialect, struct buf *octets, struct err *err);
/* As this peer reads it: who is fed over HTTP reads no head. */
MUST_CHECK enum status draft_write(const struct peer_settings *peer,
	const struct compose_site *site, const struct compose_batch *batch,
	struct buf *out);
/* Must this peer hear of this change? */
bool draft_wants(const struct draft_peer *p, const struct change *c);

#endif

/*
 * partner.h - one talk of ours, and a partner whose every octet a test writes
 *
 * Memory: partner_done frees the talk and what was heard of it.
 */
#ifndef KEYPOST_TESTS_RECON_PARTNER_H
#define KEYPOST_TESTS_RECON_PARTNER_H

#include "recon/message.h"
#include "talks.h"

struct partner {
	struct talk *talk;
	struct buf say;   /* what is said next */
	struct buf heard; /* all that our side said since the greeting */
	size_t read;      /* of heard */
	struct buf frame; /* the last that was read */
};

/*
 * Sets that most tests talk about: 40 digests in common, of each alone 8 and 9
 * (few) or 20 and 500 (many), and a large one of 1,000 or 70,000 others. For a
 * group of tests: set up, taken down.
 */
extern struct set ours, theirs, large, nothing;
int sets_few(void **state);
int sets_many(void **state);
int sets_gone(void **state);

/* Our side has that role and set, and those settings (NULL: talks_settings);
 * nothing is said yet. */
void partner_meet(struct partner *p, enum talk_role role,
	const struct talk_settings *settings, const struct set *set);
/* The same, and both passed. */
void partner_greet(struct partner *p, enum talk_role role,
	const struct talk_settings *settings, const struct set *set);
void partner_done(struct partner *p);
/* Says what is in `say`, as much as our side will hear, and hears it. */
void partner_say(struct partner *p);
/* A Config like ours. */
struct message_config partner_config(void);

/* These put a message into `say`. */
void partner_poly(struct partner *p, const char *bits, const struct set *set);
void partner_poly_of(struct partner *p, const char *bits, uint32_t size,
	const struct samples *samples);
void partner_full(struct partner *p, const char *bits,
	const struct sks_digest *list, size_t count);
void partner_elements(struct partner *p, enum message_type type,
	const struct sks_digest *list, size_t count);
void partner_bare(struct partner *p, enum message_type type);
void partner_hex(struct partner *p, const char *hex);

/* The next message of our side; false when there is none. */
bool partner_hears(struct partner *p, struct message *m);
/* It must be of that type; with so many elements, where it has some. */
void assert_hears(struct partner *p, enum message_type type, size_t elements);
void assert_hears_nothing(struct partner *p);
void assert_state(
	const struct partner *p, enum talk_state state, const char *why);

#endif

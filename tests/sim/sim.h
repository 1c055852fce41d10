/*
 * sim.h - a network of servers whose time and mail are simulated
 *
 * Each server is a process with a real store, ingest and src/mail; what
 * stands in the place of keypost-mail and of the mail system between them is
 * here. A server dies by SIGKILL. Time stands still but for steps that the
 * simulation makes, so weeks pass in seconds.
 *
 *     network.c   scenario -> servers, changes, faults, the end
 *     host.c      a server as the network sees it
 *     node.c      the process itself: frames between it and the network
 *     server.c    and what runs in it
 *     post.c      letters under way: lost, doubled, late, held back
 *     legacy.c    what other keyservers would have lost in the same run
 *
 * Units: milliseconds of simulated time from the start of a run.
 */
#ifndef KEYPOST_SIM_H
#define KEYPOST_SIM_H

#include "base/bytes.h"

enum {
	SIM_HOSTS_MAX = 16,
	SIM_SECOND = 1000,
	SIM_MINUTE = 60 * SIM_SECOND,
	SIM_HOUR = 60 * SIM_MINUTE,
	SIM_DAY = 24 * SIM_HOUR,
	SIM_KEPT = 5 * SIM_DAY /* by a relay that cannot deliver */
};

/* Between a server and the network, besides frames of mailagent/protocol.h. The
 * id of SEND and LETTER comes back in SENT and DONE. */
enum sim_frame {
	SIM_TIME = 't',   /* network -> node: number; and back when calm */
	SIM_SUBMIT = 's', /* network -> node: a certificate; and back */
	SIM_STATE = 'q',  /* network -> node; and back with fields */
	SIM_STOP = 'e'    /* network -> node: an orderly end */
};

enum sim_state_field {
	STATE_CERTS = 1, /* number */
	STATE_SUM = 2,   /* 16 octets: all SKS digests, added up bit by bit */
	STATE_BEHIND = 3 /* number: changes that some peer was not sent */
};

/* Numbers that look random: the same from the same seed everywhere. */
struct sim_random {
	uint64_t state;
};
uint64_t sim_random(struct sim_random *r);
/* From 0 to below n. */
uint64_t sim_below(struct sim_random *r, uint64_t n);
/* True in so many of a hundred cases. */
bool sim_chance(struct sim_random *r, unsigned int percent);

struct sim_letter_fate {
	bool refused; /* the relay cannot be reached: nothing was taken */
	size_t copies;
	int64_t at[2]; /* when each arrives */
};

/* How the mail system treats letters. */
struct sim_weather {
	unsigned int loss;      /* of a hundred letters */
	unsigned int doubled;   /* of a hundred letters */
	unsigned int days_late; /* of a hundred letters: up to three days */
	/* From and to: the first `apart` servers and the others do not reach
	 * each other; what relays took they hold for five days at most. */
	int64_t apart_from, apart_to;
	size_t apart;
	bool apart_refused; /* no relay takes anything meanwhile */
};

/* What becomes of a letter sent now. */
void sim_weather(const struct sim_weather *w, struct sim_random *r, size_t from,
	size_t to, int64_t now, struct sim_letter_fate *fate);

enum sim_shape { SHAPE_MESH, SHAPE_RING, SHAPE_HUBS };
/* Are these two of `hosts` servers peers? */
bool sim_are_peers(enum sim_shape shape, size_t hosts, size_t a, size_t b);

struct sim_change {
	int64_t at;
	size_t host;
	unsigned int seed, parts; /* of the certificate: unit/mail/keys.h */
};

struct sim_scenario {
	const char *name;
	enum sim_shape shape;
	size_t hosts;
	struct sim_weather weather;
	size_t changes;   /* spread over... */
	int64_t changing; /* ... so long, from the start */
	size_t certs;     /* that they are about */
	size_t crashes;   /* in the same time */
	int64_t patience; /* how long it may take from the last fault on */
	uint64_t seed;
};

struct sim_result {
	bool same;            /* all servers hold the same, and all of it */
	bool calm;            /* and nothing was on its way any more */
	int64_t took;         /* from the last change or fault */
	size_t certs;         /* at each server */
	size_t letters;       /* that relays took */
	uint64_t octets;      /* of them */
	size_t refused;       /* letters that a server would not have */
	size_t lost, doubled; /* by the mail system */
};

void sim_run(const struct sim_scenario *s, const struct sim_change *changes,
	struct sim_result *result);
/* The changes that such a scenario's seed makes. */
void sim_make_changes(const struct sim_scenario *s, struct sim_change *changes);

/* How old servers pass on what they learn. */
struct sim_legacy {
	const char *name;
	bool relays;      /* what it learned from a peer */
	bool tries_again; /* after a relay that took nothing */
	int64_t horizon;  /* tries no longer than so; 0: for ever */
};
extern const struct sim_legacy sim_legacy_kinds[];
extern const size_t sim_legacy_count;
/* How many of the changes, times other servers, never arrive. */
size_t sim_legacy_lost(const struct sim_legacy *kind,
	const struct sim_scenario *s, const struct sim_change *changes);

#endif

#include "conf/conf_table.h"

#include <stddef.h>

#define C(f) offsetof(struct conf, f)
#define P(f) offsetof(struct gossip_peer, f)

static const struct conf_option rows[] = {
	{"gossip", "listen", CONF_LISTEN, "", NO_BOUNDS, C(gossip.listen),
		C(gossip.listen_count), NO_WORDS,
		"addresses to take SKS gossip on; empty: we only begin talks"},
	{"gossip", "profile", CONF_STRING, "", NO_BOUNDS, C(gossip.profile),
		NO_LIST, NO_WORDS,
		"which certificates take part; by default what the level "
		"implies"},
	{"gossip", "filters", CONF_STRING, "", NO_BOUNDS, C(gossip.filters),
		NO_LIST, NO_WORDS,
		"filters that gossip announces; by default those of the "
		"profile"},
	{"gossip", "force_filters", CONF_BOOL, "no", NO_BOUNDS,
		C(gossip.force_filters), NO_LIST, NO_WORDS,
		"announce them though the level does not keep what they say"},
	{"gossip", "interval", CONF_MS, "60s", 100, 86400000,
		C(gossip.interval_ms), NO_LIST, NO_WORDS,
		"time between talks that we begin"},
	{"gossip", "idle", CONF_MS, "20s", 100, 600000, C(gossip.idle_ms),
		NO_LIST, NO_WORDS, "how long a partner may be silent"},
	{"gossip", "talk_time", CONF_MS, "5min", 1000, 86400000,
		C(gossip.talk_ms), NO_LIST, NO_WORDS,
		"how long a talk may take"},
	{"gossip", "fetch_wait", CONF_MS, "1s", 0, 3600000,
		C(gossip.fetch_wait_ms), NO_LIST, NO_WORDS,
		"how long we wait with fetching when a partner began the "
		"talk"},
	{"gossip", "http_port", CONF_COUNT, "0", 0, 65535, C(gossip.http_port),
		NO_LIST, NO_WORDS,
		"where peers fetch our keys; 0: the first port of [http] "
		"listen"},
	{"gossip", "max_learned", CONF_COUNT, "100000", 100, 1000000,
		C(gossip.limits.learned), NO_LIST, NO_WORDS,
		"certificates that one talk may teach; the next one goes on"},
	{"gossip", "max_requests", CONF_COUNT, "10000", 100, 10000000,
		C(gossip.limits.requests), NO_LIST, NO_WORDS,
		"requests of one talk, beside four for each node of our own"},
	{"gossip", "max_elements", CONF_COUNT, "1000000", 1000, 100000000,
		C(gossip.limits.elements), NO_LIST, NO_WORDS,
		"elements that a partner may say in one talk, beside two for "
		"each of ours"},
	{"gossip", "max_bad_elements", CONF_COUNT, "100", 1, 1000000,
		C(gossip.limits.bad_elements), NO_LIST, NO_WORDS,
		"of them, how many that are none end it"},
	{"gossip", "max_answer", CONF_COUNT, "10000", 100, 50000,
		C(gossip.limits.full_reply), NO_LIST, NO_WORDS,
		"elements of one answer; the next talk goes on"},
	{"gossip", "max_answers", CONF_SIZE, "8MiB", 65536, 64 << 20,
		C(gossip.limits.replies), NO_LIST, NO_WORDS,
		"answers that a partner has not taken yet"},
	{"gossip", "max_unanswered", CONF_COUNT, "100", 1, 10000,
		C(gossip.limits.outstanding), NO_LIST, NO_WORDS,
		"requests of ours that wait for an answer"},
	{"gossip", "solve_time", CONF_MS, "60s", 1000, 3600000,
		C(gossip.limits.solve_ms), NO_LIST, NO_WORDS,
		"processor time that a partner may cost in one talk"},
	{"peer", "gossip", CONF_ENDPOINT, "", NO_BOUNDS, P(at), NO_LIST,
		NO_WORDS, "HOST:PORT of its gossip"},
	{"peer", "gossip_from", CONF_NETS, "", NO_BOUNDS, P(networks),
		P(network_count), NO_WORDS,
		"addresses and networks that it gossips from, beside that "
		"host's"},
	{"peer", "gossip_http", CONF_STRING, "", NO_BOUNDS, P(http), NO_LIST,
		NO_WORDS,
		"HOST:PORT of its keys; by default the host above, and the "
		"port that it announces"},
};

const struct conf_table conf_table_gossip = {
	rows, sizeof(rows) / sizeof(rows[0])};

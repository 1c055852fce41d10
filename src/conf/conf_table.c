#include "conf/conf_table.h"

#include <stddef.h>

#include "pgp/level.h"

#define C(f) offsetof(struct conf, f)
#define NO_LIST 0
#define NO_BOUNDS 0, 0
#define NO_WORDS NULL

static const struct conf_word levels[] = {{"sks", LEVEL_SKS, NULL},
	{"clean", LEVEL_CLEAN, NULL}, {"strict", LEVEL_STRICT, NULL},
	{NULL, 0, NULL}};

static const struct conf_word log_levels[] = {{"debug", LOG_DEBUG, NULL},
	{"info", LOG_INFO, NULL}, {"warn", LOG_WARN, NULL},
	{"error", LOG_ERROR, NULL}, {NULL, 0, NULL}};

static const struct conf_word sandbox_modes[] = {{"no", SANDBOX_NO, NULL},
	{"yes", SANDBOX_YES, NULL}, {"kill", SANDBOX_KILL, NULL},
	{NULL, 0, NULL}};

static const struct conf_word store_words[] = {{"sqlite", 0, NULL},
	{"postgresql://", 0,
		"this version does not offer PostgreSQL yet: use sqlite"},
	{NULL, 0, NULL}};

static const struct conf_option rows[] = {
	{"server", "name", CONF_STRING, "", NO_BOUNDS, C(name), NO_LIST,
		NO_WORDS,
		"public name of this server; by default the domain of the mail "
		"address"},
	{"server", "contact", CONF_STRING, "", NO_BOUNDS, C(contact), NO_LIST,
		NO_WORDS, "fingerprint or mail address of who runs it"},
	{"server", "data", CONF_PATH, "/var/lib/keypost", NO_BOUNDS, C(data),
		NO_LIST, NO_WORDS,
		"folder of store, spool, quarantine and sockets"},
	{"server", "store", CONF_WORD, "sqlite", NO_BOUNDS, C(store_kind),
		NO_LIST, store_words, "what keeps the certificates"},
	{"server", "level", CONF_WORD, "clean", NO_BOUNDS,
		C(ingest.policy.level), NO_LIST, levels,
		"which packets of a certificate are kept"},
	{"server", "redact_hard_revoked", CONF_BOOL, "no", NO_BOUNDS,
		C(http.redact_hard_revoked), NO_LIST, NO_WORDS,
		"serve of a hard-revoked certificate only that it is"},
	{"server", "user", CONF_STRING, "", NO_BOUNDS, C(user), NO_LIST,
		NO_WORDS,
		"user to run as when started as root; by default keypost"},
	{"server", "log_level", CONF_WORD, "info", NO_BOUNDS, C(log_level),
		NO_LIST, log_levels,
		"the least important lines that are logged"},
	{"server", "sandbox", CONF_WORD, "yes", NO_BOUNDS, C(sandbox), NO_LIST,
		sandbox_modes,
		"confine the process; kill ends it when it tries to break out"},
	{"server", "allow_network_fs", CONF_BOOL, "no", NO_BOUNDS,
		C(store.allow_network_fs), NO_LIST, NO_WORDS,
		"open a store that lies on a network file system"},
	{"server", "disk_reserve", CONF_SIZE64, "256MiB", 0, 1LL << 40,
		C(store.disk_reserve), NO_LIST, NO_WORDS,
		"free space below which submissions wait"},
	{"server", "change_keep", CONF_S, "30d", 3600, 10 * 365 * 86400LL,
		C(mail.change_keep_s), NO_LIST, NO_WORDS,
		"how long changes are kept for a silent peer"},
	{"server", "change_keep_count", CONF_COUNT64, "1000000", 1000,
		1000000000, C(mail.change_keep_count), NO_LIST, NO_WORDS,
		"how many changes are kept for a silent peer"},
	{"http", "listen", CONF_LISTEN, "127.0.0.1:11371", NO_BOUNDS,
		C(http.listen), C(http.listen_count), NO_WORDS,
		"addresses to serve HTTP on"},
	{"http", "metrics_listen", CONF_LISTEN, "", NO_BOUNDS,
		C(http.metrics_listen), C(http.metrics_listen_count), NO_WORDS,
		"addresses to serve /metrics on, for Prometheus"},
	{"http", "trusted_proxies", CONF_NETS, "", NO_BOUNDS,
		C(http.trusted_proxies), C(http.trusted_proxy_count), NO_WORDS,
		"proxies whose X-Forwarded-For is believed"},
	{"http", "rate_exempt", CONF_NETS, "127.0.0.0/8 ::1", NO_BOUNDS,
		C(http.rate_exempt), C(http.rate_exempt_count), NO_WORDS,
		"addresses without rate and connection limits"},
	{"http", "threads", CONF_COUNT, "0", 0, 64, C(http.threads), NO_LIST,
		NO_WORDS,
		"threads of the pool; 0: as many as CPUs, from 2 to 8"},
	{"http", "max_connections", CONF_COUNT, "4096", 4, 65536,
		C(http.max_connections), NO_LIST, NO_WORDS,
		"connections at once"},
	{"http", "max_per_address", CONF_COUNT, "32", 0, 65536,
		C(http.max_per_address), NO_LIST, NO_WORDS,
		"connections of one address (IPv6: one /64); 0: any number"},
	{"http", "max_bodies", CONF_SIZE, "128MiB", 1 << 20, 1LL << 34,
		C(http.max_bodies), NO_LIST, NO_WORDS,
		"octets of all submissions being read"},
	{"http", "max_replies", CONF_SIZE, "128MiB", 1 << 20, 1LL << 34,
		C(http.max_replies), NO_LIST, NO_WORDS,
		"octets of all large answers being read; a fourth of it for "
		"one address"},
	{"http", "max_get", CONF_COUNT, "100", 1, 10000, C(http.max_get),
		NO_LIST, NO_WORDS, "certificates that one look-up returns"},
	{"http", "max_index", CONF_COUNT, "500", 1, 10000, C(http.max_index),
		NO_LIST, NO_WORDS, "certificates that one listing shows"},
	{"http", "max_identity", CONF_COUNT, "20", 1, 10000,
		C(http.max_identity), NO_LIST, NO_WORDS,
		"certificates of one identity over HKP v2 and VKS"},
	{"http", "max_reply", CONF_SIZE, "32MiB", 1 << 20, 1LL << 30,
		C(http.max_reply), NO_LIST, NO_WORDS, "octets of one reply"},
	{"http", "max_hashquery_reply", CONF_SIZE, "16MiB", 1 << 20, 1LL << 30,
		C(http.max_hashquery_reply), NO_LIST, NO_WORDS,
		"octets of one hashquery reply"},
	{"http", "lookup_time", CONF_MS, "2s", 10, 60000,
		C(http.lookup_time_ms), NO_LIST, NO_WORDS,
		"time after which a search ends"},
	{"http", "language", CONF_STRING, "en", NO_BOUNDS, C(http.language),
		NO_LIST, NO_WORDS,
		"language of the web pages, like de, if there is a catalogue "
		"for it"},
	{"http", "word_search", CONF_BOOL, "yes", NO_BOUNDS,
		C(http.search.word_search), NO_LIST, NO_WORDS,
		"search user IDs by words"},
	{"http", "submissions", CONF_BOOL, "yes", NO_BOUNDS,
		C(http.submissions), NO_LIST, NO_WORDS,
		"take submissions; no: a mirror that only reads (403)"},
	{"http", "short_ids", CONF_BOOL, "yes", NO_BOUNDS,
		C(http.search.short_ids), NO_LIST, NO_WORDS,
		"look up by short key ID (8 digits)"},
	{"http", "enumerate", CONF_DOMAINS, "none", NO_BOUNDS,
		C(http.search.enumerate), C(http.search.enumerate_count),
		NO_WORDS,
		"domains whose addresses may be listed by a search for "
		"@domain; none or all"},
	{"http", "serve_unclean", CONF_BOOL, "no", NO_BOUNDS,
		C(http.serve_unclean), NO_LIST, NO_WORDS,
		"give local and malformed signatures to who asks with "
		"clean=off"},
	{"http", "armor_comment", CONF_STRING, "", NO_BOUNDS,
		C(http.armor_comment), NO_LIST, NO_WORDS,
		"a Comment line in what is served as armor; empty: none"},
	{"http", "server_header", CONF_STRING, "", NO_BOUNDS,
		C(http.server_header), NO_LIST, NO_WORDS,
		"what the Server field says; by default keypost and its "
		"version"},
	{"http", "web", CONF_PATH, "", NO_BOUNDS, C(http.web), NO_LIST,
		NO_WORDS,
		"folder of files of your own; by default web beside the "
		"configuration"},
	{"http", "stats_show_mail", CONF_BOOL, "no", NO_BOUNDS,
		C(http.stats_show_mail), NO_LIST, NO_WORDS,
		"show whole mail addresses in the statistics"},
};

const struct conf_table conf_table_main = {
	rows, sizeof(rows) / sizeof(rows[0])};

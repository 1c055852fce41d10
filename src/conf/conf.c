#include "conf/conf.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "conf/suggest.h"
#include "pgp/level.h"

#define C(f) offsetof(struct conf, f)
#define P(f) offsetof(struct peer_settings, f)
#define NO_LIST 0
#define NO_BOUNDS 0, 0
#define NO_WORDS NULL
#define NOWHERE 0

static const struct conf_word levels[] = {{"sks", LEVEL_SKS, NULL},
	{"clean", LEVEL_CLEAN, NULL}, {"strict", LEVEL_STRICT, NULL},
	{NULL, 0, NULL}};

static const struct conf_word log_levels[] = {{"debug", LOG_DEBUG, NULL},
	{"info", LOG_INFO, NULL}, {"warn", LOG_WARN, NULL},
	{"error", LOG_ERROR, NULL}, {NULL, 0, NULL}};

static const struct conf_word sandbox_modes[] = {{"no", SANDBOX_NO, NULL},
	{"yes", SANDBOX_YES, NULL}, {"kill", SANDBOX_KILL, NULL},
	{NULL, 0, NULL}};

static const struct conf_word tls_words[] = {
	{"required", RELAY_TLS_REQUIRED, NULL},
	{"opportunistic", RELAY_TLS_OPPORTUNISTIC, NULL},
	{"none", RELAY_TLS_NONE, NULL}, {NULL, 0, NULL}};

static const struct conf_word reply_words[] = {{"no", MAIL_REPLY_NO, NULL},
	{"yes", MAIL_REPLY_YES, NULL}, {"all", MAIL_REPLY_ALL, NULL},
	{NULL, 0, NULL}};

#define AUTH_LATER                                                             \
	"this version does not offer it yet; a later one will: use list or "   \
	"transport"
static const struct conf_word auth_words[] = {{"list", PEER_AUTH_LIST, NULL},
	{"open", PEER_AUTH_OPEN, NULL},
	{"transport", PEER_AUTH_TRANSPORT, NULL},
	{"auth-results", 0, AUTH_LATER}, {"hmac", 0, AUTH_LATER},
	{"openpgp", 0, AUTH_LATER}, {NULL, 0, NULL}};

static const struct conf_word dialects[] = {{"standard", DELTA_STANDARD, NULL},
	{"pksd", DELTA_PKSD, NULL}, {NULL, 0, NULL}};

static const struct conf_word store_words[] = {{"sqlite", 0, NULL},
	{"postgresql://", 0,
		"this version does not offer PostgreSQL yet: use sqlite"},
	{NULL, 0, NULL}};

static const struct conf_option own_options[] = {
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
	{"server", "level", CONF_WORD, "clean", NO_BOUNDS, C(ingest.policy.level),
		NO_LIST, levels, "which packets of a certificate are kept"},
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
	{"mail", "address", CONF_ADDRESS, "", NO_BOUNDS, C(mail.address),
		NO_LIST, NO_WORDS, "our own sync address; empty: no mail"},
	{"mail", "maintainer", CONF_ADDRESS, "", NO_BOUNDS, C(mail.maintainer),
		NO_LIST, NO_WORDS, "a person who reads what peers answer"},
	{"mail", "bounce", CONF_ADDRESS, "", NO_BOUNDS, C(mail.bounce), NO_LIST,
		NO_WORDS,
		"envelope sender of our letters; by default made from address"},
	{"mail", "relay", CONF_RELAY, "smtp://127.0.0.1:25", NO_BOUNDS,
		C(mail.relay), NO_LIST, NO_WORDS,
		"where letters are handed over"},
	{"mail", "tls", CONF_WORD, "required", NO_BOUNDS, C(mail.tls), NO_LIST,
		tls_words,
		"TLS to a relay; left out: required, but for one on this host"},
	{"mail", "maildir", CONF_PATH, "", NO_BOUNDS, C(mail.maildir), NO_LIST,
		NO_WORDS, "a Maildir to take letters from"},
	{"mail", "lmtp_listen", CONF_ENDPOINT, "", NO_BOUNDS,
		C(mail.lmtp_listen), NO_LIST, NO_WORDS,
		"address to take letters on by LMTP"},
	{"mail", "imap", CONF_LATER, "", NO_BOUNDS, NOWHERE, NO_LIST, NO_WORDS,
		"a mailbox to take letters from"},
	{"mail", "batch_delay", CONF_MS, "30s", 0, 3600000,
		C(mail.batch_delay_ms), NO_LIST, NO_WORDS,
		"how long changes gather for one letter"},
	{"mail", "batch_bytes", CONF_SIZE, "100000B", 4096, 8 << 20,
		C(mail.batch_octets), NO_LIST, NO_WORDS,
		"armored size of one letter"},
	{"mail", "batch_keys", CONF_COUNT, "100", 1, 10000, C(mail.batch_keys),
		NO_LIST, NO_WORDS, "certificates in one letter"},
	{"mail", "reply_to_users", CONF_WORD, "yes", NO_BOUNDS,
		C(mail.reply_to_users), NO_LIST, reply_words,
		"answer ADD and HELP (yes), searches too (all), or nobody "
		"(no)"},
	{"mail", "max_sent_list", CONF_COUNT, "64", 1, 1000,
		C(mail.max_sent_list), NO_LIST, NO_WORDS,
		"servers that a letter may list before it is not passed on"},
	{"mail", "letter_log", CONF_PATH, "", NO_BOUNDS, C(mail.letter_log),
		NO_LIST, NO_WORDS,
		"a folder for copies of letters that were handed over"},
	{"gossip", "listen", CONF_LATER, "", NO_BOUNDS, NOWHERE, NO_LIST,
		NO_WORDS, "address to take SKS gossip on"},
	{"gossip", "filters", CONF_LATER, "", NO_BOUNDS, NOWHERE, NO_LIST,
		NO_WORDS, "filters that gossip announces"},
	{"gossip", "interval", CONF_LATER, "60s", NO_BOUNDS, NOWHERE, NO_LIST,
		NO_WORDS, "time between gossip sessions"},
	{"peer", "mail", CONF_ADDRESS, "", NO_BOUNDS, P(mail), NO_LIST,
		NO_WORDS,
		"its sync address: send letters to it, take letters from it"},
	{"peer", "relay", CONF_RELAY, "", NO_BOUNDS, P(relay), NO_LIST,
		NO_WORDS,
		"where its letters are handed over, instead of [mail] relay"},
	{"peer", "aliases", CONF_ADDRESSES, "", NO_BOUNDS, P(aliases),
		P(alias_count), NO_WORDS, "other addresses of the same server"},
	{"peer", "hkp", CONF_LATER, "", NO_BOUNDS, NOWHERE, NO_LIST, NO_WORDS,
		"feed it over HTTP instead of mail"},
	{"peer", "gossip", CONF_LATER, "", NO_BOUNDS, NOWHERE, NO_LIST,
		NO_WORDS, "its gossip address"},
	{"peer", "auth", CONF_WORD, "list", NO_BOUNDS, P(auth), NO_LIST,
		auth_words, "how its letters are told from others"},
	{"peer", "accept_modern", CONF_BOOL, "no", NO_BOUNDS, P(accept_modern),
		NO_LIST, NO_WORDS, "send it version 5 and 6 certificates"},
	{"peer", "full_key_max", CONF_SIZE, "0B", 0, 8 << 20, P(full_key_max),
		NO_LIST, NO_WORDS,
		"send whole certificates up to this size, not what is new"},
	{"peer", "dialect", CONF_WORD, "standard", NO_BOUNDS, P(dialect),
		NO_LIST, dialects,
		"standard, or pksd for what that server can digest"},
	{"peer", "letters_per_minute", CONF_COUNT, "600", 0, 1000000,
		P(letters_per_minute), NO_LIST, NO_WORDS,
		"letters it gets in a minute; 0: any number"},
	{"peer", "private", CONF_BOOL, "no", NO_BOUNDS, P(is_private), NO_LIST,
		NO_WORDS, "the statistics do not tell its host"},
};

/* The rows of the ingest policy, as keys of [limits]. */
static const enum conf_type policy_types[] = {[POLICY_COUNT] = CONF_COUNT,
	[POLICY_OCTETS] = CONF_SIZE,
	[POLICY_TIME_MS] = CONF_MS};

struct preset {
	char text[32];
};

static void
preset_write(struct preset *p, const struct policy_row *row)
{
	static const struct conf_unit {
		enum policy_unit unit;
		int64_t factor;
		const char *name;
	} units[] = {{POLICY_OCTETS, 1 << 20, "MiB"},
		{POLICY_OCTETS, 1 << 10, "KiB"}, {POLICY_OCTETS, 1, "B"},
		{POLICY_TIME_MS, 1000, "s"}, {POLICY_TIME_MS, 1, "ms"},
		{POLICY_COUNT, 1, ""}};
	const struct conf_unit *u = units;

	while (u->unit != row->unit || row->preset % u->factor != 0)
		u++;
	snprintf(p->text, sizeof(p->text), "%" PRId64 "%s",
		row->preset / u->factor, u->name);
}

enum { OWN_COUNT = sizeof(own_options) / sizeof(own_options[0]) };

const struct conf_option *
conf_options(void)
{
	static struct conf_option *all;
	static struct preset *presets;
	struct conf_option *o;

	if (all != NULL)
		return all;
	all = xcalloc(OWN_COUNT + policy_row_count + 1, sizeof(*all));
	presets = xcalloc(policy_row_count, sizeof(*presets));
	memcpy(all, own_options, sizeof(own_options));
	o = all + OWN_COUNT;
	for (size_t i = 0; i < policy_row_count; i++, o++) {
		const struct policy_row *row = &policy_rows[i];

		preset_write(&presets[i], row);
		o->section = "limits";
		o->key = row->name;
		o->type = policy_types[row->unit];
		o->fallback = presets[i].text;
		o->min = row->min;
		o->max = row->max;
		o->at = C(ingest.policy) + row->offset;
		o->help = row->help;
	}
	return all;
}

enum status
conf_check_section(const char *section, struct err *err)
{
	struct suggest s;

	suggest_start(&s, section);
	for (const struct conf_option *o = conf_options(); o->section; o++) {
		if (strcmp(o->section, section) == 0)
			return STATUS_OK;
		suggest_offer(&s, o->section);
	}
	if (s.best != NULL && strcmp(s.best, "peer") != 0)
		err_set(err,
			"[%s]: there is no such section; did you mean [%s]?",
			section, s.best);
	else
		err_set(err, "[%s]: there is no such section%s", section,
			s.best != NULL ? "; did you mean [peer NAME]?" : "");
	return STATUS_MALFORMED;
}

/* Where else a key of this name is at home. */
static const char *
other_section(const char *key)
{
	const struct conf_option *o;

	for (o = conf_options(); o->section != NULL; o++) {
		if (strcmp(o->key, key) == 0)
			return o->section;
	}
	return NULL;
}

enum status
conf_find_option(const char *section, const char *key,
	const struct conf_option **option, struct err *err)
{
	const struct conf_option *o;
	const char *other;
	struct suggest s;

	suggest_start(&s, key);
	for (o = conf_options(); o->section != NULL; o++) {
		if (strcmp(o->section, section) != 0)
			continue;
		if (strcmp(o->key, key) == 0) {
			*option = o;
			return STATUS_OK;
		}
		suggest_offer(&s, o->key);
	}
	other = other_section(key);
	if (other != NULL)
		err_set(err, "%s: not a key of [%s], but of [%s]", key, section,
			other);
	else if (s.best != NULL)
		err_set(err,
			"%s: there is no such key in [%s]; did you mean "
			"%s?",
			key, section, s.best);
	else
		err_set(err, "%s: there is no such key in [%s]", key, section);
	return STATUS_MALFORMED;
}

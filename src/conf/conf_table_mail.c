#include "conf/conf_table.h"

#include <stddef.h>

#define C(f) offsetof(struct conf, f)
#define P(f) offsetof(struct peer_settings, f)
#define NO_LIST 0
#define NO_BOUNDS 0, 0
#define NO_WORDS NULL

static const struct conf_word tls_words[] = {
	{"required", RELAY_TLS_REQUIRED, NULL},
	{"opportunistic", RELAY_TLS_OPPORTUNISTIC, NULL},
	{"none", RELAY_TLS_NONE, NULL}, {NULL, 0, NULL}};

static const struct conf_word peer_tls_words[] = {
	{"default", RELAY_TLS_AS_MAIL, NULL},
	{"required", RELAY_TLS_REQUIRED, NULL},
	{"opportunistic", RELAY_TLS_OPPORTUNISTIC, NULL},
	{"none", RELAY_TLS_NONE, NULL}, {NULL, 0, NULL}};

static const struct conf_word reply_words[] = {{"no", MAIL_REPLY_NO, NULL},
	{"yes", MAIL_REPLY_YES, NULL}, {"all", MAIL_REPLY_ALL, NULL},
	{NULL, 0, NULL}};

static const struct conf_word auth_words[] = {{"list", PEER_AUTH_LIST, NULL},
	{"open", PEER_AUTH_OPEN, NULL},
	{"transport", PEER_AUTH_TRANSPORT, NULL},
	{"auth-results", PEER_AUTH_RESULTS, NULL},
	{"hmac", PEER_AUTH_HMAC, NULL}, {"openpgp", PEER_AUTH_OPENPGP, NULL},
	{NULL, 0, NULL}};

static const struct conf_word dialects[] = {{"standard", DELTA_STANDARD, NULL},
	{"pksd", DELTA_PKSD, NULL}, {NULL, 0, NULL}};

static const struct conf_word repair_words[] = {
	{"auto", PEER_REPAIR_AUTO, NULL}, {"yes", PEER_REPAIR_YES, NULL},
	{"no", PEER_REPAIR_NO, NULL}, {NULL, 0, NULL}};

static const struct conf_option rows[] = {
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
	{"mail", "relay_user", CONF_STRING, "", NO_BOUNDS, C(mail.access.user),
		NO_LIST, NO_WORDS,
		"to log in to the relay with; empty: do not"},
	{"mail", "relay_password_file", CONF_SECRET, "", NO_BOUNDS,
		C(mail.access.password_file), NO_LIST, NO_WORDS,
		"a file, or the name of a systemd credential, with the "
		"password"},
	{"mail", "relay_pin", CONF_PIN, "", NO_BOUNDS, C(mail.access.pin),
		NO_LIST, NO_WORDS,
		"SHA-256 of the one certificate that the relay may show"},
	{"mail", "maildir", CONF_PATH, "", NO_BOUNDS, C(mail.maildir), NO_LIST,
		NO_WORDS, "a Maildir to take letters from"},
	{"mail", "lmtp_listen", CONF_ENDPOINT, "", NO_BOUNDS,
		C(mail.lmtp_listen), NO_LIST, NO_WORDS,
		"address to take letters on by LMTP"},
	{"mail", "imap", CONF_IMAP, "", NO_BOUNDS, C(mail.imap), NO_LIST,
		NO_WORDS, "a mailbox to take letters from"},
	{"mail", "imap_password_file", CONF_PATH, "", NO_BOUNDS,
		C(mail.imap_password_file), NO_LIST, NO_WORDS,
		"a file whose first line is its password"},
	{"mail", "imap_pin", CONF_PIN, "", NO_BOUNDS, C(mail.imap_pin), NO_LIST,
		NO_WORDS,
		"SHA-256 of the one certificate that its server may show"},
	{"mail", "imap_shared", CONF_BOOL, "yes", NO_BOUNDS,
		C(mail.imap_shared), NO_LIST, NO_WORDS,
		"others read that mailbox: what is no letter to us stays"},
	{"mail", "tls_ca", CONF_PATH, "", NO_BOUNDS, C(mail.tls_ca), NO_LIST,
		NO_WORDS,
		"a file of authorities to believe instead of the system's"},
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
	{"mail", "authserv_id", CONF_STRING, "", NO_BOUNDS, C(mail.authserv_id),
		NO_LIST, NO_WORDS,
		"name by which our mail server signs Authentication-Results"},
	{"mail", "max_answer", CONF_SIZE, "1MiB", 64 << 10, 8 << 20,
		C(mail.search.max_octets), NO_LIST, NO_WORDS,
		"octets of one answer to a person"},
	{"mail", "max_answer_keys", CONF_COUNT, "100", 1, 1000,
		C(mail.search.max_keys), NO_LIST, NO_WORDS,
		"certificates in one answer to a person"},
	{"mail", "max_last", CONF_S, "7d", 86400, 366 * 86400LL,
		C(mail.search.last_max_s), NO_LIST, NO_WORDS,
		"how far back LAST goes"},
	{"mail", "max_sent_list", CONF_COUNT, "64", 1, 1000,
		C(mail.max_sent_list), NO_LIST, NO_WORDS,
		"servers that a letter may list before it is not passed on"},
	{"mail", "max_forwards", CONF_COUNT, "20", 0, 100000,
		C(mail.max_forwards), NO_LIST, NO_WORDS,
		"times an hour that one certificate goes to one peer; 0: any"},
	{"mail", "letter_log", CONF_PATH, "", NO_BOUNDS, C(mail.letter_log),
		NO_LIST, NO_WORDS,
		"a folder for copies of letters that were handed over"},
	{"mail", "repair", CONF_BOOL, "yes", NO_BOUNDS, C(mail.repair), NO_LIST,
		NO_WORDS,
		"ask peers for what never came, compare with them, and answer "
		"them"},
	{"mail", "repair_after", CONF_MS, "1h", 100, 7 * 86400000LL,
		C(mail.repair_after_ms), NO_LIST, NO_WORDS,
		"how long a letter may be late before it is asked for"},
	{"mail", "summary_every", CONF_MS, "24h", 0, 30 * 86400000LL,
		C(mail.summary_every_ms), NO_LIST, NO_WORDS,
		"how often all certificates are compared with a peer's; 0s: "
		"never"},
	{"mail", "repair_keep", CONF_S, "7d", 0, 365 * 86400LL,
		C(mail.repair_keep_s), NO_LIST, NO_WORDS,
		"how long delivered changes are kept for peers that ask"},
	{"mail", "repair_bytes", CONF_SIZE64, "64MiB", 1 << 20, 1LL << 40,
		C(mail.repair_octets), NO_LIST, NO_WORDS,
		"what a peer gets by asking, in a day"},
	{"mail", "canary", CONF_BOOL, "no", NO_BOUNDS, C(mail.canary), NO_LIST,
		NO_WORDS,
		"keep a certificate that shows how long peers take to serve "
		"a change"},
	{"mail", "canary_every", CONF_S, "24h", 1, 30 * 86400LL,
		C(mail.canary_every_s), NO_LIST, NO_WORDS,
		"how often it is signed again"},
	{"peer", "mail", CONF_ADDRESS, "", NO_BOUNDS, P(mail), NO_LIST,
		NO_WORDS,
		"its sync address: send letters to it, take letters from it"},
	{"peer", "relay", CONF_RELAY, "", NO_BOUNDS, P(relay), NO_LIST,
		NO_WORDS,
		"where its letters are handed over, instead of [mail] relay"},
	{"peer", "tls", CONF_WORD, "default", NO_BOUNDS, P(tls), NO_LIST,
		peer_tls_words, "TLS to its own relay; default: as [mail] tls"},
	{"peer", "relay_user", CONF_STRING, "", NO_BOUNDS, P(access.user),
		NO_LIST, NO_WORDS, "to log in to its own relay with"},
	{"peer", "relay_password_file", CONF_SECRET, "", NO_BOUNDS,
		P(access.password_file), NO_LIST, NO_WORDS,
		"a file, or the name of a systemd credential, with the "
		"password"},
	{"peer", "tls_ca", CONF_PATH, "", NO_BOUNDS, P(tls_ca), NO_LIST,
		NO_WORDS, "authorities for its own relay; empty: as [mail]"},
	{"peer", "relay_pin", CONF_PIN, "", NO_BOUNDS, P(access.pin), NO_LIST,
		NO_WORDS,
		"SHA-256 of the one certificate that its relay may show"},
	{"peer", "aliases", CONF_ADDRESSES, "", NO_BOUNDS, P(aliases),
		P(alias_count), NO_WORDS, "other addresses of the same server"},
	{"peer", "hkp", CONF_FEED, "", NO_BOUNDS, P(hkp), NO_LIST, NO_WORDS,
		"hkp://, hkps:// or vks://HOST: feed it so instead of by mail"},
	{"peer", "lookup", CONF_FEED, "", NO_BOUNDS, P(lookup), NO_LIST,
		NO_WORDS,
		"hkp:// or hkps://HOST: look up the canary there; empty: as "
		"hkp"},
	{"peer", "auth", CONF_WORD, "list", NO_BOUNDS, P(auth), NO_LIST,
		auth_words, "how its letters are told from others"},
	{"peer", "auth_tag", CONF_STRING, "", NO_BOUNDS, P(auth_tag), NO_LIST,
		NO_WORDS, "a secret word: it writes to our address with +WORD"},
	{"peer", "auth_key", CONF_PATH, "", NO_BOUNDS, P(auth_key), NO_LIST,
		NO_WORDS, "a file: hmac's secret, or openpgp's public key"},
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
	{"peer", "repair", CONF_WORD, "auto", NO_BOUNDS, P(repair), NO_LIST,
		repair_words,
		"it understands letters of repair; auto: when its own letters "
		"say so"},
	{"peer", "private", CONF_BOOL, "no", NO_BOUNDS, P(is_private), NO_LIST,
		NO_WORDS, "the statistics do not tell its host"},
};

const struct conf_table conf_table_mail = {
	rows, sizeof(rows) / sizeof(rows[0])};

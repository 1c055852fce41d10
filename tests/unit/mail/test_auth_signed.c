/* Promises about letters that are signed with OpenPGP, written and judged. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../scratch.h"
#include "../unit.h"
#include "base/file.h"
#include "mail/auth.h"
#include "mail/compose.h"
#include "mail/own_key.h"

enum { NOW = 1700000000 };

static char ours[] = "ours@here.example", theirs[] = "pks@ann.example";
static char name[] = "ann", none[] = "";
static struct peer_settings peer;
static struct mail_settings here;
static struct own_key own;
static struct compose_site ann;
static struct auth *auth;
static char dir[64], path[128];

static void
pin(const struct own_key *key)
{
	struct err err = {{0}};
	struct buf text = {0};

	assert_ok(own_key_certificate(key, theirs, &text, &err));
	assert_ok(file_replace(path, buf_view(&text), 0600, &err));
	buf_done(&text);
}

/* Ann writes, we have her key. */
static int
setup(void **state)
{
	struct err err = {{0}};

	(void)state;
	scratch_make(dir, sizeof(dir));
	(void)snprintf(path, sizeof(path), "%s/ann.asc", dir);
	assert_ok(own_key_open(dir, NOW - 1000, &own, &err));
	pin(&own);
	peer = (struct peer_settings){.name = name,
		.mail = theirs,
		.auth_tag = none,
		.auth_key = path,
		.auth = PEER_AUTH_OPENPGP};
	here = (struct mail_settings){
		.address = ours, .peers = &peer, .peer_count = 1};
	ann = (struct compose_site){.address = theirs,
		.maintainer = none,
		.bounce = none,
		.host = none,
		.store_id = "0123456789abcdef0123456789abcdef",
		.level = "clean",
		.own = &own};
	assert_ok(auth_new(&here, &auth, &err));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	auth_free(auth);
	scratch_remove(dir);
	return 0;
}

/* ---- letters of hers -------------------------------------------------------
 */

/* As keypost-mail hands a letter over. */
struct hers {
	char *text;
	struct buf part;
	struct incoming in;
};

/* What stands between the delimiters, in lines that end in CRLF. */
static void
take_part(struct hers *l)
{
	static const char delimiter[] = "\n--keypost-signed\n";
	char *from = strstr(l->text, delimiter), *end;

	assert_non_null(from);
	from += strlen(delimiter);
	end = strstr(from, delimiter);
	assert_non_null(end);
	for (const char *c = from; c < end; c++) {
		if (*c == '\n')
			assert_ok(buf_put_u8(&l->part, '\r'));
		assert_ok(buf_put_u8(&l->part, (uint8_t)*c));
	}
	l->in.signed_part = buf_view(&l->part);
	end = strstr(end, "-----BEGIN PGP SIGNATURE-----");
	assert_non_null(end);
	l->in.signature = bytes_of(end);
	l->in.source = "lmtp";
	l->in.sender = theirs;
}

static void
finish(struct hers *l, struct buf *out)
{
	assert_ok(buf_put_u8(out, '\0'));
	l->text = (char *)out->data;
	take_part(l);
}

static void
write_keys(struct hers *l, const char *to, int64_t when)
{
	const struct bytes part = bytes_of("\x99\x01\x02material");
	const struct compose_batch b = {.peer = "here",
		.to = to,
		.first = 1,
		.last = 2,
		.tag = "",
		.parts = &part,
		.part_count = 1,
		.is_signed = true,
		.date = when};
	struct buf out = {0};

	memset(l, 0, sizeof(*l));
	assert_ok(compose_incremental(&ann, &b, &out));
	finish(l, &out);
}

static void
write_note(struct hers *l)
{
	const struct compose_note note = {.peer = "here",
		.to = ours,
		.when = NOW,
		.body = bytes_of(
			"a body of repair that is longer than one line "
			"of seventy-six characters"),
		.is_signed = true};
	struct buf out = {0};

	memset(l, 0, sizeof(*l));
	assert_ok(compose_repair(&ann, &note, &out));
	finish(l, &out);
}

static void
letter_done(struct hers *l)
{
	buf_done(&l->part);
	free(l->text);
}

static enum auth_verdict
judge(const struct hers *l)
{
	struct auth_proof proof;

	return auth_judge(auth, &l->in, 0, NOW, &proof);
}

/* ---- promises --------------------------------------------------------------
 */

static void
test_a_signed_letter_is_proven(void **state)
{
	struct hers l;

	(void)state;
	write_keys(&l, ours, NOW);
	assert_int_equal(judge(&l), AUTH_PROVEN);
	letter_done(&l);
	write_note(&l);
	assert_int_equal(judge(&l), AUTH_PROVEN);
	letter_done(&l);
}

/* What pksd, SKS and onak look for is in it, once, before any other armor. */
static void
test_old_servers_find_the_key_block(void **state)
{
	static const char begin[] = "\n-----BEGIN PGP ";
	struct hers l;
	char *first;

	(void)state;
	write_keys(&l, ours, NOW);
	first = strstr(l.text, begin);
	assert_non_null(first);
	assert_int_equal(
		strncmp(first + strlen(begin), "PUBLIC KEY BLOCK", 16), 0);
	assert_non_null(strstr(l.text, "\nSubject: incremental\n"));
	/* One head, whose end is the first blank line. */
	assert_true(strstr(l.text, "\n\n--keypost-signed\n") <
		    strstr(l.text, begin));
	for (const char *c = l.text, *end; (end = strchr(c, '\n')) != NULL;
		c = end + 1)
		assert_true(c == l.text || end - c <= 300);
	letter_done(&l);
}

static void
test_each_changed_octet_breaks_it(void **state)
{
	struct hers l;

	(void)state;
	write_keys(&l, ours, NOW);
	for (size_t i = 0; i < l.part.len; i++) {
		l.part.data[i] ^= 1;
		if (judge(&l) != AUTH_NONE)
			fail_msg("octet %zu", i);
		l.part.data[i] ^= 1;
	}
	assert_int_equal(judge(&l), AUTH_PROVEN);
	letter_done(&l);
}

static void
test_another_key_proves_nothing(void **state)
{
	struct sign_key before = own.key;
	struct hers l;

	(void)state;
	own.key.secret[0] ^= 1;
	write_keys(&l, ours, NOW);
	own.key = before;
	assert_int_equal(judge(&l), AUTH_NONE);
	letter_done(&l);
}

/* Whoever she writes to cannot pass it on as written to us. */
static void
test_a_letter_to_another_server_proves_nothing(void **state)
{
	struct hers l;

	(void)state;
	write_keys(&l, "other@there.example", NOW);
	assert_int_equal(judge(&l), AUTH_NONE);
	letter_done(&l);
	write_keys(&l, "Ours@HERE.example", NOW);
	assert_int_equal(judge(&l), AUTH_PROVEN);
	letter_done(&l);
}

static void
test_it_is_good_for_seven_days(void **state)
{
	static const struct {
		int64_t when;
		enum auth_verdict verdict;
	} rows[] = {{NOW - AUTH_AGE_S, AUTH_PROVEN},
		{NOW - AUTH_AGE_S - 1, AUTH_NONE},
		{NOW + AUTH_AGE_S, AUTH_PROVEN},
		{NOW + AUTH_AGE_S + 1, AUTH_NONE}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hers l;

		write_keys(&l, ours, rows[i].when);
		assert_int_equal(judge(&l), rows[i].verdict);
		letter_done(&l);
	}
}

/* ---- the key itself --------------------------------------------------------
 */

static void
test_the_key_stays_what_it_is(void **state)
{
	struct own_key again;
	struct buf a = {0}, b = {0};
	struct err err = {{0}};

	(void)state;
	assert_ok(own_key_open(dir, NOW, &again, &err));
	assert_ok(own_key_certificate(&own, theirs, &a, &err));
	assert_ok(own_key_certificate(&again, theirs, &b, &err));
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	buf_done(&a);
	buf_done(&b);
}

static void
test_a_file_that_is_not_ours_stays(void **state)
{
	static const char *const texts[] = {"", "not ours\n",
		"keypost mail 1\ncreated 1\nsecret 00\n",
		"keypost mail 1\ncreated x\nsecret 00\n"};
	struct own_key k;
	struct buf now = {0};
	struct err err = {{0}};

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/mail.key", dir);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_ok(file_replace(path, bytes_of(texts[i]), 0600, &err));
		assert_status(
			own_key_open(dir, NOW, &k, &err), STATUS_MALFORMED);
		assert_non_null(strstr(err.text, "mail.key"));
		buf_clear(&now);
		assert_ok(file_read(path, 1024, &now, &err));
		assert_int_equal(now.len, strlen(texts[i]));
	}
	buf_done(&now);
}

#define PROMISE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROMISE(test_a_signed_letter_is_proven),
		PROMISE(test_old_servers_find_the_key_block),
		PROMISE(test_each_changed_octet_breaks_it),
		PROMISE(test_another_key_proves_nothing),
		PROMISE(test_a_letter_to_another_server_proves_nothing),
		PROMISE(test_it_is_good_for_seven_days),
		PROMISE(test_the_key_stays_what_it_is),
		PROMISE(test_a_file_that_is_not_ours_stays),
	};
	struct err err;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

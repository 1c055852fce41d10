/* Promises about what proves that a letter is a peer's. */
#include <stdio.h>
#include <string.h>

#include "../scratch.h"
#include "../unit.h"
#include "base/file.h"
#include "mail/auth.h"

static const char secret[] = "a secret of two servers\n";
enum { NOW = 1700000000 };

/* Python's hmac and hashlib say so. */
#define GOLDEN_ID "68acf13d"
#define GOLDEN_MAC                                                             \
	"150686de9928dff9d71f45f131fee22d"                                     \
	"be46a1fb783f05e726a23d7f29a7b025"

static char ours[] = "Ours@Here.example", theirs[] = "pks@Ann.example";
static char name[] = "ann", none[] = "", tag[] = "tag-of-twelve-and-more";
static char alias[] = "keys@ann.example", id[] = "mx.here.example";
static char *aliases[] = {alias};

static struct peer_settings peer;
static struct mail_settings here, there;
static struct peer_settings us;
static struct auth *auth, *other;
static char dir[64], path[128];
static struct incoming in;

static void
write_secret(const char *text)
{
	struct err err = {{0}};

	assert_ok(file_replace(path, bytes_of(text), 0600, &err));
}

/* Both servers, each with the other as its peer. */
static int
setup(void **state)
{
	struct err err = {{0}};

	(void)state;
	scratch_make(dir, sizeof(dir));
	(void)snprintf(path, sizeof(path), "%s/secret", dir);
	write_secret(secret);
	peer = (struct peer_settings){.name = name,
		.mail = theirs,
		.aliases = aliases,
		.alias_count = 1,
		.auth_tag = none,
		.auth_key = path,
		.auth = PEER_AUTH_HMAC};
	us = peer;
	us.mail = ours;
	us.alias_count = 0;
	here = (struct mail_settings){.address = ours,
		.peers = &peer,
		.peer_count = 1,
		.authserv_id = id};
	there = (struct mail_settings){
		.address = theirs, .peers = &us, .peer_count = 1};
	memset(&in, 0, sizeof(in));
	in.source = "maildir";
	in.sender = theirs;
	assert_ok(auth_new(&here, &auth, &err));
	assert_ok(auth_new(&there, &other, &err));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	auth_free(auth);
	auth_free(other);
	scratch_remove(dir);
	return 0;
}

static enum auth_verdict
judge(int64_t now)
{
	struct auth_proof proof;

	return auth_judge(auth, &in, 0, now, &proof);
}

/* ---- hmac -----------------------------------------------------------------
 */

static char value[AUTH_VALUE_SIZE];
static struct incoming_block block;

/* A letter of theirs with these octets, without armor. */
static void
sign(const char *octets)
{
	struct bytes part = bytes_of(octets);

	assert_true(auth_sign(other, 0, &part, 1, NOW, value));
	in.auth = bytes_of(value);
	block = (struct incoming_block){.kind = BLOCK_BINARY, .text = part};
	in.blocks = &block;
	in.block_count = 1;
}

/* Like a key packet: binary material passes as it is. */
#define MATERIAL "\x99\x01\x02material"

static void
test_signed_letter_is_proven(void **state)
{
	(void)state;
	sign(MATERIAL);
	assert_int_equal(judge(NOW), AUTH_PROVEN);
}

/* Computed by another program: its sentence is the format. */
static void
test_signature_is_what_the_header_says(void **state)
{
	(void)state;
	sign(MATERIAL);
	assert_string_equal(
		value, "v1; k=" GOLDEN_ID "; t=1700000000; h=" GOLDEN_MAC);
}

static void
test_changed_letter_is_not_proven(void **state)
{
	(void)state;
	sign(MATERIAL);
	block.text = bytes_of("\x99\x01\x02materiaL");
	assert_int_equal(judge(NOW), AUTH_NONE);
	in.block_count = 0;
	assert_int_equal(judge(NOW), AUTH_NONE);
}

static void
test_letter_without_a_signature_is_not_proven(void **state)
{
	(void)state;
	sign(MATERIAL);
	in.auth = bytes_of("");
	assert_int_equal(judge(NOW), AUTH_NONE);
}

static void
test_each_octet_of_a_signature_counts(void **state)
{
	char changed[AUTH_VALUE_SIZE];
	size_t n;

	(void)state;
	sign(MATERIAL);
	n = strlen(value);
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(changed, sizeof(changed), "%s", value);
		changed[i] = changed[i] == '3' ? '4' : '3';
		in.auth = bytes_of(changed);
		/* Blanks between words may be anything but a word. */
		if (value[i] != ' ')
			assert_int_equal(judge(NOW), AUTH_NONE);
	}
}

static void
test_signature_is_good_for_seven_days(void **state)
{
	(void)state;
	sign(MATERIAL);
	assert_int_equal(judge(NOW + AUTH_AGE_S), AUTH_PROVEN);
	assert_int_equal(judge(NOW - AUTH_AGE_S), AUTH_PROVEN);
	assert_int_equal(judge(NOW + AUTH_AGE_S + 1), AUTH_NONE);
	assert_int_equal(judge(NOW - AUTH_AGE_S - 1), AUTH_NONE);
}

/* What they wrote to us is not what we write to them. */
static void
test_signature_for_another_direction_is_not_taken(void **state)
{
	struct bytes part = bytes_of(MATERIAL);

	(void)state;
	sign(MATERIAL);
	assert_true(auth_sign(auth, 0, &part, 1, NOW, value));
	in.auth = bytes_of(value);
	assert_int_equal(judge(NOW), AUTH_NONE);
}

static void
test_peer_may_call_itself_by_an_alias(void **state)
{
	(void)state;
	there.address = alias;
	sign(MATERIAL);
	assert_int_equal(judge(NOW), AUTH_PROVEN);
}

static void
test_secret_is_changed_without_a_gap(void **state)
{
	struct err err = {{0}};

	(void)state;
	sign(MATERIAL);
	auth_free(auth);
	write_secret("# the next one first\nanother secret of two\n"
		     "a secret of two servers\n");
	assert_ok(auth_new(&here, &auth, &err));
	assert_int_equal(judge(NOW), AUTH_PROVEN);
	auth_free(auth);
	write_secret("another secret of two\n");
	assert_ok(auth_new(&here, &auth, &err));
	assert_int_equal(judge(NOW), AUTH_NONE);
}

static void
test_bad_secrets_stop_the_start(void **state)
{
	struct auth *a = NULL;
	struct err err = {{0}};

	(void)state;
	write_secret("fifteen letters\n");
	assert_status(auth_new(&here, &a, &err), STATUS_REJECTED);
	write_secret("\n# nothing\n");
	assert_status(auth_new(&here, &a, &err), STATUS_REJECTED);
	assert_non_null(strstr(err.text, "[peer ann] auth_key"));
	peer.auth_key = none;
	assert_true(auth_new(&here, &a, &err) != STATUS_OK);
}

/* ---- transport
 * ---------------------------------------------------------------
 */

static void
test_secret_tag_in_the_address_is_a_proof(void **state)
{
	const char *to[] = {
		"x@y.example", "OURS+tag-of-twelve-and-more@here.example"};

	(void)state;
	peer.auth = PEER_AUTH_TRANSPORT;
	peer.auth_tag = tag;
	in.to = to;
	in.to_count = 2;
	assert_int_equal(judge(NOW), AUTH_PROVEN);
	to[1] = "ours+tag-of-twelve-and-les@here.example";
	assert_int_equal(judge(NOW), AUTH_NONE);
	to[1] = "ours@here.example";
	assert_int_equal(judge(NOW), AUTH_NONE);
	/* Where there is a tag, LMTP alone is no proof. */
	in.source = "lmtp";
	assert_int_equal(judge(NOW), AUTH_NONE);
}

static void
test_without_a_tag_lmtp_is_a_proof(void **state)
{
	(void)state;
	peer.auth = PEER_AUTH_TRANSPORT;
	in.source = "lmtp";
	assert_int_equal(judge(NOW), AUTH_PROVEN);
	in.source = "spool";
	assert_int_equal(judge(NOW), AUTH_LISTED);
}

static void
test_list_and_open_prove_nothing(void **state)
{
	(void)state;
	sign(MATERIAL);
	peer.auth = PEER_AUTH_LIST;
	assert_int_equal(judge(NOW), AUTH_LISTED);
	peer.auth = PEER_AUTH_OPEN;
	assert_int_equal(judge(NOW), AUTH_NONE);
}

/* ---- auth-results
 * ------------------------------------------------------------
 */

struct result {
	const char *value;
	bool good;
};

static const struct result results[] = {
	{"mx.here.example; dkim=pass header.d=ann.example", true},
	{"mx.here.example 1; dkim=pass header.i=@ann.example", true},
	{"MX.here.example; spf=fail smtp.mailfrom=ann.example; "
	 "dkim/1=pass (2048-bit key) header.d=\"ann.example\"",
		true},
	{"mx.here.example (our own); spf=pass smtp.mailfrom=pks@ann.example",
		true},
	{"mx.here.example; dmarc=pass header.from=ANN.example", true},
	{"mx.other.example; dkim=pass header.d=ann.example", false},
	{"mx.here.example; dkim=fail header.d=ann.example", false},
	{"mx.here.example; dkim=pass header.d=bad.example", false},
	{"mx.here.example; dkim=pass header.d=notann.example", false},
	{"mx.here.example; dkim=pass header.d=sub.ann.example", false},
	{"mx.here.example; dkim=pass header.d=example", false},
	{"mx.here.example; dkim=pass header.d=.example", false},
	{"mx.here.example; spf=pass smtp.helo=ann.example", false},
	{"mx.here.example; spf=pass header.d=ann.example", false},
	{"mx.here.example; iprev=pass header.d=ann.example", false},
	{"mx.here.example; dkim=fail (dkim=pass header.d=ann.example)", false},
	{"mx.here.example; dkim=fail reason=\"; dkim=pass "
	 "header.d=ann.example\"",
		false},
	{"mx.here.example; dkim=pass; spf=fail smtp.mailfrom=ann.example",
		false},
	{"mx.here.example; none", false},
	{"mx.here.example", false},
	{"mx.here.example; dkim=pass header.d=ann.example (", true},
	{"mx.here.example; (dkim=pass header.d=ann.example", false},
	{"", false},
};

static void
test_results_of_our_own_server_count(void **state)
{
	(void)state;
	peer.auth = PEER_AUTH_RESULTS;
	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		in.results[0] = bytes_of(results[i].value);
		in.result_count = 1;
		if ((judge(NOW) == AUTH_PROVEN) != results[i].good)
			fail_msg("%s", results[i].value);
	}
}

/* Ours is on top of what the sender wrote. */
static void
test_only_the_first_of_our_own_results_counts(void **state)
{
	(void)state;
	peer.auth = PEER_AUTH_RESULTS;
	in.results[0] =
		bytes_of("mx.other.example; dkim=pass header.d=ann.example");
	in.results[1] =
		bytes_of("mx.here.example; dkim=fail header.d=ann.example");
	in.results[2] =
		bytes_of("mx.here.example; dkim=pass header.d=ann.example");
	in.result_count = 3;
	assert_int_equal(judge(NOW), AUTH_NONE);
	in.results[1] = in.results[2];
	assert_int_equal(judge(NOW), AUTH_PROVEN);
}

#define PROMISE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROMISE(test_signed_letter_is_proven),
		PROMISE(test_signature_is_what_the_header_says),
		PROMISE(test_changed_letter_is_not_proven),
		PROMISE(test_letter_without_a_signature_is_not_proven),
		PROMISE(test_each_octet_of_a_signature_counts),
		PROMISE(test_signature_is_good_for_seven_days),
		PROMISE(test_signature_for_another_direction_is_not_taken),
		PROMISE(test_peer_may_call_itself_by_an_alias),
		PROMISE(test_secret_is_changed_without_a_gap),
		PROMISE(test_bad_secrets_stop_the_start),
		PROMISE(test_secret_tag_in_the_address_is_a_proof),
		PROMISE(test_without_a_tag_lmtp_is_a_proof),
		PROMISE(test_list_and_open_prove_nothing),
		PROMISE(test_results_of_our_own_server_count),
		PROMISE(test_only_the_first_of_our_own_results_counts),
	};
	struct err err;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

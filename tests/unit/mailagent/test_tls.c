/* Whose certificates are believed; they are made here, for each test run. */
#include "../unit.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

#include "base/hex.h"
#include "mailagent/tls.h"

#define HOST "mail.example.org"

enum { DAY = 24 * 3600, OCTETS_MAX = 4096 };

struct made {
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t crt;
	uint8_t octets[OCTETS_MAX];
	struct bytes der;
};

static struct made authority, good, expired, other, stranger;
static uint8_t pem[OCTETS_MAX];
static struct bytes authority_pem;

static void
make(struct made *m, const char *name, bool is_ca, int64_t from, int64_t to)
{
	static uint8_t serial;
	time_t now = time(NULL);

	serial++;
	assert_int_equal(gnutls_x509_privkey_init(&m->key), 0);
	assert_int_equal(
		gnutls_x509_privkey_generate(m->key, GNUTLS_PK_ECDSA,
			GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
		0);
	assert_int_equal(gnutls_x509_crt_init(&m->crt), 0);
	gnutls_x509_crt_set_version(m->crt, 3);
	gnutls_x509_crt_set_key(m->crt, m->key);
	gnutls_x509_crt_set_serial(m->crt, &serial, 1);
	gnutls_x509_crt_set_activation_time(m->crt, now + from);
	gnutls_x509_crt_set_expiration_time(m->crt, now + to);
	gnutls_x509_crt_set_dn_by_oid(m->crt, GNUTLS_OID_X520_COMMON_NAME, 0,
		name, (unsigned int)strlen(name));
	if (is_ca) {
		gnutls_x509_crt_set_basic_constraints(m->crt, 1, -1);
		gnutls_x509_crt_set_key_usage(m->crt, GNUTLS_KEY_KEY_CERT_SIGN);
	} else {
		gnutls_x509_crt_set_subject_alt_name(m->crt, GNUTLS_SAN_DNSNAME,
			name, (unsigned int)strlen(name), GNUTLS_FSAN_SET);
	}
}

static void
sign(struct made *m, const struct made *by)
{
	size_t n = sizeof(m->octets);

	assert_int_equal(gnutls_x509_crt_sign2(m->crt, by->crt, by->key,
				 GNUTLS_DIG_SHA256, 0),
		0);
	assert_int_equal(gnutls_x509_crt_export(
				 m->crt, GNUTLS_X509_FMT_DER, m->octets, &n),
		0);
	m->der = bytes_make(m->octets, n);
}

static int
make_all(void **state)
{
	size_t n = sizeof(pem);

	(void)state;
	make(&authority, "Test Authority", true, -DAY, DAY);
	sign(&authority, &authority);
	make(&good, HOST, false, -DAY, DAY);
	sign(&good, &authority);
	make(&expired, HOST, false, -2 * DAY, -DAY);
	sign(&expired, &authority);
	make(&other, "other.example.org", false, -DAY, DAY);
	sign(&other, &authority);
	make(&stranger, HOST, false, -DAY, DAY);
	sign(&stranger, &stranger);
	assert_int_equal(gnutls_x509_crt_export(
				 authority.crt, GNUTLS_X509_FMT_PEM, pem, &n),
		0);
	authority_pem = bytes_make(pem, n);
	return 0;
}

static int
free_all(void **state)
{
	struct made *list[] = {&authority, &good, &expired, &other, &stranger};

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		gnutls_x509_crt_deinit(list[i]->crt);
		gnutls_x509_privkey_deinit(list[i]->key);
	}
	return 0;
}

static enum status
judge(const struct made *m, const char *pin, struct bytes pem_text,
	struct err *err)
{
	struct tls_trust t = {HOST, pin, pem_text};

	return tls_verify_chain(&m->der, 1, &t, err);
}

static void
assert_refused(const struct made *m, const char *why)
{
	struct err err = {""};

	assert_status(judge(m, "", authority_pem, &err), STATUS_REJECTED);
	if (strstr(err.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err.text, why);
	assert_null(strchr(err.text, '\n'));
}

static void
pin_of(const struct made *m, char hex[TLS_PIN_LEN + 1])
{
	uint8_t digest[32];

	assert_int_equal(gnutls_hash_fast(GNUTLS_DIG_SHA256, m->der.data,
				 m->der.len, digest),
		0);
	hex_write_upper(bytes_make(digest, sizeof(digest)), hex);
}

static void
a_chain_to_our_authority_for_this_name_is_good(void **state)
{
	struct err err = {""};

	(void)state;
	assert_ok(judge(&good, "", authority_pem, &err));
	assert_ok(judge(&good, NULL, authority_pem, &err));
}

static void
another_name_is_refused(void **state)
{
	(void)state;
	assert_refused(&other, HOST);
}

static void
an_expired_certificate_is_refused(void **state)
{
	(void)state;
	assert_refused(&expired, "expired");
}

static void
a_stranger_is_refused(void **state)
{
	struct err err = {""};

	(void)state;
	assert_refused(&stranger, "issuer is unknown");
	/* The system's store does not know our authority. */
	assert_true(judge(&good, "", bytes_make(NULL, 0), &err) != STATUS_OK);
}

static void
a_pin_takes_this_certificate_and_no_other(void **state)
{
	char pin[TLS_PIN_LEN + 1];
	struct err err = {""};

	(void)state;
	pin_of(&stranger, pin);
	assert_ok(judge(&stranger, pin, bytes_make(NULL, 0), &err));
	assert_status(judge(&good, pin, authority_pem, &err), STATUS_REJECTED);
}

static void
what_is_no_certificate_is_refused(void **state)
{
	struct tls_trust t = {HOST, "", authority_pem};
	struct bytes many[TLS_CHAIN_MAX + 1];
	struct bytes junk = bytes_of("junk");
	struct err err = {""};

	(void)state;
	for (size_t i = 0; i <= TLS_CHAIN_MAX; i++)
		many[i] = good.der;
	assert_status(tls_verify_chain(&junk, 1, &t, &err), STATUS_REJECTED);
	assert_status(tls_verify_chain(&junk, 0, &t, &err), STATUS_REJECTED);
	assert_status(tls_verify_chain(many, TLS_CHAIN_MAX + 1, &t, &err),
		STATUS_REJECTED);
	assert_status(judge(&good, "", bytes_of("no PEM"), &err), STATUS_IO);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_chain_to_our_authority_for_this_name_is_good),
		cmocka_unit_test(another_name_is_refused),
		cmocka_unit_test(an_expired_certificate_is_refused),
		cmocka_unit_test(a_stranger_is_refused),
		cmocka_unit_test(a_pin_takes_this_certificate_and_no_other),
		cmocka_unit_test(what_is_no_certificate_is_refused),
	};

	return cmocka_run_group_tests_name("tls", tests, make_all, free_all);
}

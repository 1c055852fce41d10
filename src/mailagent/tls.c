#include "mailagent/tls.h"

#include <arpa/inet.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>
#include <strings.h>

#include "base/hex.h"

struct chain {
	gnutls_x509_crt_t list[TLS_CHAIN_MAX];
	unsigned int count;
};

static void
free_chain(struct chain *c)
{
	while (c->count > 0)
		gnutls_x509_crt_deinit(c->list[--c->count]);
}

static enum status
read_chain(const struct bytes *chain, size_t count, struct chain *c,
	struct err *err)
{
	c->count = 0;
	if (count == 0 || count > TLS_CHAIN_MAX) {
		err_set(err, "the server showed %zu certificates", count);
		return STATUS_REJECTED;
	}
	for (size_t i = 0; i < count; i++) {
		gnutls_datum_t der = {(unsigned char *)(uintptr_t)chain[i].data,
			(unsigned int)chain[i].len};
		int r = gnutls_x509_crt_init(&c->list[i]);

		if (r < 0) {
			err_set(err, "certificate: %s", gnutls_strerror(r));
			return STATUS_IO;
		}
		c->count++;
		r = gnutls_x509_crt_import(
			c->list[i], &der, GNUTLS_X509_FMT_DER);
		if (r < 0) {
			err_set(err, "the server's certificate %zu: %s", i,
				gnutls_strerror(r));
			return STATUS_REJECTED;
		}
	}
	return STATUS_OK;
}

static enum status
check_pin(struct bytes der, const char *pin, struct err *err)
{
	uint8_t digest[32];
	char hex[TLS_PIN_LEN + 1];

	if (gnutls_hash_fast(GNUTLS_DIG_SHA256, der.data, der.len, digest) <
		0) {
		err_set(err, "SHA-256 is not to be had");
		return STATUS_IO;
	}
	hex_write_lower(bytes_make(digest, sizeof(digest)), hex);
	if (strcasecmp(hex, pin) == 0)
		return STATUS_OK;
	err_set(err, "not the pinned certificate: its SHA-256 is %s", hex);
	return STATUS_REJECTED;
}

/* What GnuTLS holds against a chain, in its own words. */
static void
say_why(unsigned int flags, const char *host, struct err *err)
{
	gnutls_datum_t text = {NULL, 0};

	if (gnutls_certificate_verification_status_print(
		    flags, GNUTLS_CRT_X509, &text, 0) < 0) {
		err_set(err, "certificate of %s: not verified", host);
		return;
	}
	err_set(err, "certificate of %s: %.*s", host, (int)text.size,
		(const char *)text.data);
	gnutls_free(text.data);
}

static enum status
load_authorities(
	gnutls_x509_trust_list_t list, struct bytes pem, struct err *err)
{
	gnutls_datum_t text = {
		(unsigned char *)(uintptr_t)pem.data, (unsigned int)pem.len};
	int r;

	if (pem.len == 0)
		r = gnutls_x509_trust_list_add_system_trust(list, 0, 0);
	else
		r = gnutls_x509_trust_list_add_trust_mem(
			list, &text, NULL, GNUTLS_X509_FMT_PEM, 0, 0);
	if (r > 0)
		return STATUS_OK;
	err_set(err, "no authority to verify certificates with%s%s",
		r < 0 ? ": " : "", r < 0 ? gnutls_strerror(r) : "");
	return STATUS_IO;
}

static enum status
check_chain(const struct chain *c, const struct tls_trust *t, struct err *err)
{
	gnutls_typed_vdata_st for_what[2] = {
		{GNUTLS_DT_DNS_HOSTNAME, (unsigned char *)(uintptr_t)t->host,
			0},
		{GNUTLS_DT_KEY_PURPOSE_OID,
			(unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_SERVER,
			0}};
	gnutls_x509_trust_list_t list;
	unsigned int flags = 0;
	enum status st;

	if (gnutls_x509_trust_list_init(&list, 0) < 0)
		return STATUS_IO;
	st = load_authorities(list, t->authority, err);
	if (st == STATUS_OK &&
		gnutls_x509_trust_list_verify_crt2(list,
			(gnutls_x509_crt_t *)(uintptr_t)c->list, c->count,
			for_what, 2, 0, &flags, NULL) < 0) {
		err_set(err, "certificate of %s: not verified", t->host);
		st = STATUS_REJECTED;
	}
	if (st == STATUS_OK && flags != 0) {
		say_why(flags, t->host, err);
		st = STATUS_REJECTED;
	}
	gnutls_x509_trust_list_deinit(list, 1);
	return st;
}

enum status
tls_verify_chain(const struct bytes *chain, size_t count,
	const struct tls_trust *trust, struct err *err)
{
	struct chain c;
	enum status st = read_chain(chain, count, &c, err);

	if (st == STATUS_OK && trust->pin != NULL && trust->pin[0] != '\0')
		st = check_pin(chain[0], trust->pin, err);
	else if (st == STATUS_OK)
		st = check_chain(&c, trust, err);
	free_chain(&c);
	return st;
}

enum status
tls_verify(mailstream *stream, const struct tls_trust *trust, struct err *err)
{
	carray *list = mailstream_get_certificate_chain(stream);
	struct bytes chain[TLS_CHAIN_MAX];
	enum status st;
	unsigned int n;

	if (list == NULL) {
		err_set(err, "the server showed no certificate");
		return STATUS_REJECTED;
	}
	n = carray_count(list);
	for (unsigned int i = 0; i < n && i < TLS_CHAIN_MAX; i++) {
		const MMAPString *der = carray_get(list, i);

		chain[i] = bytes_make(der->str, der->len);
	}
	st = tls_verify_chain(chain, n, trust, err);
	mailstream_certificate_chain_free(list);
	return st;
}

bool
tls_is_address(const char *host)
{
	struct in6_addr ignored;

	return inet_pton(AF_INET, host, &ignored) == 1 ||
	       inet_pton(AF_INET6, host, &ignored) == 1;
}

void
tls_name_server(struct mailstream_ssl_context *context, void *host)
{
	if (!tls_is_address(host))
		(void)mailstream_ssl_set_server_name(context, host);
}

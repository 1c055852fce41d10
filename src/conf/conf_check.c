#include "conf/conf_check.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/imapurl.h"
#include "base/mailaddr.h"
#include "base/net.h"

enum status
conf_parse_digits(const char *text, int64_t *value, const char **rest)
{
	int64_t v = 0;

	if (*text < '0' || *text > '9')
		return STATUS_MALFORMED;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (__builtin_mul_overflow(v, 10, &v) ||
			__builtin_add_overflow(v, *text - '0', &v))
			return STATUS_LIMIT;
	}
	*value = v;
	*rest = text;
	return STATUS_OK;
}

enum status
conf_check_address(const char *text, struct err *err)
{
	if (*text == '\0' || mailaddr_is_safe(text))
		return STATUS_OK;
	err_set(err, "'%.80s' is not a bare mail address (user@host)", text);
	return STATUS_MALFORMED;
}

enum status
conf_check_endpoint(const char *text, struct err *err)
{
	struct endpoint ep;

	return *text == '\0' ? STATUS_OK : endpoint_parse(text, &ep, err);
}

enum status
conf_check_relay(const char *text, struct err *err)
{
	static const char *const schemes[] = {"smtp://", "smtps://", "lmtp://"};
	struct endpoint ep;

	if (*text == '\0')
		return STATUS_OK;
	if (strncmp(text, "lmtp+unix:/", 11) == 0)
		return STATUS_OK;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t n = strlen(schemes[i]);

		if (strncmp(text, schemes[i], n) == 0 &&
			strncmp(text + n, "unix:", 5) != 0)
			return endpoint_parse(text + n, &ep, err);
	}
	err_set(err,
		"'%.80s' is no relay: smtp://HOST:PORT smtps://HOST:PORT "
		"lmtp://HOST:PORT lmtp+unix:/PATH",
		text);
	return STATUS_MALFORMED;
}

enum status
conf_check_imap(const char *text, struct err *err)
{
	struct imap_url url;

	return *text == '\0' ? STATUS_OK : imap_url_parse(text, &url, err);
}

enum status
conf_check_pin(const char *text, struct err *err)
{
	size_t n = strlen(text);

	if (n == 0 || (n == 64 && strspn(text, "0123456789abcdefABCDEF") == n))
		return STATUS_OK;
	err_set(err,
		"'%.80s' is not the SHA-256 of a certificate, 64 hex digits",
		text);
	return STATUS_MALFORMED;
}

enum status
conf_check_net(const char *text, struct err *err)
{
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	const char *rest = "";
	char host[64];
	struct in6_addr a;
	int64_t bits = 0;
	int64_t max;

	if (len >= sizeof(host))
		goto refuse;
	memcpy(host, text, len);
	host[len] = '\0';
	if (inet_pton(AF_INET, host, &a) == 1)
		max = 32;
	else if (inet_pton(AF_INET6, host, &a) == 1)
		max = 128;
	else
		goto refuse;
	if (slash == NULL ||
		(conf_parse_digits(slash + 1, &bits, &rest) == STATUS_OK &&
			*rest == '\0' && bits <= max))
		return STATUS_OK;
refuse:
	err_set(err, "'%.60s' is no address or network (ADDRESS/BITS)", text);
	return STATUS_MALFORMED;
}

enum status
conf_check_domain(const char *text, struct err *err)
{
	size_t n = strlen(text);

	if (n > 0 && n <= 253 && text[0] != '.' && text[n - 1] != '.' &&
		strpbrk(text, "@<>,;()\"/*") == NULL)
		return STATUS_OK;
	err_set(err, "'%.40s' is neither none, nor all, nor a domain", text);
	return STATUS_MALFORMED;
}

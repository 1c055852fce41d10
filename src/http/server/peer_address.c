#include "http/server/peer_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

struct peer_address
peer_address_of(const struct sockaddr_storage *from)
{
	struct peer_address a = {.is_ip = false};

	if (from->ss_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, from, sizeof(in));
		memcpy(a.octets, mapped, sizeof(mapped));
		memcpy(a.octets + 12, &in.sin_addr, 4);
		a.is_ip = true;
	} else if (from->ss_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, from, sizeof(in6));
		memcpy(a.octets, &in6.sin6_addr, 16);
		a.is_ip = true;
	}
	return a;
}

static bool
is_port(const char *text)
{
	size_t n = strspn(text, "0123456789");

	return n > 0 && n <= 5 && text[n] == '\0';
}

enum status
peer_address_parse(struct bytes text, struct peer_address *out)
{
	char host[INET6_ADDRSTRLEN + 9], *end;
	struct peer_address a = {.is_ip = true};
	bool bracket = text.len > 0 && text.data[0] == '[';

	if (text.len == 0 || text.len >= sizeof(host) ||
		memchr(text.data, 0, text.len) != NULL)
		return STATUS_MALFORMED;
	memcpy(host, text.data, text.len);
	host[text.len] = '\0';
	if (bracket) {
		end = strchr(host, ']');
		if (end == NULL ||
			(end[1] != '\0' &&
				(end[1] != ':' || !is_port(end + 2))))
			return STATUS_MALFORMED;
		*end = '\0';
	} else {
		/* One colon: a port; more: IPv6. */
		end = strchr(host, ':');
		if (end != NULL && is_port(end + 1))
			*end = '\0';
	}
	if (!bracket && inet_pton(AF_INET, host, a.octets + 12) == 1)
		memcpy(a.octets, mapped, sizeof(mapped));
	else if (inet_pton(AF_INET6, host + (bracket ? 1 : 0), a.octets) != 1)
		return STATUS_MALFORMED;
	*out = a;
	return STATUS_OK;
}

static size_t
counted_octets(const struct peer_address *a)
{
	return memcmp(a->octets, mapped, sizeof(mapped)) == 0 ? 16 : 8;
}

bool
peer_address_same(const struct peer_address *a, const struct peer_address *b)
{
	size_t n = counted_octets(a);

	return n == counted_octets(b) && memcmp(a->octets, b->octets, n) == 0;
}

uint32_t
peer_address_hash(const struct peer_address *a)
{
	uint32_t h = 2166136261u; /* FNV-1a */
	size_t i, n = counted_octets(a);

	for (i = 0; i < n; i++)
		h = (h ^ a->octets[i]) * 16777619u;
	return h;
}

static enum status
parse_range(const char *text, struct address_range *r, struct err *err)
{
	char host[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	size_t n = slash == NULL ? strlen(text) : (size_t)(slash - text);
	unsigned long bits = 128, most = 128;
	char *end;

	if (n == 0 || n >= sizeof(host))
		goto malformed;
	memcpy(host, text, n);
	host[n] = '\0';
	memset(r, 0, sizeof(*r));
	if (inet_pton(AF_INET, host, r->octets + 12) == 1) {
		memcpy(r->octets, mapped, sizeof(mapped));
		most = 32;
	} else if (inet_pton(AF_INET6, host, r->octets) != 1) {
		goto malformed;
	}
	bits = most;
	if (slash != NULL) {
		if (slash[1] < '0' || slash[1] > '9')
			goto malformed;
		bits = strtoul(slash + 1, &end, 10);
		if (*end != '\0' || bits > most)
			goto malformed;
	}
	r->bits = (unsigned int)(bits + (128 - most));
	return STATUS_OK;
malformed:
	err_set(err, "%.100s: not an address or a range like 127.0.0.0/8",
		text);
	return STATUS_MALFORMED;
}

enum status
address_ranges_parse(char *const *texts, size_t count,
	struct address_ranges *out, struct err *err)
{
	struct address_ranges r = {NULL, count};
	size_t i;

	if (count > 0)
		r.list = xcalloc(count, sizeof(*r.list));
	for (i = 0; i < count; i++) {
		enum status st = parse_range(texts[i], &r.list[i], err);

		if (st != STATUS_OK) {
			free(r.list);
			return st;
		}
	}
	*out = r;
	return STATUS_OK;
}

void
address_ranges_free(struct address_ranges *r)
{
	free(r->list);
	r->list = NULL;
	r->count = 0;
}

static bool
in_range(const struct address_range *r, const struct peer_address *a)
{
	size_t whole = r->bits / 8;
	unsigned int rest = r->bits % 8;

	if (memcmp(r->octets, a->octets, whole) != 0)
		return false;
	return rest == 0 ||
	       (uint8_t)(r->octets[whole] ^ a->octets[whole]) >> (8 - rest) ==
		       0;
}

bool
address_ranges_have(
	const struct address_ranges *r, const struct peer_address *a)
{
	size_t i;

	if (!a->is_ip)
		return true;
	for (i = 0; i < r->count; i++)
		if (in_range(&r->list[i], a))
			return true;
	return false;
}

#include "recon/gossip_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const unsigned char mapped[12] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

bool
address_host(const struct sockaddr_storage *at, struct host_address *out)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (at->ss_family == AF_INET) {
		memcpy(&in, at, sizeof(in));
		memcpy(out->octets, mapped, sizeof(mapped));
		memcpy(out->octets + 12, &in.sin_addr, 4);
		return true;
	}
	if (at->ss_family != AF_INET6)
		return false;
	memcpy(&in6, at, sizeof(in6));
	memcpy(out->octets, &in6.sin6_addr, 16);
	return true;
}

/* At the same place in both: sin_port and sin6_port. */
unsigned int
address_port(const struct sockaddr_storage *at)
{
	struct sockaddr_in in;

	memcpy(&in, at, sizeof(in));
	return ntohs(in.sin_port);
}

void
address_set_port(struct sockaddr_storage *at, unsigned int port)
{
	struct sockaddr_in in;

	memcpy(&in, at, sizeof(in));
	in.sin_port = htons((in_port_t)port);
	memcpy(at, &in, sizeof(in));
}

socklen_t
address_len(const struct sockaddr_storage *at)
{
	return at->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
					 : sizeof(struct sockaddr_in);
}

bool
address_is_any(const struct sockaddr_storage *at)
{
	static const unsigned char zeros[16];
	struct host_address a;
	size_t skip = at->ss_family == AF_INET ? 12 : 0;

	return address_host(at, &a) &&
	       memcmp(a.octets + skip, zeros, 16 - skip) == 0;
}

bool
network_parse(const char *text, struct network *out)
{
	size_t len = strcspn(text, "/");
	struct sockaddr_storage at = {0};
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	unsigned long bits, skip = 0;
	char host[64];
	char *end = NULL;

	if (len >= sizeof(host))
		return false;
	memcpy(host, text, len);
	host[len] = '\0';
	if (inet_pton(AF_INET, host, &in.sin_addr) == 1) {
		memcpy(&at, &in, sizeof(in));
		skip = 96;
	} else if (inet_pton(AF_INET6, host, &in6.sin6_addr) == 1) {
		memcpy(&at, &in6, sizeof(in6));
	} else {
		return false;
	}
	if (!address_host(&at, &out->first))
		return false;
	out->bits = 128;
	if (text[len] == '\0')
		return true;
	bits = strtoul(text + len + 1, &end, 10);
	if (end == text + len + 1 || *end != '\0' || bits > 128 - skip)
		return false;
	out->bits = (unsigned int)(bits + skip);
	return true;
}

bool
network_has(const struct network *n, const struct host_address *a)
{
	unsigned int whole = n->bits / 8, rest = n->bits % 8;

	if (memcmp(n->first.octets, a->octets, whole) != 0)
		return false;
	return rest == 0 ||
	       (n->first.octets[whole] ^ a->octets[whole]) >> (8 - rest) == 0;
}

/* Only such an address can be bound: no list of interfaces is needed, which a
 * confined process could not ask for. */
bool
address_is_local(const struct sockaddr_storage *at)
{
	struct sockaddr_storage any_port = *at;
	bool is_local;
	int fd = socket(at->ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return false;
	address_set_port(&any_port, 0);
	is_local = bind(fd, (const struct sockaddr *)&any_port,
			   address_len(at)) == 0;
	(void)close(fd);
	return is_local;
}

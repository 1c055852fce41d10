#include "base/private.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static const struct {
	uint8_t first[4];
	unsigned int bits;
} ranges4[] = {
	{{0, 0, 0, 0}, 8},
	{{10, 0, 0, 0}, 8},
	{{100, 64, 0, 0}, 10},
	{{127, 0, 0, 0}, 8},
	{{169, 254, 0, 0}, 16},
	{{172, 16, 0, 0}, 12},
	{{192, 0, 0, 0}, 24},
	{{192, 0, 2, 0}, 24},
	{{192, 88, 99, 0}, 24},
	{{192, 168, 0, 0}, 16},
	{{198, 18, 0, 0}, 15},
	{{198, 51, 100, 0}, 24},
	{{203, 0, 113, 0}, 24},
	{{224, 0, 0, 0}, 3},
};

static bool
within(const uint8_t *a, const uint8_t *first, unsigned int bits)
{
	size_t whole = bits / 8;
	unsigned int rest = bits % 8;

	if (memcmp(a, first, whole) != 0)
		return false;
	return rest == 0 ||
	       (uint8_t)(a[whole] ^ first[whole]) >> (8 - rest) == 0;
}

static bool
is_private4(const uint8_t a[4])
{
	size_t i;

	for (i = 0; i < sizeof(ranges4) / sizeof(ranges4[0]); i++)
		if (within(a, ranges4[i].first, ranges4[i].bits))
			return true;
	return false;
}

/* Public is what is global unicast; some of it stands for an IPv4 address. */
static bool
is_private6(const uint8_t a[16])
{
	static const uint8_t mapped[12] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
	static const uint8_t nat64[12] = {0, 0x64, 0xFF, 0x9B};
	static const uint8_t six_to_four[2] = {0x20, 0x02};
	static const uint8_t protocols[3] = {0x20, 0x01, 0}; /* /23 */
	static const uint8_t documents[4] = {0x20, 0x01, 0x0D, 0xB8};

	if (memcmp(a, mapped, 12) == 0 || memcmp(a, nat64, 12) == 0)
		return is_private4(a + 12);
	if (memcmp(a, six_to_four, 2) == 0)
		return is_private4(a + 2);
	return (a[0] & 0xE0) != 0x20 || within(a, protocols, 23) ||
	       within(a, documents, 32);
}

bool
address_is_private(const struct sockaddr *address, socklen_t len)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	uint8_t a[4];

	if (address->sa_family == AF_INET && len >= sizeof(in)) {
		memcpy(&in, address, sizeof(in));
		memcpy(a, &in.sin_addr, 4);
		return is_private4(a);
	}
	if (address->sa_family == AF_INET6 && len >= sizeof(in6)) {
		memcpy(&in6, address, sizeof(in6));
		return is_private6(in6.sin6_addr.s6_addr);
	}
	return true;
}

#include "mail/brake.h"

#include <stdlib.h>
#include <string.h>

#include "mail/rate.h"

enum { HOUR_MS = 3600 * 1000, ENTRIES = 65536, NAME_MAX_OCTETS = 80 };

struct brake {
	struct rate *rate;
};

struct brake *
brake_new(size_t per_hour)
{
	const struct rate_limit limit = {(int64_t)per_hour, HOUR_MS};
	struct brake *b;

	if (per_hour == 0)
		return NULL;
	b = xcalloc(1, sizeof(*b));
	b->rate = rate_new(limit, limit, ENTRIES);
	return b;
}

void
brake_free(struct brake *b)
{
	if (b == NULL)
		return;
	rate_free(b->rate);
	free(b);
}

/* Fingerprints of any length, by their version, for this peer. */
static struct bytes
name_of(int peer, const struct cert_id *id, uint8_t room[NAME_MAX_OCTETS])
{
	size_t n = 0;

	memcpy(room, &peer, sizeof(peer));
	n += sizeof(peer);
	room[n++] = id->fpr.version;
	memcpy(room + n, id->fpr.octets, id->fpr.len);
	return bytes_make(room, n + id->fpr.len);
}

bool
brake_holds(const struct brake *b, int peer, const struct cert_id *id,
	int64_t now_ms)
{
	uint8_t room[NAME_MAX_OCTETS];

	return b != NULL &&
	       !rate_has(b->rate, name_of(peer, id, room), 0, 1, now_ms);
}

void
brake_count(struct brake *b, int peer, const struct cert_id *id, int64_t now_ms)
{
	uint8_t room[NAME_MAX_OCTETS];

	if (b != NULL)
		(void)rate_take(b->rate, name_of(peer, id, room), 0, 1, now_ms);
}

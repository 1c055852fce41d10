#include "ingest/dropped_words.h"

#include <stdio.h>

#include "pgp/packet.h"

static const struct {
	uint8_t tag;
	const char *name;
} names[] = {
	{PACKET_SIGNATURE, "signature"},
	{PACKET_PUBLIC_KEY, "key"},
	{PACKET_USER_ID, "user ID"},
	{PACKET_PUBLIC_SUBKEY, "subkey"},
	{PACKET_USER_ATTRIBUTE, "user attribute"},
};

static void
name_of(const struct dropped_packet *d, char *out, size_t size)
{
	size_t i;

	if (d->tag == 0) {
		snprintf(out, size, "rest");
		return;
	}
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].tag == d->tag) {
			snprintf(out, size, "%s", names[i].name);
			return;
		}
	snprintf(out, size, "packet with tag %u", d->tag);
}

void
dropped_line(const struct dropped_packet *d, char line[DROPPED_LINE_MAX])
{
	char name[32], type[8] = "", by[24] = "";

	name_of(d, name, sizeof(name));
	if (d->is_sig)
		snprintf(type, sizeof(type), " 0x%02X", d->sig_type);
	if (d->has_issuer)
		snprintf(by, sizeof(by), " by %016llX",
			(unsigned long long)d->issuer);
	snprintf(line, DROPPED_LINE_MAX, "dropped %s%s%s: %s", name, type, by,
		verdict_sentence(d->verdict));
}

void
dropped_rest(const struct outcome *o, char line[DROPPED_LINE_MAX])
{
	line[0] = '\0';
	if (o->dropped > o->packet_count)
		snprintf(line, DROPPED_LINE_MAX, "and %zu more",
			o->dropped - o->packet_count);
}

/* recover_reply: the certificates in an answer to a hashquery. */
#include "base/reader.h"
#include "pgp/packet.h"
#include "recon/recover_state.h"

enum status
reply_split(struct bytes reply, size_t asked, struct bytes list[RECOVER_BATCH],
	size_t *count, struct err *err)
{
	struct reader r = reader_of(reply);
	uint32_t n = reader_be32(&r);

	if (r.failed || n > asked || n > RECOVER_BATCH) {
		err_set(err, "%u certificates for %zu digests", (unsigned int)n,
			asked);
		return STATUS_MALFORMED;
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t len = reader_be32(&r);

		if (!r.failed && len > RECOVER_CERT_MAX) {
			err_set(err, "a certificate of %u octets",
				(unsigned int)len);
			return STATUS_LIMIT;
		}
		list[i] = reader_take(&r, len);
	}
	if (r.failed) {
		err_set(err, "the reply is cut short");
		return STATUS_MALFORMED;
	}
	/* Two octets follow at the servers there are; nobody needs them. */
	if (reader_left(&r) > 2) {
		err_set(err, "%zu octets behind the last certificate",
			reader_left(&r));
		return STATUS_MALFORMED;
	}
	*count = n;
	return STATUS_OK;
}

struct bytes
reply_first(struct arena *arena, struct bytes blob)
{
	struct packet_reader r = packet_reader_of(blob, arena);
	struct packet p = {.tag = 0};
	enum status st = STATUS_OK;
	size_t at = 0;

	while (st == STATUS_OK || st == STATUS_UNSUPPORTED) {
		at = r.pos;
		st = packet_next(&r, &p, NULL);
		if (at > 0 && st == STATUS_OK &&
			(p.tag == PACKET_PUBLIC_KEY ||
				p.tag == PACKET_SECRET_KEY))
			return bytes_make(blob.data, at);
	}
	return blob;
}

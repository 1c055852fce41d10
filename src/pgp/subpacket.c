#include "pgp/subpacket.h"

enum { BIT_CRITICAL = 0x80 };

enum status
subpacket_next(struct reader *area, struct subpacket *s)
{
	struct subpacket got;
	struct bytes octets;
	size_t len;
	uint8_t type;

	if (reader_left(area) == 0)
		return STATUS_NOT_FOUND;
	len = reader_u8(area);
	/* 254 here, where a packet header has partial lengths from 224 on. */
	if (len >= 192 && len < 255)
		len = ((len - 192) << 8) + reader_u8(area) + 192;
	else if (len == 255)
		len = reader_be32(area);
	octets = reader_take(area, len);
	if (area->failed || octets.len == 0)
		return STATUS_MALFORMED;
	type = octets.data[0];
	got.type = type & (uint8_t)~BIT_CRITICAL;
	got.critical = type & BIT_CRITICAL;
	got.body = bytes_make(octets.data + 1, octets.len - 1);
	*s = got;
	return STATUS_OK;
}

/* A whole letter: whatever it is, the fields parse and keep their bounds. */
#include <assert.h>

#include "base/frame.h"
#include "base/mailaddr.h"
#include "mailagent/decode.h"
#include "mailagent/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_field(uint8_t name, struct bytes value, size_t *seen, size_t *octets)
{
	assert(name != LETTER_SOURCE && name != LETTER_SIZE);
	if (name == LETTER_SEEN)
		(*seen)++;
	else if (name == LETTER_BLOCK)
		*octets += value.len;
	else if (name == LETTER_SUBJECT)
		assert(value.len <= DECODE_SUBJECT_MAX);
	else if (name == LETTER_FROM || name == LETTER_TO)
		assert(value.len > 0 && value.len <= MAILADDR_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct decode_hint hint = {.trust_path = true};
	struct buf fields = {.len = 0};
	size_t seen = 0, octets = 0;
	struct reader r;
	struct bytes value;
	struct err why;
	uint8_t name;

	if (decode_letter(bytes_make(data, size), &hint, &fields, &why) ==
		STATUS_OK) {
		r = reader_of(buf_view(&fields));
		while (frame_next_field(&r, &name, &value))
			check_field(name, value, &seen, &octets);
		assert(!r.failed);
		assert(seen <= DECODE_SEEN_MAX);
		assert(octets <= DECODE_LETTER_MAX);
	} else {
		assert(fields.len == 0 && why.text[0] != '\0');
	}
	buf_done(&fields);
	return 0;
}

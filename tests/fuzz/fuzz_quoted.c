/* Transfer decodings: output is never longer than input, and plain text that
 * needs no escape comes through quoted-printable as it was. */
#include <assert.h>
#include <libetpan/libetpan.h>
#include <string.h>

#include "mailagent/transfer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Digits only, and whole groups: where any two decoders must agree. */
static bool
is_strict_base64(struct bytes in)
{
	size_t i;

	for (i = 0; i < in.len; i++) {
		if (in.data[i] == '\0' ||
			strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst"
			       "uvwxyz0123456789+/",
				in.data[i]) == NULL)
			return false;
	}
	return in.len > 0 && in.len % 4 == 0;
}

static void
compare_base64(struct bytes in, struct bytes ours)
{
	size_t at = 0, len = 0;
	char *theirs = NULL;

	if (!is_strict_base64(in) ||
		mailmime_base64_body_parse((const char *)in.data, in.len, &at,
			&theirs, &len) != MAILIMF_NO_ERROR)
		return;
	assert(len == ours.len);
	assert(len == 0 || memcmp(theirs, ours.data, len) == 0);
	mailmime_decoded_part_free(theirs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_make(data, size);
	struct arena *arena;
	struct bytes out;
	enum status st;

	if (size > 1024 * 1024)
		return 0;
	arena = arena_new(4 * 1024 * 1024);
	st = transfer_decode(arena, TRANSFER_BASE64, in, &out);
	assert(st == STATUS_OK && out.len <= size / 4 * 3 + 3);
	compare_base64(in, out);
	st = transfer_decode(arena, TRANSFER_QUOTED, in, &out);
	assert(st == STATUS_OK && out.len <= size);
	if (size > 0 && memchr(data, '=', size) == NULL &&
		memchr(data, ' ', size) == NULL &&
		memchr(data, '\t', size) == NULL &&
		memchr(data, '\r', size) == NULL)
		assert(out.len == size && memcmp(out.data, data, size) == 0);
	arena_free(arena);
	return 0;
}

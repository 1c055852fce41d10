#include <string.h>

#include "pgp/user_id.h"

static bool
user_id_ends_address(uint8_t c)
{
	return c <= ' ' || c == 0x7F || memchr("<>,;()\"", c, 7) != NULL;
}

static bool
user_id_may_be_address(struct bytes b)
{
	const uint8_t *at;

	if (b.len < 3)
		return false;
	at = memchr(b.data, '@', b.len);
	return at != NULL && at != b.data && at != b.data + b.len - 1 &&
	       memchr(at + 1, '@', (size_t)(b.data + b.len - at - 1)) == NULL;
}

bool
user_id_is_ambiguous(struct bytes text)
{
	struct bytes word, first = {NULL, 0};
	size_t i = 0, start;

	while (i < text.len) {
		while (i < text.len && user_id_ends_address(text.data[i]))
			i++;
		start = i;
		while (i < text.len && !user_id_ends_address(text.data[i]))
			i++;
		word = bytes_make(text.data + start, i - start);
		if (!user_id_may_be_address(word))
			continue;
		if (first.len > 0 && !bytes_eq_nocase(word, first))
			return true;
		first = word;
	}
	return false;
}

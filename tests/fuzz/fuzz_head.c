/* A letter's head: limits hold, fields lie inside of the input, and values
 * come out clean. */
#include <assert.h>
#include <string.h>

#include "mailagent/head.h"
#include "mailagent/word.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_value(struct arena *arena, struct bytes value)
{
	struct bytes plain, text;
	size_t i;

	if (head_unfold(arena, value, &plain) != STATUS_OK)
		return;
	assert(plain.len <= value.len);
	if (word_decode(arena, plain, &text) != STATUS_OK)
		return;
	assert(text.len <= 2 * plain.len);
	for (i = 0; i < text.len; i++)
		assert(text.data[i] >= 0x20 && text.data[i] != 0x7f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(16 * 1024 * 1024);
	struct head h;
	struct err err;
	size_t i;

	if (head_scan(arena, bytes_make(data, size), &h, &err) == STATUS_OK) {
		assert(h.body <= size);
		assert(h.count <= HEAD_FIELDS_MAX);
		for (i = 0; i < h.count; i++) {
			struct bytes name = h.fields[i].name;
			struct bytes value = h.fields[i].value;

			assert(name.len > 0 && name.data >= data);
			assert(memchr(name.data, ':', name.len) == NULL);
			assert(value.len <= HEAD_FIELD_MAX);
			assert(value.data + value.len <= data + size);
			(void)!head_check_comments(value);
			check_value(arena, value);
		}
	}
	arena_free(arena);
	return 0;
}

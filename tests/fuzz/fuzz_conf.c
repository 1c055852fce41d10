/* A configuration: an error names a line; nothing is left half set. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
count_line(void *ctx, const char *section, const char *key, const char *value,
	const char *origin)
{
	size_t *lines = ctx;

	assert(section != NULL && key != NULL && value != NULL);
	assert(origin != NULL);
	(*lines)++;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf *c = NULL;
	struct err err = {""};
	size_t lines = 0;

	if (conf_load_text(bytes_make(data, size), "fuzz", &c, &err) ==
		STATUS_OK) {
		assert(c != NULL && c->http.listen_count > 0);
		conf_show(c, count_line, &lines);
		assert(lines > 0);
		conf_free(c);
		return 0;
	}
	assert(c == NULL);
	assert(strncmp(err.text, "fuzz:", 5) == 0);
	assert(strtol(err.text + 5, NULL, 10) > 0);
	return 0;
}

#include "mailagent/relay_hello.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void
take_size(const char *value, size_t len, struct relay_hello *h)
{
	size_t size = 0;

	h->size = true;
	for (size_t i = 0; i < len; i++) {
		if (value[i] < '0' || value[i] > '9')
			break;
		if (__builtin_mul_overflow(size, 10U, &size) ||
			__builtin_add_overflow(
				size, (size_t)(value[i] - '0'), &size))
			return;
	}
	h->size_max = size;
}

/* Some servers say it twice: "AUTH X Y" and, for old clients, "AUTH=X Y". */
static void
take_auth(const char *value, size_t len, struct relay_hello *h)
{
	size_t used = strlen(h->auth);

	if (used + len + 2 > sizeof(h->auth))
		return;
	if (used > 0)
		h->auth[used++] = ' ';
	memcpy(h->auth + used, value, len);
	h->auth[used + len] = '\0';
}

static bool
is_word(const char *line, size_t len, const char *word)
{
	return len == strlen(word) && strncasecmp(line, word, len) == 0;
}

static void
take_line(const char *line, size_t len, struct relay_hello *h)
{
	size_t n = 0;
	const char *value;

	while (n < len && line[n] != ' ' && line[n] != '=')
		n++;
	value = n < len ? line + n + 1 : line + len;
	len -= (size_t)(value - line);
	if (is_word(line, n, "STARTTLS"))
		h->starttls = true;
	else if (is_word(line, n, "DSN"))
		h->dsn = true;
	else if (is_word(line, n, "SIZE"))
		take_size(value, len, h);
	else if (is_word(line, n, "AUTH"))
		take_auth(value, len, h);
}

void
relay_hello_read(const char *text, struct relay_hello *hello)
{
	const char *line = strchr(text, '\n');

	memset(hello, 0, sizeof(*hello));
	while (line != NULL && *++line != '\0') {
		size_t len = strcspn(line, "\n");

		take_line(line, len, hello);
		line = strchr(line, '\n');
	}
}

bool
relay_hello_has(const char *words, const char *mechanism)
{
	for (; *words != '\0'; words += strcspn(words, " ")) {
		words += strspn(words, " ");
		if (is_word(words, strcspn(words, " "), mechanism))
			return true;
	}
	return false;
}

#include "daemon/client.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/net.h"

static enum status
take_words(struct client *c, struct bytes payload)
{
	struct reader r = reader_of(payload);
	struct bytes value;
	uint8_t name;

	while (frame_next_field(&r, &name, &value)) {
		if (name != CONTROL_WORD)
			continue;
		if (c->word_count == CONTROL_WORDS_MAX ||
			memchr(value.data, '\0', value.len) != NULL)
			return STATUS_MALFORMED;
		c->words[c->word_count++] =
			xstrndup((const char *)value.data, value.len);
	}
	return r.failed || c->word_count == 0 ? STATUS_MALFORMED : STATUS_OK;
}

enum status
client_open(struct client *c, int fd, const struct control_parts *parts,
	const bool *stopping)
{
	struct frame f;
	enum status st;

	memset(c, 0, sizeof(*c));
	c->fd = fd;
	c->parts = parts;
	c->stopping = stopping;
	frame_reader_init(&c->in, CONTROL_BODY_MAX);
	st = frame_read(&c->in, fd, clock_mono_ms() + 5000, &f);
	if (st != STATUS_OK)
		return st;
	if (f.type != CONTROL_REQUEST)
		return STATUS_MALFORMED;
	return take_words(c, f.payload);
}

void
client_close(struct client *c)
{
	for (size_t i = 0; i < c->word_count; i++)
		free(c->words[i]);
	frame_reader_done(&c->in);
	close(c->fd);
}

enum status
client_send(struct client *c, uint8_t type, uint64_t id, struct bytes payload)
{
	return frame_send(c->fd, type, id, payload,
		clock_mono_ms() + CONTROL_SECONDS * 1000);
}

enum status
client_line(struct client *c, uint64_t id, json_t *object)
{
	char *text = json_dumps(object, JSON_COMPACT);
	enum status st;

	json_decref(object);
	if (text == NULL)
		return STATUS_LIMIT;
	st = client_send(c, CONTROL_LINE, id, bytes_of(text));
	free(text);
	return st;
}

json_t *
client_number(int64_t n)
{
	return json_integer((json_int_t)n);
}

void
client_exit(struct client *c, int code, const char *fmt, ...)
{
	va_list ap;

	c->exit_code = code;
	va_start(ap, fmt);
	(void)vsnprintf(c->exit_text.text, sizeof(c->exit_text.text), fmt, ap);
	va_end(ap);
}

void
client_fail(struct client *c, enum status st, const struct err *err)
{
	client_exit(c, 1, "%s",
		err->text[0] != '\0' ? err->text : status_name(st));
}

#include "cli/remote.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/net.h"

static int64_t
deadline(void)
{
	/* A little more patience than the daemon has with us. */
	return clock_mono_ms() + (CONTROL_SECONDS + 30) * 1000;
}

static enum status
send_frame(struct remote *r, uint8_t type, uint64_t id, struct bytes payload,
	struct err *err)
{
	enum status st = frame_send(r->fd, type, id, payload, deadline());

	if (st != STATUS_OK)
		err_set(err, "the daemon went away (%s)", status_name(st));
	return st;
}

static enum status
send_request(struct remote *r, const char *const *words, struct err *err)
{
	enum status st = STATUS_OK;
	struct buf b;

	buf_init(&b, CONTROL_LINE_MAX);
	for (; *words != NULL && st == STATUS_OK; words++)
		st = frame_put_field(&b, CONTROL_WORD, bytes_of(*words));
	if (st == STATUS_OK)
		st = send_frame(r, CONTROL_REQUEST, 0, buf_view(&b), err);
	buf_done(&b);
	return st;
}

enum status
remote_open(struct remote *r, const struct conf *conf, const char *const *words,
	struct err *err)
{
	struct endpoint at = {.is_unix = true};
	struct err why = {""};
	enum status st;

	memset(r, 0, sizeof(*r));
	frame_reader_init(&r->in, CONTROL_LINE_MAX);
	if (strlen(conf->data) + sizeof(CONTROL_SOCKET) + 1 > sizeof(at.host)) {
		err_set(err, "the path of the data folder is too long");
		return STATUS_CLOSED;
	}
	snprintf(at.host, sizeof(at.host), "%s/%s", conf->data, CONTROL_SOCKET);
	st = net_connect(&at, clock_mono_ms() + 5000, &r->fd, &why);
	if (st != STATUS_OK) {
		err_set(err, "the daemon does not answer: %s", why.text);
		return STATUS_CLOSED;
	}
	st = send_request(r, words, err);
	if (st != STATUS_OK)
		remote_close(r);
	return st;
}

void
remote_close(struct remote *r)
{
	frame_reader_done(&r->in);
	close(r->fd);
}

enum status
remote_body(struct remote *r, uint64_t id, struct bytes octets, struct err *err)
{
	return send_frame(r, CONTROL_BODY, id, octets, err);
}

enum status
remote_end(struct remote *r, struct err *err)
{
	return send_frame(r, CONTROL_END, 0, bytes_make(NULL, 0), err);
}

static void
take_exit(struct remote *r, struct bytes payload)
{
	struct reader in = reader_of(payload);
	struct bytes value;
	uint8_t name;

	r->ended = true;
	while (frame_next_field(&in, &name, &value)) {
		if (name == CONTROL_CODE)
			r->exit_code = (int)(frame_number(value) & 0xff);
		if (name == CONTROL_TEXT)
			err_set(&r->exit_text, "%.*s", (int)value.len,
				(const char *)value.data);
	}
}

enum status
remote_next(struct remote *r, uint64_t *id, json_t **line, struct err *err)
{
	struct frame f = {0};
	enum status st;

	*line = NULL;
	st = frame_read(&r->in, r->fd, deadline(), &f);
	if (st == STATUS_TIMEOUT)
		err_set(err,
			"the daemon does not answer: perhaps it serves "
			"another command, as a load, which it does one by one");
	else if (st != STATUS_OK)
		err_set(err, "the daemon went away (%s)", status_name(st));
	if (st != STATUS_OK)
		return st;
	*id = f.id;
	if (f.type == CONTROL_EXIT)
		take_exit(r, f.payload);
	if (f.type != CONTROL_LINE)
		return STATUS_OK;
	*line = json_loadb(
		(const char *)f.payload.data, f.payload.len, 0, NULL);
	if (*line != NULL)
		return STATUS_OK;
	err_set(err, "the daemon says what this keypost does not understand");
	return STATUS_MALFORMED;
}

static void
show_line(struct cli *c, json_t *line, void (*show)(const json_t *line))
{
	if (cli_has(c, CLI_JSON))
		cli_json(json_incref(line));
	else
		show(line);
}

static enum status
show_lines(struct cli *c, struct remote *r, void (*show)(const json_t *line),
	struct err *err)
{
	enum status st = STATUS_OK;
	json_t *line = NULL;
	uint64_t id;

	while (!r->ended) {
		st = remote_next(r, &id, &line, err);
		if (st != STATUS_OK)
			return st;
		if (line == NULL)
			continue;
		if (json_object_get(line, "progress") == NULL)
			show_line(c, line, show);
		json_decref(line);
	}
	return STATUS_OK;
}

enum cli_exit
remote_run(struct cli *c, const char *const *words,
	void (*show)(const json_t *line))
{
	struct err err = {""};
	struct remote r;
	enum cli_exit code;

	code = cli_load_conf(c);
	if (code != CLI_YES)
		return code;
	if (remote_open(&r, c->conf, words, &err) != STATUS_OK) {
		cli_say("%s", err.text);
		return CLI_UNREACHABLE;
	}
	if (show_lines(c, &r, show, &err) != STATUS_OK) {
		cli_say("%s", err.text);
		code = CLI_UNREACHABLE;
	} else {
		if (r.exit_text.text[0] != '\0')
			cli_say("%s", r.exit_text.text);
		code = (enum cli_exit)r.exit_code;
	}
	remote_close(&r);
	return code;
}

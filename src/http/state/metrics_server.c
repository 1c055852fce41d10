#include "http/state/metrics_server.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "http/state/exposition.h"

enum {
	BACKLOG = 16,
	CONNECTIONS_MAX = 16,
	SILENCE_S = 10,
	EXPOSITION_MAX = 16 << 20
};

struct door {
	int fd; /* its daemon's, once that runs */
	const char *path;
	struct MHD_Daemon *daemon;
};

struct metrics_server {
	const struct services *services;
	struct conn_table *conns;
	struct door *doors;
	size_t count;
};

struct metrics_server *
metrics_server_new(const struct services *services, struct conn_table *conns)
{
	struct metrics_server *m = xcalloc(1, sizeof(*m));

	m->services = services;
	m->conns = conns;
	return m;
}

void
metrics_server_free(struct metrics_server *m)
{
	if (m == NULL)
		return;
	metrics_server_stop(m);
	free(m);
}

enum status
metrics_server_listen(struct metrics_server *m, struct err *err)
{
	const struct http_settings *set = m->services->settings;
	enum status st = STATUS_OK;
	size_t i;

	m->doors = xcalloc(set->metrics_listen_count + 1, sizeof(*m->doors));
	for (i = 0; st == STATUS_OK && i < set->metrics_listen_count; i++) {
		const struct endpoint *e = &set->metrics_listen[i];
		struct door *d = &m->doors[i];

		st = net_listen(e, BACKLOG, &d->fd, err);
		if (st != STATUS_OK)
			break;
		m->count++;
		d->path = e->is_unix ? e->host : NULL;
		st = net_let_all_connect(e, err);
	}
	return st;
}

static enum MHD_Result
send_text(struct MHD_Connection *c, unsigned int status, struct buf *body)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(
		body->len, body->data, MHD_RESPMEM_MUST_FREE);
	enum MHD_Result ret = MHD_NO;

	if (r == NULL) {
		buf_done(body);
		return MHD_NO;
	}
	if (MHD_add_response_header(r, "Content-Type",
		    "text/plain; version=0.0.4; charset=utf-8") == MHD_YES &&
		MHD_add_response_header(r, "Connection", "close") == MHD_YES)
		ret = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return ret;
}

static enum MHD_Result
answer(void *cls, struct MHD_Connection *c, const char *url, const char *method,
	const char *version, const char *data, size_t *size, void **state)
{
	struct metrics_server *m = cls;
	struct buf body;
	struct err err = {""};
	unsigned int status = 200;

	(void)version;
	(void)data;
	(void)state;
	*size = 0;
	buf_init(&body, EXPOSITION_MAX);
	if (strcmp(url, "/metrics") != 0) {
		status = 404;
		(void)!buf_puts(&body, "Not found\n");
	} else if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
		status = 405;
		(void)!buf_puts(&body, "Method not allowed\n");
	} else if (exposition_write(m->services, m->conns, &body, &err) !=
		   STATUS_OK) {
		/* Half of it would look like counters that were reset. */
		log_line(LOG_ERROR, "metrics", "outcome=failed reason=%s",
			log_quote_str(err.text).text);
		buf_clear(&body);
		status = 503;
		(void)!buf_puts(&body, "the store does not answer\n");
	}
	return send_text(c, status, &body);
}

enum status
metrics_server_start(struct metrics_server *m, struct err *err)
{
	size_t i;

	for (i = 0; i < m->count; i++) {
		struct door *d = &m->doors[i];

		d->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0,
			NULL, NULL, answer, m, MHD_OPTION_LISTEN_SOCKET, d->fd,
			MHD_OPTION_CONNECTION_LIMIT,
			(unsigned int)CONNECTIONS_MAX,
			MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)SILENCE_S,
			MHD_OPTION_END);
		if (d->daemon == NULL) {
			err_set(err,
				"libmicrohttpd cannot be started for metrics");
			return STATUS_IO;
		}
	}
	return STATUS_OK;
}

void
metrics_server_stop(struct metrics_server *m)
{
	size_t i;

	for (i = 0; i < m->count; i++) {
		struct door *d = &m->doors[i];

		if (d->path != NULL)
			unlink(d->path);
		/* It closes the socket, too. */
		if (d->daemon != NULL)
			MHD_stop_daemon(d->daemon);
		else
			close(d->fd);
	}
	free(m->doors);
	m->doors = NULL;
	m->count = 0;
}

#include "base/fetch.h"

#include <assert.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/private.h"

enum { OWN_MAX = 64 };

struct transfer {
	struct transfer *next;
	struct fetcher *fetcher;
	struct fetch_request request;
	char *url;
	char *type; /* header field with the type of a POST's body */
	char *field, *ca_file;
	struct curl_slist *fields;
	CURL *easy;
	struct buf body;
	bool redirects; /* the answer that is being read */
	bool too_large, is_private, is_relative;
};

struct fetcher {
	CURLM *multi;
	char *agent;
	size_t parallel, running, pending;
	struct transfer *active;
	struct transfer *queue, **tail;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
init_library(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct fetcher *
fetcher_new(size_t parallel, const char *agent)
{
	struct fetcher *f = xcalloc(1, sizeof(*f));

	pthread_once(&once, init_library);
	f->multi = curl_multi_init();
	assert(f->multi != NULL);
	f->parallel = parallel;
	f->agent = xstrdup(agent);
	f->tail = &f->queue;
	return f;
}

/* ---- what libcurl calls -------------------------------------------------- */

static size_t
take_body(char *data, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;

	if (buf_put(&t->body, bytes_make(data, size * n)) == STATUS_OK)
		return size * n;
	t->too_large = true;
	return 0;
}

/* A relative redirect is one that other HKP clients do not follow. */
static size_t
take_field(char *data, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	struct bytes line = bytes_make(data, size * n);

	const uint8_t *blank;

	if (bytes_starts_nocase(line, "HTTP/")) {
		blank = memchr(line.data, ' ', line.len);
		t->redirects = blank != NULL &&
			       line.data + line.len > blank + 1 &&
			       blank[1] == '3' && !t->request.is_post;
	}
	if (!t->redirects || !bytes_starts_nocase(line, "location:"))
		return size * n;
	line = bytes_trim(bytes_make(line.data + 9, line.len - 9));
	if (bytes_starts_nocase(line, "http://") ||
		bytes_starts_nocase(line, "https://"))
		return size * n;
	t->is_relative = true;
	return 0;
}

static curl_socket_t
make_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *at)
{
	struct transfer *t = arg;

	(void)purpose;
	if (t->request.public_only &&
		address_is_private(&at->addr, (socklen_t)at->addrlen)) {
		t->is_private = true;
		return CURL_SOCKET_BAD;
	}
	return socket(at->family, at->socktype | SOCK_CLOEXEC, at->protocol);
}

/* ---- a transfer's life --------------------------------------------------- */

static void
transfer_free(struct transfer *t)
{
	if (t->easy != NULL) {
		(void)curl_multi_remove_handle(t->fetcher->multi, t->easy);
		curl_easy_cleanup(t->easy);
	}
	curl_slist_free_all(t->fields);
	buf_done(&t->body);
	free(t->url);
	free(t->type);
	free(t->field);
	free(t->ca_file);
	free(t);
}

/* Tells its end; the transfer is gone then. */
static void
finish(struct transfer *t, enum status st, const char *why)
{
	struct fetcher *f = t->fetcher;
	struct fetch_result r = {
		.status = st, .type = "", .ctx = t->request.ctx};
	char *type = NULL;
	long code = 0, port = 0;

	if (t->easy != NULL)
		(void)curl_easy_getinfo(t->easy, CURLINFO_PRIMARY_PORT, &port);
	r.reached = port > 0;
	if (st == STATUS_OK) {
		(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &code);
		(void)curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type);
		r.http_status = (unsigned int)code;
		r.type = type != NULL ? type : "";
		r.body = buf_view(&t->body);
		r.buffer = &t->body;
	} else {
		err_set(&r.err, "%s", why);
	}
	f->pending--;
	t->request.done(&r);
	transfer_free(t);
}

static void
end_transfer(struct transfer *t, CURLcode code)
{
	static const struct {
		CURLcode code;
		enum status status;
	} rows[] = {
		{CURLE_OK, STATUS_OK},
		{CURLE_OPERATION_TIMEDOUT, STATUS_TIMEOUT},
		{CURLE_URL_MALFORMAT, STATUS_MALFORMED},
		{CURLE_UNSUPPORTED_PROTOCOL, STATUS_MALFORMED},
		{CURLE_TOO_MANY_REDIRECTS, STATUS_REJECTED},
		{CURLE_FILESIZE_EXCEEDED, STATUS_LIMIT},
	};
	const char *why = curl_easy_strerror(code);
	enum status st = STATUS_IO;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].code == code)
			st = rows[i].status;
	if (st == STATUS_IO && t->too_large) {
		st = STATUS_LIMIT;
	} else if (st == STATUS_IO && t->is_private) {
		st = STATUS_REJECTED;
		why = "a private address";
	} else if (st == STATUS_IO && t->is_relative) {
		st = STATUS_REJECTED;
		why = "a relative redirect";
	}
	if (st == STATUS_LIMIT)
		why = "the answer is too large";
	finish(t, st, why);
}

#define SET(option, value)                                                     \
	(ok = ok && curl_easy_setopt(t->easy, option, value) == CURLE_OK)

static bool
set_up(struct transfer *t)
{
	const struct fetch_request *q = &t->request;
	bool ok = true;

	t->easy = curl_easy_init();
	if (t->easy == NULL)
		return false;
	SET(CURLOPT_URL, t->url);
	SET(CURLOPT_PRIVATE, t);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_FOLLOWLOCATION, q->is_post ? 0L : 1L);
	SET(CURLOPT_MAXREDIRS, (long)FETCH_REDIRECTS);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_USERAGENT, t->fetcher->agent);
	SET(CURLOPT_TIMEOUT_MS, (long)q->deadline_ms);
	SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)q->max_octets);
	SET(CURLOPT_WRITEFUNCTION, take_body);
	SET(CURLOPT_WRITEDATA, t);
	SET(CURLOPT_HEADERFUNCTION, take_field);
	SET(CURLOPT_HEADERDATA, t);
	SET(CURLOPT_OPENSOCKETFUNCTION, make_socket);
	SET(CURLOPT_OPENSOCKETDATA, t);
	if (t->ca_file != NULL)
		SET(CURLOPT_CAINFO, t->ca_file);
	if (q->is_post) {
		t->fields = curl_slist_append(NULL, t->type);
		/* Old servers never say 100 Continue. */
		t->fields = curl_slist_append(t->fields, "Expect:");
		if (t->field != NULL)
			t->fields = curl_slist_append(t->fields, t->field);
		SET(CURLOPT_HTTPHEADER, t->fields);
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body.len);
		SET(CURLOPT_POSTFIELDS, (const char *)q->body.data);
	}
	return ok &&
	       curl_multi_add_handle(t->fetcher->multi, t->easy) == CURLM_OK;
}

static void
start_queued(struct fetcher *f)
{
	while (f->running < f->parallel && f->queue != NULL) {
		struct transfer *t = f->queue;

		f->queue = t->next;
		if (f->queue == NULL)
			f->tail = &f->queue;
		if (!set_up(t)) {
			finish(t, STATUS_MALFORMED, "not a URL that we fetch");
			continue;
		}
		t->next = f->active;
		f->active = t;
		f->running++;
	}
}

void
fetch_start(struct fetcher *f, const struct fetch_request *request)
{
	struct transfer *t = xcalloc(1, sizeof(*t));
	struct buf type = {0};

	t->fetcher = f;
	t->request = *request;
	/* Too long: nothing that a URL parser takes is left of it. */
	t->url = xstrdup(
		strlen(request->url) <= FETCH_URL_MAX ? request->url : "");
	buf_init(&t->body, request->max_octets);
	if (request->is_post) {
		(void)!buf_printf(
			&type, "Content-Type: %s", request->body_type);
		t->type = xstrdup((const char *)type.data);
		buf_done(&type);
		if (request->field != NULL)
			t->field = xstrdup(request->field);
	}
	if (request->ca_file != NULL)
		t->ca_file = xstrdup(request->ca_file);
	*f->tail = t;
	f->tail = &t->next;
	f->pending++;
}

size_t
fetch_pending(const struct fetcher *f)
{
	return f->pending;
}

static void
remove_active(struct fetcher *f, const struct transfer *t)
{
	struct transfer **at = &f->active;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	f->running--;
}

static void
end_finished(struct fetcher *f)
{
	struct CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(f->multi, &left)) != NULL) {
		CURLcode code = m->data.result;
		char *p = NULL;
		struct transfer *t;

		if (m->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &p);
		t = (struct transfer *)(void *)p;
		remove_active(f, t);
		end_transfer(t, code);
	}
}

void
fetch_step(struct fetcher *f, struct pollfd *own, size_t own_count,
	int64_t wait_ms)
{
	struct curl_waitfd extra[OWN_MAX];
	int running;
	size_t i;

	assert(own_count <= OWN_MAX);
	start_queued(f);
	(void)curl_multi_perform(f->multi, &running);
	for (i = 0; i < own_count; i++)
		extra[i] = (struct curl_waitfd){
			.fd = own[i].fd, .events = own[i].events};
	/* Poll's POLLIN, POLLPRI and POLLOUT are libcurl's numbers, too. */
	if ((size_t)running == f->running)
		(void)curl_multi_poll(f->multi, extra, (unsigned int)own_count,
			wait_ms > 600000 ? 600000 : (int)wait_ms, NULL);
	for (i = 0; i < own_count; i++)
		own[i].revents = extra[i].revents;
	(void)curl_multi_perform(f->multi, &running);
	end_finished(f);
	start_queued(f);
}

void
fetch_wake(struct fetcher *f)
{
	(void)curl_multi_wakeup(f->multi);
}

void
fetcher_free(struct fetcher *f)
{
	struct transfer *t;

	if (f == NULL)
		return;
	while ((t = f->active) != NULL) {
		f->active = t->next;
		finish(t, STATUS_CLOSED, "ended");
	}
	while ((t = f->queue) != NULL) {
		f->queue = t->next;
		if (f->queue == NULL)
			f->tail = &f->queue;
		finish(t, STATUS_CLOSED, "ended");
	}
	(void)curl_multi_cleanup(f->multi);
	free(f->agent);
	free(f);
}

#include "http/server/head.h"

#include <string.h>

struct head_walk {
	struct request *req;
	const char *end; /* of what was read so far; NULL: not known */
};

/*
 * A line ends with CR LF or LF, which are NULs by now. More is a NUL that was
 * sent, or a field without a name, and whatever stood behind it.
 */
static void
step_to(struct head_walk *w, const char *next, size_t most)
{
	if (w->end != NULL && (size_t)(next - w->end) > most)
		w->req->head.hidden = true;
}

/*
 * libmicrohttpd joins a line that begins with a blank to the name of the field
 * before it, so that two lines may become another field. It makes the new name
 * behind what it has read: a value stands before its name then.
 */
static enum MHD_Result
take_field(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_len,
	const char *value, size_t value_len)
{
	struct head_walk *w = cls;

	(void)kind;
	if (value != NULL && (uintptr_t)value < (uintptr_t)key) {
		w->req->head.broken = true;
		w->end = NULL;
	} else {
		step_to(w, key, 2);
		w->end = value == NULL ? NULL : value + value_len;
	}
	request_add_header(w->req, bytes_make(key, key_len),
		bytes_make(value, value == NULL ? 0 : value_len));
	return MHD_YES;
}

void
head_read(struct request *req, const struct head_place *place)
{
	struct head_walk w = {.req = req};
	const union MHD_ConnectionInfo *info;

	if (place != NULL && place->version[0] != '\0')
		w.end = place->version + strlen(place->version);
	MHD_get_connection_values_n(
		req->connection, MHD_HEADER_KIND, take_field, &w);
	info = MHD_get_connection_info(
		req->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	if (place != NULL && info != NULL)
		step_to(&w, place->method + info->header_size, 4);
}

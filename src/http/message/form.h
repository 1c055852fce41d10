/*
 * form.h - fields of a query string, a form body or a multipart body
 *
 * One shape for all three, so that a handler does not care how a browser or a
 * script wrapped what it sends. libmicrohttpd's own form parser is not used.
 *
 * Memory:  form_read_body decodes in place: values are views into the body.
 *          form_read_query and form_read_multipart leave their input alone;
 *          the first copies into the arena, the second points into the body.
 * Threads: pure.
 * Units:   octets.
 * Errors:  MALFORMED, with a sentence for the client: more than
 *          FORM_FIELDS_MAX fields, a name over FORM_NAME_MAX, a NUL outside
 *          of `keytext`, multipart without its boundary. LIMIT: arena full.
 * Source:  WHATWG URL (urlencoded), RFC 7578 and RFC 2046 5.1 (multipart);
 *          spec hkp section 1.5; design: reliability L6.
 */
#ifndef KEYPOST_HTTP_MESSAGE_FORM_H
#define KEYPOST_HTTP_MESSAGE_FORM_H

#include "base/arena.h"

enum { FORM_FIELDS_MAX = 16, FORM_NAME_MAX = 64 };

struct form_field {
	struct bytes name;
	struct bytes value;
};

struct form {
	struct form_field fields[FORM_FIELDS_MAX];
	size_t count;
};

/*
 * Replaces %HH and %uHHHH, and '+' when `plus`; a '%' before anything else
 * stays. Returns the new length, never more than `len`.
 */
size_t form_decode(uint8_t *data, size_t len, bool plus);

/*
 * name=value&name=value. Values are UTF-8: others are taken as Latin-1. What
 * is good of it is there after a failure, too: an error is told in the form
 * that the options ask for.
 */
MUST_CHECK enum status form_read_query(struct arena *arena, struct bytes text,
	struct form *form, struct err *err);
/* The same of a body; `keytext` keeps its octets as they came. */
MUST_CHECK enum status form_read_body(struct arena *arena, uint8_t *data,
	size_t len, struct form *form, struct err *err);
/* multipart/form-data with the boundary of its Content-Type. */
MUST_CHECK enum status form_read_multipart(struct arena *arena,
	struct bytes body, struct bytes boundary, struct form *form,
	struct err *err);

/* L6 for one field. What is not `keytext` becomes text: UTF-8, no NUL. */
MUST_CHECK enum status form_add(struct arena *arena, struct form *form,
	struct bytes name, struct bytes value, struct err *err);

/* The first field of that name. */
bool form_find(const struct form *form, const char *name, struct bytes *value);
/* Its value, or an empty view. */
struct bytes form_get(const struct form *form, const char *name);
/* Is the value "on"? */
bool form_is_on(const struct form *form, const char *name);
/* Is `word` in the comma list of any field `options`? */
bool form_has_option(const struct form *form, const char *word);

/*
 * The parameter of a header value: name="multipart/form-data; boundary=x",
 * "boundary" gives x, quotes removed. NOT_FOUND if it is not there.
 */
MUST_CHECK enum status form_parameter(struct arena *arena, struct bytes header,
	const char *name, struct bytes *value);
/* The media type alone: without parameters and blanks. */
struct bytes form_media_type(struct bytes header);

#endif

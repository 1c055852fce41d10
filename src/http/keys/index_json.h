/*
 * index_json.h - what is known of certificates, as JSON
 *
 * One writer for both protocols: version 1 adds the names that another
 * server's readers know. Whatever octets a user ID has, this is valid JSON.
 *
 * Memory:  one certificate at a time; the text goes into the reply.
 * Threads: pure.
 * Errors:  LIMIT: more than `max_octets`.
 * Source:  spec hkp section 6.5.
 */
#ifndef KEYPOST_HTTP_KEYS_INDEX_JSON_H
#define KEYPOST_HTTP_KEYS_INDEX_JSON_H

#include "http/message/reply.h"
#include "lookup/index.h"

enum index_json_kind { INDEX_JSON_V1, INDEX_JSON_V2 };

/*
 * An array of objects, with its ETag. The certificates were described with
 * their signatures (index_describe): the first one of a user ID is told.
 */
MUST_CHECK enum status index_json_write(struct arena *arena,
	struct reply *reply, const struct index_cert *certs, size_t count,
	enum index_json_kind kind, size_t max_octets);

#endif

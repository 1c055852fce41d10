#include "http/server/forwarded.h"

#include <microhttpd.h>
#include <string.h>

#include "base/clock.h"
#include "http/services.h"

static void
add_entry(struct forwarded *f, const struct address_ranges *trusted,
	struct bytes entry)
{
	struct peer_address a;

	if (peer_address_parse(entry, &a) != STATUS_OK) {
		f->kind = FORWARDED_GARBAGE;
	} else if (!address_ranges_have(trusted, &a)) {
		f->kind = FORWARDED_ADDRESS;
		f->address = a;
	}
}

void
forwarded_add(struct forwarded *f, const struct address_ranges *trusted,
	struct bytes field)
{
	size_t pos = 0;

	/* The last one that is not trusted stays. */
	while (pos <= field.len) {
		const uint8_t *comma = NULL;
		size_t n = field.len - pos;

		if (n > 0)
			comma = memchr(field.data + pos, ',', n);
		if (comma != NULL)
			n = (size_t)(comma - field.data) - pos;
		add_entry(f, trusted,
			bytes_trim(bytes_make(field.data + pos, n)));
		pos += n + 1;
	}
}

struct proxied {
	struct forwarded found;
	const struct address_ranges *trusted;
};

static enum MHD_Result
take_field(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_len,
	const char *value, size_t value_len)
{
	struct proxied *p = cls;

	(void)kind;
	if (bytes_eq_nocase(
		    bytes_make(key, key_len), bytes_of("X-Forwarded-For")))
		forwarded_add(&p->found, p->trusted,
			bytes_make(value, value == NULL ? 0 : value_len));
	return MHD_YES;
}

bool
forwarded_find(struct request *req, const struct conn_table *conns,
	const struct conn *proxy, struct peer_address *client)
{
	struct conn_lists lists = conn_table_lists(conns);
	struct proxied p = {{.kind = FORWARDED_NOBODY}, lists.trusted};

	MHD_get_connection_values_n(
		req->connection, MHD_HEADER_KIND, take_field, &p);
	if (p.found.kind == FORWARDED_NOBODY ||
		(p.found.kind == FORWARDED_ADDRESS &&
			address_ranges_have(lists.exempt, &p.found.address)))
		return true;
	*client = p.found.kind == FORWARDED_ADDRESS ? p.found.address
						    : proxy->from;
	req->from = client;
	return !client_rate_shut_out(
		req->services->rates, client, clock_mono_ms());
}
